//! The state that hysteresis needs, stepped by one reading at a time.

use serde::{Deserialize, Serialize};

use super::{Level, Metric, Reason, Thresholds};
use crate::snapshot::Queue;

/// The values to judge, in the order of [`Metric::JUDGED`].
type Values = [Option<f64>; Metric::JUDGED.len()];

/// Judges one queue on one board.
///
/// - A level begins after [`Thresholds::rise_after`] readings in a row past its
///   threshold, and ends after [`Thresholds::fall_after`] in a row behind it by the
///   margin.
/// - The first reading of all, and the first after [`Level::None`], is judged at
///   once: a restarted server does not turn a red wall calm. When its level began is not
///   known then, but for a level that held before the interruption, for at least as long as
///   that lasted: it is taken to have held throughout.
/// - A metric that is unknown in a reading neither raises nor lowers anything, and is
///   no reading in its row. Once it has been unknown for `fall_after` readings in a
///   row, what was held against it is forgotten: nothing stays red for a number that
///   nobody has.
/// - A reading in which no judged metric is known makes [`Level::None`].
/// - A service level of 0 % without a sample is not judged until a call has waited: that
///   is what CXone says before the first call of a day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Judge {
    /// In the order of [`Metric::JUDGED`].
    metrics: [Held; Metric::JUDGED.len()],
    /// The level of the latest reading that was judged.
    level: Level,
    since: Start,
    times_past: Option<f64>,
    /// When the latest reading was judged.
    judged_ms: u64,
    /// Whether nothing has been judged since: readings were missing, or said nothing.
    is_interrupted: bool,
    /// Whether a call was seen waiting since the service level was last above 0, or
    /// unknown.
    has_waited: bool,
}

impl Default for Judge {
    fn default() -> Self {
        Self {
            metrics: Default::default(),
            level: Level::None,
            since: Start::default(),
            times_past: None,
            judged_ms: 0,
            is_interrupted: true,
            has_waited: false,
        }
    }
}

/// What a queue is judged to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// The worst level of any metric.
    pub level: Level,
    /// Since when the level holds, on the scale of [`Judge::step`]'s `now_ms`;
    /// `None` for none and ok.
    pub since_ms: Option<u64>,
    /// Whether it may have held for longer.
    pub since_at_least: bool,
    /// How far past its limit the worst of the reasons is ([`Metric::times_past`]); `None`
    /// for none and ok. It moves only by more than the margin, so that an order by it is calm.
    pub times_past: Option<f64>,
    /// The level before the interruption, where there is one and no level; else none.
    pub last_level: Level,
    /// The metrics at that level, those past their limit first, then the most telling; empty
    /// for none and ok.
    pub reasons: Vec<Reason>,
}

/// A metric's value as it is judged. Where nobody waits, there is no wait, whatever is given,
/// else a queue that was red for its wait would stay so when it has emptied; and there
/// are as many agents as need to be. Nobody logged on is nobody available. Of a wait whole
/// seconds count, as they are shown: 2:00 is not over 2:00.
#[must_use]
pub fn judged(queue: &Queue, metric: Metric) -> Option<f64> {
    let is_empty = queue.waiting == Some(0);
    match metric {
        Metric::AverageWait | Metric::LongestWait => {
            let wait_ms = if is_empty {
                Some(0.0)
            } else {
                queue.value(metric)
            };
            wait_ms.map(whole_seconds)
        }
        Metric::AgentsLoggedOn | Metric::AvailableAgents => {
            let nobody = (queue.agents.logged_on == Some(0)).then_some(0.0);
            let agents = nobody.or(queue.value(metric))?;
            queue.waiting?;
            Some(if is_empty { f64::INFINITY } else { agents })
        }
        Metric::AbandonRate => {
            let queued = queue.value(Metric::Queued);
            queue.value(metric).filter(|_| queued >= Some(LEAST_QUEUED))
        }
        Metric::AverageSpeedOfAnswer => queue.value(metric).map(whole_seconds),
        _ => queue.value(metric),
    }
}

/// Of fewer contacts the share of those that gave up says nothing.
const LEAST_QUEUED: f64 = 20.0;

fn whole_seconds(ms: f64) -> f64 {
    (ms / 1_000.0).floor() * 1_000.0
}

/// Which of today's numbers come from another answer than those judged before.
#[derive(Clone, Copy, Debug)]
pub struct NewAnswers {
    /// The contacts counted.
    pub contacts: bool,
    /// The service level.
    pub service_level: bool,
}

impl NewAnswers {
    const ALL: Self = Self {
        contacts: true,
        service_level: true,
    };

    /// Whether a metric's value may be the same answer as before.
    fn repeat(self, metric: Metric) -> bool {
        match metric {
            Metric::ServiceLevelToday => !self.service_level,
            _ => metric.is_of_today() && !self.contacts,
        }
    }
}

/// What is held against one metric.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Held {
    warning: Trigger,
    critical: Trigger,
    /// As it was judged in the latest reading; `None` where it was unknown.
    value: Option<f64>,
    /// Readings in a row in which it was unknown.
    unknown: u32,
}

/// Whether one threshold's level holds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Trigger {
    is_on: bool,
    /// Of the level that holds, or of the readings in a row that speak for one.
    start: Option<Start>,
    /// What it was judged by.
    limit: f64,
    /// Readings in a row that speak for the other side.
    against: u32,
}

/// When something began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Start {
    ms: u64,
    /// Whether it may have begun earlier.
    is_at_least: bool,
}

/// A gap between two judged readings, in milliseconds.
#[derive(Clone, Copy)]
struct Interruption {
    from_ms: u64,
    to_ms: u64,
    /// Whether only the thresholds changed: nothing was missed.
    is_reload: bool,
}

impl Interruption {
    /// Whether what began then and holds on both sides is taken to have held throughout.
    fn is_outlasted_by(self, start: Start) -> bool {
        let gap_ms = self.to_ms.saturating_sub(self.from_ms);
        self.is_reload || gap_ms <= self.from_ms.saturating_sub(start.ms)
    }
}

impl Judge {
    /// Judges a queue's next reading, made at `now_ms` of any scale that only goes forward.
    pub fn step(&mut self, queue: &Queue, thresholds: &Thresholds, now_ms: u64) -> Judgement {
        self.step_with(queue, thresholds, now_ms, NewAnswers::ALL)
    }

    /// The same, where today's numbers may be those judged before: an answer counts as one
    /// reading, however often it is handed in.
    pub fn step_with(
        &mut self,
        queue: &Queue,
        thresholds: &Thresholds,
        now_ms: u64,
        new: NewAnswers,
    ) -> Judgement {
        let interruption = self.is_interrupted.then_some(Interruption {
            from_ms: self.judged_ms,
            to_ms: now_ms,
            is_reload: false,
        });
        self.judge(queue, thresholds, now_ms, interruption, new)
    }

    /// Judges a reading by new thresholds: at once, like a first reading. A level that
    /// stays the same keeps its start time.
    pub fn step_with_new_thresholds(
        &mut self,
        queue: &Queue,
        thresholds: &Thresholds,
        now_ms: u64,
    ) -> Judgement {
        let interruption = Interruption {
            from_ms: self.judged_ms,
            to_ms: now_ms,
            is_reload: !self.is_interrupted,
        };
        let interruption = Some(interruption);
        self.judge(queue, thresholds, now_ms, interruption, NewAnswers::ALL)
    }

    /// Whether it holds nothing against the queue, so that there is nothing to go on from.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        let held = self.metrics.iter();
        let mut triggers = held.flat_map(|held| [held.warning, held.critical]);
        self.level <= Level::Ok && triggers.all(|trigger| trigger.start.is_none())
    }

    /// Says that there is no reading to judge.
    pub fn interrupt(&mut self) -> Judgement {
        self.is_interrupted = true;
        Judgement {
            last_level: self.level,
            ..Judgement::default()
        }
    }

    fn judge(
        &mut self,
        queue: &Queue,
        thresholds: &Thresholds,
        now_ms: u64,
        interruption: Option<Interruption>,
        new: NewAnswers,
    ) -> Judgement {
        let values = self.values(queue);
        let is_judged = |metric: Metric| thresholds.limits(metric).is_judged();
        let mut known = Metric::JUDGED.into_iter().zip(values);
        if !known.any(|(metric, value)| is_judged(metric) && value.is_some()) {
            return self.interrupt();
        }
        if let Some(interruption) = interruption {
            self.metrics = self.metrics.map(|held| held.interrupted(interruption));
        }
        let is_too_small = |metric| {
            let sample = match metric {
                Metric::ServiceLevel => queue.service_level.sample,
                Metric::ServiceLevelToday => queue.today.as_ref()?.service_level.sample,
                _ => None,
            };
            Some(sample? < thresholds.minimum_sample)
        };
        let at_once = interruption.is_some();
        for ((held, metric), value) in self.metrics.iter_mut().zip(Metric::JUDGED).zip(values) {
            if value.is_none() || at_once || !new.repeat(metric) {
                held.step(metric, value, thresholds, now_ms, at_once);
            }
            held.value = value;
            if is_too_small(metric) == Some(true) {
                held.critical = Trigger::default();
            }
        }
        let levels = self.metrics.iter().map(Held::level);
        let level = levels.max().unwrap_or_default();
        let goes_on = level == self.level
            && interruption.is_none_or(|interruption| interruption.is_outlasted_by(self.since));
        if !goes_on {
            self.since = Start {
                ms: now_ms,
                is_at_least: interruption.is_some_and(|it| !it.is_reload),
            };
        }
        self.level = level;
        self.judged_ms = now_ms;
        self.is_interrupted = false;
        let mut judgement = self.judgement();
        let reasons = judgement.reasons.iter();
        let times_past = reasons
            .filter_map(|it| Some(it.metric.times_past(it.limit, it.value?, queue.waiting)))
            .reduce(f64::max);
        let margin = thresholds.margin_percent / 100.0;
        let is_near = |(before, now): (f64, f64)| (now - before).abs() <= before * margin;
        if judgement.reasons.is_empty() {
            self.times_past = None;
        } else if !goes_on || !self.times_past.zip(times_past).is_some_and(is_near) {
            self.times_past = times_past.or(Some(1.0));
        }
        judgement.times_past = self.times_past;
        judgement
    }

    /// The values to judge, without a service level of 0 % that is over no call yet.
    fn values(&mut self, queue: &Queue) -> Values {
        let mut values = Metric::JUDGED.map(|metric| judged(queue, metric));
        let is_above_0 = queue.service_level.percent.is_none_or(|it| it > 0.0);
        if is_above_0 || queue.service_level.sample.is_some() {
            self.has_waited = false;
            return values;
        }
        self.has_waited |= queue.waiting.is_some_and(|waiting| waiting > 0);
        if !self.has_waited {
            values[Metric::ServiceLevel as usize] = None;
        }
        values
    }

    fn judgement(&self) -> Judgement {
        let is_trouble = self.level > Level::Ok;
        let at_level = |(held, metric): (&Held, Metric)| {
            let trigger = match held.level() {
                level if level != self.level => None,
                Level::Critical => Some(held.critical),
                Level::Warning => Some(held.warning),
                Level::None | Level::Ok => None,
            }?;
            let is_past = |value: f64| metric.is_past(trigger.limit, value);
            Some(Reason {
                metric,
                direction: metric.direction(),
                limit: trigger.limit,
                value: held.value.filter(|value| value.is_finite()),
                since_ms: trigger.start.map(|start| start.ms),
                since_at_least: trigger.start.is_some_and(|start| start.is_at_least),
                held: !held.value.is_some_and(is_past),
            })
        };
        let metrics = self.metrics.iter().zip(Metric::JUDGED);
        let mut reasons: Vec<Reason> = metrics.filter_map(at_level).collect();
        reasons.sort_by_key(|reason| reason.held);
        Judgement {
            level: self.level,
            since_ms: is_trouble.then_some(self.since.ms),
            since_at_least: is_trouble && self.since.is_at_least,
            reasons,
            ..Judgement::default()
        }
    }
}

impl Held {
    fn step(
        &mut self,
        metric: Metric,
        value: Option<f64>,
        thresholds: &Thresholds,
        now_ms: u64,
        at_once: bool,
    ) {
        let Some(value) = value else {
            self.unknown = self.unknown.saturating_add(1);
            if self.unknown >= thresholds.fall_after {
                self.warning = Trigger::default();
                self.critical = Trigger::default();
            }
            return;
        };
        let start = Start {
            ms: now_ms,
            is_at_least: at_once || self.unknown > 0,
        };
        self.unknown = 0;
        let limits = thresholds.limits(metric);
        let step = |trigger: &mut Trigger, limit: Option<f64>| match limit {
            None => *trigger = Trigger::default(),
            Some(limit) => {
                trigger.set_limit(limit, now_ms);
                let is_past = metric.is_past(limit, value);
                let holds = thresholds.holds(metric, limit, value);
                let is_long = |start: Start| now_ms.saturating_sub(start.ms) >= limits.for_ms;
                trigger.step(is_past, holds, is_long, thresholds, start, at_once);
            }
        };
        step(&mut self.warning, limits.warning);
        step(&mut self.critical, limits.critical);
    }

    fn interrupted(self, interruption: Interruption) -> Self {
        Self {
            warning: self.warning.interrupted(interruption),
            critical: self.critical.interrupted(interruption),
            ..Self::default()
        }
    }

    fn level(&self) -> Level {
        if self.critical.is_on {
            Level::Critical
        } else if self.warning.is_on {
            Level::Warning
        } else {
            Level::Ok
        }
    }
}

impl Trigger {
    /// Changes what it is judged by. A start past another limit says nothing of this one.
    fn set_limit(&mut self, limit: f64, now_ms: u64) {
        if self.limit != limit {
            self.limit = limit;
            self.start = self.is_on.then_some(Start {
                ms: now_ms,
                is_at_least: true,
            });
        }
    }

    /// Steps by a reading that is past the limit or not, and holds a level or not.
    /// `is_long`: whether enough time has passed for a level to begin.
    fn step(
        &mut self,
        is_past: bool,
        holds: bool,
        is_long: impl Fn(Start) -> bool,
        thresholds: &Thresholds,
        now: Start,
        at_once: bool,
    ) {
        let (speaks_against, after) = if self.is_on {
            (!holds, thresholds.fall_after)
        } else {
            (is_past, thresholds.rise_after)
        };
        if !speaks_against {
            self.against = 0;
            self.start = self.start.filter(|_| self.is_on);
            return;
        }
        self.against = self.against.saturating_add(1);
        let mut is_due = at_once || self.against >= after;
        if !self.is_on {
            let start = *self.start.get_or_insert(now);
            is_due &= is_long(start);
        }
        if is_due {
            self.is_on = !self.is_on;
            self.start = self.start.filter(|_| self.is_on);
            self.against = 0;
        }
    }

    /// As it is judged from scratch: only the start of what held is known, where it goes on.
    fn interrupted(self, interruption: Interruption) -> Self {
        let start = self.start.filter(|_| self.is_on);
        Self {
            start: start.filter(|start| interruption.is_outlasted_by(*start)),
            limit: self.limit,
            ..Self::default()
        }
    }
}
