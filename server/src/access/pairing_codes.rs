//! Pairing of screens without a keyboard: each shows a short code and waits until
//! somebody approves it with `queuewall screens approve`.
//!
//! A screen also holds a secret that it never shows. Its hash lies beside the code;
//! who approves the code makes a link of that hash, and so the secret becomes the link's
//! token without ever having been written down.

use std::{
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use tokio::{
    sync::{Notify, watch},
    time::{sleep, timeout},
};
use tracing::{info, warn};

use super::{Store, StoreError, Token, TokenHash, code, seconds_since_1970};

/// How long a code is good.
pub const CODE_LIFE: Duration = Duration::from_secs(10 * 60);
/// So many screens wait at once; more drop the one that waits longest.
const MOST: usize = 200;
/// The same of one address: a hall of TVs behind one router.
const MOST_OF_PEER: usize = 60;

/// A screen that waits to be let in, as the command line finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// How often the database is looked at for codes of other servers. Tests wait in real time.
const LOOK_EVERY: Duration = Duration::from_millis(if cfg!(test) { 10 } else { 1_000 });
/// How long after a failure the database is tried again.
const AGAIN_AFTER: Duration = Duration::from_millis(if cfg!(test) { 10 } else { 5_000 });
/// How long a screen whose secret is not known waits for a look.
const PATIENCE: Duration = Duration::from_secs(2);

/// The codes of all waiting screens, of this server and of others on the database.
#[derive(Debug)]
pub struct PairingCodes {
    store: Store,
    pending: Mutex<Pending>,
    changed: Notify,
    /// Counts the looks at the database.
    looks: watch::Sender<u64>,
    /// Whether the last look failed.
    is_failing: AtomicBool,
}

/// Each list in the order in which the screens asked.
#[derive(Debug, Default)]
struct Pending {
    /// What the database had at the last look.
    stored: Vec<PendingScreen>,
    /// What it does not have yet.
    new: Vec<PendingScreen>,
    /// What it has still, and should not.
    removed: Vec<TokenHash>,
}

impl PairingCodes {
    /// Starts without the codes that the database has, until [`follow`](Self::follow) looks.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            pending: Mutex::default(),
            changed: Notify::new(),
            looks: watch::Sender::default(),
            is_failing: AtomicBool::default(),
        }
    }

    /// A code for one more screen, which [`follow`](Self::follow) writes to the database.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub fn add(&self, peer: Option<IpAddr>, now: SystemTime) -> io::Result<Waiting> {
        let secret = Token::generate()?;
        let code = self.pending().add(secret.hash(), peer, now)?;
        self.changed.notify_one();
        Ok(Waiting { code, secret })
    }

    /// Whether the screen with this secret may go on waiting under its code.
    pub fn is_waiting(&self, secret: &str, now: SystemTime) -> bool {
        let hash = TokenHash::of(secret);
        let pending = self.pending();
        let mut good = pending.all().filter(|screen| screen.is_good(now));
        good.any(|screen| screen.sha256 == hash)
    }

    /// [`Self::is_waiting`], where another server may have given the code less than a second ago:
    /// for a secret that is not known, the next look at the database is waited for. While the
    /// database fails it is not known to be over. For callers whose attempts are counted.
    pub async fn is_waiting_anywhere(&self, secret: &str, now: SystemTime) -> bool {
        if self.is_waiting(secret, now) {
            return true;
        }
        let mut looks = self.looks.subscribe();
        let looked = async {
            // The first may have begun before the code was written.
            for _ in 0..2 {
                self.changed.notify_one();
                if looks.changed().await.is_err() || self.is_waiting(secret, now) {
                    break;
                }
            }
        };
        match timeout(PATIENCE, looked).await {
            Ok(()) => self.is_waiting(secret, now),
            Err(_) => self.is_failing.load(Ordering::Relaxed),
        }
    }

    /// Waits until the database has the code of this secret, but not for long: from then on other
    /// servers know it.
    pub async fn until_written(&self, secret: &Token) {
        let hash = secret.hash();
        let mut looks = self.looks.subscribe();
        let is_new = || self.pending().new.iter().any(|it| it.sha256 == hash);
        let written = async { while is_new() && looks.changed().await.is_ok() {} };
        let _ = timeout(PATIENCE, written).await;
    }

    /// Writes what changes to the database, and reads what other servers wrote, for as long as it
    /// is polled. What cannot be written is tried again.
    pub async fn follow(self: Arc<Self>) {
        let mut unwritten = None;
        loop {
            let looked = self.look(SystemTime::now()).await;
            let words = looked.err().map(|error| error.to_string());
            match &words {
                Some(words) if unwritten.as_ref() != Some(words) => warn!(
                    "no screen can be let in by its code, since `queuewall screens approve` does not find it: \
                     {words}. It is tried again every {} s",
                    AGAIN_AFTER.as_secs()
                ),
                None if unwritten.is_some() => info!("screens can be let in by their codes again"),
                _ => {}
            }
            unwritten = words;
            (self.is_failing).store(unwritten.is_some(), Ordering::Relaxed);
            if unwritten.is_some() {
                sleep(AGAIN_AFTER).await;
                continue;
            }
            self.looks.send_modify(|looks| *looks += 1);
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                () = self.changed.notified() => {}
            }
        }
    }

    /// Writes what the database lacks, and reads what it has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look(&self, now: SystemTime) -> Result<(), StoreError> {
        let (new, removed) = {
            let pending = self.pending();
            (pending.new.clone(), pending.removed.clone())
        };
        if !new.is_empty() || !removed.is_empty() {
            let seconds = seconds_since_1970(now);
            self.store.write_screens(&new, &removed, seconds).await?;
        }
        let stored = self.store.screens().await?;
        let mut pending = self.pending();
        pending.new.retain(|screen| !new.contains(screen));
        pending.removed.retain(|hash| !removed.contains(hash));
        pending.stored = stored;
        let Pending {
            stored, removed, ..
        } = &mut *pending;
        stored.retain(|screen| !removed.contains(&screen.sha256));
        Ok(())
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        // The lists are right at every step: a panic elsewhere spoils nothing.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    fn all(&self) -> impl Iterator<Item = &PendingScreen> {
        self.stored.iter().chain(&self.new)
    }

    /// A code for the secret of one more screen.
    fn add(
        &mut self,
        sha256: TokenHash,
        peer: Option<IpAddr>,
        now: SystemTime,
    ) -> io::Result<String> {
        self.stored.retain(|screen| screen.is_good(now));
        self.new.retain(|screen| screen.is_good(now));
        // Other servers may have added some at the same time.
        while self.all().filter(|screen| screen.peer == peer).count() >= MOST_OF_PEER {
            self.remove_first(|screen| screen.peer == peer);
        }
        while self.all().count() >= MOST {
            self.remove_first(|_| true);
        }
        let mut code = code::generate()?;
        while self.all().any(|screen| screen.code == code) {
            code = code::generate()?;
        }
        self.new.push(PendingScreen {
            code: code.clone(),
            sha256,
            expires: seconds_since_1970(now).saturating_add(CODE_LIFE.as_secs()),
            peer,
        });
        Ok(code)
    }

    fn remove_first(&mut self, is_meant: impl Fn(&PendingScreen) -> bool) {
        if let Some(first) = self.stored.iter().position(&is_meant) {
            self.removed.push(self.stored.remove(first).sha256);
        } else if let Some(first) = self.new.iter().position(&is_meant) {
            // It may be on its way to the database.
            self.removed.push(self.new.remove(first).sha256);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{access::tests::execute, logging::tests::Said};

    #[tokio::test]
    async fn pairing_code_is_stored_and_expires_after_ten_minutes() {
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
        codes.look(now).await.unwrap();
        assert!(codes.is_waiting(waiting.secret.expose(), now));
        let stored = store.screens().await.unwrap();
        assert_eq!(stored[0].code, waiting.code);
        assert_eq!(stored[0].sha256, waiting.secret.hash());

        let later = now + CODE_LIFE;
        assert!(!codes.is_waiting(waiting.secret.expose(), later));
        codes.add(None, later).unwrap();
        codes.look(later).await.unwrap();
        let stored = store.screens().await.unwrap();
        assert_eq!(stored.len(), 1, "what is over is dropped");
    }

    #[tokio::test]
    async fn pairing_codes_are_bounded_per_ip_and_in_total() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let codes = PairingCodes::new(store.clone());
        let now = SystemTime::now();
        let peer = |last: u8| Some(IpAddr::from([10, 0, 0, last]));
        let other = codes.add(peer(0), now).unwrap();
        // Of these the database knows.
        codes.look(now).await.unwrap();
        let first = codes.add(peer(1), now).unwrap();
        for _ in 0..MOST_OF_PEER {
            codes.add(peer(1), now).unwrap();
        }
        assert!(!codes.is_waiting(first.secret.expose(), now));
        assert!(codes.is_waiting(other.secret.expose(), now));
        assert_eq!(codes.pending().all().count(), 1 + MOST_OF_PEER);
        for last in 2..=u8::MAX {
            codes.add(peer(last), now).unwrap();
        }
        assert!(!codes.is_waiting(other.secret.expose(), now));
        for _ in 0..2 {
            assert_eq!(codes.pending().all().count(), MOST);
            codes.look(now).await.unwrap();
            assert_eq!(store.screens().await.unwrap().len(), MOST);
        }
    }

    #[tokio::test]
    async fn code_of_one_server_is_known_to_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let server = || {
            let store = Store::new(folder.path().to_owned());
            let codes = Arc::new(PairingCodes::new(store));
            tokio::spawn(Arc::clone(&codes).follow());
            codes
        };
        let (one, other) = (server(), server());
        let now = SystemTime::now();
        let waiting = one.add(None, now).unwrap();
        let late = other.add(None, now).unwrap();
        let secret = waiting.secret.expose();
        let until = tokio::time::Instant::now() + Duration::from_secs(10);
        while !other.is_waiting_anywhere(secret, now).await {
            assert!(tokio::time::Instant::now() < until);
        }
        // Once it is written the first question has its answer, even while the other one looks.
        for _ in 0..20 {
            let waiting = one.add(None, now).unwrap();
            other.changed.notify_one();
            one.until_written(&waiting.secret).await;
            let secret = waiting.secret.expose();
            assert!(other.is_waiting_anywhere(secret, now).await);
        }
        sleep(Duration::from_millis(100)).await;
        assert!(one.is_waiting(secret, now), "neither overwrites the other");
        assert!(one.is_waiting(late.secret.expose(), now));
        assert!(!one.is_waiting_anywhere("unknown", now).await);
    }

    #[tokio::test]
    async fn pairing_codes_are_issued_while_the_database_fails() {
        let (said, _guard) = Said::gather("queuewall=info");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let codes = Arc::new(PairingCodes::new(store.clone()));
        store.links_version().await.unwrap();
        execute(&store, "ALTER TABLE waiting_screen RENAME TO gone").await;
        tokio::spawn(Arc::clone(&codes).follow());
        let now = SystemTime::now();
        let waiting = codes.add(None, now).unwrap();
        sleep(20 * AGAIN_AFTER).await;
        assert!(codes.is_waiting(waiting.secret.expose(), now));
        // Another server may have given its code.
        assert!(codes.is_waiting_anywhere("of another server", now).await);
        assert_eq!(said.lines().len(), 1, "{}", said.text());
        assert!(said.text().contains("the database fails"));

        execute(&store, "ALTER TABLE gone RENAME TO waiting_screen").await;
        sleep(20 * AGAIN_AFTER).await;
        assert_eq!(store.screens().await.unwrap()[0].code, waiting.code);
        let said = said.text();
        assert!(said.contains("by their codes again"), "{said}");
    }
}
