//! `GET /.well-known/…`.

use queuewall_simulator::{Credentials, Endpoint, Options};
use serde_json::Value;

use crate::tenant::{Tenant, json_of};

const OPENID: &str = "/.well-known/openid-configuration";
const CXONE: &str = "/.well-known/cxone-configuration";

async fn get(tenant: &Tenant, path: &str) -> Value {
    json_of(tenant.client.get(tenant.url(path))).await
}

#[tokio::test]
async fn it_leads_to_the_origin_by_which_the_client_came() {
    let tenant = Tenant::frozen().await;
    let openid = get(&tenant, OPENID).await;
    assert_eq!(openid["issuer"], tenant.url(""));
    assert_eq!(openid["token_endpoint"], tenant.url("/auth/token"));
    let cxone = get(&tenant, &format!("{CXONE}?tenantId=any")).await;
    assert_eq!(cxone["api_endpoint"], tenant.url(""));
    assert!(cxone["area"].is_string() && cxone["tenantId"] == "any");

    let by_name = tenant.client.get(tenant.url(OPENID));
    let by_name = json_of(by_name.header("host", "cxone.example:1")).await;
    assert_eq!(by_name["issuer"], "http://cxone.example:1");
    assert_eq!(tenant.control.count(Endpoint::OpenIdConfiguration), 2);
    assert_eq!(tenant.control.count(Endpoint::CxoneConfiguration), 1);
    assert_eq!(tenant.control.requests()[1].query, "tenantId=any");
}

#[tokio::test]
async fn missing_tenant_id_is_400_and_wrong_tenant_id_is_404() {
    let tenant = Tenant::start(Options {
        credentials: Credentials {
            tenant_id: Some("ours & only".into()),
            ..Credentials::default()
        },
        ..Options::default()
    })
    .await;
    for (query, status) in [
        ("", 400),
        ("?tenantId=", 400),
        ("?tenantid=ours", 400),
        ("?tenantId=theirs", 404),
        ("?tenantId=ours%20%26%20only", 200),
    ] {
        let address = tenant.url(&format!("{CXONE}{query}"));
        let answer = tenant.client.get(address).send().await.unwrap();
        assert_eq!(answer.status(), status, "{query}");
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["error"].is_string(), status != 200, "{query}");
    }
}

#[tokio::test]
async fn the_api_and_the_token_endpoint_can_be_moved_and_moved_back() {
    let tenant = Tenant::frozen().await;
    let elsewhere = "https://elsewhere.example";
    let api = async || get(&tenant, &format!("{CXONE}?tenantId=any")).await["api_endpoint"].clone();
    let token = async || get(&tenant, OPENID).await["token_endpoint"].clone();
    tenant.control.set_api_endpoint(Some(elsewhere));
    assert_eq!(api().await, elsewhere);
    assert_eq!(token().await, tenant.url("/auth/token"));
    tenant.control.set_api_endpoint(None);
    tenant.control.set_token_endpoint(Some(elsewhere));
    assert_eq!(api().await, tenant.url(""));
    assert_eq!(token().await, elsewhere);
    tenant.control.set_token_endpoint(None);
    assert_eq!(token().await, tenant.url("/auth/token"));
}
