//! The screens in the database: those of other servers, and of before a restart.
//!
//! Nothing waits for it. A task writes what this server heard since its last turn, and takes
//! over what others heard later.

use std::{net::IpAddr, sync::Arc, time::Duration};

use queuewall_shared::report::Report;
use queuewall_store::{
    Result,
    screen::{KeepScreens, KeptScreen, ScreenKey},
};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::debug;

use super::{Heard, NAMED_KEPT, Row, ScreenRegistry, Shares, UNNAMED_KEPT};
use crate::{
    access::TokenHash,
    clock::{Clock, Moment},
    database::Database,
    mapping::millis,
};

/// How often, where other servers read it: they know a screen before its next poll.
const SHARED_EVERY: Duration = Duration::from_secs(2);

/// How often, where only the next start does, and flash storage wears out. A new screen is
/// written at once, however the server ends.
const KEPT_EVERY: Duration = Duration::from_secs(60);

/// How long a database may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was written so long before the last turn may have been committed after it.
const OVERLAP: Duration = Duration::from_secs(30);

/// How much newer what another server heard must be: the time on the way to the database and
/// back makes no news.
const TOLERANCE: Duration = Duration::from_secs(1);

const KEEP: KeepScreens = KeepScreens {
    named: NAMED_KEPT,
    unnamed: UNNAMED_KEPT,
};

/// What writes the screens to the database, and takes them over from it.
pub(crate) struct SharedScreens {
    screens: Arc<ScreenRegistry>,
    database: Arc<Database>,
    clock: Arc<dyn Clock>,
    /// This server's name; empty where it is the only one.
    server: String,
    /// When it last took over what there was.
    taken_over: Option<Moment>,
    /// What was heard before this turn is written.
    written: u64,
}

impl SharedScreens {
    /// Nothing is written or taken over yet.
    pub(crate) fn new(
        screens: Arc<ScreenRegistry>,
        database: Arc<Database>,
        clock: Arc<dyn Clock>,
        server: String,
    ) -> Self {
        Self {
            screens,
            database,
            clock,
            server,
            taken_over: None,
            written: 0,
        }
    }

    /// Takes turns, until `stopped` ends; then writes what is left.
    pub(crate) async fn run(mut self, stopped: impl Future<Output = ()>) {
        let is_shared = self.database.location().file().is_none();
        let every = if is_shared { SHARED_EVERY } else { KEPT_EVERY };
        tokio::select! {
            () = stopped => {}
            () = async {
                loop {
                    let turn = timeout(PATIENCE, self.turn(is_shared));
                    match turn.await {
                        Ok(Ok(())) => {}
                        // What other tasks say in the log too.
                        Ok(Err(error)) => debug!("screens are not kept: {error}"),
                        Err(_) => debug!("screens are not kept: the database does not answer"),
                    }
                    // Until it is opened.
                    let is_waiting = self.taken_over.is_none();
                    let pause = sleep(if is_waiting { SHARED_EVERY } else { every });
                    // Many new ones are written together.
                    let soon = Instant::now() + SHARED_EVERY;
                    tokio::select! {
                        () = pause => {}
                        () = async {
                            self.screens.is_new.notified().await;
                            sleep_until(soon).await;
                        } => {}
                    }
                }
            } => {}
        }
        let _ = timeout(PATIENCE, self.write()).await;
    }

    async fn turn(&mut self, is_shared: bool) -> Result<()> {
        self.write().await?;
        if is_shared || self.taken_over.is_none() {
            self.take_over().await?;
        }
        Ok(())
    }

    /// Writes what was heard since the last time that this succeeded.
    async fn write(&mut self) -> Result<()> {
        let Some(store) = self.database.store() else {
            return Ok(());
        };
        let (turn, heard, removed) =
            (self.screens).news(self.written, &self.server, self.clock.now());
        if !heard.is_empty() || !removed.is_empty() {
            store.write_screens(&heard, &removed, KEEP).await?;
        }
        self.screens.forget_removed(turn);
        self.written = turn + 1;
        Ok(())
    }

    async fn take_over(&mut self) -> Result<()> {
        let Some(store) = self.database.store() else {
            return Ok(());
        };
        let now = self.clock.now();
        let kept = match self.taken_over {
            // This server's too: it was started again.
            None => store.screens(2 * NAMED_KEPT, None).await?,
            Some(before) => {
                let within = before.age_at(now) + OVERLAP;
                store.screens(within, Some(&self.server)).await?
            }
        };
        self.taken_over = Some(now);
        self.screens.take_over(&kept, now);
        Ok(())
    }
}

impl ScreenRegistry {
    /// What was heard from this turn on, what is to be removed, and the turn that ends with it.
    pub(super) fn news(
        &self,
        from: u64,
        server: &str,
        now: Moment,
    ) -> (u64, Vec<KeptScreen>, Vec<ScreenKey>) {
        let mut shares = self.lock();
        let turn = shares.turn;
        shares.turn += 1;
        let removed = shares.removed.iter().map(|(_, key)| key.clone()).collect();
        let mut heard = Vec::new();
        for rows in shares.rows.values() {
            let named = rows.named.iter().map(|(name, row)| (name, row, true));
            let unnamed = rows.unnamed.iter().map(|(page, row)| (page, row, false));
            let news = named
                .chain(unnamed)
                .filter(|(_, row, _)| row.turn >= from.max(1));
            heard.extend(news.map(|(name, row, is_named)| row.kept(name, is_named, server, now)));
        }
        (turn, heard, removed)
    }

    /// What was removed up to this turn is removed from the database too.
    pub(super) fn forget_removed(&self, turn: u64) {
        let removed = &mut self.lock().removed;
        removed.retain(|(of, _)| *of > turn);
    }

    /// Takes over what is newer than what is known, as of `now`; the oldest stand first.
    pub(super) fn take_over(&self, kept: &[KeptScreen], now: Moment) {
        let mut shares = self.lock();
        for screen in kept {
            self.take_over_one(&mut shares, screen, now);
        }
        shares.forget(now);
    }

    fn take_over_one(&self, shares: &mut Shares, kept: &KeptScreen, now: Moment) {
        let link = match kept.key.link.as_str() {
            "" => None,
            hex => match TokenHash::from_hex(hex) {
                Some(hash) => Some(hash),
                None => return,
            },
        };
        let (Some(report), board) = (Report::parse(&kept.report), &*kept.key.board) else {
            return;
        };
        let tolerance = i64::try_from(TOLERANCE.as_millis()).unwrap_or_default();
        let last_age = if kept.last_age_ms < -tolerance {
            // The clock was set back since: nobody knows how long it is silent.
            self.dark_after
        } else {
            Duration::from_millis(u64::try_from(kept.last_age_ms).unwrap_or_default())
        };
        let heard = Heard {
            report: &report,
            board,
            link,
            address: kept
                .address
                .as_deref()
                .and_then(|it| it.parse::<IpAddr>().ok()),
            at: now.before(millis(last_age)),
            server: Some(&kept.server),
        };
        let first_ms = u64::try_from(kept.first_age_ms).unwrap_or_default();
        let first = now.before(first_ms.max(millis(last_age)));
        let key = heard.key();
        if let Some(row) = shares.find(key, board, link) {
            row.know_since(first, now);
            if row.last_seen.age_at(now) <= last_age + TOLERANCE {
                return;
            }
        } else if shares.is_replaced(&heard, |at| at.age_at(now) < self.dark_after, now) {
            return;
        }
        self.hear(shares, &heard, now);
        if let Some(row) = shares.find(key, board, link) {
            row.know_since(first, now);
        }
    }
}

impl Shares {
    fn find(
        &mut self,
        (name, is_named): (&str, bool),
        board: &str,
        link: Option<TokenHash>,
    ) -> Option<&mut Row> {
        let rows = self.rows.values_mut();
        let mut found = rows.filter_map(|rows| rows.of(is_named).get_mut(name));
        let row = found.find(|row| row.board == board && row.link == link);
        row.map(|row| &mut **row)
    }

    /// Whether a newer screen replaced this one, as [`Self::take_replaced`] says.
    fn is_replaced(
        &self,
        heard: &Heard<'_>,
        is_alive: impl Fn(Moment) -> bool,
        now: Moment,
    ) -> bool {
        let (name, is_named) = heard.key();
        let age = heard.at.age_at(now);
        let is_newer = |row: &Row| row.last_seen.age_at(now) <= age;
        let replaces = |row: &Row| {
            let is_moved = row.link.is_none() && heard.link.is_none();
            is_moved || (row.board == heard.board && !is_alive(heard.at) && is_alive(row.last_seen))
        };
        let mut rows = self.rows.values().filter_map(|rows| rows.named.get(name));
        is_named && rows.any(|row| is_newer(row) && replaces(row))
    }
}

impl Row {
    /// It is known since this moment at least.
    fn know_since(&mut self, first: Moment, now: Moment) {
        if first.age_at(now) > self.first_seen.age_at(now) {
            self.first_seen = first;
        }
    }

    fn kept(&self, name: &str, is_named: bool, server: &str, now: Moment) -> KeptScreen {
        let age_ms = |at: Moment| i64::try_from(at.age_ms_at(now)).unwrap_or(i64::MAX);
        let report = Report {
            page: self.page.as_str().into(),
            name: is_named.then(|| name.into()),
            build: self.build.as_deref().map(Into::into),
            paint_age_ms: self
                .paint_age
                .and_then(|age| age.as_millis().try_into().ok()),
            sound: self.sound,
            awake: self.awake,
            errors: self.errors,
        };
        KeptScreen {
            key: self.key(name, is_named),
            server: server.to_owned(),
            address: self.address.map(|address| address.to_string()),
            report: report.to_header(),
            first_age_ms: age_ms(self.first_seen),
            last_age_ms: age_ms(self.last_seen),
        }
    }
}
