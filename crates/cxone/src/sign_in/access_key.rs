//! Signing in by the access key of an API user: for a registered application by the
//! OAuth 2.0 password grant (RFC 6749, 4.3), or by the key alone.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use super::{Granted, SignIn, granted};
use crate::{
    AccessKey, CallKind, Error, Remedy, Setting, SignInMethod, discovery::Discovery,
    transport::Transport,
};

const KEY_ONLY_PATH: &str = "/authentication/v1/token/access-key";

pub(crate) struct AccessKeySignIn {
    transport: Arc<Transport>,
    discovery: Arc<Discovery>,
    access_key: AccessKey,
    method: SignInMethod,
    /// Whether the application's credentials are taken unencoded here.
    is_plain: AtomicBool,
    /// Whether both forms were refused, or the first one was.
    was_refused: AtomicBool,
}

#[async_trait]
impl SignIn for AccessKeySignIn {
    async fn sign_in(&self, refresh_token: Option<&SecretString>) -> Result<Granted, Error> {
        match &self.method {
            SignInMethod::Password {
                client_id,
                client_secret,
            } => {
                if let Some(refresh_token) = refresh_token {
                    let form = [
                        ("grant_type", "refresh_token"),
                        ("refresh_token", refresh_token.expose_secret()),
                    ];
                    match self.ask(client_id, client_secret, &form).await {
                        // It has ended, or was used: the key is as good as ever.
                        Err(error) if !error.is_transient() => {
                            tracing::debug!(%error, "the token cannot be refreshed: signing in again");
                        }
                        refreshed => return refreshed,
                    }
                }
                let form = [
                    ("grant_type", "password"),
                    ("username", self.access_key.id.as_str()),
                    ("password", self.access_key.secret.expose_secret()),
                ];
                self.ask(client_id, client_secret, &form).await
            }
            // It knows no refreshing that the contract would name.
            SignInMethod::KeyOnly { area_url } => {
                let body = json!({
                    "accessKeyId": self.access_key.id,
                    "accessKeySecret": self.access_key.secret.expose_secret(),
                });
                let request = self.transport.post(area_url.endpoint(KEY_ONLY_PATH));
                let answer = (self.transport)
                    .send(CallKind::SignIn, Setting::AreaUrl, request.json(&body))
                    .await?;
                granted(&answer, &self.ours(), |_| Remedy::AccessKeyOrArea)
            }
        }
    }
}

impl AccessKeySignIn {
    pub(crate) fn new(
        transport: Arc<Transport>,
        discovery: Arc<Discovery>,
        access_key: AccessKey,
        method: SignInMethod,
    ) -> Self {
        Self {
            transport,
            discovery,
            access_key,
            method,
            is_plain: AtomicBool::new(false),
            was_refused: AtomicBool::new(false),
        }
    }

    /// Asks the token endpoint that discovery names.
    async fn ask(
        &self,
        client_id: &str,
        client_secret: &SecretString,
        form: &[(&str, &str)],
    ) -> Result<Granted, Error> {
        let url = self.discovery.token_endpoint().await?;
        let plain = [client_id, client_secret.expose_secret()];
        // RFC 6749, 2.3.1, has both form-encoded before they are put together, and so do
        // integrators; CXone's own page shows them as they are. Only special characters
        // tell the two apart.
        let encoded = plain.map(|part| byte_serialize(part.as_bytes()).collect::<String>());
        let encoded = [encoded[0].as_str(), &encoded[1]];
        let ask = async |client: [&str; 2]| {
            let request = (self.transport.post(url.clone()))
                .basic_auth(client[0], Some(client[1]))
                .form(form);
            let answer = (self.transport)
                .send(CallKind::SignIn, Setting::Issuer, request)
                .await?;
            let mut ours = self.ours().to_vec();
            ours.extend(plain);
            ours.extend(
                form.iter()
                    .map(|(_, value)| *value)
                    .filter(|value| *value != "password"),
            );
            granted(&answer, &ours, remedy)
        };
        let is_plain = self.is_plain.load(Ordering::Relaxed);
        let mut result = ask(if is_plain { plain } else { encoded }).await;
        if plain != encoded && result.as_ref().is_err_and(is_about_the_client) {
            // Both at once for the first time; then in turn, one for each try: a refused
            // sign-in is not to be repeated more than it must.
            let is_first = !self.was_refused.swap(true, Ordering::Relaxed);
            self.is_plain.store(!is_plain, Ordering::Relaxed);
            if is_first {
                result = ask(if is_plain { encoded } else { plain }).await.or(result);
            }
        }
        if let Err(error) = &result {
            self.discovery.doubt_token_endpoint(error).await;
        }
        result
    }

    fn ours(&self) -> [&str; 2] {
        [&self.access_key.id, self.access_key.secret.expose_secret()]
    }
}

/// What to check, by the refusal's code.
fn remedy(code: Option<&str>) -> Remedy {
    match code {
        Some("invalid_client" | "unauthorized_client") => Remedy::Application,
        Some("invalid_grant") => Remedy::AccessKey,
        _ => Remedy::AccessKeyOrApplication,
    }
}

/// Whether the application may be what was refused, and not the key.
fn is_about_the_client(error: &Error) -> bool {
    match error {
        Error::CredentialsRejected { oauth_error, .. } => {
            oauth_error.as_deref() != Some("invalid_grant")
        }
        _ => false,
    }
}
