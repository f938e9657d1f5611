//! What the board's agents do, in numbers, and how far these may be trusted.

use std::time::Duration;

use queuewall_shared::agents::{AgentCounts, AgentsShown};
use queuewall_shared::freshness::Freshness;

use super::BoardState;

impl BoardState {
    /// What `read` makes of the counts, how far they may be trusted and how old they are, both
    /// `None` while they were never read; `None` where the board shows no agents.
    pub(crate) fn with_agents<T>(
        &self,
        read: fn(&AgentCounts, Option<Freshness>, Option<Duration>) -> T,
    ) -> Option<T> {
        let (latest, is_trusted) = (self.age(), self.is_trusted());
        self.head.with(|head| {
            let counts = head.as_ref()?.agents.as_ref()?;
            let freshness = match counts.freshness(latest.unwrap_or(Duration::MAX)) {
                Some(_) if !is_trusted => Some(Freshness::Stale),
                freshness => freshness,
            };
            let lag = counts.lag_ms.map(Duration::from_millis);
            let age = latest
                .zip(lag)
                .map(|(latest, lag)| latest.saturating_add(lag));
            Some(read(counts, freshness, age))
        })
    }

    /// What the board says of each agent; `None` where it shows none.
    pub(crate) fn agents_shown(&self) -> Option<AgentsShown> {
        let kind = |counts: &AgentCounts| counts.kind;
        self.head
            .with(|head| head.as_ref()?.agents.as_ref().map(kind))
    }
}
