//! Exit codes, and the failures that lead to them.

use std::{fmt::Display, io};

use crate::{
    config::ConfigError,
    logging::{self, LogError},
    remedy::explain,
    system_error::{Attempt, remedy},
};

/// How a command ended; scripts see the code. `queuewall health` ends with 0 or 1 alone,
/// since container engines know no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: any failure without its own code.
    Other,
    /// 2: wrong usage or configuration, or a state folder that somebody has to put right;
    /// clap's code too.
    Usage,
    /// 3: CXone rejects the credentials.
    Credentials,
    /// 4: the API client, or the access key's user, may not read queues.
    Permission,
    /// 5: a queue was not found, or not answered, or there is none to see.
    NotFound,
    /// 6: CXone's rate limit is reached.
    RateLimit,
    /// 7: CXone was not reached.
    Network,
}

impl Exit {
    /// Every way to end.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::Other,
        Self::Usage,
        Self::Credentials,
        Self::Permission,
        Self::NotFound,
        Self::RateLimit,
        Self::Network,
    ];

    /// The process's exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Other => 1,
            Self::Usage => 2,
            Self::Credentials => 3,
            Self::Permission => 4,
            Self::NotFound => 5,
            Self::RateLimit => 6,
            Self::Network => 7,
        }
    }

    /// This, unless something failed before.
    #[must_use]
    pub(super) fn or_earlier(self, earlier: Self) -> Self {
        if earlier == Self::Done { self } else { earlier }
    }
}

impl From<&cxone::Error> for Exit {
    fn from(error: &cxone::Error) -> Self {
        match error {
            cxone::Error::CredentialsRejected { .. }
            | cxone::Error::TokenRefused { .. }
            | cxone::Error::TenantNotFound { .. } => Self::Credentials,
            cxone::Error::Forbidden { .. } => Self::Permission,
            cxone::Error::QueueNotFound { .. } | cxone::Error::NothingVisible { .. } => {
                Self::NotFound
            }
            cxone::Error::RateLimited { .. } => Self::RateLimit,
            cxone::Error::Dns { .. }
            | cxone::Error::Tls { .. }
            | cxone::Error::Connect { .. }
            | cxone::Error::ProxyRefused { .. }
            | cxone::Error::TimedOut { .. }
            | cxone::Error::Truncated { .. } => Self::Network,
            // No remedy that a script could choose by.
            _ => Self::Other,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command gave up.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// The code to end with.
    pub exit: Exit,
    /// Cause and remedy; `None` where nobody is left to read it.
    pub message: Option<String>,
}

impl Failure {
    /// A failure with cause and remedy.
    #[must_use]
    pub fn new(exit: Exit, message: impl Display) -> Self {
        Self {
            exit,
            message: Some(message.to_string()),
        }
    }

    /// Says it on stderr, and how the process ends.
    #[must_use]
    pub fn tell(self) -> Exit {
        if let Some(message) = self.message {
            logging::say_end(&message);
        }
        self.exit
    }
}

impl From<cxone::Error> for Failure {
    fn from(error: cxone::Error) -> Self {
        Self::new(Exit::from(&error), explain(&error))
    }
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        let exit = match error {
            LogError::Setting(_) => Exit::Usage,
            LogError::Taken(_) => Exit::Other,
        };
        Self::new(exit, error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

/// Only what a command writes fails with these.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // `queuewall stats | head`: the reader has what it wanted.
            io::ErrorKind::BrokenPipe => Self {
                exit: Exit::Other,
                message: None,
            },
            _ => Self::new(
                Exit::Other,
                format_args!(
                    "the answer cannot be written to stdout ({error}): {}",
                    remedy(Attempt::Write, &error)
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn exit_codes_are_distinct() {
        let codes: BTreeSet<_> = Exit::ALL.map(Exit::code).into();
        assert_eq!(codes.len(), Exit::ALL.len());
    }

    #[test]
    fn the_first_failure_counts() {
        assert_eq!(Exit::NotFound.or_earlier(Exit::Done), Exit::NotFound);
        assert_eq!(Exit::NotFound.or_earlier(Exit::Network), Exit::Network);
        assert_eq!(Exit::Done.or_earlier(Exit::Network), Exit::Network);
    }
}
