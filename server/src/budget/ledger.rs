//! What is spent of the budget, kept in the `state_dir` and shared by all processes that
//! use it: a server, commands beside it, and a server that is started again.
//!
//! A request is written down *before* it is sent, and again when it has ended. Each change
//! reads, changes and replaces the file while a lock is held; the system releases the lock
//! of a process that dies. A request that was under way then counts until it could have
//! taken no longer. So CXone never sees more than the budget in any sixty seconds,
//! and none before a `Retry-After` has run out.
//!
//! Where there is no file, nothing was ever sent. A damaged file counts as a whole budget
//! that was just spent.
//!
//! Times are the wall clock's, the only one that two processes share. A clock that was set
//! back is noticed: requests that then lie ahead count from now, and a hold lasts no longer
//! than CXone asked for. What is not seen: a clock that was set forward between two starts,
//! the last requests before a power cut (the file is renamed into place, and not forced
//! onto the disk each time), and requests that could not be written down (a full disk,
//! which is logged).

use std::{
    fs::{File, TryLockError},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::WINDOW;
use crate::{
    clock::Clock,
    server_lock,
    state_dir::{StateDir, StateError},
    system_error::remedy,
};

const FILE: &str = "budget.json";
const LOCK: &str = "budget.lock";

/// The longest hold that is believed: as long as a `Retry-After` may be.
const LONGEST_HOLD: Duration = Duration::from_secs(15 * 60);

/// How long a request may take in all; the client gives it up before.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// How long another process may hold the lock. A change takes a few milliseconds.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);

/// Clocks of two processes on one machine are one clock, which is slewed at times.
const TOLERANCE_MS: u64 = 1_000;

/// The file, and the clock by which it is kept.
pub struct Ledger {
    dir: StateDir,
    clock: Arc<dyn Clock>,
}

/// Why the file is of no use.
#[derive(Debug, Error)]
pub(super) enum LedgerError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error("another process holds {LOCK} for more than a second")]
    Locked,
    #[error("{LOCK} cannot be locked ({0})")]
    Lock(std::io::Error),
    #[error("the disk does not answer")]
    Silent,
}

impl LedgerError {
    /// The error for a command beside a server: not with the advice to name another folder,
    /// where the two would share no budget.
    pub(super) fn beside_server(&self) -> String {
        match self {
            Self::State(StateError::Io {
                path,
                verb,
                attempt,
                error,
            }) => {
                format!(
                    "{} cannot be {verb} ({error}): {}",
                    path.display(),
                    remedy(*attempt, error)
                )
            }
            error => error.to_string(),
        }
    }
}

/// What the file says, in milliseconds of the Unix epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entries {
    /// When requests ended, at most a minute ago; of those under way the latest possible
    /// end, which lies ahead.
    pub(super) ended: Vec<u64>,
    /// How many were under way when version 0.1.0 wrote the file; 0 since.
    pub(super) under_way: usize,
    /// Nothing is sent before this; 0 where nothing is held off.
    pub(super) hold_until: u64,
    /// When CXone asked for that; 0 in files of version 0.1.0.
    #[serde(default)]
    pub(super) hold_from: u64,
}

/// What the file says of a request that somebody wants to send.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// For each request that counts: how long it does.
    pub(super) counts_for: Vec<Duration>,
    /// How long nothing is sent since CXone asked for it.
    pub(super) hold: Duration,
    /// Whether the clock was set back since the file was written.
    pub(super) is_set_back: bool,
    /// Whether the file was damaged.
    pub(super) is_damaged: bool,
}

/// A request that was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

impl Ledger {
    /// The ledger in `folder`, the `state_dir`, which is made where it is missing. Nothing
    /// is read yet.
    #[must_use]
    pub fn new(folder: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self {
            dir: StateDir::new(folder),
            clock,
        }
    }

    /// The server that runs on the folder, in words, as far as that can be found out.
    pub(super) fn server(&self) -> Option<String> {
        server_lock::server_on(&self.dir)
    }

    /// What counts now.
    #[cfg(test)]
    pub(super) fn look(&self, limit: usize) -> Result<Standing, LedgerError> {
        self.change(limit, |_, _| ()).map(|((), standing)| standing)
    }

    /// Writes a request down, unless so many count already, or CXone is to be left alone.
    pub(super) fn reserve(
        &self,
        limit: usize,
        allowed: usize,
    ) -> Result<(Option<Ticket>, Standing), LedgerError> {
        self.change(limit, |entries, now_ms| {
            let is_free = entries.ended.len() < allowed && entries.hold_until <= now_ms;
            is_free.then(|| {
                let latest_end = now_ms + ms(LONGEST_REQUEST);
                entries.ended.push(latest_end);
                Ticket(latest_end)
            })
        })
    }

    /// A request that was written down has ended now, or was never sent.
    pub(super) fn ended(
        &self,
        limit: usize,
        ticket: Ticket,
        is_sent: bool,
    ) -> Result<Standing, LedgerError> {
        let changed = self.change(limit, |entries, now_ms| {
            let place = entries.ended.iter().position(|ended| *ended == ticket.0);
            if let Some(place) = place {
                entries.ended.swap_remove(place);
            }
            if is_sent {
                entries.ended.push(now_ms);
            }
        });
        changed.map(|((), standing)| standing)
    }

    /// CXone is to be left alone for so long from now; a later end already set stays.
    pub(super) fn hold_off(&self, limit: usize, hold: Duration) -> Result<Standing, LedgerError> {
        let changed = self.change(limit, |entries, now_ms| {
            let until = now_ms + ms(hold.min(LONGEST_HOLD));
            if until > entries.hold_until {
                (entries.hold_from, entries.hold_until) = (now_ms, until);
            }
        });
        changed.map(|((), standing)| standing)
    }

    /// Reads the file, changes what it says, and replaces it, beside no other process.
    fn change<T>(
        &self,
        limit: usize,
        change: impl FnOnce(&mut Entries, u64) -> T,
    ) -> Result<(T, Standing), LedgerError> {
        let _lock = self.lock()?;
        let bytes = self.dir.read(FILE)?;
        // Rounded up: never earlier than the truth.
        let now_ms = ms_of(self.clock.now().wall) + 1;
        let read: Option<Result<Entries, _>> = bytes.as_deref().map(serde_json::from_slice);
        let is_damaged = matches!(read, Some(Err(_)));
        let found = match read {
            None => Entries::default(),
            Some(Ok(entries)) => entries,
            Some(Err(_)) => Entries {
                ended: vec![now_ms; limit],
                ..Entries::default()
            },
        };
        let mut entries = found.clone();
        let is_set_back = entries.bring_up_to(now_ms);
        let outcome = change(&mut entries, now_ms);
        if is_damaged || entries != found {
            #[expect(clippy::expect_used, reason = "numbers, which cannot fail")]
            let json = serde_json::to_vec(&entries).expect("JSON");
            self.dir.write(FILE, &json)?;
        }
        let standing = Standing {
            is_set_back,
            is_damaged,
            ..entries.standing_at(now_ms)
        };
        Ok((outcome, standing))
    }

    fn lock(&self) -> Result<File, LedgerError> {
        let file = self.dir.lock_file(LOCK)?;
        // Not tokio's clock: this is the work of a thread that may block.
        let deadline = Instant::now() + LOCK_PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(TryLockError::WouldBlock) => return Err(LedgerError::Locked),
                Err(TryLockError::Error(error)) => return Err(LedgerError::Lock(error)),
            }
        }
    }
}

impl Entries {
    /// Drops what no longer counts. Whether the clock was set back since the file was
    /// written: then requests count from now, and a hold is as long as CXone asked for.
    fn bring_up_to(&mut self, now_ms: u64) -> bool {
        let under_way = std::mem::take(&mut self.under_way).min(1_000);
        self.ended.extend(std::iter::repeat_n(now_ms, under_way));
        let latest_end = now_ms + ms(LONGEST_REQUEST) + TOLERANCE_MS;
        let mut is_set_back = false;
        for ended in &mut self.ended {
            if *ended > latest_end {
                *ended = now_ms;
                is_set_back = true;
            }
        }
        if self.hold_until > now_ms {
            let left = self.hold_until - now_ms;
            let is_of_0_1_0 = self.hold_from == 0;
            // Version 0.1.0 wrote the time of its last request where nothing was held off.
            let lies_ahead = |ended: &u64| *ended > now_ms + TOLERANCE_MS;
            let is_none = left > ms(LONGEST_HOLD) || self.ended.iter().any(lies_ahead);
            if is_of_0_1_0 && (is_set_back || is_none) {
                self.hold_until = 0;
                is_set_back = true;
            } else if self.hold_from > now_ms + TOLERANCE_MS {
                let asked = self
                    .hold_until
                    .saturating_sub(self.hold_from)
                    .min(ms(LONGEST_HOLD));
                (self.hold_from, self.hold_until) = (now_ms, now_ms + asked);
                is_set_back = true;
            } else {
                self.hold_until = now_ms + left.min(ms(LONGEST_HOLD));
            }
        } else {
            (self.hold_from, self.hold_until) = (0, 0);
        }
        self.ended.retain(|ended| ended + ms(WINDOW) > now_ms);
        is_set_back
    }

    fn standing_at(&self, now_ms: u64) -> Standing {
        let counts_for = |ended: &u64| Duration::from_millis(ended + ms(WINDOW) - now_ms);
        Standing {
            counts_for: self.ended.iter().map(counts_for).collect(),
            hold: Duration::from_millis(self.hold_until.saturating_sub(now_ms)),
            ..Standing::default()
        }
    }
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn ms_of(time: SystemTime) -> u64 {
    ms(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

#[cfg(test)]
mod tests;
