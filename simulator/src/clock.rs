//! Simulated time: tokio's clock, sped up.

use tokio::time::Instant;

use crate::options::TimeOfDay;

/// Where the simulated day stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    origin: Instant,
    start: TimeOfDay,
    speed: f64,
}

impl Clock {
    /// A clock that shows `start` now and runs at `speed` simulated seconds a
    /// real second.
    pub(crate) fn start(start: TimeOfDay, speed: f64) -> Self {
        let speed = if speed.is_finite() {
            speed.max(0.0)
        } else {
            0.0
        };
        Self {
            origin: Instant::now(),
            start,
            speed,
        }
    }

    /// Seconds since the midnight before the start.
    pub(crate) fn seconds(&self) -> f64 {
        self.start.seconds() + self.origin.elapsed().as_secs_f64() * self.speed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn simulated_time_runs_at_its_speed_past_midnight() {
        let late = TimeOfDay::new(23, 59).unwrap();
        let clock = Clock::start(late, 60.0);
        advance(Duration::from_secs(2)).await;
        assert_eq!(clock.seconds(), late.seconds() + 120.0);
    }

    #[tokio::test(start_paused = true)]
    async fn speeds_that_make_no_sense_hold_the_day_still() {
        for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let clock = Clock::start(TimeOfDay::BUSY_MORNING, speed);
            advance(Duration::from_secs(9)).await;
            assert_eq!(clock.seconds(), TimeOfDay::BUSY_MORNING.seconds());
        }
    }
}
