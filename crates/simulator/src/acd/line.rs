//! A skill's contacts: those that wait, those in progress, and what became of others.

use std::collections::VecDeque;

use super::counts::{Counts, History};
use crate::{random::Random, skill::Skill};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Contact {
    /// Its number in its skill, from 0 on.
    pub(crate) number: u64,
    pub(crate) came: i64,
}

/// What a skill is made of, but for its agents' states.
#[derive(Debug)]
pub(crate) struct Line {
    /// The contacts that wait, in the order in which they came.
    pub(crate) waiting: VecDeque<Contact>,
    /// Contacts that agents work on.
    pub(crate) in_progress: u64,
    pub(crate) agents: Vec<usize>,
    /// The agents of its own team, in the order in which they come to work.
    pub(crate) team: Vec<usize>,
    /// When its numbers last changed.
    pub(crate) changed: i64,
    /// Everything that has happened.
    pub(crate) total: Counts,
    /// The same by time.
    pub(crate) history: History,
    /// The chance of its arrivals.
    pub(crate) random: Random,
    threshold_ms: i64,
    window_ms: i64,
    /// When recent contacts were answered or abandoned, and whether in time.
    outcomes: VecDeque<(i64, bool)>,
}

impl Line {
    /// A skill in which nothing has happened.
    pub(crate) fn new(skill: &Skill, now: i64) -> Self {
        let window_minutes = if skill.is_deferred() { 8 * 60 } else { 60 };
        Self {
            waiting: VecDeque::new(),
            in_progress: 0,
            agents: Vec::new(),
            team: Vec::new(),
            changed: now,
            total: Counts::default(),
            history: History::new(now),
            random: Random::new(&[skill.key(), 7]),
            threshold_ms: skill.goal().seconds as i64 * 1_000,
            window_ms: window_minutes * 60_000,
            outcomes: VecDeque::new(),
        }
    }

    pub(crate) fn count(&mut self, now: i64, counts: Counts) {
        self.total += counts;
        *self.history.now(now) += counts;
        self.changed = now;
    }

    pub(crate) fn offer(&mut self, now: i64) -> Contact {
        let number = self.total.offered;
        let one = Counts {
            offered: 1,
            ..Counts::default()
        };
        self.count(now, one);
        Contact { number, came: now }
    }

    /// A contact that came then is answered.
    pub(crate) fn answer(&mut self, now: i64, contact: Contact) {
        self.in_progress += 1;
        let wait = now - contact.came;
        let in_time = wait <= self.threshold_ms;
        self.outcomes.push_back((now, in_time));
        self.count(
            now,
            Counts {
                answered: 1,
                answered_wait_ms: wait as u64,
                in_sla: in_time.into(),
                out_sla: (!in_time).into(),
                ..Counts::default()
            },
        );
    }

    /// A contact gives up, if it still waits.
    pub(crate) fn give_up(&mut self, now: i64, number: u64) {
        let place = self.waiting.iter().position(|one| one.number == number);
        let Some(contact) = place.and_then(|place| self.waiting.remove(place)) else {
            return;
        };
        // One that was not given the time to be answered in it says nothing.
        let is_late = now - contact.came > self.threshold_ms;
        if is_late {
            self.outcomes.push_back((now, false));
        }
        self.count(
            now,
            Counts {
                abandoned: 1,
                out_sla: is_late.into(),
                ..Counts::default()
            },
        );
    }

    /// How many recent contacts were answered in time, and how many were not.
    pub(crate) fn sample(&mut self, now: i64) -> (u64, u64) {
        while let Some((at, _)) = self.outcomes.front()
            && at + self.window_ms <= now
        {
            self.changed = self.changed.max(at + self.window_ms);
            self.outcomes.pop_front();
        }
        let in_time = self.outcomes.iter().filter(|(_, in_time)| *in_time).count();
        (in_time as u64, (self.outcomes.len() - in_time) as u64)
    }
}
