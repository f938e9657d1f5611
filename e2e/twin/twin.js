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
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(seconds / 3600);
  if (hours < 1) return minutes + ":" + two(seconds % 60);
  if (hours < 10) return hours + "\u00a0h\u00a0" + two(minutes % 60);
  if (hours < 48) return hours + "\u00a0h";
  return compact(Math.floor(hours / 24)) + "\u00a0d";
}

function age(ms) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 120) return seconds + " s";
  if (seconds < 7200) return Math.floor(seconds / 60) + " min";
  if (seconds < 172800) return Math.floor(seconds / 3600) + " h";
  return Math.floor(seconds / 86400) + " d";
}

const numbers = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });
const count = (number) =>
  number == null ? UNKNOWN : number < 1000 ? String(number) : numbers.format(number);
/** In at most three figures, rounded down. */
function compact(number) {
  if (number == null) return UNKNOWN;
  if (number < 1000) return String(number);
  const [size, unit] = number < 1e6 ? [1e3, "k"] : [1e6, "M"];
  const tenths = Math.floor(number / (size / 10));
  return numbers.format(tenths < 100 ? tenths / 10 : Math.floor(tenths / 10)) + unit;
}
const length = (percent) => Math.round(Math.min(100, Math.max(0, percent)) * 10) / 10 + "%";

// ---- What a tile says

const ICONS = {
  critical: "M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9zM10.6 5v9h2.8V5zM10.6 16v2.8h2.8V16z",
  warning: "M12 1.5L23.5 22H.5zM10.7 8v7.5h2.6V8zM10.7 17v2.6h2.6V17z",
  fresh: "",
  ageing: "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M12 7v5.5l3.5 2",
  stale: "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M12 7v5.5l3.5 2",
  closed: "M20.5 14.5A9 9 0 1 1 9.5 3.5a7.2 7.2 0 0 0 11 11z",
  unknown: "M2 12h4m4 0h4m4 0h4",
  not_found: "M7.5 8a4.5 4.5 0 1 1 6.7 4c-1.6.9-2.2 1.7-2.2 3.5M12 20.4v.2",
  forbidden: "M5 11h14v10H5zM8 11V7.5a4 4 0 0 1 8 0V11",
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

function line(trend) {
  const known = (place) => trend[place] != null;
  const top = Math.max(5, ...trend.filter((calls) => calls != null));
  let path = "";
  for (let place = 0; place < trend.length; place++) {
    if (!known(place)) continue;
    const y = 100 - Math.floor((trend[place] * 100) / top);
    path += (known(place - 1) ? "L" : "M") + place * 10 + " " + y;
    if (!known(place - 1) && !known(place + 1)) path += "h1";
  }
  return path;
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

// After-call work is among the busy where all together would be more than are logged on.
function onCalls(agents) {
  const { available, busy, after_call_work: afterCall, unavailable, logged_on: all } = agents;
  if (busy == null || afterCall == null || all == null) return busy;
  const sum = (available || 0) + busy + afterCall + (unavailable || 0);
  return sum > all ? Math.max(0, busy - afterCall) : busy;
}

function offCalls(agents) {
  const { after_call_work: afterCall, unavailable } = agents;
  return (afterCall == null ? "" : ", " + count(afterCall) + " in after-call work")
    + (unavailable == null ? "" : ", " + count(unavailable) + " unavailable");
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
  let cause = "";
  if (!current) cause = (state === "stale" && excuse) || queue.cause || CAUSES[state];
  return [
    queue.id,
    state,
    level,
    queue.name + ": " + ((current && WORDS[level]) || STATES[state])
      + (trend === "none" ? "" : ", " + trend) + (current ? offCalls(agents) : ""),
    queue.name,
    state === "ageing" && ageMs != null ? age(ageMs) + " ago" : "",
    trend,
    ARROWS[trend],
    current ? line(queue.trend) : "",
    ICONS[trouble ? level : state],
    waiting >= 1e6 ? "5" : waiting >= 1e3 ? "4" : String(String(waiting || 0).length),
    compact(waiting),
    longest ? "Longest" : "Wait",
    longest ? "longest_wait" : "average_wait",
    waitMs == null ? UNKNOWN : wait(waitMs),
    percent == null ? UNKNOWN : String(Math.floor(Math.min(100, Math.max(0, percent)))),
    percent == null ? "" : "%",
    length(percent || 0),
    queue.service_level.goal == null ? "200%" : length(queue.service_level.goal),
    state === "stale" && ageMs != null ? age(ageMs) : "",
    share(agents.available),
    share(onCalls(agents)),
    share(agents.after_call_work),
    share(agents.unavailable),
    compact(agents.available),
    compact(agents.busy),
    compact(agents.logged_on),
    compact(agents.after_call_work),
    compact(agents.unavailable),
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
  const known = new Array(writers.length).fill(undefined);
  return (values) => {
    for (let place = 0; place < writers.length; place++) {
      if (known[place] === values[place]) continue;
      known[place] = values[place];
      writers[place](values[place]);
    }
  };
}

// The tile of a place, which shows one queue after the other.
function makeTile() {
  const root = document.getElementById("tile").content.firstElementChild.cloneNode(true);
  const at = (selector) => root.querySelector(selector);
  const trend = at(".tile-trend");
  const icon = at(".tile-icon");
  const [waitRow, serviceRow] = root.querySelectorAll(".tile-row");
  const write = writing([
    (id) => {
      root.hidden = id === null;
      if (id === null) root.removeAttribute("data-queue");
      else root.setAttribute("data-queue", id);
    },
    attribute(root, "data-state"),
    attribute(root, "data-level"),
    attribute(root, "aria-label"),
    text(at(".tile-name")),
    text(at(".tile-ago")),
    attribute(trend, "data-trend"),
    attribute(trend.firstElementChild, "d"),
    attribute(at(".tile-line path"), "d"),
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
    style(at(".bar-after-call"), "width"),
    style(at(".bar-away"), "width"),
    text(at('[data-metric="agents_available"]')),
    text(at('[data-metric="agents_busy"]')),
    text(at('[data-metric="agents_logged_on"]')),
    text(at('[data-metric="agents_after_call_work"]')),
    text(at('[data-metric="agents_unavailable"]')),
    text(at(".tile-reason b")),
    text(at(".tile-reason")),
    text(at(".tile-cause")),
  ]);
  return { root, write };
}

// An empty place says nothing at all.
const NOTHING = [null].concat(new Array(31).fill(""));

// ---- The fit, as shared/src/fit.rs has it, of a screen of 55 inches at 3 metres

const METRES = 3;
const INCHES = 55;
const FORMS = [
  { name: "full", width: 13.4, height: 8.8, words: "" },
  { name: "no_agents", width: 13.4, height: 6.8, words: "No room for agents" },
  { name: "no_service", width: 11.6, height: 6.6, words: "No room for agents and service level" },
  { name: "no_wait", width: 8, height: 5.8, words: "No room for agents, service level and wait" },
];
const TREND_EM = 2.1;
const OFF_CALL_EM = 1.15;
const FRAME_EM = 1.45 + 1.25 + 0.7;

function parts(length, part, gap) {
  return Math.max(0, Math.floor((length + gap) / (part + gap) + 1e-9));
}

function fit(queues, hasOffCall) {
  const count = Math.max(1, queues);
  const capital = (METRES * 1000) / 200;
  const pxPerMm = Math.hypot(innerWidth, innerHeight) / (INCHES * 25.4);
  const asked = Math.max(12, (capital * pxPerMm) / 0.7);
  const most = Math.min(innerWidth / (8 + 1.2), innerHeight / (5.8 + FRAME_EM));
  const smallest = Math.min(asked, most);
  const frame = Math.min(Math.max(innerWidth * 0.0075 + innerHeight * 0.014, smallest), most);
  const gap = 0.4 * frame;
  const width = innerWidth - 1.2 * frame;
  const height = innerHeight - FRAME_EM * frame;
  const share = (room, shares) => (room + gap) / shares - gap;
  const withColumns = (columns, perPage, form, hasLine, hasCounts) => {
    const rows = Math.ceil(perPage / columns);
    const tall = form.height + (hasLine ? TREND_EM : 0) + (hasCounts ? OFF_CALL_EM : 0);
    const type = Math.min(share(width, columns) / form.width, share(height, rows) / tall);
    return { columns, rows, perPage, type, tall, frame, gap, form, hasLine, hasCounts, empty: columns * rows - perPage };
  };
  const best = (perPage, form, hasLine, hasCounts) => {
    const all = [];
    for (let columns = 1; columns <= perPage; columns++) all.push(withColumns(columns, perPage, form, hasLine, hasCounts));
    let found = all.reduce((found, next) => (next.type > found.type ? next : found));
    const enough = Math.max(found.type * 0.96, smallest);
    for (const next of all) if (next.type >= enough && next.empty < found.empty) found = next;
    return found;
  };
  for (const form of FORMS) {
    const capacity = parts(width, form.width * smallest, gap) * parts(height, form.height * smallest, gap);
    if (!capacity) continue;
    const perPage = Math.ceil(count / Math.ceil(count / capacity));
    const isRoomy = (found) => found && found.type >= smallest * 1.15;
    let found = form === FORMS[0] ? best(perPage, form, true, hasOffCall) : null;
    if (!isRoomy(found)) found = form === FORMS[0] ? best(perPage, form, false, hasOffCall) : null;
    if (!isRoomy(found)) found = best(perPage, form, false, false);
    found.pages = Math.ceil(count / perPage);
    found.words = asked <= most ? form.words : "Screen too small for this distance";
    return found;
  }
  return withColumns(1, count, FORMS[3], false, false);
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
const tiles = [];
const dots = [];
let layout = null;
let page = 0;
let drawnQueues = 0;
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
  const grid = at(".grid");
  const pager = at(".pager");
  frame = {
    grid,
    pager,
    write: writing([
      text(at(".header-title")),
      text(waiting.querySelector("b")),
      text(wait, true),
      text(wait.querySelector("b")),
      text(at(".header-counted")),
      attribute(at(".header-freshness"), "data-freshness"),
      text(at(".header-freshness")),
      text(at(".header-clock")),
      text(at(".foot-notice")),
      text(at(".foot-limits")),
      attribute(pager, "aria-label"),
      (pages) => { pager.hidden = pages === 1; },
      text(at(".pager-number")),
    ]),
    writeGrid: writing([
      attribute(grid, "data-form"),
      attribute(grid, "data-line"),
      attribute(grid, "data-off-call"),
      style(grid, "gridTemplateColumns"),
      style(grid, "gridTemplateRows"),
      style(grid, "gridGap"),
      style(grid, "fontSize"),
      style(grid, "minHeight"),
      style(grid, "paddingTop"),
      style(grid, "paddingBottom"),
      style(board, "fontSize"),
    ]),
  };
  pager.setAttribute("data-paused", "false");
  addEventListener("resize", () => {
    layOut();
    draw(performance.now());
  });
}

// As many tiles as a page has places, and a dot for each page.
function layOut() {
  const px = (pixels) => Math.floor(pixels * 10) / 10 + "px";
  const queues = snapshot.queues.length;
  const countsOffCalls = ({ agents }) => agents.after_call_work != null || agents.unavailable != null;
  layout = fit(queues, snapshot.queues.some(countsOffCalls));
  frame.writeGrid([
    layout.form.name,
    String(layout.hasLine),
    String(layout.hasCounts),
    "repeat(" + layout.columns + ", minmax(0px, 1fr))",
    "repeat(" + layout.rows + ", minmax(0px, 1fr))",
    px(layout.gap),
    px(layout.type),
    px((layout.tall * layout.type + layout.gap) * layout.rows - layout.gap),
    // Of rows out of sight, which a wall has none of.
    px(0),
    px(0),
    px(layout.frame),
  ]);
  grow(tiles, Math.min(layout.perPage, queues), makeTile, frame.grid, null);
  grow(dots, layout.pages > 1 && layout.pages <= 12 ? layout.pages : 0, makeDot, frame.pager, frame.pager.lastElementChild);
  page = Math.min(page, layout.pages - 1);
}

function grow(list, length, make, parent, before) {
  while (list.length > length) list.pop().root.remove();
  while (list.length < length) {
    const item = make();
    list.push(item);
    parent.insertBefore(item.root, before);
  }
}

function makeDot() {
  const root = document.createElement("i");
  root.className = "pager-dot";
  return { root, write: writing([attribute(root, "data-current"), attribute(root, "data-critical")]) };
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
  const first = page * layout.perPage;
  const criticalPages = new Set();
  for (let place = 0; place < snapshot.queues.length; place++) {
    const queue = snapshot.queues[place];
    const readAge = boardAge == null || queue.lag_ms == null ? null : boardAge + queue.lag_ms;
    const state = standing(queue, readAge, pollMs, trusted);
    const current = state === "fresh" || state === "ageing";
    const tile = place >= first ? tiles[place - first] : undefined;
    if (tile) {
      const heldMs = queue.level_since_ms == null || basis.uptimeMs == null
        ? null
        : basis.uptimeMs + sinceSent - queue.level_since_ms;
      tile.write(say(queue, state, readAge == null ? sinceSent : readAge, heldMs, excuse));
    }
    if (current && queue.level === "critical") criticalPages.add(Math.floor(place / layout.perPage));
    if (!current && state !== "closed") continue;
    counted++;
    if (queue.longest_wait_ms != null) longest = Math.max(longest || 0, queue.longest_wait_ms);
    if (queue.waiting == null) continue;
    waiting = (waiting || 0) + queue.waiting;
    if (queue.average_wait_ms != null) {
      weighted += queue.average_wait_ms * queue.waiting;
      weight += queue.waiting;
    }
  }
  for (let place = snapshot.queues.length - first; place < tiles.length; place++) tiles[place].write(NOTHING);
  dots.forEach((dot, at) => dot.write([String(at === page), String(criticalPages.has(at))]));
  const mean = weight ? weighted / weight : null;
  const [freshness, words] = freshnessOf(boardAge, pollMs);
  frame.write([
    snapshot.board.title,
    compact(waiting),
    longest != null ? "longest" : mean != null ? "average" : "",
    longest != null ? wait(longest) : mean != null ? wait(mean) : "",
    counted + " of " + snapshot.queues.length + (snapshot.queues.length === 1 ? " queue" : " queues"),
    freshness,
    words,
    writeTime(now),
    snapshot.upstream.state === "degraded"
      ? snapshot.upstream.cause || "Some queues cannot be read from CXone at the moment."
      : snapshot.board.notice || "",
    layout.words,
    "Page " + (page + 1) + " of " + layout.pages,
    layout.pages,
    layout.pages > 12 ? page + 1 + " / " + layout.pages : "",
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
    pause = Math.min(10000, doubled) * (0.75 + Math.random() / 2);
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
  if (!layout || snapshot.queues.length !== drawnQueues) layOut();
  drawnQueues = snapshot.queues.length;
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
