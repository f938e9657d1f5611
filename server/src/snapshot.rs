//! The latest snapshot of every board, encoded once a change and read by any
//! number of requests without a lock.

mod encode;

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use queuewall_shared::snapshot::{
    Board, BoardList, BoardSnapshot, Totals, Upstream, UpstreamState,
};

use crate::{clock::Moment, metrics::Encodings};
pub use encode::{Representation, Representations};

/// All boards. The poller writes, the HTTP handlers read.
#[derive(Debug)]
pub struct Boards {
    build: String,
    started: Moment,
    announced: Vec<Board>,
    list: Representations,
    boards: HashMap<String, ArcSwap<Published>>,
    encodings: Encodings,
}

/// One board as it is served now.
#[derive(Debug)]
pub struct Published {
    /// What is served.
    pub snapshot: BoardSnapshot,
    /// The same as bytes; shared by all snapshots since the last change.
    pub encoded: Arc<Representations>,
    /// When any of its queues was last read.
    pub latest_read: Option<Moment>,
}

impl Boards {
    /// Boards of which nothing is known yet, of a server that `started` then.
    #[must_use]
    pub fn new(boards: Vec<Board>, build: String, started: Moment) -> Self {
        let announced = boards.clone();
        let list = list_of(boards.clone(), &build);
        let empty = |board: Board| {
            let slug = board.slug.clone();
            let snapshot = BoardSnapshot {
                board,
                build: build.clone(),
                poll_interval_ms: 0,
                upstream: Upstream {
                    state: UpstreamState::Down,
                    cause: None,
                    cause_code: None,
                    since_ms: Some(0),
                    next_try_ms: None,
                },
                queues: Vec::new(),
                totals: Totals::default(),
            };
            let encoded = Arc::new(Representations::of_json(&snapshot));
            (
                slug,
                ArcSwap::from_pointee(Published {
                    snapshot,
                    encoded,
                    latest_read: None,
                }),
            )
        };
        let boards = boards.into_iter().map(empty).collect();
        Self {
            build,
            started,
            announced,
            list,
            boards,
            encodings: Encodings::default(),
        }
    }

    /// The server's build, as every answer names it.
    #[must_use]
    pub fn build(&self) -> &str {
        &self.build
    }

    /// When the server started: the 0 of its uptime.
    #[must_use]
    pub fn started(&self) -> Moment {
        self.started
    }

    /// The list of boards.
    #[must_use]
    pub fn list(&self) -> &Representations {
        &self.list
    }

    /// Every board's slug, in configured order.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.announced.iter().map(|board| board.slug.as_str())
    }

    /// The list of just these boards. Written anew each time: it is asked for by people
    /// who choose a board, not by walls.
    #[must_use]
    pub fn list_only(&self, slugs: &[&str]) -> Representations {
        let boards = self.announced.iter();
        let boards = boards.filter(|board| slugs.contains(&board.slug.as_str()));
        list_of(boards.cloned().collect(), &self.build)
    }

    /// The latest of the board `slug`, if there is such a board.
    #[must_use]
    pub fn latest(&self, slug: &str) -> Option<Arc<Published>> {
        self.boards.get(slug).map(ArcSwap::load_full)
    }

    /// How often and how long snapshots were encoded.
    #[must_use]
    pub fn encodings(&self) -> &Encodings {
        &self.encodings
    }

    /// Whether any board has been read.
    #[must_use]
    pub fn has_data(&self) -> bool {
        self.boards
            .values()
            .any(|board| board.load().latest_read.is_some())
    }

    /// Replaces a board's snapshot; it is encoded only when it differs from the one
    /// that is there. Boards that were never announced are ignored.
    pub fn publish(&self, snapshot: BoardSnapshot, latest_read: Option<Moment>) {
        let Some(board) = self.boards.get(&snapshot.board.slug) else {
            return;
        };
        let current = board.load();
        let encoded = if current.snapshot == snapshot {
            Arc::clone(&current.encoded)
        } else {
            (self.encodings).measure(|| Arc::new(Representations::of_json(&snapshot)))
        };
        board.store(Arc::new(Published {
            snapshot,
            encoded,
            latest_read,
        }));
    }
}

fn list_of(boards: Vec<Board>, build: &str) -> Representations {
    Representations::of_json(&BoardList {
        boards,
        build: build.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock as _, SystemClock};

    #[test]
    fn a_snapshot_that_is_the_same_is_not_encoded_again() {
        let board = Board {
            slug: "main".into(),
            title: "Main".into(),
            ..Board::default()
        };
        let boards = Boards::new(vec![board], "1".into(), SystemClock.now());
        let mut snapshot = boards.latest("main").unwrap().snapshot.clone();
        let before = boards.latest("main").unwrap().encoded.clone();
        boards.publish(snapshot.clone(), None);
        assert!(Arc::ptr_eq(
            &before,
            &boards.latest("main").unwrap().encoded
        ));

        snapshot.poll_interval_ms = 1;
        boards.publish(snapshot, None);
        let after = boards.latest("main").unwrap().encoded.clone();
        assert_ne!(before.raw.etag, after.raw.etag);
        assert!(boards.latest("other").is_none());
    }
}
