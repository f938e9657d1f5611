//! The HTTP API and the pages.
//!
//! | address | answer |
//! |---|---|
//! | `/api/boards` | the boards |
//! | `/api/boards/{slug}` | a board's latest snapshot |
//! | `/api/boards/{slug}/trends` | its last three hours |
//! | `/api/boards/{slug}/agents` | its agents: the only place where they are named |
//! | `/api/boards/{slug}/queues/{id}/history`, `….csv` | what is kept of a queue |
//! | `/api/boards/{slug}/events` | changes of levels, of the upstream and of the server |
//! | `/api/boards/{slug}/events/stream` | changes of levels and of the snapshot, as they happen |
//! | `POST /api/access` | a link's token for the board's cookie |
//! | `POST /api/screens`, `/api/screens/wait` | a code for a screen, and whether it was let in |
//! | `/healthz` | 200 while the process serves |
//! | `/readyz` | 200 once boards can be served, with how it goes with CXone beside it |
//! | `/`, `/board/{slug}` | the wall |
//! | `/desk`, `/desk/{slug}`, `/desk/{slug}/queues/{id}`, `/desk/{slug}/agents` | the desk |
//! | `/assets/…` | its files, named by content |
//!
//! Whatever holds data asks the [`Guard`] first; the page itself, its files and the
//! health of the process hold none.

mod access;
mod address;
mod agents;
mod api;
mod error;
mod error_page;
mod frames;
mod health;
mod history;
mod hosts;
mod metrics;
mod negotiate;
mod page;
mod request_log;
mod security_headers;
mod stream;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRequestParts, Path},
    http::{Request, Version, header::CACHE_CONTROL, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tower::Service as _;
use tracing::{Instrument as _, Span};

use crate::{
    access::Guard, clock::Clock, config::FrameAncestor, history::History, screens::ScreenRegistry,
    servers::Status, snapshot::Boards,
};
use address::Resolved;
pub use error::ApiError;
pub(crate) use error::{method_not_allowed, not_found};
use frames::Shown;
pub(crate) use health::healthz;
pub use hosts::Hosts;
pub use metrics::{Requests, Route};
pub(crate) use negotiate::accepts_type;
pub use page::Page;
use request_log::{RequestLog, Words};
use security_headers::SecurityHeaders;

/// What every handler can reach.
#[derive(Clone)]
pub struct AppState {
    /// The boards' latest snapshots.
    pub boards: Arc<Boards>,
    /// For the ages in the answers.
    pub clock: Arc<dyn Clock>,
    /// Access control.
    pub access: Arc<Guard>,
    /// The page's files.
    pub page: Arc<Page>,
    /// The path that the wall is below, as in `/wall`; empty where there is none.
    pub base_path: Arc<str>,
    /// Which pages may show the wall in a frame.
    pub frame_ancestors: Arc<[FrameAncestor]>,
    /// What screens say of themselves.
    pub screens: Arc<ScreenRegistry>,
    /// What is asked, counted.
    pub requests: Requests,
    /// How this server stands to others on its database; `None` where there are none.
    pub servers: Option<Arc<Status>>,
    /// What is kept of the queues; `None` where nothing is.
    pub history: Option<Arc<History>>,
    /// True once the server stops: streams end.
    pub stopping: watch::Receiver<bool>,
}

/// The names in a route's path: one, or a tuple of several.
struct Name<T = String>(T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Name<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        // The rejection's own answer is no JSON.
        Path::from_request_parts(parts, state)
            .await
            .map(|Path(name)| Self(name))
            .map_err(|_| ApiError::UnreadablePath)
    }
}

/// On a request of a client that has sent too many: it is refused, with all that belongs to
/// an answer.
#[derive(Clone, Copy, Debug)]
pub struct RateLimited;

/// On a request that came by plain HTTP to a port of TLS: it is sent to https.
#[derive(Clone, Copy, Debug)]
pub struct PlainOnTls;

/// The routes, with the checks of requests and the headers of answers.
#[derive(Clone)]
pub struct App {
    routes: Router,
    hosts: Arc<Hosts>,
    /// `None` where nobody counts.
    requests: Option<Requests>,
    /// `None` where requests are not logged.
    log: Option<Arc<RequestLog>>,
    /// `None` on the operators' listener.
    access: Option<Arc<Guard>>,
    base_path: Arc<str>,
    frame_ancestors: Arc<[FrameAncestor]>,
    headers: Arc<SecurityHeaders>,
}

impl App {
    /// All routes, for requests to `hosts`; `is_tls` where they come by TLS.
    #[must_use]
    pub fn new(state: AppState, hosts: Arc<Hosts>, is_tls: bool) -> Self {
        Self {
            requests: Some(state.requests.clone()),
            log: Some(Arc::new(RequestLog::new(Arc::clone(&state.access)))),
            access: Some(Arc::clone(&state.access)),
            base_path: Arc::clone(&state.base_path),
            headers: Arc::new(SecurityHeaders::new(
                is_tls,
                state.page.inline_script().as_deref(),
                &state.frame_ancestors,
            )),
            frame_ancestors: Arc::clone(&state.frame_ancestors),
            routes: router(state),
            hosts,
        }
    }

    /// The `routes` for operators.
    #[must_use]
    pub fn for_operators(routes: Router, hosts: Arc<Hosts>) -> Self {
        Self {
            requests: None,
            log: None,
            access: None,
            base_path: "".into(),
            frame_ancestors: Arc::new([]),
            headers: Arc::default(),
            routes,
            hosts,
        }
    }

    /// Answers one request.
    pub async fn answer(self, mut request: Request<Body>) -> Response {
        let is_plain = request.extensions().get::<PlainOnTls>().is_some();
        let to_https = is_plain.then(|| hosts::to_https(&request));
        let redirect = match &to_https {
            Some(to) => to.clone(),
            None => self.resolve(&mut request),
        };
        let route = Route::of(request.uri());
        let is_old = security_headers::is_old_chromium(request.headers());
        let is_for_people = error_page::is_for_people(&request);
        let language = is_for_people.then(|| error_page::language(&request));
        let language = language.unwrap_or_default();
        let shown = match route {
            Route::Page | Route::Other => frames::shown(&request, &self.frame_ancestors),
            _ => Shown::AsAllowed,
        };
        let is_rate_limited = request.extensions().get::<RateLimited>().is_some();
        let logged = self.log.as_ref().map(|log| (log, log.asked(&request)));
        let span = (logged.as_ref()).map_or_else(Span::none, |(_, asked)| asked.span());
        let admitted = if is_rate_limited {
            Err(ApiError::TooManyRequests)
        } else {
            (self.hosts.check(&request))
                .and_then(|()| self.is_of_this_machine(&request))
                .and_then(|()| self.is_of_our_page(&request))
                .and(match to_https {
                    Some(None) => Err(ApiError::PlainHttp),
                    _ => Ok(()),
                })
        };
        let mut response = match (admitted, redirect) {
            (Ok(()), _) if shown == Shown::NotAllowed => {
                error_page::anywhere(frames::NOT_ALLOWED, language)
            }
            (Ok(()), Some(address)) => {
                ([(CACHE_CONTROL, "no-store")], Redirect::to(&address)).into_response()
            }
            (Ok(()), None) => {
                // Boxed: each connection has room for an answer under way.
                let answer = span.in_scope(|| Box::pin(self.routes.clone().call(request)));
                match answer.instrument(span.clone()).await {
                    Ok(response) => response,
                    Err(never) => match never {},
                }
            }
            (Err(refused), _) => refused.into_response(),
        };
        if is_for_people && let Some(Words(words)) = response.extensions().get().cloned() {
            let home = format!("{}/", self.base_path);
            response = error_page::instead_of(response, &words, &home, language);
        }
        (self.headers).apply(&mut response, is_old, shown);
        if let Some((log, asked)) = &logged {
            log.answered(asked, &span, &mut response);
        }
        if let Some(requests) = &self.requests {
            requests.answered(route, &response);
        }
        response
    }

    /// Takes the base path, and what is forgiven, off the request's path; the address to
    /// go to instead, where people are sent there.
    fn resolve(&self, request: &mut Request<Body>) -> Option<String> {
        let uri = request.uri();
        let path = match address::resolve(request.method(), uri.path(), &self.base_path) {
            Resolved::AsItIs => return None,
            Resolved::Path(path) => path,
            Resolved::Redirect(mut to) => {
                if let Some(query) = uri.query() {
                    to = format!("{to}?{query}");
                }
                return Some(to);
            }
        };
        if let Some(uri) = address::with_path(uri, &path) {
            *request.uri_mut() = uri;
        }
        None
    }

    /// Where cookies are sent from frames too: whether what changes something was sent by our
    /// own page.
    fn is_of_our_page(&self, request: &Request<Body>) -> Result<(), ApiError> {
        let is_asked = !self.frame_ancestors.is_empty() && !request.method().is_safe();
        let is_name = |host: &str| self.hosts.contains(host);
        if is_asked && frames::is_from_elsewhere(request.headers(), is_name) {
            return Err(ApiError::ForeignOrigin);
        }
        Ok(())
    }

    /// Refuses requests from other machines where access is limited to this one. A proxy is
    /// detected by its headers, by the Host header, or by HTTP/1.0, which nginx speaks and no
    /// browser does.
    fn is_of_this_machine(&self, request: &Request<Body>) -> Result<(), ApiError> {
        let Some(access) = self.access.as_ref().filter(|it| it.is_for_this_machine()) else {
            return Ok(());
        };
        let is_proxied = access.bars_proxied(request.headers())
            || request.version() == Version::HTTP_10
            || hosts::is_another_machine(request);
        if is_proxied && !health::is_check(request) {
            return Err(ApiError::NotOfThisMachine);
        }
        Ok(())
    }
}

fn router(state: AppState) -> Router {
    Router::new()
        .route("/api/boards", get(api::list_boards))
        .route("/api/boards/{slug}", get(api::board))
        .route("/api/boards/{slug}/trends", get(api::trends))
        .route("/api/boards/{slug}/agents", get(agents::agents))
        .route("/api/boards/{slug}/events", get(history::events))
        .route("/api/boards/{slug}/events/stream", get(stream::stream))
        .route(
            "/api/boards/{slug}/queues/{id}/history",
            get(history::history),
        )
        .route(
            "/api/boards/{slug}/queues/{id}/history.csv",
            get(history::history),
        )
        .merge(
            Router::new()
                .route("/api/access", post(access::enter))
                .route("/api/screens", post(access::ask_for_code))
                .route("/api/screens/wait", post(access::wait))
                .layer(DefaultBodyLimit::max(access::LONGEST_BODY)),
        )
        // Balancers ask by OPTIONS too.
        .route("/healthz", get(health::healthz).options(health::healthz))
        .route("/readyz", get(health::readyz).options(health::readyz))
        .route("/", get(page::index).options(health::healthz))
        .route("/board/{slug}", get(page::board))
        .route("/desk", get(page::desks))
        .route("/desk/{slug}", get(page::desk))
        .route("/desk/{slug}/queues/{id}", get(page::desk_queue))
        .route("/desk/{slug}/agents", get(page::desk))
        .route("/assets/{file}", get(page::asset))
        .fallback(page::nowhere)
        .method_not_allowed_fallback(error::method_not_allowed)
        .with_state(state)
}

#[cfg(test)]
mod tests;
