//! Headers: broken, double, huge, and those that mean something to us.

use crate::{
    Gets::{self, Bare, Ours},
    Wall, get_with, raw, request,
};

#[test]
fn every_header_is_answered() {
    let wall = Wall::open();
    let huge = format!("x-huge: {}", "h".repeat(40_000));
    let many: Vec<_> = (0..200).map(|number| format!("x-{number}: 1")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let some: Vec<_> = many[..90].to_vec();
    let rows: Vec<(&str, Vec<&str>, Gets)> = vec![
        ("no host", vec![], Ours(400)),
        ("an empty host", vec!["host:"], Ours(400)),
        (
            "two hosts",
            vec!["host: 127.0.0.1", "host: 127.0.0.1"],
            Ours(400),
        ),
        (
            "ours and theirs",
            vec!["host: 127.0.0.1", "host: evil.example"],
            Ours(400),
        ),
        ("theirs", vec!["host: evil.example"], Ours(421)),
        (
            "a host that is no text",
            vec!["host: \u{fc}ber.example"],
            Ours(400),
        ),
        (
            "a host with a path",
            vec!["host: 127.0.0.1/path"],
            Ours(421),
        ),
        (
            "a host with two ports",
            vec!["host: 127.0.0.1:80:80"],
            Ours(421),
        ),
        (
            "a port out of range",
            vec!["host: 127.0.0.1:99999999"],
            Ours(200),
        ),
        (
            "forwarded",
            vec!["host: 127.0.0.1", "x-forwarded-host: evil.example"],
            Ours(200),
        ),
        (
            "a name with a space",
            vec!["host: 127.0.0.1", "bad name: 1"],
            Bare(400),
        ),
        ("no colon", vec!["host: 127.0.0.1", "nonsense"], Bare(400)),
        ("no name", vec!["host: 127.0.0.1", ": 1"], Bare(400)),
        ("a fold", vec!["host: 127.0.0.1", "x: 1", " 2"], Bare(400)),
        (
            "a control character",
            vec!["host: 127.0.0.1", "x: \u{1}"],
            Bare(400),
        ),
        ("a zero", vec!["host: 127.0.0.1", "x: \0"], Bare(400)),
        (
            "bytes that are no text",
            vec!["host: 127.0.0.1", "x: \u{ff}"],
            Ours(200),
        ),
        ("too long", vec!["host: 127.0.0.1", &huge], Bare(431)),
        (
            "too many",
            [vec!["host: 127.0.0.1"], many.clone()].concat(),
            Bare(431),
        ),
        ("many", [vec!["host: 127.0.0.1"], some].concat(), Ours(200)),
        (
            "a range",
            vec!["host: 127.0.0.1", "range: bytes=5-1,-1,x"],
            Ours(200),
        ),
        (
            "an expectation",
            vec!["host: 127.0.0.1", "expect: the-impossible"],
            Ours(200),
        ),
        (
            "a date",
            vec!["host: 127.0.0.1", "if-modified-since: yesterday"],
            Ours(200),
        ),
        (
            "an origin",
            vec!["host: 127.0.0.1", "origin: null"],
            Ours(200),
        ),
        (
            "forwarded for nobody",
            vec!["host: 127.0.0.1", "x-forwarded-for: ,,%,::"],
            Ours(200),
        ),
        (
            "credentials",
            vec!["host: 127.0.0.1", "authorization: Basic %%%"],
            Ours(200),
        ),
    ];
    for (name, lines, gets) in rows {
        wall.expect(name, request("GET", "/api/boards/main", &lines, ""), gets);
    }
    wall.end();
}

#[test]
fn tags_encodings_and_agents_are_read_as_far_as_they_make_sense() {
    let wall = Wall::open();
    let good = wall.ask(get_with("/api/boards", &[]));
    let tag = good.header("etag").to_owned();
    let list = format!("\"a\", W/{tag}, \"b");
    let huge = format!("{}{tag}", "\"x\", ".repeat(1_000));
    let unclosed = tag[..tag.len() - 1].to_owned();
    for (value, status) in [
        (tag.as_str(), 304),
        (&format!("W/{tag}"), 304),
        (&list, 304),
        (&huge, 304),
        ("*", 304),
        (" * ", 304),
        ("W/*", 200),
        ("", 200),
        (",,,", 200),
        ("\"", 200),
        (&unclosed, 200),
        (&format!("w/{tag}"), 200),
        ("\u{ff}", 200),
    ] {
        let line = format!("if-none-match: {value}");
        let asked = get_with("/api/boards", &[&line]);
        let answer = wall.expect(&line, asked, Ours(status));
        assert_eq!(answer.header("cache-control"), "private, no-cache");
    }
    for (value, encoding) in [
        ("br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.001", "gzip"),
        ("br;q=0.000", ""),
        ("br;q=-1, gzip;q=nan", "br"),
        ("br;q=abc", "br"),
        ("br;;;q=;q", "br"),
        ("*", ""),
        ("*;q=0", ""),
        ("identity;q=0", ""),
        ("", ""),
        (",;=,;", ""),
        ("gzip\u{ff}", ""),
        ("GZIP;Q=0", ""),
        (&"x,".repeat(3_000), ""),
    ] {
        let line = format!("accept-encoding: {value}");
        let asked = get_with("/api/boards", &[&line]);
        let answer = wall.expect(&line, asked, Ours(200));
        assert_eq!(answer.header("content-encoding"), encoding, "{line}");
    }
    for agent in [
        "Chrome/",
        "Chrome/99999999999999999999",
        "Chrome/-1",
        "\u{ff}Chrome/66",
    ] {
        let line = format!("user-agent: {agent}");
        wall.expect(&line, get_with("/api/boards", &[&line]), Ours(200));
    }
    wall.end();
}

#[test]
fn cookies_of_any_kind_open_nothing_and_break_nothing() {
    let wall = Wall::of_links();
    let huge = format!("cookie: queuewall-main={}", "x".repeat(10_000));
    let many = format!("cookie: {}", "queuewall-main=x; ".repeat(500));
    let nameless = format!("cookie: {}", ";=".repeat(4_000));
    for line in [
        "cookie:",
        "cookie: queuewall-main",
        "cookie: queuewall-main=",
        "cookie: queuewall-=x",
        "cookie: =; ;;=;",
        "cookie: queuewall-main=a=b=c",
        "cookie: queuewall-main=\"quoted\"",
        "cookie: QUEUEWALL-MAIN=x",
        "cookie: queuewall-main=\u{ff}",
        "cookie: queuewall-%ff=x",
        "cookie: queuewall-main=x, queuewall-main=y",
        &huge,
        &many,
        &nameless,
    ] {
        for target in ["/api/boards/main", "/api/boards"] {
            wall.expect(line, get_with(target, &[line]), Ours(401));
        }
        wall.expect(line, get_with("/", &[line]), page());
    }
    let double = ["cookie: queuewall-main=x", "cookie: queuewall-main=y"];
    wall.expect("two", get_with("/api/boards/main", &double), Ours(401));
    wall.end();
}

/// What `/` gets: 503 where the server was compiled without its page.
fn page() -> Gets {
    static PAGE: std::sync::OnceLock<u16> = std::sync::OnceLock::new();
    let status = PAGE.get_or_init(|| {
        let wall = Wall::open();
        let said = raw::converse(wall.program.address, &get_with("/", &[]), false);
        raw::answers(&said).unwrap()[0].status
    });
    assert!([200, 503].contains(status), "{status}");
    Ours(*status)
}
