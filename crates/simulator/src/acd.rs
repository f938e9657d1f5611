//! An automatic call distributor, by discrete events: contacts come, wait, give up or
//! are answered; agents come to work, take contacts, have breaks and go home. Every
//! number of an answer is counted from this one state.
//!
//! It is moved on to the moment that is asked for, event by event, so that neither the
//! polling pattern nor the order of questions can change an answer. What one contact or
//! agent meets by chance depends on nothing but the seed and its own number.
//!
//! Times are milliseconds after the midnight before the start; the days before it are
//! negative.

mod agent;
mod contacts;
mod counts;
mod line;
mod metrics;
mod script;
mod shifts;

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

pub(crate) use agent::{Agent, Doing};
pub use counts::{Counts, Interval};
use line::Line;
pub(crate) use metrics::{Metrics, quarter_of};
use script::{Part, Scene};

use crate::{
    random::{hash, unit},
    skill::{Skill, Skills},
};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
pub(crate) const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Quarters of an hour in a day.
pub(crate) const QUARTERS_A_DAY: i64 = 96;

/// What happens next to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The next contact of a skill comes, or a quarter of an hour without one ends.
    Arrival { skill: usize, is_contact: bool },
    /// A contact gives up, if it still waits.
    GiveUp { skill: usize, contact: u64 },
    /// An agent's contact, or the work after it, is done.
    Done { agent: usize },
    /// Who works the next half hour in a skill is planned.
    Plan { skill: usize },
    /// An agent's plan begins or ends.
    Shift { agent: usize },
    /// An agent is to have a break.
    BreakDue { agent: usize, shift: u32 },
    /// An agent's break ends.
    BreakOver { agent: usize, shift: u32 },
    /// A queue gets a part in the script.
    SceneBegins { part: Part, origin: i64 },
    /// The latest scene of a part goes on, or ends.
    SceneGoesOn { part: Part },
}

/// Every skill's contacts and every agent, at one moment.
#[derive(Debug)]
pub(crate) struct Acd {
    skills: Arc<Skills>,
    lines: Vec<Line>,
    agents: Vec<Agent>,
    /// What is to happen, soonest first; what was put in first, where it is at once.
    events: BinaryHeap<Reverse<(i64, u64, Event)>>,
    scheduled: u64,
    /// The script's scenes: those that are on, and those that have ended lately.
    scenes: Vec<Scene>,
    now: i64,
}

impl Acd {
    /// The centre as it is at the midnight with which the first of so many days before
    /// the start begins.
    pub(crate) fn new(skills: Arc<Skills>, days_before: u16) -> Self {
        let now = -i64::from(days_before) * DAY_MS;
        let all = skills.all();
        let mut acd = Self {
            lines: all.iter().map(|skill| Line::new(skill, now)).collect(),
            agents: Vec::new(),
            events: BinaryHeap::new(),
            scheduled: 0,
            scenes: Vec::new(),
            now,
            skills: Arc::clone(&skills),
        };
        for (index, skill) in all.iter().enumerate() {
            acd.hire(index, skill);
            acd.schedule(now, Event::Plan { skill: index });
            acd.schedule_arrival(index);
        }
        acd
    }

    /// Moves on to a moment; one that has passed changes nothing.
    pub(crate) fn advance(&mut self, to: i64) {
        while let Some(Reverse((at, ..))) = self.events.peek()
            && *at <= to
            && let Some(Reverse((at, _, event))) = self.events.pop()
        {
            self.now = at;
            self.happen(event);
        }
        self.now = self.now.max(to);
    }

    fn schedule(&mut self, at: i64, event: Event) {
        self.scheduled += 1;
        let at = at.max(self.now);
        self.events.push(Reverse((at, self.scheduled, event)));
    }

    /// Gives a skill its team; some of it can do the work of another skill too.
    fn hire(&mut self, index: usize, skill: &Skill) {
        let all = self.skills.all();
        let others = all.iter().enumerate();
        let others = others.filter(|(_, other)| skill.may_share_with(other));
        let others: Vec<_> = others.map(|(other, _)| other).collect();
        for place in 0..skill.largest_team() {
            let chance = |salt| unit(hash(&[skill.key(), salt, place as u64]));
            let pick = others.get((chance(8) * others.len() as f64) as usize);
            let second = pick.copied().filter(|_| chance(9) < 0.25);
            let agent = Agent::new(skill.key(), place, index, second, self.now);
            for skill in &agent.skills {
                self.lines[*skill].agents.push(self.agents.len());
            }
            self.lines[index].team.push(self.agents.len());
            self.agents.push(agent);
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Arrival { skill, is_contact } => {
                if is_contact {
                    self.arrive(skill);
                }
                self.schedule_arrival(skill);
            }
            Event::GiveUp { skill, contact } => self.lines[skill].give_up(self.now, contact),
            Event::Done { agent } => self.finish(agent),
            Event::Plan { skill } => self.plan(skill),
            Event::Shift { agent } => self.change_shift(agent),
            Event::BreakDue { agent, shift } if self.agents[agent].shift == shift => {
                self.agents[agent].is_break_due = true;
                if self.agents[agent].doing == Doing::Available {
                    self.free(agent);
                }
            }
            Event::BreakOver { agent, shift }
                if self.agents[agent].shift == shift
                    && self.agents[agent].doing == Doing::Unavailable =>
            {
                self.free(agent);
            }
            Event::BreakDue { .. } | Event::BreakOver { .. } => {}
            Event::SceneBegins { part, origin } => self.begin_scene(part, origin),
            Event::SceneGoesOn { part } => self.go_on(part),
        }
    }

    fn turn(&mut self, agent: usize, doing: Doing) {
        self.agents[agent].turn_to(doing, self.now);
        for skill in &self.agents[agent].skills {
            self.lines[*skill].changed = self.now;
        }
    }
}

#[cfg(test)]
mod tests;
