//! Every kind of broken answer has a distinct error, on sign-in and on reads.

use std::time::Duration;

use cxone::{Host, Setting};
use futures_util::future::join_all;
use serde_json::json;

use crate::{
    dialect::{Spoken, host},
    scripted::{Reply, Scripted, closed_port},
    tenant::{
        REALTIME, TOKEN, client, client_of, http, ids, queues, settings, tenant, token_reply,
    },
};

/// For answers that never end: long enough for a busy machine to send what comes
/// before the silence, short enough to wait for.
pub(crate) const SHORT_TIMEOUT: Duration = Duration::from_secs(2);

const LIMIT_BYTES: usize = 8 * 1024 * 1024;

/// What a broken answer must be taken for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    NotJson(&'static str),
    /// Whether it breaks off, at which byte, and below which fields.
    Malformed(bool, usize, &'static str),
    Truncated,
    TimedOut,
    TooLarge,
    Redirected(u16),
    UnexpectedShape,
}

impl Fault {
    fn of(self, host: Host) -> cxone::Error {
        match self {
            Self::NotJson(content) => cxone::Error::NotJson {
                host,
                content: content.to_owned(),
            },
            Self::Malformed(ends_early, byte, path) => cxone::Error::MalformedJson {
                host,
                ends_early,
                byte,
                path: path.to_owned(),
            },
            Self::Truncated => cxone::Error::Truncated { host },
            Self::TimedOut => cxone::Error::TimedOut {
                host,
                after: SHORT_TIMEOUT,
            },
            Self::TooLarge => cxone::Error::TooLarge {
                host,
                limit_bytes: LIMIT_BYTES,
            },
            Self::Redirected(status) => cxone::Error::Redirected { status, host },
            Self::UnexpectedShape => panic!("its words differ"),
        }
    }
}

/// Broken answers, and what each is.
pub(crate) fn broken_answers() -> Vec<(&'static str, Reply, Fault)> {
    let json_type = "application/json";
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let redirect =
        |status| Reply::with_headers(status, &[("location", "http://127.0.0.1:9/elsewhere")], "");
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let endless_chunks = {
        let chunk = format!("100000\r\n{}\r\n", " ".repeat(0x10_0000));
        format!(
            "{head}transfer-encoding: chunked\r\n\r\n{}",
            chunk.repeat(9)
        )
    };
    vec![
        (
            "an HTML page",
            Reply::new(
                200,
                "text/html; charset=utf-8",
                "\n<!DOCTYPE html><html>Sign in</html>",
            ),
            Fault::NotJson("an HTML page"),
        ),
        (
            "an HTML page that says it is JSON",
            Reply::new(200, json_type, "<html><body>Blocked</body></html>"),
            Fault::NotJson("an HTML page"),
        ),
        (
            "HTML without its frame",
            Reply::new(200, "Text/HTML", "<p>Blocked</p>"),
            Fault::NotJson("an HTML page"),
        ),
        (
            "XML",
            Reply::new(200, "application/xml", "<?xml version=\"1.0\"?><fault/>"),
            Fault::NotJson("an XML document"),
        ),
        (
            "nothing",
            Reply::new(200, json_type, ""),
            Fault::NotJson("an empty body"),
        ),
        (
            "blanks",
            Reply::new(200, json_type, " \r\n"),
            Fault::NotJson("an empty body"),
        ),
        (
            "plain text",
            Reply::new(200, "text/plain", "all is well"),
            Fault::NotJson("text/plain"),
        ),
        (
            "bytes",
            Reply::new(200, "application/x-unheard-of", b"\xff\xfe\x00\x01"),
            Fault::NotJson("something else"),
        ),
        (
            "a compressed body that is damaged",
            Reply::with_headers(
                200,
                &[("content-type", json_type), ("content-encoding", "gzip")],
                b"\x1f\x8b\x08\x00",
            ),
            Fault::NotJson("a damaged gzip body"),
        ),
        (
            "a body compressed in another way",
            Reply::with_headers(
                200,
                &[("content-type", json_type), ("content-encoding", "br")],
                b"\x8b\x06\x80",
            ),
            Fault::NotJson("a body compressed with br"),
        ),
        (
            "half of a JSON document in a whole body",
            Reply::new(200, json_type, "{\"queues\": [{\"queueId\": \"q"),
            Fault::Malformed(true, 26, "queues[0].queueId"),
        ),
        (
            "almost JSON",
            Reply::new(200, json_type, "{\"queues\": [1 2]}"),
            Fault::Malformed(false, 14, "queues[0]"),
        ),
        (
            "JSON with something after it",
            Reply::new(200, json_type, "{}{}"),
            Fault::Malformed(false, 2, ""),
        ),
        (
            "JSON nested beyond sense",
            Reply::new(200, json_type, deep),
            Fault::UnexpectedShape,
        ),
        (
            "JSON of another shape",
            Reply::json(&json!(["queues"])),
            Fault::UnexpectedShape,
        ),
        (
            "a body shorter than announced",
            Reply::then_close(format!("{head}content-length: 100\r\n\r\n{{\"queues\"")),
            Fault::Truncated,
        ),
        (
            "chunks without an end",
            Reply::then_close(format!(
                "{head}transfer-encoding: chunked\r\n\r\n4\r\n{{\"qu\r\n"
            )),
            Fault::Truncated,
        ),
        (
            "a reset inside the body",
            Reply::then_reset(format!("{head}content-length: 100\r\n\r\n{{\"queues\"")),
            Fault::Truncated,
        ),
        (
            "a close before the answer",
            Reply::then_close(""),
            Fault::Truncated,
        ),
        (
            "a reset before the answer",
            Reply::then_reset(""),
            Fault::Truncated,
        ),
        (
            "a close inside the headers",
            Reply::then_close("HTTP/1.1 200 OK\r\ncontent-ty"),
            Fault::Truncated,
        ),
        (
            "another protocol",
            Reply::then_close("SSH-2.0-OpenSSH_9.6\r\n"),
            Fault::NotJson("something other than HTTP"),
        ),
        (
            "noise",
            Reply::then_close(b"\x00\x01\x02\xff\xfe\r\n\r\n"),
            Fault::NotJson("something other than HTTP"),
        ),
        ("silence", Reply::then_stall(""), Fault::TimedOut),
        (
            "silence inside the headers",
            Reply::then_stall("HTTP/1.1 200 OK\r\n"),
            Fault::TimedOut,
        ),
        (
            "silence inside the body",
            Reply::then_stall(format!("{head}content-length: 100\r\n\r\n{{\"queues\"")),
            Fault::TimedOut,
        ),
        (
            "a body announced too large",
            Reply::then_stall(format!("{head}content-length: {}\r\n\r\n", LIMIT_BYTES + 1)),
            Fault::TooLarge,
        ),
        (
            "a body that grows too large",
            Reply::then_stall(endless_chunks),
            Fault::TooLarge,
        ),
        ("301", redirect(301), Fault::Redirected(301)),
        ("302", redirect(302), Fault::Redirected(302)),
        ("303", redirect(303), Fault::Redirected(303)),
        ("307", redirect(307), Fault::Redirected(307)),
        ("308", redirect(308), Fault::Redirected(308)),
        (
            "304",
            Reply::then_close("HTTP/1.1 304 Not Modified\r\n\r\n"),
            Fault::Redirected(304),
        ),
    ]
}

/// The error of a read from `server`, which shows `fault`.
pub(crate) async fn error_of(
    spoken: Spoken,
    server: &Scripted,
    fault: Option<Fault>,
) -> cxone::Error {
    let mut settings = spoken.settings(&http(server));
    if matches!(fault, Some(Fault::TimedOut)) {
        settings.total_timeout = SHORT_TIMEOUT;
    }
    let result = client(settings).read_queues(&ids(&["q"]), &[]).await;
    result.expect_err("a failure")
}

fn check(name: &str, error: &cxone::Error, fault: Fault, host: Host) {
    match fault {
        Fault::UnexpectedShape => {
            assert!(
                matches!(error, cxone::Error::UnexpectedShape { .. }),
                "{name}: {error:?}"
            );
        }
        fault => assert_eq!(*error, fault.of(host), "{name}"),
    }
}

/// A tenant that is well but for one of the requests up to the first read.
pub(crate) async fn broken_at(spoken: Spoken, target: &'static str, reply: Reply) -> Scripted {
    Scripted::start(move |seen| {
        if seen.target == target {
            return reply.clone();
        }
        let good = spoken.good(seen);
        good.unwrap_or_else(|| spoken.queues(&["q"]))
    })
    .await
}

#[tokio::test]
async fn every_broken_answer_has_a_distinct_error() {
    let broken = |spoken: Spoken| async move {
        for (place, step) in spoken.steps().into_iter().enumerate() {
            join_all(
                broken_answers()
                    .into_iter()
                    .map(|(name, reply, fault)| async move {
                        let name = format!("{name} from {} of {spoken:?}", step.target);
                        let server = broken_at(spoken, step.target, reply).await;
                        let error = error_of(spoken, &server, Some(fault)).await;
                        check(&name, &error, fault, host(&server, step.setting));
                        let seen = server.seen().into_iter().map(|seen| seen.target);
                        let way = spoken
                            .steps()
                            .into_iter()
                            .map(|step| step.target.to_owned());
                        assert!(
                            seen.eq(way.take(place + 1)),
                            "{name}: nothing is repeated here"
                        );
                    }),
            )
            .await;
        }
    };
    join_all(Spoken::ALL.map(broken)).await;
}

#[tokio::test]
async fn body_at_the_size_limit_is_read_and_one_byte_more_fails() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let announced = |body: &str| {
        let length = body.len();
        format!("{head}content-length: {length}\r\n\r\n{body}")
    };
    // It ends where the connection does.
    let unannounced = |body: &str| format!("{head}connection: close\r\n\r\n{body}");
    for more in [0, 1] {
        let mut body = r#"{"queues": []}"#.to_owned();
        body += &" ".repeat(LIMIT_BYTES + more - body.len());
        for answer in [announced(&body), unannounced(&body)] {
            let server = tenant(move |_| Reply::then_close(&answer)).await;
            let client = client(settings(&http(&server)));
            let readings = client.read_queues(&ids(&["q"]), &[]).await;
            let expected = match more {
                0 => Ok(Vec::new()),
                _ => Err(Fault::TooLarge.of(host(&server, Setting::BaseUrl))),
            };
            assert_eq!(readings.map(|it| it.queues), expected, "{more} more");
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Scripted::start(|_| token_reply()).await;
    let location = http(&elsewhere);
    let server =
        tenant(move |_| Reply::with_headers(307, &[("location", location.as_str())], "")).await;
    assert!(matches!(
        error_of(Spoken::ReportingV2, &server, None).await,
        cxone::Error::Redirected { status: 307, .. }
    ));
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_byte_order_mark_does_not_keep_json_from_being_read() {
    let server = tenant(|_| Reply::new(200, "application/json", "\u{FEFF}{\"queues\": []}")).await;
    let client = client(settings(&http(&server)));
    let readings = client.read_queues(&ids(&["q"]), &[]).await;
    assert_eq!(readings.map(|it| it.queues), Ok(Vec::new()));
}

#[tokio::test]
async fn html_page_with_403_is_no_refusal_of_credentials() {
    for target in [TOKEN, REALTIME] {
        let page = "<!DOCTYPE html><html>Access Denied</html>";
        let page = Reply::new(403, "text/html", page);
        let server = broken_at(Spoken::ReportingV2, target, page).await;
        let error = error_of(Spoken::ReportingV2, &server, None).await;
        assert!(
            matches!(&error, cxone::Error::NotJson { content, .. } if content == "an HTML page (HTTP 403)"),
            "{error:?}"
        );
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn odd_header_lines_do_not_keep_an_answer_from_being_read() {
    let body = queues(&["q"]).to_string();
    for line in [
        "x-folded: a\r\n b",
        "server : x",
        ": no name",
        "x-control: a\u{1}b",
    ] {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
        let answer = format!(
            "{head}\r\n{line}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let server = tenant(move |_| Reply::then_close(&answer)).await;
        let read = client_of(&server).read_queues(&ids(&["q"]), &[]).await;
        assert_eq!(read.map(|it| it.queues.len()), Ok(1), "{line}");
    }
}

#[tokio::test]
async fn connection_closed_after_each_answer_costs_no_request() {
    // Without `connection: close`, which would say so.
    let body = queues(&["q"]).to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let server = tenant(move |_| Reply::then_close(&answer)).await;
    let client = client_of(&server);
    for _ in 0..50 {
        let read = client.read_queues(&ids(&["q"]), &[]).await;
        assert_eq!(read.map(|it| it.queues.len()), Ok(1));
    }
}

#[tokio::test]
async fn a_port_without_a_server_is_no_connection() {
    let address = closed_port().await;
    let client = client(settings(&format!("http://{address}")));
    let error = client.sign_in().await.unwrap_err();
    assert!(
        matches!(&error, cxone::Error::Connect { host, detail }
            if host.name == address.to_string() && detail.contains("refused")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_named() {
    let client = client(settings("https://tenant.invalid/cxone"));
    assert_eq!(
        client.sign_in().await,
        Err(cxone::Error::Dns {
            name: "tenant.invalid".to_owned(),
            setting: Setting::BaseUrl,
        })
    );
}
