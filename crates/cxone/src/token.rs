//! The token, once for everybody: fetched when somebody needs it, shared while it
//! holds, and replaced ahead of its end.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};

use super::{
    json::unexpected,
    sign_in::{AccessToken, Granted, SignIn},
};
use crate::{
    Error, TokenLife,
    clock::{Clock, Moment},
};

/// How long before its end a token is replaced, at most; a tenth of a short life.
const LONGEST_MARGIN: Duration = Duration::from_secs(5 * 60);

/// How long an early replacement that failed is not tried again.
const EARLY_TRY_PAUSE: Duration = Duration::from_secs(60);

/// The one holder of the token.
pub(super) struct Tokens {
    inner: Arc<Inner>,
}

struct Inner {
    way: Box<dyn SignIn>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    cached: Option<Cached>,
    /// The one sign-in under way, which all who wait share.
    in_flight: Option<UnderWay>,
}

type UnderWay = Shared<BoxFuture<'static, Result<AccessToken, Error>>>;

struct Cached {
    granted: Granted,
    /// When its early replacement last failed.
    try_failed_at: Option<Moment>,
}

impl Cached {
    fn holds_at(&self, now: Moment) -> bool {
        self.granted.sent_at.age_at(now) < self.granted.life
    }

    /// Whether it may be used without a try to replace it.
    fn is_fresh_at(&self, now: Moment) -> bool {
        let life = self.granted.life;
        let margin = LONGEST_MARGIN.min(life / 10);
        let is_early = self.granted.sent_at.age_at(now) < life - margin;
        let just_tried = self
            .try_failed_at
            .is_some_and(|at| at.age_at(now) < EARLY_TRY_PAUSE);
        is_early || just_tried && self.holds_at(now)
    }
}

impl Tokens {
    pub(super) fn new(way: impl SignIn, clock: Arc<dyn Clock>) -> Self {
        Self {
            inner: Arc::new(Inner {
                way: Box::new(way),
                clock,
                state: Mutex::default(),
            }),
        }
    }

    /// The token in force; signs in where there is none, or where it soon ends.
    ///
    /// # Errors
    /// Why the sign-in failed, the same for all who waited for it. A passing failure
    /// does not count while the old token still holds.
    pub(super) async fn get(&self) -> Result<AccessToken, Error> {
        let sign_in = {
            let mut state = self.inner.state();
            let now = self.inner.now();
            if let Some(cached) = state.cached.as_ref().filter(|it| it.is_fresh_at(now)) {
                return Ok(cached.granted.token.clone());
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

    /// Of the token that is held, whether it still holds or not.
    pub(super) fn life(&self) -> Option<TokenLife> {
        let state = self.inner.state();
        let granted = &state.cached.as_ref()?.granted;
        Some(TokenLife {
            asked_at: granted.sent_at,
            life: granted.life,
        })
    }

    /// Whether `token` is the one in force.
    pub(super) fn holds(&self, token: &AccessToken) -> bool {
        let state = self.inner.state();
        (state.cached.as_ref()).is_some_and(|cached| cached.granted.token.is_same(token))
    }

    /// Drops `token`, unless another has replaced it already.
    pub(super) fn invalidate(&self, token: &AccessToken) {
        let mut state = self.inner.state();
        if state
            .cached
            .as_ref()
            .is_some_and(|cached| cached.granted.token.is_same(token))
        {
            state.cached = None;
        }
    }
}

/// Signs in on a separate task, so that it continues when its caller is dropped.
fn sign_in_aside(inner: &Arc<Inner>) -> UnderWay {
    let guard = SignInGuard {
        inner: Arc::clone(inner),
        is_done: false,
    };
    let task = tokio::spawn(async move {
        let result = guard.inner.sign_in().await;
        guard.finish(result)
    });
    async move {
        task.await
            .unwrap_or_else(|_| Err(unexpected("the sign-in ended without an answer")))
    }
    .boxed()
    .shared()
}

/// Ends the sign-in under way, even when it panics.
struct SignInGuard {
    inner: Arc<Inner>,
    is_done: bool,
}

impl SignInGuard {
    fn finish(mut self, result: Result<Granted, Error>) -> Result<AccessToken, Error> {
        self.is_done = true;
        let mut state = self.inner.state();
        let result = result.map(|granted| {
            let granted = match &state.cached {
                Some(before) => granted.or_as_in(&before.granted),
                None => granted,
            };
            let token = granted.token.clone();
            state.cached = Some(Cached {
                granted,
                try_failed_at: None,
            });
            token
        });
        // In one step with the token: nobody comes between and signs in again.
        state.in_flight = None;
        drop(state);
        result
    }
}

impl Drop for SignInGuard {
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
        self.clock.now()
    }

    /// The old token after a failed try to replace it, where it still holds.
    fn keep_what_holds(&self) -> Option<AccessToken> {
        let now = self.now();
        let mut state = self.state();
        let cached = state.cached.as_mut().filter(|it| it.holds_at(now))?;
        cached.try_failed_at = Some(now);
        Some(cached.granted.token.clone())
    }

    async fn sign_in(&self) -> Result<Granted, Error> {
        // With a token that has ended, its refresh token is not worth a try: that one
        // may be why there is no new one yet.
        let refresh_token = {
            let (state, now) = (self.state(), self.now());
            let cached = state.cached.as_ref().filter(|it| it.holds_at(now));
            cached.and_then(|it| it.granted.refresh_token.clone())
        };
        self.way.sign_in(refresh_token.as_ref()).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use async_trait::async_trait;
    use secrecy::SecretString;

    use super::*;
    use crate::clock::SystemClock;

    /// Panics once, and is refused afterwards.
    #[derive(Default)]
    struct Panicking(AtomicBool);

    #[async_trait]
    impl SignIn for Panicking {
        async fn sign_in(&self, _: Option<&SecretString>) -> Result<Granted, Error> {
            assert!(self.0.swap(true, Ordering::Relaxed), "as planned");
            Err(Error::TokenRefused {
                status: 401,
                remedy: crate::Remedy::ApiClient,
            })
        }
    }

    #[tokio::test]
    async fn a_sign_in_that_panicked_does_not_answer_for_ever() {
        let tokens = Tokens::new(Panicking::default(), Arc::new(SystemClock));
        let first = tokens.get().await.unwrap_err();
        assert!(matches!(first, Error::UnexpectedShape { .. }));
        let second = tokens.get().await.unwrap_err();
        assert!(matches!(second, Error::TokenRefused { .. }));
    }
}
