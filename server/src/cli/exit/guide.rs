//! The guide for administrators has every error, and every error its remedy.

use std::time::Duration;

use cxone::{Error, Host};
use queuewall_shared::cause::Cause;

use super::Exit;

const GUIDE: &str = include_str!("../../../../docs/cxone.md");

/// The errors given; it does not compile while a variant is missing.
macro_rules! one_of_each {
    ($($variant:ident $fields:tt),+ $(,)?) => {{
        fn are_all(error: &Error) {
            match error {
                $(Error::$variant { .. })|+ => {}
            }
        }
        let errors = [$(Error::$variant $fields),+];
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
        Error::TimedOut { host, after }.to_string()
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
        Error::UnexpectedShape { detail }.to_string()
    };
    assert!(shape("no tenantId in the token").ends_with("): set CXONE_TENANT_ID"));
    assert!(shape("no list").ends_with("): report it with Queuewall's version"));
    let malformed = |ends_early| {
        let (byte, path) = (7, String::new());
        let host = host();
        Error::MalformedJson {
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
        let error = Error::Tls {
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
