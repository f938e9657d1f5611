use std::{collections::HashMap, path::PathBuf};

use cxone::QueueSource;
use queuewall_shared::{
    level::{Judge, Judgement, Level, Metric, Thresholds},
    snapshot::{Cause, Queue, QueueState},
};
use queuewall_simulator::{DayArgs, TimeOfDay};
use serde_json::Value;
use tokio::{sync::oneshot, task::JoinHandle};

use super::*;
use crate::{
    clock::Clock as _,
    mapping,
    poller::{self, Poller},
    snapshot::Boards,
};

/// The demo's day, as it is without arguments.
const DAY: DayArgs = DayArgs {
    seed: 1,
    speed: 1.0,
    start: TimeOfDay::BUSY_MORNING,
    quirks: Vec::new(),
    all_quirks: false,
};

#[test]
fn the_demos_budget_allows_its_poll() {
    let ids: Vec<_> = (1..=24).map(|id| id.to_string()).collect();
    let base_url = BaseUrl::parse("http://127.0.0.1:1").unwrap();
    for name in [DemoDialect::ReportingV2, DemoDialect::Realtime] {
        allows_its_poll(name, &base_url, &ids);
    }
}

fn allows_its_poll(name: DemoDialect, base_url: &BaseUrl, ids: &[String]) {
    let dialect = dialect(name, base_url.clone());
    let is_realtime = matches!(dialect, Dialect::Realtime(_));
    assert_eq!(is_realtime, name == DemoDialect::Realtime);
    let config = config(SocketAddr::from(([127, 0, 0, 1], 0)), dialect, ids);
    let reads_a_minute = 60.0 / config.poll.interval.as_secs_f64();
    assert!(reads_a_minute * 2.0 <= config.poll.budget_per_minute as f64);
    assert!(config.cxone.total_timeout < config.poll.interval);
    let [all, second_level, groups] = config.boards.as_slice() else {
        panic!("{:?}", config.boards)
    };
    assert!(all.queues.is_empty());
    assert_eq!(second_level.queues.len(), 6);
    assert_eq!(groups.queues.len(), 24);
    let mut grouped: Vec<_> = groups.groups.iter().flat_map(|it| &it.queues).collect();
    let all_grouped = grouped.len();
    grouped.sort_unstable();
    grouped.dedup();
    assert_eq!((grouped.len(), all_grouped), (18, 18), "each in one group");
    for board in [all, second_level, groups] {
        assert_eq!(board.levels, Thresholds::default());
        // One read serves all boards.
        assert_eq!(board.skill_ids, all.skill_ids);
    }
}

/// Lets time pass at once. The clock runs on afterwards, so that no timer fires early while
/// a socket is waited for.
async fn skip(duration: Duration) {
    tokio::time::pause();
    tokio::time::advance(duration).await;
    tokio::time::resume();
}

async fn simulator(options: Options) -> Simulator {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    Simulator::start(listener, options)
}

fn source(simulator: &Simulator, name: DemoDialect) -> Arc<dyn QueueSource> {
    let base_url = BaseUrl::parse(&simulator.base_url()).unwrap();
    let ids = simulator.control().queue_ids();
    let config = config(
        SocketAddr::from(([127, 0, 0, 1], 0)),
        dialect(name, base_url),
        &ids,
    );
    let budget = Arc::new(RequestBudget::new(1_000));
    let clock = Arc::new(SystemClock);
    client::connect(config.cxone, None, &budget, clock, &Calls::default()).unwrap()
}

/// A queue's readings with what they are judged to be; `None` where it was left out.
type Course = [Option<(Queue, Judgement)>];

/// What the wall reads and judges in the first three minutes at the demo's interval.
async fn first_minutes(
    seed: u64,
    name: DemoDialect,
) -> HashMap<String, Vec<Option<(Queue, Judgement)>>> {
    let simulator = simulator(Options {
        seed,
        ..options(&DAY)
    })
    .await;
    let ids = simulator.control().queue_ids();
    let source = source(&simulator, name);
    let mut judges: HashMap<_, Judge> = HashMap::new();
    let mut seen: HashMap<String, Vec<Option<(Queue, Judgement)>>> = HashMap::new();
    for reading in 0..=18 {
        let answer = source.read_queues(&ids, &[]).await.unwrap();
        for id in &ids {
            let found = answer.queues.iter().find(|found| found.id == *id);
            let judged = found.map(|found| {
                let thresholds = Thresholds::default()
                    .with_media(mapping::media(found))
                    .with_goal(found.service_level_goal);
                let queue = mapping::queue(found);
                let judge = judges.entry(id.clone()).or_default();
                let judgement = judge.step(&queue, &thresholds, reading * 10_000);
                (queue, judgement)
            });
            seen.entry(id.clone()).or_default().push(judged);
        }
        skip(INTERVAL).await;
    }
    simulator.shutdown().await;
    seen
}

#[tokio::test]
async fn script_shows_four_states_within_three_minutes() {
    for seed in [1, 2, 3] {
        for name in [DemoDialect::ReportingV2, DemoDialect::Realtime] {
            let seen = first_minutes(seed, name).await;
            let case = format!("seed {seed}, {name:?}");
            let any =
                |is: &dyn Fn(&Course) -> bool| seen.values().filter(|course| is(course)).count();
            assert!(any(&is_critical_throughout) >= 1, "{case}: critical");
            assert!(any(&rises_to_a_warning) >= 1, "{case}: rising");
            assert!(any(&recovers) >= 1, "{case}: recovery");
            assert_eq!(any(&is_left_out_for_a_minute), 1, "{case}: left out");
            let left_out = |course: &[Option<_>]| course.iter().any(Option::is_none);
            assert_eq!(any(&|course| left_out(course)), 1, "{case}: left out");
            for (queue, judgement) in seen.values().flatten().flatten() {
                let agents = queue.agents.available;
                assert!(queue.waiting == Some(0) || agents == Some(0), "{queue:?}");
                assert!(judgement.level != Level::None || queue.agents.logged_on == Some(0));
            }
        }
    }
}

fn waiting(queue: &Queue) -> u64 {
    queue.waiting.unwrap_or_default()
}

/// Calls wait for more than two minutes, from the first minute on, and no agent is free.
fn is_critical_throughout(course: &Course) -> bool {
    let has_reason =
        |judgement: &Judgement, metric| judgement.reasons.iter().any(|it| it.metric == metric);
    let causes = |(queue, judgement): &(Queue, Judgement)| {
        let wait_ms = queue.average_wait_ms.or(queue.longest_wait_ms);
        waiting(queue) > 10
            && wait_ms.is_some_and(|wait_ms| wait_ms > 120_000)
            && queue.agents.available == Some(0)
            && has_reason(judgement, Metric::Waiting)
            && (has_reason(judgement, Metric::AverageWait)
                || has_reason(judgement, Metric::LongestWait))
    };
    let mut all = course.iter().flatten();
    all.all(|(_, judgement)| judgement.level == Level::Critical)
        && course[..=6].iter().flatten().any(causes)
}

/// Few calls wait at first, and more and more from then on, until that is a warning.
fn rises_to_a_warning(course: &Course) -> bool {
    let levels: Vec<_> = course.iter().flatten().collect();
    let warning = levels
        .iter()
        .position(|(_, judgement)| judgement.level > Level::Ok);
    let Some((queue, judgement)) = warning.map(|at| levels[at]) else {
        return false;
    };
    levels[0].1.level == Level::Ok
        && waiting(&levels[0].0) < 3
        && waiting(queue) >= 5
        && judgement.level == Level::Warning
        && judgement.reasons[0].metric == Metric::Waiting
}

/// At the start calls wait too long or too many; then, for half a minute, none does.
fn recovers(course: &Course) -> bool {
    let levels: Vec<_> = course.iter().flatten().map(|it| it.1.level).collect();
    let is_calm = |levels: &[Level]| levels.iter().all(|level| *level == Level::Ok);
    let waits = course[0].as_ref().is_some_and(|it| waiting(&it.0) >= 5);
    waits && levels[0] > Level::Ok && levels.windows(4).any(is_calm)
}

/// The readings around the gap are 70 s apart. After 30 s the tile is stale: for 40 s.
fn is_left_out_for_a_minute(course: &Course) -> bool {
    let missing: Vec<_> = (0..course.len())
        .filter(|reading| course[*reading].is_none())
        .collect();
    missing == [6, 7, 8, 9, 10, 11]
}

#[tokio::test]
async fn queue_left_out_by_the_script_is_not_read_and_not_unknown() {
    for name in [DemoDialect::ReportingV2, DemoDialect::Realtime] {
        let simulator = simulator(options(&DAY)).await;
        let base_url = BaseUrl::parse(&simulator.base_url()).unwrap();
        let ids = simulator.control().queue_ids();
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = config(listen, dialect(name, base_url), &ids);
        let board = BoardConfig {
            queues: ids.iter().map(QueueConfig::new).collect(),
            ..config.boards[0].clone()
        };
        let shown = vec![poller::identity(&board)];
        let shown = Arc::new(Boards::new(shown, "build".into(), SystemClock.now()));
        let poller = Poller::new(
            source(&simulator, name),
            Arc::new(RequestBudget::new(1_000)),
            Arc::new(SystemClock),
            config.poll,
            vec![board],
            Arc::clone(&shown),
        );
        let polls = tokio::spawn(poller.run());
        let mut left_out = 0;
        for _ in 0..=12 {
            // The read is over real sockets.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let published = shown.latest("main").unwrap();
            let queues = published.snapshot.queues.iter();
            let missing: Vec<_> = queues.filter(|queue| queue.cause_code.is_some()).collect();
            if let [queue] = missing.as_slice() {
                assert_eq!(queue.cause_code, Some(Cause::LeftOut), "{name:?}");
                assert!(queue.state == QueueState::Open && queue.lag_ms.is_some());
                left_out += 1;
            } else {
                assert!(missing.is_empty(), "{name:?}: {missing:?}");
            }
            skip(INTERVAL).await;
        }
        assert!(left_out >= 5, "{name:?}: {left_out}");
        polls.abort();
        simulator.shutdown().await;
    }
}

#[tokio::test]
async fn second_level_has_the_queues_that_its_constant_names() {
    let simulator = simulator(options(&DAY)).await;
    let ids = simulator.control().queue_ids();
    let ids: Vec<_> = SECOND_LEVEL.map(|place| ids[place].clone()).into();
    let answer = source(&simulator, DemoDialect::ReportingV2)
        .read_queues(&ids, &[])
        .await
        .unwrap();
    let names: Vec<_> = answer
        .queues
        .iter()
        .map(|queue| queue.name.as_deref().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "Technical Support",
            "Billing & Payments",
            "Claims",
            "Complaints",
            "Mortgage Desk",
            "Fraud Hotline"
        ]
    );
}

#[tokio::test]
async fn simulated_clock_follows_the_simulated_day() {
    for speed in [0.0, 1.0, 60.0] {
        let day = DayArgs { speed, ..DAY };
        let simulator = simulator(options(&day)).await;
        let control = simulator.control();
        skip(Duration::from_millis(1_500)).await;
        let clock = simulated_clock(&control, speed);
        skip(Duration::from_secs(600)).await;
        let off_ms = clock.at(600_000.0) - (MIDNIGHT_MS + control.simulated_ms()) as f64;
        assert!(off_ms.abs() <= 500.0 * speed, "{speed}: {off_ms}");
        let start_ms = (clock.epoch_ms - MIDNIGHT_MS) as f64;
        assert!((start_ms - 37_200_000.0 - 1_500.0 * speed).abs() <= 500.0 * speed);
    }
}

/// The demo's own start, and what it answers.
struct Running {
    url: String,
    folder: PathBuf,
    stop: oneshot::Sender<()>,
    served: JoinHandle<anyhow::Result<()>>,
}

impl Running {
    async fn start(dialect: DemoDialect, history_minutes: i64) -> Self {
        let args = DemoArgs {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            metrics_listen: None,
            dialect,
            day: DAY,
        };
        let demo = Demo::start(&args, history_minutes).await.ok().unwrap();
        let folder = demo.history.as_ref().unwrap().folder().to_owned();
        let listener = TcpListener::bind(args.listen).await.unwrap();
        let url = format!("http://{}/api/boards/main", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let stopped = async { drop(stopped.await) };
        let served = demo.run(|server| server.run(listener, stopped));
        Self {
            url,
            folder,
            stop,
            served: tokio::spawn(served),
        }
    }

    async fn get(&self, path: &str) -> Value {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// The board once it has numbers.
    async fn read(&self) -> Value {
        loop {
            let board = self.get("").await;
            if board["queues"][0]["waiting"].is_u64() {
                return board;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Calls waiting of a queue in the last minutes before the start.
    async fn waiting(&self, queue: &str, minutes: i64, step: i64) -> Vec<Value> {
        let start = MIDNIGHT_MS + i64::from(DAY.start.minute()) * 60_000;
        let from = start - minutes * 60_000;
        let query = format!("metrics=waiting&from={from}&to={start}&step={step}");
        let path = format!("/queues/{queue}/history?{query}");
        let answer = self.get(&path).await;
        answer["metrics"]["waiting"].as_array().unwrap().clone()
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.served.await.unwrap().unwrap();
        assert!(!self.folder.exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_has_lines_with_its_first_answer_that_lead_to_it() {
    for dialect in [DemoDialect::ReportingV2, DemoDialect::Realtime] {
        let demo = Running::start(dialect, 0).await;
        let board = demo.read().await;
        let trends = demo.get("/trends").await;
        let queues = board["queues"].as_array().unwrap();
        let trends = trends["queues"].as_array().unwrap();
        let mut leading = 0;
        for (queue, trend) in queues.iter().zip(trends) {
            assert_eq!(queue["id"], trend["id"]);
            let bins = trend["waiting_highest"].as_array().unwrap();
            assert!(bins.iter().all(Value::is_u64), "{trend}");
            assert!(trend["waiting_before"].is_u64(), "{trend}");
            leading += u32::from(bins[35].as_u64() >= queue["waiting"].as_u64());
        }
        let count = u32::try_from(queues.len()).unwrap();
        assert!(leading + 2 >= count, "{leading} of {count}");
        demo.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn history_before_the_demo_comes_after_its_first_answer() {
    const MINUTES: i64 = 5 * 60;
    let demo = Running::start(DemoDialect::ReportingV2, MINUTES).await;
    let board = demo.read().await;
    let queues = board["queues"].as_array().unwrap();
    let ids: Vec<_> = queues.iter().filter_map(|it| it["id"].as_str()).collect();
    assert!(demo.waiting(ids[0], MINUTES, 900).await[0].is_null());
    while !demo.waiting(ids[0], MINUTES, 60).await[0].is_number() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut leading = 0;
    for (id, queue) in ids.iter().zip(queues) {
        let minutes = demo.waiting(id, MINUTES, 60).await;
        assert_eq!(minutes.len(), 300);
        assert!(minutes.iter().all(Value::is_number), "{id}");
        leading += u32::from(minutes[299] == queue["waiting"]);
    }
    assert!(leading + 2 >= 24, "{leading}");
    demo.stop().await;
}
