//! Time as something that is handed in, so that tests step it and ages survive a
//! machine that slept.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// One moment on both of a machine's clocks.
///
/// The monotonic clock may stand still while the machine is suspended; the wall
/// clock may be set. An age is therefore the larger of the two differences: data
/// may look older than it is until the next read, and never younger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The monotonic clock; tokio's, so that tests can pause it.
    pub monotonic: Instant,
    /// The wall clock.
    pub wall: SystemTime,
}

impl Moment {
    /// How long ago this moment was at `now`; zero when it lies ahead.
    #[must_use]
    pub fn age_at(&self, now: Self) -> Duration {
        let monotonic = now.monotonic.saturating_duration_since(self.monotonic);
        let wall = now.wall.duration_since(self.wall).unwrap_or_default();
        monotonic.max(wall)
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_age_is_the_larger_of_the_two_clocks() {
        let (start, wall) = (
            Instant::now(),
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_000),
        );
        let read = Moment {
            monotonic: start,
            wall,
        };
        let at = |monotonic, wall_offset: i64| {
            let wall = if wall_offset < 0 {
                wall - Duration::from_secs(wall_offset.unsigned_abs())
            } else {
                wall + Duration::from_secs(wall_offset.unsigned_abs())
            };
            Moment {
                monotonic: start + Duration::from_secs(monotonic),
                wall,
            }
        };
        assert_eq!(read.age_at(at(5, 5)), Duration::from_secs(5));
        assert_eq!(
            read.age_at(at(5, 3_600)),
            Duration::from_secs(3_600),
            "the machine slept"
        );
        assert_eq!(
            read.age_at(at(5, -86_400)),
            Duration::from_secs(5),
            "the wall clock was set back"
        );
    }
}
