//! Writes beside others, that are given up, or that fail.

use std::time::Duration;

use queuewall_store::{Location, Store, history::Resolution};

use super::{
    over_both, queue,
    support::{self, Database},
    values,
};

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
