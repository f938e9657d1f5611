//! Who asks: the connection's other end, or whom a proxy there speaks for.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderName, HeaderValue},
};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

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

/// The proxies whose word counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Those within these networks.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether the connection comes from one.
    #[must_use]
    pub fn vouch_for(&self, caller: Caller<'_>) -> bool {
        caller.peer.is_some_and(|peer| self.has(peer))
    }

    /// Whether `address`, in its canonical form, is one.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whose attempts these are: the connection's other end, or where that is a proxy,
    /// the last address before the proxies.
    #[must_use]
    pub fn client(&self, caller: Caller<'_>) -> Option<IpAddr> {
        if !self.vouch_for(caller) {
            return caller.peer;
        }
        let lists = caller.headers.get_all(FORWARDED_FOR).iter().rev();
        let addresses = lists.flat_map(|list| list.to_str().unwrap_or_default().rsplit(','));
        // What stands left of an unreadable address is nobody's word.
        let readable = addresses.map_while(|address| address.trim().parse::<IpAddr>().ok());
        let mut before = readable.map(|address| address.to_canonical());
        before.find(|address| !self.has(*address)).or(caller.peer)
    }

    /// Whether the browser speaks TLS: with this server, or with a proxy of it.
    #[must_use]
    pub fn is_secure(&self, caller: Caller<'_>) -> bool {
        let is_https = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"https");
        let proto = caller.headers.get(FORWARDED_PROTO);
        caller.is_tls || (self.vouch_for(caller) && proto.is_some_and(is_https))
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
            headers.append(FORWARDED_FOR, value.parse().unwrap());
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
        assert_eq!(
            client("10.2.0.1", &["1.1.1.1"]),
            "10.2.0.1",
            "nobody's word"
        );
    }

    #[test]
    fn a_proxy_or_the_connection_itself_says_that_the_browser_speaks_tls() {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_PROTO, "https".parse().unwrap());
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
