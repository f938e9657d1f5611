//! What a running server takes over.

use std::time::Duration;

use super::{BoardConfig, Config};

/// The part of a configuration that changes while the server runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    /// At least one, each slug once: `[[boards]]`.
    pub boards: Vec<BoardConfig>,
    /// Time between two reads of a queue: `poll.seconds`.
    pub interval: Duration,
    /// Names by which browsers may ask: `server.hosts`, and that of
    /// `server.public_url`.
    pub hosts: Vec<String>,
}

impl Config {
    /// The part that changes while the server runs.
    #[must_use]
    pub fn live(&self) -> Live {
        let hosts = self.server.hosts.iter().cloned();
        Live {
            boards: self.boards.clone(),
            interval: self.poll.interval,
            hosts: hosts.chain(self.access.public_host()).collect(),
        }
    }
}
