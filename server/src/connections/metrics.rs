//! Connections of the public listener: those that are open, and those refused.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// Why a connection or a request was refused before it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// There are as many connections as there may be.
    Connections,
    /// The client has as many as it may have.
    ConnectionsOfClient,
    /// The client sends more requests a second than it may.
    RateLimit,
    /// The TLS handshake failed, or took too long.
    Tls,
}

impl Refused {
    const ALL: [Self; 4] = [
        Self::Connections,
        Self::ConnectionsOfClient,
        Self::RateLimit,
        Self::Tls,
    ];

    const fn labels(self) -> Labels {
        let reason = match self {
            Self::Connections => "connections",
            Self::ConnectionsOfClient => "connections_of_peer",
            Self::RateLimit => "pace",
            Self::Tls => "tls",
        };
        Labels { reason }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    reason: &'static str,
}

/// Connections by now. A clone counts on the same.
#[derive(Clone, Debug)]
pub struct ConnectionMetrics {
    open: Gauge,
    refused: Family<Labels, Counter>,
}

impl Default for ConnectionMetrics {
    fn default() -> Self {
        let refused = Family::default();
        // Every reason is there from the start, as 0.
        for reason in Refused::ALL {
            drop(refused.get_or_create(&reason.labels()));
        }
        Self {
            open: Gauge::default(),
            refused,
        }
    }
}

/// A connection that counts as open until this is dropped.
pub(super) struct Open(Gauge);

impl ConnectionMetrics {
    /// Counts a connection that opened.
    pub(super) fn open(&self) -> Open {
        self.open.inc();
        Open(self.open.clone())
    }

    /// Counts a connection or a request that was refused.
    pub(super) fn refuse(&self, reason: Refused) {
        self.refused.get_or_create(&reason.labels()).inc();
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "connections_open",
            "Connections that are open on the public listener",
            self.open.clone(),
        );
        registry.register(
            "refused",
            "Connections closed at once, and requests answered with 429, by the limit that they exceeded",
            self.refused.clone(),
        );
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_connections_count_until_they_are_dropped() {
        let metrics = ConnectionMetrics::default();
        let (one, two) = (metrics.open(), metrics.clone().open());
        assert_eq!(metrics.open.get(), 2);
        drop((one, two));
        assert_eq!(metrics.open.get(), 0);
    }
}
