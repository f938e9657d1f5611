//! Serving what the leader publishes, until its lease is free.

use std::{sync::Arc, time::Duration};

use queuewall_shared::{cause::Cause, freshness::Freshness, snapshot::UpstreamState};
use queuewall_store::{
    Store,
    lease::{Fence, Holder, Publication},
};
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use super::{
    CONFIGURATION, LEASE, LOOK_EVERY, MARGIN, PATIENCE, START_PATIENCE, Servers, TRY_EVERY,
};
use crate::{clock::Moment, history};

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

/// How long a server of another build than the published one leaves a free lease to those of that
/// build: pages reload for a new build once every server has it.
const COURTESY: Duration = Duration::from_secs(3);

/// Whether a free lease is left to other servers.
#[derive(Debug, Default)]
struct Courtesy {
    free_since: Option<Instant>,
}

impl Courtesy {
    /// Whether to take the lease now, where it `is_free`.
    fn may_take(&mut self, is_free: bool, is_published_build: bool, now: Instant) -> bool {
        if !is_free {
            self.free_since = None;
            return false;
        }
        let since = *self.free_since.get_or_insert(now);
        is_published_build || now.duration_since(since) >= COURTESY
    }
}

/// What was published since the last look.
struct News {
    holder: Holder,
    version: i64,
    answers: Vec<Publication>,
}

impl Servers {
    /// Takes over what is published, until this server holds the lease: the store, the lease's
    /// number, and when it was asked for.
    pub(super) async fn follow(&mut self) -> (Arc<Store>, Fence, Instant) {
        // Of what this server published itself it may not know that it was.
        self.version = 0;
        let (mut tried, mut showing) = (None, self.showing());
        let mut courtesy = Courtesy::default();
        loop {
            self.age_without_database();
            self.follow_agents();
            let asked = Instant::now();
            let looked = showing
                .until(timeout(PATIENCE, self.look(&mut courtesy)))
                .await;
            let looked = looked.unwrap_or_else(|_| Err("it does not answer".to_owned()));
            self.is_connected(looked.as_ref().err());
            self.boards.mark_assembled();
            if let Ok((store, lease, news)) = looked {
                self.answered = asked;
                self.version = news.version;
                showing.take(news.answers);
                let taken = match lease {
                    Lease::Taken(fence, asked) => Some((fence, asked)),
                    Lease::Offered if tried.is_none_or(|at| at + TRY_EVERY <= asked) => {
                        tried = Some(asked);
                        showing.until(self.take_offered(&store)).await
                    }
                    Lease::Held | Lease::Offered => None,
                };
                if let Some((fence, asked)) = taken {
                    showing.show().await;
                    return (store, fence, asked);
                }
            }
            let has_changed = async {
                tokio::select! {
                    () = sleep(LOOK_EVERY) => false,
                    Ok(()) = self.live.changed() => true,
                }
            };
            if showing.until(has_changed).await {
                let live = self.live.borrow_and_update().clone();
                self.announce(&live);
                self.version = 0;
            }
        }
    }

    /// Takes over what there is before anybody is answered, where the database answers.
    pub(crate) async fn catch_up(&mut self) {
        let mut showing = self.showing();
        let caught_up = async {
            let store = self.database.open().await.ok()?;
            showing.take(self.news(&store).await.ok()?.answers);
            showing.show().await;
            Some(())
        };
        // `follow` says why.
        let _ = timeout(START_PATIENCE, caught_up).await;
    }

    /// One look: what is new, and whether the lease is free.
    async fn look(&mut self, courtesy: &mut Courtesy) -> Result<(Arc<Store>, Lease, News), String> {
        let store = self.database.open().await;
        let store = store.map_err(|error| error.to_string())?;
        let looked = async {
            let news = self.news(&store).await?;
            let holder = &news.holder;
            let is_free = !holder.is_valid;
            let may_take = courtesy.may_take(is_free, self.has_published_build(), Instant::now());
            if is_free && !may_take {
                return Ok((Lease::Held, news));
            }
            if holder.is_valid {
                self.status.change(|it| it.leader.clone_from(&holder.name));
                let is_offered = holder.is_offered;
                let lease = if is_offered {
                    Lease::Offered
                } else {
                    Lease::Held
                };
                return Ok((lease, news));
            }
            let asked = Instant::now();
            let taken = store.take_lease(self.status.name(), LEASE).await?;
            let lease = taken.map_or(Lease::Held, |fence| Lease::Taken(fence, asked));
            Ok((lease, news))
        };
        let looked: queuewall_store::Result<_> = looked.await;
        let (lease, news) = looked.map_err(|error| error.to_string())?;
        Ok((store, lease, news))
    }

    /// Takes over the time, and reads what was published since the last look: where nothing was,
    /// all in one round trip.
    async fn news(&mut self, store: &Store) -> queuewall_store::Result<News> {
        let origin_ms = match self.origin_ms {
            Some(known) => known,
            None => *self.origin_ms.insert(history::origin_ms(store).await?),
        };
        self.status.set_origin(origin_ms);
        let before = self.clock.now();
        let holder = store.lease_holder().await?;
        self.set_time(before, holder.now_ms, origin_ms);
        let (mut version, mut answers) = (self.version, Vec::new());
        if holder.published > version {
            (version, answers) = store.published_since(version).await?;
            if let Some(leaders) = answers.iter().find(|it| it.name == CONFIGURATION) {
                self.compare(&leaders.body);
            }
        }
        Ok(News {
            holder,
            version,
            answers,
        })
    }

    /// Whether what is shown is of a server of this build.
    fn has_published_build(&self) -> bool {
        let set = self.boards.set();
        let mut latest = set.slugs().filter_map(|slug| self.boards.latest(slug));
        latest.all(|it| it.snapshot.build == self.boards.build())
    }

    /// Says on the boards that the database is lost, as a leader does that cannot renew its lease.
    /// All servers that lost it say the same: since their latest reading, and not since they
    /// noticed.
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
            let read_ms = latest
                .latest_read
                .map(|read| uptime_ms.saturating_sub(read.age_ms_at(now)));
            // Their clocks may differ by milliseconds.
            let since_ms = read_ms.unwrap_or(uptime_ms) / 1_000 * 1_000;
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
                upstream.since_ms = Some(since_ms);
            }
            if !is_known {
                upstream.cause_since_ms = Some(since_ms);
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

    /// Says where the leader is configured differently.
    fn compare(&self, leaders: &str) {
        let is_same = Some(leaders == self.configuration());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_lease_is_left_to_the_published_build_for_a_while() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let mut courtesy = Courtesy::default();
        assert!(courtesy.may_take(true, true, at(0)));
        let mut courtesy = Courtesy::default();
        let looks = [
            (false, 0),
            (true, 1),
            (true, 3),
            (false, 4),
            (true, 5),
            (true, 7),
            (true, 8),
        ];
        let took = looks.map(|(is_free, second)| courtesy.may_take(is_free, false, at(second)));
        assert_eq!(took, [false, false, false, false, false, false, true]);
    }
}
