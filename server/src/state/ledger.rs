//! The ledger of the request budget, in a file of the state folder.

use std::{
    fs::{File, TryLockError},
    time::{Duration, Instant},
};

use cxone::budget::{LedgerChange, LedgerError, LedgerStore, StoreError};
use thiserror::Error;

use super::{StateDir, StateError, server_lock};
use crate::system_error::remedy;

const FILE: &str = "budget.json";
const LOCK: &str = "budget.lock";

/// How long another process may hold the lock. A change takes a few milliseconds.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);

/// The ledger in `budget.json` of the state folder, which is made where it is missing.
///
/// The file is renamed into place, and not forced onto the disk each time.
#[derive(Clone, Debug)]
pub struct StateLedger {
    dir: StateDir,
}

/// Why the lock was not taken.
#[derive(Debug, Error)]
enum LockError {
    #[error("another process holds {LOCK} for more than a second")]
    Held,
    #[error("{LOCK} cannot be locked ({0})")]
    Failed(std::io::Error),
}

impl StateLedger {
    /// The ledger in this folder. Nothing is read yet.
    #[must_use]
    pub fn new(dir: StateDir) -> Self {
        Self { dir }
    }

    fn lock(&self) -> Result<File, StoreError> {
        let file = self.dir.lock_file(LOCK)?;
        // Not tokio's clock: this is the work of a thread that may block.
        let deadline = Instant::now() + LOCK_PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(TryLockError::WouldBlock) => return Err(LockError::Held.into()),
                Err(TryLockError::Error(error)) => return Err(LockError::Failed(error).into()),
            }
        }
    }
}

impl LedgerStore for StateLedger {
    fn update(&self, change: LedgerChange<'_>) -> Result<(), StoreError> {
        let _lock = self.lock()?;
        let bytes = self.dir.read(FILE)?;
        if let Some(new) = change(bytes.as_deref()) {
            self.dir.write(FILE, &new)?;
        }
        Ok(())
    }

    /// A command cannot go on beside a server with which it cannot share the budget.
    fn refusal(&self, error: &LedgerError) -> Option<String> {
        let server = server_lock::server_on(&self.dir)?;
        Some(format!(
            "nothing more is sent to CXone: {server} runs on the same state folder, and this command cannot share \
             its request budget ({}): fix that and try again, or stop the server",
            without_advice_to_move(error)
        ))
    }

    fn name(&self) -> &str {
        FILE
    }
}

/// The error without the advice to name another folder, where the two would share no budget.
fn without_advice_to_move(error: &LedgerError) -> String {
    let state = match error {
        LedgerError::Store(error) => error.downcast_ref(),
        LedgerError::Silent => None,
    };
    match state {
        Some(StateError::Io {
            path,
            verb,
            attempt,
            error,
        }) => format!(
            "{} cannot be {verb} ({error}): {}",
            path.display(),
            remedy(*attempt, error)
        ),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests;
