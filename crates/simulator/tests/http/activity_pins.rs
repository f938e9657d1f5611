//! What scenarios change in the skills' activity.

use std::time::Duration;

use queuewall_simulator::{Field, QueueOverride};
use serde_json::{Map, Value, json};

use crate::tenant::{Tenant, id_text, time};

/// The fields of the first queue's activity, without those that run with time.
async fn first(tenant: &Tenant, token: &str) -> Map<String, Value> {
    let skill = tenant.skills(token).await.swap_remove(0);
    let Value::Object(mut fields) = skill else {
        panic!("{skill}")
    };
    fields.remove("serverTime");
    fields.remove("earliestQueueTime");
    fields
}

#[tokio::test]
async fn pinned_fields_hold_numbers_null_or_nothing_until_cleared() {
    let tenant = Tenant::frozen().await;
    let token = tenant.user_token().await;
    let id = &tenant.control.queue_ids()[0];
    let live = first(&tenant, &token).await;
    tenant.control.set(
        id,
        QueueOverride {
            name: "Sales & More".to_owned().into(),
            logged_on: 41.into(),
            available: 2.into(),
            busy: 30.into(),
            after_call_work: 4.into(),
            unavailable: 5.into(),
            waiting: 42.into(),
            average_wait_ms: 7.into(),
            service_level: Field::Absent,
            service_level_goal: 95.into(),
            service_level_threshold_seconds: 15.into(),
            in_sla: 0.into(),
            out_sla: Field::Null,
            ..QueueOverride::default()
        },
    );
    let mut expected = live.clone();
    expected.remove("serviceLevel");
    let pinned = json!({
        "skillName": "Sales & More", "agentsLoggedIn": 41, "agentsAvailable": 2,
        "agentsWorking": 30, "agentsACW": 4, "agentsUnavailable": 5, "queueCount": 42,
        "skillQueueCount": 42, "serviceLevelGoal": 95, "serviceLevelThreshold": 15,
        "inSLA": 0, "outSLA": null,
    });
    expected.extend(pinned.as_object().unwrap().clone());
    assert_eq!(first(&tenant, &token).await, expected);
    tenant.control.clear(id);
    assert_eq!(first(&tenant, &token).await, live);
}

#[tokio::test]
async fn the_earliest_queue_time_is_pinned_as_a_wait() {
    let tenant = Tenant::frozen().await;
    let token = tenant.user_token().await;
    let id = &tenant.control.queue_ids()[0];
    let pin = |longest_wait_ms| {
        let rest = QueueOverride::default();
        tenant.control.set(
            id,
            QueueOverride {
                longest_wait_ms,
                ..rest
            },
        );
    };
    let earliest = async || {
        let skill = tenant.skills(&token).await.swap_remove(0);
        (
            skill["serverTime"].clone(),
            skill.get("earliestQueueTime").cloned(),
        )
    };
    for wait_ms in [0, 1, 108_250, 7_200_000] {
        pin(wait_ms.into());
        let (server_time, earliest) = earliest().await;
        let wait = time(&server_time).duration_since(time(&earliest.unwrap()));
        assert_eq!(wait.unsigned_abs(), Duration::from_millis(wait_ms));
        assert!(!wait.is_negative());
    }
    pin(Field::Null);
    assert_eq!(earliest().await.1, Some(Value::Null));
    pin(Field::Absent);
    assert_eq!(earliest().await.1, None);
}

#[tokio::test]
async fn removed_and_omitted_queues_are_left_out_until_restored() {
    let tenant = Tenant::frozen().await;
    let token = tenant.user_token().await;
    let ids = tenant.control.queue_ids();
    let there = async |id: &String| {
        let skills = tenant.skills(&token).await;
        skills.iter().any(|skill| id_text(&skill["skillId"]) == *id)
    };
    tenant.control.remove(&ids[0]);
    tenant.control.omit(&ids[1]);
    assert!(!there(&ids[0]).await && !there(&ids[1]).await && there(&ids[2]).await);
    tenant.control.restore(&ids[0]);
    tenant.control.restore(&ids[1]);
    assert!(there(&ids[0]).await && there(&ids[1]).await);
}
