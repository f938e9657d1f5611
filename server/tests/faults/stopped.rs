//! The program itself, stopped as a terminal or a container's freezer does it, and
//! continued: in real time, since a process that stands still has no other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use queuewall_simulator::{Options, Simulator};
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    line::{Act, At, Greeting, Line, http_client},
    matrix::number,
    program::{self, PATIENCE, Program},
    shapes::Shape,
    truth::Truth,
    world::{Spoken, TestClock, View},
};

/// How the program polls: as often as it may.
const INTERVAL: Duration = Duration::from_secs(5);

/// How often the browser looks.
const GLANCE: Duration = Duration::from_millis(500);

/// Less than an answer may take.
const WHILE_READING: Duration = Duration::from_secs(3);

/// When the program is stopped.
#[derive(Clone, Copy, Debug)]
enum Stopped {
    /// Between two polls.
    Idle,
    /// While it waits for an answer, which is there when it goes on, and by then is old.
    Reading,
}

/// A tenant, the line to it, and the program; the browser never looks away.
struct Stage {
    truth: Arc<Truth>,
    clock: TestClock,
    line: Line,
    program: Program,
    browser: reqwest::Client,
    board: String,
    _turning: JoinSet<()>,
    _simulator: Simulator,
    _folder: TempDir,
}

impl Stage {
    async fn start(spoken: Spoken) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let simulator = Simulator::start(listener, Options::default());
        let clock = TestClock::new();
        let truth = Arc::new(Truth::new(simulator.control(), clock.clone()));
        let line = Line::start(simulator.address(), Greeting::Plain).await;
        let folder = tempfile::tempdir().unwrap();
        let variables = variables(spoken, line.port(), &truth.ids().join(","));
        let place = folder.path().to_owned();
        let program = tokio::task::spawn_blocking(move || {
            let variables: Vec<_> = variables.iter().map(|(k, v)| (*k, v.as_str())).collect();
            Program::serve(&place, &variables)
        });
        let program = program.await.unwrap();
        let mut turning = JoinSet::new();
        turning.spawn(Arc::clone(&truth).keep_turning());
        Self {
            _turning: turning,
            board: format!("http://{}/api/boards/main", program.address),
            browser: http_client(),
            truth,
            clock,
            line,
            program,
            _simulator: simulator,
            _folder: folder,
        }
    }

    /// Looks until the program has assembled its boards for the first time: there is a
    /// moment before, in which they have no tiles.
    async fn look_until_assembled(&self) {
        let deadline = Instant::now() + PATIENCE;
        while View::of(&self.browser, &self.board)
            .await
            .board
            .poll_interval_ms
            == 0
        {
            assert!(Instant::now() < deadline, "no board is assembled");
            sleep(GLANCE).await;
        }
    }

    /// Looks until all numbers are fresh, and of this set or a later one.
    async fn look_until_fresh(&self, set: u64, within: Duration) {
        let deadline = Instant::now() + within;
        loop {
            let before = self.clock.truly();
            let view = View::of(&self.browser, &self.board).await;
            self.truth
                .check(Shape::Main, &view.board, view.age_ms, before);
            let sets = view
                .board
                .queues
                .iter()
                .map(|it| self.truth.set_of(Shape::Main, it));
            let is_new = sets.min().flatten().is_some_and(|shown| shown >= set);
            let age = view.age_ms.map(Duration::from_millis);
            if view.is_well() && is_new && age.is_some_and(|age| age < INTERVAL * 3 / 2) {
                return;
            }
            assert!(
                view.at < deadline,
                "not in time: {age:?}, {:?}",
                view.board.upstream
            );
            sleep(GLANCE).await;
        }
    }

    async fn stop(&self, stopped: Stopped) {
        match stopped {
            Stopped::Idle => self.program.signal("STOP"),
            Stopped::Reading => {
                let (id, is_done) = (self.program.id(), Arc::new(AtomicBool::new(false)));
                let done = Arc::clone(&is_done);
                self.line.change(At::Reads, move |_| {
                    if !done.load(Ordering::SeqCst) {
                        program::signal(id, "STOP");
                        done.store(true, Ordering::SeqCst);
                    }
                    Act::Pass
                });
                let deadline = Instant::now() + PATIENCE;
                while !is_done.load(Ordering::SeqCst) {
                    assert!(Instant::now() < deadline, "it does not read");
                    sleep(Duration::from_millis(20)).await;
                }
                self.line.heal();
            }
        }
        // A thread that runs on another processor stops a moment later.
        sleep(Duration::from_millis(200)).await;
    }
}

fn variables(spoken: Spoken, port: u16, ids: &str) -> Vec<(&'static str, String)> {
    let tenant = format!("http://127.0.0.1:{port}");
    let mut variables = match spoken {
        Spoken::ReportingV2 => vec![
            ("CXONE_BASE_URL", tenant),
            ("CXONE_TENANT_ID", "tenant".to_owned()),
        ],
        Spoken::Realtime => vec![
            ("CXONE_DIALECT", "realtime".to_owned()),
            ("CXONE_ISSUER", tenant),
            ("CXONE_ACCESS_KEY_ID", "key".to_owned()),
            ("CXONE_ACCESS_KEY_SECRET", "key-secret".to_owned()),
        ],
    };
    for (name, value) in [
        ("CXONE_CLIENT_ID", "client"),
        ("CXONE_CLIENT_SECRET", "secret"),
        ("TARGET_QUEUE_ID", ids),
        ("QUEUEWALL_LISTEN", "127.0.0.1:0"),
        ("QUEUEWALL_POLL_SECONDS", &INTERVAL.as_secs().to_string()),
        ("QUEUEWALL_BUDGET_PER_MINUTE", "60"),
    ] {
        variables.push((name, value.to_owned()));
    }
    variables
}

async fn stopped_and_continued(spoken: Spoken, stopped: Stopped, length: Duration) {
    let stage = Stage::start(spoken).await;
    stage.look_until_assembled().await;
    stage.look_until_fresh(0, PATIENCE).await;

    stage.stop(stopped).await;
    // A browser asks meanwhile, and the numbers change as soon as nobody reads them.
    let (browser, board) = (stage.browser.clone(), stage.board.clone());
    let asking = tokio::spawn(async move { View::of(&browser, &board).await });
    stage.truth.turn();
    sleep(length).await;
    assert!(!asking.is_finished(), "it stood still");

    let (set, continued) = (stage.truth.set(), stage.clock.truly());
    stage.program.signal("CONT");
    let view = asking.await.unwrap();
    stage
        .truth
        .check(Shape::Main, &view.board, view.age_ms, continued);
    let allowed = INTERVAL + Duration::from_secs(5);
    stage.look_until_fresh(set, allowed).await;
    let Stage { program, .. } = stage;
    let ending = tokio::task::spawn_blocking(|| program.end());
    ending.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_program_shows_true_ages_and_is_soon_fresh_again() {
    let length = Duration::from_secs(number("QUEUEWALL_STOP_SECONDS", 8));
    let mut runs = JoinSet::new();
    for spoken in Spoken::ALL {
        runs.spawn(stopped_and_continued(spoken, Stopped::Idle, length));
        let length = WHILE_READING;
        runs.spawn(stopped_and_continued(spoken, Stopped::Reading, length));
    }
    runs.join_all().await;
}
