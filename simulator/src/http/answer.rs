//! Answers as the endpoints make them.

use std::{convert::Infallible, io};

use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{
    Response, StatusCode,
    body::Bytes,
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde_json::{Value, json};

/// A response's body: bytes, or bytes that break off.
pub(crate) type Body = BoxBody<Bytes, io::Error>;

/// An answer that is sent whole: JSON, as a rule.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: String,
}

impl Answer {
    /// An answer of this status and body.
    pub(crate) fn new(status: StatusCode, body: &Value) -> Self {
        Self::of_type("application/json", status, body.to_string())
    }

    /// An answer of this status and text, which is XML.
    pub(crate) fn xml(status: StatusCode, body: String) -> Self {
        Self::of_type("application/xml; charset=utf-8", status, body)
    }

    fn of_type(content_type: &'static str, status: StatusCode, body: String) -> Self {
        Self {
            status,
            headers: vec![(CONTENT_TYPE, HeaderValue::from_static(content_type))],
            body,
        }
    }

    /// An error as the reads answer it.
    pub(crate) fn error(status: StatusCode, message: &str) -> Self {
        let error = status.canonical_reason().unwrap_or_default();
        let error = error.to_lowercase().replace(' ', "_");
        Self::new(status, &json!({"error": error, "message": message}))
    }

    /// The same with a header; a value that no header can carry is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The answer as hyper sends it.
    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(full(self.body));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}

/// A body that is sent whole.
pub(crate) fn full(text: impl Into<Bytes>) -> Body {
    Full::new(text.into())
        .map_err(|never: Infallible| match never {})
        .boxed()
}
