//! Live statistics of `reporting-v2`: what is sent, and what is read.

use std::time::Duration;

use cxone::{QueueReading, QueueReadings};
use serde_json::{Value, json};

use crate::{
    dialect::CANARY_TOKEN,
    scripted::{Reply, Scripted},
    tenant::{
        REALTIME, TOKEN, client, client_of, http, ids, queues, settings, tenant, token_reply,
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
        readings.queues,
        [QueueReading {
            id: "q1".into(),
            name: Some("Sales".into()),
            waiting: Some(4),
            average_wait: Some(Duration::from_secs(92)),
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
    assert_eq!(read.header("user-agent"), Some("cxone-tests/1"));
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
    let answered: Vec<_> = readings.queues.iter().map(|it| it.id.as_str()).collect();
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
        client
            .read_queues(&ids(&["q"]), &[])
            .await
            .map(|it| it.queues.len()),
        Ok(1)
    );
}

#[tokio::test]
async fn no_ids_send_nothing_and_too_many_are_refused_unsent() {
    let server = tenant(|_| Reply::json(&queues(&[]))).await;
    let client = client_of(&server);
    assert_eq!(
        client.read_queues(&[], &[]).await,
        Ok(QueueReadings::default())
    );
    let hundred_and_one = vec!["q".to_owned(); 101];
    assert_eq!(
        client.read_queues(&hundred_and_one, &[]).await,
        Err(cxone::Error::TooManyIds {
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
async fn a_404_is_about_the_ids_that_were_asked_for() {
    let server = tenant(|_| Reply::status(404)).await;
    assert_eq!(
        client_of(&server).read_queues(&ids(&["a", "b"]), &[]).await,
        Err(cxone::Error::QueueNotFound {
            ids: ids(&["a", "b"]),
        })
    );
}
