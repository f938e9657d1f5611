//! What was kept before the start.

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use queuewall_shared::{level::Judge, trend::TREND_MINUTES};
use queuewall_store::{
    Result, Store,
    column::Column,
    history::{Minute, Queue},
};
use serde::{Deserialize, Serialize};

/// How far the scale of points in time jumps at a start. A page tells two servers apart by where
/// their scales begin, and shows the old numbers until the new server has read some.
const START_STEP_MS: u64 = 5_000;

/// The names of texts in the store.
const UPTIME: &str = "uptime";
const LEVELS: &str = "levels:";
const READINGS: &str = "readings";
const EVENTS: &str = "events:";
pub(crate) const BACKFILL: &str = "backfill";

/// The most days of the past that may be read later.
pub(crate) const MOST_BACKFILL_DAYS: i64 = 35;

/// What a start goes on from.
#[derive(Debug, Default)]
pub struct Restored {
    /// Where the scale of all points in time begins at this start, in milliseconds: it goes on
    /// from the first start of all, so that what began before this one has its time.
    pub uptime_ms: u64,
    /// The judges of each board's queues that were in trouble, by slug and id.
    pub levels: HashMap<String, HashMap<String, Judge>>,
    /// The latest readings, as the poller wrote them.
    pub readings: Option<String>,
    /// What each board's events told last, as the poller wrote it, by slug.
    pub told: HashMap<String, String>,
    /// When the last of this was written, in milliseconds since 1970.
    pub last_ms: Option<u64>,
    /// Each queue's last three hours, as of the start, the oldest minute first.
    pub trends: HashMap<Queue, Vec<Waiting>>,
    /// Hours since 1970 in which a quarter of an hour has nothing recorded, the oldest first: of
    /// as many days as may be read later.
    pub unrecorded: Vec<i64>,
    /// How the back-fill fared, as the poller wrote it.
    pub backfill: Option<String>,
}

/// Calls waiting in one minute; unknown is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// At its end.
    pub last: Option<u64>,
    /// The most.
    pub highest: Option<u64>,
}

/// The scale's end when the last minute was written.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Uptime {
    uptime_ms: u64,
    /// When that was, in milliseconds since 1970.
    epoch_ms: u64,
}

impl Restored {
    /// Reads it, of these boards' slugs. Where servers count from one origin, `uptime_ms` is the
    /// time on their scale.
    ///
    /// # Errors
    /// When the database does not answer. What cannot be understood is passed over: another
    /// version may have written it.
    pub(crate) async fn read(
        store: &Store,
        boards: &[String],
        now: SystemTime,
        uptime_ms: Option<u64>,
    ) -> Result<Self> {
        let epoch_ms = epoch_ms(now);
        let last: Option<Uptime> = parsed(store.state(UPTIME).await?);
        let (mut levels, mut told) = (HashMap::new(), HashMap::new());
        for board in boards {
            let text = store.state(&told_name(board)).await?;
            told.extend(text.map(|text| (board.clone(), text)));
            let judges = parsed(store.state(&format!("{LEVELS}{board}")).await?);
            levels.extend(judges.map(|judges| (board.clone(), judges)));
        }
        // Where the clock was set back since, no time passed.
        let goes_on =
            |it: Uptime| it.uptime_ms + epoch_ms.saturating_sub(it.epoch_ms) + START_STEP_MS;
        let uptime_ms = uptime_ms.unwrap_or_else(|| last.map_or(0, goes_on));
        let quarter = i64::try_from(epoch_ms / 900_000).unwrap_or(i64::MAX);
        let oldest = quarter / 4 - MOST_BACKFILL_DAYS * 24;
        let minute_ended_ms = epoch_ms.saturating_sub(uptime_ms % 60_000);
        Ok(Self {
            uptime_ms,
            levels,
            readings: store.state(READINGS).await?,
            told,
            last_ms: last.map(|it| it.epoch_ms),
            trends: trends(store, minute_of(minute_ended_ms) + 1).await?,
            unrecorded: store.unrecorded_hours(oldest.max(0), quarter).await?,
            backfill: store.state(BACKFILL).await?,
        })
    }

    /// What the next start needs of this one, by name: the scale's end, the latest readings,
    /// and the judges of each board's queues in trouble.
    #[must_use]
    pub fn to_state<'j>(
        uptime_ms: u64,
        now: SystemTime,
        readings: &impl Serialize,
        levels: impl IntoIterator<Item = (&'j str, HashMap<&'j str, &'j Judge>)>,
    ) -> Vec<(String, String)> {
        let uptime = Uptime {
            uptime_ms,
            epoch_ms: epoch_ms(now),
        };
        let judges = levels
            .into_iter()
            .map(|(slug, judges)| (format!("{LEVELS}{slug}"), json(&judges)));
        let texts = [(UPTIME, json(&uptime)), (READINGS, json(readings))];
        let texts = texts.map(|(name, text)| (name.to_owned(), text));
        texts.into_iter().chain(judges).collect()
    }
}

/// The name in the store of what a board's events told last.
pub(crate) fn told_name(slug: &str) -> String {
    format!("{EVENTS}{slug}")
}

/// When the scale of all points in time began, of all servers that share the store: where one
/// server used it before, with that one's.
pub(crate) async fn origin_ms(store: &Store) -> Result<i64> {
    let last: Option<Uptime> = parsed(store.state(UPTIME).await?);
    let first = last.map(|it| it.epoch_ms.saturating_sub(it.uptime_ms));
    let first = first.and_then(|first| i64::try_from(first).ok());
    store.origin_ms(first).await
}

/// Milliseconds since 1970; 0 before.
pub(crate) fn epoch_ms(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The minute that ended at this time, give or take half of one: minutes are counted from the
/// server's start, and kept by the clock.
pub(crate) fn minute_of(epoch_ms: u64) -> i64 {
    i64::try_from(epoch_ms.saturating_sub(30_000) / 60_000).unwrap_or(i64::MAX)
}

/// The three hours before this minute; a minute that is not kept is a gap.
async fn trends(store: &Store, now: i64) -> Result<HashMap<Queue, Vec<Waiting>>> {
    let start = now - TREND_MINUTES as i64;
    let columns = [Column::WAITING, Column::WAITING_HIGHEST];
    let recent = store.recent(columns, start, now).await?;
    let of_queue = |(queue, minutes): (Queue, Vec<Minute<2>>)| {
        let mut trend = vec![Waiting::default(); TREND_MINUTES];
        for (at, values) in minutes {
            let [last, highest] = values.map(|value| value.map(|value| value as u64));
            let place = usize::try_from(at - start).unwrap_or(usize::MAX);
            if let Some(minute) = trend.get_mut(place) {
                *minute = Waiting { last, highest };
            }
        }
        (queue, trend)
    };
    Ok(recent.into_iter().map(of_queue).collect())
}

fn parsed<T: for<'de> Deserialize<'de>>(text: Option<String>) -> Option<T> {
    serde_json::from_str(&text?).ok()
}

fn json(value: &impl Serialize) -> String {
    // Of plain values: it is always written.
    serde_json::to_string(value).unwrap_or_default()
}
