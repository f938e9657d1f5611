//! `POST /oauth2/token`: client credentials, with the errors of RFC 6749, 5.2.

use std::time::Duration;

use hyper::{HeaderMap, StatusCode, header::CACHE_CONTROL};
use serde_json::json;

use super::{
    answer::Answer,
    gate::{SCOPE, admit_client},
    oauth::{Form, fits, invalid_client, invalid_request, unsupported_grant},
};
use crate::tenant::{Holder, Tenant};

/// Issues a token, or says why not.
pub(crate) fn answer(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Answer {
    issue(tenant, headers, body)
        .unwrap_or_else(|refusal| refusal)
        .header(CACHE_CONTROL, "no-store")
}

fn issue(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Answer> {
    let form = Form::parse(headers, body)?;
    let client_id = form.field("client_id");
    if !client_id.is_empty() {
        admit_client(tenant, client_id)?;
    }
    match form.field("grant_type") {
        "client_credentials" => {}
        other => return Err(unsupported_grant(other, "client_credentials")),
    }
    let expected = &tenant.options().credentials;
    if !fits(client_id, expected.client_id.as_deref())
        || !fits(
            form.field("client_secret"),
            expected.client_secret.as_deref(),
        )
    {
        return Err(invalid_client());
    }
    match form.field("tenant_id") {
        "" => return Err(invalid_request("tenant_id is missing")),
        id if fits(id, expected.tenant_id.as_deref()) => {}
        _ => return Err(invalid_request("unknown tenant_id")),
    }

    let holds_for_seconds = tenant.options().token_seconds;
    let holds_for = Duration::from_secs(holds_for_seconds.into());
    let holder = Holder::Client(client_id.to_owned());
    let token = tenant.state().tokens.issue(holder, holds_for);
    let scope = if tenant.options().scope_granted {
        SCOPE
    } else {
        ""
    };
    Ok(Answer::new(
        StatusCode::OK,
        &json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": holds_for_seconds,
            "scope": scope,
        }),
    ))
}
