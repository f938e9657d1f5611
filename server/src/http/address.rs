//! What a request's path means: below the base path or not, whatever its case, and with
//! slashes too many.
//!
//! A proxy may strip the base path or pass it on: both are answered.

use std::borrow::Cow;

use axum::http::{Method, Uri, uri::PathAndQuery};

/// The letters of a link's token.
const TOKEN_LENGTH: usize = 22;

/// How a request is answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    /// As its path stands.
    AsItIs,
    /// By the route of this path, which is below no base path.
    Path(String),
    /// By this address of the page, base path included.
    Redirect(String),
}

/// What `path` means where the wall is below `base`: empty, or as in `/wall`.
pub(super) fn resolve(method: &Method, path: &str, base: &str) -> Resolved {
    // What every screen polls, without a copy.
    if path.strip_prefix("/api/boards/").is_some_and(is_slug) {
        return Resolved::AsItIs;
    }
    let clean = single_slashes(path);
    let inner = below(&clean, base).unwrap_or(&clean);
    let trimmed = inner.trim_end_matches('/');
    let lower = trimmed.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('/').skip(1).collect();
    let canonical = match parts[..] {
        // `OPTIONS *` asks the server as a whole.
        [] if inner == "*" && method != Method::OPTIONS => None,
        [] => Some("/".to_owned()),
        ["healthz" | "readyz"] => Some(lower.clone()),
        ["board" | "boards" | "index.html" | "index.htm"] => Some("/".to_owned()),
        ["desk" | "desks"] => Some("/desk".to_owned()),
        ["board" | "boards", ..] => page_of(trimmed, "board"),
        // The case of a queue's id counts, and each of its signs.
        ["desk" | "desks", slug, "queues", _] if is_slug(slug) => {
            let id = trimmed.rsplit('/').next().unwrap_or_default();
            Some(format!("/desk/{slug}/queues/{id}"))
        }
        ["desk" | "desks", slug, "agents"] if is_slug(slug) => Some(format!("/desk/{slug}/agents")),
        ["desk" | "desks", ..] => page_of(trimmed, "desk"),
        // The case of a queue's id counts.
        ["api", "boards", _, "queues", ..] => None,
        ["api", ..] if lower.bytes().all(|byte| byte == b'/' || is_of_slug(byte)) => {
            Some(lower.clone())
        }
        _ => None,
    };
    let is_page = matches!(
        parts[..],
        [
            "board" | "boards" | "desk" | "desks" | "index.html" | "index.htm",
            ..
        ]
    );
    let canonical = canonical.unwrap_or_else(|| inner.to_owned());
    let is_reading = method == Method::GET || method == Method::HEAD;
    let is_written_so = path == canonical || path.strip_prefix(base) == Some(&canonical);
    if is_page && is_reading && !is_written_so {
        Resolved::Redirect(format!("{base}{canonical}"))
    } else if path == canonical {
        Resolved::AsItIs
    } else {
        Resolved::Path(canonical)
    }
}

/// The address with another path; its query stays.
pub(super) fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    let query = uri.query().map_or_else(String::new, |it| format!("?{it}"));
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{path}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

/// Whether a path that nothing is at ends as one of ours does: a proxy has the wall under a
/// path, and the server was not told.
pub(super) fn seems_below_a_path(path: &str) -> bool {
    let ours = [
        "/board/", "/desk/", "/api/", "/assets/", "/healthz", "/readyz",
    ];
    let lower = path.to_ascii_lowercase();
    ours.iter()
        .any(|it| lower.find(it).is_some_and(|at| at > 0))
}

fn below<'p>(path: &'p str, base: &str) -> Option<&'p str> {
    let start = path.get(..base.len()).filter(|_| !base.is_empty())?;
    let rest = &path[base.len()..];
    let is_below = start.eq_ignore_ascii_case(base) && (rest.is_empty() || rest.starts_with('/'));
    is_below.then_some(if rest.is_empty() { "/" } else { rest })
}

fn single_slashes(path: &str) -> Cow<'_, str> {
    if !path.contains("//") {
        return path.into();
    }
    let mut clean = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !clean.ends_with('/') {
            clean.push(c);
        }
    }
    clean.into()
}

/// A slug without what comes along where an address is copied out of a sentence.
fn tidy(slug: &str) -> &str {
    let mut tidied = slug;
    for end in [
        "%20", "%09", "%0a", "%0A", "%0d", "%0D", ".", ",", ")", "%3e", "%3E", ">",
    ] {
        tidied = tidied.trim_end_matches(end);
    }
    tidied.trim_start_matches("%20")
}

/// The page of a board in `folder`, by what is written behind it in a path: a slug, and
/// perhaps a link's token whose `#` was encoded. A token's capitals count.
fn page_of(path: &str, folder: &str) -> Option<String> {
    let written = tidy(path.splitn(3, '/').nth(2)?);
    let is_of_slug = |byte: &u8| is_of_slug(byte.to_ascii_lowercase());
    let length = written.bytes().take_while(|byte| is_of_slug(byte)).count();
    let (slug, rest) = written.split_at_checked(length)?;
    let lower = slug.to_ascii_lowercase();
    // A token whose `#t=` was lost goes on as one: it stays as it is, which no board is called.
    let may_hold_token = rest.starts_with('_')
        || slug.len() >= TOKEN_LENGTH && slug != lower && slug != slug.to_ascii_uppercase();
    (!slug.is_empty() && !may_hold_token).then(|| format!("/{folder}/{lower}{rest}"))
}

fn is_slug(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_of_slug)
}

fn is_of_slug(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str, base: &str) -> String {
        match resolve(&Method::GET, path, base) {
            Resolved::AsItIs => path.to_owned(),
            Resolved::Path(path) => path,
            Resolved::Redirect(to) => format!("-> {to}"),
        }
    }

    #[test]
    fn slash_and_case_are_forgiven_by_redirect() {
        for (path, expected) in [
            ("/", "/"),
            ("//", "/"),
            ("/board/main", "/board/main"),
            ("/board/main/", "-> /board/main"),
            ("/board/main//", "-> /board/main"),
            ("//board//main", "-> /board/main"),
            ("/Board/main", "-> /board/main"),
            ("/BOARD/MAIN", "-> /board/main"),
            ("/board/main%20", "-> /board/main"),
            ("/board/main.", "-> /board/main"),
            ("/Board/Main%0A", "-> /board/main"),
            ("/Board/Main%23t=aB", "-> /board/main%23t=aB"),
            ("/BOARD/MAIN/%2523T=aB", "-> /board/main/%2523T=aB"),
            ("/board/main%23t=aB", "/board/main%23t=aB"),
            (
                "/board/twoZm9vYmFyLWJsb2tlbjEy",
                "/board/twoZm9vYmFyLWJsb2tlbjEy",
            ),
            (
                "/board/twoZm9v_YmFyLWJsb2tlbj",
                "/board/twoZm9v_YmFyLWJsb2tlbj",
            ),
            ("/boards/main", "-> /board/main"),
            ("/desk/main", "/desk/main"),
            ("/Desk/Main/", "-> /desk/main"),
            ("/desk/", "-> /desk"),
            ("/desk", "/desk"),
            ("/desk/main/queues/aB%2F1.", "/desk/main/queues/aB%2F1."),
            ("/Desk/Main/Agents/", "-> /desk/main/agents"),
            ("/Desk/Main/Queues/aB/", "-> /desk/main/queues/aB"),
            ("/board", "-> /"),
            ("/board/", "-> /"),
            ("/Boards", "-> /"),
            ("/index.html", "-> /"),
            ("/board/%ff", "/board/%ff"),
            ("/board/a/b", "/board/a/b"),
            ("/api/boards/", "/api/boards"),
            ("/API/Boards/Main/", "/api/boards/main"),
            ("/api/boards/main", "/api/boards/main"),
            ("/api/boards/%C3%28", "/api/boards/%C3%28"),
            (
                "//api/boards/main/queues/aB%2F1/history",
                "/api/boards/main/queues/aB%2F1/history",
            ),
            ("/API/boards/Main/Events/", "/api/boards/main/events"),
            ("/healthz/", "/healthz"),
            ("/Readyz", "/readyz"),
            ("/assets/Page-1.js", "/assets/Page-1.js"),
            ("//evil.example/board", "/evil.example/board"),
            ("*", "*"),
        ] {
            assert_eq!(get(path, ""), expected, "{path}");
        }
        let posted = resolve(&Method::POST, "/api/Access/", "");
        assert_eq!(posted, Resolved::Path("/api/access".into()));
    }

    #[test]
    fn base_path_is_answered_stripped_or_not() {
        for (path, expected) in [
            ("/wall", "/"),
            ("/wall/", "/"),
            ("/wall/board/main", "/board/main"),
            ("/board/main", "/board/main"),
            ("/Wall/board/main", "-> /wall/board/main"),
            ("/wall/Board/main/", "-> /wall/board/main"),
            ("/board/main/", "-> /wall/board/main"),
            ("/wall/board", "-> /wall/"),
            ("/wall/api/boards/main", "/api/boards/main"),
            ("/wall/assets/p.js", "/assets/p.js"),
            ("/wall/healthz", "/healthz"),
            ("/wallpaper", "/wallpaper"),
            ("/other/board/main", "/other/board/main"),
        ] {
            assert_eq!(get(path, "/wall"), expected, "{path}");
        }
        assert_eq!(get("/a/b/board/main", "/a/b"), "/board/main");
        assert!(seems_below_a_path("/other/board/main"));
        assert!(!seems_below_a_path("/board/main/more") && !seems_below_a_path("/other"));
    }
}
