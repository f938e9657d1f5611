//! Limits per client IP address: connections and requests a second.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::Limits;
use crate::access::{Caller, Proxies};

/// How many seconds' worth of requests may come at once: a page and its files, and a
/// building full of screens whose power comes back.
const BURST_SECONDS: u32 = 2;

/// The connections and the request rate of every client.
pub(super) struct PerIpLimits {
    limits: Limits,
    proxies: Proxies,
    connections: Mutex<HashMap<IpAddr, usize>>,
    requests: DefaultKeyedRateLimiter<IpAddr>,
}

/// One of a client's connections; it no longer counts once this is dropped.
pub(super) struct ConnectionSlot {
    limits: Arc<PerIpLimits>,
    /// `None` where connections are not counted.
    client: Option<IpAddr>,
}

impl PerIpLimits {
    pub(super) fn new(limits: Limits, proxies: Proxies) -> Self {
        let a_second = NonZeroU32::new(limits.requests_per_second).unwrap_or(NonZeroU32::MIN);
        let burst = a_second.saturating_mul(NonZeroU32::MIN.saturating_add(BURST_SECONDS - 1));
        Self {
            limits,
            proxies,
            connections: Mutex::default(),
            requests: RateLimiter::keyed(Quota::per_second(a_second).allow_burst(burst)),
        }
    }

    /// A slot for one more connection; `None` where the client has as many as it may. Many
    /// people share a trusted proxy, which therefore has no limit.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<ConnectionSlot> {
        let client = network(address);
        let is_counted = !self.is_exempt(client) && !self.proxies.has(address.to_canonical());
        if is_counted {
            let mut connections = self.connections();
            let count = connections.entry(client).or_default();
            if *count >= self.limits.connections_per_ip {
                return None;
            }
            *count += 1;
        }
        Some(ConnectionSlot {
            limits: Arc::clone(self),
            client: is_counted.then_some(client),
        })
    }

    /// Whether the client, behind trusted proxies too, may send one more request now; it then
    /// counts.
    pub(super) fn allows(&self, caller: Caller<'_>) -> bool {
        let client = self.proxies.client(caller).map(network);
        client
            .is_none_or(|client| self.is_exempt(client) || self.requests.check_key(&client).is_ok())
    }

    /// Forgets clients that have not sent anything for a while.
    pub(super) fn forget_idle(&self) {
        self.requests.retain_recent();
    }

    fn is_exempt(&self, client: IpAddr) -> bool {
        self.limits.exempts_loopback && client.is_loopback()
    }

    fn connections(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        // Every change is a single step, so a panic elsewhere leaves it whole.
        (self.connections.lock()).unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionSlot {
    /// Whether the request of this connection is within the client's rate.
    pub(super) fn allows(&self, caller: Caller<'_>) -> bool {
        self.limits.allows(caller)
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let Some(client) = self.client else {
            return;
        };
        let mut connections = self.limits.connections();
        if let Some(count) = connections.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                connections.remove(&client);
            }
        }
    }
}

/// The client that an address stands for: a household or an office has 64 bits of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.5";

    fn limits(connections_per_ip: usize, requests_per_second: u32) -> Arc<PerIpLimits> {
        let limits = Limits {
            connections_per_ip,
            requests_per_second,
            ..Limits::default()
        };
        let proxies = vec!["10.0.0.0/24".parse().unwrap()];
        Arc::new(PerIpLimits::new(limits, Proxies::new(proxies)))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many of 100 requests are allowed that `peer` sends, for `client` where it is a
    /// proxy.
    fn allowed(limits: &PerIpLimits, peer: &str, client: Option<&str>) -> usize {
        let mut headers = axum::http::HeaderMap::new();
        if let Some(client) = client {
            headers.insert("x-forwarded-for", client.parse().unwrap());
        }
        let caller = Caller {
            headers: &headers,
            peer: Some(address(peer)),
            is_tls: false,
        };
        (0..100).filter(|_| limits.allows(caller)).count()
    }

    #[test]
    fn slots_of_a_client_are_limited_and_given_back() {
        let limits = limits(2, 1);
        let admit = |text| limits.admit(address(text));
        let (one, two) = (admit("192.0.2.1"), admit("192.0.2.1"));
        assert!(one.is_some() && two.is_some());
        assert!(admit("192.0.2.1").is_none());
        assert!(admit("::ffff:192.0.2.1").is_none(), "the same, as IPv6");
        assert!(admit("192.0.2.2").is_some(), "another");
        drop(one);
        assert!(admit("192.0.2.1").is_some());
        drop(two);
        assert!(limits.connections().is_empty(), "nothing is kept of them");
    }

    #[test]
    fn ipv6_slash_64_is_one_client_and_loopback_has_no_limits() {
        let limits = limits(1, 1);
        let _held = limits.admit(address("2001:db8::1"));
        assert!(limits.admit(address("2001:db8::ffff:1")).is_none());
        assert!(limits.admit(address("2001:db8:0:1::1")).is_some());
        assert_eq!(allowed(&limits, "2001:db8::1", None), 2);
        assert_eq!(allowed(&limits, "2001:db8::ffff:1", None), 0);
        for here in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            let here_too = limits.admit(address(here));
            assert!(here_too.is_some() && limits.admit(address(here)).is_some());
            assert_eq!(allowed(&limits, here, None), 100);
        }
    }

    #[test]
    fn rate_limiter_allows_a_burst_of_two_seconds() {
        let limits = limits(10, 10);
        assert_eq!(allowed(&limits, "192.0.2.1", None), 20);
        limits.forget_idle();
        assert_eq!(allowed(&limits, "192.0.2.1", None), 0);
        assert_eq!(allowed(&limits, "192.0.2.2", None), 20, "another");
    }

    #[test]
    fn idle_clients_are_forgotten() {
        let limits = limits(10, 1_000_000);
        allowed(&limits, "192.0.2.1", None);
        assert_eq!(limits.requests.len(), 1);
        std::thread::sleep(std::time::Duration::from_millis(5));
        limits.forget_idle();
        assert_eq!(limits.requests.len(), 0);
    }

    #[test]
    fn trusted_proxy_is_unlimited_and_its_clients_are_rate_limited() {
        let limits = limits(1, 10);
        let slots: Vec<_> = (0..50).map(|_| limits.admit(address(PROXY))).collect();
        assert!(slots.iter().all(Option::is_some));
        assert_eq!(allowed(&limits, PROXY, Some("192.0.2.1")), 20);
        assert_eq!(allowed(&limits, PROXY, Some("192.0.2.2, 10.0.0.9")), 20);
        assert_eq!(allowed(&limits, "192.0.2.1", None), 0, "without the proxy");
        assert_eq!(allowed(&limits, PROXY, None), 20, "the proxy for itself");
        assert_eq!(allowed(&limits, PROXY, Some("127.0.0.1")), 100);
    }
}
