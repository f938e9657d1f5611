//! Pairing of screens without a keyboard: each shows a short code and waits until
//! somebody approves it with `queuewall screens approve`.
//!
//! A screen also holds a secret that it never shows. Its hash lies beside the code;
//! who approves the code makes a link of that hash, and so the secret becomes the link's
//! token without ever having been written down.

use std::{
    io,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use tokio::{sync::Notify, time::sleep};
use tracing::{info, warn};

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

/// How long after a failure the waiting screens are written again.
const WRITE_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// The codes of all waiting screens, and the only writer of them, in memory and in the store.
#[derive(Debug)]
pub struct PairingCodes {
    store: Store,
    pending: Mutex<Vec<PendingScreen>>,
    changed: Notify,
    /// Held while the store is written, so that nothing older comes after something newer.
    /// Never taken together with `pending`: who only asks waits for no disk.
    writing: Mutex<()>,
}

impl PairingCodes {
    /// Starts empty: a screen that waited on an earlier server asks again by itself.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let changed = Notify::new();
        // What an earlier server left is overwritten.
        changed.notify_one();
        Self {
            store,
            pending: Mutex::default(),
            changed,
            writing: Mutex::default(),
        }
    }

    /// A code for one more screen, which [`follow`](Self::follow) writes to the store.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub fn add(&self, peer: Option<IpAddr>, now: SystemTime) -> io::Result<Waiting> {
        let secret = Token::generate()?;
        let code = add(&mut self.pending(), secret.hash(), peer, now)?;
        self.changed.notify_one();
        Ok(Waiting { code, secret })
    }

    /// Whether the screen with this secret may go on waiting under its code.
    pub fn is_waiting(&self, secret: &str, now: SystemTime) -> bool {
        let hash = TokenHash::of(secret);
        let pending = self.pending();
        let mut good = pending.iter().filter(|screen| screen.is_good(now));
        good.any(|screen| screen.sha256 == hash)
    }

    /// Writes what changes to the store for as long as it is polled. What cannot be written
    /// is tried again.
    pub async fn follow(self: Arc<Self>) {
        let mut unwritten = None;
        loop {
            self.changed.notified().await;
            let codes = Arc::clone(&self);
            let Ok(written) = tokio::task::spawn_blocking(move || codes.write()).await else {
                // Only where the runtime is about to end.
                return;
            };
            let words = written.err().map(|error| error.to_string());
            match &words {
                Some(words) if unwritten.as_ref() != Some(words) => warn!(
                    "no screen can be let in by its code, since `queuewall screens approve` does not find it: \
                     {words}. It is tried again every {} s",
                    WRITE_AGAIN_AFTER.as_secs()
                ),
                None if unwritten.is_some() => info!("screens.json is written again"),
                _ => {}
            }
            unwritten = words;
            if unwritten.is_some() {
                sleep(WRITE_AGAIN_AFTER).await;
                self.changed.notify_one();
            }
        }
    }

    /// Writes the screens that wait now. Waits for the disk.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn write(&self) -> Result<(), StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let screens = self.pending().clone();
        self.store.write_screens(&screens)
    }

    fn pending(&self) -> MutexGuard<'_, Vec<PendingScreen>> {
        // The list is right at every step: a panic elsewhere spoils nothing.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A code for the secret of one more screen.
fn add(
    pending: &mut Vec<PendingScreen>,
    sha256: TokenHash,
    peer: Option<IpAddr>,
    now: SystemTime,
) -> io::Result<String> {
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
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logging::tests::Said;

    #[test]
    fn pairing_code_is_stored_and_expires_after_ten_minutes() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let codes = PairingCodes::new(store.clone());
        let now = SystemTime::now();
        let waiting = codes.add(None, now).unwrap();
        assert!(codes.is_waiting(waiting.secret.expose(), now));
        assert!(
            !codes.is_waiting(&waiting.code, now),
            "the code is not the secret"
        );
        codes.write().unwrap();
        let stored = store.screens().unwrap();
        assert_eq!(stored[0].code, waiting.code);
        assert_eq!(stored[0].sha256, waiting.secret.hash());
        let text = std::fs::read_to_string(folder.path().join("screens.json")).unwrap();
        assert!(!text.contains(waiting.secret.expose()));

        let later = now + CODE_LIFE;
        assert!(!codes.is_waiting(waiting.secret.expose(), later));
        codes.add(None, later).unwrap();
        codes.write().unwrap();
        assert_eq!(store.screens().unwrap().len(), 1, "what is over is dropped");
        PairingCodes::new(store.clone()).write().unwrap();
        assert_eq!(store.screens().unwrap(), [], "a new server knows of none");
    }

    #[test]
    fn pairing_codes_are_bounded_per_ip_and_in_total() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let codes = PairingCodes::new(store.clone());
        let now = SystemTime::now();
        let peer = |last: u8| Some(IpAddr::from([10, 0, 0, last]));
        let other = codes.add(peer(0), now).unwrap();
        let first = codes.add(peer(1), now).unwrap();
        for _ in 0..MOST_OF_PEER {
            codes.add(peer(1), now).unwrap();
        }
        assert!(!codes.is_waiting(first.secret.expose(), now));
        assert!(codes.is_waiting(other.secret.expose(), now));
        assert_eq!(codes.pending().len(), 1 + MOST_OF_PEER);
        for last in 2..=u8::MAX {
            codes.add(peer(last), now).unwrap();
        }
        assert_eq!(codes.pending().len(), MOST);
        assert!(!codes.is_waiting(other.secret.expose(), now));
    }

    #[tokio::test(start_paused = true)]
    async fn pairing_codes_are_issued_while_the_disk_fails() {
        let (said, _guard) = Said::gather("queuewall=info");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let file = folder.path().join("screens.json");
        std::fs::create_dir(&file).unwrap();
        let codes = Arc::new(PairingCodes::new(store.clone()));
        tokio::spawn(Arc::clone(&codes).follow());
        let now = SystemTime::now();
        let waiting = codes.add(None, now).unwrap();
        sleep(3 * WRITE_AGAIN_AFTER).await;
        assert!(codes.is_waiting(waiting.secret.expose(), now));
        assert_eq!(said.lines().len(), 1, "{}", said.text());
        assert!(said.text().contains("screens.json cannot be written"));

        std::fs::remove_dir(&file).unwrap();
        sleep(2 * WRITE_AGAIN_AFTER).await;
        assert_eq!(store.screens().unwrap()[0].code, waiting.code);
        assert!(said.text().contains("is written again"), "{}", said.text());
    }

    #[test]
    fn code_waits_for_no_disk() {
        let folder = tempfile::tempdir().unwrap();
        let codes = PairingCodes::new(Store::new(folder.path().to_owned()));
        // A disk that takes its time.
        let _writing = codes.writing.lock().unwrap();
        let now = SystemTime::now();
        let waiting = codes.add(None, now).unwrap();
        assert!(codes.is_waiting(waiting.secret.expose(), now));
    }
}
