//! The address that a screen was set up with, taken apart: which board, which settings,
//! and a link's token, wherever on the way to the screen its `#` was encoded.
//!
//! A token is a secret and opens a board. It must not be taken for a part of the address
//! that the page asks for or shows.

use crate::http::TOKEN_FRAGMENT;
use crate::order;

/// The longest slug of a board.
const SLUG_LENGTH: usize = 64;
/// The letters of a token.
pub const TOKEN_LENGTH: usize = 22;
/// Each program that passes an address on may encode it once more.
const MOST_ENCODINGS: usize = 4;
/// More of a path, query or fragment is not searched.
const LONGEST: usize = 2_048;

/// An address without its token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The path.
    pub path: String,
    /// The query with its question mark; empty where there is none.
    pub query: String,
    /// A link's token.
    pub token: Option<String>,
}

impl Address {
    /// Takes an address apart: its path, its query with `?` and its fragment with `#`.
    #[must_use]
    pub fn read(path: &str, query: &str, fragment: &str) -> Self {
        let (path, in_path) = cut(path);
        let (query, in_query) = cut(query);
        let (_, in_fragment) = cut(fragment);
        // The browser takes the `#` of `&#35;` for a fragment's.
        Self {
            path: path.trim_end_matches('&').to_owned(),
            query: query.trim_end_matches(['&', '?']).to_owned(),
            token: in_fragment.or(in_path).or(in_query),
        }
    }
}

/// What a path's part has of a board's slug: no more than a slug can be. What follows
/// got there by mistake.
#[must_use]
pub fn slug(part: &str) -> Option<&str> {
    let is_slug = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let slug = part.get(..part.bytes().take_while(is_slug).count())?;
    // Letters that go on like a token's are none of a slug's.
    let next = part.as_bytes().get(slug.len());
    let goes_on = next.is_some_and(|byte| byte.is_ascii_uppercase() || *byte == b'_');
    ((1..=SLUG_LENGTH).contains(&slug.len()) && !goes_on).then_some(slug)
}

/// Whether a token may be in this slug, in lower case: one that lost its `#t=` on the way is
/// written on behind the slug.
#[must_use]
pub fn may_hold_token(slug: &str) -> bool {
    let Some(start) = slug.len().checked_sub(TOKEN_LENGTH) else {
        return false;
    };
    let is_random = |word: &str| {
        let pairs = word.as_bytes().windows(2);
        let mut pairs = pairs.filter(|pair| pair[0].is_ascii_digit() && !pair[1].is_ascii_digit());
        word.len() >= 16 || pairs.next().is_some()
    };
    slug.get(start..)
        .is_none_or(|tail| tail.split('-').any(is_random))
}

/// `part` without the token in it and what separates the two, and the token.
fn cut(part: &str) -> (String, Option<String>) {
    let whole = || (part.to_owned(), None);
    let has_start = |text: &str| {
        let text = text.to_ascii_lowercase();
        order::last_place(&text, TOKEN_FRAGMENT).is_some()
    };
    if part.len() > LONGEST || !has_start(&decode(part)) {
        return whole();
    }
    let found = part.char_indices().find_map(|(place, _)| {
        let decoded = decode(part.get(place..)?);
        // The first character is the separator, or nothing stands before the token.
        let is_separator = |it| matches!(it, '#' | '\u{ff03}' | '?' | '&' | '/' | ';' | '!');
        let after = match decoded.strip_prefix(is_separator) {
            None if place == 0 => &*decoded,
            after => after?,
        };
        // Some programs write an address in capitals, or begin each word with one.
        let (start, tail) = after.split_at_checked(TOKEN_FRAGMENT.len())?;
        if !start.eq_ignore_ascii_case(TOKEN_FRAGMENT) {
            return None;
        }
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let length = tail.bytes().take_while(is_plain).count();
        let (token, rest) = tail.split_at_checked(length)?;
        let before = part.get(..place)?;
        (length > 0).then(|| (before.to_owned(), token.to_owned(), rest.to_owned()))
    });
    let Some((mut before, token, rest)) = found else {
        return whole();
    };
    // Settings that follow a token in the query are still settings.
    if let Some(rest) = rest.strip_prefix('&')
        && part.starts_with('?')
    {
        before.push(if before.is_empty() { '?' } else { '&' });
        before.push_str(rest);
    }
    (before, Some(token))
}

/// Without percent-encoding and character references of `#`, however often encoded.
fn decode(text: &str) -> String {
    let mut decoded = text.to_owned();
    for _ in 0..MOST_ENCODINGS {
        let next = decode_once(&decoded);
        if next == decoded {
            break;
        }
        decoded = next;
    }
    decoded
}

fn decode_once(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    while let Some(first) = rest.first() {
        let reference = REFERENCES.iter().find(|it| {
            let start = rest.get(..it.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(it))
        });
        let (byte, length) = match (rest, reference) {
            ([b'%', high, low, ..], _) if digit(high).is_some() && digit(low).is_some() => {
                let digits = [high, low].map(|it| digit(it).unwrap_or_default());
                // Two digits of base 16 fit.
                ((digits[0] * 16 + digits[1]) as u8, 3)
            }
            (_, Some(reference)) => (b'#', reference.len()),
            (_, None) => (*first, 1),
        };
        bytes.push(byte);
        rest = rest.get(length..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// How HTML writes `#`.
const REFERENCES: [&[u8]; 4] = [b"&num;", b"&#35;", b"&#x23;", b"&amp;num;"];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "Zm9v_YmFy-bXl0b2tlbjEy";

    fn read(address: &str) -> Address {
        let (rest, fragment) = match address.find('#') {
            Some(place) => address.split_at(place),
            None => (address, ""),
        };
        let (path, query) = match rest.find('?') {
            Some(place) => rest.split_at(place),
            None => (rest, ""),
        };
        Address::read(path, query, fragment)
    }

    #[test]
    fn token_is_found_wherever_its_hash_was_encoded() {
        for (address, path, query) in [
            ("/board/main#t=T", "/board/main", ""),
            ("/board/main%23t=T", "/board/main", ""),
            ("/board/main%2523t=T", "/board/main", ""),
            ("/board/main%252523t%253DT", "/board/main", ""),
            ("/board/main%23t%3DT", "/board/main", ""),
            ("/board/main/%23t=T", "/board/main/", ""),
            ("/board/main/t=T", "/board/main", ""),
            ("/board/main&num;t=T", "/board/main", ""),
            ("/board/main&#35;t=T", "/board/main", ""),
            ("/board/main%26num;t=T", "/board/main", ""),
            ("/board/main%26%23x23%3Bt=T", "/board/main", ""),
            ("/board/main%EF%BC%83t=T", "/board/main", ""),
            ("/board/main%23t=T.", "/board/main", ""),
            ("/board/main%23t=T%20", "/board/main", ""),
            ("/board/main%23t=T)%22", "/board/main", ""),
            ("/board/main%23T%23t=T", "/board/main%23T", ""),
            ("/%23t=T", "/", ""),
            ("/board/main?t=T", "/board/main", ""),
            ("/board/main?%23t=T", "/board/main", ""),
            ("/board/main?metres=5%23t=T", "/board/main", "?metres=5"),
            (
                "/board/main?screen=Hall%202%2523t=T",
                "/board/main",
                "?screen=Hall%202",
            ),
            ("/board/main?metres=5&num;t=T", "/board/main", "?metres=5"),
            (
                "/board/main?metres=5&t=T&lang=de",
                "/board/main",
                "?metres=5&lang=de",
            ),
            ("/board/main?t=T&lang=de", "/board/main", "?lang=de"),
            (
                "/board/main%23t=T?utm_source=mail",
                "/board/main",
                "?utm_source=mail",
            ),
            ("/board/main#T=T", "/board/main", ""),
            ("/board/main%23T=T", "/board/main", ""),
            ("/board/main%2523T%3DT", "/board/main", ""),
            ("/board/main?T=T&lang=de", "/board/main", "?lang=de"),
            ("/board/main#%74=T", "/board/main", ""),
            ("/board/main#/t=T", "/board/main", ""),
            ("/board/main#?t=T", "/board/main", ""),
            ("/board/main#%23t=T", "/board/main", ""),
            ("/board/main#x=1&t=T", "/board/main", ""),
            ("/board/main#t=T&utm_source=mail", "/board/main", ""),
        ] {
            // Only the last one is the token's place.
            let (start, end) = address.rsplit_once('T').unwrap();
            let read = read(&[start, TOKEN, end].concat());
            assert_eq!(read.token.as_deref(), Some(TOKEN), "{address}");
            assert_eq!(read.path, path, "{address}");
            assert_eq!(read.query, query, "{address}");
            let slug = slug(read.path.trim_start_matches("/board/"));
            assert!(slug.is_none_or(|slug| slug == "main"), "{address}");
        }
    }

    #[test]
    fn address_without_token_stays_as_it_is() {
        for address in [
            "/",
            "/board/main",
            "/board/main?metres=5&screen=Hall%202&queues=1%2C2",
            "/board/start=1",
            "/board/main?sort=worst&cost=5",
            "/board/main?t=",
            "/board/main#t",
            "/board/main#t=",
            "/board/main#x",
            "/board/%zz%2",
            "/board/ä%e4",
        ] {
            let (before, _) = address.split_once('#').unwrap_or((address, ""));
            let read = read(address);
            assert_eq!(read.token, None, "{address}");
            assert_eq!([read.path, read.query].concat(), before, "{address}");
        }
    }

    #[test]
    fn slug_is_never_more_than_a_slug() {
        for (part, found) in [
            ("main", Some("main")),
            ("sales-2", Some("sales-2")),
            ("main%23", Some("main")),
            ("main.", Some("main")),
            ("main%20", Some("main")),
            ("main&num", Some("main")),
            ("", None),
            ("%23t=abc", None),
            (TOKEN, None),
        ] {
            assert_eq!(slug(part), found, "{part}");
        }
        assert_eq!(
            slug(&"a".repeat(SLUG_LENGTH)),
            Some(&*"a".repeat(SLUG_LENGTH))
        );
        assert_eq!(slug(&"a".repeat(SLUG_LENGTH + 1)), None);
    }

    #[test]
    fn slug_with_a_token_written_on_is_told_from_a_long_one() {
        for slug in [
            &["two", TOKEN].concat().replace('_', "x").to_lowercase(),
            "mainabcdefghijklmnopqrstuv",
            "7f3kq9x2mb4wz8rt5vn1cy",
        ] {
            assert!(may_hold_token(slug), "{slug}");
        }
        for slug in [
            "main",
            "sales-2",
            "customer-care-switzerland-2024",
            "kundendienst-wien",
        ] {
            assert!(!may_hold_token(slug), "{slug}");
        }
    }

    proptest! {
        #[test]
        fn no_address_makes_the_page_stumble(
            path in ".{0,40}", query in "([%#&t=Aa23?]|.){0,20}", fragment in "#(.{0,20})",
        ) {
            let read = Address::read(&path, &query, &fragment);
            prop_assert!(path.starts_with(&read.path));
        }
    }
}
