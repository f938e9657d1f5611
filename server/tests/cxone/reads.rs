//! Live statistics: what is sent, what is read, and what each status means.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use queuewall::{
    budget::RequestBudget,
    source::{QueueReading, QueueSource, SourceError},
};
use serde_json::{Value, json};
use tokio::{sync::Notify, time::Instant};

use crate::{
    scripted::{Reply, Scripted},
    tenant::{
        CANARY_TOKEN, REALTIME, TOKEN, client, client_of, client_with, http, ids, queues, settings,
        tenant, token_reply,
    },
};

#[tokio::test]
async fn the_sign_in_and_the_read_are_sent_as_the_contract_says() {
    let server = tenant(|_| {
        Reply::json(&json!({"queues": [{
            "queueId": "q1", "name": "Sales", "agentsLoggedOn": 12, "agentsAvailable": 3,
            "agentsBusy": 7, "callsWaiting": 4, "averageWaitTime": 92_000, "serviceLevel": 83.5
        }]}))
    })
    .await;
    let readings = client_of(&server)
        .read_queues(&ids(&["q1"]), &[])
        .await
        .unwrap();
    assert_eq!(
        readings,
        [QueueReading {
            id: "q1".into(),
            name: Some("Sales".into()),
            waiting: Some(4),
            average_wait: Some(Duration::from_secs(92)),
            longest_wait: None,
            agents_logged_on: Some(12),
            agents_available: Some(3),
            agents_busy: Some(7),
            service_level_percent: Some(83.5),
            ..QueueReading::default()
        }]
    );

    let [token, read] = &server.seen()[..] else {
        panic!("two requests")
    };
    assert_eq!(
        (token.method.as_str(), token.target.as_str()),
        ("POST", TOKEN)
    );
    assert_eq!(
        token.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(
        token.body,
        "grant_type=client_credentials&client_id=client+1&client_secret=canary%26secret%3D9b1e&tenant_id=tenant-1"
    );
    assert_eq!(token.header("authorization"), None);

    assert_eq!(
        (read.method.as_str(), read.target.as_str()),
        ("POST", REALTIME)
    );
    assert_eq!(read.header("content-type"), Some("application/json"));
    assert_eq!(
        read.header("authorization"),
        Some(format!("Bearer {CANARY_TOKEN}").as_str())
    );
    assert_eq!(read.header("accept"), Some("application/json"));
    assert_eq!(
        read.header("user-agent"),
        Some(concat!("queuewall/", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(
        serde_json::from_str::<Value>(&read.body).unwrap(),
        json!({"queueId": "q1"})
    );
}

#[tokio::test]
async fn many_ids_and_skills_go_into_one_request() {
    let server = tenant(|_| Reply::json(&queues(&["b", "a"]))).await;
    let client = client_of(&server);
    let readings = client
        .read_queues(&ids(&["a", "b", "gone"]), &ids(&["s1"]))
        .await
        .unwrap();
    let answered: Vec<_> = readings.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(answered, ["b", "a"], "in the upstream's order, one missing");
    assert_eq!(
        serde_json::from_str::<Value>(&server.seen()[1].body).unwrap(),
        json!({"queueIds": ["a", "b", "gone"], "skillIds": ["s1"]})
    );
    assert_eq!(client.batch_limit(), 100);
}

#[tokio::test]
async fn a_path_prefix_stands_before_every_path() {
    let server = Scripted::start(|seen| match seen.target.as_str() {
        "/gateway/oauth2/token" => token_reply(),
        "/gateway/api/v2/reporting/queues/realtime" => Reply::json(&queues(&["q"])),
        _ => Reply::status(404),
    })
    .await;
    let client = client(settings(&format!("{}/gateway/", http(&server))));
    assert_eq!(
        client.read_queues(&ids(&["q"]), &[]).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn no_ids_send_nothing_and_too_many_are_refused_unsent() {
    let server = tenant(|_| Reply::json(&queues(&[]))).await;
    let client = client_of(&server);
    assert_eq!(client.read_queues(&[], &[]).await, Ok(Vec::new()));
    let hundred_and_one = vec!["q".to_owned(); 101];
    assert_eq!(
        client.read_queues(&hundred_and_one, &[]).await,
        Err(SourceError::TooManyIds {
            given: 101,
            limit: 100
        })
    );
    assert!(server.seen().is_empty());
    assert!(
        client
            .read_queues(&hundred_and_one[..100], &[])
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn each_refusal_of_a_read_has_a_name() {
    let retry = |seconds| Some(Duration::from_secs(seconds));
    for (reply, expected) in [
        (Reply::status(400), SourceError::BadRequest { status: 400 }),
        (Reply::status(401), SourceError::TokenRefused),
        (
            Reply::status(403),
            SourceError::Forbidden {
                scope: "reporting:queue:view",
            },
        ),
        (
            Reply::status(404),
            SourceError::QueueNotFound {
                ids: ids(&["a", "b"]),
            },
        ),
        (
            Reply::status(405),
            SourceError::UnexpectedStatus { status: 405 },
        ),
        (
            Reply::status(429),
            SourceError::RateLimited { retry_after: None },
        ),
        (
            Reply::with_headers(429, &[("retry-after", "7")], ""),
            SourceError::RateLimited {
                retry_after: retry(7),
            },
        ),
        (
            Reply::with_headers(429, &[("retry-after", "Mon, 05 Jan 2026 10:00:09 GMT")], ""),
            SourceError::RateLimited {
                retry_after: retry(9),
            },
        ),
        (
            Reply::with_headers(429, &[("retry-after", "86400")], ""),
            SourceError::RateLimited {
                retry_after: retry(900),
            },
        ),
        (
            Reply::with_headers(429, &[("retry-after", "soon")], ""),
            SourceError::RateLimited { retry_after: None },
        ),
        (
            Reply::status(500),
            SourceError::ServerError {
                status: 500,
                retry_after: None,
            },
        ),
        (
            Reply::with_headers(503, &[("retry-after", "3")], "busy"),
            SourceError::ServerError {
                status: 503,
                retry_after: retry(3),
            },
        ),
    ] {
        let server = tenant(move |_| reply.clone()).await;
        let client = client_of(&server);
        let error = client
            .read_queues(&ids(&["a", "b"]), &[])
            .await
            .unwrap_err();
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_read_repeated_once() {
    let refusals = Arc::new(AtomicUsize::new(0));
    let issued = Arc::new(AtomicUsize::new(0));
    let (refused, tokens) = (Arc::clone(&refusals), Arc::clone(&issued));
    let server = Scripted::start(move |seen| {
        if seen.target == TOKEN {
            let number = tokens.fetch_add(1, Ordering::Relaxed) + 1;
            return Reply::json(&json!({"access_token": format!("t{number}")}));
        }
        match seen.header("authorization") {
            Some("Bearer t1") => {
                refused.fetch_add(1, Ordering::Relaxed);
                Reply::status(401)
            }
            _ => Reply::json(&queues(&["q"])),
        }
    })
    .await;
    let client = client_of(&server);
    assert_eq!(
        client.read_queues(&ids(&["q"]), &[]).await.unwrap().len(),
        1
    );
    assert_eq!((server.count(TOKEN), server.count(REALTIME)), (2, 2));
    client.read_queues(&ids(&["q"]), &[]).await.unwrap();
    assert_eq!(
        (server.count(TOKEN), server.count(REALTIME)),
        (2, 3),
        "the new token stays"
    );
}

#[tokio::test]
async fn a_token_refused_twice_costs_one_new_token_and_one_repeat() {
    let server = tenant(|_| Reply::status(401)).await;
    let client = client_of(&server);
    for round in 1..=2 {
        assert_eq!(
            client.read_queues(&ids(&["q"]), &[]).await,
            Err(SourceError::TokenRefused)
        );
        assert_eq!(
            (server.count(TOKEN), server.count(REALTIME)),
            (round + 1, 2 * round)
        );
    }
}

#[tokio::test]
async fn many_readers_whose_token_is_refused_share_one_new_token() {
    let issued = AtomicUsize::new(0);
    let server = Scripted::start(move |seen| {
        if seen.target == TOKEN {
            let number = issued.fetch_add(1, Ordering::Relaxed) + 1;
            return Reply::json(&json!({"access_token": format!("t{number}")}));
        }
        match seen.header("authorization") {
            Some("Bearer t1") => Reply::status(401),
            _ => Reply::json(&queues(&["q"])),
        }
    })
    .await;
    let client = Arc::new(client_of(&server));
    client.sign_in().await.unwrap();
    let readers: Vec<_> = (0..50)
        .map(|_| {
            let client = Arc::clone(&client);
            tokio::spawn(async move { client.read_queues(&ids(&["q"]), &[]).await })
        })
        .collect();
    for reader in readers {
        assert_eq!(reader.await.unwrap().unwrap().len(), 1);
    }
    assert_eq!(server.count(TOKEN), 2);
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
