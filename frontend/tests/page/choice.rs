//! Which numbers a board chooses: its tiles, its header and the tab's title.

use leptos::prelude::document;
use queuewall_frontend::{language, text};
use queuewall_shared::choice::Preset;
use queuewall_shared::language::Language;
use queuewall_shared::level::{Level, Metric, Reason};
use queuewall_shared::snapshot::{BoardSnapshot, Queue, QueueState};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Shown, at, good_link, settle, silent};
use crate::today::{board, counted};

/// A board as the server sends one with this preset.
fn of_preset(preset: Preset, queues: Vec<Queue>) -> BoardSnapshot {
    let (hero, beside) = preset.numbers();
    let mut snapshot = choosing(hero, beside, queues);
    snapshot.board.display.preset = Some(preset);
    snapshot
}

fn choosing(hero: Metric, beside: &[Metric], queues: Vec<Queue>) -> BoardSnapshot {
    let mut snapshot = board(queues);
    snapshot.board.display.hero = Some(hero);
    snapshot.board.display.beside = Some(beside.to_vec().into());
    snapshot
}

async fn shown(snapshot: BoardSnapshot) -> Shown {
    language::speak(Language::English);
    let shown = Shown::opened("?lang=en");
    shown.answer_times(0, 0);
    shown.board.take(snapshot);
    shown.board.advance(at(0).monotonic, &good_link());
    settle().await;
    shown
}

/// Critical, with so many calls waiting and for as long as nothing else says.
fn crowded(id: &str) -> Queue {
    let reason = |metric: Metric, value: f64| Reason {
        metric,
        direction: metric.direction(),
        limit: 10.0,
        value: Some(value),
        since_ms: Some(0),
        since_at_least: false,
        held: false,
    };
    Queue {
        waiting: Some(77),
        average_wait_ms: Some(3_077_000),
        longest_wait_ms: Some(3_077_000),
        level: Level::Critical,
        level_since_ms: Some(0),
        reasons: vec![
            reason(Metric::LongestWait, 3_077_000.0),
            reason(Metric::Waiting, 77.0),
        ],
        ..counted(id)
    }
}

impl Shown {
    fn header(&self) -> String {
        let total = self.text(".header-total");
        [&total, "|", &self.text(".header-wait")].concat()
    }

    /// Label, number and unit of each number beside the large one.
    fn rows(&self, id: &str) -> String {
        let tile = self.find(&format!("[data-queue='{id}']"));
        let rows = tile.query_selector_all(".tile-row:not([hidden])");
        let rows = rows.expect("the selector is well formed");
        let text = |at| rows.get(at).and_then(|row| row.text_content());
        let texts: Vec<_> = (0..rows.length()).filter_map(text).collect();
        texts.join("|")
    }

    fn grid(&self, name: &str) -> String {
        let value = self.find(".grid").get_attribute(name);
        value.unwrap_or_default()
    }
}

#[wasm_bindgen_test]
async fn agents_preset_says_nowhere_that_calls_wait() {
    let mut outside = crowded("b");
    outside.is_outside_hours = true;
    let shown = shown(of_preset(Preset::Agents, vec![crowded("a"), outside])).await;
    let label = shown.find("[data-queue='a']").get_attribute("aria-label");
    let all = [
        shown.text(".board"),
        label.unwrap_or_default(),
        document().title(),
    ];
    for said in &all {
        for word in ["wait", "Wait", "longest", "Longest", "77", "51:17"] {
            assert!(!said.contains(word), "{word} in {said}");
        }
    }
    // The level and its time stay.
    let reason = "[data-queue='a'] .tile-reason";
    assert_eq!(
        shown.text(reason),
        "Critical10\u{a0}min ·\u{a0}3\u{a0}of\u{a0}12\u{a0}free"
    );
    assert_eq!(shown.metric("a", "service_level_today"), "81");
    assert_eq!(shown.text(".tile-change"), "%");
    assert_eq!(shown.text(".tile-label"), "SL today");
    assert_eq!(shown.rows("a"), "Handled310|Service83%");
    assert_eq!(shown.metric("a", "agents_available"), "3");
    assert_eq!(shown.header(), "SL today 81%|Handled 620");
    assert_eq!(
        document().title(),
        "● 1 critical · SL today 81% – Customer Care"
    );
    assert_eq!(shown.grid("data-line"), "false");
    assert_eq!(
        (shown.grid("data-bar"), shown.grid("data-foot")),
        ("true".into(), "false".into())
    );
}

#[wasm_bindgen_test]
async fn agents_preset_tells_reasons_that_are_not_about_waiting() {
    let mut queue = crowded("a");
    queue.reasons.push(Reason {
        metric: Metric::ServiceLevelToday,
        limit: 90.0,
        ..queue.reasons[0]
    });
    let shown = shown(of_preset(Preset::Agents, vec![queue])).await;
    assert!(
        shown
            .text(".tile-reason")
            .starts_with("Critical: SL today <\u{a0}90%")
    );
}

#[wasm_bindgen_test]
async fn service_preset_shows_the_day_and_four_numbers() {
    let shown = shown(of_preset(Preset::Service, vec![counted("a")])).await;
    assert_eq!(shown.metric("a", "service_level_today"), "81");
    assert_eq!(shown.text(".tile-change"), "%");
    assert_eq!(
        shown.rows("a"),
        "Abandon14%|Answer0:42|Offered1.3k|Handled310"
    );
    assert_eq!(shown.header(), "SL today 81%|Abandon 14%");
    assert_eq!(document().title(), "SL today 81% – Customer Care");
    assert_eq!(
        (shown.grid("data-bar"), shown.grid("data-foot")),
        ("false".into(), "true".into())
    );
}

#[wasm_bindgen_test]
async fn board_without_choice_is_the_supervisor_preset() {
    let mut boards = Vec::new();
    for snapshot in [
        board(vec![crowded("a")]),
        of_preset(Preset::Supervisor, vec![crowded("a")]),
    ] {
        let shown = shown(snapshot).await;
        assert_eq!(shown.header(), "77 waiting|longest 51:17");
        assert_eq!(
            document().title(),
            "● 1 critical · 77 waiting – Customer Care"
        );
        assert_eq!(shown.grid("data-label"), "false");
        assert_eq!(shown.text(".tile-label"), "");
        boards.push(shown.find(".board").inner_html());
    }
    assert_eq!(boards[0], boards[1]);
}

#[wasm_bindgen_test]
async fn every_metric_can_be_large_or_beside_and_unknown_is_a_dash() {
    for metric in Metric::ALL {
        let other = if metric == Metric::Offered {
            Metric::Queued
        } else {
            Metric::Offered
        };
        for snapshot in [
            choosing(
                metric,
                &[other],
                vec![counted("a"), silent("b", QueueState::Open)],
            ),
            choosing(
                other,
                &[metric],
                vec![counted("a"), silent("b", QueueState::Open)],
            ),
        ] {
            let mut snapshot = snapshot;
            snapshot.queues[1].lag_ms = Some(0);
            let value = snapshot.queues[0].value(metric);
            let written = value.map(|value| text::value_of(metric, value));
            let written = text::known(written.map(|(number, unit)| number + unit));
            let shown = shown(snapshot).await;
            // The unit of the large one stands beside it.
            let said = shown.metric("a", metric.as_str());
            assert!(
                [&*said, "%"].concat() == written || said == written,
                "{metric:?}: {said}"
            );
            assert_eq!(shown.metric("b", metric.as_str()), "–", "{metric:?}");
        }
    }
}

#[wasm_bindgen_test]
async fn todays_numbers_go_stale_alone_and_leave_the_totals() {
    let mut old = counted("a");
    if let Some(today) = &mut old.today {
        today.lag_ms = 25 * 60_000;
    }
    let beside = [Metric::Handled, Metric::ServiceLevel];
    let shown = shown(choosing(
        Metric::ServiceLevelToday,
        &beside,
        vec![old, counted("b")],
    ))
    .await;
    assert_eq!(shown.state("a"), "fresh");
    let is_old = |id: &str, metric: &str| {
        let number = format!("[data-queue='{id}'] [data-metric='{metric}']");
        shown.find(&number).has_attribute("data-old")
    };
    assert!(is_old("a", "service_level_today") && is_old("a", "handled"));
    assert!(!is_old("a", "service_level") && !is_old("b", "handled"));
    assert_eq!(shown.text("[data-queue='a'] .tile-ago"), "25\u{a0}min old");
    assert_eq!(shown.text("[data-queue='b'] .tile-ago"), "");
    // At least those of the other queue.
    assert_eq!(shown.header(), "SL today 81%|Handled 310+");
}

#[wasm_bindgen_test]
async fn header_sums_rates_over_sums_and_leaves_agents_out() {
    let mut other = counted("b");
    if let Some(today) = &mut other.today {
        (today.queued, today.abandon_rate_percent) = (Some(40), Some(100.0));
    }
    let beside = [Metric::AvailableAgents, Metric::AgentsBusy, Metric::Waiting];
    let shown = shown(choosing(
        Metric::AbandonRate,
        &beside,
        vec![counted("a"), other],
    ))
    .await;
    // 50 and 40 of 400.
    assert_eq!(shown.header(), "Abandon 23%|8 waiting");
}

#[wasm_bindgen_test]
fn percentages_are_rounded_to_the_worse_side() {
    language::speak(Language::English);
    for (metric, value, said) in [
        (Metric::ServiceLevelToday, 79.99, "79%"),
        (Metric::ServiceLevel, 100.0, "100%"),
        (Metric::AbandonRate, 3.44, "3.4%"),
        (Metric::AbandonRate, 12.01, "13%"),
        (Metric::AbandonRate, 100.0, "100%"),
        (Metric::AverageHandle, 250_000.0, "4:10"),
        (Metric::Handled, 1_290.0, "1.2k"),
    ] {
        let (number, unit) = text::value_of(metric, value);
        assert_eq!(number + unit, said, "{metric:?}");
    }
}
