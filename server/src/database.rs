//! The one handle to the store that a process has.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use queuewall_store::{Location, OpenError, Store, Tables};
use tokio::{sync::Mutex, task::JoinHandle, time::timeout};
use tracing::warn;

use crate::{config::StoreConfig, disk::is_on_network, state::StateDir};

/// The name of the SQLite file in the state folder.
pub const FILE: &str = "queuewall.db";

/// What SQLite has beside its file. They go before it: a new file must not find the log of
/// another one.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// How long a shutdown waits for the database.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

type Opening = JoinHandle<Result<Arc<Store>, OpenError>>;

/// A database that is opened when it is first needed, and then stays open.
#[derive(Debug)]
pub struct Database {
    location: Location,
    /// Where a SQLite file is made.
    dir: Option<StateDir>,
    holds_links: bool,
    tables: Tables,
    store: ArcSwapOption<Store>,
    /// The task that opens it, while one does.
    opening: Mutex<Option<Opening>>,
    /// Whether a damaged file was moved aside.
    is_replaced: AtomicBool,
}

impl Database {
    /// The database at this place.
    #[must_use]
    pub fn new(location: Location) -> Self {
        Self {
            location,
            dir: None,
            holds_links: false,
            tables: Tables::Migrate,
            store: ArcSwapOption::empty(),
            opening: Mutex::default(),
            is_replaced: AtomicBool::default(),
        }
    }

    /// The configured database, else the SQLite file in the state folder, which is made for this
    /// user alone.
    #[must_use]
    pub fn of(config: &StoreConfig, dir: &StateDir) -> Self {
        Self {
            dir: config.database.is_none().then(|| dir.clone()),
            ..Self::new(location(config, dir.path()))
        }
    }

    /// The same one, of which a damaged file stays where it is: links are in it.
    #[must_use]
    pub fn with_links(self) -> Self {
        Self {
            holds_links: true,
            ..self
        }
    }

    /// The same one, which is not migrated: a command may run beside an older server.
    #[must_use]
    pub fn of_command(self) -> Self {
        Self {
            tables: Tables::Make,
            ..self
        }
    }

    /// Which database it is.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The store, while it is open.
    #[must_use]
    pub fn store(&self) -> Option<Arc<Store>> {
        self.store.load_full()
    }

    /// Whether it is in place of a damaged file that this process moved aside.
    #[must_use]
    pub fn is_replaced(&self) -> bool {
        self.is_replaced.load(Ordering::Relaxed)
    }

    /// The store, which is opened where it is not yet. A damaged file is moved aside where it holds
    /// nothing but history.
    ///
    /// Where this is dropped before it ends, a separate task goes on, which the next call waits
    /// for: a migration that takes long ends, and does not begin again and again.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(self: &Arc<Self>) -> Result<Arc<Store>, OpenError> {
        let mut opening = self.opening.lock().await;
        if let Some(store) = self.store() {
            *opening = None;
            return Ok(store);
        }
        let open = || {
            let database = Arc::clone(self);
            tokio::spawn(async move { database.open_now().await })
        };
        let opened = opening.get_or_insert_with(open).await;
        *opening = None;
        match opened {
            Ok(opened) => opened,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The process ends.
                Err(_) => std::future::pending().await,
            },
        }
    }

    async fn open_now(&self) -> Result<Arc<Store>, OpenError> {
        let open = || {
            if let Some(dir) = &self.dir {
                // With its mode. Where it cannot be made, opening it says so.
                let _ = dir.lock_file(FILE);
            }
            Store::open_with(self.location.clone(), self.tables)
        };
        let mut opened = open().await;
        if let (Err(OpenError::Damaged { what, .. }), Some(file), false) =
            (&opened, self.location.file(), self.holds_links)
        {
            match move_aside(file) {
                Ok(aside) => {
                    warn!(
                        "the history in {} is damaged ({what}): it is moved to {}, and begins again",
                        file.display(),
                        aside.display()
                    );
                    self.is_replaced.store(true, Ordering::Relaxed);
                    opened = open().await;
                }
                Err(error) => warn!(
                    "the history in {} is damaged ({what}), and cannot be moved ({error})",
                    file.display()
                ),
            }
        }
        let store = Arc::new(opened?);
        self.store.store(Some(Arc::clone(&store)));
        Ok(store)
    }

    /// Ends the connections. A database that does not answer delays nothing.
    pub async fn close(&self) {
        if let Some(store) = self.store.swap(None) {
            let _ = timeout(STOP_PATIENCE, store.close()).await;
        }
    }
}

/// The configured database, else the SQLite file in the state folder.
#[must_use]
pub fn location(config: &StoreConfig, state_dir: &Path) -> Location {
    let file = || Location::File(state_dir.join(FILE));
    config.database.clone().unwrap_or_else(file)
}

/// The warning where SQLite's file is shared by machines: its locks do not work there.
pub(crate) fn warning(location: &Location) -> Option<String> {
    let file = location.file().filter(|file| is_on_network(file))?;
    Some(format!(
        "{} is on a network file system, where SQLite files get damaged: set QUEUEWALL_STATE_DIR \
         (server.state_dir) to a folder of this machine, or QUEUEWALL_DATABASE_URL to a PostgreSQL database",
        file.display()
    ))
}

/// Moves SQLite's files to a free name; which one.
fn move_aside(file: &Path) -> io::Result<PathBuf> {
    let free = |number: &u32| {
        let aside = suffixed(file, &format!(".damaged-{number}"));
        (!aside.exists()).then_some(aside)
    };
    let aside = (1..).find_map(|number| free(&number));
    let aside = aside.ok_or(io::ErrorKind::AlreadyExists)?;
    for suffix in BESIDE.into_iter().chain([""]) {
        match std::fs::rename(suffixed(file, suffix), suffixed(&aside, suffix)) {
            Err(error) if suffix.is_empty() || error.kind() != io::ErrorKind::NotFound => {
                return Err(error);
            }
            _ => {}
        }
    }
    Ok(aside)
}

fn suffixed(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, Executor as _, SqliteConnection};

    use super::*;

    #[tokio::test]
    async fn damaged_files_are_kept_beside_a_new_one_with_their_logs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        for round in ["first", "second"] {
            std::fs::write(&file, format!("no database: the {round}")).unwrap();
            std::fs::write(suffixed(&file, "-wal"), format!("log of the {round}")).unwrap();
            let database = Arc::new(Database::new(Location::File(file.clone())));
            database.open().await.unwrap();
            database.close().await;
        }
        assert_eq!(read("queuewall.db.damaged-1"), "no database: the first");
        assert_eq!(read("queuewall.db.damaged-1-wal"), "log of the first");
        assert_eq!(read("queuewall.db.damaged-2"), "no database: the second");
        assert_eq!(read("queuewall.db.damaged-2-wal"), "log of the second");
        assert!(!suffixed(&file, "-wal").exists(), "closed and whole");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn file_in_place_of_a_damaged_one_is_private() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::write(&file, "no database at all").unwrap();
        let dir = StateDir::new(folder.path().to_owned());
        let database = Arc::new(Database::of(&StoreConfig::default(), &dir));
        database.open().await.unwrap();
        assert!(database.is_replaced());
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[tokio::test]
    async fn database_is_opened_once_and_again_after_it_was_closed() {
        let folder = tempfile::tempdir().unwrap();
        let database = Arc::new(Database::new(Location::File(folder.path().join(FILE))));
        let store = database.open().await.unwrap();
        assert!(Arc::ptr_eq(&store, &database.open().await.unwrap()));
        database.close().await;
        assert!(database.store().is_none());
        database.open().await.unwrap();
        assert!(database.store().is_some());
    }

    #[tokio::test]
    async fn migration_that_nobody_waits_for_ends_and_is_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        let database = || Arc::new(Database::new(Location::File(file.clone())));
        let made = database();
        made.open().await.unwrap();
        made.close().await;
        let mut older = SqliteConnection::connect(file.to_str().unwrap())
            .await
            .unwrap();
        let before = "DROP TABLE screen; DELETE FROM _sqlx_migrations WHERE version = 4";
        older.execute(before).await.unwrap();
        let lock = older.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let database = database();
        for _ in 0..3 {
            let opened = timeout(Duration::from_millis(200), database.open()).await;
            assert!(opened.is_err(), "it waits for the lock");
        }
        lock.rollback().await.unwrap();
        let until = tokio::time::Instant::now() + Duration::from_secs(20);
        while database.store().is_none() {
            assert!(
                tokio::time::Instant::now() < until,
                "nobody opens it any more"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(suffixed(&file, ".before-migration").exists());
        assert!(
            !suffixed(&file, ".before-migration.2").exists(),
            "one migration"
        );
        database.close().await;
    }
}
