use std::net::SocketAddr;

use axum::{
    Router,
    extract::ConnectInfo,
    routing::{get, post},
};
use serde_json::Value;
use tracing::error;

use super::*;
use crate::{
    config::{AccessConfig, AccessMode},
    http::{App, Hosts},
    logging::tests::Said,
};

const PROXY: [u8; 4] = [10, 0, 0, 5];
const OTHER: [u8; 4] = [10, 0, 0, 6];

/// An app whose routes say something, and which trusts one proxy.
fn app() -> App {
    let config = AccessConfig {
        mode: AccessMode::Open,
        trusted_proxies: vec!["10.0.0.5/32".parse().unwrap()],
        ..AccessConfig::default()
    };
    let access = Arc::new(config.guard_without_links());
    let failing = || async {
        error!("what broke");
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let router = Router::new()
        .route("/fine", get(|| async { "fine" }))
        .route("/broken", post(failing).get(failing))
        .route("/closed", get(|| async { StatusCode::UNAUTHORIZED }))
        .route("/enter", post(|| async { StatusCode::UNAUTHORIZED }))
        .route("/readyz", get(|| async { StatusCode::SERVICE_UNAVAILABLE }));
    App {
        log: Some(Arc::new(RequestLog::new(access))),
        requests: None,
        access: None,
        base_path: "".into(),
        frame_ancestors: Arc::new([]),
        headers: Arc::default(),
        routes: router,
        hosts: Arc::new(Hosts::new(SocketAddr::from((PROXY, 80)), [])),
    }
}

async fn ask(app: &App, peer: [u8; 4], method: Method, address: &str, id: &str) -> Response {
    let mut request = Request::builder()
        .method(method)
        .uri(address)
        .header("host", "127.0.0.1")
        .header("cookie", "queuewall=hunter2")
        .header("authorization", "Bearer hunter2");
    if !id.is_empty() {
        request = request.header(REQUEST_ID, id);
    }
    let mut request = request.body(Body::empty()).unwrap();
    let peer = SocketAddr::from((peer, 1));
    request.extensions_mut().insert(ConnectInfo(peer));
    app.clone().answer(request).await
}

fn id_of(response: &Response) -> &str {
    response.headers()[REQUEST_ID].to_str().unwrap()
}

/// The one line with this message.
fn line(said: &Said, message: &str) -> Value {
    let lines = said.lines();
    let mut found = lines.iter().filter(|line| line["message"] == message);
    let line = found.next().unwrap_or_else(|| panic!("{lines:?}")).clone();
    assert!(found.next().is_none(), "{lines:?}");
    line
}

#[tokio::test]
async fn error_response_has_unique_request_id_success_has_none() {
    let app = app();
    let fine = ask(&app, OTHER, Method::GET, "/fine", "").await;
    assert_eq!(fine.status(), StatusCode::OK);
    assert!(!fine.headers().contains_key(REQUEST_ID));
    let one = ask(&app, OTHER, Method::GET, "/nowhere", "").await;
    let two = ask(&app, OTHER, Method::GET, "/nowhere", "").await;
    assert_ne!(id_of(&one), id_of(&two));
    assert!(is_id(id_of(&one)), "{}", id_of(&one));
}

#[tokio::test]
async fn request_id_is_accepted_from_trusted_proxy_if_short_and_plain() {
    let app = app();
    let long = "a".repeat(LONGEST_ID + 1);
    let longest = "a".repeat(LONGEST_ID);
    for (peer, given, is_taken) in [
        (PROXY, "c0ffee-1", true),
        (PROXY, longest.as_str(), true),
        (PROXY, long.as_str(), false),
        (PROXY, "two words", false),
        (PROXY, "a\u{e9}", false),
        (PROXY, "a\"b", false),
        (OTHER, "c0ffee-1", false),
    ] {
        let response = ask(&app, peer, Method::GET, "/nowhere", given).await;
        assert_eq!(id_of(&response) == given, is_taken, "{peer:?} {given:?}");
    }
}

#[tokio::test]
async fn what_is_logged_while_a_request_is_answered_carries_its_id() {
    let (said, _guard) = Said::gather("queuewall=info");
    let response = ask(&app(), OTHER, Method::POST, "/broken?secret=hunter2", "").await;
    let broke = line(&said, "what broke");
    assert_eq!(broke["span"]["id"], id_of(&response));
    assert_eq!(broke["span"]["method"], "POST");
    assert_eq!(broke["span"]["route"], "other");
    let ended = line(&said, "answered");
    assert_eq!(ended["level"], "WARN");
    assert_eq!(ended["status"], 500);
    assert_eq!(ended["client"], "10.0.0.6");
    assert_eq!(ended["span"], broke["span"]);
    assert!(!said.text().contains("hunter2"), "{}", said.text());
}

#[tokio::test]
async fn reading_is_said_at_debug_alone_unless_it_fails() {
    let (said, guard) = Said::gather("queuewall=info");
    let app = app();
    for quiet in ["/fine", "/closed", "/readyz", "/nowhere"] {
        ask(&app, OTHER, Method::GET, quiet, "").await;
    }
    assert_eq!(said.text(), "");
    let failed = ask(&app, OTHER, Method::GET, "/broken", "").await;
    let line = line(&said, "answered");
    assert_eq!(line["span"]["id"], id_of(&failed), "its own span");
    drop(guard);

    let (said, _guard) = Said::gather("queuewall=debug");
    ask(&app, OTHER, Method::GET, "/fine?secret=hunter2", "").await;
    let lines = said.lines();
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(line["level"], "DEBUG");
    assert_eq!(line["span"]["route"], "other");
    assert!(!said.text().contains("hunter2"), "{}", said.text());
}

#[tokio::test]
async fn warnings_about_refused_requests_are_rate_limited() {
    let (said, _guard) = Said::gather("queuewall=info");
    let app = app();
    for _ in 0..3 * REFUSALS_OF_PEER {
        ask(&app, OTHER, Method::POST, "/enter", "").await;
    }
    assert_eq!(said.lines().len(), REFUSALS_OF_PEER as usize);
    let mut request = Request::new(Body::empty());
    let host = HeaderValue::from_static("evil.example");
    request.headers_mut().insert("host", host);
    app.answer(request).await;
    let lines = said.lines();
    let last = lines.last().unwrap();
    assert_eq!(last["status"], 421);
    let words = last["message"].as_str().unwrap();
    assert!(!words.contains("evil.example") && words.contains("QUEUEWALL_HOSTS"));
}

#[tokio::test]
async fn body_in_chunks_is_warned_of_with_the_proxys_remedy() {
    let (said, _guard) = Said::gather("queuewall=info");
    let mut request = Request::new(Body::empty());
    for (name, value) in [("host", "127.0.0.1"), ("transfer-encoding", "chunked")] {
        let value = HeaderValue::from_static(value);
        request.headers_mut().insert(name, value);
    }
    assert_eq!(app().answer(request).await.status(), 411);
    let lines = said.lines();
    let words = lines[0]["message"].as_str().unwrap();
    assert!(words.contains("let the proxy send a length"), "{words}");
}
