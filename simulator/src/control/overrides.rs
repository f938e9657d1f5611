//! Fields of a queue's answer that are held still.

use serde_json::{Map, Value};

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

/// The fields of one queue's answer that are pinned; all live by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueOverride {
    /// `name`
    pub name: Field<String>,
    /// `agentsLoggedOn`
    pub logged_on: Field<u64>,
    /// `agentsAvailable`
    pub available: Field<u64>,
    /// `agentsBusy`
    pub busy: Field<u64>,
    /// `callsWaiting`
    pub waiting: Field<u64>,
    /// `averageWaitTime`, in milliseconds.
    pub average_wait_ms: Field<u64>,
    /// `serviceLevel`, in percent.
    pub service_level: Field<f64>,
}

impl QueueOverride {
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
