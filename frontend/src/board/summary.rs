//! What is going on in all queues that the link chose: the header and the browser's tab say
//! the same.

use std::time::Duration;

use queuewall_shared::snapshot::{Level, Totals};

use super::BoardState;

/// The queues together, by the page's own judgement of which readings count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Sums over the queues that count.
    pub totals: Totals,
    /// Queues past a critical threshold.
    pub critical: usize,
    /// Queues past a warning threshold, and no critical one.
    pub warning: usize,
    /// Calls waiting now, and a quarter of an hour ago, in the queues of which both are known;
    /// `None` where that is fewer than half of them.
    pub compared: Option<(u64, u64)>,
    /// Age of the oldest reading that counts.
    pub oldest: Option<Duration>,
}

impl Summary {
    /// Queues whose numbers are missing or too old, so that there may be more of everything.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.totals.of.saturating_sub(self.totals.counted)
    }
}

impl BoardState {
    /// The queues that the link chose, together.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let judge = self.judge();
        let queues = self.chosen_queues();
        let mut summary = Summary::default();
        let (mut now, mut before) = (0, 0);
        let (mut compared, mut known) = (0, 0);
        summary.totals = Totals::of(queues.iter().map(|queue| {
            let (tile_state, age) = judge.of(queue);
            let counts = tile_state.counts();
            if counts {
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
            (&**queue, counts)
        }));
        summary.compared = (compared * 2 >= known).then_some((now, before));
        summary
    }
}
