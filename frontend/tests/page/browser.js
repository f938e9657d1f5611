// The browser's side of the tests: one module for all of them. Each module is a separate
// request, and the test runner's server stands still when more come at once than it
// has threads, since browsers keep their connections.

// ---- Witnesses

export function watch(node) {
  const watching = { kinds: [] };
  // Clock and age are left out: time goes by.
  const isTimer = ({ target }) => (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement)?.closest("[role=timer]");
  const note = (records) => records.filter((record) => !isTimer(record)).forEach((record) =>
    watching.kinds.push(record.type + (record.attributeName ? " " + record.attributeName : "")));
  watching.observer = new MutationObserver(note);
  watching.observer.observe(node, { subtree: true, childList: true, characterData: true, attributes: true });
  watching.take = () => { note(watching.observer.takeRecords()); return watching.kinds.splice(0).join(", "); };
  return watching;
}
export function taken(watching) {
  return watching.take();
}
export function frame() {
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
}

// ---- The browser's languages

export function prefer(tags) {
  Object.defineProperty(navigator, "languages", { value: tags.split(","), configurable: true });
}
export function prefer_as_it_was() { delete navigator.languages; }

// ---- Time zones

const { DateTimeFormat } = Intl;
/// An engine that takes any zone and writes its own.
export function ignore_zones() {
  Intl.DateTimeFormat = function (locale, options) {
    return new DateTimeFormat(locale, { ...options, timeZone: undefined });
  };
}
export function zones_as_they_were() { Intl.DateTimeFormat = DateTimeFormat; }

// ---- Hands

export function press(key, target) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  (target || document.body).dispatchEvent(event);
  return event.defaultPrevented;
}
export function point(kind, selector, x, y) {
  const event = { clientX: x, clientY: y, screenX: x, screenY: y, bubbles: true, cancelable: true };
  (document.querySelector(selector) || document.body).dispatchEvent(new PointerEvent(kind, event));
}
/// A browser with full screen, one that refuses it, one without a promise, and one that has none.
export function full_screen(kind) {
  const asked = { refuse: () => Promise.reject(new TypeError("no")), old: () => undefined, grant: () => Promise.resolve() };
  for (const name of ["requestFullscreen", "webkitRequestFullscreen"]) {
    Object.defineProperty(document.documentElement, name, { value: asked[kind], configurable: true });
  }
}
export function full_screen_as_it_was() {
  delete document.documentElement.requestFullscreen;
  delete document.documentElement.webkitRequestFullscreen;
}
export function type_in(input, text) {
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
export function open_at(fragment) { location.hash = fragment; }
const opened_at = location.href;
export function visit(address) { history.replaceState(null, "", address); }
export function leave() { history.replaceState(null, "", opened_at); }
export function refuse_cookies(is_so) {
  if (is_so) Object.defineProperty(navigator, "cookieEnabled", { value: false, configurable: true });
  else delete navigator.cookieEnabled;
}
export function fragment() { return location.hash; }
export function freeze(name) { document.dispatchEvent(new Event(name)); }

const own_fetch = window.fetch;
/// A server that ran so long and answers this to whatever is asked. How often it was asked for
/// agents is counted.
export function answer_agents(status, body, uptime) {
  window.agents_asked = 0;
  window.fetch = (address) => {
    window.agents_asked += String(address).endsWith("/agents") ? 1 : 0;
    const headers = { "x-uptime-ms": String(uptime), "content-type": "application/json" };
    return Promise.resolve(new Response(body, { status, headers }));
  };
}
export function agents_asked() { return window.agents_asked; }
export function fetch_as_it_was() { window.fetch = own_fetch; }

// ---- A stand-in for `fetch`, timers and workers

export const { intercept, beside, trends_asked, door, name_worker, looks, other_server, soon, answer_with, requests, aborted, alive, wake, restore } = (() => {
  const real = {
    now: Date.now, fetch: window.fetch, setTimeout: window.setTimeout, setInterval: window.setInterval, clearInterval: window.clearInterval,
    Worker: window.Worker, add: EventTarget.prototype.addEventListener, remove: EventTarget.prototype.removeEventListener,
  };
  let seen;
  const answer = (status, body) => new Response(JSON.stringify(body), { status });
  const refused = (status, code) => answer(status, { error: "no", code });
  // A server in links mode: what becomes of tokens and of waiting screens.
  function post(path) {
    seen.requests.push("POST " + path);
    switch (path + " " + seen.door) {
      case "/api/access open": return Promise.resolve(new Response(null, { status: 204 }));
      case "/api/access closed": return Promise.resolve(refused(410, "access_revoked"));
      case "/api/access strange": return Promise.resolve(refused(401, "no_access"));
      case "/api/access broken": return Promise.resolve(answer(502, {}));
      case "/api/access foreign": return Promise.resolve(new Response("<h1>404</h1>", { status: 404 }));
      case "/api/access none": return Promise.resolve(refused(404, "no_links"));
      case "/api/screens/wait granted": return Promise.resolve(answer(200, { board: "main" }));
      case "/api/screens/wait closed": return Promise.resolve(refused(410, "code_expired"));
      case "/api/screens/wait open": return Promise.resolve(answer(202, {}));
      case "/api/screens/wait cookieless": return Promise.resolve(answer(202, { keeps_cookies: false }));
    }
    if (path !== "/api/screens") return Promise.reject(new TypeError("no connection"));
    seen.codes += 1;
    return Promise.resolve(answer(200, { code: "K7D34" + seen.codes, secret: "secret", seconds: 600 }));
  }
  function door(state) { seen.door = state; }
  function beside(answer) { seen.beside = answer; }
  function trends_asked() { return seen.trends; }
  function intercept(body) {
    seen = { door: "open", beside: "broken", trends: 0, codes: 0, age: "2000", uptime: 600000, requests: [], aborted: 0, intervals: new Set(), workers: 0, looks: 0, listeners: [], answer: "board" };
    // A separate clock, early in a minute: the one on the wall must not move meanwhile.
    const opened = performance.now();
    const date = () => new Date(Date.UTC(2026, 0, 5, 10, 0, 5) + performance.now() - opened).toUTCString();
    Date.now = () => { seen.looks += 1; return real.now.call(Date); };
    window.fetch = (address, options) => {
      const request = new Request(address, options);
      const path = new URL(request.url).pathname;
      if (request.method === "POST") return post(path);
      seen.requests.push(path + " " + request.headers.get("if-none-match") + " " + request.cache);
      const headers = { etag: '"1"', "x-snapshot-age-ms": seen.age, "x-uptime-ms": String(Math.round(seen.uptime + performance.now() - opened)), date: date() };
      const known = request.headers.get("if-none-match") === '"1"';
      // Beside the polls, and counted apart from them.
      if (path.endsWith("/trends")) {
        seen.requests.pop();
        seen.trends += 1;
        switch (seen.beside) {
          case "never": return new Promise(() => {});
          case "broken": return Promise.resolve(answer(502, {}));
          default: return Promise.resolve(new Response(seen.beside, { status: 200, headers }));
        }
      }
      request.signal.addEventListener("abort", () => { seen.aborted += 1; });
      switch (seen.answer) {
        case "board": return Promise.resolve(known
          ? new Response(null, { status: 304, headers }) : new Response(body, { status: 200, headers }));
        case "never": return new Promise(() => {});
        // A link of another board: the list has that one.
        case "other_board": return Promise.resolve(path.endsWith("/boards") ? new Response("{}", { status: 200, headers }) : refused(401, "no_access"));
        case "no_access": return Promise.resolve(refused(401, seen.answer));
        case "untrusted_peer": return Promise.resolve(refused(403, seen.answer));
        case "access_revoked": case "access_expired": return Promise.resolve(refused(410, seen.answer));
        case "missing": return Promise.resolve(refused(404, "no_such_board"));
        case "bare": return Promise.resolve(new Response(body, { status: 200, headers: { "content-type": "application/json" } }));
        case "teapot": return Promise.resolve(refused(418, "teapot"));
        // What answers in the server's place: a status, and what comes with it.
        case "204": case "205": return Promise.resolve(new Response(null, { status: Number(seen.answer) }));
        case "nonsense": return Promise.resolve(new Response("nonsense", { status: 200, headers }));
        default: {
          const [status, kind, foreign] = seen.answer.split("|");
          return Promise.resolve(new Response(foreign, { status: Number(status), headers: { "content-type": kind } }));
        }
      }
    };
    // Ten times as fast: the tests have no seconds to wait.
    window.setInterval = (f, ms) => { const id = real.setInterval.call(window, f, ms / 10); seen.intervals.add(id); return id; };
    window.clearInterval = (id) => { seen.intervals.delete(id); real.clearInterval.call(window, id); };
    for (const target of [window, document]) {
      target.addEventListener = (name, f) => { seen.listeners.push(f); real.add.call(target, name, f); };
      target.removeEventListener = (name, f) => { seen.listeners = seen.listeners.filter((g) => g !== f); real.remove.call(target, name, f); };
    }
  }
  /// A worker's script as the finished page names it; `null` takes it away again.
  function name_worker(source) {
    document.querySelectorAll("script[data-tick]").forEach((script) => script.remove());
    if (source === undefined) return;
    const script = document.createElement("script");
    script.dataset.tick = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    document.head.append(script);
    window.Worker = class extends real.Worker {
      constructor(address) { super(address); if (seen) seen.workers += 1; }
      terminate() { super.terminate(); seen.workers -= 1; }
    };
  }
  function looks() { return seen.looks; }
  /// From now on another server answers: it runs for so long, and read so long ago.
  function other_server(uptime, age) { seen.uptime = uptime; seen.age = age; }
  function soon() { return new Promise((done) => real.setTimeout.call(window, done, 500)); }
  function answer_with(kind) { seen.answer = kind; }
  function requests() { return seen.requests.join("\n"); }
  function aborted() { return seen.aborted; }
  function alive() {
    return `timers ${seen.intervals.size}, workers ${seen.workers}, listeners ${seen.listeners.length}`;
  }
  function wake() { window.dispatchEvent(new Event("online")); }
  function restore() {
    Date.now = real.now;
    Object.assign(window, { fetch: real.fetch, setInterval: real.setInterval, clearInterval: real.clearInterval, Worker: real.Worker });
    for (const target of [window, document]) { delete target.addEventListener; delete target.removeEventListener; }
  }

  return { intercept, door, name_worker, looks, other_server, soon, answer_with, beside, trends_asked, requests, aborted, alive, wake, restore };
})();

// ---- Stand-ins for sound, wake lock and the way to another build

export const { stub, block_sound, press: press_any_key, sound, lock, locks, take_lock_back, look_again, renewals, fail_renewal, was_tried, move_pointer, five_seconds_pass, timers, unstub } = (() => {
  let seen, real;
  function stub() {
    seen = { state: "running", chimes: 0, tied: 0, contexts: 0, closed: 0,
      lock: "grant", asked: 0, locks: [], renewals: [], tried: [], timers: new Map(), timed: 0 };
    const contexts = BaseAudioContext.prototype, nodes = AudioNode.prototype, sources = AudioScheduledSourceNode.prototype;
    real = [[contexts, "createGain"], [AudioContext.prototype, "resume"], [AudioContext.prototype, "close"],
      [nodes, "connect"], [nodes, "disconnect"], [sources, "start"]].map(([on, name]) => [on, name, Object.getOwnPropertyDescriptor(on, name)]);
    real.push([contexts, "state", Object.getOwnPropertyDescriptor(contexts, "state")]);
    const before = (on, name, act) => {
      const old = on[name];
      on[name] = function (...args) { act(this); return old.apply(this, args); };
    };
    before(contexts, "createGain", () => { seen.contexts += 1; });
    before(AudioContext.prototype, "close", () => { seen.closed += 1; });
    before(sources, "start", () => { seen.chimes += 1; });
    before(nodes, "connect", (node) => { if (node instanceof OscillatorNode) seen.tied += 1; });
    before(nodes, "disconnect", (node) => { if (node instanceof OscillatorNode) seen.tied -= 1; });
    Object.defineProperty(contexts, "state", { configurable: true, get: () => seen.state });
    AudioContext.prototype.resume = function () {
      if (seen.state === "suspended") {
        seen.state = "running";
        this.dispatchEvent(new Event("statechange"));
      }
      return Promise.resolve();
    };
    Object.defineProperty(navigator, "wakeLock", { configurable: true, get: () => seen.lock === "none" ? undefined : {
      request: (kind) => {
        seen.asked += 1;
        if (seen.lock === "refuse" || kind !== "screen") return Promise.reject(new DOMException("no", "NotAllowedError"));
        const lock = new EventTarget();
        lock.release = () => { lock.released = true; return Promise.resolve(); };
        seen.locks.push(lock);
        return Promise.resolve(lock);
      } } });
    const { setTimeout, clearTimeout } = window;
    real.push([window, "setTimeout", Object.getOwnPropertyDescriptor(window, "setTimeout")]);
    real.push([window, "clearTimeout", Object.getOwnPropertyDescriptor(window, "clearTimeout")]);
    // The pointer's timer waits for the test, and for no clock.
    window.setTimeout = (act, ms, ...more) => {
      if (ms !== 5000) return setTimeout(act, ms, ...more);
      seen.timers.set(900000 + seen.timed, act);
      return 900000 + seen.timed++;
    };
    window.clearTimeout = (id) => { seen.timers.delete(id) || clearTimeout(id); };
    window.queuewall = {
      renew: (build, failed) => { seen.renewals.push(build); seen.failed = failed; },
      hasRenewed: (build) => seen.tried.includes(build),
      restarts: () => 3, lastCause: () => "a cause", say() {}, stop() {},
      id: () => "k3j9", paintAge: () => 16.7, errors: () => 2,
    };
  }
  function block_sound() {
    seen.state = "suspended";
    const resume = AudioContext.prototype.resume;
    AudioContext.prototype.resume = function () { return seen.pressed ? resume.call(this) : new Promise(() => {}); };
  }
  function press() {
    seen.pressed = true;
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  }
  function sound() { return `${seen.chimes} chimes, ${seen.tied} tied, ${seen.contexts - seen.closed} open`; }
  function lock(kind) { seen.lock = kind; }
  function locks() { return `${seen.asked} asked, ${seen.locks.filter((lock) => !lock.released).length} held`; }
  function take_lock_back() {
    const lock = seen.locks[seen.locks.length - 1];
    lock.released = true;
    lock.dispatchEvent(new Event("release"));
  }
  function look_again() { document.dispatchEvent(new Event("visibilitychange")); }
  function renewals() { return seen.renewals.join(" "); }
  function fail_renewal() { seen.failed(); }
  function was_tried(build) { seen.tried.push(build); }
  function move_pointer(x) { window.dispatchEvent(new MouseEvent("mousemove", { screenX: x, screenY: 5 })); }
  function five_seconds_pass() {
    const due = [...seen.timers.values()];
    seen.timers.clear();
    due.forEach((act) => act());
  }
  function timers() { return [...seen.timers.keys()].join(" "); }
  function unstub() {
    for (const [on, name, descriptor] of real) {
      if (descriptor) Object.defineProperty(on, name, descriptor); else delete on[name];
    }
    delete navigator.wakeLock;
    delete window.queuewall;
  }

  return { stub, block_sound, press, sound, lock, locks, take_lock_back, look_again, renewals, fail_renewal, was_tried, move_pointer, five_seconds_pass, timers, unstub };
})();
