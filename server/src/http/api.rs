//! The boards as JSON.

use std::{borrow::Cow, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, header::SET_COOKIE},
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
use crate::{access::Caller, clock::Moment, snapshot::Published};

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
    let (caller, now) = (Caller::of(&request), state.clock.now());
    let boards = state.boards.set();
    let content = match state.access.admitted(boards.slugs(), caller, now.wall)? {
        None => Cow::Borrowed(boards.list()),
        Some(slugs) => Cow::Owned(boards.list_only(&slugs)),
    };
    let mut response = respond(&content, request.into_parts().0.headers, JSON);
    let uptime_ms = state.boards.started().age_ms_at(now);
    insert_ms(&mut response, UPTIME_HEADER, uptime_ms);
    Ok(response)
}

fn insert_ms(response: &mut Response, name: &'static str, ms: u64) {
    // Not from the number, which takes two more pieces of memory.
    if let Ok(ms) = HeaderValue::try_from(ms.to_string()) {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, ms);
    }
}

/// `GET /api/boards/{slug}`: the snapshot; its age and the server's uptime are in
/// headers, so that a quiet poll is answered with 304.
pub(super) async fn board(
    State(state): State<AppState>,
    Name(slug): Name,
    request: Request,
) -> Result<Response, ApiError> {
    let latest = Latest::of(&state, &slug, &request)?;
    Ok(latest.respond(&state, request))
}

/// What a board shows now, for somebody who may see it.
pub(super) struct Latest {
    published: Arc<Published>,
    now: Moment,
    /// The caller's cookie under the name that this server gives, where it had another.
    cookie: Option<HeaderValue>,
}

impl Latest {
    /// What a request for [`board`] gets that is written as the page writes it; `None`
    /// for any other.
    pub(super) fn polled(state: &AppState, request: &Request) -> Option<Result<Self, ApiError>> {
        let is_plain = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let slug = request.uri().path().strip_prefix("/api/boards/")?;
        let is_poll = request.method() == Method::GET && !slug.is_empty();
        (is_poll && slug.bytes().all(is_plain)).then(|| Self::of(state, slug, request))
    }

    fn of(state: &AppState, slug: &str, request: &Request) -> Result<Self, ApiError> {
        let now = state.clock.now();
        let caller = Caller::of(request);
        let pass = state.access.admit(slug, caller, now.wall)?;
        let published = state.boards.latest(slug).ok_or(ApiError::NoSuchBoard)?;
        let report = request.headers().get(report::HEADER);
        // A report that cannot be read is nobody's trouble: the poll is answered all the same.
        if let Some(report) = report.and_then(|it| Report::parse(it.to_str().ok()?)) {
            let address = state.access.proxies().client(caller);
            state.screens.heard(&report, slug, pass.link, address, now);
        }
        Ok(Self {
            published,
            now,
            cookie: access::renewed_cookie(state, request, pass, now.wall),
        })
    }

    pub(super) fn respond(self, state: &AppState, request: Request) -> Response {
        let encoded = self.published.encoded();
        let mut response = respond(encoded, request.into_parts().0.headers, JSON);
        let uptime_ms = state.boards.started().age_ms_at(self.now);
        insert_ms(&mut response, UPTIME_HEADER, uptime_ms);
        if let Some(read) = self.published.latest_read {
            insert_ms(&mut response, SNAPSHOT_AGE_HEADER, read.age_ms_at(self.now));
        }
        if let Some(cookie) = self.cookie {
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
        response
    }
}
