//! Addresses as people write them and proxies pass them on, through the whole app.

use std::net::{Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use serde_json::Value;

use super::*;
use crate::config::{AccessConfig, AccessMode};

const PEOPLE: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

const DOCUMENT: &[u8] =
    b"<link href=\"/assets/p.css\"><script src=\"/assets/p.js\" data-wasm=\"/assets/p.wasm\"></script>";

/// Pages whose files lie where those of built ones do.
fn built() -> Page {
    Page::of(&[
        ("index.html", DOCUMENT),
        ("desk.html", DOCUMENT),
        ("assets/p.js", b"script"),
    ])
}

fn app(mode: AccessMode, base_path: &str) -> App {
    let access = AccessConfig {
        mode,
        ..AccessConfig::default()
    };
    let guard = match mode {
        AccessMode::Open => Guard::open(),
        _ => access.guard_without_links(),
    };
    let state = guarded(built().placed(base_path, false), guard, &[("main", "Main")]).state;
    let state = AppState {
        base_path: base_path.into(),
        ..state
    };
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    App::new(state, Arc::new(Hosts::new(listen, [])), false)
}

async fn send(app: &App, method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 50_000));
    request.extensions_mut().insert(ConnectInfo(peer));
    app.clone().answer(request).await
}

async fn get(app: &App, path: &str, more: &[(&str, &str)]) -> Response<Body> {
    let headers = [&[("host", "localhost")], more].concat();
    send(app, "GET", path, &headers).await
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(body(response).await).unwrap()
}

#[tokio::test]
async fn page_address_with_slash_or_capitals_is_redirected() {
    let app = app(AccessMode::Open, "");
    for path in ["/board/main/", "/Board/main", "//board/main", "/BOARD/MAIN"] {
        let response = get(&app, &format!("{path}?metres=5"), &[PEOPLE]).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(header(&response, "location"), "/board/main?metres=5");
        assert_eq!(header(&response, "cache-control"), "no-store");
    }
    for path in ["/board", "/board/", "/index.html"] {
        assert_eq!(
            header(&get(&app, path, &[]).await, "location"),
            "/",
            "{path}"
        );
    }
    for path in ["/api/boards/main/", "/API/boards/Main", "//api/boards/main"] {
        assert_eq!(
            get(&app, path, &[]).await.status(),
            StatusCode::OK,
            "{path}"
        );
    }
}

#[tokio::test]
async fn view_tab_redirects_to_desk_and_keeps_parameters() {
    for base_path in ["", "/wall"] {
        let app = app(AccessMode::Open, base_path);
        for (query, kept) in [
            ("?view=tab", ""),
            ("?view=tab&metres=5", "?metres=5"),
            ("?view=tab+&metres=5", "?metres=5"),
            ("?view=%74ab", ""),
            ("?view=tab%23t=TOKEN", "?#t=TOKEN"),
            ("?view=tab%2523t=TOKEN&lang=de", "?lang=de#t=TOKEN"),
            (
                "?screen=Hall%202&view=tab&lang=de",
                "?screen=Hall%202&lang=de",
            ),
        ] {
            let response = get(&app, &format!("/board/main{query}"), &[PEOPLE]).await;
            assert_eq!(response.status(), StatusCode::SEE_OTHER, "{query}");
            let expected = format!("{base_path}/desk/main{kept}");
            assert_eq!(header(&response, "location"), expected);
            assert_eq!(header(&response, "cache-control"), "no-store");
        }
        let wall = get(&app, "/board/main?view=wall", &[PEOPLE]).await;
        assert_eq!(wall.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn only_board_is_opened_for_people_and_not_for_health_checks() {
    let app = app(AccessMode::Open, "/wall");
    for (path, to) in [
        ("/?metres=5", "/wall/board/main?metres=5"),
        ("/desk", "/wall/desk/main"),
    ] {
        let response = get(&app, path, &[PEOPLE]).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(header(&response, "location"), to);
        assert_eq!(get(&app, path, &[]).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn unknown_address_is_a_page_for_people_and_json_for_programs() {
    let app = app(AccessMode::Open, "");
    for path in ["/nowhere", "/board/main/more", "/board/nothing"] {
        let response = get(&app, path, &[PEOPLE]).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert!(
            text(response).await.contains("data-wasm"),
            "{path}: the page says it"
        );
    }
    let program = get(&app, "/nowhere", &[("accept", "*/*")]).await;
    assert_eq!(header(&program, "content-type"), "application/json");
    let data = get(&app, "/api/nothing", &[PEOPLE]).await;
    assert_eq!(header(&data, "content-type"), "application/json");

    let foreign = send(&app, "GET", "/", &[("host", "wall.example.com"), PEOPLE]).await;
    assert_eq!(foreign.status(), StatusCode::MISDIRECTED_REQUEST);
    assert!(header(&foreign, "content-type").starts_with("text/html"));
    let policy = header(&foreign, "content-security-policy").to_owned();
    assert!(policy.contains("style-src 'sha256-") && policy.contains("frame-ancestors 'none'"));
    let page = text(foreign).await;
    assert!(page.contains("QUEUEWALL_HOSTS") && !page.contains("wall.example.com"));

    for (path, accepted, html, said) in [
        (
            "/",
            "pt-BR,pt;q=0.9,en;q=0.8",
            "pt",
            "Não é possível mostrar",
        ),
        ("/", "nl", "en", "This page cannot be shown."),
        ("/?lang=de", "fr", "de", "Diese Seite lässt sich nicht"),
    ] {
        let asked = [
            ("host", "wall.example.com"),
            PEOPLE,
            ("accept-language", accepted),
        ];
        let page = text(send(&app, "GET", path, &asked).await).await;
        assert!(page.contains(&format!("<html lang=\"{html}\">")), "{page}");
        assert!(
            page.contains(said) && page.contains("QUEUEWALL_HOSTS"),
            "{page}"
        );
    }

    // A proxy that passes its path on, and a server that was not told.
    let below = get(&app, "/wall/board/main", &[PEOPLE]).await;
    let page = text(below).await;
    assert!(page.contains("QUEUEWALL_BASE_PATH"));
    assert!(page.contains("<h1>There is no page at this address.</h1>"));
    let below = get(&app, "/wall/api/boards", &[]).await;
    assert!(text(below).await.contains("QUEUEWALL_BASE_PATH"));
}

#[tokio::test]
async fn base_path_is_served_stripped_or_not() {
    let app = app(AccessMode::Open, "/wall");
    for path in ["/wall", "/wall/", "/", "/wall/board/main", "/board/main"] {
        let response = get(&app, path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let page = text(response).await;
        for name in [
            "href=\"/wall/assets/p.css",
            "src=\"/wall/assets/p.js",
            "data-wasm=\"/wall/assets/",
        ] {
            assert!(page.contains(name), "{page}");
        }
    }
    for path in [
        "/wall/assets/p.js",
        "/assets/p.js",
        "/wall/api/boards/main",
        "/wall/healthz",
    ] {
        assert_eq!(
            get(&app, path, &[]).await.status(),
            StatusCode::OK,
            "{path}"
        );
    }
    let to = get(&app, "/wall/Board/main", &[]).await;
    assert_eq!(header(&to, "location"), "/wall/board/main");
    let plain = get(&app, "/wall/", &[]).await;
    let zipped = get(&app, "/wall/", &[("accept-encoding", "gzip")]).await;
    assert_eq!(header(&zipped, "content-encoding"), "gzip");
    assert_ne!(header(&zipped, "etag"), header(&plain, "etag"));
    assert_eq!(
        get(&app, "/wallpaper", &[]).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn health_check_passes_with_any_host_and_none() {
    for base_path in ["", "/wall"] {
        let app = app(AccessMode::Loopback, base_path);
        for host in [
            None,
            Some(""),
            Some("wall.example.com"),
            Some("10.1.2.3:80"),
            Some("a b"),
        ] {
            let host: Vec<_> = host.iter().map(|host| ("host", *host)).collect();
            for (method, path) in [
                ("GET", "/healthz"),
                ("HEAD", "/healthz"),
                ("GET", "/healthz/"),
                ("GET", "/wall/healthz"),
                ("OPTIONS", "/"),
                ("OPTIONS", "*"),
                ("OPTIONS", "/healthz"),
                ("GET", "http://elsewhere.example/healthz"),
            ] {
                if path.starts_with("/wall") && base_path.is_empty() {
                    continue;
                }
                let response = send(&app, method, path, &host).await;
                assert_eq!(
                    response.status(),
                    StatusCode::OK,
                    "{method} {path} {host:?}"
                );
            }
        }
        let two = [
            ("host", "a"),
            ("host", "b"),
            ("x-forwarded-for", "192.0.2.1"),
        ];
        assert_eq!(
            send(&app, "GET", "/healthz", &two).await.status(),
            StatusCode::OK
        );
        let elsewhere = send(&app, "GET", "/", &[]).await;
        assert_eq!(
            elsewhere.status(),
            StatusCode::BAD_REQUEST,
            "nothing else passes"
        );
    }
}

#[tokio::test]
async fn proxied_request_is_refused_without_an_access_mode() {
    let app = app(AccessMode::Loopback, "");
    for path in ["/api/boards", "/api/boards/main"] {
        assert_eq!(get(&app, path, &[]).await.status(), StatusCode::OK);
        for header in [
            ("x-forwarded-for", "192.0.2.7"),
            ("X-Forwarded-Proto", "https"),
            ("x-forwarded-host", "wall.example.com"),
            ("forwarded", "for=192.0.2.7"),
            ("via", "1.1 proxy"),
            ("x-real-ip", "192.0.2.7"),
            ("cf-connecting-ip", "192.0.2.7"),
        ] {
            let response = get(&app, path, &[header]).await;
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{header:?}");
            let said: Value = serde_json::from_slice(&body(response).await).unwrap();
            assert!(said["error"].as_str().unwrap().contains("QUEUEWALL_ACCESS"));
        }
        let by_address = send(&app, "GET", path, &[("host", "10.1.2.3:8080")]).await;
        assert_eq!(by_address.status(), StatusCode::FORBIDDEN);
    }
    let page = get(
        &app,
        "/board/main",
        &[PEOPLE, ("x-forwarded-for", "192.0.2.7")],
    )
    .await;
    assert_eq!(page.status(), StatusCode::FORBIDDEN);
    assert!(text(page).await.contains("docs/access.md"));
    let mut old = Request::get("/api/boards/main").header("host", "127.0.0.1:8080");
    old = old.version(Version::HTTP_10);
    let old = app.clone().answer(old.body(Body::empty()).unwrap()).await;
    assert_eq!(
        old.status(),
        StatusCode::FORBIDDEN,
        "as nginx asks by default"
    );
    // What `trunk serve` adds.
    let trunk = [
        ("x-forwarded-host", "127.0.0.1:8081"),
        ("x-forwarded-proto", "http"),
    ];
    assert_eq!(
        get(&app, "/api/boards", &trunk).await.status(),
        StatusCode::OK
    );

    let open = super::addresses::app(AccessMode::Open, "");
    let said = get(&open, "/api/boards", &[("x-forwarded-for", "192.0.2.7")]).await;
    assert_eq!(said.status(), StatusCode::OK, "open means it");
}

#[tokio::test]
async fn plain_http_on_the_tls_port_is_sent_to_https() {
    let app = app(AccessMode::Open, "");
    let ask = async |method: &str, host: Option<&str>| {
        let mut request = Request::builder()
            .method(method)
            .uri("/board/main?metres=5");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let mut request = request
            .header(PEOPLE.0, PEOPLE.1)
            .body(Body::empty())
            .unwrap();
        request.extensions_mut().insert(PlainOnTls);
        app.clone().answer(request).await
    };
    let sent = ask("GET", Some("localhost:8443")).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        header(&sent, "location"),
        "https://localhost:8443/board/main?metres=5"
    );
    let posted = ask("POST", Some("localhost:8443")).await;
    assert_eq!(
        posted.status(),
        StatusCode::BAD_REQUEST,
        "what was sent is out already"
    );
    assert!(text(posted).await.contains("https://"));
}

fn framed() -> App {
    let app = app(AccessMode::Open, "");
    let ancestors: Arc<[FrameAncestor]> = Arc::new([FrameAncestor::Host {
        scheme: "https",
        host: "intranet.example.com".into(),
        port: None,
    }]);
    App {
        headers: Arc::new(SecurityHeaders::new(false, None, &ancestors)),
        frame_ancestors: ancestors,
        ..app
    }
}

#[tokio::test]
async fn frame_that_may_not_show_the_wall_says_so() {
    let app = app(AccessMode::Open, "");
    for dest in ["iframe", "frame", "embed", "object"] {
        let response = get(&app, "/board/main", &[PEOPLE, ("sec-fetch-dest", dest)]).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        let policy = header(&response, "content-security-policy");
        assert!(
            !policy.contains("frame-ancestors"),
            "the frame shows it: {policy}"
        );
        let page = text(response).await;
        assert!(page.contains("QUEUEWALL_FRAME_ANCESTORS") && !page.contains("<script"));
    }
    let tab = get(&app, "/board/main", &[("sec-fetch-dest", "document")]).await;
    assert!(header(&tab, "content-security-policy").ends_with("frame-ancestors 'none'"));
    // By plain HTTP a browser does not say.
    let unclear = get(&app, "/", &[("referer", "http://intranet.example.com/")]).await;
    assert!(!header(&unclear, "content-security-policy").contains("frame-ancestors"));
    let own = get(&app, "/", &[("referer", "http://localhost/board/main")]).await;
    assert!(header(&own, "content-security-policy").contains("frame-ancestors 'none'"));

    let framed = framed();
    let dest = ("sec-fetch-dest", "iframe");
    let named = ("referer", "https://intranet.example.com/");
    let shown = get(&framed, "/board/main", &[dest, named]).await;
    assert_eq!(shown.status(), StatusCode::OK);
    assert!(
        header(&shown, "content-security-policy")
            .ends_with("frame-ancestors https://intranet.example.com")
    );
    assert_eq!(header(&shown, "x-frame-options"), "");
    let other = ("referer", "https://other.example.com/");
    let refused = get(&framed, "/board/main", &[dest, other]).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn post_from_another_origin_is_refused_where_frames_are_allowed() {
    let post = async |app: &App, header: &[(&str, &str)]| {
        let headers = [&[("host", "localhost:8080")], header].concat();
        send(app, "POST", "/api/access", &headers).await.status()
    };
    let framed = framed();
    for own in [
        &[][..],
        &[("origin", "http://localhost:8080")],
        &[("origin", "https://localhost")],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
    ] {
        assert_eq!(post(&framed, own).await, StatusCode::NOT_FOUND, "{own:?}");
    }
    for elsewhere in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "https://intranet.example.com")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[
            ("sec-fetch-site", "same-site"),
            ("origin", "http://localhost:8080"),
        ],
    ] {
        assert_eq!(
            post(&framed, elsewhere).await,
            StatusCode::FORBIDDEN,
            "{elsewhere:?}"
        );
    }
    let plain = app(AccessMode::Open, "");
    let elsewhere = &[("origin", "https://evil.example")];
    assert_eq!(post(&plain, elsewhere).await, StatusCode::NOT_FOUND);
}
