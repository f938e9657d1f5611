//! What the server asks CXone, and what comes of it.

use std::time::Duration;

use cxone::{CallKind, CallOutcome, Observer};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindAndOutcome {
    kind: &'static str,
    outcome: &'static str,
}

/// Requests to CXone so far. A clone counts on the same.
#[derive(Clone, Debug)]
pub struct Calls {
    counts: Family<KindAndOutcome, Counter>,
    seconds: Family<Kind, Histogram>,
}

impl Default for Calls {
    fn default() -> Self {
        let counts = Family::default();
        let seconds = Family::new_with_constructor(histogram as fn() -> Histogram);
        // Every kind and outcome is there from the start, as 0.
        for kind in CallKind::ALL.map(CallKind::as_str) {
            drop(seconds.get_or_create(&Kind { kind }));
            for outcome in CallOutcome::ALL.map(CallOutcome::as_str) {
                drop(counts.get_or_create(&KindAndOutcome { kind, outcome }));
            }
        }
        Self { counts, seconds }
    }
}

impl Calls {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "upstream_requests",
            "Requests to CXone that ended, by kind and outcome",
            self.counts.clone(),
        );
        registry.register_with_unit(
            "upstream_request",
            "Time from sending a request to CXone until its answer was read or given up",
            Unit::Seconds,
            self.seconds.clone(),
        );
    }
}

impl Observer for Calls {
    fn request_ended(&self, kind: CallKind, outcome: CallOutcome, took: Duration) {
        let (kind, outcome) = (kind.as_str(), outcome.as_str());
        (self.counts.get_or_create(&KindAndOutcome { kind, outcome })).inc();
        (self.seconds.get_or_create(&Kind { kind })).observe(took.as_secs_f64());
    }
}

fn histogram() -> Histogram {
    Histogram::new([0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_kind_and_outcome() {
        let calls = Calls::default();
        for _ in 0..3 {
            let (kind, outcome) = (CallKind::SignIn, CallOutcome::TimedOut);
            calls.request_ended(kind, outcome, Duration::from_millis(300));
        }
        for (kind, outcome, count) in [
            ("sign_in", "timed_out", 3),
            ("sign_in", "answered", 0),
            ("readings", "timed_out", 0),
        ] {
            let labels = KindAndOutcome { kind, outcome };
            assert_eq!(calls.counts.get_or_create(&labels).get(), count);
        }
    }
}
