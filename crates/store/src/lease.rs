//! The lease of the one server that reads CXone, of those that share a database, and what it
//! publishes to the others.
//!
//! All times are the database's: servers whose clocks differ agree on who holds the lease.

use std::time::Duration;

use sqlx::{AnyConnection, AssertSqlSafe, Row as _, raw_sql};

use crate::{Result, Store, ms, rows, state::put_state};

/// The shortest time from one holder that takes an offered lease to the next.
const OFFER_PAUSE_MS: i64 = 5 * 60 * 1_000;

/// The number of a lease. What an earlier holder publishes is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fence(i64);

/// Who holds the lease, or held it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its name; empty where there was none yet.
    pub name: String,
    /// Whether its time is not over.
    pub is_valid: bool,
    /// Whether it would have another one hold it, and one may.
    pub is_offered: bool,
    /// The version of what was published last; 0 is nothing.
    pub published: i64,
    /// The database's time, in milliseconds since 1970.
    pub now_ms: i64,
}

/// An answer as the holder of the lease serves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Which one.
    pub name: String,
    /// When the youngest of it was read, in milliseconds since the [origin](Store::origin_ms);
    /// `None` where nothing was.
    pub read_ms: Option<i64>,
    /// The answer's bytes.
    pub body: String,
}

impl Store {
    /// The database's time, in milliseconds since 1970.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn now_ms(&self) -> Result<i64> {
        let select = AssertSqlSafe(format!("SELECT {}", self.now_sql()));
        Ok(sqlx::query_scalar(select).fetch_one(&self.pool).await?)
    }

    /// The time from which all servers count, in the database's milliseconds since 1970: that
    /// of the first call, else `first`, where there is one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn origin_ms(&self, first: Option<i64>) -> Result<i64> {
        let insert = format!(
            "INSERT INTO state (name, value) VALUES ('origin', CAST(COALESCE($1, {}) AS TEXT)) \
             ON CONFLICT (name) DO NOTHING",
            self.now_sql()
        );
        sqlx::query(AssertSqlSafe(insert))
            .bind(first)
            .execute(&self.pool)
            .await?;
        let select = "SELECT CAST(value AS BIGINT) FROM state WHERE name = 'origin'";
        Ok(sqlx::query_scalar(select).fetch_one(&self.pool).await?)
    }

    /// Who holds the lease, and what a look needs beside it, in one round trip.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lease_holder(&self) -> Result<Holder> {
        let now = self.now_sql();
        let select = format!(
            "SELECT holder, CASE WHEN until_ms > {now} THEN 1 ELSE 0 END, \
             CASE WHEN is_offered = 1 AND offer_taken_ms + {OFFER_PAUSE_MS} <= {now} THEN 1 ELSE 0 END, \
             published, {now} FROM lease"
        );
        let row = raw_sql(AssertSqlSafe(select)).fetch_one(&self.pool).await?;
        Ok(Holder {
            name: row.try_get(0)?,
            is_valid: row.try_get::<i32, _>(1)? == 1,
            is_offered: row.try_get::<i32, _>(2)? == 1,
            published: row.try_get(3)?,
            now_ms: row.try_get(4)?,
        })
    }

    /// Takes the lease for so long, where nobody holds it.
    ///
    /// # Errors
    /// When the database does not answer: it may be taken all the same.
    pub async fn take_lease(&self, holder: &str, lasts: Duration) -> Result<Option<Fence>> {
        let now = self.now_sql();
        let update = format!(
            "UPDATE lease SET holder = $1, fence = fence + 1, until_ms = {now} + $2, is_offered = 0 \
             WHERE until_ms <= {now} RETURNING fence"
        );
        self.take(&update, holder, lasts).await
    }

    /// Takes the lease for so long from one that offers it: once in five minutes, since it may be
    /// CXone that fails.
    ///
    /// # Errors
    /// When the database does not answer: it may be taken all the same.
    pub async fn take_offered_lease(&self, holder: &str, lasts: Duration) -> Result<Option<Fence>> {
        let now = self.now_sql();
        let update = format!(
            "UPDATE lease SET holder = $1, fence = fence + 1, until_ms = {now} + $2, is_offered = 0, \
             offer_taken_ms = {now} WHERE is_offered = 1 AND offer_taken_ms + {OFFER_PAUSE_MS} <= {now} \
             RETURNING fence"
        );
        self.take(&update, holder, lasts).await
    }

    async fn take(&self, update: &str, holder: &str, lasts: Duration) -> Result<Option<Fence>> {
        let update = sqlx::query_scalar(AssertSqlSafe(update)).bind(holder);
        let fence = update.bind(ms(lasts)).fetch_optional(&self.pool).await?;
        Ok(fence.map(Fence))
    }

    /// Holds the lease for so long from now, and offers it to others or not. Whether it is still
    /// this one's.
    ///
    /// # Errors
    /// When the database does not answer: it may be renewed all the same.
    pub async fn renew_lease(
        &self,
        fence: Fence,
        lasts: Duration,
        is_offered: bool,
    ) -> Result<bool> {
        let update = format!(
            "UPDATE lease SET until_ms = {} + $1, is_offered = $2 WHERE fence = $3",
            self.now_sql()
        );
        let update = sqlx::query(AssertSqlSafe(update)).bind(ms(lasts));
        let updated = update
            .bind(i32::from(is_offered))
            .bind(fence.0)
            .execute(&self.pool)
            .await?;
        Ok(updated.rows_affected() == 1)
    }

    /// Whether the lease is still this one's. In PostgreSQL nobody takes it before the transaction
    /// ends.
    pub(crate) async fn is_held(
        &self,
        connection: &mut AnyConnection,
        fence: Fence,
    ) -> Result<bool> {
        let lock = if self.is_sqlite() { "" } else { " FOR SHARE" };
        let select = format!("SELECT fence FROM lease WHERE fence = $1{lock}");
        let select = sqlx::query(AssertSqlSafe(select)).bind(fence.0);
        Ok(select.fetch_optional(connection).await?.is_some())
    }

    /// Ends the lease, so that another can take it at once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_lease(&self, fence: Fence) -> Result<()> {
        let update = "UPDATE lease SET until_ms = 0 WHERE fence = $1";
        sqlx::query(update)
            .bind(fence.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Publishes answers, and keeps texts by their names, all or nothing. Whether the lease is
    /// still this one's; where it is not, nothing changes.
    ///
    /// # Errors
    /// When the database does not take it; then nothing changes.
    pub async fn publish(
        &self,
        fence: Fence,
        answers: &[Publication],
        state: &[(String, String)],
    ) -> Result<bool> {
        // Its row is locked until all is written: no other holder comes in between.
        let count =
            "UPDATE lease SET published = published + 1 WHERE fence = $1 RETURNING published";
        let first = "INSERT INTO published (name, version, read_ms, body)";
        let second = "ON CONFLICT (name) DO UPDATE SET version = excluded.version, \
                      read_ms = excluded.read_ms, body = excluded.body";
        if self.is_sqlite() {
            let mut transaction = self.begin().await?;
            let count = sqlx::query_scalar(count).bind(fence.0);
            let version: Option<i64> = count.fetch_optional(&mut *transaction).await?;
            let Some(version) = version else {
                return Ok(false);
            };
            for answer in answers {
                let sql = AssertSqlSafe(format!("{first} VALUES ($1, {version}, $2, $3) {second}"));
                let upsert = sqlx::query(sql).bind(&answer.name);
                let upsert = upsert.bind(answer.read_ms).bind(&answer.body);
                upsert.execute(&mut *transaction).await?;
            }
            put_state(&mut transaction, state).await?;
            transaction.commit().await?;
            return Ok(true);
        }
        // One round trip: a renewal of the lease waits for its row, and each takes long where
        // the database is far away.
        let mut sql = format!("WITH held AS ({count})");
        let mut place = 2;
        if !answers.is_empty() {
            let values = rows(place, answers.len(), 3);
            place += answers.len() * 3;
            sql += &format!(
                ", published_now AS ({first} SELECT given.name, held.published, given.read_ms, given.body \
                 FROM held, (VALUES {values}) AS given (name, read_ms, body) {second})"
            );
        }
        if !state.is_empty() {
            let values = rows(place, state.len(), 2);
            sql += &format!(
                ", kept_now AS (INSERT INTO state (name, value) SELECT given.name, given.value \
                 FROM held, (VALUES {values}) AS given (name, value) \
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value)"
            );
        }
        sql += " SELECT published FROM held";
        let mut query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(fence.0);
        for answer in answers {
            query = query.bind(&answer.name).bind(answer.read_ms);
            query = query.bind(&answer.body);
        }
        for (name, value) in state {
            query = query.bind(name).bind(value);
        }
        let version: Option<i64> = query.fetch_optional(&self.pool).await?;
        Ok(version.is_some())
    }

    /// What was published after this version, and the version now; 0 is before all. In one round
    /// trip.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn published_since(&self, version: i64) -> Result<(i64, Vec<Publication>)> {
        // Not prepared: each connection would take two the first time.
        let select = AssertSqlSafe(format!(
            "SELECT version, name, read_ms, body FROM published WHERE version > {version}"
        ));
        let rows = raw_sql(select);
        let (mut latest, mut answers) = (version, Vec::new());
        for row in rows.fetch_all(&self.pool).await? {
            latest = latest.max(row.try_get(0)?);
            answers.push(Publication {
                name: row.try_get(1)?,
                read_ms: row.try_get(2)?,
                body: row.try_get(3)?,
            });
        }
        Ok((latest, answers))
    }
}
