//! What may be posted, and what may not.

use crate::{
    Gets::{Bare, Ours},
    Wall, raw, request,
};

const ROUTES: [&str; 3] = ["/api/access", "/api/screens", "/api/screens/wait"];
const JSON: &str = "content-type: application/json";

fn post(target: &str, lines: &[&str], body: &str) -> Vec<u8> {
    let length = format!("content-length: {}", body.len());
    let lines = [&["host: 127.0.0.1", &length], lines].concat();
    request("POST", target, &lines, body)
}

#[test]
fn every_body_is_answered_by_every_route() {
    let wall = Wall::of_links();
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let large = format!("{{\"token\":\"{}\",\"secret\":\"\"}}", "x".repeat(2_000));
    for target in ROUTES {
        // The end may come before it is all sent, and take the answer with it.
        let far_too_large = format!("{{\"token\":\"{}\"}}", "x".repeat(500_000));
        let request = post(target, &[JSON], &far_too_large);
        let said = raw::converse(wall.program.address, &request, false);
        let answers = raw::answers(&said).unwrap();
        assert!(
            answers.iter().all(|answer| answer.status == 413),
            "{answers:?}"
        );
        // A code is asked for with any object.
        for (name, body, status, of_code) in [
            ("nothing", "", 400, 400),
            ("no JSON", "token=secret", 400, 400),
            ("cut short", "{\"token\":\"", 400, 400),
            (
                "more than one",
                "{\"token\":\"a\",\"secret\":\"a\"} {}",
                400,
                400,
            ),
            (
                "half a character",
                "{\"token\":\"\\ud800\",\"secret\":\"\\ud800\"}",
                400,
                200,
            ),
            ("too deep", &deep, 422, 400),
            ("a list of lists", "[[]]", 422, 400),
            ("a number", "7", 422, 422),
            ("no number", "1e999", 400, 400),
            ("null", "null", 422, 422),
            ("a wrong type", "{\"token\":1,\"secret\":[]}", 422, 200),
            ("a field too few", "{\"x\":1}", 422, 200),
            (
                "a field twice",
                "{\"token\":\"a\",\"token\":\"b\",\"secret\":\"a\",\"secret\":\"b\"}",
                422,
                200,
            ),
            ("too large", &large, 413, 413),
        ] {
            let name = format!("{target}: {name}");
            let status = if target == "/api/screens" {
                of_code
            } else {
                status
            };
            let answer = wall.expect(&name, post(target, &[JSON], body), Ours(status));
            // A screen that asks for a code is given a cookie that opens nothing.
            let cookie = answer.header("set-cookie");
            let opens_nothing = cookie.is_empty() || cookie.starts_with("queuewall.trial=1; ");
            assert!(opens_nothing, "{name}: {cookie}");
            assert!(!answer.text().contains("xxx"), "{name}");
        }
    }
    wall.end();
}

#[test]
fn post_without_json_content_type_is_refused_against_csrf() {
    let wall = Wall::of_links();
    let body = "{\"token\":\"x\",\"secret\":\"x\"}";
    for target in ROUTES {
        for lines in [
            // What a browser sends to another server without asking it first.
            &["content-type: text/plain"][..],
            &["content-type: text/plain; charset=application/json"],
            &["content-type: text/plain;application/json"],
            &["content-type: application/x-www-form-urlencoded"],
            &["content-type: multipart/form-data; boundary=x"],
            &[],
            &["content-type:"],
            &["content-type: json"],
            &["content-type: application/jsonp"],
            &["content-type: \u{ff}"],
            &["content-type: text/plain", JSON],
        ] {
            let name = format!("{target} {lines:?}");
            wall.expect(&name, post(target, lines, body), Ours(415));
        }
        // Nothing was counted: a whole minute's codes are there still.
        let good = "content-type: application/json; charset=utf-8";
        let gets = match target {
            "/api/access" => 401,
            "/api/screens" => 200,
            _ => 410,
        };
        wall.expect(target, post(target, &[good], body), Ours(gets));
    }
    let body = "{}";
    for _ in 0..40 {
        let foreign = post("/api/screens", &["content-type: text/plain"], body);
        wall.expect("a foreign page", foreign, Ours(415));
    }
    let own = post("/api/screens", &[JSON], body);
    wall.expect("the codes are not used up", own, Ours(200));
    wall.end();
}

#[test]
fn lengths_that_are_none_are_refused() {
    let wall = Wall::of_links();
    for length in [
        "-1",
        "+2",
        "0x2",
        "2, 2",
        "2 2",
        "99999999999999999999999",
        "\u{ff}",
        "",
        "2\t2",
    ] {
        let line = format!("content-length: {length}");
        let lines = ["host: 127.0.0.1", JSON, &line];
        wall.expect(
            &line,
            request("POST", "/api/access", &lines, "{}"),
            Bare(400),
        );
    }
    let lines = [
        "host: 127.0.0.1",
        JSON,
        "content-length: 2",
        "content-length: 3",
    ];
    wall.expect(
        "two",
        request("POST", "/api/access", &lines, "{} "),
        Bare(400),
    );
    let lines = [
        "host: 127.0.0.1",
        JSON,
        "content-length: 2",
        "content-length: 2",
    ];
    wall.expect(
        "the same twice",
        request("POST", "/api/access", &lines, "{}"),
        Ours(422),
    );
    let lines = ["host: 127.0.0.1", JSON, "content-length: 4000000000"];
    wall.expect(
        "a threat",
        request("POST", "/api/access", &lines, "{}"),
        Ours(413),
    );
    wall.end();
}
