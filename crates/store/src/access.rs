//! Links that open boards, and screens that wait to be let in. Neither is here with a token: only
//! with its hash.
//!
//! Every change of the links counts [`Store::links_version`] up, so that servers see cheaply
//! whether to read them again. When it returns, it is on the disk.

use sqlx::{Any, AnyConnection, Connection as _, Executor as _, Row as _, any::AnyRow};

use crate::{QueryError, Result, Store, state::keep_text};

/// A link. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its name for people.
    pub id: String,
    /// The slug of its board.
    pub board: String,
    /// What people call it.
    pub label: Option<String>,
    /// When it was made.
    pub created: i64,
    /// When it expires.
    pub expires: Option<i64>,
    /// When it was revoked.
    pub revoked: Option<i64>,
    /// Whether it may list its board's agents.
    pub agents: bool,
    /// Of its token, in hexadecimal.
    pub sha256: String,
}

/// A screen that waits to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingScreen {
    /// What it shows.
    pub code: String,
    /// Of its secret, in hexadecimal.
    pub sha256: String,
    /// When the code expires, in seconds since 1970.
    pub expires: i64,
    /// The address that asked for the code.
    pub peer: Option<String>,
}

/// The name in `state` of the count of the links' changes.
const VERSION: &str = "links_version";

const INSERT: &str = "INSERT INTO link (id, board, label, created, expires, revoked, sha256, agents) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

impl Store {
    /// The links, the first added first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn links(&self) -> Result<Vec<Link>> {
        links(&mut *self.pool.acquire().await?).await
    }

    /// A number that is another after each change of the links.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn links_version(&self) -> Result<Option<String>> {
        self.state(VERSION).await
    }

    /// Changes the links, one caller at a time among all programs: those that are added to the
    /// list, taken out of it, or of which `revoked` or `expires` is another. On the disk when it
    /// returns. What `change` refuses is not written.
    ///
    /// # Errors
    /// What `change` answers, or when the database does not take it; then nothing is changed.
    pub async fn change_links<T, E: From<QueryError>>(
        &self,
        change: impl FnOnce(&mut Vec<Link>) -> Result<T, E>,
    ) -> Result<T, E> {
        let failed = |error: sqlx::Error| E::from(QueryError::from(error));
        let mut connection = self.durable().await?;
        let begun = connection.begin_with(self.begin_statement()).await;
        let mut transaction = begun.map_err(failed)?;
        // First: in PostgreSQL the row's lock is what others wait for.
        count_change(&mut transaction).await?;
        let before = links(&mut transaction).await?;
        let mut after = before.clone();
        let done = change(&mut after)?;
        write_links(&mut transaction, &before, &after).await?;
        transaction.commit().await.map_err(failed)?;
        // It is written: how the connection ends does not matter.
        let _ = connection.close().await;
        Ok(done)
    }

    /// Takes links and texts over from elsewhere, in one transaction. A link that is there already
    /// stays, and is revoked where either says so; a text that is there already stays.
    ///
    /// # Errors
    /// When the database does not take them; then nothing is changed.
    pub async fn take_over(&self, new: &[Link], texts: &[(&str, &str)]) -> Result<()> {
        let mut connection = self.durable().await?;
        let mut transaction = connection.begin_with(self.begin_statement()).await?;
        count_change(&mut transaction).await?;
        for link in new {
            let sql = "INSERT INTO link (id, board, label, created, expires, revoked, sha256, agents) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                       ON CONFLICT (sha256) DO UPDATE SET revoked = COALESCE(link.revoked, excluded.revoked)";
            insert(sql, link).execute(&mut *transaction).await?;
        }
        for (name, value) in texts {
            keep_text(&mut transaction, name, value).await?;
        }
        transaction.commit().await?;
        let _ = connection.close().await;
        Ok(())
    }

    /// The waiting screens, expired ones too: the first that asked first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn waiting_screens(&self) -> Result<Vec<WaitingScreen>> {
        let select =
            "SELECT code, sha256, expires, peer FROM waiting_screen ORDER BY expires, sha256";
        let rows = sqlx::query(select).fetch_all(&self.pool).await?;
        let screen = |row: &AnyRow| {
            Ok(WaitingScreen {
                code: row.try_get(0)?,
                sha256: row.try_get(1)?,
                expires: row.try_get(2)?,
                peer: row.try_get(3)?,
            })
        };
        rows.iter().map(screen).collect()
    }

    /// Adds waiting screens, removes those with these hashes, and all that expired by `now`. One
    /// that is there already, or whose code is, is not added.
    ///
    /// # Errors
    /// When the database does not take it; then nothing is changed.
    pub async fn write_waiting_screens(
        &self,
        added: &[WaitingScreen],
        removed: &[String],
        now: i64,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        let delete = sqlx::query("DELETE FROM waiting_screen WHERE expires <= $1").bind(now);
        delete.execute(&mut *transaction).await?;
        for screen in added {
            let insert = "INSERT INTO waiting_screen (code, sha256, expires, peer) VALUES ($1, $2, $3, $4) \
                          ON CONFLICT DO NOTHING";
            let query = sqlx::query(insert).bind(&screen.code).bind(&screen.sha256);
            let query = query.bind(screen.expires).bind(&screen.peer);
            query.execute(&mut *transaction).await?;
        }
        for sha256 in removed {
            let delete = sqlx::query("DELETE FROM waiting_screen WHERE sha256 = $1").bind(sha256);
            delete.execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    /// A connection whose commits are on the disk when they return. It is not given back to the
    /// pool.
    async fn durable(&self) -> Result<AnyConnection> {
        self.check_writable()?;
        let mut connection = self.pool.acquire().await?.detach();
        if self.is_sqlite() {
            connection.execute("PRAGMA synchronous = FULL").await?;
        }
        Ok(connection)
    }
}

async fn links(connection: &mut AnyConnection) -> Result<Vec<Link>> {
    // All columns: a file of an older version that cannot be migrated lacks the last one. Another
    // server may add some, which a prepared statement would not survive.
    let select = sqlx::query("SELECT * FROM link ORDER BY key").persistent(false);
    let rows = select.fetch_all(connection).await?;
    let link = |row: &AnyRow| {
        Ok(Link {
            id: row.try_get("id")?,
            board: row.try_get("board")?,
            label: row.try_get("label")?,
            created: row.try_get("created")?,
            expires: row.try_get("expires")?,
            revoked: row.try_get("revoked")?,
            agents: matches!(row.try_get("agents"), Ok(1_i64)),
            sha256: row.try_get("sha256")?,
        })
    };
    rows.iter().map(link).collect()
}

/// Writes what differs.
async fn write_links(
    connection: &mut AnyConnection,
    before: &[Link],
    after: &[Link],
) -> Result<()> {
    for link in after {
        let known = before.iter().find(|it| it.sha256 == link.sha256);
        let query = match known {
            None => insert(INSERT, link),
            Some(known) if known == link => continue,
            Some(_) => sqlx::query("UPDATE link SET expires = $1, revoked = $2 WHERE sha256 = $3")
                .bind(link.expires)
                .bind(link.revoked)
                .bind(&link.sha256),
        };
        query.execute(&mut *connection).await?;
    }
    let is_gone = |link: &&Link| !after.iter().any(|it| it.sha256 == link.sha256);
    for link in before.iter().filter(is_gone) {
        let delete = sqlx::query("DELETE FROM link WHERE sha256 = $1").bind(&link.sha256);
        delete.execute(&mut *connection).await?;
    }
    Ok(())
}

fn insert<'q>(
    sql: &'static str,
    link: &'q Link,
) -> sqlx::query::Query<'q, Any, sqlx::any::AnyArguments> {
    let query = sqlx::query(sql)
        .bind(&link.id)
        .bind(&link.board)
        .bind(&link.label);
    let query = query
        .bind(link.created)
        .bind(link.expires)
        .bind(link.revoked);
    query.bind(&link.sha256).bind(i64::from(link.agents))
}

async fn count_change(connection: &mut AnyConnection) -> Result<()> {
    let count = "INSERT INTO state (name, value) VALUES ($1, '1') ON CONFLICT (name) \
                 DO UPDATE SET value = CAST(CAST(state.value AS BIGINT) + 1 AS TEXT)";
    let count = sqlx::query(count).bind(VERSION);
    count.execute(connection).await?;
    Ok(())
}
