//! Opening a database.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, Once},
    time::Duration,
};

use sqlx::{
    Any, AnyConnection, AnyPool, Connection as _, Executor, Transaction,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::MigrateError,
};
use thiserror::Error;
use tokio::time::{Instant, sleep};
use tracing::info;

use crate::{Location, Result, history::Queue, schema};

/// How long a statement waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// One that writes, and readers.
const CONNECTIONS: u32 = 4;
/// Of PostgreSQL, which several tasks of a server write at the same time.
const SHARED_CONNECTIONS: u32 = 6;
/// So many of them stay open: to make one takes several round trips.
const SHARED_KEPT: u32 = 2;
/// A reader that nobody needs gives its memory back.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// `SQLITE_BUSY`; `SQLITE_CORRUPT` and `SQLITE_NOTADB`.
const BUSY: i64 = 5;
const DAMAGED: [i64; 2] = [11, 26];
/// How long a write-ahead log is waited for while another program makes the same file: SQLite
/// does not wait then by itself.
const BUSY_PATIENCE: Duration = Duration::from_secs(5);
const BUSY_PAUSE: Duration = Duration::from_millis(20);

/// A SQLite file that was backed up before a migration has this beside its name, and the older
/// one a `.2`.
const BACKUP: &str = "before-migration";

const VERSION: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";

/// An open database, with the schema of this program. Clones share the connections.
#[derive(Debug)]
pub struct Store {
    pub(crate) pool: AnyPool,
    location: Location,
    /// Keys of queues that were looked up.
    pub(crate) keys: Mutex<HashMap<Queue, i64>>,
}

/// Why a database is not opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A newer program made it, or migrated it.
    #[error(
        "{location} has schema {found}, and this version of Queuewall knows {known}: start the newer version again, \
         or restore a backup that was made before it ran"
    )]
    Newer {
        /// Which database.
        location: Location,
        /// Its version.
        found: i64,
        /// This program's.
        known: i64,
    },
    /// Its tables are not those of this program's schema: another build made them.
    #[error(
        "{location} was made by another build of Queuewall ({what}): start that build again, or restore a backup"
    )]
    OtherBuild {
        /// Which database.
        location: Location,
        /// What is not the same.
        what: String,
    },
    /// It is no database, or its content contradicts itself.
    #[error("{location} is damaged ({what}): restore it from a backup, or move it away")]
    Damaged {
        /// Which database.
        location: Location,
        /// The database's words.
        what: String,
    },
    /// It cannot be reached, read or written.
    #[error("{location} cannot be opened ({error})")]
    Failed {
        /// Which database.
        location: Location,
        /// The database's words.
        error: sqlx::Error,
    },
}

impl Store {
    /// Opens the database, makes or migrates its tables, and backs a SQLite file up before.
    ///
    /// # Errors
    /// When it cannot be opened, is damaged or newer than this program. It is then left as it is.
    pub async fn open(location: Location) -> Result<Self, OpenError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(install_default_drivers);
        let failed = |error| open_error(&location, error);
        let is_sqlite = location.file().is_some();
        let options = location.options().map_err(failed)?;
        // Not by the pool, which tries again and again, and says only that it took too long.
        let mut first = AnyConnection::connect_with(&options)
            .await
            .map_err(failed)?;
        prepare(&mut first, is_sqlite).await.map_err(failed)?;
        migrate(&mut first, &location).await?;
        first.close().await.map_err(failed)?;
        let pool = AnyPoolOptions::new()
            .max_connections(if is_sqlite {
                CONNECTIONS
            } else {
                SHARED_CONNECTIONS
            })
            .min_connections(if is_sqlite { 0 } else { SHARED_KEPT })
            // A round trip for each statement. One that is broken fails once, and is then
            // dropped.
            .test_before_acquire(is_sqlite)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(IDLE_TIMEOUT)
            .after_connect(move |connection, _| Box::pin(prepare(connection, is_sqlite)))
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            location,
            keys: Mutex::default(),
        })
    }

    /// Which database it is.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Ends the connections. A SQLite file is then whole without a second file beside it.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// The version of its schema.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn version(&self) -> Result<i64> {
        Ok(sqlx::query_scalar(VERSION).fetch_one(&self.pool).await?)
    }

    /// Copies a SQLite database, while it is written, to a file that must not exist.
    ///
    /// # Errors
    /// When the file exists or cannot be written; for PostgreSQL, which has `pg_dump`.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        Ok(copy(&self.pool, to).await?)
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.location.file().is_some()
    }

    /// The expression of the database's time, in milliseconds since 1970.
    pub(crate) fn now_sql(&self) -> &'static str {
        if self.is_sqlite() {
            "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
        } else {
            "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
        }
    }

    /// A transaction that will write.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>> {
        Ok(self.pool.begin_with(self.begin_statement()).await?)
    }

    pub(crate) fn begin_statement(&self) -> &'static str {
        // SQLite would else notice another writer only when it is too late to wait for it.
        if self.is_sqlite() {
            "BEGIN IMMEDIATE"
        } else {
            "BEGIN"
        }
    }
}

async fn migrate(connection: &mut AnyConnection, location: &Location) -> Result<(), OpenError> {
    let failed = |error| open_error(location, error);
    let is_sqlite = location.file().is_some();
    let found = version(connection, is_sqlite).await.map_err(failed)?;
    if found > schema::VERSION {
        return Err(OpenError::Newer {
            location: location.clone(),
            found,
            known: schema::VERSION,
        });
    }
    if let Some(file) = location.file()
        && (1..schema::VERSION).contains(&found)
    {
        back_up_before_migration(connection, file)
            .await
            .map_err(failed)?;
    }
    if (1..schema::VERSION).contains(&found) {
        info!(
            "{location} is migrated from schema {found} to {}: this may take a while",
            schema::VERSION
        );
    }
    let migrator = schema::migrator(is_sqlite);
    let migrated = if is_sqlite && found < schema::VERSION {
        // In PostgreSQL sqlx itself takes a lock.
        let mut transaction = (connection.begin_with("BEGIN IMMEDIATE").await).map_err(failed)?;
        let migrated = migrator.run_direct(None, &mut *transaction, false).await;
        if migrated.is_ok() {
            transaction.commit().await.map_err(failed)?;
        }
        migrated
    } else {
        migrator.run_direct(None, connection, false).await
    };
    migrated.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(error),
        other => OpenError::OtherBuild {
            location: location.clone(),
            what: other.to_string(),
        },
    })
}

/// The version of the schema; 0 where there is none.
async fn version(connection: &mut AnyConnection, is_sqlite: bool) -> Result<i64, sqlx::Error> {
    let tables = if is_sqlite {
        "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'"
    } else {
        "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations'"
    };
    let tables: i64 = sqlx::query_scalar(tables)
        .fetch_one(&mut *connection)
        .await?;
    if tables == 0 {
        return Ok(0);
    }
    sqlx::query_scalar(VERSION).fetch_one(connection).await
}

/// Keeps the last two.
async fn back_up_before_migration(
    connection: &mut AnyConnection,
    file: &Path,
) -> Result<(), sqlx::Error> {
    let newest = beside(file, BACKUP);
    if newest.exists() {
        std::fs::rename(&newest, beside(file, &format!("{BACKUP}.2")))?;
    }
    // Read by the same users as the database; SQLite writes to an empty file.
    std::fs::File::create_new(&newest)?.set_permissions(std::fs::metadata(file)?.permissions())?;
    copy(connection, &newest).await
}

async fn copy<'a>(
    executor: impl Executor<'a, Database = Any>,
    to: &Path,
) -> Result<(), sqlx::Error> {
    let to = to.to_string_lossy().into_owned();
    sqlx::query("VACUUM INTO $1")
        .bind(to)
        .execute(executor)
        .await?;
    Ok(())
}

async fn prepare(connection: &mut AnyConnection, is_sqlite: bool) -> Result<(), sqlx::Error> {
    if is_sqlite {
        // With a write-ahead log readers wait for no writer. `NORMAL`: a power cut may undo the
        // last minute, and a crash of the program nothing. Links are written with `FULL`.
        let pragmas =
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1024";
        let until = Instant::now() + BUSY_PATIENCE;
        while let Err(error) = connection.execute(pragmas).await {
            if sqlite_code(&error) != Some(BUSY) || Instant::now() >= until {
                return Err(error);
            }
            sleep(BUSY_PAUSE).await;
        }
    }
    Ok(())
}

/// The code of SQLite's error, without what extends it.
fn sqlite_code(error: &sqlx::Error) -> Option<i64> {
    let code = error.as_database_error().and_then(|error| error.code())?;
    Some(code.parse::<i64>().ok()? & 0xff)
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn open_error(location: &Location, error: sqlx::Error) -> OpenError {
    let code = sqlite_code(&error);
    if location.file().is_some() && code.is_some_and(|code| DAMAGED.contains(&code)) {
        return OpenError::Damaged {
            location: location.clone(),
            what: error.to_string(),
        };
    }
    OpenError::Failed {
        location: location.clone(),
        error,
    }
}
