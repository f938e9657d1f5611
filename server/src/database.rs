//! The one handle to the store that a process has.
//!
//! # Layout
//! - `damaged`: moving a damaged file aside
//! - `retry`: when a database that is not opened, or only read, is tried again

mod damaged;
mod retry;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use queuewall_store::{Location, OpenError, Store, Tables};
use thiserror::Error;
use tokio::{sync::Mutex, task::JoinHandle, time::timeout};
use tracing::warn;

use crate::{
    config::StoreConfig,
    disk::is_on_network,
    state::{StateDir, StateError},
};
use retry::Retry;

/// The name of the SQLite file in the state folder.
pub const FILE: &str = "queuewall.db";

/// How long a shutdown waits for the database.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

type Opened = Result<Arc<Store>, Arc<DatabaseError>>;

/// Why the database is not opened.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// Its file cannot be read or made, or may not be trusted.
    #[error(transparent)]
    State(#[from] StateError),
    /// It is damaged, and may hold links, which are not moved aside with the history.
    #[error(
        "{0}. Access links may be in it, so it is not replaced by itself: until then nothing is kept, and after it was \
         moved (with the files beside it whose names begin as its own) links and history begin again"
    )]
    MayHoldLinks(OpenError),
    /// Its file was removed, or another one put in its place, while this process has it open.
    #[error(
        "{} was removed or replaced while it is in use: what was read stays in force, nothing is kept, and commands do \
         not see this server's links. Put the file back, or restart the server to use what is there", .0.display()
    )]
    TakenAway(PathBuf),
    /// What the store says.
    #[error(transparent)]
    Open(OpenError),
}

/// How it goes with opening it.
#[derive(Debug, Default)]
struct Opening {
    /// The task that opens it, while one does.
    task: Option<JoinHandle<Opened>>,
    retry: Retry,
}

/// A database that is opened when it is first needed, and then stays open.
#[derive(Debug)]
pub struct Database {
    location: Location,
    /// Where a SQLite file is made.
    dir: Option<StateDir>,
    holds_links: bool,
    tables: Tables,
    store: ArcSwapOption<Store>,
    opening: Mutex<Opening>,
    /// Which file is open, where systems tell files apart.
    file: ArcSwapOption<FileId>,
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
            file: ArcSwapOption::empty(),
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

    /// The store, which is opened where it is not yet. One that is only read is opened again every
    /// few seconds, until it can be written. A damaged file is moved aside where it certainly holds
    /// nothing but history.
    ///
    /// Where this is dropped before it ends, a separate task goes on, which the next call waits
    /// for: a migration that takes long ends, and does not begin again and again.
    ///
    /// # Errors
    /// When it cannot be opened, or could not a short time ago after much work.
    pub async fn open(self: &Arc<Self>) -> Result<Arc<Store>, Arc<DatabaseError>> {
        let is_writable = |store: &Arc<Store>| store.why_read_only().is_none();
        if let Some(store) = self.store().filter(is_writable) {
            return self.still_there().map(|()| store);
        }
        let mut opening = self.opening.lock().await;
        if opening.task.is_none() {
            let is_due = opening.retry.is_due();
            match (self.store(), opening.retry.error()) {
                (Some(store), _) if is_writable(&store) || !is_due => return Ok(store),
                (None, Some(error)) if !is_due => return Err(error),
                _ => {}
            }
        }
        let open = || {
            let database = Arc::clone(self);
            tokio::spawn(async move { database.open_now().await.map_err(Arc::new) })
        };
        let opened = opening.task.get_or_insert_with(open).await;
        opening.task = None;
        match opened {
            Ok(opened) => {
                let is_command = self.tables != Tables::Migrate;
                opening.retry.after(&opened, is_command);
                opened
            }
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The process ends.
                Err(_) => std::future::pending().await,
            },
        }
    }

    async fn open_now(&self) -> Result<Arc<Store>, DatabaseError> {
        // One that is only read. Before the file is opened again: to close a file gives all locks
        // on it up that this process has.
        self.close().await;
        let mut opened = self.open_file().await;
        if let Err(DatabaseError::Open(OpenError::Damaged { location, what })) = &opened
            && let (Some(file), false) = (location.file(), self.holds_links)
        {
            // A command beside a server leaves it to that.
            let is_moved = self.tables == Tables::Migrate && Store::holds_no_link(location).await;
            match is_moved.then(|| damaged::move_aside(file)) {
                Some(Ok(aside)) => {
                    warn!(
                        "the history in {} is damaged ({what}): it is moved to {}, and begins again",
                        file.display(),
                        aside.display()
                    );
                    self.is_replaced.store(true, Ordering::Relaxed);
                    opened = self.open_file().await;
                }
                Some(Err(error)) => warn!(
                    "the history in {} is damaged ({what}), and cannot be moved ({error})",
                    file.display()
                ),
                None => {
                    let (location, what) = (location.clone(), what.clone());
                    let error = OpenError::Damaged { location, what };
                    return Err(DatabaseError::MayHoldLinks(error));
                }
            }
        }
        let store = Arc::new(opened?);
        let file = self.location.file().and_then(file_id);
        self.file.store(file.map(Arc::new));
        self.store.store(Some(Arc::clone(&store)));
        Ok(store)
    }

    /// Whether the file that is open is the one of its name.
    fn still_there(&self) -> Result<(), Arc<DatabaseError>> {
        match (self.location.file(), self.file.load_full()) {
            (Some(file), Some(open)) if file_id(file) != Some(*open) => {
                Err(Arc::new(DatabaseError::TakenAway(file.to_owned())))
            }
            _ => Ok(()),
        }
    }

    async fn open_file(&self) -> Result<Store, DatabaseError> {
        self.prepare_file()?;
        let opened = Store::open_with(self.location.clone(), self.tables).await;
        opened.map_err(DatabaseError::Open)
    }

    /// Makes the file for this user alone, and refuses what another one could have written.
    fn prepare_file(&self) -> Result<(), StateError> {
        let Some(dir) = &self.dir else {
            return Ok(());
        };
        match dir.lock_file(FILE) {
            Ok(_) => Ok(()),
            Err(error @ StateError::Untrusted { .. }) => Err(error),
            // What cannot be written may be read.
            Err(error) => match dir.open_to_read(FILE)? {
                Some(_) => Ok(()),
                None => Err(error),
            },
        }
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

/// Device and inode.
type FileId = (u64, u64);

#[cfg(unix)]
fn file_id(file: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::metadata(file).ok()?;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn file_id(_: &Path) -> Option<FileId> {
    None
}

#[cfg(test)]
pub(crate) mod tests;
