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
mod counts;
mod line;
mod metrics;
mod random;

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
    sync::Arc,
};

use agent::{Agent, Doing};
pub use counts::{Counts, Interval};
use line::{Contact, Line};
pub(crate) use metrics::Metrics;
use random::Random;
pub(crate) use random::{hash, unit};

use crate::skill::{Skill, Skills, day_of, is_lunch};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const QUARTER_MS: i64 = 15 * MINUTE_MS;
/// The plan is looked at so long before each half hour, so that agents can be early.
const PLANNED_AHEAD_MS: i64 = 8 * MINUTE_MS;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

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
        let midnight = day_of(self.now) * DAY_MS / SECOND_MS;
        let mut today = Counts::default();
        for interval in self.lines[skill].history.intervals() {
            if interval.starts_at >= midnight {
                today += interval.counts;
            }
        }
        today
    }

    /// What happened in a skill, by quarters of an hour, oldest first.
    pub(crate) fn intervals(&self, skill: usize) -> Vec<Interval> {
        self.lines[skill].history.intervals().collect()
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
        }
    }

    fn schedule_arrival(&mut self, skill: usize) {
        let rate = self.skills.all()[skill].arrivals(self.now);
        let quarter_ends = (self.now.div_euclid(QUARTER_MS) + 1) * QUARTER_MS;
        // The time to the next arrival has no memory: where the rate changes it may be
        // drawn again.
        let next = if rate > 0.0 {
            let seconds = self.lines[skill].random.exponential(1.0 / rate);
            self.now.saturating_add((seconds * 1_000.0) as i64)
        } else {
            i64::MAX
        };
        let is_contact = next < quarter_ends;
        let at = next.min(quarter_ends);
        self.schedule(at, Event::Arrival { skill, is_contact });
    }

    fn arrive(&mut self, skill: usize) {
        let of = &self.skills.all()[skill];
        let agents = self.lines[skill].agents.iter().copied();
        let available = agents.filter(|agent| self.agents[*agent].doing == Doing::Available);
        // The team's own agents first, and of those who has been free longest.
        let agent = available.min_by_key(|agent| {
            let one = &self.agents[*agent];
            (one.skills[0] != skill, one.since, *agent)
        });
        if agent.is_none() && of.is_outbound() {
            return;
        }
        let patience = of.patience_seconds();
        let key = of.key();
        let contact = self.lines[skill].offer(self.now);
        match agent {
            Some(agent) => self.take(agent, skill, contact),
            None => {
                self.lines[skill].waiting.push_back(contact);
                if let Some(mean) = patience {
                    let seconds = Random::new(&[key, 10, contact.number]).exponential(mean);
                    let at = self.now + 4 * SECOND_MS + (seconds * 1_000.0) as i64;
                    let contact = contact.number;
                    self.schedule(at, Event::GiveUp { skill, contact });
                }
            }
        }
    }

    fn take(&mut self, agent: usize, skill: usize, contact: Contact) {
        self.lines[skill].answer(self.now, contact);
        let talk_ms = self.talk_ms(skill, contact.number);
        let contact = contact.number;
        self.turn(agent, Doing::Working { skill, contact });
        self.schedule(self.now + talk_ms, Event::Done { agent });
    }

    fn finish(&mut self, agent: usize) {
        let Doing::Working { skill, contact } = self.agents[agent].doing else {
            return self.free(agent);
        };
        let wrap_ms = self.wrap_ms(skill, contact);
        let line = &mut self.lines[skill];
        line.in_progress -= 1;
        let talk_ms = self.now - self.agents[agent].since;
        line.count(
            self.now,
            Counts {
                handled: 1,
                talk_ms: talk_ms as u64,
                wrap_ms: wrap_ms as u64,
                ..Counts::default()
            },
        );
        self.turn(agent, Doing::AfterCallWork);
        self.schedule(self.now + wrap_ms, Event::Done { agent });
    }

    /// An agent who has nothing in hand goes home, has a break, or takes the next
    /// contact.
    fn free(&mut self, agent: usize) {
        let now = self.now;
        let is_over = !self.agents[agent].is_at_work && !self.is_needed_after_hours(agent);
        let one = &mut self.agents[agent];
        if is_over {
            one.shift += 1;
            one.is_break_due = false;
            return self.turn(agent, Doing::LoggedOut);
        }
        let away_minutes = if one.is_break_due {
            one.is_break_due = false;
            let is_long = is_lunch(now) && one.lunched != Some(day_of(now));
            if is_long {
                one.lunched = Some(day_of(now));
            }
            Some(if is_long {
                30.0
            } else {
                one.random.between(8.0, 14.0)
            })
        } else if one.doing == Doing::AfterCallWork && one.random.unit() < 0.03 {
            Some(one.random.between(1.0, 4.0))
        } else {
            None
        };
        if let Some(minutes) = away_minutes {
            let shift = one.shift;
            self.turn(agent, Doing::Unavailable);
            self.schedule(now + minutes_ms(minutes), Event::BreakOver { agent, shift });
            if minutes > 5.0 {
                self.schedule_break(agent, minutes + 80.0, minutes + 120.0);
            }
            return;
        }
        match self.next_for(agent) {
            Some(skill) => {
                if let Some(contact) = self.lines[skill].waiting.pop_front() {
                    self.take(agent, skill, contact);
                }
            }
            None => self.turn(agent, Doing::Available),
        }
    }

    /// Whether calls still wait that came before the lines were closed.
    fn is_needed_after_hours(&self, agent: usize) -> bool {
        let skills = self.skills.all();
        self.next_for(agent).is_some_and(|next| {
            skills[next].urgency() == 0 && skills[self.agents[agent].skills[0]].team(self.now) == 0
        })
    }

    /// The skill of the contact that an agent takes next: what is urgent, then the own
    /// team's, then what has waited longest.
    fn next_for(&self, agent: usize) -> Option<usize> {
        let skills = &self.agents[agent].skills;
        let waiting = skills.iter().filter_map(|skill| {
            let contact = self.lines[*skill].waiting.front()?;
            let urgency = self.skills.all()[*skill].urgency();
            Some((urgency, *skill != skills[0], contact.came, *skill))
        });
        waiting.min().map(|(.., skill)| skill)
    }

    fn turn(&mut self, agent: usize, doing: Doing) {
        self.agents[agent].turn_to(doing, self.now);
        for skill in &self.agents[agent].skills {
            self.lines[*skill].changed = self.now;
        }
    }

    fn plan(&mut self, index: usize) {
        const HALF_HOUR_MS: i64 = 30 * MINUTE_MS;
        let skill = &self.skills.all()[index];
        let from = (self.now + PLANNED_AHEAD_MS).div_euclid(HALF_HOUR_MS) * HALF_HOUR_MS;
        let wanted = skill.team(from + HALF_HOUR_MS / 2);
        let mut shifts = Vec::new();
        for (place, agent) in self.lines[index].team.iter().enumerate() {
            let is_planned = place < wanted && !skill.is_absent(place, day_of(from));
            let one = &mut self.agents[*agent];
            if one.is_planned != is_planned {
                one.is_planned = is_planned;
                let minutes = if is_planned { (-6.0, 0.0) } else { (0.0, 6.0) };
                let minutes = one.random.between(minutes.0, minutes.1);
                shifts.push((from + minutes_ms(minutes), *agent));
            }
        }
        for (at, agent) in shifts {
            self.schedule(at, Event::Shift { agent });
        }
        let next = from + HALF_HOUR_MS - PLANNED_AHEAD_MS;
        self.schedule(next, Event::Plan { skill: index });
    }

    fn change_shift(&mut self, agent: usize) {
        let one = &mut self.agents[agent];
        one.is_at_work = one.is_planned;
        match (one.is_at_work, one.doing) {
            (true, Doing::LoggedOut) => {
                self.schedule_break(agent, 30.0, 120.0);
                self.free(agent);
            }
            (false, Doing::Available | Doing::Unavailable) => self.free(agent),
            // Who is on a contact finishes it first.
            _ => {}
        }
    }

    fn schedule_break(&mut self, agent: usize, from: f64, until: f64) {
        let one = &mut self.agents[agent];
        let (minutes, shift) = (one.random.between(from, until), one.shift);
        let at = self.now + minutes_ms(minutes);
        self.schedule(at, Event::BreakDue { agent, shift });
    }

    fn talk_ms(&self, skill: usize, contact: u64) -> i64 {
        let skill = &self.skills.all()[skill];
        let mut random = Random::new(&[skill.key(), 11, contact]);
        at_least_a_second(random.log_normal(skill.talk_seconds()))
    }

    fn wrap_ms(&self, skill: usize, contact: u64) -> i64 {
        let skill = &self.skills.all()[skill];
        let mut random = Random::new(&[skill.key(), 12, contact]);
        at_least_a_second(random.exponential(skill.wrap_seconds()))
    }
}

fn at_least_a_second(seconds: f64) -> i64 {
    ((seconds * 1_000.0) as i64).max(SECOND_MS)
}

fn minutes_ms(minutes: f64) -> i64 {
    (minutes * MINUTE_MS as f64) as i64
}

#[cfg(test)]
mod tests;
