//! What the rules see on the boards at one moment. Pure.

use std::time::Duration;

use jiff::tz::TimeZone;
use queuewall_shared::{
    freshness::Freshness,
    level::{Thresholds, judged},
    snapshot::{BoardSnapshot, Level, Metric, Queue},
    tile_state::TileState,
};
use serde_json::json;

use super::{
    rule::{Rule, What},
    words,
};

/// A board as it is at one moment.
#[derive(Clone, Debug)]
pub struct Board<'b> {
    /// What is served of it.
    pub snapshot: &'b BoardSnapshot,
    /// How long ago any of its queues was last read; `None` is never.
    pub latest_age: Option<Duration>,
    /// The zone of its clock.
    pub zone: TimeZone,
    /// The names of its screens that are dark.
    pub dark_screens: Vec<String>,
}

/// How what a rule watches stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is in trouble, this bad.
    Trouble(Level),
    /// It is read, and in none.
    Calm,
    /// It is read, and so near the limit that it stays what it was.
    Near,
    /// It is not watched now: closed, or outside its hours.
    Closed,
    /// Not known: never read, stale, forbidden, or over too few contacts.
    Unknown,
}

/// One thing that a rule watches, as it is seen.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    /// Its id on its board: a queue's, a group's, or nothing for the board.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    pub(super) verdict: Verdict,
    /// Its numbers in words, where it is in trouble.
    pub(super) text: String,
    /// The same for machines.
    pub(super) data: serde_json::Value,
}

impl Board<'_> {
    /// Whether anything of it is read: what is not there then is gone.
    pub(super) fn is_read(&self) -> bool {
        let mut states = self
            .snapshot
            .queues
            .iter()
            .map(|queue| self.state_of(queue));
        states.any(TileState::counts)
    }

    fn state_of(&self, queue: &Queue) -> TileState {
        let lag = queue.lag_ms.map(Duration::from_millis);
        let age = self.latest_age.zip(lag).map(|(latest, lag)| latest + lag);
        let interval = Duration::from_millis(self.snapshot.poll_interval_ms);
        TileState::of(queue, age, interval, true)
    }

    fn is_today_current(&self, queue: &Queue) -> bool {
        let interval = self.snapshot.today_interval_ms.map(Duration::from_millis);
        let known = self.latest_age.zip(interval);
        let freshness = known.and_then(|(age, interval)| queue.today_freshness(age, interval));
        freshness.is_some_and(|freshness| freshness != Freshness::Stale)
    }

    /// What the rule watches on this board.
    pub(super) fn sights(&self, rule: &Rule) -> Vec<Sight> {
        match rule.what {
            What::Unread => vec![self.unread()],
            What::DarkScreens(least) => vec![self.dark(least)],
            What::Level(_) | What::Metric { .. } => {
                let shown = &self.snapshot.queues;
                let is_all = rule.queues.is_empty() && rule.groups.is_empty();
                let queues = shown.iter();
                let queues = queues.filter(|queue| is_all || rule.queues.contains(&queue.id));
                let groups = self.snapshot.groups.iter().map(|group| &group.reading);
                let groups = groups.filter(|group| rule.groups.contains(&group.name));
                queues
                    .chain(groups)
                    .map(|queue| self.queue(queue, rule))
                    .collect()
            }
        }
    }

    fn queue(&self, queue: &Queue, rule: &Rule) -> Sight {
        let verdict = self.verdict(queue, rule);
        let text = match rule.what {
            What::Metric { metric, limit, .. } => {
                words::metric(metric, judged(queue, metric), limit)
            }
            _ => words::reasons(queue),
        };
        let value = match rule.what {
            What::Metric { metric, limit, .. } => {
                json!({ "metric": metric, "value": queue.value(metric), "limit": limit })
            }
            _ => json!({ "level": queue.level, "reasons": queue.reasons }),
        };
        Sight {
            id: queue.id.clone(),
            name: queue.name.clone(),
            verdict,
            text,
            data: json!({ "id": queue.id, "name": queue.name, "waiting": queue.waiting, "is": value }),
        }
    }

    fn verdict(&self, queue: &Queue, rule: &Rule) -> Verdict {
        match self.state_of(queue) {
            TileState::Closed => return Verdict::Closed,
            state if !state.counts() => return Verdict::Unknown,
            _ => {}
        }
        match rule.what {
            What::Metric {
                metric,
                limit,
                level,
            } => self.metric(queue, metric, limit, level),
            What::Level(least) => match queue.level {
                Level::None => Verdict::Unknown,
                level if level >= least => Verdict::Trouble(level),
                _ => Verdict::Calm,
            },
            What::Unread | What::DarkScreens(_) => Verdict::Unknown,
        }
    }

    fn metric(&self, queue: &Queue, metric: Metric, limit: f64, level: Level) -> Verdict {
        let thresholds = Thresholds::default();
        let sample = match metric {
            Metric::ServiceLevel => queue.service_level.sample,
            Metric::ServiceLevelToday => {
                (queue.today.as_ref()).and_then(|today| today.service_level.sample)
            }
            _ => None,
        };
        let is_too_small = sample.is_some_and(|sample| sample < thresholds.minimum_sample);
        let is_old = metric.is_of_today() && !self.is_today_current(queue);
        match judged(queue, metric) {
            _ if is_too_small || is_old => Verdict::Unknown,
            Some(value) if metric.is_past(limit, value) => Verdict::Trouble(level),
            // As levels do.
            Some(value) if thresholds.holds(metric, limit, value) => Verdict::Near,
            Some(_) => Verdict::Calm,
            None => Verdict::Unknown,
        }
    }

    /// The board itself: whether its numbers are missing.
    fn unread(&self) -> Sight {
        let queues = self.snapshot.queues.iter();
        let watched: Vec<_> = queues.filter(|queue| !queue.is_outside_hours).collect();
        let missing = |queue: &&&Queue| !self.state_of(queue).counts();
        let missing: Vec<_> = watched.iter().filter(missing).copied().collect();
        let verdict = match (missing.len(), watched.len()) {
            (_, 0) if self.snapshot.queues.is_empty() => Verdict::Trouble(Level::Critical),
            (_, 0) => Verdict::Closed,
            (0, _) => Verdict::Calm,
            (missing, all) if missing == all => Verdict::Trouble(Level::Critical),
            _ => Verdict::Trouble(Level::Warning),
        };
        self.of_board(
            verdict,
            words::missing(self.snapshot, &missing),
            json!({ "missing": missing.len(), "queues": watched.len() }),
        )
    }

    fn dark(&self, least: u64) -> Sight {
        let count = self.dark_screens.len();
        let verdict = match u64::try_from(count).is_ok_and(|count| count >= least) {
            true => Verdict::Trouble(Level::Warning),
            false => Verdict::Calm,
        };
        let text = words::dark(&self.dark_screens);
        self.of_board(verdict, text, json!({ "dark_screens": self.dark_screens }))
    }

    fn of_board(&self, verdict: Verdict, text: String, data: serde_json::Value) -> Sight {
        Sight {
            id: String::new(),
            name: self.snapshot.board.title.clone(),
            verdict,
            text,
            data,
        }
    }
}
