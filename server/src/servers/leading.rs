//! Reading CXone, for all servers.

use std::collections::HashMap;

use axum::http::HeaderValue;
use queuewall_store::{
    Store,
    lease::{Fence, Publication},
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout, timeout_at},
};

use super::{
    CONFIGURATION, Handover, LEASE, LOOK_EVERY, MARGIN, MOST_UNANSWERED, RENEW_EVERY, Servers,
    TRENDS,
};
use crate::{history::Restored, poller::Poller, snapshot::Representation};

const TAKEN: &str = "another server does";
pub(super) const SILENT: &str = "the database did not answer in time";
const NOT_RESTORED: &str = "the last readings cannot be read from the database";

/// The tag of an answer, and when the youngest of it was read.
type Seen = (HeaderValue, u64);

/// A board's bytes were read at another time from so many milliseconds on.
const SAME_READ_MS: u64 = 20;

impl Servers {
    /// Reads and publishes for as long as this server holds the lease, which it was given at
    /// `taken`. Why it does not any more.
    pub(super) async fn lead(
        &self,
        store: &Store,
        fence: Fence,
        taken: Instant,
        start: &mut impl FnMut(Restored, watch::Sender<Handover>) -> Poller,
    ) -> &'static str {
        // What failed when it last led is over.
        self.polls.failed(None);
        let (handover, handed_over) = watch::channel(Handover::new());
        let reading = async {
            let slugs: Vec<_> = self.boards.set().slugs().map(str::to_owned).collect();
            let now = self.clock.now();
            let uptime_ms = Some(self.boards.uptime_ms(now));
            match Restored::read(store, &slugs, now.wall, uptime_ms).await {
                Ok(restored) => start(restored, handover).run().await,
                // Boards that begin with nothing would replace those that are shown.
                Err(error) => {
                    self.is_connected(Some(&error.to_string()));
                    return NOT_RESTORED;
                }
            }
            "its poller ended"
        };
        tokio::select! {
            // A lease that is over stops all else.
            biased;
            why = self.hold(store, fence, taken) => why,
            () = self.publish(store, fence, handed_over) => TAKEN,
            why = reading => {
                let _ = timeout(MARGIN, store.end_lease(fence)).await;
                // Another one takes it at its next look, before this one does.
                sleep(LOOK_EVERY + LOOK_EVERY / 2).await;
                why
            }
        }
    }

    /// Renews the lease until it is lost.
    async fn hold(&self, store: &Store, fence: Fence, taken: Instant) -> &'static str {
        let (mut until, mut next) = (taken + LEASE - MARGIN, taken + RENEW_EVERY);
        loop {
            sleep_until(next.min(until)).await;
            let asked = Instant::now();
            let is_offered = self.polls.unanswered() >= MOST_UNANSWERED;
            let Ok(renewed) = timeout_at(until, store.renew_lease(fence, LEASE, is_offered)).await
            else {
                self.is_connected(Some(&SILENT.to_owned()));
                return SILENT;
            };
            match renewed {
                Ok(true) => (until, next) = (asked + LEASE - MARGIN, asked + RENEW_EVERY),
                Ok(false) => return TAKEN,
                Err(_) => next = asked + LOOK_EVERY,
            }
            self.is_connected(renewed.err().map(|error| error.to_string()).as_ref());
        }
    }

    /// Publishes what is new, until another server leads.
    async fn publish(
        &self,
        store: &Store,
        fence: Fence,
        mut handed_over: watch::Receiver<Handover>,
    ) {
        let mut assembled = self.boards.assembled();
        let mut published = HashMap::new();
        while assembled.changed().await.is_ok() {
            let (news, seen) = self.news(&published);
            let mut state = if handed_over.has_changed().unwrap_or(false) {
                handed_over.borrow_and_update().clone()
            } else {
                Handover::new()
            };
            if news.is_empty() && state.is_empty() {
                continue;
            }
            state.push((CONFIGURATION.to_owned(), self.configuration()));
            match store.publish(fence, &news, &state).await {
                Ok(true) => published.extend(seen),
                Ok(false) => return,
                // The next one has it too.
                Err(error) => self.is_connected(Some(&error.to_string())),
            }
        }
    }

    /// The answers that differ from what was published, and what tells that.
    fn news(&self, published: &HashMap<String, Seen>) -> (Vec<Publication>, Vec<(String, Seen)>) {
        let now = self.clock.now();
        let uptime_ms = self.boards.uptime_ms(now);
        let (mut news, mut seen) = (Vec::new(), Vec::new());
        let mut look = |name: String, raw: &Representation, read_ms: Option<u64>| {
            let is_same = published.get(&name).is_some_and(|(tag, at)| {
                *tag == raw.etag && at.abs_diff(read_ms.unwrap_or_default()) < SAME_READ_MS
            });
            if !is_same {
                news.push(Publication {
                    name: name.clone(),
                    read_ms: read_ms.and_then(|ms| i64::try_from(ms).ok()),
                    body: String::from_utf8_lossy(&raw.bytes).into_owned(),
                });
                seen.push((name, (raw.etag.clone(), read_ms.unwrap_or_default())));
            }
        };
        for slug in self.boards.set().slugs() {
            if let Some(latest) = self.boards.latest(slug) {
                let age_ms = latest.latest_read.map(|read| read.age_ms_at(now));
                let read_ms = age_ms.map(|age_ms| uptime_ms.saturating_sub(age_ms));
                look(slug.to_owned(), &latest.encoded().raw, read_ms);
            }
            let trends = self.boards.trends(slug);
            look(format!("{slug}{TRENDS}"), &trends.encoded().raw, None);
        }
        (news, seen)
    }
}
