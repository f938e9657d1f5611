//! Why a read failed, one variant a failure that somebody would treat differently.

use std::time::Duration;

use thiserror::Error;

use super::Host;

/// A failed read. It never holds a secret, a token or a body.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// 400, 401 or 403 from the token endpoint.
    #[error(
        "CXone rejected the credentials (HTTP {status}{}): {remedy}",
        .oauth_error.as_ref().map(|code| format!(", {code}")).unwrap_or_default()
    )]
    CredentialsRejected {
        /// The HTTP status.
        status: u16,
        /// The OAuth 2.0 error code (RFC 6749, 5.2), where it is a well-formed one.
        oauth_error: Option<String>,
        /// What to check.
        remedy: &'static str,
    },
    /// 401 on a read, and again with a new token; or another status with words about it.
    #[error("CXone refused a token that it had issued (HTTP {status}): {remedy}")]
    TokenRefused {
        /// The HTTP status.
        status: u16,
        /// What to check.
        remedy: &'static str,
    },
    /// 403: a permission is missing.
    #[error("CXone does not let us read queues (HTTP 403): {remedy}")]
    Forbidden {
        /// Which permission, and where it is granted.
        remedy: &'static str,
    },
    /// Signed in, and not one queue for the wall: CXone shows none, or all are left out.
    #[error("signed in, but there is no queue to show: {remedy}")]
    NothingVisible {
        /// What to check.
        remedy: &'static str,
    },
    /// CXone's discovery names an address to which no secret may be sent.
    #[error(
        "CXone's discovery names {host} as its {role}, which is {reason}: nothing was sent there; check \
         CXONE_ISSUER, and CXONE_ALLOWED_DOMAINS ({allowed}) if that host is right"
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
    #[error(
        "CXone does not know {}: compare with `queuewall queues`, which lists what this tenant shows",
        name_ids(.ids)
    )]
    QueueNotFound {
        /// The ids that were asked for; at least one is unknown.
        ids: Vec<String>,
    },
    /// 404 where no id could be at fault.
    #[error("CXone has no {path} at {host} (HTTP 404): check {}", .host.setting)]
    EndpointNotFound {
        /// The path asked for.
        path: String,
        /// The host asked.
        host: Host,
    },
    /// 400 or 404 where the tenant's hosts were asked for.
    #[error(
        "CXone's discovery at {host} does not know the tenant (HTTP {status}): check CXONE_TENANT_ID, or leave \
         it out, and {}",
        .host.setting
    )]
    TenantNotFound {
        /// The HTTP status.
        status: u16,
        /// The host asked.
        host: Host,
    },
    /// 400 on a read.
    #[error("CXone rejects the request as invalid (HTTP {status}): {remedy}")]
    BadRequest {
        /// The HTTP status.
        status: u16,
        /// What to check.
        remedy: &'static str,
    },
    /// More ids than one read takes: a mistake in Queuewall, and nothing was sent.
    #[error(
        "Queuewall asked for {given} queues in one request, of which {limit} are allowed: report it"
    )]
    TooManyIds {
        /// How many there were.
        given: usize,
        /// How many one read takes.
        limit: usize,
    },
    /// 429.
    #[error(
        "CXone's rate limit is reached (HTTP 429{}): see what else uses these credentials, or raise \
         QUEUEWALL_POLL_SECONDS and lower QUEUEWALL_BUDGET_PER_MINUTE",
        retry_words(.retry_after)
    )]
    RateLimited {
        /// The wait that CXone asked for, already capped.
        retry_after: Option<Duration>,
    },
    /// 5xx.
    #[error(
        "CXone is in trouble (HTTP {status}{}): a running server goes on trying; run a command again once CXone has \
         recovered",
        retry_words(.retry_after)
    )]
    ServerError {
        /// The HTTP status.
        status: u16,
        /// The wait that CXone asked for, already capped.
        retry_after: Option<Duration>,
    },
    /// 3xx: never followed, since a token must not travel to another address.
    #[error(
        "{host} redirects (HTTP {status}), which Queuewall does not follow: check {}, and whether a proxy sends to \
         its log-in page",
        .host.setting
    )]
    Redirected {
        /// The HTTP status.
        status: u16,
        /// The host that redirected.
        host: Host,
    },
    /// Any other status.
    #[error(
        "CXone answered with the unexpected status HTTP {status}: see whether a proxy answers in its place; if it \
         stays, report it with Queuewall's version"
    )]
    UnexpectedStatus {
        /// The HTTP status.
        status: u16,
    },
    /// The host name did not resolve.
    #[error(
        "the name {name} cannot be resolved: check {setting}, HTTPS_PROXY, and this machine's DNS"
    )]
    Dns {
        /// The name, which with a proxy is the proxy's.
        name: String,
        /// The setting that led to it.
        setting: &'static str,
    },
    /// The TLS handshake failed.
    #[error(
        "no trusted TLS connection to {host} ({detail}): {}",
        tls_remedy(.detail, .host.setting)
    )]
    Tls {
        /// The host name.
        host: Host,
        /// The TLS library's words.
        detail: String,
    },
    /// No connection: refused, unreachable, or the proxy said no.
    #[error(
        "no connection to {host} ({detail}): check {}, the firewall, and HTTPS_PROXY / NO_PROXY",
        .host.setting
    )]
    Connect {
        /// The host name.
        host: Host,
        /// The system's words.
        detail: String,
    },
    /// The proxy made no connection.
    #[error(
        "the proxy {proxy} makes no connection to {host} (HTTP {status}): {}",
        proxy_remedy(*.status, .setting)
    )]
    ProxyRefused {
        /// The host name.
        host: Host,
        /// The proxy's host and port.
        proxy: String,
        /// The variable that names the proxy.
        setting: &'static str,
        /// What the proxy answered.
        status: u16,
    },
    /// No whole answer in time.
    #[error(
        "{host} gave no answer within {} s: check the network, the firewall, HTTPS_PROXY, and CXone's status page{}",
        .after.as_secs_f64(), time_out_hint(*.after)
    )]
    TimedOut {
        /// The host name.
        host: Host,
        /// The time allowed.
        after: Duration,
    },
    /// The connection broke inside the answer.
    #[error("the answer of {host} broke off: check the network, or a proxy that cuts connections")]
    Truncated {
        /// The host name.
        host: Host,
    },
    /// The body is larger than allowed.
    #[error(
        "the answer of {host} is larger than {limit_bytes} bytes, and was not read: check {}",
        .host.setting
    )]
    TooLarge {
        /// The host name.
        host: Host,
        /// The most that is read.
        limit_bytes: usize,
    },
    /// Something that is not JSON, an HTML page for one.
    #[error(
        "{host} answered {content} instead of JSON: check {}{}",
        .host.setting,
        not_json_hint(.content)
    )]
    NotJson {
        /// The host name.
        host: Host,
        /// What came, in words: `an HTML page`, `an empty body`, `text/plain`.
        content: String,
    },
    /// JSON that cannot be read, and not for one field alone.
    #[error(
        "the JSON of {host} {} at byte {byte}{}: {}if it stays, report it to CXone's support with this line",
        if *.ends_early { "ends too early," } else { "is malformed" },
        path_words(.path),
        if *.ends_early { "see whether a proxy cuts answers; " } else { "" }
    )]
    MalformedJson {
        /// The host name.
        host: Host,
        /// Whether it breaks off.
        ends_early: bool,
        /// How many bytes of the text can be read.
        byte: usize,
        /// The fields that lead there, as in `queues[3].name`.
        path: String,
    },
    /// JSON of another shape than the contract's.
    #[error(
        "CXone's answer has another shape than expected ({detail}): {}",
        shape_remedy(.detail)
    )]
    UnexpectedShape {
        /// Where and what, without values.
        detail: String,
    },
}

impl Error {
    /// The wait that the upstream asked for, if it did.
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
        )
    }
}

fn retry_words(retry_after: &Option<Duration>) -> String {
    retry_after
        .map(|wait| format!(", try again in {} s", wait.as_secs()))
        .unwrap_or_default()
}

fn not_json_hint(content: &str) -> &'static str {
    match content {
        content if content.starts_with("an HTML page") => {
            "; a proxy's, firewall's or log-in page may stand in between"
        }
        content if content.ends_with("(HTTP 403)") => {
            "; a firewall or proxy may refuse this machine: ask who runs it; if none does, check the credentials"
        }
        content if content.contains("compressed") || content.contains("damaged") => {
            "; a proxy may stand in between that compresses bodies unasked"
        }
        _ => "",
    }
}

/// What to check, by the TLS library's words.
fn tls_remedy(detail: &str, setting: &str) -> String {
    let says = |words: &[&str]| words.iter().any(|word| detail.contains(word));
    if says(&["CaUsedAsEndEntity"]) {
        "it shows a CA's own certificate, which no setting makes good: give that server one that its CA issued"
            .to_owned()
    } else if says(&["not valid for name", "NotValidForName"]) {
        format!("its certificate is for another name: check {setting}")
    } else if says(&["expired", "not valid yet"]) {
        "check this machine's clock; if it is right, that certificate has to be renewed".to_owned()
    } else if says(&[
        "HandshakeFailure",
        "ProtocolVersion",
        "peer is incompatible",
    ]) {
        "it speaks no TLS that is safe: TLS 1.3, or 1.2 with ECDHE, is needed; a company proxy in between has to \
         be updated"
            .to_owned()
    } else if says(&["corrupt message"]) {
        format!(
            "it does not speak TLS: check {setting}, and HTTPS_PROXY, which begins with http:// for most proxies"
        )
    } else {
        "behind a company proxy set CXONE_CA_FILE to its CA certificate; else check the machine's clock".to_owned()
    }
}

/// The detail where a token does not name its tenant.
pub(crate) const NO_TENANT: &str = "no tenantId in the token";

fn shape_remedy(detail: &str) -> &'static str {
    match detail {
        NO_TENANT => "set CXONE_TENANT_ID",
        _ => "report it with Queuewall's version",
    }
}

/// The time limits of a connection and of a request where the interval leaves room for them.
const USUAL_LIMITS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(10)];

fn time_out_hint(after: Duration) -> &'static str {
    if after >= USUAL_LIMITS[1] || after == USUAL_LIMITS[0] {
        ""
    } else {
        "; it has more time where QUEUEWALL_POLL_SECONDS is 11 or more"
    }
}

fn path_words(path: &str) -> String {
    match path {
        "" => String::new(),
        path => format!(", in {path}"),
    }
}

fn proxy_remedy(status: u16, setting: &str) -> String {
    match status {
        407 => format!("check user name and password in {setting}"),
        400..=499 => format!(
            "ask the proxy's administrator to allow CONNECT to this host, or check {setting} and NO_PROXY"
        ),
        500..=599 => "the proxy does not reach the host: ask the proxy's administrator".to_owned(),
        _ => format!("check {setting}: it may name something that is no proxy"),
    }
}

fn name_ids(ids: &[String]) -> String {
    match ids {
        [id] => format!("the queue {id}"),
        [first, ..] => format!("one or more of {} queues (the first is {first})", ids.len()),
        [] => "the queue".to_owned(),
    }
}
