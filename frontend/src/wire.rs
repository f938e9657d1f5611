//! The server's JSON, parsed by the browser, for the reading that lies in
//! [`queuewall_shared::wire`]. The tests hold every name there against what the server
//! writes.

use js_sys::{Array, Reflect};
use queuewall_shared::{
    agents::AgentList,
    snapshot::{BoardList, BoardSnapshot, Queue},
    trend::Trends,
    wire::{self, Json},
};
use wasm_bindgen::{JsCast, JsValue};

use crate::components::board::may_be_desk;

/// Reads one snapshot after another. A queue of the same revision is not read again: most are,
/// and every value read costs a way from JavaScript and back.
#[derive(Default)]
pub struct Reader {
    /// The queues of the latest snapshot, by their place in it.
    latest: Vec<Queue>,
}

impl Reader {
    /// The snapshot in an answer's parsed body; `None` when it is none.
    pub fn snapshot(&mut self, body: JsValue) -> Option<BoardSnapshot> {
        let json = Parsed(body);
        let queues = self.queues(&json.get("queues"))?;
        wire::snapshot(&json, queues, may_be_desk())
    }

    fn queues(&mut self, json: &Parsed) -> Option<Vec<Queue>> {
        let mut latest = std::mem::take(&mut self.latest).into_iter();
        let items: &Array = json.0.dyn_ref()?;
        for item in items.iter().map(Parsed) {
            let revision = wire::revision(&item);
            let known = latest
                .next()
                .filter(|known| revision.is_some() && known.revision == revision);
            let queue = match known {
                Some(queue) => queue,
                None => wire::queue(&item)?,
            };
            self.latest.push(queue);
        }
        Some(self.latest.clone())
    }
}

/// The list of boards in an answer's parsed body; `None` when it is none.
#[must_use]
pub fn board_list(body: JsValue) -> Option<BoardList> {
    wire::board_list(&Parsed(body))
}

/// The agents in an answer's parsed body; `None` when they are none.
#[must_use]
pub fn agent_list(body: JsValue) -> Option<AgentList> {
    wire::agent_list(&Parsed(body))
}

/// The trends in an answer's parsed body; `None` when it is none.
#[must_use]
pub fn trends(body: JsValue) -> Option<Trends> {
    wire::trends(&Parsed(body))
}

/// A parsed value; `undefined` where there was none.
pub(crate) struct Parsed(pub(crate) JsValue);

impl Json for Parsed {
    fn get(&self, name: &str) -> Self {
        Self(Reflect::get(&self.0, &name.into()).unwrap_or(JsValue::UNDEFINED))
    }

    fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    fn float(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn flag(&self) -> Option<bool> {
        self.0.as_bool()
    }

    fn each<T>(&self, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        let items: &Array = self.0.dyn_ref()?;
        items.iter().map(|item| read(&Self(item))).collect()
    }
}
