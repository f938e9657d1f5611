//! Connections of the public listener: those that are open, and those refused.

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// Why a connection or a request was refused before anybody looked at what it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There are as many connections as there may be.
    Connections,
    /// The peer has as many as it may have.
    ConnectionsOfPeer,
    /// The peer asks faster than it may.
    Pace,
    /// The TLS handshake failed, or took too long.
    Tls,
}

impl Refused {
    const ALL: [Self; 4] = [
        Self::Connections,
        Self::ConnectionsOfPeer,
        Self::Pace,
        Self::Tls,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::ConnectionsOfPeer => "connections_of_peer",
            Self::Pace => "pace",
            Self::Tls => "tls",
        }
    }
}

/// Connections by now. A copy counts on the same.
#[derive(Clone, Debug)]
pub struct Doors {
    open: Gauge,
    refused: Family<[(&'static str, &'static str); 1], Counter>,
    by_reason: [Counter; Refused::ALL.len()],
}

impl Default for Doors {
    fn default() -> Self {
        let refused = Family::<[(&'static str, &'static str); 1], Counter>::default();
        let of = |reason: Refused| refused.get_or_create(&[("reason", reason.word())]).clone();
        Self {
            open: Gauge::default(),
            by_reason: Refused::ALL.map(of),
            refused,
        }
    }
}

/// A connection that is open until this is dropped.
#[derive(Debug)]
pub struct Open(Gauge);

impl Doors {
    /// A connection opened.
    #[must_use]
    pub fn open(&self) -> Open {
        self.open.inc();
        Open(self.open.clone())
    }

    /// A connection or a request was refused.
    pub fn refuse(&self, reason: Refused) {
        self.by_reason[reason as usize].inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "connections_open",
            "Connections that are open on the public listener",
            self.open.clone(),
        );
        registry.register(
            "refused",
            "Connections closed at once, and requests answered with 429, by the limit that they met",
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
    fn a_connection_counts_until_it_ends() {
        let doors = Doors::default();
        let (one, two) = (doors.open(), doors.clone().open());
        assert_eq!(doors.open.get(), 2);
        drop(one);
        assert_eq!(doors.open.get(), 1);
        drop(two);
        assert_eq!(doors.open.get(), 0);
    }

    #[test]
    fn refusals_are_counted_by_reason() {
        let doors = Doors::default();
        for (reason, times) in Refused::ALL.into_iter().zip(1..) {
            (0..times).for_each(|_| doors.refuse(reason));
            let labels = [("reason", reason.word())];
            assert_eq!(doors.refused.get_or_create(&labels).get(), times);
        }
    }
}
