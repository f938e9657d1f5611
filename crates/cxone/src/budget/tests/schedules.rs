//! Schedules under paused time: requests that take as long as they like, holds, leavers,
//! and restarts in the middle of it; several processes, and a store that is slow or fails.
//!
//! `QUEUEWALL_CASES` says how many schedules; the default is for every day.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use proptest::prelude::*;
use tokio::{
    task::JoinSet,
    time::{Instant, advance, sleep, timeout},
};

use super::memory_store::MemoryStore;
use crate::{
    budget::*,
    clock::{Clock, Moment, SystemClock},
};

fn ledger(store: &MemoryStore) -> Ledger {
    Ledger::new(store.clone(), Arc::new(SystemClock))
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
    fn start(limit: usize, store: &MemoryStore) -> Self {
        Self {
            budget: Arc::new(RequestBudget::with_ledger(limit, ledger(store))),
            tasks: JoinSet::new(),
        }
    }

    /// Sends a request that takes so long, and reaches CXone at this part of it.
    fn send(&mut self, takes_ms: u64, reaches_at: f64, seen: &Arc<Mutex<Seen>>) {
        let (budget, seen) = (Arc::clone(&self.budget), Arc::clone(seen));
        self.tasks.spawn(async move {
            let permit = budget.acquire().await;
            seen.lock().unwrap().sent.push(Instant::now());
            let takes = Duration::from_millis(takes_ms);
            let way = takes.mul_f64(reaches_at);
            sleep(way).await;
            seen.lock().unwrap().arrivals.push(Instant::now());
            sleep(takes.saturating_sub(way)).await;
            drop(permit);
        });
    }

    /// Somebody who leaves after so long.
    fn send_with_patience(&mut self, patience_ms: u64, seen: &Arc<Mutex<Seen>>) {
        let (budget, seen) = (Arc::clone(&self.budget), Arc::clone(seen));
        self.tasks.spawn(async move {
            let patience = Duration::from_millis(patience_ms);
            if timeout(patience, budget.acquire()).await.is_ok() {
                let mut seen = seen.lock().unwrap();
                seen.sent.push(Instant::now());
                seen.arrivals.push(Instant::now());
            }
        });
    }

    /// Ends as a process does: nothing is dropped in good order.
    async fn crash(mut self) {
        // The ledger must not learn of permits that are dropped on the way out.
        if let Some(shared) = &self.budget.shared {
            shared.kill();
        }
        self.tasks.shutdown().await;
    }
}

async fn play(limit: usize, events: Vec<(u64, Event)>) -> Seen {
    let store = MemoryStore::default();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let mut process = Process::start(limit, &store);
    for (pause_ms, event) in events {
        sleep(Duration::from_millis(pause_ms)).await;
        match event {
            Event::Request {
                takes_ms,
                reaches_at,
            } => process.send(takes_ms, reaches_at, &seen),
            Event::Leaver { patience_ms } => process.send_with_patience(patience_ms, &seen),
            Event::Hold { ms } => {
                let (now, length) = (Instant::now(), Duration::from_millis(ms));
                process.budget.hold_off(length);
                seen.lock().unwrap().holds.push((now, now + length));
                // It is written down at once, by another task.
                sleep(Duration::from_millis(1)).await;
            }
            Event::Crash => {
                process.crash().await;
                process = Process::start(limit, &store);
            }
        }
    }
    while process.tasks.join_next().await.is_some() {}
    std::mem::take(&mut seen.lock().unwrap())
}

/// The time from one arrival to the one that is a budget later, at the shortest.
fn shortest_window(limit: usize, seen: &mut Seen) -> Duration {
    seen.arrivals.sort();
    let windows = seen.arrivals.windows(limit + 1);
    let shortest = windows.map(|window| window[limit] - window[0]).min();
    shortest.unwrap_or(WINDOW)
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
        prop_assert!(shortest_window(limit, &mut seen) >= WINDOW);
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
    let process = Process::start(5, &store);
    process.budget.hold_off(Duration::from_secs(100));
    sleep(Duration::from_secs(30)).await;
    process.crash().await;
    let (process, start) = (Process::start(5, &store), Instant::now());
    drop(process.budget.acquire().await);
    assert!(start.elapsed() >= Duration::from_secs(70));
    assert!(start.elapsed() < Duration::from_millis(70_100));
}

#[tokio::test(start_paused = true)]
async fn restart_after_clean_shutdown_waits_only_for_the_last_minute() {
    let store = MemoryStore::default();
    let process = Process::start(2, &store);
    drop(process.budget.acquire().await);
    sleep(Duration::from_secs(45)).await;
    drop(process.budget.acquire().await);
    process.budget.close().await;
    let (process, start) = (Process::start(2, &store), Instant::now());
    drop(process.budget.acquire().await);
    assert!(start.elapsed() >= Duration::from_secs(15));
    assert!(start.elapsed() < Duration::from_secs(16), "and no minute");
}

/// A command beside the server.
fn command(limit: usize, store: &MemoryStore) -> Arc<RequestBudget> {
    Arc::new(RequestBudget::leaving_one_free(limit, ledger(store)))
}

#[tokio::test(start_paused = true)]
async fn commands_share_the_servers_budget_and_leave_one_permit() {
    let store = MemoryStore::default();
    let mut process = Process::start(10, &store);
    let sent = Arc::new(Mutex::new(Vec::new()));
    drop(process.budget.acquire().await);
    sent.lock().unwrap().push(Instant::now());
    for _ in 0..10 {
        let (budget, sent) = (command(10, &store), Arc::clone(&sent));
        process.tasks.spawn(async move {
            for _ in 0..2 {
                let permit = budget.acquire().await;
                sent.lock().unwrap().push(Instant::now());
                sleep(Duration::from_millis(100)).await;
                drop(permit);
            }
            budget.close().await;
        });
    }
    sleep(Duration::from_secs(5)).await;
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
    let store = MemoryStore::default();
    store.fail(true);
    let start = Instant::now();
    drop(command(3, &store).acquire().await);
    assert!(start.elapsed() < Duration::from_secs(1));
    let process = Process::start(3, &store);
    drop(process.budget.acquire().await);
    assert!(start.elapsed() >= WINDOW);
    let start = Instant::now();
    drop(process.budget.acquire().await);
    assert!(start.elapsed() < Duration::from_secs(1), "once");
}

#[tokio::test(start_paused = true)]
async fn command_sends_nothing_when_its_store_refuses() {
    let store = MemoryStore {
        refusal: Some("a server runs"),
        ..MemoryStore::default()
    };
    store.fail(true);
    let command = command(3, &store);
    let refused = tokio::select! {
        _permit = command.acquire() => panic!("a request passes"),
        why = command.refused() => why,
    };
    assert_eq!(refused, "a server runs: no disk");
    assert_eq!(command.spent(), 0);
}

#[derive(Clone, Debug)]
enum Fault {
    /// A request of one of the processes.
    Request {
        process: usize,
        takes_ms: u64,
        reaches_at: f64,
    },
    Leaver {
        process: usize,
        patience_ms: u64,
    },
    /// A process dies, and another is started.
    Crash(usize),
    /// A process ends, and another is started.
    Stop(usize),
    SetClockBack(i64),
    /// The next updates take so long, before and after the change.
    Slow(Vec<(u64, u64)>),
    /// A process reaches the store no more, or again.
    Partition(usize, bool),
    /// Many requests at once, which take no time.
    Burst(usize),
}

const PROCESSES: usize = 3;

fn fault() -> impl Strategy<Value = Fault> {
    let process = 0..PROCESSES;
    let delay = || prop_oneof![3 => 0..200_u64, 1 => 0..4_000_u64];
    prop_oneof![
        30 => (process.clone(), 0u64..30_000, 0.0f64..=1.0)
            .prop_map(|(process, takes_ms, reaches_at)| Fault::Request { process, takes_ms, reaches_at }),
        4 => (process.clone(), 0u64..60_000)
            .prop_map(|(process, patience_ms)| Fault::Leaver { process, patience_ms }),
        2 => process.clone().prop_map(Fault::Crash),
        1 => process.clone().prop_map(Fault::Stop),
        1 => (0..200_000_i64).prop_map(Fault::SetClockBack),
        3 => prop::collection::vec((delay(), delay()), 1..10).prop_map(Fault::Slow),
        4 => (process.clone(), any::<bool>())
            .prop_map(|(process, is_cut)| Fault::Partition(process, is_cut)),
        3 => process.prop_map(Fault::Burst),
    ]
}

async fn play_faults(limit: usize, faults: Vec<(u64, Fault)>) -> Seen {
    let store = MemoryStore {
        refusal: Some("others may run"),
        is_shared_by_machines: true,
        ..MemoryStore::default()
    };
    // One text, which each process may reach or not.
    let stores: Vec<_> = (0..PROCESSES).map(|_| store.apart()).collect();
    // The last one is a command.
    let start = |process: usize| match process + 1 == PROCESSES {
        true => Process {
            budget: command(limit, &stores[process]),
            tasks: JoinSet::new(),
        },
        false => Process::start(limit, &stores[process]),
    };
    let mut processes: Vec<_> = (0..PROCESSES).map(start).collect();
    let seen = Arc::new(Mutex::new(Seen::default()));
    for (pause_ms, fault) in faults {
        sleep(Duration::from_millis(pause_ms)).await;
        match fault {
            Fault::Request {
                process,
                takes_ms,
                reaches_at,
            } => processes[process].send(takes_ms, reaches_at, &seen),
            Fault::Leaver {
                process,
                patience_ms,
            } => processes[process].send_with_patience(patience_ms, &seen),
            Fault::Crash(process) => {
                let crashed = std::mem::replace(&mut processes[process], start(process));
                crashed.crash().await;
            }
            Fault::Stop(process) => {
                let stopped = std::mem::replace(&mut processes[process], start(process));
                stopped.budget.close().await;
                stopped.crash().await;
            }
            Fault::SetClockBack(by_ms) => store.set_clock(-by_ms),
            Fault::Slow(delays) => *store.delays_ms.lock().unwrap() = delays,
            Fault::Partition(process, is_cut) => stores[process].fail(is_cut),
            Fault::Burst(process) => {
                (0..limit).for_each(|_| processes[process].send(0, 0.0, &seen));
            }
        }
    }
    stores.iter().for_each(|store| store.fail(false));
    sleep(WINDOW * 5).await;
    for process in processes {
        process.crash().await;
    }
    std::mem::take(&mut seen.lock().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn budget_is_kept_by_several_processes_with_a_faulty_store(
        limit in 1usize..24,
        faults in prop::collection::vec((0u64..8_000, fault()), 1..150),
    ) {
        let mut seen = paused().block_on(play_faults(limit, faults));
        let shortest = shortest_window(limit, &mut seen);
        prop_assert!(shortest >= WINDOW, "{shortest:?}");
    }
}

/// How many requests a server sends in ten minutes that sends as many as it may.
async fn throughput(budget: RequestBudget, takes: Duration) -> usize {
    let budget = Arc::new(budget);
    let mut tasks = JoinSet::new();
    for _ in 0..3 {
        let budget = Arc::clone(&budget);
        tasks.spawn(async move {
            loop {
                let permit = budget.acquire().await;
                sleep(takes).await;
                drop(permit);
            }
        });
    }
    sleep(WINDOW * 10).await;
    usize::try_from(budget.spent()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn server_with_a_ledger_sends_as_much_as_one_without() {
    for limit in [1, 2, 3, 4, 10, 60, 300] {
        for takes_ms in [100, 5_000] {
            let takes = Duration::from_millis(takes_ms);
            let alone = throughput(RequestBudget::new(limit), takes).await;
            let store = MemoryStore::default();
            *store.delays_ms.lock().unwrap() = vec![(20, 20); 10_000];
            let shared = throughput(RequestBudget::with_ledger(limit, ledger(&store)), takes).await;
            assert!(
                shared * 100 >= alone * 95,
                "{limit} a minute, {takes_ms} ms: {shared} of {alone}"
            );
        }
    }
}

/// A server that has tickets in hand.
async fn with_tickets(store: &MemoryStore) -> Process {
    let process = Process::start(20, store);
    for _ in 0..4 {
        drop(process.budget.acquire().await);
    }
    sleep(Duration::from_secs(6)).await;
    process
}

fn hang(store: &MemoryStore) {
    *store.delays_ms.lock().unwrap() = vec![(3_600_000, 0); 1_000];
}

#[tokio::test(start_paused = true)]
async fn request_with_a_ticket_is_sent_while_the_store_hangs() {
    let store = MemoryStore::default();
    let process = with_tickets(&store).await;
    hang(&store);
    let start = Instant::now();
    assert_eq!(process.budget.next_free(), start);
    for _ in 0..2 {
        drop(process.budget.acquire().await);
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    // Without one it is asked for, for a moment.
    drop(process.budget.acquire().await);
    assert!(start.elapsed() > Duration::ZERO && start.elapsed() < Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn server_with_a_store_that_others_share_stops_without_it() {
    let store = MemoryStore {
        is_shared_by_machines: true,
        ..MemoryStore::default()
    };
    let process = with_tickets(&store).await;
    hang(&store);
    sleep(Duration::from_secs(8)).await;
    drop(process.budget.acquire_unless_lost().await.unwrap());
    // A ticket is left, whose time is over.
    sleep(Duration::from_secs(8)).await;
    let lost = process.budget.acquire_unless_lost().await.unwrap_err();
    assert_eq!(
        lost.to_string(),
        "the request ledger cannot be used (it does not answer), so nothing is sent to CXone"
    );
    assert_eq!(process.budget.next_free(), Instant::now(), "to say so");
    assert!(timeout(WINDOW, process.budget.acquire()).await.is_err());
    store.delays_ms.lock().unwrap().clear();
    let start = Instant::now();
    drop(process.budget.acquire_unless_lost().await.or(Err(())));
    drop(process.budget.acquire().await);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn requests_sent_without_the_store_are_written_when_it_is_back() {
    let store = MemoryStore::default();
    let process = with_tickets(&store).await;
    store.fail(true);
    for _ in 0..16 {
        drop(process.budget.acquire().await);
    }
    store.fail(false);
    sleep(Duration::from_secs(5)).await;
    process.crash().await;
    let (process, start) = (Process::start(20, &store), Instant::now());
    drop(process.budget.acquire().await);
    assert!(
        start.elapsed() > Duration::from_secs(40),
        "the budget is spent"
    );
}

#[tokio::test(start_paused = true)]
async fn request_of_a_late_ticket_counts_where_its_process_is_cut_off() {
    const LIMIT: usize = 20;
    let store = MemoryStore {
        is_shared_by_machines: true,
        ..MemoryStore::default()
    };
    let seen = Arc::new(Mutex::new(Seen::default()));
    let cut_off = store.apart();
    let mut process = with_tickets(&cut_off).await;
    cut_off.fail(true);
    sleep(Duration::from_millis(13_900)).await;
    // As late as can be, and as slow.
    process.send(30_000, 1.0, &seen);
    sleep(Duration::from_millis(1)).await;
    assert_eq!(seen.lock().unwrap().sent.len(), 1, "it had a ticket");
    let mut other = Process::start(LIMIT, &store);
    for _ in 0..LIMIT * 3 {
        other.send(0, 0.0, &seen);
    }
    sleep(WINDOW * 3).await;
    let mut seen = std::mem::take(&mut *seen.lock().unwrap());
    assert!(seen.arrivals.len() > LIMIT * 2);
    assert!(shortest_window(LIMIT, &mut seen) >= WINDOW);
}

/// The clock of a machine that slept for so long, while its monotonic clock stood still.
#[derive(Clone, Default)]
struct Slept(Arc<Mutex<Duration>>);

impl Clock for Slept {
    fn now(&self) -> Moment {
        Moment {
            passed: *self.0.lock().unwrap(),
            ..SystemClock.now()
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tickets_are_used_no_more_after_the_machine_slept() {
    let store = MemoryStore {
        is_shared_by_machines: true,
        ..MemoryStore::default()
    };
    let clock = Slept::default();
    let ledger = Ledger::new(store.clone(), Arc::new(clock.clone()));
    let budget = RequestBudget::with_ledger(20, ledger);
    drop(budget.acquire().await);
    sleep(Duration::from_secs(6)).await;
    store.fail(true);
    drop(budget.acquire().await);
    *clock.0.lock().unwrap() += Duration::from_secs(20);
    advance(Duration::from_millis(1)).await;
    assert!(budget.acquire_unless_lost().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn idle_server_has_no_ticket_in_hand() {
    for limit in [1, 2, 3, 4, 10, 60] {
        let store = MemoryStore::default();
        let process = Process::start(limit, &store);
        sleep(WINDOW).await;
        // While it sends much, it has more in hand.
        for _ in 0..limit.min(12) {
            drop(process.budget.acquire().await);
        }
        sleep(WINDOW * 2).await;
        let (command, start) = (command(limit, &store), Instant::now());
        let in_hand = process
            .budget
            .shared
            .as_ref()
            .unwrap()
            .pool(|pool| pool.in_hand());
        assert_eq!(in_hand, 0, "{limit}");
        for _ in usize::from(limit > 2)..limit {
            drop(command.acquire().await);
        }
        assert!(start.elapsed() < Duration::from_secs(1), "{limit}");
    }
}
