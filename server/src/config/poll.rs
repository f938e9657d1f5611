//! How often the upstream is asked.

use std::time::Duration;

use super::{keys, reader::Reader};
use crate::poller::PollConfig;

impl PollConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let seconds = reader.integer(&keys::POLL_SECONDS, 30, Self::SECONDS, "seconds");
        let budget = reader.integer(
            &keys::BUDGET_PER_MINUTE,
            10,
            Self::BUDGET,
            "requests a minute",
        );
        Self {
            interval: Duration::from_secs(seconds),
            budget_per_minute: usize::try_from(budget).unwrap_or(usize::MAX),
        }
    }
}
