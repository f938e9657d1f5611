//! The levels of one board's queues, judged once a reading.

use std::collections::HashMap;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use queuewall_shared::{
    group::{Group, group_id},
    level::{Judge, Judgement, NewAnswers, Thresholds},
    snapshot::{Agents, Queue, QueueState},
};
use tokio::time::Instant;

use super::{
    assemble::{Frame, Shown},
    readings::Known,
    today::OfBoard,
};
use crate::{
    board::{BoardConfig, GroupConfig, QueueConfig},
    clock::Moment,
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
    /// Of the queues that can be judged, and of the groups with own levels, by their ids.
    queues: HashMap<String, Judged>,
    /// The levels of the groups that have own ones, by the groups' ids.
    of_groups: HashMap<String, Thresholds>,
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

    /// Whether the reading made at `at` is to be judged.
    fn is_due(&self, at: Moment) -> bool {
        self.is_outdated || self.read_at != Some(at.monotonic)
    }

    /// Judges `queue`, which was read at `at`, with today's numbers as asked for at `today_at`.
    fn step(
        &mut self,
        queue: &Queue,
        thresholds: &Thresholds,
        at: Moment,
        today_at: [Option<Instant>; 2],
        frame: Frame<'_>,
    ) {
        self.read_at = Some(at.monotonic);
        let before = std::mem::replace(&mut self.today_at, today_at);
        let new = NewAnswers {
            contacts: before[0] != today_at[0],
            service_level: before[1] != today_at[1],
        };
        self.judgement = if self.is_outdated {
            (self.judge).step_with_new_thresholds(queue, thresholds, frame.uptime_ms)
        } else {
            (self.judge).step_with(queue, thresholds, frame.uptime_ms, new)
        };
        self.is_outdated = false;
    }
}

impl Judging {
    /// Nothing judged yet.
    pub(crate) fn new(board: &BoardConfig) -> Self {
        let own = |queue: &QueueConfig| Some((queue.id.clone(), queue.levels?));
        let own_hours = |queue: &QueueConfig| Some((queue.id.clone(), queue.hours.clone()?));
        let of_groups = |group: &GroupConfig| Some((group_id(&group.name), group.levels?));
        let zone = board.timezone.as_deref();
        let zone = zone.and_then(|name| TimeZoneDatabase::bundled().get(name).ok());
        Self {
            base: board.levels,
            own: board.queues.iter().filter_map(own).collect(),
            hours: board.hours.clone(),
            own_hours: board.queues.iter().filter_map(own_hours).collect(),
            zone: zone.unwrap_or(TimeZone::UTC),
            queues: HashMap::new(),
            of_groups: board.groups.iter().filter_map(of_groups).collect(),
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
        let mut queues = std::mem::take(&mut self.queues);
        for (id, judged) in &mut queues {
            judged.is_outdated |= new.configured(id) != self.configured(id);
        }
        new.queues = queues;
        new.restored = std::mem::take(&mut self.restored);
        *self = new;
    }

    /// What the configuration says of a queue or a group.
    fn configured(&self, id: &str) -> &Thresholds {
        let own = self.own.get(id).or_else(|| self.of_groups.get(id));
        own.unwrap_or(&self.base)
    }

    /// What a queue is judged by: the media type and the goal that its latest reading brings
    /// count where the configuration says nothing.
    pub(crate) fn thresholds(&self, shown: &Shown<'_>) -> Thresholds {
        let configured = self.configured(shown.id);
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
            if judged.is_due(at) {
                let queue = Queue {
                    today: today.and_then(|today| today.current(shown.id)),
                    ..mapping::queue(reading)
                };
                judged.step(&queue, &self.thresholds(shown), at, today_at, frame);
            }
            let judgement = judged.judgement.clone();
            self.queues.insert(id, judged);
            Some(judgement)
        };
        let judgements = shown.iter().map(judge).collect();
        let groups = self.of_groups.keys();
        let groups = groups.filter_map(|id| before.remove_entry(id));
        self.queues.extend(groups);
        judgements
    }

    /// Judges a group by its own levels, if it has any: once for all of the readings that its
    /// numbers are over, of which the oldest was made at `read_at`. `today` are the numbers of
    /// today among them that are not stale.
    pub(crate) fn judge_group(
        &mut self,
        group: &Group,
        read_at: Option<Moment>,
        today: Option<&OfBoard<'_>>,
        frame: Frame<'_>,
    ) -> Judgement {
        let id = &group.reading.id;
        let Some(thresholds) = self.of_groups.get(id).copied() else {
            return Judgement::default();
        };
        let known = self.queues.remove(id).unwrap_or_else(|| {
            let restored = self.restored.remove(id).map(Judged::restored);
            restored.unwrap_or_default()
        });
        let reading = &group.reading;
        if reading.state == QueueState::Closed || reading.is_outside_hours {
            // It starts from scratch, as a queue does.
            return Judgement::default();
        }
        let judged = self.queues.entry(id.clone()).or_insert(known);
        match read_at {
            Some(at) if judged.is_due(at) => {
                let today_at = today.map(OfBoard::current_since).unwrap_or_default();
                // Agents are at least so many: nothing to judge.
                let queue = Queue {
                    agents: Agents::default(),
                    ..reading.clone()
                };
                judged.step(&queue, &thresholds, at, today_at, frame);
            }
            Some(_) => {}
            None => {
                judged.read_at = None;
                judged.judgement = judged.judge.interrupt();
            }
        }
        judged.judgement.clone()
    }
}
