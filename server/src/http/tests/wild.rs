//! Whatever a library lets through: any request gets an answer with the security headers, in
//! every access mode.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{extract::ConnectInfo, http::HeaderValue};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config as Cases, TestRunner},
};

use super::*;
use crate::{
    access::Store,
    config::{AccessConfig, AccessMode},
};

const NAMES: [&str; 12] = [
    "host",
    "cookie",
    "if-none-match",
    "accept-encoding",
    "content-type",
    "content-length",
    "user-agent",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-user",
    "transfer-encoding",
    "origin",
];

const VALUES: [&str; 12] = [
    "127.0.0.1",
    "localhost:8080",
    "queuewall-main=x; queuewall-main=y",
    "*",
    "W/\"x\", \"y\"",
    "br;q=0, gzip;q=0.5",
    "application/json",
    "Chrome/66.0",
    "192.0.2.1, 10.0.0.1",
    "https",
    "chunked",
    "",
];

const TARGETS: [&str; 12] = [
    "/",
    "/board/main",
    "/board/%ff",
    "/api/boards",
    "/api/boards/main",
    "/api/boards/%C3%28",
    "/api/access",
    "/api/screens",
    "/api/screens/wait",
    "/assets/page-1.js",
    "*",
    "http://localhost/readyz",
];

const BODIES: [&str; 4] = ["", "{}", "{\"token\":\"x\",\"secret\":\"x\"}", "[[[["];

type Header = (&'static str, Vec<u8>);

fn any_header() -> impl Strategy<Value = Header> {
    let value = prop_oneof![
        select(&VALUES[..]).prop_map(|value| value.as_bytes().to_vec()),
        vec(any::<u8>(), 0..60),
    ];
    (select(&NAMES[..]), value)
}

fn target() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(&TARGETS[..]).prop_map(str::to_owned),
        1 => "/[ -~]{0,40}",
        1 => "/api/boards/(%[0-9a-fA-F]{2}){0,6}[?]?[ -~]{0,20}",
        1 => "[a-z]{1,5}://[ -~]{0,20}",
    ]
}

fn request() -> impl Strategy<Value = Option<Request<Body>>> {
    let method = prop_oneof![
        select(&["GET", "HEAD", "POST", "OPTIONS", "CONNECT"][..]).prop_map(str::to_owned),
        "[!-~]{1,12}",
    ];
    let body = prop_oneof![
        select(&BODIES[..]).prop_map(|body| body.as_bytes().to_vec()),
        vec(any::<u8>(), 0..2_000),
    ];
    let peer = select(&["127.0.0.1", "10.0.0.5", "2001:db8::1"][..]);
    (method, target(), vec(any_header(), 0..8), body, peer).prop_map(
        |(method, target, headers, body, peer)| {
            let mut request = Request::builder()
                .method(method.as_str())
                .uri(target)
                .header("host", "localhost");
            for (name, value) in headers {
                if let Ok(value) = HeaderValue::from_bytes(&value) {
                    request = request.header(name, value);
                }
            }
            let mut request = request.body(Body::from(body)).ok()?;
            let peer: IpAddr = peer.parse().unwrap();
            let peer = ConnectInfo(SocketAddr::new(peer, 1));
            request.extensions_mut().insert(peer);
            Some(request)
        },
    )
}

/// The app in one access mode; what it stores is in `folder`.
async fn app(mode: AccessMode, folder: &std::path::Path) -> App {
    let access = AccessConfig {
        mode,
        state_dir: folder.to_owned(),
        trusted_proxies: vec!["10.0.0.0/24".parse().unwrap()],
        ..AccessConfig::default()
    };
    let guard = access.guard(Store::new(folder.to_owned())).await.unwrap();
    let fixture = guarded(page(), guard, &[("main", "Main")]);
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    App {
        routes: fixture.routes,
        hosts: Arc::new(Hosts::new(listen, [])),
        requests: None,
        log: None,
        access: Some(fixture.access),
        base_path: "".into(),
        frame_ancestors: Arc::new([]),
        headers: Arc::default(),
    }
}

async fn check(response: Response<Body>) -> Result<(), TestCaseError> {
    let status = response.status();
    prop_assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let is_json = header(&response, "content-type") == "application/json";
    prop_assert_eq!(header(&response, "x-content-type-options"), "nosniff");
    prop_assert_eq!(
        header(&response, "cross-origin-resource-policy"),
        "same-origin"
    );
    let has_policy = response.headers().contains_key("content-security-policy");
    prop_assert_eq!(has_policy, status != StatusCode::NOT_MODIFIED);
    let is_granted = response
        .headers()
        .contains_key("access-control-allow-origin");
    prop_assert!(!is_granted);
    let bytes = body(response).await;
    if is_json && !bytes.is_empty() && !status.is_success() {
        let error: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert!(error["error"].as_str().is_some() || error["status"].as_str().is_some());
        prop_assert!(bytes.len() < 300);
    } else if !status.is_success() && !bytes.is_empty() {
        prop_assert_eq!(bytes, b"<p>page", "else it is the page");
    }
    Ok(())
}

#[test]
fn any_request_gets_an_answer_with_security_headers() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for mode in [AccessMode::Open, AccessMode::Links, AccessMode::Proxy] {
        let folder = tempfile::tempdir().unwrap();
        let app = runtime.block_on(app(mode, folder.path()));
        let mut runner = TestRunner::new(Cases {
            cases: 500,
            failure_persistence: None,
            ..Cases::default()
        });
        let outcome = runner.run(&request(), |request| match request {
            Some(request) => {
                runtime.block_on(async { check(app.clone().answer(request).await).await })
            }
            // No library would hand it on.
            None => Ok(()),
        });
        outcome.unwrap();
    }
}

#[tokio::test]
async fn rate_limited_request_gets_429_with_security_headers() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(AccessMode::Open, folder.path()).await;
    let mut request = Request::get("/").body(Body::empty()).unwrap();
    request.extensions_mut().insert(RateLimited);
    let response = app.answer(request).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(&response, "retry-after"), "1");
    check(response).await.unwrap();
}
