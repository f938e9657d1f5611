//! Signing in: once for everybody, ahead of the token's end, and its refusals.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use cxone::{QueueSource, budget::RequestBudget};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::{
    dialect::{ANY, CANARY_KEY, CANARY_SECRET, CANARY_TOKEN, Spoken, host, plain},
    failures::broken_at,
    scripted::{Reply, Scripted},
    tenant::{SteppedClock, client, http, ids},
};

/// Starts `callers` sign-ins at once, lets the server answer when all wait, and
/// gives back what they got.
async fn sign_in_together(
    spoken: Spoken,
    callers: usize,
    reply: Reply,
) -> (Scripted, Vec<Result<(), cxone::Error>>) {
    let gate = Arc::new(Notify::new());
    let server = broken_at(spoken, spoken.token(), reply.held_by(&gate)).await;
    let client = client(spoken.settings(&http(&server)));
    let results = call_together(spoken, &server, &client, callers, &gate).await;
    (server, results)
}

/// The same with a client of a server that holds its answers until the gate opens.
async fn call_together(
    spoken: Spoken,
    server: &Scripted,
    client: &Arc<dyn QueueSource>,
    callers: usize,
    gate: &Notify,
) -> Vec<Result<(), cxone::Error>> {
    let asked_before = server.count(spoken.token());
    let started = Arc::new(AtomicUsize::new(0));
    let waiting: Vec<_> = (0..callers)
        .map(|_| {
            let (client, started) = (Arc::clone(client), Arc::clone(&started));
            tokio::spawn(async move {
                started.fetch_add(1, Ordering::Relaxed);
                client.sign_in().await
            })
        })
        .collect();
    let is_asked = || server.count(spoken.token()) > asked_before;
    while started.load(Ordering::Relaxed) < callers || !is_asked() {
        tokio::task::yield_now().await;
    }
    gate.notify_one();
    let mut results = Vec::with_capacity(callers);
    for caller in waiting {
        results.push(caller.await.unwrap());
    }
    results
}

#[tokio::test]
async fn every_dialect_tells_the_life_of_its_token() {
    for spoken in Spoken::ALL {
        let server = spoken.tenant(move |_| spoken.queues(&["1"])).await;
        let client = client(spoken.settings(&http(&server)));
        assert!(client.token_life().is_none(), "none yet");
        client.sign_in().await.unwrap();
        let life = client.token_life().unwrap().life;
        assert_eq!(life, Duration::from_secs(3_600), "{spoken:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_callers_sign_in_once() {
    for spoken in Spoken::ALL {
        let reply = spoken.issues(CANARY_TOKEN, &json!(3600));
        let (server, results) = sign_in_together(spoken, 1_000, reply).await;
        assert!(results.iter().all(Result::is_ok), "{spoken:?}");
        assert_eq!(server.count(spoken.token()), 1);
        assert_eq!(server.seen().len(), spoken.steps_of_sign_in());
    }
}

#[tokio::test]
async fn a_thousand_callers_share_one_failure() {
    let rejected = || cxone::Error::CredentialsRejected {
        status: 400,
        oauth_error: Some("invalid_grant".to_owned()),
        remedy: ANY,
    };
    for spoken in Spoken::ALL {
        let refusal = Reply::new(400, "application/json", r#"{"error": "invalid_grant"}"#);
        let (server, results) = sign_in_together(spoken, 1_000, refusal).await;
        for result in results {
            assert_eq!(result.map_err(plain), Err(rejected()));
        }
        assert_eq!(server.count(spoken.token()), 1, "{spoken:?}");
    }
}

#[tokio::test]
async fn thousand_retrying_callers_share_one_sign_in_request() {
    for spoken in Spoken::ALL {
        let gate = Arc::new(Notify::new());
        let failure = Reply::status(503).held_by(&gate);
        let server = broken_at(spoken, spoken.token(), failure).await;
        let client = client(spoken.settings(&http(&server)));
        for step in 1..=4 {
            let results = call_together(spoken, &server, &client, 1_000, &gate).await;
            assert!(results.iter().all(Result::is_err));
            assert_eq!(server.count(spoken.token()), step, "{spoken:?}");
        }
    }
}

#[tokio::test]
async fn failed_sign_in_is_not_cached_for_later_callers() {
    for spoken in Spoken::ALL {
        let asked = AtomicUsize::new(0);
        let server = Scripted::start(move |seen| {
            let is_token = seen.target == spoken.token();
            match is_token && asked.fetch_add(1, Ordering::Relaxed) == 0 {
                true => Reply::status(500),
                false => spoken.good(seen).unwrap(),
            }
        })
        .await;
        let client = client(spoken.settings(&http(&server)));
        client.sign_in().await.unwrap_err();
        client.sign_in().await.unwrap();
        client.sign_in().await.unwrap();
        assert_eq!(server.count(spoken.token()), 2);
    }
}

#[tokio::test]
async fn dropped_callers_do_not_cancel_the_sign_in() {
    for spoken in Spoken::ALL {
        let gate = Arc::new(Notify::new());
        let held = spoken.issues(CANARY_TOKEN, &json!(3600)).held_by(&gate);
        let server = broken_at(spoken, spoken.token(), held).await;
        let client = client(spoken.settings(&http(&server)));
        let leaver = {
            let client = Arc::clone(&client);
            tokio::spawn(async move { client.sign_in().await })
        };
        while server.count(spoken.token()) == 0 {
            tokio::task::yield_now().await;
        }
        leaver.abort();
        assert!(leaver.await.unwrap_err().is_cancelled());
        let stayer = tokio::spawn(async move { client.sign_in().await });
        tokio::task::yield_now().await;
        gate.notify_one();
        stayer.await.unwrap().unwrap();
        assert_eq!(server.count(spoken.token()), 1);
    }
}

/// A client by `clock` of a tenant whose tokens are answered by `token`.
async fn with_tokens(
    spoken: Spoken,
    clock: &SteppedClock,
    token: impl Fn() -> Reply + Send + Sync + 'static,
) -> (Scripted, Arc<dyn QueueSource>) {
    let server = Scripted::start(move |seen| {
        if seen.target == spoken.token() {
            return token();
        }
        let good = spoken.good(seen);
        good.unwrap_or_else(|| spoken.queues(&["q"]))
    })
    .await;
    let budget = Arc::new(RequestBudget::new(10_000));
    let settings = spoken.settings(&http(&server));
    let client = cxone::connect(settings, budget, Arc::new(clock.clone())).unwrap();
    (server, client)
}

#[tokio::test]
async fn a_token_is_replaced_ahead_of_its_end() {
    for spoken in Spoken::ALL {
        for (expires_in, fresh_for) in [
            (json!(3600), 3_300),
            (json!(600), 540),
            (json!("600"), 540),
            (json!(null), 3_300),
            (json!(0), 3_300),
            (json!(-5), 3_300),
            (json!(1e12), 86_400 - 300),
        ] {
            let name = format!("{expires_in} of {spoken:?}");
            let clock = SteppedClock::new();
            let token = move || spoken.issues(CANARY_TOKEN, &expires_in);
            let (server, client) = with_tokens(spoken, &clock, token).await;
            client.sign_in().await.unwrap();
            clock.step(Duration::from_secs(fresh_for - 1));
            client.read_queues(&ids(&["q"]), &[]).await.unwrap();
            assert_eq!(server.count(spoken.token()), 1, "{name}");
            clock.step(Duration::from_secs(1));
            client.read_queues(&ids(&["q"]), &[]).await.unwrap();
            assert_eq!(server.count(spoken.token()), 2, "{name}");
            assert_eq!(server.count(spoken.read()), 2, "{name}: no 401 was needed");
        }
    }
}

#[tokio::test]
async fn client_signs_in_again_after_sleep() {
    for spoken in Spoken::ALL {
        let clock = SteppedClock::new();
        let token = move || spoken.issues(CANARY_TOKEN, &json!(3600));
        let (server, client) = with_tokens(spoken, &clock, token).await;
        client.sign_in().await.unwrap();
        clock.suspend(Duration::from_secs(4_000));
        client.sign_in().await.unwrap();
        assert_eq!(server.count(spoken.token()), 2);
        let last = server.seen().pop().unwrap().body;
        assert!(
            !last.contains("refresh"),
            "what has ended is not refreshed: {last}"
        );
    }
}

#[tokio::test]
async fn a_passing_failure_does_not_count_while_the_old_token_holds() {
    for spoken in Spoken::ALL {
        let (asked, clock) = (AtomicUsize::new(0), SteppedClock::new());
        let token = move || match asked.fetch_add(1, Ordering::Relaxed) {
            0 => spoken.issues(CANARY_TOKEN, &json!(3600)),
            1..=3 => Reply::status(503),
            _ => Reply::status(401),
        };
        let (server, client) = with_tokens(spoken, &clock, token).await;
        client.sign_in().await.unwrap();
        clock.step(Duration::from_secs(3_400));
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
        assert_eq!(server.count(spoken.token()), 2, "one try in a minute");
        clock.step(Duration::from_secs(60));
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
        assert_eq!(server.count(spoken.token()), 3, "and one in the next");
        clock.step(Duration::from_secs(140));
        assert_eq!(
            client.read_queues(&ids(&["q"]), &[]).await,
            Err(cxone::Error::ServerError {
                status: 503,
                retry_after: None
            }),
            "ended"
        );
        assert!(matches!(
            client.sign_in().await,
            Err(cxone::Error::CredentialsRejected { status: 401, .. })
        ));
    }
}

#[tokio::test]
async fn each_refusal_of_the_sign_in_has_a_name() {
    let rejected = |status, oauth_error: Option<&str>| cxone::Error::CredentialsRejected {
        status,
        oauth_error: oauth_error.map(str::to_owned),
        remedy: ANY,
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
            says(400, &json!("invalid_grant")),
            rejected(400, Some("invalid_grant")),
        ),
        (
            says(401, &json!("unauthorized_client")),
            rejected(401, Some("unauthorized_client")),
        ),
        (says(401, &json!(long)), rejected(401, None)),
        (says(401, &json!("Invalid client!")), rejected(401, None)),
        (says(401, &json!(CANARY_SECRET)), rejected(401, None)),
        (says(401, &json!(CANARY_KEY)), rejected(401, None)),
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
            cxone::Error::UnexpectedStatus { status: 418 },
        ),
        (
            Reply::with_headers(429, &[("retry-after", "9")], ""),
            cxone::Error::RateLimited {
                retry_after: Some(Duration::from_secs(9)),
            },
        ),
        (
            Reply::status(502),
            cxone::Error::ServerError {
                status: 502,
                retry_after: None,
            },
        ),
    ] {
        for spoken in Spoken::ALL {
            let server = broken_at(spoken, spoken.token(), reply.clone()).await;
            let read = client(spoken.settings(&http(&server)))
                .read_queues(&ids(&["q"]), &[])
                .await;
            assert_eq!(read.map_err(plain), Err(expected.clone()), "{spoken:?}");
            assert_eq!(
                server.count(spoken.read()),
                0,
                "nothing is read without a token"
            );
        }
    }
    for spoken in Spoken::ALL {
        let server = broken_at(spoken, spoken.token(), Reply::status(404)).await;
        let setting = spoken.steps()[spoken.steps_of_sign_in() - 1].setting;
        assert_eq!(
            client(spoken.settings(&http(&server))).sign_in().await,
            Err(cxone::Error::EndpointNotFound {
                path: spoken.token().to_owned(),
                host: host(&server, setting),
            })
        );
    }
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
        for spoken in Spoken::ALL {
            let server = broken_at(spoken, spoken.token(), Reply::json(&body)).await;
            let client = client(spoken.settings(&http(&server)));
            let error = client.sign_in().await.unwrap_err();
            assert!(
                matches!(&error, cxone::Error::UnexpectedShape { detail } if detail.contains("access_token")),
                "{body}: {error}"
            );
        }
    }
}
