//! What changes on a board, as it happens: server-sent events (WHATWG HTML, 9.2) for programs that
//! would otherwise poll. Screens poll: a stream that a proxy holds back looks like a quiet board.
//!
//! | event | data |
//! |---|---|
//! | `snapshot` | `etag`, that of the uncompressed board, and `uptime_ms`: at once, and with each change |
//! | `level` | `queue`, `name`, `from`, `to`, `reasons`: where one of the two is a warning or critical |
//!
//! A stream ends when the server stops, the caller's access ends or the board is gone. What is
//! missed meanwhile is in `/events`, if a history is kept.

use std::{collections::BTreeMap, convert::Infallible, pin::Pin, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt as _, stream};
use queuewall_shared::snapshot::{BoardSnapshot, Level, Queue, QueueState};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use super::{AppState, Name, error::ApiError};
use crate::{access::Caller, snapshot::Published};

/// The most streams at a time: each has a connection of its own.
static STREAMS: Semaphore = Semaphore::const_new(100);

/// Shorter than the idle timeouts of proxies: nginx's and most balancers' are 60 s.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// `GET /api/boards/{slug}/events/stream`.
pub(super) async fn stream(
    State(state): State<AppState>,
    Name(slug): Name,
    request: Request,
) -> Result<Response, ApiError> {
    let caller = Caller::of(&request);
    state.access.admit(&slug, caller, state.clock.now().wall)?;
    let published = state.boards.latest(&slug).ok_or(ApiError::NoSuchBoard)?;
    let permit = STREAMS
        .try_acquire()
        .map_err(|_| ApiError::TooManyStreams)?;
    let mut watcher = Watcher {
        assembled: state.boards.assembled(),
        levels: Levels::default(),
        etag: HeaderValue::from_static(""),
        slug,
        request,
        state,
        _permit: permit,
    };
    // What is so already is no change.
    watcher.levels.changes(&published.snapshot);
    let first = watcher.snapshot(&published);
    let rest = stream::unfold(watcher, |mut watcher| async {
        let events = watcher.next().await?;
        Some((stream::iter(events), watcher))
    });
    let events = stream::iter(first).chain(rest.flatten());
    let events: Pin<Box<dyn Stream<Item = _> + Send>> = Box::pin(events.map(Ok::<_, Infallible>));
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response();
    // nginx holds back what it proxies until a buffer is full.
    let name = HeaderName::from_static("x-accel-buffering");
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static("no"));
    Ok(response)
}

/// A stream's view of its board.
struct Watcher {
    state: AppState,
    slug: String,
    /// Who asked: its access may end.
    request: Request,
    assembled: watch::Receiver<u64>,
    levels: Levels,
    /// Of the snapshot that was told last.
    etag: HeaderValue,
    _permit: SemaphorePermit<'static>,
}

impl Watcher {
    /// The next events; `None` once the stream is to end.
    async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            tokio::select! {
                changed = self.assembled.changed() => changed.ok()?,
                Ok(_) = self.state.stopping.wait_for(|is_stopping| *is_stopping) => return None,
            }
            let now = self.state.clock.now();
            let caller = Caller::of(&self.request);
            self.state.access.admit(&self.slug, caller, now.wall).ok()?;
            let published = self.state.boards.latest(&self.slug)?;
            let changes = self.levels.changes(&published.snapshot);
            let levels = changes.into_iter().map(|data| event("level", &data));
            let events: Vec<_> = levels.chain(self.snapshot(&published)).collect();
            if !events.is_empty() {
                return Some(events);
            }
        }
    }

    /// The tag of the snapshot, where it is another than the last one.
    fn snapshot(&mut self, published: &Published) -> Option<Event> {
        let etag = &published.encoded().raw.etag;
        if self.etag == *etag {
            return None;
        }
        self.etag = etag.clone();
        let uptime_ms = self.state.boards.uptime_ms(self.state.clock.now());
        let etag = etag.to_str().unwrap_or_default();
        Some(event(
            "snapshot",
            &json!({ "etag": etag, "uptime_ms": uptime_ms }),
        ))
    }
}

fn event(name: &'static str, data: &Value) -> Event {
    Event::default().event(name).data(data.to_string())
}

/// The levels that were told last, by queue. A queue that is not read keeps its own.
#[derive(Debug, Default)]
struct Levels(BTreeMap<String, Level>);

impl Levels {
    fn changes(&mut self, snapshot: &BoardSnapshot) -> Vec<Value> {
        let changed = |queue: &Queue| {
            let is = judged(queue)?;
            let was = self.0.insert(queue.id.clone(), is)?;
            (was != is && was.max(is) > Level::Ok).then(|| {
                json!({
                    "queue": queue.id,
                    "name": queue.name,
                    "from": was,
                    "to": is,
                    "reasons": queue.reasons,
                })
            })
        };
        snapshot.queues.iter().filter_map(changed).collect()
    }
}

/// A queue's level; `None` while it is not known.
fn judged(queue: &Queue) -> Option<Level> {
    match queue.state {
        QueueState::NotFound => Some(Level::None),
        QueueState::Closed => Some(queue.level),
        _ if queue.is_outside_hours => Some(Level::None),
        _ => (queue.level > Level::None).then_some(queue.level),
    }
}
