//! Hands on a wall: the bar, swipes, dots, what keys say, and a wrong address.

use queuewall_shared::snapshot::Queue;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use crate::desk::press;
use crate::support::{Shown, at, good_link, queue, settle};

#[wasm_bindgen(module = "/tests/page/browser.js")]
extern "C" {
    fn point(kind: &str, selector: &str, x: i32, y: i32);
    fn full_screen(kind: &str);
    fn full_screen_as_it_was();
}

/// Queues for several pages, with dots.
fn several_pages() -> Vec<Queue> {
    let id = |number: usize| format!("q{number:02}");
    (0..30).map(|number| queue(&id(number))).collect()
}

/// The place of the dot of the page on the screen.
fn dot(shown: &Shown) -> usize {
    let dots = shown.host.query_selector_all(".pager-dot");
    let dots = dots.expect("the selector is well formed");
    let is_current = |place: &u32| {
        let dot: Option<Element> = dots.get(*place).map(JsCast::unchecked_into);
        dot.is_some_and(|dot| dot.get_attribute("data-current").as_deref() == Some("true"))
    };
    (0..dots.length()).find(is_current).expect("a dot") as usize
}

fn answer(shown: &Shown) -> String {
    shown.text(".hands-answer")
}

async fn drag(from: (i32, i32), to: (i32, i32)) {
    point("pointerdown", "body", from.0, from.1);
    point("pointerup", "body", to.0, to.1);
    settle().await;
}

#[wasm_bindgen_test]
async fn bar_has_labels_and_links_and_turns_pages() {
    let shown = Shown::new(several_pages(), 0, 0).await;
    let label = |act: &str| {
        let button = shown.find(&format!("[data-act={act}]"));
        button.get_attribute("aria-label").unwrap_or_default()
    };
    assert_eq!(label("previous"), "Page before");
    assert_eq!(label("next"), "Next page");
    assert_eq!(label("pause"), "Pause on this page");
    for (act, said) in [
        ("desk", "Desk"),
        ("settings", "Settings"),
        ("boards", "All boards"),
    ] {
        let link = shown.find(&format!("[data-act={act}]"));
        assert_eq!(link.text_content().as_deref(), Some(said));
        assert!(link.has_attribute("href"), "{act}");
    }
    shown.click("[data-act=next]").await;
    assert_eq!(dot(&shown), 1);
    shown.click("[data-act=pause]").await;
    assert_eq!(label("pause"), "Turn the pages again");
    shown.click("[data-act=previous]").await;
    assert_eq!(dot(&shown), 0);
}

#[wasm_bindgen_test]
async fn bar_of_one_page_has_no_page_buttons() {
    let shown = Shown::new(vec![queue("a")], 0, 0).await;
    assert!(shown.find(".hands-pages").has_attribute("hidden"));
    drop(shown);
    let desk = Shown::asked("?view=tab", vec![queue("a")], 0, 0).await;
    assert!(!desk.find("[data-act=boards]").has_attribute("href"));
}

#[wasm_bindgen_test]
async fn touch_that_brings_out_the_bar_presses_nothing() {
    let shown = Shown::new(several_pages(), 0, 0).await;
    let touch = |selector: &'static str| {
        point("pointerdown", selector, 5, 5);
        point("pointerup", selector, 5, 5);
        shown.click(selector)
    };
    touch("[data-act=next]").await;
    assert_eq!(dot(&shown), 0);
    point("mousemove", "body", 7, 7);
    touch("[data-act=next]").await;
    assert_eq!(dot(&shown), 1);
}

#[wasm_bindgen_test]
async fn tab_key_brings_out_the_bar() {
    let shown = Shown::new(several_pages(), 0, 0).await;
    let root = leptos::prelude::document()
        .document_element()
        .expect("a root");
    let pointer = || root.get_attribute("data-pointer");
    assert_eq!(pointer(), None);
    press("ArrowRight", None);
    assert_eq!(pointer(), None, "a remote's arrows bring out nothing");
    press("Tab", None);
    assert_eq!(pointer().as_deref(), Some("shown"));
    drop(shown);
    assert_eq!(pointer(), None);
}

#[wasm_bindgen_test]
async fn swipe_turns_pages_and_a_vertical_one_does_not() {
    let shown = Shown::new(several_pages(), 0, 0).await;
    drag((500, 100), (300, 130)).await;
    assert_eq!(dot(&shown), 1);
    drag((300, 100), (500, 130)).await;
    assert_eq!(dot(&shown), 0);
    for (from, to) in [
        ((500, 100), (450, 100)),
        ((500, 100), (400, 400)),
        ((500, 100), (500, 400)),
    ] {
        drag(from, to).await;
        assert_eq!(dot(&shown), 0, "{from:?} to {to:?}");
    }
}

#[wasm_bindgen_test]
async fn tap_on_a_dot_shows_its_page() {
    let shown = Shown::new(several_pages(), 0, 0).await;
    let pages = shown.find(".pager-dots").child_element_count();
    shown
        .click(&format!(".pager-dot:nth-of-type({pages})"))
        .await;
    assert_eq!(dot(&shown), pages as usize - 1);
    assert!(shown.places().contains(&"q29".to_owned()));
    shown.click(".pager-dot").await;
    assert_eq!(dot(&shown), 0);
}

#[wasm_bindgen_test]
async fn space_says_where_the_pages_stop_and_that_they_go_on() {
    let shown = Shown::new(several_pages(), 0, 0).await;
    let pages = shown.find(".pager-dots").child_element_count();
    press(" ", None);
    settle().await;
    assert_eq!(answer(&shown), format!("Paused: page 1 of {pages}"));
    press("ArrowRight", None);
    settle().await;
    assert_eq!(answer(&shown), format!("Paused: page 2 of {pages}"));
    press(" ", None);
    settle().await;
    assert_eq!(answer(&shown), "Pages turn again");
    drop(shown);
    let shown = Shown::asked("?rotate=off", several_pages(), 0, 0).await;
    press(" ", None);
    press(" ", None);
    settle().await;
    assert_eq!(answer(&shown), "Pages turn only by hand");
}

#[wasm_bindgen_test]
async fn keys_say_that_one_page_has_nothing_to_turn() {
    for key in [" ", "ArrowRight", "ArrowLeft"] {
        let shown = Shown::new(vec![queue("a")], 0, 0).await;
        press(key, None);
        settle().await;
        assert_eq!(answer(&shown), "One page: nothing to turn", "{key:?}");
    }
}

#[wasm_bindgen_test]
async fn f_says_what_became_of_full_screen() {
    for (kind, said) in [
        ("grant", "Full screen"),
        ("old", "Full screen"),
        ("refuse", "The browser refuses full screen"),
        ("none", "This browser has no full screen"),
    ] {
        full_screen(kind);
        let shown = Shown::new(vec![queue("a")], 0, 0).await;
        press("f", None);
        settle().await;
        assert_eq!(answer(&shown), said, "{kind}");
        full_screen_as_it_was();
    }
}

#[wasm_bindgen_test]
async fn answer_goes_after_three_seconds() {
    let shown = Shown::new(vec![queue("a")], 0, 10).await;
    press(" ", None);
    settle().await;
    shown.board.advance(at(13).monotonic, &good_link());
    settle().await;
    assert_eq!(answer(&shown), "One page: nothing to turn");
    shown.board.advance(at(14).monotonic, &good_link());
    settle().await;
    assert_eq!(answer(&shown), "");
}

#[wasm_bindgen_test]
async fn wrong_settings_share_a_line_and_take_no_room_from_tiles() {
    let height = |shown: &Shown| {
        let grid: HtmlElement = shown.find(".grid").unchecked_into();
        let height = grid.style().get_property_value("min-height");
        let height = height.expect("a property can be read");
        height
            .trim_end_matches("px")
            .parse::<f64>()
            .expect("a length")
    };
    let whole = Shown::new(vec![queue("q00")], 0, 0).await;
    let room = height(&whole);
    drop(whole);
    let shown = Shown::asked(
        "?metre=5&sort=size&queues=q00,q99",
        vec![queue("q00")],
        0,
        0,
    )
    .await;
    let said = shown.text(".problems-what");
    assert!(said.starts_with("metre: no such setting."), "{said}");
    assert_eq!(shown.text(".problems-more"), "+2");
    assert!((height(&shown) - room).abs() < 0.1, "{}", height(&shown));
}
