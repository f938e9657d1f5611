//! What each peer has: its connections, and its pace.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use super::Limits;
use crate::access::{Caller, Proxies};

/// From so many known peers on, those that have nothing any more are forgotten.
const SWEEP_FROM: usize = 1_024;

/// How many seconds' worth of requests may come at once: a page and its files, and a
/// building full of screens whose power comes back.
const BURST_SECONDS: u64 = 2;

/// All peers that have, or just had, a connection or a pace.
pub(super) struct Peers {
    limits: Limits,
    proxies: Proxies,
    known: Mutex<Table>,
}

struct Table {
    peers: HashMap<IpAddr, Known>,
    /// How many make it worth to look for those that can be forgotten.
    sweep_at: usize,
}

struct Known {
    connections: usize,
    pace: Arc<Pace>,
}

/// A connection's place; given back when it is dropped.
pub(super) enum Seat {
    /// Of a peer without bounds.
    Free,
    /// Of one peer.
    Own(Bounded),
    /// Of a proxy, for whomever it speaks.
    Shared(Arc<Peers>),
}

/// What is given back.
pub(super) struct Bounded {
    peers: Arc<Peers>,
    key: IpAddr,
    pace: Arc<Pace>,
}

impl Peers {
    pub(super) fn new(limits: Limits, proxies: Proxies) -> Self {
        Self {
            limits,
            proxies,
            known: Mutex::new(Table {
                peers: HashMap::new(),
                sweep_at: SWEEP_FROM,
            }),
        }
    }

    /// A place for one more connection; `None` where the peer has as many as it may.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        if self.proxies.has(address.to_canonical()) {
            return Some(Seat::Shared(Arc::clone(self)));
        }
        let key = key(address);
        if self.is_spared(key) {
            return Some(Seat::Free);
        }
        let mut known = self.known();
        let peer = known.peer(key, self.limits);
        if peer.connections >= self.limits.connections_per_peer {
            return None;
        }
        peer.connections += 1;
        Some(Seat::Own(Bounded {
            peers: Arc::clone(self),
            key,
            pace: Arc::clone(&peer.pace),
        }))
    }

    /// Whether whoever is behind a proxy's request may ask it now.
    fn may_ask_through_proxy(&self, caller: Caller<'_>) -> bool {
        let client = self.proxies.client(caller).map(key);
        client.is_none_or(|key| {
            self.is_spared(key) || self.known().peer(key, self.limits).pace.may_ask()
        })
    }

    fn is_spared(&self, key: IpAddr) -> bool {
        self.limits.spares_this_machine && key.is_loopback()
    }

    fn known(&self) -> MutexGuard<'_, Table> {
        // Every change is a single step, so a panic elsewhere leaves it whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn peer(&mut self, key: IpAddr, limits: Limits) -> &mut Known {
        if self.peers.len() >= self.sweep_at {
            self.peers
                .retain(|_, peer| peer.connections > 0 || peer.pace.is_owed());
            // Where most of them stay, not again at the very next.
            self.sweep_at = SWEEP_FROM.max(2 * self.peers.len());
        }
        self.peers.entry(key).or_insert_with(|| Known {
            connections: 0,
            pace: Arc::new(Pace::new(limits.requests_per_second)),
        })
    }
}

impl Seat {
    /// Whether the caller's pace allows one more request now; it then counts.
    pub(super) fn may_ask(&self, caller: Caller<'_>) -> bool {
        match self {
            Self::Free => true,
            Self::Own(bounded) => bounded.pace.may_ask(),
            Self::Shared(peers) => peers.may_ask_through_proxy(caller),
        }
    }
}

impl Drop for Bounded {
    fn drop(&mut self) {
        if let Some(peer) = self.peers.known().peers.get_mut(&self.key) {
            peer.connections -= 1;
        }
    }
}

/// Whom an address stands for: a household or an office has 64 bits of IPv6.
fn key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
        address => address,
    }
}

/// So many requests a second, and a burst of them: the generic cell rate algorithm.
struct Pace {
    started: Instant,
    /// What one request costs, in microseconds.
    cost_us: u64,
    burst_us: u64,
    /// When all that was asked so far is paid for, in microseconds after the start.
    paid_at_us: AtomicU64,
}

impl Pace {
    fn new(requests_per_second: u32) -> Self {
        let cost = Duration::from_secs(1) / requests_per_second.max(1);
        Self {
            started: Instant::now(),
            cost_us: micros(cost).max(1),
            burst_us: BURST_SECONDS * 1_000_000,
            paid_at_us: AtomicU64::new(0),
        }
    }

    fn may_ask(&self) -> bool {
        let now = self.now_us();
        let pay = |paid_at: u64| {
            let owed_until = paid_at.max(now) + self.cost_us;
            (owed_until - now <= self.burst_us).then_some(owed_until)
        };
        self.paid_at_us
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay)
            .is_ok()
    }

    /// Whether forgetting it would give it a burst that it has used up.
    fn is_owed(&self) -> bool {
        self.paid_at_us.load(Ordering::Relaxed) > self.now_us()
    }

    fn now_us(&self) -> u64 {
        micros(self.started.elapsed())
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    fn peers(connections_per_peer: usize, requests_per_second: u32) -> Arc<Peers> {
        let limits = Limits {
            connections_per_peer,
            requests_per_second,
            ..Limits::default()
        };
        let proxies = vec!["10.0.0.0/24".parse().unwrap()];
        Arc::new(Peers::new(limits, Proxies::new(proxies)))
    }

    /// Whether a request may be asked that `peer` sends, for `client` where it is a proxy.
    fn asks_for(seat: &Seat, peer: &str, client: Option<&str>) -> bool {
        let mut headers = axum::http::HeaderMap::new();
        if let Some(client) = client {
            headers.insert("x-forwarded-for", client.parse().unwrap());
        }
        seat.may_ask(Caller {
            headers: &headers,
            peer: Some(address(peer)),
            is_tls: false,
        })
    }

    fn asks(seat: &Seat) -> bool {
        asks_for(seat, "192.0.2.1", None)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn a_peer_has_so_many_connections_and_gets_one_back_for_each_that_ends() {
        let peers = peers(2, 1);
        let admit = |text| peers.admit(address(text));
        let (one, two) = (admit("192.0.2.1"), admit("192.0.2.1"));
        assert!(one.is_some() && two.is_some());
        assert!(admit("192.0.2.1").is_none());
        assert!(
            admit("::ffff:192.0.2.1").is_none(),
            "the same, written as IPv6"
        );
        assert!(admit("192.0.2.2").is_some(), "another");
        drop(one);
        assert!(admit("192.0.2.1").is_some());
    }

    #[tokio::test]
    async fn an_ipv6_network_is_one_peer_and_this_machine_is_unbounded() {
        let peers = peers(1, 1);
        let _held = peers.admit(address("2001:db8::1"));
        assert!(peers.admit(address("2001:db8::ffff:1")).is_none());
        assert!(peers.admit(address("2001:db8:0:1::1")).is_some());
        for _ in 0..10 {
            for here in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
                let seat = peers.admit(address(here)).unwrap();
                assert!(asks(&seat));
                std::mem::forget(seat);
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_allows_a_burst_and_then_so_many_a_second() {
        let peers = peers(10, 10);
        let one = peers.admit(address("192.0.2.1")).unwrap();
        let two = peers.admit(address("192.0.2.1")).unwrap();
        let allowed = (0..100).filter(|_| asks(&one)).count();
        assert_eq!(allowed, 20, "two seconds' worth");
        assert!(!asks(&two), "its connections share one pace");
        advance(Duration::from_secs(1)).await;
        let allowed = (0..100).filter(|_| asks(&two)).count();
        assert_eq!(allowed, 10);
        drop((one, two));
        let again = peers.admit(address("192.0.2.1")).unwrap();
        assert!(!asks(&again), "a new connection is no new burst");
        advance(Duration::from_secs(60)).await;
        assert_eq!((0..100).filter(|_| asks(&again)).count(), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn peers_that_have_nothing_any_more_are_forgotten() {
        let peers = peers(10, 1);
        for number in 0..3_000_u32 {
            let seat = peers
                .admit(IpAddr::from((number + 1).to_be_bytes()))
                .unwrap();
            assert!(asks(&seat));
        }
        assert!(
            peers.known().peers.len() >= 3_000 - SWEEP_FROM,
            "some still owe"
        );
        advance(Duration::from_secs(60)).await;
        let _held = peers.admit(address("192.0.2.1")).unwrap();
        for number in 0..3_000_u32 {
            let other = IpAddr::from((0x0a01_0000 + number).to_be_bytes());
            assert!(peers.admit(other).is_some());
        }
        assert!(peers.known().peers.len() <= SWEEP_FROM);
        assert!(peers.known().peers.contains_key(&address("192.0.2.1")));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_is_behind_a_proxy_has_a_pace_and_the_proxy_as_many_connections_as_there_are() {
        const PROXY: &str = "10.0.0.5";
        let peers = peers(1, 10);
        let seats: Vec<_> = (0..50)
            .map(|_| peers.admit(address(PROXY)).unwrap())
            .collect();
        let ask = |client| {
            let asked = (0..100).filter(|n| asks_for(&seats[n % 50], PROXY, client));
            asked.count()
        };
        assert_eq!(ask(Some("192.0.2.1")), 20, "over all its connections");
        assert_eq!(ask(Some("192.0.2.2, 10.0.0.9")), 20, "another");
        let direct = peers.admit(address("192.0.2.1")).unwrap();
        assert!(!asks(&direct), "the same without the proxy");
        assert_eq!(ask(None), 20, "the proxy for itself");
        assert_eq!(ask(Some("127.0.0.1")), 100, "this machine");
        drop(direct);
        assert!(peers.admit(address("192.0.2.1")).is_some());
    }
}
