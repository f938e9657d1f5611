//! The state that hysteresis needs, stepped by one reading at a time.

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
///   once: a restarted server does not turn a red wall calm.
/// - A metric that is unknown in a reading neither raises nor lowers anything, and is
///   no reading in its row. Once it has been unknown for `fall_after` readings in a
///   row, what was held against it is forgotten: nothing stays red for a number that
///   nobody has.
/// - A reading in which no judged metric is known makes [`Level::None`].
/// - A service level of 0 % without a sample is not judged until a call has waited: that
///   is what CXone says before the first call of a day.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    /// In the order of [`Metric::JUDGED`].
    metrics: [Held; Metric::JUDGED.len()],
    level: Level,
    since_ms: u64,
    /// Whether a call was seen waiting since the service level was last above 0, or
    /// unknown.
    has_waited: bool,
}

/// What a queue is judged to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// The worst level of any metric.
    pub level: Level,
    /// Since when the level holds, on the scale of [`Judge::step`]'s `now_ms`;
    /// `None` for none and ok.
    pub since_ms: Option<u64>,
    /// The metrics at that level, the most telling first; empty for none and ok.
    pub reasons: Vec<Reason>,
}

/// A metric's value as it is judged. Where nobody waits, a wait that is not given is none,
/// else a queue that was red for its wait would stay so when it has emptied; and as many
/// agents are available as there need to be. Nobody logged on is nobody available.
#[must_use]
pub fn judged(queue: &Queue, metric: Metric) -> Option<f64> {
    let is_empty = queue.waiting == Some(0);
    match metric {
        Metric::AverageWait | Metric::LongestWait => {
            queue.value(metric).or(is_empty.then_some(0.0))
        }
        Metric::AvailableAgents => {
            let nobody = (queue.agents.logged_on == Some(0)).then_some(0.0);
            let available = nobody.or(queue.value(metric))?;
            queue.waiting?;
            Some(if is_empty { f64::INFINITY } else { available })
        }
        _ => queue.value(metric),
    }
}

/// What is held against one metric.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    warning: Trigger,
    critical: Trigger,
    /// Readings in a row in which it was unknown.
    unknown: u32,
}

/// Whether one threshold's level holds.
#[derive(Clone, Copy, Debug, Default)]
struct Trigger {
    is_on: bool,
    /// Readings in a row that speak for the other side.
    against: u32,
}

impl Judge {
    /// Judges a queue's next reading, made at `now_ms` of any scale that only goes forward.
    pub fn step(&mut self, queue: &Queue, thresholds: &Thresholds, now_ms: u64) -> Judgement {
        let values = self.values(queue);
        let is_judged = |metric: Metric| thresholds.limits(metric).is_judged();
        let mut known = Metric::JUDGED.into_iter().zip(values);
        if !known.any(|(metric, value)| is_judged(metric) && value.is_some()) {
            *self = Self {
                has_waited: self.has_waited,
                ..Self::default()
            };
            return Judgement::default();
        }
        let sample = queue.service_level.sample;
        let is_too_small = sample.is_some_and(|sample| sample < thresholds.minimum_sample);
        let at_once = self.level == Level::None;
        for ((held, metric), value) in self.metrics.iter_mut().zip(Metric::JUDGED).zip(values) {
            held.step(metric, value, thresholds, at_once);
            if metric == Metric::ServiceLevel && is_too_small {
                held.critical = Trigger::default();
            }
        }
        let levels = self.metrics.iter().map(Held::level);
        let level = levels.max().unwrap_or_default();
        if level != self.level {
            self.level = level;
            self.since_ms = now_ms;
        }
        self.judgement(thresholds)
    }

    /// Judges a reading by new thresholds: at once, like a first reading. A level that
    /// stays the same keeps its start time.
    pub fn step_with_new_thresholds(
        &mut self,
        queue: &Queue,
        thresholds: &Thresholds,
        now_ms: u64,
    ) -> Judgement {
        let before = std::mem::take(self);
        self.has_waited = before.has_waited;
        let mut judgement = self.step(queue, thresholds, now_ms);
        if self.level == before.level {
            self.since_ms = before.since_ms;
            judgement.since_ms = judgement.since_ms.map(|_| before.since_ms);
        }
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

    fn judgement(&self, thresholds: &Thresholds) -> Judgement {
        let is_trouble = self.level > Level::Ok;
        let at_level = |(held, metric): (&Held, Metric)| {
            let limits = thresholds.limits(metric);
            let limit = match held.level() {
                level if level != self.level => None,
                Level::Critical => limits.critical,
                Level::Warning => limits.warning,
                Level::None | Level::Ok => None,
            };
            limit.map(|limit| Reason {
                metric,
                direction: metric.direction(),
                limit,
            })
        };
        Judgement {
            level: self.level,
            since_ms: is_trouble.then_some(self.since_ms),
            reasons: self
                .metrics
                .iter()
                .zip(Metric::JUDGED)
                .filter_map(at_level)
                .collect(),
        }
    }
}

impl Held {
    fn step(&mut self, metric: Metric, value: Option<f64>, thresholds: &Thresholds, at_once: bool) {
        let Some(value) = value else {
            self.unknown = self.unknown.saturating_add(1);
            if self.unknown >= thresholds.fall_after {
                self.warning = Trigger::default();
                self.critical = Trigger::default();
            }
            return;
        };
        self.unknown = 0;
        let limits = thresholds.limits(metric);
        let step = |trigger: &mut Trigger, limit: Option<f64>| match limit {
            None => *trigger = Trigger::default(),
            Some(limit) => trigger.step(
                metric.is_past(limit, value),
                thresholds.holds(metric, limit, value),
                thresholds,
                at_once,
            ),
        };
        step(&mut self.warning, limits.warning);
        step(&mut self.critical, limits.critical);
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
    fn step(&mut self, is_past: bool, holds: bool, thresholds: &Thresholds, at_once: bool) {
        let (speaks_against, after) = if self.is_on {
            (!holds, thresholds.fall_after)
        } else {
            (is_past, thresholds.rise_after)
        };
        if !speaks_against {
            self.against = 0;
            return;
        }
        self.against = self.against.saturating_add(1);
        if at_once || self.against >= after {
            self.is_on = !self.is_on;
            self.against = 0;
        }
    }
}
