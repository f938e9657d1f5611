//! Each fault alone, and many in random order.

use std::{sync::Arc, time::Duration};

use futures_util::{
    StreamExt as _,
    future::{self, join_all},
    stream,
};
use queuewall_shared::snapshot::{Cause, Level, Queue, QueueState, UpstreamState};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use tokio::time::{Instant, sleep};

use crate::{
    bodies, clocks,
    fault::{Fault, Shows},
    shapes::Shape,
    statuses, tokens, transport,
    world::{GLANCE, INTERVAL, Spoken, View, World},
};

/// What is allowed beyond the fault's end, or the retry that was announced.
const ALLOWED: Duration = Duration::from_secs(10 + 5);

/// Until a fault shows: a poll, the longest that an answer may take, and a glance.
const WITHIN_ONE_POLL: Duration = Duration::from_secs(10 + 9 + 2);

/// How many faults share a runtime, and its brake.
const AT_ONCE: usize = 6;

/// How long a fault lasts: longer than a reading holds.
const LASTS: Duration = Duration::from_secs(33);

fn shown(shows: Shows, view: &View) -> bool {
    let (board, tiles) = (&view.board.upstream, &view.board.queues);
    let is = |tile: &Queue, state, cause| tile.state == state && tile.cause_code == cause;
    let all = |state, cause| tiles.iter().all(|tile| is(tile, state, cause));
    match shows {
        Shows::Nothing | Shows::Dip => view.is_well(),
        Shows::Cause(cause) => {
            board.state != UpstreamState::Ok
                && board.cause_code == Some(cause)
                && all(QueueState::Open, Some(cause))
        }
        Shows::Gone(state, cause, of_board) => {
            board.state == UpstreamState::Down
                && board.cause_code == Some(of_board)
                && all(state, Some(cause))
                && tiles.iter().all(|tile| tile.waiting.is_none())
        }
        Shows::LeftOut => all(QueueState::Open, Some(Cause::LeftOut)),
        Shows::First(state, cause) => {
            board.state == UpstreamState::Ok
                && is(&tiles[0], state, Some(cause))
                && tiles[1..]
                    .iter()
                    .all(|tile| is(tile, QueueState::Open, None))
        }
        Shows::Blank => {
            board.state == UpstreamState::Ok
                && all(QueueState::Open, None)
                && tiles.iter().all(|tile| tile.waiting.is_none())
        }
    }
}

/// What a fault that has lasted must have come to.
fn has_settled(shows: Shows, view: &View) -> bool {
    let board = &view.board.upstream;
    let is_down = |cause| board.state == UpstreamState::Down && board.cause_code == Some(cause);
    shown(shows, view)
        && match shows {
            Shows::Cause(cause) => is_down(cause) && view.board.totals.counted == 0,
            Shows::LeftOut => is_down(Cause::AllLeftOut),
            Shows::Blank => {
                let mut tiles = view.board.queues.iter();
                tiles.all(|tile| tile.level == Level::None && tile.reasons.is_empty())
            }
            _ => true,
        }
}

/// Looks until `is_so`; says when it was.
async fn look_until(
    world: &World,
    what: &str,
    deadline: Instant,
    is_so: impl Fn(&View) -> bool,
) -> Instant {
    loop {
        let view = world.look().await;
        if is_so(&view) {
            return view.at;
        }
        assert!(
            view.at < deadline,
            "{what}: not in time; {:?}, {:?}",
            view.board.upstream,
            view.board.queues[0]
        );
        sleep(GLANCE).await;
    }
}

/// Looks until every board is fresh after a fault that ended now.
async fn look_until_fresh(world: &World, what: &str, not_before: Instant) {
    let until_fresh = world.shapes().iter().map(|shape| {
        let what = format!("{what}, {shape:?}");
        async move { look_at_until_fresh(world, *shape, &what, not_before).await }
    });
    join_all(until_fresh).await;
}

/// The same of one board.
async fn look_at_until_fresh(world: &World, shape: Shape, what: &str, not_before: Instant) {
    let ended = Instant::now();
    let set = world.truth.set();
    let mut free = ended.max(not_before);
    loop {
        let view = world.look_at(shape).await;
        let tiles = view.board.queues.iter();
        let sets = tiles.map(|it| world.truth.set_of(shape, it));
        let is_new = sets.min().flatten().is_some_and(|shown| shown >= set);
        if view.is_well() && is_new {
            return;
        }
        // What it announces counts until that time has come.
        let has_tried = view.at > free && world.line.arrivals().iter().any(|at| *at > ended);
        if let (false, Some(next_try)) = (has_tried, view.next_try()) {
            free = free.max(next_try);
        }
        assert!(
            view.at <= free + ALLOWED,
            "{what}: not back in time; {:?}, {:?}",
            view.board.upstream,
            view.board.queues.first()
        );
        // Nothing happens while everybody waits for a retry that is far away.
        let is_idle = free > view.at + 3 * INTERVAL;
        sleep(if is_idle { INTERVAL } else { GLANCE }).await;
    }
}

async fn alone(spoken: Spoken, fault: &Fault) {
    let what = format!("{} in {spoken:?}", fault.name);
    let world = World::start(spoken, fault.is_encrypted).await;
    let soon = Instant::now() + WITHIN_ONE_POLL;
    look_until(&world, &what, soon, View::is_well).await;
    // Past the first, so that a poll comes by its turn.
    sleep(INTERVAL).await;
    look_until(&world, &what, soon + 2 * INTERVAL, View::is_well).await;

    (fault.begin)(&world);
    world.settle().await;
    let (began, shows) = (Instant::now(), fault.shows(spoken));
    let seen = look_until(&world, &what, began + WITHIN_ONE_POLL, |view| {
        shown(shows, view)
    })
    .await;
    let last = loop {
        let view = world.look().await;
        if shows == Shows::Nothing {
            assert!(view.is_well(), "{what}: {:?}", view.board);
        }
        if view.at > seen + LASTS {
            break view;
        }
        sleep(GLANCE).await;
    };
    assert!(has_settled(shows, &last), "{what}: {:?}", last.board);

    world.heal(fault.is_encrypted);
    look_until_fresh(&world, &what, seen + fault.retry).await;
    world.check_conduct();
}

/// Each in a separate world; `at_once` of them share a runtime.
async fn each_alone(mut faults: Vec<Fault>, at_once: usize) {
    if let Ok(only) = std::env::var("QUEUEWALL_FAULT") {
        faults.retain(|fault| fault.name.contains(&only));
    }
    let faults = faults.into_iter().map(Arc::new);
    let trials = faults.flat_map(|fault| Spoken::ALL.map(|spoken| (Arc::clone(&fault), spoken)));
    let trials = trials.map(|(fault, spoken)| async move {
        let what = format!("{} in {spoken:?}", fault.name);
        // A separate task: the others are still tried when it panics.
        let trial = tokio::spawn(async move { alone(spoken, &fault).await });
        trial.await.err().map(|_| what)
    });
    let outcomes = stream::iter(trials).buffer_unordered(at_once);
    let failed: Vec<_> = outcomes.filter_map(future::ready).collect().await;
    assert!(failed.is_empty(), "see above: {failed:#?}");
}

#[tokio::test(start_paused = true)]
async fn each_fault_of_the_network_is_said_and_survived() {
    each_alone(transport::faults(), AT_ONCE).await;
}

#[tokio::test(start_paused = true)]
async fn each_refusal_is_said_and_survived() {
    each_alone(statuses::faults(), AT_ONCE).await;
}

#[tokio::test(start_paused = true)]
async fn each_wrong_body_is_said_and_survived() {
    each_alone(bodies::faults(), AT_ONCE).await;
}

#[tokio::test(start_paused = true)]
async fn each_odd_token_is_said_and_survived() {
    each_alone(tokens::faults(), AT_ONCE).await;
}

#[tokio::test(start_paused = true)]
async fn each_jump_of_a_clock_is_survived() {
    // A jump of the runtime's clock is one for every world on it.
    each_alone(clocks::faults(), 1).await;
}

/// All faults.
fn every() -> Vec<Fault> {
    let families = [
        transport::faults(),
        statuses::faults(),
        bodies::faults(),
        tokens::faults(),
        clocks::faults(),
    ];
    families.into_iter().flatten().collect()
}

#[test]
fn faults_are_25_at_least_and_have_distinct_names() {
    let mut names: Vec<_> = every().iter().map(|fault| fault.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count >= 25, "{count}");
}

/// Faults in random order, one on top of the other as often as not.
async fn in_random_order(spoken: Spoken, is_encrypted: bool, seed: u64) {
    println!("{spoken:?}, encrypted: {is_encrypted}, QUEUEWALL_FAULT_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut faults = every();
    faults.retain(|fault| is_encrypted || !fault.is_encrypted);
    let world = World::start(spoken, is_encrypted).await;
    let (mut story, mut not_before) = (Vec::new(), Instant::now());
    for _ in 0..8 {
        let fault = &faults[random.random_range(0..faults.len())];
        story.push(fault.name);
        (fault.begin)(&world);
        world.settle().await;
        let ends = Instant::now() + Duration::from_secs(random.random_range(1..60));
        while Instant::now() < ends {
            world.look().await;
            sleep(GLANCE).await;
        }
        not_before = not_before.max(if fault.retry.is_zero() {
            ends
        } else {
            ends + fault.retry
        });
        if random.random_bool(0.5) {
            world.heal(is_encrypted);
            sleep(Duration::from_secs(random.random_range(0..30))).await;
        }
    }
    world.heal(is_encrypted);
    let what = format!("seed {seed} in {spoken:?}: {}", story.join(", "));
    look_until_fresh(&world, &what, not_before).await;
    world.check_conduct();
}

/// A number that the environment sets.
pub(crate) fn number(name: &str, default: u64) -> u64 {
    let set = std::env::var(name);
    set.map_or(default, |value| value.parse().unwrap())
}

#[tokio::test(start_paused = true)]
async fn faults_in_random_order_are_survived() {
    let first = number("QUEUEWALL_FAULT_SEED", 1);
    for seed in first..first + number("QUEUEWALL_FAULT_RUNS", 2) {
        // Each dialect on either kind of line, by turns.
        for (index, spoken) in (0..).zip(Spoken::ALL) {
            in_random_order(spoken, (seed + index) % 2 == 0, seed).await;
        }
    }
}
