//! Odd forms of answers, each as a client meets it.
#![expect(
    clippy::unwrap_used,
    reason = "clippy sees tests only in functions marked so, and all of this is one"
)]

use queuewall_simulator::{Options, QueueOverride, Quirk};
use reqwest::Response;
use serde_json::{Value, json};

use crate::tenant::{ACTIVITY, Tenant, good_form, list, password_form, skill_ids};

async fn odd(quirks: &[Quirk], queues: usize) -> Tenant {
    Tenant::start(Options {
        speed: 0.0,
        queues,
        rate_limit_per_minute: None,
        quirks: quirks.to_vec(),
        ..Options::default()
    })
    .await
}

async fn answer(tenant: &Tenant, token: &str, address: &str) -> Response {
    let request = tenant.activity_request(token, address);
    request.send().await.unwrap()
}

#[tokio::test]
async fn spellings_differ_and_the_values_do_not() {
    let tenant = odd(&[], 24).await;
    let token = tenant.user_token().await;
    let plain = tenant.skills(&token).await.swap_remove(0);
    tenant.control.set_quirks(&[
        Quirk::NumbersAsText,
        Quirk::FlagsAsText,
        Quirk::TotalAsText,
        Quirk::NoLinks,
        Quirk::NoSample,
    ]);
    let page = tenant
        .activity(&token, "mediaTypeId=4&isOutbound=false")
        .await;
    assert_eq!(page["totalRecords"], "27");
    assert_eq!(page.get("_links"), None);
    let skill = &page["skillActivity"][0];
    for number in ["skillId", "agentsLoggedIn", "queueCount", "serviceLevel"] {
        assert_eq!(skill[number], plain[number].to_string(), "{number}");
    }
    assert_eq!(
        (&skill["isActive"], &skill["isOutbound"]),
        (&json!("True"), &json!("False"))
    );
    assert_eq!((skill.get("inSLA"), skill.get("outSLA")), (None, None));
    tenant.control.set_quirks(&[]);
    assert_eq!(
        tenant.skills(&token).await[0]["queueCount"],
        plain["queueCount"]
    );
}

#[tokio::test]
async fn odd_names_are_the_same_in_both_dialects() {
    let tenant = odd(&[Quirk::OddNames], 24).await;
    let token = tenant.user_token().await;
    let skills = tenant.skills(&token).await;
    assert_eq!(skills[0]["skillName"], "Sales 🔥");
    assert_eq!(skills[20]["skillName"], "Lost & Stolen Cards");
    let client = tenant.sign_in().await;
    let queues = tenant.queues(&client, &tenant.control.queue_ids()).await;
    for (skill, queue) in skills.iter().zip(&queues) {
        assert_eq!(skill["skillName"], queue["name"]);
    }
}

#[tokio::test]
async fn lone_surrogate_makes_json_that_strict_readers_refuse() {
    let tenant = odd(&[Quirk::LoneSurrogate], 2).await;
    let token = tenant.user_token().await;
    let text = answer(&tenant, &token, &tenant.url(ACTIVITY)).await;
    let text = text.text().await.unwrap();
    assert!(text.contains(r#""Sales\ud83d""#), "{text}");
    assert!(serde_json::from_str::<Value>(&text).is_err());
}

#[tokio::test]
async fn pages_without_link_go_on_by_skip_and_top() {
    let tenant = odd(&[Quirk::PagesWithoutLink], 250).await;
    let token = tenant.user_token().await;
    let first = tenant.activity(&token, "").await;
    assert_eq!(
        (skill_ids(&first).len(), &first["totalRecords"]),
        (100, &json!(258))
    );
    assert_eq!(first["_links"]["next"], Value::Null);
    let last = tenant.activity(&token, "skip=200&top=100").await;
    assert_eq!(skill_ids(&last).len(), 58);

    let client = tenant.sign_in().await;
    let at = async |query: &str| -> Value {
        let address = tenant.url(&format!("/api/v2/queues{query}"));
        tenant.list(&client, &address).await.json().await.unwrap()
    };
    let first = at("").await;
    assert_eq!(
        (list(&first["queues"]).len(), &first["totalRecords"]),
        (100, &json!(250))
    );
    assert_eq!(list(&at("?skip=200&top=100").await["queues"]).len(), 50);
}

#[tokio::test]
async fn each_page_may_have_its_own_link() {
    let tenant = odd(&[Quirk::LinkOnEveryPage], 2).await;
    let token = tenant.user_token().await;
    let mut address = tenant.url(ACTIVITY);
    let mut seen = Vec::new();
    for _ in 0..4 {
        let page: Value = answer(&tenant, &token, &address)
            .await
            .json()
            .await
            .unwrap();
        assert!(!seen.contains(&address), "{address} again");
        seen.push(address);
        address = page["_links"]["next"].as_str().unwrap().to_owned();
    }
}

#[tokio::test]
async fn link_behind_a_full_last_page_leads_to_its_status() {
    for (quirk, status) in [
        (Quirk::LinkTo404, 404),
        (Quirk::LinkTo400, 400),
        (Quirk::LinkTo204, 204),
    ] {
        // With the eight other skills: exactly two pages.
        let tenant = odd(&[quirk], 192).await;
        let token = tenant.user_token().await;
        let page = tenant.activity(&token, "skip=100").await;
        assert_eq!(skill_ids(&page).len(), 100);
        let next = page["_links"]["next"].as_str().unwrap();
        assert_eq!(answer(&tenant, &token, next).await.status(), status);
    }
}

#[tokio::test]
async fn empty_lists_are_left_out_or_no_content() {
    let options = |quirk| Options {
        skills_visible: false,
        quirks: vec![quirk],
        ..Options::default()
    };
    let tenant = Tenant::start(options(Quirk::EmptyListLeftOut)).await;
    let page = tenant.activity(&tenant.user_token().await, "").await;
    assert_eq!(
        (page.get("skillActivity"), &page["totalRecords"]),
        (None, &json!(0))
    );
    let tenant = Tenant::start(options(Quirk::EmptyIs204)).await;
    let token = tenant.user_token().await;
    assert_eq!(
        answer(&tenant, &token, &tenant.url(ACTIVITY))
            .await
            .status(),
        204
    );
}

#[tokio::test]
async fn queues_left_out_are_on_the_list_only() {
    let tenant = odd(&[Quirk::QueuesLeftOut], 3).await;
    let client = tenant.sign_in().await;
    let ids = tenant.control.queue_ids();
    assert_eq!(tenant.queues(&client, &ids).await, [] as [Value; 0]);
    let listed = tenant.list(&client, &tenant.url("/api/v2/queues")).await;
    let listed: Value = listed.json().await.unwrap();
    assert_eq!(list(&listed["queues"]).len(), 3);
    let token = tenant.user_token().await;
    assert_eq!(skill_ids(&tenant.activity(&token, "").await), [""; 0]);
}

#[tokio::test]
async fn calls_may_have_come_after_the_servers_time() {
    let tenant = odd(&[Quirk::QueueTimeAhead], 1).await;
    let pins = QueueOverride {
        waiting: 1.into(),
        longest_wait_ms: 0.into(),
        ..QueueOverride::default()
    };
    tenant.control.set(&tenant.control.queue_ids()[0], pins);
    let token = tenant.user_token().await;
    let skill = tenant.skills(&token).await.swap_remove(0);
    let (server, earliest) = (&skill["serverTime"], &skill["earliestQueueTime"]);
    let ahead = crate::tenant::time(earliest).duration_since(crate::tenant::time(server));
    assert_eq!(ahead.as_millis(), 400);
}

#[tokio::test]
async fn token_errors_come_with_status_200() {
    let tenant = odd(&[Quirk::TokenError], 1).await;
    let requests = [
        tenant.token_request(&good_form()),
        tenant.grant_request(&password_form()),
    ];
    for request in requests {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["error"], "invalid_client");
        assert_eq!(answer.get("access_token"), None);
    }
}

#[tokio::test]
async fn gzip_comes_unasked() {
    let tenant = odd(&[Quirk::Gzip], 1).await;
    let token_request = tenant.token_request(&good_form());
    let answer = token_request.send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let body = answer.bytes().await.unwrap();
    assert_eq!(body[..2], [0x1f, 0x8b]);
}
