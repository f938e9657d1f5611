//! The `realtime` dialect's sign-ins: by password grant with an API user's access key,
//! by refresh token, and by the access key alone.

mod basic;
mod session;

use hyper::{
    HeaderMap,
    header::{CACHE_CONTROL, WWW_AUTHENTICATE},
};
use serde_json::Value;

use super::{
    answer::Answer,
    gate::admit_client,
    oauth::{self, Form, fits, invalid_grant, invalid_request, unsupported_grant},
};
use crate::tenant::{Holder, Tenant};
use basic::Basic;

/// `POST /auth/token`
pub(crate) fn auth_token(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Answer {
    let holder = granted(tenant, headers, body);
    answer(tenant, headers, holder)
}

/// `POST /authentication/v1/token/access-key`
pub(crate) fn access_key(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Answer {
    let holder = admitted_by_key(tenant, body);
    answer(tenant, headers, holder)
}

fn answer(tenant: &Tenant, headers: &HeaderMap, holder: Result<Holder, Answer>) -> Answer {
    holder
        .map(|holder| session::open(tenant, headers, &holder))
        .unwrap_or_else(|refusal| refusal)
        .header(CACHE_CONTROL, "no-store")
}

fn granted(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Result<Holder, Answer> {
    let form = Form::parse(headers, body)?;
    let basic = Basic::of(headers);
    if let Some(basic) = &basic {
        admit_client(tenant, basic.client_id())?;
    }
    match form.field("grant_type") {
        "password" => by_password(tenant, basic, &form),
        "refresh_token" => by_refresh_token(tenant, basic, form.field("refresh_token")),
        other => Err(unsupported_grant(other, "password or refresh_token")),
    }
}

fn by_password(tenant: &Tenant, basic: Option<Basic>, form: &Form) -> Result<Holder, Answer> {
    let expected = &tenant.options().credentials;
    let client = basic.and_then(|basic| basic.client(expected));
    let client = client.ok_or_else(invalid_client)?;
    let (username, password) = (form.field("username"), form.field("password"));
    if username.is_empty() || password.is_empty() {
        return Err(invalid_request("username or password is missing"));
    }
    check_key(tenant, username, password)?;
    Ok(Holder::Client(client))
}

/// A refresh token works only for the client that it was issued to. One issued to an
/// access key works with any client, or with none.
fn by_refresh_token(tenant: &Tenant, basic: Option<Basic>, token: &str) -> Result<Holder, Answer> {
    let expected = &tenant.options().credentials;
    let client = match basic {
        Some(basic) => Some(basic.client(expected).ok_or_else(invalid_client)?),
        None => None,
    };
    if token.is_empty() {
        return Err(invalid_request("refresh_token is missing"));
    }
    let unknown = || invalid_grant("the refresh token is unknown, used or expired");
    let holder = tenant.state().tokens.refresh_holder(token).cloned();
    let holder = holder.ok_or_else(unknown)?;
    match (&holder, client) {
        (Holder::Client(_), None) => return Err(invalid_client()),
        (Holder::Client(owner), Some(client)) if *owner != client => return Err(unknown()),
        (Holder::AccessKey(name), None) => admit_client(tenant, name)?,
        (_, Some(_)) => {}
    }
    // Of two who come at once with the same token, the second comes too late.
    let first = tenant.state().tokens.use_up(token);
    first.then_some(holder).ok_or_else(unknown)
}

fn admitted_by_key(tenant: &Tenant, body: &[u8]) -> Result<Holder, Answer> {
    let body: Value =
        serde_json::from_slice(body).map_err(|_| invalid_request("the body must be JSON"))?;
    let field = |name: &str| {
        let value = body.get(name).and_then(Value::as_str);
        value.filter(|value| !value.is_empty())
    };
    let (Some(id), Some(secret)) = (field("accessKeyId"), field("accessKeySecret")) else {
        return Err(invalid_request("accessKeyId or accessKeySecret is missing"));
    };
    admit_client(tenant, id)?;
    check_key(tenant, id, secret)?;
    Ok(Holder::AccessKey(id.to_owned()))
}

/// The client did not say who it is, or not rightly so, in the header that is for it.
fn invalid_client() -> Answer {
    oauth::invalid_client().header(WWW_AUTHENTICATE, r#"Basic realm="simulated tenant""#)
}

fn check_key(tenant: &Tenant, id: &str, secret: &str) -> Result<(), Answer> {
    let expected = &tenant.options().credentials;
    let known = fits(id, expected.access_key_id.as_deref())
        && fits(secret, expected.access_key_secret.as_deref());
    if known {
        Ok(())
    } else {
        Err(invalid_grant("unknown access key, or wrong secret"))
    }
}
