//! What every tile tells the alarm: a queue that the link leaves out is not heard.

use std::sync::Arc;

use queuewall_shared::alarm::AlarmInput;
use queuewall_shared::snapshot::Queue;

use super::BoardState;

impl BoardState {
    /// What the tile of every queue that the link chose tells the alarm, by the page's
    /// own judgement.
    #[must_use]
    pub fn alarm_inputs(&self) -> Vec<(String, AlarmInput)> {
        let judge = self.judge();
        let see = |queue: Arc<Queue>| {
            let input = AlarmInput::of(judge.of(&queue).0, queue.level);
            (queue.id.clone(), input)
        };
        self.chosen_queues().into_iter().map(see).collect()
    }
}
