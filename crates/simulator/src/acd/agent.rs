//! Agents: which skills they have, and what they do.

use crate::{random::Random, staff::Reason};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// Not logged in.
    LoggedOut,
    /// Ready for the next contact.
    Available,
    /// On a contact, by its number, of a skill.
    Working {
        skill: usize,
        contact: u64,
    },
    AfterCallWork,
    /// On a break, in training, at the coffee machine.
    Unavailable,
}

#[derive(Debug)]
pub(crate) struct Agent {
    /// The skills that the agent has; the first is the agent's own team.
    pub(crate) skills: Vec<usize>,
    pub(crate) doing: Doing,
    pub(crate) since: i64,
    /// Why the agent was unavailable last.
    pub(crate) reason: Option<Reason>,
    /// Whether the plan of the next half hour has the agent at work.
    pub(crate) is_planned: bool,
    /// Whether the agent's time at work has begun, and not ended.
    pub(crate) is_at_work: bool,
    /// Which of the agent's times at work this is; events of an earlier one are void.
    pub(crate) shift: u32,
    /// A break that waits until the agent has no contact in hand.
    pub(crate) is_break_due: bool,
    /// Until when the agent is called away, once no contact is in hand.
    pub(crate) away_until: i64,
    /// The day of the agent's latest long break.
    pub(crate) lunched: Option<i64>,
    pub(crate) random: Random,
}

impl Agent {
    /// An agent who is not at work yet.
    pub(crate) fn new(key: u64, index: usize, own: usize, second: Option<usize>, now: i64) -> Self {
        Self {
            skills: std::iter::once(own).chain(second).collect(),
            doing: Doing::LoggedOut,
            since: now,
            reason: None,
            is_planned: false,
            is_at_work: false,
            shift: 0,
            is_break_due: false,
            away_until: i64::MIN,
            lunched: None,
            random: Random::new(&[key, 6, index as u64]),
        }
    }

    /// The agent begins to do something else.
    pub(crate) fn turn_to(&mut self, doing: Doing, now: i64) {
        self.doing = doing;
        self.since = now;
    }
}
