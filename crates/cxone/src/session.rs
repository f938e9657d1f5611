//! Requests with a token: one new sign-in after a 401.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::{RequestBuilder, StatusCode, header::AUTHORIZATION};
use serde_json::Value;

use super::{
    answer::Answer,
    sign_in::{AccessToken, SignIn},
    token::Tokens,
    transport::Transport,
};
use crate::{
    CallKind, Error, Remedy, Setting, TokenLife,
    clock::{Clock, Moment},
};

/// How often a token is replaced that CXone no longer accepts without saying so by a 401.
const RENEWAL_PAUSE: Duration = Duration::from_secs(3_600);

/// How much of a refusal is looked into.
const LONGEST_REFUSAL: usize = 64 * 1024;

/// A success with a longer body is sooner the numbers than an error.
const LONGEST_ERROR: usize = 1024;

/// How refusals speak of a token that does not hold, without blanks and punctuation.
const TOKEN_WORDS: [&str; 14] = [
    "invalidtoken",
    "invalidaccesstoken",
    "invalidbearertoken",
    "invalidjwt",
    "tokeninvalid",
    "tokenisinvalid",
    "tokenisnotvalid",
    "tokennotvalid",
    "expiredtoken",
    "tokenexpired",
    "tokenisexpired",
    "tokenhasexpired",
    "tokenrevoked",
    "jwtexpired",
];

/// The token and what it opens.
pub(super) struct Session {
    transport: Arc<Transport>,
    tokens: Tokens,
    clock: Arc<dyn Clock>,
    /// When a token was last replaced for another refusal than a 401.
    renewed_at: Mutex<Option<Moment>>,
    /// Whether CXone answered a read since the start.
    has_read: AtomicBool,
    /// What to check where CXone refuses a token that it has just issued.
    refused: Remedy,
    /// The same, and for a refused sign-in, where reads were answered before: the settings
    /// were right, and are read once.
    changed: Remedy,
}

impl Session {
    /// Nobody is signed in yet.
    pub(super) fn new(
        transport: Arc<Transport>,
        way: impl SignIn,
        clock: Arc<dyn Clock>,
        [refused, changed]: [Remedy; 2],
    ) -> Self {
        Self {
            transport,
            tokens: Tokens::new(way, Arc::clone(&clock)),
            clock,
            renewed_at: Mutex::default(),
            has_read: AtomicBool::new(false),
            refused,
            changed,
        }
    }

    /// Makes requests for [`send`](Self::send).
    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Signs in where nobody is.
    pub(super) async fn token(&self) -> Result<AccessToken, Error> {
        let token = self.tokens.get().await;
        token.map_err(|error| self.by_what_is_known(error))
    }

    /// How old the token in force is; nobody is signed in for it.
    pub(super) fn token_life(&self) -> Option<TokenLife> {
        self.tokens.life()
    }

    /// Sends a request with the token; once more with a new one after a 401, and after a
    /// refusal that may come of the token too, where that one was accepted before.
    pub(super) async fn send(
        &self,
        kind: CallKind,
        setting: Setting,
        request: impl Fn() -> RequestBuilder + Send,
    ) -> Result<Answer, Error> {
        let send = async |token: &AccessToken| {
            let request = request().header(AUTHORIZATION, token.header());
            let answer = self.transport.send(kind, setting, request).await?;
            if answer.status.is_success() && !is_about_the_token(&answer) {
                token.note_accepted();
                self.has_read.store(true, Ordering::Relaxed);
            }
            Ok(answer)
        };
        let token = self.token().await?;
        let answer = send(&token).await?;
        let may_help = match answer.status {
            StatusCode::UNAUTHORIZED => true,
            // That of a report says nothing of the token: the numbers are read with it.
            StatusCode::FORBIDDEN if !kind.is_report() => self.may_renew(&token),
            _ if is_about_the_token(&answer) => self.may_renew(&token),
            _ => return Ok(answer),
        };
        if !may_help {
            return self.judge(answer);
        }
        self.tokens.invalidate(&token);
        let answer = send(&self.token().await?).await?;
        // The new token stays: the next read tries it before it asks for another.
        self.judge(answer)
    }

    /// An answer that is not about the token, or what it says of the token.
    fn judge(&self, answer: Answer) -> Result<Answer, Error> {
        if answer.status == StatusCode::UNAUTHORIZED || is_about_the_token(&answer) {
            return Err(self.by_what_is_known(Error::TokenRefused {
                status: answer.status.as_u16(),
                remedy: self.refused,
            }));
        }
        Ok(answer)
    }

    /// A refusal with the advice that fits what happened before.
    fn by_what_is_known(&self, mut error: Error) -> Error {
        if let Error::TokenRefused { remedy, .. } | Error::CredentialsRejected { remedy, .. } =
            &mut error
            && self.has_read.load(Ordering::Relaxed)
        {
            *remedy = self.changed;
        }
        error
    }

    /// Whether a new token may help after a refusal that is no 401: where the refused one
    /// was accepted before, or was replaced since. A permission that is missing is not to
    /// cost a sign-in a read.
    fn may_renew(&self, token: &AccessToken) -> bool {
        if !self.tokens.holds(token) {
            return true;
        }
        let now = self.clock.now();
        let mut renewed_at = (self.renewed_at.lock()).unwrap_or_else(PoisonError::into_inner);
        let is_early = renewed_at.is_some_and(|at| at.age_at(now) < RENEWAL_PAUSE);
        if is_early || !token.was_accepted() {
            return false;
        }
        *renewed_at = Some(now);
        true
    }
}

/// Whether a 400 or 403 says that the token does not hold: in `WWW-Authenticate` (RFC 6750,
/// 3), or in its body, whatever its form; or a success whose body is nothing but that error.
fn is_about_the_token(answer: &Answer) -> bool {
    if answer.status.is_success() && answer.body.len() <= LONGEST_ERROR {
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let error = body.as_ref().and_then(|body| body.get("error")?.as_str());
        return error.is_some_and(|error| has_token_words(error.as_bytes()));
    }
    if !matches!(
        answer.status,
        StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN
    ) {
        return false;
    }
    let body = &answer.body[..answer.body.len().min(LONGEST_REFUSAL)];
    has_token_words(answer.challenge.as_bytes()) || has_token_words(body)
}

fn has_token_words(text: &[u8]) -> bool {
    let letters = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let letters = letters.map(|byte| char::from(byte.to_ascii_lowercase()));
    let text: String = letters.collect();
    TOKEN_WORDS.iter().any(|words| text.contains(words))
}
