//! What the tenant was asked.

use std::collections::VecDeque;

use tokio::time::Instant;

use crate::endpoint::Endpoint;

/// One request that reached the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What was asked.
    pub endpoint: Endpoint,
    /// When it arrived whole, by tokio's clock.
    pub at: Instant,
    /// Whether a realtime read named its queue as `queueId`, not `queueIds`.
    pub single: bool,
    /// The ids that a realtime read asked for, as text; empty when it was
    /// malformed.
    pub queue_ids: Vec<String>,
    /// The skills that a realtime read asked for.
    pub skill_ids: Vec<String>,
    /// The query as it was sent, without its question mark; empty without one.
    pub query: String,
    /// The grant that a token request named, of either dialect.
    pub grant_type: Option<String>,
    /// The status it was answered with; `None` while, or where, none was sent.
    pub status: Option<u16>,
}

/// The latest requests, so that weeks of polling do not fill the memory, and a
/// count of all.
#[derive(Debug, Default)]
pub(crate) struct Log {
    requests: VecDeque<Request>,
    forgotten: u64,
    counts: [u64; Endpoint::ALL.len()],
}

impl Log {
    const KEPT: usize = 2_000;

    /// Notes a request; its number is for [`Self::finish`].
    pub(crate) fn begin(&mut self, request: Request) -> u64 {
        self.counts[request.endpoint as usize] += 1;
        if self.requests.len() == Self::KEPT {
            self.requests.pop_front();
            self.forgotten += 1;
        }
        self.requests.push_back(request);
        self.forgotten + self.requests.len() as u64 - 1
    }

    /// Notes how a request was answered.
    pub(crate) fn finish(&mut self, number: u64, status: u16) {
        let kept = number
            .checked_sub(self.forgotten)
            .and_then(|index| usize::try_from(index).ok());
        if let Some(request) = kept.and_then(|index| self.requests.get_mut(index)) {
            request.status = Some(status);
        }
    }

    /// What is kept, oldest first.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.iter().cloned().collect()
    }

    /// How many requests an endpoint has had.
    pub(crate) fn count(&self, endpoint: Endpoint) -> u64 {
        self.counts[endpoint as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn old_requests_are_forgotten_but_counted() {
        let request = Request {
            endpoint: Endpoint::Token,
            at: Instant::now(),
            single: false,
            queue_ids: Vec::new(),
            skill_ids: Vec::new(),
            query: String::new(),
            grant_type: None,
            status: None,
        };
        let mut log = Log::default();
        let numbers: Vec<_> = (0..2_002).map(|_| log.begin(request.clone())).collect();
        log.finish(numbers[0], 500);
        log.finish(numbers[2], 200);
        log.finish(numbers[2_001], 401);
        let kept = log.requests();
        assert_eq!((kept.len(), log.count(Endpoint::Token)), (2_000, 2_002));
        assert_eq!((kept[0].status, kept[1].status), (Some(200), None));
        assert_eq!(kept[1_999].status, Some(401));
    }
}
