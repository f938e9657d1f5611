//! Who may pass: rate limit for all, token and permission for the reads.

use hyper::{
    HeaderMap, StatusCode,
    header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE},
};

use super::answer::Answer;
use crate::tenant::Tenant;

/// The scope that reads of `reporting-v2` need.
pub(crate) const SCOPE: &str = "reporting:queue:view";

/// What a read needs in addition to a token.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Permission {
    /// The client's [`SCOPE`].
    Scope,
    /// The API user's right to see the numbers.
    RealTimeData,
}

/// Lets a read pass.
///
/// # Errors
/// 401, 429 or 403, in this order.
pub(crate) fn admit_read(
    tenant: &Tenant,
    headers: &HeaderMap,
    needed: Permission,
) -> Result<(), Answer> {
    let unauthorized = || {
        Answer::error(
            StatusCode::UNAUTHORIZED,
            "token missing, expired or unknown",
        )
        .header(WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)
    };
    let client_id = {
        let state = tenant.state();
        let client_id = bearer(headers).and_then(|token| state.tokens.name_of(token));
        client_id.ok_or_else(unauthorized)?.to_owned()
    };
    admit_client(tenant, &client_id)?;
    if !tenant.options().scope_granted {
        let message = match needed {
            Permission::Scope => format!("the client lacks the scope {SCOPE}"),
            Permission::RealTimeData => "the API user may not view real-time data".to_owned(),
        };
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
