//! Small texts by name: what the server needs to go on after a restart.

use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{Result, Store};

impl Store {
    /// Keeps texts by their names, in one transaction.
    ///
    /// # Errors
    /// When the database does not take them; then none is kept.
    pub async fn write_state(&self, entries: &[(String, String)]) -> Result<()> {
        let mut transaction = self.begin().await?;
        put_state(&mut transaction, entries).await?;
        Ok(transaction.commit().await?)
    }

    /// The text of this name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn state(&self, name: &str) -> Result<Option<String>> {
        let select = sqlx::query_scalar("SELECT value FROM state WHERE name = $1").bind(name);
        Ok(select.fetch_optional(&self.pool).await?)
    }

    /// The text of this name, which becomes `value` where there is none: the same for all who ask.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn state_or(&self, name: &str, value: &str) -> Result<String> {
        let mut transaction = self.begin().await?;
        keep_text(&mut transaction, name, value).await?;
        let select = sqlx::query_scalar("SELECT value FROM state WHERE name = $1").bind(name);
        let kept = select.fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(kept)
    }

    /// Replaces the text of this name by what `change` makes of it (`None` where there is none
    /// yet), in one transaction beside no other of that name; where it returns `None` the text
    /// stays. `change` also gets the time, in milliseconds since 1970: the database's where
    /// several machines share one, else this machine's. It is called at most once.
    ///
    /// # Errors
    /// When the database does not take it. After a lost connection, or where this is dropped
    /// before it ends, the text may be replaced or not.
    pub async fn update_state(
        &self,
        name: &str,
        mut change: impl FnMut(Option<&str>, i64) -> Option<String>,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        let mut select = "SELECT value FROM state WHERE name = $1";
        let mut is_new = false;
        if !self.is_sqlite() {
            // A row that does not exist cannot be locked. Nobody sees it empty.
            is_new = keep_text(&mut transaction, name, "").await?;
            select = "SELECT value FROM state WHERE name = $1 FOR UPDATE";
        }
        let found: Option<String> = sqlx::query_scalar(select)
            .bind(name)
            .fetch_optional(&mut *transaction)
            .await?;
        let now_ms = if self.is_sqlite() {
            machine_ms()
        } else {
            // A separate statement: the one before may read the clock before it has the lock.
            let now = AssertSqlSafe(format!("SELECT {}", self.now_sql()));
            sqlx::query_scalar(now).fetch_one(&mut *transaction).await?
        };
        let found = found.filter(|_| !is_new);
        let Some(new) = change(found.as_deref(), now_ms) else {
            return Ok(transaction.rollback().await?);
        };
        put_state(&mut transaction, &[(name.to_owned(), new)]).await?;
        Ok(transaction.commit().await?)
    }
}

fn machine_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

pub(crate) async fn put_state(
    connection: &mut AnyConnection,
    entries: &[(String, String)],
) -> Result<()> {
    for (name, value) in entries {
        let upsert = "INSERT INTO state (name, value) VALUES ($1, $2) \
                      ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        sqlx::query(upsert)
            .bind(name)
            .bind(value)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Keeps a text, where there is none of this name; whether there was none.
pub(crate) async fn keep_text(
    connection: &mut AnyConnection,
    name: &str,
    value: &str,
) -> Result<bool> {
    let insert = "INSERT INTO state (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let insert = sqlx::query(insert).bind(name).bind(value);
    Ok(insert.execute(connection).await?.rows_affected() > 0)
}
