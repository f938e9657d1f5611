// The wall once more, by hand and without a framework: what the page is measured
// against. It shows the same board with the same style sheet and the same document,
// judges freshness and sums the totals like the page, and touches a node only when what
// it says has changed. It has no settings and one language: what it leaves out would
// make it no faster at what is measured.
"use strict";

const POLL_MS = 5000;
const ANSWER_MS = 5000;
const MISSES_UNTIL_LOST = 3;
const SILENCE_UNTIL_LOST_MS = 16000;
const LONGEST_TICK_MS = 10000;
const UNKNOWN = "–";

// ---- Formats

function wait(ms) {
  const seconds = Math.floor(ms / 1000);
  const two = (number) => (number < 10 ? "0" : "") + number;
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours > 0
    ? hours + ":" + two(minutes) + ":" + two(seconds % 60)
    : minutes + ":" + two(seconds % 60);
}

function age(ms) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 120) return seconds + " s";
  if (seconds < 7200) return Math.floor(seconds / 60) + " min";
  if (seconds < 172800) return Math.floor(seconds / 3600) + " h";
  return Math.floor(seconds / 86400) + " d";
}

const count = (number) => (number == null ? UNKNOWN : String(number));
const length = (percent) => Math.round(Math.min(100, Math.max(0, percent)) * 10) / 10 + "%";

// ---- What a tile says

const ICONS = {
  critical: "M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8zM12 7v6M12 16.8v.2",
  warning: "M12 3L22.5 21h-21zM12 10v5M12 18v.1",
  fresh: "",
  ageing: "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M12 7v5.5l3.5 2",
  stale: "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M12 7v5.5l3.5 2",
  closed: "M20.5 14.5A9 9 0 1 1 9.5 3.5a7.2 7.2 0 0 0 11 11z",
  unknown: "M2 12h4m4 0h4m4 0h4",
  not_found: "M7.5 8a4.5 4.5 0 1 1 6.7 4c-1.6.9-2.2 1.7-2.2 3.5M12 20.4v.2",
  forbidden: "M5 11h14v10H5zM8 11V7.500a4 4 0 0 1 8 0V11",
};
const STATES = {
  fresh: "up to date",
  ageing: "a little old",
  stale: "too old to rely on",
  closed: "closed",
  unknown: "unknown",
  not_found: "not found",
  forbidden: "no permission",
};
const CAUSES = {
  stale: "No newer reading",
  closed: "Nobody logged on",
  unknown: "No reading yet",
  not_found: "No such queue in CXone",
  forbidden: "No permission to read this queue",
};
const WORDS = { warning: "Warning", critical: "Critical" };
const ARROWS = {
  rising: "M12 20V5M5.5 11.5L12 5l6.5 6.5",
  falling: "M12 4v15M5.5 12.5L12 19l6.5-6.5",
  none: "",
};

function standing(queue, ageMs, pollMs, trusted) {
  if (!trusted) return "stale";
  if (queue.state === "not_found" || queue.state === "forbidden") return queue.state;
  if ((queue.state !== "open" && queue.state !== "closed") || ageMs == null) return "unknown";
  if (ageMs > pollMs * 3) return "stale";
  if (queue.state === "closed") return "closed";
  return ageMs < pollMs * 1.5 ? "fresh" : "ageing";
}

function direction(trend) {
  if (!trend || trend.length < 6) return "none";
  const mean = (from, to) => {
    let sum = 0;
    let known = 0;
    for (let place = from; place < to; place++) {
      if (trend[place] == null) continue;
      sum += trend[place];
      known++;
    }
    return known ? sum / known : NaN;
  };
  const change = mean(trend.length - 3, trend.length) - mean(trend.length - 6, trend.length - 3);
  return change >= 1 ? "rising" : change <= -1 ? "falling" : "none";
}

function matter(reason) {
  const limit = String(Math.round(reason.limit * 10) / 10);
  switch (reason.metric) {
    case "waiting": return limit + " or more waiting";
    case "average_wait": return "wait over " + wait(reason.limit);
    case "longest_wait": return "longest over " + wait(reason.limit);
    case "service_level": return "service under " + limit + "%";
    default: return reason.limit < 1 ? "nobody is free" : limit + " or fewer free";
  }
}

function reasonText(queue, heldMs) {
  const first = queue.reasons && queue.reasons[0];
  const what = first ? ": " + matter(first) : "";
  const minutes = heldMs == null ? 0 : Math.floor(heldMs / 60000);
  if (minutes === 0) return what;
  return what + ", for " + (minutes < 120 ? minutes + " min" : Math.floor(minutes / 60) + " h");
}

// Everything in one tile that can change, in the order of the tile's writers.
function say(queue, state, ageMs, heldMs, excuse) {
  const current = state === "fresh" || state === "ageing";
  const level = current ? queue.level : "none";
  const trouble = level === "warning" || level === "critical";
  const longest = queue.average_wait_ms == null && queue.longest_wait_ms != null;
  const waitMs = longest ? queue.longest_wait_ms : queue.average_wait_ms;
  const agents = queue.agents;
  const share = (part) =>
    length(part != null && agents.logged_on > 0 ? (part * 100) / agents.logged_on : 0);
  const percent = queue.service_level.percent;
  const silent = state === "unknown" || state === "not_found" || state === "forbidden";
  const waiting = silent ? null : queue.waiting;
  const trend = current ? direction(queue.trend) : "none";
  const counts = [count(agents.available), count(agents.busy), count(agents.logged_on)];
  // A dash is as wide as three figures, which is what it takes in UTF-8.
  const room = (figures) => (figures === UNKNOWN ? 3 : figures.length);
  const crowd = room(counts[0]) + room(counts[1]) + room(counts[2]) > 7;
  let cause = "";
  if (!current) cause = (state === "stale" && excuse) || queue.cause || CAUSES[state];
  return [
    state,
    level,
    queue.name + ": " + ((current && WORDS[level]) || STATES[state]),
    queue.name,
    state === "ageing" && ageMs != null ? age(ageMs) + " ago" : "",
    trend,
    ARROWS[trend],
    ICONS[trouble ? level : state],
    String(Math.min(4, String(waiting || 0).length)),
    count(waiting),
    longest ? "Longest" : "Wait",
    longest ? "longest_wait" : "average_wait",
    waitMs == null ? UNKNOWN : wait(waitMs),
    percent == null ? UNKNOWN : String(Math.floor(Math.min(100, Math.max(0, percent)))),
    percent == null ? "" : "%",
    length(percent || 0),
    queue.service_level.goal == null ? "200%" : length(queue.service_level.goal),
    state === "stale" && ageMs != null ? age(ageMs) : "",
    share(agents.available),
    share(agents.busy),
    String(crowd),
    counts[0],
    counts[1],
    counts[2],
    WORDS[level] || "",
    trouble ? reasonText(queue, heldMs) : "",
    cause,
  ];
}

// ---- Writers: each sets one thing of one node, and only to another value.

function text(node, first) {
  const content = document.createTextNode("");
  node.insertBefore(content, first ? node.firstChild : null);
  return (value) => { content.data = value; };
}
const attribute = (node, name) => (value) => node.setAttribute(name, value);
const style = (node, name) => (value) => { node.style[name] = value; };

// Writes a list of values through a list of writers; what stands already is left.
function writing(writers) {
  const known = new Array(writers.length).fill(null);
  return (values) => {
    for (let place = 0; place < writers.length; place++) {
      if (known[place] === values[place]) continue;
      known[place] = values[place];
      writers[place](values[place]);
    }
  };
}

function makeTile(id) {
  const root = document.getElementById("tile").content.firstElementChild.cloneNode(true);
  const at = (selector) => root.querySelector(selector);
  const [trend, icon] = root.querySelectorAll(".tile-icon");
  const [waitRow, serviceRow] = root.querySelectorAll(".tile-row");
  root.setAttribute("data-queue", id);
  const write = writing([
    attribute(root, "data-state"),
    attribute(root, "data-level"),
    attribute(root, "aria-label"),
    text(at(".tile-name")),
    text(at(".tile-ago")),
    attribute(trend, "data-trend"),
    attribute(trend.firstElementChild, "d"),
    attribute(icon.firstElementChild, "d"),
    attribute(at(".tile-hero"), "data-digits"),
    text(at(".tile-hero")),
    text(waitRow.querySelector("dt")),
    attribute(waitRow.querySelector("dd"), "data-metric"),
    text(waitRow.querySelector("dd")),
    text(serviceRow.querySelector("span")),
    text(serviceRow.querySelector("small")),
    style(at(".bar-service"), "width"),
    style(at(".bar-goal"), "left"),
    text(at("[data-age]")),
    style(at(".bar-available"), "width"),
    style(at(".bar-busy"), "width"),
    attribute(at(".tile-counts"), "data-crowd"),
    text(at('[data-metric="agents_available"]')),
    text(at('[data-metric="agents_busy"]')),
    text(at('[data-metric="agents_logged_on"]')),
    text(at(".tile-reason b")),
    text(at(".tile-reason")),
    text(at(".tile-cause")),
  ]);
  return { root, write };
}

// ---- The grid

const TILE_WIDTH_EM = 13.6;
const TILE_HEIGHT_EM = 9.2;
const SMALLEST_TYPE_PX = 14;

function fit(tiles, width, height) {
  const total = Math.max(1, tiles);
  const gap = Math.max(4, Math.round(Math.min(width, height) * 0.016));
  const share = (room, parts) => (room + gap) / parts - gap;
  let best = null;
  for (let columns = 1; columns <= total; columns++) {
    const rows = Math.ceil(total / columns);
    const type = Math.min(share(width, columns) / TILE_WIDTH_EM, share(height, rows) / TILE_HEIGHT_EM);
    const empty = columns * rows - total;
    const better = !best || type - best.type > 0.5 || (type - best.type > -0.5 && empty < best.empty);
    if (better) best = { columns, rows, type, empty, fits: true, gap };
  }
  if (best.type >= SMALLEST_TYPE_PX) return best;
  const across = Math.floor((width + gap) / (TILE_WIDTH_EM * SMALLEST_TYPE_PX + gap));
  return { columns: Math.min(total, Math.max(1, across)), type: SMALLEST_TYPE_PX, fits: false, gap };
}

// ---- The board

const board = document.querySelector(".board");
const banner = board.querySelector(".banner");
const writeBanner = writing([
  (shown) => { banner.hidden = !shown; },
  text(banner.querySelector(".banner-what")),
  text(banner.querySelector(".banner-next")),
]);
const writeBoard = writing([attribute(board, "data-link"), attribute(board, "data-theme")]);
const tiles = new Map();
let frame = null;
let snapshot = null;
let basis = { ageMs: null, uptimeMs: null, sentAt: 0 };
let clockOffsetMs = null;
let timeOfDay = null;

function makeFrame() {
  board.querySelector(".message").remove();
  board.appendChild(document.getElementById("board").content.cloneNode(true));
  const at = (selector) => board.querySelector(selector);
  const [waiting, wait] = board.querySelectorAll(".header-total");
  frame = {
    room: at(".grid-room"),
    grid: at(".grid"),
    write: writing([
      text(at(".header-title")),
      text(waiting.querySelector("b")),
      text(wait, true),
      text(wait.querySelector("b")),
      text(at(".header-counted")),
      attribute(at(".header-freshness"), "data-freshness"),
      text(at(".header-freshness")),
      text(at(".header-clock")),
      text(at(".board-foot")),
    ]),
    writeGrid: writing(
      ["gridTemplateColumns", "gridAutoRows", "gridGap", "fontSize"].map((name) => style(at(".grid"), name)),
    ),
  };
  new ResizeObserver(layOut).observe(frame.room);
}

function layOut() {
  const px = (pixels) => Math.floor(pixels * 10) / 10 + "px";
  const grid = fit(tiles.size, frame.room.clientWidth, frame.room.clientHeight);
  frame.writeGrid([
    "repeat(" + grid.columns + ", minmax(0, 1fr))",
    grid.fits ? "minmax(0, 1fr)" : px(TILE_HEIGHT_EM * grid.type),
    px(grid.gap),
    px(grid.type),
  ]);
}

// Tiles stand in the board's order; one that stands right already is not moved.
function arrange(queues) {
  const before = tiles.size;
  const ids = new Set();
  let next = frame.grid.firstElementChild;
  for (const queue of queues) {
    if (ids.has(queue.id)) continue;
    ids.add(queue.id);
    let tile = tiles.get(queue.id);
    if (!tile) tiles.set(queue.id, (tile = makeTile(queue.id)));
    tile.queue = queue;
    if (tile.root === next) next = next.nextElementSibling;
    else frame.grid.insertBefore(tile.root, next);
  }
  for (const [id, tile] of tiles) {
    if (ids.has(id)) continue;
    tile.root.remove();
    tiles.delete(id);
  }
  if (tiles.size !== before) layOut();
}

function draw(now) {
  writeBoard([link.state, (snapshot && snapshot.board.display.theme) || "dark"]);
  drawBanner(now);
  if (!snapshot) return;
  const sinceSent = now - basis.sentAt;
  const pollMs = snapshot.poll_interval_ms;
  const boardAge = basis.ageMs == null ? null : basis.ageMs + sinceSent;
  const trusted = link.state === "ok" || link.state === "connecting";
  const excuse = link.state === "lost" ? "No connection" : link.state === "resuming" ? "Refreshing" : "";
  let waiting = null;
  let longest = null;
  let weighted = 0;
  let weight = 0;
  let counted = 0;
  for (const tile of tiles.values()) {
    const queue = tile.queue;
    const readAge = boardAge == null || queue.lag_ms == null ? null : boardAge + queue.lag_ms;
    const state = standing(queue, readAge, pollMs, trusted);
    const heldMs = queue.level_since_ms == null || basis.uptimeMs == null
      ? null
      : basis.uptimeMs + sinceSent - queue.level_since_ms;
    tile.write(say(queue, state, readAge == null ? sinceSent : readAge, heldMs, excuse));
    if (state !== "fresh" && state !== "ageing" && state !== "closed") continue;
    counted++;
    if (queue.longest_wait_ms != null) longest = Math.max(longest || 0, queue.longest_wait_ms);
    if (queue.waiting == null) continue;
    waiting = (waiting || 0) + queue.waiting;
    if (queue.average_wait_ms != null) {
      weighted += queue.average_wait_ms * queue.waiting;
      weight += queue.waiting;
    }
  }
  const mean = weight ? weighted / weight : null;
  const [freshness, words] = freshnessOf(boardAge, pollMs);
  frame.write([
    snapshot.board.title,
    count(waiting),
    longest != null ? "longest" : mean != null ? "average" : "",
    longest != null ? wait(longest) : mean != null ? wait(mean) : "",
    counted + " of " + tiles.size + " queues",
    freshness,
    words,
    writeTime(now),
    snapshot.upstream.state === "degraded"
      ? snapshot.upstream.cause || "Some queues cannot be read from CXone at the moment."
      : snapshot.board.notice || "",
  ]);
}

function freshnessOf(boardAge, pollMs) {
  if (link.state === "lost") return ["stale", "No connection"];
  if (link.state === "resuming") return ["stale", "Refreshing"];
  if (boardAge == null) return ["stale", ""];
  if (boardAge < pollMs * 1.5) return ["fresh", "Live"];
  return boardAge <= pollMs * 3 ? ["ageing", age(boardAge) + " ago"] : ["stale", age(boardAge) + " old"];
}

function writeTime(now) {
  return clockOffsetMs == null || !timeOfDay ? "" : timeOfDay.format(clockOffsetMs + now);
}

function drawBanner(now) {
  if (link.state === "lost") {
    const since = link.answeredAt == null
      ? "since this page was opened"
      : "since " + (writeTime(link.answeredAt) || age(now - link.answeredAt) + " ago");
    const pause = Math.max(0, Math.floor((link.nextAt - now) / 1000));
    const next = link.request ? "Trying now …" : "Next try in " + (pause + 1) + " s";
    writeBanner([true, "No connection to the Queuewall server " + since + ": " + link.failure + ".", next]);
    return;
  }
  const upstream = snapshot && snapshot.upstream;
  if (!upstream || upstream.state !== "down") return writeBanner([false, "", ""]);
  const uptime = basis.uptimeMs == null ? null : basis.uptimeMs + now - basis.sentAt;
  const cause = upstream.cause || "The Queuewall server cannot read from CXone.";
  const since = uptime == null || upstream.since_ms == null
    ? ""
    : ", since " + writeTime(now - (uptime - upstream.since_ms));
  const pause = Math.max(0, Math.floor((upstream.next_try_ms - uptime) / 1000));
  const next = uptime == null || upstream.next_try_ms == null ? "" : "Next try in " + (pause + 1) + " s";
  writeBanner([true, cause + since, next]);
}

// ---- The link

const link = {
  state: "connecting",
  request: null,
  sentAt: 0,
  nextAt: 0,
  tickAt: 0,
  wallAt: 0,
  heardAt: 0,
  answeredAt: null,
  missed: 0,
  failure: "it does not answer in time",
  etag: null,
};

function missed(now, failure) {
  link.request = null;
  link.missed++;
  link.failure = failure;
  let pause = POLL_MS;
  if (link.missed >= MISSES_UNTIL_LOST) {
    link.state = "lost";
    const doubled = POLL_MS * Math.pow(2, Math.min(8, link.missed - MISSES_UNTIL_LOST));
    pause = Math.min(20000, doubled) * (0.75 + Math.random() / 2);
  }
  link.nextAt = Math.max(now, link.sentAt + pause);
}

async function ask(now) {
  if (link.request) link.request.abort();
  const request = new AbortController();
  link.request = request;
  link.sentAt = now;
  const headers = link.etag ? { "if-none-match": link.etag } : {};
  let failure = "it cannot be reached";
  try {
    const response = await fetch("/api/boards/main", { cache: "no-store", headers, signal: request.signal });
    if (response.status !== 200 && response.status !== 304) {
      failure = "it answers with status " + response.status;
      throw new Error(failure);
    }
    const body = response.status === 200 ? await response.text() : null;
    if (link.request !== request) return;
    failure = "its answer cannot be read";
    if (body !== null) snapshot = JSON.parse(body);
    answered(response.headers, now);
    if (body !== null) link.etag = response.headers.get("etag");
  } catch (error) {
    if (link.request !== request) return;
    missed(performance.now(), failure);
  }
  draw(performance.now());
}

function answered(headers, sentAt) {
  const number = (name) => (headers.has(name) ? Number(headers.get(name)) : null);
  const now = performance.now();
  basis = { ageMs: number("x-snapshot-age-ms"), uptimeMs: number("x-uptime-ms"), sentAt };
  const offset = Date.parse(headers.get("date")) - now;
  if (!Number.isNaN(offset)) {
    const same = clockOffsetMs != null && Math.abs(offset - clockOffsetMs) <= 2000;
    clockOffsetMs = same ? Math.max(offset, clockOffsetMs) : offset;
  }
  if (!timeOfDay) {
    const timeZone = snapshot.board.timezone || undefined;
    timeOfDay = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  }
  if (!frame) makeFrame();
  arrange(snapshot.queues);
  const title = snapshot.board.title + " – Queuewall";
  if (document.title !== title) document.title = title;
  link.state = "ok";
  link.request = null;
  link.missed = 0;
  link.heardAt = now;
  link.answeredAt = now;
  link.nextAt = sentAt + POLL_MS;
}

function tick(woken) {
  const now = performance.now();
  const wall = Date.now();
  const slept = Math.max(now - link.tickAt, wall - link.wallAt) > LONGEST_TICK_MS;
  link.tickAt = now;
  link.wallAt = wall;
  if (slept) {
    link.heardAt = now;
    if (link.state === "ok") link.state = "resuming";
    ask(now);
  } else {
    if (now - link.heardAt >= SILENCE_UNTIL_LOST_MS) link.state = "lost";
    const young = link.request && now - link.sentAt < 1000;
    if (link.request && now - link.sentAt >= ANSWER_MS) {
      link.request.abort();
      missed(now, "it does not answer in time");
    } else if (woken ? !young : !link.request && now + 500 >= link.nextAt) {
      ask(now);
    }
  }
  draw(now);
}

link.tickAt = performance.now();
link.wallAt = Date.now();
link.heardAt = link.tickAt;
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") tick(true);
});
addEventListener("online", () => tick(true));
addEventListener("pageshow", () => tick(true));
setInterval(tick, 1000, false);
tick(false);
