//! Paths and queries, and the other forms that a target may have.

use crate::{
    Gets::{Bare, Ours},
    Wall, get, request,
};

#[test]
fn every_path_and_query_is_answered() {
    let wall = Wall::open();
    let long = format!("/{}", "a".repeat(8_000));
    let too_long = format!("/{}", "a".repeat(70_000));
    let long_board = format!("/api/boards/{}", "b".repeat(8_000));
    let long_query = format!("/api/boards?{}", "q=1&".repeat(2_000));
    let deep = "/a".repeat(2_000);
    for (target, gets) in [
        // Percent signs.
        ("/board/%ff", Ours(400)),
        ("/api/boards/%ff", Ours(400)),
        ("/api/boards/%C3%28", Ours(400)),
        ("/assets/%ff", Ours(400)),
        ("/api/boards/%00", Ours(404)),
        ("/api/boards/%", Ours(404)),
        ("/api/boards/%zz", Ours(404)),
        ("/api/boards/%2e%2e%2fmain", Ours(404)),
        ("/api/boards/ma%69n", Ours(200)),
        ("/api/boards/%252e", Ours(404)),
        ("/%ff", Ours(404)),
        ("/%2fapi%2fboards", Ours(404)),
        // Slashes and dots.
        ("//", Ours(200)),
        ("//api/boards", Ours(200)),
        ("/api//boards", Ours(200)),
        ("/api/boards/", Ours(200)),
        ("/api/boards/main/", Ours(200)),
        ("/..", Ours(404)),
        ("/../api/boards", Ours(404)),
        ("/api/../api/boards", Ours(404)),
        ("/assets/../index.html", Ours(404)),
        ("/assets/..%2findex.html", Ours(404)),
        ("/assets/..%5cindex.html", Ours(404)),
        ("/assets/%2fetc%2fpasswd", Ours(404)),
        ("/.", Ours(404)),
        ("/api/boards;x=1", Ours(404)),
        ("/API/boards", Ours(200)),
        ("/api/boards/MAIN", Ours(200)),
        ("/api/boards/{slug}", Ours(404)),
        ("/favicon.ico", Ours(404)),
        ("/.git/config", Ours(404)),
        ("/metrics", Ours(404)),
        // Length.
        (&long, Ours(404)),
        (&too_long, Bare(431)),
        (&long_board, Ours(404)),
        (&deep, Ours(404)),
        // Queries.
        ("/api/boards?", Ours(200)),
        ("/api/boards?%ff=%00&&&==", Ours(200)),
        ("/api/boards/main?slug=other&slug=%ff", Ours(200)),
        ("/api/boards/main?../../etc/passwd", Ours(200)),
        ("/api/boards/main??", Ours(200)),
        (&long_query, Ours(200)),
        // No path at all.
        ("api/boards", Bare(400)),
        ("*", Ours(404)),
        ("?x", Bare(400)),
        ("/a b", Bare(400)),
        ("/\u{7f}", Bare(400)),
        ("/api/boards/main#fragment", Ours(200)),
    ] {
        wall.expect(target, get(target), gets);
    }
    let bytes = [
        &b"GET /api/boards/\xff\xfe HTTP/1.1\r\n"[..],
        b"host: 127.0.0.1\r\nconnection: close\r\n\r\n",
    ]
    .concat();
    wall.expect("bytes that are no text", bytes, Bare(400));
    wall.end();
}

#[test]
fn host_in_request_target_overrides_header_and_is_checked() {
    let wall = Wall::open();
    for (target, host, gets) in [
        ("http://127.0.0.1/api/boards", "127.0.0.1", Ours(200)),
        ("http://localhost/api/boards", "evil.example", Ours(200)),
        ("http://evil.example/api/boards", "127.0.0.1", Ours(421)),
        ("https://evil.example", "127.0.0.1", Ours(421)),
        ("http://localhost@evil.example/", "localhost", Ours(421)),
        ("http://evil.example@localhost/", "localhost", Ours(421)),
        ("http://localhost", "localhost", Ours(200)),
        ("ftp://localhost/api/boards", "localhost", Ours(200)),
        ("http://", "localhost", Bare(400)),
        ("http:///api/boards", "localhost", Bare(400)),
        ("http://[::1]/api/boards", "localhost", Ours(200)),
        ("http://[::1/api/boards", "localhost", Bare(400)),
        ("localhost:80", "localhost", Ours(404)),
    ] {
        let line = format!("host: {host}");
        let answer = wall.expect(target, request("GET", target, &[&line], ""), gets);
        assert!(!answer.text().contains("evil"), "{target}");
    }
    wall.end();
}
