//! Days and hours by the clock of a zone, which now and then goes forward or back.
//!
//! A moment is milliseconds since 1970. What a zone's clock shows is the same number of
//! milliseconds as if the zone were UTC.

/// Milliseconds of an hour.
pub const HOUR: f64 = 3_600_000.0;
/// Milliseconds of a day of 24 hours.
pub const DAY: f64 = 24.0 * HOUR;
/// More lines would stand in each other's way.
const MOST_TICKS: usize = 60;

/// A zone: how far its clock is ahead of UTC at a moment.
pub trait Zone {
    /// In milliseconds.
    fn ahead_ms(&self, at_ms: f64) -> f64;

    /// What its clock shows at a moment.
    fn clock(&self, at_ms: f64) -> f64 {
        at_ms + self.ahead_ms(at_ms)
    }

    /// When its clock shows this: the first time where it does twice, and where it never does,
    /// when it would without the hour that is left out.
    fn moment(&self, clock_ms: f64) -> f64 {
        let guess = clock_ms - self.ahead_ms(clock_ms);
        let before = clock_ms - self.ahead_ms(guess - DAY);
        let after = clock_ms - self.ahead_ms(guess + DAY);
        let mut shown = [before.min(after), before.max(after)].into_iter();
        let shows = |at: &f64| self.clock(*at) == clock_ms;
        shown.find(shows).unwrap_or(before)
    }

    /// When the day began that this moment is in.
    fn day_begin(&self, at_ms: f64) -> f64 {
        self.moment((self.clock(at_ms) / DAY).floor() * DAY)
    }

    /// When the next day begins.
    fn day_end(&self, at_ms: f64) -> f64 {
        self.moment((self.clock(at_ms) / DAY).floor() * DAY + DAY)
    }

    /// When the clock showed the same, so many days ago.
    fn days_before(&self, at_ms: f64, days: f64) -> f64 {
        self.moment(self.clock(at_ms) - days * DAY)
    }

    /// The moments within a span at which the clock shows a multiple of `step_ms`.
    fn ticks(&self, from_ms: f64, to_ms: f64, step_ms: f64) -> Vec<f64> {
        let first = (self.clock(from_ms) / step_ms).floor();
        let all = (0..MOST_TICKS).map(|count| self.moment((first + count as f64) * step_ms));
        let mut ticks: Vec<f64> = all.filter(|at| (from_ms..=to_ms).contains(at)).collect();
        ticks.dedup();
        ticks
    }
}

/// How far apart the ticks are that a span has room for.
#[must_use]
pub fn tick_step(span_ms: f64, most: f64) -> f64 {
    let minute = HOUR / 60.0;
    let steps = [
        5.0 * minute,
        10.0 * minute,
        15.0 * minute,
        30.0 * minute,
        HOUR,
        2.0 * HOUR,
        3.0 * HOUR,
        6.0 * HOUR,
        12.0 * HOUR,
        DAY,
    ];
    let fits = |step: &f64| span_ms / step <= most;
    steps.into_iter().find(fits).unwrap_or(2.0 * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Berlin in 2026: forward on 29 March, back on 25 October, at 1:00 UTC.
    struct Berlin;

    const SUMMER: f64 = 1_774_746_000_000.0;
    const WINTER: f64 = 1_792_890_000_000.0;

    impl Zone for Berlin {
        fn ahead_ms(&self, at_ms: f64) -> f64 {
            match (SUMMER..WINTER).contains(&at_ms) {
                true => 2.0 * HOUR,
                false => HOUR,
            }
        }
    }

    /// A zone whose clock goes from midnight to one o'clock on that day.
    struct NoMidnight;

    impl Zone for NoMidnight {
        fn ahead_ms(&self, at_ms: f64) -> f64 {
            match at_ms < 10.0 * DAY + 3.0 * HOUR {
                true => -3.0 * HOUR,
                false => -2.0 * HOUR,
            }
        }
    }

    #[test]
    fn days_of_23_and_25_hours_begin_at_midnight() {
        let hours = |at| (Berlin.day_end(at) - Berlin.day_begin(at)) / HOUR;
        assert_eq!(hours(SUMMER + 5.0 * HOUR), 23.0);
        assert_eq!(hours(WINTER + 5.0 * HOUR), 25.0);
        assert_eq!(hours(WINTER + 5.0 * DAY), 24.0);
        for at in [SUMMER - 1.0, SUMMER, WINTER - 1.0, WINTER] {
            assert_eq!(Berlin.clock(Berlin.day_begin(at)) % DAY, 0.0, "{at}");
        }
    }

    #[test]
    fn day_without_midnight_begins_at_its_first_moment() {
        let noon = 10.0 * DAY + 15.0 * HOUR;
        assert_eq!(NoMidnight.day_begin(noon), 10.0 * DAY + 3.0 * HOUR);
        assert_eq!(NoMidnight.day_end(noon), 11.0 * DAY + 2.0 * HOUR);
        assert_eq!(NoMidnight.day_end(noon - DAY), NoMidnight.day_begin(noon));
    }

    #[test]
    fn week_ago_is_the_same_time_of_day() {
        for (at, hours) in [
            (SUMMER + 5.0 * HOUR, 167.0),
            (WINTER + 5.0 * HOUR, 169.0),
            (WINTER + 30.0 * DAY, 168.0),
        ] {
            let before = Berlin.days_before(at, 7.0);
            assert_eq!((at - before) / HOUR, hours);
            assert_eq!(Berlin.clock(before) + 7.0 * DAY, Berlin.clock(at));
        }
        // The hour that there is twice has the same hour of the week before.
        let first = WINTER - HOUR / 2.0;
        let second = first + HOUR;
        assert_eq!(Berlin.clock(first), Berlin.clock(second));
        assert_eq!(
            Berlin.days_before(first, 7.0),
            Berlin.days_before(second, 7.0)
        );
    }

    #[test]
    fn ticks_stand_at_full_hours_of_the_clock() {
        let begin = Berlin.day_begin(SUMMER);
        let ticks = Berlin.ticks(begin, Berlin.day_end(SUMMER), 2.0 * HOUR);
        let hours: Vec<f64> = ticks
            .iter()
            .map(|at| Berlin.clock(*at) % DAY / HOUR)
            .collect();
        assert_eq!(
            hours,
            [
                0.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0, 22.0, 0.0
            ]
        );
        assert_eq!(tick_step(3.0 * HOUR, 8.0), HOUR / 2.0);
        assert_eq!(tick_step(24.0 * HOUR, 13.0), 2.0 * HOUR);
        assert_eq!(tick_step(7.0 * DAY, 8.0), DAY);
    }
}
