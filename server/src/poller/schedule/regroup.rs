//! Other boards: the schedule goes on with what is still wanted.

use std::collections::{HashMap, HashSet};

use tokio::time::Instant;

use super::{Batch, Members, Read, Schedule};

impl Schedule {
    /// Takes over what boards want from now on: `wanted` are the queues of every group,
    /// of those there were in their places and of new ones behind them; `lists` says
    /// whether some board shows all queues.
    ///
    /// No queue's turn comes later for it, however often it happens, and only a queue
    /// that is new is requested sooner. Returns whether any batch was rebuilt.
    pub(crate) fn regroup(&mut self, wanted: Vec<Vec<String>>, lists: bool, now: Instant) -> bool {
        let mut is_cut = false;
        for (group, wanted) in wanted.into_iter().enumerate() {
            if group == self.groups.len() {
                self.groups.push(Members::new(Vec::new(), now));
            }
            let members = &mut self.groups[group];
            let before = std::mem::replace(&mut members.wanted, wanted);
            let ids: HashSet<&str> = members.wanted.iter().map(String::as_str).collect();
            let is_same =
                ids.len() == before.len() && before.iter().all(|id| ids.contains(id.as_str()));
            if is_same {
                continue;
            }
            members.unknown.retain(|id| ids.contains(id.as_str()));
            self.recut(group, now);
            is_cut = true;
        }
        let groups = &self.groups;
        let is_wanted = |read: &mut Read| {
            let wanted = &groups[read.group].wanted;
            read.ids.retain(|id| wanted.contains(id));
            !read.ids.is_empty()
        };
        self.parts.retain_mut(is_wanted);
        self.refused.retain_mut(is_wanted);
        self.lists_regularly = lists;
        // Refused batches wait for it in any case.
        if self.refused.is_empty() {
            self.list_due = lists.then_some(self.list_next);
        }
        is_cut
    }

    /// Rebuilds the batches of a group's known queues. Each has the earliest turn of its
    /// queues, and queues whose turns are near each other come together, so that few are
    /// read before their time.
    fn recut(&mut self, group: usize, now: Instant) {
        let mut turns: HashMap<String, (Instant, u32)> = HashMap::new();
        self.batches.retain_mut(|batch| {
            if batch.group == group {
                let turn = (batch.due, batch.failures);
                turns.extend(batch.ids.drain(..).map(|id| (id, turn)));
            }
            batch.group != group
        });
        let members = &self.groups[group];
        let living = members
            .wanted
            .iter()
            .filter(|id| !members.unknown.contains(*id));
        let mut living: Vec<(Instant, u32, String)> = living
            .map(|id| {
                let (due, failures) = turns.get(id).copied().unwrap_or((now, 0));
                (due, failures, id.clone())
            })
            .collect();
        living.sort_by_key(|(due, ..)| *due);
        for queues in living.chunks(self.batch_limit) {
            self.serials += 1;
            self.batches.push(Batch {
                serial: self.serials,
                group,
                due: queues.first().map_or(now, |(due, ..)| *due),
                failures: queues.iter().map(|(_, it, _)| *it).max().unwrap_or(0),
                tried: false,
                ids: queues.iter().map(|(.., id)| id.clone()).collect(),
            });
        }
    }
}
