//! How bad it is: two thresholds a metric, judged with hysteresis.
//!
//! Only the server judges, so that every screen of a board agrees and a reload
//! changes nothing; the page shows what it is told, with its reasons.
//!
//! # Layout
//! - `thresholds`: where a level begins and where it ends
//! - `judge`: the state that hysteresis needs

mod judge;
#[cfg(test)]
mod tests;
mod thresholds;

pub use crate::{
    metric::{Direction, Metric},
    snapshot::{Level, Reason},
};
pub use judge::{Judge, Judgement, NewAnswers, judged};
pub use thresholds::{Limits, Media, Thresholds};
