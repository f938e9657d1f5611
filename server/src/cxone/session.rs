//! Requests of somebody who is signed in.

use std::sync::Arc;

use reqwest::{RequestBuilder, StatusCode, header::AUTHORIZATION};

use super::{
    sign_in::{AccessToken, SignIn},
    token::Tokens,
    transport::{Answer, Transport},
};
use crate::{
    clock::Clock,
    metrics::CallKind,
    source::{SourceError, TokenLife},
};

/// The token and what it opens.
pub(super) struct Session {
    transport: Arc<Transport>,
    tokens: Tokens,
    /// What to check where CXone refuses a token that it has just issued.
    refused_remedy: &'static str,
}

impl Session {
    /// Nobody is signed in yet.
    pub(super) fn new(
        transport: Arc<Transport>,
        way: impl SignIn,
        clock: Arc<dyn Clock>,
        refused_remedy: &'static str,
    ) -> Self {
        Self {
            transport,
            tokens: Tokens::new(way, clock),
            refused_remedy,
        }
    }

    /// Makes requests for [`send`](Self::send).
    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Signs in where nobody is.
    pub(super) async fn token(&self) -> Result<AccessToken, SourceError> {
        self.tokens.get().await
    }

    /// How old the token in force is; nobody is signed in for it.
    pub(super) fn token_life(&self) -> Option<TokenLife> {
        self.tokens.life()
    }

    /// Sends a request with the token; after a 401 once more with a new one.
    pub(super) async fn send(
        &self,
        kind: CallKind,
        setting: &'static str,
        request: impl Fn() -> RequestBuilder + Send,
    ) -> Result<Answer, SourceError> {
        let send = async |token: &AccessToken| {
            let request = request().header(AUTHORIZATION, token.header());
            self.transport.send(kind, setting, request).await
        };
        let token = self.tokens.get().await?;
        let answer = send(&token).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        self.tokens.invalidate(&token);
        let answer = send(&self.tokens.get().await?).await?;
        match answer.status {
            // The new token stays: the next read tries it before it asks for another.
            StatusCode::UNAUTHORIZED => Err(SourceError::TokenRefused {
                remedy: self.refused_remedy,
            }),
            _ => Ok(answer),
        }
    }
}
