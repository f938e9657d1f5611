//! Which pages may show the wall inside a frame: signage players, Teams, SharePoint.

use std::sync::LazyLock;

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderName, Request,
        header::{HOST, ORIGIN, REFERER, USER_AGENT},
    },
};
use url::Url;

use super::security_headers;
use crate::{access::InFrames, config::FrameAncestor};

static FETCH_DEST: LazyLock<HeaderName> =
    LazyLock::new(|| HeaderName::from_static("sec-fetch-dest"));
static FETCH_SITE: LazyLock<HeaderName> =
    LazyLock::new(|| HeaderName::from_static("sec-fetch-site"));

/// What is said in a frame that may not show the wall.
pub(super) const NOT_ALLOWED: &str = "this wallboard does not show itself inside a frame of this page: open its address in a \
     separate tab, or set QUEUEWALL_FRAME_ANCESTORS (server.frame_ancestors) on the server to the host of the page \
     around it";

/// How a request for the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// In a tab, or in a frame that the policy allows.
    AsAllowed,
    /// In a frame that may not show it.
    NotAllowed,
    /// Perhaps in a frame: the browser does not say. The page finds out itself, and says so
    /// instead of starting.
    Unclear,
}

/// How the page is shown that `request` asks for, where `allowed` may show it in a frame.
pub(super) fn shown(request: &Request<Body>, allowed: &[FrameAncestor]) -> Shown {
    let headers = request.headers();
    let referer = text(headers, &REFERER).and_then(|it| Url::parse(it).ok());
    let is_allowed = |url: &Url| {
        let is_own = || allowed.contains(&FrameAncestor::Own) && is_own(url, headers);
        allowed.iter().any(|it| it.is_of(url)) || is_own()
    };
    match text(headers, &FETCH_DEST) {
        Some("iframe" | "frame" | "embed" | "object" | "fencedframe") => {
            // What the page around it is, the browser knows, and need not say.
            let is_known = referer.is_none_or(|url| is_allowed(&url));
            if !allowed.is_empty() && is_known {
                Shown::AsAllowed
            } else {
                Shown::NotAllowed
            }
        }
        Some(_) => Shown::AsAllowed,
        None if allowed.is_empty() && referer.is_some_and(|url| !is_own(&url, headers)) => {
            Shown::Unclear
        }
        None => Shown::AsAllowed,
    }
}

/// Whether a browser gets a cookie that is sent from frames too. Chromium 51 to 66 refuses
/// `SameSite=None`, Safari of iOS 12 and macOS 10.14 reads it as `Strict`, and Chromium up to
/// 79 sends a cookie without the word from frames.
pub(super) fn cookie(headers: &HeaderMap, allowed: &[FrameAncestor]) -> InFrames {
    if allowed.iter().all(|it| *it == FrameAncestor::Own) {
        return InFrames::Never;
    }
    let agent = text(headers, &USER_AGENT).unwrap_or_default();
    let is_old_chromium = security_headers::chromium(headers).is_some_and(|version| version < 80);
    let of_apple = ["iPhone OS 12_", "CPU OS 12_", "Mac OS X 10_14"];
    let is_old_safari = of_apple.iter().any(|it| agent.contains(it)) && !agent.contains("Chrome/");
    if is_old_chromium || is_old_safari {
        InFrames::Unsaid
    } else {
        InFrames::Said
    }
}

/// Whether a page from elsewhere has made the browser send this. Asked where cookies are
/// sent from frames too, and so from any page.
pub(super) fn is_from_elsewhere(headers: &HeaderMap, names: impl Fn(&str) -> bool) -> bool {
    if let Some(site) = text(headers, &FETCH_SITE) {
        return !matches!(site, "same-origin" | "none");
    }
    // Old browsers name none.
    let Some(origin) = headers.get(ORIGIN) else {
        return false;
    };
    let url = origin.to_str().ok().and_then(|it| Url::parse(it).ok());
    !url.is_some_and(|url| is_own(&url, headers) || url.host_str().is_some_and(&names))
}

/// Whether the address is this server's, as the browser asked for it. A proxy may have
/// taken the port away.
fn is_own(url: &Url, headers: &HeaderMap) -> bool {
    let host = text(headers, &HOST).and_then(|it| Url::parse(&format!("http://{it}/")).ok());
    host.is_some_and(|host| host.host() == url.host())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
