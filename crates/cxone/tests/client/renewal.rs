//! Refusals other than 401 that may come of the token: one new sign-in, at most once an
//! hour, before they count.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use cxone::{Remedy, budget::RequestBudget};
use serde_json::json;

use crate::{
    dialect::Spoken,
    scripted::{Reply, Scripted},
    tenant::{SteppedClock, client, http, ids},
};

const HOUR: Duration = Duration::from_secs(3_600);

/// Refusals of a token that does not hold.
fn refusals() -> Vec<Reply> {
    let challenge =
        |status, challenge| Reply::with_headers(status, &[("www-authenticate", challenge)], "");
    let said = |status, body| Reply::new(status, "application/json", body);
    vec![
        Reply::status(403),
        challenge(403, "Bearer error=\"invalid_token\""),
        challenge(400, "Bearer realm=\"cxone\", error=invalid_token"),
        said(400, r#"{"error": "invalid_token"}"#),
        said(
            400,
            r#"{"error": {"code": "InvalidToken", "message": "no"}}"#,
        ),
        said(400, r#"{"errorCode": "INVALID_TOKEN"}"#),
        said(
            400,
            r#"{"error": "invalid_request", "error_description": "The access token expired"}"#,
        ),
        said(400, r#"{"message": "Token has expired."}"#),
        Reply::new(400, "text/plain", "Invalid token"),
        said(200, r#"{"error": "invalid_token"}"#),
    ]
}

/// A tenant that takes the first `good` reads of its first token and refuses the rest.
async fn refuses_after(spoken: Spoken, good: usize, refusal: Reply) -> Scripted {
    let (issued, read) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Scripted::start(move |seen| {
        if seen.target == spoken.token() {
            let number = issued.fetch_add(1, Ordering::Relaxed) + 1;
            return spoken.issues(&format!("t{number}"), &json!(360_000));
        }
        spoken.good(seen).unwrap_or_else(|| {
            let is_first = seen.header("authorization") == Some("Bearer t1");
            match is_first && read.fetch_add(1, Ordering::Relaxed) >= good {
                true => refusal.clone(),
                false => spoken.queues(&["q"]),
            }
        })
    })
    .await
}

#[tokio::test]
async fn token_is_replaced_once_after_403_or_invalid_token() {
    for refusal in refusals() {
        for spoken in Spoken::ALL {
            let server = refuses_after(spoken, 1, refusal.clone()).await;
            let client = client(spoken.settings(&http(&server)));
            client.read_queues(&ids(&["q"]), &[]).await.unwrap();
            let again = client.read_queues(&ids(&["q"]), &[]).await;
            assert!(again.is_ok(), "{spoken:?}: {again:?}");
            assert_eq!(server.count(spoken.token()), 2, "{spoken:?}");
        }
    }
}

#[tokio::test]
async fn list_refused_with_403_is_read_with_a_new_token() {
    for spoken in Spoken::ALL {
        let server = Scripted::start({
            let issued = AtomicUsize::new(0);
            move |seen| {
                if seen.target == spoken.token() {
                    let number = issued.fetch_add(1, Ordering::Relaxed) + 1;
                    return spoken.issues(&format!("t{number}"), &json!(3600));
                }
                let is_first = seen.header("authorization") == Some("Bearer t1");
                let is_list = seen.target != spoken.read();
                spoken
                    .good(seen)
                    .unwrap_or_else(|| match is_first && is_list {
                        true => Reply::status(403),
                        false => spoken.queues(&["q"]),
                    })
            }
        })
        .await;
        let client = client(spoken.settings(&http(&server)));
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
        client.list_queues().await.unwrap();
        assert_eq!(server.count(spoken.token()), 2, "{spoken:?}");
    }
}

#[tokio::test]
async fn missing_permission_costs_one_sign_in_an_hour() {
    for spoken in Spoken::ALL {
        let read = AtomicUsize::new(0);
        // Every other read is refused, whatever the token.
        let server = Scripted::start(move |seen| {
            if seen.target == spoken.token() {
                return spoken.issues("t", &json!(360_000));
            }
            spoken
                .good(seen)
                .unwrap_or_else(|| match read.fetch_add(1, Ordering::Relaxed) {
                    0 => spoken.queues(&["q"]),
                    _ => Reply::status(403),
                })
        })
        .await;
        let clock = SteppedClock::new();
        let settings = spoken.settings(&http(&server));
        let budget = Arc::new(RequestBudget::new(10_000));
        let client = cxone::connect(settings, budget, Arc::new(clock.clone())).unwrap();
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
        for _ in 0..3 {
            let read = client.read_queues(&ids(&["q"]), &[]).await;
            assert!(
                matches!(read, Err(cxone::Error::Forbidden { .. })),
                "{read:?}"
            );
            clock.step(HOUR / 10);
        }
        assert_eq!(server.count(spoken.token()), 2, "{spoken:?}");
    }
}

#[tokio::test]
async fn permission_that_was_never_there_costs_no_sign_in() {
    for spoken in Spoken::ALL {
        let server = spoken.tenant(|_| Reply::status(403)).await;
        let client = client(spoken.settings(&http(&server)));
        let read = client.read_queues(&ids(&["q"]), &[]).await;
        assert!(
            matches!(read, Err(cxone::Error::Forbidden { .. })),
            "{read:?}"
        );
        assert_eq!(server.count(spoken.token()), 1, "{spoken:?}");
        assert_eq!(server.count(spoken.read()), 1, "{spoken:?}");
    }
}

#[tokio::test]
async fn invalid_token_that_stays_is_no_bad_request() {
    let body = r#"{"error": "invalid_token"}"#;
    for (spoken, said) in Spoken::ALL
        .into_iter()
        .flat_map(|spoken| [400, 200].map(|said| (spoken, said)))
    {
        let server = spoken
            .tenant(move |_| Reply::new(said, "application/json", body))
            .await;
        let client = client(spoken.settings(&http(&server)));
        let read = client.read_queues(&ids(&["q"]), &[]).await;
        let is_refused =
            matches!(read, Err(cxone::Error::TokenRefused { status, .. }) if status == said);
        assert!(is_refused, "{spoken:?}: {read:?}");
    }
}

#[tokio::test]
async fn bad_request_about_anything_else_costs_no_sign_in() {
    for spoken in Spoken::ALL {
        let server = refuses_after(spoken, 1, Reply::status(400)).await;
        let client = client(spoken.settings(&http(&server)));
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
        let read = client.read_queues(&ids(&["q"]), &[]).await;
        assert!(
            matches!(read, Err(cxone::Error::BadRequest { .. })),
            "{read:?}"
        );
        assert_eq!(server.count(spoken.token()), 1, "{spoken:?}");
    }
}

#[tokio::test]
async fn refusal_after_good_reads_names_what_changes_in_cxone() {
    for spoken in Spoken::ALL {
        for sign_in in [200, 401] {
            let (reads, sign_ins) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let server = Scripted::start(move |seen| {
                let is_first = |count: &AtomicUsize| count.fetch_add(1, Ordering::Relaxed) == 0;
                if seen.target == spoken.token() && !is_first(&sign_ins) && sign_in != 200 {
                    return Reply::new(
                        sign_in,
                        "application/json",
                        r#"{"error": "invalid_grant"}"#,
                    );
                }
                spoken.good(seen).unwrap_or_else(|| match is_first(&reads) {
                    true => spoken.queues(&["q"]),
                    false => Reply::status(401),
                })
            })
            .await;
            let client = client(spoken.settings(&http(&server)));
            client.read_queues(&ids(&["q"]), &[]).await.unwrap();
            let error = client.read_queues(&ids(&["q"]), &[]).await.unwrap_err();
            let (cxone::Error::TokenRefused { remedy, .. }
            | cxone::Error::CredentialsRejected { remedy, .. }) = error
            else {
                panic!("{spoken:?}: {error:?}");
            };
            let changed = [Remedy::ApiClientChanged, Remedy::AccessKeyChanged];
            assert_eq!(remedy, changed[usize::from(spoken != Spoken::ReportingV2)]);
        }
    }
}
