//! What each refusal means, and what it costs, whatever the dialect.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use cxone::budget::RequestBudget;
use serde_json::json;
use tokio::{sync::Notify, time::Instant};

use crate::{
    dialect::{ANY, CXONE, Spoken, plain},
    scripted::{Reply, Scripted},
    tenant::{
        REALTIME, TOKEN, client, client_of, client_with, http, ids, queues, settings, tenant,
    },
};

#[tokio::test]
async fn each_refusal_of_a_read_has_a_name() {
    let retry = |seconds| Some(Duration::from_secs(seconds));
    for (reply, expected) in [
        (
            Reply::status(400),
            cxone::Error::BadRequest {
                status: 400,
                remedy: ANY,
            },
        ),
        (
            Reply::status(401),
            cxone::Error::TokenRefused {
                status: 401,
                remedy: ANY,
            },
        ),
        (Reply::status(403), cxone::Error::Forbidden { remedy: ANY }),
        (
            Reply::status(405),
            cxone::Error::UnexpectedStatus { status: 405 },
        ),
        (
            Reply::status(429),
            cxone::Error::RateLimited { retry_after: None },
        ),
        (
            Reply::with_headers(429, &[("retry-after", "7")], ""),
            cxone::Error::RateLimited {
                retry_after: retry(7),
            },
        ),
        (
            Reply::with_headers(429, &[("retry-after", "Mon, 05 Jan 2026 10:00:09 GMT")], ""),
            cxone::Error::RateLimited {
                retry_after: retry(9),
            },
        ),
        (
            Reply::with_headers(429, &[("retry-after", "86400")], ""),
            cxone::Error::RateLimited {
                retry_after: retry(900),
            },
        ),
        (
            Reply::with_headers(429, &[("retry-after", "soon")], ""),
            cxone::Error::RateLimited { retry_after: None },
        ),
        (
            Reply::status(500),
            cxone::Error::ServerError {
                status: 500,
                retry_after: None,
            },
        ),
        (
            Reply::with_headers(503, &[("retry-after", "3")], "busy"),
            cxone::Error::ServerError {
                status: 503,
                retry_after: retry(3),
            },
        ),
    ] {
        for spoken in Spoken::ALL {
            let reply = reply.clone();
            let server = spoken.tenant(move |_| reply.clone()).await;
            let client = client(spoken.settings(&http(&server)));
            let error = client.read_queues(&ids(&["a", "b"]), &[]).await;
            assert_eq!(error.map_err(plain), Err(expected.clone()), "{spoken:?}");
        }
    }
}

/// A tenant that refuses its first token, and numbers them.
async fn refuses_the_first(spoken: Spoken) -> Scripted {
    let issued = AtomicUsize::new(0);
    Scripted::start(move |seen| {
        if seen.target == spoken.token() {
            let number = issued.fetch_add(1, Ordering::Relaxed) + 1;
            return spoken.issues(&format!("t{number}"), &json!(3600));
        }
        let good = spoken.good(seen);
        good.unwrap_or_else(|| match seen.header("authorization") {
            Some("Bearer t1") => Reply::status(401),
            _ => spoken.queues(&["q"]),
        })
    })
    .await
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_read_repeated_once() {
    for spoken in Spoken::ALL {
        let server = refuses_the_first(spoken).await;
        let client = client(spoken.settings(&http(&server)));
        let counts = || (server.count(spoken.token()), server.count(spoken.read()));
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
        assert_eq!(counts(), (2, 2), "{spoken:?}");
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
        assert_eq!(counts(), (2, 3), "{spoken:?}: the new token stays");
        assert_eq!(
            server.count(CXONE),
            usize::from(spoken != Spoken::ReportingV2)
        );
    }
}

#[tokio::test]
async fn a_token_refused_twice_costs_one_new_token_and_one_repeat() {
    for spoken in Spoken::ALL {
        let server = spoken.tenant(|_| Reply::status(401)).await;
        let client = client(spoken.settings(&http(&server)));
        for round in 1..=2 {
            let read = client.read_queues(&ids(&["q"]), &[]).await;
            assert_eq!(
                read.map_err(plain),
                Err(cxone::Error::TokenRefused {
                    status: 401,
                    remedy: ANY
                })
            );
            assert_eq!(
                (server.count(spoken.token()), server.count(spoken.read())),
                (round + 1, 2 * round),
                "{spoken:?}"
            );
        }
    }
}

#[tokio::test]
async fn many_readers_whose_token_is_refused_share_one_new_token() {
    for spoken in Spoken::ALL {
        let server = refuses_the_first(spoken).await;
        let client = client(spoken.settings(&http(&server)));
        client.sign_in().await.unwrap();
        let readers: Vec<_> = (0..50)
            .map(|_| {
                let client = Arc::clone(&client);
                tokio::spawn(async move { client.read_queues(&ids(&["q"]), &[]).await })
            })
            .collect();
        for reader in readers {
            assert_eq!(reader.await.unwrap().unwrap().queues.len(), 1);
        }
        assert_eq!(server.count(spoken.token()), 2, "{spoken:?}");
    }
}

#[tokio::test]
async fn a_late_refusal_of_an_old_token_does_not_cost_the_new_one() {
    let gate = Arc::new(Notify::new());
    let (held, issued) = (Reply::status(401).held_by(&gate), AtomicUsize::new(0));
    let server = Scripted::start(move |seen| {
        if seen.target == TOKEN {
            let number = issued.fetch_add(1, Ordering::Relaxed) + 1;
            return Reply::json(&json!({"access_token": format!("t{number}")}));
        }
        match seen.header("authorization") {
            Some("Bearer t1") if seen.body.contains("slow") => held.clone(),
            Some("Bearer t1") => Reply::status(401),
            _ => Reply::json(&queues(&["q"])),
        }
    })
    .await;
    let client = Arc::new(client_of(&server));
    let slow = {
        let client = Arc::clone(&client);
        tokio::spawn(async move { client.read_queues(&ids(&["slow"]), &[]).await })
    };
    while server.count(REALTIME) == 0 {
        tokio::task::yield_now().await;
    }
    client.read_queues(&ids(&["quick"]), &[]).await.unwrap();
    gate.notify_one();
    slow.await.unwrap().unwrap();
    assert_eq!((server.count(TOKEN), server.count(REALTIME)), (2, 4));
}

#[tokio::test]
async fn every_request_takes_a_place_of_the_budget() {
    let server = tenant(|_| Reply::status(401)).await;
    let budget = Arc::new(RequestBudget::new(100));
    let client = client_with(settings(&http(&server)), &budget);
    client.read_queues(&ids(&["q"]), &[]).await.unwrap_err();
    assert_eq!(budget.spent(), 4, "token, read, token, read");
    assert_eq!(server.seen().len(), 4);
    client.list_queues().await.unwrap_err();
    assert_eq!(budget.spent(), 7, "read, token, read");
}

#[tokio::test]
async fn the_time_out_does_not_count_the_wait_for_the_budget() {
    let server = tenant(|_| Reply::json(&queues(&["q"]))).await;
    let budget = Arc::new(RequestBudget::new(100));
    let mut settings = settings(&http(&server));
    settings.total_timeout = Duration::from_millis(1_500);
    let client = client_with(settings, &budget);
    client.sign_in().await.unwrap();
    budget.hold_off(Duration::from_secs(2));
    assert!(client.read_queues(&ids(&["q"]), &[]).await.is_ok());
}

#[tokio::test]
async fn a_retry_after_closes_the_gate_for_every_request() {
    for status in [429, 503, 500] {
        let server =
            tenant(move |_| Reply::with_headers(status, &[("retry-after", "120")], "")).await;
        let budget = Arc::new(RequestBudget::new(100));
        let client = client_with(settings(&http(&server)), &budget);
        client.read_queues(&ids(&["q"]), &[]).await.unwrap_err();
        let waits = budget.next_free() - Instant::now();
        assert!(waits > Duration::from_secs(100), "{status}: {waits:?}");
    }
    let server = Scripted::start(|_| Reply::with_headers(429, &[("retry-after", "120")], "")).await;
    let budget = Arc::new(RequestBudget::new(100));
    let client = client_with(settings(&http(&server)), &budget);
    client.sign_in().await.unwrap_err();
    assert!(budget.next_free() - Instant::now() > Duration::from_secs(100));
}
