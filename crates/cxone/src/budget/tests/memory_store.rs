//! A ledger's store in memory, for tests: a copy stands for another process.

use std::sync::{Arc, Mutex};

use crate::budget::{LedgerChange, LedgerError, LedgerStore, StoreError};

#[derive(Clone, Default)]
pub(crate) struct MemoryStore {
    pub(crate) bytes: Arc<Mutex<Option<Vec<u8>>>>,
    /// Fails every update, with a refusal where one is set.
    pub(crate) fails: bool,
    pub(crate) refusal: Option<&'static str>,
}

impl LedgerStore for MemoryStore {
    fn update(&self, change: LedgerChange<'_>) -> Result<(), StoreError> {
        if self.fails {
            return Err("no disk".into());
        }
        let mut bytes = self.bytes.lock().unwrap();
        if let Some(new) = change(bytes.as_deref()) {
            *bytes = Some(new);
        }
        Ok(())
    }

    fn refusal(&self, error: &LedgerError) -> Option<String> {
        (self.refusal).map(|refusal| format!("{refusal}: {error}"))
    }
}
