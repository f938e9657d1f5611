//! The timer and the fetching, against a stand-in for the browser's `fetch`.

use leptos::mount::mount_to;
use leptos::prelude::*;
use queuewall_frontend::components::board::BoardPage;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{host, queue, settle, snapshot, taken, watch};

#[wasm_bindgen(inline_js = r#"
const real = {
  fetch: window.fetch, setInterval: window.setInterval, clearInterval: window.clearInterval,
  add: EventTarget.prototype.addEventListener, remove: EventTarget.prototype.removeEventListener,
};
let seen;
export function intercept(body) {
  seen = { requests: [], aborted: 0, intervals: new Set(), listeners: [], answer: "board" };
  // A clock of its own, early in a minute: the one on the wall must not move meanwhile.
  const opened = performance.now();
  const date = () => new Date(Date.UTC(2026, 0, 5, 10, 0, 5) + performance.now() - opened).toUTCString();
  window.fetch = (request) => {
    seen.requests.push(new URL(request.url).pathname + " " + request.headers.get("if-none-match") + " " + request.cache);
    request.signal.addEventListener("abort", () => { seen.aborted += 1; });
    const headers = { etag: '"1"', "x-snapshot-age-ms": "2000", date: date() };
    const known = request.headers.get("if-none-match") === '"1"';
    switch (seen.answer) {
      case "board": return Promise.resolve(known
        ? new Response(null, { status: 304, headers }) : new Response(body, { status: 200, headers }));
      case "never": return new Promise(() => {});
      case "missing": return Promise.resolve(new Response("{}", { status: 404 }));
      default: return Promise.resolve(new Response("<!DOCTYPE html>", { status: 200, headers }));
    }
  };
  window.setInterval = (...args) => { const id = real.setInterval.apply(window, args); seen.intervals.add(id); return id; };
  window.clearInterval = (id) => { seen.intervals.delete(id); real.clearInterval.call(window, id); };
  for (const target of [window, document]) {
    target.addEventListener = (name, f) => { seen.listeners.push(f); real.add.call(target, name, f); };
    target.removeEventListener = (name, f) => { seen.listeners = seen.listeners.filter((g) => g !== f); real.remove.call(target, name, f); };
  }
}
export function answer_with(kind) { seen.answer = kind; }
export function requests() { return seen.requests.join("\n"); }
export function aborted() { return seen.aborted; }
export function alive() {
  return `timers ${seen.intervals.size}, listeners ${seen.listeners.length}`;
}
export function wake() { window.dispatchEvent(new Event("online")); }
export function restore() {
  Object.assign(window, { fetch: real.fetch, setInterval: real.setInterval, clearInterval: real.clearInterval });
  for (const target of [window, document]) { delete target.addEventListener; delete target.removeEventListener; }
}
"#)]
extern "C" {
    fn intercept(body: &str);
    fn answer_with(kind: &str);
    fn requests() -> String;
    fn aborted() -> u32;
    fn alive() -> String;
    fn wake();
    fn restore();
}

/// Runs `test` on a mounted board page whose requests are intercepted.
macro_rules! with_page {
    ($first:expr, |$host:ident, $page:ident| $test:block) => {{
        let body = serde_json::to_string(&snapshot(vec![queue("a")])).expect("can be written");
        intercept(&body);
        answer_with($first);
        let $host = host();
        let $page = mount_to($host.clone(), || view! { <BoardPage slug="main".to_owned() /> });
        settle().await;
        $test
        $host.remove();
        restore();
    }};
}

#[wasm_bindgen_test]
async fn it_names_the_bytes_it_has_and_a_304_touches_nothing() {
    with_page!("board", |host, page| {
        let shows = |selector: &str| {
            host.query_selector(selector)
                .expect("well formed")
                .is_some()
        };
        assert!(shows("[data-queue='a'][data-state='fresh']"));
        assert!(shows(".board[data-link='ok']"));
        let watching = watch(&host);
        wake();
        settle().await;
        assert_eq!(
            requests(),
            "/api/boards/main null no-store\n/api/boards/main \"1\" no-store"
        );
        assert_eq!(taken(&watching), "");
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn unmounting_ends_the_timer_the_listeners_and_the_request() {
    with_page!("board", |_host, page| {
        assert_eq!(alive(), "timers 1, listeners 6");
        answer_with("never");
        wake();
        settle().await;
        let before = aborted();
        drop(page);
        settle().await;
        assert_eq!(alive(), "timers 0, listeners 0");
        assert_eq!(aborted(), before + 1);
        let asked = requests();
        wake();
        settle().await;
        assert_eq!(requests(), asked);
    });
}

#[wasm_bindgen_test]
async fn a_board_that_is_not_there_is_said_in_words() {
    with_page!("missing", |host, page| {
        let text = host.text_content().unwrap_or_default();
        assert!(text.contains("This server has no board “main”."), "{text}");
        // It may come: the page goes on asking, and shows it.
        answer_with("board");
        wake();
        settle().await;
        let tile = host
            .query_selector("[data-queue='a']")
            .expect("well formed");
        assert!(tile.is_some());
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn an_answer_that_cannot_be_read_is_asked_for_again_in_full() {
    with_page!("nonsense", |host, page| {
        answer_with("board");
        wake();
        settle().await;
        // Its ETag was not kept: a 304 to it would confirm what nobody could read.
        assert!(requests().ends_with("main null no-store"), "{}", requests());
        let tile = host
            .query_selector("[data-queue='a']")
            .expect("well formed");
        assert!(tile.is_some());
        drop(page);
    });
}
