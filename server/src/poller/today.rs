//! Today's numbers: one window for each day that some board is in, from its midnight to now,
//! read by two requests beside the live reads.
//!
//! Live reads come first: `asking` sends one of these requests at a time, where the budget has
//! room and no live read is due. `kept` is what is known of each day, for as long as a board
//! shows it. `numbers` are those of one queue.

mod asking;
mod kept;
mod numbers;
mod polling;

use std::{
    collections::{BTreeMap, BTreeSet},
    mem::discriminant,
    time::Duration,
};

use cxone::Error;
use queuewall_shared::cause::Cause;
use tokio::time::Instant;
use tracing::{info, warn};

use super::cause::wall_cause;
use crate::{clock::Moment, remedy::explain};
pub(crate) use asking::{Answer, Asked, Counted, ask, midnight, window};
pub(crate) use kept::{Day, DayHandover};
pub(crate) use numbers::{OfBoard, read_once};

/// When a day began, in seconds since 1970.
pub(crate) type Midnight = i64;

/// How often each window is read where the budget allows it, and where it hardly does.
const SHORTEST_PERIOD: Duration = Duration::from_secs(60);
const LONGEST_PERIOD: Duration = Duration::from_secs(300);

/// How long a request that is due may wait for live reads without its numbers ageing.
const SLACK: Duration = Duration::from_secs(15);

/// The longest pause after failures in a row.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(900);

/// Requests a minute that these reads and the live ones leave free: for a new token.
pub(crate) const RESERVE: usize = 2;

/// Which of the two requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Call {
    Summaries,
    ServiceLevels,
}

impl Call {
    const ALL: [Self; 2] = [Self::Summaries, Self::ServiceLevels];

    fn words(self) -> &'static str {
        match self {
            Self::Summaries => "today's contacts",
            Self::ServiceLevels => "today's service levels",
        }
    }
}

/// A cause in words: what is missing is not the queues.
pub(crate) fn sentence(cause: Cause) -> String {
    match cause {
        Cause::Forbidden => "No permission to read today's numbers in CXone".to_owned(),
        cause => cause.sentence().to_owned(),
    }
}

/// What is known of the days.
#[derive(Debug)]
pub(crate) struct TodaysNumbers {
    days: BTreeMap<Midnight, Day>,
    period: Duration,
    /// Within which time numbers are read again, live reads permitting.
    interval: Duration,
    /// How each call fared the last time, whatever the day: what the log said.
    failures: [Option<Error>; 2],
}

impl TodaysNumbers {
    pub(crate) fn new() -> Self {
        Self {
            days: BTreeMap::new(),
            period: SHORTEST_PERIOD,
            interval: SHORTEST_PERIOD + SLACK,
            failures: [None, None],
        }
    }

    /// What the budget allows that has `left` requests a minute, where live reads take a `cycle`
    /// and the service levels of a day take `pages`.
    pub(crate) fn fit(&mut self, left: f64, cycle: Duration, pages: usize) {
        let requests = (self.days.len().max(1) * (1 + pages)) as f64;
        let longest = LONGEST_PERIOD.max(Duration::from_secs_f64(requests * 60.0 / RESERVE as f64));
        let fitting = requests * 60.0 / left.max(f64::MIN_POSITIVE);
        let fitting = Duration::from_secs_f64(fitting.ceil().min(longest.as_secs_f64()));
        self.period = fitting.clamp(SHORTEST_PERIOD, longest);
        // Numbers that are read in every round are not to seem older than those.
        self.interval = (self.period + SLACK).max(cycle * 2);
    }

    pub(crate) fn interval(&self) -> Duration {
        self.interval
    }

    /// How many days boards show.
    pub(crate) fn days(&self) -> usize {
        self.days.len()
    }

    /// How many requests a minute they take, where the service levels of a day take `pages`.
    pub(crate) fn requests_a_minute(&self, pages: usize) -> f64 {
        (self.days.len() * (1 + pages)) as f64 * 60.0 / self.period.as_secs_f64()
    }

    /// Whether all that boards show was read, and the last time too.
    pub(crate) fn is_read(&self) -> bool {
        let is_read = |day: &Day| day.is_known() && day.problem().is_none();
        !self.days.is_empty() && self.days.values().all(is_read)
    }

    /// How many skills CXone has, as far as it is known.
    pub(crate) fn skills(&self) -> usize {
        let of_day = |day: &Day| day.service_levels.known.as_ref().map(|it| it.0.len());
        self.days
            .values()
            .filter_map(of_day)
            .max()
            .unwrap_or_default()
    }

    /// The days that boards are in now, and those that they still show.
    pub(crate) fn keep_only(&mut self, days: &BTreeSet<Midnight>, now: Instant) {
        self.days.retain(|midnight, _| days.contains(midnight));
        for midnight in days {
            (self.days.entry(*midnight)).or_insert_with(|| Day::unread(now));
        }
    }

    pub(crate) fn day(&self, midnight: Midnight) -> Option<&Day> {
        self.days.get(&midnight)
    }

    /// What to ask now, of these days.
    pub(crate) fn due(&self, days: &BTreeSet<Midnight>, now: Instant) -> Option<Asked> {
        let days = self.days.iter().filter(|(it, _)| days.contains(it));
        let calls = days.flat_map(|(midnight, day)| {
            Call::ALL.map(|call| {
                let asked = Asked {
                    begin: *midnight,
                    call,
                };
                (day.due(call), asked)
            })
        });
        let (due, asked) = calls.min_by_key(|(due, _)| *due)?;
        (due <= now).then_some(asked)
    }

    /// An answer came.
    pub(crate) fn answered(&mut self, answer: Answer, now: Moment) {
        let Asked {
            begin: midnight,
            call,
        } = answer.asked;
        let failure = answer.outcome.as_ref().err().cloned();
        self.log(call, failure.as_ref());
        let Some(day) = self.days.get_mut(&midnight) else {
            return;
        };
        match answer.outcome {
            Ok(counted) => {
                let asked_at = day.answered(counted);
                day.set_due(call, asked_at.monotonic + self.period);
            }
            Err(error) => {
                let failures = day.failed(call, error);
                let pause = self.period * 2_u32.saturating_pow(failures - 1).min(60);
                let pause = pause.min(LONGEST_PAUSE.max(self.period));
                day.set_due(call, now.monotonic + pause);
            }
        }
    }

    /// Says what is news.
    fn log(&mut self, call: Call, failure: Option<&Error>) {
        let before = &mut self.failures[call as usize];
        let words = call.words();
        match failure {
            Some(error) if before.as_ref().map(discriminant) != Some(discriminant(error)) => {
                warn!(
                    "{words} cannot be read, live numbers go on: {}",
                    explain(error)
                );
            }
            None if before.is_some() => info!("{words} are read again"),
            _ => {}
        }
        *before = failure.cloned();
    }

    /// Why numbers are missing or grow old.
    pub(crate) fn cause(&self, midnight: Midnight) -> Option<Cause> {
        let error = self.days.get(&midnight)?.problem()?;
        Some(wall_cause(error))
    }

    /// The numbers of these queues, for the next poller.
    pub(crate) fn hand_over(
        &self,
        is_shown: impl Fn(&str) -> bool,
        now: Moment,
        uptime_ms: u64,
    ) -> Vec<DayHandover> {
        let days = self.days.iter();
        days.map(|(midnight, day)| day.hand_over(*midnight, &is_shown, now, uptime_ms))
            .collect()
    }

    /// Goes on from what another poller knew.
    pub(crate) fn take_over(&mut self, days: Vec<DayHandover>, now: Moment, uptime_ms: u64) {
        for handover in days {
            let midnight = handover.midnight;
            let day = Day::taken_over(handover, now, uptime_ms, self.period);
            self.days.insert(midnight, day);
        }
    }
}
