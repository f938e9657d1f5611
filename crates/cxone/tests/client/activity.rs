//! Skill activity of the dialect `realtime`: what is asked, what is picked from the
//! answer, and its pages.

use std::{sync::Arc, time::Duration};

use cxone::{
    ApiVersion, Dialect, LeftOut, MediaType, QueueReading, QueueReadings, RealtimeSettings, Remedy,
    Setting, SkillFilter, budget::RequestBudget, clock::Clock as _,
};
use serde_json::{Value, json};

use crate::{
    dialect::{ACTIVITY, CALLS, CANARY_TOKEN, OPENID, Spoken, host},
    scripted::{Reply, Scripted, Seen},
    tenant::{SteppedClock, client, http, ids},
};

/// A tenant whose activity is answered by `read`.
async fn tenant(read: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Scripted {
    Spoken::Realtime.tenant(read).await
}

/// The error or the readings of a read of `asked`, with settings changed by `change`.
async fn read(
    server: &Scripted,
    asked: &[&str],
    change: impl FnOnce(&mut RealtimeSettings),
) -> Result<QueueReadings, cxone::Error> {
    let mut settings = Spoken::Realtime.settings(&http(server));
    if let Dialect::Realtime(settings) = &mut settings.dialect {
        change(settings);
    }
    client(settings).read_queues(&ids(asked), &[]).await
}

fn page(skills: &[u64], next: Option<&str>) -> Reply {
    let skills: Vec<_> = skills.iter().map(|id| json!({"skillId": id})).collect();
    Reply::json(&json!({"_links": {"next": next}, "skillActivity": skills}))
}

fn read_ids(readings: &QueueReadings) -> Vec<&str> {
    readings.queues.iter().map(|it| it.id.as_str()).collect()
}

#[tokio::test]
async fn the_read_is_sent_as_the_contract_says() {
    let server = tenant(|_| {
        Reply::json(&json!({"totalRecords": 1, "skillActivity": [{
            "serverTime": "2026-01-05T10:00:00.000Z", "skillId": 352_669, "skillName": "Sales",
            "mediaTypeId": 4, "agentsLoggedIn": 12, "agentsAvailable": 3, "agentsWorking": 7, "agentsACW": 1,
            "agentsUnavailable": 1, "queueCount": 4,
            "earliestQueueTime": "2026-01-05T09:58:12.000Z", "inSLA": 88, "outSLA": 12,
            "serviceLevel": 88, "serviceLevelGoal": 80, "serviceLevelThreshold": 30
        }]}))
    })
    .await;
    let readings = read(&server, &["352669"], |_| {}).await.unwrap();
    assert_eq!(
        readings.queues,
        [QueueReading {
            id: "352669".into(),
            name: Some("Sales".into()),
            media_type: Some(cxone::MediaType::CALL),
            waiting: Some(4),
            average_wait: None,
            longest_wait: Some(Duration::from_secs(108)),
            agents_logged_on: Some(12),
            agents_available: Some(3),
            agents_busy: Some(7),
            agents_after_call_work: Some(1),
            agents_unavailable: Some(1),
            service_level_percent: Some(88.0),
            service_level_goal: Some(80.0),
            service_level_threshold: Some(Duration::from_secs(30)),
            service_level_sample: Some(100),
            source_time: Some(std::time::UNIX_EPOCH + Duration::from_secs(1_767_607_200)),
        }]
    );
    let seen = server.seen();
    let asked = seen.last().unwrap();
    assert_eq!(
        (asked.method.as_str(), asked.target.as_str()),
        ("GET", CALLS)
    );
    let bearer = format!("Bearer {CANARY_TOKEN}");
    assert_eq!(asked.header("authorization"), Some(bearer.as_str()));
    assert_eq!(asked.header("accept"), Some("application/json"));
    assert!(!asked.target.contains("updatedSince"));
    assert_eq!(asked.body, "");
}

#[tokio::test]
async fn filter_is_sent_as_query_parameters_that_cxone_supports() {
    for (media_types, outbound, query) in [
        (vec!["call"], false, "?mediaTypeId=4&isOutbound=false"),
        (vec!["chat"], true, "?mediaTypeId=3"),
        (vec!["call", "chat"], false, "?isOutbound=false"),
        (vec!["call", "chat"], true, ""),
    ] {
        let server = tenant(|_| page(&[1], None)).await;
        let types = media_types.iter().map(|it| MediaType::parse(it).unwrap());
        let filter = SkillFilter {
            media_types: types.collect(),
            inactive: false,
            outbound,
        };
        let version = ApiVersion::parse("34").unwrap();
        read(&server, &["1"], |settings| {
            settings.skills = filter;
            settings.api_version = version;
        })
        .await
        .unwrap();
        let asked = server.seen().pop().unwrap().target;
        assert_eq!(
            asked,
            format!("/incontactAPI/services/v34.0/skills/activity{query}")
        );
    }
}

#[tokio::test]
async fn requested_ids_are_read_and_missing_ids_are_unknown() {
    let server = tenant(|_| page(&[3, 1, 2], None)).await;
    let readings = read(&server, &["2", "9", "1", "2"], |_| {}).await.unwrap();
    assert_eq!(read_ids(&readings), ["2", "1"]);
    assert_eq!(readings.unknown, ["9"]);
}

#[tokio::test]
async fn incomplete_list_marks_no_id_as_unknown() {
    let server =
        tenant(|_| Reply::json(&json!({"totalRecords": 5, "skillActivity": [{"skillId": 1}]})))
            .await;
    let readings = read(&server, &["1", "2"], |_| {}).await.unwrap();
    assert_eq!(read_ids(&readings), ["1"]);
    assert!(readings.unknown.is_empty());

    let twice = tenant(|_| page(&[1, 1], None)).await;
    let readings = read(&twice, &["1", "2"], |_| {}).await.unwrap();
    assert_eq!(read_ids(&readings), ["1"]);
    assert!(readings.unknown.is_empty(), "one took another's place");
}

#[tokio::test]
async fn skills_outside_the_filter_are_ignored_when_cxone_sends_them() {
    let server = tenant(|_| {
        Reply::json(&json!({"skillActivity": [
            {"skillId": 1, "mediaTypeId": 4}, {"skillId": 2, "mediaTypeId": 1},
            {"skillId": 3, "mediaTypeId": 4, "isOutbound": true},
            {"skillId": 4, "mediaTypeId": 4, "isActive": false}
        ]}))
    })
    .await;
    let readings = read(&server, &["1", "2", "3", "4"], |settings| {
        settings
            .skills
            .media_types
            .push(MediaType::parse("chat").unwrap());
    })
    .await
    .unwrap();
    assert_eq!(
        read_ids(&readings),
        ["1", "4"],
        "who names one that is off sees it"
    );
    assert_eq!(readings.unknown, ["2", "3"]);
}

#[tokio::test]
async fn a_reading_is_as_old_as_the_question_for_its_first_page() {
    let server = tenant(|seen| match seen.target.as_str() {
        CALLS => page(&[1], Some("?skip=1")),
        _ => page(&[2], None),
    })
    .await;
    let clock = SteppedClock::new();
    let budget = Arc::new(RequestBudget::new(100));
    let settings = Spoken::Realtime.settings(&http(&server));
    let client = cxone::connect(settings, budget, Arc::new(clock.clone())).unwrap();
    let before = clock.now().wall;
    let readings = client.read_queues(&ids(&["1", "2"]), &[]).await.unwrap();
    assert_eq!(readings.asked_at.unwrap().wall, before);
    assert_eq!(readings.queues.len(), 2);
}

#[tokio::test]
async fn entries_without_ids_are_an_unexpected_shape() {
    let server = tenant(|_| Reply::json(&json!({"skillActivity": [{"skillNo": 1}]}))).await;
    let error = read(&server, &["1"], |_| {}).await.unwrap_err();
    assert!(
        matches!(&error, cxone::Error::UnexpectedShape { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn all_pages_are_read_and_their_number_is_known() {
    let server = tenant(|seen| {
        let next = |skip: u32| format!("{CALLS}&skip={skip}");
        match seen.target.strip_prefix(CALLS) {
            Some("") => page(&[1, 2], Some(&next(2))),
            // Absolute, by the name that the server was called by.
            Some("&skip=2") => {
                let origin = format!("http://{}", seen.header("host").unwrap());
                page(&[3], Some(&format!("{origin}{}", next(4))))
            }
            Some("&skip=4") => page(&[4], None),
            _ => panic!("no such page: {}", seen.target),
        }
    })
    .await;
    let client = client(Spoken::Realtime.settings(&http(&server)));
    assert_eq!(client.batch_limit(), usize::MAX, "they come in one list");
    assert_eq!(client.requests_per_read(), 1, "as far as is known");
    let readings = client.read_queues(&ids(&["4", "1"]), &[]).await.unwrap();
    assert_eq!(read_ids(&readings), ["4", "1"]);
    assert_eq!(client.requests_per_read(), 3);
    let pages = server.seen();
    assert_eq!(pages.len(), 3 + 3);
    assert!(
        pages[3..]
            .iter()
            .all(|page| page.header("authorization").is_some())
    );
}

#[tokio::test]
async fn a_page_that_fails_fails_the_whole_read() {
    let server = tenant(|seen| match seen.target.as_str() {
        CALLS => page(&[1], Some("?skip=1")),
        _ => Reply::status(500),
    })
    .await;
    assert!(matches!(
        read(&server, &["1"], |_| {}).await,
        Err(cxone::Error::ServerError { status: 500, .. })
    ));
}

#[tokio::test]
async fn pages_that_lead_back_end_and_none_leaves_the_host() {
    let server = tenant(|_| page(&[1], Some(CALLS))).await;
    let readings = read(&server, &["1"], |_| {}).await.unwrap();
    assert_eq!(
        read_ids(&readings),
        ["1"],
        "a list that leads back to itself ends"
    );

    let elsewhere = tenant(|_| page(&[1], None)).await;
    let link = format!("{}{CALLS}", http(&elsewhere));
    let server = tenant(move |_| page(&[1], Some(&link))).await;
    let readings = read(&server, &["1"], |_| {}).await.unwrap();
    assert_eq!(read_ids(&readings), ["1"], "the same page, asked here");
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn no_visible_skill_after_sign_in_is_a_distinct_error() {
    for empty in [
        json!({"totalRecords": 0, "skillActivity": []}),
        json!({"resultSet": {"skillActivity": null}}),
    ] {
        let server = tenant(move |_| Reply::json(&empty)).await;
        let error = read(&server, &["1"], |_| {}).await.unwrap_err();
        assert!(
            matches!(
                &error,
                cxone::Error::NothingVisible {
                    remedy: Remedy::SkillFilter
                }
            ),
            "{error}"
        );
        let client = client(Spoken::Realtime.settings(&http(&server)));
        let error = client.list_queues().await.unwrap_err();
        assert!(
            matches!(
                &error,
                cxone::Error::NothingVisible {
                    remedy: Remedy::VisibleSkills
                }
            ),
            "{error}"
        );
    }
}

#[tokio::test]
async fn the_list_has_every_skill_and_says_what_is_not_for_the_wall() {
    let server = tenant(|_| {
        let skill = |id: u64, media_type: u64, active: bool, outbound: bool| {
            json!({"skillId": id, "skillName": format!("Skill {id}"), "mediaTypeId": media_type,
                   "isActive": active, "isOutbound": outbound})
        };
        Reply::json(&json!({"skillActivity": [
            skill(1, 4, true, false), skill(2, 4, false, false), skill(3, 4, true, true),
            skill(4, 3, true, false), skill(1, 4, true, false)
        ]}))
    })
    .await;
    let client = client(Spoken::Realtime.settings(&http(&server)));
    let list = client.list_queues().await.unwrap();
    assert_eq!(server.count(ACTIVITY), 1, "asked without a filter");
    let left_out: Vec<_> = list
        .iter()
        .map(|queue| (queue.id.as_str(), queue.left_out))
        .collect();
    let chat = MediaType::parse("chat").unwrap();
    assert_eq!(
        left_out,
        [
            ("1", None),
            ("2", Some(LeftOut::Inactive)),
            ("3", Some(LeftOut::Outbound)),
            ("4", Some(LeftOut::MediaType(chat)))
        ]
    );
    assert_eq!(client.requests_per_read(), 1, "the list is not the read");
}

#[tokio::test]
async fn each_refusal_says_what_to_check_here() {
    for (status, expected) in [
        (
            400,
            cxone::Error::BadRequest {
                status: 400,
                remedy: Remedy::VersionOrMediaTypes,
            },
        ),
        (
            401,
            cxone::Error::TokenRefused {
                status: 401,
                remedy: Remedy::AccessKeyTenant,
            },
        ),
        (
            403,
            cxone::Error::Forbidden {
                remedy: Remedy::SkillPermission,
            },
        ),
    ] {
        let server = tenant(move |_| Reply::status(status)).await;
        assert_eq!(read(&server, &["1"], |_| {}).await, Err(expected));
    }
    let server = tenant(|_| Reply::status(404)).await;
    let error = read(&server, &["1"], |_| {}).await;
    let path = ACTIVITY.to_owned();
    let host = host(&server, Setting::ApiVersion);
    assert_eq!(error, Err(cxone::Error::EndpointNotFound { path, host }));
}

#[tokio::test]
async fn no_ids_send_nothing() {
    let server = tenant(|_| page(&[1], None)).await;
    let readings = read(&server, &[], |_| {}).await;
    assert_eq!(readings, Ok(QueueReadings::default()));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_address_that_is_set_comes_before_discovery() {
    let server = Scripted::start(|seen| match seen.target.as_str() {
        "/gateway/incontactAPI/services/v23.0/skills/activity?mediaTypeId=4&isOutbound=false" => {
            page(&[1], None)
        }
        _ => Spoken::KeyOnly
            .good(seen)
            .unwrap_or_else(|| Reply::status(404)),
    })
    .await;
    let mut settings = Spoken::KeyOnly.settings(&http(&server));
    if let Dialect::Realtime(settings) = &mut settings.dialect {
        let address = format!("{}/gateway", http(&server));
        settings.api_url = Some(cxone::BaseUrl::parse(&address).unwrap());
    }
    let readings = client(settings).read_queues(&ids(&["1"]), &[]).await;
    assert_eq!(read_ids(&readings.unwrap()), ["1"]);
    let asked: Vec<Value> = server
        .seen()
        .into_iter()
        .map(|it| it.target.into())
        .collect();
    assert_eq!(asked.len(), 2, "the token and the read: {asked:?}");
    assert_eq!(server.count(OPENID), 0);
}
