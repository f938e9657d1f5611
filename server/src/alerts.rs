//! Alerts: what happens on the boards, told where people are.
//!
//! # Layout
//! - `rule`: what is alerted of
//! - `look`: what the rules see on the boards
//! - `engine`: what is told, and when
//! - `message`, with `words`: what is said
//! - `receivers`: whom it is told; `outgoing`: handing it to them
//! - `run`: looking, keeping what was told, and sending

mod engine;
mod look;
mod message;
mod outgoing;
mod receivers;
mod rule;
mod run;
#[cfg(test)]
mod tests;
mod words;

pub use engine::Engine;
pub use look::Board;
pub use message::{Kind, Message};
pub use outgoing::Delivery;
pub use receivers::{AlertsConfig, Receivers};
pub(crate) use rule::MISSING;
pub use rule::{Rule, What};
pub(crate) use run::Alerts;
