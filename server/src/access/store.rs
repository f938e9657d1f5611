//! Where the links, the waiting screens and the id in the cookies' names are kept: in the
//! database of the state folder, or in PostgreSQL.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use queuewall_store::{Location, OpenError, QueryError, Store as Kept, access as kept};
use thiserror::Error;
use tokio::{
    sync::OnceCell,
    time::{Instant, sleep, timeout},
};
use tracing::{info, warn};

use super::{Link, PendingScreen, TokenHash, code, takeover};
use crate::{
    config::StoreConfig,
    database::{Database, DatabaseError, FILE},
    state::{StateDir, StateError},
};

/// The name in the database of the id in the cookies' names.
pub(super) const COOKIE_ID: &str = "cookie_id";

/// How long a start waits for a database that is not there yet, and after which time it tries
/// again.
const START_PATIENCE: Duration = Duration::from_secs(60);
const START_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How long an answer of the database may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the links cannot be read or changed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file of 0.1.0 is not what that wrote.
    #[error(
        "{} is damaged ({what}), and the links of version 0.1 are not taken over: restore it from a backup; or, to \
         end these links, move it away and make new ones with `queuewall links add`", .path.display()
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A file cannot be read or written, or may not be trusted.
    #[error(transparent)]
    State(#[from] StateError),
    /// The database is damaged.
    #[error("{0}. It holds the links: without a backup, make new ones with `queuewall links add`")]
    DamagedDatabase(Arc<DatabaseError>),
    /// The database cannot be opened.
    #[error("{0}")]
    Open(Arc<DatabaseError>),
    /// The database does not do what was asked.
    #[error("the database fails ({0})")]
    Query(#[from] QueryError),
    /// It does not answer.
    #[error("{0} does not answer")]
    Silent(Location),
    /// There are no random numbers.
    #[error(transparent)]
    Random(#[from] io::Error),
}

impl From<Arc<DatabaseError>> for StoreError {
    fn from(error: Arc<DatabaseError>) -> Self {
        match &*error {
            DatabaseError::Open(OpenError::Damaged { .. }) => Self::DamagedDatabase(error),
            _ => Self::Open(error),
        }
    }
}

impl StoreError {
    /// Whether it stays so until somebody acts: starting again does not help.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Damaged { .. } | Self::DamagedDatabase(_) => true,
            Self::State(error) => error.is_lasting(),
            Self::Open(error) => match &**error {
                DatabaseError::State(error) => error.is_lasting(),
                DatabaseError::MayHoldLinks(_) => true,
                DatabaseError::TakenAway(_) => false,
                DatabaseError::Open(error) => !matches!(
                    error,
                    OpenError::Failed { .. } | OpenError::NotMigrated { .. }
                ),
            },
            Self::Query(_) | Self::Silent(_) | Self::Random(_) => false,
        }
    }
}

/// The links and waiting screens of all servers and commands on one database.
#[derive(Clone, Debug)]
pub struct Store {
    database: Arc<Database>,
    state: StateDir,
    /// Set once what version 0.1 left is in the database.
    is_taken_over: Arc<OnceCell<()>>,
}

impl Store {
    /// The store in a SQLite file of `folder`, which need not be there yet.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        let state = StateDir::new(folder);
        let database = Database::of(&StoreConfig::default(), &state).with_links();
        Self::of(Arc::new(database), state)
    }

    /// The store in this database. What version 0.1 left in `state` is taken over.
    #[must_use]
    pub fn of(database: Arc<Database>, state: StateDir) -> Self {
        Self {
            database,
            state,
            is_taken_over: Arc::default(),
        }
    }

    /// The state folder.
    pub fn state_dir(&self) -> &StateDir {
        &self.state
    }

    /// Which database it is.
    pub fn location(&self) -> &Location {
        self.database.location()
    }

    /// Opens the database and takes over what version 0.1 left. Waits up to a minute for a
    /// database that may come up.
    ///
    /// # Errors
    /// When it cannot be opened, or is damaged, or what is to be taken over is.
    pub async fn start(&self) -> Result<(), StoreError> {
        let begun = Instant::now();
        let mut is_said = false;
        loop {
            match self.open().await {
                Ok(_) => {
                    if is_said {
                        info!("the links can be read now");
                    }
                    return Ok(());
                }
                Err(error) if self.links_of_0_1().is_some() => {
                    warn!("the links of version 0.1 are used, and not taken over yet: {error}");
                    return Ok(());
                }
                Err(error) if error.is_lasting() || begun.elapsed() >= START_PATIENCE => {
                    return Err(error);
                }
                Err(error) if !is_said => {
                    is_said = true;
                    warn!(
                        "the links cannot be read yet: {error}. It is tried again for {} s",
                        START_PATIENCE.as_secs()
                    );
                }
                Err(_) => {}
            }
            sleep(START_AGAIN_AFTER).await;
        }
    }

    /// Takes over what version 0.1 left, if anything. A failure is logged.
    pub async fn take_over(&self) {
        if takeover::is_due(&self.state)
            && let Err(error) = self.open().await
        {
            warn!("what version 0.1 left is not taken over yet: {error}");
        }
    }

    /// The links; none where none were made yet.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn links(&self) -> Result<Vec<Link>, StoreError> {
        if self.is_missing()? {
            return Ok(Vec::new());
        }
        let store = match self.open().await {
            Ok(store) => store,
            Err(error) => return self.links_of_0_1().ok_or(error),
        };
        let rows = self.within(async { Ok(store.links().await?) }).await?;
        Ok(rows.into_iter().filter_map(from_row).collect())
    }

    /// The links that version 0.1 left, where they are not in a database yet.
    fn links_of_0_1(&self) -> Option<Vec<Link>> {
        takeover::links(&self.state).ok().flatten()
    }

    /// What is another after each change of the links, by whatever process; `None` where that
    /// cannot be told, and the links are to be read.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn links_version(&self) -> Result<Option<String>, StoreError> {
        let store = self.open().await?;
        if store.why_read_only().is_some() {
            // It may not be of the same moment as the links.
            return Ok(None);
        }
        self.within(async { Ok(store.links_version().await?) })
            .await
    }

    /// Changes the links, one caller at a time however many processes ask. They are on the disk
    /// when it returns. What `change` refuses is not written.
    ///
    /// # Errors
    /// What `change` answers, or when the database cannot be written.
    pub async fn change<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&mut Vec<Link>) -> Result<T, E>,
    ) -> Result<T, E> {
        let store = self.open().await?;
        let changed = store.change_links::<_, Refused<E>>(|rows| {
            let mut links = rows.drain(..).filter_map(from_row).collect();
            let done = change(&mut links).map_err(Refused::Change)?;
            rows.extend(links.into_iter().map(to_row));
            Ok(done)
        });
        match self.within(async { Ok(changed.await) }).await? {
            Ok(done) => Ok(done),
            Err(Refused::Change(error)) => Err(error),
            Err(Refused::Query(error)) => Err(StoreError::from(error).into()),
        }
    }

    /// The waiting screens of all servers, expired ones too: the first that asked first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn screens(&self) -> Result<Vec<PendingScreen>, StoreError> {
        if self.is_missing()? {
            return Ok(Vec::new());
        }
        let store = self.open().await?;
        let rows = self
            .within(async { Ok(store.waiting_screens().await?) })
            .await?;
        let screen = |row: kept::WaitingScreen| {
            Some(PendingScreen {
                sha256: TokenHash::from_hex(&row.sha256)?,
                code: row.code,
                expires: from_seconds(row.expires),
                peer: row.peer.and_then(|peer| peer.parse().ok()),
            })
        };
        Ok(rows.into_iter().filter_map(screen).collect())
    }

    /// Adds waiting screens, and removes others and those that expired by `now`.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn write_screens(
        &self,
        added: &[PendingScreen],
        removed: &[TokenHash],
        now: u64,
    ) -> Result<(), StoreError> {
        let row = |screen: &PendingScreen| kept::WaitingScreen {
            code: screen.code.clone(),
            sha256: screen.sha256.to_hex(),
            expires: to_seconds(screen.expires),
            peer: screen.peer.map(|peer| peer.to_string()),
        };
        let added: Vec<_> = added.iter().map(row).collect();
        let removed: Vec<_> = removed.iter().map(|hash| hash.to_hex()).collect();
        let store = self.open().await?;
        let written = store.write_waiting_screens(&added, &removed, to_seconds(now));
        self.within(async { Ok(written.await?) }).await
    }

    /// The id in the cookies' names, which is made where there is none yet: one for all servers
    /// on the database.
    ///
    /// # Errors
    /// When there is none, and the database cannot be written.
    pub(super) async fn cookie_id(&self) -> Result<String, StoreError> {
        let store = self.open().await?;
        self.within(async {
            // Read first: that works on a full disk too.
            if let Some(id) = store.state(COOKIE_ID).await? {
                return Ok(id);
            }
            let new = code::generate()?.to_ascii_lowercase();
            Ok(store.state_or(COOKIE_ID, &new).await?)
        })
        .await
    }

    /// Whether the files in the folder may be trusted, and what is to be taken over can be. The
    /// database is not opened.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        takeover::links(&self.state)?;
        if self.location().file().is_some() {
            self.state.open_to_read(FILE)?;
        }
        Ok(())
    }

    /// The text of the requests' ledger, where there is one.
    pub(crate) async fn budget(&self) -> Result<Option<String>, StoreError> {
        let store = self.open().await?;
        self.within(async { Ok(store.state(takeover::BUDGET_STATE).await?) })
            .await
    }

    /// What an administrator should know of the folder, though it is used.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.state.warnings(&[FILE])
    }

    /// The database, which is opened where it is not yet; what version 0.1 left is in it.
    async fn open(&self) -> Result<Arc<Kept>, StoreError> {
        let opening = async { Ok(self.database.open().await?) };
        // A file may be backed up before it is migrated, which takes its time.
        let store = match self.location().file().is_some() {
            true => opening.await?,
            false => self.within(opening).await?,
        };
        // What is only read takes nothing over.
        if store.why_read_only().is_none() {
            let take_over = || takeover::run(&store, &self.state);
            self.is_taken_over.get_or_try_init(take_over).await?;
        }
        Ok(store)
    }

    async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let done = timeout(PATIENCE, work).await;
        done.unwrap_or_else(|_| Err(StoreError::Silent(self.database.location().clone())))
    }

    /// Whether nothing was kept yet: to list nothing makes no file.
    fn is_missing(&self) -> Result<bool, StoreError> {
        let Some(file) = self.location().file() else {
            return Ok(false);
        };
        if self.database.store().is_some() {
            return Ok(false);
        }
        let is_there = self.state.check_folder()?;
        let is_missing = !is_there || matches!(file.try_exists(), Ok(false));
        Ok(is_missing && !takeover::is_due(&self.state))
    }
}

/// Why links were not changed.
enum Refused<E> {
    Change(E),
    Query(QueryError),
}

impl<E> From<QueryError> for Refused<E> {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

/// A link as it is kept.
pub(super) fn to_row(link: Link) -> kept::Link {
    kept::Link {
        sha256: link.sha256.to_hex(),
        id: link.id,
        board: link.board,
        label: link.label,
        created: to_seconds(link.created),
        expires: link.expires.map(to_seconds),
        revoked: link.revoked.map(to_seconds),
        agents: link.agents,
    }
}

/// A hash that is none opens nothing.
fn from_row(row: kept::Link) -> Option<Link> {
    Some(Link {
        sha256: TokenHash::from_hex(&row.sha256)?,
        id: row.id,
        board: row.board,
        label: row.label,
        created: from_seconds(row.created),
        expires: row.expires.map(from_seconds),
        revoked: row.revoked.map(from_seconds),
        agents: row.agents,
    })
}

fn to_seconds(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

fn from_seconds(seconds: i64) -> u64 {
    u64::try_from(seconds).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests;
