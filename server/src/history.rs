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

use std::{sync::Arc, time::Duration};

use queuewall_store::{Store, retention::Retention};
use tokio::{
    sync::{Mutex, mpsc},
    time::timeout,
};
use tracing::{info, warn};

use crate::{
    clock::Clock,
    database::{Database, warning},
};
#[cfg(test)]
pub(crate) use recorder::Record;
pub use recorder::{HistoryMetrics, Hour, Minute, Recorder};
pub(crate) use restored::{
    BACKFILL, MOST_BACKFILL_DAYS, epoch_ms, minute_of, origin_ms, told_name,
};
pub use restored::{Restored, Waiting};

/// How long the start waits for the store; without it the levels' starts and the trends of
/// before are not known.
const OPEN_PATIENCE: Duration = Duration::from_secs(5);

/// Where the history is kept, and for how long.
#[derive(Clone, Debug)]
pub struct HistoryConfig {
    /// In which database.
    pub database: Arc<Database>,
    /// For how long.
    pub retention: Retention,
}

/// The server's history. Readers take its [`store`](Self::store).
#[derive(Debug)]
pub struct History {
    config: HistoryConfig,
    records: Mutex<mpsc::Receiver<recorder::Record>>,
    metrics: HistoryMetrics,
}

impl History {
    /// A history of which nothing is open yet, and what hands over to it.
    #[must_use]
    pub fn new(config: HistoryConfig) -> (Self, Recorder) {
        let (recorder, records) = Recorder::new();
        let metrics = recorder.metrics().clone();
        let records = Mutex::new(records);
        let history = Self {
            config,
            records,
            metrics,
        };
        (history, recorder)
    }

    /// The store, while it is open.
    #[must_use]
    pub fn store(&self) -> Option<Arc<Store>> {
        self.config.database.store()
    }

    /// For how long it is kept.
    #[must_use]
    pub fn retention(&self) -> Retention {
        self.config.retention
    }

    /// Whether the database took what was last handed over.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.metrics.problem().is_none()
    }

    /// Opens the store and reads what was kept of `boards`. Where that fails or takes too long,
    /// nothing is brought back, and [`run`](Self::run) tries again.
    pub async fn start(&self, boards: &[String], clock: &dyn Clock) -> Restored {
        let database = &self.config.database;
        let opened = timeout(OPEN_PATIENCE, async {
            let store = database.open().await.map_err(|error| error.to_string())?;
            let restored = Restored::read(&store, boards, clock.now().wall, None).await;
            restored.map_err(|error| error.to_string())
        });
        let failed = match opened.await {
            Ok(Ok(restored)) => {
                let store = database.store();
                match store.as_ref().and_then(|store| store.why_read_only()) {
                    None => info!("the history is kept in {}", database.location()),
                    Some(why) => self.metrics.failed(&why.to_string()),
                }
                if let Some(warning) = warning(database.location()) {
                    warn!("{warning}");
                }
                return restored;
            }
            Ok(Err(error)) => error,
            Err(_) => format!("{} does not answer", database.location()),
        };
        self.metrics.failed(&failed);
        Restored::default()
    }
}

#[cfg(test)]
mod tests;
