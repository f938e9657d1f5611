//! Whatever goes wrong, the secret and the token show up nowhere.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use cxone::Dialect;
use futures_util::future::join_all;
use secrecy::SecretString;
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    dialect::{
        ANY, CANARY_KEY, CANARY_REFRESH_TOKEN, CANARY_SECRET, CANARY_TOKEN, Spoken, id_token, plain,
    },
    failures::{broken_answers, broken_at, error_of},
    scripted::{Reply, Scripted, Seen},
    tenant::{client, client_of, http, ids, settings},
};

/// What was logged.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn assert_clean(name: &str, words: &str) {
    let id_token = id_token("tenant-1");
    for secret in [
        CANARY_SECRET,
        CANARY_TOKEN,
        CANARY_KEY,
        CANARY_REFRESH_TOKEN,
        "canary",
        "Y2FuYXJ5",
        // What a Basic header makes of `client 1:canary…`.
        "Y2xpZW50",
        &id_token,
    ] {
        assert!(!words.contains(secret), "{name}: {words}");
    }
}

fn words(error: &cxone::Error) -> String {
    format!("{error} {error:?} {error:#?}")
}

/// A server's ways to throw our own words back at us.
type Echo = fn(&str) -> Reply;

fn echoes() -> Vec<(&'static str, Echo)> {
    vec![
        ("in a page", |it| {
            Reply::new(200, "text/html", format!("<html>{it}</html>"))
        }),
        ("in broken JSON", |it| {
            Reply::new(
                200,
                "application/json",
                format!("{{\"queues\": \"{it}\", {it}"),
            )
        }),
        ("as JSON of another shape", |it| {
            Reply::json(&serde_json::json!({"queues": it, "access_token": format!("{it} {it}")}))
        }),
        ("as a number's value", |it| {
            Reply::json(
                &serde_json::json!({"queues": [{"queueId": "q", "callsWaiting": it}], "next": [it]}),
            )
        }),
        ("as the OAuth error", |it| {
            Reply::new(
                401,
                "application/json",
                serde_json::json!({"error": it}).to_string(),
            )
        }),
        ("as the content type", |it| {
            let it = it.replace(['\r', '\n'], " ");
            Reply::with_headers(200, &[("content-type", &format!("text/{it}"))], "x")
        }),
        ("as the place to go", |it| {
            let it = it.replace(['\r', '\n'], " ");
            Reply::with_headers(302, &[("location", &format!("/{it}"))], "")
        }),
        ("as the time to wait", |it| {
            let it = it.replace(['\r', '\n'], " ");
            Reply::with_headers(429, &[("retry-after", &it)], "")
        }),
        ("as the reason", |it| {
            let it = it.replace(['\r', '\n'], " ");
            Reply::then_close(format!("HTTP/1.1 418 {it}\r\ncontent-length: 0\r\n\r\n"))
        }),
        ("as no HTTP at all", |it| {
            Reply::then_close(format!("{it}\r\n\r\n"))
        }),
        ("as a broken chunk", |it| {
            Reply::then_close(format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{it}\r\n"
            ))
        }),
    ]
}

fn said(seen: &Seen) -> String {
    let token = seen.header("authorization").unwrap_or_default();
    format!("{CANARY_SECRET} {CANARY_KEY} {token} {}", seen.body)
}

#[tokio::test]
async fn no_failure_shows_the_secret_or_the_token() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    for spoken in Spoken::ALL {
        for step in spoken.steps() {
            join_all(
                broken_answers()
                    .into_iter()
                    .map(|(name, reply, fault)| async move {
                        let server = broken_at(spoken, step.target, reply).await;
                        assert_clean(name, &words(&error_of(spoken, &server, Some(fault)).await));
                    }),
            )
            .await;
            for status in [400, 401, 403, 404, 418, 429, 500] {
                let server = broken_at(spoken, step.target, Reply::status(status)).await;
                assert_clean(step.target, &words(&error_of(spoken, &server, None).await));
            }
            for (name, echo) in echoes() {
                let server = Scripted::start(move |seen| {
                    let good = spoken.good(seen).filter(|_| seen.target != step.target);
                    good.unwrap_or_else(|| echo(&said(seen)))
                })
                .await;
                let client = client(spoken.settings(&http(&server)));
                if let Err(error) = client.read_queues(&ids(&["q"]), &[]).await {
                    assert_clean(name, &words(&error));
                }
                if let Err(error) = client.list_queues().await {
                    assert_clean(name, &words(&error));
                }
                for step in client.sign_in_stepwise().await {
                    assert_clean(name, &format!("{step:?}"));
                }
            }
        }
    }
    let server =
        Scripted::start(|_| Reply::with_headers(429, &[("retry-after", "99999")], "")).await;
    client_of(&server).sign_in().await.unwrap_err();

    let log = log.text();
    assert_clean("the log", &log);
    assert!(
        log.contains("asks for a wait of 99999 s"),
        "the log is listened to: {log}"
    );
    assert!(
        log.contains("callsWaiting"),
        "the log is listened to: {log}"
    );
}

#[tokio::test]
async fn a_secret_that_looks_like_an_error_code_is_not_shown_as_one() {
    let server = Scripted::start(|_| {
        Reply::new(
            401,
            "application/json",
            "{\"error\": \"our_lower_case_secret\"}",
        )
    })
    .await;
    let mut settings = settings(&http(&server));
    if let Dialect::ReportingV2(settings) = &mut settings.dialect {
        settings.client_secret = SecretString::from("our_lower_case_secret");
    }
    assert_eq!(
        client(settings).sign_in().await.map_err(plain),
        Err(cxone::Error::CredentialsRejected {
            status: 401,
            oauth_error: None,
            remedy: ANY,
        })
    );
}

#[test]
fn settings_show_neither_secret_nor_identity() {
    for spoken in Spoken::ALL {
        let mut settings = spoken.settings("https://api.example.com");
        settings.total_timeout = Duration::from_secs(25);
        let words = format!("{settings:?} {settings:#?}");
        assert!(words.contains("api.example.com") && words.contains("25s"));
        for hidden in ["canary", "client 1", "tenant-1", "key 1"] {
            assert!(!words.contains(hidden), "{words}");
        }
    }
}

#[tokio::test]
async fn agents_names_are_in_no_debug_output_error_or_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let agent = r#"{"agentId": 7, "firstName": "Canary", "lastName": "canary", "userName": "canary",
        "fromAddress": "canary", "isACW": "canary", "agentStateId": 1, "startDate": "canary"}"#;
    for (body, is_read) in [
        (format!(r#"{{"agentStates": [{agent}]}}"#), true),
        (
            format!(r#"{{"agentStates": [{agent}, "canary" 1]}}"#),
            false,
        ),
        (format!(r#"{{"agentStates": {agent}}}"#), false),
        (format!(r#"{{"agents": [{agent}]}}"#), false),
        (format!(r#"{{"agentStates": [{agent}]"#), false),
    ] {
        let reply = Reply::new(200, "application/json", &body);
        let server = Spoken::Realtime.tenant(move |_| reply.clone()).await;
        let client = client(Spoken::Realtime.settings(&http(&server)));
        let found = client.reports().unwrap().agent_states(true).await;
        assert_eq!(found.is_ok(), is_read, "{found:?}");
        let words = format!("{found:?} {found:#?}");
        assert!(!words.to_lowercase().contains("canary"), "{words}");
        if let Err(error) = found {
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
    let log = log.text();
    assert!(!log.to_lowercase().contains("canary"), "{log}");
    assert!(log.contains("startDate"), "the log is listened to: {log}");
}
