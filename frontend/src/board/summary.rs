//! What is going on in all queues that the link chose: the header and the browser's tab say
//! the same.

use std::time::Duration;

use queuewall_shared::choice::MOST_BESIDE;
use queuewall_shared::metric::{Aggregation, Metric};
use queuewall_shared::snapshot::{Level, Queue};

use super::BoardState;

/// The queues together, by the page's own judgement of which readings count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Queues that count.
    pub counted: usize,
    /// All queues that the link chose.
    pub of: usize,
    /// Queues past a critical threshold.
    pub critical: usize,
    /// Queues past a warning threshold, and no critical one.
    pub warning: usize,
    /// Calls waiting now, and a quarter of an hour ago, in the queues of which both are known;
    /// `None` where that is fewer than half of them.
    pub compared: Option<(u64, u64)>,
    /// Age of the oldest reading that counts.
    pub oldest: Option<Duration>,
    /// The first two of the board's numbers that several queues make one of.
    pub totals: [Option<Total>; 2],
}

/// A metric of several queues.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Total {
    /// Which one.
    pub metric: Metric,
    /// In its unit; `None` where it is unknown of all of them, and of waits where none waits.
    pub value: Option<f64>,
    /// Whether there may be more of it: it is a sum, and some queues do not count.
    pub is_at_least: bool,
}

impl Total {
    /// Of queues whose live numbers count, and whose numbers of today do, among `all`.
    fn of(metric: Metric, live: &[&Queue], today: &[&Queue], all: usize) -> Option<Self> {
        let of_live = |metric: Metric| metric.aggregate(live.iter().copied());
        let metric = match metric {
            // The longest wait says more than the mean.
            Metric::AverageWait if of_live(Metric::LongestWait).is_some() => Metric::LongestWait,
            metric => metric,
        };
        let counted = if metric.is_of_today() { today } else { live };
        let is_wait = metric.is_of_waiting() && metric != Metric::Waiting;
        let is_none = is_wait && of_live(Metric::Waiting) == Some(0.0);
        Some(Self {
            is_at_least: match metric.aggregation() {
                Aggregation::None => return None,
                Aggregation::Sum => counted.len() < all,
                _ => false,
            },
            value: (metric.aggregate(counted.iter().copied())).filter(|_| !is_none),
            metric,
        })
    }
}

impl Summary {
    /// Queues whose numbers are missing or too old, so that there may be more of everything.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.of.saturating_sub(self.counted)
    }
}

impl BoardState {
    /// The queues that the link chose, together.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let judge = self.judge();
        let queues = self.chosen_queues();
        let mut summary = Summary::default();
        let (mut live, mut today) = (Vec::new(), Vec::new());
        let (mut now, mut before) = (0, 0);
        let (mut compared, mut known) = (0, 0);
        for queue in &queues {
            let (tile_state, age) = judge.of(queue);
            if judge.today.is_current(queue) {
                today.push(&**queue);
            }
            if tile_state.counts() {
                live.push(&**queue);
                summary.oldest = summary.oldest.max(age);
                match judge.level(queue) {
                    Level::Critical => summary.critical += 1,
                    Level::Warning => summary.warning += 1,
                    Level::Ok | Level::None => {}
                }
                known += usize::from(queue.waiting.is_some());
                let earlier = judge.line_end.before(self.trend(&queue.id).as_deref());
                if let Some(both) = queue.waiting.zip(earlier) {
                    compared += 1;
                    now += both.0;
                    before += both.1;
                }
            }
        }
        (summary.counted, summary.of) = (live.len(), queues.len());
        summary.compared = (compared * 2 >= known).then_some((now, before));
        let mut shown = 0;
        for metric in (0..=MOST_BESIDE).map_while(|place| judge.choice.at(place)) {
            let total = Total::of(metric, &live, &today, queues.len());
            // The longest wait may stand for the mean.
            let is_new = total.is_some() && total != summary.totals[0];
            if let (Some(place), true) = (summary.totals.get_mut(shown), is_new) {
                *place = total;
                shown += 1;
            }
        }
        summary
    }
}
