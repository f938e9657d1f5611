//! The last three hours of one queue's calls waiting.

use std::collections::VecDeque;

use queuewall_shared::trend::{BIN_MINUTES, BINS, CHANGE_MINUTES, QueueTrend};

use crate::history::Waiting;

/// Its bins, and its last minutes, the oldest first. Small numbers, since there are thousands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trend {
    highest: VecDeque<Option<u32>>,
    last: VecDeque<Option<u32>>,
}

impl Trend {
    /// Adds the minute of this number, which follows the one before; unknown is a gap. Bins
    /// begin at multiples of their length.
    pub(crate) fn push(&mut self, minute: i64, waiting: Waiting) {
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let highest = waiting.highest.max(waiting.last).map(small);
        match self.highest.back_mut() {
            Some(bin) if minute.rem_euclid(BIN_MINUTES as i64) > 0 => *bin = highest.max(*bin),
            _ => push(&mut self.highest, highest, BINS),
        }
        push(&mut self.last, waiting.last.map(small), CHANGE_MINUTES);
    }

    /// Whether anything is known.
    pub(crate) fn is_known(&self) -> bool {
        self.highest.iter().any(Option::is_some)
    }

    /// The same for the queue of this id; where there is none, of an unknown one.
    pub(crate) fn of_queue(trend: Option<&Self>, id: &str) -> QueueTrend {
        let bins = trend.iter().flat_map(|trend| &trend.highest);
        let bins = bins.map(|bin| bin.map(u64::from));
        let missing = BINS - trend.map_or(0, |trend| trend.highest.len());
        let before = trend.filter(|trend| trend.last.len() == CHANGE_MINUTES);
        let before = before.and_then(|trend| *trend.last.front()?);
        QueueTrend {
            id: id.to_owned(),
            waiting_highest: std::iter::repeat_n(None, missing).chain(bins).collect(),
            waiting_before: before.map(u64::from),
            waiting_limits: [None; 2],
        }
    }
}

fn push(values: &mut VecDeque<Option<u32>>, value: Option<u32>, most: usize) {
    if values.len() == most {
        values.pop_front();
    }
    values.push_back(value);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use queuewall_shared::trend::TREND_MINUTES;

    use super::*;

    fn waiting(last: u64, highest: u64) -> Waiting {
        Waiting {
            last: Some(last),
            highest: Some(highest),
        }
    }

    /// After these minutes, the first of which has this number.
    fn after(first: i64, minutes: &[Waiting]) -> QueueTrend {
        let mut trend = Trend::default();
        for (minute, waiting) in (first..).zip(minutes) {
            trend.push(minute, *waiting);
        }
        Trend::of_queue(Some(&trend), "q")
    }

    #[test]
    fn bin_has_the_highest_of_its_minutes() {
        let minutes = [waiting(1, 9), waiting(2, 2), waiting(3, 4), waiting(8, 0)];
        // Minutes 3 and 4, then 5 and 6.
        let trend = after(3, &minutes);
        assert_eq!(trend.waiting_highest[BINS - 3..], [None, Some(9), Some(8)]);
        assert_eq!(trend.waiting_highest.len(), BINS);
        assert_eq!(trend.waiting_before, None, "too short ago");
        // Before the first minute of all.
        let trend = after(-2, &minutes);
        assert_eq!(trend.waiting_highest[BINS - 2..], [Some(9), Some(8)]);
    }

    #[test]
    fn bin_without_a_known_minute_is_a_gap() {
        let mut minutes = [Waiting::default(); 15];
        minutes[12] = waiting(0, 0);
        let trend = after(0, &minutes);
        assert_eq!(trend.waiting_highest[BINS - 3..], [None, None, Some(0)]);
    }

    #[test]
    fn change_is_told_against_a_quarter_of_an_hour_ago() {
        let minutes: Vec<_> = (0..30).map(|it| waiting(it, 50)).collect();
        assert_eq!(after(0, &minutes).waiting_before, Some(15));
        assert_eq!(after(0, &minutes[..14]).waiting_before, None);
        let unknown = Trend::of_queue(None, "q");
        assert_eq!(unknown.waiting_highest, [None; BINS]);
        assert_eq!(unknown.waiting_before, None);
    }

    proptest! {
        #[test]
        fn latest_three_hours_are_kept_in_order(
            first in -1_000..1_000_i64,
            highest in proptest::collection::vec(proptest::option::of(0u64..100), 1..500),
        ) {
            let minutes: Vec<_> = highest.iter().map(|highest| Waiting { last: None, highest: *highest }).collect();
            let trend = after(first, &minutes);
            let end = first + minutes.len() as i64;
            for (place, bin) in trend.waiting_highest.iter().enumerate() {
                let start = (end - 1).div_euclid(5) * 5 + (place as i64 - 35) * 5;
                let of_bin = highest.iter().zip(first..).filter(|(_, at)| (start..start + 5).contains(at));
                prop_assert_eq!(of_bin.filter_map(|(it, _)| *it).max(), *bin, "{} {}", place, TREND_MINUTES);
            }
        }
    }
}
