//! The `realtime` dialect's discovery: where to sign in, and where a tenant's API is.

use hyper::{HeaderMap, StatusCode, Uri};
use serde_json::json;

use super::{answer::Answer, oauth::fits, origin::origin};
use crate::tenant::Tenant;

/// `GET /.well-known/openid-configuration`: what OpenID Connect Discovery 1.0 requires
/// and this tenant has.
pub(crate) fn openid_configuration(tenant: &Tenant, headers: &HeaderMap) -> Answer {
    let issuer = origin(headers);
    let token_endpoint = tenant.state().moved.token_endpoint.clone();
    let token_endpoint = token_endpoint.unwrap_or_else(|| format!("{issuer}/auth/token"));
    Answer::new(
        StatusCode::OK,
        &json!({
            "issuer": issuer,
            "token_endpoint": token_endpoint,
            "grant_types_supported": ["password", "refresh_token"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["none"],
        }),
    )
}

/// `GET /.well-known/cxone-configuration?tenantId=…`: where that tenant's API is.
pub(crate) fn cxone_configuration(tenant: &Tenant, headers: &HeaderMap, uri: &Uri) -> Answer {
    let query = uri.query().unwrap_or_default();
    let tenant_id = url::form_urlencoded::parse(query.as_bytes())
        .find_map(|(key, value)| (key == "tenantId").then_some(value));
    let Some(tenant_id) = tenant_id.filter(|id| !id.is_empty()) else {
        return Answer::error(StatusCode::BAD_REQUEST, "tenantId is missing");
    };
    if !fits(
        &tenant_id,
        tenant.options().credentials.tenant_id.as_deref(),
    ) {
        return Answer::error(StatusCode::NOT_FOUND, "no such tenant");
    }
    let api_endpoint = tenant.state().moved.api_endpoint.clone();
    Answer::new(
        StatusCode::OK,
        &json!({
            "tenantId": tenant_id,
            "area": "na1",
            "api_endpoint": api_endpoint.unwrap_or_else(|| origin(headers)),
        }),
    )
}
