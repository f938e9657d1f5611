//! The one place that fetches.

use std::time::Duration;

use gloo_net::http::{Request, Response};
use queuewall_shared::http::{SNAPSHOT_AGE_HEADER, UPTIME_HEADER};
use queuewall_shared::link::Failure;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache};

/// Where the boards are listed.
pub const BOARDS: &str = "/api/boards";

/// Where one board's snapshot is. The slug is as it stands in the page's address.
#[must_use]
pub fn board(slug: &str) -> String {
    format!("{BOARDS}/{slug}")
}

/// What an answer says about time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Times {
    /// Age of the server's latest upstream read when it answered.
    pub snapshot_age: Option<Duration>,
    /// How long the server ran when it answered: the scale of the body's points in time.
    pub uptime: Option<Duration>,
    /// The server's clock, in milliseconds since 1970.
    pub date_ms: Option<f64>,
}

/// What the server answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// 200: a body to read, and the name that its bytes have.
    Changed {
        /// The body, parsed by the browser and not looked into yet: as text it would cross
        /// over to WebAssembly and back before anything could be read from it.
        body: JsValue,
        /// For the next request's `If-None-Match`.
        etag: Option<String>,
        /// When all this was so.
        times: Times,
    },
    /// 304: what the page has is what there is.
    Unchanged(Times),
    /// 404: the server is well and has no such board.
    NotFound,
}

/// Asks for `path`, naming the bytes that the page has. Dropping the future does not
/// end the request; `signal` does.
///
/// # Errors
/// Why there is no answer that the page could use; a time-out is the caller's.
pub async fn get(
    path: &str,
    etag: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<Answer, Failure> {
    // The browser's cache would answer a 304 as a 200 with the old age in its headers.
    let mut request = Request::get(path)
        .cache(RequestCache::NoStore)
        .abort_signal(signal);
    if let Some(etag) = etag {
        request = request.header("if-none-match", etag);
    }
    let response = request.send().await.map_err(|_| Failure::Unreachable)?;
    match response.status() {
        200 => {
            let (etag, times) = (response.headers().get("etag"), times(&response));
            let body = json(&response.into()).await?;
            Ok(Answer::Changed { body, etag, times })
        }
        304 => Ok(Answer::Unchanged(times(&response))),
        404 => Ok(Answer::NotFound),
        status => Err(Failure::Status(status)),
    }
}

async fn json(response: &web_sys::Response) -> Result<JsValue, Failure> {
    let body = response.json().map_err(|_| Failure::Unreadable)?;
    // A connection that breaks off in the body ends here as well: either way there is
    // no answer that could be read.
    JsFuture::from(body).await.map_err(|_| Failure::Unreadable)
}

fn times(response: &Response) -> Times {
    let headers = response.headers();
    let milliseconds = |name| {
        let value: Option<u64> = headers.get(name).and_then(|value| value.parse().ok());
        value.map(Duration::from_millis)
    };
    Times {
        snapshot_age: milliseconds(SNAPSHOT_AGE_HEADER),
        uptime: milliseconds(UPTIME_HEADER),
        date_ms: headers
            .get("date")
            .map(|date| js_sys::Date::parse(&date))
            .filter(|date_ms| date_ms.is_finite()),
    }
}
