//! How often the upstream is asked.

use std::{ops::RangeInclusive, time::Duration};

/// How often every queue is read, and how many requests that may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollConfig {
    /// Time between two reads of a queue; where the budget does not suffice the
    /// poller stretches it. `QUEUEWALL_POLL_SECONDS`, `poll.seconds`: 5 to 300,
    /// default 30.
    pub interval: Duration,
    /// Requests in any sliding minute, tokens and retries included.
    /// `QUEUEWALL_BUDGET_PER_MINUTE`, `poll.budget_per_minute`: 2 (a sign-in and a
    /// read) to 600, default 10.
    pub budget_per_minute: usize,
}

impl PollConfig {
    /// The bounds of the interval in seconds.
    pub const SECONDS: RangeInclusive<u64> = 5..=300;
    /// The bounds of the budget in requests a minute.
    pub const BUDGET: RangeInclusive<u64> = 2..=600;

    /// How long one request may take in all: below the interval, so that a slow
    /// answer never meets the next read.
    #[must_use]
    pub fn total_timeout(&self) -> Duration {
        Duration::from_secs(10).min(self.interval.saturating_sub(Duration::from_secs(1)))
    }

    /// How long a connection may take, a part of [`total_timeout`](Self::total_timeout).
    #[must_use]
    pub fn connect_timeout(&self) -> Duration {
        self.total_timeout() / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timeouts_stay_below_the_interval() {
        for seconds in 5..=300 {
            let poll = PollConfig {
                interval: Duration::from_secs(seconds),
                budget_per_minute: 10,
            };
            assert!(poll.total_timeout() < poll.interval);
            assert!(poll.connect_timeout() < poll.total_timeout());
            assert!(poll.connect_timeout() >= Duration::from_secs(2));
        }
    }
}
