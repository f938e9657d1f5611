//! Who a board's agents are: in the one route that names them, to those who may know it, and in
//! nothing else that the real program answers, says or keeps.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

#[path = "../../crates/store/tests/store/support/postgres.rs"]
mod postgres;
#[path = "support/program.rs"]
mod program;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use program::{PATIENCE, Program};
use queuewall_shared::agents::{AgentList, NoAgents};
use queuewall_simulator::{Endpoint, Options, Simulator};
use reqwest::{Client, Response, StatusCode};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::rustls::crypto::ring;

/// The router's table, as it is written.
const ROUTES: &str = include_str!("../src/http.rs");

/// The one answer that does not end.
const STREAM: &str = "/api/boards/{slug}/events/stream";

const OPERATORS: [&str; 3] = ["/metrics", "/screens", "/screens.css"];

/// A program that reads a simulated tenant, and what was heard of it.
struct Run {
    folder: TempDir,
    tenant: Simulator,
    server: Program,
    client: Client,
    heard: Vec<(String, Vec<u8>)>,
}

impl Run {
    /// Of one server, with these boards.
    async fn start(boards: &[&str], variables: &[(&str, &str)]) -> Self {
        let _ = ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tenant = Simulator::start(
            listener,
            Options {
                rate_limit_per_minute: None,
                ..Options::default()
            },
        );
        let (folder, server) = serve(&tenant.base_url(), boards, variables);
        Self {
            folder,
            tenant,
            server,
            client: Client::builder().no_proxy().build().unwrap(),
            heard: Vec::new(),
        }
    }

    async fn send(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = (self.client).get(format!("http://{}{path}", self.server.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> (StatusCode, String, Vec<u8>) {
        let answer = self.send(path, headers).await;
        let status = answer.status();
        let mut head = format!("{:?}", answer.headers());
        if let Some(kept) = answer.headers().get("cache-control") {
            head = kept.to_str().unwrap().to_owned();
        }
        (status, head, answer.bytes().await.unwrap().to_vec())
    }

    /// The board's list, once its agents were read.
    async fn list(&self, board: &str, headers: &[(&str, &str)]) -> AgentList {
        let path = format!("/api/boards/{board}/agents");
        let until = Instant::now() + PATIENCE;
        loop {
            let (status, kept, body) = self.ask(&path, headers).await;
            let known = serde_json::from_slice::<AgentList>(&body).ok();
            if let Some(list) = known.filter(|list| list.counts.now.is_some()) {
                assert_eq!((status, kept.as_str()), (StatusCode::OK, "no-store"));
                return list;
            }
            let body = String::from_utf8_lossy(&body);
            assert!(Instant::now() < until, "{status}: {body}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Every route but that of the agents, of every board, and what operators are answered.
    async fn hear_all(&mut self, boards: &[&str], headers: &[(&str, &str)]) {
        let id = self.tenant.control().queue_ids()[0].clone();
        let routes = ROUTES.split(".route(").skip(1);
        let routes: Vec<_> = routes
            .filter_map(|rest| rest.split('"').nth(1))
            .filter(|route| *route != "/api/boards/{slug}/agents" && *route != STREAM)
            .collect();
        assert!(routes.len() > 12 && routes.contains(&"/api/boards/{slug}/events"));
        for route in routes {
            for board in boards {
                let path = route.replace("{slug}", board).replace("{id}", &id);
                let (_, head, body) = self.ask(&path, headers).await;
                self.heard.push((path, [head.into_bytes(), body].concat()));
            }
        }
        // It does not end: its first event.
        for board in boards {
            let path = STREAM.replace("{slug}", board);
            let mut answer = self.send(&path, headers).await;
            let first = answer.chunk().await.unwrap().unwrap_or_default();
            self.heard.push((path, first.to_vec()));
        }
        let said = self.server.said();
        let (_, url) = said.split_once("metrics and screens at ").unwrap();
        let url = url.split_whitespace().next().unwrap().trim_end_matches('/');
        for path in OPERATORS {
            let answer = self
                .client
                .get(format!("{url}{path}"))
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            let body = answer.bytes().await.unwrap();
            self.heard.push((path.to_owned(), body.to_vec()));
        }
    }

    /// Ends it; all that was heard, with its log and what it keeps.
    async fn end(mut self) -> Vec<(String, Vec<u8>)> {
        let said = self.server.end();
        assert!(said.contains("TRACE"), "the log is listened to");
        self.heard.push(("the log".to_owned(), said.into_bytes()));
        for file in files(self.folder.path()) {
            let kept = fs::read(&file).unwrap();
            self.heard.push((file.display().to_string(), kept));
        }
        self.tenant.shutdown().await;
        self.heard
    }
}

/// A server of this tenant in a separate folder, with one board for each way to show agents in
/// `boards`, which has its name.
fn serve(tenant: &str, boards: &[&str], variables: &[(&str, &str)]) -> (TempDir, Program) {
    let folder = tempfile::tempdir().unwrap();
    let boards = boards.iter().map(|shown| {
        format!(
            "[[boards]]\nslug = \"{shown}\"\nagents = \"{shown}\"\nagent_limits = {{ \
             unavailable_seconds = {{ warning = 1, critical = 600 }} }}\n"
        )
    });
    let boards: String = boards.collect();
    fs::write(folder.path().join("queuewall.toml"), boards).unwrap();
    let more = [
        ("CXONE_DIALECT", "realtime"),
        ("CXONE_ISSUER", tenant),
        ("CXONE_CLIENT_ID", "wall"),
        ("CXONE_CLIENT_SECRET", "not-a-placeholder"),
        ("CXONE_ACCESS_KEY_ID", "key"),
        ("CXONE_ACCESS_KEY_SECRET", "not-a-placeholder-either"),
        ("QUEUEWALL_LISTEN", "127.0.0.1:0"),
        ("QUEUEWALL_METRICS_LISTEN", "127.0.0.1:0"),
        ("QUEUEWALL_STATE_DIR", "state"),
        ("QUEUEWALL_POLL_SECONDS", "5"),
        ("QUEUEWALL_BUDGET_PER_MINUTE", "600"),
        ("QUEUEWALL_LOG", "trace"),
        ("NO_PROXY", "*"),
    ];
    let variables = [&more, variables].concat();
    let server = Program::serve(folder.path(), &variables);
    (folder, server)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let beneath = |path: PathBuf| match path.is_dir() {
        true => files(&path),
        false => vec![path],
    };
    paths.flat_map(beneath).collect()
}

fn names(list: &AgentList) -> BTreeSet<String> {
    let agents = list.agents.iter().flatten();
    let names = agents.filter_map(|agent| Some(agent.name.clone()?.0));
    names.collect()
}

/// Who of these is named in a text: by the first or the last name as a word, or by initials as a
/// JSON text.
fn named_in(text: &str, full: &BTreeSet<String>) -> BTreeSet<String> {
    let parts: BTreeSet<&str> = full.iter().flat_map(|name| name.split(' ')).collect();
    assert!(parts.len() > 20, "{parts:?}");
    let words = text.split(|letter: char| !(letter.is_alphanumeric() || letter == '\''));
    let words = words.filter(|word| parts.contains(word));
    let initials = full.iter().map(|name| {
        let letters = name.split(' ').filter_map(|it| it.chars().next());
        format!("\"{}\"", letters.collect::<String>())
    });
    let initials = initials.filter(|initials| text.contains(initials));
    words.map(str::to_owned).chain(initials).collect()
}

/// Asserts that nobody is named in what was heard.
fn assert_nobody(heard: &[(String, Vec<u8>)], full: &BTreeSet<String>) {
    for (place, bytes) in heard
        .iter()
        .filter(|(place, _)| !place.starts_with("/assets"))
    {
        let found = named_in(&String::from_utf8_lossy(bytes), full);
        assert!(found.is_empty(), "{place}: {found:?}");
    }
}

const PERSON: [(&str, &str); 1] = [("x-forwarded-user", "ann")];
const BY_PROXY: [(&str, &str); 2] = [
    ("QUEUEWALL_ACCESS", "proxy"),
    ("QUEUEWALL_TRUSTED_PROXIES", "127.0.0.1"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_are_named_in_one_route_and_nowhere_else() {
    let boards = ["names", "initials", "counts"];
    let mut run = Run::start(&boards, &BY_PROXY).await;
    let named = run.list("names", &PERSON).await;
    let full = names(&named);
    assert!(full.iter().all(|name| name.contains(' ')), "{full:?}");
    let agents = named.agents.as_ref().unwrap();
    let logged_on = named.counts.now.unwrap().logged_on();
    assert_eq!(agents.len() as u64, logged_on);
    assert!(
        named
            .counts
            .over
            .iter()
            .all(|over| over.limit_ms <= 600_000)
    );
    assert!(agents.iter().all(|agent| agent.since_ms.is_some()));

    // They are looked for in the right way.
    let written = serde_json::to_string(&named).unwrap();
    assert!(named_in(&written, &full).len() > 20);
    let by_initials = run.list("initials", &PERSON).await;
    let written = serde_json::to_string(&by_initials).unwrap();
    assert!(named_in(&written, &full).len() > 10);
    let initials = names(&by_initials);
    assert!(!initials.is_empty() && initials.iter().all(|it| it.chars().count() == 2));
    let counted = run.list("counts", &PERSON).await;
    assert_eq!(counted.agents, None);
    assert_eq!(counted.agents_cause_code, Some(NoAgents::CountsOnly));
    for board in ["names", "initials", "counts"] {
        let path = format!("/api/boards/{board}/agents");
        // The proxy names nobody, or it is not asked at all.
        for headers in [&[][..], &[("x-forwarded-user", "-")]] {
            let (status, _, body) = run.ask(&path, headers).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
            run.heard.push((path.clone(), body));
        }
    }
    run.hear_all(&boards, &PERSON).await;
    assert_nobody(&run.end().await, &full);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_are_not_asked_for_where_every_board_counts() {
    // Of the same tenant: who they are is known from the other boards.
    let named = Run::start(&["names"], &BY_PROXY).await;
    let full = names(&named.list("names", &PERSON).await);
    named.end().await;

    let mut run = Run::start(&["counts"], &BY_PROXY).await;
    let list = run.list("counts", &PERSON).await;
    let body = serde_json::to_vec(&list).unwrap();
    run.heard.push(("the list".to_owned(), body));
    run.hear_all(&["counts"], &PERSON).await;
    let control = run.tenant.control();
    let asked = control.requests().into_iter();
    let asked: Vec<_> = (asked.filter(|it| it.endpoint == Endpoint::AgentStates))
        .map(|request| request.query)
        .collect();
    assert!(!asked.is_empty());
    for word in ["firstName", "lastName", "userName"] {
        assert!(asked.iter().all(|query| !query.contains(word)), "{asked:?}");
    }
    assert_nobody(&run.end().await, &full);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_are_only_counted_where_everybody_sees_the_boards() {
    let open = [("QUEUEWALL_ACCESS", "open")];
    let run = Run::start(&["names", "initials"], &open).await;
    for board in ["names", "initials"] {
        let list = run.list(board, &PERSON).await;
        assert_eq!(list.agents, None, "whatever a header says");
        assert_eq!(list.agents_cause_code, Some(NoAgents::OpenAccess));
        assert!(list.counts.now.unwrap().logged_on() > 0);
    }
    run.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn link_lists_agents_only_with_the_right_to_do_so() {
    let run = Run::start(&["names"], &[("QUEUEWALL_ACCESS", "links")]).await;
    let enter = async |more: &[&str]| {
        let add = [&["links", "add", "--board", "names"], more].concat();
        let variables = [
            ("QUEUEWALL_ACCESS", "links"),
            ("QUEUEWALL_STATE_DIR", "state"),
            ("QUEUEWALL_LISTEN", "127.0.0.1:0"),
        ];
        let output = program::command(run.folder.path(), &variables, &add).output();
        let output = output.unwrap();
        let address = String::from_utf8(output.stdout).unwrap();
        let (_, token) = address.trim().split_once("#t=").unwrap_or_else(|| {
            panic!("{}", String::from_utf8_lossy(&output.stderr));
        });
        let answer = run
            .client
            .post(format!("http://{}/api/access", run.server.address))
            .header("content-type", "application/json")
            .body(format!("{{\"token\":\"{token}\"}}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    };
    let plain = enter(&[]).await;
    let (status, _, board) = run.ask("/api/boards/names", &[("cookie", &plain)]).await;
    assert_eq!(status, StatusCode::OK);
    let right = enter(&["--agents"]).await;
    let list = run.list("names", &[("cookie", &right)]).await;
    let full = names(&list);
    let path = "/api/boards/names/agents";
    let (status, _, body) = run.ask(path, &[("cookie", &plain)]).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let error: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(error["code"], "agents_forbidden");
    let remedy = error["error"].as_str().unwrap();
    assert!(remedy.contains("links add --agents"), "{remedy}");
    assert_eq!(run.ask(path, &[]).await.0, StatusCode::UNAUTHORIZED);
    let heard = [("a board".to_owned(), board), ("403".to_owned(), body)];
    assert_nobody(&heard, &full);
    assert_nobody(&run.end().await, &full);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_on_one_database_list_agents_and_name_none_in_it() {
    let url = postgres::database().await;
    let variables = [&BY_PROXY[..], &[("QUEUEWALL_DATABASE_URL", url.as_str())]].concat();
    let mut run = Run::start(&["names"], &variables).await;
    let full = names(&run.list("names", &PERSON).await);
    let (folder, other) = serve(&run.tenant.base_url(), &["names"], &variables);
    let leader = std::mem::replace(&mut run.server, other);
    let until = Instant::now() + PATIENCE;
    loop {
        let (_, _, ready) = run.ask("/readyz", &[]).await;
        let ready: serde_json::Value = serde_json::from_slice(&ready).unwrap();
        if ready["servers"]["reads_cxone"] == false {
            break;
        }
        assert!(Instant::now() < until, "{ready}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let listed = loop {
        let list = run.list("names", &PERSON).await;
        if list.agents.is_some() {
            break names(&list);
        }
        assert_eq!(list.agents_cause_code, Some(NoAgents::NotRead));
        assert!(Instant::now() < until, "{}", run.server.said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    // Between two reads one or the other logs on or out.
    assert!(
        listed.intersection(&full).count() * 10 > full.len() * 8,
        "{listed:?}"
    );

    let mut database = PgConnection::connect(&url).await.unwrap();
    let tables =
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&mut database)
        .await
        .unwrap();
    assert!(tables.len() > 8, "{tables:?}");
    for table in tables {
        let all = format!("SELECT COALESCE(string_agg(it::text, ' '), '') FROM {table} it");
        let rows = sqlx::query_scalar(AssertSqlSafe(all)).fetch_one(&mut database);
        let rows: String = rows.await.unwrap();
        assert!(
            table != "published" || rows.contains("unavailable"),
            "the counts"
        );
        run.heard
            .push((format!("the table {table}"), rows.into_bytes()));
    }
    run.heard
        .push(("the leader's log".to_owned(), leader.end().into_bytes()));
    assert_nobody(&run.end().await, &full);
    drop(folder);
}
