//! So many requests a client in any minute.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

const WINDOW: Duration = Duration::from_secs(60);

/// Counts each client's requests of the last minute.
pub(crate) struct RateLimit {
    limit: Option<u32>,
    /// When each client's counted requests came, oldest first.
    clients: HashMap<String, VecDeque<Instant>>,
}

impl RateLimit {
    /// At most `limit` requests a client in any minute.
    pub(crate) fn new(limit: Option<u32>) -> Self {
        Self {
            limit,
            clients: HashMap::new(),
        }
    }

    /// Counts a request of a client.
    ///
    /// # Errors
    /// The wait until one more is allowed, in whole seconds, when the minute is
    /// used up; that request does not count.
    pub(crate) fn admit(&mut self, client_id: &str) -> Result<(), u64> {
        let Some(limit) = self.limit else {
            return Ok(());
        };
        let now = Instant::now();
        let gone = |at: &Instant| now.duration_since(*at) >= WINDOW;
        self.clients
            .retain(|_, times| times.back().is_some_and(|last| !gone(last)));
        let times = self.clients.entry(client_id.to_owned()).or_default();
        while times.front().is_some_and(gone) {
            times.pop_front();
        }
        if times.len() < limit as usize {
            times.push_back(now);
            return Ok(());
        }
        let wait = times
            .front()
            .map_or(WINDOW, |oldest| WINDOW - now.duration_since(*oldest));
        Err(wait.as_millis().div_ceil(1_000) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn any_sliding_minute_has_at_most_the_limit_for_each_client() {
        let mut limit = RateLimit::new(Some(2));
        assert_eq!(limit.admit("a"), Ok(()));
        advance(Duration::from_millis(20_500)).await;
        assert_eq!(limit.admit("a"), Ok(()));
        assert_eq!(
            limit.admit("a"),
            Err(40),
            "39.5 s until the first is a minute old"
        );
        assert_eq!(limit.admit("b"), Ok(()), "another client");
        advance(Duration::from_millis(39_500)).await;
        assert_eq!(limit.admit("a"), Ok(()));
        assert_eq!(limit.admit("a"), Err(21));
    }

    #[tokio::test(start_paused = true)]
    async fn rate_limit_of_zero_refuses_all_and_no_limit_refuses_none() {
        assert_eq!(RateLimit::new(Some(0)).admit("a"), Err(60));
        let mut none = RateLimit::new(None);
        assert!((0..1_000).all(|_| none.admit("a").is_ok()));
    }
}
