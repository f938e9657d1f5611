//! Schedules under paused time: requests that take as long as they like, holds, leavers,
//! and restarts in the middle of it.
//!
//! `QUEUEWALL_CASES` says how many schedules; the default is for every day.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use proptest::prelude::*;
use tokio::{task::JoinSet, time::Instant};

use super::memory_store::MemoryStore;
use crate::{
    budget::*,
    clock::{Clock, Moment},
};

/// A wall clock that goes with tokio's, which can be paused.
struct PausedClock {
    start: Instant,
    wall: SystemTime,
}

impl PausedClock {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            wall: UNIX_EPOCH + Duration::from_secs(1_767_607_200),
        })
    }
}

impl Clock for PausedClock {
    fn now(&self) -> Moment {
        let monotonic = Instant::now();
        Moment {
            monotonic,
            wall: self.wall + (monotonic - self.start),
            passed: monotonic - self.start,
        }
    }
}

#[derive(Clone, Debug)]
enum Event {
    /// A request that takes so long, and reaches CXone at this part of it.
    Request { takes_ms: u64, reaches_at: f64 },
    /// Somebody who leaves after so long, if it has not been his turn by then.
    Leaver { patience_ms: u64 },
    /// An answer that asks to be left alone for so long.
    Hold { ms: u64 },
    /// The process dies, and another is started.
    Crash,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        12 => (0u64..30_000, 0.0f64..=1.0)
            .prop_map(|(takes_ms, reaches_at)| Event::Request { takes_ms, reaches_at }),
        2 => (0u64..60_000).prop_map(|patience_ms| Event::Leaver { patience_ms }),
        1 => (0u64..120_000).prop_map(|ms| Event::Hold { ms }),
        2 => Just(Event::Crash),
    ]
}

/// What CXone sees.
#[derive(Default)]
struct Seen {
    arrivals: Vec<Instant>,
    /// Since when, and until when, nothing may be sent.
    holds: Vec<(Instant, Instant)>,
    /// When requests were sent.
    sent: Vec<Instant>,
}

/// One process: dropping it kills all that is under way.
struct Process {
    budget: Arc<RequestBudget>,
    tasks: JoinSet<()>,
}

impl Process {
    fn start(limit: usize, store: &MemoryStore, clock: &Arc<PausedClock>) -> Self {
        let ledger = Ledger::new(store.clone(), Arc::clone(clock) as Arc<dyn Clock>);
        Self {
            budget: Arc::new(RequestBudget::with_ledger(limit, ledger)),
            tasks: JoinSet::new(),
        }
    }

    /// Ends as a process does: nothing is dropped in good order.
    async fn crash(mut self) {
        // The file must not learn of permits that are dropped on the way out.
        if let Some(shared) = &self.budget.shared {
            shared.kill();
        }
        self.tasks.shutdown().await;
    }
}

async fn play(limit: usize, events: Vec<(u64, Event)>) -> Seen {
    let store = MemoryStore::default();
    let clock = PausedClock::new();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let mut process = Process::start(limit, &store, &clock);
    for (pause_ms, event) in events {
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        let (budget, seen) = (Arc::clone(&process.budget), Arc::clone(&seen));
        match event {
            Event::Request {
                takes_ms,
                reaches_at,
            } => {
                process.tasks.spawn(async move {
                    let permit = budget.acquire().await;
                    seen.lock().unwrap().sent.push(Instant::now());
                    let takes = Duration::from_millis(takes_ms);
                    let way = takes.mul_f64(reaches_at);
                    tokio::time::sleep(way).await;
                    seen.lock().unwrap().arrivals.push(Instant::now());
                    tokio::time::sleep(takes.saturating_sub(way)).await;
                    drop(permit);
                });
            }
            Event::Leaver { patience_ms } => {
                process.tasks.spawn(async move {
                    let patience = Duration::from_millis(patience_ms);
                    let turn = tokio::time::timeout(patience, budget.acquire()).await;
                    if turn.is_ok() {
                        let mut seen = seen.lock().unwrap();
                        seen.sent.push(Instant::now());
                        seen.arrivals.push(Instant::now());
                    }
                });
            }
            Event::Hold { ms } => {
                let (now, length) = (Instant::now(), Duration::from_millis(ms));
                budget.hold_off(length);
                seen.lock().unwrap().holds.push((now, now + length));
            }
            Event::Crash => {
                process.crash().await;
                process = Process::start(limit, &store, &clock);
            }
        }
    }
    while process.tasks.join_next().await.is_some() {}
    std::mem::take(&mut seen.lock().unwrap())
}

fn paused() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap()
}

fn cases() -> u32 {
    let cases = std::env::var("QUEUEWALL_CASES");
    cases.map_or(64, |cases| cases.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn budget_and_hold_are_kept_across_crashes(
        limit in 1usize..12,
        events in prop::collection::vec((0u64..15_000, event()), 1..80),
    ) {
        let mut seen = paused().block_on(play(limit, events));
        seen.arrivals.sort();
        for window in seen.arrivals.windows(limit + 1) {
            prop_assert!(window[limit] - window[0] >= WINDOW, "{:?}", window[limit] - window[0]);
        }
        for (from, until) in seen.holds {
            let inside = seen.sent.iter().find(|at| (from..until).contains(at));
            // In the same instant a request may have gone before the hold came.
            prop_assert!(inside.is_none_or(|at| *at == from));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_starts_in_a_minute_spend_one_budget() {
    let limit = 10;
    let crash = |_| (590, Event::Crash);
    let events = (0..100).flat_map(|start| {
        let request = |_| {
            let takes_ms = 100;
            (
                0,
                Event::Request {
                    takes_ms,
                    reaches_at: 0.5,
                },
            )
        };
        // Each start asks as one that signs in and reads at once.
        (0..4)
            .map(request)
            .chain([crash(start)])
            .collect::<Vec<_>>()
    });
    let seen = play(limit, events.collect()).await;
    let first = seen.arrivals[0];
    let in_the_first_minute = seen.arrivals.iter().filter(|at| **at - first < WINDOW);
    assert_eq!(in_the_first_minute.count(), limit, "all of it, and no more");
}

#[tokio::test(start_paused = true)]
async fn a_hold_outlives_a_restart() {
    let store = MemoryStore::default();
    let clock = PausedClock::new();
    let process = Process::start(5, &store, &clock);
    process.budget.hold_off(Duration::from_secs(100));
    tokio::time::sleep(Duration::from_secs(30)).await;
    process.crash().await;
    let (process, start) = (Process::start(5, &store, &clock), Instant::now());
    drop(process.budget.acquire().await);
    assert!(start.elapsed() >= Duration::from_secs(70));
    assert!(start.elapsed() < Duration::from_millis(70_100));
}

#[tokio::test(start_paused = true)]
async fn restart_after_clean_shutdown_waits_only_for_the_last_minute() {
    let store = MemoryStore::default();
    let clock = PausedClock::new();
    let process = Process::start(2, &store, &clock);
    drop(process.budget.acquire().await);
    tokio::time::sleep(Duration::from_secs(45)).await;
    drop(process.budget.acquire().await);
    drop(process);
    let (process, start) = (Process::start(2, &store, &clock), Instant::now());
    drop(process.budget.acquire().await);
    assert!(start.elapsed() >= Duration::from_secs(15));
    assert!(start.elapsed() < Duration::from_secs(16), "and no minute");
}

/// A command beside the server.
fn command(limit: usize, store: &MemoryStore, clock: &Arc<PausedClock>) -> Arc<RequestBudget> {
    let ledger = Ledger::new(store.clone(), Arc::clone(clock) as Arc<dyn Clock>);
    Arc::new(RequestBudget::leaving_one_free(limit, ledger))
}

#[tokio::test(start_paused = true)]
async fn commands_share_the_servers_budget_and_leave_one_permit() {
    let store = MemoryStore::default();
    let clock = PausedClock::new();
    let mut process = Process::start(10, &store, &clock);
    let sent = Arc::new(Mutex::new(Vec::new()));
    drop(process.budget.acquire().await);
    sent.lock().unwrap().push(Instant::now());
    for _ in 0..10 {
        let (budget, sent) = (command(10, &store, &clock), Arc::clone(&sent));
        process.tasks.spawn(async move {
            for _ in 0..2 {
                let permit = budget.acquire().await;
                sent.lock().unwrap().push(Instant::now());
                tokio::time::sleep(Duration::from_millis(100)).await;
                drop(permit);
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(sent.lock().unwrap().len(), 9, "one is left");
    let start = Instant::now();
    drop(process.budget.acquire().await);
    sent.lock().unwrap().push(Instant::now());
    assert!(start.elapsed() < Duration::from_secs(1), "the server's");
    assert!(process.budget.used() >= 10);
    while process.tasks.join_next().await.is_some() {}
    let mut sent = std::mem::take(&mut *sent.lock().unwrap());
    sent.sort();
    assert_eq!(sent.len(), 22);
    for window in sent.windows(11) {
        assert!(window[10] - window[0] >= WINDOW);
    }
}

#[tokio::test(start_paused = true)]
async fn failing_store_delays_server_by_a_minute_but_not_commands() {
    let store = MemoryStore {
        fails: true,
        ..MemoryStore::default()
    };
    let clock = PausedClock::new();
    let start = Instant::now();
    drop(command(3, &store, &clock).acquire().await);
    assert!(start.elapsed() < Duration::from_secs(1));
    let process = Process::start(3, &store, &clock);
    drop(process.budget.acquire().await);
    assert!(start.elapsed() >= WINDOW);
    let start = Instant::now();
    drop(process.budget.acquire().await);
    assert!(start.elapsed() < Duration::from_secs(1), "once");
}

#[tokio::test(start_paused = true)]
async fn command_sends_nothing_when_its_store_refuses() {
    let store = MemoryStore {
        fails: true,
        refusal: Some("a server runs"),
        ..MemoryStore::default()
    };
    let clock = PausedClock::new();
    let command = command(3, &store, &clock);
    let refused = tokio::select! {
        _permit = command.acquire() => panic!("a request passes"),
        why = command.refused() => why,
    };
    assert_eq!(refused, "a server runs: no disk");
    assert_eq!(command.spent(), 0);
}
