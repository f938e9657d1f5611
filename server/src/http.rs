//! What a browser or another tool can ask for.
//!
//! | address | answer |
//! |---|---|
//! | `/api/boards` | the boards |
//! | `/api/boards/{slug}` | a board's latest snapshot |
//! | `/healthz` | 200 while the process serves |
//! | `/readyz` | 200 once something was read, else 503 |
//! | `/`, `/board/{slug}` | the page |
//! | `/assets/…` | its files, named by content |

mod api;
mod error;
mod health;
mod negotiate;
mod page;

use std::sync::Arc;

use axum::{Router, routing::get};

use crate::{clock::Clock, snapshot::Boards};
pub use error::ApiError;
pub use page::Page;

/// What every handler can reach.
#[derive(Clone)]
pub struct AppState {
    /// The boards' latest snapshots.
    pub boards: Arc<Boards>,
    /// For the ages in the answers.
    pub clock: Arc<dyn Clock>,
    /// The page's files.
    pub page: Arc<Page>,
}

/// All routes.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/api/boards", get(api::list_boards))
        .route("/api/boards/{slug}", get(api::board))
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
