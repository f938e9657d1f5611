//! What changed on a board, for the history: each change once, however often the server starts or
//! another one takes over.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use queuewall_shared::{
    cause::Cause,
    snapshot::{BoardSnapshot, Level, Queue, QueueState, Upstream, UpstreamState},
};
use queuewall_store::event::{Event, EventKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::assemble::Shown;
use crate::{clock::Moment, mapping::millis};

/// So far two servers' clocks may differ.
const TOLERANCE_MS: u64 = 1_000;

/// What a board's events told last. It outlives the poller: readings of before its start change
/// nothing, and what changed while nothing was read is one event.
#[derive(Debug, Default)]
pub(crate) struct Told {
    kept: Kept,
    /// Of the queues in `kept`.
    queues: HashMap<String, Sight>,
    /// Whether `kept` is not as the store has it.
    is_new: bool,
}

/// What the store keeps of it. A queue that is not there was never read: what it was before is
/// not known, and no change.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// The state, and the cause's code.
    upstream: Option<(UpstreamState, Option<String>)>,
    /// With the time of the reading that changed it, in milliseconds since 1970.
    levels: BTreeMap<String, (Level, u64)>,
}

/// How a queue was last seen with a level.
#[derive(Clone, Copy, Debug, Default)]
struct Sight {
    /// When, in milliseconds since 1970.
    at_ms: u64,
    /// Whether it was not read since.
    is_over: bool,
}

/// The moment at which a board is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// When the poller started: older readings are another's.
    pub(crate) started: Moment,
    pub(crate) now: Moment,
    /// What the board's clock shows now, in milliseconds since 1970.
    pub(crate) at_ms: u64,
}

impl Told {
    /// Goes on from what the store kept; of another version, it may not be understood. Queues were
    /// last read as `shown` says, else before `last_ms`, in milliseconds since 1970. Also the ids of
    /// those whose reading is of before their level changed.
    pub(crate) fn restored(
        kept: &str,
        shown: &[Shown<'_>],
        last_ms: Option<u64>,
        look: Look,
    ) -> (Self, Vec<String>) {
        let kept: Kept = serde_json::from_str(kept).unwrap_or_default();
        let mut outdated = Vec::new();
        let sight = |(id, (_, changed_ms)): (&String, &(Level, u64))| {
            let shown = shown.iter().find(|shown| shown.id == id);
            let reading = shown.and_then(|it| it.known?.reading.as_ref());
            let read_ms = reading.map(|(_, at)| look.ms_of(*at));
            if read_ms.is_some_and(|ms| ms + TOLERANCE_MS < *changed_ms) {
                outdated.push(id.clone());
            }
            let sight = Sight {
                at_ms: read_ms.or(last_ms).unwrap_or_default().max(*changed_ms),
                is_over: true,
            };
            (id.clone(), sight)
        };
        let told = Self {
            queues: kept.levels.iter().map(sight).collect(),
            kept,
            is_new: false,
        };
        (told, outdated)
    }

    /// What the store is to keep with the latest events, where that is news.
    pub(crate) fn news(&mut self) -> Option<String> {
        // Of plain values: it is always written.
        std::mem::take(&mut self.is_new)
            .then(|| serde_json::to_string(&self.kept).unwrap_or_default())
    }

    /// The changes since the last look, of which the board shows these queues.
    pub(crate) fn changes(
        &mut self,
        snapshot: &BoardSnapshot,
        shown: &[Shown<'_>],
        look: Look,
    ) -> Vec<Event> {
        let event = |kind, queue: Option<&Queue>, detail: Value| Event {
            at_ms: i64::try_from(look.at_ms).unwrap_or(i64::MAX),
            kind,
            board: Some(snapshot.board.slug.clone()),
            queue: queue.map(|queue| queue.id.clone()),
            detail: detail.to_string(),
        };
        let mut events = Vec::new();
        if let Some(detail) = self.upstream(&snapshot.upstream, shown, look) {
            events.push(event(EventKind::Upstream, None, detail));
        }
        for (queue, shown) in snapshot.queues.iter().zip(shown) {
            if let Some(detail) = self.queue(queue, shown, look) {
                events.push(event(EventKind::Level, Some(queue), detail));
            }
        }
        self.is_new |= !events.is_empty();
        events
    }

    fn upstream(&mut self, is: &Upstream, shown: &[Shown<'_>], look: Look) -> Option<Value> {
        let is_untried = matches!(is.cause_code, Some(Cause::FirstAnswer | Cause::NoAnswer))
            && !shown.iter().any(|shown| look.has_read(shown));
        let detail = json!({ "state": is.state, "cause_code": is.cause_code });
        let is = Some((is.state, is.cause_code.map(|cause| cause.code().to_owned())));
        if is_untried || self.kept.upstream == is {
            return None;
        }
        self.is_new = true;
        std::mem::replace(&mut self.kept.upstream, is).map(|_| detail)
    }

    /// The change of a queue's level, where one of the two is trouble.
    fn queue(&mut self, queue: &Queue, shown: &Shown<'_>, look: Look) -> Option<Value> {
        let Some((level, read)) = look.level(queue, shown) else {
            if let Some(sight) = self.queues.get_mut(&queue.id) {
                sight.is_over = true;
            }
            return None;
        };
        let sight = Sight {
            at_ms: look.ms_of(read),
            is_over: false,
        };
        let is = (level, sight.at_ms);
        let Some(kept) = self.kept.levels.get_mut(&queue.id) else {
            self.kept.levels.insert(queue.id.clone(), is);
            self.queues.insert(queue.id.clone(), sight);
            self.is_new = true;
            return None;
        };
        let was = kept.0;
        if was != level {
            *kept = is;
        }
        // Both hold the same ids.
        let before = self.queues.get_mut(&queue.id)?;
        let before = std::mem::replace(before, sight);
        if was == level || was.max(level) <= Level::Ok {
            return None;
        }
        let mut detail = json!({ "from": was, "to": level, "reasons": queue.reasons });
        if before.is_over {
            detail["not_read_since"] = time(before.at_ms).into();
        }
        Some(detail)
    }
}

impl Look {
    /// Whether this poller read the queue.
    fn has_read(self, shown: &Shown<'_>) -> bool {
        let reading = shown.known.and_then(|known| known.reading.as_ref());
        reading.is_some_and(|(_, at)| at.age_at(self.now) <= self.started.age_at(self.now))
    }

    /// The queue's level as this poller found it, and when; `None` while that is not known.
    fn level(self, queue: &Queue, shown: &Shown<'_>) -> Option<(Level, Moment)> {
        if queue.is_outside_hours || queue.state == QueueState::NotFound {
            return Some((Level::None, self.now));
        }
        let (_, at) = shown.known?.reading.as_ref()?;
        let is_judged = queue.state == QueueState::Closed || queue.level > Level::None;
        (is_judged && self.has_read(shown)).then_some((queue.level, *at))
    }

    /// What the board's clock showed at this moment, in milliseconds since 1970.
    fn ms_of(self, moment: Moment) -> u64 {
        self.at_ms.saturating_sub(millis(moment.age_at(self.now)))
    }
}

/// RFC 3339, UTC.
fn time(ms: u64) -> String {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    let time = Timestamp::from_millisecond(ms).unwrap_or_default();
    time.to_string()
}
