//! The time that a report is asked for.

use std::ops::Range;

use hyper::Uri;
use jiff::Timestamp;

use super::activity::query::pairs;
use crate::{acd::quarter_of, clock::Clock};

/// From one moment of real time to another, in milliseconds of the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    start_ms: i64,
    end_ms: i64,
}

impl Window {
    /// The window that an address names.
    ///
    /// # Errors
    /// What is wrong with it, for a 400: both dates are needed, in UTC with a `Z`.
    pub(crate) fn parse(uri: &Uri) -> Result<Self, &'static str> {
        let date = |name: &str| {
            let (_, value) = pairs(uri).find(|(key, _)| key == name)?;
            let time: Timestamp = value.parse().ok().filter(|_| value.ends_with('Z'))?;
            Some(time.as_millisecond())
        };
        let start_ms = date("startDate").ok_or("startDate is missing or no date in UTC")?;
        let end_ms = date("endDate").ok_or("endDate is missing or no date in UTC")?;
        if start_ms >= end_ms {
            return Err("endDate is not after startDate");
        }
        Ok(Self { start_ms, end_ms })
    }

    /// The quarters of an hour of the simulated time that it counts: from the one that contains
    /// its start to the one that contains its end, without that; but up to now where that is
    /// the present one. So windows that follow each other count everything once.
    pub(crate) fn quarters(self, clock: &Clock, now_ms: i64) -> Range<i64> {
        // A date without a fraction is any moment of its second.
        let quarter = |ms: i64| quarter_of(clock.simulated_at(ms.saturating_add(999)));
        let now = quarter_of(clock.simulated_ms(now_ms));
        let end = quarter(self.end_ms);
        quarter(self.start_ms)..if end < now { end } else { i64::MAX }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::TimeOfDay;

    fn parse(query: &str) -> Result<Window, &'static str> {
        Window::parse(&format!("/skills/summary?{query}").parse().unwrap())
    }

    #[test]
    fn window_needs_two_dates_with_a_z() {
        let start = "startDate=2026-01-05T05:00:00Z";
        let found = parse(&format!("{start}&endDate=2026-01-05T15:00:00.5Z")).unwrap();
        assert_eq!(found.end_ms - found.start_ms, 36_000_500);
        assert!(parse(&format!("{start}&endDate=2026-01-05T15%3A00%3A00Z")).is_ok());
        for wrong in [
            "".to_owned(),
            start.to_owned(),
            "endDate=2026-01-05T15:00:00Z".to_owned(),
            format!("{start}&endDate=2026-01-05T15:00:00%2B00:00"),
            format!("{start}&endDate=2026-01-05T15:00:00+00:00"),
            format!("{start}&endDate=2026-01-05"),
            format!("{start}&endDate=today"),
            format!("{start}&endDate=2026-01-05T05:00:00Z"),
        ] {
            assert!(parse(&wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn window_counts_quarters_of_the_simulated_day() {
        let clock = Clock::start(TimeOfDay::BUSY_MORNING, 1.0);
        let now_ms = clock.now_ms();
        // The simulated midnight, to the second before.
        let midnight_ms = (now_ms - (10 * 60 + 20) * 60_000).div_euclid(1_000) * 1_000;
        let quarters = |from: i64, to: i64| {
            let at = |minute| midnight_ms + minute * 60_000;
            let (start_ms, end_ms) = (at(from), at(to));
            Window { start_ms, end_ms }.quarters(&clock, now_ms)
        };
        assert_eq!(quarters(0, 60), 0..4);
        assert_eq!(quarters(7, 67), 0..4);
        assert_eq!(quarters(-15, 15), -1..1);
        assert_eq!(quarters(600, 614), 40..40);
        for now in [615, 620, 700] {
            assert_eq!(quarters(0, now), 0..i64::MAX, "{now}");
        }
    }
}
