//! The numbers of each queue, one metric a row of the table of metrics. What a tile would not show
//! as live is not there.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use prometheus_client::registry::Unit as BaseUnit;
use queuewall_shared::{
    freshness::Freshness,
    metric::{Metric, Unit},
    snapshot::{Level, Queue},
};
use tracing::warn;

use super::state::{Page, tile_states};
use crate::{clock::Moment, snapshot::Published};

/// The most queues with metrics, and whether it was said that there are more.
#[derive(Debug)]
pub(super) struct Queues {
    most: usize,
    is_said: AtomicBool,
}

/// A queue of a board, and which of its numbers count.
struct Row<'s> {
    board: &'s str,
    queue: &'s Queue,
    is_live: bool,
    is_today_live: bool,
}

impl Queues {
    /// Of at most so many queues; 0 is of none.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            is_said: AtomicBool::new(false),
        }
    }

    pub(super) fn write(
        &self,
        page: &mut Page<'_>,
        boards: &[(&str, &Published)],
        now: Moment,
    ) -> fmt::Result {
        if self.most == 0 {
            return Ok(());
        }
        let all = boards.iter().map(|(_, board)| board.snapshot.queues.len());
        let left_out = all.sum::<usize>().saturating_sub(self.most);
        self.say(left_out);
        let rows = boards
            .iter()
            .flat_map(|(slug, board)| rows(slug, board, now));
        let rows: Vec<_> = rows.take(self.most).collect();
        page.gauge(
            "queuewall_queues_without_metrics",
            "Queues beyond server.metrics_queues, whose numbers are not here",
            None,
            [(Vec::new(), left_out as f64)],
        )?;
        page.gauge(
            "queuewall_queue_info",
            "1, with a queue's name on its board",
            None,
            rows.iter().map(|row| {
                let mut labels = row.labels();
                labels.push(("name", row.queue.name.as_str()));
                (labels, 1.0)
            }),
        )?;
        page.gauge(
            "queuewall_queue_level",
            "A queue's level: 0 without trouble, 1 warning, 2 critical; absent while it is not judged",
            None,
            rows.iter()
                .filter_map(|row| Some((row.labels(), row.level()?))),
        )?;
        for metric in Metric::ALL {
            let (ending, unit, divisor) = match metric.unit() {
                Unit::Milliseconds => ("", Some(&BaseUnit::Seconds), 1_000.0),
                Unit::Percent => ("_ratio", None, 100.0),
                Unit::Calls | Unit::Agents => ("", None, 1.0),
            };
            let since = match metric.is_of_today() {
                true => "today",
                false => "now",
            };
            page.gauge(
                &format!("queuewall_queue_{}{ending}", metric.as_str()),
                &format!(
                    "A queue's {}, {since}; absent while it is not known",
                    metric.label()
                ),
                unit,
                rows.iter()
                    .filter_map(|row| Some((row.labels(), row.value(metric)? / divisor))),
            )?;
        }
        Ok(())
    }

    /// Says once that there are more queues than metrics of them.
    fn say(&self, left_out: usize) {
        if left_out > 0 && !self.is_said.swap(true, Ordering::Relaxed) {
            warn!(
                "/metrics has the numbers of the first {} queues, and lacks those of {left_out}: raise \
                 server.metrics_queues (QUEUEWALL_METRICS_QUEUES) if Prometheus is to have them all",
                self.most
            );
        }
    }
}

fn rows<'s>(
    slug: &'s str,
    board: &'s Published,
    now: Moment,
) -> impl Iterator<Item = Row<'s>> + use<'s> {
    let snapshot = &board.snapshot;
    let latest_age = board.latest_read.map(|read| read.age_at(now));
    let today_interval = snapshot.today_interval_ms.map(Duration::from_millis);
    let queues = snapshot.queues.iter().zip(tile_states(board, now));
    queues.map(move |(queue, tile_state)| Row {
        board: slug,
        queue,
        is_live: tile_state.counts(),
        is_today_live: latest_age
            .zip(today_interval)
            .and_then(|(age, interval)| queue.today_freshness(age, interval))
            .is_some_and(|freshness| freshness != Freshness::Stale),
    })
}

impl<'s> Row<'s> {
    fn labels(&self) -> Vec<(&'static str, &'s str)> {
        vec![("board", self.board), ("queue", &self.queue.id)]
    }

    fn level(&self) -> Option<f64> {
        match self.queue.level {
            _ if !self.is_live => None,
            Level::None => None,
            Level::Ok => Some(0.0),
            Level::Warning => Some(1.0),
            Level::Critical => Some(2.0),
        }
    }

    fn value(&self, metric: Metric) -> Option<f64> {
        let is_live = match metric.is_of_today() {
            true => self.is_today_live,
            false => self.is_live,
        };
        is_live.then(|| self.queue.value(metric)).flatten()
    }
}
