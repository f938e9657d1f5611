//! One holder at a time, and nothing from one that was replaced.

use std::time::Duration;

use queuewall_store::{
    event::{Event, EventKind},
    lease::Publication,
};

use super::over_both;

const LONG: Duration = Duration::from_secs(3_600);

fn board(body: &str, read_ms: i64) -> Publication {
    Publication {
        name: "main".into(),
        read_ms: Some(read_ms),
        body: body.into(),
    }
}

#[tokio::test]
async fn lease_has_one_holder_of_many_who_ask_at_once() {
    over_both(async |database| {
        let stores = [
            database.open().await,
            database.open().await,
            database.open().await,
        ];
        for _ in 0..10 {
            let [a, b, c] =
                [&stores[0], &stores[1], &stores[2]].map(|it| it.take_lease("one", LONG));
            let (a, b, c) = tokio::join!(a, b, c);
            let taken: Vec<_> = [a, b, c].into_iter().filter_map(Result::unwrap).collect();
            assert_eq!(taken.len(), 1);
            assert!(stores[0].lease_holder().await.unwrap().is_valid);
            stores[0].end_lease(taken[0]).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn lease_that_is_over_is_another_holders() {
    over_both(async |database| {
        let store = database.open().await;
        assert_eq!(store.lease_holder().await.unwrap().name, "");
        let first = store
            .take_lease("first", Duration::ZERO)
            .await
            .unwrap()
            .unwrap();
        let holder = store.lease_holder().await.unwrap();
        assert_eq!((holder.name.as_str(), holder.is_valid), ("first", false));
        assert!(
            store
                .renew_lease(first, Duration::ZERO, false)
                .await
                .unwrap(),
            "nobody took it"
        );
        let second = store.take_lease("second", LONG).await.unwrap().unwrap();
        assert!(second > first);
        assert!(!store.renew_lease(first, LONG, false).await.unwrap());
        store.end_lease(first).await.unwrap();
        assert!(store.take_lease("third", LONG).await.unwrap().is_none());
        assert!(store.renew_lease(second, LONG, false).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn replaced_holder_publishes_nothing() {
    over_both(async |database| {
        let store = database.open().await;
        let first = store
            .take_lease("first", Duration::ZERO)
            .await
            .unwrap()
            .unwrap();
        let state = |text: &str| [("readings".to_owned(), text.to_owned())];
        assert!(
            store
                .publish(first, &[board("a", 1)], &state("a"))
                .await
                .unwrap()
        );
        let (version, boards) = store.published_since(0).await.unwrap();
        assert_eq!((version, boards), (1, vec![board("a", 1)]));
        assert_eq!(store.published_since(1).await.unwrap(), (1, vec![]));
        let second = store.take_lease("second", LONG).await.unwrap().unwrap();
        assert!(
            store
                .publish(second, &[board("b", 2)], &state("b"))
                .await
                .unwrap()
        );
        assert!(
            !store
                .publish(first, &[board("c", 3)], &state("c"))
                .await
                .unwrap()
        );
        let (version, boards) = store.published_since(version).await.unwrap();
        assert_eq!((version, boards), (2, vec![board("b", 2)]));
        assert_eq!(store.state("readings").await.unwrap().as_deref(), Some("b"));
    })
    .await;
}

#[tokio::test]
async fn origin_is_the_time_of_the_first_call() {
    over_both(async |database| {
        let store = database.open().await;
        let before = store.now_ms().await.unwrap();
        let origin = store.origin_ms(None).await.unwrap();
        assert!(origin >= before && before > 1_700_000_000_000);
        assert_eq!(
            database.open().await.origin_ms(Some(1)).await.unwrap(),
            origin
        );
    })
    .await;
}

#[tokio::test]
async fn offered_lease_is_taken_once_in_five_minutes() {
    over_both(async |database| {
        let store = database.open().await;
        let first = store.take_lease("first", LONG).await.unwrap().unwrap();
        assert!(
            store
                .take_offered_lease("second", LONG)
                .await
                .unwrap()
                .is_none()
        );
        assert!(store.renew_lease(first, LONG, true).await.unwrap());
        assert!(store.lease_holder().await.unwrap().is_offered);
        let second = store
            .take_offered_lease("second", LONG)
            .await
            .unwrap()
            .unwrap();
        assert!(!store.renew_lease(first, LONG, true).await.unwrap());
        assert!(store.renew_lease(second, LONG, true).await.unwrap());
        assert!(
            !store.lease_holder().await.unwrap().is_offered,
            "not so soon again"
        );
        assert!(
            store
                .take_offered_lease("first", LONG)
                .await
                .unwrap()
                .is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn events_of_a_holder_that_was_replaced_are_not_kept() {
    over_both(async |database| {
        let store = database.open().await;
        let take = async || store.take_lease("one", Duration::ZERO).await.unwrap();
        let event = |at_ms| Event {
            at_ms,
            kind: EventKind::Level,
            board: Some("main".into()),
            queue: Some("a".into()),
            detail: "{}".into(),
        };
        let told = |text: &str| [("told".to_owned(), text.to_owned())];
        let write = async |at_ms, text, fence| {
            let events = [event(at_ms)];
            let written = store.write_events(&events, &told(text), fence).await;
            written.unwrap()
        };
        let first = take().await;
        assert!(write(1, "first", first).await, "nobody took it");
        let second = take().await;
        assert!(!write(2, "late", first).await);
        let kept = store.events("main", 0, 10, 10).await.unwrap();
        assert_eq!(kept, [event(1)]);
        assert_eq!(store.state("told").await.unwrap().unwrap(), "first");
        assert!(write(3, "second", second).await);
        assert_eq!(store.events("main", 0, 10, 10).await.unwrap().len(), 2);
    })
    .await;
}
