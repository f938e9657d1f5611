//! The one gate through which every request to CXone passes: at most so many in
//! *any* sliding minute, and none before a `Retry-After` has run out.
//!
//! A slot counts from the moment its request ends, not from when it began: the
//! request reaches CXone somewhere in between, so however the network delays
//! it, CXone never sees more than the budget in any sixty seconds.
//!
//! A budget [with a ledger](RequestBudget::resuming) holds over restarts too: `ledger`
//! says how.

mod ledger;
#[cfg(test)]
mod schedules;

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::metrics::Calls;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

pub use ledger::Ledger;
use ledger::{Entries, Spent};

/// The length of the sliding window.
pub const WINDOW: Duration = Duration::from_secs(60);

/// At most `limit` requests in any [`WINDOW`], first come, first served.
#[derive(Debug)]
pub struct RequestBudget {
    limit: usize,
    places: Semaphore,
    state: Mutex<State>,
    calls: Calls,
}

struct State {
    /// For every place not taken: when it may be used again.
    free_from: BinaryHeap<Reverse<Instant>>,
    /// Nothing is sent before this.
    hold_until: Instant,
    spent: u64,
    /// The same for every place that somebody waits for.
    awaited: Vec<Instant>,
    /// Requests that are sent and have not ended.
    under_way: usize,
    ledger: Option<Ledger>,
}

/// Leave to send one request. Keep it until the answer is read; dropping it
/// starts the minute after which its place is free again.
#[derive(Debug)]
pub struct Permit<'a> {
    budget: &'a RequestBudget,
    _place: SemaphorePermit<'a>,
    /// Set while waiting: the request was never sent, the place is given back as it was.
    unused_since: Option<Instant>,
}

impl RequestBudget {
    /// A budget of `limit` requests in any minute; a limit of 0 is taken as 1. It knows
    /// of no minute before.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self::with(limit.max(1), Spent::default(), None)
    }

    /// The same, less what `ledger` says was spent before, and noted down in it.
    #[must_use]
    pub fn resuming(limit: usize, mut ledger: Ledger) -> Self {
        let limit = limit.max(1);
        let spent = ledger.open(limit);
        Self::with(limit, spent, Some(ledger))
    }

    fn with(limit: usize, spent: Spent, ledger: Option<Ledger>) -> Self {
        let now = Instant::now();
        let taken = spent.places.into_iter().map(|left| now + left);
        let free = std::iter::repeat(now);
        Self {
            limit,
            places: Semaphore::new(limit),
            state: Mutex::new(State {
                free_from: taken.chain(free).take(limit).map(Reverse).collect(),
                hold_until: now + spent.hold,
                spent: 0,
                awaited: Vec::new(),
                under_way: 0,
                ledger,
            }),
            calls: Calls::default(),
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

    /// Requests that still count against the minute, those under way among them.
    #[must_use]
    pub fn used(&self) -> usize {
        let now = Instant::now();
        let state = self.state();
        let free = state.free_from.iter().filter(|free| free.0 <= now);
        self.limit.saturating_sub(free.count())
    }

    /// What came of the requests that passed.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Lets nothing pass for `duration` from now; a later end already set stays.
    pub fn hold_off(&self, duration: Duration) {
        let until = Instant::now() + duration;
        let mut state = self.state();
        state.hold_until = state.hold_until.max(until);
        state.note();
    }

    /// When the next request could pass: now, or the end of the wait.
    #[must_use]
    pub fn next_free(&self) -> Instant {
        let state = self.state();
        let place = state
            .free_from
            .peek()
            .map_or_else(|| Instant::now() + WINDOW, |free| free.0);
        place.max(state.hold_until).max(Instant::now())
    }

    /// Waits for a place. A dropped wait costs nothing.
    pub async fn acquire(&self) -> Permit<'_> {
        #[expect(
            clippy::expect_used,
            reason = "the semaphore is private and never closed"
        )]
        let place = self.places.acquire().await.expect("an open semaphore");
        let free_from = self.state().take_place();
        let mut permit = Permit {
            budget: self,
            _place: place,
            unused_since: Some(free_from),
        };
        loop {
            let until = free_from.max(self.state().hold_until);
            if until <= Instant::now() {
                break;
            }
            // Asked again afterwards: a hold may have begun meanwhile.
            sleep_until(until).await;
        }
        permit.unused_since = None;
        let mut state = self.state();
        state.leave_place(free_from);
        state.spent += 1;
        state.under_way += 1;
        // Before it is sent: whoever comes after a crash knows of it.
        state.note();
        drop(state);
        permit
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is a single step, so a panic elsewhere leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The place that is free first, for somebody who waits for it.
    fn take_place(&mut self) -> Instant {
        let free_from = self
            .free_from
            .pop()
            .map_or_else(Instant::now, |free| free.0);
        self.awaited.push(free_from);
        free_from
    }

    /// The wait for such a place is over.
    fn leave_place(&mut self, free_from: Instant) {
        let place = self.awaited.iter().position(|it| *it == free_from);
        if let Some(place) = place {
            self.awaited.swap_remove(place);
        }
    }

    /// Writes down how things stand, where there is a ledger.
    fn note(&mut self) {
        let Some(ledger) = &mut self.ledger else {
            return;
        };
        // Rounded up, both: never earlier than the truth.
        let (now, now_ms) = (Instant::now(), ledger.now_ms() + 1);
        let left_ms = |until: Instant| {
            let left = until.saturating_duration_since(now).as_micros();
            u64::try_from(left.div_ceil(1_000)).unwrap_or(u64::MAX)
        };
        let free_from = self.free_from.iter().map(|free| free.0);
        let taken = free_from.chain(self.awaited.iter().copied());
        ledger.write(&Entries {
            ended: taken
                .filter(|free_from| *free_from > now)
                .map(|free_from| now_ms + left_ms(free_from))
                .map(|free_from_ms| free_from_ms.saturating_sub(60_000))
                .collect(),
            under_way: self.under_way,
            hold_until: now_ms + left_ms(self.hold_until),
        });
    }
}

impl fmt::Debug for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("State")
            .field("spent", &self.spent)
            .field("under_way", &self.under_way)
            .finish_non_exhaustive()
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        if let Some(free_from) = self.unused_since {
            state.leave_place(free_from);
            state.free_from.push(Reverse(free_from));
            return;
        }
        state.free_from.push(Reverse(Instant::now() + WINDOW));
        state.under_way -= 1;
        state.note();
    }
}

#[cfg(test)]
mod tests {
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
    async fn a_request_is_used_from_its_start_until_a_minute_after_its_end() {
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
    async fn whoever_no_longer_waits_is_not_remembered() {
        let budget = RequestBudget::new(1);
        drop(budget.acquire().await);
        let patience = Duration::from_secs(30);
        let wait = tokio::time::timeout(patience, budget.acquire()).await;
        assert!(
            wait.is_err() && budget.state().awaited.is_empty(),
            "he left"
        );
        drop(budget.acquire().await);
        assert!(budget.state().awaited.is_empty(), "it was his turn");
    }

    #[tokio::test(start_paused = true)]
    async fn of_two_who_wait_the_one_who_leaves_is_forgotten() {
        let budget = Arc::new(RequestBudget::new(2));
        for _ in 0..2 {
            drop(budget.acquire().await);
            tokio::time::advance(Duration::from_secs(10)).await;
        }
        let start = Instant::now();
        let waits = || {
            let budget = Arc::clone(&budget);
            tokio::spawn(async move { drop(budget.acquire().await) })
        };
        let (first, second) = (waits(), waits());
        tokio::task::yield_now().await;
        first.abort();
        assert!(first.await.is_err());
        let left = budget.state().awaited.clone();
        assert_eq!(
            left,
            [start + Duration::from_secs(50)],
            "the place of the second"
        );
        second.await.unwrap();
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
