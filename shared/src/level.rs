//! How bad it is: two thresholds a metric, judged with hysteresis.
//!
//! Only the server judges, so that every screen of a board agrees and a reload
//! changes nothing; the page shows what it is told, with its reasons.
//!
//! # Layout
//! - here: the words, which are part of the JSON
//! - `thresholds`: where a level begins and where it ends
//! - `judge`: the state that hysteresis needs

mod judge;
#[cfg(test)]
mod tests;
mod thresholds;

use serde::{Deserialize, Serialize};

pub use crate::metric::{Direction, Metric};
pub use judge::{Judge, Judgement, judged};
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
