//! `POST /oauth2/token`: client credentials, with the errors of RFC 6749, 5.2.

use std::{collections::HashMap, time::Duration};

use hyper::{
    HeaderMap, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use serde_json::json;

use super::{
    answer::Answer,
    gate::{SCOPE, admit_client},
};
use crate::tenant::Tenant;

/// Issues a token, or says why not.
pub(crate) fn answer(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Answer {
    issue(tenant, headers, body)
        .unwrap_or_else(|refusal| refusal)
        .header(CACHE_CONTROL, "no-store")
}

fn issue(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Answer> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return Err(invalid_request("the body must be a form"));
    }
    let form: HashMap<_, _> = url::form_urlencoded::parse(body).collect();
    let field = |name: &str| form.get(name).map_or("", |value| value.as_ref());

    let client_id = field("client_id");
    if !client_id.is_empty() {
        admit_client(tenant, client_id)?;
    }
    match field("grant_type") {
        "client_credentials" => {}
        "" => return Err(invalid_request("grant_type is missing")),
        _ => {
            return Err(refusal(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "only client_credentials is supported",
            ));
        }
    }
    let expected = &tenant.options().credentials;
    if !fits(client_id, expected.client_id.as_deref())
        || !fits(field("client_secret"), expected.client_secret.as_deref())
    {
        return Err(refusal(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "unknown client, or wrong secret",
        ));
    }
    match field("tenant_id") {
        "" => return Err(invalid_request("tenant_id is missing")),
        id if fits(id, expected.tenant_id.as_deref()) => {}
        _ => return Err(invalid_request("unknown tenant_id")),
    }

    let holds_for_seconds = tenant.options().token_seconds;
    let holds_for = Duration::from_secs(holds_for_seconds.into());
    let token = tenant.state().tokens.issue(client_id, holds_for);
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

fn fits(given: &str, expected: Option<&str>) -> bool {
    expected.map_or(!given.is_empty(), |expected| given == expected)
}

fn invalid_request(description: &str) -> Answer {
    refusal(StatusCode::BAD_REQUEST, "invalid_request", description)
}

fn refusal(status: StatusCode, error: &str, description: &str) -> Answer {
    Answer::new(
        status,
        &json!({"error": error, "error_description": description}),
    )
}
