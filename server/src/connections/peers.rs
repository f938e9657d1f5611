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

/// From so many known peers on, those that have nothing any more are forgotten.
const SWEEP_FROM: usize = 1_024;

/// How many seconds' worth of requests may come at once: a page and its files, and a
/// building full of screens whose power comes back.
const BURST_SECONDS: u64 = 2;

/// All peers that have, or just had, a connection.
pub(super) struct Peers {
    limits: Limits,
    known: Mutex<HashMap<IpAddr, Known>>,
}

struct Known {
    connections: usize,
    pace: Arc<Pace>,
}

/// A connection's place; given back when it is dropped.
pub(super) struct Seat {
    /// `None` for a peer without bounds.
    bounded: Option<Bounded>,
}

struct Bounded {
    peers: Arc<Peers>,
    key: IpAddr,
    pace: Arc<Pace>,
}

impl Peers {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            known: Mutex::default(),
        }
    }

    /// A place for one more connection; `None` where the peer has as many as it may.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let key = key(address);
        if self.limits.spares_this_machine && key.is_loopback() {
            return Some(Seat { bounded: None });
        }
        let mut known = self.known();
        if known.len() >= SWEEP_FROM {
            known.retain(|_, peer| peer.connections > 0 || peer.pace.is_owed());
        }
        let peer = known.entry(key).or_insert_with(|| Known {
            connections: 0,
            pace: Arc::new(Pace::new(self.limits.requests_per_second)),
        });
        if peer.connections >= self.limits.connections_per_peer {
            return None;
        }
        peer.connections += 1;
        Some(Seat {
            bounded: Some(Bounded {
                peers: Arc::clone(self),
                key,
                pace: Arc::clone(&peer.pace),
            }),
        })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<IpAddr, Known>> {
        // Every change is a single step, so a panic elsewhere leaves it whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Whether the peer's pace allows one more request now; it then counts.
    pub(super) fn may_ask(&self) -> bool {
        self.bounded.as_ref().is_none_or(|it| it.pace.may_ask())
    }
}

impl Drop for Bounded {
    fn drop(&mut self) {
        if let Some(peer) = self.peers.known().get_mut(&self.key) {
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
        Arc::new(Peers::new(Limits {
            connections_per_peer,
            requests_per_second,
            ..Limits::default()
        }))
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
                assert!(seat.may_ask());
                std::mem::forget(seat);
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_allows_a_burst_and_then_so_many_a_second() {
        let peers = peers(10, 10);
        let one = peers.admit(address("192.0.2.1")).unwrap();
        let two = peers.admit(address("192.0.2.1")).unwrap();
        let allowed = (0..100).filter(|_| one.may_ask()).count();
        assert_eq!(allowed, 20, "two seconds' worth");
        assert!(!two.may_ask(), "its connections share one pace");
        advance(Duration::from_secs(1)).await;
        let allowed = (0..100).filter(|_| two.may_ask()).count();
        assert_eq!(allowed, 10);
        drop((one, two));
        let again = peers.admit(address("192.0.2.1")).unwrap();
        assert!(!again.may_ask(), "a new connection is no new burst");
        advance(Duration::from_secs(60)).await;
        assert_eq!((0..100).filter(|_| again.may_ask()).count(), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn peers_that_have_nothing_any_more_are_forgotten() {
        let peers = peers(10, 1);
        for number in 0..3_000_u32 {
            let seat = peers
                .admit(IpAddr::from((number + 1).to_be_bytes()))
                .unwrap();
            assert!(seat.may_ask());
        }
        assert!(peers.known().len() >= 3_000 - SWEEP_FROM, "some still owe");
        advance(Duration::from_secs(60)).await;
        let _held = peers.admit(address("192.0.2.1")).unwrap();
        assert_eq!(peers.known().len(), 1);
    }
}
