//! Answers when something is wrong: one short sentence as JSON.
//!
//! None of them repeats what the request said: it may be a secret in the wrong place, and
//! an answer ends in logs and on screens.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONNECTION, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use queuewall_shared::http::{
    ACCESS_EXPIRED, ACCESS_REVOKED, AGENTS_FORBIDDEN, CODE_EXPIRED, NO_ACCESS, NO_AGENTS, NO_LINKS,
    NO_SUCH_BOARD, UNTRUSTED_PEER,
};
use serde_json::json;
use thiserror::Error;

use super::request_log::Words;
use crate::access::Refusal;

/// Why a request is not answered with what it asked for.
#[derive(Debug, Error)]
pub enum ApiError {
    /// 404: no board has this slug.
    #[error("there is no such board: /api/boards lists them")]
    NoSuchBoard,
    /// 404: the board has no queue of this id, or not any more.
    #[error("the board has no such queue: /api/boards and the board's slug list its queues")]
    NoSuchQueue,
    /// 404: the board shows no agents.
    #[error(
        "this board shows no agents: set agents in its [[boards]] to counts, initials or names, with \
         CXONE_DIALECT=realtime"
    )]
    NoAgents,
    /// 403: the caller may see the board, and not who its agents are.
    #[error(
        "this link may not list agents: make one that may with `queuewall links add --agents`, and open it here"
    )]
    AgentsForbidden,
    /// 404: this server keeps no history.
    #[error("this server keeps no history")]
    NoHistory,
    /// 503: the history's database does not answer, or the board was never read.
    #[error(
        "the history cannot be read now: try again in a few seconds; the server's log and /readyz say more"
    )]
    HistoryUnavailable,
    /// 503: so many event streams are open as this server keeps.
    #[error("too many event streams are open on this server: close one, or poll the board instead")]
    TooManyStreams,
    /// 400: the query of an address that is for programs.
    #[error("{0}")]
    BadQuery(String),
    /// 404: no route has this path.
    #[error("there is nothing at this address")]
    NoSuchPath,
    /// 404: the path looks as if a proxy had put the wall below another path.
    #[error(
        "there is nothing at this address: if a proxy serves the wall under a path, set QUEUEWALL_BASE_PATH \
         (server.base_path) to that path, as in /wall"
    )]
    BelowAPath,
    /// 404: the path is one of another access mode.
    #[error("there is nothing at this address: this server does not use links")]
    NoLinks,
    /// 400: the path is no text once its percent signs are taken out.
    #[error("the address is not UTF-8: check its percent encoding")]
    UnreadablePath,
    /// 405: the path is there, the method is not.
    #[error("method not allowed: the header `allow` lists those that are")]
    MethodNotAllowed,
    /// 400: asked by no name, or by several.
    #[error("send exactly one Host header")]
    NotOneHost,
    /// 421: asked by a name that is not this server's.
    #[error(
        "unknown host name in the request (header Host): add it to QUEUEWALL_HOSTS (server.hosts), or open the \
         server's IP address"
    )]
    ForeignHost,
    /// 403: a proxy passed it on to a server that is for this machine alone.
    #[error(
        "this request came through a proxy or from another machine, and no access mode is set: set \
         QUEUEWALL_ACCESS (access.mode) to links, proxy or open; docs/access.md says which"
    )]
    NotOfThisMachine,
    /// 403: a page from elsewhere has made the browser send it.
    #[error(
        "this was sent by a page of another site (CSRF): open the wall's own address; behind a proxy, let it pass the \
         Host header, or add the host to QUEUEWALL_HOSTS (server.hosts)"
    )]
    ForeignOrigin,
    /// 400: plain HTTP to a port that speaks TLS.
    #[error("this port accepts HTTPS only: open the address with https://")]
    PlainHttp,
    /// 411: a body of unknown length.
    #[error(
        "Content-Length required: chunked bodies are refused, and browsers send none; let the proxy send a length \
         (cloudflared: disableChunkedEncoding)"
    )]
    NoLength,
    /// The body is no JSON of the right shape, too long, or says that it is something
    /// else; with the status that says which.
    #[error("the body must be JSON: see docs/access.md")]
    UnreadableBody(StatusCode),
    /// 408: the body took too long.
    #[error("timeout: the request body did not arrive in time")]
    SlowBody,
    /// 429: this peer has asked too much.
    #[error(
        "too many requests from this IP address: try again in a second; if it is a proxy's, add it to \
         QUEUEWALL_TRUSTED_PROXIES (access.trusted_proxies)"
    )]
    TooManyRequests,
    /// 401, 403 or 410: the caller may not see this.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// 410: a screen's code is over.
    #[error("the code has expired: ask for a new one")]
    CodeExpired,
    /// 429: too many attempts; how long to wait.
    #[error("too many attempts: wait {} s", .0.as_secs().max(1))]
    TooManyAttempts(Duration),
    /// 500: the log has the cause.
    #[error("internal error: the server's log says why")]
    Internal,
}

impl ApiError {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchBoard
            | Self::NoSuchQueue
            | Self::NoAgents
            | Self::NoHistory
            | Self::NoSuchPath
            | Self::BelowAPath
            | Self::NoLinks => StatusCode::NOT_FOUND,
            Self::HistoryUnavailable | Self::TooManyStreams => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadQuery(_) | Self::UnreadablePath | Self::NotOneHost | Self::PlainHttp => {
                StatusCode::BAD_REQUEST
            }
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Self::NotOfThisMachine | Self::ForeignOrigin | Self::AgentsForbidden => {
                StatusCode::FORBIDDEN
            }
            Self::NoLength => StatusCode::LENGTH_REQUIRED,
            Self::UnreadableBody(status) => *status,
            Self::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Refused(Refusal::NoAccess | Refusal::Nameless) => StatusCode::UNAUTHORIZED,
            Self::Refused(Refusal::UntrustedPeer) => StatusCode::FORBIDDEN,
            Self::Refused(Refusal::Revoked | Refusal::Expired) | Self::CodeExpired => {
                StatusCode::GONE
            }
            Self::TooManyAttempts(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a program goes by. A proxy on the way answers with the same statuses: the code
    /// says that this server did.
    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchBoard => NO_SUCH_BOARD,
            Self::NoSuchQueue => "no_such_queue",
            Self::NoAgents => NO_AGENTS,
            Self::AgentsForbidden => AGENTS_FORBIDDEN,
            Self::NoHistory => "no_history",
            Self::HistoryUnavailable => "history_unavailable",
            Self::TooManyStreams => "too_many_streams",
            Self::BadQuery(_) => "bad_query",
            Self::NoSuchPath => "no_such_path",
            Self::BelowAPath => "below_a_path",
            Self::NoLinks => NO_LINKS,
            Self::UnreadablePath => "unreadable_path",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NotOneHost => "not_one_host",
            Self::ForeignHost => "foreign_host",
            Self::NotOfThisMachine => "not_of_this_machine",
            Self::ForeignOrigin => "foreign_origin",
            Self::PlainHttp => "plain_http",
            Self::NoLength => "no_length",
            Self::UnreadableBody(_) => "unreadable_body",
            Self::SlowBody => "slow_body",
            Self::TooManyRequests => "too_many_requests",
            Self::Refused(refusal) => access_code(*refusal),
            Self::CodeExpired => CODE_EXPIRED,
            Self::TooManyAttempts(_) => "too_many_attempts",
            Self::Internal => "internal",
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let words: Arc<str> = self.to_string().into();
        let body = json!({ "error": *words, "code": self.code() });
        let status = self.status();
        let mut response = (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response();
        response.extensions_mut().insert(Words(words));
        let headers = response.headers_mut();
        let wait = match self {
            Self::TooManyAttempts(wait) => Some(wait.as_secs().max(1)),
            Self::TooManyRequests => Some(1),
            Self::HistoryUnavailable | Self::TooManyStreams => Some(5),
            _ => None,
        };
        if let Some(seconds) = wait {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(self, Self::NoLength) {
            // Where one body ends and the next request begins is not agreed on.
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110, 11.6.1 wants one; no browser asks for a password because of it.
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn access_code(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NoAccess | Refusal::Nameless => NO_ACCESS,
        Refusal::Revoked => ACCESS_REVOKED,
        Refusal::Expired => ACCESS_EXPIRED,
        Refusal::UntrustedPeer => UNTRUSTED_PEER,
    }
}

pub(crate) async fn not_found() -> ApiError {
    ApiError::NoSuchPath
}

pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::MethodNotAllowed
}
