//! How large the database is, and will be.

use sqlx::Row as _;

use crate::{Result, Store, retention::Retention};

/// Bytes of a kept minute, measured with SQLite.
const MINUTE_BYTES: u64 = 31;
/// Bytes of a kept quarter hour.
const QUARTER_HOUR_BYTES: u64 = 40;

/// What a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// The version of its schema.
    pub version: i64,
    /// Bytes in use.
    pub bytes: u64,
    /// How many queues it knows.
    pub queues: u64,
    /// How many links there are, ended ones too.
    pub links: u64,
    /// How many screens it remembers.
    pub screens: u64,
    /// How many hours were read later, since nothing had recorded them.
    pub backfilled_hours: u64,
    /// The first minute that is kept, since 1970.
    pub first_minute: Option<i64>,
    /// The last one.
    pub last_minute: Option<i64>,
}

impl Store {
    /// What it holds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn info(&self) -> Result<Info> {
        let size = if self.is_sqlite() {
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        } else {
            "SELECT pg_database_size(current_database())"
        };
        let bytes: i64 = sqlx::query_scalar(size).fetch_one(&self.pool).await?;
        let queues: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM queue")
            .fetch_one(&self.pool)
            .await?;
        let links: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM link")
            .fetch_one(&self.pool)
            .await?;
        let screens: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM screen")
            .fetch_one(&self.pool)
            .await?;
        let hours = "SELECT COUNT(DISTINCT at) FROM backfilled_hour";
        let hours: i64 = sqlx::query_scalar(hours).fetch_one(&self.pool).await?;
        // By the index of each queue: the table itself is large.
        let span = "SELECT MIN(first), MAX(last) FROM (SELECT (SELECT MIN(at) FROM minute WHERE queue = key) AS first, \
                    (SELECT MAX(at) FROM minute WHERE queue = key) AS last FROM queue) AS spans";
        let span = sqlx::query(span).fetch_one(&self.pool).await?;
        Ok(Info {
            version: self.version().await?,
            bytes: u64::try_from(bytes).unwrap_or_default(),
            queues: u64::try_from(queues).unwrap_or_default(),
            links: u64::try_from(links).unwrap_or_default(),
            screens: u64::try_from(screens).unwrap_or_default(),
            backfilled_hours: u64::try_from(hours).unwrap_or_default(),
            first_minute: span.try_get(0)?,
            last_minute: span.try_get(1)?,
        })
    }
}

/// How many bytes so many queues take once the retention's days have passed.
#[must_use]
pub fn expected_bytes(queues: u64, retention: Retention) -> u64 {
    let minutes = u64::from(retention.minute_days) * 1_440 * MINUTE_BYTES;
    let quarter_hours = u64::from(retention.quarter_hour_days) * 96 * QUARTER_HOUR_BYTES;
    queues * (minutes + quarter_hours)
}
