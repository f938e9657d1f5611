//! How bad it is: two thresholds a metric, judged with hysteresis.
//!
//! Only the server judges, so that every screen of a board agrees and a reload
//! changes nothing; the page shows what it is told, with its reasons.
//!
//! # Layout
//! - here: the words, which are part of the JSON
//! - `thresholds`: where a level begins and where it ends
//! - `reading`: the numbers to judge
//! - `judge`: the state that hysteresis needs

mod judge;
mod reading;
#[cfg(test)]
mod tests;
mod thresholds;

use serde::{Deserialize, Serialize};

pub use judge::{Judge, Judgement};
pub use reading::Reading;
pub use thresholds::{Limits, Thresholds};

/// How bad it is, from nothing said to worst.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Not judged: unknown, closed, not found, forbidden or stale, or every metric's
    /// judgement is switched off.
    #[default]
    None,
    /// Judged, and nothing is the matter.
    Ok,
    /// Past a warning threshold.
    Warning,
    /// Past a critical threshold.
    Critical,
}

impl Level {
    /// The level's name in JSON, class names and test hooks.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What is judged, the most telling first: that is the order of reasons.
///
/// It is fixed, and not by how far each is past its limit, so that the sentence on a
/// red tile does not jump about from reading to reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Agents ready to take a call while calls wait; without calls waiting nobody is
    /// missing. Nobody logged on is nobody available.
    AvailableAgents,
    /// Wait of the call that waits longest, in milliseconds.
    LongestWait,
    /// Mean wait of the calls waiting, in milliseconds.
    AverageWait,
    /// Calls waiting.
    Waiting,
    /// Percent of calls answered in time.
    ServiceLevel,
}

impl Metric {
    /// Every metric, the most telling first.
    pub const ALL: [Self; 5] = [
        Self::AvailableAgents,
        Self::LongestWait,
        Self::AverageWait,
        Self::Waiting,
        Self::ServiceLevel,
    ];

    /// On which side of a limit trouble lies.
    #[must_use]
    pub fn direction(self) -> Direction {
        match self {
            Self::Waiting | Self::AverageWait | Self::LongestWait => Direction::Above,
            Self::ServiceLevel | Self::AvailableAgents => Direction::Below,
        }
    }

    /// Whether `value` is past `limit`, both in the metric's unit in the snapshot.
    ///
    /// A count is when it reaches its limit (5 waiting, 0 available); a wait and a
    /// percentage must be beyond theirs (a service level of 80 % meets a goal of 80 %).
    #[must_use]
    pub fn is_past(self, limit: f64, value: f64) -> bool {
        match self {
            Self::Waiting => value >= limit,
            Self::AverageWait | Self::LongestWait => value > limit,
            Self::ServiceLevel => value < limit,
            Self::AvailableAgents => value <= limit,
        }
    }
}

/// On which side of a limit trouble lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Too much is trouble.
    Above,
    /// Too little is trouble.
    Below,
}

/// Why a queue is at its level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// What is the matter.
    pub metric: Metric,
    /// On which side of the limit it is, or was until it was a margin's width back.
    pub direction: Direction,
    /// The threshold, in the metric's unit in the snapshot: calls, milliseconds,
    /// percent or agents.
    pub limit: f64,
}
