//! Today's numbers of a queue: contacts counted since midnight of the board's time zone.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{freshness::Freshness, snapshot::Queue};

/// A queue's contacts since the day began; what is unknown is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Today {
    /// When the day began, midnight of the board's time zone: `2026-11-29T05:00:00Z`.
    pub from: String,
    /// How many milliseconds older these numbers may be than the board's latest successful
    /// read, in whole [`today_interval_ms`](crate::snapshot::BoardSnapshot::today_interval_ms),
    /// so that it stays the same while time passes. Those of a day that is over are stale.
    pub lag_ms: u64,
    /// Contacts that came.
    pub offered: Option<u64>,
    /// Contacts that were placed in the queue.
    pub queued: Option<u64>,
    /// Contacts that an agent handled.
    pub handled: Option<u64>,
    /// Contacts that gave up waiting.
    pub abandoned: Option<u64>,
    /// The abandoned among the queued, in percent; `None` where none was queued.
    pub abandon_rate_percent: Option<f64>,
    /// Mean wait of the contacts answered, in milliseconds.
    pub average_speed_of_answer_ms: Option<u64>,
    /// Mean time that agents spent on a contact, after-call work included, in milliseconds.
    pub average_handle_ms: Option<u64>,
    /// Mean talk time, in milliseconds.
    pub average_talk_ms: Option<u64>,
    /// Mean after-call work, in milliseconds.
    pub average_wrap_ms: Option<u64>,
    /// Contacts answered in time.
    pub service_level: TodayServiceLevel,
}

/// The share of today's contacts that were answered within the queue's threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TodayServiceLevel {
    /// Percent, 0 to 100. `None` where it is over no contact.
    pub percent: Option<f64>,
    /// How many contacts the percentage is over.
    pub sample: Option<u64>,
}

impl Queue {
    /// How far today's numbers may be trusted where they are read every `today_interval` and
    /// the board's latest successful read is `latest_age` old; `None` where there are none.
    #[must_use]
    pub fn today_freshness(
        &self,
        latest_age: Duration,
        today_interval: Duration,
    ) -> Option<Freshness> {
        let lag = Duration::from_millis(self.today.as_ref()?.lag_ms);
        Some(Freshness::of(
            latest_age.saturating_add(lag),
            today_interval,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn todays_numbers_age_beside_the_live_ones() {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        let mut queue = Queue::default();
        assert_eq!(queue.today_freshness(minutes(0), minutes(1)), None);
        queue.today = Some(Today {
            lag_ms: 60_000,
            ..Today::default()
        });
        for (latest, expected) in [
            (Duration::from_secs(29), Freshness::Fresh),
            (minutes(1), Freshness::Ageing),
            (minutes(3), Freshness::Stale),
            (Duration::MAX, Freshness::Stale),
        ] {
            let freshness = queue.today_freshness(latest, minutes(1));
            assert_eq!(freshness, Some(expected), "{latest:?}");
        }
    }
}
