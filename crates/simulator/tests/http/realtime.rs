//! `POST /api/v2/reporting/queues/realtime`.

use std::{collections::HashSet, time::Duration};

use queuewall_simulator::{Endpoint, Field, Options, QueueOverride};
use serde_json::{Value, json};

use crate::tenant::{Tenant, id_text, queues_of, skip};

#[tokio::test]
async fn single_queue_is_answered_as_list_in_contract_shape() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let ids = tenant.control.queue_ids();
    let queues = queues_of(tenant.read(&token, json!({"queueId": ids[0]})).await).await;
    let [queue] = queues.as_slice() else {
        panic!("{queues:?}")
    };
    assert_eq!(queue["queueId"], ids[0].as_str());
    assert_eq!(queue["name"], "Sales");
    for count in [
        "agentsLoggedOn",
        "agentsAvailable",
        "agentsBusy",
        "callsWaiting",
        "averageWaitTime",
    ] {
        assert!(queue[count].is_u64(), "{count}: {queue}");
    }
    assert!((0.0..=100.0).contains(&queue["serviceLevel"].as_f64().unwrap()));
    assert!(
        queue.get("mediaType").is_some(),
        "a field that the contract does not name"
    );
}

#[tokio::test]
async fn many_queues_come_in_the_order_asked_with_ids_of_both_types() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let mut ids = tenant.control.queue_ids();
    ids.reverse();
    let queues = tenant.queues(&token, &ids).await;
    let answered: Vec<_> = queues
        .iter()
        .map(|queue| id_text(&queue["queueId"]))
        .collect();
    assert_eq!(answered, ids);
    assert!(queues.iter().any(|queue| queue["queueId"].is_string()));
    assert!(queues.iter().any(|queue| queue["queueId"].is_u64()));
    let names: HashSet<_> = queues.iter().map(|queue| queue["name"].as_str()).collect();
    assert_eq!(names.len(), 24);
}

#[tokio::test]
async fn ids_may_be_asked_for_as_numbers() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let id: u64 = tenant.control.queue_ids()[0].parse().unwrap();
    let queues = queues_of(tenant.read(&token, json!({"queueIds": [id]})).await).await;
    assert_eq!(id_text(&queues[0]["queueId"]), id.to_string());
}

#[tokio::test]
async fn a_hundred_ids_pass_and_one_more_is_a_bad_request() {
    let tenant = Tenant::start(Options {
        queues: 500,
        ..Options::default()
    })
    .await;
    let token = tenant.sign_in().await;
    let ids = tenant.control.queue_ids();
    assert_eq!(tenant.queues(&token, &ids[400..]).await.len(), 100);
    let answer = tenant.read(&token, json!({"queueIds": ids[..101]})).await;
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn malformed_reads_are_bad_requests() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let id = &tenant.control.queue_ids()[0];
    let bodies = [
        json!({}),
        json!([]),
        json!({"queueIds": []}),
        json!({"queueIds": id}),
        json!({"queueId": null}),
        json!({"queueId": id, "queueIds": [id]}),
        json!({"queueId": id, "skillIds": "one"}),
    ];
    for body in bodies {
        let answer = tenant.read(&token, body.clone()).await;
        assert_eq!(answer.status(), 400, "{body}");
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["error"], "bad_request");
    }
}

#[tokio::test]
async fn one_unknown_id_fails_the_whole_batch_with_404() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let id = &tenant.control.queue_ids()[0];
    let answer = tenant
        .read(&token, json!({"queueIds": [id, "999999"]}))
        .await;
    assert_eq!(answer.status(), 404);
    assert!(answer.text().await.unwrap().contains("999999"));
}

#[tokio::test]
async fn a_removed_queue_is_unknown_until_it_is_restored() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let ids = tenant.control.queue_ids();
    tenant.control.remove(&ids[3]);
    assert_eq!(
        tenant.read(&token, json!({"queueIds": ids})).await.status(),
        404
    );
    let list = tenant.list(&token, &tenant.url("/api/v2/queues")).await;
    assert_eq!(queues_of(list).await.len(), 23);
    tenant.control.restore(&ids[3]);
    assert_eq!(tenant.queues(&token, &ids).await.len(), 24);
}

#[tokio::test]
async fn an_omitted_queue_is_left_out_without_a_word() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let ids = tenant.control.queue_ids();
    tenant.control.omit(&ids[1]);
    let answered = tenant.queues(&token, &ids[..3]).await;
    let answered: Vec<_> = answered
        .iter()
        .map(|queue| id_text(&queue["queueId"]))
        .collect();
    assert_eq!(answered, [ids[0].as_str(), &ids[2]]);
    tenant.control.restore(&ids[1]);
    assert_eq!(tenant.queues(&token, &ids[..3]).await.len(), 3);
}

#[tokio::test]
async fn pinned_fields_hold_numbers_null_or_nothing_until_cleared() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let ids = tenant.control.queue_ids()[..1].to_vec();
    let live = tenant.queues(&token, &ids).await;
    tenant.control.set(
        &ids[0],
        QueueOverride {
            name: "Sales & More".to_owned().into(),
            waiting: 42.into(),
            average_wait_ms: Field::Null,
            service_level: Field::Absent,
            ..QueueOverride::default()
        },
    );
    let mut expected = live[0].clone();
    let fields = expected.as_object_mut().unwrap();
    fields.insert("name".into(), "Sales & More".into());
    fields.insert("callsWaiting".into(), 42.into());
    fields.insert("averageWaitTime".into(), Value::Null);
    fields.remove("serviceLevel");
    assert_eq!(tenant.queues(&token, &ids).await, [expected]);
    tenant.control.clear(&ids[0]);
    assert_eq!(tenant.queues(&token, &ids).await, live);
}

#[tokio::test]
async fn a_skill_filter_shrinks_the_numbers_repeatably() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let id = &tenant.control.queue_ids()[0];
    let agents = async |body| {
        let queues = queues_of(tenant.read(&token, body).await).await;
        queues[0]["agentsLoggedOn"].as_u64().unwrap()
    };
    let all = agents(json!({"queueId": id})).await;
    let one = agents(json!({"queueId": id, "skillIds": ["7"]})).await;
    let both = agents(json!({"queueId": id, "skillIds": ["7", "8"]})).await;
    assert_eq!(
        agents(json!({"queueId": id, "skillIds": ["8", 7]})).await,
        both
    );
    assert_eq!(agents(json!({"queueId": id, "skillIds": []})).await, all);
    assert!(0 < one && one < both && both < all, "{one} {both} {all}");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_numbers_and_another_does_not() {
    let numbers = async |seed| {
        let tenant = Tenant::start(Options {
            seed,
            speed: 0.0,
            ..Options::default()
        })
        .await;
        let token = tenant.sign_in().await;
        tenant.queues(&token, &tenant.control.queue_ids()).await
    };
    let once = numbers(7).await;
    assert_eq!(numbers(7).await, once);
    assert_ne!(numbers(8).await, once);
}

#[tokio::test]
async fn time_moves_the_numbers_as_fast_as_the_speed_says() {
    let tenant = Tenant::start(Options {
        speed: 60.0,
        ..Options::default()
    })
    .await;
    let token = tenant.sign_in().await;
    let west = tenant.control.queue_ids()[5..6].to_vec();
    let agents = async || {
        let queues = tenant.queues(&token, &west).await;
        queues[0]["agentsLoggedOn"].as_u64().unwrap()
    };
    assert_eq!(agents().await, 0, "West Coast Support is closed at 10:20");
    skip(Duration::from_secs(70)).await;
    assert!(agents().await > 5, "and open at 11:30");
}

#[tokio::test]
async fn requests_are_told_with_what_they_asked_for() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let ids = tenant.control.queue_ids();
    tenant.read(&token, json!({"queueId": ids[0]})).await;
    skip(Duration::from_secs(30)).await;
    tenant
        .read(
            &token,
            json!({"queueIds": [ids[1], "none"], "skillIds": [5]}),
        )
        .await;
    tenant.list(&token, &tenant.url("/api/v2/queues")).await;

    let requests = tenant.control.requests();
    let asked: Vec<_> = requests
        .iter()
        .map(|one| (one.endpoint, one.status))
        .collect();
    assert_eq!(
        asked,
        [
            (Endpoint::Token, Some(200)),
            (Endpoint::Realtime, Some(200)),
            (Endpoint::Realtime, Some(404)),
            (Endpoint::QueueList, Some(200)),
        ]
    );
    assert!(requests[1].single && requests[1].queue_ids == ids[..1]);
    assert!(!requests[2].single && requests[2].queue_ids == [ids[1].as_str(), "none"]);
    assert_eq!(requests[2].skill_ids, ["5"]);
    assert!(requests[2].at - requests[1].at >= Duration::from_secs(30));
    assert_eq!(tenant.control.count(Endpoint::Realtime), 2);
}
