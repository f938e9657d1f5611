//! How a token comes about: a way to sign in, and the answer that all ways share.

mod access_key;
mod client_credentials;
#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzzing/sign_in.rs"]
pub(super) mod fuzzing;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{StatusCode, header::HeaderValue};
use secrecy::SecretString;
use serde_json::Value;

use super::{
    answer::Answer,
    json::{self, unexpected},
};
use crate::{Error, Remedy, clock::Moment};

pub(super) use access_key::AccessKeySignIn;
pub(super) use client_credentials::ClientCredentials;

/// The life of a token whose answer names none (CXone's hold for about an hour).
const ASSUMED_LIFE: Duration = Duration::from_secs(3_600);

/// No token is trusted for longer, whatever its answer says.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3_600);

/// The most of a token that is looked into for its claims.
const LONGEST_CLAIMS: usize = 64 * 1024;

#[async_trait]
pub(super) trait SignIn: Send + Sync + 'static {
    /// Asks for a token; by `refresh_token`, where the last answer gave one and this
    /// way can use it.
    ///
    /// # Errors
    /// [`Error::CredentialsRejected`], or why the sign-in was not reached.
    async fn sign_in(&self, refresh_token: Option<&SecretString>) -> Result<Granted, Error>;
}

/// A token with what came along.
pub(super) struct Granted {
    pub(super) token: AccessToken,
    /// When it was asked for.
    pub(super) sent_at: Moment,
    pub(super) life: Duration,
    pub(super) refresh_token: Option<SecretString>,
}

impl Granted {
    /// What an answer may leave out, from the grant that it replaces: a refresh brings no
    /// identity token as a rule, and often no new refresh token (RFC 6749, 6).
    pub(super) fn or_as_in(mut self, before: &Self) -> Self {
        if self.token.tenant_id().is_none() {
            let tenant_id = before.token.0.tenant_id.clone();
            self.token = AccessToken(Arc::new(Inner {
                header: self.token.header(),
                tenant_id,
                was_accepted: AtomicBool::new(false),
            }));
        }
        self.refresh_token = self.refresh_token.or_else(|| before.refresh_token.clone());
        self
    }
}

/// A token that shows itself nowhere.
#[derive(Clone)]
pub(super) struct AccessToken(Arc<Inner>);

struct Inner {
    header: HeaderValue,
    tenant_id: Option<String>,
    was_accepted: AtomicBool,
}

impl AccessToken {
    /// `None` where the characters cannot go into a header.
    fn new(token: &str, tenant_id: Option<String>) -> Option<Self> {
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        header.set_sensitive(true);
        Some(Self(Arc::new(Inner {
            header,
            tenant_id,
            was_accepted: AtomicBool::new(false),
        })))
    }

    pub(super) fn header(&self) -> HeaderValue {
        self.0.header.clone()
    }

    /// The tenant that it is for, where its claims say so.
    pub(super) fn tenant_id(&self) -> Option<&str> {
        self.0.tenant_id.as_deref()
    }

    /// Takes note that CXone accepted it.
    pub(super) fn note_accepted(&self) {
        self.0.was_accepted.store(true, Ordering::Relaxed);
    }

    /// Whether CXone accepted it before.
    pub(super) fn was_accepted(&self) -> bool {
        self.0.was_accepted.load(Ordering::Relaxed)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken")
    }
}

/// Reads a token endpoint's answer. `ours` is what was sent and must not come back in
/// an error; `remedy` says what to check, by the refusal's code.
fn granted(
    answer: &Answer,
    ours: &[&str],
    remedy: impl FnOnce(Option<&str>) -> Remedy,
) -> Result<Granted, Error> {
    match answer.status {
        status if status.is_success() => match read(answer) {
            Err(Error::UnexpectedShape { .. }) if is_refusal(answer) => {
                Err(refused(answer, ours, remedy))
            }
            read => read,
        },
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => Err(refused(answer, ours, remedy)),
        StatusCode::FORBIDDEN => Err(match json::parse(answer) {
            // A token endpoint refuses credentials in JSON; firewalls and proxies seldom do.
            Err(Error::NotJson { host, content }) => Error::NotJson {
                host,
                content: format!("{content} (HTTP 403)"),
            },
            _ => refused(answer, ours, remedy),
        }),
        StatusCode::NOT_FOUND => Err(Error::EndpointNotFound {
            path: answer.path.clone(),
            host: answer.host.clone(),
        }),
        status => Err(Error::UnexpectedStatus {
            status: status.as_u16(),
        }),
    }
}

/// Whether a success is none: it speaks of an error, and holds no token.
fn is_refusal(answer: &Answer) -> bool {
    json::parse(answer).is_ok_and(|body| json::has_error(&body))
}

/// What a refusal says.
fn refused(answer: &Answer, ours: &[&str], remedy: impl FnOnce(Option<&str>) -> Remedy) -> Error {
    let (status, oauth_error) = (answer.status.as_u16(), oauth_error(answer, ours));
    match oauth_error.as_deref() {
        // It is not about the credentials.
        Some("temporarily_unavailable" | "server_error" | "service_unavailable") => {
            Error::ServerError {
                status,
                retry_after: None,
            }
        }
        code => Error::CredentialsRejected {
            status,
            remedy: remedy(code),
            oauth_error,
        },
    }
}

/// The names are OAuth 2.0's; some of CXone's endpoints write them as JavaScript does.
fn read(answer: &Answer) -> Result<Granted, Error> {
    let body = json::parse(answer)?;
    let either = |name: &str, other: &str| body.get(name).or_else(|| body.get(other));
    let text = |name, other| either(name, other).and_then(Value::as_str);
    let token = text("access_token", "accessToken")
        .ok_or_else(|| unexpected("no access_token in the token's answer"))?;
    let tenant_id = text("id_token", "idToken")
        .and_then(tenant_claim)
        .or_else(|| tenant_claim(token));
    let token = AccessToken::new(token, tenant_id)
        .ok_or_else(|| unexpected("an access_token that no HTTP header can carry"))?;
    Ok(Granted {
        token,
        sent_at: answer.sent_at,
        life: life(either("expires_in", "expiresIn")),
        refresh_token: text("refresh_token", "refreshToken")
            .filter(|token| !token.is_empty())
            .map(SecretString::from),
    })
}

/// How long a token may be used: `expires_in` in seconds, within bounds. Zero and
/// less are taken as not given: a 401 corrects a life that was assumed too long.
fn life(expires_in: Option<&Value>) -> Duration {
    expires_in
        .and_then(json::number)
        .map(|seconds| seconds.clamp(0.0, LONGEST_LIFE.as_secs_f64()))
        .map(Duration::from_secs_f64)
        .filter(|life| !life.is_zero())
        .unwrap_or(ASSUMED_LIFE)
}

/// The claim `tenantId` of a JSON Web Token (RFC 7519). Its signature is not checked:
/// it came from the token endpoint itself, over TLS, and only says whom to ask about.
fn tenant_claim(token: &str) -> Option<String> {
    let claims = token.split('.').nth(1)?.trim_end_matches('=');
    if claims.len() > LONGEST_CLAIMS {
        return None;
    }
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let tenant_id = claims.get("tenantId")?.as_str()?.trim();
    (!tenant_id.is_empty()).then(|| tenant_id.to_owned())
}

/// The refusal's error code, where it is one: a server may send anything there,
/// our own secret for one.
fn oauth_error(answer: &Answer, ours: &[&str]) -> Option<String> {
    let body = json::parse(answer).ok()?;
    let names = ["error", "error_code", "errorCode", "code"];
    let inside = body.get("error").filter(|error| error.is_object());
    let code = [inside, Some(&body)]
        .into_iter()
        .flatten()
        .find_map(|body| {
            let mut codes = names.iter().filter_map(|name| body.get(name)?.as_str());
            codes.next()
        })?;
    let is_code = (3..=40).contains(&code.len())
        && code
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let is_ours = (ours.iter()).any(|ours| !ours.is_empty() && code.contains(*ours));
    (is_code && !is_ours).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::any_json::any_json;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_life_is_read_in_any_form_and_kept_within_bounds() {
        for (expires_in, seconds) in [
            (json!(3599), 3_599),
            (json!(60), 60),
            (json!(3599.0), 3_599),
            (json!("1800"), 1_800),
            (json!(0), 3_600),
            (json!(-1), 3_600),
            (json!("0"), 3_600),
            (json!(1e-12), 3_600),
            (json!("soon"), 3_600),
            (json!(null), 3_600),
            (json!([]), 3_600),
            (json!(1e300), 86_400),
            (json!(u64::MAX), 86_400),
        ] {
            assert_eq!(
                life(Some(&expires_in)),
                Duration::from_secs(seconds),
                "{expires_in}"
            );
        }
        assert_eq!(life(None), ASSUMED_LIFE);
    }

    #[test]
    fn token_invalid_in_a_header_is_refused() {
        for token in [
            "",
            "a b",
            "a\r\nX-Injected: 1",
            "a\0b",
            "schlüssel",
            "\u{1F511}",
        ] {
            assert!(AccessToken::new(token, None).is_none(), "{token:?}");
        }
        let token = AccessToken::new("eyJhbGciOi.J9-_~+/=", None).unwrap();
        assert_eq!(token.header(), "Bearer eyJhbGciOi.J9-_~+/=");
        assert_eq!(format!("{token:?}"), "AccessToken");
        assert!(!format!("{:?}", token.header()).contains("eyJ"));
    }

    fn jwt(claims: &str) -> String {
        format!("header.{}.signature", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn the_tenant_is_found_in_a_tokens_claims_or_nowhere() {
        let found = tenant_claim(&jwt(r#"{"sub":"user:1","tenantId":" 11e8-x "}"#));
        assert_eq!(found.as_deref(), Some("11e8-x"));
        let padded = jwt(r#"{"tenantId":"a"}"#).replace(".signature", "==.signature");
        assert_eq!(tenant_claim(&padded).as_deref(), Some("a"));
        // The longest that are looked into: 64 KiB in Base64 are 48 KiB of text.
        let longest = format!("{:<49152}", r#"{"tenantId":"a"}"#);
        assert_eq!(tenant_claim(&jwt(&longest)).as_deref(), Some("a"));
        assert_eq!(tenant_claim(&jwt(&format!("{longest} "))), None);
        for token in [
            String::new(),
            "opaque".to_owned(),
            "a.b.c".to_owned(),
            "a.!.c".to_owned(),
            jwt(""),
            jwt("[]"),
            jwt("{}"),
            jwt(r#"{"tenantId":7}"#),
            jwt(r#"{"tenantId":"  "}"#),
            jwt(r#"{"tenant_id":"a"}"#),
            jwt(&format!(
                r#"{{"tenantId":"{}"}}"#,
                "a".repeat(LONGEST_CLAIMS)
            )),
        ] {
            assert_eq!(tenant_claim(&token), None, "{token:.40}");
        }
    }

    proptest! {
        #[test]
        fn any_life_is_some_time_and_at_most_a_day(expires_in in any_json()) {
            prop_assert!(life(Some(&expires_in)) <= LONGEST_LIFE);
        }

        #[test]
        fn any_token_has_a_tenant_or_none(token in ".{0,60}", claims in any_json()) {
            let _ = tenant_claim(&token);
            let found = tenant_claim(&jwt(&claims.to_string()));
            let said = claims.get("tenantId").and_then(Value::as_str).map(str::trim);
            prop_assert_eq!(found.as_deref(), said.filter(|said| !said.is_empty()));
        }
    }
}
