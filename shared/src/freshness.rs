//! When a reading stops being true: the wall's first promise, as pure functions.
//!
//! Ages are durations measured on one machine each and added up (upstream →
//! server, server → browser, time since); two machines' clocks are never compared.

use std::time::Duration;

/// How far a reading may be trusted, by its age against the poll interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Freshness {
    /// Younger than 1.5 intervals: as good as live.
    Fresh,
    /// Up to 3 intervals: shown with its age in words.
    Ageing,
    /// Older: loses colour, sound and its place in the totals.
    Stale,
}

impl Freshness {
    /// Judges a reading of `age` where reads come every `poll_interval`.
    #[must_use]
    pub fn of(age: Duration, poll_interval: Duration) -> Self {
        if age < fresh_for(poll_interval) {
            Self::Fresh
        } else if age <= stale_after(poll_interval) {
            Self::Ageing
        } else {
            Self::Stale
        }
    }

    /// The state's name in class names and test hooks.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Ageing => "ageing",
            Self::Stale => "stale",
        }
    }
}

/// A reading is fresh while it is younger than this: 1.5 intervals.
#[must_use]
pub fn fresh_for(poll_interval: Duration) -> Duration {
    poll_interval.saturating_add(poll_interval / 2)
}

/// A reading older than this is stale: 3 intervals.
#[must_use]
pub fn stale_after(poll_interval: Duration) -> Duration {
    poll_interval.saturating_mul(3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POLL: Duration = Duration::from_secs(30);

    #[test]
    fn the_boundaries_are_the_walls() {
        let of = |seconds| Freshness::of(Duration::from_millis(seconds), POLL);
        assert_eq!(of(0), Freshness::Fresh);
        assert_eq!(of(44_999), Freshness::Fresh);
        assert_eq!(of(45_000), Freshness::Ageing);
        assert_eq!(of(90_000), Freshness::Ageing);
        assert_eq!(of(90_001), Freshness::Stale);
    }

    #[test]
    fn the_style_sheet_knows_what_is_ageing_and_what_is_stale() {
        let style = include_str!("../../style/header.css");
        for freshness in [Freshness::Ageing, Freshness::Stale] {
            let selector = format!("[data-freshness=\"{}\"]", freshness.as_str());
            assert!(style.contains(&selector), "{selector}");
        }
        assert_eq!(Freshness::Fresh.as_str(), "fresh");
    }

    proptest! {
        #[test]
        fn growing_older_never_makes_fresher(a in 0u64..u64::MAX, b in 0u64..u64::MAX, poll in 0u64..u64::MAX) {
            let (young, old) = (a.min(b), a.max(b));
            let poll = Duration::from_millis(poll);
            let judge = |age| Freshness::of(Duration::from_millis(age), poll);
            prop_assert!(judge(young) <= judge(old));
        }
    }
}
