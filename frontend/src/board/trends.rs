//! The queues' last three hours, which come once a minute beside the snapshots.

use std::collections::BTreeMap;
use std::sync::Arc;

use queuewall_shared::snapshot::Queue;
use queuewall_shared::trend::{TREND_MINUTES, Trends as Answer};

use super::BoardState;

/// Trends that ended less than so many minutes ago go up to now: they are asked for once a
/// minute, and once a minute the server has new ones.
const LATE_FROM_MINUTES: u64 = 3;

/// The latest trends.
#[derive(Default, PartialEq)]
pub(super) struct Trends {
    to_ms: u64,
    last_bin_minutes: usize,
    scale: u64,
    /// Queues of which nothing but the trend is known, and in place of calls waiting those of
    /// a quarter of an hour ago: a map of another type would be two KB of code.
    queues: BTreeMap<String, Arc<Queue>>,
}

/// Where the lines end, and how high they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineEnd {
    /// How many minutes the last bin has.
    pub last_bin_minutes: usize,
    /// How many minutes ago the trends end; 0 where that counts as now.
    pub late: usize,
    /// To how many calls waiting they are drawn.
    pub scale: u64,
}

impl BoardState {
    /// Takes in the trends.
    pub fn show_trends(&self, trends: Answer) {
        let last_bin_minutes = trends.last_bin_minutes();
        let mut queues = BTreeMap::new();
        for trend in trends.queues {
            let queue = Queue {
                trend: trend.waiting_highest,
                waiting: trend.waiting_before,
                ..Queue::default()
            };
            queues.insert(trend.id, Arc::new(queue));
        }
        self.trends.replace(Trends {
            to_ms: trends.to_ms,
            last_bin_minutes,
            scale: trends.scale,
            queues,
        });
    }

    /// The trend of the queue of an id.
    pub(super) fn trend(&self, id: &str) -> Option<Arc<Queue>> {
        (self.trends).with_untracked(|trends| trends.queues.get(id).cloned())
    }

    /// How many more calls wait in a queue than a quarter of an hour ago.
    pub(crate) fn change(&self, queue: &Queue) -> Option<f64> {
        let before = self.line_end().before(self.trend(&queue.id).as_deref())?;
        Some(queue.waiting? as f64 - before as f64)
    }

    /// Where all lines end now, and how high they are.
    pub(super) fn line_end(&self) -> LineEnd {
        let (to_ms, last_bin_minutes, scale) =
            (self.trends).with(|trends| (trends.to_ms, trends.last_bin_minutes, trends.scale));
        let minutes = self.time_since(to_ms).map(|since| since.as_secs() / 60);
        LineEnd {
            last_bin_minutes,
            scale,
            late: match minutes {
                Some(..LATE_FROM_MINUTES) => 0,
                Some(minutes) => minutes as usize,
                None => TREND_MINUTES,
            },
        }
    }
}

impl LineEnd {
    /// Calls waiting a quarter of an hour ago.
    pub(crate) fn before(self, trend: Option<&Queue>) -> Option<u64> {
        trend.filter(|_| self.late == 0)?.waiting
    }
}
