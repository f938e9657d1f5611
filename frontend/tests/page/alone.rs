//! A wall that nobody attends: what it does by itself, against stand-ins for the
//! browser's sound, wake lock and reload.

use leptos::prelude::{document, window};
use queuewall_frontend::polling::PollHandler;
use queuewall_shared::level::Level;
use queuewall_shared::snapshot::Queue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Shown, at, good_link, lost_link, queue, settle, snapshot, taken, watch};

#[wasm_bindgen(module = "/tests/page/browser.js")]
extern "C" {
    fn stub();
    fn block_sound();
    #[wasm_bindgen(js_name = press_any_key)]
    fn press();
    fn sound() -> String;
    fn lock(kind: &str);
    fn locks() -> String;
    fn take_lock_back();
    fn look_again();
    fn renewals() -> String;
    fn fail_renewal();
    fn was_tried(build: &str);
    fn move_pointer(x: i32);
    fn five_seconds_pass();
    fn timers() -> String;
    fn unstub();
}

fn at_level(id: &str, level: Level) -> Queue {
    Queue { level, ..queue(id) }
}

const OK: Level = Level::Ok;
const RED: Level = Level::Critical;

impl Shown {
    /// An answer at `second`, in which `queues` were just read.
    async fn answer(&self, second: u64, queues: Vec<Queue>) {
        self.board.take(snapshot(queues));
        self.answer_times(0, second);
        self.board.advance(at(second).monotonic, &good_link());
        settle().await;
    }

    /// Time passes, without an answer.
    async fn tick(&self, second: u64) {
        self.board.advance(at(second).monotonic, &good_link());
        settle().await;
    }

    fn hint(&self, name: &str) -> String {
        self.text(&format!("[data-hint='{name}']"))
    }

    fn transform(&self) -> String {
        let style = self.find(".board").get_attribute("style");
        let style = style.unwrap_or_default();
        let after = style.split_once("transform: ").map(|(_, after)| after);
        after.map_or_else(String::new, |it| {
            it.split(';').next().unwrap_or_default().into()
        })
    }
}

#[wasm_bindgen_test]
async fn a_change_into_critical_is_heard_once_for_all_tiles() {
    stub();
    let shown = Shown::asked(
        "?sound=on",
        vec![at_level("a", OK), at_level("b", OK)],
        0,
        0,
    )
    .await;
    assert_eq!(sound(), "0 chimes, 0 tied, 1 open");
    shown
        .answer(5, vec![at_level("a", RED), at_level("b", RED)])
        .await;
    assert_eq!(sound(), "1 chimes, 1 tied, 1 open");
    shown
        .answer(10, vec![at_level("a", RED), at_level("b", RED)])
        .await;
    shown.tick(11).await;
    assert_eq!(sound(), "1 chimes, 1 tied, 1 open");
    // It flaps, and later it is in earnest.
    for (second, level) in [(15, OK), (20, RED), (25, OK), (150, RED)] {
        shown
            .answer(second, vec![at_level("a", level), at_level("b", RED)])
            .await;
    }
    assert_eq!(sound(), "2 chimes, 1 tied, 1 open");
    // However long it runs, no more than one voice is kept.
    for round in 1..20 {
        shown
            .answer(150 + round * 300, vec![at_level("a", OK)])
            .await;
        shown
            .answer(150 + round * 300 + 150, vec![at_level("a", RED)])
            .await;
    }
    assert_eq!(sound(), "21 chimes, 1 tied, 1 open");
    drop(shown);
    settle().await;
    assert_eq!(sound(), "21 chimes, 0 tied, 0 open");
    unstub();
}

#[wasm_bindgen_test]
async fn a_queue_that_the_link_leaves_out_is_not_heard() {
    stub();
    let calm = vec![at_level("a", OK), at_level("b", OK)];
    let shown = Shown::asked("?sound=on&queues=a", calm, 0, 0).await;
    shown
        .answer(5, vec![at_level("a", OK), at_level("b", RED)])
        .await;
    assert_eq!(sound(), "0 chimes, 0 tied, 1 open");
    shown
        .answer(10, vec![at_level("a", RED), at_level("b", RED)])
        .await;
    assert_eq!(sound(), "1 chimes, 1 tied, 1 open");
    drop(shown);
    unstub();
}

#[wasm_bindgen_test]
async fn already_critical_or_stale_queue_makes_no_sound() {
    stub();
    let shown = Shown::asked(
        "?sound=on",
        vec![at_level("a", RED), at_level("b", OK)],
        0,
        0,
    )
    .await;
    shown.tick(1).await;
    assert_eq!(sound(), "0 chimes, 0 tied, 1 open");
    // The reading is older than three polls.
    shown
        .board
        .take(snapshot(vec![at_level("a", RED), at_level("b", RED)]));
    shown.answer_times(120, 5);
    shown.tick(5).await;
    assert_eq!(sound(), "0 chimes, 0 tied, 1 open");
    // The page has lost its server.
    shown.answer_times(0, 10);
    shown.board.advance(at(15).monotonic, &lost_link());
    settle().await;
    assert_eq!(sound(), "0 chimes, 0 tied, 1 open");
    // Both links stand again: what rose meanwhile is news.
    shown.tick(16).await;
    assert_eq!(sound(), "1 chimes, 1 tied, 1 open");
    drop(shown);
    unstub();
}

#[wasm_bindgen_test]
async fn without_being_asked_the_wall_opens_no_sound() {
    stub();
    let shown = Shown::new(vec![at_level("a", OK)], 0, 0).await;
    shown.answer(5, vec![at_level("a", RED)]).await;
    assert_eq!(sound(), "0 chimes, 0 tied, 0 open");
    assert_eq!(shown.hint("sound"), "");
    drop(shown);
    unstub();
}

#[wasm_bindgen_test]
async fn a_blocked_sound_asks_for_a_key_and_then_plays() {
    stub();
    block_sound();
    let shown = Shown::asked("?sound=on", vec![at_level("a", OK)], 0, 0).await;
    assert_eq!(shown.hint("sound"), "Sound off – press OK");
    // It is not made up for later.
    shown.answer(5, vec![at_level("a", RED)]).await;
    press();
    settle().await;
    assert_eq!(shown.hint("sound"), "");
    assert_eq!(sound(), "0 chimes, 0 tied, 1 open");
    shown.answer(10, vec![at_level("a", OK)]).await;
    shown.answer(140, vec![at_level("a", RED)]).await;
    assert_eq!(sound(), "1 chimes, 1 tied, 1 open");
    drop(shown);
    unstub();
}

#[wasm_bindgen_test]
async fn the_screen_is_kept_awake_and_let_go() {
    stub();
    let shown = Shown::new(vec![queue("a")], 0, 0).await;
    assert_eq!(locks(), "1 asked, 1 held");
    assert_eq!(shown.hint("sleep"), "");
    look_again();
    shown.tick(59).await;
    assert_eq!(locks(), "1 asked, 1 held");
    take_lock_back();
    settle().await;
    assert_eq!(locks(), "1 asked, 0 held");
    shown.tick(60).await;
    settle().await;
    assert_eq!(locks(), "2 asked, 1 held");
    take_lock_back();
    look_again();
    settle().await;
    assert_eq!(locks(), "3 asked, 1 held");
    drop(shown);
    settle().await;
    assert_eq!(locks(), "3 asked, 0 held");
    unstub();
}

#[wasm_bindgen_test]
async fn missing_wake_lock_is_shown_for_half_a_minute() {
    for kind in ["none", "refuse"] {
        stub();
        lock(kind);
        let shown = Shown::new(vec![queue("a")], 0, 0).await;
        settle().await;
        let hint = shown.hint("sleep");
        assert!(hint.starts_with("This screen may go to sleep: "), "{hint}");
        shown.tick(29).await;
        assert_eq!(shown.hint("sleep"), hint);
        shown.tick(30).await;
        assert_eq!(shown.hint("sleep"), "");
        drop(shown);
        unstub();
    }
}

#[wasm_bindgen_test]
async fn a_desk_keeps_its_pointer_may_sleep_and_stands_still() {
    stub();
    let shown = Shown::asked("?view=tab", vec![queue("a")], 0, 0).await;
    move_pointer(1);
    assert_eq!(timers(), "");
    shown.tick(60).await;
    assert_eq!(shown.transform(), "");
    assert_eq!(locks(), "0 asked, 0 held");
    assert_eq!(shown.hint("sleep"), "");
    drop(shown);
    unstub();
}

#[wasm_bindgen_test]
async fn a_resting_pointer_hides_and_comes_back_when_it_moves() {
    stub();
    let shown = Shown::new(vec![queue("a")], 0, 0).await;
    let root = document().document_element().expect("a root");
    let is_hidden = || root.get_attribute("data-pointer").as_deref() == Some("hidden");
    assert_eq!(timers(), "900000");
    // Every movement gives it five seconds more.
    move_pointer(1);
    assert_eq!(timers(), "900001");
    assert!(!is_hidden());
    five_seconds_pass();
    assert!(is_hidden());
    // Something moved under it.
    move_pointer(1);
    assert!(is_hidden());
    move_pointer(2);
    assert!(!is_hidden());
    five_seconds_pass();
    assert!(is_hidden());
    move_pointer(3);
    assert_eq!(timers(), "900003");
    five_seconds_pass();
    drop(shown);
    assert!(!is_hidden());
    assert_eq!(timers(), "");
    unstub();
}

#[wasm_bindgen_test]
async fn the_wall_wanders_once_a_minute_and_touches_nothing_else() {
    let shown = Shown::new(vec![queue("a")], 0, 0).await;
    assert_eq!(shown.transform(), "translate(0px, 0px)");
    let watching = watch(&shown.host);
    for second in [1, 30, 59] {
        shown.answer(second, vec![queue("a")]).await;
    }
    // The header's clock ticks at :00 of the server's time, which second 0 was.
    assert_eq!(taken(&watching), "");
    shown.answer(60, vec![queue("a")]).await;
    assert_eq!(shown.transform(), "translate(-1px, 0px)");
    let touched = taken(&watching);
    assert_eq!(touched.matches("attributes style").count(), 1, "{touched}");
    shown.answer(6 * 60, vec![queue("a")]).await;
    assert_eq!(shown.transform(), "translate(-5px, -1px)");
}

#[wasm_bindgen_test]
async fn new_build_is_fetched_within_a_minute_and_retried() {
    stub();
    let shown = Shown::new(vec![queue("a")], 0, 0).await;
    let other = |build: &str| {
        let mut snapshot = snapshot(vec![queue("a")]);
        snapshot.build = build.into();
        shown.board.take(snapshot);
    };
    shown.tick(1).await;
    other("2");
    for second in 2..=63 {
        shown.tick(second).await;
    }
    assert_eq!(renewals(), "2");
    shown.tick(500).await;
    assert_eq!(renewals(), "2", "one at a time");
    // The pause begins now, by the page's real clock, which is far behind.
    fail_renewal();
    shown.tick(501).await;
    assert_eq!(renewals(), "2 2");
    was_tried("3");
    other("3");
    for second in 510..=580 {
        shown.tick(second).await;
    }
    assert_eq!(renewals(), "2 2");
    drop(shown);
    unstub();
}

#[wasm_bindgen_test]
fn restarts_are_remembered_by_the_boot_script() {
    use queuewall_frontend::startup::restarts;
    assert_eq!(restarts(), (0, String::new()), "no boot script, no memory");
    stub();
    assert_eq!(restarts(), (3, "a cause".into()));
    unstub();
    assert!(window().get("queuewall").is_none());
}

#[wasm_bindgen_test]
async fn poll_reports_screen_name_sound_and_wake_lock() {
    stub();
    let shown = Shown::opened("?screen=Hall 2&sound=on");
    let before = PollHandler::report(&shown.board).expect("the page can say how it is");
    let said = "page=k3j9; name=Hall%202; paint=16; sound=";
    assert!(before.starts_with(said), "{before}");
    shown.answer(1, vec![queue("a")]).await;
    shown.tick(2).await;
    assert_eq!(
        PollHandler::report(&shown.board).as_deref(),
        // Three restarts and two errors.
        Some("page=k3j9; name=Hall%202; build=test; paint=16; sound=on; awake=held; errors=5")
    );
    drop(shown);
    unstub();
}
