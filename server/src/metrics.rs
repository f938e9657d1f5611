//! What is counted and measured, for Prometheus.
//!
//! Counters belong to the modules in which things happen, which know nothing of who reads
//! them. What is an age or a state is computed when it is asked for, from what is there
//! anyway. Labels are words of ours, boards of the configuration, and the names of a bounded
//! number of queues and screens; never what a stranger sends.
//!
//! # Layout
//! - `calls`: requests to CXone
//! - `state`: ages and states, at the moment of the scrape; `queues`: the numbers of each queue;
//!   `receivers`: the receivers of alerts; `process`: the process

mod calls;
mod process;
mod queues;
mod receivers;
mod state;

use std::{fmt, sync::Arc};

use cxone::{QueueSource, budget::RequestBudget};
use prometheus_client::{
    encoding::{prometheus_text, text},
    registry::Registry,
};

use crate::{
    access::Guard,
    alerts::Delivery,
    clock::Clock,
    connections::{ConnectionMetrics, Tls},
    history::HistoryMetrics,
    http::Requests,
    poller::Polls,
    reload::ReloadStatus,
    screens::ScreenRegistry,
    servers::Status,
    snapshot::Boards,
};
pub use calls::Calls;
pub use state::NAMED_SCREENS;

/// What is measured.
#[derive(Clone)]
pub struct Measured {
    /// Snapshots, their ages and encodings.
    pub boards: Arc<Boards>,
    /// The most queues whose numbers are metrics; 0 is none.
    pub most_queues: usize,
    /// The gate to CXone.
    pub budget: Arc<RequestBudget>,
    /// The requests that passed it.
    pub calls: Calls,
    /// Whose token it is.
    pub source: Arc<dyn QueueSource>,
    /// How the reading gets on.
    pub polls: Polls,
    /// How the configuration was taken last.
    pub reload: ReloadStatus,
    /// The links, where they decide.
    pub access: Arc<Guard>,
    /// The certificate, where the server speaks TLS.
    pub tls: Option<Tls>,
    /// What browsers ask.
    pub requests: Requests,
    /// Their connections.
    pub connections: ConnectionMetrics,
    /// Which screens there are.
    pub screens: Arc<ScreenRegistry>,
    /// For ages.
    pub clock: Arc<dyn Clock>,
    /// How this server stands to others on its database; `None` where there are none.
    pub servers: Option<Arc<Status>>,
    /// How the history gets on; `None` where none is kept.
    pub history: Option<HistoryMetrics>,
    /// How receivers of alerts do.
    pub delivery: Delivery,
}

impl fmt::Debug for Measured {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Measured")
    }
}

/// Everything, ready to be scraped.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
}

/// A text format that Prometheus reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0.
    OpenMetrics,
    /// Prometheus's text format 0.0.4: the default.
    Prometheus,
}

impl Format {
    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => prometheus_text::CONTENT_TYPE,
        }
    }
}

impl Metrics {
    /// Of these.
    #[must_use]
    pub fn new(measured: Measured) -> Self {
        let mut registry = Registry::default();
        let ours = registry.sub_registry_with_prefix("queuewall");
        measured.calls.register(ours);
        measured.polls.register(ours);
        measured.reload.register(ours);
        measured.boards.encodings().register(ours);
        measured.requests.register(ours);
        measured.connections.register(ours);
        if let Some(history) = &measured.history {
            history.register(ours);
        }
        registry.register_collector(Box::new(state::State::new(measured)));
        Self { registry }
    }

    /// Everything as it is now.
    ///
    /// # Errors
    /// Writing to memory does not fail.
    pub fn write(&self, format: Format) -> Result<String, fmt::Error> {
        let mut page = String::new();
        match format {
            Format::OpenMetrics => text::encode(&mut page, &self.registry)?,
            Format::Prometheus => prometheus_text::encode(&mut page, &self.registry)?,
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests;
