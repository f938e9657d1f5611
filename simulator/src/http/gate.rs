//! Who may pass: rate limit for all, token and scope for the reads.

use hyper::{
    HeaderMap, StatusCode,
    header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE},
};

use super::answer::Answer;
use crate::tenant::Tenant;

/// The scope that reads need.
pub(crate) const SCOPE: &str = "reporting:queue:view";

/// Lets a read pass.
///
/// # Errors
/// 401, 429 or 403, in this order.
pub(crate) fn admit_read(tenant: &Tenant, headers: &HeaderMap) -> Result<(), Answer> {
    let unauthorized = || {
        Answer::error(
            StatusCode::UNAUTHORIZED,
            "token missing, expired or unknown",
        )
        .header(WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)
    };
    let client_id = {
        let state = tenant.state();
        let client_id = bearer(headers).and_then(|token| state.tokens.client_of(token));
        client_id.ok_or_else(unauthorized)?.to_owned()
    };
    admit_client(tenant, &client_id)?;
    if !tenant.options().scope_granted {
        let message = format!("the client lacks the scope {SCOPE}");
        return Err(Answer::error(StatusCode::FORBIDDEN, &message));
    }
    Ok(())
}

/// Counts a request of a client.
///
/// # Errors
/// 429 when the client's minute is used up.
pub(crate) fn admit_client(tenant: &Tenant, client_id: &str) -> Result<(), Answer> {
    let admitted = tenant.state().rate_limit.admit(client_id);
    admitted.map_err(|wait_seconds| {
        Answer::error(
            StatusCode::TOO_MANY_REQUESTS,
            "too many requests in a minute",
        )
        .header(RETRY_AFTER, &wait_seconds.to_string())
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
