//! Which state each queue of the board is in, by the page's own clock.

use std::time::Duration;

use queuewall_shared::choice::Choice;
use queuewall_shared::freshness::Freshness;
use queuewall_shared::snapshot::{Level, Metric, Queue};
use queuewall_shared::tile_state::TileState;

use super::{BoardState, LineEnd, TodayJudge};

/// What a queue is judged by besides itself: read once for all queues of a board, since
/// each signal read costs more than the judgement.
#[derive(Clone, Copy)]
pub(crate) struct Judge {
    age: Option<Duration>,
    since_sent: Duration,
    poll_interval: Duration,
    is_trusted: bool,
    is_of_one_age: bool,
    /// Where the tiles' lines end.
    pub(super) line_end: LineEnd,
    /// Which numbers tiles and header show.
    pub(super) choice: Choice,
    pub(super) today: TodayJudge,
}

impl Judge {
    /// The queue's state, and how old what is known of it is.
    pub(crate) fn of(&self, queue: &Queue) -> (TileState, Option<Duration>) {
        let read = queue.lag_ms.map(Duration::from_millis);
        let age = self.age.zip(read).map(|(age, lag)| age.saturating_add(lag));
        let tile_state = TileState::of(queue, age, self.poll_interval, self.is_trusted);
        // A tile without a reading is as old as what the server said of it.
        (tile_state, age.or(Some(self.since_sent)))
    }

    /// Whether a tile says that its reading is so old: while all are, the header does.
    pub(crate) fn has_to_say(&self, age: Duration) -> bool {
        !self.is_of_one_age && Freshness::of(age, self.poll_interval) == Freshness::Ageing
    }

    /// The same of a board that chooses no numbers.
    pub(crate) fn of_supervisor(self) -> Self {
        Self {
            choice: Choice::default(),
            ..self
        }
    }

    /// How old today's numbers are, where one of them is shown and too old.
    pub(super) fn old_today(&self, queue: &Queue) -> Option<Duration> {
        let is_shown = self.choice.has(Metric::is_of_today);
        let known = self.today.of(queue).filter(|_| is_shown);
        known.filter(|it| it.0 == Freshness::Stale)?.1
    }

    /// How bad the queue is, where its reading still counts.
    pub(crate) fn level(&self, queue: &Queue) -> Level {
        match self.of(queue).0 {
            TileState::Fresh | TileState::Ageing => queue.level,
            _ => Level::None,
        }
    }
}

impl BoardState {
    /// What all queues are judged by now.
    pub(crate) fn judge(&self) -> Judge {
        Judge {
            age: self.age(),
            since_sent: self.since_sent(),
            poll_interval: self.poll_interval(),
            is_trusted: self.is_trusted(),
            is_of_one_age: self
                .head
                .with(|head| head.as_ref().is_some_and(|it| it.is_of_one_age)),
            line_end: self.line_end(),
            choice: self.choice(),
            today: self.today_judge(),
        }
    }
}
