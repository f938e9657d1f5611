//! Where a tenant's hosts are: found once, found again when something there is wrong,
//! and believed only where secrets may go.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use cxone::{Dialect, Setting};
use serde_json::json;

use crate::{
    dialect::{CALLS, CANARY_TOKEN, CXONE, OPENID, Spoken, TOKEN, host, id_token},
    failures::broken_at,
    scripted::{Reply, Scripted, closed_port},
    tenant::{client, http, ids},
};

#[tokio::test]
async fn the_hosts_are_looked_for_once() {
    let server = Spoken::Realtime
        .tenant(|_| Spoken::Realtime.queues(&["q"]))
        .await;
    let client = client(Spoken::Realtime.settings(&http(&server)));
    for _ in 0..5 {
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
    }
    let asked: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(asked[..4], [OPENID, TOKEN, CXONE, CALLS]);
    assert_eq!(asked[4..], [CALLS; 4]);
}

#[tokio::test]
async fn an_api_that_has_moved_is_found_again() {
    let new_home = Scripted::start(|_| Spoken::Realtime.queues(&["q"])).await;
    let closed = closed_port().await;
    for (name, old_home) in [
        ("nobody there", format!("http://{closed}")),
        ("it redirects", {
            let redirect = Reply::with_headers(301, &[("location", "/elsewhere")], "");
            http(Box::leak(Box::new(
                Scripted::start(move |_| redirect.clone()).await,
            )))
        }),
        ("no such path", {
            http(Box::leak(Box::new(
                Scripted::start(|_| Reply::status(404)).await,
            )))
        }),
        ("another site", {
            let page = Reply::new(200, "text/html", "<html></html>");
            http(Box::leak(Box::new(
                Scripted::start(move |_| page.clone()).await,
            )))
        }),
    ] {
        let (asked, new) = (Arc::new(AtomicUsize::new(0)), http(&new_home));
        let counted = Arc::clone(&asked);
        let issuer = Scripted::start(move |seen| match seen.target.as_str() {
            CXONE => {
                let place = match counted.fetch_add(1, Ordering::Relaxed) {
                    0 => &old_home,
                    _ => &new,
                };
                Reply::json(&json!({ "api_endpoint": place }))
            }
            _ => Spoken::Realtime.good(seen).unwrap(),
        })
        .await;
        let client = client(Spoken::Realtime.settings(&http(&issuer)));
        client.read_queues(&ids(&["q"]), &[]).await.unwrap_err();
        client.read_queues(&ids(&["q"]), &[]).await.expect(name);
        client.read_queues(&ids(&["q"]), &[]).await.expect(name);
        assert_eq!(asked.load(Ordering::Relaxed), 2, "{name}");
        assert_eq!(
            issuer.count(TOKEN),
            1,
            "{name}: the token is as good as before"
        );
    }
}

#[tokio::test]
async fn an_api_in_trouble_is_not_looked_for_elsewhere() {
    for reply in [
        Reply::status(500),
        Reply::status(403),
        Reply::with_headers(429, &[("retry-after", "0")], ""),
        Reply::then_close(""),
    ] {
        let server = Spoken::Realtime.tenant(move |_| reply.clone()).await;
        let client = client(Spoken::Realtime.settings(&http(&server)));
        for _ in 0..3 {
            client.read_queues(&ids(&["q"]), &[]).await.unwrap_err();
        }
        assert_eq!(server.count(CXONE), 1);
    }
}

#[tokio::test]
async fn a_token_endpoint_that_has_moved_is_found_again() {
    let new_home = Scripted::start(|seen| match seen.target.as_str() {
        "/new/token" => Spoken::Realtime.issues(CANARY_TOKEN, &json!(3600)),
        _ => Reply::status(404),
    })
    .await;
    let (asked, new) = (AtomicUsize::new(0), http(&new_home));
    let server = Scripted::start(move |seen| match seen.target.as_str() {
        OPENID if asked.fetch_add(1, Ordering::Relaxed) > 0 => {
            Reply::json(&json!({"token_endpoint": format!("{new}/new/token")}))
        }
        TOKEN => Reply::status(404),
        _ => Spoken::Realtime.good(seen).unwrap(),
    })
    .await;
    let client = client(Spoken::Realtime.settings(&http(&server)));
    assert!(matches!(
        client.sign_in().await,
        Err(cxone::Error::EndpointNotFound { .. })
    ));
    client.sign_in().await.unwrap();
    assert_eq!((server.count(OPENID), server.count(TOKEN)), (2, 1));
}

#[tokio::test]
async fn host_outside_allowed_domains_gets_no_request() {
    for (target, body, role) in [
        (
            OPENID,
            json!({"token_endpoint": "https://tokens.evil.example/auth"}),
            "token endpoint",
        ),
        (
            CXONE,
            json!({"api_endpoint": "https://api.evil.example"}),
            "API",
        ),
        (
            CXONE,
            json!({"apiEndpoint": "http://10.0.0.1:9090/api.evil.example"}),
            "API",
        ),
    ] {
        let server = broken_at(Spoken::Realtime, target, Reply::json(&body)).await;
        let client = client(Spoken::Realtime.settings(&http(&server)));
        let error = client.read_queues(&ids(&["q"]), &[]).await.unwrap_err();
        let cxone::Error::HostRefused {
            host,
            role: found,
            allowed,
            ..
        } = &error
        else {
            panic!("{error:?}")
        };
        assert_eq!(*found, role);
        let words = error.to_string();
        assert!(words.contains(host.as_str()), "{words}");
        assert_eq!(allowed, "niceincontact.com, nice-incontact.com");
        assert_eq!(
            server.seen().last().unwrap().target,
            target,
            "nothing came after"
        );
    }
}

#[tokio::test]
async fn missing_discovery_field_is_an_unexpected_shape() {
    for (target, word) in [(OPENID, "token_endpoint"), (CXONE, "api_endpoint")] {
        for body in [
            json!({}),
            json!([]),
            json!({"token_endpoint": null, "api_endpoint": 7}),
            json!({"token_endpoint": "", "api_endpoint": "no address"}),
            json!({"token_endpoint": "mailto:x@example.com", "api_endpoint": "data:,x"}),
        ] {
            let server = broken_at(Spoken::Realtime, target, Reply::json(&body)).await;
            let client = client(Spoken::Realtime.settings(&http(&server)));
            let error = client.read_queues(&ids(&["q"]), &[]).await.unwrap_err();
            assert!(
                matches!(&error, cxone::Error::UnexpectedShape { .. }),
                "{body}: {error}"
            );
            let is_object = body.is_object();
            assert!(
                !is_object || error.to_string().contains(word),
                "{body}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn the_tenant_is_the_tokens_or_the_one_that_is_set() {
    let with = |body: serde_json::Value| broken_at(Spoken::Realtime, TOKEN, Reply::json(&body));
    // In the identity token, else in the access token itself.
    for body in [
        json!({"access_token": "t", "id_token": id_token("tenant-1")}),
        json!({"access_token": id_token("tenant-1")}),
        json!({"access_token": id_token("another"), "id_token": id_token("tenant-1")}),
    ] {
        let server = with(body).await;
        let client = client(Spoken::Realtime.settings(&http(&server)));
        client.read_queues(&ids(&["q"]), &[]).await.unwrap();
    }
    let server = with(json!({"access_token": "opaque"})).await;
    let mut settings = Spoken::Realtime.settings(&http(&server));
    let error = client(settings.clone())
        .read_queues(&ids(&["q"]), &[])
        .await
        .unwrap_err();
    assert!(error.is_without_tenant(), "{error}");
    if let Dialect::Realtime(settings) = &mut settings.dialect {
        settings.tenant_id = Some("tenant-1".to_owned());
    }
    client(settings)
        .read_queues(&ids(&["q"]), &[])
        .await
        .unwrap();
}

#[tokio::test]
async fn tenant_unknown_to_issuer_is_reported_as_tenant_not_found() {
    for status in [400, 404] {
        let server = broken_at(Spoken::Realtime, CXONE, Reply::status(status)).await;
        let client = client(Spoken::Realtime.settings(&http(&server)));
        let error = client.read_queues(&ids(&["q"]), &[]).await.unwrap_err();
        let host = host(&server, Setting::Issuer);
        assert_eq!(error, cxone::Error::TenantNotFound { status, host });
    }
}

#[tokio::test]
async fn an_api_that_says_nothing_any_more_is_found_again() {
    let new_home = Scripted::start(|_| Spoken::Realtime.queues(&["q"])).await;
    let silent = Scripted::start(|_| Reply::then_stall("")).await;
    let (asked, old, new) = (AtomicUsize::new(0), http(&silent), http(&new_home));
    let issuer = Scripted::start(move |seen| match seen.target.as_str() {
        CXONE => {
            let is_first = asked.fetch_add(1, Ordering::Relaxed) == 0;
            Reply::json(&json!({ "api_endpoint": if is_first { &old } else { &new } }))
        }
        _ => Spoken::Realtime.good(seen).unwrap(),
    })
    .await;
    let mut settings = Spoken::Realtime.settings(&http(&issuer));
    settings.total_timeout = Duration::from_secs(2);
    let client = client(settings);
    assert!(matches!(
        client.read_queues(&ids(&["q"]), &[]).await,
        Err(cxone::Error::TimedOut { .. })
    ));
    client.read_queues(&ids(&["q"]), &[]).await.unwrap();
}
