//! Signing in: once for everybody, ahead of the token's end, and its refusals.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use queuewall::{
    budget::RequestBudget,
    cxone::ReportingV2,
    source::{QueueSource, SourceError},
};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::{
    scripted::{Reply, Scripted},
    tenant::{
        CANARY_SECRET, REALTIME, SteppedClock, TOKEN, client_of, http, ids, queues, settings,
        token_reply,
    },
};

/// Starts `callers` sign-ins at once, lets the server answer when all wait, and
/// gives back what they got.
async fn sign_in_together(
    callers: usize,
    reply: Reply,
) -> (Scripted, Vec<Result<(), SourceError>>) {
    let gate = Arc::new(Notify::new());
    let held = reply.held_by(&gate);
    let server = Scripted::start(move |_| held.clone()).await;
    let client = Arc::new(client_of(&server));
    let started = Arc::new(AtomicUsize::new(0));
    let waiting: Vec<_> = (0..callers)
        .map(|_| {
            let (client, started) = (Arc::clone(&client), Arc::clone(&started));
            tokio::spawn(async move {
                started.fetch_add(1, Ordering::Relaxed);
                client.sign_in().await
            })
        })
        .collect();
    while started.load(Ordering::Relaxed) < callers || server.count(TOKEN) == 0 {
        tokio::task::yield_now().await;
    }
    gate.notify_one();
    let mut results = Vec::with_capacity(callers);
    for caller in waiting {
        results.push(caller.await.unwrap());
    }
    (server, results)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_callers_sign_in_once() {
    let (server, results) = sign_in_together(1_000, token_reply()).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(server.count(TOKEN), 1);
}

#[tokio::test]
async fn a_thousand_callers_share_one_failure() {
    let (server, results) = sign_in_together(1_000, Reply::status(401)).await;
    let rejected = SourceError::CredentialsRejected {
        status: 401,
        oauth_error: None,
    };
    assert!(
        results
            .iter()
            .all(|result| result.as_ref() == Err(&rejected))
    );
    assert_eq!(server.count(TOKEN), 1);
}

#[tokio::test]
async fn a_failure_is_not_kept_for_those_who_come_later() {
    let asked = AtomicUsize::new(0);
    let server = Scripted::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::status(500),
        _ => token_reply(),
    })
    .await;
    let client = client_of(&server);
    client.sign_in().await.unwrap_err();
    client.sign_in().await.unwrap();
    client.sign_in().await.unwrap();
    assert_eq!(server.count(TOKEN), 2);
}

#[tokio::test]
async fn callers_who_leave_do_not_break_the_sign_in() {
    let gate = Arc::new(Notify::new());
    let held = token_reply().held_by(&gate);
    let server = Scripted::start(move |_| held.clone()).await;
    let client = Arc::new(client_of(&server));
    let leaver = {
        let client = Arc::clone(&client);
        tokio::spawn(async move { client.sign_in().await })
    };
    while server.count(TOKEN) == 0 {
        tokio::task::yield_now().await;
    }
    leaver.abort();
    assert!(leaver.await.unwrap_err().is_cancelled());
    let stayer = tokio::spawn(async move { client.sign_in().await });
    tokio::task::yield_now().await;
    gate.notify_one();
    stayer.await.unwrap().unwrap();
    assert_eq!(server.count(TOKEN), 1);
}

/// A client of a tenant whose tokens live for `expires_in`, and its clock.
async fn with_life(expires_in: Value) -> (Scripted, ReportingV2, SteppedClock) {
    let server = Scripted::start(move |seen| match seen.target.as_str() {
        TOKEN => Reply::json(&json!({"access_token": "t", "expires_in": expires_in})),
        _ => Reply::json(&queues(&["q"])),
    })
    .await;
    let clock = SteppedClock::new();
    let client = ReportingV2::new(
        settings(&http(&server)),
        Arc::new(RequestBudget::new(10_000)),
        Arc::new(clock.clone()),
    )
    .unwrap();
    (server, client, clock)
}

#[tokio::test]
async fn a_token_is_replaced_ahead_of_its_end() {
    for (expires_in, fresh_for) in [
        (json!(3600), 3_300),
        (json!(600), 540),
        (json!("600"), 540),
        (json!(null), 3_300),
        (json!(0), 3_300),
        (json!(-5), 3_300),
        (json!(1e12), 86_400 - 300),
    ] {
        let (server, client, clock) = with_life(expires_in.clone()).await;
        client.sign_in().await.unwrap();
        clock.step(Duration::from_secs(fresh_for - 1));
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
        assert_eq!(server.count(TOKEN), 1, "{expires_in}");
        clock.step(Duration::from_secs(1));
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
        assert_eq!(server.count(TOKEN), 2, "{expires_in}");
        assert_eq!(server.count(REALTIME), 2, "{expires_in}: no 401 was needed");
    }
}

#[tokio::test]
async fn a_machine_that_slept_signs_in_anew() {
    let (server, client, clock) = with_life(json!(3600)).await;
    client.sign_in().await.unwrap();
    clock.suspend(Duration::from_secs(4_000));
    client.sign_in().await.unwrap();
    assert_eq!(server.count(TOKEN), 2);
}

#[tokio::test]
async fn a_passing_failure_does_not_count_while_the_old_token_holds() {
    let asked = AtomicUsize::new(0);
    let server = Scripted::start(move |seen| match seen.target.as_str() {
        TOKEN => match asked.fetch_add(1, Ordering::Relaxed) {
            0 => token_reply(),
            1..=3 => Reply::status(503),
            _ => Reply::status(401),
        },
        _ => Reply::json(&queues(&["q"])),
    })
    .await;
    let clock = SteppedClock::new();
    let client = ReportingV2::new(
        settings(&http(&server)),
        Arc::new(RequestBudget::new(10_000)),
        Arc::new(clock.clone()),
    )
    .unwrap();
    client.sign_in().await.unwrap();
    clock.step(Duration::from_secs(3_400));
    client.read_queues(&ids(&["q"]), &[]).await.unwrap();
    client.read_queues(&ids(&["q"]), &[]).await.unwrap();
    assert_eq!(server.count(TOKEN), 2, "one try in a minute");
    clock.step(Duration::from_secs(60));
    client.read_queues(&ids(&["q"]), &[]).await.unwrap();
    assert_eq!(server.count(TOKEN), 3, "and one in the next");
    clock.step(Duration::from_secs(140));
    assert_eq!(
        client.read_queues(&ids(&["q"]), &[]).await,
        Err(SourceError::ServerError {
            status: 503,
            retry_after: None
        }),
        "ended"
    );
    assert!(matches!(
        client.sign_in().await,
        Err(SourceError::CredentialsRejected { status: 401, .. })
    ));
}

#[tokio::test]
async fn each_refusal_of_the_sign_in_has_a_name() {
    let rejected = |status, oauth_error: Option<&str>| SourceError::CredentialsRejected {
        status,
        oauth_error: oauth_error.map(str::to_owned),
    };
    let says = |status, error: &Value| {
        Reply::new(
            status,
            "application/json",
            json!({ "error": error }).to_string(),
        )
    };
    let long = "a".repeat(41);
    for (reply, expected) in [
        (
            says(400, &json!("invalid_client")),
            rejected(400, Some("invalid_client")),
        ),
        (
            says(401, &json!("unauthorized_client")),
            rejected(401, Some("unauthorized_client")),
        ),
        (says(401, &json!(long)), rejected(401, None)),
        (says(401, &json!("Invalid client!")), rejected(401, None)),
        (says(401, &json!(CANARY_SECRET)), rejected(401, None)),
        (says(401, &json!({"code": 1})), rejected(401, None)),
        (
            Reply::new(401, "text/html", "<html>no</html>"),
            rejected(401, None),
        ),
        (
            Reply::then_close("HTTP/1.1 401 No\r\ncontent-length: 50\r\n\r\n{\"err"),
            rejected(401, None),
        ),
        (Reply::status(403), rejected(403, None)),
        (
            Reply::status(418),
            SourceError::UnexpectedStatus { status: 418 },
        ),
        (
            Reply::with_headers(429, &[("retry-after", "9")], ""),
            SourceError::RateLimited {
                retry_after: Some(Duration::from_secs(9)),
            },
        ),
        (
            Reply::status(502),
            SourceError::ServerError {
                status: 502,
                retry_after: None,
            },
        ),
    ] {
        let server = Scripted::start(move |_| reply.clone()).await;
        assert_eq!(
            client_of(&server).read_queues(&ids(&["q"]), &[]).await,
            Err(expected)
        );
        assert_eq!(server.seen().len(), 1, "nothing is read without a token");
    }
    let server = Scripted::start(|_| Reply::status(404)).await;
    assert_eq!(
        client_of(&server).sign_in().await,
        Err(SourceError::EndpointNotFound {
            path: TOKEN.to_owned(),
            host: server.address().to_string(),
        })
    );
}

#[tokio::test]
async fn an_answer_without_a_usable_token_is_an_unexpected_shape() {
    for body in [
        json!({}),
        json!([]),
        json!("t"),
        json!({"access_token": null}),
        json!({"access_token": 7}),
        json!({"access_token": ""}),
        json!({"access_token": "two words"}),
        json!({"access_token": "line\r\nX-Injected: 1"}),
        json!({"access_token": "schlüssel"}),
    ] {
        let reply = Reply::json(&body);
        let server = Scripted::start(move |_| reply.clone()).await;
        let error = client_of(&server).sign_in().await.unwrap_err();
        assert!(
            matches!(&error, SourceError::UnexpectedShape { detail } if detail.contains("access_token")),
            "{body}: {error}"
        );
    }
}
