//! What boards show of agents, and how long these may stay in a state.

use queuewall_shared::{
    agents::{AgentActivity, AgentsShown},
    label::clean,
};

use super::{
    AccessMode, AgentLimit, AgentLimits, AgentsConfig, BoardConfig,
    file::{OFF, Table},
    keys,
    problem::{Problem, Spanned},
    reader::Reader,
};

/// The states that may have a limit, and its key.
const LIMITED: [(AgentActivity, &str); 3] = [
    (AgentActivity::Unavailable, "unavailable_seconds"),
    (AgentActivity::AfterCallWork, "after_call_work_seconds"),
    (AgentActivity::OnContact, "on_contact_seconds"),
];

/// Reads a board's settings; `None` where it shows no agents.
pub(super) fn read(
    board: &Table,
    base: &AgentLimits,
    problems: &mut Vec<Problem>,
) -> Option<AgentsConfig> {
    let own = board.table(keys::AGENT_LIMITS);
    let limits = limits(base, own, problems);
    let teams = board.lists.get("agent_teams");
    let Some(found) = board.texts.get("agents") else {
        let places = [
            teams.map(|found| (&found.place, "boards.agent_teams")),
            own.map(|table| (&table.place, "boards.agent_limits")),
        ];
        problems.extend(places.into_iter().flatten().map(|(place, key)| {
            let what = "is set, and the board shows no agents";
            Problem::new(place, key, what, "add agents = \"counts\" to the board")
        }));
        return None;
    };
    let shown = found.parse(problems, |text| {
        let shown = AgentsShown::ALL.into_iter().find(|it| it.as_str() == text);
        shown.ok_or((
            "is none of the ways to show agents",
            "write names, initials or counts, or leave the key out to show no agents",
        ))
    })?;
    let teams = teams.iter().flat_map(|found| &found.value);
    Some(AgentsConfig {
        shown,
        teams: teams.filter_map(|found| team(found, problems)).collect(),
        limits,
    })
}

/// A team's id or name.
fn team(found: &Spanned<String>, problems: &mut Vec<Problem>) -> Option<String> {
    found.parse(problems, |text| {
        clean(text).ok_or((
            "is blank",
            "write a team's id or name as CXone has it, or leave agent_teams out for all teams",
        ))
    })
}

/// `base` with what the table, if there is one, changes of it.
pub(super) fn limits(
    base: &AgentLimits,
    table: Option<&Table>,
    problems: &mut Vec<Problem>,
) -> AgentLimits {
    let mut limits = base.clone();
    let Some(table) = table else {
        return limits;
    };
    for (activity, key) in LIMITED {
        if let Some(changes) = table.table(key) {
            let before = limits.activities.get(&activity).copied();
            let limit = over(before.unwrap_or_default(), changes, problems);
            limits.activities.insert(activity, limit);
        }
    }
    let reasons = table.table(keys::REASON_SECONDS);
    for (reason, tables) in reasons.iter().flat_map(|reasons| &reasons.tables) {
        for changes in tables {
            let reason = reason_key(reason);
            let before = limits.reasons.get(&reason).copied();
            let limit = over(before.unwrap_or_default(), changes, problems);
            limits.reasons.insert(reason, limit);
        }
    }
    limits
}

/// A reason as two that people write alike are the same.
pub(crate) fn reason_key(reason: &str) -> String {
    clean(reason).unwrap_or_default().to_lowercase()
}

/// `base` with what the table changes of it.
fn over(base: AgentLimit, changes: &Table, problems: &mut Vec<Problem>) -> AgentLimit {
    let mut limit = base;
    let before = problems.len();
    let parts = [
        ("warning", &mut limit.warning_ms),
        ("critical", &mut limit.critical_ms),
    ];
    for (key, part) in parts {
        if let Some(found) = changes.texts.get(key) {
            *part = match found.value.as_str() {
                OFF => None,
                _ => (found.number(problems, 1.0..=86_400.0, true, "seconds"))
                    .map(|seconds| seconds as u64 * 1_000),
            };
        }
    }
    if let (Some(warning), Some(critical)) = (limit.warning_ms, limit.critical_ms)
        && warning >= critical
        && problems.len() == before
    {
        let found = ["warning", "critical"].map(|key| changes.texts.get(key));
        problems.extend(found.into_iter().flatten().next().map(|found| {
            found.wrong(
                format_args!(
                    "makes warning {} and critical {} seconds",
                    warning / 1_000,
                    critical / 1_000
                ),
                "give a warning below critical, or false for one of the two",
            )
        }));
    }
    limit
}

/// Says what is asked of CXone for agents and who sees it, in words: for `check`.
pub(super) fn describe(
    reader: &mut Reader<'_>,
    boards: &[BoardConfig],
    mode: AccessMode,
    has_agents: bool,
) {
    for board in boards {
        let (slug, Some(agents)) = (&board.slug, &board.agents) else {
            continue;
        };
        if !has_agents {
            reader.warnings.push(format!(
                "board {slug:?}: no agents are shown, since the dialect reporting-v2 has none: set \
                 CXONE_DIALECT=realtime, or remove agents from the board"
            ));
            continue;
        }
        let teams = match agents.teams.is_empty() {
            true => "all teams".to_owned(),
            false => format!("the teams {}", agents.teams.join(", ")),
        };
        let what = match agents.shown {
            AgentsShown::Counts => "agents are counted, and their names are not asked for",
            AgentsShown::Initials => "agents are listed by initials (CXone is asked for names)",
            AgentsShown::Names => "agents are listed by name",
        };
        let who = match (agents.shown, mode) {
            (AgentsShown::Counts, _) => "",
            (_, AccessMode::Links) => ", to links made with --agents",
            (_, AccessMode::Proxy) => ", to users whom the proxy names",
            (_, AccessMode::Open | AccessMode::Loopback) => {
                reader.warnings.push(format!(
                    "board {slug:?}: agents = {:?} needs access.mode links or proxy: without, agents are only \
                     counted",
                    agents.shown.as_str()
                ));
                ", to nobody in this access mode"
            }
        };
        reader
            .notes
            .push(format!("board {slug:?}: {what}{who}; of {teams}"));
    }
}
