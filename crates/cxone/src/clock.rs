//! Time as something that is handed in, so that tests step it and ages survive a
//! machine that slept, and one whose clock was set.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// One moment on all of a machine's clocks.
///
/// The monotonic clock may stand still while the machine is suspended; the wall
/// clock may be set, forward and back. An age is therefore the largest of the
/// differences: data may look older than it is until the next read, and never younger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The monotonic clock; tokio's, so that tests can pause it.
    pub monotonic: Instant,
    /// The wall clock.
    pub wall: SystemTime,
    /// What has passed since some moment before, sleep included as far as the machine
    /// knows of it. Nobody can set it.
    pub passed: Duration,
}

impl Moment {
    /// The moment so many milliseconds before this one. A clock that does not go back so far,
    /// since the machine was started later, stays: the wall clock tells the age.
    #[must_use]
    pub fn before(self, ms: u64) -> Self {
        let by = Duration::from_millis(ms);
        Self {
            monotonic: self.monotonic.checked_sub(by).unwrap_or(self.monotonic),
            wall: self.wall.checked_sub(by).unwrap_or(self.wall),
            passed: self.passed.saturating_sub(by),
        }
    }

    /// How long ago this moment was at `now`; zero when it lies ahead.
    #[must_use]
    pub fn age_at(&self, now: Self) -> Duration {
        let monotonic = now.monotonic.saturating_duration_since(self.monotonic);
        let wall = now.wall.duration_since(self.wall).unwrap_or_default();
        let passed = now.passed.saturating_sub(self.passed);
        monotonic.max(wall).max(passed)
    }

    /// The same in whole milliseconds.
    #[must_use]
    pub fn age_ms_at(&self, now: Self) -> u64 {
        u64::try_from(self.age_at(now).as_millis()).unwrap_or(u64::MAX)
    }
}

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    /// This moment.
    fn now(&self) -> Moment;
}

/// The machine's own clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        Moment {
            monotonic: Instant::now(),
            wall: SystemTime::now(),
            passed: passed(),
        }
    }
}

/// Since the machine was started: this clock goes on while it is suspended.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn passed() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default()
}

/// Since the first question; whether sleep is in it is the system's affair.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn passed() -> Duration {
    use std::{sync::LazyLock, time::Instant};

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_age_is_the_largest_of_the_clocks() {
        let (start, wall) = (
            Instant::now(),
            SystemTime::UNIX_EPOCH + Duration::from_secs(100_000),
        );
        let read = Moment {
            monotonic: start,
            wall,
            passed: Duration::from_secs(77),
        };
        let age_at = |monotonic, wall_offset: i64, passed: u64| {
            let by = Duration::from_secs(wall_offset.unsigned_abs());
            let now = Moment {
                monotonic: start + Duration::from_secs(monotonic),
                wall: if wall_offset < 0 {
                    wall - by
                } else {
                    wall + by
                },
                passed: Duration::from_secs(77 + passed),
            };
            read.age_at(now).as_secs()
        };
        assert_eq!(age_at(5, 5, 5), 5);
        assert_eq!(age_at(5, 3_600, 5), 3_600, "the machine slept");
        assert_eq!(age_at(5, 3_600, 3_600), 3_600, "and knows it");
        assert_eq!(age_at(5, -86_400, 5), 5, "the wall clock was set back");
        assert_eq!(age_at(5, 6, 3_605), 3_605, "it was, and the machine slept");
    }

    #[test]
    fn the_clock_that_counts_sleep_goes() {
        let before = SystemClock.now();
        std::thread::sleep(Duration::from_millis(20));
        let after = SystemClock.now();
        let passed = after.passed.checked_sub(before.passed).unwrap();
        assert!(passed >= Duration::from_millis(20), "{passed:?}");
    }
}
