//! What CXone answers besides live metrics: contacts counted over a time, and agents' states.

use std::{
    ops::Range,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Error, clock::Moment};

/// Reads what the dialect `realtime` has and `reporting-v2` has not.
///
/// Calls may overlap; requests pass the budget one by one, as those of
/// [`QueueSource`](crate::QueueSource).
#[async_trait]
pub trait ReportSource: Send + Sync {
    /// Counts the contacts of every skill over `window`, in one request
    /// (`GET /skills/summary`). Skills that the settings leave out are left out here too.
    ///
    /// # Errors
    /// As [`QueueSource::list_queues`](crate::QueueSource::list_queues); no skill is no error.
    async fn skill_summaries(
        &self,
        window: Range<SystemTime>,
    ) -> Result<Report<SkillSummary>, Error>;

    /// The service level of every skill over `window`, in one request for each 1,000 skills
    /// (`GET /skills/sla-summary`).
    ///
    /// # Errors
    /// As [`skill_summaries`](Self::skill_summaries).
    async fn service_levels(
        &self,
        window: Range<SystemTime>,
    ) -> Result<Report<ServiceLevelSummary>, Error>;

    /// The state of every agent who is logged on, in one request for each 1,000 agents
    /// (`GET /agents/states`). Their names are asked for only with `names`; without, no answer
    /// holds one.
    ///
    /// # Errors
    /// As [`skill_summaries`](Self::skill_summaries).
    async fn agent_states(&self, names: bool) -> Result<Report<AgentState>, Error>;
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Report<T> {
    /// Its entries, in CXone's order, each id once.
    pub entries: Vec<T>,
    /// When the oldest of it was asked for: the numbers are no younger.
    pub asked_at: Moment,
    /// How many requests it took.
    pub requests: usize,
}

/// One skill's contacts over a time (`skillSummaries`). What CXone left out, or wrote in a
/// form that cannot be read, is `None`, never 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkillSummary {
    /// The skill's id, as text (`skillId`).
    pub id: String,
    /// Contacts that came (`contactsOffered`).
    pub offered: Option<u64>,
    /// Contacts that were placed in the queue (`contactsQueued`).
    pub queued: Option<u64>,
    /// Contacts that an agent handled (`contactsHandled`).
    pub handled: Option<u64>,
    /// Contacts that gave up waiting (`abandonCount`).
    pub abandoned: Option<u64>,
    /// Mean wait of the contacts answered (`averageSpeedToAnswer`).
    pub average_speed_of_answer: Option<Duration>,
    /// Mean of talk, hold and after-call work of the contacts handled (`averageHandleTime`).
    pub average_handle: Option<Duration>,
    /// Mean talk time of the contacts handled (`averageTalkTime`).
    pub average_talk: Option<Duration>,
    /// Mean after-call work of the contacts handled (`averageWrapTime`).
    pub average_wrap: Option<Duration>,
}

/// One skill's service level over a time (`serviceLevelSummaries`). The percentage is left to
/// the reader: CXone gives one also where there was no contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLevelSummary {
    /// The skill's id, as text (`skillId`).
    pub id: String,
    /// Contacts answered in time (`contactsWithinSLA`).
    pub in_time: Option<u64>,
    /// Contacts that were not (`contactsOutOfSLA`, else `totalContacts` less those in time).
    pub late: Option<u64>,
}

/// What one agent does now (`agentStates`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentState {
    /// The agent's id, as text (`agentId`).
    pub id: String,
    /// The name, where it was asked for and is not blank (`firstName`, `lastName`).
    pub name: Option<AgentName>,
    /// The team's id and name (`teamId`, `teamName`).
    pub team: Option<(String, Option<String>)>,
    /// What the agent does.
    pub activity: Activity,
    /// The tenant's own word for why the agent is unavailable (`outStateDescription`).
    pub reason: Option<String>,
    /// How long already when it was answered, by CXone's clock (`lastPollTime` less
    /// `startDate`, at least 0).
    pub in_state: Option<Duration>,
    /// The skill of the contact in hand (`skillId`; 0 is none).
    pub skill: Option<String>,
}

/// An agent's name. Its `Debug` output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct AgentName {
    /// The first name, or a blank.
    pub first: String,
    /// The last name, or a blank.
    pub last: String,
}

impl std::fmt::Debug for AgentName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AgentName(…)")
    }
}

/// What an agent does (`agentStateId`, `agentStateName`, `isACW`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Ready for a contact.
    Available,
    /// On a contact: inbound, outbound, consulting or dialling.
    OnContact,
    /// In after-call work, whatever the state is called.
    AfterCallWork,
    /// Logged on and not available for contacts.
    Unavailable,
    /// A state that this client does not know, by CXone's name where it has one.
    Other(Option<String>),
}
