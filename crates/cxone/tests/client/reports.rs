//! Contacts counted over a time, and agents' states, of the dialect `realtime`: what is asked,
//! and the recorded answers of every version.

use std::{ops::Range, time::Duration, time::SystemTime};

use cxone::{
    Activity, AgentState, ApiVersion, Dialect, MediaType, QueueSource, RealtimeSettings, Remedy,
    ServiceLevelSummary, SkillSummary, clock::Clock as _,
};
use serde_json::{Value, json};

use crate::{
    dialect::{CANARY_TOKEN, Spoken},
    scripted::{Reply, Scripted, Seen},
    secrets::Log,
    tenant::{SteppedClock, client, http, ids},
};

const SUMMARY: &str = "/incontactAPI/services/v23.0/skills/summary";
const SLA_SUMMARY: &str = "/incontactAPI/services/v23.0/skills/sla-summary";
const STATES: &str = "/incontactAPI/services/v23.0/agents/states";

/// The sample of v21.0, as a tap published it.
const V21: &str = r#"{"skillSummaries":[{"businessUnitId":"459957","businessUnitName":"BUSSINESSNAME","abandonCount":"0","abandonRate":"0",
 "agentsAcw":"2","agentsAvailable":"0","agentsIdle":"0","agentsLoggedIn":"2","agentsUnavailable":"0","agentsWorking":"2",
 "averageHandleTime":"179","averageInqueueTime":"1944","averageSpeedToAnswer":"1944","averageTalkTime":"179",
 "averageWrapTime":"0","campaignId":"2577195","campaignName":"Sales Operations","contactsActive":"2","contactsHandled":"1036",
 "contactsOffered":"1036","contactsQueued":"1036","contactsOutOfSLA":"2","contactsWithinSLA":"1033","holdTime":"0",
 "isOutbound":"False","longestQueueDur":"0","mediaTypeId":"1","mediaTypeName":"E-Mail","queueCount":"0","serviceLevel":"100",
 "skillName":"Sales Operations Email","skillId":"10477448","serviceLevelGoal":"70","serviceLevelThreshold":"28800",
 "totalContactTime":"2201446","dials":"0","connects":"997","connectsAHT":"0.19","rightPartyConnects":"0",
 "rightPartyConnectsAHT":"0.00"}]}"#;

const SLA: &str = r#"{"totalRecords":1,"_links":{"self":"…","next":null,"previous":null},
 "serviceLevelSummaries":[{"businessUnitId":4600000,"skillId":352669,"skillName":"Sales",
  "contactsWithinSLA":135,"contactsOutOfSLA":5,"totalContacts":140,"serviceLevel":96.43}]}"#;

const AGENTS: &str = r#"{"totalRecords":1,"lastPollTime":"2026-01-05T10:00:00.000Z","_links":{"self":"…","next":null,"previous":null},
 "agentStates":[{"agentId":293558,"agentStateId":1,"agentStateName":"Available","agentStateCategory":"…","businessUnitId":4600000,
  "contactId":null,"contactStartHandleTime":null,"isActive":true,"isACW":false,"isOutbound":false,"firstName":"J","lastName":"S",
  "userName":"…","fromAddress":null,"toAddress":null,"mediaTypeId":null,"mediaTypeName":null,"openContacts":0,
  "outStateId":null,"outStateDescription":null,"sessionStartTime":"…","lastUpdateTime":"…","startDate":"2026-01-05T09:58:12.72Z",
  "skillId":0,"skillName":null,"stationId":null,"stationPhoneNumber":null,"teamId":205970,"teamName":"Help Desk"}]}"#;

const AGENT_OF_2015: &str = r#"{"AgentId":293558,"AgentStateId":1,"AgentStateName":"Available","ContactId":null,"IsACW":false,"FirstName":"John","FromAddress":null,
 "LastName":"Smith","LastPollTime":"2015-05-21T21:07:43.313Z","LastUpdateTime":"2015-05-21T21:07:40.723Z","MediaName":null,"MediaType":null,
 "OutStateDescription":null,"OutStateId":null,"SkillId":0,"SkillName":null,"StartDate":"2015-05-21T21:07:40.72Z","TeamId":205970,
 "TeamName":"Global Help Desk","ToAddress":null}"#;

async fn tenant(read: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Scripted {
    Spoken::Realtime.tenant(read).await
}

fn reader(
    server: &Scripted,
    change: impl FnOnce(&mut RealtimeSettings),
) -> std::sync::Arc<dyn QueueSource> {
    let mut settings = Spoken::Realtime.settings(&http(server));
    if let Dialect::Realtime(settings) = &mut settings.dialect {
        change(settings);
    }
    client(settings)
}

fn every_skill(settings: &mut RealtimeSettings) {
    settings.skills.media_types = (["email", "chat", "call"].iter())
        .map(|name| MediaType::parse(name).unwrap())
        .collect();
}

/// From midnight in New York on, for ten hours, with a fraction that no date holds.
fn window() -> Range<SystemTime> {
    let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(seconds * 1_000 + 700);
    at(1_767_589_200)..at(1_767_625_200)
}

async fn answering(body: impl AsRef<[u8]>) -> Scripted {
    let reply = Reply::new(200, "application/json", body);
    tenant(move |_| reply.clone()).await
}

/// The only skill of a recorded body.
async fn summary(body: &Value) -> SkillSummary {
    let server = answering(body.to_string()).await;
    let report = reader(&server, every_skill);
    let report = report.reports().unwrap().skill_summaries(window()).await;
    let mut skills = report.unwrap().entries;
    assert_eq!(skills.len(), 1);
    skills.remove(0)
}

async fn service_levels(body: impl AsRef<[u8]>) -> Vec<ServiceLevelSummary> {
    let server = answering(body).await;
    let report = reader(&server, |_| {});
    let report = report.reports().unwrap().service_levels(window()).await;
    report.unwrap().entries
}

async fn agents(body: impl AsRef<[u8]>, names: bool) -> Vec<AgentState> {
    let server = answering(body).await;
    let report = reader(&server, |_| {});
    let report = report.reports().unwrap().agent_states(names).await;
    report.unwrap().entries
}

fn of_sales() -> SkillSummary {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    SkillSummary {
        id: "352669".into(),
        offered: Some(140),
        queued: Some(120),
        handled: Some(130),
        abandoned: Some(7),
        average_speed_of_answer: seconds(18),
        average_handle: seconds(245),
        average_talk: seconds(200),
        average_wrap: seconds(45),
    }
}

#[tokio::test]
async fn summaries_are_asked_for_by_whole_seconds_with_a_z() {
    let server = answering(V21).await;
    let report = reader(&server, |_| {});
    let report = report.reports().unwrap();
    report.skill_summaries(window()).await.unwrap();
    let seen = server.seen().pop().unwrap();
    assert_eq!(
        (seen.method.as_str(), seen.target.as_str()),
        (
            "GET",
            "/incontactAPI/services/v23.0/skills/summary?startDate=2026-01-05T05%3A00%3A00Z\
             &endDate=2026-01-05T15%3A00%3A00Z&mediaTypeId=4&isOutbound=false"
        )
    );
    assert_eq!(seen.header("accept"), Some("application/json"));
    let bearer = format!("Bearer {CANARY_TOKEN}");
    assert_eq!(seen.header("authorization"), Some(bearer.as_str()));

    let midnight = window().start..window().start;
    report.skill_summaries(midnight).await.unwrap();
    let seen = server.seen().pop().unwrap().target;
    assert!(seen.contains("&endDate=2026-01-05T05%3A00%3A01Z"), "{seen}");

    let every = reader(&server, |settings| {
        settings.api_version = ApiVersion::parse("v30.0").unwrap();
        settings.skills.outbound = true;
        every_skill(settings);
    });
    let every = every.reports().unwrap();
    every.skill_summaries(window()).await.unwrap();
    let seen = server.seen().pop().unwrap().target;
    assert!(
        seen.contains("/v30.0/") && !seen.contains("mediaTypeId"),
        "{seen}"
    );
    assert!(!seen.contains("isOutbound"), "{seen}");
}

#[tokio::test]
async fn summary_is_read_in_the_form_of_every_version() {
    let server = answering(V21).await;
    let report = reader(&server, every_skill);
    let report = report
        .reports()
        .unwrap()
        .skill_summaries(window())
        .await
        .unwrap();
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let of_v21 = SkillSummary {
        id: "10477448".into(),
        offered: Some(1_036),
        queued: Some(1_036),
        handled: Some(1_036),
        abandoned: Some(0),
        average_speed_of_answer: seconds(1_944),
        average_handle: seconds(179),
        average_talk: seconds(179),
        average_wrap: seconds(0),
    };
    assert_eq!(report.entries, [of_v21]);
    assert_eq!(report.asked_at.wall, SteppedClock::new().now().wall);

    let of_2013 = json!({"SkillSummaries": [{"SkillId": 352_669, "ContactsOffered": 140,
        "ContactsQueued": 120, "ContactsHandled": 130, "AbandonCount": 7,
        "AverageSpeedToAnswer": 18, "AverageHandleTime": 245, "AverageTalkTime": 200,
        "AverageWrapTime": 45, "LongestQueueDur": 12, "MediaTypeId": 4}]});
    let of_2016 = json!({"skillSummaries": [{"skillId": "352669", "contactsOffered": "140",
        "contactsQueued": "120", "contactsHandled": "130", "abandonCount": "7",
        "averageSpeedToAnswer": "18", "averageHandleTime": "245", "averageTalkTime": "200",
        "averageWrapTime": "45"}]});
    let of_2018 = json!({"skillSummaries": [{"skillId": "352669", "contactsOffered": 140,
        "contactsQueued": 120, "contactsHandled": 130, "abandonCount": 7, "abandonRate": "5",
        "averageSpeedToAnswer": "18", "averageHandleTime": "245", "averageTalkTime": "200",
        "averageWrapTime": "45", "isOutbound": "False", "serviceLevel": 96, "holdTime": 0}]});
    let of_2020 = json!({"resultSet": {"skillSummaries": [{"SkillId": 352_669,
        "contactsOffered": 140, "ContactsQueued": 120, "contactsHandled": 130,
        "abandonCount": 7, "AverageSpeedToAnswer": 18, "averageHandleTime": 245,
        "averageTalkTime": 200, "averageWrapTime": 45, "isOutbound": false}]}});
    let of_2024 = json!({"skillSummaries": [{"skillId": 352_669, "contactsOffered": 140,
        "contactsQueued": 120, "contactsHandled": 130, "abandonCount": 7,
        "averageSpeedToAnswer": "PT18S", "averageHandleTime": "PT4M5S",
        "averageTalkTime": "PT3M20S", "averageWrapTime": "PT45S", "isOutbound": false,
        "longestQueueDur": "P1DT19H18M29.651S", "holdTime": null}]});
    let of_2026 = json!({"skillSummaries": [{"skillId": 352_669, "skillName": "Sales",
        "contactsOffered": 140, "contactsQueued": 120, "contactsHandled": 130,
        "abandonCount": 7, "averageSpeedToAnswer": 18.0, "averageHandleTime": 245,
        "averageTalkTime": 200, "averageWrapTime": 45}]});
    for body in [of_2013, of_2016, of_2018, of_2020, of_2024, of_2026] {
        assert_eq!(summary(&body).await, of_sales(), "{body}");
    }
}

#[tokio::test]
async fn one_odd_field_of_a_summary_spoils_no_other() {
    let odd = [
        json!("P1M"),
        json!("PT"),
        json!(-5),
        json!(true),
        json!([18]),
        json!(1e300),
    ];
    for odd in odd {
        let mut entry = json!({"skillId": 352_669, "contactsOffered": 140, "contactsQueued": 120,
            "contactsHandled": 130, "abandonCount": 7, "averageHandleTime": "PT4M5S",
            "averageTalkTime": "200", "averageWrapTime": 45});
        entry["averageSpeedToAnswer"] = odd.clone();
        let expected = SkillSummary {
            average_speed_of_answer: None,
            ..of_sales()
        };
        let body = json!({ "skillSummaries": [entry.clone()] });
        assert_eq!(summary(&body).await, expected, "{odd}");
        entry["contactsOffered"] = odd.clone();
        let expected = SkillSummary {
            offered: None,
            ..expected
        };
        assert_eq!(
            summary(&json!({ "skillSummaries": [entry] })).await,
            expected,
            "{odd}"
        );
    }
    let blank = json!({"skillSummaries": [{"skillId": 7, "contactsOffered": "",
        "contactsHandled": null, "averageHandleTime": " ", "abandonCount": 0.5}]});
    let unknown = SkillSummary {
        id: "7".into(),
        ..SkillSummary::default()
    };
    assert_eq!(summary(&blank).await, unknown);
}

#[tokio::test]
async fn skills_that_the_settings_leave_out_are_left_out_of_reports() {
    let skills = [
        json!({"skillId": 1, "mediaTypeId": "4", "isOutbound": "False"}),
        json!({"skillId": 2, "mediaTypeId": "1"}),
        json!({"skillId": 3, "mediaTypeName": "Chat"}),
        json!({"skillId": 4, "isOutbound": "True"}),
        json!({"skillId": 5}),
        json!({"skillId": 5, "contactsOffered": 9}),
        json!({"contactsOffered": 9}),
    ];
    let body = json!({"skillSummaries": skills, "serviceLevelSummaries": skills});
    let server = answering(body.to_string()).await;
    let report = reader(&server, |_| {});
    let report = report.reports().unwrap();
    let skills = report.skill_summaries(window()).await.unwrap().entries;
    let found: Vec<_> = skills.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(found, ["1", "5"]);
    assert_eq!(skills[1].offered, None, "the first of an id counts");
    let skills = report.service_levels(window()).await.unwrap().entries;
    let found: Vec<_> = skills.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(found, ["1", "5"]);
}

#[tokio::test]
async fn service_level_is_its_sample_in_every_form() {
    let sales = |in_time, late| ServiceLevelSummary {
        id: "352669".into(),
        in_time,
        late,
    };
    let whole = sales(Some(135), Some(5));
    assert_eq!(service_levels(SLA).await, std::slice::from_ref(&whole));
    for (entry, expected) in [
        (
            json!({"SkillId": 352_669, "ContactsWithinSLA": 135, "ContactsOutOfSLA": 5,
                "TotalContacts": 140, "ServiceLevel": 96.43}),
            whole.clone(),
        ),
        (
            json!({"skillId": "352669", "contactsWithinSLA": "135", "contactsOutOfSLA": "5"}),
            whole.clone(),
        ),
        (
            json!({"skillId": 352_669, "contactsWithinSLA": 135, "totalContacts": "140"}),
            whole,
        ),
        (
            json!({"skillId": 352_669, "contactsWithinSLA": 135, "totalContacts": 13}),
            sales(Some(135), None),
        ),
        (
            json!({"skillId": 352_669, "contactsWithinSLA": 0, "contactsOutOfSLA": 0,
                "serviceLevel": 100}),
            sales(Some(0), Some(0)),
        ),
        (
            json!({"skillId": 352_669, "totalContacts": 140, "serviceLevel": 96.43}),
            sales(None, None),
        ),
    ] {
        let body = json!({ "ServiceLevelSummaries": [entry.clone()] });
        assert_eq!(
            service_levels(body.to_string()).await,
            [expected],
            "{entry}"
        );
    }
}

#[tokio::test]
async fn long_reports_are_read_in_pages_of_1000() {
    let server = tenant(|seen| {
        let ids = if seen.target.contains("skip=0&top=1000") {
            0..1_000
        } else {
            1_000..1_200
        };
        let entries: Vec<_> = (ids.clone()).map(|id| json!({"skillId": id})).collect();
        Reply::json(&json!({"totalRecords": 1_200, "serviceLevelSummaries": entries}))
    })
    .await;
    let report = reader(&server, |_| {});
    let report = report.reports().unwrap().service_levels(window()).await;
    assert_eq!(report.unwrap().entries.len(), 1_200);
    let asked: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
    let dates = "startDate=2026-01-05T05%3A00%3A00Z&endDate=2026-01-05T15%3A00%3A00Z";
    assert_eq!(
        asked[asked.len() - 2..],
        [
            format!("{SLA_SUMMARY}?{dates}&skip=0&top=1000"),
            format!("{SLA_SUMMARY}?{dates}&skip=1000&top=1000"),
        ]
    );

    // Nothing says how many there are: a full page is followed by another.
    let server = tenant(|seen| {
        let ids = match seen.target.contains("skip=0&") {
            true => 0..1_000,
            false => 1_000..1_200,
        };
        let agents: Vec<_> = ids
            .map(|id| json!({"agentId": id, "agentStateId": 1}))
            .collect();
        Reply::json(&json!({ "agentStates": agents }))
    })
    .await;
    let report = reader(&server, |_| {});
    let report = report.reports().unwrap().agent_states(false).await;
    assert_eq!(report.unwrap().entries.len(), 1_200);

    let server = tenant(|seen| {
        let is_first = !seen.target.contains("page=2");
        let next = is_first.then(|| format!("{STATES}?page=2"));
        let agent = json!({"agentId": u8::from(is_first), "agentStateId": 1});
        Reply::json(&json!({"_Links": {"Next": next}, "agentStates": [agent]}))
    })
    .await;
    let report = reader(&server, |_| {});
    let report = report.reports().unwrap().agent_states(false).await;
    assert_eq!(report.unwrap().entries.len(), 2);
}

#[tokio::test]
async fn shortfall_of_a_report_is_logged_once() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = tenant(|seen| match seen.target.contains("skip=0&") {
        true => Reply::json(&json!({"totalRecords": 3, "serviceLevelSummaries": [{"skillId": 1}]})),
        false => Reply::json(&json!({"totalRecords": 3, "serviceLevelSummaries": []})),
    })
    .await;
    let report = reader(&server, |_| {});
    for _ in 0..2 {
        let levels = report.reports().unwrap().service_levels(window()).await;
        assert_eq!(levels.unwrap().entries.len(), 1);
    }
    let said = log.text();
    assert_eq!(
        said.matches("the list of service levels is incomplete: ")
            .count(),
        1,
        "{said}"
    );
}

#[tokio::test]
async fn agents_names_are_asked_for_only_where_wanted() {
    let server = answering(AGENTS).await;
    let report = reader(&server, |_| {});
    let report = report.reports().unwrap();
    for (names, more) in [(false, ""), (true, "%2CfirstName%2ClastName")] {
        report.agent_states(names).await.unwrap();
        let seen = server.seen().pop().unwrap().target;
        assert_eq!(
            seen,
            format!(
                "{STATES}?fields=agentId%2CagentStateId%2CagentStateName%2CisACW%2C\
                 outStateDescription%2CstartDate%2CteamId%2CteamName%2CskillId{more}&skip=0&top=1000"
            )
        );
    }
}

#[tokio::test]
async fn agents_are_read_in_old_and_new_forms() {
    let found = agents(AGENTS, true).await;
    let name = found[0].name.as_ref().unwrap();
    assert_eq!((name.first.as_str(), name.last.as_str()), ("J", "S"));
    let agent = |team: &str, in_state| AgentState {
        id: "293558".into(),
        name: None,
        team: Some(("205970".into(), Some(team.into()))),
        activity: Activity::Available,
        reason: None,
        in_state: Some(Duration::from_millis(in_state)),
        skill: None,
    };
    assert_eq!(agents(AGENTS, false).await, [agent("Help Desk", 107_280)]);
    let old = format!(r#"{{"agentStates":[{AGENT_OF_2015}]}}"#);
    assert_eq!(
        agents(&old, false).await,
        [agent("Global Help Desk", 2_593)]
    );
    let old = format!(r#"{{"resultSet":{{"AgentStates":[{AGENT_OF_2015}]}}}}"#);
    assert!(agents(&old, true).await[0].name.is_some());

    let body = json!({"agentStates": [{"agentId": "7", "agentStateId": "1",
        "startDate": "2026-01-05T09:59:00Z"}]});
    let reply = Reply::with_headers(
        200,
        &[
            ("date", "Mon, 05 Jan 2026 10:00:00 GMT"),
            ("content-type", "application/json"),
        ],
        body.to_string(),
    );
    let server = tenant(move |_| reply.clone()).await;
    let report = reader(&server, |_| {});
    let found = report.reports().unwrap().agent_states(false).await.unwrap();
    assert_eq!(found.entries[0].in_state, Some(Duration::from_secs(60)));
}

#[tokio::test]
async fn empty_reports_are_no_error() {
    let bodies = [
        Reply::with_headers(204, &[], ""),
        Reply::json(&json!({"skillSummaries": [], "serviceLevelSummaries": [], "agentStates": []})),
        Reply::json(&json!({"totalRecords": 0})),
    ];
    for reply in bodies {
        let server = tenant(move |_| reply.clone()).await;
        let report = reader(&server, |_| {});
        let report = report.reports().unwrap();
        assert_eq!(report.skill_summaries(window()).await.unwrap().entries, []);
        assert_eq!(report.service_levels(window()).await.unwrap().entries, []);
        assert_eq!(report.agent_states(true).await.unwrap().entries, []);
    }
}

#[tokio::test]
async fn refused_reports_name_what_to_check_and_keep_the_token() {
    let server = tenant(|seen| {
        if seen.target.contains("/skills/activity") {
            Reply::json(&json!({"skillActivity": [{"skillId": 1}]}))
        } else {
            Reply::status(403)
        }
    })
    .await;
    let source = reader(&server, |_| {});
    source.read_queues(&ids(&["1"]), &[]).await.unwrap();
    let before = server.seen().len();
    let report = source.reports().unwrap();
    let error = report.skill_summaries(window()).await.unwrap_err();
    let expected = cxone::Error::Forbidden {
        remedy: Remedy::ReportPermission,
    };
    assert_eq!(error, expected);
    assert_eq!(
        error.to_string(),
        "CXone does not let us read reports (HTTP 403)"
    );
    assert_eq!(report.agent_states(true).await, Err(expected));
    assert_eq!(server.seen().len() - before, 2, "no sign-in");

    let server = tenant(|_| Reply::status(404)).await;
    let source = reader(&server, |_| {});
    let error = source.reports().unwrap().skill_summaries(window()).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains(&format!("no {SUMMARY} at")), "{error}");
}

#[tokio::test]
async fn an_answer_without_ids_is_no_empty_report() {
    let body = json!({"skillSummaries": [{"name": "canary"}], "agentStates": ["canary"]});
    let server = answering(body.to_string()).await;
    let report = reader(&server, |_| {});
    let report = report.reports().unwrap();
    for error in [
        report.skill_summaries(window()).await.unwrap_err(),
        report.agent_states(true).await.unwrap_err(),
    ] {
        assert!(
            matches!(error, cxone::Error::UnexpectedShape { .. }),
            "{error:?}"
        );
        assert!(!error.to_string().contains("canary"));
    }
}

#[tokio::test]
async fn the_other_dialect_has_no_reports() {
    let server = Spoken::ReportingV2.tenant(|_| Reply::status(200)).await;
    let settings = Spoken::ReportingV2.settings(&http(&server));
    assert!(client(settings).reports().is_none());
}
