//! From what a reading's age is counted on the page's clock, and which of two answers by
//! different servers is older.

use std::time::Duration;

use crate::freshness::stale_after;

/// Two moments at which a server may have started, so near each other, are one: no two
/// clocks run alike.
const SAME_START: Duration = Duration::from_millis(200);

/// What an answer says about time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// Age of the board's latest reading when the server answered.
    pub age: Option<Duration>,
    /// How long the server ran when it answered.
    pub uptime: Option<Duration>,
    /// When the request for it was sent, on the page's clock: earlier than the answer, so that
    /// data never look younger than they are.
    pub sent_at: Duration,
    /// When the answer arrived.
    pub received_at: Duration,
}

impl Basis {
    /// Whether `new` is older than this, which is still worth showing where reads come every
    /// `poll_interval`: behind a balancer the numbers would go back and forth. That nothing is
    /// read counts only where the same server says so.
    #[must_use]
    pub fn outlives(&self, new: &Self, poll_interval: Duration) -> bool {
        let Some(age) = self.age else { return false };
        let since_sent = new.received_at.saturating_sub(self.sent_at);
        if age.saturating_add(since_sent) > stale_after(poll_interval) {
            return false;
        }
        // Its latest possible moment, against this one's earliest.
        let is_older =
            |new_age| new.received_at.saturating_add(age) < self.sent_at.saturating_add(new_age);
        new.age.map_or_else(|| !self.is_one_with(new), is_older)
    }

    /// Whether both can be by one server: it started between `sent_at` and `received_at`,
    /// less its uptime.
    fn is_one_with(&self, other: &Self) -> bool {
        let (Some(uptime), Some(others)) = (self.uptime, other.uptime) else {
            return true;
        };
        let is_before = |sent: Duration, others, received: Duration, uptime| {
            sent.saturating_add(others) <= received.saturating_add(uptime) + SAME_START
        };
        is_before(self.sent_at, others, other.received_at, uptime)
            && is_before(other.sent_at, uptime, self.received_at, others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLL: Duration = Duration::from_secs(30);

    fn basis(age: Option<u64>, uptime: u64, sent_at: u64) -> Basis {
        Basis {
            age: age.map(Duration::from_secs),
            uptime: Some(Duration::from_secs(uptime)),
            sent_at: Duration::from_secs(sent_at),
            received_at: Duration::from_millis(sent_at * 1_000 + 40),
        }
    }

    fn outlives(shown: Basis, new: Basis) -> bool {
        shown.outlives(&new, POLL)
    }

    #[test]
    fn older_reading_of_another_server_is_refused() {
        let shown = basis(Some(4), 600, 100);
        // Started an hour earlier, read 9 s before the shown one.
        assert!(outlives(shown, basis(Some(18), 4_205, 105)));
        assert!(
            outlives(shown, basis(Some(18), 606, 105)),
            "a second earlier"
        );
        assert!(outlives(shown, basis(Some(18), 604, 105)), "a second later");
        assert!(outlives(shown, basis(None, 10, 105)), "restarted");
        assert!(!outlives(shown, basis(Some(2), 4_205, 105)), "younger");
        assert!(!outlives(shown, basis(Some(9), 4_205, 105)), "the same");
    }

    #[test]
    fn servers_own_later_answer_is_refused_where_it_is_older() {
        let shown = basis(Some(4), 600, 100);
        assert!(
            outlives(shown, basis(Some(18), 605, 105)),
            "of several with one clock"
        );
        assert!(
            !outlives(shown, basis(Some(9), 605, 105)),
            "the same reading"
        );
        assert!(!outlives(shown, basis(None, 605, 105)));
    }

    #[test]
    fn stale_or_unknown_reading_gives_way_to_any_other() {
        let shown = basis(Some(4), 600, 100);
        assert!(outlives(shown, basis(Some(200), 4_280, 180)));
        assert!(!outlives(shown, basis(Some(200), 4_287, 187)));
        assert!(!outlives(
            basis(None, 600, 100),
            basis(Some(18), 4_205, 105)
        ));
        assert!(!outlives(Basis::default(), basis(Some(18), 4_205, 105)));
    }
}
