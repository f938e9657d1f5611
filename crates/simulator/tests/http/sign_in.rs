//! `POST /auth/token` and `POST /authentication/v1/token/access-key`.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use queuewall_simulator::{Credentials, Endpoint, Options};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::tenant::{
    ACTIVITY, Tenant, json_of, password_form, refresh_form, refused, skip, status_of, text,
};

/// A tenant that knows one client, and one API user's access key.
async fn strict() -> Tenant {
    Tenant::start(Options {
        credentials: Credentials {
            client_id: Some("client".into()),
            client_secret: Some("secret".into()),
            tenant_id: Some("tenant".into()),
            access_key_id: Some("KEY".into()),
            access_key_secret: Some("key-secret".into()),
        },
        rate_limit_per_minute: None,
        ..Options::default()
    })
    .await
}

fn by_key(tenant: &Tenant, body: &Value) -> RequestBuilder {
    let address = tenant.url("/authentication/v1/token/access-key");
    tenant.client.post(address).json(body)
}

/// The status of a read with this token.
async fn read(tenant: &Tenant, token: &Value) -> u16 {
    status_of(tenant.activity_request(&text(token), &tenant.url(ACTIVITY))).await
}

#[tokio::test]
async fn every_sign_in_gives_tokens_and_id_token_with_tenant() {
    let tenant = strict().await;
    let first = tenant.sign_in_by_password().await;
    let refresh = text(&first["refresh_token"]);
    let requests = [
        tenant.grant_request(&password_form()),
        tenant.grant_request(&refresh_form(&refresh)),
        by_key(
            &tenant,
            &json!({"accessKeyId": "KEY", "accessKeySecret": "key-secret"}),
        ),
    ];
    for request in requests {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["token_type"], "Bearer");
        assert_eq!(answer["expires_in"], 3_600);
        assert!(!text(&answer["refresh_token"]).is_empty());
        assert_eq!(read(&tenant, &answer["access_token"]).await, 200);

        let id_token = text(&answer["id_token"]);
        let parts: Vec<_> = id_token.split('.').collect();
        assert_eq!((parts.len(), parts[2]), (3, ""), "{id_token}");
        let claims = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["tenantId"], "tenant");
        assert_eq!(claims["iss"], tenant.url(""));
        let holds = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(holds, 3_600);
    }
    assert_eq!(tenant.control.count(Endpoint::AuthToken), 3);
    assert_eq!(tenant.control.count(Endpoint::AccessKeyToken), 1);
    let requests = tenant.control.requests().into_iter();
    let grants: Vec<_> = requests.filter_map(|request| request.grant_type).collect();
    assert_eq!(grants, ["password", "password", "refresh_token"]);
}

#[tokio::test]
async fn the_id_tokens_tenant_is_the_one_that_discovery_knows() {
    let tenant = Tenant::frozen().await;
    let id_token = text(&tenant.sign_in_by_password().await["id_token"]);
    let claims = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1).unwrap());
    let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
    let id = text(&claims["tenantId"]);
    let address = format!("/.well-known/cxone-configuration?tenantId={id}");
    let found = tenant.client.get(tenant.url(&address));
    assert_eq!(status_of(found).await, 200);
}

#[tokio::test]
async fn a_wrong_password_grant_gets_the_error_of_rfc_6749() {
    let tenant = strict().await;
    let cases = [
        ("username", "another", 400, "invalid_grant"),
        ("password", "wrong", 400, "invalid_grant"),
        ("username", "", 400, "invalid_request"),
        ("password", "", 400, "invalid_request"),
        ("grant_type", "", 400, "invalid_request"),
        (
            "grant_type",
            "client_credentials",
            400,
            "unsupported_grant_type",
        ),
    ];
    for (field, value, status, error) in cases {
        let form =
            password_form().map(|(name, right)| (name, if name == field { value } else { right }));
        let case = format!("{field}={value}");
        refused(tenant.grant_request(&form), status, error, &case).await;
    }
    let body = tenant
        .grant_request(&[])
        .json(&json!({"grant_type": "password"}));
    refused(body, 400, "invalid_request", "JSON for a form").await;
}

#[tokio::test]
async fn a_client_that_is_wrong_or_says_nothing_is_no_client() {
    let tenant = strict().await;
    let refresh = text(&tenant.sign_in_by_password().await["refresh_token"]);
    let cases = [
        Some(("another", "secret")),
        Some(("client", "wrong")),
        Some(("client", "")),
        Some(("", "")),
        None,
    ];
    for client in cases {
        let case = format!("{client:?}");
        for form in [&password_form()[..], &refresh_form(&refresh)] {
            let mut request = tenant.client.post(tenant.url("/auth/token")).form(form);
            if let Some((id, secret)) = client {
                request = request.basic_auth(id, Some(secret));
            }
            refused(request, 401, "invalid_client", &case).await;
        }
    }
    let again = status_of(tenant.grant_request(&refresh_form(&refresh))).await;
    assert_eq!(again, 200, "none of them used it up");
}

#[tokio::test]
async fn a_wrong_access_key_gets_the_error_of_rfc_6749() {
    let tenant = strict().await;
    let cases = [
        (
            json!({"accessKeyId": "KEY", "accessKeySecret": "wrong"}),
            "invalid_grant",
        ),
        (
            json!({"accessKeyId": "another", "accessKeySecret": "key-secret"}),
            "invalid_grant",
        ),
        (
            json!({"accessKeyId": "KEY", "accessKeySecret": ""}),
            "invalid_request",
        ),
        (json!({"accessKeyId": "KEY"}), "invalid_request"),
        (
            json!({"accessKeyId": 1, "accessKeySecret": "key-secret"}),
            "invalid_request",
        ),
        (json!(["KEY", "key-secret"]), "invalid_request"),
    ];
    for (body, error) in cases {
        refused(by_key(&tenant, &body), 400, error, &body.to_string()).await;
    }
    let no_json = by_key(&tenant, &Value::Null).body("accessKeyId=KEY");
    refused(no_json, 400, "invalid_request", "a form").await;
}

#[tokio::test]
async fn a_refresh_token_is_good_for_one_refresh_and_gives_the_next() {
    let tenant = strict().await;
    let first = tenant.sign_in_by_password().await;
    let mut refresh = text(&first["refresh_token"]);
    for _ in 0..3 {
        let answer = json_of(tenant.grant_request(&refresh_form(&refresh))).await;
        let used = tenant.grant_request(&refresh_form(&refresh));
        refused(used, 400, "invalid_grant", "used").await;
        refresh = text(&answer["refresh_token"]);
        assert_eq!(read(&tenant, &answer["access_token"]).await, 200);
    }
    assert_eq!(
        read(&tenant, &first["access_token"]).await,
        200,
        "still good"
    );
    let made_up = tenant.grant_request(&refresh_form("made-up"));
    refused(made_up, 400, "invalid_grant", "made up").await;
    let access = text(&first["access_token"]);
    let access = tenant.grant_request(&refresh_form(&access));
    refused(access, 400, "invalid_grant", "an access token").await;
    let missing = tenant.grant_request(&refresh_form(""));
    refused(missing, 400, "invalid_request", "missing").await;
    assert_eq!(
        read(&tenant, &json!(refresh)).await,
        401,
        "it reads nothing"
    );
}

#[tokio::test]
async fn refresh_token_is_bound_to_its_client_except_for_access_keys() {
    let tenant = Tenant::frozen().await;
    let refresh = text(&tenant.sign_in_by_password().await["refresh_token"]);
    let stolen = tenant
        .client
        .post(tenant.url("/auth/token"))
        .form(&refresh_form(&refresh));
    let stolen = stolen.basic_auth("another", Some("secret"));
    refused(stolen, 400, "invalid_grant", "another client's").await;

    let key = json!({"accessKeyId": "KEY", "accessKeySecret": "key-secret"});
    let answer = json_of(by_key(&tenant, &key)).await;
    let refresh = text(&answer["refresh_token"]);
    let alone = tenant
        .client
        .post(tenant.url("/auth/token"))
        .form(&refresh_form(&refresh));
    let answer = json_of(alone).await;
    assert_eq!(read(&tenant, &answer["access_token"]).await, 200);
}

#[tokio::test]
async fn refresh_tokens_outlive_access_tokens_and_expire() {
    let tenant = Tenant::start(Options {
        token_seconds: 60,
        refresh_token_seconds: 90,
        ..Options::default()
    })
    .await;
    let tokens = tenant.sign_in_by_password().await;
    assert_eq!(tokens["expires_in"], 60);
    skip(Duration::from_secs(70)).await;
    assert_eq!(read(&tenant, &tokens["access_token"]).await, 401);
    let refresh = text(&tokens["refresh_token"]);
    let tokens = json_of(tenant.grant_request(&refresh_form(&refresh))).await;
    assert_eq!(read(&tenant, &tokens["access_token"]).await, 200);
    skip(Duration::from_secs(90)).await;
    let refresh = text(&tokens["refresh_token"]);
    let expired = tenant.grant_request(&refresh_form(&refresh));
    refused(expired, 400, "invalid_grant", "expired").await;
}

#[tokio::test]
async fn a_refresh_token_holds_no_shorter_than_its_access_token() {
    let tenant = Tenant::start(Options {
        token_seconds: 90,
        refresh_token_seconds: 10,
        ..Options::default()
    })
    .await;
    let refresh = text(&tenant.sign_in_by_password().await["refresh_token"]);
    skip(Duration::from_secs(80)).await;
    json_of(tenant.grant_request(&refresh_form(&refresh))).await;
}

#[tokio::test]
async fn access_and_refresh_tokens_are_revoked_apart() {
    let tenant = strict().await;
    let tokens = tenant.sign_in_by_password().await;
    tenant.control.revoke_tokens();
    assert_eq!(read(&tenant, &tokens["access_token"]).await, 401);
    let refresh = text(&tokens["refresh_token"]);
    let tokens = json_of(tenant.grant_request(&refresh_form(&refresh))).await;

    tenant.control.revoke_refresh_tokens();
    assert_eq!(read(&tenant, &tokens["access_token"]).await, 200);
    let refresh = text(&tokens["refresh_token"]);
    let revoked = tenant.grant_request(&refresh_form(&refresh));
    refused(revoked, 400, "invalid_grant", "revoked").await;
}

#[tokio::test]
async fn rate_limit_counts_sign_ins_refreshes_and_reads_per_client() {
    let tenant = Tenant::start(Options {
        rate_limit_per_minute: Some(3),
        ..Options::default()
    })
    .await;
    let tokens = tenant.sign_in_by_password().await;
    let refresh = text(&tokens["refresh_token"]);
    let tokens = json_of(tenant.grant_request(&refresh_form(&refresh))).await;
    assert_eq!(read(&tenant, &tokens["access_token"]).await, 200);

    assert_eq!(read(&tenant, &tokens["access_token"]).await, 429);
    let limited = tenant.grant_request(&password_form()).send().await.unwrap();
    assert_eq!(limited.status(), 429);
    assert!(limited.headers().contains_key("retry-after"));
    let other_dialect = tenant.sign_in_as("another").await;
    assert!(!other_dialect.is_empty(), "another client");

    let key = json!({"accessKeyId": "KEY", "accessKeySecret": "key-secret"});
    for status in [200, 200, 200, 429] {
        assert_eq!(status_of(by_key(&tenant, &key)).await, status);
    }
}
