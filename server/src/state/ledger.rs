//! The ledger of the request budget, in the database.

use std::sync::Arc;

use async_trait::async_trait;
use cxone::budget::{LedgerChange, LedgerError, LedgerStore, StoreError};

use super::{StateDir, server_lock};
use crate::database::Database;

/// Its name among the texts of the database.
const NAME: &str = "budget";

/// The ledger in a database: that of the state folder, or one that servers share.
#[derive(Debug)]
pub struct StateLedger {
    database: Arc<Database>,
    dir: StateDir,
}

impl StateLedger {
    /// The ledger in this database, for a process with this state folder. Nothing is read yet.
    #[must_use]
    pub fn new(database: Arc<Database>, dir: StateDir) -> Self {
        Self { database, dir }
    }
}

#[async_trait]
impl LedgerStore for StateLedger {
    async fn update(&self, change: LedgerChange<'_>) -> Result<(), StoreError> {
        let store = self.database.open().await?;
        // In a file that replaced a damaged one nothing is known of the last minute.
        let unknown = self.database.is_replaced().then_some("");
        let change =
            |text: Option<&str>, now_ms: i64| change(text.or(unknown), now_ms.unsigned_abs());
        Ok(store.update_state(NAME, change).await?)
    }

    /// A command cannot go on beside a server with which it cannot share the budget.
    async fn refusal(&self, error: &LedgerError) -> Option<String> {
        if self.is_shared_by_machines() {
            return Some(format!(
                "nothing more is sent to CXone: a server may share the request budget in {}, and this command cannot \
                 ({error}): fix that and try again",
                self.name()
            ));
        }
        let server = server_lock::server_on(&self.dir)?;
        Some(format!(
            "nothing more is sent to CXone: {server} runs on the same state folder, and this command cannot share \
             its request budget ({error}): fix that and try again, or stop the server"
        ))
    }

    fn name(&self) -> String {
        self.database.location().to_string()
    }

    fn is_shared_by_machines(&self) -> bool {
        self.database.location().file().is_none()
    }
}

#[cfg(test)]
mod tests;
