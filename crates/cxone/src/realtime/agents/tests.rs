use serde_json::json;

use super::*;

const NOW: &str = "2026-01-05T10:00:00.000Z";

fn read(mut entry: Value) -> Option<AgentState> {
    entry["agentId"] = json!(7);
    let mut agents = Entries::default();
    let page = json!({"lastPollTime": NOW, "agentStates": [entry]});
    add(&mut agents, &page, None, true).unwrap();
    agents.list.pop()
}

fn activity(id: Value, name: Value) -> Option<Activity> {
    read(json!({"agentStateId": id, "agentStateName": name})).map(|agent| agent.activity)
}

#[test]
fn agent_state_is_read_by_number_else_by_name() {
    let other = |name: &str| Some(Activity::Other(Some(name.to_owned())));
    for (id, name, expected) in [
        (json!(1), json!("Disponible"), Some(Activity::Available)),
        (json!("2"), json!(""), Some(Activity::Unavailable)),
        (json!(3), json!(null), Some(Activity::OnContact)),
        (json!(4), json!(null), Some(Activity::OnContact)),
        (json!(5), json!(null), Some(Activity::OnContact)),
        (json!(6), json!(null), Some(Activity::OnContact)),
        (json!(7), json!("Dialer"), Some(Activity::OnContact)),
        (json!(8), json!("LoggedIn"), other("Logged in")),
        (json!(8), json!(null), other("Logged in")),
        (json!(-12), json!(null), other("Logoff pending")),
        (json!(-12), json!("LogoffPending"), other("Logoff pending")),
        (json!(-13), json!(null), other("Preview notification")),
        (json!(-99), json!("ACWPending"), other("ACW pending")),
        (
            json!(-99),
            json!("callback pending"),
            other("callback pending"),
        ),
        (json!(-99), json!(null), Some(Activity::Other(None))),
        (
            json!(99),
            json!("Inbound Contact"),
            Some(Activity::OnContact),
        ),
        (json!(null), json!("available"), Some(Activity::Available)),
        (json!(null), json!(null), Some(Activity::Other(None))),
        (json!({}), json!("Unavailable"), Some(Activity::Unavailable)),
        (json!(0), json!("Available"), None),
        (json!("0"), json!(null), None),
        (json!(null), json!("Logged Out"), None),
    ] {
        assert_eq!(activity(id.clone(), name.clone()), expected, "{id} {name}");
    }
}

#[test]
fn after_call_work_is_told_from_the_state_named_beside_it() {
    for (id, name) in [
        (3, "InboundContact"),
        (2, "Unavailable"),
        (-9, "PromisePending"),
    ] {
        let entry = json!({"agentStateId": id, "agentStateName": name, "isACW": "True",
            "outStateDescription": "Lunch"});
        let agent = read(entry).unwrap();
        assert_eq!(agent.activity, Activity::AfterCallWork, "{name}");
        assert_eq!(agent.reason, None);
    }
    let logged_out = json!({"agentStateId": 0, "isACW": true});
    assert_eq!(read(logged_out), None);
}

#[test]
fn reason_is_read_where_the_agent_is_unavailable() {
    let reason = |id, reason: Value| {
        let agent = read(json!({"agentStateId": id, "outStateDescription": reason}));
        agent.unwrap().reason
    };
    assert_eq!(reason(2, json!(" Lunch ")).as_deref(), Some("Lunch"));
    assert_eq!(reason(2, json!("")), None);
    assert_eq!(reason(1, json!("Lunch")), None, "what it was before");
}

#[test]
fn time_in_state_is_by_cxones_clock_and_never_negative() {
    let at = |time: &str| -> SystemTime { time.parse::<Timestamp>().unwrap().try_into().unwrap() };
    let in_state = |page: Value, date: Option<&str>| {
        let mut agents = Entries::default();
        add(&mut agents, &page, date.map(at), false).unwrap();
        let in_state = agents.list.pop().unwrap().in_state;
        in_state.map(|it| it.as_millis())
    };
    let page = |now: Value, since: Value| {
        json!({"lastPollTime": now, "agentStates": [
            {"agentId": 7, "agentStateId": 1, "startDate": since}]})
    };
    for (now, since, date, expected) in [
        (
            json!(NOW),
            json!("2026-01-05T09:58:12.72Z"),
            None,
            Some(107_280),
        ),
        (json!(NOW), json!("2026-01-05T10:00:02Z"), None, Some(0)),
        (
            json!(null),
            json!("2026-01-05T09:59:00Z"),
            Some(NOW),
            Some(60_000),
        ),
        (
            json!("soon"),
            json!("2026-01-05T10:09:00"),
            Some(NOW),
            Some(0),
        ),
        (json!(null), json!("2026-01-05T09:59:00Z"), None, None),
        (json!(NOW), json!(null), None, None),
        (json!(NOW), json!("0001-01-01T00:00:00Z"), None, None),
    ] {
        assert_eq!(
            in_state(page(now.clone(), since.clone()), date),
            expected,
            "{now} {since}"
        );
    }
    let older = json!({"agentStates": [{"AgentId": 7, "AgentStateId": 1,
        "LastPollTime": "2015-05-21T21:07:43.313Z", "StartDate": "2015-05-21T21:07:40.72Z"}]});
    assert_eq!(in_state(older, Some(NOW)), Some(2_593));
}

#[test]
fn names_are_read_only_where_asked_for_and_hidden_in_debug() {
    let page = json!({"agentStates": [
        {"agentId": 1, "agentStateId": 1, "firstName": " Jo ", "lastName": "Canary"},
        {"agentId": 2, "agentStateId": 1, "firstName": "", "lastName": "Canary"},
        {"agentId": 3, "agentStateId": 1, "firstName": " ", "lastName": null},
    ]});
    let names = |asked: bool| {
        let mut agents = Entries::default();
        add(&mut agents, &page, None, asked).unwrap();
        assert!(!format!("{:?}", agents.list).contains("Canary"));
        let names = agents.list.into_iter().map(|agent| agent.name);
        names.collect::<Vec<_>>()
    };
    let name = |first: &str| {
        let (first, last) = (first.to_owned(), "Canary".to_owned());
        Some(AgentName { first, last })
    };
    assert_eq!(names(true), [name("Jo"), name(""), None]);
    assert_eq!(names(false), [None, None, None]);
}

#[test]
fn skill_0_and_a_missing_team_are_none() {
    let agent = read(json!({"skillId": 0, "teamId": null, "teamName": "Help Desk"})).unwrap();
    assert_eq!((agent.skill, agent.team), (None, None));
    let agent = read(json!({"skillId": "352669", "teamId": 205_970})).unwrap();
    assert_eq!(agent.skill.as_deref(), Some("352669"));
    assert_eq!(agent.team, Some(("205970".to_owned(), None)));
}
