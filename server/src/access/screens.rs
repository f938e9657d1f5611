//! Screens that nobody can type on: each shows a short code and waits until somebody
//! lets it in with `queuewall screens approve`.
//!
//! A screen also holds a secret that it never shows. Its hash lies beside the code;
//! who approves the code makes a link of that hash, and so the secret becomes the link's
//! token without ever having been written down.

use std::{
    io,
    net::IpAddr,
    sync::{Mutex, PoisonError},
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
    pending: Mutex<Vec<PendingScreen>>,
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
        })
    }

    /// A code for one more screen. Writes to the store, which may block.
    ///
    /// # Errors
    /// When there are no random numbers, or the store cannot be written.
    pub fn add(&self, peer: Option<IpAddr>, now: SystemTime) -> Result<Waiting, ScreensError> {
        let secret = Token::generate()?;
        // The list is right at every step: a panic elsewhere spoils nothing.
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
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
            sha256: secret.hash(),
            expires: seconds_since_1970(now).saturating_add(CODE_LIFE.as_secs()),
            peer,
        });
        self.store.write_screens(&pending)?;
        Ok(Waiting { code, secret })
    }

    /// Whether the screen with this secret may go on waiting under its code.
    #[must_use]
    pub fn is_waiting(&self, secret: &str, now: SystemTime) -> bool {
        let hash = TokenHash::of(secret);
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let mut good = pending.iter().filter(|screen| screen.is_good(now));
        good.any(|screen| screen.sha256 == hash)
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
}
