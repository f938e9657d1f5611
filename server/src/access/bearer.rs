//! A link's token in the hands of a program: `Authorization: Bearer TOKEN` (RFC 6750, 2.1).

use axum::http::{HeaderMap, header::AUTHORIZATION};

use super::cookie::LONGEST_TOKEN;

/// What may be the token of a link. Proxies pass on what they signed somebody in by, a
/// password or a token that is much longer: that is none of ours.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    let is_possible = !token.is_empty() && token.len() <= LONGEST_TOKEN;
    (scheme.eq_ignore_ascii_case("bearer") && is_possible).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token_of(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        token(&headers).map(str::to_owned)
    }

    #[test]
    fn bearer_token_is_read_in_any_case_and_nothing_else_is() {
        let ours = "Zm9vYmFyYmF6cXV4cXV1eA";
        for scheme in ["Bearer", "bearer", "BEARER"] {
            assert_eq!(token_of(&format!("{scheme} {ours}")).as_deref(), Some(ours));
            assert_eq!(
                token_of(&format!("{scheme}   {ours} ")).as_deref(),
                Some(ours)
            );
        }
        let jwt = format!("Bearer {}", "eyJhbGciOiJSUzI1NiJ9.".repeat(20));
        for other in ["Bearer", "Bearer ", ours, "Basic cGV0ZXI6cGFu", &jwt] {
            assert_eq!(token_of(other), None, "{other}");
        }
        assert_eq!(token(&HeaderMap::new()), None);
    }
}
