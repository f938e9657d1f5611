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
    /// What is out of sight, and where.
    fn elsewhere(&self) -> String {
        self.text(".pager-elsewhere") + &self.text(".pager-place")
    }

    async fn later(&self, seconds: u64) {
        self.answer_times(0, seconds);
        self.board.advance(at(seconds).monotonic, &good_link());
        settle().await;
    }
}

/// On a screen whose pages are at least so many.
async fn shown(queues: Vec<Queue>) -> (Shown, usize) {
    let shown = Shown::new(queues, 0, 0).await;
    let per_page = shown.places().len();
    assert!(per_page > 0 && per_page < 34, "{per_page} on a page");
    (shown, per_page)
}

#[wasm_bindgen_test]
async fn worst_now_has_every_second_turn_and_all_others_theirs() {
    let (shown, per_page) = shown(many(100)).await;
    let pages = 100_usize.div_ceil(per_page);
    let worst = shown.places();
    let number = shown.text(".pager-number");
    assert_eq!(number, format!("Worst now · Page 1 of {}", pages + 1));
    let mut seen = Vec::new();
    for turn in 1..2 * pages as u64 {
        shown.later(turn * 15 - 1).await;
        let before = shown.text(".pager-number");
        shown.later(turn * 15).await;
        assert_ne!(shown.text(".pager-number"), before);
        match turn % 2 {
            0 => assert_eq!(shown.places(), worst),
            _ => seen.extend(shown.places()),
        }
    }
    let expected: Vec<_> = many(100).into_iter().map(|queue| queue.id).collect();
    assert_eq!(seen, expected);
}

#[wasm_bindgen_test]
async fn worst_now_has_the_worst_of_all_pages_from_the_first_second() {
    let mut queues = many(100);
    queues[99].level = Level::Critical;
    queues[98].level = Level::Warning;
    let (shown, _) = shown(queues.clone()).await;
    assert_eq!(shown.places()[..3], ["q99", "q98", "q00"]);
    assert_eq!(shown.elsewhere(), "");
    shown.later(15).await;
    assert_eq!(shown.places()[0], "q00");
    let last = shown.find(".pager-dots").child_element_count();
    assert_eq!(shown.elsewhere(), format!("1 critical on page\u{a0}{last}"));
    shown.later(30).await;
    assert_eq!(shown.places()[0], "q99");
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
async fn one_of_two_pages_in_trouble_comes_first() {
    let (shown, per_page) = shown(many(100)).await;
    let last = per_page;
    drop(shown);
    let mut queues = many(last + 1);
    queues[last].level = Level::Critical;
    let shown = Shown::new(queues.clone(), 0, 0).await;
    assert_eq!(shown.places().last(), Some(&queues[last].id));
    assert_eq!(shown.text(".pager-number"), "Page 2 of 2");
    shown.later(15).await;
    assert_eq!(shown.places()[0], "q00");
    let said = || shown.text(".pager-number") + &shown.elsewhere();
    assert_eq!(said(), "Page 1 of 2 · 1 critical on page\u{a0}2");
    // Less than that is said where nothing is worse.
    queues[last].level = Level::Warning;
    shown.board.take(snapshot(queues));
    settle().await;
    assert_eq!(said(), "Page 1 of 2 · 1 warning on page\u{a0}2");
}

#[wasm_bindgen_test]
async fn trouble_on_several_pages_is_counted_together() {
    let mut queues = many(100);
    for queue in &mut queues {
        queue.level = Level::Critical;
    }
    let (shown, per_page) = shown(queues).await;
    assert_eq!(
        shown.elsewhere(),
        format!("{} critical on other pages", 100 - per_page)
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
