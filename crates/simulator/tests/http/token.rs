//! `POST /oauth2/token`.

use std::time::Duration;

use queuewall_simulator::{Credentials, Endpoint, Options};
use serde_json::{Value, json};

use crate::tenant::{Tenant, good_form, skip};

#[tokio::test]
async fn any_credentials_get_a_bearer_token_with_its_life() {
    let tenant = Tenant::frozen().await;
    let answer = tenant.token_request(&good_form()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 3_600);
    assert_eq!(answer["scope"], "reporting:queue:view");
    assert!(!answer["access_token"].as_str().unwrap().is_empty());
    assert_eq!(tenant.control.count(Endpoint::Token), 1);
}

#[tokio::test]
async fn a_wrong_request_gets_the_error_of_rfc_6749() {
    let tenant = Tenant::start(Options {
        credentials: Credentials {
            client_id: Some("client".into()),
            client_secret: Some("secret".into()),
            tenant_id: Some("tenant".into()),
            ..Credentials::default()
        },
        ..Options::default()
    })
    .await;
    assert!(!tenant.sign_in().await.is_empty(), "the right one passes");
    let cases = [
        ("grant_type", "password", 400, "unsupported_grant_type"),
        ("grant_type", "", 400, "invalid_request"),
        ("client_id", "another", 401, "invalid_client"),
        ("client_id", "", 401, "invalid_client"),
        ("client_secret", "wrong", 401, "invalid_client"),
        ("tenant_id", "", 400, "invalid_request"),
        ("tenant_id", "another", 400, "invalid_request"),
    ];
    for (field, value, status, error) in cases {
        let form = good_form().map(|pair| {
            if pair.0 == field {
                (field, value)
            } else {
                pair
            }
        });
        let answer = tenant.token_request(&form).send().await.unwrap();
        assert_eq!(answer.status(), status, "{field}={value}");
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["error"], error, "{field}={value}");
        assert!(answer["error_description"].is_string());
    }
}

#[tokio::test]
async fn the_tenant_id_may_not_be_missing_and_the_body_must_be_a_form() {
    let tenant = Tenant::frozen().await;
    let no_tenant = tenant
        .token_request(&good_form()[..3])
        .send()
        .await
        .unwrap();
    assert_eq!(no_tenant.status(), 400);
    let json = tenant.client.post(tenant.url("/oauth2/token")).json(&json!({
        "grant_type": "client_credentials", "client_id": "a", "client_secret": "b", "tenant_id": "c"
    }));
    assert_eq!(json.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn an_expired_token_gets_401_and_a_new_one_does_not() {
    let tenant = Tenant::start(Options {
        token_seconds: 90,
        ..Options::default()
    })
    .await;
    let id = json!({"queueId": tenant.control.queue_ids()[0]});
    let token = tenant.sign_in().await;
    skip(Duration::from_secs(80)).await;
    assert_eq!(tenant.read(&token, id.clone()).await.status(), 200);
    skip(Duration::from_secs(10)).await;
    let expired = tenant.read(&token, id.clone()).await;
    assert_eq!(expired.status(), 401);
    assert!(expired.headers().contains_key("www-authenticate"));
    let renewed = tenant.sign_in().await;
    assert_ne!(renewed, token);
    assert_eq!(tenant.read(&renewed, id).await.status(), 200);
}

#[tokio::test]
async fn revoked_unknown_and_missing_tokens_get_401() {
    let tenant = Tenant::frozen().await;
    let id = json!({"queueId": tenant.control.queue_ids()[0]});
    let token = tenant.sign_in().await;
    assert_eq!(tenant.read(&token, id.clone()).await.status(), 200);
    tenant.control.revoke_tokens();
    assert_eq!(tenant.read(&token, id.clone()).await.status(), 401);
    assert_eq!(tenant.read("made-up", id.clone()).await.status(), 401);
    let request = tenant
        .client
        .post(tenant.url("/api/v2/reporting/queues/realtime"));
    assert_eq!(request.json(&id).send().await.unwrap().status(), 401);
    let list = tenant.client.get(tenant.url("/api/v2/queues"));
    assert_eq!(list.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn without_the_scope_every_read_gets_403_though_the_token_holds() {
    let tenant = Tenant::start(Options {
        scope_granted: false,
        ..Options::default()
    })
    .await;
    let token = tenant.sign_in().await;
    let id = json!({"queueId": tenant.control.queue_ids()[0]});
    assert_eq!(tenant.read(&token, id).await.status(), 403);
    assert_eq!(
        tenant
            .list(&token, &tenant.url("/api/v2/queues"))
            .await
            .status(),
        403
    );
}

#[tokio::test]
async fn the_rate_limit_counts_tokens_and_reads_of_each_client() {
    let tenant = Tenant::start(Options {
        rate_limit_per_minute: Some(3),
        ..Options::default()
    })
    .await;
    let id = json!({"queueId": tenant.control.queue_ids()[0]});
    let token = tenant.sign_in().await;
    let other = tenant.sign_in_as("another").await;
    assert_eq!(tenant.read(&token, id.clone()).await.status(), 200);
    assert_eq!(
        tenant
            .list(&token, &tenant.url("/api/v2/queues"))
            .await
            .status(),
        200
    );

    let limited = tenant.read(&token, id.clone()).await;
    assert_eq!(limited.status(), 429);
    let wait: u64 = limited.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let token_too = tenant.token_request(&good_form()).send().await.unwrap();
    assert_eq!(token_too.status(), 429);
    assert_eq!(tenant.read(&other, id.clone()).await.status(), 200);

    skip(Duration::from_secs(wait)).await;
    assert_eq!(tenant.read(&token, id).await.status(), 200);
}
