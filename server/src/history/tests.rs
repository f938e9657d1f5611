//! The history against SQLite files, in real time: each wait ends by what it waits for.

use std::{path::Path, time::SystemTime};

use queuewall_store::{
    Location, backfill,
    column::{COLUMNS, Column, Values},
    event::{Event, EventKind},
    history::{Queue, Resolution},
};

use super::*;
use crate::{clock::SystemClock, database::FILE};

fn history(file: &Path) -> (History, Recorder) {
    History::new(HistoryConfig {
        database: Arc::new(Database::new(Location::File(file.to_owned()))),
        retention: Retention::default(),
    })
}

fn queue() -> Queue {
    Queue {
        id: "4711".to_owned(),
        skills: vec!["101".to_owned()],
    }
}

fn waiting(calls: f64) -> Values {
    let mut values = [None; COLUMNS];
    values[Column::WAITING.index()] = Some(calls);
    values[Column::WAITING_HIGHEST.index()] = Some(calls + 2.0);
    values
}

/// The minute that ends now.
fn minute() -> Minute {
    let now = SystemTime::now();
    Minute {
        at: minute_of(epoch_ms(now)) - 1,
        rows: vec![(queue(), waiting(3.0))],
        state: Restored::to_state(90_000, now, &(), []),
    }
}

#[tokio::test]
async fn start_goes_on_from_what_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    let boards = ["main".to_owned()];
    let (first, recorder) = history(&file);
    let restored = first.start(&boards, &SystemClock).await;
    assert_eq!(restored.uptime_ms, 0);
    recorder.minute(minute());
    let event = Event {
        at_ms: 1,
        kind: EventKind::Server,
        board: None,
        queue: None,
        detail: "{}".to_owned(),
    };
    let told = ("events:main".to_owned(), "told".to_owned());
    recorder.changes(vec![event], vec![told]);
    drop(recorder);
    first.run().await;
    first.config.database.close().await;

    let (second, _recorder) = history(&file);
    let restored = second.start(&boards, &SystemClock).await;
    assert!(
        (90_000..600_000).contains(&restored.uptime_ms),
        "{}",
        restored.uptime_ms
    );
    assert_eq!(restored.told["main"], "told");
    assert!(restored.last_ms.is_some());
    let trend = &restored.trends[&queue()];
    assert_eq!(trend.len(), 180);
    let kept = Waiting {
        last: Some(3),
        highest: Some(5),
    };
    assert!(trend[177..].contains(&kept), "{trend:?}");
    assert!(second.is_kept());
}

#[tokio::test]
async fn what_waited_for_the_store_is_written_when_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("later");
    let (history, recorder) = history(&missing.join(FILE));
    history.start(&[], &SystemClock).await;
    assert!(!history.is_kept(), "and the server goes on");
    recorder.minute(minute());
    std::fs::create_dir(&missing).unwrap();
    drop(recorder);
    history.run().await;
    assert!(history.is_kept());
    let store = history.store().unwrap();
    let kept = store
        .read(&queue(), Resolution::Minute, 0, i64::MAX)
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn records_beyond_the_queue_are_lost_and_never_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let (_history, recorder) = history(&folder.path().join(FILE));
    for _ in 0..100 {
        recorder.minute(minute());
    }
    assert_eq!(recorder.metrics().lost(), 40);
}

#[tokio::test]
async fn start_knows_hours_that_were_read_later() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    let (first, recorder) = history(&file);
    let restored = first.start(&[], &SystemClock).await;
    let hours = restored.unrecorded;
    // All but the hour that passes, of which no quarter may be over.
    assert!(hours.len().abs_diff(35 * 24) <= 1, "{}", hours.len());
    assert_eq!(restored.backfill, None);
    let at = hours[hours.len() - 2];
    recorder.hour(Hour {
        at,
        rows: vec![(queue(), backfill::Hour::default())],
        state: vec![(BACKFILL.to_owned(), "{}".to_owned())],
    });
    drop(recorder);
    first.run().await;
    first.config.database.close().await;

    let (second, _recorder) = history(&file);
    let restored = second.start(&[], &SystemClock).await;
    assert!(!restored.unrecorded.contains(&at));
    assert!(restored.unrecorded.contains(&(at - 1)));
    assert_eq!(restored.backfill.as_deref(), Some("{}"));
}
