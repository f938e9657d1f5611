//! The server's view of the stored links: in memory, and read again when the file
//! changed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use tracing::{debug, warn};

use super::{Link, Refusal, Standing, Store, StoreError, TokenHash, store::Stamp};

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The links by their tokens' hashes. Reading takes no lock and touches no file.
#[derive(Debug)]
pub struct Links {
    store: Store,
    /// Held while the file is read and taken over, so that nothing older comes after
    /// something newer.
    reading: Mutex<()>,
    by_hash: ArcSwap<HashMap<TokenHash, Link>>,
}

impl Links {
    /// Reads the stored links.
    ///
    /// # Errors
    /// When the folder cannot be made, or its file is damaged or cannot be read.
    pub fn open(store: Store) -> Result<Self, StoreError> {
        store.prepare()?;
        let links = Self {
            reading: Mutex::default(),
            by_hash: ArcSwap::from_pointee(HashMap::new()),
            store,
        };
        links.read()?;
        Ok(links)
    }

    /// The link of a token that is good at `now`.
    ///
    /// # Errors
    /// Why the token opens nothing.
    pub fn good(&self, token: &str, now: SystemTime) -> Result<Link, Refusal> {
        let by_hash = self.by_hash.load();
        standing(by_hash.get(&TokenHash::of(token)), now).cloned()
    }

    /// [`Self::good`], where a link may have been added less than a second ago: one that
    /// is not known is looked for in the file. For callers whose attempts are counted.
    ///
    /// # Errors
    /// Why the token opens nothing.
    pub async fn good_or_new(
        self: &Arc<Self>,
        token: &str,
        now: SystemTime,
    ) -> Result<Link, Refusal> {
        let known = self.good(token, now);
        if known != Err(Refusal::NoAccess) {
            return known;
        }
        let links = Arc::clone(self);
        // What cannot be read now is said by `follow`.
        let _ = tokio::task::spawn_blocking(move || links.read()).await;
        self.good(token, now)
    }

    /// Whether a token opens `board` at `now`. Without an allocation: every poll of every
    /// screen asks this.
    ///
    /// # Errors
    /// Why it does not; a good link of another board is no link of this one.
    pub fn opens(&self, token: &str, board: &str, now: SystemTime) -> Result<(), Refusal> {
        let by_hash = self.by_hash.load();
        let link = by_hash.get(&TokenHash::of(token));
        let link = link.filter(|link| link.board == board);
        standing(link, now).map(|_| ())
    }

    /// Follows the file for as long as it is polled: what the command line changes is
    /// known within a second. Where the file cannot be read, the links stay as they were.
    pub async fn follow(self: Arc<Self>) {
        // Read once more at first: it may have changed since the start.
        let mut seen = None;
        let mut is_failing = false;
        loop {
            let links = Arc::clone(&self);
            let look = tokio::task::spawn_blocking(move || links.look(seen));
            let Ok(outcome) = look.await else {
                // Only where the runtime is about to end.
                return;
            };
            match &outcome {
                Ok((_, Some(count))) => debug!("the links were read again: {count}"),
                Err(error) if !is_failing => {
                    warn!("the links stay as they were, what was revoked since included: {error}");
                }
                _ => {}
            }
            is_failing = outcome.is_err();
            seen = outcome.map_or(None, |(stamp, _)| stamp);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Reads the links where the file is not the one `seen`; which one it is, and how
    /// many links there are where they were read.
    fn look(&self, seen: Option<Stamp>) -> Result<(Option<Stamp>, Option<usize>), StoreError> {
        // Taken before the file is read: a change in between is seen the next time.
        let stamp = self.store.stamp().ok();
        if stamp.is_some() && stamp == seen {
            return Ok((stamp, None));
        }
        Ok((stamp, Some(self.read()?)))
    }

    fn read(&self) -> Result<usize, StoreError> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let links = self.store.links()?;
        let count = links.len();
        let by_hash = links.into_iter().map(|link| (link.sha256, link)).collect();
        self.by_hash.store(Arc::new(by_hash));
        Ok(count)
    }
}

fn standing(link: Option<&Link>, now: SystemTime) -> Result<&Link, Refusal> {
    let link = link.ok_or(Refusal::NoAccess)?;
    match link.standing(now) {
        Standing::Good => Ok(link),
        Standing::Revoked => Err(Refusal::Revoked),
        Standing::Expired => Err(Refusal::Expired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::store::tests::link;

    #[tokio::test]
    async fn a_link_that_was_just_added_is_found_before_it_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let links = Arc::new(Links::open(store.clone()).unwrap());
        let now = SystemTime::now();
        let added = store.change::<_, StoreError>(|links| {
            links.push(link("main", "a"));
            Ok(())
        });
        added.unwrap();
        assert_eq!(links.good("a", now), Err(Refusal::NoAccess));
        assert_eq!(links.good_or_new("b", now).await, Err(Refusal::NoAccess));
        assert_eq!(links.good_or_new("a", now).await.unwrap().board, "main");
        assert_eq!(links.opens("a", "main", now), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_changed_file_is_known_within_a_second_and_a_damaged_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let links = Arc::new(Links::open(store.clone()).unwrap());
        let following = tokio::spawn(Arc::clone(&links).follow());
        let now = SystemTime::now();
        let after_a_second = || async {
            tokio::time::sleep(LOOK_EVERY).await;
            // The look itself is no timer: wait for its thread.
            for _ in 0..200 {
                std::thread::sleep(Duration::from_millis(1));
                tokio::task::yield_now().await;
            }
        };
        let change = |change: fn(&mut Vec<Link>)| {
            store.change::<_, StoreError>(|links| {
                change(links);
                Ok(())
            })
        };

        assert_eq!(links.opens("a", "main", now), Err(Refusal::NoAccess));
        change(|links| links.push(link("main", "a"))).unwrap();
        after_a_second().await;
        assert_eq!(links.opens("a", "main", now), Ok(()));
        assert_eq!(links.opens("a", "sales", now), Err(Refusal::NoAccess));

        let path = folder.path().join("access.json");
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, "{").unwrap();
        after_a_second().await;
        assert_eq!(links.opens("a", "main", now), Ok(()), "as it was");
        std::fs::write(&path, whole).unwrap();

        change(|links| links[0].revoked = Some(1)).unwrap();
        after_a_second().await;
        assert_eq!(links.opens("a", "main", now), Err(Refusal::Revoked));
        std::fs::remove_file(&path).unwrap();
        after_a_second().await;
        assert_eq!(links.opens("a", "main", now), Err(Refusal::NoAccess));
        following.abort();
    }
}
