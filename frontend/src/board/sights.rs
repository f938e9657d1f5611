//! What the parts that look after an unattended wall need to know of its board.

use std::time::Duration;

use leptos::prelude::*;
use queuewall_shared::alarm::Sight;

use super::BoardState;

impl BoardState {
    /// The page's monotonic clock as of the latest tick.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.now.get()
    }

    /// The same, without being told when it moves on.
    #[must_use]
    pub fn now_untracked(&self) -> Duration {
        self.now.get_untracked()
    }

    /// What every queue's tile tells the alarm, by the page's own judgement.
    #[must_use]
    pub fn sights(&self) -> Vec<(String, Sight)> {
        let see = |id: String| {
            let queue = self.queues.with_value(|queues| queues.get(&id).cloned())?;
            let sight = queue.with(|queue| Sight::of(self.judge(queue).0, queue.level));
            Some((id, sight))
        };
        self.order.get().into_iter().filter_map(see).collect()
    }
}
