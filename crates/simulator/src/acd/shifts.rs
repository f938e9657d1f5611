//! Agents' time: the plan of each half hour, breaks, and what an agent does next.

use super::{Acd, Doing, Event, MINUTE_MS};
use crate::{
    skill::{day_of, is_lunch},
    staff::Reason,
};

/// The plan is looked at so long before each half hour, so that agents can be early.
const PLANNED_AHEAD_MS: i64 = 8 * MINUTE_MS;

impl Acd {
    pub(super) fn plan(&mut self, index: usize) {
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

    pub(super) fn change_shift(&mut self, agent: usize) {
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

    /// An agent who has nothing in hand goes home, has a break, or takes the next
    /// contact.
    pub(super) fn free(&mut self, agent: usize) {
        let now = self.now;
        let is_over = !self.agents[agent].is_at_work && !self.is_needed_after_hours(agent);
        let one = &mut self.agents[agent];
        if is_over {
            one.shift += 1;
            one.is_break_due = false;
            return self.turn(agent, Doing::LoggedOut);
        }
        if now < one.away_until {
            one.reason = Some(Reason::Training);
            let (at, shift) = (one.away_until, one.shift);
            self.turn(agent, Doing::Unavailable);
            return self.schedule(at, Event::BreakOver { agent, shift });
        }
        let away_minutes = if one.is_break_due {
            one.is_break_due = false;
            let is_long = is_lunch(now) && one.lunched != Some(day_of(now));
            one.reason = Some(Reason::Break);
            if is_long {
                one.reason = Some(Reason::Lunch);
                one.lunched = Some(day_of(now));
            }
            Some(if is_long {
                30.0
            } else {
                one.random.between(8.0, 14.0)
            })
        } else if one.doing == Doing::AfterCallWork && one.random.unit() < 0.03 {
            one.reason = Some(Reason::Coaching);
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
}

fn minutes_ms(minutes: f64) -> i64 {
    (minutes * MINUTE_MS as f64) as i64
}
