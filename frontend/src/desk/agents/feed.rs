//! The board's agents as the server lists them: read while somebody looks at them, and kept no
//! longer.

use std::time::Duration;

use queuewall_shared::agents::{AgentList, AgentsShown};
use queuewall_shared::freshness::Freshness;
use wasm_bindgen_futures::spawn_local;

use super::super::history;
use crate::api::{self, Agents};
use crate::board::BoardState;
use crate::field::Field;
use crate::{access, settings, wire};

/// The list is asked for this often: the server reads it less often.
const EVERY: Duration = Duration::from_secs(10);

/// What has come of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::desk) enum Loaded {
    /// It is on its way, or nobody looks.
    #[default]
    Not,
    /// The server does not give it now.
    Failed,
    /// The server does not give it to this page: its own sentence.
    Refused(String),
    /// It is here.
    Here(Box<Read>),
}

/// A list of agents, and when it was so.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::desk) struct Read {
    pub(super) list: AgentList,
    /// How long the server ran when it answered.
    uptime: Duration,
    /// When it was asked, on the page's clock.
    sent_at: Duration,
}

/// The list that is asked for. A copy is the same.
#[derive(Clone, Copy)]
pub(in crate::desk) struct Feed {
    pub(super) board: BoardState,
    pub(super) loaded: Field<Loaded>,
    /// When it was asked for, on the page's clock; `None` while nobody looks.
    asked_at: Field<Option<Duration>>,
}

impl Feed {
    pub(super) fn new(board: BoardState) -> Self {
        Self {
            board,
            loaded: Field::new(Loaded::Not),
            asked_at: Field::new(None),
        }
    }

    /// Asks for it where that is due, while `is_open`.
    pub(super) fn keep_up(self, is_open: bool) {
        // Where the board only counts there is no more than it says itself.
        let lists = |kind| kind != AgentsShown::Counts;
        let is_listed = self.board.agents_shown().is_some_and(lists);
        if !is_open || !is_listed {
            self.asked_at.set(None);
            return self.loaded.set(Loaded::Not);
        }
        let now = self.board.now();
        let is_new = |at| now.saturating_sub(at) < EVERY;
        if self.asked_at.get_untracked().is_some_and(is_new) {
            return;
        }
        self.asked_at.set(Some(now));
        let board = history::board_of(settings::of_board(&access::address().path));
        spawn_local(async move {
            let answer = api::agents(&board).await;
            // Another is asked for, or nobody looks any more.
            if self.asked_at.get_untracked() != Some(now) {
                return;
            }
            let loaded = match answer {
                Ok(Agents::Refused(sentence)) => Loaded::Refused(sentence),
                Ok(Agents::List { body, uptime }) => match wire::agent_list(body) {
                    Some(list) => Loaded::Here(Box::new(Read {
                        list,
                        uptime,
                        sent_at: now,
                    })),
                    None => Loaded::Failed,
                },
                Err(_) => Loaded::Failed,
            };
            let is_here = |loaded: &Loaded| matches!(loaded, Loaded::Here(_));
            // What is known grows old, and says so.
            if loaded != Loaded::Failed || !self.loaded.with_untracked(is_here) {
                self.loaded.set(loaded);
            }
        });
    }

    /// How far a list may be trusted, and how old it is; `None` while the server read none.
    pub(super) fn age(&self, read: &Read) -> Option<(Freshness, Duration)> {
        let age = self.since(read, read.list.read_ms?);
        let interval = Duration::from_millis(read.list.counts.interval_ms);
        let freshness = match self.board.is_trusted() {
            true => Freshness::of(age, interval),
            false => Freshness::Stale,
        };
        Some((freshness, age))
    }

    /// For how long an agent has done the same: until now, or until the list was read where it
    /// is too old for that.
    pub(super) fn lasting(&self, read: &Read, since_ms: i64, is_stale: bool) -> Duration {
        let read_ms = read.list.read_ms.filter(|_| is_stale);
        let until = read_ms.map_or_else(|| self.uptime(read), Duration::from_millis);
        let until_ms = until.as_millis() as i64;
        Duration::from_millis(until_ms.saturating_sub(since_ms).max(0) as u64)
    }

    /// How long ago a point on the uptime scale of the list's server was.
    fn since(&self, read: &Read, point_ms: u64) -> Duration {
        let point = Duration::from_millis(point_ms);
        self.uptime(read).saturating_sub(point)
    }

    /// How long that server runs now.
    fn uptime(&self, read: &Read) -> Duration {
        let since_sent = self.board.now().saturating_sub(read.sent_at);
        read.uptime.saturating_add(since_sent)
    }
}
