//! One link of one board, as it is stored.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::TokenHash;

/// What is kept of a link. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Names it on the command line; opens nothing.
    pub id: String,
    /// The slug of the one board that it opens.
    pub board: String,
    /// What people call it.
    pub label: Option<String>,
    /// When it was made.
    pub created: u64,
    /// From when on it opens nothing; `None`: never.
    pub expires: Option<u64>,
    /// When it was revoked. It is kept, so that its screen can be told why.
    pub revoked: Option<u64>,
    /// Whether it may list the agents of its board, where the board names them. Version 0.1
    /// knows no such right, and its files have none.
    #[serde(skip)]
    pub agents: bool,
    /// Of its token.
    pub sha256: TokenHash,
}

/// Whether a link opens its board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStatus {
    /// It opens its board.
    Good,
    /// It was revoked.
    Revoked,
    /// Its time is over.
    Expired,
}

impl Link {
    /// Its status at `now`.
    pub fn status(&self, now: SystemTime) -> LinkStatus {
        if self.revoked.is_some() {
            LinkStatus::Revoked
        } else if self.expires.is_some_and(|at| at <= seconds_since_1970(now)) {
            LinkStatus::Expired
        } else {
            LinkStatus::Good
        }
    }

    /// When it ended, if it has.
    pub fn ended(&self, now: SystemTime) -> Option<u64> {
        match self.status(now) {
            LinkStatus::Good => None,
            LinkStatus::Revoked => self.revoked,
            LinkStatus::Expired => self.expires,
        }
    }

    /// For how long it still opens its board; `None`: without end.
    pub fn left(&self, now: SystemTime) -> Option<Duration> {
        let left = |at: u64| Duration::from_secs(at.saturating_sub(seconds_since_1970(now)));
        self.expires.map(left)
    }
}

/// Whole seconds since 1970; 0 before.
#[must_use]
pub fn seconds_since_1970(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_at_its_time_or_when_it_is_revoked() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let mut link = Link {
            id: "a".into(),
            board: "main".into(),
            label: None,
            created: 100,
            expires: Some(200),
            revoked: None,
            agents: false,
            sha256: TokenHash::of("t"),
        };
        assert_eq!(link.status(at(199)), LinkStatus::Good);
        assert_eq!(link.left(at(199)), Some(Duration::from_secs(1)));
        assert_eq!(link.status(at(200)), LinkStatus::Expired);
        assert_eq!(link.ended(at(300)), Some(200));
        link.revoked = Some(150);
        assert_eq!(link.status(at(160)), LinkStatus::Revoked);
        link.revoked = None;
        link.expires = None;
        assert_eq!(
            (link.status(at(u32::MAX.into())), link.left(at(1))),
            (LinkStatus::Good, None)
        );
    }
}
