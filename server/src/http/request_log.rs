//! Every request has an id: an answer that is an error carries it as `X-Request-Id`, and
//! so does every line that is logged while the request is answered.
//!
//! What is logged of a request is its method, its route and its status: not its path,
//! in which somebody may have put a secret, and never a header's value but the id that a
//! trusted proxy gave it.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, Request, StatusCode},
    response::Response,
};
use tokio::time::Instant;
use tracing::{Level, Span, debug, span, warn};

use crate::{
    access::{Attempts, Caller, Guard},
    http::Route,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a proxy, in bytes: those of nginx have 32,
/// UUIDs 36.
const LONGEST_ID: usize = 64;

/// Refusals that are logged as warnings in [`REFUSALS_WINDOW`]: a client that is refused
/// all day must not fill the disk.
const REFUSALS_OF_PEER: u32 = 10;
const REFUSALS_IN_ALL: u32 = 100;
const REFUSALS_WINDOW: Duration = Duration::from_secs(60);

/// Numbers the requests of one server, and logs how they ended.
#[derive(Debug)]
pub(super) struct RequestLog {
    access: Arc<Guard>,
    /// Tells this run's ids from those of the last.
    run: u32,
    count: AtomicU64,
    refusals: Attempts,
}

/// A request as it is logged, which outlives the request itself.
#[derive(Debug)]
pub(super) struct Asked {
    id: String,
    method: Method,
    route: Route,
    client: Option<IpAddr>,
}

/// In an error's answer: its words, for the log.
#[derive(Clone, Debug)]
pub(super) struct Words(pub(super) Arc<str>);

/// A span of a level that has to be known to the compiler.
macro_rules! span_of {
    ($level:expr, $asked:expr) => {
        span!(
            $level,
            "request",
            id = %$asked.id,
            method = $asked.method_name(),
            route = $asked.route.as_str()
        )
    };
}

impl RequestLog {
    pub(super) fn new(access: Arc<Guard>) -> Self {
        Self {
            access,
            run: rand::random(),
            count: AtomicU64::new(0),
            refusals: Attempts::new(REFUSALS_OF_PEER, REFUSALS_IN_ALL, REFUSALS_WINDOW),
        }
    }

    /// Takes down a request before it is answered.
    pub(super) fn asked(&self, request: &Request<Body>) -> Asked {
        let caller = Caller::of(request);
        let proxies = self.access.proxies();
        let given = caller
            .headers
            .get(REQUEST_ID)
            .and_then(|id| id.to_str().ok());
        let given = given.filter(|id| is_id(id) && proxies.vouch_for(caller));
        let own = || {
            let count = self.count.fetch_add(1, Ordering::Relaxed);
            format!("{:08x}-{count:x}", self.run)
        };
        Asked {
            id: given.map_or_else(own, str::to_owned),
            method: request.method().clone(),
            route: Route::of(request.uri()),
            client: proxies.client(caller),
        }
    }

    /// Logs how a request was answered, and gives an error's answer its id.
    pub(super) fn answered(&self, asked: &Asked, span: &Span, response: &mut Response) {
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            // An id is visible ASCII, so that this never fails.
            if let Ok(id) = HeaderValue::from_str(&asked.id) {
                response.headers_mut().insert(REQUEST_ID, id);
            }
        }
        let words = response.extensions().get::<Words>();
        let words = words.map_or("answered", |Words(words)| words);
        let status_code = status.as_u16();
        if self.is_worth_a_warning(asked, status) {
            let own = span.is_disabled().then(|| span_of!(Level::ERROR, asked));
            own.as_ref().unwrap_or(span).in_scope(|| {
                let client = asked.client.map(tracing::field::display);
                warn!(status = status_code, client, "{words}");
            });
        } else {
            span.in_scope(|| debug!(status = status_code, "{words}"));
        }
    }

    fn is_worth_a_warning(&self, asked: &Asked, status: StatusCode) -> bool {
        match status {
            // Only `/readyz` returns this, as its regular answer.
            StatusCode::SERVICE_UNAVAILABLE => false,
            status if status.is_server_error() => true,
            // A screen whose link is none, or has ended, asks on and says so itself.
            StatusCode::UNAUTHORIZED if asked.method.is_safe() => false,
            StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::LENGTH_REQUIRED
            | StatusCode::MISDIRECTED_REQUEST
            | StatusCode::TOO_MANY_REQUESTS => {
                let now = Instant::now();
                let is_news = self.refusals.check(asked.client, now).is_ok();
                self.refusals.count(asked.client, now);
                is_news
            }
            _ => false,
        }
    }
}

impl Asked {
    /// What the lines that are logged meanwhile are put under.
    ///
    /// Reading is what every screen does every 5 s, and says nothing above `debug` until
    /// it is answered: there the span costs nothing unless that level is logged.
    pub(super) fn span(&self) -> Span {
        if self.method.is_safe() {
            span_of!(Level::DEBUG, self)
        } else {
            span_of!(Level::ERROR, self)
        }
    }

    /// Its name, where it is one of the usual.
    fn method_name(&self) -> &str {
        const USUAL: [Method; 6] = [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::OPTIONS,
        ];
        if USUAL.contains(&self.method) {
            self.method.as_str()
        } else {
            "other"
        }
    }
}

/// Whether a proxy's id is one that can stand in a log and a header.
fn is_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:+/=".contains(&byte);
    !text.is_empty() && text.len() <= LONGEST_ID && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests;
