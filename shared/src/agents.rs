//! What agents do now: their counts, which are part of a board's snapshot, and the list that
//! `GET /api/boards/{slug}/agents` answers, which is the only place where a person may be named.
//!
//! An agent is on a board by team, not by queue: CXone does not say who serves which queue.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{cause::Cause, freshness::Freshness, snapshot::Level};

/// What a board says of each agent: `agents` in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentsShown {
    /// The full name.
    Names,
    /// The initials.
    Initials,
    /// Nothing: agents are counted.
    Counts,
}

impl AgentsShown {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Names, Self::Initials, Self::Counts];

    /// Its name in the configuration and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Initials => "initials",
            Self::Counts => "counts",
        }
    }
}

/// What an agent who is logged on does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentActivity {
    /// Ready for a contact.
    Available,
    /// In after-call work.
    AfterCallWork,
    /// On a contact: inbound, outbound, consulting or dialling.
    OnContact,
    /// Logged on and not available for contacts.
    Unavailable,
    /// A state that the server does not know.
    Other,
}

impl AgentActivity {
    /// All of them, in the order of a list.
    pub const ALL: [Self; 5] = [
        Self::Available,
        Self::AfterCallWork,
        Self::OnContact,
        Self::Unavailable,
        Self::Other,
    ];

    /// Its name in JSON and class names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::AfterCallWork => "after_call_work",
            Self::OnContact => "on_contact",
            Self::Unavailable => "unavailable",
            Self::Other => "other",
        }
    }
}

/// How many agents of a board do what. Nobody is named, and no single agent is told apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentCounts {
    /// What the board's list of agents holds; with [`AgentsShown::Counts`] there is none.
    pub kind: AgentsShown,
    /// How many do what; `None` while it was never read.
    pub now: Option<ActivityCounts>,
    /// Those who are past a limit, each agent once, the worst first, then the most.
    pub over: Vec<AgentsOver>,
    /// The worst of [`over`](Self::over); none where nothing is judged, or the counts are stale.
    pub level: Level,
    /// How many milliseconds older the counts may be than the board's latest successful read, in
    /// whole [`interval_ms`](Self::interval_ms), so that they stay the same while time passes;
    /// `None` while they were never read.
    pub lag_ms: Option<u64>,
    /// Within how many milliseconds agents are read again, as in force now.
    pub interval_ms: u64,
    /// One plain English sentence on why the counts are missing or grow old.
    pub cause: Option<String>,
    /// The same for machines, and for walls in other languages. Codes may be added.
    #[serde(default, deserialize_with = "crate::cause::known")]
    pub cause_code: Option<Cause>,
}

impl AgentCounts {
    /// How far the counts may be trusted where the board's latest successful read is
    /// `latest_age` old; `None` while they were never read.
    #[must_use]
    pub fn freshness(&self, latest_age: Duration) -> Option<Freshness> {
        let age = latest_age.saturating_add(Duration::from_millis(self.lag_ms?));
        let interval = Duration::from_millis(self.interval_ms);
        Some(Freshness::of(age, interval))
    }
}

/// Agents who are logged on, each counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityCounts {
    /// Ready for a contact.
    pub available: u64,
    /// In after-call work.
    pub after_call_work: u64,
    /// On a contact.
    pub on_contact: u64,
    /// Logged on and not available for contacts.
    pub unavailable: u64,
    /// In a state that the server does not know.
    pub other: u64,
}

impl ActivityCounts {
    /// How many do this.
    #[must_use]
    pub fn of(&self, activity: AgentActivity) -> u64 {
        match activity {
            AgentActivity::Available => self.available,
            AgentActivity::AfterCallWork => self.after_call_work,
            AgentActivity::OnContact => self.on_contact,
            AgentActivity::Unavailable => self.unavailable,
            AgentActivity::Other => self.other,
        }
    }

    /// Counts one more.
    pub fn add(&mut self, activity: AgentActivity) {
        *match activity {
            AgentActivity::Available => &mut self.available,
            AgentActivity::AfterCallWork => &mut self.after_call_work,
            AgentActivity::OnContact => &mut self.on_contact,
            AgentActivity::Unavailable => &mut self.unavailable,
            AgentActivity::Other => &mut self.other,
        } += 1;
    }

    /// How many are logged on.
    #[must_use]
    pub fn logged_on(&self) -> u64 {
        let all = AgentActivity::ALL.map(|activity| self.of(activity));
        all.into_iter().fold(0, u64::saturating_add)
    }
}

/// How many agents are past one limit: "4 away over 30 min".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentsOver {
    /// What they do.
    pub activity: AgentActivity,
    /// The tenant's word for why they are unavailable, where the limit is that word's ("Lunch").
    pub reason: Option<String>,
    /// Warning or critical.
    pub level: Level,
    /// For how long they may, in milliseconds.
    pub limit_ms: u64,
    /// How many are past it.
    pub agents: u64,
}

/// What `GET /api/boards/{slug}/agents` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentList {
    /// The counts, as the board's snapshot has them.
    pub counts: AgentCounts,
    /// When they were read, in milliseconds of uptime; `None` while they never were.
    pub read_ms: Option<u64>,
    /// The agents who are logged on: past a limit first, then by activity, the longest in it
    /// first. `None` where they are not shown, for the reason beside it.
    pub agents: Option<Vec<AgentEntry>>,
    /// One plain English sentence on why `agents` is `None`, and what to do.
    pub agents_cause: Option<String>,
    /// The same for machines. Codes may be added: one that is not known is `None`.
    #[serde(default, deserialize_with = "known")]
    pub agents_cause_code: Option<NoAgents>,
}

/// Why a board's agents are only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAgents {
    /// The board says `counts`.
    CountsOnly,
    /// Everyone who reaches the address may see the board: `access.mode = "open"`, or no mode.
    OpenAccess,
    /// They were not read yet.
    NotRead,
}

impl NoAgents {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::CountsOnly, Self::OpenAccess, Self::NotRead];

    /// Its name in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CountsOnly => "counts_only",
            Self::OpenAccess => "open_access",
            Self::NotRead => "not_read",
        }
    }

    /// One plain sentence, in English.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::CountsOnly => "This board counts agents and names none",
            Self::OpenAccess => {
                "Agents are named only to signed-in users or to links made with --agents: set the access \
                 mode to proxy or links"
            }
            Self::NotRead => "Agents have not been read yet",
        }
    }
}

/// Reads a code that may be a younger server's, and is then as good as none.
fn known<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<NoAgents>, D::Error> {
    let code = Option::<String>::deserialize(from)?;
    let of = |code: String| NoAgents::ALL.into_iter().find(|it| it.code() == code);
    Ok(code.and_then(of))
}

/// One agent who is logged on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentEntry {
    /// Tells agents apart while the server runs; it is made up and says nothing of the person.
    pub key: String,
    /// The full name or the initials, by the board's [`AgentsShown`]; `None` where CXone has
    /// none.
    pub name: Option<PersonName>,
    /// What the agent does.
    pub activity: AgentActivity,
    /// The tenant's word for why the agent is unavailable, or CXone's name of an unknown state.
    pub state: Option<String>,
    /// Since when, in milliseconds of uptime, by CXone's clock; negative where it began before the
    /// server first started, `None` where CXone does not say.
    pub since_ms: Option<i64>,
    /// The team's name, else its id.
    pub team: Option<String>,
    /// The id of the board's queue whose contact the agent handles now.
    pub queue: Option<String>,
    /// How bad the time in this state is; none where it has no limit or is not known.
    pub level: Level,
    /// The limit that was passed, in milliseconds; `None` where none was.
    pub limit_ms: Option<u64>,
}

/// A person's name or initials. Its `Debug` output hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonName(pub String);

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    fn counts() -> AgentCounts {
        AgentCounts {
            kind: AgentsShown::Initials,
            now: Some(ActivityCounts {
                available: 3,
                unavailable: 2,
                ..ActivityCounts::default()
            }),
            over: vec![AgentsOver {
                activity: AgentActivity::Unavailable,
                reason: Some("Lunch".into()),
                level: Level::Warning,
                limit_ms: 2_700_000,
                agents: 1,
            }],
            level: Level::Warning,
            lag_ms: Some(60_000),
            interval_ms: 60_000,
            cause: None,
            cause_code: None,
        }
    }

    fn entry() -> AgentEntry {
        AgentEntry {
            key: "k1".into(),
            name: Some(PersonName("JS".into())),
            activity: AgentActivity::OnContact,
            state: None,
            since_ms: Some(-7),
            team: Some("Help Desk".into()),
            queue: Some("q1".into()),
            level: Level::Ok,
            limit_ms: None,
        }
    }

    #[test]
    fn public_field_names_of_agents_stay() {
        let list = AgentList {
            counts: counts(),
            read_ms: Some(9),
            agents: Some(vec![entry()]),
            agents_cause: None,
            agents_cause_code: None,
        };
        let written = to_value(&list).unwrap();
        let counts = json!({
            "kind": "initials",
            "now": {
                "available": 3, "after_call_work": 0, "on_contact": 0, "unavailable": 2, "other": 0
            },
            "over": [{
                "activity": "unavailable", "reason": "Lunch", "level": "warning",
                "limit_ms": 2_700_000, "agents": 1
            }],
            "level": "warning", "lag_ms": 60_000, "interval_ms": 60_000,
            "cause": null, "cause_code": null
        });
        assert_eq!(
            written,
            json!({
                "counts": counts, "read_ms": 9,
                "agents": [{
                    "key": "k1", "name": "JS", "activity": "on_contact", "state": null,
                    "since_ms": -7, "team": "Help Desk", "queue": "q1", "level": "ok",
                    "limit_ms": null
                }],
                "agents_cause": null, "agents_cause_code": null
            })
        );
        assert_eq!(serde_json::from_value::<AgentList>(written).unwrap(), list);
    }

    #[test]
    fn words_of_agents_are_those_of_json() {
        for shown in AgentsShown::ALL {
            assert_eq!(to_value(shown).unwrap(), shown.as_str());
        }
        for activity in AgentActivity::ALL {
            assert_eq!(to_value(activity).unwrap(), activity.as_str());
        }
        for cause in NoAgents::ALL {
            assert_eq!(to_value(cause).unwrap(), cause.code());
        }
    }

    #[test]
    fn debug_output_names_no_agent() {
        assert!(!format!("{:?}", entry()).contains("JS"));
    }

    #[test]
    fn each_agent_is_counted_by_activity_once() {
        let mut counts = ActivityCounts::default();
        for (times, activity) in AgentActivity::ALL.into_iter().enumerate() {
            (0..=times).for_each(|_| counts.add(activity));
        }
        let each = AgentActivity::ALL.map(|activity| counts.of(activity));
        assert_eq!((each, counts.logged_on()), ([1, 2, 3, 4, 5], 15));
    }

    #[test]
    fn counts_age_beside_the_live_numbers() {
        let mut counts = counts();
        let of = |counts: &AgentCounts, seconds| counts.freshness(Duration::from_secs(seconds));
        assert_eq!(of(&counts, 29), Some(Freshness::Fresh));
        assert_eq!(of(&counts, 60), Some(Freshness::Ageing));
        assert_eq!(of(&counts, 121), Some(Freshness::Stale));
        counts.lag_ms = None;
        assert_eq!(of(&counts, 0), None);
    }
}
