//! The levels of one board's queues, judged once a reading.

use std::collections::HashMap;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use queuewall_shared::{
    level::{Judge, Judgement, NewAnswers, Thresholds},
    snapshot::{Queue, QueueState},
};
use tokio::time::Instant;

use super::{
    assemble::{Frame, Shown},
    readings::Known,
    today::OfBoard,
};
use crate::{
    board::{BoardConfig, QueueConfig},
    hours::{Hours, MinuteOfWeek},
    mapping,
};

/// A board's thresholds, and where each of its queues stands by them.
#[derive(Debug)]
pub(crate) struct Judging {
    base: Thresholds,
    /// Of the queues that have their own.
    own: HashMap<String, Thresholds>,
    /// When queues have levels; `None` means always.
    hours: Option<Hours>,
    /// Of the queues that have their own.
    own_hours: HashMap<String, Hours>,
    zone: TimeZone,
    /// Of the queues that can be judged.
    queues: HashMap<String, Judged>,
    /// Of queues that were in trouble before the start, and were not judged since.
    restored: HashMap<String, Judge>,
}

#[derive(Debug, Default)]
struct Judged {
    judge: Judge,
    /// When the reading judged last was made.
    read_at: Option<Instant>,
    /// When today's numbers that were judged last were asked for.
    today_at: [Option<Instant>; 2],
    judgement: Judgement,
    /// Set where the thresholds changed since.
    is_outdated: bool,
}

impl Judged {
    /// Before the first reading after a start.
    fn restored(mut judge: Judge) -> Self {
        Self {
            judgement: judge.interrupt(),
            judge,
            ..Self::default()
        }
    }
}

impl Judging {
    /// Nothing judged yet.
    pub(crate) fn new(board: &BoardConfig) -> Self {
        let own = |queue: &QueueConfig| Some((queue.id.clone(), queue.levels?));
        let own_hours = |queue: &QueueConfig| Some((queue.id.clone(), queue.hours.clone()?));
        let zone = board.timezone.as_deref();
        let zone = zone.and_then(|name| TimeZoneDatabase::bundled().get(name).ok());
        Self {
            base: board.levels,
            own: board.queues.iter().filter_map(own).collect(),
            hours: board.hours.clone(),
            own_hours: board.queues.iter().filter_map(own_hours).collect(),
            zone: zone.unwrap_or(TimeZone::UTC),
            queues: HashMap::new(),
            restored: HashMap::new(),
        }
    }

    /// Goes on from the judges of before the start.
    pub(crate) fn restore(&mut self, judges: HashMap<String, Judge>) {
        self.restored = judges;
    }

    /// The judges that the next start needs: those of queues in trouble.
    pub(crate) fn troubled(&self) -> HashMap<&str, &Judge> {
        let judged = self.queues.iter().map(|(id, judged)| (id, &judged.judge));
        let all = self.restored.iter().chain(judged);
        all.filter(|(_, judge)| !judge.is_calm())
            .map(|(id, judge)| (id.as_str(), judge))
            .collect()
    }

    /// Takes other thresholds over. Queues whose own did not change stand where they
    /// stood; the others are judged at once by their latest reading.
    pub(crate) fn reconfigure(&mut self, board: &BoardConfig) {
        let mut new = Self::new(board);
        new.queues = std::mem::take(&mut self.queues);
        new.restored = std::mem::take(&mut self.restored);
        for (id, judged) in &mut new.queues {
            let before = self.own.get(id).unwrap_or(&self.base);
            judged.is_outdated |= new.own.get(id).unwrap_or(&new.base) != before;
        }
        *self = new;
    }

    /// What a queue is judged by: the media type and the goal that its latest reading brings
    /// count where the configuration says nothing.
    pub(crate) fn thresholds(&self, shown: &Shown<'_>) -> Thresholds {
        let configured = self.own.get(shown.id).unwrap_or(&self.base);
        match shown.reading() {
            Some(reading) => configured
                .with_media(mapping::media(reading))
                .with_goal(reading.service_level_goal),
            None => *configured,
        }
    }

    /// Judges the readings that are new, and answers a judgement for each of `shown`; `None`
    /// where it is outside the queue's hours.
    /// A queue that cannot be judged (unknown, not found, forbidden, stale) goes on by what
    /// was known of it when it can be again; one that was closed, or outside its hours, starts
    /// from scratch.
    pub(crate) fn judge(
        &mut self,
        shown: &[Shown<'_>],
        today: Option<&OfBoard<'_>>,
        frame: Frame<'_>,
    ) -> Vec<Option<Judgement>> {
        let mut before = std::mem::take(&mut self.queues);
        let minute = MinuteOfWeek::at(frame.now.wall, &self.zone);
        let today_at = today.map(OfBoard::current_since).unwrap_or_default();
        let judge = |shown: &Shown<'_>| {
            let before = before.remove_entry(shown.id);
            let hours = self.own_hours.get(shown.id).or(self.hours.as_ref());
            if hours
                .zip(minute)
                .is_some_and(|(hours, minute)| !hours.contain(minute))
            {
                return None;
            }
            let state = shown.known.map(Known::state);
            if state == Some(QueueState::Closed) {
                return Some(Judgement::default());
            }
            let (id, mut judged) = before.unwrap_or_else(|| {
                let restored = self.restored.remove(shown.id).map(Judged::restored);
                (shown.id.to_owned(), restored.unwrap_or_default())
            });
            let known = shown.known.filter(|_| state == Some(QueueState::Open));
            let current = known.and_then(|it| it.current(frame.now, frame.cycle));
            let Some((reading, at)) = current else {
                judged.read_at = None;
                judged.judgement = judged.judge.interrupt();
                let judgement = judged.judgement.clone();
                self.queues.insert(id, judged);
                return Some(judgement);
            };
            let is_new = judged.read_at != Some(at.monotonic);
            if is_new || judged.is_outdated {
                judged.read_at = Some(at.monotonic);
                let thresholds = self.thresholds(shown);
                let queue = Queue {
                    today: today.and_then(|today| today.current(shown.id)),
                    ..mapping::queue(reading)
                };
                let before = std::mem::replace(&mut judged.today_at, today_at);
                let new = NewAnswers {
                    contacts: before[0] != today_at[0],
                    service_level: before[1] != today_at[1],
                };
                let judge = &mut judged.judge;
                judged.judgement = if judged.is_outdated {
                    judge.step_with_new_thresholds(&queue, &thresholds, frame.uptime_ms)
                } else {
                    judge.step_with(&queue, &thresholds, frame.uptime_ms, new)
                };
                judged.is_outdated = false;
            }
            let judgement = judged.judgement.clone();
            self.queues.insert(id, judged);
            Some(judgement)
        };
        shown.iter().map(judge).collect()
    }
}
