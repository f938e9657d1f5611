use std::{path::Path, time::Duration};

use cxone::{
    budget::{Ledger, RequestBudget},
    clock::SystemClock,
};
use queuewall_store::Location;
use tokio::time::Instant;

use super::*;
use crate::{
    database::{FILE, tests::damaged},
    state::ServerLock,
};

fn ledger(folder: &Path) -> Ledger {
    let database = Database::new(Location::File(folder.join(FILE)));
    let ledger = StateLedger::new(Arc::new(database), StateDir::new(folder.to_owned()));
    Ledger::new(ledger, Arc::new(SystemClock))
}

#[tokio::test]
async fn restart_and_command_know_what_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let server = RequestBudget::with_ledger(4, ledger(folder.path()));
    for _ in 0..3 {
        drop(server.acquire().await);
    }
    server.close().await;
    let command = RequestBudget::leaving_one_free(4, ledger(folder.path()));
    let waited = tokio::time::timeout(Duration::from_millis(500), command.acquire()).await;
    assert!(waited.is_err(), "one is left free");
    let wait = command.next_free() - Instant::now();
    assert!((50..=60).contains(&wait.as_secs()), "{wait:?}");
    let server = RequestBudget::with_ledger(4, ledger(folder.path()));
    drop(server.acquire().await);
    assert_eq!(server.used(), 4);
}

#[tokio::test]
async fn command_without_ledger_sends_nothing_beside_a_server() {
    let folder = tempfile::tempdir().unwrap();
    // Stands in for a full disk: neither read nor written.
    std::fs::create_dir(folder.path().join(FILE)).unwrap();
    let dir = StateDir::new(folder.path().to_owned());
    let server = ServerLock::take(&dir).unwrap();
    for _ in 0..3 {
        let command = RequestBudget::leaving_one_free(3, ledger(folder.path()));
        let refused = tokio::select! {
            _permit = command.acquire() => panic!("a request passes"),
            why = command.refused() => why,
        };
        let server = format!("the server (process {})", std::process::id());
        assert!(refused.contains(&server), "{refused}");
        assert!(
            refused.contains("queuewall.db cannot be opened"),
            "{refused}"
        );
        assert!(
            refused.ends_with(": fix that and try again, or stop the server"),
            "{refused}"
        );
        assert_eq!(command.spent(), 0);
    }
    drop(server);
    let command = RequestBudget::leaving_one_free(3, ledger(folder.path()));
    drop(command.acquire().await);
}

#[tokio::test]
async fn file_in_place_of_a_damaged_one_is_a_budget_just_spent() {
    let folder = tempfile::tempdir().unwrap();
    damaged(&folder.path().join(FILE)).await;
    let server = RequestBudget::with_ledger(3, ledger(folder.path()));
    let waited = tokio::time::timeout(Duration::from_millis(500), server.acquire()).await;
    assert!(waited.is_err());
    assert_eq!(server.used(), 3);
}

#[tokio::test]
async fn command_sends_nothing_without_a_database_that_servers_share() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::postgres("postgres://queuewall@127.0.0.1:1/queuewall").unwrap();
    let dir = StateDir::new(folder.path().to_owned());
    let ledger = StateLedger::new(Arc::new(Database::new(location)), dir);
    assert_eq!(ledger.name(), "postgres://127.0.0.1:1/queuewall");
    let ledger = Ledger::new(ledger, Arc::new(SystemClock));
    let command = RequestBudget::leaving_one_free(3, ledger);
    let refused = tokio::select! {
        _permit = command.acquire() => panic!("a request passes"),
        why = command.refused() => why,
    };
    assert!(
        refused.starts_with("nothing more is sent to CXone"),
        "{refused}"
    );
}
