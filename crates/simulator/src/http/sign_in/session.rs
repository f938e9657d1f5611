//! What a sign-in gives: tokens, and an id token that names the tenant.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hyper::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::{
    http::{answer::Answer, origin::origin},
    tenant::{Holder, Tenant},
};

/// Issues the tokens of one sign-in.
pub(crate) fn open(tenant: &Tenant, headers: &HeaderMap, holder: &Holder) -> Answer {
    let options = tenant.options();
    let seconds = options.token_seconds;
    let refresh_seconds = options.refresh_token_seconds.max(seconds);
    let for_seconds = |seconds: u32| Duration::from_secs(seconds.into());
    let (access_token, refresh_token) = {
        let tokens = &mut tenant.state().tokens;
        (
            tokens.issue(holder.clone(), for_seconds(seconds)),
            tokens.issue_refresh(holder.clone(), for_seconds(refresh_seconds)),
        )
    };
    let issued_at = tenant.clock().now_ms() / 1_000;
    let claims = json!({
        "iss": origin(headers),
        "sub": "simulated-api-user",
        "aud": holder.name(),
        "iat": issued_at,
        "exp": issued_at + i64::from(seconds),
        "tenantId": tenant.id(),
    });
    Answer::new(
        StatusCode::OK,
        &json!({
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": seconds,
            "refresh_token": refresh_token,
            "id_token": unsecured_jwt(&claims),
        }),
    )
}

/// A token that nobody signed (RFC 7519, 6): its third part is empty.
fn unsecured_jwt(claims: &Value) -> String {
    let header = json!({"alg": "none", "typ": "JWT"});
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}.", encode(&header), encode(claims))
}
