//! Opening a database.
//!
//! # Layout
//! - `migrate`: which tables there are, and migrating them
//! - `read_only`: a SQLite file that cannot be written

mod migrate;
mod read_only;

use std::{
    collections::HashMap,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::{Mutex, Once},
    time::Duration,
};

use sqlx::{
    Any, AnyConnection, AnyPool, Connection as _, Executor,
    any::{AnyPoolOptions, install_default_drivers},
};
use thiserror::Error;
use tokio::time::{Instant, sleep, timeout};

use crate::{
    Location, QueryError, Result,
    history::Queue,
    location::Mode,
    remedy::{explain, sqlite_code},
    schema,
};

/// How long PostgreSQL may take to be reached, and a statement waits for a free connection.
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

/// Fails where nothing can be written, and changes nothing.
const WRITE_NOTHING: &str = "UPDATE state SET value = value WHERE name = ''";

const VERSION: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";

/// What is done to the tables of a database that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// They are made where there are none, and migrated where an older program made them.
    Migrate,
    /// They are made where there are none.
    Make,
    /// Neither.
    Keep,
}

/// An open database, with the schema of this program. Clones share the connections.
#[derive(Debug)]
pub struct Store {
    pub(crate) pool: AnyPool,
    location: Location,
    /// Keys of queues that were looked up.
    pub(crate) keys: Mutex<HashMap<Queue, i64>>,
    /// Why nothing can be written.
    read_only: Option<OpenError>,
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
    /// An older program made it, and it is not to be migrated.
    #[error(
        "{location} was made by an older Queuewall (schema {found}, this one needs {needed}): it is migrated when \
         `queuewall serve` starts"
    )]
    Older {
        /// Which database.
        location: Location,
        /// Its version.
        found: i64,
        /// This program's.
        needed: i64,
    },
    /// It has no tables, and none are to be made.
    #[error("{0} is empty: its tables are made when `queuewall serve` starts")]
    Empty(Location),
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
    /// A SQLite file of an older program is not migrated, nor backed up before.
    #[error("{location} is not migrated to this version of Queuewall: {what}")]
    NotMigrated {
        /// Which database.
        location: Location,
        /// Why, and what to do.
        what: String,
    },
    /// It cannot be reached, read or written.
    #[error("{location} cannot be opened: {}", explain(.error))]
    Failed {
        /// Which database.
        location: Location,
        /// The database's words.
        error: sqlx::Error,
    },
}

impl Store {
    /// Opens the database, and makes or migrates its tables.
    ///
    /// # Errors
    /// As [`open_with`](Self::open_with).
    pub async fn open(location: Location) -> Result<Self, OpenError> {
        Self::open_with(location, Tables::Migrate).await
    }

    /// Opens the database. A SQLite file is backed up before it is migrated. One that cannot be
    /// written is opened to be read, where its tables allow that: see
    /// [`why_read_only`](Self::why_read_only).
    ///
    /// # Errors
    /// When it cannot be opened, is damaged or newer than this program, or has other tables than
    /// `tables` allows. It is then left as it is.
    pub async fn open_with(location: Location, tables: Tables) -> Result<Self, OpenError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(install_default_drivers);
        if location.file().is_some_and(is_something_else) {
            let what = "it does not begin as a SQLite database does".to_owned();
            return Err(OpenError::Damaged { location, what });
        }
        let mode = match tables {
            Tables::Keep => Mode::Write,
            Tables::Migrate | Tables::Make => Mode::Make,
        };
        let (mode, read_only) = match open_to_write(&location, mode, tables).await {
            Ok(()) => (mode, None),
            Err(error) => match read_only::mode(&location, tables, &error).await? {
                Some(mode) => (mode, Some(error)),
                None => return Err(error),
            },
        };
        let options = location.options(mode);
        let options = options.map_err(|error| open_error(&location, error))?;
        let is_sqlite = location.file().is_some();
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
            // What is read without locks is kept by its connection, and another program may have
            // changed the file since.
            .before_acquire(move |_, _| {
                Box::pin(async move { Ok(!matches!(mode, Mode::Alone | Mode::AloneWithLog)) })
            })
            .after_connect(move |connection, _| Box::pin(prepare(connection, is_sqlite, mode)))
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            location,
            keys: Mutex::default(),
            read_only,
        })
    }

    /// Why a SQLite file is only read, where it cannot be written; to be opened again once it
    /// can. Until then every change of it fails.
    #[must_use]
    pub fn why_read_only(&self) -> Option<&OpenError> {
        self.read_only.as_ref()
    }

    /// Whether a SQLite file that is damaged certainly holds no link.
    pub async fn holds_no_link(location: &Location) -> bool {
        read_only::holds_no_link(location).await
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

    /// Tries whether it can be written; nothing is changed.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn try_write(&self) -> Result<()> {
        let mut transaction = self.begin().await?;
        transaction.execute(WRITE_NOTHING).await?;
        transaction.rollback().await
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

    /// Fails where it is only read: with the reason for that, and not with what SQLite would say.
    pub(crate) fn check_writable(&self) -> Result<()> {
        match &self.read_only {
            None => Ok(()),
            Some(why) => Err(QueryError::ReadOnly(why.to_string())),
        }
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

/// A connection in this mode. Not by the pool, which tries again and again, and says only that it
/// took too long.
async fn connect(location: &Location, mode: Mode) -> Result<AnyConnection, sqlx::Error> {
    let options = location.options(mode)?;
    let connected = timeout(ACQUIRE_TIMEOUT, AnyConnection::connect_with(&options)).await;
    let silent = |_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()));
    let mut connection = connected.unwrap_or_else(silent)?;
    prepare(&mut connection, location.file().is_some(), mode).await?;
    Ok(connection)
}

/// Whether it can be opened in this mode, and has the tables; they are made or migrated.
async fn open_to_write(location: &Location, mode: Mode, tables: Tables) -> Result<(), OpenError> {
    let failed = |error| open_error(location, error);
    let mut first = connect(location, mode).await.map_err(failed)?;
    let is_sqlite = location.file().is_some();
    let migrator = schema::migrator(is_sqlite);
    match (
        migrate::found(&mut first, location, &migrator).await?,
        tables,
    ) {
        (schema::VERSION, _) => {}
        (found, Tables::Migrate) | (found @ 0, Tables::Make) => {
            migrate::migrate(&mut first, location, &migrator, found).await?;
        }
        (0, Tables::Keep) => return Err(OpenError::Empty(location.clone())),
        (found, Tables::Make | Tables::Keep) => {
            return Err(OpenError::Older {
                location: location.clone(),
                found,
                needed: schema::VERSION,
            });
        }
    }
    // SQLite opens a file to be read where it may not be written, without a word.
    if is_sqlite && tables != Tables::Keep {
        try_write(&mut first).await.map_err(failed)?;
    }
    first.close().await.map_err(failed)
}

/// Tries whether a SQLite file can be written, where no other program writes it right now.
async fn try_write(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    // A file that may only be read takes the lock of a writer, too.
    let write = async {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        transaction.execute(WRITE_NOTHING).await?;
        transaction.rollback().await
    };
    match write.await {
        Err(error) if sqlite_code(&error) != Some(BUSY) => Err(error),
        _ => Ok(()),
    }
}

async fn prepare(
    connection: &mut AnyConnection,
    is_sqlite: bool,
    mode: Mode,
) -> Result<(), sqlx::Error> {
    if is_sqlite {
        let pragmas = match mode {
            // With a write-ahead log readers wait for no writer. `NORMAL`: a power cut may undo
            // the last minute, and a crash of the program nothing. Links are written with `FULL`.
            Mode::Make | Mode::Write => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1024"
            }
            Mode::Read | Mode::Alone => "PRAGMA cache_size = -1024",
            // Its index is then in memory.
            Mode::AloneWithLog => "PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -1024",
        };
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

/// Whether there is a file that is no SQLite database, or not any more: an empty one is new, but
/// not beside a log. SQLite would delete the log, which may hold the latest changes.
fn is_something_else(file: &Path) -> bool {
    const BEGIN: &[u8] = b"SQLite format 3\0";
    let mut begin = Vec::new();
    let open = |file| File::open(file).map(|file| file.take(BEGIN.len() as u64));
    if open(file)
        .and_then(|mut file| file.read_to_end(&mut begin))
        .is_err()
    {
        return false;
    }
    begin != BEGIN && (!begin.is_empty() || beside(file, "-wal").exists())
}

/// What SQLite has beside its file.
fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
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

#[cfg(test)]
mod tests {
    use super::*;

    /// As SQLite opens a file that may not be written.
    #[tokio::test]
    async fn file_that_was_opened_to_be_read_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::File(folder.path().join("queuewall.db"));
        Store::open(location.clone()).await.unwrap().close().await;
        let mut read = connect(&location, Mode::Read).await.unwrap();
        let error = try_write(&mut read).await.unwrap_err();
        assert_eq!(sqlite_code(&error), Some(8), "{error}");
        let mut written = connect(&location, Mode::Write).await.unwrap();
        try_write(&mut written).await.unwrap();
    }
}
