//! Durations and ages, readable from across a room.

use std::time::Duration;

/// What stands where a number is unknown: an en dash, never a 0.
pub const UNKNOWN: &str = "–";

/// A wait in the parts that it is written with. Smaller parts are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Below an hour: minutes and seconds, `m:ss`.
    Clock(u64, u64),
    /// Below 10 hours: hours and minutes, `1 h 30`.
    HoursAndMinutes(u64, u64),
    /// Below 2 days, `25 h`.
    Hours(u64),
    /// From 2 days on, `30 d`.
    Days(u64),
}

impl Wait {
    /// A wait of this length.
    #[must_use]
    pub fn of(duration: Duration) -> Self {
        let seconds = duration.as_secs();
        match seconds {
            0..3_600 => Self::Clock(seconds / 60, seconds % 60),
            3_600..36_000 => Self::HoursAndMinutes(seconds / 3_600, seconds / 60 % 60),
            36_000..172_800 => Self::Hours(seconds / 3_600),
            _ => Self::Days(seconds / 86_400),
        }
    }
}

/// A wait in English.
#[must_use]
pub fn wait(duration: Duration) -> String {
    match Wait::of(duration) {
        Wait::Clock(minutes, seconds) => clock(minutes, seconds),
        Wait::HoursAndMinutes(hours, minutes) => format!("{hours} h {}", two_digits(minutes)),
        Wait::Hours(hours) => format!("{hours} h"),
        Wait::Days(days) => format!("{days} d"),
    }
}

/// Minutes and seconds: `1:05`.
#[must_use]
pub fn clock(minutes: u64, seconds: u64) -> String {
    [&minutes.to_string(), ":", &two_digits(seconds)].concat()
}

/// A number below 100 with a leading zero where it has one digit.
#[must_use]
pub fn two_digits(number: u64) -> String {
    format!("{number:02}")
}

/// What a large count is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountUnit {
    /// Below 1,000.
    One,
    /// From 1,000 on.
    Thousand,
    /// From 1,000,000 on.
    Million,
}

/// A count in at most three figures, rounded down, and its unit: 1,290 is 1.2 thousand.
/// From 1,000 million on it has more.
#[must_use]
pub fn compact(count: u64) -> (f64, CountUnit) {
    let (size, unit) = match count {
        0..1_000 => return (count as f64, CountUnit::One),
        1_000..1_000_000 => (1_000, CountUnit::Thousand),
        _ => (1_000_000, CountUnit::Million),
    };
    let tenths = match count / (size / 10) {
        tenths @ 0..100 => tenths,
        tenths => tenths / 10 * 10,
    };
    (tenths as f64 / 10.0, unit)
}

/// What an age is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeUnit {
    /// Below 2 minutes.
    Seconds,
    /// Below 2 hours.
    Minutes,
    /// Below 2 days.
    Hours,
    /// From 2 days on: always several, which makes the word a plural.
    Days,
}

/// An age in its largest fitting unit. It rounds down, and changes of minutes are all
/// that a wall needs beyond two of them.
#[must_use]
pub fn age(duration: Duration) -> (u64, AgeUnit) {
    let seconds = duration.as_secs();
    match seconds {
        0..120 => (seconds, AgeUnit::Seconds),
        120..7_200 => (seconds / 60, AgeUnit::Minutes),
        7_200..172_800 => (seconds / 3_600, AgeUnit::Hours),
        _ => (seconds / 86_400, AgeUnit::Days),
    }
}

/// A percentage as a whole number without its sign, rounded down: a goal that is
/// just missed never looks met, and 100 means all.
#[must_use]
pub fn whole_percent(percent: f64) -> String {
    (percent.clamp(0.0, 100.0) as u32).to_string()
}

/// A number from 0 up to a tenth, and without one where it is whole: `80`, `82.5`.
///
/// By whole numbers: the general formatting of floats costs the page 10 KB.
#[must_use]
pub fn tenths(number: f64) -> String {
    let tenths = (number.max(0.0) * 10.0).round() as u64;
    match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_has_a_tenth_only_where_it_needs_one() {
        let of = [80.0, 82.5, 0.04, -3.0, 99.96].map(tenths);
        assert_eq!(of, ["80", "82.5", "0", "0", "100"]);
    }

    #[test]
    fn percentages_never_flatter() {
        assert_eq!(whole_percent(83.5), "83");
        assert_eq!(whole_percent(99.99), "99");
        assert_eq!(whole_percent(100.0), "100");
        assert_eq!(whole_percent(-1.0), "0");
    }

    #[test]
    fn wait_is_a_clock_then_hours_then_days() {
        let of = |seconds| wait(Duration::from_secs(seconds));
        for (seconds, said) in [
            (0, "0:00"),
            (59, "0:59"),
            (92, "1:32"),
            (3_599, "59:59"),
            (3_600, "1 h 00"),
            (5_400, "1 h 30"),
            (35_999, "9 h 59"),
            (36_000, "10 h"),
            (90_000, "25 h"),
            (172_799, "47 h"),
            (172_800, "2 d"),
            (720 * 3_600, "30 d"),
        ] {
            assert_eq!(of(seconds), said);
        }
        assert_eq!(wait(Duration::from_millis(59_999)), "0:59");
    }

    #[test]
    fn compact_count_has_at_most_three_figures() {
        use CountUnit::{Million, One, Thousand};
        for (count, compacted) in [
            (0, (0.0, One)),
            (999, (999.0, One)),
            (1_000, (1.0, Thousand)),
            (1_299, (1.2, Thousand)),
            (9_999, (9.9, Thousand)),
            (10_000, (10.0, Thousand)),
            (12_999, (12.0, Thousand)),
            (999_999, (999.0, Thousand)),
            (1_000_000, (1.0, Million)),
            (1_250_000, (1.2, Million)),
            (999_999_999, (999.0, Million)),
        ] {
            assert_eq!(compact(count), compacted, "{count}");
        }
    }

    #[test]
    fn ages_read_in_their_largest_unit() {
        let of = |s| age(Duration::from_secs(s));
        assert_eq!(of(0), (0, AgeUnit::Seconds));
        assert_eq!(of(119), (119, AgeUnit::Seconds));
        assert_eq!(of(120), (2, AgeUnit::Minutes));
        assert_eq!(of(7_199), (119, AgeUnit::Minutes));
        assert_eq!(of(7_200), (2, AgeUnit::Hours));
        assert_eq!(of(172_800), (2, AgeUnit::Days));
    }
}
