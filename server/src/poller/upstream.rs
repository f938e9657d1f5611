//! The health of the upstream for one board: the banner's text, since when, and the next try.

use queuewall_shared::{
    cause::Cause,
    freshness::Freshness,
    snapshot::{Upstream, UpstreamState},
};
use tokio::time::Instant;

use super::{
    assemble::{Frame, Shown},
    cause::wall_cause,
    readings::{Problem, Readings},
};
use crate::{clock::Moment, mapping::millis};

/// What the schedule knows about a board's queues.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScheduleStatus {
    /// When they are requested next.
    pub(crate) next_try: Option<Instant>,
    /// Whether the board shows a queue list that lacks some.
    pub(crate) is_list_incomplete: bool,
}

/// A board's latest change between ok and not, and its next try. A board starts
/// unread, and so not ok.
#[derive(Debug, Default)]
pub(crate) struct UpstreamHealth {
    is_ok: bool,
    since_ms: u64,
    /// The present cause, and since when it is that.
    cause: (Option<Cause>, u64),
    /// The next try on both scales: it is converted once, since wall clock and
    /// monotonic clock drift apart and would change the body with every second.
    next_try: Option<(Instant, u64)>,
}

impl UpstreamHealth {
    /// Judges what is known of the board's queues now.
    pub(crate) fn update(
        &mut self,
        shown: &[Shown<'_>],
        latest: Option<Moment>,
        readings: &Readings,
        status: ScheduleStatus,
        frame: Frame<'_>,
    ) -> Upstream {
        let (mut state, mut cause) = judge(shown, latest, readings, frame);
        if state == UpstreamState::Ok && status.is_list_incomplete {
            (state, cause) = (UpstreamState::Degraded, Some(Cause::ListIncomplete));
        }
        let is_ok = state == UpstreamState::Ok;
        if is_ok != self.is_ok {
            self.is_ok = is_ok;
            // Numbers that stand still do so since they were first answered.
            let stood = latest.filter(|_| cause == Some(Cause::StoodStill));
            let stood_ms = stood.map_or(0, |latest| latest.age_ms_at(frame.now));
            self.since_ms = frame.uptime_ms.saturating_sub(stood_ms);
        }
        if cause != self.cause.0 {
            let began_ms = if self.cause.0.is_none() {
                self.since_ms
            } else {
                frame.uptime_ms
            };
            self.cause = (cause, began_ms);
        }
        let next_try = status.next_try.filter(|_| !is_ok);
        if self.next_try.map(|(at, _)| at) != next_try {
            self.next_try = next_try.map(|at| (at, uptime_ms_of(at, frame)));
        }
        Upstream {
            state,
            cause: cause.map(|cause| cause.sentence().to_owned()),
            cause_code: cause,
            since_ms: Some(self.since_ms),
            cause_since_ms: cause.map(|_| self.cause.1),
            next_try_ms: self.next_try.map(|(_, ms)| ms),
        }
    }
}

/// A moment of the monotonic clock on the scale of the uptime.
fn uptime_ms_of(at: Instant, frame: Frame<'_>) -> u64 {
    let now = frame.now.monotonic;
    let ahead = millis(at.saturating_duration_since(now));
    let behind = millis(now.saturating_duration_since(at));
    (frame.uptime_ms + ahead).saturating_sub(behind)
}

fn judge(
    shown: &[Shown<'_>],
    latest: Option<Moment>,
    readings: &Readings,
    frame: Frame<'_>,
) -> (UpstreamState, Option<Cause>) {
    let failure = shown
        .iter()
        .find_map(|shown| match shown.known?.problem.as_ref()? {
            Problem::Failed(cxone::Error::QueueNotFound { .. }) | Problem::Missing => None,
            Problem::Failed(error) => Some(error),
        });
    let failure = failure.or(readings.list_problem.as_ref().filter(|_| shown.is_empty()));
    let none_found = !shown.is_empty() && shown.iter().all(is_not_found);
    let is_down = latest
        .is_none_or(|read| Freshness::of(read.age_at(frame.now), frame.cycle) == Freshness::Stale);
    let state = match (is_down, failure) {
        (true, _) => UpstreamState::Down,
        (false, Some(_)) => UpstreamState::Degraded,
        (false, None) => UpstreamState::Ok,
    };
    let cause = match (failure, state) {
        (Some(error), _) => Some(wall_cause(error)),
        (None, UpstreamState::Ok) => None,
        (None, _) if none_found => Some(Cause::NoneFound),
        (None, _) if !shown.is_empty() && shown.iter().all(is_gone) => Some(Cause::AllLeftOut),
        (None, _) if shown.iter().any(is_repeated) => Some(Cause::StoodStill),
        (None, _) if latest.is_none() => Some(Cause::FirstAnswer),
        (None, _) => Some(Cause::NoAnswer),
    };
    (state, cause)
}

fn is_not_found(shown: &Shown<'_>) -> bool {
    let problem = shown.known.and_then(|known| known.problem.as_ref());
    matches!(
        problem,
        Some(Problem::Failed(cxone::Error::QueueNotFound { .. }))
    )
}

/// Whether CXone answered without it, or does not know it.
fn is_gone(shown: &Shown<'_>) -> bool {
    let problem = shown.known.and_then(|known| known.problem.as_ref());
    matches!(problem, Some(Problem::Missing)) || is_not_found(shown)
}

fn is_repeated(shown: &Shown<'_>) -> bool {
    shown.known.is_some_and(|known| known.is_repeated)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn clocks_that_drift_apart_do_not_move_the_next_try() {
        let start = Instant::now();
        let status = ScheduleStatus {
            next_try: Some(start + Duration::from_secs(30)),
            is_list_incomplete: false,
        };
        let (mut health, readings) = (UpstreamHealth::default(), Readings::new(1));
        let mut announced = |monotonic_ms: u64, uptime_ms| {
            let frame = Frame {
                build: "",
                cycle: Duration::from_secs(30),
                now: Moment {
                    monotonic: start + Duration::from_millis(monotonic_ms),
                    wall: SystemTime::UNIX_EPOCH,
                    passed: Duration::from_millis(monotonic_ms),
                },
                uptime_ms,
                epoch_ms: 0,
            };
            let upstream = health.update(&[], None, &readings, status, frame);
            (upstream.since_ms, upstream.next_try_ms)
        };
        assert_eq!(announced(1_000, 1_005), (Some(0), Some(30_005)));
        assert_eq!(announced(2_000, 2_010), (Some(0), Some(30_005)));
        assert_eq!(
            announced(31_000, 31_000),
            (Some(0), Some(30_005)),
            "under way"
        );
    }
}
