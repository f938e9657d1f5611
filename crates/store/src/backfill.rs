//! Hours that nothing recorded, as CXone counted them later. They are apart from minutes and
//! quarter hours, so that they never replace one.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Row as _};

use crate::{Result, Store, history::Queue, state::put_state};

/// So many queues tell which time was recorded: all that are read have the same gaps.
const TELLING_QUEUES: i64 = 32;

/// How many rows one statement inserts.
const ROWS_A_STATEMENT: usize = 1_000;

/// Since this version of the schema there are such hours.
const SINCE: i64 = 6;

const QUARTERS: i64 = 4;
const COUNTS: [&str; 6] = [
    "offered",
    "queued",
    "handled",
    "abandoned",
    "in_time",
    "late",
];

/// A queue's contacts in one hour; unknown is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    /// Contacts that came.
    pub offered: Option<u64>,
    /// Contacts that were placed in the queue.
    pub queued: Option<u64>,
    /// Contacts that an agent handled.
    pub handled: Option<u64>,
    /// Contacts that gave up waiting.
    pub abandoned: Option<u64>,
    /// Contacts answered in time.
    pub in_time: Option<u64>,
    /// Contacts that were not.
    pub late: Option<u64>,
}

impl Hour {
    /// The service level in percent; `None` of no contact, and where it is not known.
    #[must_use]
    pub fn service_level(&self) -> Option<f64> {
        let (in_time, late) = self.in_time.zip(self.late)?;
        let sample = in_time.checked_add(late).filter(|sample| *sample > 0)?;
        Some(in_time as f64 * 100.0 / sample as f64)
    }

    fn counts(&self) -> [Option<u64>; COUNTS.len()] {
        [
            self.offered,
            self.queued,
            self.handled,
            self.abandoned,
            self.in_time,
            self.late,
        ]
    }
}

impl Store {
    /// Keeps an hour (since 1970) of these queues, and texts by their names, in one transaction.
    /// One that is kept already stays as it is.
    ///
    /// # Errors
    /// When the database does not take it; then nothing of it is kept.
    pub async fn write_hour(
        &self,
        at: i64,
        rows: &[(Queue, Hour)],
        state: &[(String, String)],
    ) -> Result<()> {
        self.check_writable()?;
        let mut keyed = Vec::with_capacity(rows.len());
        for (queue, hour) in rows {
            keyed.push((self.key(queue).await?, hour));
        }
        let mut transaction = self.begin().await?;
        for rows in keyed.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "INSERT INTO backfilled_hour (queue, at, {}) VALUES {} ON CONFLICT DO NOTHING",
                COUNTS.join(", "),
                crate::rows(1, rows.len(), COUNTS.len() + 2)
            );
            let mut insert = sqlx::query(AssertSqlSafe(sql));
            for (key, hour) in rows {
                insert = insert.bind(*key).bind(at);
                for count in hour.counts() {
                    // What one column of PostgreSQL holds.
                    let most = i32::MAX.unsigned_abs().into();
                    insert = insert.bind(count.map(|it| it.min(most).cast_signed()));
                }
            }
            insert.execute(&mut *transaction).await?;
        }
        put_state(&mut transaction, state).await?;
        transaction.commit().await
    }

    /// The hours of a queue that were read later, from one hour (since 1970) and before another.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hours(&self, queue: &Queue, from: i64, to: i64) -> Result<Vec<(i64, Hour)>> {
        if !self.has_hours().await? {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT at, {} FROM backfilled_hour WHERE queue = (SELECT key FROM queue WHERE id = $1 AND skills = $2) \
             AND at >= $3 AND at < $4 ORDER BY at",
            COUNTS.join(", ")
        );
        let select = sqlx::query(AssertSqlSafe(sql))
            .bind(&queue.id)
            .bind(queue.skills.join(","));
        let rows = select.bind(from).bind(to).fetch_all(&self.pool).await?;
        let hour = |row: &sqlx::any::AnyRow| {
            let mut counts = [None; COUNTS.len()];
            for (place, count) in counts.iter_mut().enumerate() {
                let stored: Option<i64> = row.try_get(place + 1)?;
                *count = stored.map(|it| u64::try_from(it).unwrap_or_default());
            }
            let [offered, queued, handled, abandoned, in_time, late] = counts;
            let hour = Hour {
                offered,
                queued,
                handled,
                abandoned,
                in_time,
                late,
            };
            Ok((row.try_get(0)?, hour))
        };
        rows.iter().map(hour).collect()
    }

    /// Whether its tables have such hours: those of a file that is only read may be older.
    async fn has_hours(&self) -> Result<bool> {
        Ok(self.why_read_only().is_none() || self.version().await? >= SINCE)
    }

    /// The hours (since 1970) from `from` on in which a quarter of an hour has nothing recorded,
    /// of those that end at `to` (quarter hours since 1970) at the latest, and which were not
    /// read later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unrecorded_hours(&self, from: i64, to: i64) -> Result<Vec<i64>> {
        if !self.has_hours().await? {
            return Ok(Vec::new());
        }
        let later = "SELECT DISTINCT at FROM backfilled_hour WHERE at >= $1";
        let later = sqlx::query_scalar(later).bind(from);
        let later: BTreeSet<i64> = later.fetch_all(&self.pool).await?.into_iter().collect();
        let quarters = from * QUARTERS..to;
        let mut missing: BTreeSet<i64> = quarters
            .filter(|quarter| !later.contains(&(quarter / QUARTERS)))
            .collect();
        let keys = sqlx::query_scalar("SELECT key FROM queue ORDER BY key DESC LIMIT $1");
        let keys: Vec<i64> = keys.bind(TELLING_QUEUES).fetch_all(&self.pool).await?;
        // The latest minutes are no quarter hours yet.
        let recorded = "SELECT at FROM quarter_hour WHERE queue = $1 AND at >= $2 AND at < $3 \
                        UNION SELECT at / 15 FROM minute WHERE queue = $1 AND at >= $2 * 15 AND at < $3 * 15 \
                        AND at >= 15 * (SELECT COALESCE(MAX(at) + 1, 0) FROM quarter_hour WHERE queue = $1)";
        for key in keys {
            let (Some(first), Some(last)) = (missing.first(), missing.last()) else {
                break;
            };
            let recorded = sqlx::query_scalar(recorded)
                .bind(key)
                .bind(*first)
                .bind(*last + 1);
            for quarter in recorded.fetch_all(&self.pool).await? {
                missing.remove(&quarter);
            }
        }
        let mut hours: Vec<i64> = missing.into_iter().map(|it| it / QUARTERS).collect();
        hours.dedup();
        Ok(hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_level_of_no_contact_is_unknown() {
        let of = |in_time, late| {
            let hour = Hour {
                in_time,
                late,
                ..Hour::default()
            };
            hour.service_level()
        };
        assert_eq!(of(Some(3), Some(1)), Some(75.0));
        assert_eq!(of(Some(0), Some(2)), Some(0.0));
        for unknown in [(Some(0), Some(0)), (Some(3), None), (None, Some(1))] {
            assert_eq!(of(unknown.0, unknown.1), None, "{unknown:?}");
        }
        assert_eq!(of(Some(u64::MAX), Some(1)), None);
    }
}
