//! What is kept of a board's queues, and what happened on it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderValue, Uri,
        header::{CONTENT_DISPOSITION, VARY},
    },
    response::Response,
};
use jiff::Timestamp;
use queuewall_shared::{http::UPTIME_HEADER, metric::Unit, snapshot::Board};
use queuewall_store::{Store, backfill::Hour, column::Column, event::Event, history::Queue};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use tracing::debug;
use url::form_urlencoded;

use super::{
    AppState, Name,
    api::{JSON, insert_ms},
    error::ApiError,
    negotiate::{Content, accepts_type, respond_once},
};
use crate::{
    access::Caller,
    clock::Moment,
    config::did_you_mean,
    history::{
        History,
        asked::{AskError, Asked},
        csv, epoch_ms,
        series::{Series, SeriesQuery},
    },
    snapshot::Published,
};

/// The most events of one answer, unless more happened in one millisecond.
const MOST_EVENTS: usize = 1_000;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

const CSV: Content = Content {
    media_type: "text/csv; charset=utf-8; header=present",
    cache_control: JSON.cache_control,
};

/// So many answers are made at a time: the writer has its connection, and other requests
/// their processor.
static READS: Semaphore = Semaphore::const_new(2);

/// `GET /api/boards/{slug}/queues/{id}/history`, as JSON, or as CSV by `Accept` or `.csv`.
pub(super) async fn history(
    State(state): State<AppState>,
    Name((slug, id)): Name<(String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let (published, history) = admit(&state, &slug, &request, now)?;
    if !has_queue(&published, &id) {
        return Err(match published.latest_read {
            // The queue list is not known yet.
            None if published.snapshot.queues.is_empty() => ApiError::HistoryUnavailable,
            _ => ApiError::NoSuchQueue,
        });
    }
    let board = &published.snapshot.board;
    let asked = asked(request.uri(), &["metrics", "from", "to", "step"])?;
    let query = SeriesQuery::new(&asked, now_ms(&state, board, now), history.retention())?;
    let query = query.bounded()?;
    let store = history.store().ok_or(ApiError::HistoryUnavailable)?;
    let _permit = READS.acquire().await;
    let queue = Queue {
        id,
        skills: state.boards.skills(&slug),
    };
    let series = query.read(&store, &queue).await.map_err(unavailable)?;
    let Queue { id, .. } = queue;
    let is_csv = request.uri().path().ends_with(".csv");
    let is_csv = is_csv || accepts_type(request.headers(), "text/csv");
    let headers = request.into_parts().0.headers;
    let mut response = if is_csv {
        let zone = csv::zone(board.timezone.as_deref());
        let body = csv::head(query.columns()) + &csv::lines(&query, &id, &series, &zone);
        let mut response = respond_once(body.into_bytes(), headers, CSV);
        response
            .headers_mut()
            .insert(CONTENT_DISPOSITION, attachment(&slug, &id));
        response
    } else {
        let limits = state.boards.waiting_limits(&slug, &id);
        let body = json(&slug, &id, &query, series, limits).to_string();
        respond_once(body.into_bytes(), headers, JSON)
    };
    let vary = HeaderValue::from_static("accept, accept-encoding");
    response.headers_mut().insert(VARY, vary);
    insert_ms(&mut response, UPTIME_HEADER, state.boards.uptime_ms(now));
    Ok(response)
}

/// `GET /api/boards/{slug}/events`: changes of the levels of its queues, of the upstream, and
/// of the server, the first of them first.
pub(super) async fn events(
    State(state): State<AppState>,
    Name(slug): Name,
    request: Request,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let (published, history) = admit(&state, &slug, &request, now)?;
    let asked = asked(request.uri(), &["from", "to"])?;
    // In whole minutes, so that an answer without news stays the same.
    let now_ms = now_ms(&state, &published.snapshot.board, now);
    let (from, to) = asked.range(now_ms / MINUTE_MS * MINUTE_MS + MINUTE_MS, DAY_MS)?;
    let store = history.store().ok_or(ApiError::HistoryUnavailable)?;
    let _permit = READS.acquire().await;
    let (mut events, next) = read_events(&store, &slug, from, to).await?;
    // As with their numbers: those of the board's present queues.
    events.retain(|event| {
        let queue = event.queue.as_deref();
        queue.is_none_or(|id| has_queue(&published, id))
    });
    let body = json!({
        "board": slug,
        "from": time(from),
        "to": time(to),
        "truncated": next.is_some(),
        "next_from": next.map(time),
        "events": events.into_iter().map(event).collect::<Vec<_>>(),
    });
    let headers = request.into_parts().0.headers;
    let mut response = respond_once(body.to_string().into_bytes(), headers, JSON);
    insert_ms(&mut response, UPTIME_HEADER, state.boards.uptime_ms(now));
    Ok(response)
}

/// By the rules of the board's own answer.
fn admit(
    state: &AppState,
    slug: &str,
    request: &Request,
    now: Moment,
) -> Result<(Arc<Published>, Arc<History>), ApiError> {
    state.access.admit(slug, Caller::of(request), now.wall)?;
    let published = state.boards.latest(slug).ok_or(ApiError::NoSuchBoard)?;
    let history = state.history.clone().ok_or(ApiError::NoHistory)?;
    Ok((published, history))
}

fn has_queue(published: &Published, id: &str) -> bool {
    let queues = &published.snapshot.queues;
    queues.iter().any(|queue| queue.id == id)
}

/// What the board's clock shows, in milliseconds since 1970.
fn now_ms(state: &AppState, board: &Board, now: Moment) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a float's cast saturates")]
    match board.simulated_clock {
        Some(clock) => clock.at(state.boards.uptime_ms(now) as f64) as i64,
        None => i64::try_from(epoch_ms(now.wall)).unwrap_or(i64::MAX),
    }
}

/// The query, which has no other parameters than these.
fn asked(uri: &Uri, known: &[&'static str]) -> Result<Asked, ApiError> {
    let mut asked = Asked::default();
    let query = uri.query().unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = value.trim().to_owned();
        match name.as_ref() {
            _ if !known.contains(&name.as_ref()) => return Err(unknown(&name, known)),
            "metrics" => {
                let metrics = value.split(',').map(str::trim);
                let metrics = metrics.filter(|metric| !metric.is_empty());
                asked.metrics.extend(metrics.map(str::to_owned));
            }
            name => {
                let (name, place) = match name {
                    "from" => ("from", &mut asked.from),
                    "to" => ("to", &mut asked.to),
                    _ => ("step", &mut asked.step),
                };
                if place.replace(value).is_some() {
                    let what = format!("{name} is given twice: give it once");
                    return Err(ApiError::BadQuery(what));
                }
            }
        }
    }
    Ok(asked)
}

fn unknown(name: &str, known: &[&'static str]) -> ApiError {
    let meant = did_you_mean(name, known.iter().copied());
    let meant = meant.map_or_else(String::new, |meant| format!("did you mean {meant}? "));
    ApiError::BadQuery(format!(
        "unknown parameter: {meant}the parameters are {}",
        known.join(", ")
    ))
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> Self {
        Self::BadQuery(error.to_string())
    }
}

fn unavailable(error: queuewall_store::QueryError) -> ApiError {
    // The log has it as a warning where the writer meets it too.
    debug!("the history was not read: {error}");
    ApiError::HistoryUnavailable
}

fn json(
    slug: &str,
    id: &str,
    query: &SeriesQuery,
    series: Series,
    [warning, critical]: [Option<u64>; 2],
) -> Value {
    let columns = || query.columns().iter();
    let of_each = |value: fn(&Column) -> &'static str| -> Map<String, Value> {
        let named = |column: &Column| (column.name.to_owned(), value(column).into());
        columns().map(named).collect()
    };
    let metrics: Map<String, Value> = columns()
        .zip(series.values)
        .map(|(column, values)| {
            let values = values.into_iter().map(number).collect();
            (column.name.to_owned(), Value::Array(values))
        })
        .collect();
    json!({
        "board": slug,
        "queue": id,
        "from": time(query.from_ms()),
        "to": time(query.to_ms()),
        "step_seconds": query.step_seconds(),
        "metrics": metrics,
        "unit": of_each(|column| match column.metric.unit() {
            Unit::Calls => "calls",
            Unit::Agents => "agents",
            Unit::Milliseconds => "ms",
            Unit::Percent => "percent",
        }),
        "aggregate": of_each(|column| if column.is_highest { "highest" } else { "mean" }),
        "limits": { "waiting": { "warning": warning, "critical": critical } },
        "backfilled": runs(query, &series.backfilled),
        "hours": series.hours.iter().map(hour).collect::<Vec<_>>(),
    })
}

/// From when to when service levels were read later.
fn runs(query: &SeriesQuery, backfilled: &[bool]) -> Vec<Value> {
    let step_ms = query.step_seconds() * 1_000;
    let bins: Vec<_> = query.times_ms().zip(backfilled).collect();
    let runs = bins.chunk_by(|one, next| one.1 == next.1);
    let run = |run: &[(i64, &bool)]| {
        let ((first, is_backfilled), (last, _)) = (run.first()?, run.last()?);
        is_backfilled.then(|| json!({ "from": time(*first), "to": time(last + step_ms) }))
    };
    runs.filter_map(run).collect()
}

fn hour((at, hour): &(i64, Hour)) -> Value {
    json!({
        "from": time(at * 60 * MINUTE_MS),
        "offered": hour.offered,
        "queued": hour.queued,
        "handled": hour.handled,
        "abandoned": hour.abandoned,
        "in_time": hour.in_time,
        "late": hour.late,
    })
}

/// Whole numbers as such.
fn number(value: Option<f64>) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "counts and waits are far below 2^53"
    )]
    match value {
        Some(value) if value.fract() == 0.0 => (value as i64).into(),
        value => value.into(),
    }
}

/// The first events in a range, and where the next answer begins if there are more. Those of
/// one millisecond are in one answer.
async fn read_events(
    store: &Store,
    slug: &str,
    from: i64,
    to: i64,
) -> Result<(Vec<Event>, Option<i64>), ApiError> {
    let read = async |from, to, limit| {
        let read = store.events(slug, from, to, limit).await;
        read.map_err(unavailable)
    };
    let mut events = read(from, to, MOST_EVENTS as i64 + 1).await?;
    let Some(next) = events.get(MOST_EVENTS).map(|event| event.at_ms) else {
        return Ok((events, None));
    };
    events.retain(|event| event.at_ms < next);
    if !events.is_empty() {
        return Ok((events, Some(next)));
    }
    let events = read(next, next + 1, i64::MAX).await?;
    Ok((events, Some(next + 1)))
}

fn event(event: Event) -> Value {
    json!({
        "at": time(event.at_ms),
        "kind": event.kind.name(),
        "queue": event.queue,
        "detail": serde_json::from_str::<Value>(&event.detail).unwrap_or_default(),
    })
}

/// RFC 3339, UTC.
fn time(ms: i64) -> String {
    let time = Timestamp::from_millisecond(ms).unwrap_or_default();
    time.to_string()
}

/// A file's name, of letters and digits whatever the id has.
fn attachment(slug: &str, id: &str) -> HeaderValue {
    let id: String = id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let header = format!("attachment; filename=\"{slug}-{id}.csv\"");
    HeaderValue::try_from(header).unwrap_or(HeaderValue::from_static("attachment"))
}
