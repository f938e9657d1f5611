//! The server's view of the stored links: in memory, and read again when a process changed
//! them.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, oneshot};
use tracing::{error, info, warn};

use super::{Link, LinkStatus, Refusal, Store, StoreError, TokenHash, seconds_since_1970};

/// Tests wait for a database's own threads, and so in real time.
const LOOK_EVERY: Duration = Duration::from_millis(if cfg!(test) { 10 } else { 1_000 });
/// How often a revocation that could not be written is tried again, in looks.
const LOOKS_A_WRITE: u32 = 10;
/// How long a caller with a token that is not known waits for a look at the database.
const PATIENCE: Duration = Duration::from_secs(2);
/// So many wait for a look at once.
const MOST_WAITING: usize = 64;

/// The links by their tokens' hashes. Reading takes no lock and asks no database.
#[derive(Debug)]
pub struct Links {
    store: Store,
    by_hash: ArcSwap<HashMap<TokenHash, Known>>,
    /// Held while the links in force are replaced.
    state: Mutex<State>,
    waiting: mpsc::Sender<oneshot::Sender<()>>,
}

#[derive(Debug)]
struct State {
    /// Until somebody follows.
    waiting: Option<mpsc::Receiver<oneshot::Sender<()>>>,
    /// Links that this server revoked, and when, of which the database does not know yet.
    unwritten: HashMap<TokenHash, u64>,
    /// Whether what changes is logged.
    is_started: bool,
}

/// A link, and what was logged of it.
#[derive(Debug)]
struct Known {
    link: Link,
    is_used: Arc<AtomicBool>,
    is_refused: Arc<AtomicBool>,
}

/// What a token of a good link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The link.
    pub link: TokenHash,
    /// Whether it may list the board's agents.
    pub lists_agents: bool,
}

impl Links {
    /// Reads the stored links.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open(store: Store) -> Result<Self, StoreError> {
        let (waiting, receiver) = mpsc::channel(MOST_WAITING);
        let links = Self {
            by_hash: ArcSwap::from_pointee(HashMap::new()),
            state: Mutex::new(State {
                waiting: Some(receiver),
                unwritten: HashMap::new(),
                is_started: false,
            }),
            waiting,
            store,
        };
        links.read().await?;
        info!("links: {}", links.by_hash.load().len());
        links.state().is_started = true;
        Ok(links)
    }

    /// The link of a token that is good at `now`.
    ///
    /// # Errors
    /// Why the token opens nothing.
    pub fn good(&self, token: &str, now: SystemTime) -> Result<Link, Refusal> {
        let by_hash = self.by_hash.load();
        let known = by_hash.get(&TokenHash::of(token));
        known_if_good(known, now).map(|known| known.link.clone())
    }

    /// [`Self::good`], where a link may have been added less than a second ago: for one
    /// that is not known, the next look at the database is waited for, and no longer than
    /// `PATIENCE`. For callers whose attempts are counted.
    ///
    /// # Errors
    /// Why the token opens nothing.
    pub async fn good_or_new(&self, token: &str, now: SystemTime) -> Result<Link, Refusal> {
        let known = self.good(token, now);
        if known != Err(Refusal::NoAccess) {
            return known;
        }
        let (looked, next_look) = oneshot::channel();
        if self.waiting.try_send(looked).is_ok() {
            let _ = tokio::time::timeout(PATIENCE, next_look).await;
        }
        self.good(token, now)
    }

    /// Whether a token opens `board` at `now`, and what. Without an allocation: every
    /// poll of every screen asks this.
    ///
    /// # Errors
    /// Why it does not; a good link of another board is no link of this one.
    pub fn opens(&self, token: &str, board: &str, now: SystemTime) -> Result<Opened, Refusal> {
        let by_hash = self.by_hash.load();
        let hash = TokenHash::of(token);
        let known = by_hash.get(&hash);
        let known = known.filter(|known| known.link.board == board);
        known_if_good(known, now).map(|known| Opened {
            link: hash,
            lists_agents: known.link.agents,
        })
    }

    /// The good links that expire, the soonest first, each with when it does (seconds since 1970).
    #[must_use]
    pub fn ending(&self, now: SystemTime) -> Vec<(u64, Link)> {
        let by_hash = self.by_hash.load();
        let links = by_hash.values().map(|known| &known.link);
        let good = links.filter(|link| link.status(now) == LinkStatus::Good);
        let mut ending: Vec<_> = good
            .filter_map(|link| Some((link.expires?, link.clone())))
            .collect();
        ending.sort_by(|one, other| (one.0, &one.1.id).cmp(&(other.0, &other.1.id)));
        ending
    }

    /// Revokes the links that are good and `meant`, from this moment on; that is written as soon
    /// as the database takes it. Which ones.
    pub fn revoke(&self, meant: impl Fn(&Link) -> bool, now: SystemTime) -> Vec<Link> {
        let mut state = self.state();
        let mut links = self.in_force();
        let mut revoked = Vec::new();
        for link in &mut links {
            if meant(link) && link.status(now) == LinkStatus::Good {
                let at = seconds_since_1970(now);
                state.unwritten.insert(link.sha256, at);
                link.revoked = Some(at);
                revoked.push(link.clone());
            }
        }
        if !revoked.is_empty() {
            log(&self.take(&state, links));
        }
        revoked
    }

    /// Whether a link is `meant`, in whatever state.
    pub fn has(&self, meant: impl Fn(&Link) -> bool) -> bool {
        let by_hash = self.by_hash.load();
        by_hash.values().any(|known| meant(&known.link))
    }

    /// Follows the database for as long as it is polled: what another process changes is known
    /// within a second. Where it cannot be read, the links stay as they were.
    pub async fn follow(self: Arc<Self>) {
        let Some(mut waiting) = self.state().waiting.take() else {
            // Somebody follows already.
            return std::future::pending().await;
        };
        // Read once more at first: they may have changed since the start.
        let mut seen = None;
        let (mut unread, mut unwritten) = (None, None);
        let mut asked = Vec::new();
        let mut looks = 0_u32;
        loop {
            while let Ok(next) = waiting.try_recv() {
                asked.push(next);
            }
            let looked = self.look(&mut seen).await;
            let words = looked.as_ref().err().map(ToString::to_string);
            match &words {
                Some(words) if unread.as_ref() != Some(words) => {
                    error!("the links in force stay as they were: {words}");
                }
                None if unread.is_some() => info!("the links are read again"),
                _ => {}
            }
            unread = words;
            log(&looked.unwrap_or_default());
            if looks.is_multiple_of(LOOKS_A_WRITE) {
                let written = self.write().await;
                let words = written.as_ref().err().map(ToString::to_string);
                match &words {
                    Some(words) if unwritten.as_ref() != Some(words) => warn!(
                        "revoked links are refused, but a restart would let them in again: {words}. It is tried \
                         again every 10 s"
                    ),
                    None if written.is_ok_and(|is_written| is_written) => {
                        info!("the revocations were written");
                    }
                    _ => {}
                }
                unwritten = words;
            }
            looks = looks.wrapping_add(1);
            for looked in asked.drain(..) {
                // Its request may be over.
                let _ = looked.send(());
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                next = waiting.recv() => asked.extend(next),
            }
        }
    }

    /// Reads the links where they are not those that were `seen`. What is new.
    async fn look(&self, seen: &mut Option<String>) -> Result<Vec<String>, StoreError> {
        // Before they are read: a change in between is seen the next time.
        let version = self.store.links_version().await?;
        if version.is_some() && *seen == version {
            return Ok(Vec::new());
        }
        let news = self.read().await?;
        *seen = version;
        Ok(news)
    }

    async fn read(&self) -> Result<Vec<String>, StoreError> {
        let links = self.store.links().await?;
        Ok(self.take(&self.state(), links))
    }

    /// Puts `links` in force. What is new, for the log.
    fn take(&self, state: &State, mut links: Vec<Link>) -> Vec<String> {
        for link in &mut links {
            let unwritten = state.unwritten.get(&link.sha256).copied();
            link.revoked = link.revoked.or(unwritten);
        }
        let before = self.by_hash.load();
        let news = if state.is_started {
            changes(&before, &links)
        } else {
            Vec::new()
        };
        let known = |link: Link| {
            let before = before.get(&link.sha256);
            let keep = |flag: fn(&Known) -> &Arc<AtomicBool>| {
                before.map(flag).cloned().unwrap_or_default()
            };
            let known = Known {
                is_used: keep(|known| &known.is_used),
                is_refused: keep(|known| &known.is_refused),
                link,
            };
            (known.link.sha256, known)
        };
        let by_hash = links.into_iter().map(known).collect();
        self.by_hash.store(Arc::new(by_hash));
        news
    }

    /// Writes the revocations that the database lacks; whether there were any.
    async fn write(&self) -> Result<bool, StoreError> {
        let unwritten = self.state().unwritten.clone();
        if unwritten.is_empty() {
            return Ok(false);
        }
        let changed = self.store.change::<_, StoreError>(|links| {
            for link in links {
                link.revoked = link.revoked.or(unwritten.get(&link.sha256).copied());
            }
            Ok(())
        });
        changed.await?;
        let mut state = self.state();
        state
            .unwritten
            .retain(|hash, _| !unwritten.contains_key(hash));
        Ok(true)
    }

    fn in_force(&self) -> Vec<Link> {
        let by_hash = self.by_hash.load();
        by_hash.values().map(|known| known.link.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is a single step: a panic elsewhere spoils nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The links that were added, revoked or removed, each in words.
fn changes(before: &HashMap<TokenHash, Known>, links: &[Link]) -> Vec<String> {
    let mut changes = Vec::new();
    for link in links {
        let (id, board) = (&link.id, &link.board);
        match before.get(&link.sha256) {
            None => changes.push(format!("link {id} of board {board} was added")),
            Some(known) if known.link.revoked.is_none() && link.revoked.is_some() => {
                changes.push(format!("link {id} of board {board} was revoked"));
            }
            Some(_) => {}
        }
    }
    let now: HashSet<TokenHash> = links.iter().map(|link| link.sha256).collect();
    for known in before.values().filter(|it| !now.contains(&it.link.sha256)) {
        let (id, board) = (&known.link.id, &known.link.board);
        changes.push(format!(
            "link {id} of board {board} is not stored any more, and opens nothing"
        ));
    }
    changes
}

fn log(changes: &[String]) {
    for change in changes {
        info!("{change}");
    }
}

/// The link, where it is good. Its first use and its first refusal are logged.
fn known_if_good(known: Option<&Known>, now: SystemTime) -> Result<&Known, Refusal> {
    let known = known.ok_or(Refusal::NoAccess)?;
    let (refusal, flag) = match known.link.status(now) {
        LinkStatus::Good => (None, &known.is_used),
        LinkStatus::Revoked => (Some(Refusal::Revoked), &known.is_refused),
        LinkStatus::Expired => (Some(Refusal::Expired), &known.is_refused),
    };
    // Read first: that is no write to memory which other cores share.
    if !flag.load(Ordering::Relaxed) && !flag.swap(true, Ordering::Relaxed) {
        let (id, board) = (&known.link.id, &known.link.board);
        match refusal {
            None => info!("link {id} of board {board} is used, for the first time since the start"),
            Some(refusal) => info!("link {id} of board {board} was refused: {refusal}"),
        }
    }
    refusal.map_or(Ok(known), Err)
}

#[cfg(test)]
mod tests;
