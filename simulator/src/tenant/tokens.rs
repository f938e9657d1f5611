//! Access tokens and how long they hold.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

use crate::day::hash;

/// The tokens issued. They are repeatable, as all of the simulator is: no secret
/// hangs on them.
pub(crate) struct Tokens {
    seed: u64,
    issued: u64,
    valid: HashMap<String, Token>,
}

struct Token {
    client_id: String,
    expires_at: Instant,
}

impl Tokens {
    /// No token yet.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            issued: 0,
            valid: HashMap::new(),
        }
    }

    /// A new token for a client.
    pub(crate) fn issue(&mut self, client_id: &str, holds_for: Duration) -> String {
        let now = Instant::now();
        self.valid.retain(|_, token| token.expires_at > now);
        self.issued += 1;
        let token = format!("simulated-{:016x}", hash(&[self.seed, self.issued]));
        self.valid.insert(
            token.clone(),
            Token {
                client_id: client_id.to_owned(),
                expires_at: now + holds_for,
            },
        );
        token
    }

    /// Whose token this is; `None` when it expired or was never issued.
    pub(crate) fn client_of(&self, token: &str) -> Option<&str> {
        let token = self.valid.get(token)?;
        (token.expires_at > Instant::now()).then_some(token.client_id.as_str())
    }

    /// Forgets all.
    pub(crate) fn revoke_all(&mut self) {
        self.valid.clear();
    }
}
