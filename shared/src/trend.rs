//! The last three hours of calls waiting: what `GET /api/boards/{slug}/trends` answers, and the
//! line that the page draws of it.

use serde::{Deserialize, Serialize};

/// How long a bin is, in minutes.
pub const BIN_MINUTES: usize = 5;
/// How many bins a trend has.
pub const BINS: usize = 36;
/// How many minutes a trend goes back.
pub const TREND_MINUTES: usize = BINS * BIN_MINUTES;
/// How many minutes a change is told against.
pub const CHANGE_MINUTES: usize = 15;

/// The trends of a board's queues. Bins begin at multiples of `step_ms` on the scale of all
/// points in time, so the last one is not over yet unless `to_ms` is such a multiple.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trends {
    /// The end of the last whole minute: a point in time.
    pub to_ms: u64,
    /// How long a bin is.
    pub step_ms: u64,
    /// The queues in the board's order.
    pub queues: Vec<QueueTrend>,
}

/// The trend of one queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueTrend {
    /// CXone's id.
    pub id: String,
    /// The most calls waiting in each of the last [`BINS`] bins, oldest first; `None` where
    /// nothing is known.
    pub waiting_highest: Vec<Option<u64>>,
    /// Calls waiting [`CHANGE_MINUTES`] ago; `None` where that is unknown.
    pub waiting_before: Option<u64>,
}

impl Trends {
    /// How many minutes the last bin has so far.
    #[must_use]
    pub fn last_bin_minutes(&self) -> usize {
        let minutes = usize::try_from(self.to_ms / 60_000).unwrap_or(usize::MAX);
        (minutes % BIN_MINUTES + BIN_MINUTES - 1) % BIN_MINUTES + 1
    }
}

/// A line over fewer bins than this would look like a dash.
const LEAST_BINS: usize = 2;

/// Width of [`line()`]'s picture: one for each minute.
pub const LINE_WIDTH: usize = TREND_MINUTES;
/// Height of [`line()`]'s picture.
pub const LINE_HEIGHT: u64 = 100;
/// The least count that the picture is high, so that one call more is no mountain.
const LINE_LEAST_TOP: u64 = 5;

/// A trend's bins as the SVG path of a stepped line, [`LINE_WIDTH`] by [`LINE_HEIGHT`] with 0
/// calls at the bottom, which ends `late` minutes before the right edge, and the path of the
/// dot at that edge for the calls waiting `now`. The line breaks off where a bin is unknown.
/// Both are empty where fewer than two bins are known.
#[must_use]
pub fn line(
    bins: &[Option<u64>],
    last_bin_minutes: usize,
    late: usize,
    now: Option<u64>,
) -> (String, String) {
    if bins.iter().flatten().count() < LEAST_BINS {
        return Default::default();
    }
    let top = bins.iter().chain([&now]).flatten().max().copied();
    let top = top.unwrap_or(0).max(LINE_LEAST_TOP);
    let y = |count: u64| (LINE_HEIGHT - count.saturating_mul(LINE_HEIGHT) / top).to_string();
    let right = LINE_WIDTH.saturating_sub(late);
    let mut path = String::new();
    let mut goes_on = false;
    for (place, count) in bins.iter().enumerate() {
        // From the right edge: how many minutes after its end the last one ends.
        let after = match bins.len() - 1 - place {
            0 => 0,
            younger => last_bin_minutes + (younger - 1) * BIN_MINUTES,
        };
        let end = right.saturating_sub(after);
        let start = match after {
            0 => right.saturating_sub(last_bin_minutes),
            _ => end.saturating_sub(BIN_MINUTES),
        };
        let count = count.filter(|_| end > 0);
        if let Some(count) = count {
            let (start, end, y) = (start.to_string(), end.to_string(), y(count));
            match goes_on {
                true => path.push_str(&["V", &y, "H", &end].concat()),
                false => path.push_str(&["M", &start, " ", &y, "H", &end].concat()),
            }
        }
        goes_on = count.is_some();
    }
    let Some(now) = now.filter(|_| !path.is_empty()) else {
        return (path, String::new());
    };
    if goes_on && late == 0 {
        path.push_str(&["V", &y(now)].concat());
    }
    let dot = ["M", &LINE_WIDTH.to_string(), " ", &y(now), "h0"].concat();
    (path, dot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn line_is_stepped_and_breaks_off_at_a_gap() {
        let bins = [0, 5, 99, 10].map(|it| Some(it).filter(|it| *it < 99));
        let line = |late| line(&bins, 2, late, Some(4));
        let path = "M163 100H168V50H173M178 0H180V60";
        assert_eq!(line(0), (path.to_owned(), "M180 60h0".to_owned()));
        // Nothing is known of the last ten minutes: the dot stands alone.
        let path = "M153 100H158V50H163M168 0H170";
        assert_eq!(line(10), (path.to_owned(), "M180 60h0".to_owned()));
        assert_eq!(line(175).0, "M3 0H5");
        assert_eq!(line(500), (String::new(), String::new()));
    }

    #[test]
    fn few_calls_stay_low_and_little_is_no_line() {
        assert_eq!(line(&[Some(1); 2], 5, 0, None).0, "M170 80H175V80H180");
        let nothing = (String::new(), String::new());
        assert_eq!(line(&[Some(1), None], 5, 0, Some(1)), nothing);
        assert_eq!(line(&[None; BINS], 5, 0, Some(1)), nothing);
        // Nonsense stays in the picture.
        let (path, dot) = line(&[Some(u64::MAX), Some(0)], 5, 0, Some(7));
        assert_eq!((&*path, &*dot), ("M170 99H175V100H180V100", "M180 100h0"));
    }

    #[test]
    fn line_of_all_bins_is_as_wide_as_its_picture() {
        for minutes in 1..=5 {
            let (path, _) = line(&[Some(0); BINS], minutes, 0, None);
            let start = BIN_MINUTES - minutes;
            assert!(path.starts_with(&format!("M{start} 100H")), "{path}");
            assert!(path.ends_with(&format!("V100H{LINE_WIDTH}")), "{path}");
        }
    }

    #[test]
    fn last_bin_begins_at_a_multiple_of_its_length() {
        for (minute, expected) in [(0, 5), (1, 1), (4, 4), (5, 5), (6, 1), (180, 5)] {
            let trends = Trends {
                to_ms: minute * 60_000,
                ..Trends::default()
            };
            assert_eq!(trends.last_bin_minutes(), expected, "{minute}");
        }
    }

    proptest! {
        #[test]
        fn line_of_any_trend_stays_in_its_picture(
            bins in proptest::collection::vec(proptest::option::of(any::<u64>()), 0..50),
            last in any::<usize>(),
            late in any::<usize>(),
            now in proptest::option::of(any::<u64>()),
        ) {
            let (path, dot) = line(&bins, last % BIN_MINUTES + 1, late, now);
            for number in (path + &dot).split(|c: char| !c.is_ascii_digit()) {
                prop_assert!(number.is_empty() || number.parse::<usize>().unwrap() <= LINE_WIDTH);
            }
        }
    }
}
