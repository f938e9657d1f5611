//! The boards as JSON.

use std::borrow::Cow;

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    response::Response,
};
use queuewall_shared::http::{SNAPSHOT_AGE_HEADER, UPTIME_HEADER};

use super::{
    AppState, Name,
    error::ApiError,
    negotiate::{Content, respond},
};
use crate::access::Caller;

const JSON: Content = Content {
    media_type: "application/json",
    // Who may see it is decided anew at every question, by nobody but this server.
    cache_control: "private, no-cache",
};

/// `GET /api/boards`: those that the caller may see.
pub(super) async fn list_boards(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, ApiError> {
    let (caller, now) = (Caller::of(&request), state.clock.now().wall);
    let content = match state.access.admitted(state.boards.slugs(), caller, now)? {
        None => Cow::Borrowed(state.boards.list()),
        Some(slugs) => Cow::Owned(state.boards.list_only(&slugs)),
    };
    Ok(respond(&content, request.headers(), JSON))
}

/// `GET /api/boards/{slug}`: the snapshot; its age and the server's uptime are in
/// headers, so that a quiet poll is answered with 304.
pub(super) async fn board(
    State(state): State<AppState>,
    Name(slug): Name,
    // Not `HeaderMap`, which would be a copy of them all for every poll of every screen.
    request: Request,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    state.access.admit(&slug, Caller::of(&request), now.wall)?;
    let published = state.boards.latest(&slug).ok_or(ApiError::NoSuchBoard)?;
    let mut response = respond(&published.encoded, request.headers(), JSON);
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
