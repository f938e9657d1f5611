//! What the history is handed, and what a start goes on from.

use std::collections::HashMap;

use queuewall_shared::level::{Judge, Level};
use queuewall_store::{
    column::{Column, Values},
    history::Queue,
};
use tokio::sync::mpsc;

use super::*;
use crate::history::{Minute, Waiting};

pub(super) fn recorded(script: Script, restored: Restored) -> (Bench, mpsc::Receiver<Record>) {
    let (recorder, records) = Recorder::new();
    let boards = vec![board("main", &ids(1))];
    let bench = Bench::start_recorded(boards, script, 30, Some((recorder, restored)));
    (bench, records)
}

/// The minutes that were handed over so far.
fn minutes(records: &mut mpsc::Receiver<Record>) -> Vec<Minute> {
    let mut minutes = Vec::new();
    while let Ok(record) = records.try_recv() {
        if let Record::Minute(minute) = record {
            minutes.push(minute);
        }
    }
    minutes
}

fn of(values: &Values, name: &str) -> Option<f64> {
    values[Column::from_name(name).unwrap().index()]
}

fn queue() -> Queue {
    Queue {
        id: "000".to_owned(),
        skills: Vec::new(),
    }
}

#[tokio::test(start_paused = true)]
async fn minute_holds_last_and_highest_reading() {
    let (bench, mut records) = recorded(all_waiting(&ids(1)), Restored::default());
    bench.wait("000", 9);
    after(Duration::from_secs(10)).await;
    bench.wait("000", 4);
    after(Duration::from_secs(50)).await;
    let minutes = minutes(&mut records);
    let [minute] = &minutes[..] else {
        panic!("{minutes:?}")
    };
    // The wall clock of the bench: the minute that ended then.
    assert_eq!(minute.at, 1_767_607_200 / 60);
    let [(kept, values)] = &minute.rows[..] else {
        panic!("{minute:?}")
    };
    assert_eq!(*kept, queue());
    assert_eq!(
        (of(values, "waiting"), of(values, "waiting_highest")),
        (Some(4.0), Some(9.0))
    );
    assert_eq!(of(values, "longest_wait"), None, "unknown, and not 0");
}

#[tokio::test(start_paused = true)]
async fn stale_queue_has_no_row() {
    let (bench, mut records) = recorded(all_waiting(&ids(1)), Restored::default());
    after(Duration::from_secs(10)).await;
    bench.script(|script| script.failure = Some(server_error()));
    after(Duration::from_secs(290)).await;
    let rows: Vec<_> = minutes(&mut records)
        .iter()
        .map(|it| it.rows.len())
        .collect();
    assert_eq!(rows, [1, 0, 0, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn level_goes_on_after_a_restart() {
    let (bench, mut records) = recorded(all_waiting(&ids(1)), Restored::default());
    after(Duration::from_secs(10)).await;
    bench.wait("000", 12);
    after(Duration::from_secs(600)).await;
    let before = bench.latest().queues.remove(0);
    assert_eq!(
        (before.level, before.level_since_at_least),
        (Level::Critical, false)
    );
    let last = minutes(&mut records).pop().unwrap();
    let (_, judges) = last
        .state
        .iter()
        .find(|(name, _)| name == "levels:main")
        .unwrap();
    let judges: HashMap<String, Judge> = serde_json::from_str(judges).unwrap();

    // A minute later; it was critical for nearly ten.
    let restored = |judges| Restored {
        uptime_ms: 700_000,
        levels: HashMap::from([("main".to_owned(), judges)]),
        ..Restored::default()
    };
    let mut script = all_waiting(&ids(1));
    script.waiting.insert("000".to_owned(), 12);
    let (bench, _records) = recorded(script, restored(judges.clone()));
    after(Duration::from_secs(1)).await;
    let after_restart = bench.latest().queues.remove(0);
    assert_eq!(after_restart.level, Level::Critical);
    assert_eq!(after_restart.level_since_ms, before.level_since_ms);
    assert_eq!(
        after_restart.reasons[0].since_ms,
        before.reasons[0].since_ms
    );
    assert!(!after_restart.reasons[0].since_at_least);

    // The same, with fewer waiting: calm, and no memory of the level.
    let (bench, _records) = recorded(all_waiting(&ids(1)), restored(judges));
    after(Duration::from_secs(1)).await;
    assert_eq!(bench.latest().queues[0].level, Level::Ok);
}

#[tokio::test(start_paused = true)]
async fn trend_goes_on_after_a_restart_with_its_gap() {
    let waiting = |last| Waiting {
        last: Some(last),
        highest: Some(last + 1),
    };
    let mut trend = vec![waiting(7); 15];
    // It was down for a few minutes.
    trend.extend([Waiting::default(); 6]);
    let restored = Restored {
        uptime_ms: 20 * 60_000 + 30_000,
        trends: HashMap::from([(queue(), trend)]),
        ..Restored::default()
    };
    let (bench, _records) = recorded(all_waiting(&ids(1)), restored);
    after(Duration::from_secs(1)).await;
    let ends = |bench: &Bench| {
        let trends = bench.trends().0;
        let queue = &trends.queues[0];
        (queue.waiting_highest[31..].to_vec(), queue.waiting_before)
    };
    let before = [Some(8), Some(8), Some(8), Some(8), None];
    assert_eq!(ends(&bench), (before.to_vec(), Some(7)));
    // The server's minutes go on from the uptime of before.
    after(Duration::from_secs(30)).await;
    let later = [Some(8), Some(8), Some(8), None, Some(3)];
    assert_eq!(ends(&bench), (later.to_vec(), Some(7)));
    assert_eq!(bench.trends().0.to_ms, 21 * 60_000);
}

#[tokio::test(start_paused = true)]
async fn start_goes_on_from_the_last_readings_with_their_age() {
    let (bench, mut records) = recorded(all_waiting(&ids(1)), Restored::default());
    bench.wait("000", 7);
    after(Duration::from_secs(61)).await;
    let minutes = minutes(&mut records);
    let (_, readings) = (minutes[0].state.iter())
        .find(|(name, _)| name == "readings")
        .unwrap();
    let start = async |away_ms: u64| {
        let restored = Restored {
            uptime_ms: 60_000 + away_ms,
            readings: Some(readings.clone()),
            ..Restored::default()
        };
        let mut script = all_waiting(&ids(1));
        script.failure = Some(server_error());
        let (bench, _records) = recorded(script, restored);
        after(Duration::from_millis(10)).await;
        let latest = bench.boards.latest("main").unwrap();
        let age = latest.latest_read.map(|it| it.age_at(bench.clock.now()));
        (
            bench.latest().queues[0].waiting,
            age.map(|age| age.as_secs()),
        )
    };
    let (waiting, age) = start(20_000).await;
    assert_eq!(waiting, Some(7));
    assert!(
        (20..=20 + POLL.as_secs()).contains(&age.unwrap()),
        "{age:?}"
    );
    assert_eq!(
        start(7_200_000).await,
        (None, None),
        "two hours ago tells nothing"
    );
}
