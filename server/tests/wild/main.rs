//! Requests that nobody should send, at the real program over real sockets: each gets a
//! short answer or the end of its connection, and the program goes on.
//!
//! # Layout
//! - `addresses`, `methods`, `headers`, `bodies`: tables, each row a request and what it gets
//! - `smuggling`: one request that another reader would take for two
//! - `rate_limits`: too many requests, through a proxy
//! - `http2`: frames by hand, over TLS
//! - `random`: whatever bytes there are
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

mod addresses;
mod bodies;
mod headers;
mod http2;
mod methods;
#[path = "../support/program.rs"]
mod program;
mod random;
mod rate_limits;
#[path = "../support/raw.rs"]
mod raw;
mod smuggling;

use program::Program;
use raw::Answer;
use tempfile::TempDir;

/// What a request gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gets {
    /// An answer of ours with this status, under the web's rules.
    Ours(u16),
    /// The library's own answer with this status, which has no body: what it refuses was
    /// never a request.
    Bare(u16),
}

/// A program that serves, and its folder.
struct Wall {
    program: Program,
    _folder: TempDir,
}

impl Wall {
    /// Of nobody's queues: nothing here needs any.
    fn start(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let all = [
            ("CXONE_BASE_URL", "http://127.0.0.1:9"),
            ("CXONE_CLIENT_ID", "id"),
            ("CXONE_CLIENT_SECRET", "secret"),
            ("CXONE_TENANT_ID", "tenant"),
            ("QUEUEWALL_LISTEN", "127.0.0.1:0"),
            ("QUEUEWALL_LOG", "queuewall=debug"),
        ];
        let all = [&all[..], variables].concat();
        Self {
            program: Program::serve(folder.path(), &all),
            _folder: folder,
        }
    }

    fn open() -> Self {
        Self::start(&[("QUEUEWALL_ACCESS", "open")])
    }

    fn of_links() -> Self {
        Self::start(&[("QUEUEWALL_ACCESS", "links")])
    }

    /// The one answer to a request that says that it is the last.
    fn ask(&self, request: impl AsRef<[u8]>) -> Answer {
        let said = raw::converse(self.program.address, request.as_ref(), false);
        let mut answers = raw::answers(&said).unwrap();
        assert_eq!(answers.len(), 1, "{}", String::from_utf8_lossy(&said));
        answers.remove(0)
    }

    /// Asks, and holds the answer against the row of a table.
    fn expect(&self, name: &str, request: impl AsRef<[u8]>, gets: Gets) -> Answer {
        let request = request.as_ref();
        let answer = self.ask(request);
        let is_ours = !answer.header("x-content-type-options").is_empty();
        let got = if is_ours {
            Gets::Ours(answer.status)
        } else {
            Gets::Bare(answer.status)
        };
        assert_eq!(got, gets, "{name}: {answer:?}");
        if is_ours {
            assert_dressed(name, &answer, request.starts_with(b"HEAD "));
        } else {
            assert!(answer.body.is_empty(), "{name}");
        }
        answer
    }

    /// That it is as well as before.
    fn end(self) {
        self.expect("afterwards", get("/healthz"), Gets::Ours(200));
        self.program.end();
    }
}

/// That an answer is under the web's rules, and an error a short sentence as JSON.
fn assert_dressed(name: &str, answer: &Answer, is_head: bool) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
    let own = answer.header("cross-origin-resource-policy");
    assert_eq!(own, "same-origin", "{name}");
    if answer.status != 304 {
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{name}: {policy}");
    }
    let granted = !answer.header("access-control-allow-origin").is_empty();
    assert!(!granted, "{name}: nothing is for other pages");
    if answer.status < 400 || answer.header("content-type").starts_with("text/html") {
        return;
    }
    assert_eq!(answer.header("content-type"), "application/json", "{name}");
    if !is_head {
        let error: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        let words = error["error"].as_str().unwrap();
        assert!((10..200).contains(&words.len()), "{name}: {words}");
    }
}

/// The last request of a connection, with these lines in its head.
fn request(method: &str, target: &str, lines: &[&str], body: &str) -> Vec<u8> {
    let mut request = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\n");
    for line in lines {
        request += line;
        request += "\r\n";
    }
    request += "\r\n";
    request += body;
    request.into_bytes()
}

fn get_with(target: &str, lines: &[&str]) -> Vec<u8> {
    request("GET", target, &[&["host: 127.0.0.1"], lines].concat(), "")
}

fn get(target: &str) -> Vec<u8> {
    get_with(target, &[])
}
