//! Minutes: what is written is read back.

use proptest::prelude::*;
use queuewall_shared::metric::Metric;
use queuewall_store::{
    Location, Store,
    column::{COLUMNS, Column},
    history::{Queue, Resolution},
};

use super::{over_both, queue, values};

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
