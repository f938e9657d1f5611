//! `queuewall store migrate`: from the SQLite file to PostgreSQL.

use std::{
    io::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use queuewall_store::{Location, Store as Kept, transfer::TransferError};
use secrecy::ExposeSecret as _;

use super::super::{
    args::MigrateArgs,
    exit::{Exit, Failure},
};
use crate::{
    access::{Store, StoreError},
    config::{StoreConfig, StoreSettings},
    database::Database,
    state::{ServerLock, StateDir},
};

/// How often progress is said.
const SAID_EVERY: Duration = Duration::from_secs(5);

/// Copies everything to the database that is named, else to the configured one.
pub(super) async fn run(
    settings: &StoreSettings,
    args: &MigrateArgs,
    notes: &mut dyn Write,
) -> Result<Exit, Failure> {
    let usage = |what: String| Failure::new(Exit::Usage, what);
    let to = match (&args.to, &settings.store.database) {
        (Some(url), _) => Location::postgres(url.expose_secret())
            .map_err(|error| usage(format!("--to is refused: it {error}")))?,
        (None, Some(configured)) => configured.clone(),
        (None, None) => {
            let what = "no database is named: set QUEUEWALL_DATABASE_URL (store.database_url_file), or use --to";
            return Err(usage(what.to_owned()));
        }
    };
    let dir = StateDir::new(settings.state_dir.clone());
    let file = settings.state_dir.join(crate::database::FILE);
    std::fs::metadata(&file).map_err(|error| super::unreadable(&file, &error))?;
    // Held to the end: what a server wrote meanwhile would be lost.
    let _lock = ServerLock::take(&dir).map_err(|error| usage(error.to_string()))?;
    let database = Arc::new(Database::of(&StoreConfig::default(), &dir).with_links());
    // Takes over what version 0.1 left.
    Store::of(Arc::clone(&database), dir).links().await?;
    let source = database.open().await.map_err(StoreError::from)?;
    let target = Kept::open(to).await?;
    let mut said = Instant::now();
    let progress = |table: &str, copied: i64, all: i64| {
        if copied == all || said.elapsed() >= SAID_EVERY {
            said = Instant::now();
            let _ = writeln!(notes, "{table}: {copied} of {all} rows");
        }
    };
    let copied = source.copy_to(&target, progress).await;
    target.close().await;
    database.close().await;
    copied.map_err(|error| {
        let exit = match error {
            TransferError::NotEmpty(_) => Exit::Usage,
            _ => Exit::Other,
        };
        let to = target.location();
        Failure::new(exit, format_args!("nothing was copied to {to}: {error}"))
    })?;
    writeln!(
        notes,
        "everything was copied to {}. Set QUEUEWALL_DATABASE_URL (store.database_url_file) to it and start the \
         server; {} is no longer used",
        target.location(),
        file.display()
    )?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::store::tests::kept;

    #[tokio::test]
    async fn migration_is_refused_beside_a_server_and_hides_the_password() {
        let (settings, _folder) = kept().await;
        let migrate = async |to: Option<&str>| {
            let args = MigrateArgs {
                to: to.map(Into::into),
            };
            assert!(!format!("{args:?}").contains("hunter2"));
            let failure = run(&settings, &args, &mut Vec::new()).await.unwrap_err();
            let message = failure.message.unwrap();
            assert!(!message.contains("hunter2"), "{message}");
            (failure.exit, message)
        };
        let (exit, message) = migrate(None).await;
        assert_eq!(exit, Exit::Usage);
        assert!(message.contains("QUEUEWALL_DATABASE_URL"), "{message}");
        let (exit, _) = migrate(Some("mysql://a:hunter2@b/c")).await;
        assert_eq!(exit, Exit::Usage);
        // Nobody listens there.
        let url = Some("postgres://a:hunter2@127.0.0.1:1/b");
        let (exit, message) = migrate(url).await;
        assert_eq!(exit, Exit::Other);
        assert!(message.contains("postgres://127.0.0.1:1/b"), "{message}");
        let server = ServerLock::take(&StateDir::new(settings.state_dir.clone()));
        let (exit, message) = migrate(url).await;
        assert_eq!(exit, Exit::Usage);
        assert!(message.contains("another queuewall server"), "{message}");
        drop(server);
    }
}
