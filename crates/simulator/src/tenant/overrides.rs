//! Fields of a queue's answer that are held still.

use serde_json::{Map, Value};

use crate::clock::utc;

/// What one field of a queue's answer is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Field<T> {
    /// What the simulated day says.
    #[default]
    Live,
    /// This value.
    Value(T),
    /// JSON `null`.
    Null,
    /// Left out of the answer.
    Absent,
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// The fields of one queue's answer that are pinned; all live by default. Each names
/// its field in `reporting-v2`, then in `realtime`; what only one of them has, the
/// other leaves alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueOverride {
    /// `name`, `skillName`
    pub name: Field<String>,
    /// `agentsLoggedOn`, `agentsLoggedIn`
    pub logged_on: Field<u64>,
    /// `agentsAvailable` in both.
    pub available: Field<u64>,
    /// `agentsBusy`, which counts after-call work; `agentsWorking`, which does not.
    pub busy: Field<u64>,
    /// `realtime` only: `agentsACW`
    pub after_call_work: Field<u64>,
    /// `realtime` only: `agentsUnavailable`
    pub unavailable: Field<u64>,
    /// `callsWaiting`; `queueCount` and `skillQueueCount`
    pub waiting: Field<u64>,
    /// `reporting-v2` only: `averageWaitTime`, in milliseconds.
    pub average_wait_ms: Field<u64>,
    /// `realtime` only: so many milliseconds lie between `earliestQueueTime` and
    /// `serverTime`.
    pub longest_wait_ms: Field<u64>,
    /// `serviceLevel` in both, in percent.
    pub service_level: Field<f64>,
    /// `realtime` only: `serviceLevelGoal`, in percent.
    pub service_level_goal: Field<u64>,
    /// `realtime` only: `serviceLevelThreshold`, in seconds.
    pub service_level_threshold_seconds: Field<u64>,
    /// `realtime` only: `inSLA`, in contacts.
    pub in_sla: Field<u64>,
    /// `realtime` only: `outSLA`, in contacts.
    pub out_sla: Field<u64>,
}

impl QueueOverride {
    /// So many calls wait; the rest is live.
    #[must_use]
    pub fn waiting(calls: u64) -> Self {
        Self {
            waiting: Field::Value(calls),
            ..Self::default()
        }
    }

    /// Changes a skill's activity to what is pinned; `queue_time_ms` is now by the clock of
    /// `earliestQueueTime`.
    pub(crate) fn apply_to_activity(&self, activity: &mut Map<String, Value>, queue_time_ms: i64) {
        let earliest = match &self.longest_wait_ms {
            Field::Live => Field::Live,
            Field::Value(wait_ms) => {
                Field::Value(utc(queue_time_ms.saturating_sub_unsigned(*wait_ms)))
            }
            Field::Null => Field::Null,
            Field::Absent => Field::Absent,
        };
        pin(activity, "skillName", &self.name);
        pin(activity, "agentsLoggedIn", &self.logged_on);
        pin(activity, "agentsAvailable", &self.available);
        pin(activity, "agentsWorking", &self.busy);
        pin(activity, "agentsACW", &self.after_call_work);
        pin(activity, "agentsUnavailable", &self.unavailable);
        pin(activity, "queueCount", &self.waiting);
        pin(activity, "skillQueueCount", &self.waiting);
        pin(activity, "earliestQueueTime", &earliest);
        pin(activity, "serviceLevel", &self.service_level);
        pin(activity, "serviceLevelGoal", &self.service_level_goal);
        pin(
            activity,
            "serviceLevelThreshold",
            &self.service_level_threshold_seconds,
        );
        pin(activity, "inSLA", &self.in_sla);
        pin(activity, "outSLA", &self.out_sla);
    }

    /// Changes a queue's answer to what is pinned.
    pub(crate) fn apply(&self, answer: &mut Map<String, Value>) {
        pin(answer, "name", &self.name);
        pin(answer, "agentsLoggedOn", &self.logged_on);
        pin(answer, "agentsAvailable", &self.available);
        pin(answer, "agentsBusy", &self.busy);
        pin(answer, "callsWaiting", &self.waiting);
        pin(answer, "averageWaitTime", &self.average_wait_ms);
        pin(answer, "serviceLevel", &self.service_level);
    }
}

fn pin<T: Clone + Into<Value>>(answer: &mut Map<String, Value>, key: &str, field: &Field<T>) {
    match field {
        Field::Live => {}
        Field::Value(value) => {
            answer.insert(key.to_owned(), value.clone().into());
        }
        Field::Null => {
            answer.insert(key.to_owned(), Value::Null);
        }
        Field::Absent => {
            answer.remove(key);
        }
    }
}
