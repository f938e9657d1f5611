//! Whether CXone's own clock, which its numbers carry, moves on.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime},
};

use queuewall_shared::freshness::stale_after;

use super::outage::{timestamp, words};
use crate::clock::Moment;

/// Numbers that repeat are taken to be made in steps of this length until more is known.
const USUAL_STEP: Duration = Duration::from_secs(30);

/// A longer step is no step: the numbers have stood still.
const LONGEST_STEP: Duration = Duration::from_secs(120);

/// By how many of the latest steps the next is judged.
const STEPS: usize = 4;

/// The latest time that CXone's numbers carried.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    latest: Option<Latest>,
    /// How long each of the latest times stood; zero where no answer repeated it.
    steps: VecDeque<Duration>,
    is_logged: bool,
}

#[derive(Debug)]
struct Latest {
    time: SystemTime,
    first_seen: Moment,
    is_repeated: bool,
}

/// What the log is to say of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// The numbers have stood still for too long.
    Stands(String),
    /// They move again.
    Moves(String),
}

impl Pulse {
    /// An answer's numbers, asked for `at`, carry this `time`; `is_repeated` says whether
    /// all of them are those of the answer before.
    pub(crate) fn beat(&mut self, time: SystemTime, is_repeated: bool, at: Moment) -> Option<News> {
        if let Some(latest) = &mut self.latest
            && latest.time == time
            && is_repeated
        {
            latest.is_repeated = true;
            return None;
        }
        let next = Latest {
            time,
            first_seen: at,
            is_repeated: false,
        };
        let before = self.latest.replace(next)?;
        let stood = before.first_seen.age_at(at);
        let step = if before.is_repeated {
            stood
        } else {
            Duration::ZERO
        };
        if step <= LONGEST_STEP {
            self.steps.push_back(step);
            if self.steps.len() > STEPS {
                self.steps.pop_front();
            }
        }
        std::mem::take(&mut self.is_logged).then(|| {
            News::Moves(format!(
                "CXone's numbers move again, after they stood still for {}",
                words(stood)
            ))
        })
    }

    /// In which steps CXone makes new numbers, where these are longer than the time between
    /// two reads. Zero where it is not known to.
    pub(crate) fn step(&self) -> Duration {
        let usual = match &self.latest {
            Some(latest) if latest.is_repeated => USUAL_STEP,
            _ => Duration::ZERO,
        };
        self.steps
            .iter()
            .copied()
            .max()
            .unwrap_or_default()
            .max(usual)
    }

    /// What to log now, where numbers are renewed every `interval`.
    pub(crate) fn look(&mut self, interval: Duration, now: Moment) -> Option<News> {
        let latest = self.latest.as_ref().filter(|latest| latest.is_repeated)?;
        let stood = latest.first_seen.age_at(now);
        if self.is_logged || stood <= stale_after(interval) {
            return None;
        }
        self.is_logged = true;
        Some(News::Stands(format!(
            "CXone answers, but its numbers have stood still since {}: see CXone's status page, and what caches \
             answers on the way",
            timestamp(latest.first_seen.wall)
        )))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn moments() -> impl Fn(u64) -> Moment {
        let start = Instant::now();
        move |by| Moment {
            monotonic: start + seconds(by),
            wall: SystemTime::UNIX_EPOCH + seconds(1_767_607_200 + by),
            passed: seconds(by),
        }
    }

    /// The step that is known after reads every `poll` seconds of a clock that moves every
    /// `step` seconds.
    fn step_of(poll: usize, step: u64) -> Duration {
        let (mut pulse, at) = (Pulse::default(), moments());
        for second in (0..600).step_by(poll) {
            let time = SystemTime::UNIX_EPOCH + seconds(second / step * step);
            assert_eq!(pulse.beat(time, true, at(second)), None);
            assert_eq!(pulse.look(seconds(5).max(pulse.step()), at(second)), None);
        }
        pulse.step()
    }

    #[test]
    fn steps_of_the_clock_are_learned_and_are_no_standstill() {
        assert_eq!(step_of(5, 30), seconds(30));
        assert_eq!(step_of(5, 60), seconds(60));
        assert_eq!(step_of(5, 15), seconds(30).max(seconds(15)));
        assert_eq!(step_of(30, 30), Duration::ZERO);
        assert_eq!(step_of(30, 1), Duration::ZERO);
    }

    #[test]
    fn standstill_and_its_end_are_told_once() {
        let (mut pulse, at) = (Pulse::default(), moments());
        let time = SystemTime::UNIX_EPOCH;
        let mut told = Vec::new();
        for second in (0..900).step_by(30) {
            told.extend(pulse.beat(time, true, at(second)));
            told.extend(pulse.look(seconds(30), at(second)));
        }
        let stands = "CXone answers, but its numbers have stood still since 2026-01-05T10:00:00Z: ";
        assert!(
            matches!(&told[..], [News::Stands(line)] if line.starts_with(stands)),
            "{told:?}"
        );
        let moved = pulse.beat(time + seconds(900), false, at(900)).unwrap();
        assert!(
            matches!(&moved, News::Moves(line) if line.ends_with("for 15 min")),
            "{moved:?}"
        );
        assert_eq!(pulse.step(), Duration::ZERO, "a standstill is no step");
    }
}
