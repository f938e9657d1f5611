//! `GET /incontactAPI/services/v{N}/skills/activity`.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use queuewall_simulator::{ActivityShape, Endpoint, Options};
use serde_json::{Value, json};

use crate::tenant::{ACTIVITY, Tenant, id_text, list, skill_ids, skip, status_of, time};

fn count(skill: &Value, field: &str) -> u64 {
    let count = skill[field].as_u64();
    count.unwrap_or_else(|| panic!("{field}: {skill}"))
}

#[tokio::test]
async fn a_skill_has_the_contracts_fields_and_its_agents_add_up() {
    let tenant = Tenant::frozen().await;
    let token = tenant.user_token().await;
    let skills = tenant.skills(&token).await;
    let of_queues: Vec<_> = skills
        .iter()
        .filter(|skill| skill["isActive"] == true)
        .collect();
    assert_eq!(of_queues.len(), 24);
    for skill in &of_queues {
        assert!(skill["skillId"].is_u64(), "{skill}");
        assert_eq!(skill["mediaTypeId"], 4);
        assert_eq!(skill["mediaTypeName"], "Call");
        assert_eq!(skill["isOutbound"], false);
        assert_eq!(skill["businessUnitId"], 4_600_000);
        assert!(skill["campaignId"].is_u64() && skill["campaignName"].is_string());
        let states = [
            "agentsAvailable",
            "agentsWorking",
            "agentsACW",
            "agentsUnavailable",
        ];
        let agents: u64 = states.iter().map(|state| count(skill, state)).sum();
        assert_eq!(agents, count(skill, "agentsLoggedIn"), "{skill}");
        let waiting = count(skill, "queueCount");
        assert_eq!(waiting, count(skill, "skillQueueCount"));
        // Agents may work on contacts of another skill of theirs.
        let active = count(skill, "contactsActive");
        let most = waiting + count(skill, "agentsWorking");
        assert!((waiting..=most).contains(&active), "{skill}");
        assert!(
            waiting == 0 || count(skill, "agentsAvailable") == 0,
            "calls wait while agents are available: {skill}"
        );
        for none in ["agentsIdle", "personalQueueCount", "parkedCount"] {
            assert_eq!(count(skill, none), 0, "{none}");
        }
        assert!((1..=100).contains(&count(skill, "serviceLevelGoal")));
        assert!(count(skill, "serviceLevelThreshold") > 0);
        let calls = count(skill, "inSLA") + count(skill, "outSLA");
        let exact = calls as f64 * skill["serviceLevel"].as_f64().unwrap() / 100.0;
        assert!(
            (count(skill, "inSLA") as f64 - exact).abs() <= 0.501,
            "{skill}"
        );

        let server_time = time(&skill["serverTime"]);
        assert_eq!(
            skill["earliestQueueTime"].is_null(),
            waiting == 0,
            "{skill}"
        );
        if waiting > 0 {
            assert!(time(&skill["earliestQueueTime"]) < server_time, "{skill}");
        }
    }
    assert!(of_queues.iter().any(|skill| count(skill, "queueCount") > 0));
    assert!(of_queues.iter().any(|skill| count(skill, "agentsACW") > 0));
    assert!(
        skills[0].get("isNaturalCalling").is_some(),
        "a field that the contract does not name"
    );
}

#[tokio::test]
async fn both_dialects_tell_of_the_same_day() {
    let tenant = Tenant::frozen().await;
    let token = tenant.user_token().await;
    let skills = tenant.skills(&token).await;
    let client_token = tenant.sign_in().await;
    let queues = tenant
        .queues(&client_token, &tenant.control.queue_ids())
        .await;
    for (queue, skill) in queues.iter().zip(&skills) {
        assert_eq!(id_text(&queue["queueId"]), id_text(&skill["skillId"]));
        for (old, new) in [
            ("name", "skillName"),
            ("agentsLoggedOn", "agentsLoggedIn"),
            ("agentsAvailable", "agentsAvailable"),
            ("callsWaiting", "queueCount"),
            ("serviceLevel", "serviceLevel"),
        ] {
            assert_eq!(queue[old], skill[new], "{old}");
        }
        let busy = count(skill, "agentsWorking") + count(skill, "agentsACW");
        assert_eq!(queue["agentsBusy"], busy, "after-call work is busy there");
        if let Some(earliest) = skill["earliestQueueTime"].as_str() {
            let longest = time(&skill["serverTime"]).duration_since(earliest.parse().unwrap());
            let average = i128::from(count(queue, "averageWaitTime"));
            assert!(longest.as_millis() >= average, "{skill} {queue}");
        }
    }
}

#[tokio::test]
async fn other_skills_are_told_from_queues_by_their_kind() {
    let tenant = Tenant::frozen().await;
    let token = tenant.user_token().await;
    let all = tenant.activity(&token, "").await;
    let mut kinds = BTreeMap::new();
    for skill in list(&all["skillActivity"]) {
        let (active, outbound) = (&skill["isActive"], &skill["isOutbound"]);
        let kind = (
            count(skill, "mediaTypeId"),
            active == true,
            outbound == true,
        );
        *kinds.entry(kind).or_insert(0) += 1;
        if active == false {
            assert_eq!(count(skill, "agentsLoggedIn"), 0, "{skill}");
        }
    }
    let expected = [
        ((1, true, false), 2),
        ((3, true, false), 1),
        ((4, false, false), 3),
        ((4, true, false), 24),
        ((4, true, true), 1),
        ((5, true, false), 1),
    ];
    assert_eq!(kinds, BTreeMap::from(expected));

    let client_token = tenant.sign_in().await;
    let list = tenant
        .list(&client_token, &tenant.url("/api/v2/queues"))
        .await;
    let list: Value = list.json().await.unwrap();
    assert_eq!(
        list["totalRecords"], 24,
        "the other dialect has none of them"
    );
    let only_queues = Tenant::start(Options {
        other_skills: false,
        ..Options::default()
    })
    .await;
    let token = only_queues.user_token().await;
    let all = only_queues.activity(&token, "").await;
    assert_eq!(skill_ids(&all), only_queues.control.queue_ids());
}

#[tokio::test]
async fn the_versions_in_use_are_there_and_others_are_not() {
    let tenant = Tenant::start(Options {
        rate_limit_per_minute: None,
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    let cases = (23..=34)
        .flat_map(|version| [(format!("v{version}"), 200), (format!("v{version}.0"), 200)]);
    let others =
        ["v22.0", "v35", "v34.1", "34.0", "latest"].map(|version| (version.to_owned(), 404));
    for (version, status) in cases.chain(others) {
        let address = tenant.url(&format!("/incontactAPI/services/{version}/skills/activity"));
        let request = tenant.activity_request(&token, &address);
        assert_eq!(status_of(request).await, status, "{version}");
    }
    assert_eq!(tenant.control.count(Endpoint::SkillActivity), 24);
}

#[tokio::test]
async fn json_is_sent_only_when_accept_names_it() {
    let tenant = Tenant::frozen().await;
    let token = tenant.user_token().await;
    for (accept, kind) in [
        ("application/json", "application/json"),
        ("text/html, Application/JSON;q=0.9", "application/json"),
        ("*/*", "application/xml; charset=utf-8"),
        ("text/json", "application/xml; charset=utf-8"),
    ] {
        let request = tenant.client.get(tenant.url(ACTIVITY)).bearer_auth(&token);
        let answer = request.header("accept", accept).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &kind.parse().unwrap()),
            "{accept}"
        );
        let body = answer.text().await.unwrap();
        let is_json = serde_json::from_str::<Value>(&body).is_ok();
        assert_eq!(is_json, kind == "application/json", "{body}");
        assert!(
            is_json || body.contains("<skillName>Billing &amp; Payments</skillName>"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn the_older_shape_is_wrapped() {
    let shape = ActivityShape::ResultSet;
    let tenant = Tenant::start(Options {
        activity_shape: shape,
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    let answer = tenant.activity(&token, "").await;
    assert_eq!(answer.as_object().unwrap().len(), 1);
    assert_eq!(skill_ids(&answer["resultSet"]).len(), 32);
}

#[tokio::test]
async fn user_without_skills_gets_empty_list_and_forbidden_user_403() {
    let tenant = Tenant::start(Options {
        skills_visible: false,
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    let answer = tenant.activity(&token, "").await;
    assert_eq!(
        (&answer["skillActivity"], &answer["totalRecords"]),
        (&json!([]), &json!(0))
    );
    assert_eq!(answer["_links"]["next"], Value::Null);

    let tenant = Tenant::start(Options {
        scope_granted: false,
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    let request = tenant.activity_request(&token, &tenant.url(ACTIVITY));
    assert_eq!(status_of(request).await, 403);
}

#[tokio::test]
async fn who_has_no_token_gets_401() {
    let tenant = Tenant::frozen().await;
    let made_up = tenant.activity_request("made-up", &tenant.url(ACTIVITY));
    let answer = made_up.send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert!(answer.headers().contains_key("www-authenticate"));
    let none = tenant.client.get(tenant.url(ACTIVITY));
    assert_eq!(status_of(none).await, 401);
}

#[tokio::test]
async fn the_servers_time_runs_though_the_day_stands_still() {
    let tenant = Tenant::frozen().await;
    let token = tenant.user_token().await;
    let before = tenant.activity(&token, "").await;
    skip(Duration::from_secs(30)).await;
    let after = tenant.activity(&token, "").await;
    let passed = time(&after["lastPollTime"]).duration_since(time(&before["lastPollTime"]));
    assert!((30..35).contains(&passed.as_secs()), "{passed}");
    let off = time(&after["lastPollTime"])
        .duration_since(Timestamp::now())
        .as_secs();
    assert!(
        (20..=31).contains(&off),
        "half a minute ahead of the wall clock, and no more: {off}"
    );
    let (before, after) = (&before["skillActivity"], &after["skillActivity"]);
    let pairs = list(before).iter().zip(list(after));
    for (mut before, mut after) in pairs.map(|(before, after)| (before.clone(), after.clone())) {
        let wait = |skill: &Value| {
            let earliest = skill["earliestQueueTime"].as_str()?;
            Some(time(&skill["serverTime"]).duration_since(earliest.parse().unwrap()))
        };
        assert_eq!(wait(&before), wait(&after), "{after}");
        for skill in [&mut before, &mut after] {
            let fields = skill.as_object_mut().unwrap();
            fields.retain(|name, _| name != "serverTime" && name != "earliestQueueTime");
        }
        assert_eq!(before, after);
    }
}
