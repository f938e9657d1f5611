//! Answers that are almost right: what can be read of them is read, and what cannot is said.

use std::io::Write as _;

use cxone::QueueReading;
use flate2::{Compression, write::GzEncoder};
use serde_json::json;

use crate::{
    dialect::Spoken,
    failures::broken_at,
    scripted::Reply,
    tenant::{client, http, ids},
};

const BOTH: [Spoken; 2] = [Spoken::ReportingV2, Spoken::Realtime];
const JSON: &str = "application/json";

/// The readings of queues 1 and 2, of an answer whose first queue has `name` for a name
/// and `more` besides, as they come over the wire.
async fn read(spoken: Spoken, name: &[u8], more: &str) -> Result<Vec<QueueReading>, cxone::Error> {
    let text = match spoken {
        Spoken::ReportingV2 => {
            r#"{"queues": [{"queueId": 1, MORE "name": NAME, "callsWaiting": 3}, {"queueId": 2, "callsWaiting": 4}]}"#
        }
        _ => {
            r#"{"skillActivity": [{"skillId": 1, MORE "skillName": NAME, "queueCount": 3}, {"skillId": 2, "queueCount": 4}]}"#
        }
    };
    let (before, after) = text.split_once("NAME").unwrap();
    let before = before.replace("MORE", more);
    let body = [before.as_bytes(), name, after.as_bytes()].concat();
    let server = spoken.tenant(move |_| Reply::new(200, JSON, &body)).await;
    let client = client(spoken.settings(&http(&server)));
    let readings = client.read_queues(&ids(&["1", "2"]), &[]).await?;
    Ok(readings.queues)
}

#[tokio::test]
async fn one_bad_field_takes_no_other_queue_down() {
    for spoken in BOTH {
        for (name, shown) in [
            (&br#""VIP \ud83d""#[..], Some("VIP \u{fffd}")),
            (br#""\udc00 VIP""#, Some("\u{fffd} VIP")),
            (b"\"VIP \xff\"", Some("VIP \u{fffd}")),
            (b"\"VIP\tdesk\"", Some("VIP\tdesk")),
            (br#""VIP \x""#, Some("VIP \\x")),
            (b"NaN", None),
            (b"-Infinity", None),
            (b"undefined", None),
            (b"", None),
        ] {
            let queues = read(spoken, name, r#""agentsAvailable": Infinity,"#).await;
            let queues = queues.unwrap_or_else(|error| panic!("{spoken:?} {name:?}: {error}"));
            assert_eq!(queues[0].name.as_deref(), shown, "{spoken:?} {name:?}");
            assert_eq!(queues[0].agents_available, None, "{spoken:?}");
            assert_eq!((queues[0].waiting, queues[1].waiting), (Some(3), Some(4)));
        }
    }
}

#[tokio::test]
async fn json_beyond_repair_is_located() {
    for (spoken, place) in [
        (Spoken::ReportingV2, "in queues[0].name"),
        (Spoken::Realtime, "in skillActivity[0].skillName"),
    ] {
        let error = read(spoken, br#""VIP "gold"""#, "").await.unwrap_err();
        let words = error.to_string();
        assert!(words.contains("byte ") && words.contains(place), "{words}");
    }
}

#[tokio::test]
async fn html_page_is_named_and_nothing_else_is_one() {
    for (content_type, body, is_html) in [
        ("text/html", "<html>Sign in</html>", true),
        (JSON, "", false),
        ("text/plain", "all is well", false),
        (JSON, "[[[", false),
    ] {
        for spoken in BOTH {
            let server = spoken
                .tenant(move |_| Reply::new(200, content_type, body))
                .await;
            let client = client(spoken.settings(&http(&server)));
            let error = client.read_queues(&ids(&["1"]), &[]).await.unwrap_err();
            let found = matches!(
                &error,
                cxone::Error::NotJson { content, .. } if content == "an HTML page"
            );
            assert_eq!(found, is_html, "{error}");
        }
    }
}

#[tokio::test]
async fn error_with_status_200_of_the_token_endpoint_is_a_refusal() {
    for (body, code) in [
        (json!({"error": "invalid_client"}), Some("invalid_client")),
        (
            json!({"error": "invalid_grant", "access_token": null}),
            Some("invalid_grant"),
        ),
        (
            json!({"error": {"code": "invalid_client"}}),
            Some("invalid_client"),
        ),
        (json!({"errorCode": "access_denied"}), Some("access_denied")),
        (json!({"error_description": "no such client"}), None),
        (json!({"errors": [{"message": "no"}]}), None),
    ] {
        for spoken in Spoken::ALL {
            let reply = Reply::json(&body);
            let server = broken_at(spoken, spoken.token(), reply).await;
            let client = client(spoken.settings(&http(&server)));
            let error = client.sign_in().await.unwrap_err();
            match &error {
                cxone::Error::CredentialsRejected {
                    status: 200,
                    oauth_error,
                    ..
                } => {
                    assert_eq!(oauth_error.as_deref(), code, "{spoken:?} {body}");
                }
                other => panic!("{spoken:?} {body}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn token_endpoint_without_content_is_an_empty_body() {
    for spoken in Spoken::ALL {
        let reply = Reply::then_close("HTTP/1.1 204 No Content\r\n\r\n");
        let server = broken_at(spoken, spoken.token(), reply).await;
        let client = client(spoken.settings(&http(&server)));
        let words = client.sign_in().await.unwrap_err().to_string();
        assert!(words.contains("an empty body instead of JSON"), "{words}");
    }
}

#[tokio::test]
async fn token_endpoint_that_is_unavailable_rejects_no_credentials() {
    for status in [200, 400, 403] {
        for spoken in Spoken::ALL {
            let reply = Reply::new(status, JSON, r#"{"error": "temporarily_unavailable"}"#);
            let server = broken_at(spoken, spoken.token(), reply).await;
            let client = client(spoken.settings(&http(&server)));
            let error = client.sign_in().await.unwrap_err();
            assert!(
                matches!(error, cxone::Error::ServerError { .. }),
                "{error:?}"
            );
        }
    }
}

#[tokio::test]
async fn error_with_status_200_of_a_read_is_no_empty_answer() {
    for spoken in BOTH {
        let server = spoken
            .tenant(|_| Reply::json(&json!({"error": "internal"})))
            .await;
        let client = client(spoken.settings(&http(&server)));
        let error = client.read_queues(&ids(&["1"]), &[]).await.unwrap_err();
        assert!(error.to_string().contains("an error instead of"), "{error}");
    }
}

#[tokio::test]
async fn compressed_body_is_read_though_none_is_asked_for() {
    for spoken in BOTH {
        for encoding in ["gzip", "x-gzip", "identity"] {
            let plain = spoken.queues(&["1"]);
            let bytes = plain.bytes();
            let body = bytes.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&bytes[body..]).unwrap();
            let body = encoder.finish().unwrap();
            let server = spoken
                .tenant(move |_| Reply::with_headers(200, &[("content-encoding", encoding)], &body))
                .await;
            let client = client(spoken.settings(&http(&server)));
            let readings = client.read_queues(&ids(&["1"]), &[]).await.unwrap();
            assert_eq!(readings.queues.len(), 1, "{spoken:?} {encoding}");
            let asked = server.seen();
            assert!(
                asked
                    .iter()
                    .all(|it| it.header("accept-encoding") == Some("identity"))
            );
        }
    }
}

#[tokio::test]
async fn compressed_body_that_grows_too_large_is_not_read() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let blanks = vec![b' '; 1 << 20];
    (0..9).for_each(|_| encoder.write_all(&blanks).unwrap());
    let body = encoder.finish().unwrap();
    let server = Spoken::ReportingV2
        .tenant(move |_| Reply::with_headers(200, &[("content-encoding", "gzip")], &body))
        .await;
    let client = client(Spoken::ReportingV2.settings(&http(&server)));
    let error = client.read_queues(&ids(&["1"]), &[]).await.unwrap_err();
    assert!(matches!(error, cxone::Error::TooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn refusal_by_403_without_json_names_a_firewall() {
    for (content_type, body, content) in [
        ("text/plain", "error code: 1020", "text/plain"),
        ("text/plain; charset=UTF-8", "Access denied", "text/plain"),
        ("text/plain", "Request blocked.", "text/plain"),
        (
            "application/octet-stream",
            "Forbidden",
            "application/octet-stream",
        ),
        (
            "application/xml",
            "<?xml version=\"1.0\"?><Error/>",
            "an XML document",
        ),
        ("", "", "an empty body"),
    ] {
        for spoken in Spoken::ALL {
            let refused = Reply::new(403, content_type, body);
            let server = broken_at(spoken, spoken.token(), refused).await;
            let client = client(spoken.settings(&http(&server)));
            let error = client.sign_in().await.unwrap_err();
            let expected = format!("{content} (HTTP 403)");
            assert!(
                matches!(&error, cxone::Error::NotJson { content, .. } if *content == expected),
                "{spoken:?} {body}: {error:?}"
            );
            assert!(error.is_transient());
        }
    }
}

#[tokio::test]
async fn answer_with_hundreds_of_header_lines_is_read() {
    for (lines, is_read) in [(400, true), (2_000, false)] {
        let body = json!({"queues": [{"queueId": "q"}]}).to_string();
        let headers: String = (0..lines).map(|it| format!("x-{it}: 1\r\n")).collect();
        let length = body.len();
        let answer = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {length}\r\n\r\n{body}");
        let server = Spoken::ReportingV2
            .tenant(move |_| Reply::then_close(&answer))
            .await;
        let client = client(Spoken::ReportingV2.settings(&http(&server)));
        match client.read_queues(&ids(&["q"]), &[]).await {
            Ok(readings) => assert!(is_read && readings.queues.len() == 1),
            Err(error) => {
                let words = error.to_string();
                assert!(!is_read && words.contains("more header lines"), "{words}");
            }
        }
    }
}
