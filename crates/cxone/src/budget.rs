//! The request budget: at most so many requests to CXone in *any* sliding minute, and none
//! before a `Retry-After` has passed.
//!
//! A slot counts from the moment its request ends, not from when it began: the
//! request reaches CXone somewhere in between, so however the network delays
//! it, CXone never sees more than the budget in any sixty seconds.
//!
//! A budget [with a ledger](RequestBudget::with_ledger) is shared with all other processes on
//! the same [`LedgerStore`], and holds over restarts.
//!
//! - `ledger`: what is written there
//! - `pool`: what this process has of it in hand
//! - `shared`: the task that asks the ledger

mod ledger;
mod pool;
mod shared;

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

pub use ledger::{Ledger, LedgerChange, LedgerError, LedgerStore, StoreError};
use shared::{Grant, Shared};

use crate::Error;

/// The length of the sliding window.
pub const WINDOW: Duration = Duration::from_secs(60);

/// At most `limit` requests in any [`WINDOW`], first come, first served.
pub struct RequestBudget {
    limit: usize,
    slots: Semaphore,
    state: Mutex<State>,
    shared: Option<Shared>,
    /// Requests that wait for a slot.
    waiting: AtomicUsize,
}

struct State {
    /// For every slot not taken: when it may be used again.
    free_from: BinaryHeap<Reverse<Instant>>,
    /// Nothing is sent before this.
    hold_until: Instant,
    spent: u64,
}

/// A permit to send one request. Keep it until the answer is read; dropping it
/// starts the minute after which its slot is free again.
pub struct Permit<'a> {
    budget: &'a RequestBudget,
    _slot: SemaphorePermit<'a>,
    /// Set while waiting: the request was never sent, the slot is given back as it was.
    unused_since: Option<Instant>,
    /// By which the ledger's pool knows it.
    number: Option<u64>,
}

impl RequestBudget {
    /// A budget of `limit` requests in any minute; a limit of 0 is taken as 1. It knows
    /// of no minute before, and of no other process.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        let limit = limit.max(1);
        let now = Instant::now();
        Self {
            limit,
            slots: Semaphore::new(limit),
            state: Mutex::new(State {
                free_from: std::iter::repeat_n(Reverse(now), limit).collect(),
                hold_until: now,
                spent: 0,
            }),
            shared: None,
            waiting: AtomicUsize::new(0),
        }
    }

    /// A budget shared by `ledger`, for a process that keeps running. Where the ledger cannot be
    /// used from the start, what was sent in the last minute is not known, and the first
    /// request waits for a minute.
    #[must_use]
    pub fn with_ledger(limit: usize, ledger: Ledger) -> Self {
        let budget = Self::new(limit);
        let shared = Shared::new(ledger, budget.limit, false);
        Self {
            shared: Some(shared),
            ..budget
        }
    }

    /// A budget shared by `ledger`, for a process that runs for a moment beside one that keeps
    /// running: it leaves that one a slot. Where the ledger cannot be used, it continues
    /// without, unless [`LedgerStore::refusal`] says why not: see [`refused`](Self::refused).
    #[must_use]
    pub fn leaving_one_free(limit: usize, ledger: Ledger) -> Self {
        let budget = Self::new(limit);
        let shared = Shared::new(ledger, budget.limit, true);
        Self {
            shared: Some(shared),
            ..budget
        }
    }

    /// Requests allowed in any minute.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Requests sent since the start.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.state().spent
    }

    /// Requests that still count against the minute, those under way among them; of all
    /// processes, as far as is known.
    #[must_use]
    pub fn used(&self) -> usize {
        let now = Instant::now();
        let state = self.state();
        let free = state.free_from.iter().filter(|free| free.0 <= now);
        let own = self.limit.saturating_sub(free.count());
        drop(state);
        let shared = self.shared.as_ref();
        own.max(shared.map_or(0, |shared| shared.pool(|pool| pool.used(now))))
    }

    /// Lets nothing pass for `duration` from now; a later end already set stays.
    pub fn hold_off(&self, duration: Duration) {
        let until = Instant::now() + duration;
        let mut state = self.state();
        state.hold_until = state.hold_until.max(until);
        drop(state);
        if let Some(shared) = &self.shared {
            shared.hold_off(duration);
        }
    }

    /// Whether a request waits for a slot.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// When the next request could pass: now, or the end of the wait.
    #[must_use]
    pub fn next_free(&self) -> Instant {
        let now = Instant::now();
        let state = self.state();
        let slot = (state.free_from.peek()).map_or_else(|| now + WINDOW, |free| free.0);
        let own = slot.max(state.hold_until).max(now);
        drop(state);
        let shared = self.shared.as_ref();
        shared.map_or(own, |shared| shared.next_free().max(own))
    }

    /// Waits until no request passes any more, and says why: a command cannot share the
    /// budget of the server that runs.
    pub async fn refused(&self) -> String {
        match &self.shared {
            Some(shared) => shared.refused().await,
            None => std::future::pending().await,
        }
    }

    /// Waits for a slot, for ever once [`refused`](Self::refused). A dropped wait costs
    /// nothing.
    pub async fn acquire(&self) -> Permit<'_> {
        loop {
            if let Ok(permit) = self.acquire_unless_lost().await {
                return permit;
            }
            match &self.shared {
                Some(shared) => shared.changed().await,
                None => std::future::pending().await,
            }
        }
    }

    /// [`acquire`](Self::acquire), which ends where nothing may be sent without the ledger.
    ///
    /// # Errors
    /// [`Error::LedgerLost`] while the ledger fails, [other machines share
    /// it](LedgerStore::is_shared_by_machines), and there is no ticket in hand.
    pub async fn acquire_unless_lost(&self) -> Result<Permit<'_>, Error> {
        let _waiting = Waiting::new(&self.waiting);
        #[expect(
            clippy::expect_used,
            reason = "the semaphore is private and never closed"
        )]
        let slot = self.slots.acquire().await.expect("an open semaphore");
        let free_from = self.state().take_slot();
        let mut permit = Permit {
            budget: self,
            _slot: slot,
            unused_since: Some(free_from),
            number: None,
        };
        loop {
            let until = free_from.max(self.state().hold_until);
            if until > Instant::now() {
                // Asked again afterwards: a hold may have begun meanwhile.
                sleep_until(until).await;
                continue;
            }
            let Some(shared) = &self.shared else {
                break;
            };
            // Before it is sent: another process, and whatever comes after a crash, knows
            // of it.
            match shared.acquire().await {
                Grant::Now(number) => {
                    permit.number = Some(number);
                    break;
                }
                Grant::Again => {}
                Grant::Lost(lost) => return Err(lost),
            }
        }
        permit.unused_since = None;
        self.state().spent += 1;
        Ok(permit)
    }

    /// Tells the ledger what was sent, and gives back what was not. Nothing passes any more.
    pub async fn close(&self) {
        if let Some(shared) = &self.shared {
            shared.close().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is a single step, so a panic elsewhere leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a wait while it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl State {
    /// The slot that is free first, for somebody who waits for it.
    fn take_slot(&mut self) -> Instant {
        let free = self.free_from.pop();
        free.map_or_else(Instant::now, |free| free.0)
    }
}

impl fmt::Debug for RequestBudget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RequestBudget")
            .field("limit", &self.limit)
            .field("spent", &self.spent())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Permit")
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        if let Some(free_from) = self.unused_since {
            state.free_from.push(Reverse(free_from));
            return;
        }
        state.free_from.push(Reverse(Instant::now() + WINDOW));
        drop(state);
        if let (Some(number), Some(shared)) = (self.number, &self.budget.shared) {
            shared.ended(number);
        }
    }
}

#[cfg(test)]
mod tests {
    pub(super) mod memory_store;
    mod schedules;

    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;

    async fn elapsed_of(budget: &RequestBudget) -> Duration {
        let start = Instant::now();
        drop(budget.acquire().await);
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn the_place_is_free_a_minute_after_the_answer() {
        let budget = RequestBudget::new(1);
        let permit = budget.acquire().await;
        tokio::time::advance(Duration::from_secs(7)).await;
        drop(permit);
        assert!(elapsed_of(&budget).await >= WINDOW);
        assert_eq!(budget.spent(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn request_counts_from_start_until_one_minute_after_end() {
        let budget = RequestBudget::new(3);
        assert_eq!(budget.used(), 0);
        let permit = budget.acquire().await;
        assert_eq!(budget.used(), 1);
        tokio::time::advance(WINDOW * 2).await;
        drop(permit);
        assert_eq!(budget.used(), 1);
        tokio::time::advance(WINDOW).await;
        assert_eq!(budget.used(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_wait_costs_nothing() {
        let budget = RequestBudget::new(1);
        drop(budget.acquire().await);
        let waited = tokio::time::timeout(Duration::from_secs(30), budget.acquire()).await;
        assert!(waited.is_err());
        assert!(elapsed_of(&budget).await <= Duration::from_millis(30_010));
        assert_eq!(budget.spent(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_place_is_free_when_it_can_be_known_to_be() {
        let budget = RequestBudget::new(2);
        let now = Instant::now();
        assert_eq!((budget.limit(), budget.next_free()), (2, now));
        let _first = budget.acquire().await;
        assert_eq!(budget.next_free(), now, "there is another");
        let _second = budget.acquire().await;
        assert_eq!(budget.next_free(), now + WINDOW, "both are under way");
        budget.hold_off(WINDOW * 2);
        assert_eq!(budget.next_free(), now + WINDOW * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_passes_a_hold_even_one_that_begins_during_the_wait() {
        let budget = Arc::new(RequestBudget::new(5));
        budget.hold_off(Duration::from_secs(10));
        let waiting = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { elapsed_of(&budget).await }
        });
        tokio::time::sleep(Duration::from_secs(5)).await;
        budget.hold_off(Duration::from_secs(100));
        budget.hold_off(Duration::from_secs(1));
        assert!(waiting.await.unwrap() >= Duration::from_secs(105));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_minute_ever_sees_more_than_the_budget(
            limit in 1usize..12,
            requests in prop::collection::vec((0u64..20_000, 0u64..30_000, 0.0f64..=1.0), 1..80),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time().start_paused(true).build().unwrap();
            let mut arrivals = runtime.block_on(async {
                let budget = Arc::new(RequestBudget::new(limit));
                let mut tasks = Vec::new();
                for (pause, takes, reaches_at) in requests {
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                    let budget = Arc::clone(&budget);
                    tasks.push(tokio::spawn(async move {
                        let permit = budget.acquire().await;
                        // CXone sees the request somewhere between sending and answer.
                        let way = Duration::from_millis(takes).mul_f64(reaches_at);
                        tokio::time::sleep(way).await;
                        let arrival = Instant::now();
                        tokio::time::sleep(Duration::from_millis(takes).saturating_sub(way)).await;
                        drop(permit);
                        arrival
                    }));
                }
                let mut arrivals = Vec::new();
                for task in tasks {
                    arrivals.push(task.await.unwrap());
                }
                arrivals
            });
            arrivals.sort();
            for window in arrivals.windows(limit + 1) {
                prop_assert!(window[limit] - window[0] >= WINDOW);
            }
        }
    }
}
