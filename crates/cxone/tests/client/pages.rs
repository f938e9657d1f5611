//! Lists that come in pages, in both dialects: where they go on, and where they end.

use cxone::QueueList;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    dialect::{ACTIVITY, Spoken},
    scripted::{Reply, Scripted, Seen},
    tenant::{LIST, client, http, ids},
};

const BOTH: [Spoken; 2] = [Spoken::ReportingV2, Spoken::Realtime];

/// The path of a dialect's list.
fn path(spoken: Spoken) -> &'static str {
    match spoken {
        Spoken::ReportingV2 => LIST,
        _ => ACTIVITY,
    }
}

/// The entries with these ids, under the name that the dialect has for them.
fn page(spoken: Spoken, entries: std::ops::Range<u64>, mut more: Value) -> Reply {
    let (name, id) = match spoken {
        Spoken::ReportingV2 => ("queues", "queueId"),
        _ => ("skillActivity", "skillId"),
    };
    more[name] = entries.map(|number| json!({ id: number })).collect();
    Reply::json(&more)
}

/// A page with a `Link` header.
fn linked(spoken: Spoken, entries: std::ops::Range<u64>, link: &str) -> Reply {
    let page = page(spoken, entries, json!({}));
    let head = format!("HTTP/1.1 200 OK\r\nlink: {link}\r\n");
    let page = String::from_utf8_lossy(page.bytes()).into_owned();
    let (_, rest) = page.split_once("\r\n").unwrap();
    Reply::then_close(head + rest)
}

/// A tenant whose list answers by `list`, given what follows the path.
async fn tenant(spoken: Spoken, list: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Scripted {
    spoken
        .tenant(move |seen: &Seen| list(seen.target.strip_prefix(path(spoken)).unwrap()))
        .await
}

/// The list as far as it can be read, one page a call, and how many calls it took.
async fn read(spoken: Spoken, server: &Scripted) -> Result<(QueueList, usize), cxone::Error> {
    let client = client(spoken.settings(&http(server)));
    let (mut list, mut calls) = (QueueList::default(), 0);
    while !list.is_complete() {
        client.list_page(&mut list).await?;
        calls += 1;
        let pages = server.seen().into_iter();
        let pages = pages.filter(|seen| seen.target.starts_with(path(spoken)));
        assert_eq!(pages.count(), calls, "one page a call");
    }
    assert_eq!(list.pages(), calls);
    Ok((list, calls))
}

#[tokio::test]
async fn list_without_next_link_is_asked_on_by_skip_and_top() {
    for (spoken, total) in BOTH.into_iter().flat_map(|spoken| {
        [
            json!({"totalRecords": 250}),
            json!({"totalRecords": "250"}),
            json!({"TotalRecords": 250.0}),
            json!({"total_records": 250, "_links": {"next": null}}),
            json!({"totalCount": 250}),
            json!({"total": 250, "pageCount": 3}),
            json!({"page": {"totalElements": 250}}),
            json!({"resultSet": {"totalRecords": "250"}}),
            // Not a link.
            json!({"totalRecords": 250, "nextPage": 2}),
        ]
        .map(|total| (spoken, total))
    }) {
        let said = total.clone();
        let server = tenant(spoken, move |query| match query {
            "" => page(spoken, 0..100, total.clone()),
            "?skip=100&top=100" => page(spoken, 100..200, total.clone()),
            "?skip=200&top=100" => page(spoken, 200..250, total.clone()),
            other => panic!("no such page: {other}"),
        })
        .await;
        let (list, calls) = read(spoken, &server).await.unwrap();
        assert_eq!((list.queues.len(), calls), (250, 3), "{spoken:?} {said}");
        assert_eq!(list.shortfall(), None, "{spoken:?} {said}");
    }
}

#[tokio::test]
async fn list_that_stays_short_says_how_many_are_missing() {
    let answers: [fn(Spoken) -> Reply; 5] = [
        |spoken| page(spoken, 0..100, json!({"totalRecords": 250})),
        |spoken| page(spoken, 0..0, json!({"totalRecords": 250})),
        |_| Reply::status(404),
        |_| Reply::status(400),
        |_| Reply::then_close("HTTP/1.1 204 No Content\r\n\r\n"),
    ];
    join_all(
        BOTH.into_iter()
            .flat_map(|spoken| answers.map(|more| (spoken, more)))
            .map(|(spoken, more)| async move {
                let server = tenant(spoken, move |query| match query {
                    "" => page(spoken, 0..100, json!({"totalRecords": 250})),
                    _ => more(spoken),
                })
                .await;
                let (list, calls) = read(spoken, &server).await.unwrap();
                assert_eq!((list.queues.len(), calls), (100, 2));
                let shortfall = list.shortfall().unwrap();
                assert_eq!((shortfall.listed, shortfall.total), (100, Some(250)));
            }),
    )
    .await;
}

#[tokio::test]
async fn next_link_behind_the_last_page_ends_the_list() {
    for (spoken, status) in BOTH
        .into_iter()
        .flat_map(|spoken| [400, 404, 405, 410, 416, 422, 204, 200].map(|status| (spoken, status)))
    {
        let server = tenant(spoken, move |query| match (query, status) {
            ("", _) => page(spoken, 0..100, json!({"_links": {"next": "?page=2"}})),
            (_, 204) => Reply::then_close("HTTP/1.1 204 No Content\r\n\r\n"),
            (_, 200) => page(spoken, 0..0, json!({"_links": {"next": "?page=3"}})),
            (_, status) => Reply::status(status),
        })
        .await;
        let (list, calls) = read(spoken, &server).await.unwrap();
        assert_eq!((list.queues.len(), calls), (100, 2), "{spoken:?} {status}");
        assert_eq!(list.shortfall(), None);
    }
}

#[tokio::test]
async fn list_ends_where_total_is_reached_or_nothing_new_comes() {
    for spoken in BOTH {
        // A next link on every page.
        let server = tenant(spoken, move |query| {
            let next = format!("?page={}", query.len() + 1);
            let start = if query.is_empty() { 0 } else { 3 };
            let next = json!({"totalRecords": 6, "_links": {"next": next}});
            page(spoken, start..start + 3, next)
        })
        .await;
        let (list, calls) = read(spoken, &server).await.unwrap();
        assert_eq!((list.queues.len(), calls), (6, 2), "{spoken:?}");

        let server = tenant(spoken, move |query| {
            let next = format!("?page={}", query.len() + 1);
            page(spoken, 0..3, json!({"_links": {"next": next}}))
        })
        .await;
        let (list, calls) = read(spoken, &server).await.unwrap();
        assert_eq!((list.queues.len(), calls), (3, 2), "{spoken:?}");
    }
}

#[tokio::test]
async fn next_link_is_followed_where_total_counts_a_page() {
    for (spoken, count) in BOTH
        .into_iter()
        .flat_map(|spoken| [0, 100].map(|count| (spoken, count)))
    {
        let server = tenant(spoken, move |query| {
            let more = |next| json!({"totalRecords": count, "_links": {"next": next}});
            match query {
                "" => page(spoken, 0..100, more(Some("?page=2"))),
                "?page=2" => page(spoken, 100..200, more(Some("?page=3"))),
                "?page=3" => page(spoken, 200..250, more(None)),
                other => panic!("no such page: {other}"),
            }
        })
        .await;
        let (list, calls) = read(spoken, &server).await.unwrap();
        assert_eq!((list.queues.len(), calls), (250, 3), "{spoken:?} {count}");
        assert_eq!(list.shortfall(), None);
    }
}

#[tokio::test]
async fn next_link_that_is_refused_or_fails_is_an_error() {
    for (spoken, status) in BOTH
        .into_iter()
        .flat_map(|spoken| [401, 403, 408, 429, 500, 503].map(|status| (spoken, status)))
    {
        let server = tenant(spoken, move |query| match query {
            "" => page(spoken, 0..100, json!({"_links": {"next": "?page=2"}})),
            _ => Reply::status(status),
        })
        .await;
        let client = client(spoken.settings(&http(&server)));
        let mut list = QueueList::default();
        client.list_page(&mut list).await.unwrap();
        let page = client.list_page(&mut list).await;
        assert!(page.is_err() && !list.is_complete(), "{spoken:?} {status}");
    }
}

#[tokio::test]
async fn first_page_that_is_missing_is_an_error_all_the_same() {
    for spoken in BOTH {
        let server = tenant(spoken, |_| Reply::status(404)).await;
        let error = read(spoken, &server).await.unwrap_err();
        assert!(
            matches!(error, cxone::Error::EndpointNotFound { .. }),
            "{spoken:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn no_content_or_total_of_zero_is_nothing_visible() {
    let answers: [fn() -> Reply; 5] = [
        || Reply::then_close("HTTP/1.1 204 No Content\r\n\r\n"),
        || Reply::json(&json!({"totalRecords": 0})),
        || Reply::json(&json!({"totalRecords": "0", "_links": {}})),
        || Reply::json(&json!({"resultSet": null})),
        || Reply::json(&json!({"resultSet": {"totalRecords": 0}})),
    ];
    for (spoken, answer) in
        (BOTH.into_iter()).flat_map(|spoken| answers.map(|answer| (spoken, answer)))
    {
        let server = spoken.tenant(move |_| answer()).await;
        let client = client(spoken.settings(&http(&server)));
        let is_nothing =
            |error: &cxone::Error| matches!(error, cxone::Error::NothingVisible { .. });
        let list = client.list_queues().await.unwrap_err();
        assert!(is_nothing(&list), "{spoken:?}: {list:?}");
        match client.read_queues(&ids(&["1"]), &[]).await {
            // Its live statistics are those of the queues that were answered.
            Ok(readings) if spoken == Spoken::ReportingV2 => assert!(readings.queues.is_empty()),
            Err(error) => assert!(is_nothing(&error), "{spoken:?}: {error:?}"),
            other => panic!("{spoken:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn page_that_failed_is_asked_for_again_and_no_other() {
    for spoken in BOTH {
        let is_up = std::sync::atomic::AtomicBool::new(false);
        let server = tenant(spoken, move |query| match query {
            "" => page(spoken, 0..2, json!({"_links": {"next": "?page=2"}})),
            _ if is_up.swap(true, std::sync::atomic::Ordering::Relaxed) => {
                page(spoken, 2..3, json!({}))
            }
            _ => Reply::status(500),
        })
        .await;
        let client = client(spoken.settings(&http(&server)));
        let mut list = QueueList::default();
        client.list_page(&mut list).await.unwrap();
        client.list_page(&mut list).await.unwrap_err();
        assert!(!list.is_complete() && list.queues.len() == 2);
        client.list_page(&mut list).await.unwrap();
        assert!(list.is_complete() && list.queues.len() == 3, "{spoken:?}");
        assert_eq!(server.count(path(spoken)), 1, "the first page");
    }
}

#[tokio::test]
async fn shortfall_of_a_read_is_said_and_calls_nothing_unknown() {
    let server = Spoken::Realtime
        .tenant(|_| page(Spoken::Realtime, 0..100, json!({"totalRecords": 250})))
        .await;
    let client = client(Spoken::Realtime.settings(&http(&server)));
    let readings = client.read_queues(&ids(&["1", "200"]), &[]).await.unwrap();
    assert_eq!(readings.queues.len(), 1);
    assert_eq!(readings.unknown, [""; 0]);
    assert_eq!(readings.shortfall.and_then(|it| it.total), Some(250));
}

#[tokio::test]
async fn next_link_of_a_header_is_followed() {
    for spoken in BOTH {
        let server = tenant(spoken, move |query| match query {
            "" => linked(spoken, 0..2, "<?page=1>; rel=prev, <?page=2>; rel=\"next\""),
            "?page=2" => linked(spoken, 2..4, "<?page=1>; rel=first"),
            other => panic!("no such page: {other}"),
        })
        .await;
        let (list, calls) = read(spoken, &server).await.unwrap();
        assert_eq!((list.queues.len(), calls), (4, 2), "{spoken:?}");
        assert_eq!(list.shortfall(), None);
    }
}

#[tokio::test]
async fn list_of_several_pages_without_link_or_total_is_not_whole() {
    for (spoken, said) in BOTH.into_iter().flat_map(|spoken| {
        [
            json!({"pageNumber": 1, "pageSize": 25, "pageCount": 4}),
            json!({"paging": {"page": 1, "page_count": "4"}}),
            json!({"totalPages": 4}),
            json!({"total": 25, "pageNumber": 1, "pageCount": 4}),
            json!({"pagination": {"hasMore": true}}),
        ]
        .map(|said| (spoken, said))
    }) {
        let more = said.clone();
        // By `skip` too the first page comes.
        let server = tenant(spoken, move |_| page(spoken, 0..25, more.clone())).await;
        let (list, calls) = read(spoken, &server).await.unwrap();
        assert_eq!((list.queues.len(), calls), (25, 2), "{spoken:?} {said}");
        let shortfall = list.shortfall().unwrap();
        assert_eq!((shortfall.listed, shortfall.total), (25, None), "{said}");
    }
    for (spoken, said) in BOTH.into_iter().flat_map(|spoken| {
        [
            json!({"pageNumber": 1, "pageCount": 1}),
            json!({"pageCount": 25}),
            json!({"totalRecords": 25, "pageNumber": 1, "pageCount": 4}),
            json!({"hasMore": false}),
        ]
        .map(|said| (spoken, said))
    }) {
        let more = said.clone();
        let server = tenant(spoken, move |_| page(spoken, 0..25, more.clone())).await;
        let (list, calls) = read(spoken, &server).await.unwrap();
        assert_eq!((list.shortfall(), calls), (None, 1), "{spoken:?} {said}");
    }
}

#[tokio::test]
async fn pages_without_link_are_asked_for_by_skip_where_that_leads_on() {
    for spoken in BOTH {
        let paging = |number| json!({"pageNumber": number, "pageCount": 2, "hasMore": number == 1});
        let server = tenant(spoken, move |query| match query {
            "" => page(spoken, 0..25, paging(1)),
            "?skip=25&top=25" => page(spoken, 25..30, paging(2)),
            other => panic!("no such page: {other}"),
        })
        .await;
        let (list, calls) = read(spoken, &server).await.unwrap();
        assert_eq!((list.queues.len(), calls), (30, 2), "{spoken:?}");
        assert_eq!(list.shortfall(), None);
    }
}
