//! Who may look: a link's token, a refusal in words, and a screen that is let in.

use leptos::prelude::{document, window};
use queuewall_frontend::access::{address, mend_address};
use queuewall_frontend::components::board::board_page;
use queuewall_frontend::components::board_list::board_list_page;
use queuewall_frontend::mount;
use queuewall_frontend::settings;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use crate::support::{host, queue, settle, settle_until, snapshot};

#[wasm_bindgen(module = "/tests/page/browser.js")]
extern "C" {
    fn intercept(body: &str);
    fn answer_with(kind: &str);
    fn door(state: &str);
    fn open_at(fragment: &str);
    fn fragment() -> String;
    fn requests() -> String;
    fn alive() -> String;
    fn wake();
    fn visit(address: &str);
    fn leave();
    fn refuse_cookies(is_so: bool);
    async fn soon();
    fn restore();
}

/// Runs `test` on a page whose requests are intercepted, at an address with `fragment`.
macro_rules! with_page {
    ($view:expr, $fragment:expr, $first:expr, $door:expr, |$host:ident, $page:ident| $test:block) => {{
        let body = serde_json::to_string(&snapshot(vec![queue("a")])).expect("can be written");
        intercept(&body);
        answer_with($first);
        door($door);
        open_at($fragment);
        let $host = host();
        let $page = mount($host.clone(), $view);
        settle().await;
        $test
        $host.remove();
        open_at("");
        restore();
    }};
}

fn board() -> Element {
    board_page("main".to_owned())
}

fn text(host: &HtmlElement) -> String {
    host.text_content().unwrap_or_default()
}

fn shows(host: &HtmlElement, selector: &str) -> bool {
    let found = host.query_selector(selector);
    found.expect("the selector is well formed").is_some()
}

#[wasm_bindgen_test]
async fn ended_link_shows_message_and_no_numbers_until_restored() {
    for (kind, words) in [
        ("access_revoked", "The link of this screen was revoked."),
        ("access_expired", "The link of this screen has expired."),
        ("no_access", "This screen may not see this board yet."),
    ] {
        with_page!(board, "", "board", "open", |host, page| {
            assert!(shows(&host, "[data-queue='a']"));
            answer_with(kind);
            wake();
            settle_until(|| text(&host).contains("K7D341")).await;
            let said = text(&host);
            assert!(said.contains(words), "{kind}: {said}");
            assert!(said.contains("K7D341"), "a code: {said}");
            assert!(
                said.contains("queuewall screens approve K7D341 --board main"),
                "{said}"
            );
            for gone in ["[data-queue]", ".header", ".foot"] {
                assert!(!shows(&host, gone), "{kind}: {gone}");
            }
            assert!(!document().title().contains('4'), "{}", document().title());
            assert!(shows(&host, ".board[data-link='ok']"), "the server is well");

            answer_with("board");
            wake();
            settle().await;
            assert!(shows(&host, "[data-queue='a'][data-state='fresh']"));
            assert!(!text(&host).contains(words));
            let asked = requests();
            assert!(
                asked.ends_with("/api/boards/main null no-store"),
                "in full: {asked}"
            );
            drop(page);
        });
    }
}

#[wasm_bindgen_test]
async fn proxy_refusal_is_shown_without_a_code() {
    with_page!(board, "", "untrusted_peer", "open", |host, page| {
        assert!(text(&host).contains("through the company's sign-in"));
        assert!(!shows(&host, ".no-entry-code"));
        assert!(!requests().contains("POST"), "{}", requests());
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn token_is_exchanged_and_then_removed_from_address() {
    with_page!(board, "#t=abc-_9", "board", "open", |host, page| {
        assert!(shows(&host, "[data-queue='a']"));
        assert_eq!(
            requests(),
            "POST /api/access\n/api/boards/main null no-store"
        );
        assert_eq!(fragment(), "");
        wake();
        settle().await;
        assert_eq!(requests().matches("POST").count(), 1, "once a start");
        drop(page);
    });
    // A browser that keeps no cookies needs the token again at the next start.
    with_page!(board, "#t=abc", "no_access", "open", |host, page| {
        assert!(text(&host).contains("cookie gets lost"), "{}", text(&host));
        assert!(!shows(&host, ".no-entry-code"), "no code lets it in");
        assert_eq!(fragment(), "#t=abc");
        // It is let in again after a while, and not at every poll.
        for _ in 0..13 {
            wake();
            settle().await;
        }
        assert_eq!(requests().matches("POST /api/access").count(), 2);
        answer_with("board");
        wake();
        settle().await;
        assert!(shows(&host, "[data-queue='a']"));
        assert_eq!(fragment(), "");
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn link_of_another_board_is_not_taken_for_a_lost_cookie() {
    with_page!(board, "#t=abc", "other_board", "open", |host, page| {
        settle_until(|| text(&host).contains("K7D341")).await;
        let said = text(&host);
        assert!(said.contains("is for another board"), "{said}");
        assert!(!said.contains("cookie"), "{said}");
        assert!(shows(&host, ".message-link"), "the way to that board");
        for _ in 0..13 {
            wake();
            settle().await;
        }
        let asked = requests();
        assert_eq!(asked.matches("POST /api/access").count(), 1, "{asked}");
        assert_eq!(asked.matches("/api/boards null").count(), 1, "{asked}");
        assert!(text(&host).contains("is for another board"));
        answer_with("board");
        wake();
        settle().await;
        assert!(shows(&host, "[data-queue='a']"));
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn browser_without_cookies_says_so_and_shows_no_code() {
    refuse_cookies(true);
    with_page!(board, "", "no_access", "open", |host, page| {
        assert!(text(&host).contains("Allow cookies"), "{}", text(&host));
        assert!(!shows(&host, ".no-entry-code"));
        drop(page);
    });
    refuse_cookies(false);
}

#[wasm_bindgen_test]
async fn waiting_screen_that_keeps_no_cookie_shows_no_code() {
    with_page!(board, "", "no_access", "cookieless", |host, page| {
        settle_until(|| text(&host).contains("cookie")).await;
        let said = text(&host);
        assert!(said.contains("cookie"), "{said}");
        assert!(!said.contains("K7D34"), "no code lets it in: {said}");
        // Somebody allows them.
        door("open");
        settle_until(|| text(&host).contains("K7D341")).await;
        let said = text(&host);
        assert!(
            said.contains("K7D341") && !said.contains("cookie"),
            "{said}"
        );
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn slug_with_a_token_written_on_is_not_repeated() {
    let slug = "twozm9vymfyltxb2tlbjey7x1a".to_owned();
    let shown = slug.clone();
    let board = move || board_page(slug.clone());
    with_page!(board, "", "no_access", "open", |host, page| {
        settle_until(|| text(&host).contains("K7D341")).await;
        let said = text(&host);
        assert!(
            said.contains("approve K7D341") && !said.contains("--board"),
            "{said}"
        );
        assert!(!said.contains(&shown), "{said}");
        drop(page);
    });
    assert!(!queuewall_frontend::text::no_board(&shown).contains(&shown));
}

#[wasm_bindgen_test]
async fn approved_screen_whose_cookie_is_dropped_says_so() {
    with_page!(board, "", "no_access", "open", |host, page| {
        assert!(!text(&host).contains("cookie"), "{}", text(&host));
        door("granted");
        settle_until(|| text(&host).contains("K7D342")).await;
        assert!(text(&host).contains("cookie gets lost"), "{}", text(&host));
        // The next code is there for when that is over.
        assert!(text(&host).contains("K7D342"), "{}", text(&host));
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn token_exchange_that_something_else_answers_is_tried_again() {
    with_page!(board, "#t=abc", "board", "foreign", |host, page| {
        assert_eq!(requests(), "POST /api/access");
        assert!(shows(&host, ".message"), "nothing is known yet");
        door("none");
        wake();
        settle().await;
        assert!(shows(&host, "[data-queue='a']"));
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn token_in_path_is_put_behind_the_hash_and_shown_nowhere() {
    const TOKEN: &str = "Zm9vYmFyLXRva2VuLTEyMw";
    for (before, after) in [
        ("/board/main%23t=T?metres=5", "/board/main?metres=5#t=T"),
        ("/board/main?metres=5%2523t%3DT", "/board/main?metres=5#t=T"),
        ("/board/main?t=T&metres=5", "/board/main?metres=5#t=T"),
        ("/board/main#t=T", "/board/main#t=T"),
        ("/board/main?metres=5", "/board/main?metres=5"),
    ] {
        visit(&before.replace('T', TOKEN));
        let asked = address();
        mend_address();
        let location = window().location();
        let now = location.href().unwrap_or_default();
        let origin = location.origin().unwrap_or_default();
        leave();
        assert_eq!(now, [&origin, &*after.replace('T', TOKEN)].concat());
        assert_eq!(asked.token.is_some(), before.contains('T'), "{before}");
        let asked = settings::read(&asked.query);
        assert!(asked.problems.is_empty(), "{before}: {:?}", asked.problems);
    }
}

#[wasm_bindgen_test]
async fn a_token_that_was_revoked_is_said_and_not_tried_again() {
    with_page!(board, "#t=abc", "no_access", "closed", |host, page| {
        assert!(text(&host).contains("was revoked"), "{}", text(&host));
        wake();
        settle().await;
        assert_eq!(requests().matches("POST /api/access").count(), 1);
        assert!(text(&host).contains("was revoked"), "and not: no link");
        drop(page);
    });
    // The browser may hold another link's cookie all the same.
    with_page!(board, "#t=abc", "board", "closed", |host, page| {
        assert!(shows(&host, "[data-queue='a']"));
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn unknown_link_is_incomplete_only_if_its_length_is_wrong() {
    with_page!(board, "#t=abc", "no_access", "strange", |host, page| {
        assert!(text(&host).contains("a part of it may be missing"));
        drop(page);
    });
    let whole = "#t=AAAAAAAAAAAAAAAAAAAAAA";
    with_page!(board, whole, "no_access", "strange", |host, page| {
        assert!(text(&host).contains("Ask for a new one"), "{}", text(&host));
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn a_token_is_kept_until_the_server_has_answered() {
    with_page!(board, "#t=abc", "board", "broken", |host, page| {
        assert!(!shows(&host, "[data-queue='a']"));
        assert_eq!(requests(), "POST /api/access", "the board is not asked for");
        door("open");
        wake();
        settle().await;
        assert!(shows(&host, "[data-queue='a']"));
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn an_unknown_screen_shows_a_code_and_then_the_next() {
    let list = board_list_page;
    with_page!(list, "", "no_access", "open", |host, page| {
        settle_until(|| text(&host).contains("K7D341")).await;
        let said = text(&host);
        assert!(
            said.contains("approve K7D341") && !said.contains("--board"),
            "{said}"
        );
        soon().await;
        settle().await;
        assert!(text(&host).contains("K7D341"), "while it is good");
        assert!(requests().contains("POST /api/screens/wait"));
        door("closed");
        settle_until(|| text(&host).contains("K7D342")).await;
        let said = text(&host);
        assert!(
            said.contains("K7D342") && !said.contains("K7D341"),
            "{said}"
        );
        drop(page);
        settle().await;
        assert_eq!(alive(), "timers 0, workers 0, listeners 0");
    });
}
