//! From what is known to what one board shows. Pure.

use std::time::Duration;

use cxone::QueueReading;
use queuewall_shared::{
    cause::Cause,
    label,
    level::{Judgement, Metric},
    snapshot::{Board, BoardSnapshot, Queue, QueueState, Totals, Upstream},
};

use super::{
    cause::wall_cause,
    groups,
    judging::Judging,
    readings::{Known, Problem, Readings},
    today::OfBoard,
};
use crate::{
    board::BoardConfig,
    clock::Moment,
    mapping::{self, millis},
};

/// What all boards have in common at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) build: &'a str,
    pub(crate) cycle: Duration,
    pub(crate) now: Moment,
    /// Milliseconds of uptime, on the scale of all points in time.
    pub(crate) uptime_ms: u64,
    /// What the boards' clocks show, in milliseconds since 1970: simulated in a demo.
    pub(crate) epoch_ms: u64,
}

/// One of a board's queues, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) id: &'a str,
    /// The configured name, else the queue list's.
    name: Option<&'a str>,
    /// `None` while it was never asked for.
    pub(crate) known: Option<&'a Known>,
}

impl<'a> Shown<'a> {
    pub(crate) fn reading(&self) -> Option<&'a QueueReading> {
        Some(&self.known?.reading.as_ref()?.0)
    }
}

/// The board's queues in order: as configured, or the whole queue list.
pub(crate) fn shown<'a>(
    board: &'a BoardConfig,
    group: usize,
    readings: &'a Readings,
) -> Vec<Shown<'a>> {
    let with_known = |(id, name): (&'a String, &'a Option<String>)| Shown {
        id,
        name: name.as_deref(),
        known: readings.of(group, id),
    };
    if board.queues.is_empty() {
        let list = readings.list.iter().flatten();
        list.map(|queue| (&queue.id, &queue.name))
            .map(with_known)
            .collect()
    } else {
        let queues = board.queues.iter();
        queues
            .map(|queue| (&queue.id, &queue.name))
            .map(with_known)
            .collect()
    }
}

/// When any of these queues was last read.
pub(crate) fn latest_read(shown: &[Shown<'_>]) -> Option<Moment> {
    shown
        .iter()
        .filter_map(|shown| Some(shown.known?.reading.as_ref()?.1))
        .max_by_key(|moment| moment.monotonic)
}

/// A board's snapshot. `latest` is when any of its queues was last read.
pub(crate) fn assemble(
    board: &BoardConfig,
    shown: &[Shown<'_>],
    latest: Option<Moment>,
    upstream: Upstream,
    today: Option<OfBoard<'_>>,
    judging: &mut Judging,
    frame: Frame<'_>,
) -> BoardSnapshot {
    let is_current = |shown: &Shown<'_>| {
        let current = shown
            .known
            .and_then(|it| it.current(frame.now, frame.cycle));
        current.is_some()
    };
    let judgements = judging.judge(shown, today.as_ref(), frame);
    let tiles = shown.iter().zip(judgements);
    let queues: Vec<Queue> = tiles
        .map(|(shown, judgement)| {
            let service_level = judging.thresholds(shown).limits(Metric::ServiceLevel);
            let goal = service_level.warning;
            let today = today.and_then(|it| it.queue(shown.id, latest));
            Queue {
                today,
                ..tile(shown, latest, goal, judgement, is_current(shown))
            }
        })
        .collect();
    let totals = Totals::of(queues.iter().zip(shown.iter().map(is_current)));
    let groups = groups::groups(board, shown, &queues, today.as_ref(), judging, frame);
    BoardSnapshot {
        board: identity(board),
        build: frame.build.to_owned(),
        poll_interval_ms: millis(frame.cycle),
        today_interval_ms: None,
        today_cause: None,
        today_cause_code: None,
        agents: None,
        upstream,
        queues,
        groups,
        totals,
    }
}

/// What `/api/boards` says of a board.
pub(crate) fn identity(board: &BoardConfig) -> Board {
    Board {
        slug: board.slug.clone(),
        title: label::clean(&board.title).unwrap_or_else(|| board.slug.clone()),
        timezone: board.timezone.clone(),
        notice: board.notice.as_deref().and_then(label::clean),
        display: board.display.clone(),
        simulated_clock: board.simulated_clock,
    }
}

fn tile(
    shown: &Shown<'_>,
    latest: Option<Moment>,
    goal: Option<f64>,
    judgement: Option<Judgement>,
    is_current: bool,
) -> Queue {
    let is_outside_hours = judgement.is_none();
    let judgement = judgement.unwrap_or_default();
    let known = shown.known;
    let reading = known.and_then(|known| known.reading.as_ref());
    let state = known.map_or(QueueState::Unknown, Known::state);
    let cause = match known.and_then(|known| known.problem.as_ref()) {
        // It is closed since nobody is logged on, whatever CXone answers now.
        _ if state == QueueState::Closed && is_current => None,
        _ if state == QueueState::NotFound => Some(Cause::NotFound),
        Some(Problem::Failed(error)) => Some(wall_cause(error)),
        Some(Problem::Missing) => Some(Cause::LeftOut),
        None if reading.is_none() => Some(Cause::FirstAnswer),
        None if !is_current && known.is_some_and(|it| it.is_repeated) => Some(Cause::StoodStill),
        None => None,
    };
    let names = [shown.name, known.and_then(|known| known.name.as_deref())];
    let name = names.into_iter().flatten().find_map(label::clean);
    let mut numbers = shown.reading().map(mapping::queue).unwrap_or_default();
    numbers.service_level.goal = goal;
    Queue {
        id: shown.id.to_owned(),
        name: name.unwrap_or_else(|| shown.id.to_owned()),
        state,
        cause: cause.map(|cause| cause.sentence().to_owned()),
        cause_code: cause,
        lag_ms: reading
            .zip(latest)
            .map(|((_, at), latest)| lag_ms(*at, latest)),
        is_outside_hours,
        level: judgement.level,
        level_since_ms: judgement.since_ms,
        level_since_at_least: judgement.since_at_least,
        times_past: judgement.times_past,
        last_level: judgement.last_level,
        reasons: judgement.reasons,
        ..numbers
    }
}

/// Rounded up to a second: never younger than the truth, and a few milliseconds
/// between two batches change no body.
fn lag_ms(read: Moment, latest: Moment) -> u64 {
    read.age_ms_at(latest).div_ceil(1_000) * 1_000
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[test]
    fn title_and_notice_without_visible_character_are_not_shown() {
        let board = |title: &str, notice: &str| BoardConfig {
            slug: "main".into(),
            title: title.into(),
            notice: Some(notice.into()),
            ..BoardConfig::default()
        };
        let shown = identity(&board("\u{200b}", "\u{3164}"));
        assert_eq!((shown.title.as_str(), shown.notice), ("main", None));
        let shown = identity(&board("a\u{202e}b", "c\nd"));
        assert_eq!(shown.title, "ab");
        assert_eq!(shown.notice.as_deref(), Some("c d"));
    }

    #[test]
    fn queue_without_visible_name_has_its_id() {
        let name = |name: &'static str| {
            let shown = Shown {
                id: "4711",
                name: Some(name),
                known: None,
            };
            let judgement = Judgement::default();
            tile(&shown, None, None, Some(judgement), true).name
        };
        assert_eq!(name("\u{2800}\u{200d}"), "4711");
        assert_eq!(name("Sales \u{202e}1"), "Sales 1");
    }

    #[test]
    fn a_lag_is_in_whole_seconds_and_never_less_than_it_is() {
        let read = Moment {
            monotonic: Instant::now(),
            wall: std::time::SystemTime::UNIX_EPOCH,
            passed: Duration::ZERO,
        };
        for (ms, expected) in [(0, 0), (1, 1_000), (1_000, 1_000), (1_001, 2_000)] {
            let by = Duration::from_millis(ms);
            let latest = Moment {
                monotonic: read.monotonic + by,
                wall: read.wall + by,
                passed: read.passed + by,
            };
            assert_eq!(lag_ms(read, latest), expected, "{ms}");
        }
    }
}
