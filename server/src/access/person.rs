//! Whether a proxy's header names somebody.

use axum::http::{HeaderMap, HeaderName};

/// The longest name, in bytes: a distinguished name of a directory is shorter.
const LONGEST: usize = 1024;

/// What proxies and identity services write where nobody is signed in.
const NOBODY: &[&str] = &[
    "-",
    "--",
    "anonymous",
    "anonymous user",
    "anonymoususer",
    "false",
    "guest",
    "n/a",
    "na",
    "nil",
    "no user",
    "nobody",
    "none",
    "not authenticated",
    "null",
    "unauthenticated",
    "undefined",
    "unknown",
    "unknown user",
    "0",
];

/// Whether the header names one person: not nobody, not two, and no template that the proxy
/// failed to fill in.
pub(super) fn is_named(headers: &HeaderMap, header: &HeaderName) -> bool {
    let mut values = headers.get_all(header).iter();
    // The second may be what the browser sent itself.
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let bytes = value.as_bytes();
    if bytes.len() > LONGEST || bytes.iter().any(u8::is_ascii_control) {
        return false;
    }
    // Names need not be ASCII, nor UTF-8.
    let name = String::from_utf8_lossy(bytes);
    let around = |c: char| c.is_whitespace() || "\"'()<>[]".contains(c);
    let name = name.trim_matches(around);
    let is_template = ["$", "%{", "{"].iter().any(|it| name.starts_with(it));
    let is_visible = name.chars().any(char::is_alphanumeric);
    is_visible && !is_template && !NOBODY.contains(&name.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const HEADER: HeaderName = HeaderName::from_static("x-forwarded-user");

    fn named(values: &[&[u8]]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, HeaderValue::from_bytes(value).unwrap());
        }
        is_named(&headers, &HEADER)
    }

    #[test]
    fn proxy_header_that_names_nobody_is_refused() {
        for name in [
            "",
            " ",
            "-",
            "--",
            "\"\"",
            "(null)",
            "null",
            "NULL",
            "<nil>",
            "Anonymous",
            "\"-\"",
            "(anonymous)",
            "none",
            "undefined",
            "unknown",
            "guest",
            "a\tb",
            "$remote_user",
            "%{REMOTE_USER}e",
            "${user}",
            "{http.auth.user.id}",
            "\u{200b}",
            "...",
        ] {
            assert!(!named(&[name.as_bytes()]), "{name:?}");
        }
        assert!(!named(&[]));
        assert!(!named(&[&[b'a'; LONGEST + 1]]), "too long");
        assert!(!named(&[b"eve", b"ann"]), "which of both is the proxy's?");
    }

    #[test]
    fn proxy_header_that_names_somebody_is_accepted() {
        for name in [
            "ann",
            "ann@example.com",
            "EXAMPLE\\ann",
            "Lee, Ann",
            "auth0|5f7",
            "1042",
            "O'Neil",
            "CN=Ann,OU=Hall 2,O=Example",
            "J\u{f6}rg",
            "\u{674e}\u{5a1c}",
            "nullius",
            "a",
        ] {
            assert!(named(&[name.as_bytes()]), "{name:?}");
        }
        assert!(named(&[b"J\xf6rg"]), "Latin-1");
        assert!(named(&[&[b'a'; LONGEST]]));
    }
}
