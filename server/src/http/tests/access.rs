//! Access control, in every mode: with good, revoked, expired, forged and foreign links,
//! through good and bad proxies.

use std::{net::SocketAddr, time::SystemTime};

use axum::extract::ConnectInfo;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::{
    access::{Link, Store, StoreError, Token, seconds_since_1970},
    config::{AccessConfig, AccessMode},
};

const BOARDS: [(&str, &str); 2] = [("main", "Main"), ("sales", "Sales")];
const BROWSER: &str = "192.0.2.7:50000";
const PROXY: &str = "10.0.0.5:50000";

/// A request as a test writes it.
#[derive(Default)]
struct Ask<'a> {
    peer: Option<&'a str>,
    cookie: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: Option<Value>,
}

impl Fixture {
    async fn ask(&self, path: &str, ask: Ask<'_>) -> Response<Body> {
        let method = if ask.body.is_some() { "POST" } else { "GET" };
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in ask.headers {
            request = request.header(*name, *value);
        }
        if !ask.cookie.is_empty() {
            request = request.header("cookie", ask.cookie);
        }
        let peer: SocketAddr = ask.peer.unwrap_or(BROWSER).parse().unwrap();
        let mut request = match ask.body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        }
        .unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        self.answer(request).await
    }

    pub(super) async fn with_cookie(&self, path: &str, cookie: &str) -> Response<Body> {
        let cookie = Ask {
            cookie,
            ..Ask::default()
        };
        self.ask(path, cookie).await
    }

    async fn post(&self, path: &str, body: Value) -> Response<Body> {
        let body = Ask {
            body: Some(body),
            ..Ask::default()
        };
        self.ask(path, body).await
    }
}

async fn json_of(response: Response<Body>) -> Value {
    serde_json::from_slice(&body(response).await).unwrap()
}

pub(super) async fn refusal(response: Response<Body>) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(header(&response, "cache-control"), "no-store");
    let error = json_of(response).await;
    assert!(error["error"].as_str().unwrap().len() > 10, "{error}");
    (
        status,
        error["code"].as_str().unwrap_or_default().to_owned(),
    )
}

/// A server in links mode, and the links that it knows.
pub(super) struct Linked {
    pub(super) fixture: Fixture,
    store: Store,
    tokens: Vec<(&'static str, Token)>,
    _folder: TempDir,
}

/// Of `main`, but for the foreign one.
const KINDS: [&str; 5] = ["good", "revoked", "expired", "foreign", "forged"];

pub(super) async fn linked(boards: &[(&str, &str)]) -> Linked {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("state"));
    let tokens = KINDS
        .map(|kind| (kind, Token::generate().unwrap()))
        .to_vec();
    let now = seconds_since_1970(SystemTime::now());
    let added = store.change::<_, StoreError>(|links| {
        for (kind, token) in tokens.iter().filter(|(kind, _)| *kind != "forged") {
            links.push(Link {
                id: (*kind).to_owned(),
                board: if *kind == "foreign" { "sales" } else { "main" }.to_owned(),
                label: None,
                created: now,
                expires: match *kind {
                    "expired" => Some(now),
                    "good" => Some(now + 3_600),
                    _ => None,
                },
                revoked: (*kind == "revoked").then_some(now),
                agents: false,
                sha256: token.hash(),
            });
        }
        Ok(())
    });
    added.await.unwrap();
    let config = AccessConfig {
        mode: AccessMode::Links,
        state_dir: folder.path().join("state"),
        trusted_proxies: vec!["10.0.0.0/24".parse().unwrap()],
        ..AccessConfig::default()
    };
    let guard = config.guard(store.clone()).await.unwrap();
    let fixture = guarded(page(), guard, boards);
    let access = Arc::clone(&fixture.access);
    tokio::spawn(async move { access.follow().await });
    Linked {
        fixture,
        store,
        tokens,
        _folder: folder,
    }
}

impl Linked {
    fn token(&self, kind: &str) -> &str {
        let found = self.tokens.iter().find(|(name, _)| *name == kind);
        found.unwrap().1.expose()
    }

    pub(super) fn cookie(&self, board: &str, kind: &str) -> String {
        format!("queuewall-{board}={}", self.token(kind))
    }
}

#[tokio::test]
async fn bearer_token_of_a_link_opens_its_board_to_a_program() {
    let linked = linked(&BOARDS).await;
    let ask = async |path: &str, authorization: &str, cookie: &str| {
        let ask = Ask {
            headers: &[("authorization", authorization)],
            cookie,
            ..Ask::default()
        };
        linked.fixture.ask(path, ask).await
    };
    let bearer = |kind: &str| format!("Bearer {}", linked.token(kind));
    let board = "/api/boards/main";
    let response = ask(board, &bearer("good"), "").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        header(&response, "set-cookie"),
        "",
        "a program keeps no cookie"
    );
    let list = json_of(ask("/api/boards", &bearer("good"), "").await).await;
    assert_eq!(list["boards"].as_array().unwrap().len(), 1);
    for (kind, status) in [
        ("revoked", 410),
        ("expired", 410),
        ("foreign", 401),
        ("forged", 401),
    ] {
        let response = ask(board, &bearer(kind), "").await;
        assert_eq!(response.status().as_u16(), status, "{kind}");
    }
    // What a proxy in front signed somebody in by is none of ours: the cookie counts.
    let cookie = linked.cookie("main", "good");
    let jwt = format!("Bearer {}", "eyJhbGciOiJSUzI1NiJ9.".repeat(20));
    for other in ["Basic cGV0ZXI6cGFu", &jwt, &bearer("forged")] {
        let response = ask(board, other, &cookie).await;
        assert_eq!(response.status(), StatusCode::OK, "{other}");
    }
}

#[tokio::test]
async fn links_that_end_are_listed_the_soonest_first() {
    let linked = linked(&BOARDS).await;
    let backend = linked.fixture.access.link_backend().unwrap();
    let ending = backend.links.ending(SystemTime::now());
    let ids: Vec<_> = ending.iter().map(|(_, link)| link.id.as_str()).collect();
    assert_eq!(ids, ["good"], "not those that have ended, or never do");
}

#[tokio::test]
async fn a_boards_answer_needs_a_good_link_of_that_board() {
    let linked = linked(&BOARDS).await;
    for (kind, board, status, code) in [
        ("good", "main", 200, ""),
        ("good", "sales", 401, "no_access"),
        ("revoked", "main", 410, "access_revoked"),
        ("expired", "main", 410, "access_expired"),
        ("forged", "main", 401, "no_access"),
        ("foreign", "main", 401, "no_access"),
        ("foreign", "sales", 200, ""),
        ("good", "nothing", 401, "no_access"),
    ] {
        let path = format!("/api/boards/{board}");
        let response = linked
            .fixture
            .with_cookie(&path, &linked.cookie(board, kind))
            .await;
        if code.is_empty() {
            assert_eq!(response.status().as_u16(), status, "{kind} {board}");
        } else {
            let expected = (status, code.to_owned());
            assert_eq!(refusal(response).await, expected, "{kind} {board}");
        }
    }
    let known = linked.fixture.with_cookie("/api/boards/main", "").await;
    let unknown = linked.fixture.with_cookie("/api/boards/nothing", "").await;
    assert_eq!(header(&known, "www-authenticate"), "Bearer");
    assert_eq!(
        body(known).await,
        body(unknown).await,
        "which boards there are is not said"
    );
}

#[tokio::test]
async fn revoked_link_is_refused_also_for_conditional_requests() {
    let linked = linked(&BOARDS).await;
    let good = linked.cookie("main", "good");
    let first = linked.fixture.with_cookie("/api/boards/main", &good).await;
    let tag = header(&first, "etag").to_owned();
    let known = [("if-none-match", tag.as_str())];
    for (kind, status) in [("good", 304), ("revoked", 410)] {
        let cookie = linked.cookie("main", kind);
        let ask = Ask {
            cookie: &cookie,
            headers: &known,
            ..Ask::default()
        };
        let response = linked.fixture.ask("/api/boards/main", ask).await;
        assert_eq!(response.status().as_u16(), status, "{kind}");
    }
}

#[tokio::test]
async fn one_browser_may_hold_several_boards_and_lists_just_these() {
    let linked = linked(&BOARDS).await;
    let main = linked.cookie("main", "good");
    let both = format!("other=1; {main}; {}", linked.cookie("sales", "foreign"));
    let slugs = |list: Value| -> Vec<String> {
        let boards = list["boards"].as_array().unwrap().iter();
        boards
            .map(|board| board["slug"].as_str().unwrap().to_owned())
            .collect()
    };
    for (cookie, listed) in [(&main, vec!["main"]), (&both, vec!["main", "sales"])] {
        let response = linked.fixture.with_cookie("/api/boards", cookie).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(slugs(json_of(response).await), listed);
    }
    for (cookie, expected) in [
        (String::new(), (401, "no_access")),
        (linked.cookie("main", "revoked"), (410, "access_revoked")),
        (linked.cookie("main", "foreign"), (401, "no_access")),
    ] {
        let response = linked.fixture.with_cookie("/api/boards", &cookie).await;
        assert_eq!(refusal(response).await, (expected.0, expected.1.to_owned()));
    }
}

#[tokio::test]
async fn page_is_served_without_access_and_reveals_no_boards() {
    let linked = linked(&BOARDS).await;
    for path in [
        "/",
        "/board/main",
        "/board/nothing",
        "/assets/page-1.js",
        "/healthz",
    ] {
        let response = linked.fixture.with_cookie(path, "").await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
    }
    let ready = linked.fixture.with_cookie("/readyz", "").await;
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);

    let home = linked
        .fixture
        .with_cookie("/?metres=5", &linked.cookie("main", "good"))
        .await;
    assert_eq!(
        home.status(),
        StatusCode::SEE_OTHER,
        "nobody is there to choose"
    );
    assert_eq!(header(&home, "location"), "/board/main?metres=5");
    assert_eq!(header(&home, "cache-control"), "no-store");
}

#[tokio::test]
async fn a_token_is_exchanged_for_its_boards_cookie() {
    let linked = linked(&BOARDS).await;
    let good = json!({ "token": linked.token("good") });
    let response = linked.fixture.post("/api/access", good.clone()).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let cookie = header(&response, "set-cookie");
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let (name, token) = pair.split_once('=').unwrap();
    assert_eq!(token, linked.token("good"));
    assert!(
        name.starts_with("queuewall_") && name.ends_with("_main"),
        "{name}"
    );
    let (before, after) = attributes.split_once("Max-Age=").unwrap();
    let (life, after) = after.split_once("; ").unwrap();
    assert_eq!((before, after), ("Path=/; ", "HttpOnly; SameSite=Lax"));
    assert!(
        (3_500..=3_600).contains(&life.parse::<u32>().unwrap()),
        "{life}"
    );
    let opened = linked.fixture.with_cookie("/api/boards/main", pair).await;
    assert_eq!(opened.status(), StatusCode::OK);

    for (peer, is_secure) in [(PROXY, true), (BROWSER, false)] {
        let ask = Ask {
            peer: Some(peer),
            headers: &[("x-forwarded-proto", "https")],
            body: Some(good.clone()),
            ..Ask::default()
        };
        let response = linked.fixture.ask("/api/access", ask).await;
        let cookie = header(&response, "set-cookie");
        assert_eq!(cookie.ends_with("; Secure"), is_secure, "{peer}");
    }
    for (kind, status, code) in [
        ("revoked", 410, "access_revoked"),
        ("expired", 410, "access_expired"),
        ("forged", 401, "no_access"),
    ] {
        let token = json!({ "token": linked.token(kind) });
        let response = linked.fixture.post("/api/access", token).await;
        assert_eq!(header(&response, "set-cookie"), "");
        assert_eq!(refusal(response).await, (status, code.to_owned()), "{kind}");
    }
}

#[tokio::test]
async fn cross_site_and_malformed_posts_are_refused_without_echo() {
    let linked = linked(&BOARDS).await;
    let token = linked.token("good");
    for (kind, body, status) in [
        ("text/plain", json!({ "token": token }).to_string(), 415),
        (
            "application/x-www-form-urlencoded",
            format!("token={token}"),
            415,
        ),
        ("application/json", format!("{{\"token\": \"{token}"), 400),
        (
            "application/json",
            json!({ "tokn": token }).to_string(),
            422,
        ),
        (
            "application/json",
            json!({ "token": "x".repeat(2_000) }).to_string(),
            413,
        ),
    ] {
        let request = Request::builder()
            .method("POST")
            .uri("/api/access")
            .header("content-type", kind)
            .body(Body::from(body))
            .unwrap();
        let response = linked.fixture.answer(request).await;
        assert_eq!(response.status().as_u16(), status, "{kind}");
        assert_eq!(header(&response, "set-cookie"), "");
        let answer = String::from_utf8(super::body(response).await).unwrap();
        assert!(!answer.contains(token), "{answer}");
    }
}

#[tokio::test]
async fn screen_paired_with_0_1_0_polls_on_and_gets_the_new_cookie() {
    let linked = linked(&BOARDS).await;
    let old = linked.cookie("main", "good");
    let first = linked.fixture.with_cookie("/api/boards/main", &old).await;
    assert_eq!(first.status(), StatusCode::OK);
    let tag = header(&first, "etag").to_owned();
    let known = [("if-none-match", tag.as_str())];
    let ask = Ask {
        cookie: &old,
        headers: &known,
        ..Ask::default()
    };
    let unchanged = linked.fixture.ask("/api/boards/main", ask).await;
    assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
    for response in [&first, &unchanged] {
        let cookie = header(response, "set-cookie");
        assert!(
            cookie.starts_with("queuewall_") && cookie.contains("; HttpOnly"),
            "{cookie}"
        );
    }
    let new = header(&first, "set-cookie").split(';').next().unwrap();
    let next = linked.fixture.with_cookie("/api/boards/main", new).await;
    assert_eq!(next.status(), StatusCode::OK);
    assert_eq!(header(&next, "set-cookie"), "", "once");
}

#[tokio::test]
async fn wrong_tokens_are_rate_limited_and_valid_ones_are_not() {
    let linked = linked(&BOARDS).await;
    let wrong = || json!({ "token": "wrong" });
    let mut refused = 0;
    let limited = loop {
        let response = linked.fixture.post("/api/access", wrong()).await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            break response;
        }
        refused += 1;
        assert!(refused < 1_000, "no end to it");
    };
    assert_eq!(refused, 30);
    assert!((1..=60).contains(&header(&limited, "retry-after").parse::<u64>().unwrap()));
    let good = || json!({ "token": linked.token("good") });
    let same = linked.fixture.post("/api/access", good()).await;
    assert_eq!(
        same.status(),
        StatusCode::NO_CONTENT,
        "a good link is no guess"
    );
    let other = Ask {
        peer: Some("192.0.2.8:1"),
        body: Some(good()),
        ..Ask::default()
    };
    let other = linked.fixture.ask("/api/access", other).await;
    assert_eq!(other.status(), StatusCode::NO_CONTENT);
    let cookie = linked.cookie("main", "good");
    let opened = linked.fixture.with_cookie("/api/boards/main", &cookie);
    assert_eq!(
        opened.await.status(),
        StatusCode::OK,
        "a wall that hangs already"
    );
}

#[tokio::test]
async fn wrong_secrets_of_waiting_screens_are_bounded() {
    let linked = linked(&BOARDS).await;
    let wait = |secret: &str| {
        let secret = json!({ "secret": secret });
        linked.fixture.post("/api/screens/wait", secret)
    };
    for guess in 0..30 {
        let wrong = wait(&format!("wrong-{guess}")).await;
        assert_eq!(wrong.status(), StatusCode::GONE, "{guess}");
    }
    let limited = wait("wrong").await;
    assert_eq!(limited.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_ne!(header(&limited, "retry-after"), "");
    let screen = json_of(linked.fixture.post("/api/screens", json!({})).await).await;
    let waiting = wait(screen["secret"].as_str().unwrap()).await;
    assert_eq!(
        waiting.status(),
        StatusCode::ACCEPTED,
        "a waiting screen waits on"
    );
    let good = wait(linked.token("good")).await;
    assert_eq!(good.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_screen_shows_a_code_until_somebody_lets_it_in() {
    let linked = linked(&BOARDS).await;
    let screen = linked.fixture.post("/api/screens", json!({})).await;
    assert_eq!(header(&screen, "cache-control"), "no-store");
    let trial = header(&screen, "set-cookie").to_owned();
    assert_eq!(
        trial,
        "queuewall.trial=1; Path=/; Max-Age=1200; HttpOnly; SameSite=Lax"
    );
    let screen = json_of(screen).await;
    assert_eq!(screen["code"].as_str().unwrap().len(), 6);
    assert_eq!(screen["seconds"], 600);
    let secret = json!({ "secret": screen["secret"] });
    let waiting = linked
        .fixture
        .post("/api/screens/wait", secret.clone())
        .await;
    assert_eq!(waiting.status(), StatusCode::ACCEPTED);
    assert_eq!(header(&waiting, "set-cookie"), trial, "once more");
    let state = json!({ "state": "waiting", "keeps_cookies": false });
    assert_eq!(json_of(waiting).await, state);
    let kept = Ask {
        cookie: "a=1; queuewall.trial=1",
        body: Some(secret.clone()),
        ..Ask::default()
    };
    let kept = linked.fixture.ask("/api/screens/wait", kept).await;
    assert_eq!(header(&kept, "set-cookie"), "");
    assert_eq!(json_of(kept).await["keeps_cookies"], true);
    let early = json!({ "token": screen["secret"] });
    let early = linked.fixture.post("/api/access", early).await;
    assert_eq!(early.status(), StatusCode::UNAUTHORIZED);

    // What the command line does with the code, once the server has written it.
    let until = std::time::Instant::now() + Duration::from_secs(10);
    let pending = loop {
        let pending = linked.store.screens().await.unwrap();
        if !pending.is_empty() {
            break pending;
        }
        assert!(std::time::Instant::now() < until, "never written");
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!(pending[0].code, screen["code"].as_str().unwrap());
    let approved = linked.store.change::<_, StoreError>(|links| {
        links[0].board = "sales".into();
        links[0].sha256 = pending[0].sha256;
        Ok(())
    });
    approved.await.unwrap();
    let until = std::time::Instant::now() + Duration::from_secs(10);
    let let_in = loop {
        let answer = linked
            .fixture
            .post("/api/screens/wait", secret.clone())
            .await;
        if answer.status() != StatusCode::ACCEPTED {
            break answer;
        }
        assert!(std::time::Instant::now() < until, "never let in");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(let_in.status(), StatusCode::OK);
    let cookie = header(&let_in, "set-cookie").to_owned();
    let name = cookie.split('=').next().unwrap();
    assert!(
        name.starts_with("queuewall_") && name.ends_with("_sales"),
        "{cookie}"
    );
    assert_eq!(json_of(let_in).await, json!({ "board": "sales" }));
    let pair = cookie.split(';').next().unwrap();
    let opened = linked.fixture.with_cookie("/api/boards/sales", pair).await;
    assert_eq!(opened.status(), StatusCode::OK);

    let unknown = json!({ "secret": "forged" });
    let unknown = linked.fixture.post("/api/screens/wait", unknown).await;
    assert_eq!(refusal(unknown).await, (410, "code_expired".to_owned()));
}

#[tokio::test]
async fn one_address_gets_no_more_codes_than_it_could_need() {
    let linked = linked(&BOARDS).await;
    for _ in 0..30 {
        let screen = linked.fixture.post("/api/screens", json!({})).await;
        assert_eq!(screen.status(), StatusCode::OK);
    }
    let screen = linked.fixture.post("/api/screens", json!({})).await;
    assert_eq!(screen.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn user_header_is_trusted_from_proxies_only() {
    let config = AccessConfig {
        mode: AccessMode::Proxy,
        trusted_proxies: vec!["10.0.0.5/32".parse().unwrap()],
        ..AccessConfig::default()
    };
    let fixture = guarded(page(), config.guard_without_links(), &BOARDS);
    let named = [("x-forwarded-user", "ann")];
    let blank = [("x-forwarded-user", " ")];
    for path in ["/api/boards", "/api/boards/main"] {
        for (peer, headers, status, code) in [
            (PROXY, &named[..], 200, ""),
            ("[::ffff:10.0.0.5]:1", &named[..], 200, ""),
            (PROXY, &blank[..], 401, "no_access"),
            (PROXY, &[][..], 401, "no_access"),
            (BROWSER, &named[..], 403, "untrusted_peer"),
            (BROWSER, &[][..], 403, "untrusted_peer"),
        ] {
            let ask = Ask {
                peer: Some(peer),
                headers,
                ..Ask::default()
            };
            let response = fixture.ask(path, ask).await;
            assert_eq!(
                response.status().as_u16(),
                status,
                "{path} {peer} {headers:?}"
            );
            if !code.is_empty() {
                assert_eq!(refusal(response).await.1, code, "{path} {peer}");
            }
        }
    }
    // Whose connection is not known is nobody.
    let unknown = fixture.get("/api/boards/main", &named).await;
    assert_eq!(unknown.status(), StatusCode::FORBIDDEN);
    for path in ["/api/access", "/api/screens", "/api/screens/wait"] {
        let response = fixture
            .post(path, json!({ "token": "a", "secret": "a" }))
            .await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn an_open_server_asks_nothing() {
    for mode in [AccessMode::Open, AccessMode::Loopback] {
        let config = AccessConfig {
            mode,
            ..AccessConfig::default()
        };
        let fixture = guarded(page(), config.guard_without_links(), &BOARDS);
        for (path, status) in [
            ("/api/boards", 200),
            ("/api/boards/main", 200),
            ("/api/boards/nothing", 404),
            ("/board/nothing", 404),
            ("/", 200),
        ] {
            let response = fixture.with_cookie(path, "").await;
            assert_eq!(response.status().as_u16(), status, "{path}");
        }
    }
}

#[tokio::test]
async fn a_damaged_store_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("access.json"), "{").unwrap();
    let config = AccessConfig {
        mode: AccessMode::Links,
        state_dir: folder.path().to_owned(),
        ..AccessConfig::default()
    };
    let store = Store::new(folder.path().to_owned());
    let error = config.guard(store).await.unwrap_err().to_string();
    assert!(
        error.contains("access.json is damaged") && error.contains("restore it"),
        "{error}"
    );
}

#[tokio::test]
async fn link_of_removed_board_works_again_when_the_board_is_back() {
    let linked = linked(&BOARDS).await;
    let boards = &linked.fixture.boards;
    let all = ["main", "sales"].map(|slug| (boards.latest(slug).unwrap().snapshot.clone(), None));
    let cookie = linked.cookie("main", "good");
    for (is_there, board, list) in [(true, 200, 200), (false, 404, 401), (true, 200, 200)] {
        let shown = all
            .iter()
            .filter(|(it, _)| is_there || it.board.slug != "main");
        boards.replace(shown.cloned().collect());
        for (path, expected) in [("/api/boards/main", board), ("/api/boards", list)] {
            let response = linked.fixture.with_cookie(path, &cookie).await;
            assert_eq!(response.status().as_u16(), expected, "{path} {is_there}");
        }
        let other = linked.fixture.with_cookie("/api/boards/sales", &cookie);
        assert_eq!(refusal(other.await).await.0, 401, "{is_there}");
    }
}
