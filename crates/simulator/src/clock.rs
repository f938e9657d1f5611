//! Simulated time: tokio's clock, sped up. And real time, by the same clock.

use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;

use crate::options::TimeOfDay;

/// A day in 24 seconds. Every event in it is gone through.
const MAX_SPEED: f64 = 3_600.0;

/// Where the simulated day stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    origin: Instant,
    /// The wall clock at the origin, in milliseconds of the Unix epoch. It is looked
    /// at once, so that a test that steps tokio's clock steps all.
    origin_ms: i64,
    start: TimeOfDay,
    speed: f64,
}

impl Clock {
    /// A clock that shows `start` now and runs at `speed` simulated seconds a
    /// real second.
    pub(crate) fn start(start: TimeOfDay, speed: f64) -> Self {
        let speed = if speed.is_finite() {
            speed.clamp(0.0, MAX_SPEED)
        } else {
            0.0
        };
        Self {
            origin: Instant::now(),
            origin_ms: Timestamp::now().as_millisecond(),
            start,
            speed,
        }
    }

    /// Real time, in milliseconds of the Unix epoch; it runs though the day stands
    /// still.
    pub(crate) fn now_ms(&self) -> i64 {
        let elapsed = i64::try_from(self.origin.elapsed().as_millis());
        self.origin_ms.saturating_add(elapsed.unwrap_or(i64::MAX))
    }

    /// Simulated milliseconds since the midnight before the start, at a moment of real
    /// time; before the start they are what they are at the start.
    pub(crate) fn simulated_ms(&self, now_ms: i64) -> i64 {
        let elapsed_ms = now_ms.saturating_sub(self.origin_ms).max(0);
        self.start.milliseconds() + (elapsed_ms as f64 * self.speed) as i64
    }

    /// The same where the days before the start count too: there a simulated second is a real
    /// one.
    pub(crate) fn simulated_at(&self, real_ms: i64) -> i64 {
        let before_ms = self.origin_ms.saturating_sub(real_ms).max(0);
        self.simulated_ms(real_ms).saturating_sub(before_ms)
    }
}

/// A moment of real time as CXone writes it: `2026-01-05T10:00:00.000Z`. `null` where
/// it is none that a calendar has.
pub(crate) fn utc(now_ms: i64) -> Value {
    Timestamp::from_millisecond(now_ms).map_or(Value::Null, |time| format!("{time:.3}").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::advance;

    const START: TimeOfDay = TimeOfDay::BUSY_MORNING;

    /// How far the simulated day has come.
    fn passed_ms(clock: &Clock) -> i64 {
        clock.simulated_ms(clock.now_ms()) - START.milliseconds()
    }

    #[tokio::test(start_paused = true)]
    async fn simulated_time_runs_at_its_speed_past_midnight() {
        let clock = Clock::start(START, 60.0);
        advance(Duration::from_secs(3_600)).await;
        assert_eq!(passed_ms(&clock), 60 * 3_600_000);
    }

    #[tokio::test(start_paused = true)]
    async fn real_time_runs_though_the_day_stands_still() {
        let clock = Clock::start(START, 0.0);
        let start_ms = clock.now_ms();
        advance(Duration::from_millis(1_500)).await;
        assert_eq!(clock.now_ms() - start_ms, 1_500);
        assert_eq!(passed_ms(&clock), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_moment_of_real_time_has_its_moment_of_the_day() {
        let clock = Clock::start(START, 60.0);
        let start_ms = clock.now_ms();
        advance(Duration::from_secs(3)).await;
        let at = |ms: i64| clock.simulated_ms(start_ms + ms) - START.milliseconds();
        assert_eq!((at(-5), at(0), at(1_500)), (0, 0, 90_000));
        let at = |ms: i64| clock.simulated_at(start_ms + ms) - START.milliseconds();
        assert_eq!((at(-5), at(0), at(1_500)), (-5, 0, 90_000));
    }

    #[test]
    fn moments_are_written_in_utc_to_the_millisecond() {
        assert_eq!(utc(1_767_607_200_000), "2026-01-05T10:00:00.000Z");
        assert_eq!(utc(1_767_607_199_007), "2026-01-05T09:59:59.007Z");
        assert_eq!(utc(i64::MIN), Value::Null);
    }

    #[tokio::test(start_paused = true)]
    async fn speeds_out_of_range_are_0_or_the_highest() {
        for (speed, passed_in_a_second) in [
            (0.0, 0),
            (-1.0, 0),
            (f64::NAN, 0),
            (f64::INFINITY, 0),
            (1e9, 3_600_000),
        ] {
            let clock = Clock::start(START, speed);
            advance(Duration::from_secs(1)).await;
            assert_eq!(passed_ms(&clock), passed_in_a_second, "{speed}");
        }
    }
}
