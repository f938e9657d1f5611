//! The one place that fetches.

use std::time::Duration;

use js_sys::{Object, Reflect};
use leptos::prelude::window;
use queuewall_shared::http::{
    ACCESS_EXPIRED, ACCESS_REVOKED, CODE_EXPIRED, NO_ACCESS, NO_LINKS, NO_SUCH_BOARD,
    SNAPSHOT_AGE_HEADER, UNTRUSTED_PEER, UPTIME_HEADER,
};
use queuewall_shared::link::Failure;
use queuewall_shared::order;
use queuewall_shared::report::HEADER;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Response};

use crate::base_path::below;

/// Where the boards are listed.
#[must_use]
pub fn boards() -> String {
    below("/api/boards")
}

/// Sent along and taken in. Said, since Chromium before 72 does neither by itself.
const COOKIES: (&str, &str) = ("credentials", "same-origin");

/// Where one board's snapshot is. The slug is as it stands in the page's address.
#[must_use]
pub fn board(slug: &str) -> String {
    [&boards(), "/", slug].concat()
}

/// Where the trends of the board at this path are.
#[must_use]
pub fn trends(board: &str) -> String {
    [board, "/trends"].concat()
}

/// What an answer says about time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Times {
    /// Age of the server's latest upstream read when it answered.
    pub snapshot_age: Option<Duration>,
    /// How long the server ran when it answered: the scale of the body's points in time.
    pub uptime: Option<Duration>,
    /// The server's clock, in milliseconds since 1970.
    pub date_ms: Option<f64>,
}

/// What the server answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// 200: a body to read, and the name that its bytes have.
    Changed {
        /// The body, parsed by the browser and not looked into yet: as text it would cross
        /// over to WebAssembly and back before anything could be read from it.
        body: JsValue,
        /// For the next request's `If-None-Match`.
        etag: Option<String>,
        /// When all this was so.
        times: Times,
    },
    /// 304: what the page has is what there is.
    Unchanged(Times),
    /// 404 by the server itself, which is well and has no such board.
    NotFound,
    /// The server is well, and this screen may not see the board.
    Refused(Refusal),
}

/// Why this screen may not see a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has no link of it.
    NoAccess,
    /// The server knows no such link as its address has.
    WrongLink,
    /// The same of one that is too short or too long.
    PartialLink,
    /// Its link is another board's.
    OtherBoard,
    /// Its link was revoked.
    Revoked,
    /// Its link's time is over.
    Expired,
    /// It did not come through the proxy that signs people in.
    UntrustedPeer,
    /// It was let in, and its cookie was lost on the way or never kept.
    NoCookies,
}

/// The outcome of exchanging a link's token for a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenExchange {
    /// The browser has the board's cookie now.
    Open,
    /// The token opens nothing.
    Refused(Refusal),
    /// This server asks for no links.
    NotAsked,
}

/// What became of a waiting screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Nobody has typed its code yet.
    Waiting {
        /// Whether the browser kept a cookie that it was given on trial.
        keeps_cookies: bool,
    },
    /// Somebody has, for this board; the browser has its cookie now.
    Granted(String),
    /// Nobody has, and nobody can any more.
    CodeExpired,
}

/// Asks for `path`, naming the bytes that the page has, and reports how the screen is.
/// Dropping the future does not
/// end the request; `signal` does.
///
/// # Errors
/// Why there is no answer that the page could use; a time-out is the caller's.
pub async fn get(
    path: &str,
    etag: Option<&str>,
    report: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<Answer, Failure> {
    // The browser's cache would answer a 304 as a 200 with the old age in its headers.
    let options = [("cache", "no-store"), COOKIES];
    let etag = etag.map(|etag| ("if-none-match", etag));
    let report = report.map(|report| (HEADER, report));
    let headers: Vec<_> = etag.into_iter().chain(report).collect();
    let response = send(path, &options, &headers, signal).await?;
    let times = times(&response);
    match response.status() {
        // Every answer of ours says how long its server runs.
        200 if times.uptime.is_some() => {
            let etag = header(&response, "etag");
            let body = json(&response).await?;
            Ok(Answer::Changed { body, etag, times })
        }
        304 if times.uptime.is_some() => Ok(Answer::Unchanged(times)),
        status => match said_no(status, &response).await? {
            No::SuchBoard => Ok(Answer::NotFound),
            No::Entry(refusal) => Ok(Answer::Refused(refusal)),
            No::Links | No::CodeAnyMore => Err(Failure::Status(status)),
        },
    }
}

/// What the server answers for a board's agents.
#[derive(Clone, Debug, PartialEq)]
pub enum Agents {
    /// Their list: a body to read.
    List {
        /// As in [`Answer::Changed`].
        body: JsValue,
        /// How long the server ran when it answered: the scale of the list's points in time.
        uptime: Duration,
    },
    /// Why it does not list them, in the server's own sentence, which is English.
    Refused(String),
}

/// Asks for the agents of the board at this path.
///
/// # Errors
/// Why there is no answer that the page could use; it is worth another try.
pub async fn agents(board: &str) -> Result<Agents, Failure> {
    let options = [("cache", "no-store"), COOKIES];
    let response = send(&[board, "/agents"].concat(), &options, &[], None).await?;
    let (status, times) = (response.status(), times(&response));
    let body = json(&response).await?;
    match (status, times.uptime, text(&body, "error")) {
        (200, Some(uptime), _) => Ok(Agents::List { body, uptime }),
        (401 | 403 | 404 | 410, _, Some(sentence)) => Ok(Agents::Refused(sentence)),
        (_, _, Some(_)) => Err(Failure::Status(status)),
        _ => Err(Failure::Foreign(status)),
    }
}

/// Exchanges a link's token for its board's cookie.
///
/// # Errors
/// Why there is no answer that the page could use; it is worth another try.
pub async fn enter(token: &str, signal: Option<&AbortSignal>) -> Result<TokenExchange, Failure> {
    let response = post(
        &below("/api/access"),
        &[r#"{"token":""#, token, r#""}"#].concat(),
        signal,
    )
    .await?;
    match response.status() {
        204 => Ok(TokenExchange::Open),
        status => match said_no(status, &response).await? {
            No::Links => Ok(TokenExchange::NotAsked),
            No::Entry(refusal) => Ok(TokenExchange::Refused(refusal)),
            No::SuchBoard | No::CodeAnyMore => Err(Failure::Status(status)),
        },
    }
}

/// A code for this screen to show, and a secret to ask with.
///
/// # Errors
/// Why there is none.
pub async fn screen() -> Result<(String, String), Failure> {
    let response = post(&below("/api/screens"), "{}", None).await?;
    let status = response.status();
    if !response.ok() {
        said_no(status, &response).await?;
        return Err(Failure::Status(status));
    }
    let body = json(&response).await?;
    let both = text(&body, "code").zip(text(&body, "secret"));
    both.ok_or(Failure::Unreadable)
}

/// Whether somebody has let in the screen with this secret.
///
/// # Errors
/// Why there is no answer that the page could use.
pub async fn wait(secret: &str) -> Result<Admission, Failure> {
    let body = [r#"{"secret":""#, secret, r#""}"#].concat();
    let response = post(&below("/api/screens/wait"), &body, None).await?;
    let status = response.status();
    if status == 202 {
        let body = json(&response).await?;
        let kept = Reflect::get(&body, &"keeps_cookies".into());
        // A server of before this tries none.
        let keeps_cookies = kept.is_ok_and(|kept| kept != JsValue::FALSE);
        return Ok(Admission::Waiting { keeps_cookies });
    }
    if status == 200 {
        let body = json(&response).await?;
        let board = text(&body, "board").ok_or(Failure::Unreadable)?;
        return Ok(Admission::Granted(board));
    }
    match said_no(status, &response).await? {
        No::CodeAnyMore => Ok(Admission::CodeExpired),
        _ => Err(Failure::Status(status)),
    }
}

/// Sends JSON. Nothing in it may need an escape.
async fn post(path: &str, body: &str, signal: Option<&AbortSignal>) -> Result<Response, Failure> {
    let options = [
        ("method", "POST"),
        COOKIES,
        // Without one Chromium 66 hides from the server which page has sent it.
        ("referrerPolicy", "origin"),
        ("body", body),
    ];
    let headers = [("content-type", "application/json")];
    send(path, &options, &headers, signal).await
}

async fn send(
    path: &str,
    options: &[(&str, &str)],
    headers: &[(&str, &str)],
    signal: Option<&AbortSignal>,
) -> Result<Response, Failure> {
    let request = object(options);
    set(&request, "headers", &object(headers));
    if let Some(signal) = signal {
        set(&request, "signal", signal);
    }
    let answer = window().fetch_with_str_and_init(path, request.unchecked_ref());
    let answer = JsFuture::from(answer).await;
    answer.map_or(Err(Failure::Unreachable), |it| Ok(it.unchecked_into()))
}

fn object(fields: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, &JsValue::from_str(value));
    }
    object
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // A new object takes every field.
    let _ = Reflect::set(object, &name.into(), value);
}

fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

/// What the server says no to.
enum No {
    SuchBoard,
    Links,
    Entry(Refusal),
    CodeAnyMore,
}

/// What the server says no to, in an answer with this status.
///
/// # Errors
/// Where it is another trouble of the server's, or not the server that answers: its codes
/// are in no proxy's answer.
async fn said_no(status: u16, response: &Response) -> Result<No, Failure> {
    let foreign = Failure::Foreign(status);
    let body = json(response).await.map_err(|_| foreign)?;
    let code = text(&body, "code").ok_or(foreign)?;
    Ok(match code.as_str() {
        NO_SUCH_BOARD => No::SuchBoard,
        NO_LINKS => No::Links,
        NO_ACCESS => No::Entry(Refusal::NoAccess),
        ACCESS_REVOKED => No::Entry(Refusal::Revoked),
        ACCESS_EXPIRED => No::Entry(Refusal::Expired),
        UNTRUSTED_PEER => No::Entry(Refusal::UntrustedPeer),
        CODE_EXPIRED => No::CodeAnyMore,
        _ if text(&body, "error").is_some() => return Err(Failure::Status(status)),
        _ => return Err(foreign),
    })
}

fn text(body: &JsValue, name: &str) -> Option<String> {
    Reflect::get(body, &name.into()).ok()?.as_string()
}

async fn json(response: &Response) -> Result<JsValue, Failure> {
    let kind = header(response, "content-type");
    if kind.is_some_and(|kind| order::last_place(&kind, "html").is_some()) {
        // A captive portal's page, or what stands in front of the server.
        return Err(Failure::Foreign(response.status()));
    }
    let body = response.json().map_err(|_| Failure::Unreadable)?;
    // A connection that breaks off in the body ends here as well: either way there is
    // no answer that could be read.
    JsFuture::from(body).await.map_err(|_| Failure::Unreadable)
}

fn times(response: &Response) -> Times {
    let milliseconds = |name| {
        let value = header(response, name)?.parse();
        value.ok().map(Duration::from_millis)
    };
    Times {
        snapshot_age: milliseconds(SNAPSHOT_AGE_HEADER),
        uptime: milliseconds(UPTIME_HEADER),
        date_ms: header(response, "date")
            .map(|date| js_sys::Date::parse(&date))
            .filter(|date_ms| date_ms.is_finite()),
    }
}
