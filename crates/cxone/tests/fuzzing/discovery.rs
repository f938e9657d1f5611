//! Answers of the issuer.

use reqwest::Url;

use super::{api_in, token_endpoint_in};
use crate::{
    AllowedDomains, BaseUrl, Error,
    fuzzing::{check_refusal, json_of},
};

/// Any answer: an address to which a secret may go, or an error that says why not.
///
/// # Panics
/// Where that does not hold.
pub fn discovery(body: &[u8]) {
    let Some(body) = json_of(body) else { return };
    let far = BaseUrl::parse("https://cxone.niceincontact.com").expect("an address");
    let near = BaseUrl::parse("http://127.0.0.1:9090").expect("an address");
    let allowed = AllowedDomains::default();
    for issuer in [&far, &near] {
        let token_endpoint = token_endpoint_in(&body, &allowed, issuer);
        match token_endpoint {
            Ok(address) => check_address(&address, issuer),
            Err(error) => check_error(&error),
        }
        match api_in(&body, &allowed, issuer) {
            Ok(base_url) => check_address(&base_url.endpoint("/path"), issuer),
            Err(error) => check_error(&error),
        }
    }
}

/// By the letters of the address alone, as it will be asked.
fn check_address(address: &Url, issuer: &BaseUrl) {
    let text = address.as_str();
    let (scheme, rest) = text.split_once("://").expect("a scheme");
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    assert!(!authority.contains('@'), "{text}");
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    if issuer.is_loopback() {
        let is_here = host == "localhost" || host == "[::1]" || host.starts_with("127.");
        assert!(is_here, "{text}");
        return;
    }
    assert_eq!(scheme, "https", "{text}");
    let host = host.trim_end_matches('.');
    let is_allowed = ["niceincontact.com", "nice-incontact.com"]
        .into_iter()
        .any(|domain| host == domain || host.ends_with(&format!(".{domain}")));
    assert!(is_allowed, "{text}");
}

fn check_error(error: &Error) {
    match error {
        Error::HostRefused { host, .. } => {
            assert!(host.chars().count() <= 100);
            assert!(
                !host.contains('@') && !host.contains(char::is_control),
                "{host}"
            );
            assert!(error.to_string().contains("nothing was sent there"));
        }
        error => check_refusal(error),
    }
}
