//! `GET /api/v2/queues`.

use queuewall_simulator::Options;
use serde_json::Value;

use crate::tenant::{Tenant, id_text};

#[tokio::test]
async fn the_list_has_every_queue_by_id_and_name_on_one_page() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let answer = tenant.list(&token, &tenant.url("/api/v2/queues")).await;
    let answer: Value = answer.json().await.unwrap();
    let queues = answer["queues"].as_array().unwrap();
    let ids: Vec<_> = queues
        .iter()
        .map(|queue| id_text(&queue["queueId"]))
        .collect();
    assert_eq!(ids, tenant.control.queue_ids());
    assert_eq!(queues[0]["name"], "Sales");
    assert_eq!(answer["_links"]["next"], Value::Null);
}

#[tokio::test]
async fn pages_are_linked_to_the_last() {
    let tenant = Tenant::start(Options {
        list_page_size: Some(10),
        rate_limit_per_minute: None,
        ..Options::default()
    })
    .await;
    let token = tenant.sign_in().await;
    let (mut sizes, mut ids) = (Vec::new(), Vec::new());
    let mut next = Some(tenant.url("/api/v2/queues"));
    while let Some(address) = next {
        let page: Value = tenant.list(&token, &address).await.json().await.unwrap();
        let queues = page["queues"].as_array().unwrap();
        sizes.push(queues.len());
        ids.extend(queues.iter().map(|queue| id_text(&queue["queueId"])));
        next = page["_links"]["next"].as_str().map(str::to_owned);
    }
    assert_eq!(sizes, [10, 10, 4]);
    assert_eq!(ids, tenant.control.queue_ids());

    let beyond = tenant
        .list(&token, &tenant.url("/api/v2/queues?page=9"))
        .await;
    let beyond: Value = beyond.json().await.unwrap();
    assert_eq!(beyond["queues"], Value::Array(Vec::new()));
    for wrong in ["0", "-1", "x"] {
        let address = tenant.url(&format!("/api/v2/queues?page={wrong}"));
        assert_eq!(tenant.list(&token, &address).await.status(), 400, "{wrong}");
    }
}
