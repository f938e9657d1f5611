//! Two real programs on one PostgreSQL database, and a screen that changes servers at every
//! poll.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use queuewall_shared::{
    http::{SNAPSHOT_AGE_HEADER, UPTIME_HEADER},
    report,
    snapshot::{BoardSnapshot, UpstreamState},
};
use queuewall_simulator::{Options, Simulator};
use queuewall_store::{Location, Store, lease::Publication};
use reqwest::{
    Client,
    header::{DATE, ETAG},
};
use serde_json::Value;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split},
    net::{TcpListener, TcpStream, UnixStream},
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::rustls::crypto::ring;

#[path = "../../crates/store/tests/store/support/postgres.rs"]
mod postgres;
#[path = "support/program.rs"]
mod program;
#[path = "support/screens.rs"]
mod screens;

use program::{PATIENCE, Program, signal};

/// How far two servers on a busy machine may differ: each asks the database for the time.
const TOLERANCE_MS: u64 = 1_000;

/// A line that can be cut, and be slow.
struct Line {
    address: SocketAddr,
    to: To,
    way: Arc<Way>,
    open: JoinHandle<()>,
}

/// Where a line leads.
#[derive(Clone)]
enum To {
    Tcp(String),
    Socket(PathBuf),
}

/// How long a round trip takes, in milliseconds, and how many there were.
#[derive(Default)]
struct Way {
    delay_ms: AtomicU64,
    trips: AtomicU64,
}

impl Line {
    async fn new(to: To) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, way) = (listener.local_addr().unwrap(), Arc::<Way>::default());
        let open = tokio::spawn(forward(listener, to.clone(), Arc::clone(&way)));
        Self {
            address,
            to,
            way,
            open,
        }
    }

    /// Nobody listens any more, and what is open ends.
    async fn cut(&mut self) {
        self.open.abort();
        let _ = (&mut self.open).await;
    }

    async fn mend(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.open = tokio::spawn(forward(listener, self.to.clone(), Arc::clone(&self.way)));
    }

    fn slow_down(&self, to: Duration) {
        let ms = u64::try_from(to.as_millis()).unwrap();
        self.way.delay_ms.store(ms, Ordering::Relaxed);
    }

    fn trips(&self) -> u64 {
        self.way.trips.load(Ordering::Relaxed)
    }
}

async fn forward(listener: TcpListener, to: To, way: Arc<Way>) {
    let mut connections = JoinSet::new();
    loop {
        let (from, _) = listener.accept().await.unwrap();
        let (to, way) = (to.clone(), Arc::clone(&way));
        connections.spawn(async move {
            match to {
                To::Tcp(address) => {
                    way.pass(from, TcpStream::connect(address).await.unwrap())
                        .await
                }
                To::Socket(path) => {
                    way.pass(from, UnixStream::connect(path).await.unwrap())
                        .await
                }
            }
        });
    }
}

impl Way {
    async fn pass(&self, from: TcpStream, to: impl AsyncRead + AsyncWrite) {
        let is_asked = AtomicBool::new(false);
        let ((mut from, mut back), (mut answers, mut to)) = (split(from), split(to));
        let there = async {
            let mut bytes = [0; 16_384];
            loop {
                let count = from.read(&mut bytes).await?;
                if count == 0 {
                    return std::io::Result::Ok(());
                }
                if !is_asked.swap(true, Ordering::Relaxed) {
                    self.trips.fetch_add(1, Ordering::Relaxed);
                    let delay = self.delay_ms.load(Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(delay)).await;
                }
                to.write_all(&bytes[..count]).await?;
            }
        };
        let and_back = async {
            let mut bytes = [0; 16_384];
            loop {
                let count = answers.read(&mut bytes).await?;
                if count == 0 {
                    return std::io::Result::Ok(());
                }
                is_asked.store(false, Ordering::Relaxed);
                back.write_all(&bytes[..count]).await?;
            }
        };
        let _ = tokio::select! {
            ended = there => ended,
            ended = and_back => ended,
        };
    }
}

/// A tenant, and servers that read it, each with its lines to CXone and the database.
struct Place {
    simulator: Simulator,
    database: String,
    folder: PathBuf,
    cxone: Vec<Line>,
    databases: Vec<Line>,
    client: Client,
    folders: Vec<TempDir>,
    servers: Vec<Program>,
    seen: Seen,
}

/// The latest that the screen was shown.
#[derive(Default)]
struct Seen {
    date: Option<SystemTime>,
    uptime_ms: u64,
    read_ms: u64,
    polls: usize,
}

/// One answer.
struct Answer {
    tag: String,
    board: BoardSnapshot,
    read_ms: Option<u64>,
}

impl Place {
    async fn new(servers: usize) -> Self {
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

    async fn start(&mut self) {
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
    async fn execute(&self, sql: &'static str) {
        let folder = self.folder.parent().unwrap().display();
        let url = format!(
            "postgres://queuewall@localhost/{}?host={folder}",
            self.database
        );
        let mut connection = PgConnection::connect(&url).await.unwrap();
        connection.execute(sql).await.unwrap();
    }

    /// Waits until the server's log has these words.
    async fn until_said(&self, server: usize, words: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.servers[server].said().contains(words) {
            assert!(Instant::now() < until, "{}", self.servers[server].said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn get(&self, server: usize, path: &str) -> reqwest::Response {
        let url = format!("http://{}{path}", self.servers[server].address);
        self.client.get(url).send().await.unwrap()
    }

    /// The screens, as this server lists them.
    async fn screens(&self, server: usize) -> Vec<Value> {
        screens::screens(&self.servers[server]).await
    }

    async fn ready(&self, server: usize) -> Value {
        self.get(server, "/readyz").await.json().await.unwrap()
    }

    /// One poll of the screen. What it is shown is never older than what it was shown before.
    async fn poll(&mut self, server: usize) -> Answer {
        let response = self.get(server, "/api/boards/main").await;
        let number = |name| {
            let value = response.headers().get(name)?;
            value.to_str().unwrap().parse::<u64>().ok()
        };
        let (uptime_ms, age_ms) = (number(UPTIME_HEADER).unwrap(), number(SNAPSHOT_AGE_HEADER));
        let date = response.headers()[DATE].to_str().unwrap();
        let date = httpdate::parse_http_date(date).unwrap();
        let answer = Answer {
            tag: response.headers()[ETAG].to_str().unwrap().to_owned(),
            read_ms: age_ms.map(|age_ms| uptime_ms.saturating_sub(age_ms)),
            board: response.json().await.unwrap(),
        };
        let seen = &mut self.seen;
        assert!(
            uptime_ms + TOLERANCE_MS >= seen.uptime_ms,
            "the time ran backwards: {uptime_ms} after {}",
            seen.uptime_ms
        );
        if let Some(read_ms) = answer.read_ms {
            assert!(
                read_ms + TOLERANCE_MS >= seen.read_ms,
                "older numbers after newer ones: {read_ms} after {}",
                seen.read_ms
            );
            seen.read_ms = seen.read_ms.max(read_ms);
        }
        // Two polls within a millisecond may be on both sides of a second's end.
        let second = Duration::from_secs(1);
        assert!(
            seen.date.is_none_or(|before| before <= date + second),
            "{date:?}"
        );
        seen.date = Some(date);
        seen.uptime_ms = seen.uptime_ms.max(uptime_ms);
        seen.polls += 1;
        answer
    }

    /// Waits until the server is ready, and shows numbers.
    async fn until_read(&mut self, server: usize) {
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
    async fn until_follows(&self, server: usize) {
        let until = Instant::now() + PATIENCE;
        while self.ready(server).await["servers"]["reads_cxone"] == true {
            assert!(Instant::now() < until, "{}", self.servers[server].said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Polls these servers in turn, once a second, until the last of them reads CXone and has
    /// newer numbers. The longest time in which a screen's numbers were not replaced.
    async fn until_leads(&mut self, servers: &[usize]) -> Duration {
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

#[tokio::test]
async fn servers_answer_alike_and_a_killed_leader_is_replaced() {
    let mut place = Place::new(2).await;
    assert_eq!(place.ready(0).await["servers"]["reads_cxone"], true);
    assert_eq!(place.ready(1).await["servers"]["reads_cxone"], false);
    assert_eq!(place.ready(1).await["servers"]["same_configuration"], true);
    let mut alike = 0;
    for _ in 0..10 {
        let (one, other) = (place.poll(0).await, place.poll(1).await);
        // Between a reading and the other's look they differ.
        if one.read_ms.unwrap().abs_diff(other.read_ms.unwrap()) < TOLERANCE_MS {
            assert_eq!(one.tag, other.tag, "{:?} {:?}", one.board, other.board);
            alike += 1;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(alike >= 5, "{alike} of 10");
    let trends = async |server| {
        let response = place.get(server, "/api/boards/main/trends").await;
        let tag = response.headers()[ETAG].clone();
        (tag, response.text().await.unwrap())
    };
    // Not while a minute ends.
    let until = Instant::now() + PATIENCE;
    while trends(0).await != trends(1).await {
        assert!(
            Instant::now() < until,
            "{:?} {:?}",
            trends(0).await,
            trends(1).await
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(trends(1).await.1.contains("waiting_highest"));
    signal(place.servers[0].id(), "KILL");
    let gap = place.until_leads(&[1]).await;
    println!("a killed leader: newer numbers after {gap:?}");
}

#[tokio::test]
async fn stopped_leader_is_replaced_and_follows_when_it_goes_on() {
    let mut place = Place::new(2).await;
    signal(place.servers[0].id(), "STOP");
    let gap = place.until_leads(&[1]).await;
    println!("a stopped leader: newer numbers after {gap:?}");
    signal(place.servers[0].id(), "CONT");
    place.until_follows(0).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    for _ in 0..5 {
        place.poll(0).await;
        place.poll(1).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(place.ready(1).await["servers"]["reads_cxone"], true);
}

#[tokio::test]
async fn leader_that_ends_is_replaced_at_once() {
    let mut place = Place::new(2).await;
    let first = place.servers.remove(0);
    first.end();
    let gap = place.until_leads(&[0]).await;
    println!("a leader that ended: newer numbers after {gap:?}");
}

#[tokio::test]
async fn leader_that_gets_no_answer_hands_over_to_one_that_does() {
    let mut place = Place::new(2).await;
    place.cxone[0].cut().await;
    let gap = place.until_leads(&[0, 1]).await;
    println!("a leader without CXone: newer numbers after {gap:?}");
    place.until_follows(0).await;
}

#[tokio::test]
async fn leader_stays_while_no_server_gets_an_answer() {
    let mut place = Place::new(2).await;
    place.cxone[0].cut().await;
    place.cxone[1].cut().await;
    let until = Instant::now() + PATIENCE;
    while !place.servers[1].said().contains("neither does this one") {
        assert!(Instant::now() < until, "{}", place.servers[1].said());
        place.poll(0).await;
        place.poll(1).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(place.ready(0).await["servers"]["reads_cxone"], true);
    assert_eq!(place.ready(1).await["servers"]["reads_cxone"], false);
}

#[tokio::test]
async fn leader_without_its_database_is_replaced_and_its_numbers_grow_old() {
    let mut place = Place::new(2).await;
    place.databases[0].cut().await;
    let gap = place.until_leads(&[1]).await;
    println!("a leader without the database: newer numbers after {gap:?}");
    place.until_follows(0).await;
    assert_eq!(
        place.ready(0).await["servers"]["database"],
        "does not answer"
    );
    let age = async |place: &Place| {
        let response = place.get(0, "/api/boards/main").await;
        let age = response.headers()[SNAPSHOT_AGE_HEADER]
            .to_str()
            .unwrap()
            .to_owned();
        age.parse::<u64>().unwrap()
    };
    let before = age(&place).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(age(&place).await >= before + 6_000, "it reads nothing");
    place.databases[0].mend().await;
    let until = Instant::now() + PATIENCE;
    while age(&place).await > before {
        assert!(Instant::now() < until, "{}", place.servers[0].said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    place.poll(0).await;
    assert_eq!(place.ready(0).await["servers"]["reads_cxone"], false);
}

#[tokio::test]
async fn screen_that_changes_servers_is_the_same_on_all_and_after_a_restart() {
    let mut place = Place::new(2).await;
    for poll in 0..10 {
        let server = poll % 2;
        let url = format!("http://{}/api/boards/main", place.servers[server].address);
        let request = place
            .client
            .get(url)
            .header(report::HEADER, "page=a; name=Hall");
        request.send().await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let screens = [place.screens(0).await, place.screens(1).await];
        for screen in screens.iter().flatten() {
            assert_eq!(screen["state"], "live", "{screen}");
            assert_eq!(screen["shares_its_name"], false, "{screen}");
        }
        let counts = screens.each_ref().map(Vec::len);
        assert!(counts.iter().all(|count| *count <= 1), "{screens:?}");
        assert!(poll < 5 || counts == [1, 1], "{screens:?}");
    }
    let screen = &place.screens(0).await[0];
    let server = screen["server"].as_str().unwrap();
    let ids = [0, 1].map(|server| format!(":{}", place.servers[server].id()));
    assert!(ids.iter().any(|id| server.ends_with(id)), "{screen}");
    // A screen that has been dark for an hour.
    place
        .execute("UPDATE screen SET last_ms = last_ms - 3600000, first_ms = first_ms - 3600000")
        .await;
    for _ in 0..2 {
        place.servers.remove(0).end();
    }
    place.start().await;
    let until = Instant::now() + PATIENCE;
    while place.screens(0).await.is_empty() {
        assert!(Instant::now() < until, "{}", place.servers[0].said());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let screen = &place.screens(0).await[0];
    assert_eq!(screen["state"], "dark");
    assert!(
        screen["last_seen_age_seconds"].as_f64().unwrap() >= 3_600.0,
        "{screen}"
    );
}

#[tokio::test]
async fn statements_of_the_lease_take_few_round_trips() {
    let place = Place::new(0).await;
    let line = Line::new(To::Socket(place.folder.clone())).await;
    let url = format!("postgres://queuewall@{}/{}", line.address, place.database);
    let store = Store::open(Location::postgres(&url).unwrap())
        .await
        .unwrap();
    let long = Duration::from_secs(3_600);
    let fence = store.take_lease("one", long).await.unwrap().unwrap();
    let answer = |name: usize| Publication {
        name: name.to_string(),
        read_ms: Some(1),
        body: "{}".to_owned(),
    };
    let answers: Vec<_> = (0..20).map(answer).collect();
    let state = (0..5).map(|name| (name.to_string(), String::new()));
    let state: Vec<_> = state.collect();
    // Each connection prepares a statement once; and a statement ends with one more round trip,
    // when its connection goes back.
    macro_rules! trips {
        ($statement:expr) => {{
            for _ in 0..12 {
                $statement;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            let before = line.trips();
            for _ in 0..10 {
                $statement;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            (line.trips() - before).div_ceil(10) - 1
        }};
    }
    let renew = trips!(assert!(
        store.renew_lease(fence, long, false).await.unwrap()
    ));
    let look = trips!(assert!(store.lease_holder().await.unwrap().is_valid));
    let publish = trips!(assert!(
        store.publish(fence, &answers, &state).await.unwrap()
    ));
    let update = trips!(
        store
            .update_state("0", |_, _| Some(String::new()))
            .await
            .unwrap()
    );
    assert_eq!((renew, look, publish, update), (1, 1, 1, 4));
}

#[tokio::test]
async fn leader_of_a_slow_database_stays_and_is_replaced() {
    let mut place = Place::new(2).await;
    for line in &place.databases {
        line.slow_down(Duration::from_secs(1));
    }
    tokio::time::sleep(Duration::from_secs(30)).await;
    let said = place.servers[0].said();
    assert!(!said.contains("does not read CXone any more"), "{said}");
    assert_eq!(place.ready(0).await["servers"]["reads_cxone"], true);
    for server in [0, 1] {
        let upstream = &place.ready(server).await["upstream"];
        assert_eq!(upstream["state"], "ok", "{upstream}");
        assert!(
            upstream["latest_read_age_ms"].as_u64().unwrap() < 15_000,
            "{upstream}"
        );
    }
    signal(place.servers[0].id(), "KILL");
    let gap = place.until_leads(&[1]).await;
    println!("a killed leader of a slow database: newer numbers after {gap:?}");
}

#[tokio::test]
async fn servers_without_the_database_say_the_same() {
    let mut place = Place::new(2).await;
    for line in &mut place.databases {
        line.cut().await;
    }
    let until = Instant::now() + PATIENCE;
    let begun = Instant::now();
    let mut since: [Option<Duration>; 2] = [None; 2];
    while since.contains(&None) {
        for server in [0, 1] {
            let upstream = &place.ready(server).await["upstream"];
            if upstream["cause_code"] == "no_database" {
                assert_ne!(upstream["state"], "ok");
                since[server].get_or_insert(begun.elapsed());
            } else {
                assert_eq!(since[server], None, "it says so from then on: {upstream}");
            }
        }
        assert!(
            Instant::now() < until,
            "{since:?} {}",
            place.servers[1].said()
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let [one, other] = since.map(Option::unwrap);
    assert!(one.abs_diff(other) < Duration::from_secs(6), "{since:?}");
    tokio::time::sleep(Duration::from_secs(15)).await;
    for server in [0, 1] {
        let upstream = &place.ready(server).await["upstream"];
        let said = (&upstream["state"], &upstream["cause_code"]);
        assert_eq!(
            said,
            (&"down".into(), &"no_database".into()),
            "stale by now"
        );
        let board = place.poll(server).await.board;
        assert!(board.upstream.cause_since_ms.is_some(), "{board:?}");
    }
    for line in &mut place.databases {
        line.mend().await;
    }
    place.until_read(0).await;
    place.until_read(1).await;
}

#[tokio::test]
async fn leader_that_cannot_read_what_was_kept_gives_the_lead_up() {
    let mut place = Place::new(2).await;
    place.execute("ALTER TABLE queue RENAME TO moved").await;
    signal(place.servers[0].id(), "KILL");
    place
        .until_said(1, "the last readings cannot be read")
        .await;
    let board = place.poll(1).await.board;
    assert!(board.totals.waiting.is_some(), "as the former leader");
    place.start().await;
    place
        .until_said(2, "the last readings cannot be read")
        .await;
    place.execute("ALTER TABLE moved RENAME TO queue").await;
    let until = Instant::now() + PATIENCE;
    let leads = async |server| place.ready(server).await["servers"]["reads_cxone"] == true;
    while !leads(1).await && !leads(2).await {
        assert!(Instant::now() < until, "{}", place.servers[1].said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
