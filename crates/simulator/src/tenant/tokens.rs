//! Access and refresh tokens, and how long they hold.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

use crate::random::hash;

/// The tokens issued. They are repeatable, as all of the simulator is: no secret
/// hangs on them.
pub(crate) struct Tokens {
    seed: u64,
    issued: u64,
    access: HashMap<String, Token>,
    refresh: HashMap<String, Token>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A client, with its secret.
    Client(String),
    /// An API user, with an access key and no client.
    AccessKey(String),
}

impl Holder {
    /// The name by which its requests are counted.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Client(name) | Self::AccessKey(name) => name,
        }
    }
}

struct Token {
    holder: Holder,
    expires_at: Instant,
}

impl Tokens {
    /// No token yet.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            issued: 0,
            access: HashMap::new(),
            refresh: HashMap::new(),
        }
    }

    /// A new access token.
    pub(crate) fn issue(&mut self, holder: Holder, holds_for: Duration) -> String {
        let text = self.next_text("simulated");
        insert(&mut self.access, text.clone(), holder, holds_for);
        text
    }

    /// A new refresh token.
    pub(crate) fn issue_refresh(&mut self, holder: Holder, holds_for: Duration) -> String {
        let text = self.next_text("simulated-refresh");
        insert(&mut self.refresh, text.clone(), holder, holds_for);
        text
    }

    /// By what name the requests with this access token are counted; `None` when it
    /// expired or was never issued.
    pub(crate) fn name_of(&self, token: &str) -> Option<&str> {
        let token = self.access.get(token)?;
        (token.expires_at > Instant::now()).then(|| token.holder.name())
    }

    /// Who holds this refresh token; `None` when it expired, was used, or was never
    /// issued.
    pub(crate) fn refresh_holder(&self, token: &str) -> Option<&Holder> {
        let token = self.refresh.get(token)?;
        (token.expires_at > Instant::now()).then_some(&token.holder)
    }

    /// Uses a refresh token up, and says whether it was still there.
    pub(crate) fn use_up(&mut self, token: &str) -> bool {
        self.refresh.remove(token).is_some()
    }

    /// Forgets the access tokens.
    pub(crate) fn revoke_access(&mut self) {
        self.access.clear();
    }

    /// Forgets the refresh tokens.
    pub(crate) fn revoke_refresh(&mut self) {
        self.refresh.clear();
    }

    fn next_text(&mut self, prefix: &str) -> String {
        self.issued += 1;
        format!("{prefix}-{:016x}", hash(&[self.seed, self.issued]))
    }
}

fn insert(tokens: &mut HashMap<String, Token>, text: String, holder: Holder, holds_for: Duration) {
    let now = Instant::now();
    tokens.retain(|_, token| token.expires_at > now);
    let expires_at = now + holds_for;
    tokens.insert(text, Token { holder, expires_at });
}
