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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_lies_before_the_first_minute_is_a_gap() {
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
