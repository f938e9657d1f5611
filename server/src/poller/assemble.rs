//! From what is known to what one board shows. Pure.

use std::time::Duration;

use queuewall_shared::{
    freshness::Freshness,
    snapshot::{
        Agents, Board, BoardSnapshot, Queue, QueueState, ServiceLevel, Totals, Upstream,
        UpstreamState,
    },
};

use super::readings::{Known, Problem, Readings};
use crate::{
    clock::Moment,
    config::{BoardConfig, QueueConfig},
    source::{QueueReading, SourceError},
};

const FIRST_ANSWER: &str = "Waiting for CXone's first answer";
const LEFT_OUT: &str = "CXone left this queue out of its answer";
const NONE_KNOWN: &str = "CXone knows none of these queues: check the base URL and the tenant";

/// What all boards have in common at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) build: &'a str,
    pub(crate) cycle: Duration,
    pub(crate) now: Moment,
}

/// A board's snapshot, and when any of its queues was last read.
pub(crate) fn assemble(
    board: &BoardConfig,
    group: usize,
    readings: &Readings,
    all_dead: bool,
    frame: Frame<'_>,
) -> (BoardSnapshot, Option<Moment>) {
    let shown = shown_queues(board, readings);
    let known: Vec<(&QueueConfig, Option<&Known>)> = shown
        .iter()
        .map(|queue| (queue, readings.of(group, &queue.id)))
        .collect();
    let latest = known
        .iter()
        .filter_map(|(_, known)| Some(known.as_ref()?.reading.as_ref()?.1))
        .max_by_key(|moment| moment.monotonic);
    let queues: Vec<Queue> = known
        .iter()
        .map(|(queue, known)| tile(queue, *known, latest))
        .collect();

    let is_current = |known: &Option<&Known>| {
        let read = known.and_then(|known| known.reading.as_ref());
        read.is_some_and(|(_, at)| {
            Freshness::of(at.age_at(frame.now), frame.cycle) != Freshness::Stale
        })
    };
    let totals = Totals::of(
        queues
            .iter()
            .zip(known.iter().map(|(_, known)| is_current(known))),
    );
    let upstream = upstream(&known, readings, all_dead, latest, frame);
    let snapshot = BoardSnapshot {
        board: identity(board),
        build: frame.build.to_owned(),
        poll_interval_ms: millis(frame.cycle),
        upstream,
        queues,
        totals,
    };
    (snapshot, latest)
}

/// What `/api/boards` says of a board.
pub(crate) fn identity(board: &BoardConfig) -> Board {
    Board {
        slug: board.slug.clone(),
        title: board.title.clone(),
        timezone: board.timezone.clone(),
    }
}

/// The board's queues in order: as configured, or the whole queue list.
fn shown_queues(board: &BoardConfig, readings: &Readings) -> Vec<QueueConfig> {
    if !board.queues.is_empty() {
        return board.queues.clone();
    }
    let list = readings.list.iter().flatten();
    list.map(|queue| QueueConfig {
        id: queue.id.clone(),
        name: queue.name.clone(),
    })
    .collect()
}

fn tile(queue: &QueueConfig, known: Option<&Known>, latest: Option<Moment>) -> Queue {
    let reading = known.and_then(|known| known.reading.as_ref());
    let problem = known.and_then(|known| known.problem.as_ref());
    let state = match (problem, reading) {
        (Some(Problem::Failed(SourceError::QueueNotFound { .. })), _) => QueueState::NotFound,
        (Some(Problem::Failed(SourceError::Forbidden { .. })), _) => QueueState::Forbidden,
        (_, Some((reading, _))) if is_closed(reading) => QueueState::Closed,
        (_, Some(_)) => QueueState::Open,
        (_, None) => QueueState::Unknown,
    };
    let cause = match problem {
        Some(Problem::Failed(error)) => Some(error.wall_cause()),
        Some(Problem::Missing) => Some(LEFT_OUT),
        None if reading.is_none() => Some(FIRST_ANSWER),
        None => None,
    };
    let name = queue
        .name
        .clone()
        .or_else(|| known.and_then(|known| known.name.clone()));
    let metrics = reading
        .map(|(reading, _)| reading.clone())
        .unwrap_or_default();
    Queue {
        id: queue.id.clone(),
        name: name.unwrap_or_else(|| queue.id.clone()),
        state,
        cause: cause.map(str::to_owned),
        lag_ms: reading
            .zip(latest)
            .map(|((_, at), latest)| lag_ms(*at, latest)),
        waiting: metrics.waiting,
        average_wait_ms: metrics.average_wait.map(millis),
        longest_wait_ms: metrics.longest_wait.map(millis),
        agents: Agents {
            logged_on: metrics.agents_logged_on,
            available: metrics.agents_available,
            busy: metrics.agents_busy,
        },
        service_level: ServiceLevel {
            percent: metrics.service_level_percent,
        },
    }
}

/// Nobody logged on and nothing waiting, both known.
fn is_closed(reading: &QueueReading) -> bool {
    reading.agents_logged_on == Some(0) && reading.waiting == Some(0)
}

/// Rounded up to a second: never younger than the truth, and a few milliseconds
/// between two batches change no body.
fn lag_ms(read: Moment, latest: Moment) -> u64 {
    millis(read.age_at(latest)).div_ceil(1_000) * 1_000
}

fn upstream(
    known: &[(&QueueConfig, Option<&Known>)],
    readings: &Readings,
    all_dead: bool,
    latest: Option<Moment>,
    frame: Frame<'_>,
) -> Upstream {
    let failure = known
        .iter()
        .find_map(|(_, known)| match known.as_ref()?.problem.as_ref()? {
            Problem::Failed(SourceError::QueueNotFound { .. }) | Problem::Missing => None,
            Problem::Failed(error) => Some(error),
        });
    let failure = failure.or(readings.list_problem.as_ref().filter(|_| known.is_empty()));
    let is_down = latest
        .is_none_or(|read| Freshness::of(read.age_at(frame.now), frame.cycle) == Freshness::Stale);
    let state = match (is_down, failure) {
        (true, _) => UpstreamState::Down,
        (false, Some(_)) => UpstreamState::Degraded,
        (false, None) => UpstreamState::Ok,
    };
    let cause = match (failure, state) {
        (Some(error), _) => Some(error.wall_cause()),
        (None, UpstreamState::Ok) => None,
        (None, _) if all_dead => Some(NONE_KNOWN),
        (None, _) if latest.is_none() => Some(FIRST_ANSWER),
        (None, _) => Some("No answer from CXone"),
    };
    Upstream {
        state,
        cause: cause.map(str::to_owned),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
