//! One request for today's numbers.

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cxone::{Error, QueueSource, Report, ServiceLevelSummary, SkillSummary};
use jiff::{Timestamp, tz::TimeZone};

use super::{Call, Midnight};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// When the day or hour began that is asked for, in seconds since 1970.
    pub(crate) begin: Midnight,
    pub(crate) call: Call,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) asked: Asked,
    pub(crate) outcome: Result<Counted, Error>,
}

#[derive(Debug)]
pub(crate) enum Counted {
    Summaries(Report<SkillSummary>),
    ServiceLevels(Report<ServiceLevelSummary>),
}

/// Sends it, for the time between these two, in milliseconds since 1970. `None` where the dialect
/// has no such numbers.
pub(crate) async fn ask(
    source: Arc<dyn QueueSource>,
    asked: Asked,
    start_ms: u64,
    end_ms: u64,
) -> Option<Answer> {
    let reports = source.reports()?;
    let window = window(start_ms, end_ms);
    let outcome = match asked.call {
        Call::Summaries => (reports.skill_summaries(window).await).map(Counted::Summaries),
        Call::ServiceLevels => (reports.service_levels(window).await).map(Counted::ServiceLevels),
    };
    Some(Answer { asked, outcome })
}

/// The time between these two, in milliseconds since 1970: whole seconds, and never empty.
pub(crate) fn window(start_ms: u64, end_ms: u64) -> Range<SystemTime> {
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let start = start_ms / 1_000;
    let end = (end_ms / 1_000).max(start + 1);
    at(start)..at(end)
}

/// When the day began in which it is `epoch_ms` in `zone`: its first instant, where it has no
/// midnight. Midnight by UTC where the calendar ends.
pub(crate) fn midnight(epoch_ms: u64, zone: &TimeZone) -> Midnight {
    let seconds = i64::try_from(epoch_ms / 1_000).unwrap_or(i64::MAX);
    let start = Timestamp::from_second(seconds)
        .and_then(|now| now.to_zoned_datetime(zone.clone()).start_of_day())
        .map(|start| start.timestamp().as_second());
    start.unwrap_or(seconds / 86_400 * 86_400)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZoneDatabase;

    use super::*;

    #[test]
    fn day_begins_at_the_first_instant_of_its_date() {
        for (zone, now, expected) in [
            // 23 and 25 hours.
            (
                "Europe/Berlin",
                "2026-03-29T21:59:59Z",
                "2026-03-28T23:00:00Z",
            ),
            (
                "Europe/Berlin",
                "2026-03-29T22:00:00Z",
                "2026-03-29T22:00:00Z",
            ),
            (
                "Europe/Berlin",
                "2026-10-25T22:59:59Z",
                "2026-10-24T22:00:00Z",
            ),
            (
                "Europe/Berlin",
                "2026-10-25T23:00:00Z",
                "2026-10-25T23:00:00Z",
            ),
            (
                "America/New_York",
                "2026-11-29T12:00:00Z",
                "2026-11-29T05:00:00Z",
            ),
            // No midnight: clocks go from 23:59:59 to 1:00.
            (
                "America/Sao_Paulo",
                "2018-11-04T02:59:59Z",
                "2018-11-03T03:00:00Z",
            ),
            (
                "America/Sao_Paulo",
                "2018-11-04T12:00:00Z",
                "2018-11-04T03:00:00Z",
            ),
            (
                "Asia/Beirut",
                "2024-03-31T09:00:00Z",
                "2024-03-30T22:00:00Z",
            ),
            // The hour before midnight comes twice, or the hour after it.
            (
                "Asia/Beirut",
                "2024-10-26T21:30:00Z",
                "2024-10-25T21:00:00Z",
            ),
            (
                "America/Havana",
                "2024-11-03T05:30:00Z",
                "2024-11-03T04:00:00Z",
            ),
            (
                "Asia/Kathmandu",
                "2026-01-05T18:14:59Z",
                "2026-01-04T18:15:00Z",
            ),
        ] {
            let time = |text: &str| text.parse::<Timestamp>().unwrap();
            let zone_of = TimeZoneDatabase::bundled().get(zone).unwrap();
            let now_ms = u64::try_from(time(now).as_millisecond()).unwrap();
            let start = Timestamp::from_second(midnight(now_ms, &zone_of)).unwrap();
            assert_eq!(start, time(expected), "{zone} at {now}");
        }
        assert_eq!(midnight(u64::MAX, &TimeZone::UTC) % 86_400, 0);
    }
}
