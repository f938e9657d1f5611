//! What is spent of the budget, kept in a [`LedgerStore`] and shared by all processes that
//! use it: servers, commands beside them, and a server that is started again.
//!
//! A request is written down *before* it is sent, as a ticket. A server takes a few tickets
//! ahead, so that its reads need not wait for the store. Each process has one entry, which it
//! replaces as a whole ([`Ledger::exchange`]): how often it does, and whether a change before
//! was written or not, makes no difference. A ticket, and a request that was under way, count
//! until the request could have taken no longer. So CXone never sees more than the budget in any
//! sixty seconds, and none before a `Retry-After` has run out.
//!
//! Where nothing is kept, nothing was ever sent. A damaged ledger counts as a whole budget
//! that was just spent.
//!
//! Times are the store's wall clock, the only one that two processes share; a process knows
//! by its monotonic clock how long ago its requests ended. A clock that was set back is noticed:
//! requests that then lie ahead count from now, and a hold lasts no longer than CXone asked for.
//! What is not seen: a clock that was set forward between two starts, the last requests before a
//! power cut (where the store does not wait for the disk), and requests that could not be
//! written down (a full disk, which is logged).

use std::{collections::BTreeMap, error::Error, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::time::Instant;

use super::WINDOW;
use crate::clock::{Clock, Moment};

/// For how long a ticket may be used after it was taken or renewed.
pub(super) const BLOCK: Duration = Duration::from_secs(15);

/// The longest hold that is believed: as long as a `Retry-After` may be.
const LONGEST_HOLD: Duration = Duration::from_secs(15 * 60);

/// How long a request may take in all; the client gives it up before.
pub(super) const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// Clocks of two processes on one machine are one clock, which is slewed at times.
const TOLERANCE_MS: u64 = 1_000;

/// Where a ledger is kept for all processes that share a budget.
#[async_trait]
pub trait LedgerStore: Send + Sync + 'static {
    /// Calls `change` with the text kept, `None` where there is none yet, and the time, and
    /// replaces the text by what it returns; `None` leaves it as it is. No other process changes
    /// it meanwhile. The time is by a clock that all these processes share, in milliseconds
    /// since 1970. Where the future is dropped, the text may be replaced or not.
    ///
    /// # Errors
    /// When the text cannot be read or replaced, or another process holds the lock for long.
    async fn update(&self, change: LedgerChange<'_>) -> Result<(), StoreError>;

    /// Why a process [beside a server](super::RequestBudget::leaving_one_free) may send nothing
    /// while the ledger fails with `error`; `None` where it may.
    async fn refusal(&self, error: &LedgerError) -> Option<String> {
        let _ = error;
        None
    }

    /// What log lines call the ledger, its database for one.
    fn name(&self) -> String {
        "the request ledger".to_owned()
    }

    /// Whether servers on other machines use it, too. Then a server sends nothing that it could
    /// not write down.
    fn is_shared_by_machines(&self) -> bool {
        false
    }
}

/// What replaces the text that a [`LedgerStore`] keeps; `None` leaves it as it is.
pub type LedgerChange<'a> = &'a mut (dyn FnMut(Option<&str>, u64) -> Option<String> + Send);

/// Why a store failed: cause and remedy.
pub type StoreError = Box<dyn Error + Send + Sync>;

/// Why a ledger is of no use.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The store did not answer in time.
    #[error("it does not answer")]
    Silent,
}

/// A ledger in a store, and the clock of this process.
pub struct Ledger {
    store: Box<dyn LedgerStore>,
    clock: Arc<dyn Clock>,
}

/// What the ledger says, in milliseconds of the Unix epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entries {
    /// When requests ended of processes that have ended, too, at most a minute ago.
    pub(super) ended: Vec<u64>,
    /// How many were under way when version 0.1.0 wrote it; 0 since.
    pub(super) under_way: usize,
    /// Nothing is sent before this; 0 where nothing is held off.
    pub(super) hold_until: u64,
    /// When CXone asked for that; 0 in texts of version 0.1.0.
    #[serde(default)]
    pub(super) hold_from: u64,
    /// Of each process: when its requests ended, at most a minute ago; of those under way and
    /// of tickets the latest possible end, which lies ahead.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) processes: BTreeMap<u64, Vec<u64>>,
}

/// What a process tells the ledger of itself, by its monotonic clock.
#[derive(Clone, Debug)]
pub(super) struct Account {
    /// Read before the store is asked: nothing of this happened later.
    pub(super) told_at: Instant,
    /// When requests under way were sent.
    pub(super) under_way: Vec<Instant>,
    /// When requests of the last minute ended.
    pub(super) ended: Vec<Instant>,
    /// How many tickets it keeps.
    pub(super) kept: usize,
    /// How many more it needs, for requests that wait.
    pub(super) wanted: usize,
    /// How many more it would have in hand, where commands can take one still.
    pub(super) ahead: usize,
    /// Until when CXone is to be left alone; a later end already set stays.
    pub(super) hold_until: Option<Instant>,
    /// Whether it ends, and takes no ticket any more.
    pub(super) is_last: bool,
}

/// What the ledger answers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// How many tickets the process has more than it keeps.
    pub(super) granted: usize,
    /// For each request of other processes that counts: how long it does.
    pub(super) others: Vec<Duration>,
    /// How long nothing is sent since CXone asked for it.
    pub(super) hold: Duration,
    /// Whether the clock was set back since it was written.
    pub(super) is_set_back: bool,
    pub(super) is_damaged: bool,
}

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

    /// This moment, on the clocks of this process.
    pub(super) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Writes down what `process` tells, and the tickets that it gets: none while CXone is to
    /// be left alone, and no more than `limit` allows, where it leaves the server one, if
    /// `leaves_one`.
    pub(super) async fn exchange(
        &self,
        process: u64,
        limit: usize,
        leaves_one: bool,
        account: &Account,
    ) -> Result<Answer, LedgerError> {
        let mut answer = None;
        let mut update = |text: Option<&str>, now_ms: u64| {
            // Rounded up: never earlier than the truth.
            let now_ms = now_ms + 1;
            let read: Option<Result<Entries, _>> = text.map(serde_json::from_str);
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
            answer = Some(Answer {
                is_set_back,
                is_damaged,
                ..entries.exchange(process, limit, leaves_one, account, now_ms)
            });
            #[expect(clippy::expect_used, reason = "numbers, which cannot fail")]
            let json = || serde_json::to_string(&entries).expect("JSON");
            (is_damaged || entries != found).then(json)
        };
        let updated = self.store.update(&mut update).await;
        updated.map_err(LedgerError::Store)?;
        answer.ok_or_else(|| LedgerError::Store("the ledger's store did not read it".into()))
    }
}

impl Account {
    /// Its requests and tickets as the ledger has them: no end is earlier than the truth, since
    /// `now_ms` is later than `told_at`.
    fn entry(&self, now_ms: u64) -> Vec<u64> {
        let ago = |at: &Instant| ms(self.told_at.saturating_duration_since(*at));
        let ended = self.ended.iter().map(|at| now_ms - ago(at).min(now_ms));
        let longest = ms(LONGEST_REQUEST);
        let latest_end = |sent: &Instant| now_ms + longest.saturating_sub(ago(sent));
        let under_way = self.under_way.iter().map(latest_end);
        let entry = ended.chain(under_way);
        entry.chain(vec![ticket_end(now_ms); self.kept]).collect()
    }
}

impl Entries {
    /// [`Ledger::exchange`], in a ledger that is up to date.
    fn exchange(
        &mut self,
        process: u64,
        limit: usize,
        leaves_one: bool,
        account: &Account,
        now_ms: u64,
    ) -> Answer {
        self.processes.remove(&process);
        let others: Vec<u64> = self.all().collect();
        if let Some(until) = account.hold_until {
            let hold = until.saturating_duration_since(account.told_at);
            let until = now_ms + ms(hold.min(LONGEST_HOLD));
            if until > self.hold_until {
                (self.hold_from, self.hold_until) = (now_ms, until);
            }
        }
        let mut entry = account.entry(now_ms);
        entry.retain(|end| counts(*end, now_ms));
        let mut granted = 0;
        if account.is_last {
            self.ended.append(&mut entry);
        } else if self.hold_until <= now_ms {
            let count = others.len() + entry.len();
            let left = |leaves: usize| limit.saturating_sub(leaves + count);
            granted = account
                .wanted
                .min(left(usize::from(leaves_one && limit > 2)));
            // A command may still take one, and leave one.
            let ahead = account.ahead.min(left(2).saturating_sub(granted));
            granted += ahead;
            entry.extend(vec![ticket_end(now_ms); granted]);
        }
        if !entry.is_empty() {
            self.processes.insert(process, entry);
        }
        let counts_for = |end: u64| Duration::from_millis(end + ms(WINDOW) - now_ms);
        Answer {
            granted,
            others: others.into_iter().map(counts_for).collect(),
            hold: Duration::from_millis(self.hold_until.saturating_sub(now_ms)),
            ..Answer::default()
        }
    }

    /// Every end that counts.
    fn all(&self) -> impl Iterator<Item = u64> {
        let processes = self.processes.values().flatten();
        self.ended.iter().chain(processes).copied()
    }

    /// Drops what no longer counts. Whether the clock was set back since the text was
    /// written: then requests count from now, and a hold is as long as CXone asked for.
    fn bring_up_to(&mut self, now_ms: u64) -> bool {
        let under_way = std::mem::take(&mut self.under_way).min(1_000);
        self.ended.extend(std::iter::repeat_n(now_ms, under_way));
        let mut is_set_back = false;
        let mut no_later_than = |end: &mut u64, latest: u64, instead: u64| {
            if *end > latest + TOLERANCE_MS {
                *end = instead;
                is_set_back = true;
            }
        };
        for end in &mut self.ended {
            no_later_than(end, now_ms + ms(LONGEST_REQUEST), now_ms);
        }
        // Of a process that may run: it tells the truth within a few seconds.
        let ticket_end = ticket_end(now_ms);
        for end in self.processes.values_mut().flatten() {
            no_later_than(end, ticket_end, ticket_end);
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
        self.ended.retain(|end| counts(*end, now_ms));
        for entry in self.processes.values_mut() {
            entry.retain(|end| counts(*end, now_ms));
        }
        self.processes.retain(|_, entry| !entry.is_empty());
        is_set_back
    }
}

/// The latest possible end of a request whose ticket is taken now.
fn ticket_end(now_ms: u64) -> u64 {
    now_ms + ms(BLOCK) + ms(LONGEST_REQUEST)
}

fn counts(end: u64, now_ms: u64) -> bool {
    end + ms(WINDOW) > now_ms
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
