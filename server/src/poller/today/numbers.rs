//! Today's numbers of one queue on one board.

use std::{collections::HashMap, time::Duration};

use cxone::{ServiceLevelSummary, SkillSummary};
use jiff::Timestamp;
use queuewall_shared::{
    freshness::{Freshness, stale_after},
    snapshot::{Today, TodayServiceLevel},
};
use tokio::time::Instant;

use super::{Day, Midnight};
use crate::{clock::Moment, mapping::millis};

/// The day that a board shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfBoard<'a> {
    pub(crate) day: &'a Day,
    pub(crate) midnight: Midnight,
    /// Whether another day has begun since.
    pub(crate) is_over: bool,
    /// Within which time numbers are read again.
    pub(crate) interval: Duration,
    pub(crate) now: Moment,
}

/// The part that counts, and when it was asked for.
type Known<'a, T> = Option<(&'a HashMap<String, T>, Moment)>;

impl OfBoard<'_> {
    /// A queue's numbers, `latest` being when any of the board's queues was last read.
    pub(crate) fn queue(&self, id: &str, latest: Option<Moment>) -> Option<Today> {
        let (contacts, in_time) = self.parts();
        let times = [contacts.map(|it| it.1), in_time.map(|it| it.1)];
        let oldest = (times.into_iter().flatten()).min_by_key(|at| at.monotonic)?;
        let contacts = contacts.and_then(|(all, _)| all.get(id));
        let in_time = in_time.and_then(|(all, _)| all.get(id));
        if contacts.is_none() && in_time.is_none() {
            return None;
        }
        let from = Timestamp::from_second(self.midnight).ok()?.to_string();
        Some(today(
            from,
            self.lag_ms(oldest, latest.unwrap_or(self.now)),
            contacts.cloned().unwrap_or_default(),
            in_time.cloned().unwrap_or_default(),
        ))
    }

    /// A queue's numbers as far as they are not stale.
    pub(crate) fn current(&self, id: &str) -> Option<Today> {
        let [contacts, in_time] = self.current_since();
        (contacts.is_some() || in_time.is_some())
            .then(|| self.queue(id, None))
            .flatten()
    }

    /// When each of the two answers was asked for, where it is not stale.
    pub(crate) fn current_since(&self) -> [Option<Instant>; 2] {
        let is_current = |at: &Moment| !self.is_over && !self.is_stale(*at);
        let of = |at: Option<Moment>| at.filter(is_current).map(|at| at.monotonic);
        [
            of(self.day.contacts.known.as_ref().map(|it| it.1)),
            of(self.day.service_levels.known.as_ref().map(|it| it.1)),
        ]
    }

    /// Both parts; only the one that is not stale, where the other one is.
    fn parts(&self) -> (Known<'_, SkillSummary>, Known<'_, ServiceLevelSummary>) {
        let contacts = self.day.contacts.known.as_ref().map(|it| (&it.0, it.1));
        let in_time = self.day.service_levels.known.as_ref();
        let in_time = in_time.map(|it| (&it.0, it.1));
        let is_stale = |at: Moment| self.is_stale(at);
        match (contacts, in_time) {
            (Some((_, one)), Some((_, other))) if is_stale(one) != is_stale(other) => (
                contacts.filter(|(_, at)| !is_stale(*at)),
                in_time.filter(|(_, at)| !is_stale(*at)),
            ),
            both => both,
        }
    }

    fn is_stale(&self, at: Moment) -> bool {
        Freshness::of(at.age_at(self.now), self.interval) == Freshness::Stale
    }

    /// In whole intervals and at least one, so that the next answer changes nothing here; of a
    /// day that is over, long enough to be stale.
    fn lag_ms(&self, asked_at: Moment, latest: Moment) -> u64 {
        let interval_ms = millis(self.interval).max(1);
        let lag_ms = asked_at.age_ms_at(latest).max(1).div_ceil(interval_ms) * interval_ms;
        match self.is_over {
            true => lag_ms.max(millis(stale_after(self.interval)) + interval_ms),
            false => lag_ms,
        }
    }
}

/// A queue's numbers as a command reads them: after the live ones, and therefore no older.
pub(crate) fn read_once(
    midnight: Midnight,
    contacts: Option<SkillSummary>,
    in_time: Option<ServiceLevelSummary>,
) -> Option<Today> {
    if contacts.is_none() && in_time.is_none() {
        return None;
    }
    let from = Timestamp::from_second(midnight).ok()?.to_string();
    let (contacts, in_time) = (contacts.unwrap_or_default(), in_time.unwrap_or_default());
    Some(today(from, 0, contacts, in_time))
}

fn today(from: String, lag_ms: u64, contacts: SkillSummary, counted: ServiceLevelSummary) -> Today {
    let percent = |part: Option<u64>, whole: Option<u64>| {
        let whole = whole.filter(|whole| *whole > 0)?;
        let percent = part? as f64 * 100.0 / whole as f64;
        (percent <= 100.0).then_some(percent)
    };
    let ServiceLevelSummary { in_time, late, .. } = counted;
    let sample = in_time
        .zip(late)
        .map(|(in_time, late)| in_time.saturating_add(late));
    // Of no contact there is no mean, whatever CXone says.
    let mean = |mean: Option<Duration>| mean.filter(|_| contacts.handled != Some(0)).map(millis);
    Today {
        from,
        lag_ms,
        offered: contacts.offered,
        queued: contacts.queued,
        handled: contacts.handled,
        abandoned: contacts.abandoned,
        abandon_rate_percent: percent(contacts.abandoned, contacts.queued),
        average_speed_of_answer_ms: mean(contacts.average_speed_of_answer),
        average_handle_ms: mean(contacts.average_handle),
        average_talk_ms: mean(contacts.average_talk),
        average_wrap_ms: mean(contacts.average_wrap),
        service_level: TodayServiceLevel {
            percent: percent(in_time, sample),
            sample,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_a_denominator_or_are_unknown() {
        let of = |queued, abandoned, in_time, late| {
            let contacts = SkillSummary {
                queued,
                abandoned,
                handled: Some(0),
                average_talk: Some(Duration::ZERO),
                ..SkillSummary::default()
            };
            let counted = ServiceLevelSummary {
                in_time,
                late,
                ..ServiceLevelSummary::default()
            };
            let today = today(String::new(), 0, contacts, counted);
            assert_eq!(today.average_talk_ms, None, "of no contact");
            (
                today.abandon_rate_percent,
                today.service_level.percent,
                today.service_level.sample,
            )
        };
        let (some, none) = (Some(40), Some(0));
        assert_eq!(
            of(some, Some(1), Some(3), Some(1)),
            (Some(2.5), Some(75.0), Some(4))
        );
        assert_eq!(of(none, none, none, none), (None, None, Some(0)));
        assert_eq!(of(some, None, Some(3), None), (None, None, None));
        assert_eq!(of(None, Some(1), None, None), (None, None, None));
        // More abandoned than queued: one of the two counts something else.
        assert_eq!(of(Some(2), Some(3), None, Some(1)).0, None);
    }
}
