//! How far today's numbers may be trusted, by the page's own clock.

use std::time::Duration;

use queuewall_shared::cause::Cause;
use queuewall_shared::freshness::Freshness;
use queuewall_shared::snapshot::Queue;

use super::BoardState;

/// What today's numbers are judged by besides themselves: read once for all queues.
#[derive(Clone, Copy)]
pub(crate) struct TodayJudge {
    age: Option<Duration>,
    /// `None` where CXone has none of them.
    pub(crate) interval: Option<Duration>,
    /// Why they are missing or grow old.
    pub(crate) cause: Option<Cause>,
    pub(crate) is_trusted: bool,
}

impl TodayJudge {
    /// How far a queue's may be trusted, and how old they may be; `None` where there are none.
    pub(crate) fn of(&self, queue: &Queue) -> Option<(Freshness, Option<Duration>)> {
        let latest = self.age.unwrap_or(Duration::MAX);
        let freshness = match queue.today_freshness(latest, self.interval?)? {
            _ if !self.is_trusted => Freshness::Stale,
            freshness => freshness,
        };
        let lag = Duration::from_millis(queue.today.as_ref()?.lag_ms);
        Some((freshness, self.age.map(|age| age.saturating_add(lag))))
    }

    /// Whether a queue's still count.
    pub(crate) fn is_current(&self, queue: &Queue) -> bool {
        self.of(queue)
            .is_some_and(|(freshness, _)| freshness != Freshness::Stale)
    }
}

impl BoardState {
    /// What today's numbers of all queues are judged by now.
    pub(crate) fn today_judge(&self) -> TodayJudge {
        let (interval_ms, cause) = self.head.with(|head| match head {
            Some(head) => head.today,
            None => (None, None),
        });
        TodayJudge {
            age: self.age(),
            interval: interval_ms.map(Duration::from_millis),
            cause,
            is_trusted: self.is_trusted(),
        }
    }
}
