//! The history against SQLite files, in real time: each wait ends by what it waits for.

use std::{path::Path, time::SystemTime};

use queuewall_store::{
    column::{COLUMNS, Column, Values},
    event::{Event, EventKind},
    history::{Queue, Resolution},
};

use super::*;
use crate::clock::SystemClock;

fn history(file: &Path) -> Arc<History> {
    Arc::new(History::new(HistoryConfig {
        location: Location::File(file.to_owned()),
        retention: Retention::default(),
    }))
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
    values
}

/// The minute that ends now.
fn minute() -> Minute {
    let now = SystemTime::now();
    Minute {
        at: minute_of(epoch_ms(now)) - 1,
        rows: vec![(queue(), waiting(3.0))],
        state: Restored::to_state(90_000, now, []),
    }
}

/// Runs the writer until so many minutes are written.
async fn written(history: &Arc<History>, minutes: u64) {
    let running = Arc::clone(history);
    let writer = tokio::spawn(async move { running.run().await });
    while history.recorder.metrics().written() < minutes {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    writer.abort();
    let _ = writer.await;
}

#[tokio::test]
async fn start_goes_on_from_what_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    let boards = ["main".to_owned()];
    let first = history(&file);
    let restored = first.start(&boards, &SystemClock).await;
    assert_eq!(restored.uptime_ms, 0);
    first.recorder().minute(minute());
    first.recorder().events(vec![Event {
        at_ms: 1,
        kind: EventKind::Server,
        board: None,
        queue: None,
        detail: "{}".to_owned(),
    }]);
    written(&first, 1).await;
    first.stop().await;

    let second = history(&file);
    let restored = second.start(&boards, &SystemClock).await;
    assert!(
        (90_000..600_000).contains(&restored.uptime_ms),
        "{}",
        restored.uptime_ms
    );
    let trend = restored.trends[&queue()].to_vec();
    assert!(trend[27..].contains(&Some(3)), "{trend:?}");
    assert!(second.is_kept());
}

#[tokio::test]
async fn what_waited_for_the_store_is_written_when_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("later");
    let history = history(&missing.join(FILE));
    history.start(&[], &SystemClock).await;
    assert!(!history.is_kept(), "and the server goes on");
    history.recorder().minute(minute());
    std::fs::create_dir(&missing).unwrap();
    written(&history, 1).await;
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
    let history = history(&folder.path().join(FILE));
    for _ in 0..100 {
        history.recorder().minute(minute());
    }
    assert_eq!(history.recorder.metrics().lost(), 40);
}

#[tokio::test]
async fn damaged_file_is_moved_aside() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE);
    std::fs::write(
        &file,
        "not a database, and long enough to be read ".repeat(50),
    )
    .unwrap();
    let history = history(&file);
    history.start(&[], &SystemClock).await;
    assert!(history.is_kept());
    let aside = std::fs::read_to_string(folder.path().join("queuewall.db.damaged")).unwrap();
    assert!(aside.starts_with("not a database"));
}
