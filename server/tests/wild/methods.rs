//! Methods that are not for us.

use crate::{
    Gets::{self, Bare, Ours},
    Wall, get_with, raw, request,
};

const HOST: &str = "host: 127.0.0.1";

#[test]
fn every_method_is_answered() {
    let wall = Wall::of_links();
    let long = "M".repeat(5_000);
    for (method, target, gets) in [
        ("HEAD", "/healthz", Ours(200)),
        ("HEAD", "/api/boards", Ours(401)),
        ("HEAD", "/nowhere", Ours(404)),
        ("HEAD", "/api/access", Ours(405)),
        // As load balancers check a server.
        ("OPTIONS", "/", Ours(200)),
        ("OPTIONS", "/api/boards/main", Ours(405)),
        ("OPTIONS", "/api/access", Ours(405)),
        ("OPTIONS", "*", Ours(200)),
        ("TRACE", "/", Ours(405)),
        ("TRACE", "/api/boards", Ours(405)),
        ("CONNECT", "127.0.0.1:443", Ours(404)),
        ("CONNECT", "evil.example:443", Ours(421)),
        ("CONNECT", "/api/boards", Ours(405)),
        ("PUT", "/api/boards/main", Ours(405)),
        ("PATCH", "/board/main", Ours(405)),
        ("DELETE", "/api/access", Ours(405)),
        ("GET", "/api/access", Ours(405)),
        ("POST", "/api/boards", Ours(405)),
        ("POST", "/healthz", Ours(405)),
        ("PROPFIND", "/", Ours(405)),
        ("QUEUEWALL", "/", Ours(405)),
        ("get", "/", Ours(405)),
        ("Get", "/healthz", Ours(405)),
        (&long, "/", Ours(405)),
        ("G(T", "/", Bare(400)),
        ("G\u{e9}T", "/", Bare(400)),
        ("", "/", Bare(400)),
    ] {
        let name = format!("{} {target}", &method[..method.len().min(20)]);
        let answer = wall.expect(&name, request(method, target, &[HOST], ""), gets);
        if answer.status == 405 {
            let allowed = answer.header("allow").to_owned();
            assert!(
                ["GET,HEAD", "GET,HEAD,OPTIONS", "POST"].contains(&&*allowed),
                "{name}: {allowed}"
            );
        }
        if method == "TRACE" {
            assert!(!answer.text().contains("127.0.0.1"), "nothing is echoed");
        }
    }
    wall.end();
}

#[test]
fn no_preflight_is_ever_granted() {
    let wall = Wall::of_links();
    for target in [
        "/api/access",
        "/api/screens",
        "/api/screens/wait",
        "/api/boards",
    ] {
        let lines = [
            HOST,
            "origin: http://evil.example",
            "access-control-request-method: POST",
            "access-control-request-headers: content-type",
        ];
        let asked = request("OPTIONS", target, &lines, "");
        let answer = wall.expect(target, asked, Ours(405));
        for granted in ["origin", "methods", "headers", "credentials"] {
            assert!(
                answer
                    .header(&format!("access-control-allow-{granted}"))
                    .is_empty()
            );
        }
    }
    wall.end();
}

#[test]
fn other_versions_and_other_protocols_are_answered_or_let_go() {
    let wall = Wall::open();
    let rows: [(&str, &[u8], Gets); 9] = [
        (
            "1.0",
            b"GET /healthz HTTP/1.0\r\nhost: 127.0.0.1\r\n\r\n",
            Ours(200),
        ),
        ("1.0, nameless", b"GET /healthz HTTP/1.0\r\n\r\n", Ours(200)),
        (
            "1.0, nameless data",
            b"GET /api/boards HTTP/1.0\r\n\r\n",
            Ours(400),
        ),
        (
            "1.2",
            b"GET /healthz HTTP/1.2\r\nhost: 127.0.0.1\r\n\r\n",
            Bare(400),
        ),
        (
            "9.9",
            b"GET /healthz HTTP/9.9\r\nhost: 127.0.0.1\r\n\r\n",
            Bare(400),
        ),
        ("0.9", b"GET /healthz\r\n\r\n", Bare(400)),
        ("no protocol", b"hello\r\n\r\n", Bare(400)),
        (
            "TLS",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
            Bare(400),
        ),
        ("zeros", &[0; 64], Bare(400)),
    ];
    for (name, request, gets) in rows {
        wall.expect(name, request, gets);
    }
    // The library knows this preface, and has nothing to say to it without TLS.
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let said = raw::converse(wall.program.address, preface, false);
    assert!(said.is_empty(), "{}", String::from_utf8_lossy(&said));
    let upgrade = [
        "connection: upgrade",
        "upgrade: h2c",
        "http2-settings: AAMAAABkAAQAAP__",
    ];
    wall.expect("upgrade", get_with("/healthz", &upgrade), Ours(200));
    wall.end();
}
