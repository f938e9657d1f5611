//! What a browser or another tool can ask for.
//!
//! | address | answer |
//! |---|---|
//! | `/api/boards` | the boards |
//! | `/api/boards/{slug}` | a board's latest snapshot |
//! | `POST /api/access` | a link's token for the board's cookie |
//! | `POST /api/screens`, `/api/screens/wait` | a code for a screen, and whether it was let in |
//! | `/healthz` | 200 while the process serves |
//! | `/readyz` | 200 once something was read, else 503 |
//! | `/`, `/board/{slug}` | the page |
//! | `/assets/…` | its files, named by content |
//!
//! On a listener of its own, for those who run the server, and nowhere else:
//!
//! | address | answer |
//! |---|---|
//! | `/metrics` | for Prometheus |
//! | `/screens` | which screens there are and how they are, as a page or as JSON |
//! | `/healthz` | 200 while the process serves |
//!
//! Whatever holds data asks the [`Guard`] first; the page itself, its files and the
//! health of the process hold none.

mod access;
mod api;
mod error;
mod health;
mod negotiate;
mod operators;
mod page;
mod request_log;
mod rules;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRequestParts, Path},
    http::{Request, request::Parts},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use futures_util::future::{Either, ready};
use tower::Service as _;
use tracing::{Instrument as _, Span};

use crate::{
    access::Guard,
    clock::Clock,
    metrics::{Requests, Route},
    screens::Screens,
    snapshot::Boards,
};
pub use error::ApiError;
pub use operators::OperatorsState;
pub use page::Page;
use request_log::RequestLog;
pub use rules::Rules;

/// What every handler can reach.
#[derive(Clone)]
pub struct AppState {
    /// The boards' latest snapshots.
    pub boards: Arc<Boards>,
    /// For the ages in the answers.
    pub clock: Arc<dyn Clock>,
    /// Who may look.
    pub access: Arc<Guard>,
    /// The page's files.
    pub page: Arc<Page>,
    /// What screens say of themselves.
    pub screens: Arc<Screens>,
    /// What is asked, counted.
    pub requests: Requests,
}

/// The one name in a route's path.
struct Name(String);

impl FromRequestParts<AppState> for Name {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        // The rejection's own answer is no JSON.
        Path::from_request_parts(parts, state)
            .await
            .map(|Path(name)| Self(name))
            .map_err(|_| ApiError::UnreadablePath)
    }
}

/// On a request of a peer that has asked too much: it is refused, with all that belongs to
/// an answer.
#[derive(Clone, Copy, Debug)]
pub struct OverPace;

/// The routes, under the web's rules.
#[derive(Clone)]
pub struct App {
    routes: Arc<Routes>,
    rules: Arc<Rules>,
    /// `None` where nobody counts.
    requests: Option<Requests>,
    /// `None` where nobody has to know.
    log: Option<Arc<RequestLog>>,
}

impl App {
    /// All routes under `rules`.
    #[must_use]
    pub fn new(state: AppState, rules: Arc<Rules>) -> Self {
        Self {
            requests: Some(state.requests.clone()),
            log: Some(Arc::new(RequestLog::new(Arc::clone(&state.access)))),
            routes: Arc::new(Routes::of_boards(state)),
            rules,
        }
    }

    /// The routes for those who run the server, under `rules`.
    #[must_use]
    pub fn for_operators(state: OperatorsState, rules: Arc<Rules>) -> Self {
        Self {
            requests: None,
            log: None,
            routes: Arc::new(Routes::of_operators(state)),
            rules,
        }
    }

    /// Answers one request.
    pub async fn answer(self, request: Request<Body>) -> Response {
        let route = Route::of(request.uri());
        let is_old = rules::is_old_chromium(request.headers());
        let is_over_pace = request.extensions().get::<OverPace>().is_some();
        let logged = self.log.as_ref().map(|log| (log, log.asked(&request)));
        let span = (logged.as_ref()).map_or_else(Span::none, |(_, asked)| asked.span());
        let admitted = if is_over_pace {
            Err(ApiError::TooManyRequests)
        } else {
            self.rules.admit(&request)
        };
        let mut response = match admitted {
            Ok(()) => {
                let answer = span.in_scope(|| self.routes.answer(request));
                answer.instrument(span.clone()).await
            }
            Err(refused) => refused.into_response(),
        };
        self.rules.dress(&mut response, is_old);
        if let Some((log, asked)) = &logged {
            log.answered(asked, &span, &mut response);
        }
        if let Some(requests) = &self.requests {
            requests.answered(route, &response);
        }
        response
    }
}

/// The routes, and a shorter way to the one that is asked a thousand times as often as
/// all others.
struct Routes {
    router: Router,
    /// Where it has boards.
    boards: Option<AppState>,
}

impl Routes {
    fn of_boards(state: AppState) -> Self {
        Self {
            router: router(state.clone()),
            boards: Some(state),
        }
    }

    fn of_operators(state: OperatorsState) -> Self {
        Self {
            router: operators::router(state),
            boards: None,
        }
    }

    /// Answers at once what every screen polls: the router's part of such an answer would
    /// be as large as the rest of it.
    fn answer(&self, request: Request<Body>) -> impl Future<Output = Response> + Send + use<> {
        let polled = |state| Some((api::Latest::polled(state, &request)?, state));
        if let Some((latest, state)) = self.boards.as_ref().and_then(polled) {
            let answer = latest.map(|latest| latest.respond(state, request));
            return Either::Left(ready(answer.into_response()));
        }
        let routed = self.router.clone().call(request);
        // Boxed: each connection has room for an answer under way, and that to a poll is
        // small.
        Either::Right(Box::pin(async move {
            match routed.await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        }))
    }
}

/// All routes.
fn router(state: AppState) -> Router {
    Router::new()
        .route("/api/boards", get(api::list_boards))
        .route("/api/boards/{slug}", get(api::board))
        .merge(
            Router::new()
                .route("/api/access", post(access::enter))
                .route("/api/screens", post(access::ask_for_code))
                .route("/api/screens/wait", post(access::wait))
                .layer(DefaultBodyLimit::max(access::LONGEST_BODY)),
        )
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/", get(page::index))
        .route("/board/{slug}", get(page::board))
        .route("/assets/{file}", get(page::asset))
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        .with_state(state)
}

#[cfg(test)]
mod tests;
