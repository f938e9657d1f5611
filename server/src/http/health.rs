//! For whoever watches the process.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::AppState;

/// `GET /healthz`: the process serves.
pub(super) async fn healthz() -> Response {
    answer(StatusCode::OK, "ok")
}

/// `GET /readyz`: 503 until CXone was read for the first time. The configuration is
/// valid, or the process would not have started.
pub(super) async fn readyz(State(state): State<AppState>) -> Response {
    if state.boards.has_data() {
        answer(StatusCode::OK, "ready")
    } else {
        answer(
            StatusCode::SERVICE_UNAVAILABLE,
            "nothing was read from CXone yet: see the log, or run `queuewall check`",
        )
    }
}

fn answer(status: StatusCode, text: &str) -> Response {
    (
        status,
        [("cache-control", "no-store")],
        Json(json!({ "status": text })),
    )
        .into_response()
}
