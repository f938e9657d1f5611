//! Which screens there are and how they are, by what they say of themselves with each
//! poll. The latest word of each is kept, of a bounded number of screens.
//!
//! A screen with a name stays one screen across restarts; without a name it lasts as long
//! as its page's id.
//!
//! What comes by one link counts for that link's board alone: it neither replaces nor pushes
//! out a screen that has another link or board.
//!
//! # Layout
//! - `shown`: a screen as operators see it
//! - `shared`: what is written to the database, and taken over from it: that of before a
//!   restart, and of other servers

pub(crate) mod shared;
mod shown;

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use queuewall_shared::report::{Report, SoundState, WakeLock};
use queuewall_store::screen::ScreenKey;
use tokio::sync::Notify;

use crate::{access::TokenHash, clock::Moment};
pub use shown::{Screen, State};

/// A screen that has not asked for so long is dark. Pages ask every 5 s, and at the
/// slowest every 30 s while they lost their server.
pub const DARK_AFTER: Duration = Duration::from_secs(45);

/// A page asks for a frame with each poll: one that got none for so long does not paint.
const UNPAINTED_AFTER: Duration = Duration::from_secs(30);

/// The most screens that are kept, in all.
const MOST: usize = 4_096;

/// How long a dark screen is remembered: one with a name hangs somewhere, one without
/// may have been anybody's tab.
const NAMED_KEPT: Duration = Duration::from_secs(7 * 24 * 3_600);
const UNNAMED_KEPT: Duration = Duration::from_secs(3_600);

/// All screens. The handlers of polls write, those of operators read.
#[derive(Debug)]
pub struct ScreenRegistry {
    shares: Mutex<Shares>,
    /// Notified when this server hears a screen for the first time.
    is_new: Notify,
    hasher: RandomState,
    dark_after: Duration,
}

/// Rows by share: what comes by one link for one board, as a hash of the two.
#[derive(Debug, Default)]
struct Shares {
    rows: HashMap<u64, Rows>,
    /// The turn of `shared` that writes what is heard now.
    turn: u64,
    /// What is not there any more, with the turn that removes it from the database.
    removed: VecDeque<(u64, ScreenKey)>,
}

/// One report, and how it came here.
struct Heard<'h> {
    report: &'h Report<'h>,
    board: &'h str,
    link: Option<TokenHash>,
    address: Option<IpAddr>,
    at: Moment,
    /// The other server that heard it.
    server: Option<&'h str>,
}

/// Rows by the screen's name, and by the page's id where it has none. Boxed, since a map
/// keeps its places when rows move to another share.
#[derive(Debug, Default)]
struct Rows {
    named: HashMap<String, Box<Row>>,
    unnamed: HashMap<String, Box<Row>>,
}

/// What is kept of one screen. Its texts are as short as [`Report::parse`] lets them be.
#[derive(Debug)]
struct Row {
    board: String,
    link: Option<TokenHash>,
    address: Option<IpAddr>,
    /// The other server that heard it last.
    server: Option<String>,
    /// The turn that writes it to the database; 0 where it came from there.
    turn: u64,
    page: String,
    build: Option<String>,
    first_seen: Moment,
    last_seen: Moment,
    paint_age: Option<Duration>,
    sound: SoundState,
    awake: WakeLock,
    errors: u32,
    /// The page that reported before this one.
    page_before: Option<String>,
    /// When two pages last took turns: two screens have one name.
    shared_at: Option<Moment>,
}

impl ScreenRegistry {
    /// None yet; they are dark after so long a silence.
    #[must_use]
    pub fn new(dark_after: Duration) -> Self {
        Self {
            shares: Mutex::new(Shares {
                turn: 1,
                ..Shares::default()
            }),
            is_new: Notify::new(),
            hasher: RandomState::new(),
            dark_after,
        }
    }

    /// Takes the report of a screen of `board` at `address`, with its `link` where access is
    /// by links. The caller has checked that the screen may see that board.
    pub fn heard(
        &self,
        report: &Report<'_>,
        board: &str,
        link: Option<TokenHash>,
        address: Option<IpAddr>,
        now: Moment,
    ) {
        let heard = Heard {
            report,
            board,
            link,
            address,
            at: now,
            server: None,
        };
        self.hear(&mut self.lock(), &heard, now);
    }

    fn hear(&self, shares: &mut Shares, heard: &Heard<'_>, now: Moment) {
        let (key, is_named) = heard.key();
        let share = self.hasher.hash_one((heard.link, heard.board));
        let turn = shares.turn;
        let rows = shares.rows.entry(share).or_default();
        if let Some(row) = rows.of(is_named).get_mut(key) {
            row.hear(heard, turn);
            return;
        }
        let moved = is_named.then(|| {
            let is_dark = |at: Moment| at.age_at(now) >= self.dark_after;
            // What is dark itself replaces none that is.
            let is_dark = |row: &Row| is_dark(row.last_seen) && !is_dark(heard.at);
            shares.take_replaced(key, heard.board, heard.link, is_dark)
        });
        let row = match moved.flatten() {
            Some(mut row) => {
                heard.board.clone_into(&mut row.board);
                row.hear(heard, turn);
                row
            }
            None => Box::new(Row::new(heard, turn)),
        };
        let rows = shares.rows.entry(share).or_default();
        rows.of(is_named).insert(key.to_owned(), row);
        shares.make_room(now);
        if heard.server.is_none() {
            self.is_new.notify_one();
        }
    }

    /// Every screen as it is now, the worst first; `build` is the server's.
    #[must_use]
    pub fn list(&self, build: &str, now: Moment) -> Vec<Screen> {
        let mut shares = self.lock();
        shares.forget(now);
        let mut screens = Vec::new();
        for rows in shares.rows.values() {
            let named = rows.named.iter().map(|(name, row)| (Some(name), row));
            let unnamed = rows.unnamed.values().map(|row| (None, row));
            let each = named.chain(unnamed);
            screens.extend(
                each.map(|(name, row)| row.shown(name.cloned(), build, self.dark_after, now)),
            );
        }
        drop(shares);
        mark_shared_names(&mut screens);
        screens.sort_by(Screen::worst_first);
        screens
    }

    fn lock(&self) -> MutexGuard<'_, Shares> {
        // Every row is whole by itself, so a panic elsewhere leaves nothing half done.
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Marks screens that ask by different links, or for different boards, under one name.
fn mark_shared_names(screens: &mut [Screen]) {
    let mut asking: HashMap<String, u32> = HashMap::new();
    for screen in screens.iter().filter(|it| it.state != State::Dark) {
        if let Some(name) = &screen.name {
            *asking.entry(name.clone()).or_default() += 1;
        }
    }
    for screen in screens.iter_mut().filter(|it| it.state != State::Dark) {
        let count = screen.name.as_ref().and_then(|name| asking.get(name));
        screen.shares_its_name |= count.is_some_and(|count| *count > 1);
    }
}

impl Shares {
    /// Takes out what a new screen of this name replaces: without links, the screen that
    /// changes its board, which is handed on; with links, a dark screen of the same board,
    /// which was let in again.
    fn take_replaced(
        &mut self,
        name: &str,
        board: &str,
        link: Option<TokenHash>,
        is_dark: impl Fn(&Row) -> bool,
    ) -> Option<Box<Row>> {
        let (mut moved, mut removed) = (None, Vec::new());
        for rows in self.rows.values_mut() {
            let Some(row) = rows.named.get(name) else {
                continue;
            };
            let is_moved = row.link.is_none() && link.is_none();
            if is_moved || (row.board == board && is_dark(row)) {
                removed.push(row.key(name, true));
                let row = rows.named.remove(name);
                if is_moved {
                    moved = row;
                }
            }
        }
        removed.into_iter().for_each(|key| self.remove_kept(key));
        moved
    }

    /// Has the next turn remove a screen from the database, which forgets those of before by
    /// itself.
    fn remove_kept(&mut self, key: ScreenKey) {
        self.removed.push_back((self.turn, key));
        if self.removed.len() > MOST {
            self.removed.pop_front();
        }
    }

    fn forget(&mut self, now: Moment) {
        let keep = |row: &Row, kept| row.last_seen.age_at(now) < kept;
        self.rows.retain(|_, rows| {
            rows.named.retain(|_, row| keep(row, NAMED_KEPT));
            rows.unnamed.retain(|_, row| keep(row, UNNAMED_KEPT));
            rows.len() > 0
        });
    }

    fn len(&self) -> usize {
        self.rows.values().map(Rows::len).sum()
    }

    /// Where there are too many, the largest share makes room.
    fn make_room(&mut self, now: Moment) {
        if self.len() <= MOST {
            return;
        }
        self.forget(now);
        if self.len() > MOST
            && let Some(rows) = self.rows.values_mut().max_by_key(|rows| rows.len())
        {
            let dropped = rows.drop_longest_silent(now);
            dropped.into_iter().for_each(|key| self.remove_kept(key));
        }
    }
}

impl Rows {
    fn len(&self) -> usize {
        self.named.len() + self.unnamed.len()
    }

    fn of(&mut self, is_named: bool) -> &mut HashMap<String, Box<Row>> {
        if is_named {
            &mut self.named
        } else {
            &mut self.unnamed
        }
    }

    /// Drops one row in sixteen: a screen that hangs somewhere asks every few seconds.
    fn drop_longest_silent(&mut self, now: Moment) -> Vec<ScreenKey> {
        let age = |row: &Row| row.last_seen.age_at(now);
        let named = self.named.iter().map(|(key, row)| (age(row), false, key));
        let unnamed = self.unnamed.iter().map(|(key, row)| (age(row), true, key));
        let mut rows: Vec<_> = named.chain(unnamed).collect();
        rows.sort_unstable_by(|one, other| other.cmp(one));
        rows.truncate(rows.len().div_ceil(16));
        let rows = rows.into_iter();
        let keys: Vec<_> = rows
            .map(|(_, is_unnamed, key)| (is_unnamed, key.clone()))
            .collect();
        let drop = |(is_unnamed, name): (bool, String)| {
            let row = self.of(!is_unnamed).remove(&name)?;
            Some(row.key(&name, !is_unnamed))
        };
        keys.into_iter().filter_map(drop).collect()
    }
}

impl Heard<'_> {
    /// The screen's name, else its page's id, and whether it is a name.
    fn key(&self) -> (&str, bool) {
        match &self.report.name {
            Some(name) => (name, true),
            None => (&self.report.page, false),
        }
    }

    /// The turn that writes it to the database.
    fn turn(&self, turn: u64) -> u64 {
        self.server.map_or(turn, |_| 0)
    }
}

impl Row {
    fn key(&self, name: &str, is_named: bool) -> ScreenKey {
        ScreenKey {
            link: self.link.map(TokenHash::to_hex).unwrap_or_default(),
            board: self.board.clone(),
            name: name.to_owned(),
            is_named,
        }
    }

    fn new(heard: &Heard<'_>, turn: u64) -> Self {
        let report = heard.report;
        Self {
            board: heard.board.to_owned(),
            link: heard.link,
            address: heard.address,
            server: heard.server.map(str::to_owned),
            turn: heard.turn(turn),
            page: report.page.to_string(),
            build: report.build.as_deref().map(str::to_owned),
            first_seen: heard.at,
            last_seen: heard.at,
            paint_age: paint_age(report),
            sound: report.sound,
            awake: report.awake,
            errors: report.errors,
            page_before: None,
            shared_at: None,
        }
    }

    /// Texts that stay the same are not written again: nearly every time, all do.
    fn hear(&mut self, heard: &Heard<'_>, turn: u64) {
        let report = heard.report;
        if self.page != report.page {
            let before = self.page_before.as_deref();
            // After a restart the page changes once; two screens that alternate come back.
            if before == Some(&*report.page) {
                self.shared_at = Some(heard.at);
            }
            let page = std::mem::replace(&mut self.page, report.page.to_string());
            self.page_before = Some(page);
        }
        // What is not known yet right after a start does not undo what is.
        if let Some(build) = &report.build
            && self.build.as_deref() != Some(build)
        {
            self.build = Some(build.to_string());
        }
        self.address = heard.address;
        if self.server.as_deref() != heard.server {
            self.server = heard.server.map(str::to_owned);
        }
        self.turn = heard.turn(turn);
        self.last_seen = heard.at;
        self.paint_age = paint_age(report);
        self.sound = report.sound;
        self.awake = report.awake;
        self.errors = report.errors;
    }

    fn shown(
        &self,
        name: Option<String>,
        build: &str,
        dark_after: Duration,
        now: Moment,
    ) -> Screen {
        let silence = self.last_seen.age_at(now);
        let is_old = self.build.as_deref().is_some_and(|own| own != build);
        let is_unpainted = self.paint_age.is_some_and(|age| age >= UNPAINTED_AFTER);
        let state = if silence >= dark_after {
            State::Dark
        } else if is_unpainted {
            State::NotPainting
        } else if is_old {
            State::OldBuild
        } else {
            State::Live
        };
        let is_shared = |at: Moment| at.age_at(now) < dark_after;
        Screen {
            name,
            page: self.page.clone(),
            board: self.board.clone(),
            address: self.address,
            server: self.server.clone().filter(|it| !it.is_empty()),
            state,
            build: self.build.clone(),
            first_seen_age: self.first_seen.age_at(now),
            last_seen_age: silence,
            paint_age: self.paint_age,
            sound: self.sound,
            awake: self.awake,
            errors: self.errors,
            shares_its_name: self.shared_at.is_some_and(is_shared),
        }
    }
}

fn paint_age(report: &Report<'_>) -> Option<Duration> {
    report
        .paint_age_ms
        .map(|ms| Duration::from_millis(ms.into()))
}

#[cfg(test)]
mod tests;
