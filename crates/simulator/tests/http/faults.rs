//! What the world does to a contract.

use std::{mem::discriminant, time::Duration};

use queuewall_simulator::{Endpoint, Fault, Options};
use reqwest::Response;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::tenant::{ACTIVITY, Tenant, good_form, password_form};

async fn ask_for_token(tenant: &Tenant) -> reqwest::Result<Response> {
    tenant.token_request(&good_form()).send().await
}

#[tokio::test]
async fn status_fault_has_body_and_retry_after_until_cleared() {
    let tenant = Tenant::frozen().await;
    tenant.control.fail_with(Fault::Status {
        code: 503,
        retry_after: Some("Fri, 01 Jan 2027 10:00:00 GMT".into()),
        body: "down".into(),
    });
    let answer = ask_for_token(&tenant).await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(
        answer.headers()["retry-after"],
        "Fri, 01 Jan 2027 10:00:00 GMT"
    );
    assert_eq!(answer.text().await.unwrap(), "down");
    tenant.control.fail_with(Fault::status(500));
    let plain = ask_for_token(&tenant).await.unwrap();
    assert!(plain.status() == 500 && !plain.headers().contains_key("retry-after"));
    tenant.control.fail_with(Fault::retry_after(429, "7"));
    let limited = ask_for_token(&tenant).await.unwrap();
    assert!(limited.status() == 429 && limited.headers()["retry-after"] == "7");
    tenant.control.heal();
    assert_eq!(ask_for_token(&tenant).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_fault_can_be_of_one_endpoint_and_of_so_many_requests() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    let id = json!({"queueId": tenant.control.queue_ids()[0]});
    tenant
        .control
        .fail_with(Fault::status(502).on(Endpoint::Realtime).times(1));
    assert_eq!(
        tenant
            .list(&token, &tenant.url("/api/v2/queues"))
            .await
            .status(),
        200
    );
    assert_eq!(tenant.read(&token, id.clone()).await.status(), 502);
    assert_eq!(tenant.read(&token, id).await.status(), 200);
}

#[tokio::test]
async fn a_reset_closes_the_connection_without_a_byte() {
    let tenant = Tenant::frozen().await;
    tenant.control.fail_with(Fault::Reset);
    let mut stream = TcpStream::connect(tenant.simulator.address())
        .await
        .unwrap();
    stream
        .write_all(b"GET /api/v2/queues HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    // The system may call it an end or a reset.
    let _ = stream.read_to_end(&mut answer).await;
    assert_eq!(answer, b"");
    assert!(ask_for_token(&tenant).await.is_err());
    assert_eq!(tenant.control.requests()[0].status, None);
}

#[tokio::test]
async fn a_hang_never_answers_but_is_noted() {
    let tenant = Tenant::frozen().await;
    tenant.control.fail_with(Fault::Hang);
    let request = tenant.token_request(&good_form());
    let error = request
        .timeout(Duration::from_millis(200))
        .send()
        .await
        .unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(tenant.control.count(Endpoint::Token), 1);
}

#[tokio::test]
async fn a_truncated_answer_breaks_off_below_its_announced_length() {
    let tenant = Tenant::frozen().await;
    tenant.control.fail_with(Fault::Truncated);
    let answer = ask_for_token(&tenant).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.content_length(), Some(4_096));
    assert!(answer.bytes().await.is_err());

    let mut stream = TcpStream::connect(tenant.simulator.address())
        .await
        .unwrap();
    stream
        .write_all(b"GET /api/v2/queues HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut sent = Vec::new();
    let _ = stream.read_to_end(&mut sent).await;
    let sent = String::from_utf8(sent).unwrap();
    assert!(sent.ends_with(r#"{"queues":[{"queueId":"35"#), "{sent}");
}

#[tokio::test]
async fn wrong_content_is_a_page_or_json_of_wrong_types() {
    let tenant = Tenant::frozen().await;
    let token = tenant.sign_in().await;
    tenant.control.fail_with(Fault::HtmlPage);
    let page = ask_for_token(&tenant).await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(
        page.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert!(page.text().await.unwrap().contains("<html>"));

    tenant.control.fail_with(Fault::WrongTypes);
    let wrong: Value = ask_for_token(&tenant).await.unwrap().json().await.unwrap();
    assert!(wrong["access_token"].is_array() && wrong["expires_in"].is_string());
    let wrong = tenant.read(&token, json!({"queueId": "1"})).await;
    let wrong: Value = wrong.json().await.unwrap();
    assert!(wrong["queues"][0]["callsWaiting"].is_string());
    let wrong = tenant.list(&token, &tenant.url("/api/v2/queues")).await;
    let wrong: Value = wrong.json().await.unwrap();
    assert!(wrong["queues"][0]["queueId"].is_boolean());
}

#[tokio::test]
async fn each_realtime_endpoint_has_a_fault_and_wrong_types() {
    let tenant = Tenant::start(Options {
        rate_limit_per_minute: None,
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    let get = |path: &str| tenant.activity_request(&token, &tenant.url(path));
    let key = json!({"accessKeyId": "KEY", "accessKeySecret": "key-secret"});
    let key_address = tenant.url("/authentication/v1/token/access-key");
    let endpoints = [
        (
            Endpoint::OpenIdConfiguration,
            get("/.well-known/openid-configuration"),
            "/token_endpoint",
        ),
        (
            Endpoint::CxoneConfiguration,
            get("/.well-known/cxone-configuration?tenantId=any"),
            "/api_endpoint",
        ),
        (
            Endpoint::AuthToken,
            tenant.grant_request(&password_form()),
            "/id_token",
        ),
        (
            Endpoint::AccessKeyToken,
            tenant.client.post(key_address).json(&key),
            "/refresh_token",
        ),
        (
            Endpoint::SkillActivity,
            get(ACTIVITY),
            "/skillActivity/0/queueCount",
        ),
    ];
    for (endpoint, request, field) in endpoints {
        let before = tenant.control.count(endpoint);
        let ask = async || request.try_clone().unwrap().send().await.unwrap();
        tenant
            .control
            .fail_with(Fault::status(502).on(endpoint).times(1));
        assert_eq!(ask().await.status(), 502, "{endpoint:?}");
        let right: Value = ask().await.json().await.unwrap();
        tenant.control.fail_with(Fault::WrongTypes.on(endpoint));
        let wrong: Value = ask().await.json().await.unwrap();
        let kinds = [&right, &wrong].map(|answer| discriminant(answer.pointer(field).unwrap()));
        assert_ne!(kinds[0], kinds[1], "{endpoint:?}: {wrong}");
        assert_eq!(tenant.control.count(endpoint), before + 3);
        assert_eq!(tenant.control.requests().last().unwrap().endpoint, endpoint);
        tenant.control.heal();
    }
}

#[tokio::test]
async fn a_redirect_names_its_address() {
    let tenant = Tenant::frozen().await;
    let elsewhere = "http://127.0.0.1:1/elsewhere";
    tenant
        .control
        .fail_with(Fault::RedirectTo(elsewhere.into()));
    let answer = ask_for_token(&tenant).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (307, &elsewhere.parse().unwrap())
    );
}
