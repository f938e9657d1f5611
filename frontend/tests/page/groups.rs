//! Groups of queues on a desk: as tiles, under headings, and alone.

use queuewall_shared::snapshot::{BoardSnapshot, Group, Level, Queue};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Shown, at, good_link, lost_link, queue, settle, snapshot};

#[wasm_bindgen(module = "/tests/page/browser.js")]
extern "C" {
    fn visit(address: &str);
    fn leave();
}

fn waiting(id: &str, waiting: u64) -> Queue {
    Queue {
        waiting: Some(waiting),
        ..queue(id)
    }
}

/// Queues a to d, of which b and d are the group Sales; `counts` says which are read.
fn grouped(counts: impl Fn(&Queue) -> bool) -> BoardSnapshot {
    let mut d = waiting("d", 30);
    d.level = Level::Critical;
    d.level_since_ms = Some(0);
    d.agents.available = Some(0);
    d.agents.logged_on = Some(19);
    let queues = vec![waiting("a", 1), waiting("b", 2), waiting("c", 3), d];
    let members = [&queues[1], &queues[3]];
    let group = Group::of("Sales", members.map(|queue| (queue, counts(queue))));
    BoardSnapshot {
        groups: vec![group],
        ..snapshot(queues)
    }
}

/// The desk at an address with this query, which is left again.
async fn shown(query: &'static str, snapshot: BoardSnapshot) -> Shown {
    visit(&["/desk/main", query].concat());
    let shown = Shown::opened("?view=tab&lang=en");
    shown.board.take(snapshot);
    shown.answer_times(0, 0);
    shown.board.advance(at(0).monotonic, &good_link());
    settle().await;
    leave();
    shown
}

fn headings(shown: &Shown) -> String {
    let found = shown.host.query_selector_all(".heading:not([hidden]) b");
    let found = found.expect("the selector is well formed");
    let texts = (0..found.length()).filter_map(|place| found.get(place)?.text_content());
    let mut texts: Vec<_> = texts.collect();
    // A group that takes several rows has its heading on each.
    texts.dedup();
    texts.join(",")
}

#[wasm_bindgen_test]
async fn folded_group_is_one_tile_in_the_place_of_its_queues() {
    let shown = shown("?fold=Sales", grouped(|_| true)).await;
    // The worst first: as its worst queue.
    assert_eq!(shown.places(), ["[Sales]", "a", "c"]);
    assert_eq!(shown.metric("[Sales]", "waiting"), "32");
    assert_eq!(shown.metric("[Sales]", "agents_available"), "3+");
    assert_eq!(shown.metric("[Sales]", "agents_logged_on"), "19+");
    let tile = shown.find(".tile[data-group]");
    let level = tile.get_attribute("data-level");
    assert_eq!(level.as_deref(), Some("critical"));
    let reason = shown.text("[data-group] .tile-since");
    assert!(reason.starts_with("Queue d"), "{reason}");
    assert!(!reason.contains("free"), "agents are not the group's");
    assert_eq!(shown.text("[data-group] .tile-ago"), "");
    // The header counts queues.
    assert_eq!(shown.text("[data-total=waiting]"), "36");
    assert_eq!(shown.text(".header-critical"), "1 critical");
}

#[wasm_bindgen_test]
async fn group_says_how_many_of_its_queues_are_read() {
    let shown = shown("?fold=Sales", grouped(|queue| queue.id != "d")).await;
    assert_eq!(shown.text("[data-group] .tile-ago"), "1 of 2");
    assert_eq!(shown.metric("[Sales]", "waiting"), "2");
    // Nothing counts without the server.
    shown.board.advance(at(40).monotonic, &lost_link());
    settle().await;
    assert_eq!(shown.state("[Sales]"), "stale");
    assert_eq!(shown.text("[data-group] .tile-ago"), "");
}

#[wasm_bindgen_test]
async fn group_alone_shows_its_queues_and_their_totals() {
    let shown = shown("?group=Sales", grouped(|_| true)).await;
    assert_eq!(shown.places(), ["d", "b"]);
    assert_eq!(shown.text(".header-title"), "« Sales · Customer Care");
    assert_eq!(shown.text("[data-total=waiting]"), "32");
    assert_eq!(headings(&shown), "");
}

#[wasm_bindgen_test]
async fn group_that_the_board_lacks_is_said_and_all_is_shown() {
    let shown = shown("?group=Salse", grouped(|_| true)).await;
    assert_eq!(shown.places().len(), 4);
    assert!(shown.text(".problems-what").contains("Salse"));
}

#[wasm_bindgen_test]
async fn desk_has_headings_that_fold_and_unfold() {
    let shown = shown("", grouped(|_| true)).await;
    assert_eq!(shown.places(), ["d", "b", "a", "c"]);
    assert_eq!(headings(&shown), "Sales");
    assert_eq!(shown.text(".heading small"), "32 waiting · 1 critical");
    shown.board.wanted().set("queue d".into());
    settle().await;
    assert_eq!(shown.places(), ["d"], "found below its heading");
    shown.board.wanted().set("sales".into());
    settle().await;
    assert_eq!(shown.places(), ["d", "b"]);
}

#[wasm_bindgen_test]
async fn board_without_groups_has_neither() {
    let shown = shown("", snapshot(vec![queue("a")])).await;
    assert_eq!(shown.places(), ["a"]);
    assert_eq!(headings(&shown), "");
    let group = shown.host.query_selector("[data-group]").expect("fine");
    assert!(group.is_none());
}

#[wasm_bindgen_test]
async fn wall_shows_every_queue() {
    let shown = Shown::opened("?lang=en");
    shown.board.take(grouped(|_| true));
    shown.answer_times(0, 0);
    shown.board.advance(at(0).monotonic, &good_link());
    settle().await;
    assert_eq!(shown.places(), ["a", "b", "c", "d"]);
}
