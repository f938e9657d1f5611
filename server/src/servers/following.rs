//! Serving what the leader publishes, until its lease is free.

use std::{sync::Arc, time::Duration};

use axum::body::Bytes;
use queuewall_shared::{
    cause::Cause,
    freshness::Freshness,
    snapshot::{BoardSnapshot, UpstreamState},
};
use queuewall_store::{
    Store,
    lease::{Fence, Holder, Publication},
};
use tokio::time::{Instant, sleep, timeout};
use tracing::{debug, info, warn};

use super::{
    CONFIGURATION, LEASE, LOOK_EVERY, MARGIN, PATIENCE, START_PATIENCE, Servers, TRENDS, TRY_EVERY,
};
use crate::{clock::Moment, history, poller};

/// The scale of all points in time is not set for less, in milliseconds.
const TOLERANCE_MS: i64 = 20;

/// How far it goes back a look, at most: slower than time goes on.
const MOST_BACK_MS: i64 = 100;

/// What a look found of the lease.
enum Lease {
    Taken(Fence, Instant),
    Held,
    Offered,
}

impl Servers {
    /// Takes over what is published, until this server holds the lease: the store, the lease's
    /// number, and when it was asked for.
    pub(super) async fn follow(&mut self) -> (Arc<Store>, Fence, Instant) {
        // What this server read itself may be older than what was published since.
        self.version = 0;
        let mut tried = None;
        loop {
            self.age_without_database();
            self.follow_agents();
            let asked = Instant::now();
            let looked = timeout(PATIENCE, self.look()).await;
            let looked = looked.unwrap_or_else(|_| Err("it does not answer".to_owned()));
            self.is_connected(looked.as_ref().err());
            if looked.is_ok() {
                self.answered = asked;
            }
            self.boards.mark_assembled();
            match looked {
                Ok((store, Lease::Taken(fence, asked))) => return (store, fence, asked),
                Ok((store, Lease::Offered)) if tried.is_none_or(|at| at + TRY_EVERY <= asked) => {
                    tried = Some(asked);
                    let taken = self.take_offered(&store).await;
                    if let Some((fence, asked)) = taken {
                        return (store, fence, asked);
                    }
                }
                _ => {}
            }
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                Ok(()) = self.live.changed() => {
                    let boards = self.live.borrow_and_update().boards.clone();
                    self.boards.announce(boards.iter().map(poller::identity).collect());
                    self.version = 0;
                }
            }
        }
    }

    /// Takes over what there is before anybody is answered, where the database answers.
    pub(crate) async fn catch_up(&mut self) {
        let caught_up = async {
            let store = self.database.open().await.ok()?;
            self.take_news(&store).await.ok()
        };
        // `follow` says why.
        let _ = timeout(START_PATIENCE, caught_up).await;
    }

    /// One look: what is new, and whether the lease is free.
    async fn look(&mut self) -> Result<(Arc<Store>, Lease), String> {
        let store = self.database.open().await;
        let store = store.map_err(|error| error.to_string())?;
        let looked = async {
            let holder = self.take_news(&store).await?;
            if holder.is_valid {
                self.status.change(|it| it.leader = holder.name);
                return Ok(match holder.is_offered {
                    true => Lease::Offered,
                    false => Lease::Held,
                });
            }
            let asked = Instant::now();
            let taken = store.take_lease(self.status.name(), LEASE).await?;
            Ok(taken.map_or(Lease::Held, |fence| Lease::Taken(fence, asked)))
        };
        let lease: queuewall_store::Result<_> = looked.await;
        Ok((store, lease.map_err(|error| error.to_string())?))
    }

    /// Takes over the time, and what was published since the last look. Who holds the lease: where
    /// nothing is new, all in one round trip.
    async fn take_news(&mut self, store: &Store) -> queuewall_store::Result<Holder> {
        let origin_ms = match self.origin_ms {
            Some(known) => known,
            None => *self.origin_ms.insert(history::origin_ms(store).await?),
        };
        self.status.set_origin(origin_ms);
        let before = self.clock.now();
        let holder = store.lease_holder().await?;
        self.set_time(before, holder.now_ms, origin_ms);
        if holder.published <= self.version {
            return Ok(holder);
        }
        let (latest, answers) = store.published_since(self.version).await?;
        if !answers.is_empty() {
            self.version = latest;
            answers.into_iter().for_each(|it| self.take_over(it));
            let leaders = store.state(CONFIGURATION).await?;
            self.compare(leaders.as_deref());
        }
        Ok(holder)
    }

    /// Says on the boards that the database is lost, as a leader does that cannot renew its lease,
    /// from when one could not: all servers that lost it say the same.
    fn age_without_database(&mut self) {
        if self.answered.elapsed() < LEASE - MARGIN {
            return;
        }
        let now = self.clock.now();
        let uptime_ms = self.boards.uptime_ms(now);
        for slug in self.boards.set().slugs() {
            let Some(latest) = self.boards.latest(slug) else {
                continue;
            };
            let mut snapshot = latest.snapshot.clone();
            let interval = Duration::from_millis(snapshot.poll_interval_ms);
            let is_stale =
                |read: Moment| Freshness::of(read.age_at(now), interval) == Freshness::Stale;
            let state = match latest.latest_read.is_none_or(is_stale) {
                true => UpstreamState::Down,
                false => UpstreamState::Degraded,
            };
            let upstream = &mut snapshot.upstream;
            let is_known = upstream.cause_code == Some(Cause::NoDatabase);
            if (is_known, upstream.state) == (true, state) {
                continue;
            }
            if upstream.state == UpstreamState::Ok {
                upstream.since_ms = Some(uptime_ms);
            }
            if !is_known {
                upstream.cause_since_ms = Some(uptime_ms);
            }
            upstream.state = state;
            upstream.cause = Some(Cause::NoDatabase.sentence().to_owned());
            upstream.cause_code = Some(Cause::NoDatabase);
            upstream.next_try_ms = None;
            self.boards.publish(snapshot, latest.latest_read);
            // What was published is taken over again once it can be.
            self.version = 0;
        }
    }

    /// Takes the lease from a leader that gets no answer from CXone, where this server does.
    async fn take_offered(&self, store: &Store) -> Option<(Fence, Instant)> {
        if !self.can_read().await {
            info!("the server that reads CXone gets no answer; neither does this one");
            return None;
        }
        let asked = Instant::now();
        let take = store.take_offered_lease(self.status.name(), LEASE);
        let taken = timeout(PATIENCE, take).await;
        Some((taken.ok()?.ok()??, asked))
    }

    /// Sets the scale of all points in time by the database's clock, which was asked at `before`.
    fn set_time(&self, before: Moment, now_ms: i64, origin_ms: i64) {
        let after = self.clock.now();
        let took = i64::try_from(before.age_ms_at(after)).unwrap_or(i64::MAX);
        let here = i64::try_from(self.boards.uptime_ms(after)).unwrap_or(i64::MAX);
        // The database looked at its clock half way, give or take the other half.
        let by_ms = (now_ms - origin_ms)
            .saturating_add(took / 2)
            .saturating_sub(here);
        if by_ms.saturating_abs() > TOLERANCE_MS.saturating_add(took / 2) {
            self.boards.adjust_uptime(by_ms.max(-MOST_BACK_MS));
        }
    }

    /// Serves a board, or its trends, as the leader does.
    fn take_over(&self, published: Publication) {
        if let Some(slug) = published.name.strip_suffix(TRENDS) {
            if let Ok(trends) = serde_json::from_str(&published.body) {
                self.boards.take_over_trends(slug, trends);
            }
            return;
        }
        let snapshot: BoardSnapshot = match serde_json::from_str(&published.body) {
            Ok(snapshot) => snapshot,
            // Of a newer version: its numbers grow old here.
            Err(error) => return debug!("board {:?} cannot be read ({error})", published.name),
        };
        let now = self.clock.now();
        let uptime_ms = self.boards.uptime_ms(now);
        let latest_read = published.read_ms.map(|read_ms| {
            now.before(uptime_ms.saturating_sub(u64::try_from(read_ms).unwrap_or_default()))
        });
        let body = Bytes::from(published.body);
        self.boards.take_over(snapshot, body, latest_read);
    }

    /// Says where the leader is configured differently.
    fn compare(&self, leaders: Option<&str>) {
        let is_same = leaders.map(|leaders| leaders == self.configuration());
        if self.status.change(|it| it.has_same_configuration = is_same) && is_same == Some(false) {
            warn!(
                "boards or interval of this server differ from those of the server that reads CXone, whose boards \
                 are shown: give all servers the same configuration"
            );
        }
    }

    /// Says whether the database answers, where that is news.
    pub(super) fn is_connected(&self, error: Option<&String>) {
        if !self.status.change(|it| it.is_connected = error.is_none()) {
            return;
        }
        match error {
            None => info!("the database answers"),
            Some(error) => warn!(
                "the database cannot be used ({error}): until it can, servers that do not read CXone themselves \
                 show what they have, which grows old"
            ),
        }
    }
}
