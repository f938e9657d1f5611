//! What is spent of the budget, kept in a [`LedgerStore`] and shared by all processes that
//! use it: a server, commands beside it, and a server that is started again.
//!
//! A request is written down *before* it is sent, and again when it has ended. A request that was under way then counts until it could have
//! taken no longer. So CXone never sees more than the budget in any sixty seconds,
//! and none before a `Retry-After` has run out.
//!
//! Where nothing is kept, nothing was ever sent. A damaged ledger counts as a whole budget
//! that was just spent.
//!
//! Times are the wall clock's, the only one that two processes share. A clock that was set
//! back is noticed: requests that then lie ahead count from now, and a hold lasts no longer
//! than CXone asked for. What is not seen: a clock that was set forward between two starts,
//! the last requests before a power cut (where the store does not wait for the disk), and
//! requests that could not be written down (a full disk, which is logged).

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::WINDOW;
use crate::clock::Clock;

/// The longest hold that is believed: as long as a `Retry-After` may be.
const LONGEST_HOLD: Duration = Duration::from_secs(15 * 60);

/// How long a request may take in all; the client gives it up before.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// Clocks of two processes on one machine are one clock, which is slewed at times.
const TOLERANCE_MS: u64 = 1_000;

/// Where a ledger is kept for all processes that share a budget.
pub trait LedgerStore: Send + Sync + 'static {
    /// Calls `change` with the bytes kept, `None` where there are none yet, and replaces them
    /// by what it returns; `None` leaves them as they are. No other process changes them
    /// meanwhile, and the lock of a process that dies is released. May block.
    ///
    /// # Errors
    /// When the bytes cannot be read or replaced, or another process holds the lock for long.
    fn update(&self, change: LedgerChange<'_>) -> Result<(), StoreError>;

    /// Why a process [beside a server](super::RequestBudget::leaving_one_free) may send nothing
    /// while the ledger fails with `error`; `None` where it may. May block.
    fn refusal(&self, error: &LedgerError) -> Option<String> {
        let _ = error;
        None
    }

    /// What log lines call the ledger, its file's name for one.
    fn name(&self) -> &str {
        "the request ledger"
    }
}

/// What replaces the bytes that a [`LedgerStore`] keeps; `None` leaves them as they are.
pub type LedgerChange<'a> = &'a mut dyn FnMut(Option<&[u8]>) -> Option<Vec<u8>>;

/// Why a store failed: cause and remedy.
pub type StoreError = Box<dyn Error + Send + Sync>;

/// Why a ledger is of no use.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The store did not answer in time.
    #[error("the disk does not answer")]
    Silent,
}

/// A ledger in a store, and the clock by which it is kept.
pub struct Ledger {
    store: Box<dyn LedgerStore>,
    clock: Arc<dyn Clock>,
}

/// What the ledger says, in milliseconds of the Unix epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entries {
    /// When requests ended, at most a minute ago; of those under way the latest possible
    /// end, which lies ahead.
    pub(super) ended: Vec<u64>,
    /// How many were under way when version 0.1.0 wrote it; 0 since.
    pub(super) under_way: usize,
    /// Nothing is sent before this; 0 where nothing is held off.
    pub(super) hold_until: u64,
    /// When CXone asked for that; 0 in files of version 0.1.0.
    #[serde(default)]
    pub(super) hold_from: u64,
}

/// The part of the budget in use, and for how long requests are held off.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// For each request that counts: how long it does.
    pub(super) counts_for: Vec<Duration>,
    /// How long nothing is sent since CXone asked for it.
    pub(super) hold: Duration,
    /// Whether the clock was set back since it was written.
    pub(super) is_set_back: bool,
    pub(super) is_damaged: bool,
}

/// A request that was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

impl Ledger {
    /// A ledger in `store`. Nothing is read yet.
    #[must_use]
    pub fn new(store: impl LedgerStore, clock: Arc<dyn Clock>) -> Self {
        Self {
            store: Box::new(store),
            clock,
        }
    }

    /// Where it is kept.
    pub(super) fn store(&self) -> &dyn LedgerStore {
        &*self.store
    }

    /// What counts now.
    #[cfg(test)]
    pub(super) fn look(&self, limit: usize) -> Result<Usage, LedgerError> {
        self.change(limit, |_, _| ()).map(|((), usage)| usage)
    }

    /// Writes a request down, unless so many count already, or CXone is to be left alone.
    pub(super) fn reserve(
        &self,
        limit: usize,
        allowed: usize,
    ) -> Result<(Option<Ticket>, Usage), LedgerError> {
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
    ) -> Result<Usage, LedgerError> {
        let changed = self.change(limit, |entries, now_ms| {
            let place = entries.ended.iter().position(|ended| *ended == ticket.0);
            if let Some(place) = place {
                entries.ended.swap_remove(place);
            }
            if is_sent {
                entries.ended.push(now_ms);
            }
        });
        changed.map(|((), usage)| usage)
    }

    /// CXone is to be left alone for so long from now; a later end already set stays.
    pub(super) fn hold_off(&self, limit: usize, hold: Duration) -> Result<Usage, LedgerError> {
        let changed = self.change(limit, |entries, now_ms| {
            let until = now_ms + ms(hold.min(LONGEST_HOLD));
            if until > entries.hold_until {
                (entries.hold_from, entries.hold_until) = (now_ms, until);
            }
        });
        changed.map(|((), usage)| usage)
    }

    /// Reads the ledger, changes what it says, and replaces it, beside no other process.
    fn change<T>(
        &self,
        limit: usize,
        change: impl FnOnce(&mut Entries, u64) -> T,
    ) -> Result<(T, Usage), LedgerError> {
        let (mut change, mut done) = (Some(change), None);
        let mut update = |bytes: Option<&[u8]>| {
            // Rounded up: never earlier than the truth.
            let now_ms = ms_of(self.clock.now().wall) + 1;
            let read: Option<Result<Entries, _>> = bytes.map(serde_json::from_slice);
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
            let outcome = change.take()?(&mut entries, now_ms);
            let usage = Usage {
                is_set_back,
                is_damaged,
                ..entries.usage_at(now_ms)
            };
            done = Some((outcome, usage));
            #[expect(clippy::expect_used, reason = "numbers, which cannot fail")]
            let json = || serde_json::to_vec(&entries).expect("JSON");
            (is_damaged || entries != found).then(json)
        };
        (self.store.update(&mut update)).map_err(LedgerError::Store)?;
        done.ok_or_else(|| LedgerError::Store("the ledger's store did not read it".into()))
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

    fn usage_at(&self, now_ms: u64) -> Usage {
        let counts_for = |ended: &u64| Duration::from_millis(ended + ms(WINDOW) - now_ms);
        Usage {
            counts_for: self.ended.iter().map(counts_for).collect(),
            hold: Duration::from_millis(self.hold_until.saturating_sub(now_ms)),
            ..Usage::default()
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
