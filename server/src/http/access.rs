//! A link for a cookie, and a code for a screen.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    Json, RequestExt as _,
    body::HttpBody as _,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header::SET_COOKIE},
    response::{AppendHeaders, IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use super::{AppState, error::ApiError, frames};
use crate::access::{
    CODE_LIFE, Caller, CookieScope, Guard, InFrames, Link, LinkBackend, Pass, Refusal, Token,
    has_trial, set_trial,
};

/// The longest body that is read here, in bytes.
pub(super) const LONGEST_BODY: usize = 1024;

/// Within which time each server on a database has looked at the links.
const OTHERS_LOOK: Duration = Duration::from_millis(1_500);

/// What a link's page sends.
#[derive(Deserialize)]
struct Entry {
    token: Token,
}

/// What a waiting screen sends.
#[derive(Deserialize)]
struct Wait {
    secret: Token,
}

/// What a screen sends that asks for a code.
#[derive(Deserialize)]
struct Nothing {}

/// `POST /api/access`, `{"token": …}`: 204 with the board's cookie, or why not. Where no
/// links are asked for there is nothing here.
pub(super) async fn enter(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, ApiError> {
    let backend = backend_of(&state.access)?;
    let from = Origin::of(&state, &request);
    let now = state.clock.now();
    let Entry { token } = body(request).await?;
    let link = match backend.links.good(token.expose(), now.wall) {
        // Only what nobody knows is a guess: a screen's own link is never held up by those
        // of others.
        Err(Refusal::NoAccess) => {
            // Before a look at the file is asked for.
            count_wrong(backend, &from, now.monotonic)?;
            let link = backend.links.good_or_new(token.expose(), now.wall).await?;
            until_others_know(&state).await;
            link
        }
        known => known?,
    };
    let cookie = from.cookie(backend, &link, &token, now.wall)?;
    if backend.is_news(&link, now.monotonic) {
        tracing::info!(
            "link {} of board {} was opened in a browser",
            link.id,
            link.board
        );
    }
    Ok((StatusCode::NO_CONTENT, cookie).into_response())
}

/// Waits until other servers on the database have looked at the links, too: the next request of
/// the same screen may go to one of them.
async fn until_others_know(state: &AppState) {
    if state.servers.is_some() {
        sleep(OTHERS_LOOK).await;
    }
}

/// `POST /api/screens`, `{}`: a code to show, a secret to ask with, and a cookie on trial.
pub(super) async fn ask_for_code(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, ApiError> {
    let backend = backend_of(&state.access)?;
    let from = Origin::of(&state, &request);
    let client = from.client;
    // Before anything is counted: a foreign page cannot send this, and uses up nobody's codes.
    let Nothing {} = body(request).await?;
    let now = state.clock.now();
    backend
        .asked_codes
        .check(client, now.monotonic)
        .map_err(ApiError::TooManyAttempts)?;
    backend.asked_codes.count(client, now.monotonic);
    let waiting = backend
        .pairing_codes
        .add(client, now.wall)
        .map_err(|error| {
            tracing::error!("a screen got no code: {error}");
            ApiError::Internal
        })?;
    if state.servers.is_some() {
        // The screen's next question may go to another one.
        backend.pairing_codes.until_written(&waiting.secret).await;
    }
    let answer = Json(json!({
        "code": waiting.code,
        "secret": waiting.secret.expose(),
        "seconds": CODE_LIFE.as_secs(),
    }));
    Ok((UNKEPT, AppendHeaders(from.trial()), answer).into_response())
}

/// `POST /api/screens/wait`, `{"secret": …}`: 202 while nobody let the screen in, with
/// whether the cookie on trial came back; 200 with the board's cookie and slug once
/// somebody has, 410 when the code is over.
pub(super) async fn wait(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, ApiError> {
    let backend = backend_of(&state.access)?;
    let from = Origin::of(&state, &request);
    let keeps_cookies = has_trial(request.headers());
    let now = state.clock.now();
    let Wait { secret } = body(request).await?;
    match backend.links.good(secret.expose(), now.wall) {
        Ok(link) => {
            until_others_know(&state).await;
            let cookie = from.cookie(backend, &link, &secret, now.wall)?;
            if backend.is_news(&link, now.monotonic) {
                tracing::info!(
                    "link {} of board {} was given to the screen that showed its code",
                    link.id,
                    link.board
                );
            }
            let answer = Json(json!({ "board": link.board }));
            Ok((UNKEPT, cookie, answer).into_response())
        }
        Err(Refusal::NoAccess) => {
            let (codes, secret) = (&backend.pairing_codes, secret.expose());
            if !codes.is_waiting(secret, now.wall) {
                // Before a look at the database is asked for.
                let checked = backend.wrong_tokens.check(from.client, now.monotonic);
                checked.map_err(ApiError::TooManyAttempts)?;
                if !codes.is_waiting_anywhere(secret, now.wall).await {
                    // A screen shows a secret whose code is over but once: then it takes a new
                    // code.
                    backend.wrong_tokens.count(from.client, now.monotonic);
                    return Err(ApiError::CodeExpired);
                }
            }
            let answer = json!({ "state": "waiting", "keeps_cookies": keeps_cookies });
            // Once cookies are allowed the next question shows it.
            let trial = from.trial().filter(|_| !keeps_cookies);
            Ok((
                StatusCode::ACCEPTED,
                UNKEPT,
                AppendHeaders(trial),
                Json(answer),
            )
                .into_response())
        }
        Err(_) => Err(ApiError::CodeExpired),
    }
}

/// The cookie that a poll's answer brings, where one is due.
pub(super) fn renewed_cookie(
    state: &AppState,
    request: &Request,
    pass: Pass,
    now: SystemTime,
) -> Option<HeaderValue> {
    let (link, token) = pass.renewed?;
    let backend = state.access.link_backend()?;
    let [(_, cookie)] = Origin::of(state, request)
        .cookie(backend, &link, &token, now)
        .ok()?;
    Some(cookie)
}

const UNKEPT: [(&str, &str); 1] = [("cache-control", "no-store")];

fn backend_of(guard: &Guard) -> Result<&LinkBackend, ApiError> {
    guard.link_backend().ok_or(ApiError::NoLinks)
}

/// Counts a token that nobody knows, unless its sender has shown too many.
fn count_wrong(backend: &LinkBackend, from: &Origin, now: Instant) -> Result<(), ApiError> {
    backend
        .wrong_tokens
        .check(from.client, now)
        .map_err(ApiError::TooManyAttempts)?;
    backend.wrong_tokens.count(from.client, now);
    Ok(())
}

/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(10);

/// A JSON body. Another media type is refused: a page from elsewhere may send a form or a
/// text to us without asking, and JSON only after a preflight, which is never granted.
async fn body<T: for<'de> Deserialize<'de> + 'static>(request: Request) -> Result<T, ApiError> {
    // One that says so is not waited for; others are counted as they come.
    if request.body().size_hint().lower() > LONGEST_BODY as u64 {
        return Err(ApiError::UnreadableBody(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let extracted = timeout(BODY_TIME, request.extract::<Json<T>, _>()).await;
    match extracted {
        Err(_) => Err(ApiError::SlowBody),
        Ok(Ok(Json(body))) => Ok(body),
        // Not the rejection's own text, which may quote the body.
        Ok(Err(refused)) => Err(ApiError::UnreadableBody(refused.status())),
    }
}

/// What of a request outlives its body.
struct Origin {
    client: Option<IpAddr>,
    base_path: Arc<str>,
    is_secure: bool,
    in_frames: InFrames,
}

impl Origin {
    fn of(state: &AppState, request: &Request) -> Self {
        let (proxies, caller) = (state.access.proxies(), Caller::of(request));
        Self {
            client: proxies.client(caller),
            base_path: Arc::clone(&state.base_path),
            is_secure: proxies.is_secure(caller),
            in_frames: frames::cookie(caller.headers, &state.frame_ancestors),
        }
    }

    fn scope(&self) -> CookieScope<'_> {
        CookieScope {
            base_path: &self.base_path,
            is_secure: self.is_secure,
            in_frames: self.in_frames,
        }
    }

    /// A cookie that opens nothing.
    fn trial(&self) -> Option<(HeaderName, HeaderValue)> {
        Some((SET_COOKIE, set_trial(self.scope())?))
    }

    fn cookie(
        &self,
        backend: &LinkBackend,
        link: &Link,
        token: &Token,
        now: SystemTime,
    ) -> Result<[(HeaderName, HeaderValue); 1], ApiError> {
        backend
            .cookie(link, token, self.scope(), now)
            .map(|cookie| [(SET_COOKIE, cookie)])
            .map_err(|_| {
                tracing::error!("the link {} has a board that no cookie can name", link.id);
                ApiError::Internal
            })
    }
}
