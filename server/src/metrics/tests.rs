//! The whole page of metrics, over a source that holds a token and clocks that are
//! stepped; and that documentation, alerts and dashboard speak of metrics that exist.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Mutex,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use cxone::{QueueInfo, QueueReadings, TokenLife};
use queuewall_shared::{
    cause::Cause,
    report::Report,
    snapshot::{Board, Level, Queue, QueueState, ServiceLevel, Today, UpstreamState},
    tile_state::TileState,
};
use tokio::time::Instant;

use super::*;
use crate::{
    clock::Moment, history::HistoryMetrics, poller::BackOff, screens::DARK_AFTER, servers::Status,
};

/// A clock that stands until it is set.
struct Stepped(Mutex<Moment>);

impl Clock for Stepped {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap()
    }
}

/// Holds a token, once it has one.
#[derive(Default)]
struct SignedIn(Mutex<Option<TokenLife>>);

#[async_trait]
impl QueueSource for SignedIn {
    fn batch_limit(&self) -> usize {
        1
    }

    async fn read_queues(&self, _: &[String], _: &[String]) -> Result<QueueReadings, cxone::Error> {
        Ok(QueueReadings::default())
    }

    async fn list_queues(&self) -> Result<Vec<QueueInfo>, cxone::Error> {
        Ok(Vec::new())
    }

    async fn sign_in(&self) -> Result<(), cxone::Error> {
        Ok(())
    }

    fn token_life(&self) -> Option<TokenLife> {
        *self.0.lock().unwrap()
    }
}

struct Fixture {
    metrics: Metrics,
    measured: Measured,
    clock: Arc<Stepped>,
    source: Arc<SignedIn>,
}

impl Fixture {
    fn new() -> Self {
        let now = Moment {
            monotonic: Instant::now(),
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000),
            passed: Duration::ZERO,
        };
        let clock = Arc::new(Stepped(Mutex::new(now)));
        let source = Arc::new(SignedIn::default());
        let board = |slug: &str| Board {
            slug: slug.into(),
            ..Board::default()
        };
        let boards = Boards::new(vec![board("main"), board("second")], "7".into(), now);
        let measured = Measured {
            delivery: crate::alerts::Delivery::new(crate::alerts::Receivers::default(), None),
            servers: Some(Arc::new(Status::new(String::new()))),
            boards: Arc::new(boards),
            most_queues: 2,
            budget: Arc::new(RequestBudget::new(10)),
            calls: Calls::default(),
            source: source.clone(),
            polls: Polls::default(),
            reload: ReloadStatus::default(),
            access: Arc::new(Guard::open()),
            tls: None,
            requests: Requests::default(),
            connections: ConnectionMetrics::default(),
            screens: Arc::new(ScreenRegistry::new(DARK_AFTER)),
            clock: clock.clone(),
            history: Some(HistoryMetrics::default()),
        };
        Self {
            metrics: Metrics::new(measured.clone()),
            measured,
            clock,
            source,
        }
    }

    fn pass(&self, seconds: u64) {
        let by = Duration::from_secs(seconds);
        let mut now = self.clock.0.lock().unwrap();
        (now.monotonic, now.wall) = (now.monotonic + by, now.wall + by);
    }

    fn text(&self) -> String {
        self.metrics.write(Format::Prometheus).unwrap()
    }

    /// The value of a sample, by its whole name.
    fn value(&self, sample: &str) -> Option<f64> {
        let text = self.text();
        let line = text.lines().find_map(|line| line.strip_prefix(sample))?;
        line.strip_prefix(' ')?.parse().ok()
    }
}

/// Every metric's name and type.
fn families() -> BTreeMap<String, String> {
    let text = Fixture::new().text();
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types
        .map(|line| line.split_once(' ').unwrap())
        .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_is_not_there() {
    let fixture = Fixture::new();
    for absent in [
        "queuewall_snapshot_age_seconds{board=\"main\"}",
        "queuewall_upstream_token_age_seconds",
        "queuewall_upstream_token_remaining_seconds",
    ] {
        assert_eq!(fixture.value(absent), None, "{absent}");
    }
    let down = "queuewall_board_upstream_state{board=\"main\",state=\"down\"}";
    assert_eq!(fixture.value(down), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn ages_are_those_of_the_moment() {
    let fixture = Fixture::new();
    let now = fixture.clock.now();
    let boards = &fixture.measured.boards;
    let mut snapshot = boards.latest("main").unwrap().snapshot.clone();
    snapshot.upstream.state = UpstreamState::Degraded;
    snapshot.upstream.cause_code = Some(Cause::SignInRejected);
    boards.publish(snapshot.clone(), Some(now));
    boards.publish(snapshot, Some(now));
    let _ = boards.latest("main").unwrap().encoded();
    let _ = boards.latest("main").unwrap().encoded();
    *fixture.source.0.lock().unwrap() = Some(TokenLife {
        asked_at: now,
        life: Duration::from_secs(3_600),
    });
    fixture.pass(600);
    for (sample, value) in [
        ("queuewall_snapshot_age_seconds{board=\"main\"}", 600.0),
        ("queuewall_upstream_token_age_seconds", 600.0),
        ("queuewall_upstream_token_remaining_seconds", 3_000.0),
        (
            "queuewall_board_upstream_state{board=\"main\",state=\"degraded\"}",
            1.0,
        ),
        (
            "queuewall_board_upstream_state{board=\"main\",state=\"down\"}",
            0.0,
        ),
        (
            "queuewall_board_upstream_trouble{board=\"main\",cause=\"sign_in_rejected\"}",
            1.0,
        ),
        ("queuewall_snapshot_encode_seconds_count", 1.0),
        ("process_start_time_seconds", 1_000_000.0),
        ("queuewall_build_info{version=\"0.1.0\",build=\"7\"}", 1.0),
    ] {
        assert_eq!(fixture.value(sample), Some(value), "{sample}");
    }
    let other = "queuewall_snapshot_age_seconds{board=\"second\"}";
    assert_eq!(fixture.value(other), None);
    fixture.pass(9_000);
    let left = "queuewall_upstream_token_remaining_seconds";
    assert_eq!(fixture.value(left), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn board_queues_are_counted_by_the_state_of_their_tiles() {
    let fixture = Fixture::new();
    let now = fixture.clock.now();
    let boards = &fixture.measured.boards;
    let mut snapshot = boards.latest("main").unwrap().snapshot.clone();
    snapshot.poll_interval_ms = 30_000;
    let queue = |state, lag_ms| Queue {
        state,
        lag_ms,
        ..Queue::default()
    };
    snapshot.queues = vec![
        queue(QueueState::Open, Some(0)),
        queue(QueueState::Open, Some(20_000)),
        queue(QueueState::Open, Some(100_000)),
        queue(QueueState::Closed, Some(0)),
        queue(QueueState::Unknown, None),
        queue(QueueState::NotFound, None),
        queue(QueueState::Forbidden, None),
    ];
    boards.publish(snapshot, Some(now));
    fixture.pass(30);
    let count = |state: &str| {
        let sample = format!("queuewall_board_queues{{board=\"main\",state=\"{state}\"}}");
        fixture.value(&sample)
    };
    for tile_state in TileState::ALL {
        assert_eq!(count(tile_state.as_str()), Some(1.0), "{tile_state:?}");
    }
    // Nothing is read any more: no scrape says that all is well.
    fixture.pass(60);
    assert_eq!(
        [count("fresh"), count("ageing"), count("stale")],
        [Some(0.0), Some(1.0), Some(2.0)]
    );
    fixture.pass(10);
    assert_eq!([count("closed"), count("stale")], [Some(0.0), Some(4.0)]);
}

/// The samples of the queues of `main` by metric and queue.
fn of_queues(text: &str) -> BTreeMap<String, f64> {
    let samples = text.lines().filter_map(|line| {
        let (name, rest) = line
            .strip_prefix("queuewall_queue_")?
            .split_once("{board=\"main\",queue=\"")?;
        let (queue, value) = rest.split_once("\"} ")?;
        (name != "info").then_some(())?;
        Some((format!("{name} {queue}"), value.parse().unwrap()))
    });
    samples.collect()
}

/// A queue with each kind of number: now and today.
fn queue(id: &str) -> Queue {
    Queue {
        id: id.into(),
        name: format!("{id} \"A\\B\""),
        state: QueueState::Open,
        lag_ms: Some(0),
        level: Level::Warning,
        waiting: Some(7),
        longest_wait_ms: Some(61_500),
        service_level: ServiceLevel {
            percent: Some(87.5),
            sample: Some(8),
            ..ServiceLevel::default()
        },
        today: Some(Today {
            offered: Some(90),
            ..Today::default()
        }),
        ..Queue::default()
    }
}

#[tokio::test(start_paused = true)]
async fn queue_metrics_are_absent_once_stale_each_by_its_age() {
    let fixture = Fixture::new();
    let now = fixture.clock.now();
    let boards = &fixture.measured.boards;
    let mut snapshot = boards.latest("main").unwrap().snapshot.clone();
    snapshot.poll_interval_ms = 30_000;
    snapshot.today_interval_ms = Some(60_000);
    let unread = Queue {
        state: QueueState::Unknown,
        ..Queue::default()
    };
    snapshot.queues = vec![queue("1"), unread, queue("3")];
    boards.publish(snapshot, Some(now));
    let text = fixture.text();
    let live = [
        ("level 1", 1.0),
        ("longest_wait_seconds 1", 61.5),
        ("offered 1", 90.0),
        ("service_level_ratio 1", 0.875),
        ("service_level_sample 1", 8.0),
        ("waiting 1", 7.0),
    ];
    let expected = BTreeMap::from(live.map(|(name, value)| (name.to_owned(), value)));
    assert_eq!(
        of_queues(&text),
        expected,
        "the third is beyond the two of the fixture"
    );
    let info = "queuewall_queue_info{board=\"main\",queue=\"1\",name=\"1 \\\"A\\\\B\\\"\"} 1.0";
    assert!(text.contains(info), "{text}");
    let left_out = "queuewall_queues_without_metrics";
    assert_eq!(fixture.value(left_out), Some(1.0));
    // The live numbers are stale, and today's are not yet.
    fixture.pass(91);
    let today: Vec<_> = of_queues(&fixture.text()).into_keys().collect();
    assert_eq!(today, ["offered 1"]);
    fixture.pass(100);
    assert_eq!(of_queues(&fixture.text()), BTreeMap::new());
}

#[tokio::test(start_paused = true)]
async fn queue_metrics_are_off_at_zero() {
    let mut fixture = Fixture::new();
    fixture.measured.most_queues = 0;
    let metrics = Metrics::new(fixture.measured.clone());
    let text = metrics.write(Format::Prometheus).unwrap();
    assert!(!text.contains("queuewall_queue_"), "{text}");
}

/// Half of a board may be missing while its state is ok: the alert asks for its tiles.
#[test]
fn alert_on_missing_queues_names_states_that_exist() {
    let file = repository("deploy/prometheus-alerts.yml");
    let alert = file
        .split("- alert: ")
        .find(|alert| alert.starts_with("QueuewallQueuesMissing"));
    let (_, states) = alert.unwrap().split_once("state=~\"").unwrap();
    let (states, _) = states.split_once('"').unwrap();
    let states: BTreeSet<_> = states.split('|').collect();
    let uncounted = TileState::ALL
        .into_iter()
        .filter(|tile_state| !tile_state.counts());
    assert_eq!(states, uncounted.map(TileState::as_str).collect());
}

#[tokio::test(start_paused = true)]
async fn the_budget_and_the_back_off_are_those_of_the_moment() {
    let fixture = Fixture::new();
    let budget = &fixture.measured.budget;
    drop(budget.acquire().await);
    drop(budget.acquire().await);
    let used = "queuewall_upstream_budget_used_requests";
    assert_eq!(fixture.value(used), Some(2.0));
    let limit = "queuewall_upstream_budget_requests";
    assert_eq!(fixture.value(limit), Some(10.0));
    let wait = "queuewall_upstream_budget_wait_seconds";
    assert_eq!(fixture.value(wait), Some(0.0));
    budget.hold_off(Duration::from_secs(30));
    assert_eq!(fixture.value(wait), Some(30.0));

    let (failures, back_off) = (
        "queuewall_upstream_consecutive_failures",
        "queuewall_upstream_back_off_seconds",
    );
    assert_eq!(fixture.value(failures), Some(0.0));
    assert_eq!(fixture.value(back_off), Some(0.0));
    let until = fixture.clock.now().monotonic + Duration::from_secs(8);
    fixture.measured.polls.hold_back(BackOff {
        failures: 4,
        until: Some(until),
    });
    assert_eq!(fixture.value(failures), Some(4.0));
    assert_eq!(fixture.value(back_off), Some(8.0));
}

#[tokio::test(start_paused = true)]
async fn screens_are_counted_by_state_with_bounded_label_sets() {
    let fixture = Fixture::new();
    let hear = |name: &str| {
        let header = format!("page=a; name={name}; errors=3");
        let report = Report::parse(&header).unwrap();
        let now = fixture.clock.now();
        fixture
            .measured
            .screens
            .heard(&report, "main", None, None, now);
    };
    hear("first");
    let unnamed = Report::parse("page=b").unwrap();
    let now = fixture.clock.now();
    fixture
        .measured
        .screens
        .heard(&unnamed, "main", None, None, now);
    fixture.pass(60);
    (0..NAMED_SCREENS + 50).for_each(|number| hear(&format!("x{number}")));
    for (sample, value) in [
        ("queuewall_screens{state=\"dark\"}", 2.0),
        ("queuewall_screens{state=\"live\"}", 250.0),
        (
            "queuewall_screen_last_seen_age_seconds{screen=\"first\",board=\"main\"}",
            60.0,
        ),
        (
            "queuewall_screen_errors{screen=\"first\",board=\"main\"}",
            3.0,
        ),
    ] {
        assert_eq!(fixture.value(sample), Some(value), "{sample}");
    }
    let text = fixture.text();
    let of_one = |name: &str| text.matches(&format!("{name}{{screen=")).count();
    assert_eq!(
        of_one("queuewall_screen_last_seen_age_seconds"),
        NAMED_SCREENS
    );
    assert_eq!(of_one("queuewall_screen_errors"), NAMED_SCREENS);
}

#[tokio::test(start_paused = true)]
async fn both_formats_say_the_same() {
    let fixture = Fixture::new();
    // By name alone: the two order labels differently.
    let samples = |format| {
        let text = fixture.metrics.write(format).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let mut counts = BTreeMap::<String, usize>::new();
        for line in lines {
            let name = line.split(['{', ' ']).next().unwrap();
            *counts.entry(name.to_owned()).or_default() += 1;
        }
        counts
    };
    assert_eq!(samples(Format::OpenMetrics), samples(Format::Prometheus));
}

fn repository(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of ours in a text.
fn names_in(text: &str) -> BTreeSet<String> {
    let is_word = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let words = text.split(|it: char| !is_word(it));
    let is_ours = |word: &&str| word.starts_with("queuewall_") || word.starts_with("process_");
    words.filter(is_ours).map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn the_documentation_has_every_metric_and_no_other() {
    let text = repository("docs/operating.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = rows.filter_map(|row| row.split(" | ").next());
    let documented = names.flat_map(names_in).collect::<BTreeSet<_>>();
    let there: BTreeSet<_> = families().into_keys().collect();
    assert_eq!(documented, there);
}

#[tokio::test(start_paused = true)]
async fn alerts_and_dashboard_ask_for_metrics_that_exist() {
    let families = families();
    for file in [
        "deploy/prometheus-alerts.yml",
        "deploy/grafana-dashboard.json",
    ] {
        let names = names_in(&repository(file));
        assert!(names.len() > 5, "{file}: {names:?}");
        for name in names {
            let of_histogram = ["_bucket", "_sum", "_count"].iter().any(|part| {
                let base = name.strip_suffix(part);
                base.and_then(|base| families.get(base))
                    .is_some_and(|kind| kind == "histogram")
            });
            let is_alone = families.get(&name).is_some_and(|kind| kind != "histogram");
            assert!(of_histogram || is_alone, "{file}: {name}");
        }
    }
}

#[test]
fn the_dashboard_is_json_with_panels_that_ask_something() {
    let dashboard: serde_json::Value =
        serde_json::from_str(&repository("deploy/grafana-dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.len() >= 8);
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        assert!(panel["title"].is_string(), "{panel}");
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty(), "{panel}");
        for target in targets {
            let expr = target["expr"].as_str().unwrap();
            assert!(!expr.is_empty());
            // Every server of a job has the same screens.
            let is_once = !expr.contains("queuewall_screen") || expr.contains(" by (job");
            assert!(is_once, "{expr}");
        }
    }
}

/// Every server of a job has the same screens.
#[test]
fn alerts_on_screens_fire_once_for_all_servers() {
    let file = repository("deploy/prometheus-alerts.yml");
    let alerts = file.split("- alert: ").skip(1);
    let on_screens: Vec<_> = alerts
        .filter(|it| it.contains("queuewall_screen"))
        .collect();
    assert_eq!(on_screens.len(), 3);
    for alert in on_screens {
        let (_, expr) = alert.split_once("expr: ").unwrap();
        let by_job = ["count by (job) (", "max by (job) ("];
        assert!(by_job.iter().any(|it| expr.starts_with(it)), "{alert}");
        assert!(!alert.contains("instance"), "{alert}");
    }
}

#[test]
fn each_alert_says_for_how_long_how_bad_and_what_to_do() {
    let file = repository("deploy/prometheus-alerts.yml");
    let mut alerts = file.split("- alert: ").skip(1).peekable();
    assert!(alerts.peek().is_some());
    for alert in alerts {
        for part in ["expr:", "for:", "severity:", "summary:", "description:"] {
            assert_eq!(alert.matches(part).count(), 1, "{part} in {alert}");
        }
    }
}
