//! The guide for administrators has every error, and every error its remedy.

use cxone::Host;
use queuewall_shared::cause::Cause;

use super::*;
use crate::cli::Exit;

const GUIDE: &str = include_str!("../../../docs/cxone.md");

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
fn guide_documents_every_error_with_its_exit_code() {
    let host = || Host {
        name: "…".to_owned(),
        setting: Setting::BaseUrl,
    };
    let text = || "…".to_owned();
    let wait = Some(Duration::from_secs(7));
    let errors = one_of_each! {
        CredentialsRejected { status: 401, oauth_error: Some(text()), remedy: Remedy::Ids },
        TokenRefused { status: 401, remedy: Remedy::Ids },
        Forbidden { remedy: Remedy::Ids },
        NothingVisible { remedy: Remedy::Ids },
        HostRefused { host: text(), role: "…", reason: "…", allowed: text() },
        QueueNotFound { ids: vec![text()] },
        EndpointNotFound { path: text(), host: host() },
        TenantNotFound { status: 404, host: host() },
        BadRequest { status: 400, remedy: Remedy::Ids },
        TooManyIds { given: 101, limit: 100 },
        RateLimited { retry_after: wait },
        ServerError { status: 503, retry_after: wait },
        Redirected { status: 302, host: host() },
        UnexpectedStatus { status: 418 },
        Dns { name: text(), setting: Setting::BaseUrl },
        Tls { host: host(), detail: text() },
        Connect { host: host(), detail: text() },
        ProxyRefused { host: host(), proxy: text(), label: "…", status: 407 },
        TimedOut { host: host(), after: Duration::from_secs(10) },
        Truncated { host: host() },
        TooLarge { host: host(), limit_bytes: 8_388_608 },
        NotJson { host: host(), content: text() },
        MalformedJson { host: host(), ends_early: false, byte: 7, path: text() },
        UnexpectedShape { detail: text() },
        LedgerLost { ledger: text(), why: text() },
    };
    for error in errors {
        let message = explain(&error);
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
        setting: Setting::BaseUrl,
    };
    let timed_out = |seconds: f64| {
        let (host, after) = (host(), Duration::from_secs_f64(seconds));
        explain(&Error::TimedOut { host, after })
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
        explain(&Error::UnexpectedShape { detail })
    };
    assert!(shape("no tenantId in the token").ends_with("): set CXONE_TENANT_ID"));
    assert!(shape("no list").ends_with("): report it with Queuewall's version"));
    let malformed = |ends_early| {
        let (byte, path) = (7, String::new());
        let host = host();
        explain(&Error::MalformedJson {
            host,
            ends_early,
            byte,
            path,
        })
    };
    assert!(malformed(true).contains("proxy") && !malformed(false).contains("proxy"));
}

#[test]
fn refusal_names_the_settings_to_check() {
    for (remedy, word) in [
        (Remedy::ApiClient, "CXONE_TENANT_ID"),
        (Remedy::AccessKeyOrApplication, "CXONE_ACCESS_KEY_ID"),
        (Remedy::Application, "CXONE_CLIENT_SECRET"),
        (Remedy::AccessKey, "CXONE_ACCESS_KEY_SECRET, and that"),
        (Remedy::AccessKeyOrArea, "CXONE_AREA_URL"),
        (Remedy::ApiClientTenant, "CXONE_BASE_URL"),
        (Remedy::AccessKeyTenant, "CXONE_ISSUER"),
        (Remedy::SkillPermission, "role"),
        (Remedy::ReportPermission, "role"),
        (Remedy::VisibleQueues, "CXONE_TENANT_ID"),
        (Remedy::VisibleSkills, "role"),
        (Remedy::SkillFilter, "CXONE_MEDIA_TYPES"),
        (Remedy::VersionOrMediaTypes, "CXONE_API_VERSION"),
    ] {
        let status = 400;
        let words = explain(&Error::BadRequest { status, remedy });
        assert!(words.contains(word), "{words}");
    }
    // The settings were right before.
    for remedy in [Remedy::ApiClientChanged, Remedy::AccessKeyChanged] {
        let status = 401;
        let words = explain(&Error::TokenRefused { status, remedy });
        assert!(words.contains("something changed in CXone"), "{words}");
        assert!(!words.contains("CXONE_"), "{words}");
    }
}

#[test]
fn refused_host_comes_with_the_domains_that_are_allowed() {
    let words = explain(&Error::HostRefused {
        host: "evil.example".to_owned(),
        role: "API",
        reason: "not under an allowed domain",
        allowed: "niceincontact.com".to_owned(),
    });
    let end = ": nothing was sent there; check CXONE_ISSUER, and CXONE_ALLOWED_DOMAINS (niceincontact.com) if that \
               host is right";
    assert!(words.ends_with(end), "{words}");
}

#[test]
fn log_in_page_and_firewall_are_blamed_for_what_they_send() {
    let host = || Host {
        name: "a".to_owned(),
        setting: Setting::BaseUrl,
    };
    for (content, word) in [
        ("an HTML page", Some("log-in page")),
        ("an HTML page (HTTP 403)", Some("log-in page")),
        ("text/plain (HTTP 403)", Some("check the credentials")),
        ("a compressed body", Some("compresses bodies unasked")),
        ("an empty body", None),
        ("text/plain", None),
    ] {
        let (host, content) = (host(), content.to_owned());
        let words = explain(&Error::NotJson { host, content });
        match word {
            Some(word) => assert!(words.contains(word), "{words}"),
            None => assert!(words.ends_with("check CXONE_BASE_URL"), "{words}"),
        }
    }
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
            "check CXONE_AREA_URL",
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
            setting: Setting::AreaUrl,
        };
        let error = Error::Tls {
            host,
            detail: detail.to_owned(),
        };
        let words = explain(&error);
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

#[test]
fn remedy_of_a_proxy_variable_shows_how_to_write_it() {
    for (error, words) in [
        (ProxyError::Quoted, "remove"),
        (ProxyError::Socks, "HTTP CONNECT"),
        (ProxyError::Blank, "%40 for @"),
        (ProxyError::Malformed, "http://USER:PASSWORD@HOST:PORT"),
        (ProxyError::ExceptionQuoted, "10.0.0.0/8"),
        (ProxyError::ExceptionWithUser, "10.0.0.0/8"),
    ] {
        assert!(of_proxy_variable(error).contains(words), "{error:?}");
    }
}
