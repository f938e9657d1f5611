//! The timer and the fetching, against a stand-in for the browser's `fetch`.

use queuewall_frontend::components::board::board_page;
use queuewall_frontend::mount;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{host, queue, settle, snapshot, taken, watch};

#[wasm_bindgen(module = "/tests/page/browser.js")]
extern "C" {
    fn intercept(body: &str);
    fn answer_with(kind: &str);
    fn beside(answer: &str);
    fn trends_asked() -> u32;
    fn requests() -> String;
    fn aborted() -> u32;
    fn alive() -> String;
    fn wake();
    fn name_worker(source: Option<&str>);
    fn looks() -> u32;
    fn other_server(uptime: u32, age: &str);
    async fn soon();
    fn restore();
}

/// Runs `test` on a mounted board page whose requests are intercepted.
macro_rules! with_page {
    ($first:expr, |$host:ident, $page:ident| $test:block) => {{
        let body = serde_json::to_string(&snapshot(vec![queue("a")])).expect("can be written");
        intercept(&body);
        answer_with($first);
        let $host = host();
        let $page = mount($host.clone(), || board_page("main".to_owned()));
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
        assert_eq!(alive(), "timers 1, workers 0, listeners 14");
        answer_with("never");
        wake();
        settle().await;
        let before = aborted();
        drop(page);
        settle().await;
        assert_eq!(alive(), "timers 0, workers 0, listeners 0");
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

/// What stands in front of a server may answer in its place.
const FOREIGN: [&str; 10] = [
    "404|text/html|<h1>404 Not Found</h1>",
    "404|application/json|{}",
    "404|application/json|{\"code\":\"not_found\",\"message\":\"no route\"}",
    "404|text/plain|default backend - 404",
    "410|text/html|gone",
    "401|text/html|<form>sign in</form>",
    "403|application/json|null",
    "200|text/html|<!DOCTYPE html>welcome to the guest network",
    "204",
    "502|text/html|bad gateway",
];

#[wasm_bindgen_test]
async fn foreign_answer_is_a_broken_link_and_keeps_the_tiles() {
    for foreign in FOREIGN {
        with_page!("board", |host, page| {
            answer_with(foreign);
            for _ in 0..3 {
                wake();
                settle().await;
            }
            let text = host.text_content().unwrap_or_default();
            let shows = |selector: &str| {
                let found = host.query_selector(selector);
                found.expect("well formed").is_some()
            };
            assert!(shows("[data-queue='a'][data-state='stale']"), "{foreign}");
            assert!(shows(".banner:not([hidden])"), "{foreign}");
            assert!(shows(".board[data-link='lost']"), "{foreign}");
            let status = foreign.split('|').next().unwrap_or_default();
            let words = format!("a proxy or sign-in page answers ({status}).");
            assert!(text.contains(&words), "{foreign}: {text}");
            assert!(!text.contains("no board"), "{foreign}: {text}");

            answer_with("board");
            wake();
            settle().await;
            assert!(shows("[data-queue='a'][data-state='fresh']"), "{foreign}");
            drop(page);
        });
    }
}

#[wasm_bindgen_test]
async fn foreign_answer_at_first_is_a_broken_link_too() {
    for foreign in FOREIGN {
        with_page!(foreign, |host, page| {
            for _ in 0..3 {
                wake();
                settle().await;
            }
            let text = host.text_content().unwrap_or_default();
            assert!(text.contains("since this page was opened"), "{text}");
            assert!(!text.contains("no board"), "{foreign}: {text}");
            drop(page);
        });
    }
}

#[wasm_bindgen_test]
async fn status_of_our_own_server_is_said_to_be_its() {
    with_page!("teapot", |host, page| {
        for _ in 0..3 {
            wake();
            settle().await;
        }
        let text = host.text_content().unwrap_or_default();
        assert!(text.contains("it answers with status 418"), "{text}");
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn older_reading_is_not_shown_by_whichever_server() {
    with_page!("board", |host, page| {
        let age = || {
            let tile = host
                .query_selector("[data-queue='a']")
                .expect("well formed");
            tile.and_then(|tile| tile.get_attribute("data-state"))
        };
        other_server(9_000_000, "60000");
        wake();
        settle().await;
        assert_eq!(age().as_deref(), Some("fresh"), "60 s would be ageing");
        // One of several servers that count from one origin.
        other_server(600_000, "60000");
        wake();
        settle().await;
        assert_eq!(age().as_deref(), Some("fresh"));
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

#[wasm_bindgen_test]
async fn trends_are_asked_for_once_and_again_after_a_loss() {
    with_page!("board", |host, page| {
        let wakes = async |times: u32| {
            for _ in 0..times {
                wake();
                settle().await;
            }
        };
        let is = |link: &str| {
            let selector = format!(".board[data-link='{link}']");
            host.query_selector(&selector)
                .expect("well formed")
                .is_some()
        };
        // Broken, then without an answer: no news about the link, and no poll waits.
        wakes(4).await;
        assert_eq!(trends_asked(), 1);
        assert!(is("ok"));
        beside("never");
        for asked in [2, 3] {
            answer_with("204");
            wakes(4).await;
            assert!(is("lost"));
            answer_with("board");
            wakes(3).await;
            assert!(is("ok"));
            assert_eq!(trends_asked(), asked);
        }
        let bins = vec!["3"; 36].join(",");
        let trends = r#"{"to_ms":600000,"step_ms":300000,"queues":[{"id":"a","waiting_before":null,"waiting_highest":["#;
        beside(&[trends, &bins, "]}]}"].concat());
        answer_with("204");
        wakes(4).await;
        answer_with("board");
        wakes(2).await;
        let line = host.query_selector("[data-queue='a'] .tile-line path");
        let line = line
            .expect("well formed")
            .expect("a line")
            .get_attribute("d");
        assert!(line.is_some_and(|line| line.starts_with("M0 40H5V40H10")));
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn trends_are_not_asked_for_without_a_board() {
    for answer in ["missing", "no_access"] {
        with_page!(answer, |_host, page| {
            wake();
            settle().await;
            assert_eq!(trends_asked(), 0, "{answer}");
            drop(page);
        });
    }
}

/// As `frontend/tick.js`, but much faster, as the page's own timer is here.
const WORKER: &str = "setInterval(() => postMessage(0), 20);";

/// How often the time was looked at in half a second: once a tick, and by answers.
async fn ticks() -> u32 {
    let before = looks();
    soon().await;
    looks() - before
}

#[wasm_bindgen_test]
async fn ticks_come_from_a_worker_which_ends_with_the_page() {
    name_worker(Some(WORKER));
    with_page!("board", |_host, page| {
        name_worker(None);
        assert_eq!(alive(), "timers 1, workers 1, listeners 14");
        soon().await;
        let ticks = ticks().await;
        assert!(ticks > 12, "{ticks} ticks");
        drop(page);
        assert_eq!(alive(), "timers 0, workers 0, listeners 0");
    });
}

#[wasm_bindgen_test]
async fn failed_or_silent_worker_falls_back_to_page_timer() {
    for worker in ["throw new Error('as in a browser that refuses it')", ""] {
        name_worker(Some(worker));
        with_page!("board", |_host, page| {
            name_worker(None);
            soon().await;
            soon().await;
            let ticks = ticks().await;
            assert!((2..=10).contains(&ticks), "{ticks} ticks");
            drop(page);
        });
    }
}
