//! The OAuth 2.0 client credentials grant (RFC 6749, 4.4), with the tenant named.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use super::{Granted, SignIn, granted};
use crate::{CallKind, Error, Remedy, ReportingV2Settings, Setting, transport::Transport};

const PATH: &str = "/oauth2/token";

pub(crate) struct ClientCredentials {
    pub(crate) transport: Arc<Transport>,
    pub(crate) settings: ReportingV2Settings,
}

#[async_trait]
impl SignIn for ClientCredentials {
    /// This grant gives no refresh token.
    async fn sign_in(&self, _: Option<&SecretString>) -> Result<Granted, Error> {
        let ReportingV2Settings {
            base_url,
            client_id,
            client_secret,
            tenant_id,
        } = &self.settings;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_secret", client_secret.expose_secret()),
            ("tenant_id", tenant_id),
        ];
        let request = self.transport.post(base_url.endpoint(PATH)).form(&form);
        let answer = (self.transport)
            .send(CallKind::SignIn, Setting::BaseUrl, request)
            .await?;
        let ours = [client_secret.expose_secret(), client_id, tenant_id];
        granted(&answer, &ours, |_| Remedy::ApiClient)
    }
}
