//! A tenant, and servers that read it.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use queuewall_shared::snapshot::{BoardSnapshot, UpstreamState};
use queuewall_simulator::{Options, Simulator};
use reqwest::Client;
use serde_json::Value;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::rustls::crypto::ring;

use crate::{
    line::{Line, To},
    postgres,
    program::{PATIENCE, Program},
    screens,
    seen::{Answer, Seen, TOLERANCE_MS},
};

/// A tenant, and servers that read it, each with its lines to CXone and the database.
pub(crate) struct Place {
    pub(crate) simulator: Simulator,
    pub(crate) database: String,
    pub(crate) folder: PathBuf,
    pub(crate) cxone: Vec<Line>,
    pub(crate) databases: Vec<Line>,
    pub(crate) client: Client,
    folders: Vec<TempDir>,
    pub(crate) servers: Vec<Program>,
    pub(crate) seen: Seen,
}

impl Place {
    pub(crate) async fn new(servers: usize) -> Self {
        let _ = ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = postgres::database().await;
        let (address, folder) = url.split_once("?host=").unwrap();
        let database = address.rsplit_once('/').unwrap().1.to_owned();
        let folder = PathBuf::from(folder).join(".s.PGSQL.5432");
        let mut place = Self {
            simulator: Simulator::start(listener, Options::default()),
            database,
            folder,
            cxone: Vec::new(),
            databases: Vec::new(),
            client: Client::builder().no_proxy().build().unwrap(),
            folders: Vec::new(),
            servers: Vec::new(),
            seen: Seen::default(),
        };
        for server in 0..servers {
            place.start().await;
            // The first one leads.
            place.until_read(server).await;
        }
        place
    }

    pub(crate) async fn start(&mut self) {
        let folder = tempfile::tempdir().unwrap();
        let base_url = self.simulator.base_url();
        let simulator = base_url.trim_start_matches("http://").to_owned();
        let cxone = Line::new(To::Tcp(simulator)).await;
        let database = Line::new(To::Socket(self.folder.clone())).await;
        let address = format!("http://{}", cxone.address);
        let url = format!(
            "postgres://queuewall@{}/{}",
            database.address, self.database
        );
        let ids = self.simulator.control().queue_ids();
        let variables = [
            ("CXONE_BASE_URL", address.as_str()),
            ("CXONE_CLIENT_ID", "client"),
            ("CXONE_CLIENT_SECRET", "not-a-placeholder"),
            ("CXONE_TENANT_ID", "tenant"),
            ("TARGET_QUEUE_ID", &ids[..3].join(",")),
            ("QUEUEWALL_POLL_SECONDS", "5"),
            ("QUEUEWALL_BUDGET_PER_MINUTE", "60"),
            ("QUEUEWALL_LISTEN", "127.0.0.1:0"),
            ("QUEUEWALL_STATE_DIR", "state"),
            ("QUEUEWALL_DATABASE_URL", &url),
            ("QUEUEWALL_METRICS_LISTEN", "127.0.0.1:0"),
            ("NO_PROXY", "*"),
        ];
        self.servers.push(Program::serve(folder.path(), &variables));
        self.folders.push(folder);
        self.cxone.push(cxone);
        self.databases.push(database);
    }

    /// Runs a statement in the database.
    pub(crate) async fn execute(&self, sql: &'static str) {
        let folder = self.folder.parent().unwrap().display();
        let url = format!(
            "postgres://queuewall@localhost/{}?host={folder}",
            self.database
        );
        let mut connection = PgConnection::connect(&url).await.unwrap();
        connection.execute(sql).await.unwrap();
    }

    /// Waits until the server's log has these words.
    pub(crate) async fn until_said(&self, server: usize, words: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.servers[server].said().contains(words) {
            assert!(Instant::now() < until, "{}", self.servers[server].said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub(crate) async fn get(&self, server: usize, path: &str) -> reqwest::Response {
        let url = format!("http://{}{path}", self.servers[server].address);
        self.client.get(url).send().await.unwrap()
    }

    /// The screens, as this server lists them.
    pub(crate) async fn screens(&self, server: usize) -> Vec<Value> {
        screens::screens(&self.servers[server]).await
    }

    pub(crate) async fn ready(&self, server: usize) -> Value {
        self.get(server, "/readyz").await.json().await.unwrap()
    }

    /// One poll of the screen. What it is shown is never older than what it was shown before.
    pub(crate) async fn poll(&mut self, server: usize) -> Answer {
        let response = self.get(server, "/api/boards/main").await;
        let answer = Answer::of(response).await;
        self.seen.see(&answer);
        answer
    }

    /// Polls these servers in turn, several times a second.
    pub(crate) async fn poll_in_turn(&mut self, servers: &[usize], lasts: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < lasts {
            for server in servers {
                self.poll(*server).await;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }

    /// Waits until the server is ready, and shows numbers.
    pub(crate) async fn until_read(&mut self, server: usize) {
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = self.get(server, "/api/boards/main").await;
            let board: BoardSnapshot = answer.json().await.unwrap();
            let is_read =
                board.upstream.state == UpstreamState::Ok && board.totals.waiting.is_some();
            if is_read && self.ready(server).await["status"] == "ready" {
                return;
            }
            assert!(Instant::now() < until, "{}", self.servers[server].said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until this server knows that it does not read CXone any more.
    pub(crate) async fn until_follows(&self, server: usize) {
        let until = Instant::now() + PATIENCE;
        while self.ready(server).await["servers"]["reads_cxone"] == true {
            assert!(Instant::now() < until, "{}", self.servers[server].said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Polls these servers in turn, once a second, until the last of them reads CXone and has
    /// newer numbers. The longest time in which a screen's numbers were not replaced.
    pub(crate) async fn until_leads(&mut self, servers: &[usize]) -> Duration {
        let (from, begun) = (self.seen.read_ms, Instant::now());
        let leader = *servers.last().unwrap();
        loop {
            for server in servers {
                self.poll(*server).await;
            }
            let leads = self.ready(leader).await["servers"]["reads_cxone"] == true;
            if leads && self.seen.read_ms > from + TOLERANCE_MS {
                return begun.elapsed();
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{}",
                self.servers[leader].said()
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
