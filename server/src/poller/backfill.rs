//! The back-fill: contacts and service levels of hours that nothing recorded, read later.
//!
//! On the first start those are the days before it, later the hours in which no server ran. The
//! newest comes first, by two requests an hour: the same that count today's contacts, and after
//! those. `polling` sends one at a time, in what the budget leaves; `progress` is what the next
//! start needs to go on.

mod polling;
mod progress;

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use cxone::{Error, ServiceLevelSummary, SkillSummary};
use tokio::time::Instant;
use tracing::{info, warn};

use super::{
    is_about_the_sign_in,
    outage::words,
    today::{Answer, Asked, Call, Counted, LONGEST_PAUSE, RESERVE},
};
use crate::{history::epoch_ms, remedy::explain};
pub(crate) use progress::Progress;

const HOUR_SECONDS: i64 = 3_600;

/// So long after its end an hour is counted: contacts in progress then belong to it too.
const SETTLE_SECONDS: i64 = 15 * 60;

/// With fewer requests a minute left there is no room for it: one in 5 minutes.
const LEAST_SPARE: f64 = 0.2;

/// As often as the poller looks whether one is due.
const SHORTEST_GAP: Duration = Duration::from_secs(1);

/// The first pause after a failure that may pass.
const FIRST_PAUSE: Duration = Duration::from_secs(60);

/// After so many of them in a row it ends, as after one that will not pass.
const MOST_FAILURES: u32 = 8;

/// How long it is not tried again after it ended by a failure.
const RETRY_AFTER: Duration = Duration::from_secs(6 * 3_600);

/// Skills of one answer with service levels.
const PAGE: usize = 1_000;

/// An hour of which all is answered: its number since 1970, and what is known of each skill.
pub(crate) type Answered = (
    i64,
    HashMap<String, SkillSummary>,
    HashMap<String, ServiceLevelSummary>,
);

/// What is still to be read.
#[derive(Debug)]
pub(crate) struct Backfill {
    /// Hours since 1970.
    missing: BTreeSet<i64>,
    /// How many days before now are read; 0 is none.
    days: u32,
    /// The first of the two answers of an hour.
    contacts: Option<(i64, HashMap<String, SkillSummary>)>,
    /// Nothing is asked before.
    due: Instant,
    /// In a row.
    failures: u32,
    /// Why it ended, and when, in milliseconds since 1970.
    ended: Option<(u64, String)>,
    /// When the log said that it begins, and how many hours were read since.
    begun: Option<(Instant, usize)>,
    /// Whether the log said that the budget has no room.
    is_refused: bool,
}

impl Backfill {
    /// Of these hours since 1970, by what another poller wrote of its progress.
    pub(crate) fn new(unrecorded: Vec<i64>, progress: Option<&str>, now_ms: u64) -> Self {
        let ended = progress.and_then(Progress::parse).and_then(|it| it.ended);
        let mut backfill = Self {
            missing: unrecorded.into_iter().collect(),
            days: 0,
            contacts: None,
            due: Instant::now(),
            failures: 0,
            ended: None,
            begun: None,
            is_refused: false,
        };
        if let Some((at_ms, why)) = ended {
            let ago = Duration::from_millis(now_ms.saturating_sub(at_ms));
            let left = RETRY_AFTER.saturating_sub(ago);
            if !left.is_zero() {
                info!(
                    "back-fill ended by a failure, and is tried again in {}: {why}",
                    words(left)
                );
                backfill.due += left;
                backfill.ended = Some((at_ms, why));
            }
        }
        backfill
    }

    /// Reads so many days before now from now on.
    pub(crate) fn set_days(&mut self, days: u32) {
        if days == 0 && self.begun.take().is_some() {
            info!("back-fill is off: what it has read is kept");
        }
        self.days = days;
    }

    /// The hours to read, the oldest first. The hour that passes is among them, where a part of
    /// it has nothing recorded.
    fn hours(&self, now_ms: u64) -> impl DoubleEndedIterator<Item = i64> {
        let now = hour_of(now_ms);
        let first = now - i64::from(self.days) * 24;
        let hours = self.missing.range(first..=now);
        hours.filter(|_| self.days > 0).copied()
    }

    /// What to ask next: `None` where nothing is left, or everything has to wait.
    fn next(&self, now_ms: u64, now: Instant) -> Option<Asked> {
        if self.due > now {
            return None;
        }
        let seconds = i64::try_from(now_ms / 1_000).unwrap_or(i64::MAX);
        let is_over = |hour: &i64| (hour + 1) * HOUR_SECONDS + SETTLE_SECONDS <= seconds;
        // One that is half answered first.
        let half = self.contacts.as_ref().map(|it| it.0);
        let half = half.filter(|half| self.hours(now_ms).any(|hour| hour == *half));
        let hour = half.or_else(|| self.hours(now_ms).rev().find(is_over))?;
        Some(Asked {
            begin: hour * HOUR_SECONDS,
            call: match half {
                Some(_) => Call::ServiceLevels,
                None => Call::Summaries,
            },
        })
    }

    /// How far it has come.
    fn progress(&self, now_ms: u64) -> Progress {
        Progress {
            left: self.hours(now_ms).count(),
            ended: self.ended.clone(),
        }
    }

    /// A request is sent; of those that follow each takes `gap`, and service levels `pages` of
    /// them. The log says so where it is the first.
    fn sent(&mut self, call: Call, gap: Duration, pages: usize, now_ms: u64) {
        let requests = match call {
            Call::Summaries => 1,
            Call::ServiceLevels => u32::try_from(pages).unwrap_or(u32::MAX),
        };
        self.due = Instant::now() + gap.saturating_mul(requests);
        if self.begun.is_some() {
            return;
        }
        let hours = self.hours(now_ms).count();
        self.begun = Some((Instant::now(), 0));
        let requests = hours * (1 + pages);
        let takes = gap.saturating_mul(u32::try_from(requests).unwrap_or(u32::MAX));
        info!(
            "back-fill: contacts and service levels of {hours} hours of the last {} days that nothing recorded are \
             read from CXone, newest first, in what live numbers leave of the budget: {requests} requests, one in \
             {}, in about {}; store.backfill_days = 0 turns it off",
            self.days,
            words(gap),
            words(takes),
        );
    }

    /// The budget of `limit` requests a minute has no room for it; `enough` has.
    fn refuse(&mut self, limit: usize, enough: usize) {
        if !std::mem::replace(&mut self.is_refused, true) {
            warn!(
                "back-fill waits: live numbers and what is read beside them leave nothing of {limit} requests a minute; set \
                 QUEUEWALL_BUDGET_PER_MINUTE to {enough}, if CXone allows that many, or store.backfill_days to 0"
            );
        }
    }

    /// An answer came. The hour, where all of it is answered.
    fn answered(&mut self, answer: Answer, now_ms: u64) -> Option<Answered> {
        let hour = answer.asked.begin / HOUR_SECONDS;
        let counted = match answer.outcome {
            Ok(counted) => counted,
            Err(error) => {
                self.failed(&error, now_ms);
                return None;
            }
        };
        self.failures = 0;
        self.ended = None;
        match counted {
            Counted::Summaries(report) => {
                let entries = report.entries.into_iter().map(|it| (it.id.clone(), it));
                self.contacts = Some((hour, entries.collect()));
                None
            }
            Counted::ServiceLevels(report) => {
                let (of_hour, contacts) = self.contacts.take()?;
                if of_hour != hour || !self.missing.remove(&hour) {
                    return None;
                }
                if let Some((_, hours)) = &mut self.begun {
                    *hours += 1;
                }
                let entries = report.entries.into_iter().map(|it| (it.id.clone(), it));
                Some((hour, contacts, entries.collect()))
            }
        }
    }

    /// Says so where nothing is left that could be read now.
    fn end_if_done(&mut self, now_ms: u64) {
        if self.next(now_ms, self.due).is_none()
            && let Some((begun, hours)) = self.begun.take()
        {
            let took = words(begun.elapsed());
            let rest = match self.hours(now_ms).count() {
                0 => "",
                _ => "; the rest follows once it is over",
            };
            info!("back-fill is complete: {hours} hours were read within {took}{rest}");
        }
    }

    fn failed(&mut self, error: &Error, now_ms: u64) {
        self.failures += 1;
        let passes = error.is_transient() || is_about_the_sign_in(error);
        let left = self.hours(now_ms).count();
        if passes && self.failures < MOST_FAILURES {
            let pause = FIRST_PAUSE * 2_u32.saturating_pow(self.failures - 1);
            self.due = Instant::now() + pause.min(LONGEST_PAUSE);
            if self.failures == 1 {
                warn!(
                    "back-fill waits, {left} hours are left, live numbers go on: {}",
                    explain(error)
                );
            }
            return;
        }
        self.due = Instant::now() + RETRY_AFTER;
        self.failures = 0;
        self.contacts = None;
        self.begun = None;
        self.ended = Some((now_ms, error.to_string()));
        warn!(
            "back-fill ends with {left} hours left, live numbers go on; it is tried again in {}: {}",
            words(RETRY_AFTER),
            explain(error)
        );
    }
}

/// How long after one request the next is sent, where a budget of `limit` requests a minute has
/// `live` requests a minute and so many beside them: so that a live read never waits. `None`
/// where these leave nothing.
fn gap(limit: usize, live: f64, beside: f64) -> Option<Duration> {
    let spare = limit as f64 - reserved() - live - beside;
    (spare >= LEAST_SPARE).then(|| Duration::from_secs_f64(60.0 / spare).max(SHORTEST_GAP))
}

/// What it leaves of the budget: one request may still be under way when a live read is due.
fn reserved() -> f64 {
    RESERVE as f64 + 1.0
}

/// The hour since 1970 that passes at this time, in milliseconds since then.
fn hour_of(epoch_ms: u64) -> i64 {
    i64::try_from(epoch_ms / 1_000).unwrap_or(i64::MAX) / HOUR_SECONDS
}

#[cfg(test)]
mod tests;
