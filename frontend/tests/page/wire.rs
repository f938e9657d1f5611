//! The page's hand-written reading against what serde, the server's side, writes.

use queuewall_frontend::wire::{self, Reader};
use queuewall_shared::cause::Cause;
use queuewall_shared::choice::Preset;
use queuewall_shared::level::{Direction, Level, Metric, Reason};
use queuewall_shared::snapshot::{
    Board, BoardList, BoardSnapshot, Display, QueueState, Theme, Totals, Upstream, UpstreamState,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{queue, silent, snapshot};

fn read(body: &str) -> Option<BoardSnapshot> {
    Reader::default().snapshot(parsed(body))
}

/// As an answer's body comes; nonsense is no value at all.
fn parsed(body: &str) -> JsValue {
    js_sys::JSON::parse(body).unwrap_or_default()
}

/// One reader for many answers says the same of each as a new one would.
#[wasm_bindgen_test]
fn changed_fields_are_not_taken_from_the_last_read() {
    let mut reader = Reader::default();
    let mut queues = vec![queue("a"), queue("b"), queue("c")];
    for step in 0..6 {
        match step {
            1 => queues[1].waiting = Some(9),
            2 => queues.reverse(),
            3 => queues.truncate(1),
            4 => queues.push(queue("d")),
            _ => {}
        }
        let body = serde_json::to_string(&snapshot(queues.clone())).expect("can be written");
        assert_eq!(reader.snapshot(parsed(&body)), read(&body), "step {step}");
        assert_eq!(
            reader.snapshot(parsed(&body)).map(|it| it.queues),
            Some(queues.clone())
        );
        assert_eq!(reader.snapshot(parsed("nonsense")), None);
    }
}

#[wasm_bindgen_test]
fn queue_of_the_same_revision_is_not_read_again() {
    let mut reader = Reader::default();
    let mut read = |revision, waiting| {
        let mut queue = queue("a");
        queue.revision = revision;
        queue.waiting = Some(waiting);
        let body = serde_json::to_string(&snapshot(vec![queue])).expect("can be written");
        let read = reader.snapshot(parsed(&body)).expect("a snapshot");
        read.queues[0].waiting
    };
    assert_eq!(read(Some(7), 1), Some(1));
    assert_eq!(
        read(Some(7), 2),
        Some(1),
        "its revision says that it is the same"
    );
    assert_eq!(read(Some(8), 2), Some(2));
    // A server that gives none.
    assert_eq!(read(None, 3), Some(3));
    assert_eq!(read(None, 4), Some(4));
}

#[wasm_bindgen_test]
fn every_field_comes_back_as_the_server_wrote_it() {
    // A different value in every field, so that no two can be mixed up.
    let mut full = queue("a");
    full.cause = Some("late".into());
    full.cause_code = Some(Cause::TimedOut);
    full.lag_ms = Some(11);
    full.longest_wait_ms = Some(9_007_199_254_740_991);
    full.level_since_ms = Some(12);
    full.agents.after_call_work = Some(15);
    full.agents.unavailable = Some(16);
    full.service_level.threshold_ms = Some(17);
    full.service_level.sample = Some(18);
    full.revision = Some(19);
    full.reasons = Metric::JUDGED
        .into_iter()
        .zip(1..)
        .map(|(metric, number)| Reason {
            metric,
            direction: [Direction::Above, Direction::Below][number % 2],
            limit: number as f64 + 0.5,
            value: Some(number as f64 + 0.75),
            since_ms: Some(number as u64),
            since_at_least: number % 2 == 0,
            held: number % 2 == 1,
        })
        .collect();
    let at_level = |level: Level| {
        let mut queue = queue(level.as_str());
        queue.level = level;
        queue
    };
    let queues = vec![
        full,
        silent("b", QueueState::Unknown),
        silent("c", QueueState::NotFound),
        silent("d", QueueState::Forbidden),
        silent("e", QueueState::Closed),
        at_level(Level::Warning),
        at_level(Level::Critical),
    ];
    for state in [
        UpstreamState::Ok,
        UpstreamState::Degraded,
        UpstreamState::Down,
    ] {
        let mut written = snapshot(queues.clone());
        written.upstream = Upstream {
            state,
            cause: Some("why “so”".into()),
            cause_code: Some(Cause::NoneFound),
            since_ms: Some(21),
            cause_since_ms: None,
            next_try_ms: Some(22),
        };
        written.board.notice = Some("town hall".into());
        written.board.display = Display {
            theme: Some(match state {
                UpstreamState::Ok => Theme::Dark,
                UpstreamState::Degraded => Theme::Light,
                UpstreamState::Down => Theme::Contrast,
            }),
            language: Some("de".into()),
            metres: Some(3.5),
            inches: Some(55.0),
            rotate_seconds: Some(15),
            preset: Some(Preset::Service),
            hero: Some(Metric::ServiceLevelToday),
            beside: Some(vec![Metric::Handled, Metric::AbandonRate].into()),
        };
        written.totals = Totals {
            waiting: Some(1),
            longest_wait_ms: Some(2),
            average_wait_ms: Some(3),
            counted: 4,
            of: 5,
        };
        let json = serde_json::to_string(&written).expect("a snapshot can be written");
        assert_eq!(read(&json), Some(written));
    }
    let list = BoardList {
        boards: vec![Board {
            slug: "main".into(),
            title: "Main".into(),
            timezone: None,
            notice: None,
            display: Display::default(),
            simulated_clock: None,
        }],
        build: "b".into(),
    };
    let json = serde_json::to_string(&list).expect("a list can be written");
    assert_eq!(wire::board_list(parsed(&json)), Some(list));
}

#[wasm_bindgen_test]
fn nonsense_is_unknown_and_a_missing_frame_is_no_reading() {
    let json = serde_json::to_string(&snapshot(vec![queue("a")])).expect("can be written");
    for nonsense in ["-4", "4.5", "\"4\"", "null", "{}", "[]"] {
        let odd = json.replace("\"waiting\":4", &format!("\"waiting\":{nonsense}"));
        assert_ne!(odd, json);
        let read = read(&odd).expect("the frame is there");
        assert_eq!(read.queues[0].waiting, None, "{nonsense}");
    }
    let gone = json.replace("\"id\":\"a\"", "\"ident\":\"a\"");
    for broken in [
        &gone,
        "",
        "null",
        "[]",
        "<!DOCTYPE html>",
        "{\"queues\":{}}",
    ] {
        assert_eq!(read(broken), None, "{broken}");
    }
}
