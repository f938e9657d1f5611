//! What is counted and measured in a skill.

use std::{collections::BTreeSet, ops::Range};

use super::{Acd, Agent, Counts, DAY_MS, Doing, Interval, MINUTE_MS, SECOND_MS};
use crate::{
    random::{hash, unit},
    skill::day_of,
};

/// One skill's metrics at one moment, all counted from the same state.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Metrics {
    /// Agents logged on in any state.
    pub(crate) logged_on: u64,
    /// Agents ready to take a call.
    pub(crate) available: u64,
    /// Agents on a contact, of this skill or another of theirs.
    pub(crate) working: u64,
    pub(crate) after_call_work: u64,
    /// Agents that are logged on and cannot be reached: on a break, in training.
    pub(crate) unavailable: u64,
    pub(crate) waiting: u64,
    /// Contacts of this skill that agents work on.
    pub(crate) in_progress: u64,
    /// Mean wait of the contacts waiting, in milliseconds; 0 when none does.
    pub(crate) average_wait_ms: u64,
    /// Wait of the contact that has waited longest, in milliseconds; 0 when none does.
    pub(crate) longest_wait_ms: u64,
    pub(crate) in_time: u64,
    /// Recent contacts that were answered or abandoned late.
    pub(crate) late: u64,
}

/// The quarter of an hour that contains a moment; 0 begins with the midnight before the start.
pub(crate) fn quarter_of(ms: i64) -> i64 {
    ms.div_euclid(15 * MINUTE_MS)
}

impl Metrics {
    /// Agents on a contact or in after-call work.
    pub(crate) fn busy(&self) -> u64 {
        self.working + self.after_call_work
    }

    /// Percent of contacts answered in time, with one decimal; 0 when there was none,
    /// as CXone has it.
    pub(crate) fn service_level(&self) -> f64 {
        let sample = self.in_time + self.late;
        let percent = self.in_time as f64 * 100.0 / sample.max(1) as f64;
        (percent * 10.0).round() / 10.0
    }
}

impl Acd {
    /// A skill's metrics now, of those contacts and agents that have one of the tags
    /// where any are given.
    pub(crate) fn metrics(&mut self, skill: usize, tags: &[String]) -> Metrics {
        let key = self.skills.all()[skill].key();
        let tags: BTreeSet<u64> = tags
            .iter()
            .map(|tag| hash(&tag.bytes().map(u64::from).collect::<Vec<_>>()))
            .collect();
        let has_tag = |kind: u64, number: u64| {
            let mut tags = tags.iter();
            tags.len() == 0 || tags.any(|tag| unit(hash(&[key, *tag, kind, number])) < 0.6)
        };
        let line = &mut self.lines[skill];
        let (in_time, late) = line.sample(self.now);
        let mut metrics = Metrics {
            in_time,
            late,
            in_progress: line.in_progress,
            ..Metrics::default()
        };
        for index in line
            .agents
            .iter()
            .filter(|index| has_tag(0, **index as u64))
        {
            match self.agents[*index].doing {
                Doing::LoggedOut => continue,
                Doing::Available => metrics.available += 1,
                Doing::Working { .. } => metrics.working += 1,
                Doing::AfterCallWork => metrics.after_call_work += 1,
                Doing::Unavailable => metrics.unavailable += 1,
            }
            metrics.logged_on += 1;
        }
        let waits = line.waiting.iter().filter(|one| has_tag(1, one.number));
        let waits = waits.map(|one| (self.now - one.came) as u64);
        let mut total = 0;
        for wait in waits {
            metrics.waiting += 1;
            metrics.longest_wait_ms = metrics.longest_wait_ms.max(wait);
            total += wait;
        }
        metrics.average_wait_ms = total / metrics.waiting.max(1);
        metrics
    }

    /// When a skill's metrics last changed, but for waits, which grow.
    pub(crate) fn changed(&self, skill: usize) -> i64 {
        self.lines[skill].changed
    }

    /// What happened in a skill since the midnight before now.
    pub(crate) fn today(&self, skill: usize) -> Counts {
        let midnight = quarter_of(day_of(self.now) * DAY_MS);
        self.between(skill, midnight..i64::MAX)
    }

    /// What happened in a skill in these quarters of an hour, as far as they are kept.
    pub(crate) fn between(&self, skill: usize, quarters: Range<i64>) -> Counts {
        let mut counts = Counts::default();
        for interval in self.lines[skill].history.intervals() {
            if quarters.contains(&quarter_of(interval.starts_at * SECOND_MS)) {
                counts += interval.counts;
            }
        }
        counts
    }

    /// Every agent, those logged out too.
    pub(crate) fn agents(&self) -> &[Agent] {
        &self.agents
    }

    /// What happened in a skill, by quarters of an hour, oldest first.
    pub(crate) fn intervals(&self, skill: usize) -> Vec<Interval> {
        self.lines[skill].history.intervals().collect()
    }
}
