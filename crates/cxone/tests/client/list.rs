//! The queue list and its pages.

use cxone::{Remedy, Setting};
use serde_json::json;

use crate::{
    dialect::{ANY, host, plain},
    scripted::Reply,
    tenant::{LIST, TOKEN, client_of, tenant},
};

fn named(list: Result<Vec<cxone::QueueInfo>, cxone::Error>) -> Vec<String> {
    list.unwrap().into_iter().map(|queue| queue.id).collect()
}

#[tokio::test]
async fn pages_are_followed_and_queues_named_twice_kept_once() {
    let server = tenant(|seen| {
        Reply::json(&match seen.target.as_str() {
            LIST => {
                json!({"entities": [{"id": 1, "name": "Sales"}], "nextUri": "/api/v2/queues?page=2"})
            }
            "/api/v2/queues?page=2" => {
                json!({"queues": [{"queueId": "1"}, {"queueId": "2"}], "_links": {"next": "?page=3"}})
            }
            "/api/v2/queues?page=3" => json!([{"id": "3"}]),
            _ => panic!("no such page: {}", seen.target),
        })
    })
    .await;
    assert_eq!(
        named(client_of(&server).list_queues().await),
        ["1", "2", "3"]
    );
    let seen = server.seen();
    assert_eq!(seen.len(), 4);
    assert!(
        seen[1..]
            .iter()
            .all(|page| page.method == "GET" && page.header("authorization").is_some())
    );
}

#[tokio::test]
async fn a_list_that_leads_back_to_itself_ends() {
    let server = tenant(|_| Reply::json(&json!({"queues": [{"id": "1"}], "next": LIST}))).await;
    assert_eq!(named(client_of(&server).list_queues().await), ["1"]);
    assert_eq!(server.count(LIST), 1);
}

#[tokio::test]
async fn next_page_on_another_host_is_asked_here_and_the_token_stays() {
    let elsewhere = tenant(|_| Reply::json(&json!([]))).await;
    let link = format!("http://{}{LIST}?page=2", elsewhere.address());
    let server = tenant(move |seen| match seen.target.strip_prefix(LIST) {
        Some("") => Reply::json(&json!({"queues": [{"id": "1"}], "next": link})),
        _ => Reply::json(&json!({"queues": [{"id": "2"}]})),
    })
    .await;
    assert_eq!(named(client_of(&server).list_queues().await), ["1", "2"]);
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn each_refusal_of_the_list_has_a_name() {
    for (status, expected) in [
        (
            401,
            cxone::Error::TokenRefused {
                status: 401,
                remedy: ANY,
            },
        ),
        (403, cxone::Error::Forbidden { remedy: ANY }),
        (429, cxone::Error::RateLimited { retry_after: None }),
    ] {
        let server = tenant(move |_| Reply::status(status)).await;
        let list = client_of(&server).list_queues().await;
        assert_eq!(list.map_err(plain), Err(expected));
    }
    let server = tenant(|_| Reply::status(404)).await;
    assert_eq!(
        client_of(&server).list_queues().await,
        Err(cxone::Error::EndpointNotFound {
            path: LIST.to_owned(),
            host: host(&server, Setting::BaseUrl),
        }),
        "no id could be at fault"
    );
    assert_eq!(server.count(TOKEN), 1);
}

#[tokio::test]
async fn empty_list_is_a_distinct_error_with_remedy() {
    let server = tenant(|_| Reply::json(&json!({"queues": []}))).await;
    let error = client_of(&server).list_queues().await.unwrap_err();
    assert!(
        matches!(
            &error,
            cxone::Error::NothingVisible {
                remedy: Remedy::VisibleQueues
            }
        ),
        "{error}"
    );
}
