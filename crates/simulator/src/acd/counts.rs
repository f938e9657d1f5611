//! What happened in a skill, counted by quarters of an hour.

use std::{collections::VecDeque, ops::AddAssign};

/// Contacts of a skill over some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Contacts that came.
    pub offered: u64,
    /// Contacts that an agent has talked with to the end.
    pub handled: u64,
    /// Contacts that gave up waiting.
    pub abandoned: u64,
    /// Contacts answered within the skill's threshold.
    pub in_sla: u64,
    /// Contacts answered later, and those given up later.
    pub out_sla: u64,
    /// The waits of all answered contacts together, in milliseconds.
    pub answered_wait_ms: u64,
    /// Contacts answered.
    pub answered: u64,
    /// The talk times of all handled contacts together, in milliseconds.
    pub talk_ms: u64,
    /// The after-call work of all handled contacts together, in milliseconds, counted
    /// when it begins.
    pub wrap_ms: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.offered += other.offered;
        self.handled += other.handled;
        self.abandoned += other.abandoned;
        self.in_sla += other.in_sla;
        self.out_sla += other.out_sla;
        self.answered_wait_ms += other.answered_wait_ms;
        self.answered += other.answered;
        self.talk_ms += other.talk_ms;
        self.wrap_ms += other.wrap_ms;
    }
}

/// What was counted in the quarter of an hour that begins then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// When it begins, in seconds after the midnight before the start; negative on the
    /// days before.
    pub starts_at: i64,
    /// What happened in it.
    pub counts: Counts,
}

const QUARTER_MS: i64 = 15 * 60_000;
/// Eight days: today, and the same weekday a week ago.
const KEPT: usize = 8 * 96;

/// The latest intervals of a skill.
#[derive(Debug)]
pub(crate) struct History {
    /// Which quarter of an hour the first is.
    first: i64,
    quarters: VecDeque<Counts>,
}

impl History {
    /// A history that begins now.
    pub(crate) fn new(now: i64) -> Self {
        Self {
            first: now.div_euclid(QUARTER_MS),
            quarters: VecDeque::new(),
        }
    }

    /// The counts of the quarter of an hour that is now.
    pub(crate) fn now(&mut self, now: i64) -> &mut Counts {
        let quarter = now.div_euclid(QUARTER_MS);
        while self.first + self.quarters.len() as i64 <= quarter {
            self.quarters.push_back(Counts::default());
        }
        while self.quarters.len() > KEPT {
            self.quarters.pop_front();
            self.first += 1;
        }
        let index = (quarter - self.first) as usize;
        &mut self.quarters[index]
    }

    /// What is kept, oldest first.
    pub(crate) fn intervals(&self) -> impl Iterator<Item = Interval> {
        let quarters = (self.first..).zip(&self.quarters);
        quarters.map(|(quarter, counts)| Interval {
            starts_at: quarter * QUARTER_MS / 1_000,
            counts: *counts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_keeps_eight_days_of_quarters() {
        let mut history = History::new(-QUARTER_MS);
        history.now(-1).offered += 1;
        history.now(0).offered += 2;
        let found: Vec<_> = history
            .intervals()
            .map(|interval| (interval.starts_at, interval.counts.offered))
            .collect();
        assert_eq!(found, [(-900, 1), (0, 2)]);
        history.now(9 * 86_400_000).offered += 3;
        assert_eq!(history.intervals().count(), KEPT);
        assert_eq!(history.intervals().last().unwrap().counts.offered, 3);
    }
}
