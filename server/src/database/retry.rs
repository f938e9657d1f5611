//! When a database that is not opened, or only read, is tried again.

use std::{sync::Arc, time::Duration};

use queuewall_store::{OpenError, Store};
use rand::{SeedableRng as _, rngs::StdRng};
use tokio::time::Instant;
use tracing::{info, warn};

use super::{DatabaseError, Opened};
use crate::backoff::Backoff;

/// How long after one that can only be read it is opened again; what other programs write is not
/// always seen before.
const READ_AGAIN_AFTER: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 5_000 });

/// The same after a migration that failed: it copies the whole file before.
const MIGRATE_MIN: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 5_000 });
const MIGRATE_MAX: Duration = Duration::from_secs(120);
const JITTER: f64 = 0.5;

/// How it went the last time.
#[derive(Debug, Default)]
pub(super) struct Retry {
    again_at: Option<Instant>,
    /// Migrations that failed in a row.
    failures: u32,
    error: Option<Arc<DatabaseError>>,
    /// What the log was told of one that is only read.
    said: Option<String>,
}

impl Retry {
    /// Whether it is time to open it again.
    pub(super) fn is_due(&self) -> bool {
        self.again_at.is_none_or(|at| at <= Instant::now())
    }

    /// Why it was not opened, where it is not tried again each time that it is needed.
    pub(super) fn error(&self) -> Option<Arc<DatabaseError>> {
        self.error.clone()
    }

    /// It was opened, or not. The log of a server is told where it is only read; a command says so
    /// when it would write.
    pub(super) fn after(&mut self, opened: &Opened, is_command: bool) {
        let read_only = (opened.as_ref().ok()).and_then(|store| store.why_read_only());
        let failed = match opened {
            Ok(_) => read_only,
            Err(error) => match &**error {
                DatabaseError::Open(error) => Some(error),
                _ => None,
            },
        };
        let is_migrating = matches!(failed, Some(OpenError::NotMigrated { .. }));
        self.failures = match is_migrating {
            true => self.failures.saturating_add(1),
            false => 0,
        };
        let wait = match (is_migrating, read_only) {
            (true, _) => Some(migrate_after(self.failures)),
            (false, Some(_)) => Some(READ_AGAIN_AFTER),
            (false, None) => None,
        };
        self.again_at = wait.map(|wait| Instant::now() + wait);
        self.error = opened.as_ref().err().filter(|_| is_migrating).cloned();
        if let (Ok(store), false) = (opened, is_command) {
            self.say(store);
        }
    }

    /// Says once that it is only read, and once that it is not any more.
    fn say(&mut self, store: &Store) {
        let words = store.why_read_only().map(ToString::to_string);
        match &words {
            Some(words) if self.said.as_ref() != Some(words) => warn!(
                "{words}. What is in it is used, and nothing is written to it: neither history nor links, nor what was \
                 sent to CXone. It is tried again every few seconds"
            ),
            None if self.said.is_some() => info!("{} can be written again", store.location()),
            _ => {}
        }
        self.said = words;
    }
}

fn migrate_after(failures: u32) -> Duration {
    #[expect(clippy::expect_used, reason = "the maximum is above the minimum")]
    let backoff = Backoff::try_new(MIGRATE_MIN, MIGRATE_MAX, JITTER).expect("valid bounds");
    backoff.delay(failures, &mut StdRng::from_os_rng())
}
