//! The board's snapshot as JSON: what `GET /api/boards/{slug}` answers.
//!
//! Other tools read it too, so the field names are a public contract: names may
//! be added, none may change. Anything unknown is `null`, never 0.

use serde::{Deserialize, Serialize};

/// Everything one board shows at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardSnapshot {
    /// Which board this is.
    pub board: Board,
    /// The server's build; a page that sees it change is older than its server.
    pub build: String,
    /// Milliseconds between two upstream reads of one queue, as in force now:
    /// the configured interval, stretched where the request budget asks for it.
    pub poll_interval_ms: u64,
    /// How the server gets on with CXone.
    pub upstream: Upstream,
    /// The queues in the board's configured order.
    pub queues: Vec<Queue>,
    /// Sums over the queues whose readings were not stale when this was made.
    pub totals: Totals,
}

/// A board's identity and settings that the page needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// The board's name in addresses: `/board/{slug}`.
    pub slug: String,
    /// The board's heading.
    pub title: String,
    /// IANA time zone for the header's clock (`Europe/Berlin`); `None` means the
    /// screen's own.
    #[serde(default)]
    pub timezone: Option<String>,
}

/// The server's dealings with CXone, in one word and one sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upstream {
    /// One word for machines.
    pub state: UpstreamState,
    /// One plain sentence for the wall, without secrets or internals.
    pub cause: Option<String>,
}

/// How much of the last round of reads succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpstreamState {
    /// Every batch was read.
    Ok,
    /// Some batch failed, and some were read within three intervals.
    Degraded,
    /// No batch was read for three intervals, or none ever.
    Down,
}

/// One queue's latest reading and what is known about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// CXone's id, always text here though CXone may send a number.
    pub id: String,
    /// The display name: configured, else CXone's, else the id.
    pub name: String,
    /// What kind of answer there is.
    pub state: QueueState,
    /// One plain sentence on why the numbers are missing or old.
    pub cause: Option<String>,
    /// How many milliseconds older this reading is than the board's latest
    /// successful read; `None` while the queue was never read.
    pub lag_ms: Option<u64>,
    /// Calls waiting now.
    pub waiting: Option<u64>,
    /// Mean wait of the calls waiting now, in milliseconds.
    pub average_wait_ms: Option<u64>,
    /// Wait of the call that waits longest, in milliseconds.
    pub longest_wait_ms: Option<u64>,
    /// Agents who serve this queue.
    pub agents: Agents,
    /// Calls answered in time.
    pub service_level: ServiceLevel,
}

impl Queue {
    /// Whether there are readings to show: the queue was read and CXone still
    /// lets us see it.
    #[must_use]
    pub fn has_reading(&self) -> bool {
        matches!(self.state, QueueState::Open | QueueState::Closed) && self.lag_ms.is_some()
    }
}

/// What kind of answer there is for a queue. Each looks different on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// Read, and at work.
    Open,
    /// Read: nobody logged on and nothing waiting.
    Closed,
    /// Never read, or CXone left it out of its answer.
    Unknown,
    /// CXone does not know this id, or does not show it to this tenant.
    NotFound,
    /// The API client may not read it.
    Forbidden,
}

/// Agents by state; counts, each unknown on its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agents {
    /// Logged on in any state.
    pub logged_on: Option<u64>,
    /// Ready to take a call.
    pub available: Option<u64>,
    /// On a call or in after-call work.
    pub busy: Option<u64>,
}

/// The share of calls answered within the queue's threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceLevel {
    /// Percent, 0 to 100.
    pub percent: Option<f64>,
}

/// Sums over the queues whose readings still count.
///
/// No agents (one agent serves several queues) and no service level (percentages
/// without their samples do not add up).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Calls waiting in all counted queues; `None` when none is known.
    pub waiting: Option<u64>,
    /// The longest wait of any counted queue, in milliseconds.
    pub longest_wait_ms: Option<u64>,
    /// Mean wait in milliseconds, each queue weighted by its calls waiting.
    pub average_wait_ms: Option<u64>,
    /// How many queues the sums are over.
    pub counted: usize,
    /// How many queues the board has.
    pub of: usize,
}

/// What `GET /api/boards` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardList {
    /// The boards in configured order.
    pub boards: Vec<Board>,
    /// The server's build, as in [`BoardSnapshot::build`].
    pub build: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_field_names_and_nulls_stay() {
        let queue = Queue {
            id: "q1".into(),
            name: "Sales".into(),
            state: QueueState::NotFound,
            cause: None,
            lag_ms: None,
            waiting: None,
            average_wait_ms: None,
            longest_wait_ms: None,
            agents: Agents::default(),
            service_level: ServiceLevel::default(),
        };
        let snapshot = BoardSnapshot {
            board: Board {
                slug: "main".into(),
                title: "Main".into(),
                timezone: None,
            },
            build: "b".into(),
            poll_interval_ms: 30_000,
            upstream: Upstream {
                state: UpstreamState::Degraded,
                cause: None,
            },
            queues: vec![queue],
            totals: Totals {
                of: 1,
                ..Totals::default()
            },
        };
        let json: serde_json::Value = serde_json::to_value(&snapshot).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "board": {"slug": "main", "title": "Main", "timezone": null},
                "build": "b",
                "poll_interval_ms": 30_000,
                "upstream": {"state": "degraded", "cause": null},
                "queues": [{
                    "id": "q1", "name": "Sales", "state": "not_found", "cause": null, "lag_ms": null,
                    "waiting": null, "average_wait_ms": null, "longest_wait_ms": null,
                    "agents": {"logged_on": null, "available": null, "busy": null},
                    "service_level": {"percent": null}
                }],
                "totals": {
                    "waiting": null, "longest_wait_ms": null, "average_wait_ms": null,
                    "counted": 0, "of": 1
                }
            })
        );
        assert_eq!(
            serde_json::from_value::<BoardSnapshot>(json).unwrap(),
            snapshot
        );
    }
}
