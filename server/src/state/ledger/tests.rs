use std::{path::Path, sync::Arc};

use cxone::{
    budget::{Ledger, RequestBudget, WINDOW},
    clock::SystemClock,
};
use tokio::time;

use super::*;
use crate::state::ServerLock;

fn dir(folder: &Path) -> StateDir {
    StateDir::new(folder.to_owned())
}

fn ledger(folder: &Path) -> Ledger {
    Ledger::new(StateLedger::new(dir(folder)), Arc::new(SystemClock))
}

fn update(folder: &Path) -> Result<(), StoreError> {
    StateLedger::new(dir(folder)).update(&mut |_| Some(b"{}".into()))
}

#[test]
fn lock_of_another_process_is_waited_for_and_not_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let held = dir(folder.path()).lock_file(LOCK).unwrap();
    held.lock().unwrap();
    let error = update(folder.path()).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(LockError::Held)));
    // As when its process dies.
    drop(held);
    assert!(update(folder.path()).is_ok());
}

#[cfg(unix)]
#[test]
fn symbolic_link_in_place_of_the_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target");
    std::fs::write(&target, "untouched").unwrap();
    for name in [LOCK, FILE] {
        let link = folder.path().join(name);
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let refused = update(folder.path()).unwrap_err();
        assert!(refused.is::<StateError>(), "{name}");
        std::fs::remove_file(&link).unwrap();
    }
    assert_eq!(std::fs::read(&target).unwrap(), b"untouched");
}

#[tokio::test(start_paused = true)]
async fn lock_that_is_never_released_delays_requests_for_a_moment() {
    let folder = tempfile::tempdir().unwrap();
    let server = RequestBudget::with_ledger(10, ledger(folder.path()));
    drop(server.acquire().await);
    let held = dir(folder.path()).lock_file(LOCK).unwrap();
    held.lock().unwrap();
    let start = time::Instant::now();
    drop(server.acquire().await);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(server.spent(), 2);
    // A command goes on, too.
    let command = RequestBudget::leaving_one_free(10, ledger(folder.path()));
    drop(command.acquire().await);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn unusable_folder_delays_server_by_a_minute_command_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let start = time::Instant::now();
    let command = RequestBudget::leaving_one_free(3, ledger(&file));
    drop(command.acquire().await);
    assert!(start.elapsed() < Duration::from_secs(1));
    let server = RequestBudget::with_ledger(3, ledger(&file));
    drop(server.acquire().await);
    assert!(start.elapsed() >= WINDOW);
}

#[tokio::test(start_paused = true)]
async fn command_without_ledger_sends_nothing_beside_a_server() {
    let folder = tempfile::tempdir().unwrap();
    // Stands in for a full disk: neither read nor replaced.
    std::fs::create_dir(folder.path().join(FILE)).unwrap();
    let server = ServerLock::take(&dir(folder.path())).unwrap();
    for _ in 0..6 {
        let command = RequestBudget::leaving_one_free(3, ledger(folder.path()));
        let refused = tokio::select! {
            _permit = command.acquire() => panic!("a request passes"),
            why = command.refused() => why,
        };
        let server = format!("the server (process {})", std::process::id());
        assert!(refused.contains(&server), "{refused}");
        assert!(
            refused.contains("budget.json is not a regular file: remove it"),
            "{refused}"
        );
        assert!(
            refused.ends_with(": fix that and try again, or stop the server"),
            "{refused}"
        );
        assert_eq!(command.spent(), 0);
    }
    drop(server);
    drop(
        RequestBudget::leaving_one_free(3, ledger(folder.path()))
            .acquire()
            .await,
    );
}
