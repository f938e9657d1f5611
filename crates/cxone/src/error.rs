//! Why a read failed, one variant a failure that a caller treats differently.

use std::time::Duration;

use thiserror::Error;

use crate::{Host, Remedy, Setting};

/// A failed read. `Display` says what happened, and never holds a secret, a token or a body.
///
/// What to do about it depends on the program that made the client, which knows how its
/// users set it up: [`Remedy`] and [`Setting`] say what is to be checked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// 400, 401 or 403 from the token endpoint.
    #[error(
        "CXone rejected the credentials (HTTP {status}{})",
        .oauth_error.as_ref().map(|code| format!(", {code}")).unwrap_or_default()
    )]
    CredentialsRejected {
        /// The HTTP status.
        status: u16,
        /// The OAuth 2.0 error code (RFC 6749, 5.2), where it is a well-formed one.
        oauth_error: Option<String>,
        /// What to check.
        remedy: Remedy,
    },
    /// 401 on a read, and again with a new token; or another status with words about it.
    #[error("CXone refused a token that it had issued (HTTP {status})")]
    TokenRefused {
        /// The HTTP status.
        status: u16,
        /// What to check.
        remedy: Remedy,
    },
    /// 403: a permission is missing.
    #[error("CXone does not let us read {} (HTTP 403)", forbidden(*.remedy))]
    Forbidden {
        /// Which permission.
        remedy: Remedy,
    },
    /// Signed in, and there is no queue to read: CXone shows none, or all are left out.
    #[error("signed in, but there is no queue to show")]
    NothingVisible {
        /// What to check.
        remedy: Remedy,
    },
    /// CXone's discovery names an address to which no secret may be sent.
    #[error(
        "CXone's discovery names {host} as its {role}, which is {reason}: nothing was sent there"
    )]
    HostRefused {
        /// The host named.
        host: String,
        /// What it would have been: `token endpoint`, `API`.
        role: &'static str,
        /// Why not, in a few words.
        reason: &'static str,
        /// The domains that are allowed.
        allowed: String,
    },
    /// 404 for a read of these ids.
    #[error("CXone does not know {}", name_ids(.ids))]
    QueueNotFound {
        /// The ids that were asked for; at least one is unknown.
        ids: Vec<String>,
    },
    /// 404 where no id could be at fault.
    #[error("CXone has no {path} at {host} (HTTP 404)")]
    EndpointNotFound {
        /// The path asked for.
        path: String,
        /// The host asked.
        host: Host,
    },
    /// 400 or 404 where the tenant's hosts were asked for.
    #[error("CXone's discovery at {host} does not know the tenant (HTTP {status})")]
    TenantNotFound {
        /// The HTTP status.
        status: u16,
        /// The host asked.
        host: Host,
    },
    /// 400 on a read.
    #[error("CXone rejects the request as invalid (HTTP {status})")]
    BadRequest {
        /// The HTTP status.
        status: u16,
        /// What to check.
        remedy: Remedy,
    },
    /// More ids than one read takes: a mistake of the caller, and nothing was sent.
    #[error("{given} queues were asked for in one request, of which {limit} are allowed")]
    TooManyIds {
        /// How many there were.
        given: usize,
        /// How many one read takes.
        limit: usize,
    },
    /// 429.
    #[error("CXone's rate limit is reached (HTTP 429{})", retry_words(.retry_after))]
    RateLimited {
        /// The wait that CXone asked for, at most 15 minutes.
        retry_after: Option<Duration>,
    },
    /// 5xx.
    #[error("CXone is in trouble (HTTP {status}{})", retry_words(.retry_after))]
    ServerError {
        /// The HTTP status.
        status: u16,
        /// The wait that CXone asked for, at most 15 minutes.
        retry_after: Option<Duration>,
    },
    /// 3xx: never followed, since a token must not travel to another address.
    #[error("{host} redirects (HTTP {status}), which is not followed")]
    Redirected {
        /// The HTTP status.
        status: u16,
        /// The host that redirected.
        host: Host,
    },
    /// Any other status.
    #[error("CXone answered with the unexpected status HTTP {status}")]
    UnexpectedStatus {
        /// The HTTP status.
        status: u16,
    },
    /// The host name did not resolve.
    #[error("the name {name} cannot be resolved")]
    Dns {
        /// The name, which with a proxy is the proxy's.
        name: String,
        /// The setting that led to it.
        setting: Setting,
    },
    /// The TLS handshake failed.
    #[error("no trusted TLS connection to {host} ({detail})")]
    Tls {
        /// The host.
        host: Host,
        /// The TLS library's words.
        detail: String,
    },
    /// No connection: refused, unreachable, or the proxy refused.
    #[error("no connection to {host} ({detail})")]
    Connect {
        /// The host.
        host: Host,
        /// The system's words.
        detail: String,
    },
    /// The proxy made no connection.
    #[error("the proxy {proxy} makes no connection to {host} (HTTP {status})")]
    ProxyRefused {
        /// The host.
        host: Host,
        /// The proxy's host and port.
        proxy: String,
        /// The [label](crate::Proxy::label) of the proxy.
        label: &'static str,
        /// What the proxy answered.
        status: u16,
    },
    /// No whole answer in time.
    #[error("{host} gave no answer within {} s", .after.as_secs_f64())]
    TimedOut {
        /// The host.
        host: Host,
        /// The time allowed.
        after: Duration,
    },
    /// The connection broke inside the answer.
    #[error("the answer of {host} broke off")]
    Truncated {
        /// The host.
        host: Host,
    },
    /// The body is larger than allowed.
    #[error("the answer of {host} is larger than {limit_bytes} bytes, and was not read")]
    TooLarge {
        /// The host.
        host: Host,
        /// The most that is read.
        limit_bytes: usize,
    },
    /// Something that is not JSON, an HTML page for one.
    #[error("{host} answered {content} instead of JSON")]
    NotJson {
        /// The host.
        host: Host,
        /// What came, in words: `an HTML page`, `an empty body`, `text/plain`.
        content: String,
    },
    /// JSON that cannot be read, and not for one field alone.
    #[error(
        "the JSON of {host} {} at byte {byte}{}",
        if *.ends_early { "ends too early," } else { "is malformed" },
        path_words(.path)
    )]
    MalformedJson {
        /// The host.
        host: Host,
        /// Whether it breaks off.
        ends_early: bool,
        /// How many bytes of the text can be read.
        byte: usize,
        /// The fields that lead there, as in `queues[3].name`.
        path: String,
    },
    /// Nothing may be sent, since the ledger of the request budget, which others share, fails.
    #[error("{ledger} cannot be used ({why}), so nothing is sent to CXone")]
    LedgerLost {
        /// What log lines call the ledger.
        ledger: String,
        /// Why it fails.
        why: String,
    },
    /// JSON of another shape than the contract's.
    #[error("CXone's answer has another shape than expected ({detail})")]
    UnexpectedShape {
        /// Where and what, without values.
        detail: String,
    },
}

impl Error {
    /// The wait that CXone asked for, if it did.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::ServerError { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }

    /// Whether a repeat may help without anybody doing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. }
                | Self::ServerError { .. }
                | Self::Dns { .. }
                | Self::Tls { .. }
                | Self::Connect { .. }
                | Self::ProxyRefused { .. }
                | Self::TimedOut { .. }
                | Self::Truncated { .. }
                | Self::NotJson { .. }
                | Self::MalformedJson { .. }
                | Self::LedgerLost { .. }
        )
    }

    /// Whether no whole answer came: another machine may get one.
    #[must_use]
    pub fn is_about_the_connection(&self) -> bool {
        matches!(
            self,
            Self::Dns { .. }
                | Self::Tls { .. }
                | Self::Connect { .. }
                | Self::ProxyRefused { .. }
                | Self::TimedOut { .. }
                | Self::Truncated { .. }
        )
    }

    /// Whether a token does not name its tenant, which then has to be set:
    /// [`RealtimeSettings::tenant_id`](crate::RealtimeSettings::tenant_id).
    #[must_use]
    pub fn is_without_tenant(&self) -> bool {
        matches!(self, Self::UnexpectedShape { detail } if detail == NO_TENANT)
    }
}

/// The detail where a token does not name its tenant.
pub(crate) const NO_TENANT: &str = "no tenantId in the token";

fn forbidden(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::ReportPermission => "reports",
        _ => "queues",
    }
}

fn retry_words(retry_after: &Option<Duration>) -> String {
    retry_after
        .map(|wait| format!(", try again in {} s", wait.as_secs()))
        .unwrap_or_default()
}

fn path_words(path: &str) -> String {
    match path {
        "" => String::new(),
        path => format!(", in {path}"),
    }
}

fn name_ids(ids: &[String]) -> String {
    match ids {
        [id] => format!("the queue {id}"),
        [first, ..] => format!("one or more of {} queues (the first is {first})", ids.len()),
        [] => "the queue".to_owned(),
    }
}
