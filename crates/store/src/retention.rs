//! Rolling minutes up into quarter hours, and deleting what is old, in small steps.

use sqlx::{AssertSqlSafe, Row as _};

use crate::{
    Result, Store,
    column::Column,
    history::{Resolution, names},
};

/// A step deletes at most so many rows of a queue.
const ROWS_A_STEP: i64 = 2_880;
/// A step is about every so-manieth queue: all had their turn after an hour of steps.
const STEPS_A_ROUND: i64 = 60;

/// For how long rows are kept, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Minutes.
    pub minute_days: u32,
    /// Quarter hours, and events.
    pub quarter_hour_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            minute_days: 35,
            quarter_hour_days: 400,
        }
    }
}

impl Retention {
    /// The first minute or quarter hour that is kept at this minute since 1970.
    #[must_use]
    pub fn first(self, resolution: Resolution, now: i64) -> i64 {
        let days = match resolution {
            Resolution::Minute => self.minute_days,
            Resolution::QuarterHour => self.quarter_hour_days,
        };
        (now - i64::from(days) * 1_440) / resolution.minutes()
    }
}

impl Store {
    /// Makes the quarter hours that ended before this one, from the last that is kept: that one
    /// again, since the program may have stopped within it.
    ///
    /// # Errors
    /// When the database does not take them.
    pub async fn roll_up_to(&self, to: i64) -> Result<()> {
        // By the index of each queue: the tables themselves are large.
        let last = "SELECT MAX(last) FROM (SELECT (SELECT MAX(at) FROM quarter_hour WHERE queue = key) AS last \
                    FROM queue) AS spans";
        let last: Option<i64> = sqlx::query_scalar(last).fetch_one(&self.pool).await?;
        let from = match last {
            Some(last) => last,
            None => self
                .info()
                .await?
                .first_minute
                .map_or(to, |first| first / 15),
        };
        self.roll_up(from, to).await
    }

    /// Makes the quarter hours (since 1970) from one on, and before another, of their minutes.
    /// One that is kept already is made again.
    ///
    /// # Errors
    /// When the database does not take them.
    pub async fn roll_up(&self, from: i64, to: i64) -> Result<()> {
        // A mean in tenths: 0.4 calls waiting is not none.
        let value = |column: Column| {
            let name = column.name;
            let value = if column.is_highest {
                format!("MAX({name})")
            } else {
                format!("ROUND(AVG({name}) * 10)")
            };
            format!("CAST({value} AS INTEGER)")
        };
        let values = Column::ALL.map(value).join(", ");
        let update = Column::ALL
            .map(|it| format!("{0} = excluded.{0}", it.name))
            .join(", ");
        let names = names();
        let sql = format!(
            "INSERT INTO quarter_hour (queue, at, {names}) SELECT queue, at / 15, {values} FROM minute \
             WHERE at >= $1 AND at < $2 GROUP BY queue, at / 15 \
             ON CONFLICT (queue, at) DO UPDATE SET {update}"
        );
        let mut transaction = self.begin().await?;
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(from * 15)
            .bind(to * 15);
        query.execute(&mut *transaction).await?;
        transaction.commit().await
    }

    /// Deletes some of what is older than `retention` allows at this minute since 1970: a part of
    /// the queues a call, so that each call takes a short time. To be called once a minute.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn delete_some(&self, retention: Retention, now: i64) -> Result<()> {
        let turn = now.rem_euclid(STEPS_A_ROUND);
        let queues = sqlx::query("SELECT key FROM queue WHERE key % $1 = $2");
        let queues = queues
            .bind(STEPS_A_ROUND)
            .bind(turn)
            .fetch_all(&self.pool)
            .await?;
        for queue in queues {
            let key: i64 = queue.try_get(0)?;
            let first = |resolution| retention.first(resolution, now);
            let quarter_hour = first(Resolution::QuarterHour);
            for (table, first) in [
                (Resolution::Minute.table(), first(Resolution::Minute)),
                (Resolution::QuarterHour.table(), quarter_hour),
                ("backfilled_hour", quarter_hour / 4),
            ] {
                let delete = format!(
                    "DELETE FROM {table} WHERE queue = $1 AND at < $2 \
                     AND at < (SELECT MIN(at) FROM {table} WHERE queue = $1) + $3"
                );
                let delete = sqlx::query(AssertSqlSafe(delete));
                delete
                    .bind(key)
                    .bind(first)
                    .bind(ROWS_A_STEP)
                    .execute(&self.pool)
                    .await?;
            }
        }
        let first_ms = retention.first(Resolution::QuarterHour, now) * 15 * 60_000;
        let delete =
            "DELETE FROM event WHERE key IN (SELECT key FROM event WHERE at_ms < $1 LIMIT $2)";
        sqlx::query(delete)
            .bind(first_ms)
            .bind(ROWS_A_STEP)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
