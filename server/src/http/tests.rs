//! The routes, without a socket.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode},
};
use queuewall_shared::{
    cause::Cause,
    snapshot::{Board, BoardSnapshot},
};

mod access;
mod addresses;
mod history;
mod stream;
mod trends;
mod wild;

use super::*;
use crate::{
    clock::{Moment, SystemClock},
    screens::DARK_AFTER,
};

/// How long the server of the fixture has been up when it is made.
const UP: Duration = Duration::from_secs(1_000);

struct Fixture {
    state: AppState,
    routes: Router,
    access: Arc<Guard>,
    boards: Arc<Boards>,
}

fn fixture(page: Page) -> Fixture {
    guarded(page, Guard::open(), &[("main", "Main")])
}

fn guarded(page: Page, guard: Guard, boards: &[(&str, &str)]) -> Fixture {
    let board = |(slug, title): &(&str, &str)| Board {
        slug: (*slug).into(),
        title: (*title).into(),
        ..Board::default()
    };
    let boards = boards.iter().map(board).collect();
    let mut started = SystemClock.now();
    started.wall -= UP;
    let boards = Arc::new(Boards::new(boards, page.build().to_owned(), started));
    let access = Arc::new(guard);
    let state = AppState {
        screens: Arc::new(ScreenRegistry::new(DARK_AFTER)),
        requests: Requests::default(),
        servers: None,
        boards: Arc::clone(&boards),
        clock: Arc::new(SystemClock),
        access: Arc::clone(&access),
        page: Arc::new(page),
        base_path: "".into(),
        frame_ancestors: Arc::new([]),
        history: None,
        stopping: tokio::sync::watch::channel(false).1,
    };
    Fixture {
        routes: router(state.clone()),
        state,
        access,
        boards,
    }
}

fn page() -> Page {
    Page::of(&[
        ("index.html", b"<p>page"),
        ("desk.html", b"<p>desk"),
        ("assets/page-1.js", b"script"),
        ("assets/page-1.js.br", b"brotli"),
        ("assets/page-1.js.gz", b"gzip"),
        ("assets/secret.txt", b"not served"),
    ])
}

impl Fixture {
    /// A first reading, made `age` ago.
    fn read(&self, age: Duration) {
        let snapshot = self.boards.latest("main").unwrap().snapshot.clone();
        let now = SystemClock.now();
        let read = Moment {
            wall: now.wall - age,
            ..now
        };
        self.boards.publish(snapshot, Some(read));
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        self.send("GET", path, headers).await
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(request.body(Body::empty()).unwrap()).await
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        self.routes.clone().call(request).await.unwrap()
    }
}

fn header<'r>(response: &'r Response<Body>, name: &str) -> &'r str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

async fn body(response: Response<Body>) -> Vec<u8> {
    to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap()
        .to_vec()
}

#[tokio::test]
async fn a_board_is_answered_with_its_age_and_then_with_304() {
    let fixture = fixture(page());
    let before = fixture.get("/api/boards/main", &[]).await;
    assert_eq!(
        header(&before, "x-snapshot-age-ms"),
        "",
        "nothing was read yet"
    );
    let uptime =
        |response: &Response<Body>| header(response, "x-uptime-ms").parse::<u64>().unwrap();
    assert!(uptime(&before) >= 1_000_000);

    fixture.read(Duration::from_secs(12));
    let first = fixture.get("/api/boards/main", &[]).await;
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(header(&first, "content-type"), "application/json");
    assert!(header(&first, "x-snapshot-age-ms").parse::<u64>().unwrap() >= 12_000);
    assert!(uptime(&first) >= uptime(&before));
    let etag = header(&first, "etag").to_owned();
    let snapshot: BoardSnapshot = serde_json::from_slice(&body(first).await).unwrap();
    assert_eq!(snapshot.board.slug, "main");

    for known in [
        etag.clone(),
        format!("W/{etag}"),
        format!("\"other\", {etag}"),
        "*".to_owned(),
    ] {
        let second = fixture
            .get("/api/boards/main", &[("if-none-match", &known)])
            .await;
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED, "{known}");
        for (name, value) in [
            ("etag", etag.as_str()),
            ("vary", "accept-encoding"),
            ("cache-control", "private, no-cache"),
        ] {
            assert_eq!(header(&second, name), value);
        }
        assert!(header(&second, "x-snapshot-age-ms").parse::<u64>().unwrap() >= 12_000);
        assert!(uptime(&second) >= uptime(&before), "on a 304 too");
        assert!(body(second).await.is_empty());
    }
    let other = fixture
        .get("/api/boards/main", &[("if-none-match", "\"other\"")])
        .await;
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn every_encoding_has_its_own_tag_and_the_same_content() {
    let fixture = fixture(page());
    let mut tags = std::collections::BTreeSet::new();
    for (accepted, encoding) in [
        ("", ""),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br; q=0.0, gzip; q=0", ""),
        ("BR", "br"),
        ("x-br", ""),
    ] {
        let response = fixture
            .get("/api/boards/main", &[("accept-encoding", accepted)])
            .await;
        assert_eq!(
            header(&response, "content-encoding"),
            encoding,
            "{accepted}"
        );
        assert_eq!(header(&response, "vary"), "accept-encoding");
        tags.insert(header(&response, "etag").to_owned());
        let bytes = body(response).await;
        let mut plain = Vec::new();
        match encoding {
            "br" => brotli::BrotliDecompress(&mut &bytes[..], &mut plain).unwrap(),
            "gzip" => {
                std::io::Read::read_to_end(
                    &mut flate2::read::GzDecoder::new(&bytes[..]),
                    &mut plain,
                )
                .unwrap();
            }
            _ => plain = bytes,
        }
        assert_eq!(
            serde_json::from_slice::<BoardSnapshot>(&plain)
                .unwrap()
                .board
                .title,
            "Main"
        );
    }
    assert_eq!(tags.len(), 3);
}

#[tokio::test]
async fn the_boards_are_listed() {
    let response = fixture(page()).get("/api/boards", &[]).await;
    let list: serde_json::Value = serde_json::from_slice(&body(response).await).unwrap();
    assert_eq!(list["boards"][0]["slug"], "main");
}

#[tokio::test]
async fn readyz_is_200_once_boards_are_served_whatever_cxone_says() {
    let fixture = fixture(page());
    assert_eq!(fixture.get("/healthz", &[]).await.status(), StatusCode::OK);
    let starting = fixture.get("/readyz", &[]).await;
    assert_eq!(starting.status(), StatusCode::SERVICE_UNAVAILABLE);

    fixture.boards.mark_assembled();
    let ready = async || {
        let response = fixture.get("/readyz", &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        let said: serde_json::Value = serde_json::from_slice(&body(response).await).unwrap();
        assert_eq!(said["status"], "ready");
        said["upstream"].clone()
    };
    let cold = ready().await;
    assert_eq!(cold["state"], "down");
    assert!(cold["latest_read_age_ms"].is_null(), "unknown is not 0");
    fixture.read(Duration::from_secs(7));
    assert!(ready().await["latest_read_age_ms"].as_u64().unwrap() >= 7_000);
    let mut snapshot = fixture.boards.latest("main").unwrap().snapshot.clone();
    snapshot.upstream.cause_code = Some(Cause::SignInRejected);
    fixture.boards.publish(snapshot, None);
    assert_eq!(ready().await["cause_code"], "sign_in_rejected");
}

#[tokio::test]
async fn the_page_is_never_kept_and_its_files_for_a_year() {
    let fixture = fixture(page());
    for (path, page) in [
        ("/board/main", b"<p>page"),
        ("/", b"<p>desk"),
        ("/desk", b"<p>desk"),
        ("/desk/main", b"<p>desk"),
        ("/desk/main/queues/4711", b"<p>desk"),
        ("/desk/main/agents", b"<p>desk"),
        ("/desk/main/queues/a%20b%2F%C3%BC", b"<p>desk"),
    ] {
        let response = fixture.get(path, &[]).await;
        assert_eq!(
            (response.status(), header(&response, "cache-control")),
            (StatusCode::OK, "no-cache"),
            "{path}"
        );
        assert_eq!(body(response).await, page, "{path}");
    }
    for (path, page) in [
        ("/board/nothing", b"<p>page"),
        ("/desk/nothing", b"<p>desk"),
        ("/desk/nothing/queues/4711", b"<p>desk"),
    ] {
        let unknown = fixture.get(path, &[]).await;
        assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
        assert_eq!(body(unknown).await, page, "the page says it in words");
    }

    let script = fixture
        .get("/assets/page-1.js", &[("accept-encoding", "gzip, br")])
        .await;
    assert_eq!(
        header(&script, "content-type"),
        "text/javascript; charset=utf-8"
    );
    assert!(header(&script, "cache-control").contains("immutable"));
    assert_eq!(body(script).await, b"brotli");
    for path in [
        "/assets/page-1.js.br",
        "/assets/secret.txt",
        "/assets/../index.html",
        "/assets/none.js",
    ] {
        assert_eq!(
            fixture.get(path, &[]).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_server_without_its_page_says_what_to_run() {
    let response = fixture(Page::of(&[])).get("/", &[]).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        String::from_utf8(body(response).await)
            .unwrap()
            .contains("cargo xtask")
    );
}

#[tokio::test]
async fn another_page_is_another_build() {
    let other = Page::of(&[("index.html", b"<p>other")]);
    assert_ne!(page().build(), other.build());
    assert_eq!(page().build(), page().build());
}

#[tokio::test]
async fn what_is_wrong_is_said_in_a_sentence() {
    let fixture = fixture(page());
    for (method, path, status) in [
        ("GET", "/api/boards/nothing", StatusCode::NOT_FOUND),
        ("GET", "/api/boards/%00%F0", StatusCode::BAD_REQUEST),
        ("GET", "/board/%ff", StatusCode::BAD_REQUEST),
        ("GET", "/assets/%ff", StatusCode::BAD_REQUEST),
        ("GET", "/nowhere", StatusCode::NOT_FOUND),
        ("POST", "/api/boards/main", StatusCode::METHOD_NOT_ALLOWED),
        ("DELETE", "/", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let response = fixture.send(method, path, &[]).await;
        assert_eq!(response.status(), status, "{method} {path}");
        let error: serde_json::Value = serde_json::from_slice(&body(response).await).unwrap();
        assert!(error["error"].as_str().unwrap().len() > 10);
    }
    let head = fixture.send("HEAD", "/api/boards/main", &[]).await;
    assert_eq!(head.status(), StatusCode::OK);
}
