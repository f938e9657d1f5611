//! What a running server takes over of a configuration.

use super::Config;
use crate::live::Live;

impl Config {
    /// The part that changes while the server runs.
    #[must_use]
    pub fn live(&self) -> Live {
        let hosts = self.server.hosts.iter().cloned();
        Live {
            boards: self.boards.clone(),
            interval: self.poll.interval,
            backfill_days: self.store.backfill_days,
            alerts: self.alerts.clone(),
            hosts: hosts.chain(self.access.public_host()).collect(),
        }
    }
}
