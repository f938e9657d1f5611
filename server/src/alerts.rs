//! Alerts: what happens on the boards, told where people are.
//!
//! # Layout
//! - `rule`: what is alerted of
//! - `look`: what the rules see on the boards
//! - `engine`: what is told, and when
//! - `message`, with `words`: what is said

mod engine;
mod look;
mod message;
mod rule;
#[cfg(test)]
mod tests;
mod words;

pub use engine::Engine;
pub use look::Board;
pub use message::{Kind, Message};
pub use rule::{Rule, What};
