//! The tables of a database that is opened: which they are, and migrating them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sqlx::{
    AnyConnection, Connection as _,
    migrate::{AppliedMigration, Migrate as _, MigrateError, Migrator},
};
use tracing::{info, warn};

use super::{OpenError, copy, open_error};
use crate::{
    Location, Result,
    remedy::{explain, words},
    schema,
};

/// A SQLite file that was backed up before a migration has this beside its name, and the older
/// one a `.2`.
const BACKUP: &str = "before-migration";

const MIGRATIONS: &str = "_sqlx_migrations";

/// The version of its schema, which this program's migrations made; 0 where there is none.
pub(super) async fn found(
    connection: &mut AnyConnection,
    location: &Location,
    migrator: &Migrator,
) -> Result<i64, OpenError> {
    let failed = |error| open_error(location, error);
    let tables = match location {
        Location::File(_) => "SELECT COUNT(*) FROM sqlite_master WHERE name = $1",
        Location::Postgres(_) => {
            "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1"
        }
    };
    let tables = sqlx::query_scalar::<_, i64>(tables).bind(MIGRATIONS);
    if tables.fetch_one(&mut *connection).await.map_err(failed)? == 0 {
        return Ok(0);
    }
    let applied = connection.list_applied_migrations(MIGRATIONS).await;
    let applied = applied.map_err(|error| migrate_error(location, error))?;
    let found = applied
        .iter()
        .map(|it| it.version)
        .max()
        .unwrap_or_default();
    if found > schema::VERSION {
        return Err(OpenError::Newer {
            location: location.clone(),
            found,
            known: schema::VERSION,
        });
    }
    let is_known = |it: &AppliedMigration| {
        let known = migrator.iter().find(|known| known.version == it.version);
        known.is_some_and(|known| known.checksum == it.checksum)
    };
    match applied.iter().find(|it| !is_known(it)) {
        None => Ok(found),
        Some(other) => Err(migrate_error(
            location,
            MigrateError::VersionMismatch(other.version),
        )),
    }
}

pub(super) async fn migrate(
    connection: &mut AnyConnection,
    location: &Location,
    migrator: &Migrator,
    found: i64,
) -> Result<(), OpenError> {
    if found > 0 {
        info!(
            "{location} is migrated from schema {found} to {}: this may take a while",
            schema::VERSION
        );
    }
    let Some(file) = location.file() else {
        // Here sqlx itself takes a lock.
        let migrated = migrator.run_direct(None, connection, false).await;
        return migrated.map_err(|error| migrate_error(location, error));
    };
    let backup = match found {
        0 => None,
        _ => Some(Backup::make(connection, location, file).await?),
    };
    let migrated = async {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        migrator.run_direct(None, &mut *transaction, false).await?;
        Ok(transaction.commit().await?)
    };
    match (migrated.await, backup) {
        (Ok(()), Some(backup)) => backup.keep(),
        (Ok(()), None) => {}
        (Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)), Some(_)) => {
            match open_error(location, error) {
                OpenError::Failed { location, error } => {
                    let what = explain(&error);
                    return Err(OpenError::NotMigrated { location, what });
                }
                other => return Err(other),
            }
        }
        (Err(error), _) => return Err(migrate_error(location, error)),
    }
    Ok(())
}

fn migrate_error(location: &Location, error: MigrateError) -> OpenError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            open_error(location, error)
        }
        other => OpenError::OtherBuild {
            location: location.clone(),
            what: other.to_string(),
        },
    }
}

/// A copy of the file as it was before, which counts once the migration is done: one that fails
/// again and again takes nothing away from the copies that there are.
struct Backup {
    begun: PathBuf,
    newest: PathBuf,
}

impl Backup {
    async fn make(
        connection: &mut AnyConnection,
        location: &Location,
        file: &Path,
    ) -> Result<Self, OpenError> {
        let newest = file.with_added_extension(BACKUP);
        let begun = newest.with_added_extension("part");
        let backup = Self { begun, newest };
        let copied = async {
            let begun = &backup.begun;
            let _ = fs::remove_file(begun);
            // Read by the same users as the database; SQLite writes to an empty file.
            fs::File::create_new(begun)?.set_permissions(fs::metadata(file)?.permissions())?;
            copy(connection, begun).await
        };
        match copied.await {
            Ok(()) => Ok(backup),
            Err(error) => Err(OpenError::NotMigrated {
                location: location.clone(),
                what: format!(
                    "it cannot be copied to {} before ({}): free as much space there as it takes (df -h), and let the \
                     user that runs queuewall write the folder",
                    backup.newest.display(),
                    words(&error)
                ),
            }),
        }
    }

    /// The last two are kept.
    fn keep(self) {
        let older = self.newest.with_added_extension("2");
        let renamed = match self.newest.exists() {
            true => fs::rename(&self.newest, older),
            false => Ok(()),
        };
        if let Err(error) = renamed.and_then(|()| fs::rename(&self.begun, &self.newest)) {
            warn!(
                "the copy of the database from before its migration is not kept as {} ({error})",
                self.newest.display()
            );
        }
    }
}

impl Drop for Backup {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.begun);
    }
}
