//! Which changes are events: each once, over restarts and outages.

use std::collections::HashMap;

use queuewall_shared::level::Level;
use queuewall_store::event::EventKind;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{recording::recorded, *};

/// What was handed over: the events, what was told of the board with the last of them, and the
/// readings that the last minute has.
#[derive(Default)]
struct HandedOver {
    events: Vec<(EventKind, Value)>,
    told: Option<String>,
    readings: Option<String>,
}

impl HandedOver {
    fn of(records: &mut mpsc::Receiver<Record>) -> Self {
        let mut all = Self::default();
        while let Ok(record) = records.try_recv() {
            let state = match record {
                Record::Events(record) => {
                    let detail = |detail: &str| serde_json::from_str(detail).unwrap();
                    let events = record.events.iter();
                    let events = events.map(|event| (event.kind, detail(&event.detail)));
                    all.events.extend(events);
                    record.state
                }
                Record::Minute(minute) => minute.state,
                Record::Hour(hour) => hour.state,
            };
            for (name, text) in state {
                match name.as_str() {
                    "events:main" => all.told = Some(text),
                    "readings" => all.readings = Some(text),
                    _ => {}
                }
            }
        }
        all
    }

    fn of_kind(&self, kind: EventKind) -> Vec<&Value> {
        let events = self.events.iter().filter(|(it, _)| *it == kind);
        events.map(|(_, detail)| detail).collect()
    }
}

/// A bench whose queue is critical from its third reading on, and what was handed over by then.
async fn until_critical() -> (Bench, mpsc::Receiver<Record>, HandedOver) {
    let (bench, mut records) = recorded(all_waiting(&ids(1)), Restored::default());
    after(Duration::from_secs(61)).await;
    bench.wait("000", 12);
    after(POLL * 2).await;
    let handed_over = HandedOver::of(&mut records);
    (bench, records, handed_over)
}

/// A server that starts on what another one handed over, two minutes after its start. It reads
/// this script.
fn restart(script: Script, before: &HandedOver) -> (Bench, mpsc::Receiver<Record>) {
    let restored = Restored {
        uptime_ms: 125_000,
        told: HashMap::from([("main".to_owned(), before.told.clone().unwrap())]),
        readings: before.readings.clone(),
        last_ms: Some(1_767_607_323_000),
        ..Restored::default()
    };
    recorded(script, restored)
}

fn waiting(calls: u64) -> Script {
    let mut script = all_waiting(&ids(1));
    script.waiting.insert("000".to_owned(), calls);
    script
}

#[tokio::test(start_paused = true)]
async fn level_and_upstream_changes_are_events_and_first_sight_is_none() {
    let (bench, mut records, before) = until_critical().await;
    assert!(before.told.unwrap().contains("critical"));
    let [(EventKind::Level, level)] = &before.events[..] else {
        panic!("{:?}", before.events)
    };
    assert_eq!(
        (&level["from"], &level["to"]),
        (&"ok".into(), &"critical".into())
    );
    assert!(level.get("not_read_since").is_none(), "{level}");
    bench.script(|script| script.failure = Some(bad_request()));
    after(POLL).await;
    let [(EventKind::Upstream, upstream)] = &HandedOver::of(&mut records).events[..] else {
        panic!("one event")
    };
    assert_eq!(upstream["state"], "degraded");
}

#[tokio::test(start_paused = true)]
async fn restart_without_a_change_is_no_event() {
    let (.., mut before) = until_critical().await;
    // Readings of before the level began are those that a kill leaves.
    let calm = restart_readings().await;
    for readings in [before.readings.clone(), Some(calm), None] {
        before.readings = readings;
        let (bench, mut records) = restart(waiting(12), &before);
        after(POLL * 3).await;
        assert_eq!(bench.latest().queues[0].level, Level::Critical);
        let after = HandedOver::of(&mut records);
        assert_eq!(after.events, []);
    }
}

/// The readings of a queue without trouble.
async fn restart_readings() -> String {
    let (_bench, mut records) = recorded(all_waiting(&ids(1)), Restored::default());
    after(Duration::from_secs(61)).await;
    HandedOver::of(&mut records).readings.unwrap()
}

#[tokio::test(start_paused = true)]
async fn change_while_nothing_was_read_is_one_event_with_its_gap() {
    let (.., mut before) = until_critical().await;
    before.readings = None;
    let (_bench, mut records) = restart(waiting(3), &before);
    after(POLL * 3).await;
    let handed_over = HandedOver::of(&mut records);
    let detail = json!({
        "from": "critical",
        "to": "ok",
        "reasons": [],
        "not_read_since": "2026-01-05T10:02:03Z",
    });
    assert_eq!(handed_over.events, [(EventKind::Level, detail)]);
    assert!(handed_over.told.unwrap().contains("\"ok\""));
}

#[tokio::test(start_paused = true)]
async fn level_that_outlasts_an_outage_is_no_event() {
    for (calls, expected) in [(12, None), (3, Some("ok"))] {
        let (bench, mut records, _) = until_critical().await;
        bench.script(|script| script.failure = Some(bad_request()));
        after(Duration::from_secs(600)).await;
        assert_eq!(bench.latest().queues[0].level, Level::None);
        bench.script(|script| script.failure = None);
        bench.wait("000", calls);
        after(POLL * 2).await;
        let handed_over = HandedOver::of(&mut records);
        let upstream = handed_over.of_kind(EventKind::Upstream);
        let states: Vec<_> = upstream.iter().map(|it| &it["state"]).collect();
        assert_eq!(states, ["degraded", "down", "ok"]);
        let levels = handed_over.of_kind(EventKind::Level);
        let to: Vec<_> = levels.iter().map(|it| it["to"].as_str().unwrap()).collect();
        assert_eq!(to, Vec::from_iter(expected));
        // The last reading before it.
        let since = levels
            .iter()
            .map(|it| it["not_read_since"].as_str().unwrap());
        assert!(
            since
                .into_iter()
                .all(|since| since.starts_with("2026-01-05T10:02:0")),
            "{levels:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn upstream_of_a_start_is_compared_once_it_was_tried() {
    let (.., before) = until_critical().await;
    // Nothing is known until it answers.
    let slow = Script {
        takes: Duration::from_secs(200),
        ..waiting(12)
    };
    let (_bench, mut records) = restart(slow, &before);
    after(Duration::from_secs(190)).await;
    assert_eq!(HandedOver::of(&mut records).events, []);
    let failing = Script {
        failure: Some(rejected()),
        ..waiting(12)
    };
    let (_bench, mut records) = restart(failing, &before);
    after(Duration::from_secs(1)).await;
    let failed = HandedOver::of(&mut records);
    let upstream = failed.of_kind(EventKind::Upstream);
    assert_eq!(upstream.len(), 1, "{upstream:?}");
    assert_eq!(upstream[0]["cause_code"], "sign_in_rejected");
    let (_bench, mut records) = restart(waiting(12), &failed);
    after(POLL).await;
    let ended = HandedOver::of(&mut records);
    assert_eq!(
        ended.events,
        [(
            EventKind::Upstream,
            json!({ "state": "ok", "cause_code": null })
        )]
    );
}
