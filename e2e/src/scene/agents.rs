//! Made-up agents: some of each activity, and every tenth past a limit.

use queuewall_shared::agents::{
    ActivityCounts, AgentActivity, AgentCounts, AgentEntry, AgentList, AgentsOver, AgentsShown,
    PersonName,
};
use queuewall_shared::snapshot::{BoardSnapshot, Level};

use super::ago_ms;

const INTERVAL_MS: u64 = 30_000;
const FIRST: [&str; 12] = [
    "Ada", "Amir", "Bianca", "Carlos", "Elena", "Fatima", "Jonas", "Lucía", "Mei", "Olga", "Tomás",
    "Zoë",
];
const LAST: [&str; 13] = [
    "Abbott", "Becker", "Castro", "Dubois", "Fischer", "Garcia", "Ito", "Kowalski", "Nguyen",
    "O'Brien", "Rossi", "Schmidt", "Walker",
];
const TEAMS: [&str; 5] = [
    "Help Desk",
    "Sales",
    "Back Office",
    "Field Service",
    "Retention",
];
const REASONS: [&str; 4] = ["Lunch", "Break", "Training", "Coaching"];

/// Lets `board` count `count` agents, and lists them, read just now by a server that runs for
/// [`UPTIME`](super::UPTIME).
pub fn agents(board: &mut BoardSnapshot, kind: AgentsShown, count: usize) -> AgentList {
    let queues: Vec<&str> = board.queues.iter().map(|queue| &*queue.id).collect();
    let mut agents: Vec<AgentEntry> = (0..count).map(|nth| agent(kind, nth, &queues)).collect();
    agents.sort_by_key(|it| (std::cmp::Reverse(it.level), it.activity, it.since_ms));
    let mut now = ActivityCounts::default();
    agents.iter().for_each(|it| now.add(it.activity));
    let mut over: Vec<AgentsOver> = Vec::new();
    for agent in &agents {
        let Some(limit_ms) = agent.limit_ms else {
            continue;
        };
        let is_same =
            |it: &&mut AgentsOver| (it.activity, it.limit_ms) == (agent.activity, limit_ms);
        match over.iter_mut().find(is_same) {
            Some(over) => over.agents += 1,
            None => over.push(AgentsOver {
                activity: agent.activity,
                reason: None,
                level: agent.level,
                limit_ms,
                agents: 1,
            }),
        }
    }
    let counts = AgentCounts {
        kind,
        now: Some(now),
        level: over.first().map_or(Level::Ok, |over| over.level),
        over,
        lag_ms: Some(0),
        interval_ms: INTERVAL_MS,
        cause: None,
        cause_code: None,
    };
    board.agents = Some(counts.clone());
    AgentList {
        counts,
        read_ms: Some(ago_ms(0)),
        agents: Some(agents),
        agents_cause: None,
        agents_cause_code: None,
    }
}

fn agent(kind: AgentsShown, nth: usize, queues: &[&str]) -> AgentEntry {
    let names = (FIRST[nth % 12], LAST[nth * 5 % 13]);
    let name = match kind {
        AgentsShown::Names => [names.0, " ", names.1].concat(),
        _ => [names.0, names.1].map(|name| &name[..1]).concat(),
    };
    let activity = match nth % 10 {
        0..3 => AgentActivity::Available,
        3 => AgentActivity::AfterCallWork,
        4..8 => AgentActivity::OnContact,
        _ => AgentActivity::Unavailable,
    };
    let is_away = activity == AgentActivity::Unavailable;
    let (level, limit_ms, seconds) = match nth % 20 {
        9 => (Level::Critical, Some(1_800_000), 1_985 + 13 * nth as u64),
        3 => (Level::Warning, Some(120_000), 131 + nth as u64),
        _ => (Level::Ok, None, 11 + 37 * nth as u64 % 900),
    };
    AgentEntry {
        key: format!("a{nth}"),
        name: Some(PersonName(name)),
        activity,
        state: is_away.then(|| REASONS[nth % 4].into()),
        since_ms: i64::try_from(ago_ms(seconds)).ok(),
        team: Some(TEAMS[nth % 5].into()),
        queue: (activity == AgentActivity::OnContact && !queues.is_empty())
            .then(|| queues[nth % queues.len()].into()),
        level,
        limit_ms,
    }
}
