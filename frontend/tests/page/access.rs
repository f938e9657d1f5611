//! Who may look: a link's token, a refusal in words, and a screen that is let in.

use leptos::mount::mount_to;
use leptos::prelude::*;
use queuewall_frontend::access::token_in;
use queuewall_frontend::components::board::BoardPage;
use queuewall_frontend::components::board_list::BoardListPage;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::support::{host, queue, settle, snapshot};

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
        let $page = mount_to($host.clone(), $view);
        settle().await;
        $test
        $host.remove();
        open_at("");
        restore();
    }};
}

fn board() -> impl IntoView {
    view! { <BoardPage slug="main".to_owned() /> }
}

fn text(host: &HtmlElement) -> String {
    host.text_content().unwrap_or_default()
}

fn shows(host: &HtmlElement, selector: &str) -> bool {
    let found = host.query_selector(selector);
    found.expect("the selector is well formed").is_some()
}

#[wasm_bindgen_test]
async fn a_link_that_ended_shows_words_and_no_number_until_it_is_good_again() {
    for (kind, words) in [
        ("access_revoked", "The link of this screen was revoked."),
        ("access_expired", "The link of this screen has expired."),
        ("no_access", "This screen may not see this board yet."),
    ] {
        with_page!(board, "", "board", "open", |host, page| {
            assert!(shows(&host, "[data-queue='a']"));
            answer_with(kind);
            wake();
            settle().await;
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
async fn what_a_proxy_refuses_is_said_and_no_code_is_offered() {
    with_page!(board, "", "untrusted_peer", "open", |host, page| {
        assert!(text(&host).contains("through the company's sign-in"));
        assert!(!shows(&host, ".no-entry-code"));
        assert!(!requests().contains("POST"), "{}", requests());
        drop(page);
    });
}

#[wasm_bindgen_test]
async fn a_token_is_exchanged_first_and_leaves_the_address_once_the_cookie_works() {
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
        assert!(text(&host).contains("may not see this board yet"));
        assert_eq!(fragment(), "#t=abc");
        drop(page);
    });
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
    let list = || view! { <BoardListPage /> };
    with_page!(list, "", "no_access", "open", |host, page| {
        let said = text(&host);
        assert!(
            said.contains("K7D341") && said.contains("--board …"),
            "{said}"
        );
        soon().await;
        settle().await;
        assert!(text(&host).contains("K7D341"), "while it is good");
        assert!(requests().contains("POST /api/screens/wait"));
        door("closed");
        soon().await;
        settle().await;
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

#[wasm_bindgen_test]
fn only_what_could_be_a_token_is_taken_for_one() {
    assert_eq!(token_in("#t=AZaz09-_"), Some("AZaz09-_"));
    for no_token in [
        "", "#", "#t", "#t=", "t=abc", "#x=abc", "#t=a\"b", "#t=a b", "#t=ä",
    ] {
        assert_eq!(token_in(no_token), None, "{no_token}");
    }
}
