//! A transaction that gives no connection back in the middle of one.

use std::ops::{Deref, DerefMut};

use sqlx::{Any, AnyConnection, Executor as _, pool::PoolConnection};

use crate::{Result, database::Store};

/// A transaction of a pool's connection. Where it fails, or is dropped before it ends, its
/// connection is closed: SQLite may have rolled it back already, PostgreSQL may begin it only
/// then, and what came after would run within it.
pub(crate) struct Transaction {
    /// Until it has ended.
    connection: Option<PoolConnection<Any>>,
}

impl Transaction {
    pub(crate) async fn commit(self) -> Result<()> {
        self.end("COMMIT").await
    }

    pub(crate) async fn rollback(self) -> Result<()> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, statement: &'static str) -> Result<()> {
        self.execute(statement).await?;
        drop(self.connection.take());
        Ok(())
    }
}

impl Store {
    /// A transaction that will write.
    pub(crate) async fn begin(&self) -> Result<Transaction> {
        self.check_writable()?;
        let connection = Some(self.pool.acquire().await?);
        let mut transaction = Transaction { connection };
        transaction.execute(self.begin_statement()).await?;
        Ok(transaction)
    }
}

impl Deref for Transaction {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        self.connection.as_ref().expect("it has not ended")
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        self.connection.as_mut().expect("it has not ended")
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // One that is detached is not given back, and closed.
        drop(self.connection.take().map(PoolConnection::detach));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Location;

    /// As SQLite does on a full disk.
    #[tokio::test]
    async fn transaction_that_sqlite_rolled_back_is_not_in_the_way_of_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(Location::File(folder.path().join("queuewall.db")));
        let store = store.await.unwrap();
        for _ in 0..8 {
            let mut transaction = store.begin().await.unwrap();
            transaction.execute("ROLLBACK").await.unwrap();
            assert!(transaction.commit().await.is_err());
        }
        let entry = [("name".to_owned(), "kept".to_owned())];
        store.write_state(&entry).await.unwrap();
    }
}
