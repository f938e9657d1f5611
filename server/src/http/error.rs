//! Answers when something is wrong: one short sentence as JSON.

use axum::{
    Json,
    http::{Method, StatusCode, Uri},
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
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchBoard(_) | Self::NoSuchPath(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.to_string() }));
        (self.status(), [("cache-control", "no-store")], body).into_response()
    }
}

pub(super) async fn not_found(uri: Uri) -> ApiError {
    ApiError::NoSuchPath(uri.path().chars().take(200).collect())
}

pub(super) async fn method_not_allowed(method: Method) -> ApiError {
    ApiError::MethodNotAllowed(method)
}
