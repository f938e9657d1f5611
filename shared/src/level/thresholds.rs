//! Where a level begins and where it ends.

use super::{Direction, Metric};
use crate::metric::Unit;

/// A metric's two thresholds, in its unit in the snapshot. `None`: that level is not
/// judged.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Where warning begins.
    pub warning: Option<f64>,
    /// Where critical begins; further out than warning.
    pub critical: Option<f64>,
    /// For how long the metric has to be past a threshold for its level to begin, in
    /// milliseconds; 0 where the readings in a row decide alone.
    pub for_ms: u64,
}

impl Limits {
    /// Both thresholds.
    #[must_use]
    pub fn new(warning: f64, critical: f64) -> Self {
        Self {
            warning: Some(warning),
            critical: Some(critical),
            for_ms: 0,
        }
    }

    /// What holds where nothing is said. Nobody free has no level: calls wait because nobody
    /// is free. Contacts of other media wait for hours by design.
    fn of_wall(metric: Metric, media: Media) -> Self {
        match (metric, media) {
            (Metric::ServiceLevel, _) => Self::new(80.0, 60.0),
            (_, Media::Other) => Self::default(),
            (Metric::AgentsLoggedOn, _) => Self {
                critical: Some(0.0),
                ..Self::default()
            },
            (Metric::Waiting, _) => Self::new(5.0, 10.0),
            (Metric::AverageWait, _) => Self::new(60_000.0, 120_000.0),
            (Metric::LongestWait, _) => Self::new(120_000.0, 300_000.0),
            (Metric::AbandonRate, _) => Self::new(5.0, 10.0),
            _ => Self::default(),
        }
    }

    /// Whether the metric is judged at all.
    #[must_use]
    pub fn is_judged(self) -> bool {
        self.warning.is_some() || self.critical.is_some()
    }
}

/// What kind of contacts wait in a queue, as far as that says which waits are trouble.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Media {
    /// Calls, and what is not known.
    #[default]
    Voice,
    /// Chats.
    Chat,
    /// E-mail, work items, voicemail, digital: what may lie until tomorrow.
    Other,
}

/// Critical begins at this much of a goal that the upstream sets: as 60 % is to 80 %
/// among the wall's own.
const CRITICAL_OF_GOAL: f64 = 0.75;

/// Everything that judging one queue goes by. The default is the wall's own, and
/// remembers that nobody asked for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// In the order of [`Metric::JUDGED`]; `None` where nothing is said of the metric.
    said: [Option<Limits>; Metric::JUDGED.len()],
    /// What the wall's own thresholds are for.
    media: Media,
    /// Readings in a row past a threshold before its level begins; at least 1.
    pub rise_after: u32,
    /// Readings in a row back behind threshold and margin before its level ends; at
    /// least 1.
    pub fall_after: u32,
    /// How far behind its threshold a metric must be for the level to end, in
    /// percent of the threshold; for calls waiting at least one call, unless it is 0.
    pub margin_percent: f64,
    /// Where it is known how many calls a service level is over: fewer than these
    /// make no critical.
    pub minimum_sample: u64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            said: [None; Metric::JUDGED.len()],
            media: Media::Voice,
            rise_after: 2,
            fall_after: 2,
            margin_percent: 10.0,
            minimum_sample: 5,
        }
    }
}

impl Thresholds {
    /// The same judging without any threshold.
    #[must_use]
    pub fn without_limits(self) -> Self {
        Self {
            said: [Some(Limits::default()); Metric::JUDGED.len()],
            ..self
        }
    }

    /// A metric's two thresholds; none for one that is not judged.
    #[must_use]
    pub fn limits(&self, metric: Metric) -> Limits {
        let said = self.said.get(metric as usize).copied().flatten();
        said.unwrap_or_else(|| Limits::of_wall(metric, self.media))
    }

    /// Sets the two thresholds of a metric of [`Metric::JUDGED`].
    pub fn set(&mut self, metric: Metric, limits: Limits) {
        if let Some(said) = self.said.get_mut(metric as usize) {
            *said = Some(limits);
        }
    }

    /// The same for a queue of that media.
    #[must_use]
    pub fn with_media(self, media: Media) -> Self {
        Self { media, ..self }
    }

    /// The same for a queue for which the upstream sets `goal`, in percent of calls
    /// answered in time: where nothing is said of the service level, warning begins
    /// there. A goal of 0, or of more than 100, is none.
    #[must_use]
    pub fn with_goal(mut self, goal: Option<f64>) -> Self {
        let is_goal = |goal: &f64| *goal > 0.0 && *goal <= 100.0;
        if self.said[Metric::ServiceLevel as usize].is_none()
            && let Some(goal) = goal.filter(is_goal)
        {
            let limits = Limits::new(goal, goal * CRITICAL_OF_GOAL);
            self.set(Metric::ServiceLevel, limits);
        }
        self
    }

    /// Whether `value` is not far enough behind a metric's `limit` for a level that
    /// holds to end. Whatever is past the limit holds, too.
    ///
    /// A margin never asks for the impossible: no calls waiting is always far enough
    /// behind, and so is 100 %.
    #[must_use]
    pub fn holds(&self, metric: Metric, limit: f64, value: f64) -> bool {
        let mut margin = limit.abs() * self.margin_percent / 100.0;
        if metric == Metric::Waiting && margin > 0.0 {
            margin = margin.max(1.0);
        }
        let is_best = match (metric.direction(), metric.unit()) {
            (Direction::Above, _) => value <= 0.0,
            (Direction::Below, Unit::Percent) => value >= 100.0,
            (Direction::Below, _) => false,
        };
        let is_behind = match metric.direction() {
            Direction::Above => !metric.is_past(limit - margin, value),
            Direction::Below => !metric.is_past(limit + margin, value),
        };
        metric.is_past(limit, value) || !(is_behind || is_best)
    }
}
