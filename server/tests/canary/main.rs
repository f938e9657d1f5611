//! Secrets that can be told from everything else, in a whole run of the real program: not
//! one of them is in anything that it says or keeps, whatever happens.
//!
//! The exceptions are a link's token and a waiting screen's secret: each is sent once to
//! its recipient. Those places are named in the run.
//!
//! # Layout
//! - `net`: what a secret might look like, and where it is looked for
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

mod net;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/raw.rs"]
mod raw;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Output,
    thread,
    time::{Duration, Instant},
};

use net::{Canary, Catch, Net};
use program::{PATIENCE, Program};
use queuewall::access::TokenHash;
use queuewall_simulator::{Control, Credentials, Endpoint, Fault, Options, Simulator};
use raw::Answer;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// With characters that every way of writing treats in its own way.
const CLIENT_SECRET: &str = "canary+client/secret\"7f3a\\9 b=c%d";
const KEY_SECRET: &str = "canary.key-secret~41&x;y'8e2c+0/z";

/// What everybody may ask for, signed in or not.
const ADDRESSES: [&str; 9] = [
    "/",
    "/board/main",
    "/board/nothing",
    "/api/boards",
    "/api/boards/main",
    "/api/boards/nothing",
    "/healthz",
    "/readyz",
    "/nowhere",
];

/// What those who run the server ask for, on its other listener.
const OPERATORS_ADDRESSES: [&str; 4] = ["/metrics", "/screens", "/screens.css", "/nowhere"];

/// What a person types, with what it reads from CXone.
const COMMANDS: [&[&str]; 4] = [
    &["check"],
    &["queues", "--table"],
    &["stats", "--json"],
    &["stats", "--table", "--queue", "no-such-queue"],
];

/// A program, the tenant that it reads, and all that was heard of them.
struct Run {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
    control: Control,
    server: Option<Program>,
    canaries: Vec<Canary>,
    catch: Catch,
}

impl Run {
    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn variables(&self) -> Vec<(&str, &str)> {
        let all = self.variables.iter();
        all.map(|(name, value)| (*name, value.as_str())).collect()
    }

    fn command_with(&self, more: &[(&str, &str)], arguments: &[&str]) -> Output {
        let variables = [self.variables(), more.to_vec()].concat();
        program::command(self.folder.path(), &variables, arguments)
            .output()
            .unwrap()
    }

    /// Runs a command and hears all that it says.
    fn command(&mut self, arguments: &[&str]) -> String {
        let output = self.command_with(&[], arguments);
        let place = format!("queuewall {}", arguments.join(" "));
        self.catch
            .add(format!("{place}, stdout"), output.stdout.clone());
        self.catch.add(format!("{place}, stderr"), output.stderr);
        String::from_utf8(output.stdout).unwrap()
    }

    fn say(&self, request: &[u8]) -> Vec<u8> {
        raw::converse(self.server.as_ref().unwrap().address, request, false)
    }

    /// Asks, and hears the whole answer.
    fn ask(&mut self, request: &[u8]) -> Vec<Answer> {
        let said = self.say(request);
        let line = String::from_utf8_lossy(request);
        let place = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        self.catch
            .add(format!("the answer to {place}"), said.clone());
        raw::answers(&said).unwrap()
    }

    fn get(&mut self, target: &str, lines: &[&str]) -> u16 {
        let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let request =
            format!("GET {target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{lines}\r\n");
        let answers = self.ask(request.as_bytes());
        answers.first().map_or(0, |answer| answer.status)
    }

    /// Every address, and each file of the page as browsers get it.
    fn ask_everything(&mut self, lines: &[&str]) {
        for target in ADDRESSES {
            self.get(target, lines);
        }
        for file in files(&dist().join("assets")) {
            let name = file.file_name().unwrap().to_str().unwrap();
            for encoding in ["identity", "gzip", "br"] {
                let encoding = format!("accept-encoding: {encoding}");
                self.get(&format!("/assets/{name}"), &[lines, &[&encoding]].concat());
            }
        }
    }

    /// Every address of those who run the server, in each of its forms.
    fn ask_as_operator(&mut self) {
        let said = self.server.as_ref().unwrap().said();
        let listener = said.split_once("metrics and screens at http://").unwrap().1;
        let address: SocketAddr = listener.split_whitespace().next().unwrap().parse().unwrap();
        for target in OPERATORS_ADDRESSES {
            for accept in [
                "text/html",
                "application/json",
                "application/openmetrics-text",
            ] {
                let request = format!(
                    "GET {target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\naccept: {accept}\r\n\r\n"
                );
                let answer = raw::converse(address, request.as_bytes(), false);
                let status = raw::answers(&answer).unwrap()[0].status;
                assert_eq!(status == 200, target != "/nowhere", "{target}: {status}");
                let place = format!("the operators' {target} as {accept}");
                self.catch.add(place, answer);
            }
        }
    }

    fn post(&self, target: &str, body: &str) -> (Vec<u8>, Answer) {
        let said = self.say(post(target, body).as_bytes());
        let answer = raw::answers(&said).unwrap().remove(0);
        (said, answer)
    }

    /// A link is added, exchanged, used and revoked.
    fn use_a_link(&mut self) {
        let output = self.command_with(&[], &["links", "add", "--board", "main"]);
        let address = String::from_utf8(output.stdout).unwrap();
        let token = address.trim().rsplit_once("#t=").unwrap().1.to_owned();
        let token = Canary::new("a link's token", token);
        self.canaries.push(token.clone());
        self.catch.add_but(
            "links add, stdout: where it is told",
            address.as_bytes(),
            &token,
        );
        self.catch.add("links add, stderr", output.stderr);

        let (said, answer) = self.post(
            "/api/access",
            &format!("{{\"token\":\"{}\"}}", token.value()),
        );
        assert_eq!(answer.status, 204);
        let cookie = answer.header("set-cookie").split(';').next().unwrap();
        let cookie = format!("cookie: {cookie}");
        self.catch
            .add_but("POST /api/access: where it becomes a cookie", &said, &token);
        assert_eq!(self.get("/api/boards/main", &[&cookie]), 200);
        self.ask_everything(&[&cookie]);
        self.bad_requests(&token);

        for list in [["links", "list", "--json"], ["links", "list", "--table"]] {
            self.command(&list);
        }
        let list = self.command(&["links", "list", "--json"]);
        let list: Value = serde_json::from_str(&list).unwrap();
        self.command(&["links", "revoke", list[0]["id"].as_str().unwrap()]);
        self.until("revoked", |run| {
            run.get("/api/boards/main", &[&cookie]) == 410
        });
        self.ask_everything(&[&cookie]);
        self.keeps_a_hash(&token);
    }

    /// A screen shows its code, is let in, looks, and is turned away again.
    fn use_a_code(&mut self) {
        let (said, answer) = self.post("/api/screens", "{}");
        let shown: Value = serde_json::from_str(&answer.text()).unwrap();
        let secret = Canary::new("a screen's secret", shown["secret"].as_str().unwrap());
        self.canaries.push(secret.clone());
        self.catch
            .add_but("POST /api/screens: where it is told", &said, &secret);

        let ask = format!("{{\"secret\":\"{}\"}}", secret.value());
        let waiting = self.ask(post("/api/screens/wait", &ask).as_bytes());
        assert_eq!(waiting[0].status, 202);
        let trial = waiting[0].header("set-cookie");
        assert!(trial.starts_with("queuewall.trial=1; "), "{trial}");
        self.bad_requests(&secret);
        self.keeps_a_hash(&secret);
        let code = shown["code"].as_str().unwrap();
        let id = self.command(&["screens", "approve", code, "--board", "main"]);
        self.command(&["screens", "approve", code, "--board", "main"]);
        let mut let_in = None;
        self.until("let in", |run| {
            let (said, answer) = run.post("/api/screens/wait", &ask);
            let is_let_in = answer.status == 200;
            let_in = is_let_in.then_some((said, answer));
            is_let_in
        });
        let (said, answer) = let_in.unwrap();
        let cookie = answer.header("set-cookie").split(';').next().unwrap();
        let cookie = format!("cookie: {cookie}");
        self.catch.add_but(
            "POST /api/screens/wait: where it becomes a cookie",
            &said,
            &secret,
        );
        assert_eq!(self.get("/api/boards/main", &[&cookie]), 200);
        self.command(&["links", "revoke", id.trim()]);
        self.until("revoked", |run| {
            run.get("/api/boards/main", &[&cookie]) == 410
        });
        self.keeps_a_hash(&secret);
    }

    /// A secret in all the places of a request where it does not belong.
    fn bad_requests(&mut self, secret: &Canary) {
        let value = secret.value();
        let coded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let coded = coded.replace('+', "%20");
        for target in [
            "/",
            "/board/",
            "/api/boards/",
            "/assets/",
            "/api/access/",
            "http://",
        ] {
            self.get(&format!("{target}{coded}"), &[]);
            self.get(&format!("{target}{coded}.js?t={coded}"), &[]);
            self.get(&format!("{target}{value}"), &[]);
        }
        for target in ["/", "/api/boards/main"] {
            self.get(&format!("{target}?token={coded}"), &[]);
        }
        // Not `x-request-id`: from a proxy on this machine it is there to be logged.
        for name in [
            "host",
            "authorization",
            "cookie",
            "cookie: queuewall-main",
            "cookie: queuewall-other",
            "if-none-match",
            "accept-encoding",
            "user-agent",
            "referer",
            "origin",
            "x-forwarded-for",
            "x-forwarded-user",
            "content-length",
            "transfer-encoding",
            "expect",
        ] {
            let between = if name.contains(':') { "=" } else { ": " };
            let line = format!("{name}{between}{value}");
            self.get("/api/boards", &[&line]);
            let alone = format!("GET / HTTP/1.1\r\nconnection: close\r\n{line}\r\n\r\n");
            self.ask(alone.as_bytes());
            self.ask(format!("GET / HTTP/1.1\r\n{line}\r\n broken\r\n\r\n").as_bytes());
        }
        for target in [
            "/api/access",
            "/api/screens",
            "/api/screens/wait",
            "/api/boards",
        ] {
            for body in [
                format!("token={value}"),
                format!("{{\"token\":\"{value}"),
                format!("{{\"token\":{{\"{coded}\":1}},\"secret\":[\"{coded}\"]}}"),
                format!("\"{coded}\""),
            ] {
                self.ask(post(target, &body).as_bytes());
                let kind = post(target, &body).replace("application/json", value);
                self.ask(kind.as_bytes());
            }
        }
        let method: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
        self.ask(format!("{method} / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
        self.ask(format!("{value}\r\n\r\n").as_bytes());
    }

    /// CXone goes wrong in every way, for commands and for the server.
    fn go_through_faults(&mut self) {
        let page = |code| Fault::Status {
            code,
            retry_after: Some("1".to_owned()),
            body: "<html>no".to_owned(),
        };
        let everywhere = [
            Fault::status(500),
            Fault::Truncated,
            Fault::WrongTypes,
            Fault::HtmlPage,
            Fault::Reset,
            Fault::RedirectTo("http://127.0.0.1:9/elsewhere".to_owned()),
            page(502),
            page(429),
            Fault::status(400),
            Fault::status(403),
            Fault::status(401),
        ];
        let heard = |run: &Self| {
            Endpoint::ALL
                .iter()
                .map(|it| run.control.count(*it))
                .sum::<u64>()
        };
        for (number, fault) in everywhere.into_iter().enumerate() {
            self.control.fail_with(fault);
            self.command(COMMANDS[number % COMMANDS.len()]);
            self.command(&["check"]);
            // The server itself meets some of them, at its own pace.
            if number < 3 {
                let before = heard(self);
                self.until("another poll", |run| heard(run) > before);
            }
            self.control.heal();
        }
        self.control.revoke_tokens();
        self.control.revoke_refresh_tokens();
        for endpoint in Endpoint::ALL {
            self.control.fail_with(Fault::status(401).on(endpoint));
        }
        self.command(&["check"]);
        self.control.heal();
        let elsewhere = [
            ("CXONE_CLIENT_SECRET", CLIENT_SECRET),
            ("CXONE_CLIENT_SECRET_FILE", "/nowhere"),
        ];
        let wrong = self.command_with(&elsewhere, &["check"]);
        assert!(!wrong.status.success());
        self.catch.add(
            "check with a secret and a file",
            [wrong.stdout, wrong.stderr].concat(),
        );
    }

    fn until(&mut self, what: &str, is_so: impl FnMut(&mut Self) -> bool) {
        let mut is_so = is_so;
        let until = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(Instant::now() < until, "never {what}");
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn keeps_a_hash(&self, secret: &Canary) {
        let hash = serde_json::to_string(&TokenHash::of(secret.value())).unwrap();
        let kept = files(&self.state());
        let hash = hash.trim_matches('"');
        // A database is no text.
        let mut texts = kept.iter().map(|file| fs::read(file).unwrap());
        let has_hash = |text: Vec<u8>| String::from_utf8_lossy(&text).contains(hash);
        assert!(texts.any(has_hash), "its hash is kept");
    }

    fn end(mut self) {
        self.ask_as_operator();
        let said = self.server.take().unwrap().end();
        for sign in ["TRACE", "queuewall::", "hyper", "listening on"] {
            assert!(said.contains(sign), "the log is listened to: {sign}");
        }
        self.catch.add("the server's stdout and stderr", said);
        for file in files(&self.state()).into_iter().chain(files(&dist())) {
            self.catch
                .add(file.display().to_string(), fs::read(&file).unwrap());
        }
        assert!(self.catch.bytes() > 100_000, "something was heard");
        Net::of(&self.canaries).assert_empty(&self.catch);
    }
}

fn post(target: &str, body: &str) -> String {
    format!(
        "POST {target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The page as it is built, where it is.
fn dist() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist")
}

/// All files in a folder and beneath; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// A run through all of it, with what `dialect` makes of folder and tenant for variables.
async fn run(dialect: fn(&Path, String) -> Vec<(&'static str, String)>) {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let tenant = Simulator::start(
        listener,
        Options {
            credentials: Credentials {
                client_id: Some("wall".to_owned()),
                client_secret: Some(CLIENT_SECRET.to_owned()),
                access_key_id: Some("key".to_owned()),
                access_key_secret: Some(KEY_SECRET.to_owned()),
                ..Credentials::default()
            },
            rate_limit_per_minute: None,
            ..Options::default()
        },
    );
    let mut variables = dialect(folder.path(), tenant.base_url());
    let state = folder.path().join("state").display().to_string();
    for (name, value) in [
        ("CXONE_CLIENT_ID", "wall"),
        ("QUEUEWALL_LISTEN", "127.0.0.1:0"),
        ("QUEUEWALL_METRICS_LISTEN", "127.0.0.1:0"),
        ("QUEUEWALL_ACCESS", "links"),
        ("QUEUEWALL_STATE_DIR", &state),
        ("QUEUEWALL_POLL_SECONDS", "5"),
        ("QUEUEWALL_BUDGET_PER_MINUTE", "60"),
        ("QUEUEWALL_LOG", "trace"),
    ] {
        variables.push((name, value.to_owned()));
    }
    let mut run = Run {
        folder,
        variables,
        control: tenant.control(),
        server: None,
        canaries: vec![
            Canary::new("the client's secret", CLIENT_SECRET),
            Canary::new("the access key's secret", KEY_SECRET),
        ],
        catch: Catch::default(),
    };
    run.server = Some(Program::serve(run.folder.path(), &run.variables()));
    // Everything here waits for other threads and processes.
    let run = tokio::task::spawn_blocking(move || {
        run.until("ready", |run| run.get("/readyz", &[]) == 200);
        for command in COMMANDS {
            run.command(command);
        }
        run.ask_everything(&[]);
        for secret in run.canaries.clone() {
            run.bad_requests(&secret);
        }
        run.use_a_link();
        run.use_a_code();
        run.go_through_faults();
        run.end();
    });
    run.await.unwrap();
    tenant.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_shows_up_anywhere_in_reporting_v2() {
    run(|_, tenant| {
        vec![
            ("CXONE_BASE_URL", tenant),
            ("CXONE_TENANT_ID", "tenant".to_owned()),
            ("CXONE_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_shows_up_anywhere_in_realtime() {
    run(|folder, tenant| {
        let secret = |name: &str, value: &str| {
            let file = folder.join(name);
            fs::write(&file, value).unwrap();
            file.display().to_string()
        };
        vec![
            ("CXONE_DIALECT", "realtime".to_owned()),
            ("CXONE_ISSUER", tenant),
            (
                "CXONE_CLIENT_SECRET_FILE",
                secret("client-secret", CLIENT_SECRET),
            ),
            ("CXONE_ACCESS_KEY_ID", "key".to_owned()),
            (
                "CXONE_ACCESS_KEY_SECRET_FILE",
                secret("key-secret", KEY_SECRET),
            ),
        ]
    })
    .await;
}
