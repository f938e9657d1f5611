//! Signing in, once for everybody: the token is fetched when somebody needs it,
//! shared while it holds, and replaced ahead of its end.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use reqwest::{StatusCode, header::HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{
    Settings,
    json::{self, unexpected},
    transport::{Answer, Transport},
};
use crate::{clock::Moment, source::SourceError};

const PATH: &str = "/oauth2/token";

/// The life of a token whose answer names none (UPSTREAM: about an hour).
const ASSUMED_LIFE: Duration = Duration::from_secs(3_600);

/// No token is trusted for longer, whatever its answer says.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3_600);

/// How long before its end a token is replaced, at most; a tenth of a short life.
const LONGEST_MARGIN: Duration = Duration::from_secs(5 * 60);

/// How long an early replacement that failed is not tried again.
const EARLY_TRY_PAUSE: Duration = Duration::from_secs(60);

/// An `Authorization` header that shows itself nowhere.
#[derive(Clone)]
pub(super) struct AccessToken(Arc<HeaderValue>);

impl AccessToken {
    /// `None` where the characters cannot go into a header.
    fn new(token: &str) -> Option<Self> {
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        header.set_sensitive(true);
        Some(Self(Arc::new(header)))
    }

    pub(super) fn header(&self) -> HeaderValue {
        HeaderValue::clone(&self.0)
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken")
    }
}

/// The one holder of the token.
pub(super) struct Tokens {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Arc<Transport>,
    client_id: String,
    client_secret: SecretString,
    tenant_id: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    cached: Option<Cached>,
    /// The one sign-in under way, which all who wait share.
    in_flight: Option<SignIn>,
}

type SignIn = Shared<BoxFuture<'static, Result<AccessToken, SourceError>>>;

struct Cached {
    token: AccessToken,
    sent_at: Moment,
    life: Duration,
    /// When its early replacement last failed.
    try_failed_at: Option<Moment>,
}

impl Cached {
    fn holds_at(&self, now: Moment) -> bool {
        self.sent_at.age_at(now) < self.life
    }

    /// Whether it may be used without a try to replace it.
    fn is_fresh_at(&self, now: Moment) -> bool {
        let margin = LONGEST_MARGIN.min(self.life / 10);
        let is_early = self.sent_at.age_at(now) < self.life - margin;
        let just_tried = self
            .try_failed_at
            .is_some_and(|at| at.age_at(now) < EARLY_TRY_PAUSE);
        is_early || just_tried && self.holds_at(now)
    }
}

impl Tokens {
    pub(super) fn new(settings: Settings, transport: Arc<Transport>) -> Self {
        Self {
            inner: Arc::new(Inner {
                transport,
                client_id: settings.client_id,
                client_secret: settings.client_secret,
                tenant_id: settings.tenant_id,
                state: Mutex::default(),
            }),
        }
    }

    /// The token in force; signs in where there is none, or where it soon ends.
    ///
    /// # Errors
    /// Why the sign-in failed, the same for all who waited for it. A passing failure
    /// does not count while the old token still holds.
    pub(super) async fn get(&self) -> Result<AccessToken, SourceError> {
        let sign_in = {
            let mut state = self.inner.state();
            let now = self.inner.now();
            if let Some(cached) = state.cached.as_ref().filter(|it| it.is_fresh_at(now)) {
                return Ok(cached.token.clone());
            }
            state
                .in_flight
                .get_or_insert_with(|| sign_in_aside(&self.inner))
                .clone()
        };
        let result = sign_in.await;
        if let Err(error) = &result
            && error.is_transient()
            && let Some(token) = self.inner.keep_what_holds()
        {
            tracing::warn!(%error, "no new token yet; the old one still holds");
            return Ok(token);
        }
        result
    }

    /// Drops `token`, unless another has replaced it already.
    pub(super) fn invalidate(&self, token: &AccessToken) {
        let mut state = self.inner.state();
        if state
            .cached
            .as_ref()
            .is_some_and(|cached| cached.token.is_same(token))
        {
            state.cached = None;
        }
    }
}

/// Signs in on a task of its own, so that no caller who leaves takes it along.
fn sign_in_aside(inner: &Arc<Inner>) -> SignIn {
    let landing = Landing {
        inner: Arc::clone(inner),
        is_done: false,
    };
    let task = tokio::spawn(async move {
        let result = landing.inner.sign_in().await;
        landing.finish(result)
    });
    async move {
        task.await
            .unwrap_or_else(|_| Err(unexpected("the sign-in ended inside of Queuewall")))
    }
    .boxed()
    .shared()
}

/// Ends the sign-in under way, even when it panics.
struct Landing {
    inner: Arc<Inner>,
    is_done: bool,
}

impl Landing {
    fn finish(mut self, result: Result<Cached, SourceError>) -> Result<AccessToken, SourceError> {
        self.is_done = true;
        let mut state = self.inner.state();
        let result = result.map(|cached| {
            let token = cached.token.clone();
            state.cached = Some(cached);
            token
        });
        // In one step with the token: nobody comes between and signs in again.
        state.in_flight = None;
        drop(state);
        result
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        // Done, the sign-in under way may be the next one already.
        if !self.is_done {
            self.inner.state().in_flight = None;
        }
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is a single step, so a panic elsewhere leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Moment {
        self.transport.clock().now()
    }

    /// The old token after a failed try to replace it, where it still holds.
    fn keep_what_holds(&self) -> Option<AccessToken> {
        let now = self.now();
        let mut state = self.state();
        let cached = state.cached.as_mut().filter(|it| it.holds_at(now))?;
        cached.try_failed_at = Some(now);
        Some(cached.token.clone())
    }

    async fn sign_in(&self) -> Result<Cached, SourceError> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.client_secret.expose_secret()),
            ("tenant_id", self.tenant_id.as_str()),
        ];
        let request = self.transport.post(PATH).form(&form);
        let answer = self.transport.send(request).await?;
        match answer.status {
            status if status.is_success() => self.read(&answer),
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(SourceError::CredentialsRejected {
                    status: answer.status.as_u16(),
                    oauth_error: self.oauth_error(&answer),
                })
            }
            StatusCode::NOT_FOUND => Err(SourceError::EndpointNotFound {
                path: self.transport.base_url().endpoint(PATH).path().to_owned(),
                host: self.transport.host().to_owned(),
            }),
            status => Err(SourceError::UnexpectedStatus {
                status: status.as_u16(),
            }),
        }
    }

    fn read(&self, answer: &Answer) -> Result<Cached, SourceError> {
        let body = json::parse(answer, self.transport.host())?;
        let token = body
            .get("access_token")
            .and_then(Value::as_str)
            .ok_or_else(|| unexpected("no access_token in the token's answer"))?;
        let token = AccessToken::new(token)
            .ok_or_else(|| unexpected("an access_token that no HTTP header can carry"))?;
        Ok(Cached {
            token,
            sent_at: answer.sent_at,
            life: life(body.get("expires_in")),
            try_failed_at: None,
        })
    }

    /// The refusal's error code, where it is one: a server may send anything there,
    /// our own secret for one.
    fn oauth_error(&self, answer: &Answer) -> Option<String> {
        let body: Value = serde_json::from_slice(&answer.body).ok()?;
        let code = body.get("error")?.as_str()?;
        let is_code = (3..=40).contains(&code.len())
            && code
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let is_ours = [
            self.client_secret.expose_secret(),
            &self.client_id,
            &self.tenant_id,
        ]
        .iter()
        .any(|ours| !ours.is_empty() && code.contains(*ours));
        (is_code && !is_ours).then(|| code.to_owned())
    }
}

/// How long a token may be used: `expires_in` in seconds, within bounds. Zero and
/// less are taken as not given: a 401 corrects a life that was assumed too long.
fn life(expires_in: Option<&Value>) -> Duration {
    expires_in
        .and_then(json::number)
        .filter(|seconds| *seconds > 0.0)
        .map_or(ASSUMED_LIFE, |seconds| {
            Duration::from_secs_f64(seconds.min(LONGEST_LIFE.as_secs_f64()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxone::json::arbitrary::any_json;
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
    fn a_token_that_no_header_can_carry_is_none() {
        for token in [
            "",
            "a b",
            "a\r\nX-Injected: 1",
            "a\0b",
            "schlüssel",
            "\u{1F511}",
        ] {
            assert!(AccessToken::new(token).is_none(), "{token:?}");
        }
        let token = AccessToken::new("eyJhbGciOi.J9-_~+/=").unwrap();
        assert_eq!(token.header(), "Bearer eyJhbGciOi.J9-_~+/=");
        assert!(!format!("{token:?}").contains("eyJ"));
        assert!(!format!("{:?}", token.header()).contains("eyJ"));
    }

    proptest! {
        #[test]
        fn any_life_is_some_time_and_at_most_a_day(expires_in in any_json()) {
            prop_assert!(life(Some(&expires_in)) <= LONGEST_LIFE);
        }
    }
}
