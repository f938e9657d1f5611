//! The groups of the board's queues on a desk: which are one tile, which are below headings, and
//! which one is alone. The wall's program contains none of it but [`Hooks`].
//!
//! A group is one more queue, as it reads: maps and lists of another type would be KB of code.
//! Its members are in place of its trend: see [`of`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::window;
use queuewall_shared::group::group_id;
use queuewall_shared::snapshot::{Group, Queue};
use wasm_bindgen::JsValue;

use super::{BoardState, take_queue};
use crate::settings;

/// Before the members, by their places on the board.
const FIRST_MEMBER: usize = 2;

/// How many queues a group's numbers are over, how many it has, and how much older than the
/// board's latest reading the oldest of theirs is; `None` of a queue.
pub(crate) fn of(queue: &Queue) -> Option<(usize, usize, Duration)> {
    let counted = *queue.trend.first()?;
    let lag = queue.trend.get(1).copied().flatten();
    let of = queue.trend.len() - FIRST_MEMBER;
    let lag = Duration::from_millis(lag.unwrap_or_default());
    Some((counted.unwrap_or_default() as usize, of, lag))
}

/// What a desk does with groups.
#[derive(Clone, Copy)]
pub struct Hooks {
    pub(super) take: fn(&BoardState, &Known, &mut Known, &[String], Vec<Group>),
    pub(super) open: fn(&BoardState) -> String,
    pub(super) members: fn(&BoardState, &str) -> Vec<String>,
    pub(super) arrange: fn(&BoardState, Vec<String>, &Sort) -> Vec<String>,
    pub(super) has_headings: fn(&BoardState) -> bool,
    pub(super) told: fn(&BoardState, &Queue) -> Told,
}

/// Puts queues and groups in order.
pub(super) type Sort<'a> = dyn Fn(Vec<String>) -> Vec<String> + 'a;

/// Queues by their ids.
pub(super) type Known = BTreeMap<String, Arc<Queue>>;

/// What a group's tile tells besides its reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// How many of its queues the numbers are over, and how many it has; 0 and 0 of a queue.
    pub of: (usize, usize),
    /// The name of the queue whose level it has.
    pub reason_of: String,
}

impl Hooks {
    /// Those of a desk.
    pub(crate) fn of_a_desk() -> Self {
        Self {
            take: BoardState::take_groups,
            open: BoardState::known_group,
            members: |board, name| board.members(&group_id(name)),
            arrange: BoardState::arrange,
            has_headings: BoardState::has_groups,
            told: |board, queue| match of(queue) {
                Some((counted, of, _)) => Told {
                    of: (counted, of),
                    reason_of: board.reason_of(queue),
                },
                None => Told::default(),
            },
        }
    }
}

impl BoardState {
    /// Takes in the groups over the queues of `order`.
    fn take_groups(
        &self,
        before: &Known,
        queues: &mut Known,
        order: &[String],
        groups: Vec<Group>,
    ) {
        let mut grouped = BTreeMap::new();
        for group in groups {
            let mut reading = group.reading;
            reading.trend = vec![Some(group.counted as u64), group.oldest_lag_ms];
            // They are in the board's order, too.
            let mut all = order.iter().zip(0..);
            let places = (group.queues.iter()).filter_map(|id| all.find(|(it, _)| *it == id));
            reading.trend.extend(places.map(|(_, place)| Some(place)));
            let id = reading.id.clone();
            take_queue(before, queues, reading);
            if let Some(reading) = queues.get(&id) {
                for member in group.queues {
                    grouped.insert(member, Arc::clone(reading));
                }
            }
            let reason = group.reason_queue.and_then(|id| queues.get(&id));
            if let Some(reason) = reason {
                grouped.insert(id, Arc::clone(reason));
            }
        }
        self.grouped.replace(grouped);
    }

    /// The ids of a group's queues, in the board's order; none of what is no group.
    pub(crate) fn members(&self, id: &str) -> Vec<String> {
        let Some(group) = self.queue(id) else {
            return Vec::new();
        };
        let places = group.trend.iter().skip(FIRST_MEMBER).flatten();
        self.order.with(|order| {
            places
                .filter_map(|at| order.get(*at as usize).cloned())
                .collect()
        })
    }

    /// The name of the queue whose level a group has; empty where it is by the group's own.
    fn reason_of(&self, group: &Queue) -> String {
        self.grouped.with(|grouped| match grouped.get(&group.id) {
            Some(queue) => queue.name.clone(),
            None => String::new(),
        })
    }

    /// The group of a queue, where that is below its heading.
    pub(crate) fn heading(&self, id: &str) -> Option<Arc<Queue>> {
        let group = self.grouped.with(|grouped| grouped.get(id).cloned());
        group.filter(|group| of(group).is_some() && self.has_groups() && !self.is_folded(group))
    }

    /// Whether groups have tiles or headings: not while the link names queues.
    fn has_groups(&self) -> bool {
        self.grouped.with(|grouped| !grouped.is_empty())
            && self.known_group().is_empty()
            && self.selection.asked.with(Vec::is_empty)
    }

    /// Whether a group is one tile. What is searched for is not to be out of sight.
    pub(crate) fn is_folded(&self, group: &Queue) -> bool {
        let folded = self.selection.folded;
        !self.is_searched() && folded.with(|all| all.contains(&group.name))
    }

    /// The queues `chosen` as they are shown, each group in the place of its first member.
    fn arrange(&self, chosen: Vec<String>, sorted: &Sort) -> Vec<String> {
        let mut all = Vec::new();
        for unit in sorted(self.units(chosen)) {
            let members = self.unfolded(&unit);
            match members.is_empty() {
                true => all.push(unit),
                false => all.extend(sorted(members)),
            }
        }
        all
    }

    /// The queues `chosen`, with each group in the place of its first member.
    fn units(&self, chosen: Vec<String>) -> Vec<String> {
        if !self.has_groups() {
            return chosen;
        }
        let (mut units, mut seen) = (Vec::new(), Vec::new());
        self.grouped.with(|grouped| {
            for id in chosen {
                let group = grouped.get(&id).map(|group| group.id.clone());
                if group.as_ref().is_some_and(|group| seen.contains(group)) {
                    continue;
                }
                seen.extend(group.clone());
                units.push(group.unwrap_or(id));
            }
        });
        units
    }

    /// The queues of a group that is no tile; none of all else.
    fn unfolded(&self, id: &str) -> Vec<String> {
        match self.queue(id) {
            Some(group) if of(&group).is_some() && !self.is_folded(&group) => self.members(id),
            _ => Vec::new(),
        }
    }

    /// The name of the group that is shown alone; empty where there is none.
    fn known_group(&self) -> String {
        let name = self.selection.group.get();
        match self.queue(&group_id(&name)) {
            Some(_) => name,
            None => String::new(),
        }
    }

    /// Shows a group alone, or the whole board. The browser's way back leads back.
    pub fn show_group(&self, name: String) {
        let is_opened_here = self.selection.is_opened_here;
        let Ok(history) = window().history() else {
            return;
        };
        if name.is_empty() && is_opened_here.get_untracked() {
            // What is open stays until the browser says where it is.
            let _ = history.back();
            return;
        }
        is_opened_here.set(!name.is_empty());
        let address = settings::address_of_group(&name);
        self.selection.group.set(name);
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&address));
    }

    /// Shows what the address asks for, which the browser changed.
    pub fn read_group(&self) {
        self.selection.is_opened_here.set(false);
        self.selection.group.set(settings::group_of_address());
    }
}
