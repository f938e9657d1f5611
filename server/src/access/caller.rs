//! The client of a request: the peer of the connection, or the one that a trusted proxy names.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::{ConnectInfo, Request},
    http::HeaderMap,
};
use ipnet::IpNet;
use tracing::warn;

use super::forwarded::{self, Unreadable};

/// On a request whose connection is TLS up to this server.
#[derive(Clone, Copy, Debug)]
pub struct OverTls;

/// What a request says of who sent it.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'r> {
    /// The request's headers.
    pub headers: &'r HeaderMap,
    /// The other end of the connection, where it is known.
    pub peer: Option<IpAddr>,
    /// Whether the connection itself is TLS.
    pub is_tls: bool,
}

impl<'r> Caller<'r> {
    /// The caller of a request.
    #[must_use]
    pub fn of(request: &'r Request) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        Self {
            headers: request.headers(),
            peer: peer.map(|ConnectInfo(address)| address.ip().to_canonical()),
            is_tls: request.extensions().get::<OverTls>().is_some(),
        }
    }
}

/// The proxies whose word counts. Clones share what was warned of.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    networks: Vec<IpNet>,
    warned: Arc<Warned>,
}

/// What was warned of, each once: a proxy writes the same into every request.
#[derive(Debug, Default)]
struct Warned {
    client: AtomicBool,
    scheme: AtomicBool,
}

impl Proxies {
    /// Those within these networks.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self {
            networks,
            warned: Arc::default(),
        }
    }

    /// Whether the connection comes from one.
    pub fn vouch_for(&self, caller: Caller<'_>) -> bool {
        caller.peer.is_some_and(|peer| self.has(peer))
    }

    /// Whether `address`, in its canonical form, is one.
    pub fn has(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(&address))
    }

    /// Whose attempts these are: the connection's other end, or where that is a proxy,
    /// the last address before the proxies.
    pub fn client(&self, caller: Caller<'_>) -> Option<IpAddr> {
        if !self.vouch_for(caller) {
            return caller.peer;
        }
        for client in forwarded::clients(caller.headers) {
            match client {
                Ok(address) if self.has(address) => {}
                Ok(address) => return Some(address),
                // What stands left of an unreadable address is nobody's word.
                Err(Unreadable(header)) => {
                    if !self.warned.client.swap(true, Ordering::Relaxed) {
                        warn!(
                            proxy = caller.peer.map(tracing::field::display),
                            "the header {header} of a trusted proxy names no IP address that can be read: all \
                             clients behind it count as one, and share its limits; let the proxy set \
                             {header} to the client's address, as in 203.0.113.7"
                        );
                    }
                    break;
                }
            }
        }
        caller.peer
    }

    /// Whether the browser speaks TLS: with this server, or with a proxy of it.
    pub fn is_secure(&self, caller: Caller<'_>) -> bool {
        if caller.is_tls || !self.vouch_for(caller) {
            return caller.is_tls;
        }
        match forwarded::is_https(caller.headers) {
            Ok(is_https) => is_https.unwrap_or(false),
            Err(Unreadable(header)) => {
                if !self.warned.scheme.swap(true, Ordering::Relaxed) {
                    warn!(
                        proxy = caller.peer.map(tracing::field::display),
                        "the header {header} of a trusted proxy is neither https nor http: cookies are not \
                         marked Secure; let the proxy set {header} to the scheme that the browser uses"
                    );
                }
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies() -> Proxies {
        Proxies::new(vec![
            "10.1.0.0/16".parse().unwrap(),
            "::1/128".parse().unwrap(),
        ])
    }

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let caller = Caller {
            headers: &headers,
            peer: Some(peer.parse().unwrap()),
            is_tls: false,
        };
        proxies().client(caller).unwrap().to_string()
    }

    #[test]
    fn the_client_is_the_last_address_before_the_proxies() {
        assert_eq!(client("10.1.2.3", &["1.1.1.1, 2.2.2.2"]), "2.2.2.2");
        assert_eq!(
            client("10.1.2.3", &["1.1.1.1", "2.2.2.2, 10.1.0.9"]),
            "2.2.2.2"
        );
        assert_eq!(client("10.1.2.3", &["1.1.1.1, unknown"]), "10.1.2.3");
        assert_eq!(client("10.1.2.3", &[]), "10.1.2.3");
        assert_eq!(client("10.1.2.3", &["203.0.113.7:51000"]), "203.0.113.7");
        assert_eq!(
            client("10.1.2.3", &["1.1.1.1", "[2001:db8::7]:443, 10.1.0.9:80"]),
            "2001:db8::7"
        );
        assert_eq!(client("10.1.2.3", &["::ffff:203.0.113.7"]), "203.0.113.7");
        assert_eq!(
            client("10.2.0.1", &["1.1.1.1"]),
            "10.2.0.1",
            "nobody's word"
        );
    }

    #[test]
    fn tls_is_told_by_trusted_proxy_or_the_connection_itself() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        let from = |peer: Option<&str>, is_tls| Caller {
            headers: &headers,
            peer: peer.map(|peer| peer.parse().unwrap()),
            is_tls,
        };
        assert!(proxies().is_secure(from(Some("10.1.0.1"), false)));
        assert!(!proxies().is_secure(from(Some("10.2.0.1"), false)));
        assert!(!proxies().is_secure(from(None, false)));
        assert!(proxies().is_secure(from(Some("10.2.0.1"), true)));
    }
}
