//! Contacts counted over a time, and agents' states.
#![expect(
    clippy::unwrap_used,
    reason = "clippy sees tests only in functions marked so, and some of this is none"
)]

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use queuewall_simulator::{Endpoint, Fault, Form, Options, Past, Quirk};
use serde_json::{Value, json};

use crate::tenant::{Tenant, json_of, list, skip, status_of, text};

const API: &str = "/incontactAPI/services/v30.0";

fn date(time: SystemTime) -> String {
    let time = Timestamp::try_from(time).unwrap();
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The query for the simulated day, from its midnight until now.
fn today(tenant: &Tenant) -> String {
    let (now, day) = (SystemTime::now(), tenant.control.simulated_ms());
    let midnight = now - Duration::from_millis(day.try_into().unwrap());
    format!("startDate={}&endDate={}", date(midnight), date(now))
}

async fn tenant() -> (Tenant, String) {
    let tenant = Tenant::start(Options {
        speed: 0.0,
        rate_limit_per_minute: None,
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    (tenant, token)
}

async fn read(tenant: &Tenant, token: &str, resource: &str) -> Value {
    let address = tenant.url(&format!("{API}/{resource}"));
    json_of(tenant.activity_request(token, &address)).await
}

fn count(entry: &Value, field: &str) -> u64 {
    let count = entry[field].as_u64();
    count.unwrap_or_else(|| panic!("{field}: {entry}"))
}

#[tokio::test]
async fn summaries_agree_with_the_day_and_the_live_numbers() {
    let (tenant, token) = tenant().await;
    let query = format!("{}&mediaTypeId=4&isOutbound=false", today(&tenant));
    let answer = read(&tenant, &token, &format!("skills/summary?{query}")).await;
    let skills: Vec<_> = list(&answer["skillSummaries"]).to_vec();
    let levels = read(&tenant, &token, &format!("skills/sla-summary?{query}")).await;
    let levels = list(&levels["serviceLevelSummaries"]).to_vec();
    let live = tenant.skills(&token).await;
    assert_eq!((skills.len(), levels.len()), (27, 27));
    for ((id, skill), level) in tenant.control.queue_ids().iter().zip(&skills).zip(&levels) {
        let day = tenant.control.today(id);
        assert_eq!(skill["skillId"].to_string(), *id);
        assert_eq!(level["skillId"], skill["skillId"]);
        assert_eq!(count(skill, "contactsOffered"), day.offered);
        assert_eq!(count(skill, "contactsHandled"), day.handled);
        assert_eq!(count(skill, "abandonCount"), day.abandoned);
        for entry in [skill, level] {
            assert_eq!(count(entry, "contactsWithinSLA"), day.in_sla);
            assert_eq!(count(entry, "contactsOutOfSLA"), day.out_sla);
        }
        assert_eq!(count(level, "totalContacts"), day.in_sla + day.out_sla);
        let now = live
            .iter()
            .find(|it| it["skillId"] == skill["skillId"])
            .unwrap();
        for (summary, activity) in [
            ("queueCount", "queueCount"),
            ("contactsActive", "contactsActive"),
            ("agentsLoggedIn", "agentsLoggedIn"),
            ("agentsAcw", "agentsACW"),
        ] {
            assert_eq!(skill[summary], now[activity], "{summary}");
        }
    }
    assert!(count(&skills[0], "contactsOffered") > 50);
    assert!(text(&skills[0]["averageHandleTime"]).starts_with("PT"));
    // West Coast Support is closed: one report says 100, the other 0.
    assert_eq!(
        (&skills[5]["serviceLevel"], &levels[5]["serviceLevel"]),
        (&json!(100.0), &json!(0.0))
    );
    assert_eq!(tenant.control.count(Endpoint::SkillSummary), 1);
    assert_eq!(tenant.control.count(Endpoint::ServiceLevelSummary), 1);
}

#[tokio::test]
async fn hours_of_a_window_add_up_to_the_whole() {
    let (tenant, token) = tenant().await;
    let now = SystemTime::now();
    let offered = async |from: u64, to: u64| {
        let at = |hours| date(now - Duration::from_secs(hours * 3_600));
        let query = format!(
            "startDate={}&endDate={}&fields=contactsOffered",
            at(from),
            at(to)
        );
        let answer = read(&tenant, &token, &format!("skills/summary?{query}")).await;
        let skills = list(&answer["skillSummaries"]);
        assert_eq!(skills[0].as_object().unwrap().len(), 1);
        skills
            .iter()
            .map(|skill| count(skill, "contactsOffered"))
            .sum::<u64>()
    };
    let mut hours = 0;
    for hour in 0..6 {
        hours += offered(hour + 1, hour).await;
    }
    assert_eq!(hours, offered(6, 0).await);
    assert!(hours > 500);
}

#[tokio::test]
async fn hour_of_a_past_day_agrees_with_the_past_of_the_demo() {
    const HOUR_MS: i64 = 3_600_000;
    let (tenant, token) = tenant().await;
    let (now, now_ms) = (SystemTime::now(), tenant.control.simulated_ms());
    for day in [2, 5] {
        let end_ms = (10 - day * 24) * HOUR_MS;
        let at = |ms: i64| {
            let ago = u64::try_from(now_ms - ms).unwrap();
            date(now - Duration::from_millis(ago))
        };
        let query = format!("startDate={}&endDate={}", at(end_ms - HOUR_MS), at(end_ms));
        let summaries = read(&tenant, &token, &format!("skills/summary?{query}")).await;
        let levels = read(&tenant, &token, &format!("skills/sla-summary?{query}")).await;
        let mut past = Past::new(&Options {
            days_before: u16::try_from(day + 1).unwrap(),
            ..Options::default()
        });
        let ids: Vec<_> = past.ids().map(str::to_owned).collect();
        let numbers = past.at(end_ms);
        let (mut known, mut offered) = (0, 0);
        for level in list(&levels["serviceLevelSummaries"]) {
            let id = level["skillId"].to_string();
            let place = ids.iter().position(|it| *it == id).unwrap();
            // Of the later ones the live number is about eight hours.
            if place >= tenant.control.queue_ids().len() {
                continue;
            }
            let (within, total) = (
                count(level, "contactsWithinSLA"),
                count(level, "totalContacts"),
            );
            let percent =
                (total > 0).then(|| (within as f64 * 1_000.0 / total as f64).round() / 10.0);
            assert_eq!(percent, numbers[place].service_level, "day {day}: {level}");
            known += usize::from(percent.is_some());
        }
        for skill in list(&summaries["skillSummaries"]) {
            offered += count(skill, "contactsOffered");
        }
        assert!(
            known > 15 && offered > 100,
            "{known} levels, {offered} contacts"
        );
    }
}

#[tokio::test]
async fn each_form_says_the_same() {
    let (tenant, token) = tenant().await;
    let query = today(&tenant);
    let number = |value: &Value| match value {
        Value::String(text) => text.parse().unwrap(),
        value => value.as_u64().unwrap(),
    };
    let mut seen = Vec::new();
    for form in [Form::V30, Form::V21, Form::V11] {
        tenant.control.set_form(form);
        let summary = read(&tenant, &token, &format!("skills/summary?{query}")).await;
        let summary = summary["skillSummaries"][0].clone();
        let level = read(&tenant, &token, &format!("skills/sla-summary?{query}")).await;
        let level = level["serviceLevelSummaries"][0].clone();
        let live = tenant.activity(&token, "").await["skillActivity"][0].clone();
        let offered = number(&summary["contactsOffered"]);
        let within = if form == Form::V11 {
            "ContactsWithinSLA"
        } else {
            "contactsWithinSLA"
        };
        seen.push((offered, number(&level[within]), number(&live["queueCount"])));
        let is_text = form == Form::V21;
        assert_eq!(summary["contactsOffered"].is_string(), is_text);
        assert_eq!(live["queueCount"].is_string(), is_text);
        assert_eq!(summary["isOutbound"].is_string(), form != Form::V30);
        let talk = text(&summary["averageTalkTime"]);
        assert_eq!(talk.starts_with('P'), form == Form::V30, "{talk}");
    }
    assert!(seen.iter().all(|it| *it == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn reports_are_refused_as_cxone_refuses_them() {
    let (tenant, token) = tenant().await;
    let day = today(&tenant);
    for wrong in [
        "skills/summary",
        "skills/sla-summary?startDate=2026-01-05T05:00:00Z",
        "skills/summary?startDate=2026-01-05T05:00:00%2B00:00&endDate=2026-01-05T15:00:00Z",
        "skills/summary?startDate=2026-01-05T05:00:00Z&endDate=2026-01-05",
        "agents/states?top=0",
    ] {
        let address = tenant.url(&format!("{API}/{wrong}"));
        let answer = tenant
            .activity_request(&token, &address)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 400, "{wrong}");
        assert!(
            answer.headers().contains_key("icstatusdescription"),
            "{wrong}"
        );
    }
    for resource in ["skills/summary", "skills/sla-summary", "agents/states"] {
        let address = tenant.url(&format!("{API}/{resource}?{day}"));
        let request = tenant.client.get(&address).bearer_auth(&token);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 400, "{resource}");
        assert_eq!(answer.text().await.unwrap(), "No known way to render data");
        let nobody = tenant
            .client
            .get(&address)
            .header("accept", "application/json");
        assert_eq!(status_of(nobody).await, 401, "{resource}");
        let post = tenant.client.post(&address).bearer_auth(&token);
        assert_eq!(status_of(post).await, 405, "{resource}");
    }
    tenant
        .control
        .fail_with(Fault::status(403).on(Endpoint::AgentStates));
    let address = tenant.url(&format!("{API}/agents/states"));
    assert_eq!(
        status_of(tenant.activity_request(&token, &address)).await,
        403
    );
    tenant.activity(&token, "").await;
}

#[tokio::test]
async fn reports_count_against_the_rate_limit() {
    let tenant = Tenant::start(Options {
        rate_limit_per_minute: Some(3),
        ..Options::default()
    })
    .await;
    let token = tenant.user_token().await;
    let address = tenant.url(&format!("{API}/agents/states"));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(status_of(tenant.activity_request(&token, &address)).await);
    }
    assert_eq!(statuses, [200, 200, 429]);
}

#[tokio::test]
async fn agents_have_states_reasons_and_times() {
    let (tenant, token) = tenant().await;
    let answer = read(&tenant, &token, "agents/states?top=1000").await;
    let agents = list(&answer["agentStates"]);
    let now: Timestamp = text(&answer["lastPollTime"]).parse().unwrap();
    let with = |field: &str, value: Value| {
        let found = agents.iter().filter(|agent| agent[field] == value);
        found.collect::<Vec<_>>()
    };
    assert!(with("agentStateName", json!("LoggedOut")).len() > 10);
    assert!(with("agentStateName", json!("Available")).len() > 10);
    assert!(with("isACW", json!(true)).len() > 3);
    assert!(!with("outStateDescription", json!("Break")).is_empty());
    for agent in agents {
        let since: Timestamp = text(&agent["startDate"]).parse().unwrap();
        assert!(since <= now, "{agent}");
        assert!(!text(&agent["firstName"]).is_empty() && !text(&agent["lastName"]).is_empty());
        assert!(agent["teamId"].is_u64() && agent["teamName"].is_string());
        let is_on_contact = agent["agentStateId"] == 3 && agent["isACW"] == false;
        let is_on_contact = is_on_contact || agent["agentStateId"] == 4;
        assert_eq!(count(agent, "skillId") > 0, is_on_contact, "{agent}");
    }

    let page = read(
        &tenant,
        &token,
        "agents/states?top=2&fields=AgentId,isACW,unheardOf",
    )
    .await;
    let agents = list(&page["agentStates"]);
    assert_eq!((agents.len(), agents[0].as_object().unwrap().len()), (2, 2));
    let next = text(&page["_links"]["next"]);
    let next = json_of(tenant.activity_request(&token, &next)).await;
    assert_ne!(next["agentStates"][0]["agentId"], agents[0]["agentId"]);

    tenant.control.set_form(Form::V11);
    let old = read(&tenant, &token, "agents/states?top=1").await;
    assert!(old["agentStates"][0]["LastPollTime"].is_string(), "{old}");
}

#[tokio::test]
async fn quirks_and_removed_queues_hold_for_reports() {
    let (tenant, token) = tenant().await;
    let query = format!("{}&fields=skillId", today(&tenant));
    let removed = tenant.control.queue_ids().remove(0);
    tenant.control.remove(&removed);
    let answer = read(&tenant, &token, &format!("skills/summary?{query}")).await;
    let answer = answer.to_string();
    assert!(!answer.contains(&removed));
    tenant
        .control
        .set_quirks(&[Quirk::QueuesLeftOut, Quirk::EmptyIs204]);
    for resource in ["skills/summary", "skills/sla-summary"] {
        let address = tenant.url(&format!("{API}/{resource}?{query}"));
        assert_eq!(
            status_of(tenant.activity_request(&token, &address)).await,
            204
        );
    }
}

#[tokio::test]
async fn a_day_that_goes_on_is_counted_on() {
    let tenant = Tenant::start(Options::default()).await;
    let token = tenant.user_token().await;
    let offered = async || {
        let midnight = SystemTime::now() - Duration::from_secs(9 * 3_600);
        let later = SystemTime::now() + Duration::from_secs(3_600);
        let query = format!("startDate={}&endDate={}", date(midnight), date(later));
        let answer = read(&tenant, &token, &format!("skills/summary?{query}")).await;
        count(&answer["skillSummaries"][0], "contactsOffered")
    };
    let before = offered().await;
    skip(Duration::from_secs(1_200)).await;
    assert!(offered().await > before + 5);
}
