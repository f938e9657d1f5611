//! Health checks. They need no access, since they hold no data.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{Method, Request, StatusCode, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
};
use queuewall_shared::snapshot::UpstreamState;
use serde_json::{Value, json};

use super::AppState;
use crate::clock::Moment;

/// Whether a request asks how the process is, which it may by any name and by none:
/// balancers ask by HTTP/1.0 without a host, and some by `OPTIONS /`.
pub(super) fn is_check(request: &Request<Body>) -> bool {
    let path = request.uri().path();
    match *request.method() {
        Method::GET | Method::HEAD => matches!(path, "/healthz" | "/readyz"),
        Method::OPTIONS => matches!(path, "/" | "*" | "/healthz" | "/readyz"),
        _ => false,
    }
}

/// `GET /healthz`: the process serves.
pub(crate) async fn healthz() -> Response {
    answer(StatusCode::OK, json!({ "status": "ok" }))
}

/// `GET /readyz`: 200 once boards can be served, whatever CXone says: a server that is
/// taken out of a balancer for an outage of CXone would only hide why.
pub(super) async fn readyz(State(state): State<AppState>) -> Response {
    if *state.boards.assembled().borrow() == 0 {
        let starting = json!({ "status": "starting: no board was assembled yet" });
        return answer(StatusCode::SERVICE_UNAVAILABLE, starting);
    }
    let upstream = upstream(&state, state.clock.now());
    let mut body = json!({ "status": "ready", "upstream": upstream });
    if let Some(history) = &state.history {
        // Not the problem's words, which may name a host.
        let leads = state.servers.as_ref().map(|it| it.standing().is_leader);
        body["history"] = json!(if leads == Some(false) {
            "kept by the leader, if one is"
        } else if history.is_kept() {
            "kept"
        } else {
            "not kept"
        });
    }
    if let Some(servers) = &state.servers {
        let standing = servers.standing();
        body["servers"] = json!({
            "reads_cxone": standing.is_leader,
            "database": if standing.is_connected { "answers" } else { "does not answer" },
            "same_configuration": standing.has_same_configuration,
        });
    }
    answer(StatusCode::OK, body)
}

/// How it goes with CXone: the worst board's state and cause, and the age of the latest
/// read in milliseconds; `null` where nothing was ever read.
fn upstream(state: &AppState, now: Moment) -> Value {
    let set = state.boards.set();
    let published: Vec<_> = (set.slugs())
        .filter_map(|slug| state.boards.latest(slug))
        .collect();
    let rank = |it: UpstreamState| match it {
        UpstreamState::Ok => 0,
        UpstreamState::Degraded => 1,
        UpstreamState::Down => 2,
    };
    let upstreams = published.iter().map(|it| &it.snapshot.upstream);
    let worst = upstreams.max_by_key(|it| rank(it.state));
    let ages = published.iter().filter_map(|it| it.latest_read);
    json!({
        "state": worst.map(|it| it.state),
        // Not the sentence, which may name a host.
        "cause_code": worst.and_then(|it| it.cause_code),
        "latest_read_age_ms": ages.map(|read| read.age_ms_at(now)).min(),
    })
}

fn answer(status: StatusCode, body: Value) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
