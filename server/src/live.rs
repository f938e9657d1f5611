//! What a running server takes over.

use std::time::Duration;

use crate::{alerts::AlertsConfig, board::BoardConfig};

/// The part of a configuration that changes while the server runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    /// At least one, each slug once: `[[boards]]`.
    pub boards: Vec<BoardConfig>,
    /// Time between two reads of a queue: `poll.seconds`.
    pub interval: Duration,
    /// Of how many days before now hours that nothing recorded are read later:
    /// `store.backfill_days`.
    pub backfill_days: u32,
    /// Names by which browsers may ask: `server.hosts`, and that of
    /// `server.public_url`.
    pub hosts: Vec<String>,
    /// What is alerted of, and to whom: `[[alerts]]`, `[[receivers]]`.
    pub alerts: AlertsConfig,
}
