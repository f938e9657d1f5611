//! What a wall may know of a failed read.

use cxone::Error;
use queuewall_shared::cause::Cause;

/// The failure as the wall names it: no host, no status, no internals.
#[must_use]
pub(crate) fn wall_cause(error: &Error) -> Cause {
    match error {
        Error::CredentialsRejected { .. }
        | Error::TokenRefused { .. }
        | Error::TenantNotFound { .. } => Cause::SignInRejected,
        Error::Forbidden { .. } => Cause::Forbidden,
        Error::NothingVisible { .. } => Cause::NothingVisible,
        Error::QueueNotFound { .. } => Cause::NotFound,
        Error::RateLimited { .. } => Cause::RateLimited,
        Error::ServerError { .. } => Cause::UpstreamTrouble,
        Error::Dns { .. }
        | Error::Tls { .. }
        | Error::Connect { .. }
        | Error::ProxyRefused { .. }
        | Error::Truncated { .. } => Cause::NoConnection,
        Error::TimedOut { .. } => Cause::TimedOut,
        Error::LedgerLost { .. } => Cause::NoDatabase,
        Error::EndpointNotFound { .. }
        | Error::BadRequest { .. }
        | Error::HostRefused { .. }
        | Error::TooManyIds { .. }
        | Error::Redirected { .. }
        | Error::UnexpectedStatus { .. }
        | Error::TooLarge { .. }
        | Error::NotJson { .. }
        | Error::MalformedJson { .. }
        | Error::UnexpectedShape { .. } => Cause::Unreadable,
    }
}
