//! Looking at the boards, keeping what was told, and sending.
//!
//! Beside the poller: what is slow here delays no read and no answer. What was told is kept before
//! it is sent, so that nothing is told twice. Of several servers the leader alone decides, and
//! what it cannot keep under its lease it does not send.

use std::{collections::HashMap, sync::Arc, time::Duration};

use queuewall_store::Store;
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};
use tracing::{info, warn};

use super::{Board, Engine, Message, outgoing::Outgoing};
use crate::{
    clock::{Clock, Moment},
    database::Database,
    history::epoch_ms,
    live::Live,
    poller::zone_of_days,
    screens::{ScreenRegistry, State},
    servers::Status,
    snapshot::Boards,
};

/// How often the boards are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long the database may take to keep what was told, where this is the only server.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long it may take to say what was told before: it may be migrated.
const START_PATIENCE: Duration = Duration::from_secs(30);

/// The name of the text in the store.
const NAME: &str = "alerts";

/// What decides and sends.
pub(crate) struct Alerts {
    pub(crate) boards: Arc<Boards>,
    pub(crate) screens: Arc<ScreenRegistry>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) database: Arc<Database>,
    /// How it stands to other servers, where there are several.
    pub(crate) servers: Option<Arc<Status>>,
    pub(crate) live: watch::Receiver<Live>,
    /// Where messages go.
    pub(crate) outgoing: Arc<dyn Outgoing>,
}

/// What is remembered, and whether the database has it.
struct Remembered {
    engine: Engine,
    kept: String,
}

impl Alerts {
    /// Looks and sends for as long as it runs.
    pub(crate) async fn run(self) {
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut remembered = None;
        loop {
            looks.tick().await;
            if self.servers.as_ref().is_some_and(|it| it.fence().is_none()) {
                // Another server goes on from what is kept.
                remembered = None;
                continue;
            }
            if remembered.is_none() {
                remembered = self.remember().await;
            }
            if let Some(remembered) = &mut remembered {
                self.look(remembered).await;
            }
        }
    }

    /// What was told before; `None` while that is not known.
    async fn remember(&self) -> Option<Remembered> {
        let silent = || Err("it does not answer".to_owned());
        let kept = match timeout(START_PATIENCE, self.kept())
            .await
            .unwrap_or_else(|_| silent())
        {
            Ok(kept) => kept.unwrap_or_default(),
            Err(_) if self.servers.is_some() => return None,
            Err(error) => {
                if !self.live.borrow().alerts.rules.is_empty() {
                    warn!(
                        "the database does not say what was told before, so that alerts may come twice: {error}"
                    );
                }
                String::new()
            }
        };
        Some(Remembered {
            engine: Engine::restored(&kept),
            kept,
        })
    }

    async fn kept(&self) -> Result<Option<String>, String> {
        let store = self.store().await?;
        store.state(NAME).await.map_err(|error| error.to_string())
    }

    async fn store(&self) -> Result<Arc<Store>, String> {
        self.database
            .open()
            .await
            .map_err(|error| error.to_string())
    }

    async fn look(&self, remembered: &mut Remembered) {
        let live = self.live.borrow().clone();
        self.outgoing.take_over(&live.alerts.receivers);
        if live.alerts.rules.is_empty() && remembered.engine.is_idle() {
            return;
        }
        let now = self.clock.now();
        let messages = self.step(&mut remembered.engine, &live, now);
        let kept = remembered.engine.kept();
        if kept != remembered.kept {
            if self.keep(&kept).await {
                remembered.kept = kept;
            } else {
                // It is decided again at the next look.
                remembered.engine = Engine::restored(&remembered.kept);
                return;
            }
        }
        for message in messages {
            info!("alert {:?}: {}", message.rule, message.title);
            self.outgoing.send(&message);
        }
    }

    fn step(&self, engine: &mut Engine, live: &Live, now: Moment) -> Vec<Message> {
        let mut dark: HashMap<String, Vec<String>> = HashMap::new();
        for screen in self.screens.list(self.boards.build(), now) {
            if let (State::Dark, Some(name)) = (screen.state, screen.name) {
                dark.entry(screen.board).or_default().push(name);
            }
        }
        let published = live.boards.iter();
        let published: Vec<_> = published
            .filter_map(|board| Some((board, self.boards.latest(&board.slug)?)))
            .collect();
        let looks = published.iter().map(|(board, published)| Board {
            snapshot: &published.snapshot,
            latest_age: published.latest_read.map(|read| read.age_at(now)),
            zone: zone_of_days(board),
            dark_screens: dark.remove(&board.slug).unwrap_or_default(),
        });
        let looks: Vec<_> = looks.collect();
        engine.step(&live.alerts.rules, &looks, epoch_ms(now.wall))
    }

    /// Keeps what was told; whether messages may be sent.
    async fn keep(&self, kept: &str) -> bool {
        let entries = [(NAME.to_owned(), kept.to_owned())];
        if let Some(servers) = &self.servers {
            let (Some(fence), Some(store)) = (servers.fence(), self.database.store()) else {
                return false;
            };
            // A leader that does not hear of its lease for longer has lost it.
            return store.publish(fence, &[], &entries).await.unwrap_or(false);
        }
        if let Some(store) = self.database.store() {
            // A message that comes twice after a restart is better than none.
            let _ = timeout(PATIENCE, store.write_state(&entries)).await;
        }
        true
    }
}

#[cfg(test)]
mod tests;
