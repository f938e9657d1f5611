//! Why a read failed, one variant a failure that somebody would treat differently.

use std::time::Duration;

use queuewall_shared::cause::Cause;
use thiserror::Error;

use super::Host;

/// A failed read. `Display` says what happened and what to do, for logs and the
/// command line; [`SourceError::wall_cause`] is the short form for the wall.
/// Neither ever holds a secret, a token or a body.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceError {
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

impl SourceError {
    /// What of it the wall may know: no host, no status, no internals.
    #[must_use]
    pub fn wall_cause(&self) -> Cause {
        match self {
            Self::CredentialsRejected { .. }
            | Self::TokenRefused { .. }
            | Self::TenantNotFound { .. } => Cause::SignInRejected,
            Self::Forbidden { .. } => Cause::Forbidden,
            Self::NothingVisible { .. } => Cause::NothingVisible,
            Self::QueueNotFound { .. } => Cause::NotFound,
            Self::RateLimited { .. } => Cause::RateLimited,
            Self::ServerError { .. } => Cause::UpstreamTrouble,
            Self::Dns { .. }
            | Self::Tls { .. }
            | Self::Connect { .. }
            | Self::ProxyRefused { .. }
            | Self::Truncated { .. } => Cause::NoConnection,
            Self::TimedOut { .. } => Cause::TimedOut,
            Self::EndpointNotFound { .. }
            | Self::BadRequest { .. }
            | Self::HostRefused { .. }
            | Self::TooManyIds { .. }
            | Self::Redirected { .. }
            | Self::UnexpectedStatus { .. }
            | Self::TooLarge { .. }
            | Self::NotJson { .. }
            | Self::MalformedJson { .. }
            | Self::UnexpectedShape { .. } => Cause::Unreadable,
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Exit;

    const GUIDE: &str = include_str!("../../../docs/cxone.md");

    /// The errors given; it does not compile while a variant is missing.
    macro_rules! one_of_each {
        ($($variant:ident $fields:tt),+ $(,)?) => {{
            fn are_all(error: &SourceError) {
                match error {
                    $(SourceError::$variant { .. })|+ => {}
                }
            }
            let errors = [$(SourceError::$variant $fields),+];
            errors.iter().for_each(are_all);
            errors
        }};
    }

    /// With … for every number.
    fn plain(text: &str) -> String {
        let mut plain = String::new();
        for letter in text.chars() {
            let letter = if letter.is_ascii_digit() {
                '…'
            } else {
                letter
            };
            if letter != '…' || !plain.ends_with('…') {
                plain.push(letter);
            }
        }
        plain
    }

    #[test]
    fn the_guide_for_administrators_has_every_error_with_its_exit_code() {
        let host = || Host {
            name: "…".to_owned(),
            setting: "…",
        };
        let text = || "…".to_owned();
        let wait = Some(Duration::from_secs(7));
        let errors = one_of_each! {
            CredentialsRejected { status: 401, oauth_error: Some(text()), remedy: "…" },
            TokenRefused { status: 401, remedy: "…" },
            Forbidden { remedy: "…" },
            NothingVisible { remedy: "…" },
            HostRefused { host: text(), role: "…", reason: "…", allowed: text() },
            QueueNotFound { ids: vec![text()] },
            EndpointNotFound { path: text(), host: host() },
            TenantNotFound { status: 404, host: host() },
            BadRequest { status: 400, remedy: "…" },
            TooManyIds { given: 101, limit: 100 },
            RateLimited { retry_after: wait },
            ServerError { status: 503, retry_after: wait },
            Redirected { status: 302, host: host() },
            UnexpectedStatus { status: 418 },
            Dns { name: text(), setting: "…" },
            Tls { host: host(), detail: text() },
            Connect { host: host(), detail: text() },
            ProxyRefused { host: host(), proxy: text(), setting: "…", status: 407 },
            TimedOut { host: host(), after: Duration::from_secs(10) },
            Truncated { host: host() },
            TooLarge { host: host(), limit_bytes: 8_388_608 },
            NotJson { host: host(), content: text() },
            MalformedJson { host: host(), ends_early: false, byte: 7, path: text() },
            UnexpectedShape { detail: text() },
        };
        for error in errors {
            let message = error.to_string();
            let message = message.split(": ").next().unwrap_or_default();
            let row = format!("| `{}` |", plain(message));
            let found = GUIDE.lines().find(|line| plain(line).starts_with(&row));
            let found = found.unwrap_or_else(|| panic!("docs/cxone.md has no row {row}"));
            let code = Exit::from(&error).code();
            assert!(found.ends_with(&format!(" | {code} |")), "{code}: {found}");
        }
    }

    #[test]
    fn remedy_is_that_of_what_failed() {
        let host = || Host {
            name: "a".to_owned(),
            setting: "CXONE_BASE_URL",
        };
        let timed_out = |seconds: f64| {
            let (host, after) = (host(), Duration::from_secs_f64(seconds));
            SourceError::TimedOut { host, after }.to_string()
        };
        // Less time than usual is the short interval's doing, not the network's alone.
        for (seconds, is_short) in [
            (10.0, false),
            (5.0, false),
            (4.0, true),
            (2.5, true),
            (9.0, true),
        ] {
            let words = timed_out(seconds);
            assert!(words.contains(&format!("within {seconds} s: ")), "{words}");
            assert_eq!(
                words.contains("QUEUEWALL_POLL_SECONDS"),
                is_short,
                "{words}"
            );
        }
        let shape = |detail: &str| {
            let detail = detail.to_owned();
            SourceError::UnexpectedShape { detail }.to_string()
        };
        assert!(shape(NO_TENANT).ends_with("): set CXONE_TENANT_ID"));
        assert!(shape("no list").ends_with("): report it with Queuewall's version"));
        let malformed = |ends_early| {
            let (byte, path) = (7, String::new());
            let host = host();
            SourceError::MalformedJson {
                host,
                ends_early,
                byte,
                path,
            }
            .to_string()
        };
        assert!(malformed(true).contains("proxy") && !malformed(false).contains("proxy"));
    }

    #[test]
    fn tls_error_names_the_remedy_of_its_cause() {
        for (detail, remedy) in [
            ("invalid peer certificate: UnknownIssuer", "CXONE_CA_FILE"),
            (
                "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
                "no setting",
            ),
            (
                "invalid peer certificate: certificate not valid for name \"a\"",
                "check CXONE_X",
            ),
            ("invalid peer certificate: certificate expired: …", "clock"),
            ("received fatal alert: HandshakeFailure", "ECDHE"),
            ("received fatal alert: ProtocolVersion", "ECDHE"),
            (
                "received corrupt message of type InvalidContentType",
                "http://",
            ),
        ] {
            let host = Host {
                name: "a".to_owned(),
                setting: "CXONE_X",
            };
            let error = SourceError::Tls {
                host,
                detail: detail.to_owned(),
            };
            let words = error.to_string();
            let (_, said) = words.split_once("): ").unwrap();
            assert!(said.contains(remedy), "{said}");
            let is_ca = remedy == "CXONE_CA_FILE";
            assert_eq!(said.contains("CXONE_CA_FILE"), is_ca, "{said}");
        }
    }

    #[test]
    fn the_guide_for_administrators_has_every_sentence_of_the_wall() {
        for cause in Cause::ALL {
            let row = format!("| `{}` |", cause.sentence());
            assert!(GUIDE.lines().any(|line| line.starts_with(&row)), "{row}");
        }
    }
}
