//! Hours that nothing recorded, read later.

use queuewall_store::{backfill::Hour, retention::Retention};

use super::{over_both, queue, values};

fn hour(offered: u64) -> Hour {
    Hour {
        offered: Some(offered),
        in_time: Some(offered),
        late: Some(0),
        ..Hour::default()
    }
}

#[tokio::test]
async fn hours_are_read_back_and_never_replaced() {
    over_both(async |database| {
        let store = database.open().await;
        let state = [("backfill".to_owned(), "1".to_owned())];
        let rows = [(queue("a"), hour(3)), (queue("b"), Hour::default())];
        store.write_hour(100, &rows, &state).await.unwrap();
        store
            .write_hour(100, &[(queue("a"), hour(9))], &[])
            .await
            .unwrap();
        let huge = [(queue("a"), hour(u64::MAX))];
        store.write_hour(101, &huge, &[]).await.unwrap();
        let most = u64::try_from(i32::MAX).unwrap();
        let of = async |id, from, to| store.hours(&queue(id), from, to).await.unwrap();
        assert_eq!(of("a", 100, 102).await, [(100, hour(3)), (101, hour(most))]);
        assert_eq!(of("a", 101, 101).await, []);
        assert_eq!(of("b", 0, 200).await, [(100, Hour::default())]);
        assert_eq!(of("c", 0, 200).await, []);
        let kept = store.state("backfill").await.unwrap();
        assert_eq!(kept.as_deref(), Some("1"));
        assert_eq!(store.info().await.unwrap().backfilled_hours, 2);
    })
    .await;
}

#[tokio::test]
async fn hour_with_an_unrecorded_quarter_is_missing_until_it_is_read() {
    over_both(async |database| {
        let store = database.open().await;
        let missing = async |to| store.unrecorded_hours(100, to).await.unwrap();
        assert_eq!(missing(410).await, [100, 101, 102], "an empty database");
        // From 101:00 to 101:50 of one queue, and the last quarter of another.
        let known = values(&[("waiting", 1.0)]);
        for minute in 6_060..6_110 {
            let row = [(queue("a"), known)];
            store.write_minute(minute, &row, &[]).await.unwrap();
        }
        assert_eq!(missing(410).await, [100, 102], "minutes alone");
        store.roll_up(400, 407).await.unwrap();
        assert_eq!(missing(410).await, [100, 102], "and the latest of them");
        // 102:00 to 102:30 is over, and recorded.
        for minute in 6_120..6_150 {
            let row = [(queue("b"), known)];
            store.write_minute(minute, &row, &[]).await.unwrap();
        }
        assert_eq!(missing(410).await, [100]);
        assert_eq!(missing(412).await, [100, 102], "a half hour is not");
        let nothing_known = [(queue("a"), Hour::default())];
        store.write_hour(102, &nothing_known, &[]).await.unwrap();
        assert_eq!(missing(412).await, [100], "it was asked for");
    })
    .await;
}

#[tokio::test]
async fn old_hours_are_deleted_with_quarter_hours() {
    over_both(async |database| {
        let store = database.open().await;
        for at in [0, 24, 48] {
            let row = [(queue("a"), hour(1))];
            store.write_hour(at, &row, &[]).await.unwrap();
        }
        let retention = Retention {
            minute_days: 1,
            quarter_hour_days: 1,
        };
        for minute in 0..60 {
            let now = 2 * 1_440 + minute;
            store.delete_some(retention, now).await.unwrap();
        }
        let kept = store.hours(&queue("a"), 0, 100).await.unwrap();
        assert_eq!(kept.iter().map(|it| it.0).collect::<Vec<_>>(), [24, 48]);
    })
    .await;
}
