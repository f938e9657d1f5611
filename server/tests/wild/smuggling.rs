//! One request that another reader would take for two, or for another one.

use crate::{Gets::Ours, Wall, assert_dressed, raw};

const SECOND: &str = "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";

#[test]
fn bytes_after_chunked_body_are_not_read_as_a_request() {
    let wall = Wall::of_links();
    let length = SECOND.len() + 5;
    for (name, lines, body) in [
        (
            "both, length first",
            format!("content-length: {length}\r\ntransfer-encoding: chunked"),
            "0\r\n\r\n",
        ),
        (
            "both, chunks first",
            format!("transfer-encoding: chunked\r\ncontent-length: {length}"),
            "0\r\n\r\n",
        ),
        (
            "both, a length of 4",
            "content-length: 4\r\ntransfer-encoding: chunked".to_owned(),
            "5c\r\n",
        ),
        (
            "chunks alone",
            "transfer-encoding: chunked".to_owned(),
            "0\r\n\r\n",
        ),
        (
            "twice",
            "transfer-encoding: chunked\r\ntransfer-encoding: chunked".to_owned(),
            "0\r\n\r\n",
        ),
        (
            "chunked at last",
            "transfer-encoding: gzip, chunked".to_owned(),
            "0\r\n\r\n",
        ),
        (
            "no chunked at last",
            "transfer-encoding: chunked, identity".to_owned(),
            "0\r\n\r\n",
        ),
        (
            "another",
            "transfer-encoding: xchunked".to_owned(),
            "0\r\n\r\n",
        ),
        (
            "with a tab",
            "transfer-encoding:\tchunked".to_owned(),
            "0\r\n\r\n",
        ),
        (
            "with a space before the colon",
            "transfer-encoding : chunked".to_owned(),
            "0\r\n\r\n",
        ),
        (
            "garbage for a chunk",
            "transfer-encoding: chunked".to_owned(),
            "xyz\r\n\r\n",
        ),
        (
            "a chunk without an end",
            "transfer-encoding: chunked".to_owned(),
            "fffffffffffffffff\r\n",
        ),
        (
            "an extension",
            "transfer-encoding: chunked".to_owned(),
            "0;x=\"\r\n\r\n",
        ),
        (
            "a trailer",
            "transfer-encoding: chunked".to_owned(),
            "0\r\ncontent-length: 1\r\n\r\n",
        ),
    ] {
        let first = format!(
            "POST /api/access HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n{lines}\r\n\r\n{body}"
        );
        let said = raw::converse(wall.program.address, (first + SECOND).as_bytes(), false);
        let answers = raw::answers(&said).unwrap();
        let [answer] = answers.as_slice() else {
            panic!("{name}: {answers:?}")
        };
        match answer.status {
            411 => {
                assert_dressed(name, answer, false);
                assert_eq!(answer.header("connection"), "close", "{name}");
            }
            status => assert_eq!(status, 400, "{name}"),
        }
    }
    wall.end();
}

#[test]
fn requests_one_after_the_other_are_answered_each() {
    let wall = Wall::open();
    let last = "GET /nowhere HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    // A GET may have a body, which is nobody's second request.
    let with_body = format!(
        "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {}\r\n\r\n{SECOND}",
        SECOND.len()
    );
    let all = [SECOND, &with_body, SECOND, last].concat();
    let said = raw::converse(wall.program.address, all.as_bytes(), false);
    let answers = raw::answers(&said).unwrap();
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 200, 404]);
    wall.expect("alone", last, Ours(404));
    wall.end();
}
