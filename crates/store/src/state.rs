//! Small texts by name: what the server needs to go on after a restart.

use sqlx::AnyConnection;

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
