//! What the server asks CXone, and what comes of it.

use std::{array, time::Duration};

use cxone::{CallKind, CallOutcome, Observer};
use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

type Labels<const N: usize> = [(&'static str, &'static str); N];

/// Requests to CXone so far. A copy counts on the same.
#[derive(Clone, Debug)]
pub struct Calls {
    counts: Family<Labels<2>, Counter>,
    seconds: Family<Labels<1>, Histogram>,
    /// The same, so that nothing is looked up.
    by_kind: [([Counter; CallOutcome::ALL.len()], Histogram); CallKind::ALL.len()],
}

impl Default for Calls {
    fn default() -> Self {
        let counts = Family::<Labels<2>, Counter>::default();
        let seconds = Family::new_with_constructor(histogram as fn() -> Histogram);
        let by_kind = array::from_fn(|kind| {
            let kind = ("kind", CallKind::ALL[kind].as_str());
            let of = |outcome: usize| {
                let outcome = ("outcome", CallOutcome::ALL[outcome].as_str());
                counts.get_or_create(&[kind, outcome]).clone()
            };
            (array::from_fn(of), seconds.get_or_create(&[kind]).clone())
        });
        Self {
            counts,
            seconds,
            by_kind,
        }
    }
}

impl Calls {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "upstream_requests",
            "Requests to CXone that ended, by what they were for and what came of them",
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
        let (counts, seconds) = &self.by_kind[kind as usize];
        counts[outcome as usize].inc();
        seconds.observe(took.as_secs_f64());
    }
}

fn histogram() -> Histogram {
    Histogram::new([0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_and_outcome_is_counted_on_its_own() {
        let calls = Calls::default();
        for (kind, name) in CallKind::ALL.into_iter().zip(0_u64..) {
            for (outcome, other) in CallOutcome::ALL.into_iter().zip(0_u64..) {
                for _ in 0..name * 10 + other {
                    calls.request_ended(kind, outcome, Duration::from_millis(300));
                }
            }
        }
        for (kind, name) in CallKind::ALL.into_iter().zip(0_u64..) {
            for (outcome, other) in CallOutcome::ALL.into_iter().zip(0_u64..) {
                let labels = [("kind", kind.as_str()), ("outcome", outcome.as_str())];
                let count = calls.counts.get_or_create(&labels).get();
                assert_eq!(count, name * 10 + other, "{labels:?}");
            }
        }
    }
}
