//! Which of the board's queues are shown, and in which order: what the link chooses,
//! the order, and the search for a name.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use queuewall_shared::order::{self, Badness};
use queuewall_shared::settings::{Settings, Sort, View};
use queuewall_shared::snapshot::{Queue, UpstreamState};
use queuewall_shared::tile_state::TileState;

use super::{BoardState, Phase};
use crate::components::board::Extras;
use crate::field::Field;
use crate::text;

/// What the link and the reader choose. A copy is the same.
#[derive(Clone, Copy)]
pub struct Selection {
    /// The ids that the link names; none means all.
    asked: Field<Vec<String>>,
    is_worst_first: Field<bool>,
    wanted: Field<String>,
    /// The chosen queues in their order, and what of them the search leaves.
    ordered: Memo<Vec<String>>,
    shown: Memo<Vec<String>>,
}

impl Selection {
    /// What a link asks. Its memos are empty until [`Self::of`] gives them a board.
    pub(super) fn new(settings: &Settings) -> Self {
        let sort = settings.sort.unwrap_or(match settings.view {
            View::Wall => Sort::Board,
            View::Tab => Sort::Worst,
        });
        let nothing = Memo::new(|_| Vec::new());
        Self {
            asked: Field::new(settings.queues.clone()),
            is_worst_first: Field::new(sort == Sort::Worst),
            wanted: Field::new(String::new()),
            ordered: nothing,
            shown: nothing,
        }
    }

    /// The selection of `board`, which holds the one without memos.
    pub(super) fn of(board: BoardState) -> Self {
        let mut selection = board.selection;
        let ordered = Memo::new(move |last| board.ordered(last));
        selection.ordered = ordered;
        selection.shown = match use_context::<Extras>() {
            Some(extras) => Memo::new(move |_| (extras.found)(board, ordered.get())),
            None => ordered,
        };
        selection
    }
}

impl BoardState {
    /// The ids of the queues to show, in order.
    #[must_use]
    pub fn shown(&self) -> Memo<Vec<String>> {
        self.selection.shown
    }

    /// How many queues are shown, and how many the link chose.
    #[must_use]
    pub fn shown_of(&self) -> (usize, usize) {
        let selection = &self.selection;
        (
            selection.shown.with(Vec::len),
            selection.ordered.with(Vec::len),
        )
    }

    /// Whether the worst come first, and not as the board has them; the reader may
    /// change it.
    #[must_use]
    pub fn is_worst_first(&self) -> Field<bool> {
        self.selection.is_worst_first
    }

    /// What the reader looks for in the queues' names; empty means all.
    #[must_use]
    pub fn wanted(&self) -> Field<String> {
        self.selection.wanted
    }

    /// The ids that the link names and the board lacks; none until the board is known.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        if self.phase.get() != Phase::Shown {
            return Vec::new();
        }
        let asked = self.selection.asked;
        self.queues.with(|queues| {
            let is_known = |id: &str| queues.contains_key(id);
            asked.with(|asked| order::missing(asked, &is_known))
        })
    }

    /// Why no queue is shown; empty where one is.
    #[must_use]
    pub fn emptiness(&self) -> String {
        let said = match self.shown_of() {
            (0, 0) if self.order.with(Vec::is_empty) => match self.upstream() {
                UpstreamState::Ok => text::no_queues(),
                // Which queues there are was never read.
                UpstreamState::Degraded => return self.upstream_cause(UpstreamState::Degraded),
                // The banner says why.
                UpstreamState::Down => text::cause(TileState::Unknown),
            },
            (0, 0) => text::no_such_queues(),
            (0, _) => text::nothing_found(),
            _ => "",
        };
        said.into()
    }

    /// Every queue of the board by id and name, in the board's order.
    #[must_use]
    pub fn names(&self) -> Vec<(String, String)> {
        self.order.with(|order| {
            let named = |id: &String| (id.clone(), self.name(id));
            order.iter().map(named).collect()
        })
    }

    fn name(&self, id: &str) -> String {
        let queue = self.queue(id);
        queue.map_or_else(String::new, |queue| queue.name.clone())
    }

    /// The ids that the link chose, in its order or else the board's.
    pub(super) fn chosen(&self) -> Vec<String> {
        let asked = self.selection.asked;
        self.queues.with(|queues| {
            let is_known = |id: &str| queues.contains_key(id);
            self.order
                .with(|order| asked.with(|asked| order::choose(order, asked, &is_known)))
        })
    }

    /// The queues that the link chose, as [`Self::chosen`] orders them.
    pub(super) fn chosen_queues(&self) -> Vec<Arc<Queue>> {
        let chosen = self.chosen();
        self.queues.with(|queues| {
            let known = |id| queues.get(id).cloned();
            chosen.iter().filter_map(known).collect()
        })
    }

    /// The queues that the link chose, the worst first.
    pub(crate) fn all_worst_first(&self) -> Vec<String> {
        self.worst_first(self.chosen(), None)
    }

    fn ordered(&self, last: Option<&Vec<String>>) -> Vec<String> {
        let chosen = self.chosen();
        match self.selection.is_worst_first.get() {
            true => self.worst_first(chosen, last),
            false => chosen,
        }
    }

    /// The same queues, the worst first; `last` is what that was before.
    pub(super) fn worst_first(
        &self,
        chosen: Vec<String>,
        last: Option<&Vec<String>>,
    ) -> Vec<String> {
        if let (false, Some(last)) = (self.is_trusted(), last) {
            // Nothing is known of any of them now: no reason to shuffle the tiles.
            let are_known = |queues: &BTreeMap<_, _>| last.iter().all(|id| queues.contains_key(id));
            if last.len() == chosen.len() && self.queues.with(are_known) {
                return last.clone();
            }
        }
        let judge = self.judge();
        let judge = |queue: &Queue| Badness::of(queue, judge.of(queue).0);
        let all: Vec<_> = self.queues.with(|queues| {
            let known = |id| queues.get(id).map(|queue| judge(queue));
            chosen.iter().filter_map(known).collect()
        });
        let at = |place: usize| chosen.get(place).cloned();
        order::worst_first(&all)
            .into_iter()
            .filter_map(at)
            .collect()
    }

    /// Those of `found` whose names the reader looks for.
    pub(crate) fn found(&self, mut found: Vec<String>) -> Vec<String> {
        let wanted = self.selection.wanted.get();
        if !wanted.trim().is_empty() {
            found.retain(|id| order::matches(&self.name(id), &wanted));
        }
        found
    }
}
