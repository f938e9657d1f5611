//! How often somebody may be wrong before having to wait.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Counts over fixed windows of time, so that it holds no more than one window's.
#[derive(Debug)]
pub struct Attempts {
    per_peer: u32,
    in_all: u32,
    window: Duration,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    since: Option<Instant>,
    in_all: u32,
    peers: HashMap<Option<IpAddr>, u32>,
}

impl Attempts {
    /// So many from one address and so many from all of them, in a window.
    #[must_use]
    pub fn new(per_peer: u32, in_all: u32, window: Duration) -> Self {
        Self {
            per_peer,
            in_all,
            window,
            counted: Mutex::default(),
        }
    }

    /// Whether `peer` may try at `now`.
    ///
    /// # Errors
    /// How long to wait, where it may not.
    pub fn check(&self, peer: Option<IpAddr>, now: Instant) -> Result<(), Duration> {
        self.with(now, |counted, left| {
            let of_peer = counted.peers.get(&site(peer)).copied().unwrap_or_default();
            if counted.in_all >= self.in_all || of_peer >= self.per_peer {
                Err(left)
            } else {
                Ok(())
            }
        })
    }

    /// Counts one attempt of `peer`.
    pub fn count(&self, peer: Option<IpAddr>, now: Instant) {
        self.with(now, |counted, _| {
            counted.in_all = counted.in_all.saturating_add(1);
            // Nobody is checked against more than this anyway.
            if counted.in_all <= self.in_all {
                *counted.peers.entry(site(peer)).or_default() += 1;
            }
        });
    }

    fn with<T>(&self, now: Instant, act: impl FnOnce(&mut Counted, Duration) -> T) -> T {
        // Counters are right at every step: a panic elsewhere spoils nothing.
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let since = *counted.since.get_or_insert(now);
        let passed = now.saturating_duration_since(since);
        if passed < self.window {
            return act(&mut counted, self.window.saturating_sub(passed));
        }
        *counted = Counted {
            since: Some(now),
            ..Counted::default()
        };
        act(&mut counted, self.window)
    }
}

/// Whose attempts count together: one IPv4 address, or one IPv6 network of 64 bits,
/// which is what a single customer is given.
fn site(peer: Option<IpAddr>) -> Option<IpAddr> {
    peer.map(|peer| match peer.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address => address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn too_many_attempts_have_to_wait_and_a_new_window_forgets_them() {
        let attempts = Attempts::new(2, 3, Duration::from_secs(60));
        let start = Instant::now();
        let (a, b) = (peer("2001:db8::1"), peer("10.0.0.1"));
        attempts.count(a, start);
        assert_eq!(attempts.check(a, start), Ok(()));
        attempts.count(peer("2001:db8::2"), start);
        let later = start + Duration::from_secs(20);
        assert_eq!(attempts.check(a, later), Err(Duration::from_secs(40)));
        assert_eq!(attempts.check(b, later), Ok(()), "another address");
        attempts.count(b, later);
        assert_eq!(
            attempts.check(peer("10.0.0.2"), later),
            Err(Duration::from_secs(40)),
            "all of them together"
        );
        let next = start + Duration::from_secs(60);
        assert_eq!(attempts.check(a, next), Ok(()));
    }

    #[test]
    fn many_addresses_take_no_more_room_than_the_bound() {
        let attempts = Attempts::new(2, 10, Duration::from_secs(60));
        for address in 0..1_000_u32 {
            attempts.count(Some(IpAddr::V4(address.into())), Instant::now());
        }
        assert_eq!(attempts.counted.lock().unwrap().peers.len(), 10);
    }
}
