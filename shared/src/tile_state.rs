//! What a tile may claim: the queue's state and its reading's age, in one word.

use std::time::Duration;

use crate::freshness::Freshness;
use crate::snapshot::{Queue, QueueState};

/// The one state a tile is in. Each looks and reads different on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TileState {
    /// As good as live.
    Fresh,
    /// True a moment ago: shown with its age.
    Ageing,
    /// No longer to be believed: grey, its age the largest thing, in no total.
    Stale,
    /// Read lately: nobody logged on and nothing waiting, or outside opening hours.
    Closed,
    /// No reading, for a reason that may pass.
    Unknown,
    /// CXone does not know the id, or hides it.
    NotFound,
    /// The API client may not read it.
    Forbidden,
}

impl TileState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Fresh,
        Self::Ageing,
        Self::Stale,
        Self::Closed,
        Self::Unknown,
        Self::NotFound,
        Self::Forbidden,
    ];

    /// Judges a queue whose reading is `age` old (`None`: never read) where reads
    /// come every `poll_interval`. `trusted` is whether the page is sure of its own
    /// server: without it everything is stale, whatever the ages say.
    #[must_use]
    pub fn of(
        queue: &Queue,
        age: Option<Duration>,
        poll_interval: Duration,
        trusted: bool,
    ) -> Self {
        if !trusted {
            return Self::Stale;
        }
        match (queue.state, age) {
            (QueueState::NotFound, _) => Self::NotFound,
            (QueueState::Forbidden, _) => Self::Forbidden,
            (QueueState::Unknown, _) | (_, None) => Self::Unknown,
            (QueueState::Open | QueueState::Closed, Some(age)) => {
                match Freshness::of(age, poll_interval) {
                    Freshness::Stale => Self::Stale,
                    _ if queue.state == QueueState::Closed || queue.is_outside_hours => {
                        Self::Closed
                    }
                    Freshness::Ageing => Self::Ageing,
                    Freshness::Fresh => Self::Fresh,
                }
            }
        }
    }

    /// Whether the queue's numbers belong in the board's totals.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, Self::Fresh | Self::Ageing | Self::Closed)
    }

    /// The state's name in test hooks and style sheets.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Ageing => "ageing",
            Self::Stale => "stale",
            Self::Closed => "closed",
            Self::Unknown => "unknown",
            Self::NotFound => "not_found",
            Self::Forbidden => "forbidden",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLL: Duration = Duration::from_secs(30);

    fn judge(state: QueueState, age_seconds: Option<u64>, trusted: bool) -> TileState {
        let queue = Queue {
            id: "q".into(),
            name: "q".into(),
            state,
            ..Queue::default()
        };
        TileState::of(&queue, age_seconds.map(Duration::from_secs), POLL, trusted)
    }

    #[test]
    fn an_open_queue_ages() {
        assert_eq!(judge(QueueState::Open, Some(0), true), TileState::Fresh);
        assert_eq!(judge(QueueState::Open, Some(45), true), TileState::Ageing);
        assert_eq!(judge(QueueState::Open, Some(91), true), TileState::Stale);
        assert_eq!(judge(QueueState::Open, None, true), TileState::Unknown);
    }

    #[test]
    fn a_queue_is_not_known_to_be_closed_by_an_old_reading() {
        assert_eq!(judge(QueueState::Closed, Some(60), true), TileState::Closed);
        assert_eq!(judge(QueueState::Closed, Some(91), true), TileState::Stale);
    }

    #[test]
    fn unreadable_queue_has_its_state_at_any_age() {
        for age in [None, Some(0), Some(9_000)] {
            assert_eq!(judge(QueueState::NotFound, age, true), TileState::NotFound);
            assert_eq!(
                judge(QueueState::Forbidden, age, true),
                TileState::Forbidden
            );
            assert_eq!(judge(QueueState::Unknown, age, true), TileState::Unknown);
        }
    }

    #[test]
    fn without_trust_in_the_server_everything_is_stale() {
        for state in [
            QueueState::Open,
            QueueState::Closed,
            QueueState::Unknown,
            QueueState::NotFound,
            QueueState::Forbidden,
        ] {
            assert_eq!(judge(state, Some(0), false), TileState::Stale);
        }
        assert!(!TileState::Stale.counts());
    }

    #[test]
    fn css_has_a_selector_for_every_special_tile_state() {
        let style = include_str!("../../style/tile_states.css");
        for tile_state in [
            TileState::Stale,
            TileState::Closed,
            TileState::Unknown,
            TileState::NotFound,
            TileState::Forbidden,
        ] {
            let selector = format!("[data-state=\"{}\"]", tile_state.as_str());
            assert!(style.contains(&selector), "{selector}");
        }
        assert_eq!(TileState::Fresh.as_str(), "fresh");
        assert_eq!(TileState::Ageing.as_str(), "ageing");
    }
}
