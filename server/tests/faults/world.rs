//! A tenant, the line to it, the server, and a browser that never looks away.

use std::{
    cell::Cell,
    net::SocketAddr,
    sync::{
        Arc, Mutex, Once,
        atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cxone::{CaCertificates, Settings};
use queuewall::{
    clock::{Clock, Moment, Watched},
    config::BoardConfig,
};
use queuewall_shared::{
    http::{SNAPSHOT_AGE_HEADER, UPTIME_HEADER},
    snapshot::{BoardSnapshot, UpstreamState},
};
use queuewall_simulator::{Control, Options, Simulator};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio::{
    net::TcpListener,
    task::{AbortHandle, JoinHandle},
    time::{Instant, sleep},
};
use tokio_rustls::rustls::{self, crypto::ring, pki_types::PrivateKeyDer};

use crate::{
    line::{Greeting, Line, http_client},
    machine::{BUDGET_PER_MINUTE, Kept, Machine, Names, Way, settings},
    shapes::Shape,
    truth::{QUEUES, Truth},
};

/// How the server polls here.
pub(crate) const INTERVAL: Duration = Duration::from_secs(10);

/// How often the browser looks.
pub(crate) const GLANCE: Duration = Duration::from_secs(1);

/// The dialect that the server speaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Spoken {
    ReportingV2,
    Realtime,
}

impl Spoken {
    pub(crate) const ALL: [Self; 2] = [Self::ReportingV2, Self::Realtime];
}

/// The clocks of a machine: they go with tokio's time, may sleep, and one can be set.
#[derive(Clone)]
pub(crate) struct TestClock {
    start: Instant,
    set_ms: Arc<AtomicI64>,
    /// How long the machine slept, as it knows itself.
    suspended_ms: Arc<AtomicU64>,
    /// The same where the machine itself does not notice.
    paused_ms: Arc<AtomicU64>,
}

impl TestClock {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            set_ms: Arc::default(),
            suspended_ms: Arc::default(),
            paused_ms: Arc::default(),
        }
    }

    /// What has truly passed since the start.
    pub(crate) fn truly(&self) -> Duration {
        self.passed() + Duration::from_millis(self.paused_ms.load(Ordering::Relaxed))
    }

    /// The same, as far as the machine knows.
    fn passed(&self) -> Duration {
        let suspended_ms = self.suspended_ms.load(Ordering::Relaxed);
        self.start.elapsed() + Duration::from_millis(suspended_ms)
    }

    /// 2026-01-05 10:00:00 UTC at the start.
    pub(crate) fn wall(&self) -> SystemTime {
        let wall = UNIX_EPOCH + Duration::from_secs(1_767_607_200) + self.truly();
        let set_ms = self.set_ms.load(Ordering::Relaxed);
        let by = Duration::from_millis(set_ms.unsigned_abs());
        if set_ms < 0 { wall - by } else { wall + by }
    }

    pub(crate) fn set_forward(&self, by: Duration) {
        self.set_ms.fetch_add(ms(by), Ordering::Relaxed);
    }

    pub(crate) fn set_back(&self, by: Duration) {
        self.set_ms.fetch_sub(ms(by), Ordering::Relaxed);
    }

    /// The machine sleeps: its monotonic clock stands still.
    pub(crate) fn suspend(&self, by: Duration) {
        let by_ms = ms(by).unsigned_abs();
        self.suspended_ms.fetch_add(by_ms, Ordering::Relaxed);
    }

    /// The machine is stopped from outside, and only its wall clock is put right.
    pub(crate) fn pause(&self, by: Duration) {
        let by_ms = ms(by).unsigned_abs();
        self.paused_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Moment {
        Moment {
            monotonic: Instant::now(),
            wall: self.wall(),
            passed: self.passed(),
        }
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap()
}

/// What the browser sees at one glance.
pub(crate) struct View {
    pub(crate) board: BoardSnapshot,
    pub(crate) age_ms: Option<u64>,
    pub(crate) at: Instant,
    uptime_ms: u64,
}

impl View {
    /// What is there now.
    pub(crate) async fn of(browser: &reqwest::Client, board: &str) -> Self {
        let response = browser.get(board).send().await.unwrap();
        let header = |name| {
            let value = response.headers().get(name)?;
            Some(value.to_str().unwrap().parse::<u64>().unwrap())
        };
        let (age_ms, uptime_ms) = (header(SNAPSHOT_AGE_HEADER), header(UPTIME_HEADER));
        Self {
            board: response.json().await.unwrap(),
            age_ms,
            at: Instant::now(),
            uptime_ms: uptime_ms.unwrap(),
        }
    }

    /// Nothing is the matter with anything.
    pub(crate) fn is_well(&self) -> bool {
        self.board.upstream.state == UpstreamState::Ok
            && self.board.upstream.cause.is_none()
            && !self.board.queues.is_empty()
            && self
                .board
                .queues
                .iter()
                .all(|tile| tile.cause.is_none() && tile.has_reading() && tile.waiting.is_some())
            && self
                .age_ms
                .is_some_and(|age_ms| u128::from(age_ms) < INTERVAL.as_millis() * 3 / 2)
    }

    /// When the server says that it tries again.
    pub(crate) fn next_try(&self) -> Option<Instant> {
        let at_ms = self.board.upstream.next_try_ms?;
        Some(self.at + Duration::from_millis(at_ms.saturating_sub(self.uptime_ms)))
    }
}

/// All of it; dropping it ends it.
pub(crate) struct World {
    pub(crate) truth: Arc<Truth>,
    pub(crate) control: Control,
    pub(crate) line: Line,
    pub(crate) clock: TestClock,
    machine: Machine,
    authority: Authority,
    browser: reqwest::Client,
    boards: String,
    shapes: &'static [Shape],
    glances: AtomicUsize,
    jump: Mutex<Option<Duration>>,
    serving: JoinHandle<anyhow::Result<()>>,
    tasks: [AbortHandle; 2],
    _simulator: Simulator,
}

impl Drop for World {
    fn drop(&mut self) {
        self.serving.abort();
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

impl World {
    /// A world in which nothing is wrong yet, to be made under paused time.
    pub(crate) async fn start(spoken: Spoken, is_encrypted: bool) -> Self {
        Self::of(spoken, is_encrypted, Options::default()).await
    }

    /// The same with a tenant of this kind, but for its rate limit: the server's own
    /// budget is what should hold it back.
    pub(crate) async fn of(spoken: Spoken, is_encrypted: bool, options: Options) -> Self {
        Self::with(spoken, is_encrypted, options, Vec::new()).await
    }

    /// The same with more boards, at which nobody looks.
    pub(crate) async fn with(
        spoken: Spoken,
        is_encrypted: bool,
        options: Options,
        more: Vec<BoardConfig>,
    ) -> Self {
        watch_for_panics();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let options = Options {
            rate_limit_per_minute: None,
            queues: QUEUES as usize,
            ..options
        };
        let simulator = Simulator::start(listener, options);
        let control = simulator.control();
        let clock = TestClock::new();
        let truth = Arc::new(Truth::new(control.clone(), clock.clone()));
        let authority = Authority::new();
        let (greeting, scheme) = if is_encrypted {
            (Greeting::Tls(authority.server(false)), "https")
        } else {
            (Greeting::Plain, "http")
        };
        let line = Line::start(simulator.address(), greeting).await;
        let base_url = format!("{scheme}://localhost:{}", line.port());
        let shapes = Shape::of(spoken);
        let boards = shapes.iter().map(|shape| shape.board(truth.ids()));
        let cxone = Settings {
            ca_certificates: CaCertificates::from_pem(authority.0.pem().as_bytes()).unwrap(),
            ..settings(spoken, &base_url, is_encrypted)
        };
        let machine = Machine {
            cxone,
            boards: boards.chain(more).collect(),
            clock: Arc::new(Watched::new(clock.clone())),
            names: Arc::new(Names::new()),
            kept: Kept::new(clock.clone()),
        };
        let (serving, address) = machine.serve().await;
        let tasks = [
            tokio::spawn(brake()).abort_handle(),
            tokio::spawn(Arc::clone(&truth).keep_turning()).abort_handle(),
        ];
        Self {
            truth,
            control,
            line,
            clock,
            machine,
            authority,
            browser: http_client(),
            boards: boards_at(address),
            shapes,
            glances: AtomicUsize::default(),
            jump: Mutex::default(),
            serving,
            tasks,
            _simulator: simulator,
        }
    }

    /// One glance at the main board, and now and then one at another.
    pub(crate) async fn look(&self) -> View {
        let glance = self.glances.fetch_add(1, Ordering::Relaxed);
        if glance.is_multiple_of(2) {
            self.look_at(self.shapes[glance / 2 % self.shapes.len()])
                .await;
        }
        self.look_at(Shape::Main).await
    }

    /// One glance at a board, of which every number is traced back.
    pub(crate) async fn look_at(&self, shape: Shape) -> View {
        let before = self.clock.truly();
        let board = format!("{}/{}", self.boards, shape.slug());
        let view = View::of(&self.browser, &board).await;
        self.truth.check(shape, &view.board, view.age_ms, before);
        view
    }

    /// The boards that there are, the main one first.
    pub(crate) fn shapes(&self) -> &'static [Shape] {
        self.shapes
    }

    /// The server's process ends at once, and another is started in its place.
    pub(crate) async fn restart(&mut self) {
        self.serving.abort();
        let _ = (&mut self.serving).await;
        let (serving, address) = self.machine.serve().await;
        self.serving = serving;
        self.boards = boards_at(address);
    }

    /// Does what a fault could not do at once.
    pub(crate) async fn settle(&self) {
        let jump = self.jump.lock().unwrap().take();
        if let Some(jump) = jump {
            tokio::time::advance(jump).await;
        }
    }

    /// Ends whatever is wrong; a clock stays as it was set.
    pub(crate) fn heal(&self, is_encrypted: bool) {
        self.machine.names.lead(Way::ToTheLine);
        self.line.heal();
        if is_encrypted {
            self.line.greet(Greeting::Tls(self.authority.server(false)));
        } else {
            self.line.greet_from_now_on(Greeting::Plain);
        }
        let ids = self.truth.ids().iter();
        ids.for_each(|id| self.control.restore(id));
    }

    /// Nobody listens any more.
    pub(crate) fn refuse(&self) {
        self.machine.names.lead(Way::ToNobody);
        self.line.cut();
    }

    /// The tenant's name leads nowhere.
    pub(crate) fn take_name_away(&self) {
        self.machine.names.lead(Way::Nowhere);
        self.line.cut();
    }

    /// The tenant's certificate is one that has expired.
    pub(crate) fn expire(&self) {
        self.line.greet(Greeting::Tls(self.authority.server(true)));
    }

    /// No token holds any more.
    pub(crate) fn sign_out(&self) {
        self.control.revoke_tokens();
        self.control.revoke_refresh_tokens();
    }

    /// The process stands still for so long.
    pub(crate) fn stop_for(&self, length: Duration) {
        *self.jump.lock().unwrap() = Some(length);
    }

    /// The server runs, has not panicked, and has asked no more than it may.
    pub(crate) fn check_conduct(&self) {
        assert!(!self.serving.is_finished(), "the server ended");
        let panics = PANICS.lock().unwrap();
        assert!(panics.is_empty(), "{panics:?}");
        let arrivals = self.line.arrivals();
        for window in arrivals.windows(BUDGET_PER_MINUTE + 1) {
            let span = window[BUDGET_PER_MINUTE] - window[0];
            assert!(span >= Duration::from_secs(60), "over the budget: {span:?}");
        }
        for (from, until) in self.line.holds() {
            let inside = arrivals.iter().find(|at| **at > from && **at < until);
            assert_eq!(inside, None, "asked before the pause was over");
        }
    }
}

fn boards_at(address: SocketAddr) -> String {
    format!("http://{address}/api/boards")
}

/// Lets paused time pass at most three hundred times as fast as the real one: what is on
/// its way between two sockets arrives before a time-out that is meant to be long. Worlds
/// on one runtime share one brake.
pub(crate) async fn brake() {
    const STEP: Duration = Duration::from_millis(40);
    thread_local! {
        static LATEST: Cell<Option<Instant>> = const { Cell::new(None) };
    }
    loop {
        sleep(STEP).await;
        let now = Instant::now();
        // An earlier runtime's paused time may be ahead of this one's.
        let is_due = |latest| now < latest || now - latest >= STEP;
        if LATEST.get().is_none_or(is_due) {
            LATEST.set(Some(now));
            std::thread::sleep(Duration::from_micros(130));
        }
    }
}

/// Panics of the product's own code, in whatever test.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn watch_for_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map(ToString::to_string);
            let place = place.filter(|place| place.contains("/src/") && !place.contains("tests/"));
            if let Some(place) = place {
                PANICS.lock().unwrap().push(place);
            }
            before(panic);
        }));
    });
}

/// A certificate authority that the server is told to trust.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn server(&self, is_expired: bool) -> Arc<rustls::ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        if is_expired {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let config =
            rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(
                    vec![certificate.der().clone()],
                    PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
                )
                .unwrap();
        Arc::new(config)
    }
}
