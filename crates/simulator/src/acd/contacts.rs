//! Contacts: how they come, who takes them, and how long they last.

use super::{Acd, Counts, Doing, Event, MINUTE_MS, SECOND_MS, line::Contact};
use crate::random::Random;

const QUARTER_MS: i64 = 15 * MINUTE_MS;

impl Acd {
    pub(super) fn schedule_arrival(&mut self, skill: usize) {
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

    pub(super) fn arrive(&mut self, skill: usize) {
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
                    let mean = mean * self.patience_times(skill);
                    let seconds = Random::new(&[key, 10, contact.number]).exponential(mean);
                    let at = self.now + 4 * SECOND_MS + (seconds * 1_000.0) as i64;
                    let contact = contact.number;
                    self.schedule(at, Event::GiveUp { skill, contact });
                }
            }
        }
    }

    pub(super) fn take(&mut self, agent: usize, skill: usize, contact: Contact) {
        self.lines[skill].answer(self.now, contact);
        let talk_ms = self.talk_ms(skill, contact.number);
        let contact = contact.number;
        self.turn(agent, Doing::Working { skill, contact });
        self.schedule(self.now + talk_ms, Event::Done { agent });
    }

    pub(super) fn finish(&mut self, agent: usize) {
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

    /// The skill of the contact that an agent takes next: what is urgent, then the own
    /// team's, then what has waited longest.
    pub(super) fn next_for(&self, agent: usize) -> Option<usize> {
        let skills = &self.agents[agent].skills;
        let waiting = skills.iter().filter_map(|skill| {
            let contact = self.lines[*skill].waiting.front()?;
            let urgency = self.skills.all()[*skill].urgency();
            Some((urgency, *skill != skills[0], contact.came, *skill))
        });
        waiting.min().map(|(.., skill)| skill)
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
