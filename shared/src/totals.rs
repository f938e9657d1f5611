//! The header's sums. The server and the page both call this, each with its own
//! knowledge of which readings still count.

use crate::{
    metric::{Aggregation, Metric},
    snapshot::{Queue, Totals},
};

impl Totals {
    /// Sums over `queues`; the flag beside each says whether its reading is
    /// young enough to count. Queues without a reading never count.
    #[must_use]
    pub fn of<'a>(queues: impl IntoIterator<Item = (&'a Queue, bool)>) -> Self {
        let mut totals = Self::default();
        let mut counted = Vec::new();
        for (queue, counts) in queues {
            totals.of += 1;
            counted.extend(Some(queue).filter(|queue| counts && queue.has_reading()));
        }
        let of = |metric: Metric| {
            let value = metric.aggregate(counted.iter().copied());
            value.map(|value| value as u64)
        };
        totals.waiting = of(Metric::Waiting);
        totals.longest_wait_ms = of(Metric::LongestWait);
        totals.average_wait_ms = of(Metric::AverageWait);
        totals.counted = counted.len();
        totals
    }
}

impl Metric {
    /// One value of several queues'; `None` where none is known, or the metric does not
    /// aggregate.
    #[must_use]
    pub fn aggregate<'a>(self, queues: impl IntoIterator<Item = &'a Queue>) -> Option<f64> {
        let known = queues
            .into_iter()
            .filter_map(|queue| Some((queue, queue.value(self)?)));
        match self.aggregation() {
            Aggregation::Sum => known.map(|(_, value)| value).reduce(|a, b| a + b),
            Aggregation::Maximum => known.map(|(_, value)| value).reduce(f64::max),
            Aggregation::MeanWeightedBy(metric) => {
                let weighted = known.filter_map(|(queue, it)| Some((it, queue.value(metric)?)));
                let (sum, weight) = weighted.fold((0.0, 0.0), |(sum, all), (value, weight)| {
                    (sum + value * weight, all + weight)
                });
                (weight > 0.0).then(|| sum / weight)
            }
            Aggregation::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::QueueState;

    fn queue(waiting: Option<u64>, average_wait_ms: Option<u64>) -> Queue {
        Queue {
            id: "q".into(),
            name: "q".into(),
            state: QueueState::Open,
            lag_ms: Some(0),
            waiting,
            average_wait_ms,
            longest_wait_ms: average_wait_ms.map(|ms| ms * 2),
            ..Queue::default()
        }
    }

    #[test]
    fn the_mean_wait_is_weighted_and_stale_queues_are_left_out() {
        let (a, b, stale) = (
            queue(Some(3), Some(10_000)),
            queue(Some(1), Some(50_000)),
            queue(Some(90), Some(900_000)),
        );
        let totals = Totals::of([(&a, true), (&b, true), (&stale, false)]);
        assert_eq!(totals.waiting, Some(4));
        assert_eq!(totals.average_wait_ms, Some(20_000));
        assert_eq!(totals.longest_wait_ms, Some(100_000));
        assert_eq!((totals.counted, totals.of), (2, 3));
    }

    #[test]
    fn unknown_is_not_zero() {
        let unknown = queue(None, None);
        let totals = Totals::of([(&unknown, true)]);
        assert_eq!(totals.waiting, None);
        assert_eq!(totals.average_wait_ms, None);
        assert_eq!(totals.counted, 1);
        // Nobody waits: there is no mean wait to speak of, and no division by 0.
        assert_eq!(
            Totals::of([(&queue(Some(0), Some(0)), true)]).average_wait_ms,
            None
        );
    }

    #[test]
    fn a_queue_that_may_not_be_seen_never_counts() {
        let mut hidden = queue(Some(5), None);
        hidden.state = QueueState::Forbidden;
        assert_eq!(
            Totals::of([(&hidden, true)]),
            Totals {
                of: 1,
                ..Totals::default()
            }
        );
    }
}
