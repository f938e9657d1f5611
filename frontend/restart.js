// How the page starts itself again: after a crash, after a start that failed, and for
// a newer version. Bundled with boot.js; Rust reaches it as `window.queuewall`
// (frontend/src/startup.rs, frontend/src/renewal.rs).
import { words } from "./words.js";

const KEY = "queuewall";
const MINUTE_MS = 60000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long all of the page may take to arrive. */
const FETCH_LIMIT_MS = 30000;
/** From a crash to the restart; it doubles with each crash in a row. */
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 10 * MINUTE_MS;
const LONGEST_CAUSE = 200;
const BUILDS_KEPT = 16;

/** What this screen remembers across reloads: its id, crashes in all and in a row, the latest
 * one's cause, and the builds for which it was reloaded. */
function recall() {
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEY));
  } catch (error) {
    // Blocked: the entry of the history is kept over a reload as well.
    kept = history.state && history.state[KEY];
  }
  return Object.assign({ count: 0, row: 0, cause: "", builds: [] }, kept);
}

/** Returns whether it will be remembered. */
function keep(changes) {
  const kept = Object.assign(recall(), { id }, changes);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
    return true;
  } catch (error) {
    try {
      history.replaceState(Object.assign({}, history.state, { [KEY]: kept }), "");
      return true;
    } catch (error) {
      return false;
    }
  }
}

/** By chance: what tells this screen from another without a name. */
const id = recall().id || Math.random().toString(36).slice(2, 10);

/** Whether the page at this address and everything it names can be had soon. A reload
 * without that would strand the screen on the browser's error page. */
async function canFetch() {
  const controller = new AbortController();
  let limit;
  // By itself too: Chromium 66 aborts no fetch, and one that hangs may do so for ever.
  const late = new Promise((resolve) => {
    limit = setTimeout(() => {
      resolve(false);
      controller.abort();
    }, FETCH_LIMIT_MS);
  });
  try {
    return await Promise.race([canFetchAll(controller.signal), late]);
  } catch (error) {
    return false;
  } finally {
    clearTimeout(limit);
  }
}

async function canFetchAll(signal) {
  const get = (address, cache) => fetch(address, { cache, signal });
  const page = await get(location.href, "no-store");
  const html = new DOMParser().parseFromString(await page.text(), "text/html");
  // A board that is gone is answered with 404 and the page. Another 200 may come from
  // a log-in page or a proxy: it is ours by its script.
  if (!(page.ok || page.status === 404) || !html.querySelector("script[data-wasm]")) {
    return false;
  }
  const named = [];
  for (const tag of html.querySelectorAll("script[src], link[rel=stylesheet]")) {
    const script = [tag.getAttribute("src"), tag.dataset.wasm, tag.dataset.tick];
    named.push(...script, tag.getAttribute("href"));
  }
  const fetched = named.filter(Boolean).map(async (address) => {
    // Not from the cache: what lies there may be the very thing that is broken.
    const file = await get(address, "reload");
    // To its last byte, since connections break off.
    await file.arrayBuffer();
    // None of them is a page: that would be a proxy's, or a sign-in's.
    return file.ok && !/html/.test(file.headers.get("content-type"));
  });
  return (await Promise.all(fetched)).every(Boolean);
}

/** Reloads for `build`, if that can succeed and will be remembered: what is not might be
 * done again and again. */
async function renew(build, failed) {
  const builds = recall().builds.concat(build).slice(-BUILDS_KEPT);
  if ((await canFetch()) && keep({ builds })) location.reload();
  else failed();
}

async function restart() {
  if (await canFetch()) location.reload();
  else restartIn(MINUTE_MS / 4);
}

function restartIn(pause) {
  // Spread, since what stopped this screen may have stopped all of them.
  setTimeout(restart, pause * (0.75 + Math.random() / 2));
}

let stopped = false;

/** The page is dead: says so, remembers it, and restarts. `cover` shows the cause. */
export function stop(cause, cover) {
  if (stopped) return;
  stopped = true;
  // Further lines would be a stack, with addresses.
  const text = String(cause).split("\n")[0].slice(0, LONGEST_CAUSE).trim();
  const { count, row } = recall();
  const remembered = keep({ count: count + 1, row: row + 1, cause: text });
  restartIn(remembered ? Math.min(FIRST_PAUSE_MS * 2 ** row, LONGEST_PAUSE_MS) : MINUTE_MS);
  cover(count ? text + " (× " + (count + 1) + ")" : text);
}

/** Covers the screen: numbers that stand still must not pass for live ones. */
function cover(words, cause) {
  const message = document.createElement("div");
  message.id = "startup";
  message.className = "stopped";
  for (const text of [words, cause]) {
    message.appendChild(document.createElement("p")).textContent = text;
  }
  // So must those in the tab's title, and its icon's level.
  document.title = words;
  // For good: what was under way when Rust died may still run.
  Object.defineProperty(document, "title", { get: () => words, set() {} });
  const icon = document.querySelector("link[rel~=icon]");
  if (icon) icon.href = "data:,";
  document.body.textContent = "";
  document.body.appendChild(message);
}

let painted = 0;
let awaitsFrame = false;

/** Milliseconds since the browser last drew a frame for this page; asks for the next. */
function paintAge() {
  if (!awaitsFrame) {
    awaitsFrame = true;
    requestAnimationFrame(() => {
      awaitsFrame = false;
      painted = performance.now();
    });
  }
  return performance.now() - painted;
}

/** Errors that nobody caught. */
let errors = 0;

/** What a trap that was no panic says: Rust is dead by then. */
let lastWords = "";

function stopWith(words, cause) {
  stop(cause, (shown) => cover(words, shown));
}

window.queuewall = {
  renew,
  stop: stopWith,
  say: (words) => { lastWords = words; },
  restarts: () => recall().count,
  lastCause: () => recall().cause,
  hasRenewed: (build) => recall().builds.includes(build),
  id: () => id,
  paintAge,
  errors: () => errors,
  words,
};

/** Whatever ends the wasm's run, a panic or not, arrives as one of these. */
function trapped(error) {
  errors += 1;
  if (error instanceof WebAssembly.RuntimeError) stopWith(lastWords, error);
}
addEventListener("error", (event) => trapped(event.error));
addEventListener("unhandledrejection", (event) => trapped(event.reason));

// An hour without a crash: the next one is a new story.
setTimeout(() => stopped || keep({ row: 0 }), HOUR_MS);
