//! The store, over both databases: each test runs with a SQLite file and, in a cluster that
//! the first of them starts, with PostgreSQL.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

mod access;
mod killed;
mod lease;
mod read_only;
mod screen;
mod support;
mod transfer;
mod updates;

use std::time::Duration;

use proptest::prelude::*;
use queuewall_shared::metric::Metric;
use queuewall_store::{
    Location, OpenError, Store, Tables,
    column::{COLUMNS, Column, Values},
    event::{Event, EventKind},
    history::{Queue, Resolution},
    retention::Retention,
};
use support::{Database, databases};

/// The version of this program's schema.
const SCHEMA: i64 = 5;

fn queue(id: &str) -> Queue {
    Queue {
        id: id.to_owned(),
        skills: Vec::new(),
    }
}

/// Values of which just these are known.
fn values(known: &[(&str, f64)]) -> Values {
    let mut values = [None; COLUMNS];
    for (name, value) in known {
        values[Column::from_name(name).unwrap().index()] = Some(*value);
    }
    values
}

async fn open_error(database: &Database, tables: Tables) -> OpenError {
    Store::open_with(database.location(), tables)
        .await
        .unwrap_err()
}

/// Runs a test over each database.
async fn over_both<F: AsyncFn(&Database)>(test: F) {
    for database in databases().await {
        test(&database).await;
    }
}

#[tokio::test]
async fn minutes_are_read_back_and_unknown_is_no_zero() {
    over_both(async |database| {
        let store = database.open().await;
        let known = values(&[
            ("waiting", 3.0),
            ("waiting_highest", 7.0),
            ("longest_wait", 61_900.0),
            ("service_level", 81.26),
            ("available_agents", 0.0),
        ]);
        let filtered = Queue {
            id: "a".into(),
            skills: vec!["1".into(), "2".into()],
        };
        let rows = [
            (queue("a"), known),
            (filtered.clone(), values(&[("waiting", 9.0)])),
        ];
        store.write_minute(100, &rows, &[]).await.unwrap();
        // Nothing is known of it: a gap.
        store
            .write_minute(101, &[(queue("a"), [None; COLUMNS])], &[])
            .await
            .unwrap();
        store
            .write_minute(102, &[(queue("a"), values(&[("waiting", 1.0)]))], &[])
            .await
            .unwrap();
        let read = store
            .read(&queue("a"), Resolution::Minute, 100, 103)
            .await
            .unwrap();
        assert_eq!(read.iter().map(|it| it.at).collect::<Vec<_>>(), [100, 102]);
        let expected = values(&[
            ("waiting", 3.0),
            ("waiting_highest", 7.0),
            ("longest_wait", 61_000.0),
            ("service_level", 81.3),
            ("available_agents", 0.0),
        ]);
        for (column, (read, expected)) in
            Column::ALL.iter().zip(read[0].values.iter().zip(expected))
        {
            let is_same = match (read, expected) {
                (Some(read), Some(expected)) => (read - expected).abs() < 0.001,
                (read, expected) => *read == expected,
            };
            assert!(is_same, "{}: {read:?}", column.name);
        }
        let other = store
            .read(&filtered, Resolution::Minute, 0, 1_000)
            .await
            .unwrap();
        assert_eq!(other.len(), 1, "another skill filter is another queue");
        assert_eq!(store.queues().await.unwrap(), [queue("a"), filtered]);
        assert!(
            store
                .read(&queue("b"), Resolution::Minute, 0, 1_000)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn recent_minutes_are_those_of_each_queue() {
    over_both(async |database| {
        let store = database.open().await;
        for at in [99, 100, 102, 103] {
            let known = values(&[("waiting", at as f64), ("longest_wait", 5_000.0)]);
            let rows = [
                (queue("a"), known),
                (queue("b"), values(&[("waiting", 1.0)])),
            ];
            store.write_minute(at, &rows, &[]).await.unwrap();
        }
        let last = values(&[("waiting", 2.0)]);
        store
            .write_minute(7, &[(queue("old"), last)], &[])
            .await
            .unwrap();
        let columns = [Column::WAITING, Column::from_name("longest_wait").unwrap()];
        let mut recent = store.recent(columns, 100, 103).await.unwrap();
        assert_eq!(recent.len(), 2);
        let minutes = recent.get_mut(&queue("a")).unwrap();
        minutes.sort_by_key(|(at, _)| *at);
        let long = Some(5_000.0);
        assert_eq!(
            *minutes,
            [(100, [Some(100.0), long]), (102, [Some(102.0), long])]
        );
        assert_eq!(recent[&queue("b")][0].1, [Some(1.0), None]);
    })
    .await;
}

#[tokio::test]
async fn minute_that_is_kept_stays_as_it_is() {
    over_both(async |database| {
        let store = database.open().await;
        for waiting in [3.0, 5.0] {
            store
                .write_minute(7, &[(queue("a"), values(&[("waiting", waiting)]))], &[])
                .await
                .unwrap();
        }
        let read = store
            .read(&queue("a"), Resolution::Minute, 0, 10)
            .await
            .unwrap();
        assert_eq!(read[0].values, values(&[("waiting", 3.0)]));
    })
    .await;
}

#[tokio::test]
async fn history_and_state_are_there_after_a_restart() {
    over_both(async |database| {
        let store = database.open().await;
        store
            .write_minute(7, &[(queue("a"), values(&[("waiting", 3.0)]))], &[])
            .await
            .unwrap();
        for value in ["one", "two"] {
            store
                .write_state(&[("x".to_owned(), value.to_owned())])
                .await
                .unwrap();
        }
        store.close().await;
        let store = database.open().await;
        assert_eq!(
            store
                .read(&queue("a"), Resolution::Minute, 0, 10)
                .await
                .unwrap()
                .len(),
            1
        );
        assert_eq!(store.state("x").await.unwrap().as_deref(), Some("two"));
        assert_eq!(store.state("y").await.unwrap(), None);
        let info = store.info().await.unwrap();
        assert_eq!(
            (info.queues, info.first_minute, info.last_minute),
            (1, Some(7), Some(7))
        );
        assert!(info.bytes > 0);
    })
    .await;
}

#[tokio::test]
async fn quarter_hour_is_the_mean_of_known_minutes() {
    over_both(async |database| {
        let store = database.open().await;
        for (minute, waiting) in [(15, 0.0), (16, 1.0), (29, 0.0), (30, 8.0)] {
            let values = values(&[("waiting", waiting), ("waiting_highest", waiting + 1.0)]);
            store
                .write_minute(minute, &[(queue("a"), values)], &[])
                .await
                .unwrap();
        }
        for _ in 0..2 {
            store.roll_up(1, 3).await.unwrap();
        }
        let read = store
            .read(&queue("a"), Resolution::QuarterHour, 0, 10)
            .await
            .unwrap();
        let of =
            |place: usize, name: &str| read[place].values[Column::from_name(name).unwrap().index()];
        assert_eq!(read.len(), 2);
        // A third of a call, in tenths.
        assert!((of(0, "waiting").unwrap() - 0.3).abs() < 0.001);
        assert_eq!(
            (of(0, "waiting_highest"), of(1, "waiting_highest")),
            (Some(2.0), Some(9.0))
        );
        assert_eq!(of(0, "service_level"), None);
    })
    .await;
}

#[tokio::test]
async fn quarter_hours_of_before_a_stop_are_caught_up() {
    over_both(async |database| {
        let store = database.open().await;
        let known = values(&[("waiting", 2.0)]);
        let kept = async |expected: &[i64]| {
            let read = store
                .read(&queue("a"), Resolution::QuarterHour, 0, 100)
                .await;
            let read: Vec<_> = read.unwrap().iter().map(|sample| sample.at).collect();
            assert_eq!(read, expected);
        };
        store.roll_up_to(3).await.unwrap();
        for minute in [0, 14, 20, 200] {
            store
                .write_minute(minute, &[(queue("a"), known)], &[])
                .await
                .unwrap();
        }
        store.roll_up_to(1).await.unwrap();
        kept(&[0]).await;
        // It was stopped within the second one, and for hours.
        store.roll_up_to(14).await.unwrap();
        kept(&[0, 1, 13]).await;
    })
    .await;
}

#[tokio::test]
async fn old_minutes_are_deleted_in_steps() {
    over_both(async |database| {
        let store = database.open().await;
        let retention = Retention {
            minute_days: 1,
            quarter_hour_days: 2,
        };
        let known = values(&[("waiting", 1.0)]);
        let now = 10 * 1_440;
        for at in (0..now).step_by(60) {
            store
                .write_minute(at, &[(queue("a"), known), (queue("b"), known)], &[])
                .await
                .unwrap();
        }
        let event = |at_ms| Event {
            at_ms,
            kind: EventKind::Server,
            board: None,
            queue: None,
            detail: "{}".into(),
        };
        store
            .write_events(&[event(1), event(now * 60_000)], &[], None)
            .await
            .unwrap();
        store.delete_some(retention, now + 1).await.unwrap();
        let first = store
            .read(&queue("a"), Resolution::Minute, 0, now)
            .await
            .unwrap()[0]
            .at;
        assert_eq!(first, 2_880, "a step deletes two days of one queue");
        assert_eq!(
            store
                .read(&queue("b"), Resolution::Minute, 0, now)
                .await
                .unwrap()[0]
                .at,
            0
        );
        for minute in 0..300 {
            store
                .delete_some(retention, now + minute % 60)
                .await
                .unwrap();
        }
        for id in ["a", "b"] {
            let first = store
                .read(&queue(id), Resolution::Minute, 0, now)
                .await
                .unwrap()[0]
                .at;
            assert!((9 * 1_440..9 * 1_440 + 120).contains(&first), "{first}");
        }
        assert_eq!(
            store.events("main", 0, i64::MAX, 10).await.unwrap().len(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn events_are_those_of_the_board_and_of_all() {
    over_both(async |database| {
        let store = database.open().await;
        let event = |at_ms, board: Option<&str>, kind| Event {
            at_ms,
            kind,
            board: board.map(str::to_owned),
            queue: board.map(|_| "4711".to_owned()),
            detail: r#"{"to":"critical"}"#.to_owned(),
        };
        let events = [
            event(3, Some("main"), EventKind::Level),
            event(1, None, EventKind::Server),
            event(2, Some("other"), EventKind::Level),
            event(9, Some("main"), EventKind::Upstream),
        ];
        // Of a newer program.
        let newer =
            "INSERT INTO event (at_ms, kind, board, detail) VALUES (0, 'weather', 'main', '')";
        database.execute(newer).await;
        store.write_events(&events, &[], None).await.unwrap();
        let read = store.events("main", 0, 9, 10).await.unwrap();
        assert_eq!(read, [events[1].clone(), events[0].clone()]);
        assert_eq!(store.events("main", 0, 10, 1).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn newer_database_is_not_opened_and_left_as_it_is() {
    over_both(async |database| {
        database.open().await.close().await;
        database.execute("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                          VALUES (99, 'later', TRUE, CAST('00' AS {blob}), 0)").await;
        let error = Store::open(database.location()).await.unwrap_err();
        assert!(matches!(error, OpenError::Newer { found: 99, known: SCHEMA, .. }), "{error}");
        assert!(error.to_string().contains("has schema 99"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn database_of_another_build_is_not_opened_and_left_as_it_is() {
    over_both(async |database| {
        database.open().await.close().await;
        let other = "UPDATE _sqlx_migrations SET checksum = CAST('00' AS {blob})";
        database.execute(other).await;
        let error = Store::open(database.location()).await.unwrap_err();
        assert!(matches!(error, OpenError::OtherBuild { .. }), "{error}");
    })
    .await;
}

#[tokio::test]
async fn file_that_is_no_database_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queuewall.db");
    std::fs::write(
        &path,
        "# not a database, but long enough to have a header".repeat(100),
    )
    .unwrap();
    let log = folder.path().join("queuewall.db-wal");
    std::fs::write(&log, "its log").unwrap();
    let error = Store::open(Location::File(path.clone())).await.unwrap_err();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert!(std::fs::read_to_string(path).unwrap().starts_with("# not"));
    assert_eq!(std::fs::read_to_string(log).unwrap(), "its log");
}

#[tokio::test]
async fn file_that_was_emptied_is_damaged_and_keeps_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queuewall.db");
    let log = folder.path().join("queuewall.db-wal");
    std::fs::write(&path, "").unwrap();
    std::fs::write(&log, "its log").unwrap();
    let error = Store::open(Location::File(path.clone())).await.unwrap_err();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "its log");
    std::fs::remove_file(log).unwrap();
    Store::open(Location::File(path)).await.unwrap();
}

/// A write is given up at any moment: what comes after it is not within it.
#[tokio::test]
async fn write_that_is_given_up_leaves_no_transaction() {
    over_both(async |database| {
        let store = database.open().await;
        for micros in (0..3_000).step_by(60) {
            let entry = [("given up".to_owned(), micros.to_string())];
            let write = store.write_state(&entry);
            let _ = tokio::time::timeout(Duration::from_micros(micros), write).await;
        }
        // In several connections at once, and seen from outside.
        let keep = |name: &'static str| store.state_or(name, "kept");
        let kept = tokio::join!(keep("a"), keep("b"), keep("c"), keep("d"), keep("e"));
        for kept in <[_; 5]>::from(kept) {
            assert_eq!(kept.unwrap(), "kept");
        }
        let other = database.open().await;
        assert_eq!(other.state("a").await.unwrap().as_deref(), Some("kept"));
        assert_eq!(database.open_transactions().await, 0);
    })
    .await;
}

#[tokio::test]
async fn file_in_a_missing_folder_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a # ? % b").join("queuewall.db");
    let open = || Store::open(Location::File(path.clone()));
    assert!(matches!(
        open().await.unwrap_err(),
        OpenError::Failed { .. }
    ));
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    open().await.unwrap().close().await;
    assert!(path.exists(), "whatever stands in its name");
}

#[tokio::test]
async fn backup_of_a_database_in_use_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let location = |name: &str| Location::File(folder.path().join(name));
    let store = Store::open(location("a.db")).await.unwrap();
    store
        .write_minute(7, &[(queue("a"), values(&[("waiting", 3.0)]))], &[])
        .await
        .unwrap();
    store.backup(&folder.path().join("b.db")).await.unwrap();
    assert!(
        store.backup(&folder.path().join("b.db")).await.is_err(),
        "it exists"
    );
    let copy = Store::open(location("b.db")).await.unwrap();
    assert_eq!(
        copy.read(&queue("a"), Resolution::Minute, 0, 10)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn older_database_is_migrated_and_its_file_backed_up_before() {
    over_both(async |database| {
        let store = database.open().await;
        let rows = [(queue("a"), values(&[("waiting", 3.0)]))];
        store.write_minute(7, &rows, &[]).await.unwrap();
        store.close().await;
        for _ in 0..2 {
            for sql in [
                "DROP TABLE link",
                "DROP TABLE waiting_screen",
                "DROP TABLE lease",
                "DROP TABLE published",
                "DROP TABLE screen",
                "DELETE FROM _sqlx_migrations WHERE version > 1",
            ] {
                database.execute(sql).await;
            }
            for tables in [Tables::Keep, Tables::Make] {
                let error = open_error(database, tables).await;
                assert!(
                    matches!(
                        error,
                        OpenError::Older {
                            found: 1,
                            needed: SCHEMA,
                            ..
                        }
                    ),
                    "{error}"
                );
                assert!(error.to_string().contains(&format!(
                    "older Queuewall (schema 1, this one needs {SCHEMA})"
                )));
            }
            let store = database.open().await;
            assert_eq!(store.info().await.unwrap().links, 0);
            assert_eq!(store.queues().await.unwrap(), [queue("a")]);
            store.close().await;
        }
        let location = database.location();
        let Some(file) = location.file() else {
            return;
        };
        let folder = file.parent().unwrap();
        for name in ["before-migration", "before-migration.2"] {
            let backup = folder.join(format!("queuewall.db.{name}"));
            let permissions =
                |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions();
            assert_eq!(permissions(&backup), permissions(file));
            let mut header = std::fs::read(&backup).unwrap();
            header.truncate(15);
            assert_eq!(header, b"SQLite format 3");
        }
    })
    .await;
}

#[tokio::test]
async fn empty_database_is_kept_or_made_and_a_missing_file_stays_so() {
    over_both(async |database| {
        let error = open_error(database, Tables::Keep).await;
        match database.location().file() {
            Some(file) => assert!(!file.exists(), "{error}"),
            None => assert!(matches!(error, OpenError::Empty(_)), "{error}"),
        }
        let made = Store::open_with(database.location(), Tables::Make)
            .await
            .unwrap();
        made.try_write().await.unwrap();
        made.close().await;
        let kept = Store::open_with(database.location(), Tables::Keep)
            .await
            .unwrap();
        assert_eq!(kept.info().await.unwrap().version, SCHEMA);
        kept.close().await;
    })
    .await;
}

#[tokio::test]
async fn database_that_cannot_be_written_says_what_to_do() {
    over_both(async |database| {
        let store = database.open().await;
        let (error, remedy) = match database {
            Database::File(_) => {
                let _lock = support::lock(&store).await;
                (
                    store.try_write().await.unwrap_err(),
                    "wait for the program that writes it",
                )
            }
            Database::Postgres(url) => {
                let read_only = format!("{url}&options=-c default_transaction_read_only=on");
                let location = Location::postgres(&read_only).unwrap();
                let store = Store::open(location).await.unwrap();
                (store.try_write().await.unwrap_err(), "name the primary")
            }
        };
        assert!(error.to_string().contains(remedy), "{error}");
    })
    .await;
}

#[tokio::test]
async fn postgres_that_cannot_be_opened_says_what_to_do() {
    let [_, Database::Postgres(url)] = databases().await else {
        panic!("one of each kind")
    };
    let (user_and_name, folder) = url.split_once("?host=").unwrap();
    for (url, remedy) in [
        (url.replace("queuewall@", "nobody:s3cret@"), "pg_hba.conf"),
        (format!("{user_and_name}_none?host={folder}"), "createdb"),
        (url.replace(folder, "/nowhere"), "the socket's folder"),
        (
            "postgres://a:s3cret@127.0.0.1:1/b".to_owned(),
            "host and port",
        ),
        (
            "postgres://a:s3cret@nowhere.invalid/b".to_owned(),
            "host and port",
        ),
    ] {
        let error = Store::open(Location::postgres(&url).unwrap())
            .await
            .unwrap_err();
        assert!(error.to_string().contains(remedy), "{error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
}

#[tokio::test]
async fn programs_that_make_a_database_at_once_make_one() {
    over_both(async |database| {
        let (one, two, three) = tokio::join!(database.open(), database.open(), database.open());
        for store in [one, two, three] {
            assert_eq!(store.info().await.unwrap().version, SCHEMA);
        }
    })
    .await;
}

#[tokio::test]
async fn two_programs_write_at_the_same_time() {
    over_both(async |database| {
        let (one, two) = (database.open().await, database.open().await);
        let write = async |store: &Store, from: i64| {
            for at in 0..50 {
                let rows = [(queue(&format!("{from}-{at}")), values(&[("waiting", 1.0)]))];
                store.write_minute(from + at, &rows, &[]).await.unwrap();
            }
        };
        tokio::join!(write(&one, 0), write(&two, 1_000));
        assert_eq!(one.info().await.unwrap().queues, 100);
    })
    .await;
}

#[tokio::test]
async fn locked_database_fails_and_works_again_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let location = || Location::File(folder.path().join("a.db"));
    let (holder, store) = (
        Store::open(location()).await.unwrap(),
        Store::open(location()).await.unwrap(),
    );
    let rows = [(queue("a"), values(&[("waiting", 1.0)]))];
    store.write_minute(1, &rows, &[]).await.unwrap();
    let lock = support::lock(&holder).await;
    let written =
        tokio::time::timeout(Duration::from_secs(60), store.write_minute(2, &rows, &[])).await;
    assert!(written.unwrap().is_err(), "it does not wait for ever");
    assert_eq!(
        store
            .read(&queue("a"), Resolution::Minute, 0, 10)
            .await
            .unwrap()
            .len(),
        1
    );
    lock.rollback().await.unwrap();
    store.write_minute(2, &rows, &[]).await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    /// Whatever numbers: what is read back is what was written, to the stored unit.
    #[test]
    fn values_survive(numbers in prop::array::uniform8(prop::option::of(0.0..1e7))) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let location = Location::File(folder.path().join("a.db"));
            let store = Store::open(location).await.unwrap();
            store.write_minute(1, &[(queue("a"), numbers)], &[]).await.unwrap();
            let read = store.read(&queue("a"), Resolution::Minute, 0, 10).await.unwrap();
            let read = read.first().map_or([None; COLUMNS], |sample| sample.values);
            for (column, (read, written)) in Column::ALL.iter().zip(read.iter().zip(numbers)) {
                let unit = if [Metric::LongestWait, Metric::AverageWait].contains(&column.metric) { 1_000.0 } else { 1.0 };
                match (read, written) {
                    (Some(read), Some(written)) => assert!((read - written).abs() <= unit),
                    (read, written) => assert_eq!(*read, written),
                }
            }
            store.close().await;
        });
    }
}
