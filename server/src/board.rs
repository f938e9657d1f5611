//! What a board shows, as the configuration has it and the poller takes it.

use std::collections::BTreeMap;

use queuewall_shared::{
    agents::{AgentActivity, AgentsShown},
    level::Thresholds,
    snapshot::{Display, SimulatedClock},
};

use crate::hours::Hours;

/// One board. From `[[boards]]`, or the environment's one board `main`. The default
/// has no name yet, shows every queue, and judges by the wall's own thresholds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoardConfig {
    /// The board's name in addresses, `/board/{slug}`: 1 to 64 of `a-z`, `0-9` and
    /// `-`. `boards.slug`; `main` for the environment's board.
    pub slug: String,
    /// The heading. `boards.title`, default the slug; `QUEUEWALL_TITLE`.
    pub title: String,
    /// IANA time zone of the header's clock; `None` means the screen's own.
    /// `boards.timezone`; `QUEUEWALL_TIMEZONE`.
    pub timezone: Option<String>,
    /// IANA time zone in which the board's days begin where it has no `timezone`; `None` means
    /// UTC. `server.timezone`, else the machine's.
    pub day_zone: Option<String>,
    /// Skills that the metrics are limited to, sorted, each once; empty means no
    /// limit. `boards.skill_ids`, else `cxone.skill_ids`; `CXONE_SKILL_IDS`.
    pub skill_ids: Vec<String>,
    /// The queues in the order of the wall; empty means all of CXone's queue list.
    /// `boards.queues`; `TARGET_QUEUE_ID`.
    pub queues: Vec<QueueConfig>,
    /// Groups of these queues, in the order of the desk; a queue is in one at most.
    /// `boards.groups`.
    pub groups: Vec<GroupConfig>,
    /// Where levels begin, for queues without their own. `boards.levels` over
    /// `levels`; a service level that neither names has the upstream's goal, where there
    /// is one.
    pub levels: Thresholds,
    /// When its queues have levels, by the clocks of `timezone`; `None` means always.
    /// `boards.levels.hours` over `levels.hours`.
    pub hours: Option<Hours>,
    /// One line of text that every screen of the board shows. `boards.notice`.
    pub notice: Option<String>,
    /// How the board is shown unless the link says otherwise. `boards.theme`,
    /// `language`, `metres`, `inches`, `rotate_seconds`.
    pub display: Display,
    /// What it shows of agents; `None`: nothing, and CXone is not asked for them. `boards.agents`,
    /// `boards.agent_teams`, `boards.agent_limits`.
    pub agents: Option<AgentsConfig>,
    /// The clock of a simulated contact centre. The demo's.
    pub simulated_clock: Option<SimulatedClock>,
}

/// A group of a board's queues.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupConfig {
    /// Its name, which no other group of the board has. `boards.groups.name`.
    pub name: String,
    /// The ids of its queues, one at least, all of them on the board. `boards.groups.queues`.
    pub queues: Vec<String>,
    /// Where levels of the group itself begin, beside those of its queues: no metric has one
    /// that this does not name. `boards.groups.levels`.
    pub levels: Option<Thresholds>,
}

/// One queue of a board.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueConfig {
    /// CXone's id. An item of `boards.queues`, or its `id`; `TARGET_QUEUE_ID`.
    pub id: String,
    /// The name to show instead of CXone's. `boards.queues.name`.
    pub name: Option<String>,
    /// Where its levels begin, if not where its board's do. `boards.queues.levels`
    /// over the board's.
    pub levels: Option<Thresholds>,
    /// When it has levels, if not when its board's queues do. `boards.queues.levels.hours`.
    pub hours: Option<Hours>,
}

/// What a board shows of agents.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentsConfig {
    /// How each of them is called. `boards.agents`.
    pub shown: AgentsShown,
    /// The teams whose agents are shown, by CXone's id or name; empty means all of them.
    /// `boards.agent_teams`.
    pub teams: Vec<String>,
    /// How long agents may stay in a state. `boards.agent_limits` over `agent_limits`.
    pub limits: AgentLimits,
}

/// How long agents may stay in a state; by default there is no limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentLimits {
    /// By what the agent does. `unavailable_seconds`, `after_call_work_seconds`,
    /// `on_contact_seconds`.
    pub activities: BTreeMap<AgentActivity, AgentLimit>,
    /// By the tenant's word for why the agent is unavailable, in place of the limit of the
    /// state: cleaned, in lower case. `reason_seconds`.
    pub reasons: BTreeMap<String, AgentLimit>,
}

/// From when on a time in a state is a warning and critical, in milliseconds; `None` is never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgentLimit {
    /// `warning`.
    pub warning_ms: Option<u64>,
    /// `critical`.
    pub critical_ms: Option<u64>,
}

impl QueueConfig {
    /// A queue under CXone's name and its board's levels.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: None,
            levels: None,
            hours: None,
        }
    }
}
