//! Answers when something is wrong: one short sentence as JSON.

use axum::{
    Json,
    http::{
        HeaderValue, Method, StatusCode, Uri,
        header::{CACHE_CONTROL, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use serde_json::json;
use thiserror::Error;

/// Why a request is not answered with what it asked for.
#[derive(Debug, Error)]
pub enum ApiError {
    /// 404: no board has this slug.
    #[error("there is no board {0:?}: /api/boards lists them")]
    NoSuchBoard(String),
    /// 404: no route has this path.
    #[error("there is nothing at {0}")]
    NoSuchPath(String),
    /// 405: the path is there, the method is not.
    #[error("{0} is not possible here: use GET")]
    MethodNotAllowed(Method),
    /// 421: asked by a name that is not this server's.
    #[error(
        "this server does not answer as {0:?}: add the name to QUEUEWALL_HOSTS (server.hosts), \
         or ask by address"
    )]
    ForeignHost(String),
    /// 429: this peer has asked too much.
    #[error("too many requests from this address: try again in a second")]
    TooManyRequests,
}

impl ApiError {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchBoard(_) | Self::NoSuchPath(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::ForeignHost(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.to_string() }));
        let mut response = (self.status(), [(CACHE_CONTROL, "no-store")], body).into_response();
        if let Self::TooManyRequests = self {
            let wait = HeaderValue::from_static("1");
            response.headers_mut().insert(RETRY_AFTER, wait);
        }
        response
    }
}

pub(super) async fn not_found(uri: Uri) -> ApiError {
    ApiError::NoSuchPath(uri.path().chars().take(200).collect())
}

pub(super) async fn method_not_allowed(method: Method) -> ApiError {
    ApiError::MethodNotAllowed(method)
}
