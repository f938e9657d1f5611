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
    /// How many calls waiting all lines are drawn to: [`scale`].
    #[serde(default)]
    pub scale: u64,
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
    /// From how many calls waiting it is a warning, and from how many critical. Walls draw none:
    /// it is for who serves the queue's history.
    #[serde(default)]
    pub waiting_limits: [Option<u64>; 2],
}

impl Trends {
    /// How many minutes the last bin has so far.
    #[must_use]
    pub fn last_bin_minutes(&self) -> usize {
        let minutes = usize::try_from(self.to_ms / 60_000).unwrap_or(usize::MAX);
        (minutes % BIN_MINUTES + BIN_MINUTES - 1) % BIN_MINUTES + 1
    }
}

/// By how much the scale exceeds the limit of the critical level.
const ABOVE_CRITICAL: f64 = 1.2;

/// To how many calls waiting a board's lines are drawn, so that they can be compared: beyond
/// where critical begins, and enough for half of the queues. What is higher is cut off, and its
/// number is shown.
#[must_use]
pub fn scale(queues: &[QueueTrend], critical: Option<f64>) -> u64 {
    let highest = |queue: &QueueTrend| queue.waiting_highest.iter().copied().max().flatten();
    let mut highest: Vec<u64> = queues.iter().filter_map(highest).collect();
    highest.sort_unstable();
    let median = highest.get(highest.len() / 2).copied();
    let limit = critical.map(|limit| (limit * ABOVE_CRITICAL).ceil() as u64);
    median.max(limit).unwrap_or(0).max(LINE_LEAST_TOP)
}

/// A line over fewer bins than this would look like a dash.
const LEAST_BINS: usize = 2;

/// Width of [`line()`]'s picture: one for each minute.
pub const LINE_WIDTH: usize = TREND_MINUTES;
/// Height of [`line()`]'s picture.
pub const LINE_HEIGHT: u64 = 100;
/// The least scale, so that one call more is no mountain.
const LINE_LEAST_TOP: u64 = 5;

/// A stepped line of calls waiting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The SVG path of the line, [`LINE_WIDTH`] by [`LINE_HEIGHT`] with 0 calls at the bottom.
    pub path: String,
    /// The path of the dot at the right edge, for the calls waiting now.
    pub dot: String,
    /// The most calls waiting, where they are more than the scale, and where in the width the
    /// line is cut off for it.
    pub peak: Option<(u64, usize)>,
}

/// A trend's bins as a line that ends `late` minutes before the right edge, and breaks off where
/// a bin is unknown. Where fewer than two bins are known it is empty.
#[must_use]
pub fn line(
    bins: &[Option<u64>],
    last_bin_minutes: usize,
    late: usize,
    now: Option<u64>,
    scale: u64,
) -> Line {
    if bins.iter().flatten().count() < LEAST_BINS {
        return Line::default();
    }
    let top = scale.max(LINE_LEAST_TOP);
    let y = |count: u64| (LINE_HEIGHT - count.min(top) * LINE_HEIGHT / top).to_string();
    let right = LINE_WIDTH.saturating_sub(late);
    let mut path = String::new();
    let mut goes_on = false;
    let (mut peak, mut cut_off_from) = ((top, 0), None);
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
            if count > top {
                let from = *cut_off_from.get_or_insert(start);
                if count > peak.0 {
                    peak = (count, from);
                }
            } else {
                cut_off_from = None;
            }
            let (start, end, y) = (start.to_string(), end.to_string(), y(count));
            match goes_on {
                true => path.push_str(&["V", &y, "H", &end].concat()),
                false => path.push_str(&["M", &start, " ", &y, "H", &end].concat()),
            }
        }
        goes_on = count.is_some();
    }
    let mut dot = String::new();
    if let Some(now) = now.filter(|_| !path.is_empty()) {
        if goes_on && late == 0 {
            path.push_str(&["V", &y(now)].concat());
        }
        dot = ["M", &LINE_WIDTH.to_string(), " ", &y(now), "h0"].concat();
    }
    Line {
        path,
        dot,
        peak: Some(peak).filter(|peak| peak.0 > top),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn line_is_stepped_and_breaks_off_at_a_gap() {
        let bins = [0, 5, 99, 10].map(|it| Some(it).filter(|it| *it < 99));
        let line = |late| line(&bins, 2, late, Some(4), 10);
        let of = |path: &str, dot: &str| Line {
            path: path.to_owned(),
            dot: dot.to_owned(),
            peak: None,
        };
        let path = "M163 100H168V50H173M178 0H180V60";
        assert_eq!(line(0), of(path, "M180 60h0"));
        // Nothing is known of the last ten minutes: the dot stands alone.
        let path = "M153 100H158V50H163M168 0H170";
        assert_eq!(line(10), of(path, "M180 60h0"));
        assert_eq!(line(175).path, "M3 0H5");
        assert_eq!(line(500), Line::default());
    }

    #[test]
    fn line_above_its_scale_is_cut_off_with_its_number() {
        let line = line(&[32, 1, 30, 34, 34, 2].map(Some), 5, 0, Some(40), 12);
        assert!(line.path.contains("V0H165"), "{}", line.path);
        assert_eq!(line.dot, "M180 0h0");
        assert_eq!(line.peak, Some((34, 160)), "where it rises to it");
    }

    #[test]
    fn scale_is_above_critical_and_enough_for_half_of_the_queues() {
        let queue = |highest: u64| QueueTrend {
            waiting_highest: vec![Some(0), None, Some(highest)],
            ..QueueTrend::default()
        };
        let queues = [2, 20, 90].map(queue);
        assert_eq!(scale(&queues, None), 20);
        assert_eq!(scale(&queues, Some(10.0)), 20);
        assert_eq!(scale(&queues, Some(50.0)), 60);
        assert_eq!(scale(&queues[..1], None), 5);
        assert_eq!(scale(&[QueueTrend::default()], None), 5);
    }

    #[test]
    fn few_calls_stay_low_and_little_is_no_line() {
        let path = |bins: &[Option<u64>]| line(bins, 5, 0, None, 0).path;
        assert_eq!(path(&[Some(1); 2]), "M170 80H175V80H180");
        assert_eq!(line(&[Some(1), None], 5, 0, Some(1), 5), Line::default());
        assert_eq!(line(&[None; BINS], 5, 0, Some(1), 5), Line::default());
    }

    #[test]
    fn line_of_all_bins_is_as_wide_as_its_picture() {
        for minutes in 1..=5 {
            let path = line(&[Some(0); BINS], minutes, 0, None, 5).path;
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
            scale in 0..1_000_000u64,
        ) {
            let line = line(&bins, last % BIN_MINUTES + 1, late, now, scale);
            let highest = bins.iter().flatten().max();
            prop_assert!(line.peak.is_none_or(|(peak, at)| Some(&peak) <= highest && at < LINE_WIDTH));
            for number in (line.path + &line.dot).split(|c: char| !c.is_ascii_digit()) {
                prop_assert!(number.is_empty() || number.parse::<usize>().unwrap() <= LINE_WIDTH);
            }
        }
    }
}
