//! Answers of token endpoints.

use reqwest::StatusCode;
use secrecy::ExposeSecret as _;

use super::{Granted, LONGEST_LIFE, granted};
use crate::{Remedy, fuzzing::answer};

/// What is sent, what a token holds, and so what nobody may ever read.
const SECRET: &str = "canary";

/// Any answer, as of a success and of a refusal: a token with a life of more than nothing
/// and at most a day, which shows itself nowhere but in its header, or an error in which
/// nothing of what was sent comes back, whatever the answer repeats of it.
///
/// # Panics
/// Where that does not hold.
pub fn token(body: &[u8]) {
    let ours = ["canary-secret", SECRET];
    for status in [
        StatusCode::OK,
        StatusCode::UNAUTHORIZED,
        StatusCode::NOT_FOUND,
    ] {
        match granted(&answer(status, body), &ours, |_| Remedy::ApiClient) {
            Ok(granted) => {
                assert_eq!(status, StatusCode::OK);
                check(&granted, body);
                let mut again = self::granted(&answer(status, body), &ours, |_| Remedy::ApiClient)
                    .expect("it was read before");
                again.refresh_token = None;
                let kept = again.or_as_in(&granted);
                assert_eq!(kept.token.tenant_id(), granted.token.tenant_id());
                assert_eq!(
                    kept.refresh_token.is_some(),
                    granted.refresh_token.is_some()
                );
            }
            Err(error) => {
                let words = format!("{error} {error:?}");
                assert!(!words.contains(SECRET), "{words}");
                assert!(words.len() < 1_000, "{words}");
            }
        }
    }
}

fn check(granted: &Granted, body: &[u8]) {
    assert!(!granted.life.is_zero() && granted.life <= LONGEST_LIFE);
    let header = granted.token.header();
    let token = header.to_str().expect("only characters of a header");
    let token = token.strip_prefix("Bearer ").expect("the scheme");
    assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
    assert!(header.is_sensitive());
    assert_eq!(
        format!("{:?} {header:?}", granted.token),
        "AccessToken Sensitive"
    );
    let tenant_id = granted.token.tenant_id();
    assert!(tenant_id.is_none_or(|it| !it.is_empty() && it.trim() == it));
    if let Some(refresh_token) = &granted.refresh_token {
        assert!(!refresh_token.expose_secret().is_empty());
        let shown = format!("{refresh_token:?}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
    // Escapes aside, what is sent to the API is what came.
    let is_plain = |it: &u8| it.is_ascii_graphic() && !matches!(it, b'"' | b'\\');
    if !body.contains(&b'\\') && token.bytes().all(|byte| is_plain(&byte)) {
        let parts = body.windows(token.len());
        assert!(parts.into_iter().any(|part| part == token.as_bytes()));
    }
}
