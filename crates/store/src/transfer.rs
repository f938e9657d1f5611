//! Moving all that is kept from a SQLite file to an empty PostgreSQL database.

use futures_util::TryStreamExt as _;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _, any::AnyRow};

use crate::{QueryError, Result, Store};

/// How many rows one statement inserts: PostgreSQL takes 65,535 values.
const ROWS_A_STATEMENT: usize = 1_000;

/// What is moved of a table. Keys that the database makes are made again, in the same order.
struct Table {
    name: &'static str,
    texts: &'static [&'static str],
    numbers: &'static [&'static str],
    order: &'static str,
}

const VALUES: [&str; 10] = [
    "queue",
    "at",
    "waiting",
    "waiting_highest",
    "longest_wait",
    "average_wait",
    "service_level",
    "agents_logged_on",
    "available_agents",
    "agents_busy",
];

const TABLES: [Table; 9] = [
    Table {
        name: "queue",
        texts: &["id", "skills"],
        numbers: &["key"],
        order: "key",
    },
    Table {
        name: "minute",
        texts: &[],
        numbers: &VALUES,
        order: "queue, at",
    },
    Table {
        name: "quarter_hour",
        texts: &[],
        numbers: &VALUES,
        order: "queue, at",
    },
    Table {
        name: "backfilled_hour",
        texts: &[],
        numbers: &[
            "queue",
            "at",
            "offered",
            "queued",
            "handled",
            "abandoned",
            "in_time",
            "late",
        ],
        order: "queue, at",
    },
    Table {
        name: "event",
        texts: &["kind", "board", "queue", "detail"],
        numbers: &["at_ms"],
        order: "key",
    },
    Table {
        name: "state",
        texts: &["name", "value"],
        numbers: &[],
        order: "name",
    },
    Table {
        name: "link",
        texts: &["id", "board", "label", "sha256"],
        numbers: &["created", "expires", "revoked", "agents"],
        order: "key",
    },
    Table {
        name: "waiting_screen",
        texts: &["sha256", "code", "peer"],
        numbers: &["expires"],
        order: "sha256",
    },
    Table {
        name: "screen",
        texts: &["link", "board", "name", "server", "address", "report"],
        numbers: &["is_named", "first_ms", "last_ms", "written_ms"],
        order: "link, board, is_named, name",
    },
];

/// Why nothing was moved.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The target holds something.
    #[error("the table {0} is not empty: name an empty database")]
    NotEmpty(&'static str),
    /// Not every row arrived.
    #[error("{written} of {read} rows arrived in the table {table}")]
    Incomplete {
        /// Which table.
        table: &'static str,
        /// How many rows there are.
        read: i64,
        /// How many arrived.
        written: i64,
    },
    /// A database fails.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl From<sqlx::Error> for TransferError {
    fn from(error: sqlx::Error) -> Self {
        Self::Query(error.into())
    }
}

impl Store {
    /// Copies everything to an empty database, in one transaction of each. `progress` is told the
    /// table, how many of its rows are copied, and how many there are.
    ///
    /// # Errors
    /// When the target is not empty, or one of both fails; then the target is left as it was.
    pub async fn copy_to(
        &self,
        to: &Self,
        mut progress: impl FnMut(&str, i64, i64),
    ) -> Result<(), TransferError> {
        // What is written meanwhile is not seen.
        let mut source = self.pool.begin().await?;
        let mut target = to.begin().await?;
        for table in &TABLES {
            if count(&mut target, table).await? > 0 {
                return Err(TransferError::NotEmpty(table.name));
            }
        }
        for table in &TABLES {
            let read = count(&mut source, table).await?;
            let (columns, name, order) = (table.columns(), table.name, table.order);
            let select = format!("SELECT {columns} FROM {name} ORDER BY {order}");
            let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(&mut *source);
            let mut copied = 0;
            let mut chunk = Vec::with_capacity(ROWS_A_STATEMENT);
            loop {
                let row = rows.try_next().await?;
                let is_last = row.is_none();
                chunk.extend(row);
                if chunk.len() == ROWS_A_STATEMENT || (is_last && !chunk.is_empty()) {
                    table.insert(&mut target, &chunk).await?;
                    copied += i64::try_from(chunk.len()).unwrap_or_default();
                    chunk.clear();
                    progress(name, copied, read);
                }
                if is_last {
                    break;
                }
            }
            drop(rows);
            let written = count(&mut target, table).await?;
            if written != read {
                return Err(TransferError::Incomplete {
                    table: name,
                    read,
                    written,
                });
            }
        }
        Ok(target.commit().await?)
    }
}

impl Table {
    fn columns(&self) -> String {
        [self.texts, self.numbers].concat().join(", ")
    }

    async fn insert(&self, connection: &mut AnyConnection, rows: &[AnyRow]) -> Result<()> {
        let width = self.texts.len() + self.numbers.len();
        let values = crate::rows(1, rows.len(), width);
        let (name, columns) = (self.name, self.columns());
        let sql = format!("INSERT INTO {name} ({columns}) VALUES {values}");
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in rows {
            for place in 0..self.texts.len() {
                query = query.bind(row.try_get::<Option<String>, _>(place)?);
            }
            for place in self.texts.len()..width {
                query = query.bind(row.try_get::<Option<i64>, _>(place)?);
            }
        }
        query.execute(connection).await?;
        Ok(())
    }
}

async fn count(connection: &mut AnyConnection, table: &Table) -> Result<i64> {
    let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {}", table.name));
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}
