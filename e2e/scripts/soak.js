// Time and server of a soak: the page believes that seconds pass as fast as it can take
// them, and asks a server that is in here. Runs before the page's own scripts.
//
// `soak.run(polls)` lets that many polls go by; `soak.plant(what)` leaks from then on at
// each poll: 20 bytes in "bytes of JavaScript" or in "wasm", a "node", a "listener"; `soak.rest(true)`
// stills the board, so that one reading can be compared with another. `soak.step(seconds)`
// lets time go by, `soak.absent(how)` takes the server away, `soak.deafen(true)`
// everything that can be fetched, `soak.restart()` and `soak.rebuild(name)` give another, `soak.sleep(ms)` stops the machine for a while.
(function () {
  "use strict";
  var START = Date.UTC(2026, 0, 5, 5, 0, 0); // a Monday
  var READ_MS = 30000; // the server's own interval
  var QUEUES = 24; // two pages of tiles, and three on the days with one more
  var elapsed = 0; // milliseconds since the page was opened
  var polls = 0;
  var turns = 0; // how often another page of tiles came up
  var shownPage = 0;
  var resting = false;
  var absence = ""; // how requests fail: "refuses", "hangs"
  var isDeaf = false; // nothing is answered, refused or aborted
  var startedAt = -86400000; // when the server started
  var build = "soak";
  var PIECE = 24; // of what the allocator hands out, and what it needs beside it
  var HEADER = 8;

  // ---- The clocks

  var RealDate = Date;
  function FakeDate() {
    if (!(this instanceof FakeDate)) return new RealDate(START + elapsed).toString();
    var given = Array.prototype.slice.call(arguments);
    if (!given.length) given = [START + elapsed];
    return Reflect.construct(RealDate, given, new.target || FakeDate);
  }
  FakeDate.prototype = RealDate.prototype;
  FakeDate.now = function () { return START + elapsed; };
  FakeDate.parse = RealDate.parse;
  FakeDate.UTC = RealDate.UTC;
  window.Date = FakeDate;
  performance.now = function () { return elapsed; };

  var realTimeout = window.setTimeout.bind(window);
  var timers = new Map();
  var lastTimer = 0;
  function start(callback, delay, every) {
    var id = ++lastTimer;
    var wait = Math.max(1, Number(delay) || 0);
    timers.set(id, {
      callback: callback,
      due: elapsed + wait,
      every: every ? wait : 0,
      given: Array.prototype.slice.call(arguments, 3),
    });
    return id;
  }
  window.setTimeout = function (callback, delay) { return start(callback, delay, false); };
  window.setInterval = function (callback, delay) { return start(callback, delay, true); };
  window.clearTimeout = window.clearInterval = function (id) { timers.delete(id); };
  // A page whose timers are a worker's falls back on the window's.
  window.Worker = undefined;

  function fire() {
    timers.forEach(function (timer, id) {
      if (timer.due > elapsed) return;
      if (timer.every) timer.due += timer.every;
      else timers.delete(id);
      if (typeof timer.callback === "function") timer.callback();
    });
  }

  // ---- The server, as a day goes

  function noise(a, b) {
    var x = Math.imul(a + 1, 374761393) ^ Math.imul(b + 1, 668265263);
    x = Math.imul(x ^ (x >>> 13), 1274126177);
    return ((x ^ (x >>> 16)) >>> 0) / 4294967296;
  }

  // Calls waiting at a queue in a read: a morning and an afternoon hump on weekdays.
  function waiting(queue, read) {
    var hour = ((START + read * READ_MS) / 3600000) % 24;
    var hump = function (peak, width) { return Math.exp(-Math.pow((hour - peak) / width, 2)); };
    var busy = (hump(10, 2) + 0.8 * hump(15, 2.5)) * (4 + queue);
    return Math.floor(busy * (0.4 + 1.2 * noise(queue, read)));
  }

  function queueOf(index, read, uptime) {
    var hour = ((START + read * READ_MS) / 3600000) % 24;
    var open = hour > 6 && hour < 20;
    var calls = open ? waiting(index, read) : 0;
    var level = !open ? "none" : calls >= 10 ? "critical" : calls >= 5 ? "warning" : "ok";
    var trouble = level === "warning" || level === "critical";
    var on = open ? 4 + Math.floor(noise(index, read >> 4) * 20) : 0;
    var free = Math.floor(on * noise(index, read + 7) * 0.4);
    return {
      id: String(352669 + index),
      name: "Queue " + (index + 1),
      state: open ? "open" : "closed",
      cause: null,
      // Now and then CXone leaves a queue out for a while.
      lag_ms: noise(index, read >> 3) < 0.02 ? (read % 8) * READ_MS : 0,
      waiting: calls,
      average_wait_ms: calls * 9000,
      longest_wait_ms: calls * 17000,
      agents: { logged_on: on, available: free, busy: on - free },
      service_level: { percent: open ? Math.round(1000 * (1 - calls / 40)) / 10 : null, goal: 80 },
      level: level,
      level_since_ms: trouble ? Math.max(0, uptime - (read % 20) * READ_MS) : null,
      reasons: trouble ? [{ metric: "waiting", direction: "above", limit: level === "critical" ? 10 : 5 }] : [],
      trend: [],
    };
  }

  // The last three hours, in bins of ten reads.
  function trendsOf(read, uptime) {
    var queues = [];
    for (var index = 0; index < QUEUES; index++) {
      var bins = [];
      for (var bin = 35; bin >= 0; bin--) bins.push(noise(index, read - 10 * bin) < 0.1 ? null : waiting(index, read - 10 * bin));
      queues.push({ id: String(352669 + index), waiting_highest: bins, waiting_before: bins[33] });
    }
    return { to_ms: Math.floor(uptime / 60000) * 60000, step_ms: 300000, queues: queues };
  }

  function boardOf(read, uptime) {
    var day = Math.floor((read * READ_MS) / 86400000);
    var queues = [];
    // A queue more on every other day.
    for (var index = 0; index < QUEUES + (day % 2); index++) queues.push(queueOf(index, read, uptime));
    var down = noise(99, read >> 4) < 0.01;
    return {
      board: {
        slug: "main", title: "A week", timezone: "Europe/Berlin", notice: null,
        display: { theme: null, language: null, metres: null, inches: null, rotate_seconds: null },
      },
      build: build,
      poll_interval_ms: READ_MS,
      upstream: {
        state: down ? "down" : "ok",
        cause: down ? "CXone does not answer" : null,
        since_ms: Math.max(0, uptime - 60000),
        next_try_ms: down ? uptime + 10000 : null,
      },
      queues: queues,
      totals: { waiting: null, longest_wait_ms: null, average_wait_ms: null, counted: 0, of: queues.length },
    };
  }

  var realFetch = window.fetch.bind(window);
  window.fetch = function (resource, options) {
    // As in Chromium 66, which aborts no fetch.
    if (isDeaf) return new Promise(function () {});
    var request = resource instanceof Request ? resource : new Request(resource, options);
    var path = new URL(request.url).pathname;
    var isPoll = path === "/api/boards/main";
    if (!isPoll && path !== "/api/boards/main/trends") return realFetch(resource, options);
    if (isPoll) {
      polls++;
      leak();
    }
    // Twice a day nothing answers for a minute and a half: a wall loses its server.
    if (!resting && elapsed % 43200000 > 43110000) return Promise.reject(new TypeError("Failed to fetch"));
    if (absence === "refuses") return Promise.reject(new TypeError("Failed to fetch"));
    if (absence === "hangs") {
      return new Promise(function (_, reject) {
        request.signal.addEventListener("abort", function () {
          reject(new DOMException("The request was aborted.", "AbortError"));
        });
      });
    }
    var read = resting ? 240 : Math.floor(elapsed / READ_MS);
    var etag = '"' + read + build + '"';
    var headers = {
      etag: etag,
      date: new RealDate(START + elapsed).toUTCString(),
      "content-type": "application/json",
      "x-snapshot-age-ms": String(resting ? 1000 : elapsed % READ_MS),
      "x-uptime-ms": String(elapsed - startedAt),
    };
    if (request.headers.get("if-none-match") === etag) {
      return Promise.resolve(new Response(null, { status: 304, headers: headers }));
    }
    var body = JSON.stringify((isPoll ? boardOf : trendsOf)(read, elapsed - startedAt));
    var response = new Response(body, { status: 200, headers: headers });
    // The body is there already: no task of the browser's has to bring it.
    response.text = function () { return Promise.resolve(body); };
    response.json = function () { return Promise.resolve(JSON.parse(body)); };
    return Promise.resolve(response);
  };

  // The page of tiles on the screen, from 1; 0 while there is none.
  function pageOfTiles() {
    var pager = document.querySelector(".pager");
    return pager ? parseInt(pager.getAttribute("aria-label").replace(/\D+/, ""), 10) : 0;
  }

  function countTurns() {
    var page = pageOfTiles();
    if (page && shownPage && page !== shownPage) turns++;
    shownPage = page;
  }

  // ---- Leaks

  var wasm = null;
  ["instantiate", "instantiateStreaming"].forEach(function (name) {
    var real = WebAssembly[name];
    WebAssembly[name] = function () {
      return real.apply(WebAssembly, arguments).then(function (result) {
        wasm = (result.instance || result).exports;
        return result;
      });
    };
  });

  var kept = null;
  var count = 0;
  var planted = "";
  function leak() {
    count = (count + 1) & 0xfffffff;
    // Two fields behind V8's header of 12 bytes: 20 in all.
    if (planted === "bytes of JavaScript") kept = { number: count, before: kept };
    if (planted === "bytes of wasm") wasm.__wbindgen_malloc(20, 4);
    if (planted === "nodes") kept = { number: document.createElement("i"), before: kept };
    if (planted === "listeners") document.body.addEventListener("soak", function () { count++; });
  }

  // How many of the wasm memory's bytes are in use: all, less those that can be had in
  // small pieces before it grows. It does grow by that, by a page or two.
  function bytesInUse() {
    var total = wasm.memory.buffer.byteLength;
    var pieces = [];
    while (wasm.memory.buffer.byteLength === total) pieces.push(wasm.__wbindgen_malloc(PIECE, 4));
    pieces.forEach(function (place) { wasm.__wbindgen_free(place, PIECE, 4); });
    // The last one lies in the new room.
    return total - (pieces.length - 1) * (PIECE + HEADER);
  }

  // Lets second after second pass while `more` says so.
  function pass(more) {
    return new Promise(function (done) {
      var channel = new MessageChannel();
      channel.port1.onmessage = function () {
        if (more()) {
          elapsed += 1000;
          fire();
          countTurns();
          channel.port2.postMessage(0);
        } else {
          channel.port1.close();
          done();
        }
      };
      channel.port2.postMessage(0);
    });
  }

  window.soak = {
    polls: function () { return polls; },
    turns: function () { return turns; },
    // Lets time pass until the first page of tiles comes up.
    untilFirstPage: function () {
      var before = turns;
      return pass(function () { return turns === before || pageOfTiles() !== 1; });
    },
    plant: function (where) {
      if (where === "bytes of wasm" && !(wasm && wasm.__wbindgen_malloc)) throw new Error("the page exports no allocator");
      planted = where;
    },
    // Lets time pass until `count` more polls were asked; one second at a time, each in a
    // separate task, so that promises settle and frames are drawn in between.
    run: function (count) {
      var until = polls + count;
      return pass(function () { return polls < until; }).then(function () { return polls; });
    },
    step: function (seconds) {
      return pass(function () { return seconds-- > 0; });
    },
    absent: function (how) { absence = how; },
    deafen: function (is) { isDeaf = is; },
    restart: function () { startedAt = elapsed; },
    rebuild: function (name) { build = name; },
    // No timer runs meanwhile, and the clocks go on.
    sleep: function (ms) { elapsed += ms; },
    // The page dies of an error in its WebAssembly.
    trap: function () {
      // In a separate task: it must not end the one in which time passes.
      realTimeout(function () { throw new WebAssembly.RuntimeError("unreachable"); }, 0);
    },
    // Answers the same board from now on, or the day's again.
    rest: function (on) { resting = on; },
    pages: function () { return wasm.memory.buffer.byteLength / 65536; },
    bytesInUse: bytesInUse,
  };
})();
