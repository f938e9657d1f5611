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
