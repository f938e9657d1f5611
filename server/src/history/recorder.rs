//! The bounded queue from the poller to the writer.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge},
    registry::Registry,
};
use queuewall_store::{
    backfill,
    column::Values,
    event::{Event, EventKind},
    history::Queue,
    lease::Fence,
};
use serde_json::json;
use tokio::sync::mpsc;
use tracing::{info, warn};

use super::epoch_ms;

/// So many records wait for a slow database: an hour of minutes.
const CAPACITY: usize = 60;

/// One minute of all queues.
#[derive(Clone, Debug, Default)]
pub struct Minute {
    /// Its number since 1970.
    pub at: i64,
    /// What is known of each queue. A queue of which nothing is known is not here.
    pub rows: Vec<(Queue, Values)>,
    /// What the next start needs, by name.
    pub state: Vec<(String, String)>,
}

/// One hour of all queues that nothing had recorded.
#[derive(Clone, Debug, Default)]
pub struct Hour {
    /// Its number since 1970.
    pub at: i64,
    /// What CXone counted of each queue.
    pub rows: Vec<(Queue, backfill::Hour)>,
    /// How far the back-fill has come, by name.
    pub state: Vec<(String, String)>,
}

/// What is to be kept.
#[derive(Clone, Debug)]
pub(crate) enum Record {
    Minute(Minute),
    Hour(Hour),
    Events(Events),
}

/// Events, and what is kept with them by name, of the holder of this lease, where there is one.
#[derive(Clone, Debug)]
pub(crate) struct Events {
    pub(crate) events: Vec<Event>,
    pub(crate) state: Vec<(String, String)>,
    pub(crate) fence: Option<Fence>,
}

/// Takes what is to be kept, and never waits.
#[derive(Clone, Debug)]
pub struct Recorder {
    records: mpsc::Sender<Record>,
    metrics: HistoryMetrics,
    fence: Option<Fence>,
}

/// How it goes with the store. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct HistoryMetrics(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    written: Counter,
    lost: Counter,
    failures: Counter,
    is_writable: Gauge,
    /// Whether the log said that it cannot be written, and not yet that it can.
    is_failing: AtomicBool,
    /// Why.
    problem: Mutex<Option<String>>,
}

impl Recorder {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Record>) {
        let (records, receiver) = mpsc::channel(CAPACITY);
        let metrics = HistoryMetrics::default();
        let recorder = Self {
            records,
            metrics,
            fence: None,
        };
        (recorder, receiver)
    }

    /// The same, for as long as this lease is held. Changes that the database has not taken by
    /// then are the next holder's: it compares with those that are kept.
    #[must_use]
    pub(crate) fn of_lease(self, fence: Fence) -> Self {
        Self {
            fence: Some(fence),
            ..self
        }
    }

    /// How it goes.
    #[must_use]
    pub fn metrics(&self) -> &HistoryMetrics {
        &self.metrics
    }

    /// Hands a minute over. Where too many wait already, it is lost: a gap in the history.
    pub fn minute(&self, minute: Minute) {
        self.hand_over(Record::Minute(minute));
    }

    /// Hands an hour over that was read later.
    pub fn hour(&self, hour: Hour) {
        self.hand_over(Record::Hour(hour));
    }

    /// Hands changes over, and what is kept with them by name.
    pub(crate) fn changes(&self, events: Vec<Event>, state: Vec<(String, String)>) {
        let fence = self.fence;
        self.hand_over(Record::Events(Events {
            events,
            state,
            fence,
        }));
    }

    /// Hands over what the server did: it "started", "stopped", or was "reconfigured".
    pub fn server(&self, what: &str, at: SystemTime) {
        let detail = json!({ "what": what, "version": env!("CARGO_PKG_VERSION") });
        let event = Event {
            at_ms: i64::try_from(epoch_ms(at)).unwrap_or(i64::MAX),
            kind: EventKind::Server,
            board: None,
            queue: None,
            detail: detail.to_string(),
        };
        // From any leader.
        self.hand_over(Record::Events(Events {
            events: vec![event],
            state: Vec::new(),
            fence: None,
        }));
    }

    fn hand_over(&self, record: Record) {
        if self.records.try_send(record).is_err() {
            self.metrics.lose();
        }
    }
}

impl HistoryMetrics {
    /// Registers the metrics.
    pub fn register(&self, registry: &mut Registry) {
        let Counts {
            written,
            lost,
            failures,
            is_writable,
            ..
        } = &*self.0;
        let name = "history_written_minutes";
        registry.register(
            name,
            "Minutes that were written to the history",
            written.clone(),
        );
        let name = "history_lost_records";
        registry.register(
            name,
            "Minutes and events that the database did not take in time",
            lost.clone(),
        );
        let name = "history_failures";
        registry.register(
            name,
            "Statements that the database refused",
            failures.clone(),
        );
        let name = "history_writable";
        registry.register(
            name,
            "Whether the database took what was last written: 1 or 0",
            is_writable.clone(),
        );
    }

    /// How many records were lost.
    #[cfg(test)]
    pub(super) fn lost(&self) -> u64 {
        self.0.lost.get()
    }

    /// Why the history is not kept now; `None` while it is.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.problem_slot().clone()
    }

    /// A record is given up.
    pub(super) fn lose(&self) {
        self.0.lost.inc();
    }

    /// A minute was written.
    pub(super) fn minute_written(&self) {
        self.0.written.inc();
        self.works();
    }

    /// The database answers.
    pub(super) fn works(&self) {
        self.0.is_writable.set(1);
        *self.problem_slot() = None;
        if self.0.is_failing.swap(false, Ordering::Relaxed) {
            info!(
                "the history is kept again; {} records are missing",
                self.0.lost.get()
            );
        }
    }

    /// The database does not take it. Said once.
    pub(super) fn failed(&self, error: &str) {
        self.0.failures.inc();
        self.0.is_writable.set(0);
        *self.problem_slot() = Some(error.to_owned());
        if !self.0.is_failing.swap(true, Ordering::Relaxed) {
            warn!(
                "the history cannot be kept ({error}): the boards go on, and what is not written within an hour \
                 will be missing"
            );
        }
    }

    fn problem_slot(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.0
            .problem
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
