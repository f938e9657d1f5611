//! What the server asks CXone, and what comes of it.

use std::{array, time::Duration};

use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

/// What a request to CXone is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// A token.
    SignIn,
    /// Where a tenant's hosts are.
    Discovery,
    /// Which queues there are.
    QueueList,
    /// Their numbers.
    Readings,
}

impl CallKind {
    const ALL: [Self; 4] = [
        Self::SignIn,
        Self::Discovery,
        Self::QueueList,
        Self::Readings,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Discovery => "discovery",
            Self::QueueList => "queue_list",
            Self::Readings => "readings",
        }
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// An answer of 2xx, whatever stands in it.
    Answered,
    /// Another answer of 4xx.
    Refused,
    /// 429.
    RateLimited,
    /// 5xx.
    ServerError,
    /// 3xx, which is never followed.
    Redirected,
    /// No answer in time.
    TimedOut,
    /// No connection, or one that broke.
    NoConnection,
    /// An answer that cannot be read.
    Unreadable,
}

impl CallOutcome {
    const ALL: [Self; 8] = [
        Self::Answered,
        Self::Refused,
        Self::RateLimited,
        Self::ServerError,
        Self::Redirected,
        Self::TimedOut,
        Self::NoConnection,
        Self::Unreadable,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::Redirected => "redirected",
            Self::TimedOut => "timed_out",
            Self::NoConnection => "no_connection",
            Self::Unreadable => "unreadable",
        }
    }
}

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
            let kind = ("kind", CallKind::ALL[kind].word());
            let of = |outcome: usize| {
                let outcome = ("outcome", CallOutcome::ALL[outcome].word());
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
    /// A request ended, so long after it was sent.
    pub fn ended(&self, kind: CallKind, outcome: CallOutcome, took: Duration) {
        let (counts, seconds) = &self.by_kind[kind as usize];
        counts[outcome as usize].inc();
        seconds.observe(took.as_secs_f64());
    }

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
                    calls.ended(kind, outcome, Duration::from_millis(300));
                }
            }
        }
        for (kind, name) in CallKind::ALL.into_iter().zip(0_u64..) {
            for (outcome, other) in CallOutcome::ALL.into_iter().zip(0_u64..) {
                let labels = [("kind", kind.word()), ("outcome", outcome.word())];
                let count = calls.counts.get_or_create(&labels).get();
                assert_eq!(count, name * 10 + other, "{labels:?}");
            }
        }
    }
}
