//! Which of the board's queues are shown, and in which order: what the link chooses,
//! the order, and the search for a name.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use queuewall_shared::order::{self, Badness};
use queuewall_shared::settings::{Settings, Sort, View};
use queuewall_shared::snapshot::{Queue, UpstreamState};
use queuewall_shared::tile_state::TileState;

use super::groups::Hooks;
use super::{BoardState, Phase};
use crate::components::board::{Extras, may_be_desk};
use crate::field::Field;
use crate::text;

/// What the link and the reader choose. A copy is the same.
#[derive(Clone, Copy)]
pub struct Selection {
    /// What is done with groups: nothing on a wall.
    groups: Option<Hooks>,
    /// The ids that the link names; none means all.
    pub(super) asked: Field<Vec<String>>,
    /// The name of the group that is shown alone; empty where there is none.
    pub(super) group: Field<String>,
    /// Whether it was opened on this page.
    pub(super) is_opened_here: Field<bool>,
    /// The names of the groups that a desk shows as one tile each.
    pub(super) folded: Field<Vec<String>>,
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
            groups: Extras::get().map(|extras| extras.groups),
            asked: Field::new(settings.queues.clone()),
            group: Field::new(String::new()),
            is_opened_here: Field::new(false),
            folded: Extras::get()
                .map_or_else(|| Field::new(Vec::new()), |extras| extras.place.folded()),
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
        selection.shown = match Extras::get() {
            Some(extras) => Memo::new(move |_| (extras.found)(board, ordered.get())),
            None => ordered,
        };
        selection
    }
}

impl BoardState {
    /// What is done with groups; `None` on a wall.
    pub(super) fn groups(&self) -> Option<Hooks> {
        self.selection.groups.filter(|_| may_be_desk())
    }

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
        let mut missing = self.queues.with(|queues| {
            let is_known = |id: &str| queues.contains_key(id);
            asked.with(|asked| order::missing(asked, &is_known))
        });
        if self.groups().is_some() && self.open_group().is_empty() {
            let group = self.selection.group.get();
            missing.extend(Some(group).filter(|it| !it.is_empty()));
        }
        missing
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

    pub(super) fn name(&self, id: &str) -> String {
        let queue = self.queue(id);
        queue.map_or_else(String::new, |queue| queue.name.clone())
    }

    /// The ids that the link chose, in its order or else the board's; those of the group that is
    /// open.
    pub(super) fn chosen(&self) -> Vec<String> {
        if let Some(groups) = self.groups() {
            let members = (groups.members)(self, &self.open_group());
            if !members.is_empty() {
                return members;
            }
        }
        let asked = self.selection.asked;
        self.queues.with(|queues| {
            let is_known = |id: &str| queues.contains_key(id);
            self.order
                .with(|order| asked.with(|asked| order::choose(order, asked, &is_known)))
        })
    }

    /// The queues that the link chose, as [`Self::chosen`] orders them.
    pub(super) fn chosen_queues(&self) -> Vec<Arc<Queue>> {
        self.queues_of(self.chosen())
    }

    /// The queues and groups that are shown where nothing is searched for.
    pub(super) fn ordered_queues(&self) -> Vec<Arc<Queue>> {
        self.queues_of(self.selection.ordered.get())
    }

    fn queues_of(&self, chosen: Vec<String>) -> Vec<Arc<Queue>> {
        self.queues.with(|queues| {
            let known = |id| queues.get(id).cloned();
            chosen.iter().filter_map(known).collect()
        })
    }

    /// The queues that the link chose, the worst first.
    pub(crate) fn all_worst_first(&self) -> Vec<String> {
        self.worst_first(self.chosen(), None)
    }

    /// Each unfolded group's queues stand together, where the group stands.
    fn ordered(&self, last: Option<&Vec<String>>) -> Vec<String> {
        let is_worst_first = self.selection.is_worst_first.get();
        let sorted = |ids: Vec<String>| match is_worst_first {
            true => self.worst_first(ids, None),
            false => ids,
        };
        let all = match self.groups() {
            Some(groups) => (groups.arrange)(self, self.chosen(), &sorted),
            None => sorted(self.chosen()),
        };
        match last {
            Some(last) if is_worst_first && self.stays(&all, last) => last.clone(),
            _ => all,
        }
    }

    /// Whether `last` is the order of `chosen` still: nothing is known of any of them now, which
    /// is no reason to shuffle the tiles.
    fn stays(&self, chosen: &[String], last: &[String]) -> bool {
        let are_known = |queues: &BTreeMap<_, _>| last.iter().all(|id| queues.contains_key(id));
        !self.is_trusted() && last.len() == chosen.len() && self.queues.with(are_known)
    }

    /// The same queues and groups, the worst first; `last` is what that was before.
    pub(crate) fn worst_first(
        &self,
        chosen: Vec<String>,
        last: Option<&Vec<String>>,
    ) -> Vec<String> {
        if let Some(last) = last.filter(|last| self.stays(&chosen, last)) {
            return last.clone();
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

    /// The name of the group that is shown alone; empty where there is none.
    #[must_use]
    pub fn open_group(&self) -> String {
        let groups = self.groups();
        groups.map_or_else(String::new, |groups| (groups.open)(self))
    }

    /// Whether the reader looks for something.
    pub(super) fn is_searched(&self) -> bool {
        (self.selection.wanted).with(|wanted| !wanted.trim().is_empty())
    }

    /// Those of `found` whose names, or groups' names, the reader looks for.
    pub(crate) fn found(&self, mut found: Vec<String>) -> Vec<String> {
        let wanted = self.selection.wanted.get();
        if self.is_searched() {
            found.retain(|id| {
                let group = self.heading(id);
                let group = group.as_ref().map_or("", |group| &group.name);
                order::matches(&[&self.name(id), " ", group].concat(), &wanted)
            });
        }
        found
    }
}
