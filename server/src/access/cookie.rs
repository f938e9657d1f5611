//! A board's link in a browser's hands: one cookie a board, so that one browser may
//! hold several.

use std::time::Duration;

use axum::http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, InvalidHeaderValue},
};

use super::CODE_LIFE;

/// The longest that browsers keep a cookie (RFC 6265bis).
pub const LONGEST_COOKIE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// Before the board's slug in 0.1.0, which knew no id.
const OLD_PREFIX: &str = "queuewall-";
/// Before the server's id. Neither an id nor a slug has an underscore.
const PREFIX: &str = "queuewall_";

/// A cookie that opens nothing: whether it comes back tells whether a screen that waits
/// would keep its board's. No cookie of a board has a dot there.
const TRIAL: &str = "queuewall.trial";

/// Cookies of ours that are looked at in one request: browsers keep some 180 for a
/// server, and a neighbouring name may set all of them.
const MOST: usize = 200;

/// The longest value that could be a token, in bytes.
pub(super) const LONGEST_TOKEN: usize = 64;

/// A cookie that may hold the token of a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cookie<'r> {
    /// The board's slug.
    pub(super) board: &'r str,
    /// What it holds.
    pub(super) token: &'r str,
    /// The id of the server that set it; `None`: set by 0.1.0, or without an id.
    pub(super) id: Option<&'r str>,
}

/// Our cookies in a request, in one pass over its `Cookie` headers. HTTP/2 splits them,
/// proxies join them by commas, and other cookies may hold any bytes.
pub(super) fn all(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let lists = headers.get_all(COOKIE).iter();
    let pairs = lists.flat_map(|list| list.as_bytes().split(|byte| b";,".contains(byte)));
    pairs.filter_map(parse).take(MOST)
}

/// Whether the browser sends the cookie of [`set_trial`].
pub fn has_trial(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(COOKIE).iter();
    let mut pairs = lists.flat_map(|list| list.as_bytes().split(|byte| b";,".contains(byte)));
    pairs.any(|pair| pair.trim_ascii_start().starts_with(TRIAL.as_bytes()))
}

/// The header with a cookie that opens nothing, sent as a board's cookie of this `scope`.
#[must_use]
pub fn set_trial(scope: CookieScope<'_>) -> Option<HeaderValue> {
    set(TRIAL, "1", 2 * CODE_LIFE, scope).ok()
}

fn parse(pair: &[u8]) -> Option<Cookie<'_>> {
    let pair = pair.trim_ascii();
    if !pair.starts_with(b"queuewall") {
        return None;
    }
    let (name, value) = std::str::from_utf8(pair).ok()?.split_once('=')?;
    let token = value.trim_matches(|c: char| c == '"' || c.is_ascii_whitespace());
    let name = name.trim_ascii_end();
    let (id, board) = match name.strip_prefix(PREFIX) {
        Some(name) => name.split_once('_').map(|(id, board)| (Some(id), board))?,
        None => (None, name.strip_prefix(OLD_PREFIX)?),
    };
    let is_possible = !token.is_empty() && token.len() <= LONGEST_TOKEN;
    is_possible.then_some(Cookie { board, token, id })
}

/// Where a browser sends a cookie.
#[derive(Clone, Copy, Debug)]
pub struct CookieScope<'s> {
    /// The path that the wall is below; empty for the whole server.
    pub base_path: &'s str,
    /// Under TLS alone.
    pub is_secure: bool,
    /// From frames in pages of other sites too; counts under TLS alone.
    pub in_frames: InFrames,
}

/// Whether a cookie is sent from a frame in a page of another site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InFrames {
    /// It is not.
    Never,
    /// It is, in an engine that wants that said.
    Said,
    /// It is, in an old engine that does so by itself and takes the word for its contrary.
    Unsaid,
}

impl CookieScope<'_> {
    fn attributes(self) -> &'static str {
        match (self.is_secure, self.in_frames) {
            (false, _) => "SameSite=Lax",
            (true, InFrames::Never) => "SameSite=Lax; Secure",
            (true, InFrames::Said) => "SameSite=None; Secure; Partitioned",
            (true, InFrames::Unsaid) => "Secure",
        }
    }
}

/// The header that hands a browser its cookie, under a name with the server's `id`: two
/// servers on one host, on two ports, share their cookies. For `life`, sent to this server
/// alone, out of the reach of scripts, and as `scope` says.
///
/// # Errors
/// When the board's slug or the token could not stand in a header.
pub(super) fn set_cookie(
    id: Option<&str>,
    board: &str,
    token: &str,
    life: Option<Duration>,
    scope: CookieScope<'_>,
) -> Result<HeaderValue, InvalidHeaderValue> {
    let life = life.unwrap_or(LONGEST_COOKIE).min(LONGEST_COOKIE);
    let name = match id {
        Some(id) => format!("{PREFIX}{id}_{board}"),
        None => format!("{OLD_PREFIX}{board}"),
    };
    set(&name, token, life, scope)
}

fn set(
    name: &str,
    token: &str,
    life: Duration,
    scope: CookieScope<'_>,
) -> Result<HeaderValue, InvalidHeaderValue> {
    let (path, scope) = (scope.base_path, scope.attributes());
    let path = if path.is_empty() { "/" } else { path };
    let life = life.as_secs();
    let mut value = HeaderValue::try_from(format!(
        "{name}={token}; Path={path}; Max-Age={life}; HttpOnly; {scope}"
    ))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boards, tokens and ids.
    fn found(lists: &[&[u8]]) -> Vec<(String, String, String)> {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(COOKIE, HeaderValue::from_bytes(list).unwrap());
        }
        let text = |it: Cookie<'_>| {
            let id = it.id.unwrap_or("old");
            (it.board.into(), it.token.into(), id.into())
        };
        all(&headers).map(text).collect()
    }

    #[test]
    fn a_boards_cookie_is_found_among_others() {
        let found = found(&[
            b"a=1; queuewall-main=x;queuewall-main-2=y",
            b"queuewall_k3_sales=z",
            b"queuewall-main=tossed; queuewall; queuewall=; queuewall-main=; queuewall_k3=v; xqueuewall-main=w",
        ]);
        let cookie = |board: &str, token: &str, id: &str| (board.into(), token.into(), id.into());
        assert_eq!(
            found,
            [
                cookie("main", "x", "old"),
                cookie("main-2", "y", "old"),
                cookie("sales", "z", "k3"),
                cookie("main", "tossed", "old"),
            ]
        );
    }

    #[test]
    fn cookie_is_read_in_every_usual_spelling() {
        for list in [
            &b"queuewall_k3_main=tok"[..],
            b"a=1;queuewall_k3_main=tok;b=2",
            b"a=1;;  ; queuewall_k3_main=tok;",
            b"a=1, queuewall_k3_main=tok, b=2",
            b"\tqueuewall_k3_main = tok ",
            b"queuewall_k3_main=\"tok\"; b=2",
            b"a=1; queuewall_k3_main= \"tok\" ",
            b"$Version=1; queuewall_k3_main=tok; $Path=/",
            b"name=J\xf6rg; other=\xff\xfe; queuewall_k3_main=tok",
            b"json={\"a\": 1; queuewall_k3_main=tok",
        ] {
            let found = found(&[list]);
            let text = String::from_utf8_lossy(list);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((&*found[0].0, &*found[0].1), ("main", "tok"), "{text}");
        }
    }

    #[test]
    fn cookies_looked_at_in_one_request_are_bounded() {
        let many = "queuewall-main=x; ".repeat(1_000);
        assert_eq!(found(&[many.as_bytes()]).len(), MOST);
        let long = format!("queuewall-main={}", "x".repeat(LONGEST_TOKEN + 1));
        assert!(found(&[long.as_bytes()]).is_empty());
    }

    #[test]
    fn cookie_max_age_is_that_of_the_link_up_to_400_days() {
        let of = |life, is_secure| {
            let scope = CookieScope {
                base_path: "",
                is_secure,
                in_frames: InFrames::Never,
            };
            let value = set_cookie(Some("k3"), "main", "x", life, scope).unwrap();
            assert!(!format!("{value:?}").contains("main"), "not for logs");
            value.to_str().unwrap().to_owned()
        };
        assert_eq!(
            of(Some(Duration::from_secs(60)), true),
            "queuewall_k3_main=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        let longest = "queuewall_k3_main=x; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax";
        assert_eq!(of(None, false), longest);
        assert_eq!(of(Some(Duration::from_secs(u64::MAX)), false), longest);
        let framed = CookieScope {
            base_path: "/wall",
            is_secure: true,
            in_frames: InFrames::Said,
        };
        assert!(set_cookie(None, "main", "x\r\ny", None, framed).is_err());
        let attributes = |scope| {
            let value = set_cookie(None, "main", "x", None, scope).unwrap();
            value
                .to_str()
                .unwrap()
                .split_once("HttpOnly; ")
                .unwrap()
                .1
                .to_owned()
        };
        assert_eq!(attributes(framed), "SameSite=None; Secure; Partitioned");
        let old = CookieScope {
            in_frames: InFrames::Unsaid,
            ..framed
        };
        assert_eq!(attributes(old), "Secure");
        let plain = CookieScope {
            is_secure: false,
            ..framed
        };
        assert_eq!(attributes(plain), "SameSite=Lax");
        let below = set_cookie(None, "main", "x", None, plain).unwrap();
        assert!(below.to_str().unwrap().contains("; Path=/wall; "));
    }
}
