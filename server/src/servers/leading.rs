//! Reading CXone, for all servers.

use std::{
    collections::HashMap,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

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
    Start, TRENDS, showing::delay,
};
use crate::{
    history::Restored,
    poller::Poller,
    snapshot::{Boards, Representation},
};

const TAKEN: &str = "another server does";
pub(super) const SILENT: &str = "the database did not answer in time";
const NOT_RESTORED: &str = "the last readings cannot be read from the database";

/// The tag of an answer, and when the youngest of it was read.
type Seen = (HeaderValue, u64);

/// A board's bytes were read at another time from so many milliseconds on.
const SAME_READ_MS: u64 = 20;

/// How long a round trip to the database took the last time, in milliseconds.
#[derive(Default)]
struct RoundTrip(AtomicU64);

impl RoundTrip {
    fn get(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }

    fn set(&self, took: Duration) {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.0.store(ms, Ordering::Relaxed);
    }
}

impl Servers {
    /// Reads and publishes for as long as this server holds the lease, which it was given at
    /// `taken`. Why it does not any more.
    pub(super) async fn lead(
        &self,
        store: &Store,
        fence: Fence,
        taken: Instant,
        start: &mut impl FnMut(Start) -> Poller,
    ) -> &'static str {
        // What failed when it last led is over.
        self.polls.failed(None);
        let (handover, handed_over) = watch::channel(Handover::new());
        let drafts = Arc::new(self.boards.drafts());
        let reading = async {
            let slugs: Vec<_> = self.boards.set().slugs().map(str::to_owned).collect();
            let now = self.clock.now();
            let uptime_ms = Some(self.boards.uptime_ms(now));
            match Restored::read(store, &slugs, now.wall, uptime_ms).await {
                Ok(restored) => {
                    let drafts = Arc::clone(&drafts);
                    let start = start(Start {
                        restored,
                        handover,
                        fence,
                        drafts,
                    });
                    start.run().await;
                }
                // Boards that begin with nothing would replace those that are shown.
                Err(error) => {
                    self.is_connected(Some(&error.to_string()));
                    return NOT_RESTORED;
                }
            }
            "its poller ended"
        };
        let round_trip = RoundTrip::default();
        tokio::select! {
            // A lease that is over stops all else.
            biased;
            why = self.hold(store, fence, taken, &round_trip) => why,
            () = self.publish(store, fence, &drafts, handed_over, &round_trip) => TAKEN,
            why = reading => {
                let _ = timeout(MARGIN, store.end_lease(fence)).await;
                // Another one takes it at its next look, before this one does.
                sleep(LOOK_EVERY * 3).await;
                why
            }
            never = self.pass_on(&drafts) => never,
        }
    }

    /// Passes the poller's sign of life on, and what is configured.
    async fn pass_on(&self, drafts: &Boards) -> &'static str {
        let (mut assembled, mut live) = (drafts.assembled(), self.live.clone());
        loop {
            tokio::select! {
                Ok(()) = assembled.changed() => self.boards.mark_assembled(),
                Ok(()) = live.changed() => {
                    let live = live.borrow_and_update().clone();
                    self.announce(&live);
                }
                else => pending().await,
            }
        }
    }

    /// Renews the lease until it is lost.
    async fn hold(
        &self,
        store: &Store,
        fence: Fence,
        taken: Instant,
        round_trip: &RoundTrip,
    ) -> &'static str {
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
                Ok(true) => {
                    round_trip.set(asked.elapsed());
                    (until, next) = (asked + LEASE - MARGIN, asked + RENEW_EVERY);
                }
                Ok(false) => return TAKEN,
                Err(_) => next = asked + LOOK_EVERY,
            }
            self.is_connected(renewed.err().map(|error| error.to_string()).as_ref());
        }
    }

    /// Publishes what is new of the drafts and shows it when the other servers do, one after the
    /// other: what comes meanwhile is published together. Ends when another server leads.
    async fn publish(
        &self,
        store: &Store,
        fence: Fence,
        drafts: &Boards,
        mut handed_over: watch::Receiver<Handover>,
        round_trip: &RoundTrip,
    ) {
        let (mut assembled, mut showing) = (drafts.assembled(), self.showing());
        let mut published = HashMap::new();
        while assembled.changed().await.is_ok() {
            let (mut news, seen) = self.drafted(drafts, &published);
            let state = if handed_over.has_changed().unwrap_or(false) {
                handed_over.borrow_and_update().clone()
            } else {
                Handover::new()
            };
            if news.is_empty() && state.is_empty() {
                continue;
            }
            let (asked, expected) = (Instant::now(), round_trip.get());
            if !news.is_empty() {
                news.push(showing.after(delay(expected)));
            }
            match store.publish(fence, &news, &state).await {
                Ok(true) => {
                    published.extend(seen);
                    let took = asked.elapsed();
                    // Where the database has become slower, others have it later than was said.
                    let is_late = took > expected * 2 + LOOK_EVERY / 2;
                    let expected = if is_late { took / 2 } else { expected };
                    showing.take_for(asked + delay(expected), news);
                    showing.show().await;
                }
                Ok(false) => return,
                // The next one has it too.
                Err(error) => self.is_connected(Some(&error.to_string())),
            }
        }
    }

    /// The drafts that differ from what was published, and what tells that.
    fn drafted(
        &self,
        drafts: &Boards,
        published: &HashMap<String, Seen>,
    ) -> (Vec<Publication>, Vec<(String, Seen)>) {
        let now = self.clock.now();
        let uptime_ms = drafts.uptime_ms(now);
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
        for slug in drafts.set().slugs() {
            if let Some(latest) = drafts.latest(slug) {
                let age_ms = latest.latest_read.map(|read| read.age_ms_at(now));
                let read_ms = age_ms.map(|age_ms| uptime_ms.saturating_sub(age_ms));
                look(slug.to_owned(), &latest.encoded().raw, read_ms);
            }
            let trends = drafts.trends(slug);
            look(format!("{slug}{TRENDS}"), &trends.encoded().raw, None);
        }
        let configuration = Representation::new(self.configuration().into());
        look(CONFIGURATION.to_owned(), &configuration, None);
        (news, seen)
    }
}
