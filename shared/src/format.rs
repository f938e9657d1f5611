//! Durations and ages as people read them from across a room.

use std::time::Duration;

/// What stands where a number is unknown: an en dash, never a 0.
pub const UNKNOWN: &str = "–";

/// A wait as `m:ss`, from an hour on as `h:mm:ss`. Part seconds are dropped.
#[must_use]
pub fn wait(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
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
    fn waits_read_as_clocks() {
        let of = |ms| wait(Duration::from_millis(ms));
        assert_eq!(of(0), "0:00");
        assert_eq!(of(59_999), "0:59");
        assert_eq!(of(92_000), "1:32");
        assert_eq!(of(3_600_000), "1:00:00");
        assert_eq!(of(36_061_000), "10:01:01");
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
