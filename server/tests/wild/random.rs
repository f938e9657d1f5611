//! Whatever bytes there are.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, TestRunner},
};

use crate::{Wall, raw};

/// Requests to begin with.
const SEEDS: [&str; 5] = [
    "GET /api/boards/main HTTP/1.1\r\nhost: 127.0.0.1\r\nif-none-match: \"x\"\r\ncookie: queuewall-main=x\r\n\r\n",
    "POST /api/access HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{\"token\":\"x\"}",
    "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\naccept-encoding: br, gzip;q=0\r\nuser-agent: Chrome/66.0\r\n\r\n",
    "POST /api/screens/wait HTTP/1.1\r\nhost: [::1]\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n0\r\n\r\n",
    "OPTIONS * HTTP/1.0\r\nhost: 127.0.0.1\r\nconnection: keep-alive\r\n\r\n",
];

/// What makes a difference to a parser.
const PARTS: [&str; 12] = [
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    ":",
    " ",
    "\t",
    "\0",
    "%",
    "HTTP/1.1",
    "host: x\r\n",
    "chunked",
];

#[derive(Clone, Debug)]
enum Change {
    Set(Index, u8),
    Remove(Index, usize),
    Insert(Index, &'static str),
    Repeat(Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (any::<Index>(), 1..20_usize).prop_map(|(at, count)| Change::Remove(at, count)),
        (any::<Index>(), select(&PARTS[..])).prop_map(|(at, part)| Change::Insert(at, part)),
        (any::<Index>(), 1..60_usize).prop_map(|(at, count)| Change::Repeat(at, count)),
    ]
}

fn changed(seed: &str, changes: Vec<Change>) -> Vec<u8> {
    let mut bytes = seed.as_bytes().to_vec();
    for change in changes {
        let place = |at: Index, count: usize| {
            let from = at.index(bytes.len() + 1);
            from..(from + count).min(bytes.len())
        };
        match change {
            Change::Set(at, byte) => {
                let place = place(at, 1);
                bytes[place].fill(byte);
            }
            Change::Remove(at, count) => drop(bytes.drain(place(at, count))),
            Change::Insert(at, part) => {
                let place = place(at, 0);
                bytes.splice(place, part.bytes());
            }
            Change::Repeat(at, count) => bytes.extend_from_within(place(at, count)),
        }
    }
    bytes
}

#[test]
fn any_bytes_get_well_formed_answers_or_connection_close() {
    let wall = Wall::of_links();
    let wild = vec(any::<u8>(), 0..600).boxed();
    let almost = (select(&SEEDS[..]), vec(change(), 0..8));
    let almost = almost.prop_map(|(seed, changes)| changed(seed, changes));
    let any_bytes = prop_oneof![1 => wild, 4 => almost];
    let mut runner = TestRunner::new(Config {
        cases: 400,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&any_bytes, |bytes| {
        let said = raw::converse(wall.program.address, &bytes, true);
        let answers = raw::answers(&said).map_err(TestCaseError::fail)?;
        for answer in &answers {
            let is_bare = answer.header("content-length") == "0";
            prop_assert!(
                is_bare || !answer.header("x-content-type-options").is_empty(),
                "{answer:?}"
            );
            prop_assert_ne!(answer.status, 500);
        }
        Ok(())
    });
    outcome.unwrap();
    wall.end();
}
