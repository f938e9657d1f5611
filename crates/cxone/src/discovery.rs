//! From the issuer to the tenant's own hosts: OpenID Connect Discovery for the token
//! endpoint, CXone's own for the API.
//!
//! Both are asked once and kept until something at the host found is wrong.

#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzzing/discovery.rs"]
pub(super) mod fuzzing;

use std::sync::Arc;

use reqwest::{StatusCode, Url};
use serde_json::Value;
use tokio::sync::Mutex;

use super::{
    AllowedDomains, BaseUrl,
    answer::Answer,
    json::{self, kind, unexpected},
    sign_in::AccessToken,
    transport::Transport,
};
use crate::{CallKind, Error, NO_TENANT, Setting};

const OPENID_PATH: &str = "/.well-known/openid-configuration";
const CXONE_PATH: &str = "/.well-known/cxone-configuration";

/// What led to every host here.
const SETTING: Setting = Setting::Issuer;

/// Finds the tenant's hosts.
pub(super) struct Discovery {
    transport: Arc<Transport>,
    issuer: BaseUrl,
    /// What is set instead of what the token says.
    tenant_id: Option<String>,
    allowed: AllowedDomains,
    token_endpoint: Mutex<Option<Url>>,
    /// The API, and whose.
    api: Mutex<Option<Api>>,
}

/// A tenant's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Api {
    pub(super) tenant_id: String,
    pub(super) base_url: BaseUrl,
}

impl Discovery {
    /// Nothing is known yet, and nothing is asked before it must.
    pub(super) fn new(
        transport: Arc<Transport>,
        issuer: BaseUrl,
        tenant_id: Option<String>,
        allowed: AllowedDomains,
    ) -> Self {
        Self {
            transport,
            issuer,
            tenant_id,
            allowed,
            token_endpoint: Mutex::default(),
            api: Mutex::default(),
        }
    }

    /// Where tokens are issued.
    ///
    /// # Errors
    /// [`Error::HostRefused`], or why the issuer did not say.
    pub(super) async fn token_endpoint(&self) -> Result<Url, Error> {
        // Held during the request: concurrent callers get the same answer.
        let mut known = self.token_endpoint.lock().await;
        if let Some(url) = &*known {
            return Ok(url.clone());
        }
        let not_found = |answer: Answer| Error::EndpointNotFound {
            path: answer.path,
            host: answer.host,
        };
        let found = self
            .ask(self.issuer.endpoint(OPENID_PATH), not_found)
            .await?;
        let address = token_endpoint_in(&found, &self.allowed, &self.issuer)?;
        Ok(known.insert(address).clone())
    }

    /// Where the API of the token's tenant is.
    ///
    /// # Errors
    /// [`Error::HostRefused`], or why the issuer did not say.
    pub(super) async fn api(&self, token: &AccessToken) -> Result<Api, Error> {
        let tenant_id = (self.tenant_id.as_deref())
            .or(token.tenant_id())
            .ok_or_else(|| unexpected(NO_TENANT))?;
        let mut known = self.api.lock().await;
        if let Some(api) = known.as_ref().filter(|api| api.tenant_id == tenant_id) {
            return Ok(api.clone());
        }
        let mut url = self.issuer.endpoint(CXONE_PATH);
        url.query_pairs_mut().append_pair("tenantId", tenant_id);
        let not_found = |answer: Answer| Error::TenantNotFound {
            status: answer.status.as_u16(),
            host: answer.host,
        };
        let found = self.ask(url, not_found).await?;
        let base_url = api_in(&found, &self.allowed, &self.issuer)?;
        let tenant_id = tenant_id.to_owned();
        let api = Api {
            tenant_id,
            base_url,
        };
        Ok(known.insert(api).clone())
    }

    /// Asks the issuer again where tokens are issued, if a wrong host may have caused `error`.
    pub(super) async fn doubt_token_endpoint(&self, error: &Error) {
        if may_be_the_wrong_host(error) {
            *self.token_endpoint.lock().await = None;
        }
    }

    /// Asks the issuer again where the API is, if a wrong host may have caused `error`.
    pub(super) async fn doubt_api(&self, error: &Error) {
        if may_be_the_wrong_host(error) {
            *self.api.lock().await = None;
        }
    }

    /// An answer of the issuer; `not_found` is what a 400 or 404 means.
    async fn ask(&self, url: Url, not_found: impl FnOnce(Answer) -> Error) -> Result<Value, Error> {
        let answer = self
            .transport
            .send(CallKind::Discovery, SETTING, self.transport.get(url))
            .await?;
        match answer.status {
            status if status.is_success() => json::parse(&answer),
            StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => Err(not_found(answer)),
            status => Err(Error::UnexpectedStatus {
                status: status.as_u16(),
            }),
        }
    }
}

/// Where tokens are issued, of an answer that names an allowed host.
fn token_endpoint_in(
    found: &Value,
    allowed: &AllowedDomains,
    issuer: &BaseUrl,
) -> Result<Url, Error> {
    let address = address(found, "token_endpoint", &["token_endpoint"])?;
    check(&address, "token endpoint", allowed, issuer)?;
    Ok(address)
}

/// Where the API is, of an answer that names an allowed host.
fn api_in(found: &Value, allowed: &AllowedDomains, issuer: &BaseUrl) -> Result<BaseUrl, Error> {
    let address = address(found, "api_endpoint", &["api_endpoint", "apiEndpoint"])?;
    check(&address, "API", allowed, issuer)?;
    BaseUrl::parse(address.as_str())
        .map_err(|_| unexpected("an api_endpoint with a query in the discovery's answer"))
}

fn check(
    address: &Url,
    role: &'static str,
    allowed: &AllowedDomains,
    issuer: &BaseUrl,
) -> Result<(), Error> {
    allowed
        .check(address, issuer)
        .map_err(|reason| Error::HostRefused {
            host: host_words(address),
            role,
            reason,
            allowed: allowed.to_string(),
        })
}

/// The address under one of `names`; `name` is for the error.
fn address(found: &Value, name: &str, names: &[&str]) -> Result<Url, Error> {
    let Value::Object(object) = found else {
        return Err(unexpected(format!(
            "the discovery's answer is {}, not an object",
            kind(found)
        )));
    };
    let text = (names.iter())
        .find_map(|name| object.get(*name)?.as_str())
        .ok_or_else(|| unexpected(format!("no {name} in the discovery's answer")))?;
    let address = Url::parse(text.trim()).ok().filter(Url::has_host);
    address.ok_or_else(|| unexpected(format!("an {name} that is no address")))
}

/// A host as an error may name it: an answer has no say in how long it is.
fn host_words(address: &Url) -> String {
    super::base_url::host_of(address)
        .chars()
        .take(100)
        .collect()
}

/// Whether another host might have answered well. While the network is down none would:
/// then it costs a request that fails like any other.
fn may_be_the_wrong_host(error: &Error) -> bool {
    matches!(
        error,
        Error::EndpointNotFound { .. }
            | Error::TokenRefused { .. }
            | Error::Redirected { .. }
            | Error::UnexpectedStatus { .. }
            | Error::Dns { .. }
            | Error::LedgerLost { .. }
            | Error::Tls { .. }
            | Error::Connect { .. }
            | Error::TimedOut { .. }
            | Error::NotJson { .. }
            | Error::UnexpectedShape { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::any_json::any_json;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn refused_host_is_truncated_in_error() {
        let refused = |address: &str| {
            let issuer = BaseUrl::parse("https://cxone.niceincontact.com").unwrap();
            let address = Url::parse(address).unwrap();
            match check(&address, "API", &AllowedDomains::default(), &issuer) {
                Err(Error::HostRefused { host, .. }) => host,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            refused("https://api.example.com:8443/x"),
            "api.example.com:8443"
        );
        let long = format!("https://{}example.com/", "a.".repeat(100));
        assert_eq!(refused(&long), "a.".repeat(50));
    }

    proptest! {
        #[test]
        fn any_json_names_an_address_or_is_a_named_error(
            body in prop_oneof![any_json(), "[ -~]{0,40}".prop_map(|text| json!({"token_endpoint": text}))],
        ) {
            match address(&body, "token_endpoint", &["token_endpoint"]) {
                Ok(address) => prop_assert!(address.has_host()),
                Err(Error::UnexpectedShape { .. }) => {}
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
