//! A board's link in a browser's hands: one cookie a board, so that one browser may
//! hold several.

use std::time::Duration;

use axum::http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, InvalidHeaderValue},
};

/// The longest that browsers keep a cookie (RFC 6265bis).
pub const LONGEST_COOKIE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

const PREFIX: &str = "queuewall-";

/// Values that are looked at where a board has several: whoever has a neighbouring name
/// may set one of ours too, and must not lock a screen out by it.
const MOST_VALUES: usize = 4;

/// The values that a request's cookies have for a board.
pub(super) fn of_board<'r>(
    headers: &'r HeaderMap,
    board: &'r str,
) -> impl Iterator<Item = &'r str> {
    let lists = headers.get_all(COOKIE).iter();
    let cookies = lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(';'));
    let values = cookies.filter_map(move |cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name.strip_prefix(PREFIX)? == board).then_some(value)
    });
    values.take(MOST_VALUES)
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

/// The header that hands a browser its cookie: for `life`, sent to this server alone,
/// out of the reach of scripts, and as `scope` says.
///
/// # Errors
/// When the board's slug or the token could not stand in a header.
pub fn set_cookie(
    board: &str,
    token: &str,
    life: Option<Duration>,
    scope: CookieScope<'_>,
) -> Result<HeaderValue, InvalidHeaderValue> {
    let life = life.unwrap_or(LONGEST_COOKIE).min(LONGEST_COOKIE).as_secs();
    let (path, scope) = (scope.base_path, scope.attributes());
    let path = if path.is_empty() { "/" } else { path };
    let mut value = HeaderValue::try_from(format!(
        "{PREFIX}{board}={token}; Path={path}; Max-Age={life}; HttpOnly; {scope}"
    ))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boards_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            COOKIE,
            "a=1; queuewall-main=x;queuewall-main-2=y".parse().unwrap(),
        );
        headers.append(COOKIE, "queuewall-sales=z".parse().unwrap());
        headers.append(COOKIE, "queuewall-main=tossed".parse().unwrap());
        let values = |board| of_board(&headers, board).collect::<Vec<_>>();
        assert_eq!(values("main"), ["x", "tossed"]);
        assert_eq!(values("main-2"), ["y"]);
        assert_eq!(values("sales"), ["z"]);
        assert!(values("a").is_empty() && values("").is_empty());
    }

    #[test]
    fn a_cookie_lives_as_long_as_its_link_and_never_more_than_400_days() {
        let of = |life, is_secure| {
            let scope = CookieScope {
                base_path: "",
                is_secure,
                in_frames: InFrames::Never,
            };
            let value = set_cookie("main", "x", life, scope).unwrap();
            assert!(!format!("{value:?}").contains("main"), "not for logs");
            value.to_str().unwrap().to_owned()
        };
        assert_eq!(
            of(Some(Duration::from_secs(60)), true),
            "queuewall-main=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        let longest = "queuewall-main=x; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax";
        assert_eq!(of(None, false), longest);
        assert_eq!(of(Some(Duration::from_secs(u64::MAX)), false), longest);
        let framed = CookieScope {
            base_path: "/wall",
            is_secure: true,
            in_frames: InFrames::Said,
        };
        assert!(set_cookie("main", "x\r\ny", None, framed).is_err());
        let attributes = |scope| {
            let value = set_cookie("main", "x", None, scope).unwrap();
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
        let below = set_cookie("main", "x", None, plain).unwrap();
        assert!(below.to_str().unwrap().contains("; Path=/wall; "));
    }
}
