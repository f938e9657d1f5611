//! An error as a page for people: what a TV shows instead of JSON. It needs no other file,
//! since those may be out of reach as well.

use std::sync::LazyLock;

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, Method, Request, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::negotiate::accepts_type;

const STYLE: &str = "body{margin:0;background:#0a0c10;color:#e8eaed;font:calc(14px + 1.2vw)/1.4 sans-serif}\
    main{max-width:34em;margin:0 auto;padding:20vh 1.5em 0}p+p{color:#a6adb8}a{color:inherit}";

/// Whether a person reads the answer, and not a program: a browser that opens a page says
/// that it takes HTML, and its scripts do not.
pub(super) fn is_for_people(request: &Request<Body>) -> bool {
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_data = request.uri().path().starts_with("/api/");
    is_reading && !is_data && takes_html(request.headers())
}

fn takes_html(headers: &HeaderMap) -> bool {
    accepts_type(headers, "text/html") || accepts_type(headers, "application/xhtml+xml")
}

/// The same answer with `words` as a page; `home` is where the boards are listed.
pub(super) fn instead_of(mut response: Response, words: &str, home: &str) -> Response {
    let page = write(words, Some(home));
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CONTENT_SECURITY_POLICY, policy("; frame-ancestors 'none'"));
    *response.body_mut() = Body::from(page);
    response
}

/// A page that says `words` wherever it is shown, in a frame too.
pub(super) fn anywhere(words: &str) -> Response {
    let mut response = Response::new(Body::from(write(words, None)));
    *response.status_mut() = StatusCode::FORBIDDEN;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CONTENT_SECURITY_POLICY, policy(""));
    response
}

fn write(words: &str, home: Option<&str>) -> String {
    let mut words = words.to_owned();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let words = escaped(&words);
    let home = home.map_or_else(String::new, |home| {
        format!("<p><a href=\"{}\">All boards</a></p>", escaped(home))
    });
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Queuewall</title><style>{STYLE}</style></head>\
         <body><main><p>{words}.</p>{home}</main></body></html>\n"
    )
}

fn policy(frames: &str) -> HeaderValue {
    static HASH: LazyLock<String> = LazyLock::new(|| hash_of(STYLE));
    let policy = format!(
        "default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'{frames}",
        *HASH
    );
    HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// How a policy names a style or script that stands in a page.
pub(super) fn hash_of(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
