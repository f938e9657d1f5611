//! A SQLite file that cannot be written: its folder is read-only, or its disk is full. SQLite
//! then often refuses to read it too, since it would make files beside it.

use sqlx::{AnyConnection, Connection as _};

use super::{OpenError, Tables, beside, connect, migrate};
use crate::{Location, Result, location::Mode, remedy::sqlite_code, schema};

/// `SQLITE_PERM`, `_READONLY`, `_IOERR`, `_FULL` and `_CANTOPEN`.
const UNWRITABLE: [i64; 5] = [3, 8, 10, 13, 14];

/// Since this version of the schema what is read of a file that cannot be migrated is there, and
/// as it is now: links and history.
const READABLE: i64 = 2;

/// SQLite maps as much of the index of its log, which every program that has the file open has
/// open too.
const INDEX_BYTES: u64 = 32 * 1024;

/// How to read a file that could not be opened to be written, for the reason of `error`; `None`
/// where that is no way out.
///
/// # Errors
/// When it is newer than this program, or of another build.
pub(super) async fn mode(
    location: &Location,
    tables: Tables,
    error: &OpenError,
) -> Result<Option<Mode>, OpenError> {
    let is_unwritable = match error {
        OpenError::Failed { error, .. } => {
            sqlite_code(error).is_some_and(|code| UNWRITABLE.contains(&code))
        }
        OpenError::NotMigrated { .. } => true,
        _ => false,
    };
    if !is_unwritable {
        return Ok(None);
    }
    let Some((mode, mut connection)) = open(location).await else {
        return Ok(None);
    };
    let migrator = schema::migrator(true);
    let found = migrate::found(&mut connection, location, &migrator).await;
    let _ = connection.close().await;
    let needed = match tables {
        Tables::Migrate => READABLE,
        Tables::Make | Tables::Keep => schema::VERSION,
    };
    match found {
        Ok(found) => Ok((found >= needed).then_some(mode)),
        Err(OpenError::Failed { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Opens a file to be read, and how that was possible.
async fn open(location: &Location) -> Option<(Mode, AnyConnection)> {
    let file = location.file()?;
    let has = |suffix, bytes| {
        let found = std::fs::metadata(beside(file, suffix));
        found.is_ok_and(|found| found.len() >= bytes)
    };
    let alone = match has("-wal", 1) {
        false => Mode::Alone,
        true => Mode::AloneWithLog,
    };
    for mode in [Mode::Read, alone] {
        // Not without its locks where another program may have it open.
        if mode != Mode::Read && has("-shm", INDEX_BYTES) {
            continue;
        }
        let Ok(mut connection) = connect(location, mode).await else {
            continue;
        };
        let read = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM sqlite_master");
        if read.fetch_one(&mut connection).await.is_ok() {
            return Some((mode, connection));
        }
        let _ = connection.close().await;
    }
    None
}

/// Whether a damaged file certainly holds no link.
pub(super) async fn holds_no_link(location: &Location) -> bool {
    let Some((_, mut connection)) = open(location).await else {
        return false;
    };
    let mut count = async |sql| {
        let count = sqlx::query_scalar::<_, i64>(sql);
        count.fetch_one(&mut connection).await.ok()
    };
    let tables = count("SELECT COUNT(*) FROM sqlite_master WHERE name = 'link'").await;
    let is_empty = match tables {
        Some(0) => true,
        Some(_) => count("SELECT COUNT(*) FROM link").await == Some(0),
        None => false,
    };
    let _ = connection.close().await;
    is_empty
}
