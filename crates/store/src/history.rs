//! Minutes and quarter hours of queues.

use std::{collections::HashMap, sync::PoisonError};

use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use crate::{
    Result, Store,
    column::{COLUMNS, Column, Values},
    state::put_state,
};

/// How many rows one statement inserts: SQLite takes 32,766 values.
const ROWS_A_STATEMENT: usize = 1_000;

/// A queue as it is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Queue {
    /// CXone's id.
    pub id: String,
    /// The skills that it is filtered by; empty means none.
    pub skills: Vec<String>,
}

/// How long a kept row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// A minute, with its last reading.
    Minute,
    /// A quarter of an hour, with the mean of its minutes.
    QuarterHour,
}

/// What is known of a queue in one minute or quarter hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its number since 1970: of minutes, or of quarter hours.
    pub at: i64,
    /// The numbers.
    pub values: Values,
}

/// A minute's number since 1970, and some of its columns.
pub type Minute<const N: usize> = (i64, [Option<f64>; N]);

impl Resolution {
    /// Its length in minutes.
    #[must_use]
    pub fn minutes(self) -> i64 {
        match self {
            Self::Minute => 1,
            Self::QuarterHour => 15,
        }
    }

    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::QuarterHour => "quarter_hour",
        }
    }

    /// How much of the metric's unit one stored unit is.
    fn stored_unit(self, column: Column) -> f64 {
        match self {
            Self::QuarterHour if !column.is_highest => column.stored_unit() / 10.0,
            _ => column.stored_unit(),
        }
    }
}

impl Store {
    /// Keeps one minute (since 1970) of these queues, and texts by their names, in one
    /// transaction. A minute that is kept already stays as it is.
    ///
    /// # Errors
    /// When the database does not take it; then nothing of it is kept.
    pub async fn write_minute(
        &self,
        at: i64,
        rows: &[(Queue, Values)],
        state: &[(String, String)],
    ) -> Result<()> {
        let samples: Vec<_> = rows
            .iter()
            .map(|(queue, values)| (queue, at, values))
            .collect();
        self.write(&samples, state).await
    }

    /// Keeps minutes of any queues, in one transaction: each with its number since 1970.
    ///
    /// # Errors
    /// As [`write_minute`](Self::write_minute).
    pub async fn write_minutes(&self, samples: &[(&Queue, i64, &Values)]) -> Result<()> {
        self.write(samples, &[]).await
    }

    /// Those of which something is known, and texts.
    async fn write(
        &self,
        samples: &[(&Queue, i64, &Values)],
        state: &[(String, String)],
    ) -> Result<()> {
        self.check_writable()?;
        let mut rows = Vec::with_capacity(samples.len());
        for (queue, at, values) in samples {
            if values.iter().any(Option::is_some) {
                rows.push((self.key(queue).await?, *at, *values));
            }
        }
        let mut transaction = self.begin().await?;
        insert_minutes(&mut transaction, &rows, self.is_sqlite()).await?;
        put_state(&mut transaction, state).await?;
        transaction.commit().await
    }

    /// What is kept of a queue from one minute or quarter hour, and before another.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(
        &self,
        queue: &Queue,
        resolution: Resolution,
        from: i64,
        to: i64,
    ) -> Result<Vec<Sample>> {
        let columns = names();
        let table = resolution.table();
        let sql = format!(
            "SELECT at, {columns} FROM {table} WHERE queue = (SELECT key FROM queue WHERE id = $1 AND skills = $2) \
             AND at >= $3 AND at < $4 ORDER BY at"
        );
        let query = sqlx::query(AssertSqlSafe(sql));
        let query = query
            .bind(&queue.id)
            .bind(skills(queue))
            .bind(from)
            .bind(to);
        let rows = query.fetch_all(&self.pool).await?;
        let sample = |row: &sqlx::any::AnyRow| {
            let mut values = [None; COLUMNS];
            for (place, column) in Column::ALL.into_iter().enumerate() {
                let stored: Option<i64> = row.try_get(place + 1)?;
                values[place] = stored.map(|it| it as f64 * resolution.stored_unit(column));
            }
            let at = row.try_get(0)?;
            Ok(Sample { at, values })
        };
        rows.iter().map(sample).collect()
    }

    /// These columns of all queues' minutes, from one minute and before another: each with its
    /// number since 1970. A queue of which nothing is kept is not there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recent<const N: usize>(
        &self,
        columns: [Column; N],
        from: i64,
        to: i64,
    ) -> Result<HashMap<Queue, Vec<Minute<N>>>> {
        let names = columns.map(|column| column.name).join(", ");
        let sql =
            format!("SELECT at, {names} FROM minute WHERE queue = $1 AND at >= $2 AND at < $3");
        let mut recent = HashMap::new();
        // One after another: the rows of thousands would take a hundred megabytes.
        for (key, queue) in self.keyed_queues().await? {
            let query = sqlx::query(AssertSqlSafe(sql.as_str())).bind(key);
            let rows = query.bind(from).bind(to).fetch_all(&self.pool).await?;
            let minute = |row: &sqlx::any::AnyRow| {
                let mut values = [None; N];
                for (place, column) in columns.into_iter().enumerate() {
                    let stored: Option<i64> = row.try_get(place + 1)?;
                    values[place] = stored.map(|stored| stored as f64 * column.stored_unit());
                }
                Ok((row.try_get(0)?, values))
            };
            let minutes = rows.iter().map(minute).collect::<Result<Vec<_>>>()?;
            if !minutes.is_empty() {
                recent.insert(queue, minutes);
            }
        }
        Ok(recent)
    }

    /// Every queue of which something is or was kept, the first known first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn queues(&self) -> Result<Vec<Queue>> {
        let keyed = self.keyed_queues().await?;
        Ok(keyed.into_iter().map(|(_, queue)| queue).collect())
    }

    async fn keyed_queues(&self) -> Result<Vec<(i64, Queue)>> {
        let rows = sqlx::query("SELECT key, id, skills FROM queue ORDER BY key");
        let rows = rows.fetch_all(&self.pool).await?;
        let keyed = |row: &sqlx::any::AnyRow| {
            let skills: String = row.try_get(2)?;
            let skills = skills.split(',').filter(|skill| !skill.is_empty());
            let queue = Queue {
                id: row.try_get(1)?,
                skills: skills.map(str::to_owned).collect(),
            };
            Ok((row.try_get(0)?, queue))
        };
        rows.iter().map(keyed).collect()
    }

    /// The queue's key, which is made where it has none.
    pub(crate) async fn key(&self, queue: &Queue) -> Result<i64> {
        let known = |store: &Self| {
            let keys = store.keys.lock().unwrap_or_else(PoisonError::into_inner);
            keys.get(queue).copied()
        };
        if let Some(key) = known(self) {
            return Ok(key);
        }
        // `WHERE true` tells SQLite that `ON` begins no join. Another server may take the key.
        let insert = "INSERT INTO queue (key, id, skills) SELECT COALESCE(MAX(key), 0) + 1, $1, $2 \
                      FROM queue WHERE true ON CONFLICT DO NOTHING";
        let select = "SELECT key FROM queue WHERE id = $1 AND skills = $2";
        let key: i64 = loop {
            let insert = sqlx::query(insert).bind(&queue.id).bind(skills(queue));
            insert.execute(&self.pool).await?;
            let select = sqlx::query_scalar(select)
                .bind(&queue.id)
                .bind(skills(queue));
            if let Some(key) = select.fetch_optional(&self.pool).await? {
                break key;
            }
        };
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(queue.clone(), key);
        Ok(key)
    }
}

/// The skills as one text. Their ids hold no comma.
fn skills(queue: &Queue) -> String {
    queue.skills.join(",")
}

fn stored(value: f64, column: Column) -> i64 {
    let stored = value / column.stored_unit();
    // Of a wait whole seconds count, as everywhere.
    let is_wait = column.stored_unit() > 1.0;
    #[expect(clippy::cast_possible_truncation, reason = "a float's cast saturates")]
    let stored = if is_wait {
        stored.floor()
    } else {
        stored.round()
    } as i64;
    // What one column of PostgreSQL holds.
    stored.clamp(0, i64::from(i32::MAX))
}

/// The columns' names, as a list.
pub(crate) fn names() -> String {
    Column::ALL.map(|column| column.name).join(", ")
}

async fn insert_minutes(
    connection: &mut AnyConnection,
    samples: &[(i64, i64, &Values)],
    is_sqlite: bool,
) -> Result<()> {
    for samples in samples.chunks(ROWS_A_STATEMENT) {
        // SQLite looks each number up among all of them: thousands take seconds.
        let values = match is_sqlite {
            true => vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; samples.len()].join(", "),
            false => crate::rows(1, samples.len(), COLUMNS + 2),
        };
        let sql = format!(
            "INSERT INTO minute (queue, at, {}) VALUES {values} ON CONFLICT (queue, at) DO NOTHING",
            names()
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (key, at, values) in samples {
            query = query.bind(*key).bind(*at);
            for (column, value) in Column::ALL.into_iter().zip(values.iter()) {
                query = query.bind(value.map(|value| stored(value, column)));
            }
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
