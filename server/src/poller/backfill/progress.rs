//! How far the back-fill has come, as the store has it.

use serde::{Deserialize, Serialize};

use crate::history::BACKFILL;

/// What the next start needs to go on, besides the hours that the store lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// How many hours are left.
    pub(crate) left: usize,
    /// When it ended by a failure, in milliseconds since 1970, and why.
    pub(crate) ended: Option<(u64, String)>,
}

impl Progress {
    /// Of a text in the store; `None` where another version wrote it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// As a text in the store, by its name.
    pub(crate) fn to_state(&self) -> Vec<(String, String)> {
        let text = serde_json::to_string(self);
        // Of plain values: it is always written.
        vec![(BACKFILL.to_owned(), text.unwrap_or_default())]
    }
}
