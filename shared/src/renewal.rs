//! When a page that runs for weeks makes room for a newer one: once its server speaks
//! of another build than the first that this page saw. A state machine that is told
//! the time and its luck, and reads neither.

use std::time::Duration;

/// Within this time of each other the screens of one server reload.
pub const SPREAD: Duration = Duration::from_secs(60);
/// From the first attempt that failed to the next, before luck.
pub const FIRST_PAUSE: Duration = Duration::from_secs(15);
/// The longest pause between two attempts, before luck.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// One page's way to its successor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renewal {
    /// The build that this page saw first: its own, or as good as that.
    first: Option<String>,
    awaited: Option<Awaited>,
}

/// A newer build.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Awaited {
    build: String,
    /// When the next attempt is due; `None` while one is under way.
    due: Option<Duration>,
    failures: u32,
}

impl Renewal {
    /// To be called about once a second with the build that the server names now; empty
    /// while that is not known. Whether to try now to fetch the new page: then
    /// [`Renewal::failed`] is due, or the page is gone.
    ///
    /// `chance`, 0 to 1, spreads many screens over [`SPREAD`]. `was_tried` tells of
    /// a build whether it has reloaded this screen before: once is enough, since a page
    /// that is still the old one would reload for ever.
    pub fn tick(
        &mut self,
        now: Duration,
        build: &str,
        chance: f64,
        was_tried: impl FnOnce(&str) -> bool,
    ) -> bool {
        if build.is_empty() {
            return false;
        }
        let first = self.first.get_or_insert_with(|| build.to_owned());
        if first == build {
            // The server went back to what this page is made for.
            self.awaited = None;
            return false;
        }
        match &mut self.awaited {
            Some(awaited) if awaited.build == build => match awaited.due {
                Some(due) if now >= due => {
                    awaited.due = None;
                    true
                }
                _ => false,
            },
            _ => {
                // `None` for ever where it was tried: nothing is due.
                let due = (!was_tried(build)).then(|| now + share(SPREAD, chance));
                self.awaited = Some(Awaited {
                    build: build.to_owned(),
                    due,
                    failures: 0,
                });
                false
            }
        }
    }

    /// The attempt for `build` failed: page or assets could not be fetched.
    pub fn failed(&mut self, now: Duration, build: &str, chance: f64) {
        if let Some(awaited) = self.awaited.as_mut().filter(|it| it.build == build) {
            let pause = (FIRST_PAUSE * (1 << awaited.failures.min(8))).min(LONGEST_PAUSE);
            awaited.failures += 1;
            awaited.due = Some(now + pause / 2 + share(pause, chance));
        }
    }
}

/// A share of a time; a number that is none counts as 0.
fn share(of: Duration, chance: f64) -> Duration {
    match chance.is_nan() {
        true => Duration::ZERO,
        false => of.mul_f64(chance.clamp(0.0, 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Ticks once a second from `from` to `to`, every attempt failing; the attempts.
    fn run(renewal: &mut Renewal, from: u64, to: u64, build: &str, chance: f64) -> Vec<u64> {
        let mut attempts = Vec::new();
        for second in from..=to {
            if renewal.tick(at(second), build, chance, |_| false) {
                attempts.push(second);
                renewal.failed(at(second), build, chance);
            }
        }
        attempts
    }

    #[test]
    fn a_new_build_is_fetched_after_its_share_of_a_minute() {
        for (chance, due) in [(0.0, 101), (0.5, 130), (1.0, 160)] {
            let mut renewal = Renewal::default();
            assert!(run(&mut renewal, 0, 99, "1", chance).is_empty());
            let attempts = run(&mut renewal, 100, 161, "2", chance);
            assert_eq!(attempts.first(), Some(&due), "{chance}");
        }
    }

    #[test]
    fn failures_are_followed_by_growing_pauses() {
        let mut renewal = Renewal::default();
        run(&mut renewal, 0, 0, "1", 0.5);
        let attempts = run(&mut renewal, 1, 1_200, "2", 0.5);
        assert_eq!(attempts, [31, 46, 76, 136, 256, 496, 796, 1_096]);
    }

    #[test]
    fn one_attempt_at_a_time() {
        let mut renewal = Renewal::default();
        renewal.tick(at(0), "1", 0.0, |_| false);
        renewal.tick(at(1), "2", 0.0, |_| false);
        assert!(renewal.tick(at(2), "2", 0.0, |_| false));
        for second in 3..600 {
            assert!(!renewal.tick(at(second), "2", 0.0, |_| false));
        }
    }

    #[test]
    fn a_build_that_has_reloaded_this_screen_does_not_again() {
        let mut renewal = Renewal::default();
        renewal.tick(at(0), "1", 0.0, |_| false);
        for second in 1..600 {
            assert!(!renewal.tick(at(second), "2", 0.0, |build| build == "2"));
        }
        assert!(!run(&mut renewal, 600, 700, "3", 0.0).is_empty());
    }

    #[test]
    fn a_server_that_goes_back_is_forgiven() {
        let mut renewal = Renewal::default();
        run(&mut renewal, 0, 0, "1", 1.0);
        assert!(run(&mut renewal, 1, 30, "2", 1.0).is_empty());
        assert!(run(&mut renewal, 31, 500, "1", 1.0).is_empty());
    }

    #[test]
    fn late_failure_of_an_older_build_is_ignored() {
        let mut renewal = Renewal::default();
        run(&mut renewal, 0, 0, "1", 0.0);
        renewal.tick(at(1), "2", 0.0, |_| false);
        assert!(renewal.tick(at(2), "2", 0.0, |_| false));
        renewal.tick(at(3), "3", 1.0, |_| false);
        let before = renewal.clone();
        renewal.failed(at(4), "2", 0.0);
        assert_eq!(renewal, before);
    }

    proptest! {
        #[test]
        fn attempts_keep_their_distance_and_never_end(
            chances in prop::collection::vec(prop_oneof![-1f64..2.0, Just(f64::NAN)], 1..8)
        ) {
            let mut renewal = Renewal::default();
            let mut attempts: Vec<u64> = Vec::new();
            renewal.tick(at(0), "1", 0.0, |_| false);
            for second in 1..3_600 {
                let chance = chances[second as usize % chances.len()];
                if renewal.tick(at(second), "2", chance, |_| false) {
                    attempts.push(second);
                    renewal.failed(at(second), "2", chance);
                }
            }
            prop_assert!(attempts[0] <= 1 + SPREAD.as_secs());
            for pair in attempts.windows(2) {
                prop_assert!(pair[1] - pair[0] >= FIRST_PAUSE.as_secs() / 2);
                prop_assert!(pair[1] - pair[0] <= LONGEST_PAUSE.as_secs() * 3 / 2 + 1);
            }
            prop_assert!(3_600 - attempts[attempts.len() - 1] <= 451);
        }

        #[test]
        fn without_another_build_nothing_is_fetched(
            known in prop::collection::vec(any::<bool>(), 0..300), chance in 0f64..1.0
        ) {
            let mut renewal = Renewal::default();
            for (second, known) in known.into_iter().enumerate() {
                let build = if known { "1" } else { "" };
                prop_assert!(!renewal.tick(at(second as u64), build, chance, |_| false));
            }
        }
    }
}
