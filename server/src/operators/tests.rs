//! The operators' routes, without a socket, over the state of a real application: polls
//! go in at the public side, and are read here.

use std::{net::SocketAddr, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use cxone::{QueueInfo, QueueReadings, QueueSource, budget::RequestBudget};
use queuewall_shared::{
    report::{HEADER, Report, SoundState, WakeLock},
    snapshot::Board,
};
use serde_json::Value;

use super::*;
use crate::{
    access::Guard,
    clock::{Moment, SystemClock},
    connections::ConnectionMetrics,
    http::{App, AppState, Hosts, Page, Requests},
    metrics::Measured,
    poller::Polls,
    screens::DARK_AFTER,
};

struct Nothing;

#[async_trait::async_trait]
impl QueueSource for Nothing {
    fn batch_limit(&self) -> usize {
        1
    }

    async fn read_queues(&self, _: &[String], _: &[String]) -> Result<QueueReadings, cxone::Error> {
        Ok(QueueReadings::default())
    }

    async fn list_queues(&self) -> Result<Vec<QueueInfo>, cxone::Error> {
        Ok(Vec::new())
    }

    async fn sign_in(&self) -> Result<(), cxone::Error> {
        Ok(())
    }
}

/// Both sides of one server.
struct Sides {
    public: App,
    operators: App,
    screens: Arc<ScreenRegistry>,
}

impl Sides {
    fn new() -> Self {
        let page = Page::of(&[("index.html", b"<p>page"), ("assets/page-1.js", b"script")]);
        let clock = Arc::new(SystemClock);
        let board = Board {
            slug: "main".into(),
            ..Board::default()
        };
        let build = page.build().to_owned();
        let boards = Arc::new(Boards::new(vec![board], build, clock.now()));
        let screens = Arc::new(ScreenRegistry::new(DARK_AFTER));
        let requests = Requests::default();
        let state = AppState {
            servers: None,
            boards: Arc::clone(&boards),
            clock: clock.clone(),
            access: Arc::new(Guard::open()),
            page: Arc::new(page),
            base_path: "".into(),
            frame_ancestors: Arc::new([]),
            screens: Arc::clone(&screens),
            requests: requests.clone(),
            history: None,
            stopping: tokio::sync::watch::channel(false).1,
        };
        let metrics = Metrics::new(Measured {
            delivery: crate::alerts::Delivery::new(crate::alerts::Receivers::default(), None),
            servers: None,
            boards: Arc::clone(&boards),
            most_queues: 0,
            budget: Arc::new(RequestBudget::new(10)),
            calls: crate::metrics::Calls::default(),
            source: Arc::new(Nothing),
            polls: Polls::default(),
            reload: crate::reload::ReloadStatus::default(),
            tls: None,
            access: Arc::new(Guard::open()),
            requests,
            connections: ConnectionMetrics::default(),
            screens: Arc::clone(&screens),
            clock: clock.clone(),
            history: None,
        });
        let operators = OperatorsState {
            servers: None,
            metrics: Arc::new(metrics),
            screens: Arc::clone(&screens),
            boards,
            clock,
        };
        let hosts = || Hosts::new(SocketAddr::from(([127, 0, 0, 1], 80)), []);
        Self {
            public: App::new(state, Arc::new(hosts()), false),
            operators: App::for_operators(router(operators), Arc::new(hosts())),
            screens,
        }
    }

    /// A screen's poll.
    async fn poll(&self, board: &str, report: Option<&str>) -> StatusCode {
        let mut request = Request::get(format!("/api/boards/{board}")).header("host", "localhost");
        if let Some(report) = report {
            request = request.header(HEADER, report);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer = SocketAddr::from(([192, 0, 2, 7], 5_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        self.public.clone().answer(request).await.status()
    }

    async fn get(&self, path: &str, accept: &str) -> Answer {
        answer(&self.operators, path, accept).await
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

async fn answer(app: &App, path: &str, accept: &str) -> Answer {
    let request = Request::get(path)
        .header("host", "localhost")
        .header("accept", accept);
    let request = request.body(Body::empty()).unwrap();
    let response = app.clone().answer(request).await;
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: head.status,
        headers: head.headers,
        text: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

fn earlier(seconds: u64) -> Moment {
    let now = SystemClock.now();
    let by = Duration::from_secs(seconds);
    Moment {
        wall: now.wall - by,
        ..now
    }
}

const WELL: &str = "page=k3j9; name=Hall%202; build=x; paint=16; sound=off; awake=held; errors=0";

#[tokio::test]
async fn a_poll_makes_a_screen_and_it_is_answered_whatever_it_reports() {
    let sides = Sides::new();
    assert_eq!(sides.poll("main", None).await, StatusCode::OK);
    for bad in ["", "x", "page=a; sound=loud", "page=a; name=%zz"] {
        assert_eq!(sides.poll("main", Some(bad)).await, StatusCode::OK, "{bad}");
    }
    assert_eq!(sides.poll("none", Some(WELL)).await, StatusCode::NOT_FOUND);
    let json = sides.get("/screens", "application/json").await.text;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["screens"].as_array().unwrap().len(), 0);

    assert_eq!(sides.poll("main", Some(WELL)).await, StatusCode::OK);
    let answer = sides.get("/screens", "application/json").await;
    assert_eq!(answer.headers[CONTENT_TYPE], "application/json");
    let json: Value = serde_json::from_str(&answer.text).unwrap();
    let screen = &json["screens"][0];
    for (key, value) in [
        ("name", Value::from("Hall 2")),
        ("board", "main".into()),
        ("address", "192.0.2.7".into()),
        ("state", "old_build".into()),
        ("build", "x".into()),
        ("sound", "off".into()),
        ("wake_lock", "held".into()),
        ("errors", 0.into()),
        ("paint_age_seconds", 0.016.into()),
    ] {
        assert_eq!(screen[key], value, "{key}");
    }
    assert!(json["build"].as_str().unwrap() != "x");
}

#[tokio::test]
async fn the_page_says_in_words_how_each_screen_is() {
    let sides = Sides::new();
    let hear = |seconds, report: Report<'_>| {
        sides
            .screens
            .heard(&report, "main", None, None, earlier(seconds));
    };
    let build = format!("{}-", env!("CARGO_PKG_VERSION"));
    let named = |name: &'static str| Report {
        page: "a".into(),
        name: Some(name.into()),
        ..Report::default()
    };
    hear(12 * 60 + 5, named("Lobby"));
    let old = Report {
        build: Some("0.0.9-old".into()),
        ..named("Old")
    };
    hear(1, old);
    let frozen = Report {
        paint_age_ms: Some(200_000),
        ..named("Frozen")
    };
    hear(1, frozen);
    let sleepy = Report {
        sound: SoundState::Blocked,
        awake: WakeLock::Refused,
        errors: 2,
        ..named("Sleepy")
    };
    hear(1, sleepy);
    let html = sides.get("/screens", "text/html,*/*").await.text;
    for words in [
        "<title>1 dark – Screens – Queuewall</title>",
        "<b>1</b> dark",
        "dark since 12 min",
        "not painting",
        "its browser drew nothing for 3 min",
        &format!("old page: build 0.0.9-old, server {build}"),
        "live",
        "screen can fall asleep<br>sound blocked<br>2 errors in its page",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let place = |name: &str| html.find(&format!("<bdi>{name}</bdi>")).unwrap();
    assert!(place("Lobby") < place("Frozen") && place("Frozen") < place("Old"));
    assert!(place("Old") < place("Sleepy"));
}

#[tokio::test]
async fn a_hostile_name_is_text_wherever_it_stands() {
    let sides = Sides::new();
    let hostile = "<script>x</script>\"'&\u{202e}\\";
    let report = Report {
        page: "a".into(),
        name: Some(hostile.into()),
        build: Some("<b>".into()),
        ..Report::default()
    };
    let header = report.to_header();
    assert_eq!(sides.poll("main", Some(&header)).await, StatusCode::OK);

    let html = sides.get("/screens", "text/html").await.text;
    assert!(
        !html.contains("<script") && !html.contains("<b>,"),
        "{html}"
    );
    let escaped = "<bdi>&lt;script&gt;x&lt;/script&gt;&quot;&#39;&amp;\\</bdi>";
    assert!(html.contains(escaped), "{html}");
    assert!(html.contains("build &lt;b&gt;, server"), "{html}");

    let json = sides.get("/screens", "application/json").await.text;
    let json: Value = serde_json::from_str(&json).unwrap();
    let name = hostile.replace('\u{202e}', "");
    assert_eq!(json["screens"][0]["name"], name);

    let metrics = sides.get("/metrics", "*/*").await.text;
    let line = "screen=\"<script>x</script>\\\"'&\\\\\",board=\"main\"";
    assert!(metrics.contains(line), "{metrics}");
}

#[tokio::test]
async fn the_page_has_no_script_and_may_have_none() {
    let sides = Sides::new();
    let empty = sides.get("/screens", "text/html").await;
    assert!(empty.text.contains("No screen has asked"), "{}", empty.text);
    assert!(empty.text.contains("http-equiv=\"refresh\" content=\"10\""));
    sides.poll("main", Some(WELL)).await;
    let full = sides.get("/screens", "text/html").await;
    for answer in [empty, full] {
        assert!(!answer.text.contains("<script") && !answer.text.contains("style="));
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"));
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers[CACHE_CONTROL], "no-store");
    }
    let style = sides.get("/screens.css", "*/*").await;
    assert_eq!(style.headers[CONTENT_TYPE], "text/css; charset=utf-8");
}

#[tokio::test]
async fn each_side_has_its_own_and_nothing_of_the_others() {
    let sides = Sides::new();
    for path in ["/metrics", "/screens", "/screens.css"] {
        let status = answer(&sides.public, path, "*/*").await.status;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(sides.get(path, "*/*").await.status, StatusCode::OK);
    }
    for path in ["/", "/api/boards", "/api/boards/main", "/assets/page-1.js"] {
        assert_eq!(sides.get(path, "*/*").await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(sides.get("/healthz", "*/*").await.status, StatusCode::OK);
    let request = Request::get("/metrics").header("host", "evil.example");
    let request = request.body(Body::empty()).unwrap();
    let foreign = sides.operators.clone().answer(request).await;
    assert_eq!(foreign.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn metrics_come_in_the_format_that_is_asked_for() {
    let sides = Sides::new();
    let asks = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";
    let open = sides.get("/metrics", asks).await;
    assert_eq!(open.headers[CONTENT_TYPE], Format::OpenMetrics.media_type());
    assert!(open.text.ends_with("# EOF\n"));
    let plain = sides.get("/metrics", "*/*").await;
    assert_eq!(
        plain.headers[CONTENT_TYPE],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert!(!plain.text.contains("# EOF"));
}
