//! Screens that nobody can type on: each shows a short code and waits until somebody
//! lets it in with `queuewall screens approve`.
//!
//! A screen also holds a secret that it never shows. Its hash lies beside the code;
//! who approves the code makes a link of that hash, and so the secret becomes the link's
//! token without ever having been written down.

use std::{
    io,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Store, StoreError, Token, TokenHash, code, seconds_since_1970};

/// How long a code is good.
pub const CODE_LIFE: Duration = Duration::from_secs(10 * 60);
/// So many screens wait at once; more drop the one that waits longest.
const MOST: usize = 200;
/// The same of one address: a hall of TVs behind one router.
const MOST_OF_PEER: usize = 60;

/// A screen that waits to be let in, as the command line finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingScreen {
    /// What it shows.
    pub code: String,
    /// Of its secret.
    pub sha256: TokenHash,
    /// When the code is over, in seconds since 1970.
    pub expires: u64,
    /// Where it asked from.
    pub peer: Option<IpAddr>,
}

impl PendingScreen {
    /// Whether its code is good at `now`.
    #[must_use]
    pub fn is_good(&self, now: SystemTime) -> bool {
        self.expires > seconds_since_1970(now)
    }
}

/// What a screen is told that asks to be let in.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// To be shown.
    pub code: String,
    /// To be kept, and to be asked with.
    pub secret: Token,
}

/// Why a screen is given no code.
#[derive(Debug, Error)]
pub enum ScreensError {
    /// The system has no random numbers.
    #[error(transparent)]
    Random(#[from] io::Error),
    /// The command line could not be told of it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All screens that wait. Their only writer, in memory and in the store.
#[derive(Debug)]
pub struct Screens {
    store: Store,
    pending: Mutex<Pending>,
    /// The state that the store has; held while it is written. Never taken together with
    /// `pending`: who only asks waits for no disk.
    stored: Mutex<u64>,
}

#[derive(Debug, Default)]
struct Pending {
    /// Counts the changes.
    state: u64,
    screens: Vec<PendingScreen>,
}

impl Screens {
    /// None yet: whoever waited on an earlier server asks again by itself.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn open(store: Store) -> Result<Self, StoreError> {
        store.write_screens(&[])?;
        Ok(Self {
            store,
            pending: Mutex::default(),
            stored: Mutex::default(),
        })
    }

    /// A code for one more screen. Writes to the store, which may block.
    ///
    /// # Errors
    /// When there are no random numbers, or the store cannot be written.
    pub fn add(&self, peer: Option<IpAddr>, now: SystemTime) -> Result<Waiting, ScreensError> {
        let secret = Token::generate()?;
        let (code, state, screens) = {
            let mut pending = self.pending();
            let code = pending.add(secret.hash(), peer, now)?;
            (code, pending.state, pending.screens.clone())
        };
        self.write(state, &screens)?;
        Ok(Waiting { code, secret })
    }

    /// Whether the screen with this secret may go on waiting under its code.
    #[must_use]
    pub fn is_waiting(&self, secret: &str, now: SystemTime) -> bool {
        let hash = TokenHash::of(secret);
        let pending = self.pending();
        let mut good = pending.screens.iter().filter(|screen| screen.is_good(now));
        good.any(|screen| screen.sha256 == hash)
    }

    /// Brings the store to `state`, unless it has a later one, in which this one is.
    fn write(&self, state: u64, screens: &[PendingScreen]) -> Result<(), StoreError> {
        // Set only once it is so: a panic elsewhere spoils nothing.
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        if *stored < state {
            self.store.write_screens(screens)?;
            *stored = state;
        }
        Ok(())
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        // The list is right at every step: a panic elsewhere spoils nothing.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    /// A code for the secret of one more screen.
    fn add(
        &mut self,
        sha256: TokenHash,
        peer: Option<IpAddr>,
        now: SystemTime,
    ) -> io::Result<String> {
        let pending = &mut self.screens;
        pending.retain(|screen| screen.is_good(now));
        // Oldest first: they were pushed in that order.
        let of_peer = |screen: &PendingScreen| screen.peer == peer;
        if pending.iter().filter(|screen| of_peer(screen)).count() >= MOST_OF_PEER
            && let Some(oldest) = pending.iter().position(of_peer)
        {
            pending.remove(oldest);
        }
        if pending.len() >= MOST {
            pending.remove(0);
        }
        let mut code = code::generate()?;
        while pending.iter().any(|screen| screen.code == code) {
            code = code::generate()?;
        }
        pending.push(PendingScreen {
            code: code.clone(),
            sha256,
            expires: seconds_since_1970(now).saturating_add(CODE_LIFE.as_secs()),
            peer,
        });
        self.state += 1;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_waits_for_ten_minutes_under_a_code_that_the_store_knows() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let screens = Screens::open(store.clone()).unwrap();
        let now = SystemTime::now();
        let waiting = screens.add(None, now).unwrap();
        assert!(screens.is_waiting(waiting.secret.expose(), now));
        assert!(
            !screens.is_waiting(&waiting.code, now),
            "the code is not the secret"
        );
        let stored = store.screens().unwrap();
        assert_eq!(stored[0].code, waiting.code);
        assert_eq!(stored[0].sha256, waiting.secret.hash());
        let text = std::fs::read_to_string(folder.path().join("screens.json")).unwrap();
        assert!(!text.contains(waiting.secret.expose()));

        let later = now + CODE_LIFE;
        assert!(!screens.is_waiting(waiting.secret.expose(), later));
        screens.add(None, later).unwrap();
        assert_eq!(store.screens().unwrap().len(), 1, "what is over is dropped");
        Screens::open(store.clone()).unwrap();
        assert_eq!(store.screens().unwrap(), [], "a new server knows of none");
    }

    #[test]
    fn one_address_takes_the_room_of_its_own_screens_only_and_all_together_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let screens = Screens::open(store.clone()).unwrap();
        let now = SystemTime::now();
        let peer = |last: u8| Some(IpAddr::from([10, 0, 0, last]));
        let other = screens.add(peer(0), now).unwrap();
        let first = screens.add(peer(1), now).unwrap();
        for _ in 0..MOST_OF_PEER {
            screens.add(peer(1), now).unwrap();
        }
        assert!(!screens.is_waiting(first.secret.expose(), now));
        assert!(screens.is_waiting(other.secret.expose(), now));
        assert_eq!(store.screens().unwrap().len(), 1 + MOST_OF_PEER);
        for last in 2..=u8::MAX {
            screens.add(peer(last), now).unwrap();
        }
        assert_eq!(store.screens().unwrap().len(), MOST);
        assert!(!screens.is_waiting(other.secret.expose(), now));
    }

    #[test]
    fn who_asks_waits_for_no_disk_and_many_at_once_are_all_stored() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let screens = Screens::open(store.clone()).unwrap();
        let now = SystemTime::now();
        let first = screens.add(None, now).unwrap();
        std::thread::scope(|threads| {
            // A disk that takes its time.
            let writing = screens.stored.lock().unwrap();
            let adding: Vec<_> = (0..5)
                .map(|_| threads.spawn(|| screens.add(None, now).unwrap()))
                .collect();
            while screens.pending().screens.len() < 1 + adding.len() {
                std::thread::yield_now();
            }
            assert!(screens.is_waiting(first.secret.expose(), now));
            assert!(adding.iter().all(|one| !one.is_finished()));
            drop(writing);
            for added in adding {
                let code = added.join().unwrap().code;
                let stored = store.screens().unwrap();
                assert!(stored.iter().any(|screen| screen.code == code));
            }
        });
        assert_eq!(store.screens().unwrap(), screens.pending().screens);
    }

    #[test]
    fn an_older_state_never_comes_after_a_newer_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let screens = Screens::open(store.clone()).unwrap();
        screens.add(None, SystemTime::now()).unwrap();
        let newer = screens.pending().screens.clone();
        screens.write(3, &newer).unwrap();
        screens.write(2, &[]).unwrap();
        assert_eq!(store.screens().unwrap(), newer);
    }
}
