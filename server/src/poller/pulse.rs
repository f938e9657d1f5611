//! Whether CXone's numbers, and the server time that they carry, move on.

use std::{collections::VecDeque, time::Duration};

use queuewall_shared::freshness::stale_after;

use super::outage::{timestamp, words};
use crate::clock::Moment;

/// Numbers that repeat are taken to be made in steps of this length until more is known.
const USUAL_STEP: Duration = Duration::from_secs(30);

/// A longer step is no step: the numbers have stood still.
const LONGEST_STEP: Duration = Duration::from_secs(120);

/// By how many of the latest steps the next is judged.
const STEPS: usize = 4;

/// The latest answer of CXone whose numbers carry a time.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    latest: Option<Latest>,
    /// How the numbers moved of late.
    steps: VecDeque<Step>,
    is_logged: bool,
}

#[derive(Debug)]
struct Latest {
    digest: u64,
    first_seen: Moment,
    is_repeated: bool,
}

#[derive(Debug)]
struct Step {
    /// From the first sight of numbers to that of the next.
    stood: Duration,
    /// Whether an answer in between repeated them: else the step may be shorter.
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
    /// An answer came, asked for `at`; `digest` tells all that it held from other answers.
    pub(crate) fn beat(&mut self, digest: u64, at: Moment) -> Option<News> {
        if let Some(latest) = &mut self.latest
            && latest.digest == digest
        {
            latest.is_repeated = true;
            return None;
        }
        let next = Latest {
            digest,
            first_seen: at,
            is_repeated: false,
        };
        let before = self.latest.replace(next)?;
        let stood = before.first_seen.age_at(at);
        let is_repeated = before.is_repeated;
        if !is_repeated || stood <= LONGEST_STEP {
            self.steps.push_back(Step { stood, is_repeated });
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

    /// When the latest answer was first given, where it was given again since.
    pub(crate) fn repeated_since(&self) -> Option<Moment> {
        let latest = self.latest.as_ref().filter(|latest| latest.is_repeated)?;
        Some(latest.first_seen)
    }

    /// In which steps CXone makes new numbers, where these are longer than the time between
    /// two reads. Zero where it is not known to.
    pub(crate) fn step(&self) -> Duration {
        let known = longest(self.steps.iter().filter(|step| step.is_repeated));
        if self.repeated_since().is_none() {
            return known;
        }
        // Numbers that moved from each answer to the next are made at least that often.
        let usual = match self.steps.len() {
            STEPS => longest(self.steps.iter()).min(USUAL_STEP),
            _ => USUAL_STEP,
        };
        known.max(usual)
    }

    /// What to log now, where numbers are renewed every `interval`.
    pub(crate) fn look(&mut self, interval: Duration, now: Moment) -> Option<News> {
        let since = self.repeated_since()?;
        if self.is_logged || since.age_at(now) <= stale_after(interval) {
            return None;
        }
        self.is_logged = true;
        Some(News::Stands(format!(
            "CXone answers, but its numbers have stood still since {}: see CXone's status page, and what caches \
             answers on the way",
            timestamp(since.wall)
        )))
    }
}

fn longest<'s>(steps: impl Iterator<Item = &'s Step>) -> Duration {
    steps.map(|step| step.stood).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

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
            assert_eq!(pulse.beat(second / step, at(second)), None);
            assert_eq!(pulse.look(seconds(5).max(pulse.step()), at(second)), None);
        }
        pulse.step()
    }

    #[test]
    fn steps_of_the_clock_are_learned_and_are_no_standstill() {
        assert_eq!(step_of(5, 30), seconds(30));
        assert_eq!(step_of(5, 60), seconds(60));
        assert_eq!(step_of(5, 15), seconds(15));
        assert_eq!(step_of(5, 5), Duration::ZERO);
        assert_eq!(step_of(30, 30), Duration::ZERO);
        assert_eq!(step_of(30, 1), Duration::ZERO);
    }

    #[test]
    fn first_repeat_is_judged_by_how_often_numbers_moved() {
        let (mut pulse, at) = (Pulse::default(), moments());
        let mut steps = Vec::new();
        for reads in [2, 10] {
            for read in 0..=reads {
                pulse.beat(reads * 100 + read, at(reads * 100 + read * 5));
            }
            pulse.beat(reads * 101, at(reads * 105 + 5));
            steps.push(pulse.step());
        }
        assert_eq!(steps, [USUAL_STEP, seconds(5)]);
        // An outage between two answers tells nothing of the step.
        for (digest, second) in [(1, 8_000), (2, 8_500), (2, 8_505)] {
            pulse.beat(digest, at(second));
        }
        assert_eq!(pulse.step(), USUAL_STEP);
    }

    #[test]
    fn standstill_and_its_end_are_told_once() {
        let (mut pulse, at) = (Pulse::default(), moments());
        let mut told = Vec::new();
        for second in (0..900).step_by(30) {
            told.extend(pulse.beat(0, at(second)));
            told.extend(pulse.look(seconds(30), at(second)));
        }
        let stands = "CXone answers, but its numbers have stood still since 2026-01-05T10:00:00Z: ";
        assert!(
            matches!(&told[..], [News::Stands(line)] if line.starts_with(stands)),
            "{told:?}"
        );
        let moved = pulse.beat(1, at(900)).unwrap();
        assert!(
            matches!(&moved, News::Moves(line) if line.ends_with("for 15 min")),
            "{moved:?}"
        );
        assert_eq!(pulse.step(), Duration::ZERO, "a standstill is no step");
    }
}
