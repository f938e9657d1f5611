//! How many agents do what, and how many are past a limit.

use std::time::Duration;

use queuewall_shared::agents::{ActivityCounts, AgentActivity, AgentsOver};
use queuewall_shared::format;

use super::{after_call, away, busy, free, level, minutes, wait, words};
use crate::numbers;

/// In the order in which they are said.
const SAID: [AgentActivity; 4] = [
    AgentActivity::Available,
    AgentActivity::OnContact,
    AgentActivity::AfterCallWork,
    AgentActivity::Unavailable,
];

/// "12 free · 30 busy · 5 wrap-up · 8 away"; dashes where it is not known.
#[must_use]
pub fn agents(now: Option<ActivityCounts>) -> String {
    let mut said = String::new();
    for activity in SAID {
        if !said.is_empty() {
            said += " · ";
        }
        match now {
            Some(now) => said += &numbers::count(now.of(activity)),
            None => said += format::UNKNOWN,
        }
        said += " ";
        said += does(activity);
    }
    said
}

/// "4 away over 30 min".
#[must_use]
pub fn agents_over(over: &AgentsOver) -> String {
    let does = over.reason.as_deref().unwrap_or(does(over.activity));
    let (agents, limit) = (numbers::count(over.agents), limit(over.limit_ms));
    words().agents_over.fill([&agents, does, &limit])
}

/// "Critical: 4 away over 30 min".
#[must_use]
pub fn agents_over_as(over: &AgentsOver) -> String {
    [level(over.level), words().colon, &agents_over(over)].concat()
}

/// How long a limit allows: in minutes where they are whole.
#[must_use]
pub fn limit(limit_ms: u64) -> String {
    match limit_ms % 60_000 {
        0 => minutes(limit_ms / 60_000),
        _ => wait(Duration::from_millis(limit_ms)),
    }
}

fn does(activity: AgentActivity) -> &'static str {
    match activity {
        AgentActivity::Available => free(),
        AgentActivity::AfterCallWork => after_call(),
        AgentActivity::OnContact => busy(),
        AgentActivity::Unavailable | AgentActivity::Other => away(),
    }
}
