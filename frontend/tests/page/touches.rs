//! What an answer touches on the screen: nothing moves that has not changed.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Shown, at, good_link, queue, settle, snapshot, taken, watch};

fn two() -> Vec<queuewall_shared::snapshot::Queue> {
    vec![queue("a"), queue("b")]
}

#[wasm_bindgen_test]
async fn an_unchanged_answer_touches_nothing() {
    let shown = Shown::new(two(), 3, 4).await;
    let watching = watch(&shown.host);

    // A 304 five seconds on, its readings as old as they must be, and one just after
    // the server's next read.
    for (age, sent) in [(8, 5), (1, 10)] {
        shown.answer_times(age, sent);
        shown.board.advance(at(sent).monotonic, &good_link());
        settle().await;
        assert_eq!(taken(&watching), "");
    }
    // A 200 with the same content.
    shown.board.take(snapshot(two()));
    shown.answer_times(1, 15);
    shown.board.advance(at(15).monotonic, &good_link());
    settle().await;
    assert_eq!(taken(&watching), "");
}

#[wasm_bindgen_test]
async fn a_changed_number_touches_its_own_text() {
    let shown = Shown::new(two(), 0, 0).await;
    let mut queues = two();
    queues[1].agents.busy = Some(8);
    queues[1].agents.logged_on = Some(14);
    // Without a reading of the logged-on there is no bar to move.
    queues[1].agents.logged_on = None;
    shown.board.take(snapshot(queues.clone()));
    settle().await;

    let watching = watch(&shown.host);
    queues[1].agents.busy = Some(9);
    shown.board.take(snapshot(queues));
    settle().await;
    assert_eq!(taken(&watching), "characterData");
    assert_eq!(shown.metric("b", "agents_busy"), "9");
    assert_eq!(shown.metric("a", "agents_busy"), "7");
}

#[wasm_bindgen_test]
async fn changed_waiting_count_updates_only_its_text_and_total() {
    let shown = Shown::new(two(), 0, 0).await;
    let watching = watch(&shown.host);
    let mut queues = two();
    queues[0].waiting = Some(5);
    shown.board.take(snapshot(queues));
    settle().await;
    assert_eq!(taken(&watching), "characterData, characterData");
    assert_eq!(shown.metric("a", "waiting"), "5");
    assert_eq!(shown.text("[data-total='waiting']"), "9");
}

#[wasm_bindgen_test]
async fn tile_element_is_reused_for_another_queue() {
    let shown = Shown::new(two(), 0, 0).await;
    let first = shown.find(".tile");
    let mut queues = two();
    queues.reverse();
    queues.push(queue("c"));
    shown.board.take(snapshot(queues));
    settle().await;
    assert!(first.is_same_node(Some(&shown.find(".tile"))));
    assert_eq!(shown.places(), ["b", "a", "c"]);

    shown.board.take(snapshot(vec![queue("c")]));
    settle().await;
    assert!(first.is_same_node(Some(&shown.find(".tile"))));
    assert_eq!(shown.places(), ["c"]);
}

#[wasm_bindgen_test]
async fn a_queue_listed_twice_has_one_tile() {
    let shown = Shown::new(vec![queue("a"), queue("a")], 0, 0).await;
    let grid = shown.find(".grid");
    assert_eq!(grid.child_element_count(), 1);
}
