//! Several servers that share a PostgreSQL database, as one.
//!
//! One of them, the leader, holds the database's lease and reads CXone. All serve what it
//! publishes, itself too, from the same moment on and with the same bytes and ages, so that each
//! poll of a screen may go to any of them. All count time from one origin, by the database's clock. Without the database each
//! goes on with what it has, which grows old.
//!
//! # Layout
//! - `agents`: who a board's agents are, which no server tells another
//! - `following`: what the leader publishes, and taking the lease once it is free
//! - `leading`: holding the lease, and publishing
//! - `showing`: serving what is published
//! - `status`: who leads, for `/readyz`, `/metrics` and `/screens`

pub(crate) mod agents;
mod following;
mod leading;
mod showing;
mod status;

use std::{sync::Arc, time::Duration};

use cxone::{QueueList, QueueSource};
use queuewall_store::lease::Fence;
use sha2::{Digest as _, Sha256};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};
use tracing::{info, warn};

use crate::{
    clock::Clock,
    database::Database,
    history::Restored,
    live::Live,
    poller::{self, Poller, Polls},
    snapshot::Boards,
};
pub(crate) use agents::FollowedAgents;
use showing::Showing;
pub use status::{Standing, Status};

/// How long a lease lasts. A leader that is gone is replaced a second later.
const LEASE: Duration = Duration::from_secs(10);

/// How often it is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(3);

/// So long before its lease is over a leader stops: its clock and the database's need not go
/// alike.
const MARGIN: Duration = Duration::from_secs(1);

/// How often the others look for something new, and whether the lease is free.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long a database may take for a look: as long as for a renewal of the lease.
const PATIENCE: Duration = Duration::from_secs(9);

/// The same before anybody is answered.
const START_PATIENCE: Duration = Duration::from_secs(3);

/// After so many reads in a row without an answer the leader offers the lease to others.
const MOST_UNANSWERED: u32 = 2;

/// How often a follower tries whether it can read CXone, where the leader cannot, and how long.
const TRY_EVERY: Duration = Duration::from_secs(60);
const TRY_PATIENCE: Duration = Duration::from_secs(10);

/// What the name of a board's trends ends with. No slug has it.
const TRENDS: &str = "/trends";

/// The name of what tells the leader's configuration. No slug has it.
const CONFIGURATION: &str = "/configuration";

/// This server, as one of several.
pub(crate) struct Servers {
    pub(crate) database: Arc<Database>,
    pub(crate) boards: Arc<Boards>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) status: Arc<Status>,
    /// How the poller gets on.
    pub(crate) polls: Polls,
    /// To try whether this server gets an answer from CXone.
    pub(crate) source: Arc<dyn QueueSource>,
    /// The agents, while another server leads.
    pub(crate) agents: FollowedAgents,
    /// What is configured, as it is now.
    pub(crate) live: watch::Receiver<Live>,
    /// The version of what was taken over last; 0 is before all.
    pub(crate) version: i64,
    /// When the scale of all points in time began, in the database's milliseconds since 1970.
    pub(crate) origin_ms: Option<i64>,
    /// When the database last answered, else the start.
    pub(crate) answered: Instant,
}

/// What another poller needs to go on, as texts by name.
type Handover = Vec<(String, String)>;

/// What a poller of the leader starts with.
pub(crate) struct Start {
    /// What it goes on from.
    pub(crate) restored: Restored,
    /// Who is told what the next one needs.
    pub(crate) handover: watch::Sender<Handover>,
    /// Of the lease that this server holds.
    pub(crate) fence: Fence,
    /// What it makes, until that is published.
    pub(crate) drafts: Arc<Boards>,
}

impl Servers {
    /// Follows the leader, or leads with a poller that `start` makes, for as long as it runs.
    pub(crate) async fn run(mut self, mut start: impl FnMut(Start) -> Poller) {
        loop {
            let (store, fence, taken) = self.follow().await;
            self.status.lead(Some(fence));
            info!("this server reads CXone from now on");
            let why = self.lead(&store, fence, taken, &mut start).await;
            self.status.lead(None);
            if why != leading::SILENT {
                self.answered = Instant::now();
            }
            warn!("this server does not read CXone any more: {why}");
        }
    }

    /// What shows what is published.
    fn showing(&self) -> Showing {
        Showing::new(Arc::clone(&self.boards), Arc::clone(&self.clock))
    }

    /// Serves the boards that are configured now.
    fn announce(&self, live: &Live) {
        let boards = live.boards.iter().map(poller::identity).collect();
        self.boards.announce(boards);
        self.boards.set_skills(&live.boards);
    }

    /// Whether this server reads CXone successfully.
    async fn can_read(&self) -> bool {
        let Some(board) = self.live.borrow().boards.first().cloned() else {
            return false;
        };
        let id = board.queues.first().map(|queue| queue.id.clone());
        let read = async {
            match id {
                Some(id) => self
                    .source
                    .read_queues(&[id], &board.skill_ids)
                    .await
                    .is_ok(),
                None => self
                    .source
                    .list_page(&mut QueueList::default())
                    .await
                    .is_ok(),
            }
        };
        timeout(TRY_PATIENCE, read).await.unwrap_or(false)
    }

    /// What tells the configurations of two servers apart.
    fn configuration(&self) -> String {
        let live = self.live.borrow();
        let digest = Sha256::digest(format!("{:?} {:?}", live.boards, live.interval));
        digest
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Lets another server take the lease at once.
pub(crate) async fn leave(database: &Database, status: &Status) {
    if let (Some(store), Some(fence)) = (database.store(), status.fence()) {
        // A database that does not answer delays no shutdown.
        let _ = timeout(MARGIN, store.end_lease(fence)).await;
    }
}

/// The name of this server: its machine's, and its process.
pub(crate) fn name() -> String {
    format!("{}:{}", machine(), std::process::id())
}

#[cfg(unix)]
fn machine() -> String {
    let uname = rustix::system::uname();
    uname.nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn machine() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "server".to_owned())
}
