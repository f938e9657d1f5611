//! How many connections there may be, and how long each part of one may take.

use std::time::Duration;

use crate::config::DEFAULT_IDLE;

/// Bounds on connections and requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections of one client: an IPv4 address, or an IPv6 network of 64 bits.
    pub connections_per_ip: usize,
    /// Requests a second of one client, on average.
    pub requests_per_second: u32,
    /// Whether this machine has no bounds: a reverse proxy there, as a rule, has everybody
    /// behind it.
    pub exempts_loopback: bool,
    /// How long a connection may be silent, and how long a request's head may take.
    pub idle: Duration,
    /// How long a TLS handshake may take, and the answer to an HTTP/2 ping.
    pub handshake: Duration,
    /// How long a client may leave an answer unread.
    pub stalled_write: Duration,
    /// How long requests under way may take when the server ends.
    pub drain: Duration,
}

impl Default for Limits {
    /// Room for some ten thousand screens, a thousand of them behind one address.
    fn default() -> Self {
        Self {
            connections: 16_384,
            connections_per_ip: 1_024,
            requests_per_second: 500,
            exempts_loopback: true,
            idle: DEFAULT_IDLE,
            handshake: Duration::from_secs(30),
            stalled_write: Duration::from_secs(20),
            drain: Duration::from_secs(10),
        }
    }
}
