//! Which encoding a request gets, and whether it needs a body at all.

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
            IF_NONE_MATCH, VARY,
        },
    },
    response::Response,
};

use crate::snapshot::{Representation, Representations};

/// Room for so many headers is kept for the next request: browsers send some fifteen.
const MOST_HEADERS: usize = 24;

/// What a content is, and how long it may be kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content {
    pub(super) media_type: &'static str,
    pub(super) cache_control: &'static str,
}

/// Whether `Accept` (RFC 9110, 12.5.1) names a media type, and does not refuse it with a weight of
/// 0; what is preferred to what is not looked into.
pub(crate) fn accepts_type(headers: &HeaderMap, media_type: &str) -> bool {
    names(headers, &ACCEPT, media_type)
}

/// 200 with the best encoding that the request accepts, or 304 when it has that.
///
/// The map of the request's headers becomes the answer's: the connection reads its next
/// request into that again, and so its memory goes round.
pub(super) fn respond(content: &Representations, request: HeaderMap, kind: Content) -> Response {
    let (representation, encoding) = choose(content, &request);
    let is_known = matches_any(&request, &representation.etag);
    let mut headers = emptied(request);
    headers.insert(ETAG, representation.etag.clone());
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(kind.cache_control));
    let mut response = Response::new(if is_known {
        Body::empty()
    } else {
        Body::from(representation.bytes.clone())
    });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind.media_type));
        if let Some(encoding) = encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    *response.headers_mut() = headers;
    response
}

/// The same of a content that is made for this request, and compressed only as it accepts.
pub(super) fn respond_once(content: Vec<u8>, request: HeaderMap, kind: Content) -> Response {
    let has_brotli = accepts(&request, "br");
    let has_gzip = !has_brotli && accepts(&request, "gzip");
    let content = Representations::of_bytes_in(content.into(), has_brotli, has_gzip);
    respond(&content, request, kind)
}

/// The map without its headers, for others; a new one where it has grown: no connection
/// keeps the room that its largest request took.
fn emptied(mut headers: HeaderMap) -> HeaderMap {
    if headers.capacity() > MOST_HEADERS {
        return HeaderMap::new();
    }
    headers.clear();
    headers
}

fn choose<'c>(
    content: &'c Representations,
    request: &HeaderMap,
) -> (&'c Representation, Option<&'static str>) {
    if let Some(brotli) = content.brotli.as_ref().filter(|_| accepts(request, "br")) {
        return (brotli, Some("br"));
    }
    if let Some(gzip) = content.gzip.as_ref().filter(|_| accepts(request, "gzip")) {
        return (gzip, Some("gzip"));
    }
    (&content.raw, None)
}

/// Whether `Accept-Encoding` (RFC 9110, 12.5.3) names `encoding` and does not
/// refuse it with a weight of 0. A `*` is not taken up: raw is always right.
fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    names(request, &ACCEPT_ENCODING, encoding)
}

/// Whether a header's list has `wanted`, with a weight that is not 0.
fn names(request: &HeaderMap, header: &HeaderName, wanted: &str) -> bool {
    let lists = request
        .get_all(header)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut entries = lists.flat_map(|list| list.split(','));
    entries.any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let is_named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        is_named && !parts.any(|part| weight(part) == Some(0.0))
    })
}

fn weight(parameter: &str) -> Option<f32> {
    let (name, value) = parameter.split_once('=')?;
    if name.trim().eq_ignore_ascii_case("q") {
        value.trim().parse().ok()
    } else {
        None
    }
}

/// Whether `If-None-Match` (RFC 9110, 13.1.2) holds this tag; weak comparison.
fn matches_any(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let Ok(etag) = etag.to_str() else {
        return false;
    };
    let lists = request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut tags = lists.flat_map(|list| list.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
