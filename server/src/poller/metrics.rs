//! How the reading gets on: how long each read takes, and whether failures hold it back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};
use tokio::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: &'static str,
}

const READ: Labels = Labels { outcome: "read" };
const FAILED: Labels = Labels { outcome: "failed" };

/// What the poller does. A clone is of the same poller.
#[derive(Clone, Debug)]
pub struct Polls {
    seconds: Family<Labels, Histogram>,
    back_off: Arc<ArcSwap<BackOff>>,
    /// How many requests in a row got no answer.
    unanswered: Arc<AtomicU32>,
    /// Reads of today's numbers.
    today: Family<Labels, Counter>,
    /// Reads of agents.
    agents: Family<Labels, Counter>,
}

/// How failures hold the reading back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackOff {
    /// Reads that failed in a row; 0 after a good one.
    pub failures: u32,
    /// Before which nothing is read.
    pub until: Option<Instant>,
}

impl Default for Polls {
    fn default() -> Self {
        let seconds = Family::new_with_constructor(histogram as fn() -> Histogram);
        drop(seconds.get_or_create(&READ));
        drop(seconds.get_or_create(&FAILED));
        let counted = || {
            let family: Family<Labels, Counter> = Family::default();
            drop(family.get_or_create(&READ));
            drop(family.get_or_create(&FAILED));
            family
        };
        Self {
            seconds,
            back_off: Arc::default(),
            unanswered: Arc::default(),
            today: counted(),
            agents: counted(),
        }
    }
}

impl Polls {
    /// A read of queues or of their list ended. Its pages, a sign-in on the way and the
    /// waits for the budget are in its time.
    pub fn ended(&self, is_read: bool, took: Duration) {
        let labels = if is_read { READ } else { FAILED };
        (self.seconds.get_or_create(&labels)).observe(took.as_secs_f64());
    }

    /// A read ended with this error, or with none.
    pub(crate) fn failed(&self, error: Option<&cxone::Error>) {
        match error {
            Some(cxone::Error::LedgerLost { .. }) => {}
            Some(error) if error.is_about_the_connection() => {
                self.unanswered.fetch_add(1, Ordering::Relaxed);
            }
            _ => self.unanswered.store(0, Ordering::Relaxed),
        }
    }

    /// A request for today's numbers ended.
    pub(crate) fn read_today(&self, is_read: bool) {
        let labels = if is_read { READ } else { FAILED };
        self.today.get_or_create(&labels).inc();
    }

    /// A read of agents ended.
    pub(crate) fn read_agents(&self, is_read: bool) {
        let labels = if is_read { READ } else { FAILED };
        self.agents.get_or_create(&labels).inc();
    }

    /// How many reads in a row got no answer from CXone.
    #[must_use]
    pub fn unanswered(&self) -> u32 {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// Failures hold the reading back so.
    pub fn hold_back(&self, back_off: BackOff) {
        self.back_off.store(Arc::new(back_off));
    }

    /// How failures hold the reading back.
    #[must_use]
    pub fn back_off(&self) -> BackOff {
        **self.back_off.load()
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "poll",
            "Time that one read of queues or of their list took: pages, sign-in and waits for the budget included",
            Unit::Seconds,
            self.seconds.clone(),
        );
        registry.register(
            "today_reads",
            "Requests for today's numbers",
            self.today.clone(),
        );
        registry.register(
            "agent_reads",
            "Reads of agents' states",
            self.agents.clone(),
        );
    }
}

fn histogram() -> Histogram {
    Histogram::new([0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0])
}
