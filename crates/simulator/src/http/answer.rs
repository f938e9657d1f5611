//! Answers as the endpoints make them.

use std::{
    convert::Infallible,
    io::{self, Write as _},
};

use flate2::{Compression, write::GzEncoder};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{
    Response, StatusCode,
    body::Bytes,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde_json::{Value, json};

use crate::quirk::{LONE_SURROGATE, Quirk, Quirks};

/// A response's body: bytes, or bytes that break off.
pub(crate) type Body = BoxBody<Bytes, io::Error>;

/// An answer that is sent whole: JSON, as a rule.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Json(Value),
    Text(String),
}

impl Answer {
    pub(crate) fn new(status: StatusCode, body: &Value) -> Self {
        Self::of_type("application/json", status, Content::Json(body.clone()))
    }

    /// An answer of this status and text, which is XML.
    pub(crate) fn xml(status: StatusCode, body: String) -> Self {
        let content = Content::Text(body);
        Self::of_type("application/xml; charset=utf-8", status, content)
    }

    /// An answer of this status, which is plain text.
    pub(crate) fn text(status: StatusCode, body: String) -> Self {
        Self::of_type("text/plain", status, Content::Text(body))
    }

    /// 204, without a body.
    pub(crate) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: Vec::new(),
            content: Content::Text(String::new()),
        }
    }

    fn of_type(content_type: &'static str, status: StatusCode, content: Content) -> Self {
        Self {
            status,
            headers: vec![(CONTENT_TYPE, HeaderValue::from_static(content_type))],
            content,
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

    /// The answer as hyper sends it, in its odd forms.
    pub(crate) fn into_response(mut self, quirks: &Quirks) -> Response<Body> {
        let text = match self.content {
            Content::Json(mut body) => {
                quirks.spell(&mut body);
                body.to_string().replace(LONE_SURROGATE, "\\ud83d")
            }
            Content::Text(text) => text,
        };
        let mut body = text.into_bytes();
        if quirks.has(Quirk::Gzip) && self.status != StatusCode::NO_CONTENT {
            body = compressed(&body);
            self.headers
                .push((CONTENT_ENCODING, HeaderValue::from_static("gzip")));
        }
        let mut response = Response::new(full(body));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}

fn compressed(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}

/// A body that is sent whole.
pub(crate) fn full(text: impl Into<Bytes>) -> Body {
    Full::new(text.into())
        .map_err(|never: Infallible| match never {})
        .boxed()
}
