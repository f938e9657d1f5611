//! Quarter hours are made of minutes, and what is old is deleted.

use queuewall_store::{
    column::Column,
    event::{Event, EventKind},
    history::Resolution,
    retention::Retention,
};

use super::{over_both, queue, values};

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
