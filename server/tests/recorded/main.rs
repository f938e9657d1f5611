//! What 0.1.0 answered, printed and read, recorded as files: nothing that scripts, pages,
//! dashboards and configuration files rely on may be lost or change its type. Fields, metrics,
//! options and settings may be added. Breaks that are meant stand in CHANGELOG.md.
//!
//! # Layout
//! - `answers`: `/api/boards`, a board in six states, `stats --json`
//! - `metrics`: names, types and labels
//! - `commands`: help, also of commands added since, and exit codes
//! - `configuration`: samples and the examples of the documents, and how they were read
//! - `shape`: whether one JSON value still holds another
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

mod answers;
mod commands;
mod configuration;
mod metrics;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/raw.rs"]
mod raw;
mod shape;

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    process::Output,
    thread,
    time::{Duration, Instant},
};

use program::Program;
use queuewall_simulator::{Options, Simulator};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

const CREDENTIALS: [(&str, &str); 3] = [
    ("CXONE_CLIENT_ID", "id"),
    ("CXONE_CLIENT_SECRET", "secret"),
    ("CXONE_TENANT_ID", "tenant"),
];

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

fn recorded(name: &str) -> String {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recorded"));
    fs::read_to_string(folder.join(name)).expect(name)
}

/// A simulated tenant of four queues, without a rate limit.
async fn simulator(options: Options) -> Simulator {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = Options {
        queues: 4,
        rate_limit_per_minute: None,
        ..options
    };
    Simulator::start(listener, options)
}

/// The program with one tenant, in an otherwise empty folder.
struct Setup {
    folder: TempDir,
    base_url: String,
}

impl Setup {
    fn new(base_url: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, base_url }
    }

    /// With the sample of the first release: the boards `sales`, whose queues this tenant does
    /// not have, and `all`.
    fn of_first_sample(base_url: String) -> Self {
        let setup = Self::new(base_url);
        let own = rcgen::generate_simple_self_signed(["example.com".to_owned()]).unwrap();
        let folder = setup.folder.path();
        fs::write(folder.join("company-ca.pem"), own.cert.pem()).unwrap();
        let sample = recorded("config/first-sample.toml");
        fs::write(folder.join("queuewall.toml"), sample).unwrap();
        setup
    }

    fn variables<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let own = [
            ("CXONE_BASE_URL", self.base_url.as_str()),
            ("QUEUEWALL_BUDGET_PER_MINUTE", "600"),
            ("QUEUEWALL_POLL_SECONDS", "5"),
            ("QUEUEWALL_ACCESS", "open"),
            ("QUEUEWALL_LISTEN", "127.0.0.1:0"),
            ("NO_PROXY", "*"),
        ];
        [&CREDENTIALS, &own[..], more].concat()
    }

    fn serve(&self, more: &[(&str, &str)]) -> Program {
        Program::serve(self.folder.path(), &self.variables(more))
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let variables = self.variables(&[]);
        let mut command = program::command(self.folder.path(), &variables, arguments);
        command.output().unwrap()
    }
}

/// The body of what a screen with a name gets.
fn get(address: SocketAddr, path: &str) -> String {
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\
         queuewall-screen: page=a1; name=hall\r\n\r\n"
    );
    let said = raw::converse(address, head.as_bytes(), false);
    let answer = raw::answers(&said).unwrap().remove(0);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.text()
}

/// Asks until the answer holds `word`.
fn wait_for(address: SocketAddr, path: &str, word: &str) -> Value {
    let until = Instant::now() + program::PATIENCE;
    loop {
        let body = get(address, path);
        if body.contains(word) {
            return serde_json::from_str(&body).unwrap();
        }
        assert!(Instant::now() < until, "{path}: {body}");
        thread::sleep(Duration::from_millis(50));
    }
}
