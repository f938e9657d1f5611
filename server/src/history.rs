//! What the server keeps, and what it brings back after a restart.
//!
//! The poller hands over minutes and events through a [`Recorder`], which never waits. A separate
//! task, [`History::run`], opens the store and writes them: a slow, full or lost database delays
//! no read of CXone and no answer. What it cannot keep is a gap.
//!
//! # Layout
//! - `recorder`: the bounded queue between the two, and its counters
//! - `writer`: the task
//! - `restored`: what was kept before the start
//! - [`asked`]: what is asked for; [`series`]: a queue's history in bins; [`csv`]: as a file

pub mod asked;
pub mod csv;
mod recorder;
mod restored;
pub mod series;
mod writer;

use std::{path::Path, sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use queuewall_store::{Location, OpenError, Store, retention::Retention};
use tokio::{
    sync::{Mutex, mpsc},
    time::timeout,
};
use tracing::{info, warn};

use crate::{clock::Clock, config::StoreConfig, disk::is_on_network, state::StateDir};
#[cfg(test)]
pub(crate) use recorder::Record;
pub use recorder::{HistoryMetrics, Minute, Recorder};
pub use restored::Restored;
pub(crate) use restored::{epoch_ms, minute_of};

/// The name of the SQLite file in the state folder.
pub const FILE: &str = "queuewall.db";

/// How long the start waits for the store; without it the levels' starts and the trends of
/// before are not known.
const OPEN_PATIENCE: Duration = Duration::from_secs(5);

/// How long a shutdown waits for it.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// Where the history is kept, and for how long.
#[derive(Clone, Debug)]
pub struct HistoryConfig {
    /// Which database.
    pub location: Location,
    /// For how long.
    pub retention: Retention,
}

/// The server's history. Readers take its [`store`](Self::store).
#[derive(Debug)]
pub struct History {
    config: HistoryConfig,
    store: ArcSwapOption<Store>,
    records: Mutex<mpsc::Receiver<recorder::Record>>,
    recorder: Recorder,
}

impl History {
    /// A history of which nothing is open yet.
    #[must_use]
    pub fn new(config: HistoryConfig) -> Self {
        let (recorder, records) = Recorder::new();
        Self {
            config,
            store: ArcSwapOption::empty(),
            records: Mutex::new(records),
            recorder,
        }
    }

    /// What the poller hands over to.
    #[must_use]
    pub fn recorder(&self) -> Recorder {
        self.recorder.clone()
    }

    /// The store, while it is open.
    #[must_use]
    pub fn store(&self) -> Option<Arc<Store>> {
        self.store.load_full()
    }

    /// For how long it is kept.
    #[must_use]
    pub fn retention(&self) -> Retention {
        self.config.retention
    }

    /// Whether the database took what was last handed over.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.recorder.metrics().problem().is_none()
    }

    /// Ends the connections, once nothing more is handed over.
    pub async fn stop(&self) {
        if let Some(store) = self.store.swap(None) {
            // A database that does not answer delays no shutdown.
            let _ = timeout(STOP_PATIENCE, store.close()).await;
        }
    }

    /// Opens the store and reads what was kept of `boards`. Where that fails or takes too long,
    /// nothing is brought back, and [`run`](Self::run) tries again.
    pub async fn start(&self, boards: &[String], clock: &dyn Clock) -> Restored {
        let opened = timeout(OPEN_PATIENCE, async {
            let store = self.open().await.map_err(|error| error.to_string())?;
            let now = clock.now().wall;
            let restored = Restored::read(&store, boards, now).await;
            self.store.store(Some(Arc::new(store)));
            restored.map_err(|error| error.to_string())
        });
        let failed = match opened.await {
            Ok(Ok(restored)) => {
                info!("the history is kept in {}", self.config.location);
                if let Some(warning) = warning(&self.config.location) {
                    warn!("{warning}");
                }
                return restored;
            }
            Ok(Err(error)) => error,
            Err(_) => format!("{} does not answer", self.config.location),
        };
        self.recorder.metrics().failed(&failed);
        Restored::default()
    }

    /// Opens the store. A damaged file is moved aside: it holds nothing but history.
    async fn open(&self) -> Result<Store, OpenError> {
        let location = &self.config.location;
        let opened = Store::open(location.clone()).await;
        let (Err(OpenError::Damaged { what, .. }), Some(file)) = (&opened, location.file()) else {
            return opened;
        };
        let aside = file.with_extension("db.damaged");
        warn!(
            "the history in {} is damaged ({what}): it is moved to {}, and begins again",
            file.display(),
            aside.display()
        );
        if let Err(error) = std::fs::rename(file, aside) {
            warn!("{} cannot be moved ({error})", file.display());
            return opened;
        }
        Store::open(location.clone()).await
    }
}

impl HistoryConfig {
    /// The configured database, else the SQLite file in the state folder, which is made here
    /// where it is missing, for this user alone.
    #[must_use]
    pub fn new(config: &StoreConfig, dir: &StateDir) -> Self {
        if config.database.is_none() {
            // Where it cannot be made, opening it says so.
            let _ = dir.lock_file(FILE);
        }
        Self {
            location: location(config, dir.path()),
            retention: config.retention,
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

#[cfg(test)]
mod tests;
