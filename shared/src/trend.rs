//! The last half hour of calls waiting: one value a minute, kept by the server.

use std::collections::VecDeque;

/// How many minutes a trend goes back.
pub const TREND_MINUTES: usize = 30;

/// Calls waiting at the end of each of the last [`TREND_MINUTES`] minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trend {
    /// Oldest first, at most [`TREND_MINUTES`]; unknown is `None`.
    values: VecDeque<Option<u64>>,
}

impl Trend {
    /// Adds the value of the minute that has just ended; `None` where it is unknown.
    pub fn push(&mut self, waiting: Option<u64>) {
        self.values.push_back(waiting);
        if self.values.len() > TREND_MINUTES {
            self.values.pop_front();
        }
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }

    /// [`TREND_MINUTES`] values, oldest first; none at all where nothing is known.
    #[must_use]
    pub fn to_vec(&self) -> Vec<Option<u64>> {
        if self.is_unknown() {
            return Vec::new();
        }
        let missing = TREND_MINUTES - self.values.len();
        std::iter::repeat_n(None, missing)
            .chain(self.values.iter().copied())
            .collect()
    }
}

/// How many minutes a change is told against.
pub const CHANGE_MINUTES: usize = 15;

/// Calls waiting [`CHANGE_MINUTES`] ago, of a trend with the oldest minute first; `None`
/// where they were unknown.
#[must_use]
pub fn before(trend: &[Option<u64>]) -> Option<u64> {
    trend
        .get(trend.len().checked_sub(CHANGE_MINUTES)?)
        .copied()
        .flatten()
}

/// A line over fewer minutes than this would look like a dash.
const LEAST_MINUTES: usize = 5;

/// Width of [`line()`]'s picture: ten for each step from one minute to the next.
pub const LINE_WIDTH: usize = (TREND_MINUTES - 1) * LINE_STEP;
/// Height of [`line()`]'s picture.
pub const LINE_HEIGHT: u64 = 100;
const LINE_STEP: usize = 10;
/// The least count that the picture is high, so that one call more is no mountain.
const LINE_LEAST_TOP: u64 = 5;

/// A trend, oldest minute first, as the SVG path of a stepped line, [`LINE_WIDTH`] by
/// [`LINE_HEIGHT`] with 0 calls at the bottom. It breaks off where a minute is unknown;
/// a minute between two gaps is a dot. Empty where fewer than five minutes are known.
#[must_use]
pub fn line(trend: &[Option<u64>]) -> String {
    if trend.iter().flatten().count() < LEAST_MINUTES {
        return String::new();
    }
    let top = trend.iter().flatten().max().copied().unwrap_or(0);
    let top = top.max(LINE_LEAST_TOP);
    let mut path = String::new();
    for (minute, count) in trend.iter().enumerate() {
        let Some(count) = count else { continue };
        let known = |minute: Option<usize>| {
            minute.is_some_and(|minute| trend.get(minute).is_some_and(Option::is_some))
        };
        let goes_on = known(minute.checked_sub(1));
        let x = (minute * LINE_STEP).to_string();
        let y =
            (LINE_HEIGHT - (count.saturating_mul(LINE_HEIGHT) / top).min(LINE_HEIGHT)).to_string();
        // A step: what was counted at a minute's end is that minute's.
        let parts = match goes_on {
            true => ["V", &y, "H", &x],
            false => ["M", &x, " ", &y],
        };
        path.push_str(&parts.concat());
        if !goes_on && !known(Some(minute + 1)) {
            path.push_str("h1");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn change_is_told_against_a_quarter_of_an_hour_ago() {
        let minutes: Vec<_> = (0..30).map(Some).collect();
        assert_eq!(before(&minutes), Some(15));
        assert_eq!(before(&minutes[..14]), None);
        assert_eq!(before(&[None; 30]), None);
        assert_eq!(before(&[]), None);
    }

    #[test]
    fn a_line_breaks_off_at_a_gap_and_a_lonely_minute_is_a_dot() {
        let trend = [0, 5, 99, 10, 99, 10, 10].map(|it| Some(it).filter(|it| *it < 99));
        assert_eq!(line(&trend), "M0 100V50H10M30 0h1M50 0V0H60");
        // Few calls stay low.
        assert_eq!(line(&[Some(1); 5]), "M0 80V80H10V80H20V80H30V80H40");
        // Too little to be a line.
        assert_eq!(line(&[Some(1), Some(2), None, Some(3), Some(4)]), "");
        assert_eq!(line(&[None; 30]), "");
        // Nonsense stays in the picture.
        let path = line(&[Some(u64::MAX), Some(0), Some(0), Some(0), Some(0)]);
        assert!(path.starts_with("M0 99V100H10"), "{path}");
    }

    #[test]
    fn the_line_of_half_an_hour_is_as_wide_as_its_picture() {
        let path = line(&[Some(0); TREND_MINUTES]);
        assert!(path.starts_with("M0 100V100H10"), "{path}");
        assert!(
            path.ends_with(&format!("V{LINE_HEIGHT}H{LINE_WIDTH}")),
            "{path}"
        );
    }

    #[test]
    fn time_before_the_first_minute_is_a_gap() {
        let mut trend = Trend::default();
        assert!(trend.to_vec().is_empty());
        trend.push(Some(4));
        trend.push(None);
        let values = trend.to_vec();
        assert_eq!(values.len(), TREND_MINUTES);
        assert_eq!(values[27..], [None, Some(4), None]);
    }

    proptest! {
        #[test]
        fn the_latest_half_hour_is_kept_in_order(
            pushed in proptest::collection::vec(proptest::option::of(0u64..100), 0..80),
        ) {
            let mut trend = Trend::default();
            for value in &pushed {
                trend.push(*value);
            }
            let latest = &pushed[pushed.len().saturating_sub(TREND_MINUTES)..];
            if latest.iter().all(Option::is_none) {
                prop_assert!(trend.to_vec().is_empty());
            } else {
                let values = trend.to_vec();
                prop_assert_eq!(values.len(), TREND_MINUTES);
                prop_assert_eq!(&values[TREND_MINUTES - latest.len()..], latest);
            }
        }
    }
}
