//! The boards as JSON.

use axum::{
    extract::{Path, Request, State},
    http::{HeaderName, HeaderValue},
    response::Response,
};
use queuewall_shared::http::{SNAPSHOT_AGE_HEADER, UPTIME_HEADER};

use super::{
    AppState,
    error::ApiError,
    negotiate::{Content, respond},
};

const JSON: Content = Content {
    media_type: "application/json",
    cache_control: "no-cache",
};

/// `GET /api/boards`
pub(super) async fn list_boards(State(state): State<AppState>, request: Request) -> Response {
    respond(state.boards.list(), request.headers(), JSON)
}

/// `GET /api/boards/{slug}`: the snapshot; its age and the server's uptime are in
/// headers, so that a quiet poll is answered with 304.
pub(super) async fn board(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    // Not `HeaderMap`, which would be a copy of them all for every poll of every screen.
    request: Request,
) -> Result<Response, ApiError> {
    let published = state
        .boards
        .latest(&slug)
        .ok_or(ApiError::NoSuchBoard(slug))?;
    let mut response = respond(&published.encoded, request.headers(), JSON);
    let now = state.clock.now();
    let mut insert = |name, ms| {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, HeaderValue::from(ms));
    };
    insert(UPTIME_HEADER, state.boards.started().age_ms_at(now));
    if let Some(read) = published.latest_read {
        insert(SNAPSHOT_AGE_HEADER, read.age_ms_at(now));
    }
    Ok(response)
}
