//! What to ask CXone next, and when: pure bookkeeping over instants that are
//! handed in.
//!
//! Queues are read in batches, spread evenly over one cycle. A batch that CXone
//! refuses with a 404 is narrowed down: by the queue list where that tells, else by
//! halving. An id found unknown is left out, so that it costs one tile and not its
//! whole batch; one unknown id a group is tried again every ten minutes (every cycle
//! while all are unknown), and when one has come back, all are. Boards may change
//! meanwhile, even between a question and its answer.

mod next;
mod regroup;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashSet, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    narrowing::{self, Part},
    plan::Group,
};

/// How often one unknown id is tried again while others are known.
const UNKNOWN_RETRY: Duration = Duration::from_secs(600);

/// How often the queue list is read again where a board shows all queues.
const LIST_REFRESH: Duration = Duration::from_secs(600);

/// One request to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Read the queue list.
    List,
    /// Read these queues.
    Read(Read),
}

/// Queues of one group to read in one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) group: usize,
    /// The ids, at most a batch's worth.
    pub(crate) ids: Vec<String>,
    kind: Kind,
}

/// Why a read is made; it decides what a 404 means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The batch of this number, on its turn.
    Turn(u64),
    /// Part of a refused batch.
    Part,
    /// The part of a refused batch that the queue list does not name.
    Unlisted,
    /// One unknown id, tried again.
    RetryUnknown,
}

#[derive(Debug)]
struct Batch {
    /// A unique number, which is never reused.
    serial: u64,
    group: usize,
    ids: Vec<String>,
    due: Instant,
    failures: u32,
    tried: bool,
}

#[derive(Debug)]
struct Members {
    wanted: Vec<String>,
    unknown: BTreeSet<String>,
    retry_unknown_at: Instant,
    /// The unknown id tried last, so that each has its turn.
    tried: Option<String>,
}

/// The schedule of all groups.
#[derive(Debug)]
pub(crate) struct Schedule {
    batch_limit: usize,
    cycle: Duration,
    groups: Vec<Members>,
    batches: Vec<Batch>,
    /// The number of the batch that was made last.
    serials: u64,
    parts: VecDeque<Read>,
    /// Since when the next part waits: turns that are longer due come before it, so that
    /// narrowing one batch down starves no other.
    parts_from: Instant,
    /// Refused batches that wait for the queue list.
    refused: Vec<Read>,
    list_due: Option<Instant>,
    /// When the list may be read again where that is done regularly.
    list_next: Instant,
    /// Failures of the list in a row, whatever the reads do meanwhile.
    list_failures: u32,
    /// Whether a board shows all queues, so that the list is read regularly.
    lists_regularly: bool,
    /// Nothing is asked before this: the back-off after failures.
    gate: Instant,
    failures: u32,
}

impl Schedule {
    /// All batches due at `now`. `lists` says whether some board shows all queues.
    pub(crate) fn new(
        groups: &[Group],
        lists: bool,
        batch_limit: usize,
        cycle: Duration,
        now: Instant,
    ) -> Self {
        let members = |group: &Group| Members::new(group.ids.clone(), now);
        let mut schedule = Self {
            batch_limit: batch_limit.max(1),
            cycle,
            groups: groups.iter().map(members).collect(),
            batches: Vec::new(),
            serials: 0,
            parts: VecDeque::new(),
            parts_from: now,
            refused: Vec::new(),
            list_due: lists.then_some(now),
            list_next: now,
            list_failures: 0,
            lists_regularly: lists,
            gate: now,
            failures: 0,
        };
        schedule.rebuild(now);
        schedule
    }

    /// Sets a group's queues and the cycle, as a new queue list asks for.
    pub(crate) fn set_wanted(&mut self, group: usize, wanted: Vec<String>, now: Instant) {
        let members = &mut self.groups[group];
        if members.wanted != wanted {
            members.unknown.retain(|id| wanted.contains(id));
            members.wanted = wanted;
            self.rebuild(now);
        }
    }

    /// Sets how long one round over all batches takes.
    pub(crate) fn set_cycle(&mut self, cycle: Duration, now: Instant) {
        self.cycle = cycle;
        // A shorter one must not wait for turns that the longer one had set.
        for batch in &mut self.batches {
            batch.due = batch.due.min(now + cycle);
        }
    }

    /// How many reads one round takes.
    pub(crate) fn batches(&self) -> usize {
        self.batches.len()
    }

    /// A group's queues, unknown ones too.
    pub(crate) fn wanted(&self, group: usize) -> &[String] {
        &self.groups[group].wanted
    }

    /// Whether every batch was tried once; false while there is none.
    pub(crate) fn first_round_is_over(&self) -> bool {
        !self.batches.is_empty() && self.batches.iter().all(|batch| batch.tried)
    }

    /// Whether CXone knows none of a group's queues.
    pub(crate) fn all_unknown(&self, group: usize) -> bool {
        let members = &self.groups[group];
        !members.wanted.is_empty() && members.unknown.len() == members.wanted.len()
    }

    /// Failures in a row, and before when nothing is asked because of them.
    pub(crate) fn back_off_now(&self) -> (u32, Option<Instant>) {
        let gate = (self.failures > 0).then_some(self.gate);
        (self.failures, gate)
    }

    /// The queue list was read. Refused batches are parted by it.
    pub(crate) fn listed(&mut self, known: &HashSet<&str>, now: Instant) {
        self.answered();
        self.list_failures = 0;
        self.list_again_at(now + LIST_REFRESH);
        for read in std::mem::take(&mut self.refused) {
            self.ask_for(&read, narrowing::parts(&read.ids, Some(known)));
        }
    }

    /// The queue list could not be read: refused batches are halved instead.
    pub(crate) fn list_failed(&mut self, delay: Delay, now: Instant) {
        self.back_off(delay, now);
        self.list_failures = self.list_failures.saturating_add(1);
        self.list_again_at(now + delay.own);
        for read in std::mem::take(&mut self.refused) {
            self.halve(&read);
        }
    }

    /// A page of the queue list was read, and the next is due then. Refused batches do not
    /// wait for the rest: they are halved.
    pub(crate) fn list_goes_on(&mut self, due: Instant) {
        self.list_given_up();
        self.list_again_at(due);
    }

    /// The queue list is not waited for any more: refused batches are halved.
    pub(crate) fn list_given_up(&mut self) {
        self.answered();
        self.list_failures = 0;
        self.list_due = None;
        for read in std::mem::take(&mut self.refused) {
            self.halve(&read);
        }
    }

    pub(crate) fn list_failures(&self) -> u32 {
        self.list_failures
    }

    /// The queue list is read again at `due`, where it is read regularly.
    pub(crate) fn list_again_at(&mut self, due: Instant) {
        self.list_next = due;
        self.list_due = self.lists_regularly.then_some(due);
    }

    /// A read that was `started` then succeeded.
    pub(crate) fn succeeded(&mut self, read: &Read, started: Instant, now: Instant) {
        self.answered();
        self.take_part(read, now);
        match read.kind {
            Kind::Turn(_) => {
                let cycle = self.cycle;
                for batch in self.turned(read) {
                    batch.failures = 0;
                    batch.tried = true;
                    batch.due = next_turn(batch.due, cycle, started, now);
                }
            }
            Kind::RetryUnknown => {
                self.groups[read.group].unknown.clear();
                self.rebuild(now);
            }
            Kind::Part | Kind::Unlisted => {}
        }
    }

    /// CXone refused a read with a 404. The ids found unknown by it, if any.
    pub(crate) fn refused(&mut self, read: &Read, now: Instant) -> Vec<String> {
        self.answered();
        self.take_part(read, now);
        let cycle = self.cycle;
        for batch in self.turned(read) {
            batch.due = now + cycle;
            batch.tried = true;
        }
        let wanted = &self.groups[read.group].wanted;
        let ids = read.ids.iter().filter(|id| wanted.contains(id));
        let left = Read {
            ids: ids.cloned().collect(),
            ..read.clone()
        };
        if left.ids.is_empty() {
            return Vec::new();
        }
        // What is no longer wanted may have been what was refused: the rest is asked for
        // again before it is called unknown.
        let is_whole = left.ids.len() == read.ids.len();
        if !is_whole || (left.ids.len() > 1 && read.kind != Kind::Unlisted) {
            if matches!(read.kind, Kind::Turn(_)) && left.ids.len() > 1 {
                self.refused.push(left);
                self.list_due = Some(now);
            } else {
                self.halve(&left);
            }
            return Vec::new();
        }
        let members = &mut self.groups[read.group];
        members.unknown.extend(read.ids.iter().cloned());
        members.tried = read.ids.last().cloned();
        let all = members.unknown.len() == members.wanted.len();
        members.retry_unknown_at = now + if all { self.cycle } else { UNKNOWN_RETRY };
        self.rebuild(now);
        read.ids.clone()
    }

    /// A read failed for another reason.
    pub(crate) fn failed(&mut self, read: &Read, delay: Delay, now: Instant) {
        self.back_off(delay, now);
        self.take_part(read, now);
        match read.kind {
            Kind::Turn(_) => {
                for batch in self.turned(read) {
                    batch.failures = batch.failures.saturating_add(1);
                    batch.tried = true;
                    batch.due = now + delay.own;
                }
            }
            Kind::RetryUnknown => {
                let members = &mut self.groups[read.group];
                members.retry_unknown_at = now + delay.own.max(self.cycle);
            }
            // Its batch is read again in turn, and is then split again.
            Kind::Part | Kind::Unlisted => {}
        }
    }

    /// Failures in a row of this read, and of anything, counting the one now met.
    pub(crate) fn failures_after(&self, read: Option<&Read>) -> (u32, u32) {
        let own = match read {
            Some(read) if matches!(read.kind, Kind::Turn(_)) => {
                let batches = self.batches.iter().filter(|it| it.is_turned_by(read));
                batches.map(|batch| batch.failures).max().unwrap_or(0)
            }
            Some(_) => self.failures,
            None => self.list_failures,
        };
        (own.saturating_add(1), self.failures.saturating_add(1))
    }

    fn answered(&mut self) {
        self.failures = 0;
    }

    fn back_off(&mut self, delay: Delay, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.gate = self.gate.max(now + delay.all);
    }

    fn take_part(&mut self, read: &Read, now: Instant) {
        if matches!(read.kind, Kind::Part | Kind::Unlisted) {
            self.parts_from = now;
            // It may have lost queues since.
            self.parts.retain(|part| !part.is_within(read));
        }
    }

    fn halve(&mut self, read: &Read) {
        self.ask_for(read, narrowing::halves(&read.ids));
    }

    /// Queues the parts of a refused read.
    fn ask_for(&mut self, read: &Read, parts: Vec<Part>) {
        let part = |part: Part| Read {
            group: read.group,
            ids: part.ids,
            kind: if part.is_unlisted {
                Kind::Unlisted
            } else {
                Kind::Part
            },
        };
        self.parts.extend(parts.into_iter().map(part));
    }

    /// The batches whose turn the read was.
    fn turned<'a>(&'a mut self, read: &'a Read) -> impl Iterator<Item = &'a mut Batch> {
        let batches = self.batches.iter_mut();
        batches.filter(|batch| batch.is_turned_by(read))
    }

    /// Cuts the living queues into batches. A batch keeps the turn of the one that
    /// stood in its place; new ones are due at once.
    fn rebuild(&mut self, now: Instant) {
        let old = std::mem::take(&mut self.batches);
        for (group, members) in self.groups.iter().enumerate() {
            let living: Vec<String> = members
                .wanted
                .iter()
                .filter(|id| !members.unknown.contains(*id))
                .cloned()
                .collect();
            let mut turns = old.iter().filter(|batch| batch.group == group);
            for ids in living.chunks(self.batch_limit) {
                let batch = match turns.next() {
                    Some(old) => Batch {
                        ids: ids.to_vec(),
                        ..*old
                    },
                    None => {
                        self.serials += 1;
                        Batch {
                            serial: self.serials,
                            group,
                            ids: ids.to_vec(),
                            due: now,
                            failures: 0,
                            tried: false,
                        }
                    }
                };
                self.batches.push(batch);
            }
        }
        self.parts.retain(|part| {
            let members = &self.groups[part.group];
            part.ids
                .iter()
                .all(|id| members.wanted.contains(id) && !members.unknown.contains(id))
        });
    }

    /// Spreads the turns after the first round evenly over the cycle from `start`.
    pub(crate) fn spread(&mut self, start: Instant) {
        let count = u32::try_from(self.batches.len()).unwrap_or(u32::MAX).max(1);
        for (index, batch) in (1..).zip(&mut self.batches) {
            batch.due = start + self.cycle * index / count;
        }
    }
}

impl Members {
    fn new(wanted: Vec<String>, now: Instant) -> Self {
        Self {
            wanted,
            unknown: BTreeSet::new(),
            retry_unknown_at: now,
            tried: None,
        }
    }
}

impl Read {
    /// Whether it asks for nothing that `other` does not ask for, for the same reason.
    fn is_within(&self, other: &Self) -> bool {
        self.group == other.group
            && self.kind == other.kind
            && self.ids.iter().all(|id| other.ids.contains(id))
    }
}

impl Batch {
    /// Whether the read was its turn: made for it, or for one that was cut up meanwhile
    /// and held all of its queues.
    fn is_turned_by(&self, read: &Read) -> bool {
        let Kind::Turn(serial) = read.kind else {
            return false;
        };
        let holds_all = || self.ids.iter().all(|id| read.ids.contains(id));
        self.serial == serial || (self.group == read.group && holds_all())
    }
}

/// The turn after the one that was `due`: whole cycles later, so that the spread over the
/// cycle stays. Turns that were missed while nothing could be asked are left out, and so
/// is one that comes within half a cycle of a read that started late.
fn next_turn(due: Instant, cycle: Duration, started: Instant, now: Instant) -> Instant {
    let earliest = now.max(started + cycle / 2);
    let late = earliest.saturating_duration_since(due).as_nanos();
    let cycles = late.div_ceil(cycle.as_nanos().max(1)).max(1);
    due + cycle * u32::try_from(cycles).unwrap_or(u32::MAX)
}

/// How long to wait after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delay {
    /// Before the same thing is asked again.
    pub(crate) own: Duration,
    /// Before anything is asked again.
    pub(crate) all: Duration,
}
