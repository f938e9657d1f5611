//! How many connections there may be, and how long each part of one may take.

use std::time::Duration;

use crate::config::DEFAULT_IDLE;

/// Bounds on connections and requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections of one peer: an IPv4 address, or an IPv6 network of 64 bits.
    pub connections_per_peer: usize,
    /// Requests a second of one peer, on average.
    pub requests_per_second: u32,
    /// Whether peers on this machine have no bounds of their own: one is a reverse proxy,
    /// as a rule, with everybody behind it.
    pub spares_this_machine: bool,
    /// How long a connection may be silent before its first request and between two.
    pub idle: Duration,
    /// How long a request may take from its first byte until it is answered, and how long a
    /// TLS handshake.
    pub head: Duration,
    /// How long a peer may leave an answer unread.
    pub stalled_write: Duration,
    /// How long requests under way may take when the server ends.
    pub drain: Duration,
}

impl Default for Limits {
    /// Room for some ten thousand screens, a thousand of them behind one address.
    fn default() -> Self {
        Self {
            connections: 16_384,
            connections_per_peer: 1_024,
            requests_per_second: 500,
            spares_this_machine: true,
            idle: DEFAULT_IDLE,
            head: Duration::from_secs(30),
            stalled_write: Duration::from_secs(20),
            drain: Duration::from_secs(10),
        }
    }
}
