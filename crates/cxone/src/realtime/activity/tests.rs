use std::time::SystemTime;

use super::*;
use crate::tests::{any_json::any_json, logged::Logged};
use proptest::prelude::*;
use serde_json::json;

fn read(page: &Value) -> Result<Skills, Error> {
    let mut skills = Skills::default();
    skills.add(page).map(|_| skills)
}

fn read_one(mut entry: Value) -> Skill {
    entry["skillId"] = json!(7);
    read(&json!({ "skillActivity": [entry] }))
        .unwrap()
        .list
        .remove(0)
}

fn whole_entry() -> Value {
    json!({
        "serverTime": "2026-01-05T10:00:00.000Z", "businessUnitId": 4_600_000, "skillId": 352_669,
        "skillName": "Sales", "campaignId": 1, "campaignName": "Inbound", "mediaTypeId": 4,
        "mediaTypeName": "Call", "isActive": true, "isOutbound": false, "agentsLoggedIn": 12,
        "agentsAvailable": 3, "agentsWorking": 7, "agentsACW": 1, "agentsIdle": 0,
        "agentsUnavailable": 2, "contactsActive": 9, "queueCount": 4, "skillQueueCount": 4,
        "personalQueueCount": 0, "parkedCount": 0, "earliestQueueTime": "2026-01-05T09:58:12.000Z",
        "inSLA": 88, "outSLA": 12, "serviceLevel": 88, "serviceLevelGoal": 80,
        "serviceLevelThreshold": 30, "newField": {"x": 1}
    })
}

fn whole_reading() -> QueueReading {
    QueueReading {
        id: "352669".into(),
        name: Some("Sales".into()),
        media_type: Some(MediaType::CALL),
        waiting: Some(4),
        average_wait: None,
        longest_wait: Some(Duration::from_secs(108)),
        agents_logged_on: Some(12),
        agents_available: Some(3),
        agents_busy: Some(7),
        agents_after_call_work: Some(1),
        agents_unavailable: Some(2),
        service_level_percent: Some(88.0),
        service_level_goal: Some(80.0),
        service_level_threshold: Some(Duration::from_secs(30)),
        service_level_sample: Some(100),
        source_time: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_607_200)),
    }
}

#[test]
fn a_whole_entry_becomes_a_whole_reading_in_both_shapes() {
    let list = json!({
        "totalRecords": 1, "_links": {"self": "x", "next": null},
        "lastPollTime": "2026-01-05T10:00:00.000Z", "skillActivity": [whole_entry()]
    });
    for page in [list.clone(), json!({ "resultSet": list })] {
        let skills = read(&page).unwrap();
        assert_eq!(skills.list[0].reading, whole_reading());
        assert_eq!(skills.odd, OddFields::default());
        assert!(skills.are_distinct());
    }
}

#[test]
fn a_whole_entry_is_read_as_older_versions_spell_it() {
    let entry = whole_entry();
    let spelled = |spell: &dyn Fn(&str, &Value) -> (String, Value)| {
        let fields = entry.as_object().unwrap().iter();
        let entry: Map<_, _> = fields.map(|(name, value)| spell(name, value)).collect();
        Value::Object(entry)
    };
    let text = |value: &Value| match value {
        Value::Number(number) => json!(number.to_string()),
        Value::Bool(true) => json!("True"),
        Value::Bool(false) => json!("False"),
        value => value.clone(),
    };
    let pascal = |name: &str| format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    for (page, entry) in [
        (
            "skillActivity",
            spelled(&|name, value| (name.to_owned(), text(value))),
        ),
        (
            "SkillActivity",
            spelled(&|name, value| (pascal(name), value.clone())),
        ),
        (
            "skillActivity",
            spelled(&|name, value| (pascal(name).replace("vailable", "valiable"), value.clone())),
        ),
    ] {
        let skills = read(&json!({"ResultSet": {page: [entry]}})).unwrap();
        assert_eq!(skills.list[0].reading, whole_reading());
        assert_eq!(skills.odd, OddFields::default());
    }
}

#[test]
fn missing_null_and_impossible_values_are_unknown() {
    let unknown = QueueReading {
        id: "7".into(),
        ..QueueReading::default()
    };
    assert_eq!(read_one(json!({})).reading, unknown);
    for bad in [
        json!(null),
        json!(-1),
        json!(1e300),
        json!("x"),
        json!(true),
        json!([1]),
        json!({}),
    ] {
        let mut entry = whole_entry();
        for (name, value) in entry.as_object_mut().unwrap() {
            if name != "skillName" {
                *value = bad.clone();
            }
        }
        entry["skillName"] = json!(null);
        assert_eq!(read_one(entry).reading, unknown, "{bad}");
    }
}

#[test]
fn a_true_zero_stays_a_zero() {
    let reading = read_one(json!({
        "serverTime": "2026-01-05T10:00:00Z", "earliestQueueTime": "2026-01-05T09:59:00Z",
        "queueCount": 0, "agentsLoggedIn": 0, "inSLA": 0, "outSLA": 0, "serviceLevel": 0
    }))
    .reading;
    assert_eq!(reading.waiting, Some(0));
    assert_eq!(reading.longest_wait, Some(Duration::ZERO), "nobody waits");
    assert_eq!(reading.agents_logged_on, Some(0));
    assert_eq!(reading.service_level_percent, Some(0.0));
    assert_eq!(reading.service_level_sample, Some(0));
    assert_eq!(reading.agents_available, None, "was not there");
}

#[test]
fn longest_wait_uses_server_time_in_every_time_format() {
    let wait = |server: Value, earliest: Value| {
        let entry = json!({"serverTime": server, "earliestQueueTime": earliest, "queueCount": 1});
        read_one(entry)
            .reading
            .longest_wait
            .map(|wait| wait.as_millis())
    };
    for (server, earliest, expected) in [
        (
            "2026-01-05T10:00:00.000Z",
            "2026-01-05T09:58:12.000Z",
            Some(108_000),
        ),
        (
            "2026-01-05T10:00:00Z",
            "2026-01-05T09:59:59.750Z",
            Some(250),
        ),
        ("2026-01-05T10:00:00", "2026-01-05T09:59:59", Some(1_000)),
        (
            "2026-01-05T10:00:00.0000000",
            "2026-01-05 09:59:00",
            Some(60_000),
        ),
        (
            "2026-01-05T10:00:00Z",
            "2026-01-05T10:59:00+01:00",
            Some(60_000),
        ),
        ("2026-01-05T10:00:00Z", "2026-01-05T10:00:00Z", Some(0)),
        // A year and a day.
        (
            "2026-01-05T10:00:00Z",
            "2025-01-04T10:00:00Z",
            Some(31_622_400_000),
        ),
        // It came just now, by another clock.
        ("2026-01-05T10:00:00Z", "2026-01-05T10:00:00.4Z", Some(0)),
        ("2026-01-05T10:00:00Z", "2026-01-05T10:00:05Z", Some(0)),
        // Times that cannot be right.
        ("2026-01-05T10:00:00Z", "2026-01-05T10:00:05.001Z", None),
        ("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z", None),
        ("2026-01-05T10:00:00Z", "2025-01-04T09:59:59Z", None),
        ("2026-01-05T10:00:00Z", "0001-01-01T00:00:00Z", None),
        ("2026-01-05T10:00:00Z", "1900-01-01T00:00:00Z", None),
        ("2026-01-05T10:00:00Z", "2026-02-30T10:00:00Z", None),
        ("2026-01-05T10:00:00Z", "yesterday", None),
        ("2026-01-05T10:00:00Z", "", None),
        ("", "2026-01-05T10:00:00Z", None),
    ] {
        assert_eq!(
            wait(json!(server), json!(earliest)),
            expected,
            "{server} {earliest}"
        );
    }
    assert_eq!(wait(json!(null), json!("2026-01-05T09:58:12Z")), None);
    assert_eq!(
        wait(json!("2026-01-05T10:00:00Z"), json!(1_767_607_200)),
        None
    );
}

#[test]
fn unreadable_fields_are_logged_by_name_without_value() {
    let logged = |entry: Value| {
        let skills = read(&json!({ "skillActivity": [entry] })).unwrap();
        let (logged, guard) = Logged::gather(tracing::Level::DEBUG);
        skills.log("/skills/activity");
        drop(guard);
        logged.lines()
    };
    assert!(logged(json!({"skillId": 7, "queueCount": 1})).is_empty());
    let lines = logged(json!({"skillId": 7, "queueCount": "canary"}));
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("path=\"/skills/activity\""), "{lines:?}");
    assert!(lines[0].contains(r#"fields={"queueCount"}"#), "{lines:?}");
    assert!(!lines[0].contains("canary"));
}

#[test]
fn a_pages_own_time_stands_in_for_an_entrys() {
    let page = json!({
        "lastPollTime": "2026-01-05T10:00:00Z",
        "skillActivity": [{"skillId": 1, "queueCount": 1, "earliestQueueTime": "2026-01-05T09:59:00Z"}]
    });
    let skills = read(&page).unwrap();
    assert_eq!(
        skills.list[0].reading.longest_wait,
        Some(Duration::from_secs(60))
    );
}

#[test]
fn skill_list_is_empty_when_the_answer_says_so() {
    for empty in [
        json!({"skillActivity": []}),
        json!({"skillActivity": null}),
        json!({"resultSet": {"skillActivity": []}}),
        json!({"resultSet": null, "skillActivity": []}),
        json!({"resultSet": null}),
        json!({"totalRecords": 0}),
        json!({"TotalRecords": "0"}),
        json!({"resultSet": {"totalRecords": 0}}),
        json!({"resultSet": {"totalCount": 0.0}}),
    ] {
        let skills = read(&empty).unwrap();
        assert!(skills.list.is_empty() && skills.are_distinct(), "{empty}");
    }
    for wrong in [
        json!(null),
        json!([]),
        json!("skillActivity"),
        json!(1),
        json!({}),
        json!({"totalRecords": 1}),
        json!({"totalRecords": null}),
        json!({"resultSet": {}}),
        json!({"skillActivity": {}}),
        json!({"resultSet": {"skillActivity": "none"}}),
    ] {
        assert!(
            matches!(read(&wrong), Err(Error::UnexpectedShape { .. })),
            "{wrong}"
        );
    }
}

#[test]
fn skills_are_not_distinct_where_one_came_twice_or_has_no_id() {
    let mut skills = Skills::default();
    for page in [
        json!({"skillActivity": [{"skillId": 1}, {"skillId": 2}]}),
        json!({"skillActivity": [{"skillId": 2}]}),
    ] {
        assert!(skills.are_distinct());
        skills.add(&page).unwrap();
    }
    assert!(!skills.are_distinct());
    let nameless = json!({"skillActivity": [{"skillId": 1}, {"skillName": "Sales"}]});
    assert!(!read(&nameless).unwrap().are_distinct());
}

#[test]
fn digest_changes_with_any_number_and_with_no_order() {
    let digest = |time: Value, waiting: [u32; 2], is_turned: bool| {
        let skill =
            |id: usize| json!({"serverTime": time, "skillId": id, "queueCount": waiting[id]});
        let ids = if is_turned { [1, 0] } else { [0, 1] };
        let skills = ids.map(skill);
        read(&json!({ "skillActivity": skills })).unwrap().digest()
    };
    let (early, late) = (json!("2026-01-05T10:00:00Z"), json!("2026-01-05T10:00:05Z"));
    let one = digest(early.clone(), [1, 2], false);
    assert!(one.is_some());
    assert_eq!(digest(early.clone(), [1, 2], true), one);
    assert_ne!(digest(early.clone(), [2, 1], false), one);
    assert_ne!(digest(early, [1, 3], false), one);
    assert_ne!(digest(late, [1, 2], false), one);
    assert_eq!(digest(Value::Null, [1, 2], false), None);
}

#[test]
fn a_filter_says_why_it_leaves_a_skill_out() {
    let left_out = |entry: Value, filter: &SkillFilter| read_one(entry).into_info(filter).left_out;
    let (calls, all) = (
        SkillFilter::default(),
        SkillFilter {
            media_types: vec![MediaType(3), MediaType(4)],
            inactive: true,
            outbound: true,
        },
    );
    let without = |media_type| Some(LeftOut::MediaType(MediaType(media_type)));
    for (entry, expected) in [
        (
            json!({"mediaTypeId": 4, "isActive": true, "isOutbound": false}),
            None,
        ),
        (json!({}), None),
        (json!({"mediaTypeId": 3}), without(3)),
        (
            json!({"mediaTypeId": 4, "isActive": false}),
            Some(LeftOut::Inactive),
        ),
        (
            json!({"mediaTypeId": "4", "isOutbound": "true"}),
            Some(LeftOut::Outbound),
        ),
    ] {
        assert_eq!(left_out(entry.clone(), &calls), expected, "{entry}");
        assert_eq!(left_out(entry, &all), None);
    }
    for (entry, expected) in [
        (json!({"isOutbound": 1}), Some(LeftOut::Outbound)),
        (json!({"isOutbound": "Y"}), Some(LeftOut::Outbound)),
        (json!({"isActive": 0}), Some(LeftOut::Inactive)),
        (json!({"isActive": "n"}), Some(LeftOut::Inactive)),
        (json!({"mediaTypeId": "Chat"}), without(3)),
        (json!({"mediaTypeId": 3.0}), without(3)),
        (json!({"mediaTypeName": "E-Mail"}), without(1)),
        (
            json!({"mediaTypeId": {}, "mediaTypeName": "WorkItem"}),
            without(6),
        ),
        (json!({"mediaTypeName": "Phone Call"}), None),
    ] {
        assert_eq!(left_out(entry.clone(), &calls), expected, "{entry}");
    }
    assert_eq!(left_out(json!({"mediaTypeId": 1}), &all), without(1));
}

#[test]
fn a_listed_skill_carries_its_media_type_in_words() {
    let info = |entry| read_one(entry).into_info(&SkillFilter::default());
    let listed = info(json!({"mediaTypeId": 4, "mediaTypeName": "Call", "isActive": false}));
    assert_eq!(listed.media_type.as_deref(), Some("Call"));
    assert_eq!(listed.is_active, Some(false));
    assert_eq!(
        info(json!({"mediaTypeId": 3})).media_type.as_deref(),
        Some("chat")
    );
    assert_eq!(info(json!({})).media_type, None);
}

/// Whether a 0 was really there: its digits, and nothing but zeros before a point.
fn says_zero(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() < 0.5),
        Value::String(text) => {
            let digits: Vec<_> = text.chars().filter(char::is_ascii_digit).collect();
            !digits.is_empty() && (digits[0] == '0' || text.trim().starts_with(['.', '-', '+']))
        }
        _ => false,
    }
}

const NAMES: [&str; 13] = [
    "queueCount",
    "agentsLoggedIn",
    "agentsAvailable",
    "agentsWorking",
    "agentsACW",
    "agentsUnavailable",
    "serviceLevel",
    "serviceLevelGoal",
    "serviceLevelThreshold",
    "inSLA",
    "outSLA",
    "serverTime",
    "earliestQueueTime",
];

/// Any value, often one that a field may hold.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any_json(),
        (0u64..3).prop_map(Value::from),
        "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:00Z?".prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_json_is_skills_or_a_named_error(body in prop_oneof![
        any_json(),
        any_json().prop_map(|list| json!({"skillActivity": list})),
        any_json().prop_map(|list| json!({"resultSet": {"skillActivity": list}})),
    ]) {
        match read(&body) {
            Ok(skills) => for skill in skills.list {
                let reading = skill.reading;
                prop_assert!(!reading.id.trim().is_empty());
                prop_assert!(reading.service_level_percent.is_none_or(|it| (0.0..=100.0).contains(&it)));
                prop_assert!(reading.service_level_goal.is_none_or(|it| (0.0..=100.0).contains(&it)));
            },
            Err(Error::UnexpectedShape { .. }) => {}
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn no_zero_is_made_up(entry in proptest::collection::hash_map(
        proptest::sample::select(&NAMES[..]),
        any_value(),
        0..13,
    )) {
        let entry = Value::Object(entry.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
        let reading = read_one(entry.clone()).reading;
        for (is_zero, name) in [
            (reading.waiting == Some(0), "queueCount"),
            (reading.agents_logged_on == Some(0), "agentsLoggedIn"),
            (reading.agents_available == Some(0), "agentsAvailable"),
            (reading.agents_busy == Some(0), "agentsWorking"),
            (reading.agents_after_call_work == Some(0), "agentsACW"),
            (reading.agents_unavailable == Some(0), "agentsUnavailable"),
            (reading.service_level_percent == Some(0.0), "serviceLevel"),
            (reading.service_level_goal == Some(0.0), "serviceLevelGoal"),
            (reading.service_level_threshold == Some(Duration::ZERO), "serviceLevelThreshold"),
            (reading.service_level_sample == Some(0), "inSLA"),
            (reading.service_level_sample == Some(0), "outSLA"),
        ] {
            prop_assert!(!is_zero || says_zero(&entry[name]), "{name} of {entry}");
        }
        let no_wait = reading.longest_wait == Some(Duration::ZERO);
        let just_came = entry["serverTime"] == entry["earliestQueueTime"];
        prop_assert!(!no_wait || reading.waiting == Some(0) || just_came, "{entry}");
        prop_assert!(reading.average_wait.is_none());
    }
}
