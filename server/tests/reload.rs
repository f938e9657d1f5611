//! The configuration is edited while a server runs, and the answers show it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use cxone::budget::RequestBudget;
use queuewall::{
    clock::SystemClock,
    config::{Env, Environment, Loaded, OsEnv, Permissions},
    reload::Reload,
    serve::Server,
};
use queuewall_simulator::{Options, Simulator};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    sync::{Notify, oneshot},
    time::{Instant, sleep},
};
use tokio_rustls::rustls;

/// Long enough for any machine; a test that has to wait for it has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A pretend tenant, and a folder with the configuration of a wall of it.
struct Place {
    simulator: Simulator,
    folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            simulator: Simulator::start(listener, Options::default()),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The tenant's queue of this number.
    fn queue(&self, index: usize) -> String {
        self.simulator.control().queue_ids()[index].clone()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("wall.toml")
    }

    /// Writes the file as editors do: beside, and over the old one by a rename.
    fn write(&self, text: &str) {
        let beside = self.folder.path().join("wall.toml.new");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, self.file()).unwrap();
    }

    fn variables(&self) -> Vec<(String, String)> {
        let variables = [
            ("CXONE_CLIENT_ID", "id"),
            ("CXONE_CLIENT_SECRET", "hunter2-the-secret"),
            ("CXONE_TENANT_ID", "tenant"),
            ("CXONE_BASE_URL", &self.simulator.base_url()),
            ("QUEUEWALL_LISTEN", "127.0.0.1:0"),
            ("QUEUEWALL_BUDGET_PER_MINUTE", "100"),
        ];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        variables.map(owned).to_vec()
    }
}

fn board(slug: &str, queue: &str) -> String {
    format!("[[boards]]\nslug = \"{slug}\"\nqueues = [\"{queue}\"]\n")
}

/// The machine's files beside variables of a test's own.
struct Ours(Vec<(String, String)>);

impl Env for Ours {
    fn variables(&self) -> Vec<(OsString, OsString)> {
        let variables = self.0.iter();
        variables
            .map(|(name, value)| (name.into(), value.into()))
            .collect()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        OsEnv.read(path)
    }

    fn permissions(&self, path: &Path) -> Permissions {
        OsEnv.permissions(path)
    }
}

/// Asks a server at `base`.
struct Browser {
    client: Client,
    base: String,
}

impl Browser {
    fn at(base: String) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        Self { client, base }
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let url = format!("{}{path}", self.base);
        let answer = self.client.get(url).send().await.unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or_default())
    }

    async fn slugs(&self) -> Vec<String> {
        let (_, list) = self.get("/api/boards").await;
        let boards = list["boards"].as_array().cloned().unwrap_or_default();
        let slug = |board: &Value| board["slug"].as_str().unwrap().to_owned();
        boards.iter().map(slug).collect()
    }

    /// Waits until the boards are these.
    async fn until_boards_are(&self, expected: &[&str]) {
        let start = Instant::now();
        while self.slugs().await != expected {
            assert!(start.elapsed() < PATIENCE, "{:?}", self.slugs().await);
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until a board's first queue is `queue` and was read.
    async fn until_read(&self, slug: &str, queue: &str) {
        let start = Instant::now();
        loop {
            let (_, board) = self.get(&format!("/api/boards/{slug}")).await;
            let first = &board["queues"][0];
            if first["id"] == queue && first["waiting"].is_u64() {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{board}");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn edited_file_is_applied_and_invalid_file_is_ignored() {
    let place = Place::new().await;
    let (one, two) = (place.queue(0), place.queue(1));
    place.write(&board("sales", &one));
    let env: Arc<dyn Env> = Arc::new(Ours(place.variables()));
    let file = place.file();
    let loaded = Loaded::read(&*env, Environment::read(&*env, Some(&file)), Some(&file)).unwrap();
    let every = Duration::from_millis(50);
    let (reload, changes) = Reload::new(Arc::clone(&env), Some(file), &loaded, every);
    let reloading = tokio::spawn(reload.run(Arc::new(Notify::new())));

    let config = loaded.config;
    let budget = Arc::new(RequestBudget::new(config.poll.budget_per_minute));
    let clock = Arc::new(SystemClock);
    let source = cxone::connect(config.cxone.clone(), Arc::clone(&budget), clock.clone()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::new(config, source, budget, clock).reconfigured_by(changes);
    let serving = tokio::spawn(server.run(listener, async {
        let _ = stopped.await;
    }));
    let browser = Browser::at(format!("http://{address}"));
    browser.until_read("sales", &one).await;
    assert_eq!(
        browser.get("/api/boards/service").await.0,
        StatusCode::NOT_FOUND
    );
    let named = browser.client.get(format!("{}/api/boards", browser.base));
    let named = named.header("host", "wall.example.com");
    let foreign = named.try_clone().unwrap().send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::MISDIRECTED_REQUEST);

    place.write(&format!(
        "[server]\nhosts = [\"wall.example.com\"]\n{}{}",
        board("service", &two),
        board("sales", &one)
    ));
    browser.until_boards_are(&["service", "sales"]).await;
    browser.until_read("service", &two).await;
    assert_eq!(named.send().await.unwrap().status(), StatusCode::OK);

    place.write(&board("service", &two));
    browser.until_boards_are(&["service"]).await;
    let (status, gone) = browser.get("/api/boards/sales").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{gone}");
    let page = browser.client.get(format!("{}/board/sales", browser.base));
    assert_eq!(page.send().await.unwrap().status(), StatusCode::NOT_FOUND);

    place.write(&format!("{}{}", board("sales", &one), board("sales", &two)));
    for _ in 0..20 {
        sleep(every).await;
        assert_eq!(browser.slugs().await, ["service"]);
    }
    fs::remove_file(place.file()).unwrap();
    for _ in 0..20 {
        sleep(every).await;
        assert_eq!(browser.slugs().await, ["service"]);
    }
    place.write(&board("sales", &two));
    browser.until_read("sales", &two).await;

    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    reloading.abort();
    place.simulator.shutdown().await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_running_program_reads_its_configuration_again_on_sighup() {
    use std::{
        io::{BufRead as _, BufReader},
        process::{Command, Stdio},
    };

    let place = Place::new().await;
    let (one, two) = (place.queue(0), place.queue(1));
    place.write(&board("sales", &one));
    let log = place.folder.path().join("log");
    let mut program = Command::new(env!("CARGO_BIN_EXE_queuewall"));
    program
        .arg("--config")
        .arg(place.file())
        .arg("serve")
        .env_clear()
        .envs(place.variables())
        .current_dir(&place.folder)
        .stdout(Stdio::piped())
        .stderr(fs::File::create(&log).unwrap());
    let mut running = Running(program.spawn().unwrap());
    let mut first = String::new();
    let stdout = running.0.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut first).unwrap();
    let browser = Browser::at(first.trim().trim_end_matches('/').to_owned());
    browser.until_read("sales", &one).await;

    place.write(&format!(
        "{}{}",
        board("sales", &one),
        board("service", &two)
    ));
    running.signal("HUP");
    browser.until_boards_are(&["sales", "service"]).await;
    browser.until_read("service", &two).await;

    place.write("[poll]\nseconds = 1\n");
    running.signal("HUP");
    let said = |what: &str| fs::read_to_string(&log).unwrap().matches(what).count();
    let start = Instant::now();
    while said("poll.seconds = 1 is out of bounds") == 0 {
        assert!(start.elapsed() < PATIENCE);
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(browser.slugs().await, ["sales", "service"]);
    assert_eq!(said("SIGHUP: reading the configuration again"), 2);
    assert_eq!(said("hunter2"), 0);

    running.signal("TERM");
    assert!(running.0.wait().unwrap().success());
    place.simulator.shutdown().await;
}

/// A process that ends with its test.
#[cfg(unix)]
struct Running(std::process::Child);

#[cfg(unix)]
impl Running {
    fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &id])
            .status();
        assert!(sent.unwrap().success());
    }
}

#[cfg(unix)]
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
