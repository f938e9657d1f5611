// Says why the page does not start, while nothing else can say it: in the document itself,
// since any other file may be what is missing, and in the JavaScript of old browsers. The
// server allows it by its hash.
(function () {
  var PATIENCE_MS = 12000;
  var AGAIN_MS = 30000;
  var RETRIED = " It is tried again by itself.";
  // How browsers name a policy that forbids WebAssembly; the last is of Chromium 66 to 88.
  var BY_POLICY = /content.security.policy|CSP|unsafe-eval|by embedder/i;
  var isTold = false;
  // Whether an answer shows what is wrong.
  var isFound = false;
  // What a policy forbids that the page needs; Queuewall's own forbids nothing of it.
  var refused = "";
  var start = (window.queuewallStart = { explain: explain, isHeldBack: false });

  function say(why) {
    var message = document.getElementById("startup");
    var place = document.getElementById("startup-why");
    // Without them the page runs.
    if (!message || !place) return false;
    message.className = "failed";
    place.textContent = why;
    if (!getComputedStyle(message).getPropertyValue("padding-left").replace("0px", "")) {
      // Its style sheet is missing too.
      var style = document.body.style;
      style.cssText = "background:#0a0c10;color:#e8eaed;font:calc(14px + 1.2vw)/1.4 sans-serif;padding:15vh 10vw";
    }
    return true;
  }

  // The files that the page consists of, as the document names them.
  function files() {
    var script = document.querySelector("script[data-wasm]");
    var style = document.querySelector("link[rel=stylesheet]");
    var named = [];
    if (script) named.push(script.getAttribute("src"), script.getAttribute("data-wasm"));
    if (style) named.push(style.getAttribute("href"));
    return named;
  }

  // What is wrong with a file that was answered; "" where nothing is.
  function wrong(file, answer, text) {
    var of = " (HTTP " + answer.status + " for " + file + ").";
    if (answer.type === "opaqueredirect") {
      return "The page’s files are sent to another address, most likely a log-in page (" + file +
        "). Sign in there on this screen, and let its browser keep cookies; or let the proxy pass /assets/ without a sign-in." + RETRIED;
    }
    switch (answer.status) {
      case 401: case 403: case 407: case 511:
        return "The server, or a proxy before it, refuses the page’s files" + of +
          " Sign in there on this screen, and let its browser keep cookies; or let the proxy pass /assets/ without a sign-in." + RETRIED;
      case 404: case 410:
        return "The page’s files are missing" + of + " Where a proxy has the wall under a path, set " +
          "QUEUEWALL_BASE_PATH on the server to that path, and let the proxy pass everything below it." + RETRIED;
    }
    if (!answer.ok) {
      return "The server, or a proxy before it, does not give out the page’s files" + of + " Its log says why." + RETRIED;
    }
    var kind = answer.headers.get("content-type") || "";
    var isScript = /\.js$/.test(file);
    if (/html/i.test(kind) || /^\s*</.test(text) || (isScript && kind && !/script/i.test(kind))) {
      return "Something else comes in place of the page’s files (" + (kind || "no type") + " for " + file +
        "): a log-in page, or a proxy’s. Let the proxy pass /assets/ to the server as it is." + RETRIED;
    }
    return "";
  }

  // Looks at the files, and calls back with what is wrong, and whether an answer shows it.
  function diagnose(then) {
    if (!window.fetch || !window.Promise) return;
    var left = files();
    (function next(last) {
      var file = left.shift();
      // All are there by now.
      if (!file) return then(start.isHeldBack ? unreached(last) : "", false);
      fetch(file, { cache: "no-store", credentials: "same-origin", redirect: "manual" }).then(
        function (answer) {
          return answer.text().catch(function () { return ""; }).then(function (text) {
            var why = wrong(file, answer, text.slice(0, 64));
            if (why) then(why, true);
            else next(file);
          });
        },
        function () { then(unreached(file), false); }
      );
    })("");
  }

  function unreached(file) {
    return "This screen does not get the page’s files from the server (" + file +
      "). Check its network, and that the server runs." + RETRIED;
  }

  function retry() {
    if (!document.getElementById("startup")) return;
    fetch(location.href, { cache: "no-store", credentials: "same-origin" }).then(
      function (answer) {
        if (answer.ok || answer.status === 404) location.reload();
        else setTimeout(retry, AGAIN_MS);
      },
      function () { setTimeout(retry, AGAIN_MS); }
    );
  }

  function sayRefused() {
    var place = document.getElementById("startup-why");
    return place && say(place.getAttribute("data-refused") + " (" + refused + ")");
  }

  // Once the page has started, boot.js looks after the rest.
  function explain(cause) {
    if (start.isHeldBack) return;
    var place = document.getElementById("startup-why");
    if (BY_POLICY.test(cause)) refused = cause;
    if (refused) sayRefused();
    else if (cause && place) say(place.textContent + " (" + cause + ")");
    if (isTold) return;
    isTold = true;
    diagnose(function (why, isAnswered) {
      // A policy also forbids what is sent on to another address.
      isFound = isAnswered;
      var isSaid = refused && !isFound ? sayRefused() : why && say(why);
      if (isSaid && (start.isHeldBack || !window.queuewall)) setTimeout(retry, AGAIN_MS);
    });
  }

  window.addEventListener("securitypolicyviolation", function (event) {
    // What the page can do without, and what others put into it, is not why it does not start.
    var isNeeded = /^(script|style|connect|default)-src/.test(event.violatedDirective) &&
      /^(http|eval|wasm)/.test(event.blockedURI);
    if (!isNeeded || event.disposition === "report") return;
    refused = refused || event.violatedDirective;
    // Chromium 66 says it after the request has failed.
    if (isTold && !isFound) sayRefused();
  });
  window.addEventListener("error", function (event) {
    var tag = event.target || {};
    var isFile = tag.tagName === "SCRIPT" || (tag.tagName === "LINK" && tag.rel === "stylesheet");
    if (isFile || (tag === window && !window.queuewall)) explain("");
    // See boot.js.
    if (tag.tagName === "LINK" && isFile) start.isHeldBack = true;
  }, true);
  setTimeout(function () {
    if (document.getElementById("startup")) explain("");
  }, PATIENCE_MS);

  document.addEventListener("DOMContentLoaded", function () {
    var or = document.getElementById("startup-or");
    if (or) or.parentNode.removeChild(or);
  });

  // What keeps the page from starting wherever its files are.
  function holdBack(why) {
    start.isHeldBack = true;
    document.addEventListener("DOMContentLoaded", function () { say(why); });
  }

  if (self.origin === "null") {
    holdBack("It is shown in a sandbox, which keeps the page’s files and cookies from it. A frame around it needs " +
      "sandbox=\"allow-scripts allow-same-origin\"; a proxy must not add sandbox to Content-Security-Policy.");
  } else if (window.top !== window.self && !document.documentElement.hasAttribute("data-frames")) {
    holdBack("It does not show itself inside a frame of another page. Open its address in a separate tab, " +
      "or set QUEUEWALL_FRAME_ANCESTORS on the server to the host of the page around it.");
  }
})();
