//! The boards as JSON.

use std::borrow::Cow;

use axum::{
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue,
        header::{DATE, SET_COOKIE},
    },
    response::Response,
};
use queuewall_shared::{
    http::{SNAPSHOT_AGE_HEADER, UPTIME_HEADER},
    report::{self, Report},
};

use super::{
    AppState, Name, access,
    error::ApiError,
    negotiate::{Content, respond},
};
use crate::{access::Caller, clock::Moment};

pub(super) const JSON: Content = Content {
    media_type: "application/json",
    // Access is checked at every request, by this server only.
    cache_control: "private, no-cache",
};

/// `GET /api/boards`: those that the caller may see.
pub(super) async fn list_boards(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, ApiError> {
    let (caller, now) = (Caller::of(&request), state.clock.now());
    let boards = state.boards.set();
    let content = match state.access.admitted(boards.slugs(), caller, now.wall)? {
        None => Cow::Borrowed(boards.list()),
        Some(slugs) => Cow::Owned(boards.list_only(&slugs)),
    };
    let mut response = respond(&content, request.into_parts().0.headers, JSON);
    insert_time(&mut response, &state, now);
    Ok(response)
}

/// What time it is, in milliseconds on the scale of all points in time, and as a date where
/// servers share a clock: a screen that changes servers sees one that goes on.
pub(super) fn insert_time(response: &mut Response, state: &AppState, now: Moment) {
    let uptime_ms = state.boards.uptime_ms(now);
    insert_ms(response, UPTIME_HEADER, uptime_ms);
    let date = state.servers.as_ref().and_then(|it| it.date(uptime_ms));
    if let Some(date) = date.and_then(|date| HeaderValue::try_from(date).ok()) {
        response.headers_mut().insert(DATE, date);
    }
}

pub(super) fn insert_ms(response: &mut Response, name: &'static str, ms: u64) {
    let name = HeaderName::from_static(name);
    response.headers_mut().insert(name, ms.into());
}

/// `GET /api/boards/{slug}`: the snapshot; its age and the server's uptime are in
/// headers, so that a quiet poll is answered with 304.
pub(super) async fn board(
    State(state): State<AppState>,
    Name(slug): Name,
    request: Request,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let caller = Caller::of(&request);
    let pass = state.access.admit(&slug, caller, now.wall)?;
    let published = state.boards.latest(&slug).ok_or(ApiError::NoSuchBoard)?;
    let report = request.headers().get(report::HEADER);
    // A report that cannot be read is no reason to refuse the poll.
    if let Some(report) = report.and_then(|it| Report::parse(it.to_str().ok()?)) {
        let address = state.access.proxies().client(caller);
        state.screens.heard(&report, &slug, pass.link, address, now);
    }
    let cookie = access::renewed_cookie(&state, &request, pass, now.wall);
    let headers = request.into_parts().0.headers;
    let mut response = respond(published.encoded(), headers, JSON);
    insert_time(&mut response, &state, now);
    if let Some(read) = published.latest_read {
        insert_ms(&mut response, SNAPSHOT_AGE_HEADER, read.age_ms_at(now));
    }
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `GET /api/boards/{slug}/trends`: apart from the snapshot, so that a board of which nothing
/// changed stays the same.
pub(super) async fn trends(
    State(state): State<AppState>,
    Name(slug): Name,
    request: Request,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    state.access.admit(&slug, Caller::of(&request), now.wall)?;
    state.boards.latest(&slug).ok_or(ApiError::NoSuchBoard)?;
    let trends = state.boards.trends(&slug);
    let headers = request.into_parts().0.headers;
    let mut response = respond(trends.encoded(), headers, JSON);
    insert_ms(&mut response, UPTIME_HEADER, state.boards.uptime_ms(now));
    Ok(response)
}
