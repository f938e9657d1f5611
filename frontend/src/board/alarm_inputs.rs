//! What every tile tells the alarm: a queue that the link leaves out is not heard.

use queuewall_shared::alarm::AlarmInput;

use super::BoardState;

impl BoardState {
    /// What the tile of every queue that the link chose tells the alarm, by the page's
    /// own judgement.
    #[must_use]
    pub fn alarm_inputs(&self) -> Vec<(String, AlarmInput)> {
        let judge = self.judge();
        let see = |id: String| {
            let queue = self.queue(&id)?;
            let input = AlarmInput::of(judge.of(&queue).0, queue.level);
            Some((id, input))
        };
        self.chosen().into_iter().filter_map(see).collect()
    }
}
