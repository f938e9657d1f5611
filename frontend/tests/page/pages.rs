//! Pages of tiles: what fits, whose turn it is, and hands that steer.

use queuewall_shared::snapshot::{Level, Queue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Shown, at, good_link, queue, settle, snapshot};

fn many(count: usize) -> Vec<Queue> {
    (0..count)
        .map(|number| queue(&format!("q{number:02}")))
        .collect()
}

impl Shown {
    async fn later(&self, seconds: u64) {
        self.answer_times(0, seconds);
        self.board.advance(at(seconds).monotonic, &good_link());
        settle().await;
    }
}

#[wasm_bindgen_test]
async fn tiles_that_do_not_fit_rotate_and_each_is_shown() {
    let shown = Shown::new(many(100), 0, 0).await;
    let per_page = shown.places().len();
    assert!(per_page > 0 && per_page < 100, "{per_page} on a page");
    let pages = 100_usize.div_ceil(per_page);
    let mut seen = shown.places();
    for turn in 1..pages as u64 {
        shown.later(turn * 15 - 1).await;
        let before = shown.places();
        shown.later(turn * 15).await;
        assert_ne!(shown.places(), before);
        seen.extend(shown.places());
    }
    let expected: Vec<_> = many(100).into_iter().map(|queue| queue.id).collect();
    assert_eq!(seen, expected);
    shown.later(pages as u64 * 15).await;
    assert_eq!(shown.places()[0], "q00");
}

#[wasm_bindgen_test]
async fn a_page_in_trouble_comes_first_and_every_second_turn() {
    let mut queues = many(100);
    queues[99].level = Level::Critical;
    let shown = Shown::new(queues.clone(), 0, 0).await;
    let last = |shown: &Shown| shown.places().contains(&"q99".to_owned());
    let mut turns = Vec::new();
    for turn in 0..5 {
        shown.later(turn * 15).await;
        turns.push(last(&shown));
    }
    assert_eq!(turns, [false, true, false, true, false]);
    // A level that no longer counts calls for nothing.
    shown.board.take(snapshot(queues));
    shown.board.advance(at(200).monotonic, &good_link());
    settle().await;
    for turn in 0..3 {
        shown
            .board
            .advance(at(215 + turn * 15).monotonic, &good_link());
        settle().await;
        assert_eq!(
            shown
                .find(".grid [data-state]")
                .get_attribute("data-state")
                .as_deref(),
            Some("stale")
        );
    }
    assert!(
        !shown
            .host
            .query_selector("[data-critical='true']")
            .is_ok_and(|it| it.is_some())
    );
}

#[wasm_bindgen_test]
async fn turning_pages_makes_and_removes_no_tile() {
    let shown = Shown::new(many(100), 0, 0).await;
    let first = shown.find(".tile");
    let count = shown.find(".grid").child_element_count();
    shown.later(15).await;
    shown.later(30).await;
    assert!(first.is_same_node(Some(&shown.find(".tile"))));
    assert_eq!(shown.find(".grid").child_element_count(), count);
}
