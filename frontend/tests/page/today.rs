//! Today's numbers of a queue, on its page and in the table.

use queuewall_shared::snapshot::{BoardSnapshot, Cause, Queue, Today, TodayServiceLevel};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Shown, at, good_link, lost_link, queue, settle, snapshot};

#[wasm_bindgen(module = "/tests/page/browser.js")]
extern "C" {
    fn visit(address: &str);
    fn leave();
}

pub(crate) fn counted(id: &str) -> Queue {
    let today = Today {
        from: "2026-01-04T23:00:00Z".into(),
        offered: Some(1_372),
        queued: Some(360),
        handled: Some(310),
        abandoned: Some(50),
        abandon_rate_percent: Some(13.888),
        average_speed_of_answer_ms: Some(42_000),
        average_handle_ms: Some(250_000),
        average_talk_ms: Some(200_000),
        average_wrap_ms: Some(50_000),
        service_level: TodayServiceLevel {
            percent: Some(81.2),
            sample: Some(333),
        },
        ..Today::default()
    };
    Queue {
        today: Some(today),
        ..queue(id)
    }
}

/// A board in the dialect that has today's numbers, read every minute.
pub(crate) fn board(queues: Vec<Queue>) -> BoardSnapshot {
    BoardSnapshot {
        today_interval_ms: Some(60_000),
        ..snapshot(queues)
    }
}

/// The desk at an address, which is left again.
pub(crate) async fn at_address(address: &str, snapshot: BoardSnapshot) -> Shown {
    visit(address);
    let shown = Shown::opened("?view=tab&lang=en");
    leave();
    shown.answer_times(0, 0);
    shown.board.take(snapshot);
    shown.board.advance(at(0).monotonic, &good_link());
    settle().await;
    shown
}

async fn open(snapshot: BoardSnapshot) -> Shown {
    at_address("/desk/main/queues/a", snapshot).await
}

impl Shown {
    fn today(&self) -> (String, String) {
        let state = self.find(".today").get_attribute("data-state");
        (state.unwrap_or_default(), self.text(".today"))
    }
}

const NUMBERS: &str = "Offered 1,372Handled 310Abandoned 13.9% of 360 queued50\
    Average speed of answer 0:42Average handle time talk 3:20 · wrap-up 0:504:10\
    Service level of 33381%";

#[wasm_bindgen_test]
async fn todays_numbers_are_shown_and_age_until_they_are_stale() {
    let shown = open(board(vec![counted("a")])).await;
    let fresh = ["Today since 00:00", NUMBERS].concat();
    assert_eq!(shown.today(), ("fresh".into(), fresh));

    for (seconds, state, said) in [
        (100, "ageing", "Today since 00:00100\u{a0}s ago"),
        (200, "stale", "Today 3\u{a0}min oldNo newer reading"),
    ] {
        shown.board.advance(at(seconds).monotonic, &good_link());
        settle().await;
        assert_eq!(shown.today(), (state.into(), [said, NUMBERS].concat()));
    }

    let mut failing = board(vec![counted("a")]);
    failing.today_cause_code = Some(Cause::Forbidden);
    shown.board.take(failing);
    settle().await;
    let (_, said) = shown.today();
    let cause = "No permission to read today’s numbers in CXone";
    assert!(said.contains(cause), "{said}");

    shown.answer_times(0, 201);
    shown.board.advance(at(201).monotonic, &lost_link());
    settle().await;
    let (state, said) = shown.today();
    assert_eq!(state, "stale");
    assert!(said.contains("No connection"), "{said}");
}

#[wasm_bindgen_test]
async fn unknown_numbers_of_today_are_dashes() {
    let shown = open(board(vec![queue("a")])).await;
    let dashes = "Offered –Handled –Abandoned –Average speed of answer –\
        Average handle time –Service level –";
    let unknown = ["Today No reading yet", dashes].concat();
    assert_eq!(shown.today(), ("none".into(), unknown));

    // A rate over nobody is none, whatever it is said to be.
    let mut none = counted("a");
    if let Some(today) = &mut none.today {
        (today.queued, today.abandoned) = (Some(0), Some(0));
        today.service_level.sample = Some(0);
    }
    shown.board.take(board(vec![none]));
    settle().await;
    let (_, said) = shown.today();
    for part in ["Abandoned – of 0 queued0", "Service level of 0–"] {
        assert!(said.contains(part), "{said}");
    }
}

#[wasm_bindgen_test]
async fn other_dialect_says_that_it_has_no_numbers_of_the_day() {
    let shown = open(snapshot(vec![queue("a")])).await;
    let said = "Today Not available: the CXone API that this server reads has no numbers of the \
        day.";
    assert_eq!(shown.today(), ("none".into(), said.into()));
}

#[wasm_bindgen_test]
async fn table_has_the_contacts_abandoned_today() {
    let few = |id: &str, abandoned| {
        let mut few = counted(id);
        if let Some(today) = &mut few.today {
            today.abandoned = abandoned;
        }
        few
    };
    let mut old = few("old", Some(99));
    if let Some(today) = &mut old.today {
        today.lag_ms = 240_000;
    }
    let queues = vec![few("a", Some(3)), few("b", None), old, few("d", Some(40))];
    let table = "/desk/main?form=table&by=abandoned";
    let shown = at_address(table, board(queues)).await;
    let column = shown.find("thead .of-abandoned button");
    assert_eq!(column.text_content().as_deref(), Some("Abandoned ↓"));
    assert_eq!(column.get_attribute("title").as_deref(), Some("Today"));
    let row = |nth: usize| {
        let row = format!("tbody tr:nth-child({nth})");
        let name = shown.text(&format!("{row} .of-queue"));
        [name, shown.text(&format!("{row} .of-abandoned"))].join(" ")
    };
    let all: Vec<String> = (1..=4).map(row).collect();
    let expected = ["Queue d 40", "Queue a 3", "Queue b –", "Queue old –"];
    assert_eq!(all, expected);
}
