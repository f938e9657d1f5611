//! What every tile tells the alarm: a queue that the link leaves out is not heard.

use leptos::prelude::*;
use queuewall_shared::alarm::Sight;

use super::BoardState;

impl BoardState {
    /// What the tile of every queue that the link chose tells the alarm, by the page's
    /// own judgement.
    #[must_use]
    pub fn sights(&self) -> Vec<(String, Sight)> {
        self.any_queue.track();
        let judge = self.judge();
        let see = |id: String| {
            let queue = self.queues.with_value(|queues| queues.get(&id).cloned())?;
            let sight = queue.with_untracked(|queue| Sight::of(judge.of(queue).0, queue.level));
            Some((id, sight))
        };
        self.chosen().into_iter().filter_map(see).collect()
    }
}
