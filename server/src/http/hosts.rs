//! The host names that the server answers to.

use std::{
    collections::BTreeSet,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use arc_swap::ArcSwap;
use axum::{
    body::Body,
    http::{
        HeaderValue, Method, Request,
        header::{HOST, TRANSFER_ENCODING},
    },
};
use tokio::sync::watch;

use super::{error::ApiError, health};
use crate::config::Live;

/// The host names of one listener.
#[derive(Debug)]
pub struct Hosts {
    /// Accepted whatever the configuration says.
    own: BTreeSet<String>,
    configured: ArcSwap<BTreeSet<String>>,
}

impl Hosts {
    /// Those of a server at `listen`, and the `configured` ones.
    ///
    /// IP addresses and `localhost` are always accepted: only a name can be made to point
    /// here by somebody else (DNS rebinding).
    #[must_use]
    pub fn new(listen: SocketAddr, configured: impl IntoIterator<Item = String>) -> Self {
        let mut own = BTreeSet::from(["localhost".to_owned()]);
        if !listen.ip().is_loopback() {
            own.extend(own_name());
        }
        let hosts = Self {
            own,
            configured: ArcSwap::default(),
        };
        hosts.set(configured);
        hosts
    }

    fn set(&self, configured: impl IntoIterator<Item = String>) {
        let configured = configured.into_iter().map(|it| it.to_lowercase());
        self.configured.store(Arc::new(configured.collect()));
    }

    /// Applies the names that `changes` brings, for as long as it is polled.
    pub async fn follow(&self, changes: Option<watch::Receiver<Live>>) -> Infallible {
        if let Some(mut changes) = changes {
            while changes.changed().await.is_ok() {
                let hosts = changes.borrow_and_update().hosts.clone();
                self.set(hosts);
            }
        }
        // No more can come.
        std::future::pending().await
    }

    /// Accepts a request for one of these hosts that means the same to every proxy on its way.
    ///
    /// # Errors
    /// - [`ApiError::NotOneHost`] for no name, and for several;
    /// - [`ApiError::ForeignHost`] for another server's;
    /// - [`ApiError::NoLength`] for a body in chunks. Our bodies are short and of known
    ///   length; one with a length *and* chunks is how requests are smuggled past a proxy,
    ///   and the library shows only the chunks then.
    pub(super) fn check(&self, request: &Request<Body>) -> Result<(), ApiError> {
        let headers = request.headers();
        if headers.contains_key(TRANSFER_ENCODING) {
            return Err(ApiError::NoLength);
        }
        if health::is_check(request) {
            return Ok(());
        }
        let mut hosts = headers.get_all(HOST).iter();
        let in_header = hosts.next();
        if hosts.next().is_some() {
            return Err(ApiError::NotOneHost);
        }
        let named = host_of(request, in_header).ok_or(ApiError::NotOneHost)?;
        let host = without_port(named).trim_end_matches('.');
        if address_of(host).is_some() || self.contains(host) {
            Ok(())
        } else {
            Err(ApiError::ForeignHost)
        }
    }

    pub(super) fn contains(&self, host: &str) -> bool {
        let is_named =
            |host: &str| self.own.contains(host) || self.configured.load().contains(host);
        is_named(host) || is_named(&host.to_lowercase())
    }
}

/// The same address by https, for what a browser opens; `None` where it cannot be named, and
/// for anything but GET and HEAD.
pub(super) fn to_https(request: &Request<Body>) -> Option<String> {
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let host = host_of(request, request.headers().get(HOST)).filter(|_| is_reading)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    let path = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let is_ours = host.bytes().all(is_plain) && path.starts_with('/');
    is_ours.then(|| format!("https://{host}{path}"))
}

/// Whether a request names the IP address of another machine, as a proxy passes it on
/// that keeps the browser's `Host`.
pub(super) fn is_another_machine(request: &Request<Body>) -> bool {
    let host = host_of(request, request.headers().get(HOST));
    let address = host.and_then(|host| address_of(without_port(host)));
    address.is_some_and(|address| {
        let address = address.to_canonical();
        !address.is_loopback() && !address.is_unspecified()
    })
}

/// The host that a request names. HTTP/2 has it in the address, and so may HTTP/1, where
/// that one counts.
fn host_of<'r>(request: &'r Request<Body>, header: Option<&'r HeaderValue>) -> Option<&'r str> {
    let in_address = request.uri().authority().map(|it| it.as_str());
    let named = in_address.or_else(|| header?.to_str().ok());
    named.filter(|name| !name.is_empty())
}

fn address_of(host: &str) -> Option<IpAddr> {
    let inside = host.trim_start_matches('[').trim_end_matches(']');
    inside.parse().ok()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The machine's own name, by which its network often knows it.
fn own_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.or_else(|| std::env::var("COMPUTERNAME").ok())?;
    let name = name.trim().to_lowercase();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    fn hosts(configured: &[&str]) -> Hosts {
        let listen = SocketAddr::from(([0, 0, 0, 0], 8080));
        Hosts::new(listen, configured.iter().map(|&host| host.to_owned()))
    }

    fn admits(hosts: &Hosts, host: &str) -> bool {
        let request = Request::get("/")
            .header(HOST, host)
            .body(Body::empty())
            .unwrap();
        hosts.check(&request).is_ok()
    }

    #[test]
    fn ip_addresses_and_known_names_are_accepted_and_others_refused() {
        let hosts = hosts(&["Wall.Example.com"]);
        for ours in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "10.1.2.3:80",
            "[::1]",
            "[2001:db8::1]:8080",
            "localhost",
            "LOCALHOST:8080",
            "wall.example.com",
            "wall.example.com.:443",
            "WALL.example.com:8080",
        ] {
            assert!(admits(&hosts, ours), "{ours}");
        }
        for foreign in [
            "",
            "evil.example",
            "evil.example:8080",
            "example.com",
            "wall.example.com.evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "wall.example.com@evil.example",
        ] {
            assert!(!admits(&hosts, foreign), "{foreign}");
        }
    }

    #[test]
    fn missing_and_repeated_host_and_chunked_body_are_refused() {
        let hosts = hosts(&[]);
        let admit = |request: axum::http::request::Builder| {
            let admitted = hosts.check(&request.body(Body::empty()).unwrap());
            admitted.map_err(|error| error.status().as_u16())
        };
        let ours = || Request::get("/").header(HOST, "localhost");
        assert_eq!(admit(ours()), Ok(()));
        assert_eq!(admit(Request::get("/")), Err(400));
        assert_eq!(admit(Request::get("/").header(HOST, "")), Err(400));
        assert_eq!(admit(ours().header(HOST, "localhost")), Err(400));
        assert_eq!(admit(ours().header(HOST, "evil.example")), Err(400));
        assert_eq!(admit(ours().header(TRANSFER_ENCODING, "chunked")), Err(411));
    }

    #[test]
    fn http_2_names_the_host_in_the_address() {
        let hosts = hosts(&[]);
        let ask = |address: &str| {
            let request = Request::get(address).body(Body::empty()).unwrap();
            hosts.check(&request).is_ok()
        };
        assert!(ask("https://localhost:8080/"));
        assert!(!ask("https://evil.example/"));
    }

    #[test]
    fn unknown_host_is_answered_with_the_remedy() {
        let error = ApiError::ForeignHost;
        assert!(error.to_string().contains("QUEUEWALL_HOSTS"));
        assert_eq!(error.status(), StatusCode::MISDIRECTED_REQUEST);
    }
}
