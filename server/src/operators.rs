//! The operators' listener: metrics and the status page of screens.
//!
//! It has no access control; none of this is on the public listener.
//!
//! | address | answer |
//! |---|---|
//! | `/metrics` | for Prometheus |
//! | `/screens` | which screens there are and how they are, as a page or as JSON |
//! | `/healthz` | 200 while the process serves |

mod screens_page;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::{
        HeaderMap, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_TYPE, VARY},
    },
    response::{Html, IntoResponse as _, Response},
    routing::get,
};
use serde_json::json;
use tracing::error;

use crate::{
    clock::Clock,
    http::{self, ApiError},
    metrics::{Format, Metrics},
    screens::ScreenRegistry,
    servers::Status,
    snapshot::Boards,
};

const STYLE: &str = include_str!("operators/screens.css");

/// What every handler here can reach.
#[derive(Clone)]
pub struct OperatorsState {
    /// Everything that is measured.
    pub metrics: Arc<Metrics>,
    /// Which screens there are.
    pub screens: Arc<ScreenRegistry>,
    /// Whose build it is.
    pub boards: Arc<Boards>,
    /// For ages.
    pub clock: Arc<dyn Clock>,
    /// How this server stands to others on its database; `None` where there are none.
    pub servers: Option<Arc<Status>>,
}

pub(crate) fn router(state: OperatorsState) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/screens", get(screens))
        .route("/screens.css", get(style))
        .route("/healthz", get(http::healthz).options(http::healthz))
        .fallback(http::not_found)
        .method_not_allowed_fallback(http::method_not_allowed)
        .with_state(state)
}

/// `GET /metrics`, in the format that is asked for.
async fn metrics(
    State(state): State<OperatorsState>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let format = if http::accepts_type(&headers, "application/openmetrics-text") {
        Format::OpenMetrics
    } else {
        Format::Prometheus
    };
    // Many screens and open files take milliseconds, which must not block other requests.
    let written = tokio::task::spawn_blocking(move || state.metrics.write(format)).await;
    match written {
        Ok(Ok(text)) => {
            let kind = [(CONTENT_TYPE, format.media_type())];
            Ok(unkept((kind, text).into_response()))
        }
        failed => {
            error!(?failed, "the metrics could not be written");
            Err(ApiError::Internal)
        }
    }
}

/// `GET /screens`: a page, or JSON for programs.
async fn screens(State(state): State<OperatorsState>, headers: HeaderMap) -> Response {
    let build = state.boards.build();
    let mut screens = state.screens.list(build, state.clock.now());
    if let Some(servers) = &state.servers {
        for screen in screens.iter_mut().filter(|it| it.server.is_none()) {
            screen.server = Some(servers.name().to_owned());
        }
    }
    let is_program = http::accepts_type(&headers, "application/json")
        && !http::accepts_type(&headers, "text/html");
    let leader = (state.servers).map(|servers| (servers.name().to_owned(), servers.standing()));
    let leader = leader.map(|(name, standing)| {
        let does = match standing.is_leader {
            true => "reads CXone".to_owned(),
            false => format!("shows what {} reads", standing.leader),
        };
        let lacks = match standing.is_connected {
            true => "",
            false => "; the database does not answer: screens of other servers look dark",
        };
        format!("this server ({name}) {does}{lacks}")
    });
    unkept(if is_program {
        Json(json!({ "build": build, "screens": screens })).into_response()
    } else {
        Html(screens_page::write(&screens, build, leader.as_deref())).into_response()
    })
}

/// `GET /screens.css`
async fn style() -> Response {
    unkept(([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response())
}

fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    response
}

#[cfg(test)]
mod tests;
