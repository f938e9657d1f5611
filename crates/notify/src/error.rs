//! What goes wrong, in words without secrets.

use std::time::Duration;

use thiserror::Error;

/// A receiver that cannot be used as it is configured.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("receiver \"{name}\": {what}")]
pub struct ReceiverError {
    pub(crate) name: String,
    pub(crate) what: String,
}

/// A notification that was not delivered. `host` is all that is said of the receiver's address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SendError {
    /// It will be refused again: not retried.
    #[error("{host} refused it: {words}")]
    Refused {
        /// The receiver's host.
        host: String,
        /// Why.
        words: String,
    },
    /// The endpoint asked for no more: it is switched off until the configuration is read again.
    #[error("{host} answered 410 (gone): nothing more is sent to it until a restart or reload")]
    Gone {
        /// The receiver's host.
        host: String,
    },
    /// May work later.
    #[error("{host} failed: {words}")]
    Temporary {
        /// The receiver's host.
        host: String,
        /// Why.
        words: String,
        /// How long the receiver asked to wait.
        retry_after: Option<Duration>,
    },
    /// The address is one that nothing may be sent to.
    #[error("{host} is not connected to: {words}")]
    Forbidden {
        /// The receiver's host.
        host: String,
        /// Which addresses it leads to, and what to do.
        words: String,
    },
}

impl SendError {
    /// Whether another attempt may succeed.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Temporary { .. })
    }
}
