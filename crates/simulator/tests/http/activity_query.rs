//! What can be asked of the skills' activity: kinds, fields, pages, changes.

use std::time::Duration;

use queuewall_simulator::Options;
use serde_json::json;

use crate::tenant::{ACTIVITY, Tenant, json_of, skill_ids, skip, status_of, text};

#[tokio::test]
async fn the_query_narrows_the_answer() {
    let tenant = Tenant::start(Options {
        rate_limit_per_minute: None,
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    for (query, expected) in [
        ("", 32),
        ("mediaTypeId=4", 28),
        ("mediaTypeId=3", 1),
        ("mediaTypeId=9", 0),
        ("isOutbound=true", 1),
        ("isOutbound=False", 31),
        ("mediaTypeId=4&isOutbound=false", 27),
        ("unheardOf=1", 32),
    ] {
        let answer = tenant.activity(&token, query).await;
        assert_eq!(
            (skill_ids(&answer).len(), &answer["totalRecords"]),
            (expected, &expected.into()),
            "{query}"
        );
    }
    let requests = tenant.control.requests();
    assert_eq!(requests.last().unwrap().query, "unheardOf=1");

    let answer = tenant
        .activity(&token, "top=1&fields=skillId,%20queueCount,unheardOf")
        .await;
    let fields: Vec<_> = answer["skillActivity"][0]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(fields, ["queueCount", "skillId"]);

    for wrong in [
        "mediaTypeId=call",
        "isOutbound=0",
        "skip=-1",
        "top=0",
        "top=many",
        "updatedSince=yesterday",
    ] {
        let address = tenant.url(&format!("{ACTIVITY}?{wrong}"));
        let request = tenant.activity_request(&token, &address);
        assert_eq!(status_of(request).await, 400, "{wrong}");
    }
}

#[tokio::test]
async fn pages_are_linked_to_the_last_and_keep_the_query() {
    let tenant = Tenant::start(Options {
        activity_page_size: 10,
        rate_limit_per_minute: None,
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    let (mut sizes, mut found) = (Vec::new(), Vec::new());
    let first = tenant.url(&format!(
        "{ACTIVITY}?mediaTypeId=4&isOutbound=false&fields=skillId%2CisActive"
    ));
    let mut next = Some(first);
    while let Some(address) = next {
        let page = json_of(tenant.activity_request(&token, &address)).await;
        assert_eq!(page["_links"]["self"], address);
        assert_eq!(page["totalRecords"], 27);
        assert_eq!(page["skillActivity"][0].as_object().unwrap().len(), 2);
        sizes.push(skill_ids(&page).len());
        found.extend(skill_ids(&page));
        next = page["_links"]["next"].as_str().map(str::to_owned);
    }
    assert_eq!(sizes, [10, 10, 7]);
    assert_eq!(found[..24], tenant.control.queue_ids());

    for (query, size, more) in [
        ("top=4", 4, true),
        ("top=11", 10, true),
        ("skip=30", 2, false),
        ("skip=22", 10, false),
        ("skip=99", 0, false),
        ("skip=21&top=10", 10, true),
    ] {
        let page = tenant.activity(&token, query).await;
        assert_eq!(
            (skill_ids(&page).len(), page["_links"]["next"].is_string()),
            (size, more),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_page_has_at_most_a_hundred_skills() {
    let tenant = Tenant::start(Options {
        queues: 120,
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    let page = tenant.activity(&token, "top=500").await;
    assert_eq!(
        (skill_ids(&page).len(), &page["totalRecords"]),
        (100, &json!(128))
    );
}

#[tokio::test]
async fn what_has_not_changed_since_is_left_out() {
    let tenant = Tenant::start(Options {
        speed: 0.0,
        rate_limit_per_minute: None,
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    let since_start = tenant
        .activity(&token, "updatedSince=1970-01-01T00:00:00.000Z")
        .await;
    assert_eq!(skill_ids(&since_start).len(), 32);
    skip(Duration::from_secs(1)).await;
    let query = async || {
        let now = tenant.activity(&token, "top=1&fields=skillId").await;
        format!("updatedSince={}", text(&now["lastPollTime"]))
    };
    let still = query().await;
    skip(Duration::from_secs(9)).await;
    let unchanged = tenant.activity(&token, &still).await;
    assert_eq!(
        (&unchanged["skillActivity"], &unchanged["totalRecords"]),
        (&json!([]), &json!(0))
    );
    tenant.control.omit(&tenant.control.queue_ids()[0]);
    assert_eq!(skill_ids(&tenant.activity(&token, &still).await).len(), 31);
}

#[tokio::test]
async fn what_has_changed_since_is_answered() {
    let tenant = Tenant::start(Options {
        speed: 60.0,
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    skip(Duration::from_secs(1)).await;
    let before = text(&tenant.activity(&token, "").await["lastPollTime"]);
    skip(Duration::from_secs(2)).await;
    let changed = tenant
        .activity(&token, &format!("updatedSince={before}"))
        .await;
    let changed = skill_ids(&changed);
    assert!(
        changed.contains(&tenant.control.queue_ids()[0]),
        "Sales is busy: {changed:?}"
    );
    assert!(
        !changed.iter().any(|id| id == "360114"),
        "nothing happens in a retired skill"
    );
    let ahead = tenant
        .activity(&token, "updatedSince=2999-01-01T00:00:00Z")
        .await;
    assert_eq!(
        skill_ids(&ahead),
        [""; 0],
        "nothing has changed since a time to come"
    );
}
