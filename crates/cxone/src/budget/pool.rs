//! What a process knows of a shared budget: the tickets that it has in hand, its requests of
//! the last minute, and what the ledger last said of others.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    WINDOW,
    ledger::{Account, Answer, BLOCK, LONGEST_REQUEST},
};
use crate::clock::Moment;

/// How often tickets in hand are renewed, and the ends of requests written down.
const RENEWAL: Duration = Duration::from_secs(5);

/// How long a slot that another process uses is waited for before the ledger is asked
/// again: its request may end sooner than is known. Also between two tries of one that fails.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// The shortest time between two questions without a ticket.
const PAUSE: Duration = Duration::from_millis(50);

/// The part of the budget that a server may have in hand: one in so many.
const PART: usize = 4;

#[derive(Debug)]
pub(super) struct Pool {
    limit: usize,
    is_command: bool,
    started: Instant,
    /// Tickets that no request has taken yet.
    tickets: usize,
    /// When they were asked for, or last renewed.
    renewed_at: Option<Moment>,
    /// When each request that is under way was sent.
    under_way: BTreeMap<u64, Instant>,
    /// When each request of the last minute ended.
    ended: VecDeque<Instant>,
    /// How many requests were sent.
    sent: u64,
    /// How many requests wait for a ticket.
    pub(super) waiting: usize,
    /// A hold that the ledger does not know yet.
    new_hold: Option<Instant>,
    /// Whether the ledger knows of every request.
    is_told: bool,
    /// When the ledger was last asked.
    asked_at: Option<Instant>,
    /// Whether it then had fewer tickets than were needed.
    is_short: bool,
    /// Until when each request of another process counts.
    others: Vec<Instant>,
    hold_until: Option<Instant>,
    /// Whether the ledger failed when it was last asked.
    pub(super) is_failing: bool,
    /// Whether it ever answered.
    pub(super) was_usable: bool,
    /// Whether no ticket is given any more.
    pub(super) is_closing: bool,
    /// Whether the ledger knows that.
    pub(super) is_closed: bool,
}

impl Pool {
    pub(super) fn new(limit: usize, is_command: bool) -> Self {
        Self {
            limit,
            is_command,
            started: Instant::now(),
            tickets: 0,
            renewed_at: None,
            under_way: BTreeMap::new(),
            ended: VecDeque::new(),
            sent: 0,
            waiting: 0,
            new_hold: None,
            is_told: true,
            asked_at: None,
            is_short: false,
            others: Vec::new(),
            hold_until: None,
            is_failing: false,
            was_usable: false,
            is_closing: false,
            is_closed: false,
        }
    }

    /// Takes a ticket for a request; the number by which its end is known.
    pub(super) fn take(&mut self, now: Moment) -> Option<u64> {
        self.tickets = self.usable(now).checked_sub(1)?;
        Some(self.send(now.monotonic))
    }

    /// Sends a request without a ticket.
    pub(super) fn send_without(&mut self, now: Instant) -> u64 {
        self.is_told = false;
        self.send(now)
    }

    fn send(&mut self, now: Instant) -> u64 {
        self.sent += 1;
        self.under_way.insert(self.sent, now);
        self.sent
    }

    /// A request has ended.
    pub(super) fn end(&mut self, number: u64, now: Instant) {
        if self.under_way.remove(&number).is_some() {
            self.ended.push_back(now);
            self.is_told = false;
        }
    }

    /// CXone is to be left alone until then.
    pub(super) fn hold_off(&mut self, until: Instant) {
        self.new_hold = self.new_hold.max(Some(until));
    }

    /// Until when CXone is to be left alone, as the ledger says.
    pub(super) fn held_until(&self, now: Instant) -> Option<Instant> {
        self.hold_until.filter(|until| *until > now)
    }

    /// The tickets in hand. After its time a ticket is one no more: by the clock that went
    /// furthest, since the machine may have slept.
    fn usable(&self, now: Moment) -> usize {
        let renewed_at = self.renewed_at.filter(|at| at.age_at(now) < BLOCK);
        renewed_at.map_or(0, |_| self.tickets)
    }

    /// What the ledger is told. Tickets that are not kept are used no more.
    pub(super) fn account(&mut self, now: Moment) -> Account {
        let told_at = now.monotonic;
        self.ended.retain(|end| *end + WINDOW > told_at);
        let target = match self.is_closing {
            true => 0,
            false => self.waiting.max(self.ahead(told_at)),
        };
        self.tickets = self.usable(now).min(target);
        let wanted = self.waiting.min(target).saturating_sub(self.tickets);
        self.asked_at = Some(told_at);
        self.is_told = true;
        Account {
            told_at,
            under_way: self.under_way.values().copied().collect(),
            ended: self.ended.iter().copied().collect(),
            kept: self.tickets,
            wanted,
            ahead: target - self.tickets - wanted,
            hold_until: self.new_hold,
            is_last: self.is_closing,
        }
    }

    /// How many tickets a server would have in hand: what it will send until they end, by the
    /// last minute, and one. At its start nothing is known of that, and one that sent nothing
    /// does not read.
    fn ahead(&self, now: Instant) -> usize {
        let in_last_minute = self.under_way.len() + self.ended.len();
        if self.is_command || in_last_minute == 0 || now < self.started + RENEWAL {
            return 0;
        }
        (in_last_minute / PART + 1).min(self.limit / PART)
    }

    /// The ledger took what it was told, and answers.
    pub(super) fn answered(&mut self, told: &Account, told_at: Moment, answer: &Answer) {
        let now = Instant::now();
        self.tickets += answer.granted;
        self.renewed_at = Some(told_at);
        self.is_short = answer.granted < told.wanted;
        if self.new_hold == told.hold_until {
            self.new_hold = None;
        }
        self.others = answer.others.iter().map(|left| now + *left).collect();
        self.hold_until = (!answer.hold.is_zero()).then(|| now + answer.hold);
        self.is_failing = false;
        self.was_usable = true;
    }

    /// The ledger failed: it may know what it was told, or not.
    pub(super) fn failed(&mut self) {
        self.is_told = false;
        self.is_failing = true;
    }

    /// When the ledger is to be asked next, where it is.
    pub(super) fn due(&self, now: Moment) -> Option<Instant> {
        let after = |pause| self.asked_at.map_or(now.monotonic, |asked| asked + pause);
        if self.is_closed {
            return None;
        }
        let usable = self.usable(now);
        let is_waiting = self.waiting > usable;
        let is_urgent =
            self.is_closing || self.new_hold.is_some() || (self.is_command && !self.is_told);
        let is_server = !self.is_command && self.limit >= PART && self.asked_at.is_some();
        if self.is_failing && (is_urgent || is_waiting || is_server || !self.is_told) {
            Some(after(ASK_AGAIN))
        } else if is_urgent || (is_waiting && !self.is_short) {
            Some(now.monotonic)
        } else if is_waiting {
            Some(self.next_free(now).clamp(after(PAUSE), after(ASK_AGAIN)))
        } else if is_server || !self.is_told || usable > self.waiting {
            Some(after(RENEWAL))
        } else {
            None
        }
    }

    /// When the next request could pass: now with a ticket in hand, else by what counts.
    pub(super) fn next_free(&self, now: Moment) -> Instant {
        let held_until = self.held_until(now.monotonic).unwrap_or(now.monotonic);
        if self.usable(now) > 0 {
            return held_until;
        }
        let now = now.monotonic;
        let allowed = match self.is_command && self.limit > 2 {
            true => self.limit - 1,
            false => self.limit,
        };
        let mut counting: Vec<_> = self.count_until(now).collect();
        counting.sort_unstable();
        let over = counting.len().checked_sub(allowed);
        over.map_or(held_until, |over| counting[over].max(held_until))
    }

    #[cfg(test)]
    pub(super) fn in_hand(&self) -> usize {
        self.tickets
    }

    /// How many requests count, of all processes.
    pub(super) fn used(&self, now: Instant) -> usize {
        self.count_until(now).count()
    }

    /// Until when each request counts.
    fn count_until(&self, now: Instant) -> impl Iterator<Item = Instant> {
        let ended = self.ended.iter().map(|end| *end + WINDOW);
        let latest_end = move |sent: &Instant| (*sent + LONGEST_REQUEST).max(now) + WINDOW;
        let under_way = self.under_way.values().map(latest_end);
        let own = ended.chain(under_way);
        own.chain(self.others.iter().copied())
            .filter(move |until| *until > now)
    }
}
