//! What is due next.

use std::collections::HashSet;

use tokio::time::Instant;

use super::{Batch, Kind, Read, Schedule, Task};

impl Schedule {
    /// The next request, and when to make it; `None` when nothing is to be asked.
    pub(crate) fn next(&self) -> Option<(Instant, Task)> {
        let list = self.list_due.map(|due| (due, Task::List));
        let part = self
            .parts
            .front()
            .map(|read| (self.parts_from, Task::Read(read.clone())));
        let turn = self.turn();
        let retry_unknown = (0..self.groups.len())
            .filter_map(|group| self.retry_unknown(group))
            .min_by_key(|(due, _)| *due);
        // The order settles ties: the list first, since the rest may depend on it.
        let (due, task) = [list, part, turn, retry_unknown]
            .into_iter()
            .flatten()
            .min_by_key(|(due, _)| *due)?;
        Some((due.max(self.gate), task))
    }

    /// The batch whose turn is next, without the ids that are being narrowed down: they
    /// would have the rest refused again.
    fn turn(&self) -> Option<(Instant, Task)> {
        let parted: HashSet<(usize, &str)> = self
            .parts
            .iter()
            .flat_map(|part| part.ids.iter().map(|id| (part.group, id.as_str())))
            .collect();
        let is_free = |batch: &Batch, id: &str| !parted.contains(&(batch.group, id));
        let has_rest = |batch: &&Batch| batch.ids.iter().any(|id| is_free(batch, id));
        let batches = self.batches.iter();
        let batch = batches.filter(has_rest).min_by_key(|batch| batch.due)?;
        let rest = batch.ids.iter().filter(|id| is_free(batch, id));
        let read = Read {
            group: batch.group,
            ids: rest.cloned().collect(),
            kind: Kind::Turn(batch.serial),
        };
        Some((batch.due, Task::Read(read)))
    }

    fn retry_unknown(&self, group: usize) -> Option<(Instant, Task)> {
        let members = &self.groups[group];
        let after_tried = |id: &&String| members.tried.as_ref().is_none_or(|tried| *id > tried);
        let id = members
            .unknown
            .iter()
            .find(after_tried)
            .or_else(|| members.unknown.first())?;
        let read = Read {
            group,
            ids: vec![id.clone()],
            kind: Kind::RetryUnknown,
        };
        Some((members.retry_unknown_at, Task::Read(read)))
    }

    /// When this group's queues are asked for next: those whose last read failed,
    /// where there are any. `shows_all` says whether the queue list comes first.
    pub(crate) fn next_try(&self, group: usize, shows_all: bool) -> Option<Instant> {
        let of_group = |read: &Read| read.group == group;
        let list = self
            .list_due
            .filter(|_| shows_all || self.refused.iter().any(of_group));
        let part = self.parts.iter().any(of_group).then_some(self.parts_from);
        let turns = || self.batches.iter().filter(|batch| batch.group == group);
        let failed = turns().filter(|batch| batch.failures > 0);
        let turn = failed
            .map(|batch| batch.due)
            .min()
            .or_else(|| turns().map(|batch| batch.due).min());
        let retry_unknown = (self.all_unknown(group)).then(|| self.groups[group].retry_unknown_at);
        let due = [list, part, turn, retry_unknown]
            .into_iter()
            .flatten()
            .min()?;
        Some(due.max(self.gate))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{
        super::{
            Delay, Group,
            tests::{CYCLE, next_read as read, one_group},
        },
        *,
    };

    /// One group, each queue in a separate batch.
    fn schedule(ids: &[&str], now: Instant) -> Schedule {
        one_group(ids.iter().map(|id| (*id).to_owned()).collect(), 1, now)
    }

    #[test]
    fn the_next_try_is_that_of_what_failed() {
        let now = Instant::now();
        let mut schedule = schedule(&["1", "2"], now);
        assert_eq!(schedule.next_try(0, false), Some(now));
        schedule.failed(
            &read(&schedule),
            Delay {
                own: CYCLE * 2,
                all: Duration::ZERO,
            },
            now,
        );
        schedule.succeeded(&read(&schedule), now, now);
        assert_eq!(
            schedule.next_try(0, false),
            Some(now + CYCLE * 2),
            "and not the other batch's turn"
        );
    }

    #[test]
    fn next_try_is_after_back_off_and_of_unknown_ids_in_turn() {
        let now = Instant::now();
        let mut schedule = schedule(&["1"], now);
        let wait = Delay {
            own: Duration::from_secs(5),
            all: Duration::from_secs(8),
        };
        schedule.failed(&read(&schedule), wait, now);
        assert_eq!(schedule.next_try(0, false), Some(now + wait.all));

        schedule.refused(&read(&schedule), now);
        assert!(schedule.all_unknown(0));
        assert_eq!(schedule.next_try(0, false), Some(now + CYCLE));
    }

    #[test]
    fn next_try_of_a_group_is_independent_of_other_groups() {
        let now = Instant::now();
        let group = |skill: &str| Group {
            skills: vec![skill.to_owned()],
            ids: vec!["1".to_owned(), "2".to_owned()],
            all: false,
        };
        let mut schedule = Schedule::new(&[group("a"), group("b")], false, 2, CYCLE, now);
        let (refused, later) = (read(&schedule), now + CYCLE / 2);
        assert_eq!(refused.group, 0);
        schedule.refused(&refused, now);
        let other = Read {
            group: 1,
            kind: Kind::Turn(schedule.batches[1].serial),
            ..refused
        };
        schedule.succeeded(&other, now, now);
        // What was refused is asked for once the list is read, and no later.
        assert_eq!(schedule.next_try(0, false), Some(now));
        assert_eq!(schedule.next_try(1, false), Some(now + CYCLE));
        assert_eq!(schedule.next_try(1, true), Some(now), "it shows the list");
        let wait = Duration::ZERO;
        schedule.list_failed(
            Delay {
                own: wait,
                all: wait,
            },
            later,
        );
        assert_eq!(schedule.next_try(0, false), Some(later), "its parts");
        assert_eq!(schedule.next_try(1, false), Some(now + CYCLE));
    }

    #[test]
    fn the_dead_are_tried_again_in_turn() {
        let now = Instant::now();
        let mut schedule = schedule(&["1", "2", "3"], now);
        for _ in 0..3 {
            schedule.refused(&read(&schedule), now);
        }
        assert!(schedule.all_unknown(0));
        let mut tried = Vec::new();
        for _ in 0..4 {
            let retry_unknown = read(&schedule);
            assert_eq!(retry_unknown.kind, Kind::RetryUnknown);
            tried.extend(retry_unknown.ids.iter().cloned());
            schedule.refused(&retry_unknown, now);
        }
        // 2 was found last.
        assert_eq!(tried, ["3", "1", "2", "3"]);
    }
}
