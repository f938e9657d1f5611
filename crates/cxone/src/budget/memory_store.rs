//! A ledger's store in memory, for tests: a copy stands for another process.

use std::sync::{Arc, Mutex};

use super::{LedgerChange, LedgerError, LedgerStore, StoreError};

#[derive(Clone, Default)]
pub(super) struct MemoryStore {
    pub(super) bytes: Arc<Mutex<Option<Vec<u8>>>>,
    /// Fails every update, with a refusal where one is set.
    pub(super) fails: bool,
    pub(super) refusal: Option<&'static str>,
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
