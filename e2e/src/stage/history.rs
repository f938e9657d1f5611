//! A made-up history of every queue: the same each day, but for twice as many calls today as
//! before, and a gap of half an hour that ended an hour ago. Service levels of before the last whole
//! hour were read later.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::{HeaderName, HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use jiff::Timestamp;
use queuewall_shared::http::UPTIME_HEADER;
use serde_json::{Map, Value, json};

use super::Shared;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

pub(super) async fn values(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let asked = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|pair| pair.0 == name).map_or("", |pair| pair.1)
    };
    let number = |name: &str| asked(name).parse::<i64>().unwrap_or(1);
    let step_ms = number("step") * 1_000;
    let from = number("from").div_euclid(step_ms) * step_ms;
    let bins = (number("to") - from + step_ms - 1) / step_ms;
    let now = Timestamp::now().as_millisecond();
    let known = |metric: &str| -> Value {
        let value = |bin: i64| match from + bin * step_ms {
            at if at > now => None,
            at if at + step_ms > now - 90 * MINUTE_MS && at < now - HOUR_MS => None,
            at => Some(value(metric, at, now)),
        };
        (0..bins).map(value).collect()
    };
    let begin_of_read = (now - HOUR_MS).div_euclid(HOUR_MS) * HOUR_MS;
    let is_later = asked("metrics") == "service_level" && from < begin_of_read;
    let later = [json!({ "from": time(from), "to": time(begin_of_read) })];
    let metrics = asked("metrics")
        .split(',')
        .map(|it| (it.to_owned(), known(it)));
    let metrics: Map<String, Value> = metrics.collect();
    answer(
        &shared,
        &json!({
            "board": "main",
            "queue": id,
            "from": time(from),
            "to": time(from + bins * step_ms),
            "step_seconds": step_ms / 1_000,
            "metrics": metrics,
            "limits": { "waiting": { "warning": 5, "critical": 10 } },
            "backfilled": &later[..usize::from(is_later)],
        }),
    )
}

fn value(metric: &str, at: i64, now: i64) -> i64 {
    let quarter = at / (15 * MINUTE_MS);
    let times = if now - at < 24 * HOUR_MS { 2 } else { 1 };
    match metric {
        "waiting" | "waiting_highest" => (quarter % 5 + 1) * times,
        "service_level" => 60 + quarter % 7 * 5,
        "agents_logged_on" => 12,
        "available_agents" => 2,
        _ => 61_000,
    }
}

pub(super) async fn events(State(shared): State<Arc<Shared>>) -> Response {
    let now = Timestamp::now().as_millisecond();
    let script = shared.script().queues.clone();
    let event = |id: &String| {
        json!({
            "at": time(now - HOUR_MS / 4),
            "kind": "level",
            "queue": id,
            "detail": { "from": "ok", "to": "critical", "reasons": [{
                "metric": "waiting", "direction": "above", "limit": 10, "value": 12,
                "since_ms": 1, "since_at_least": false, "held": false,
            }] },
        })
    };
    let events: Vec<Value> = script.iter().map(event).collect();
    answer(
        &shared,
        &json!({ "board": "main", "events": events, "next_from": null }),
    )
}

fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms)
        .unwrap_or_default()
        .to_string()
}

fn answer(shared: &Shared, body: &Value) -> Response {
    let mut response = body.to_string().into_response();
    let uptime_ms = HeaderValue::from(shared.script().uptime_ms);
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static(UPTIME_HEADER), uptime_ms);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
