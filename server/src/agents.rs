//! The agents of a board as they were read last: for the counts in its snapshot, and for the
//! list of them. In memory only; nothing here is written to a store or a log.
//!
//! What was read is reduced at once to what the boards show: a board of counts keeps no name,
//! and one of initials nothing but these. The limits are applied whenever somebody asks, so that
//! a time in a state never contradicts its mark.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher as _, RandomState},
};

use cxone::{Activity, AgentName, AgentState};
use queuewall_shared::{
    agents::{ActivityCounts, AgentActivity, AgentEntry, AgentsOver, AgentsShown, PersonName},
    label::clean,
    snapshot::Level,
};

use crate::{
    board::{AgentLimit, AgentLimits, AgentsConfig},
    config::reason_key,
    mapping::millis,
};

/// A start that moves by less, in milliseconds, is that of before: answers take their time.
const JITTER_MS: u64 = 5_000;

/// One agent as it was read, with no more of the name than some board shows.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    /// Made of the id by a hash that is another after each start: the id itself is CXone's for
    /// this person.
    key: String,
    name: Option<PersonName>,
    initials: Option<PersonName>,
    activity: AgentActivity,
    state: Option<String>,
    since_ms: Option<i64>,
    team_id: Option<String>,
    team: Option<String>,
    skill: Option<String>,
}

/// What the boards need to know of a person: the most that any of them shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    #[default]
    Not,
    ByInitials,
    InFull,
}

impl Named {
    /// The most that these boards show; `None` where none shows agents.
    pub(crate) fn by<'b>(boards: impl Iterator<Item = &'b AgentsConfig>) -> Option<Self> {
        let of = |config: &AgentsConfig| match config.shown {
            AgentsShown::Counts => Self::Not,
            AgentsShown::Initials => Self::ByInitials,
            AgentsShown::Names => Self::InFull,
        };
        boards.map(of).max()
    }

    /// Whether CXone is asked for names.
    pub(crate) fn asks_for_names(self) -> bool {
        self > Self::Not
    }
}

/// Makes keys of agents.
#[derive(Debug, Default)]
pub(crate) struct Keys(RandomState);

/// Reduces an answer to what may be kept of it. `asked_ms` is when it was asked for; starts that
/// are those of `before` stay.
pub(crate) fn reduce(
    states: Vec<AgentState>,
    named: Named,
    asked_ms: u64,
    before: &[Agent],
    keys: &Keys,
) -> Vec<Agent> {
    let before: BTreeMap<&str, &Agent> = (before.iter())
        .map(|agent| (agent.key.as_str(), agent))
        .collect();
    let reduce = |state: AgentState| {
        let key = format!("{:016x}", keys.0.hash_one(&state.id));
        let name = state.name.as_ref();
        let (activity, other) = activity(state.activity);
        let reason = state.reason.as_deref().and_then(clean);
        let (team_id, team) = state.team.map_or((None, None), |(id, name)| {
            (Some(id), name.as_deref().and_then(clean))
        });
        let mut agent = Agent {
            name: name.filter(|_| named == Named::InFull).and_then(full),
            initials: (name.filter(|_| named.asks_for_names())).and_then(initials),
            activity,
            state: reason.or(other),
            since_ms: (state.in_state).map(|it| signed(asked_ms) - signed(millis(it))),
            team_id,
            team,
            skill: state.skill,
            key,
        };
        let known = before.get(agent.key.as_str());
        if let Some(known) = known.filter(|known| known.is_still(&agent)) {
            agent.since_ms = known.since_ms;
        }
        agent
    };
    states.into_iter().map(reduce).collect()
}

impl Agent {
    /// Forgets of the name what no board shows any more.
    pub(crate) fn forget_beyond(&mut self, named: Named) {
        self.name.take_if(|_| named < Named::InFull);
        self.initials.take_if(|_| named < Named::ByInitials);
    }

    /// Whether `now` is in the same state since the same moment, as far as can be told.
    fn is_still(&self, now: &Self) -> bool {
        let is_near = |(then, now): (i64, i64)| then.abs_diff(now) <= JITTER_MS;
        (self.activity, &self.state) == (now.activity, &now.state)
            && self.since_ms.zip(now.since_ms).is_some_and(is_near)
    }

    /// Whether the agent is of one of these teams.
    fn is_of(&self, teams: &[String]) -> bool {
        let is_it = |team: &String| {
            let names = [self.team_id.as_ref(), self.team.as_ref()];
            names.into_iter().flatten().any(|name| name == team)
        };
        teams.is_empty() || teams.iter().any(is_it)
    }
}

/// A time of a few years in milliseconds.
fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX / 4)
}

/// Our word, and CXone's name of a state that has none.
fn activity(activity: Activity) -> (AgentActivity, Option<String>) {
    match activity {
        Activity::Available => (AgentActivity::Available, None),
        Activity::AfterCallWork => (AgentActivity::AfterCallWork, None),
        Activity::OnContact => (AgentActivity::OnContact, None),
        Activity::Unavailable => (AgentActivity::Unavailable, None),
        Activity::Other(name) => (AgentActivity::Other, name.as_deref().and_then(clean)),
    }
}

fn full(name: &AgentName) -> Option<PersonName> {
    clean(&format!("{} {}", name.first, name.last)).map(PersonName)
}

/// The first letters of the first and of the last name.
fn initials(name: &AgentName) -> Option<PersonName> {
    let letter = |name: &String| name.chars().find(|it| it.is_alphanumeric());
    let letters = [&name.first, &name.last].into_iter().filter_map(letter);
    let letters: String = letters.flat_map(char::to_uppercase).collect();
    (!letters.is_empty()).then_some(PersonName(letters))
}

/// The agents of one board, by its settings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BoardAgents {
    shown: AgentsShown,
    agents: Vec<Shown>,
    /// When they were read, in milliseconds of uptime.
    pub(crate) read_ms: u64,
    /// After how many milliseconds they are stale.
    pub(crate) stale_after_ms: u64,
}

/// One of them, and its limit.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    entry: AgentEntry,
    limit: AgentLimit,
    /// Whether the limit is that of the tenant's word.
    is_by_reason: bool,
}

impl BoardAgents {
    /// What a board by `config` shows of `agents`. `is_shown` tells whether a queue is on it.
    pub(crate) fn of(
        config: &AgentsConfig,
        agents: &[Agent],
        is_shown: impl Fn(&str) -> bool,
        read_ms: u64,
        stale_after_ms: u64,
    ) -> Self {
        let agents = agents.iter().filter(|agent| agent.is_of(&config.teams));
        let shown = |agent: &Agent| {
            let (limit, is_by_reason) = limit_of(&config.limits, agent);
            let name = match config.shown {
                AgentsShown::Counts => None,
                AgentsShown::Initials => agent.initials.clone(),
                AgentsShown::Names => agent.name.clone(),
            };
            let entry = AgentEntry {
                key: agent.key.clone(),
                name,
                activity: agent.activity,
                state: agent.state.clone(),
                since_ms: agent.since_ms,
                team: agent.team.clone().or_else(|| agent.team_id.clone()),
                queue: agent.skill.clone().filter(|id| is_shown(id)),
                level: Level::None,
                limit_ms: None,
            };
            Shown {
                entry,
                limit,
                is_by_reason,
            }
        };
        Self {
            shown: config.shown,
            agents: agents.map(shown).collect(),
            read_ms,
            stale_after_ms,
        }
    }

    /// How many do what, those past a limit, and the worst level, at a time in milliseconds of
    /// uptime. What is stale has no level.
    pub(crate) fn counts(&self, now_ms: u64) -> (ActivityCounts, Vec<AgentsOver>, Level) {
        let mut counts = ActivityCounts::default();
        let mut over: BTreeMap<_, u64> = BTreeMap::new();
        let mut level = Level::None;
        for agent in &self.agents {
            let entry = &agent.entry;
            counts.add(entry.activity);
            let (judged, limit_ms) = self.judge(agent, now_ms);
            level = level.max(judged);
            if let Some(limit_ms) = limit_ms {
                let reason = entry.state.as_deref().filter(|_| agent.is_by_reason);
                *over
                    .entry((judged, entry.activity, reason, limit_ms))
                    .or_default() += 1;
            }
        }
        let over = over.into_iter();
        let mut over: Vec<_> = over
            .map(|((level, activity, reason, limit_ms), agents)| AgentsOver {
                activity,
                reason: reason.map(str::to_owned),
                level,
                limit_ms,
                agents,
            })
            .collect();
        over.sort_by_key(|over| Reverse((over.level, over.agents)));
        (counts, over, level)
    }

    /// Each agent at a time in milliseconds of uptime: past a limit first, then by activity, the
    /// longest in it first. `None` where agents are only counted.
    pub(crate) fn list(&self, now_ms: u64) -> Option<Vec<AgentEntry>> {
        if self.shown == AgentsShown::Counts {
            return None;
        }
        let entry = |agent: &Shown| {
            let (level, limit_ms) = self.judge(agent, now_ms);
            AgentEntry {
                level,
                limit_ms,
                ..agent.entry.clone()
            }
        };
        let mut list: Vec<_> = self.agents.iter().map(entry).collect();
        list.sort_by_cached_key(|entry| {
            let past = (entry.level > Level::Ok).then_some(entry.level);
            let since_ms = entry.since_ms.unwrap_or(i64::MAX);
            (Reverse(past), entry.activity, since_ms, entry.key.clone())
        });
        Some(list)
    }

    /// The level of the time in the state, and the limit that was passed.
    fn judge(&self, agent: &Shown, now_ms: u64) -> (Level, Option<u64>) {
        let AgentLimit {
            warning_ms,
            critical_ms,
        } = agent.limit;
        let is_stale = now_ms.saturating_sub(self.read_ms) > self.stale_after_ms;
        let Some(since_ms) = agent.entry.since_ms.filter(|_| !is_stale) else {
            return (Level::None, None);
        };
        // Whole seconds, as they are shown: 30:00 is not over 30:00.
        let in_state_ms = (signed(now_ms) - since_ms).max(0) / 1_000 * 1_000;
        let in_state_ms = in_state_ms.unsigned_abs();
        let is_past = |limit_ms: &u64| in_state_ms > *limit_ms;
        match (critical_ms.filter(is_past), warning_ms.filter(is_past)) {
            (Some(limit_ms), _) => (Level::Critical, Some(limit_ms)),
            (None, Some(limit_ms)) => (Level::Warning, Some(limit_ms)),
            (None, None) if agent.limit == AgentLimit::default() => (Level::None, None),
            (None, None) => (Level::Ok, None),
        }
    }
}

/// The limit of what an agent does, and whether it is that of the tenant's word.
fn limit_of(limits: &AgentLimits, agent: &Agent) -> (AgentLimit, bool) {
    let is_unavailable = agent.activity == AgentActivity::Unavailable;
    let reason = agent.state.as_deref().filter(|_| is_unavailable);
    if let Some(limit) = reason.and_then(|it| limits.reasons.get(&reason_key(it))) {
        return (*limit, true);
    }
    let limit = limits.activities.get(&agent.activity);
    (limit.copied().unwrap_or_default(), false)
}

/// The teams that boards name and no agent is of: a slip, or nobody of them is logged on.
pub(crate) fn missing_teams<'c>(
    boards: impl Iterator<Item = &'c AgentsConfig>,
    agents: &[Agent],
) -> BTreeSet<&'c str> {
    let teams = boards.flat_map(|config| &config.teams);
    let is_missing = |team: &&String| {
        !agents
            .iter()
            .any(|agent| agent.is_of(std::slice::from_ref(team)))
    };
    teams.filter(is_missing).map(String::as_str).collect()
}

#[cfg(test)]
mod tests;
