//! Small texts by name: what the server needs to go on after a restart.

use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use crate::{Result, Store, rows};

impl Store {
    /// Keeps texts by their names, in one transaction.
    ///
    /// # Errors
    /// When the database does not take them; then none is kept.
    pub async fn write_state(&self, entries: &[(String, String)]) -> Result<()> {
        let mut transaction = self.begin().await?;
        put_state(&mut transaction, entries).await?;
        transaction.commit().await
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
        let (found, now_ms) = if self.is_sqlite() {
            let select = "SELECT value FROM state WHERE name = $1";
            let select = sqlx::query_scalar(select).bind(name);
            (
                select.fetch_optional(&mut *transaction).await?,
                machine_ms(),
            )
        } else {
            // A row that does not exist cannot be locked, and is made: nobody else sees it empty.
            // What is returned is read once the lock is held, the clock too. All in one round
            // trip. A row that was not there has no earlier version.
            let lock = format!(
                "INSERT INTO state (name, value) VALUES ($1, '') \
                 ON CONFLICT (name) DO UPDATE SET value = state.value \
                 RETURNING value, CASE WHEN xmax = 0 THEN 1 ELSE 0 END, {}",
                self.now_sql()
            );
            let lock = sqlx::query(AssertSqlSafe(lock)).bind(name);
            let row = lock.fetch_one(&mut *transaction).await?;
            let is_new = row.try_get::<i32, _>(1)? == 1;
            let found: String = row.try_get(0)?;
            ((!is_new).then_some(found), row.try_get(2)?)
        };
        let Some(new) = change(found.as_deref(), now_ms) else {
            return transaction.rollback().await;
        };
        put_state(&mut transaction, &[(name.to_owned(), new)]).await?;
        transaction.commit().await
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
    if entries.is_empty() {
        return Ok(());
    }
    let upsert = format!(
        "INSERT INTO state (name, value) VALUES {} \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        rows(1, entries.len(), 2)
    );
    let mut upsert = sqlx::query(AssertSqlSafe(upsert));
    for (name, value) in entries {
        upsert = upsert.bind(name).bind(value);
    }
    upsert.execute(connection).await?;
    Ok(())
}

/// Keeps a text, where there is none of this name.
pub(crate) async fn keep_text(
    connection: &mut AnyConnection,
    name: &str,
    value: &str,
) -> Result<()> {
    let insert = "INSERT INTO state (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let insert = sqlx::query(insert).bind(name).bind(value);
    insert.execute(connection).await?;
    Ok(())
}
