//! The poller against a scripted source, under paused time.

mod changes;
mod clocks;
mod counts;
mod levels;
mod times;

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Mutex,
    time::SystemTime,
};

use async_trait::async_trait;
use axum::http::HeaderValue;
use cxone::{QueueInfo, QueueList, QueueReading, Shortfall};
use queuewall_shared::{
    cause::Cause,
    snapshot::{BoardSnapshot, QueueState, UpstreamState},
};

use super::*;
use crate::{
    board::QueueConfig,
    clock::{Moment, Watched},
    logging::tests::Said,
};

const POLL: Duration = Duration::from_secs(30);

/// Answers from a script and remembers what it was asked.
struct Scripted {
    budget: Arc<RequestBudget>,
    clock: Arc<dyn Clock>,
    script: Mutex<Script>,
}

#[derive(Default)]
struct Script {
    waiting: BTreeMap<String, u64>,
    /// What a reading holds beside its id, name and calls waiting.
    beside: QueueReading,
    dead: BTreeSet<String>,
    left_out: BTreeSet<String>,
    /// Not dead, but answered to be unknown.
    unknown: BTreeSet<String>,
    /// Listed, and not for boards of every queue.
    hidden: BTreeSet<String>,
    /// How many queues a page of the list has; 0 for all.
    page: usize,
    /// What the list lacks.
    shortfall: Option<Shortfall>,
    /// How long a read takes, from its first question to its answer.
    takes: Duration,
    /// The same of the queue list.
    takes_list: Duration,
    /// Requests that a read takes beyond the first.
    more_requests: usize,
    unlisted: BTreeSet<String>,
    failure: Option<cxone::Error>,
    list_failure: Option<cxone::Error>,
    reads: Vec<(Instant, Vec<String>, Vec<String>)>,
    /// When each request was let through.
    asked: Vec<Instant>,
    lists: usize,
}

#[async_trait]
impl QueueSource for Scripted {
    fn batch_limit(&self) -> usize {
        100
    }

    fn requests_per_read(&self) -> usize {
        1 + self.script.lock().unwrap().more_requests
    }

    async fn read_queues(
        &self,
        ids: &[String],
        skills: &[String],
    ) -> Result<QueueReadings, cxone::Error> {
        let _permit = self.budget.acquire().await;
        let (asked_at, takes) = (self.clock.now(), self.script.lock().unwrap().takes);
        self.script.lock().unwrap().asked.push(asked_at.monotonic);
        tokio::time::sleep(takes).await;
        let mut script = self.script.lock().unwrap();
        script
            .reads
            .push((Instant::now(), ids.to_vec(), skills.to_vec()));
        if let Some(failure) = &script.failure {
            return Err(failure.clone());
        }
        if ids.iter().any(|id| script.dead.contains(id)) {
            return Err(cxone::Error::QueueNotFound { ids: ids.to_vec() });
        }
        let (unknown, known): (Vec<&String>, Vec<&String>) =
            ids.iter().partition(|id| script.unknown.contains(*id));
        let answered = (known.into_iter()).filter(|id| !script.left_out.contains(*id));
        let reading = |id: &String| QueueReading {
            id: id.clone(),
            name: Some(format!("Queue {id}")),
            waiting: script.waiting.get(id).copied(),
            ..script.beside.clone()
        };
        Ok(QueueReadings {
            queues: answered.map(reading).collect(),
            unknown: unknown.into_iter().cloned().collect(),
            asked_at: (!takes.is_zero()).then_some(asked_at),
            // Of the whole tenant, as CXone answers.
            digest: script.beside.source_time.map(|_| {
                let mut hasher = DefaultHasher::new();
                format!("{:?}{:?}", script.waiting, script.beside).hash(&mut hasher);
                hasher.finish()
            }),
            ..QueueReadings::default()
        })
    }

    async fn list_queues(&self) -> Result<Vec<QueueInfo>, cxone::Error> {
        let _permit = self.budget.acquire().await;
        let takes = self.script.lock().unwrap().takes_list;
        tokio::time::sleep(takes).await;
        let mut script = self.script.lock().unwrap();
        script.lists += 1;
        script.asked.push(Instant::now());
        if let Some(failure) = &script.list_failure {
            return Err(failure.clone());
        }
        let living = script
            .waiting
            .keys()
            .filter(|id| !script.dead.contains(*id) && !script.unlisted.contains(*id));
        let listed: Vec<_> = living
            .map(|id| QueueInfo {
                id: id.clone(),
                name: Some(format!("Queue {id}")),
                left_out: script
                    .hidden
                    .contains(id)
                    .then_some(cxone::LeftOut::Inactive),
                ..QueueInfo::default()
            })
            .collect();
        if listed.is_empty() {
            return Err(cxone::Error::NothingVisible {
                remedy: cxone::Remedy::VisibleQueues,
            });
        }
        Ok(listed)
    }

    async fn list_page(&self, list: &mut QueueList) -> Result<(), cxone::Error> {
        let all = self.list_queues().await?;
        let (page, shortfall) = {
            let script = self.script.lock().unwrap();
            (script.page, script.shortfall)
        };
        let known = list.queues.len();
        if page == 0 || known + page >= all.len() {
            *list = QueueList::complete(all, shortfall);
        } else {
            list.add_page(all[known..known + page].to_vec());
        }
        Ok(())
    }

    async fn sign_in(&self) -> Result<(), cxone::Error> {
        Ok(())
    }
}

/// All clocks move together, until the machine sleeps or somebody sets one.
#[derive(Clone)]
struct TestClock {
    start: Instant,
    /// What the wall clock is ahead of the monotonic one.
    ahead: Arc<Mutex<Duration>>,
    /// How long the machine slept, as far as it knows.
    slept: Arc<Mutex<Duration>>,
}

impl Clock for TestClock {
    fn now(&self) -> Moment {
        let monotonic = Instant::now();
        let (ahead, slept) = (*self.ahead.lock().unwrap(), *self.slept.lock().unwrap());
        Moment {
            monotonic,
            wall: SystemTime::UNIX_EPOCH + ahead + (monotonic - self.start),
            passed: slept + (monotonic - self.start),
        }
    }
}

struct Bench {
    source: Arc<Scripted>,
    boards: Arc<Boards>,
    clock: TestClock,
    changes: watch::Sender<Live>,
    polls: Polls,
}

impl Bench {
    /// A poller over one board of `ids` (none: all), running.
    fn start(ids: &[String], script: Script, budget_per_minute: usize) -> Self {
        Self::start_boards(vec![board("main", ids)], script, budget_per_minute)
    }

    fn start_boards(
        configured: Vec<BoardConfig>,
        script: Script,
        budget_per_minute: usize,
    ) -> Self {
        let budget = Arc::new(RequestBudget::new(budget_per_minute));
        let told = TestClock {
            start: Instant::now(),
            ahead: Arc::new(Mutex::new(Duration::from_secs(1_767_607_200))),
            slept: Arc::default(),
        };
        let clock = Arc::new(Watched::new(told.clone()));
        let source = Arc::new(Scripted {
            budget: Arc::clone(&budget),
            clock: clock.clone(),
            script: Mutex::new(script),
        });
        let boards = Arc::new(Boards::new(
            configured.iter().map(identity).collect(),
            "build".into(),
            clock.now(),
        ));
        let poll = PollConfig {
            interval: POLL,
            budget_per_minute,
        };
        let (changes, followed) = watch::channel(live(configured.clone()));
        let poller = Poller::new(
            Arc::clone(&source) as Arc<dyn QueueSource>,
            budget,
            clock,
            poll,
            configured,
            Arc::clone(&boards),
        );
        let polls = poller.polls().clone();
        tokio::spawn(poller.reconfigured_by(followed).run());
        Self {
            source,
            boards,
            clock: told,
            changes,
            polls,
        }
    }

    fn script<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.source.script.lock().unwrap())
    }

    fn latest(&self) -> BoardSnapshot {
        self.board("main")
    }

    fn board(&self, slug: &str) -> BoardSnapshot {
        self.boards.latest(slug).unwrap().snapshot.clone()
    }

    fn tag(&self) -> HeaderValue {
        let published = self.boards.latest("main").unwrap();
        published.encoded().raw.etag.clone()
    }

    /// Sets the calls waiting of a queue.
    fn wait(&self, id: &str, calls: u64) {
        self.script(|script| script.waiting.insert(id.to_owned(), calls));
    }

    fn states(&self) -> Vec<QueueState> {
        self.latest()
            .queues
            .iter()
            .map(|queue| queue.state)
            .collect()
    }

    fn reads(&self) -> usize {
        self.script(|script| script.reads.len())
    }
}

fn live(boards: Vec<BoardConfig>) -> Live {
    Live {
        boards,
        interval: POLL,
        hosts: Vec::new(),
    }
}

fn board(slug: &str, ids: &[String]) -> BoardConfig {
    BoardConfig {
        slug: slug.into(),
        title: slug.into(),
        queues: ids.iter().map(QueueConfig::new).collect(),
        ..BoardConfig::default()
    }
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("{index:03}")).collect()
}

fn all_waiting(ids: &[String]) -> Script {
    Script {
        waiting: ids.iter().map(|id| (id.clone(), 3)).collect(),
        ..Script::default()
    }
}

async fn after(duration: Duration) {
    tokio::time::sleep(duration + Duration::from_millis(10)).await;
}

/// Tried again an interval later, and not after a random time.
fn bad_request() -> cxone::Error {
    cxone::Error::BadRequest {
        status: 400,
        remedy: cxone::Remedy::ApiClient,
    }
}

fn server_error() -> cxone::Error {
    cxone::Error::ServerError {
        status: 503,
        retry_after: None,
    }
}

#[tokio::test(start_paused = true)]
async fn a_reading_reaches_the_board_and_is_repeated_every_interval() {
    let ids = ids(3);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::ZERO).await;
    let first = bench.latest();
    assert_eq!(first.upstream.state, UpstreamState::Ok);
    assert_eq!(first.totals.waiting, Some(9));
    assert_eq!(first.queues[0].name, "Queue 000");
    assert_eq!(
        (&first.queues[0].cause, first.queues[0].cause_code),
        (&None, None)
    );
    assert_eq!(first.poll_interval_ms, 30_000);

    // Until the trend is full, every minute adds to it.
    after(Duration::from_secs(30 * 60)).await;
    let reads = bench.reads();
    let tag = bench.tag();
    after(Duration::from_secs(300)).await;
    assert_eq!(bench.reads(), reads + 10);
    assert_eq!(bench.tag(), tag, "nothing changed: same bytes");

    bench.wait("001", 7);
    after(POLL).await;
    assert_eq!(bench.latest().queues[1].waiting, Some(7));
}

#[tokio::test(start_paused = true)]
async fn a_failed_read_keeps_the_readings_until_they_are_stale() {
    let ids = ids(2);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::ZERO).await;
    bench.script(|script| script.failure = Some(server_error()));
    after(POLL + Duration::from_secs(1)).await;
    let failing = bench.latest();
    assert_eq!(failing.upstream.state, UpstreamState::Degraded);
    assert_eq!(failing.queues[0].waiting, Some(3));
    assert_eq!(
        failing.queues[0].cause.as_deref(),
        Some("CXone is in trouble")
    );
    assert_eq!(failing.totals.counted, 2);

    after(Duration::from_secs(65)).await;
    let stale = bench.latest();
    assert_eq!(stale.upstream.state, UpstreamState::Down);
    assert_eq!((stale.totals.counted, stale.totals.waiting), (0, None));
    assert_eq!(
        stale.queues[0].waiting,
        Some(3),
        "the last reading is kept, with its age"
    );

    bench.script(|script| script.failure = None);
    after(POLL + Duration::from_secs(60)).await;
    assert_eq!(bench.latest().upstream.state, UpstreamState::Ok);
}

#[tokio::test(start_paused = true)]
async fn a_forbidden_queue_shows_no_number() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::ZERO).await;
    bench.script(|script| {
        script.failure = Some(cxone::Error::Forbidden {
            remedy: cxone::Remedy::QueueScope,
        })
    });
    after(POLL).await;
    assert_eq!(bench.states(), [QueueState::Forbidden]);
    assert_eq!(bench.latest().queues[0].waiting, None);
}

#[tokio::test(start_paused = true)]
async fn a_queue_left_out_of_the_answer_says_so() {
    let ids = ids(2);
    let mut script = all_waiting(&ids);
    script.left_out.insert("001".into());
    let bench = Bench::start(&ids, script, 10);
    after(Duration::ZERO).await;
    let latest = bench.latest();
    assert_eq!(bench.states(), [QueueState::Open, QueueState::Unknown]);
    assert_eq!(
        latest.queues[1].cause.as_deref(),
        Some("CXone left this queue out of its answer")
    );
    assert_eq!(
        latest.upstream.state,
        UpstreamState::Ok,
        "the batch was read"
    );
}

#[tokio::test(start_paused = true)]
async fn cause_without_failure_is_first_answer_or_all_left_out() {
    let ids = ids(1);
    let mut script = all_waiting(&ids);
    script.takes = Duration::from_secs(20);
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(2)).await;
    let cause = || bench.latest().upstream.cause_code;
    assert_eq!(cause(), Some(Cause::FirstAnswer));
    after(Duration::from_secs(20)).await;
    assert_eq!(cause(), None);
    bench.script(|script| script.left_out.insert("000".into()));
    after(POLL * 5).await;
    assert_eq!(cause(), Some(Cause::AllLeftOut));
}

#[tokio::test(start_paused = true)]
async fn one_dead_id_costs_one_tile_found_by_the_queue_list() {
    let ids = ids(100);
    let mut script = all_waiting(&ids);
    script.dead.insert("042".into());
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(1)).await;
    let found: Vec<String> = bench
        .latest()
        .queues
        .iter()
        .filter(|queue| queue.state == QueueState::NotFound)
        .map(|queue| queue.id.clone())
        .collect();
    assert_eq!(found, ["042"]);
    assert_eq!(bench.latest().totals.counted, 99);
    assert_eq!(
        bench.script(|script| (script.reads.len(), script.lists)),
        (3, 1)
    );

    // Left out of the batches, and tried alone after ten minutes.
    after(Duration::from_secs(590)).await;
    let with_it = |script: &mut Script| {
        script
            .reads
            .iter()
            .filter(|(_, ids, _)| ids.contains(&"042".into()))
            .count()
    };
    assert_eq!(bench.script(with_it), 2);
    bench.script(|script| script.dead.clear());
    after(Duration::from_secs(20)).await;
    assert_eq!(bench.latest().totals.counted, 100, "it came back");
}

#[tokio::test(start_paused = true)]
async fn unknown_id_is_found_by_halving_when_the_list_fails() {
    let ids = ids(100);
    let mut script = all_waiting(&ids);
    script.dead.insert("077".into());
    script.list_failure = Some(cxone::Error::Forbidden {
        remedy: cxone::Remedy::QueueScope,
    });
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(150)).await;
    assert_eq!(
        bench
            .states()
            .iter()
            .filter(|state| **state == QueueState::NotFound)
            .count(),
        1
    );
    assert_eq!(bench.latest().totals.counted, 99);
    let times: Vec<Instant> =
        bench.script(|script| script.reads.iter().map(|(at, ..)| *at).collect());
    for window in times.windows(11) {
        assert!(window[10] - window[0] >= Duration::from_secs(60));
    }
}

#[tokio::test(start_paused = true)]
async fn board_asks_for_ids_and_tenant_when_all_ids_are_dead() {
    let ids = ids(8);
    let mut script = all_waiting(&ids);
    script.dead = ids.iter().cloned().collect();
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(240)).await;
    assert!(
        bench
            .states()
            .iter()
            .all(|state| *state == QueueState::NotFound)
    );
    let cause = bench.latest().upstream.cause.unwrap();
    assert!(cause.contains("ids") && cause.contains("tenant"), "{cause}");
    bench.script(|script| script.dead.clear());
    after(POLL + Duration::from_secs(5)).await;
    assert_eq!(bench.latest().totals.counted, 8);
}

#[tokio::test(start_paused = true)]
async fn many_queues_are_read_in_turn_within_the_budget() {
    let ids = ids(1_000);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::from_secs(60)).await;
    assert_eq!(bench.latest().totals.counted, 1_000);
    assert_eq!(
        bench.latest().poll_interval_ms,
        75_000,
        "10 batches at 8 a minute"
    );
    after(Duration::from_secs(600)).await;
    let times: Vec<Instant> =
        bench.script(|script| script.reads.iter().map(|(at, ..)| *at).collect());
    for window in times.windows(11) {
        assert!(window[10] - window[0] >= Duration::from_secs(60));
    }
    let late: Vec<Duration> = times[times.len() - 20..]
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .collect();
    assert!(
        late.iter().all(|gap| *gap >= Duration::from_secs(7)),
        "spread out: {late:?}"
    );
    assert_eq!(bench.latest().totals.counted, 1_000, "none ever grew stale");
}

#[tokio::test(start_paused = true)]
async fn while_cxone_fails_the_tries_stay_apart_and_within_the_budget() {
    let ids = ids(300);
    let mut script = all_waiting(&ids);
    script.failure = Some(server_error());
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(600)).await;
    let reads = bench.reads();
    // Full jitter up to 30 s: 15 s apart in the mean once the back-off has grown.
    assert!((25..=100).contains(&reads), "{reads} tries in ten minutes");
}

#[tokio::test(start_paused = true)]
async fn rejected_credentials_are_retried_once_per_interval() {
    let ids = ids(300);
    let mut script = all_waiting(&ids);
    script.failure = Some(cxone::Error::CredentialsRejected {
        status: 401,
        oauth_error: None,
        remedy: cxone::Remedy::ApiClient,
    });
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(1)).await;
    let causes: BTreeSet<_> = bench
        .latest()
        .queues
        .iter()
        .map(|queue| queue.cause.clone())
        .collect();
    assert_eq!(
        causes,
        BTreeSet::from([Some("CXone rejects our sign-in".to_owned())])
    );
    after(Duration::from_secs(299)).await;
    // At 0, 30, 90 and 210 s: the back-off grows.
    assert_eq!(bench.reads(), 4);
    after(Duration::from_secs(3_600)).await;
    let reads = bench.reads();
    assert!(
        (15..=17).contains(&reads),
        "and no longer than every 5 minutes: {reads}"
    );
}

#[tokio::test(start_paused = true)]
async fn empty_board_has_cause_before_the_list_and_after_refused_sign_in() {
    let mut script = all_waiting(&ids(2));
    script.takes_list = Duration::from_secs(5);
    let rejected = cxone::Error::CredentialsRejected {
        status: 401,
        oauth_error: None,
        remedy: cxone::Remedy::ApiClient,
    };
    script.list_failure = Some(rejected.clone());
    let bench = Bench::start(&[], script, 10);
    let upstream = || {
        let board = bench.latest();
        assert!(board.queues.is_empty());
        (board.upstream.state, board.upstream.cause_code)
    };
    let down = |cause| (UpstreamState::Down, Some(cause));
    assert_eq!(
        upstream(),
        down(Cause::FirstAnswer),
        "before the first turn"
    );
    after(Duration::from_secs(2)).await;
    assert_eq!(upstream(), down(Cause::FirstAnswer));
    after(Duration::from_secs(5)).await;
    assert_eq!(upstream(), down(Cause::SignInRejected));
    after(20 * POLL).await;
    assert_eq!(upstream(), down(Cause::SignInRejected), "still");
}

#[tokio::test(start_paused = true)]
async fn closed_queue_has_no_cause_while_its_reading_counts() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    bench.wait("000", 0);
    bench.script(|script| script.beside.agents_logged_on = Some(0));
    after(Duration::ZERO).await;
    bench.script(|script| script.failure = Some(server_error()));
    after(POLL + Duration::from_secs(1)).await;
    let board = bench.latest();
    assert_eq!(board.upstream.cause_code, Some(Cause::UpstreamTrouble));
    let queue = &board.queues[0];
    assert_eq!((queue.state, queue.cause_code), (QueueState::Closed, None));
    after(3 * POLL).await;
    let queue = &bench.latest().queues[0];
    assert_eq!(queue.cause_code, Some(Cause::UpstreamTrouble), "stale");
}

#[tokio::test(start_paused = true)]
async fn a_board_without_queues_shows_the_queue_list() {
    let ids = ids(5);
    let mut script = all_waiting(&ids);
    script.list_failure = Some(server_error());
    let bench = Bench::start(&[], script, 10);
    after(Duration::ZERO).await;
    let empty = bench.latest();
    assert_eq!(
        (empty.queues.len(), empty.upstream.state),
        (0, UpstreamState::Down)
    );
    assert_eq!(empty.upstream.cause.as_deref(), Some("CXone is in trouble"));

    bench.script(|script| script.list_failure = None);
    after(Duration::from_secs(30)).await;
    assert_eq!(bench.latest().totals.counted, 5);

    bench.script(|script| script.waiting.insert("new".into(), 1));
    after(Duration::from_secs(640)).await;
    assert_eq!(
        bench.latest().totals.counted,
        6,
        "the list is read again every ten minutes"
    );
}

#[tokio::test(start_paused = true)]
async fn boards_with_different_skill_filters_are_separate_reads() {
    let board = |slug: &str, skills: &[&str]| BoardConfig {
        skill_ids: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        ..board(slug, &ids(1))
    };
    let script = all_waiting(&ids(1));
    let bench = Bench::start_boards(
        vec![board("main", &[]), board("vip", &["7"]), board("same", &[])],
        script,
        10,
    );
    after(Duration::from_secs(1)).await;
    let skills: Vec<_> = bench.script(|script| {
        script
            .reads
            .iter()
            .map(|(_, _, skills)| skills.clone())
            .collect()
    });
    assert_eq!(skills, [vec![], vec!["7".to_owned()]]);
    for slug in ["main", "vip", "same"] {
        assert_eq!(
            bench.boards.latest(slug).unwrap().snapshot.totals.counted,
            1
        );
    }
}

#[tokio::test(start_paused = true)]
async fn narrowing_one_board_down_starves_no_other() {
    let board = |slug: &str, skills: &[&str], ids: &[String]| BoardConfig {
        slug: slug.into(),
        title: slug.into(),
        skill_ids: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        queues: ids.iter().map(QueueConfig::new).collect(),
        ..BoardConfig::default()
    };
    let (living, lost) = (
        ids(100),
        (500..600).map(|id| id.to_string()).collect::<Vec<_>>(),
    );
    let mut script = all_waiting(&living);
    script.dead = lost.iter().cloned().collect();
    script.list_failure = Some(server_error());
    let boards = vec![board("main", &[], &living), board("lost", &["7"], &lost)];
    let bench = Bench::start_boards(boards, script, 10);
    for _ in 0..60 {
        after(Duration::from_secs(20)).await;
        assert_eq!(
            bench.latest().totals.counted,
            100,
            "{:?}",
            bench.latest().upstream
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_lacks_most_queues_calls_none_of_them_dead() {
    let ids = ids(60);
    let mut script = all_waiting(&ids);
    script.dead.insert("030".into());
    script.unlisted = ids[10..].iter().cloned().collect();
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(240)).await;
    let dead = bench
        .latest()
        .queues
        .into_iter()
        .filter(|queue| queue.state == QueueState::NotFound);
    assert_eq!(dead.map(|queue| queue.id).collect::<Vec<_>>(), ["030"]);
    assert_eq!(bench.latest().totals.counted, 59);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_keeps_failing_backs_off_though_the_reads_succeed() {
    let board = |slug: &str, ids: &[String]| BoardConfig {
        slug: slug.into(),
        title: slug.into(),
        queues: ids.iter().map(QueueConfig::new).collect(),
        ..BoardConfig::default()
    };
    let ids = ids(3);
    let mut script = all_waiting(&ids);
    script.list_failure = Some(server_error());
    let bench = Bench::start_boards(vec![board("main", &ids), board("all", &[])], script, 10);
    after(Duration::from_secs(600)).await;
    let lists = bench.script(|script| script.lists);
    // Full jitter up to 30 s, and the reads' own pace between them.
    assert!((15..=70).contains(&lists), "{lists} tries in ten minutes");
}

#[tokio::test(start_paused = true)]
async fn a_queue_list_in_which_nothing_is_visible_wipes_no_wall() {
    let ids = ids(5);
    let bench = Bench::start(&[], all_waiting(&ids), 10);
    after(Duration::from_secs(1)).await;
    bench.script(|script| script.unlisted = ids.iter().cloned().collect());
    after(Duration::from_secs(640)).await;
    assert_eq!(bench.latest().totals.counted, 5);
    bench.script(|script| {
        script.unlisted.clear();
        script.waiting.insert("new".into(), 1);
    });
    after(Duration::from_secs(60)).await;
    assert_eq!(
        bench.latest().totals.counted,
        6,
        "asked again after a cycle"
    );
}

#[tokio::test(start_paused = true)]
async fn queue_unknown_to_a_response_is_not_found_at_no_extra_cost() {
    let ids = ids(3);
    let mut script = all_waiting(&ids);
    script.unknown.insert(ids[1].clone());
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(301)).await;
    let board = bench.latest();
    assert_eq!(
        bench.states(),
        [QueueState::Open, QueueState::NotFound, QueueState::Open]
    );
    assert_eq!(board.upstream.state, UpstreamState::Ok);
    assert!((10..=12).contains(&bench.reads()), "{}", bench.reads());
    assert_eq!(bench.script(|script| script.lists), 0);

    bench.script(|script| script.unknown.clear());
    after(POLL).await;
    assert_eq!(bench.states(), [QueueState::Open; 3]);
}

#[tokio::test(start_paused = true)]
async fn queue_that_was_read_or_listed_is_left_out_when_missing() {
    let ids = ids(3);
    let mut script = all_waiting(&ids);
    script.unknown.insert(ids[0].clone());
    let boards = vec![board("main", &ids), board("all", &[])];
    let bench = Bench::start_boards(boards, script, 10);
    after(POLL).await;
    bench.script(|script| script.unknown.insert(ids[1].clone()));
    after(POLL * 4).await;
    let queues = bench.latest().queues;
    let causes = queues.iter().map(|queue| queue.cause_code);
    assert!(causes.eq([Some(Cause::LeftOut), Some(Cause::LeftOut), None]));
    assert_eq!(
        bench.states(),
        [QueueState::Unknown, QueueState::Open, QueueState::Open]
    );
    assert!(queues[1].lag_ms >= Some(90_000), "{:?}", queues[1].lag_ms);
    assert_eq!(bench.latest().totals.counted, 1);
}

#[tokio::test(start_paused = true)]
async fn a_board_whose_queues_are_all_unknown_says_so() {
    let ids = ids(2);
    let mut script = all_waiting(&ids);
    script.unknown = ids.iter().cloned().collect();
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(1)).await;
    let upstream = bench.latest().upstream;
    assert_eq!(upstream.state, UpstreamState::Down);
    assert_eq!(upstream.cause_code, Some(Cause::NoneFound));
}

#[tokio::test(start_paused = true)]
async fn nothing_visible_is_a_separate_cause_and_old_numbers_age() {
    let ids = ids(2);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    after(Duration::from_secs(1)).await;
    bench.script(|script| {
        script.failure = Some(cxone::Error::NothingVisible {
            remedy: cxone::Remedy::VisibleQueues,
        })
    });
    after(POLL).await;
    let board = bench.latest();
    assert_eq!(board.upstream.cause_code, Some(Cause::NothingVisible));
    assert_eq!(bench.states(), [QueueState::Open; 2], "and ageing");
    after(POLL * 3).await;
    assert_eq!(bench.latest().upstream.state, UpstreamState::Down);

    let bench = Bench::start(&[], Script::default(), 10);
    after(Duration::from_secs(1)).await;
    let board = bench.latest();
    assert_eq!(board.upstream.state, UpstreamState::Down);
    assert_eq!(board.upstream.cause_code, Some(Cause::NothingVisible));
    assert!(board.queues.is_empty());
}

#[tokio::test(start_paused = true)]
async fn repeated_numbers_keep_the_age_of_their_first_reading() {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    let at = |seconds| Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    bench.script(|script| script.beside.source_time = at(1_000));
    after(POLL * 4).await;
    assert!(bench.reads() >= 4, "it is read all the time");
    let board = bench.latest();
    assert_eq!(board.upstream.state, UpstreamState::Down);
    assert_eq!(board.totals.counted, 0, "too old to count");

    bench.script(|script| script.waiting.insert(ids[0].clone(), 77));
    after(POLL).await;
    let board = bench.latest();
    assert_eq!(board.totals.counted, 1, "other numbers are no repetition");

    after(POLL * 4).await;
    assert_eq!(bench.latest().totals.counted, 0);
    bench.script(|script| script.beside.source_time = at(1_001));
    after(POLL).await;
    let board = bench.latest();
    assert_eq!(
        (board.upstream.state, board.totals.counted),
        (UpstreamState::Ok, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_list_leaves_out_is_on_no_board_of_every_queue() {
    let ids = ids(3);
    let mut script = all_waiting(&ids);
    script.hidden.insert(ids[0].clone());
    let named = board("named", &ids[..1]);
    let bench = Bench::start_boards(vec![board("main", &[]), named], script, 10);
    after(Duration::from_secs(1)).await;
    let shown: Vec<_> = bench.latest().queues.into_iter().map(|it| it.id).collect();
    assert_eq!(shown, ids[1..]);
    assert_eq!(
        bench.board("named").totals.counted,
        1,
        "a board that names it shows it"
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_of_which_everything_is_left_out_is_as_good_as_none() {
    let ids = ids(2);
    let mut script = all_waiting(&ids);
    script.hidden = ids.iter().cloned().collect();
    let bench = Bench::start(&[], script, 10);
    after(Duration::from_secs(1)).await;
    let upstream = bench.latest().upstream;
    assert_eq!(upstream.state, UpstreamState::Down);
    assert_eq!(upstream.cause_code, Some(Cause::NothingVisible));
    assert_eq!(bench.script(|script| script.lists), 1, "and not at once");
    bench.script(|script| script.hidden.clear());
    after(POLL * 2).await;
    assert_eq!(
        bench.latest().totals.counted,
        2,
        "it is asked for again soon"
    );
}

#[tokio::test(start_paused = true)]
async fn numbers_are_as_old_as_the_question_for_the_first_of_them() {
    let ids = ids(1);
    let mut script = all_waiting(&ids);
    script.takes = Duration::from_secs(20);
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(21)).await;
    let published = bench.boards.latest("main").unwrap();
    let age = Instant::now() - published.latest_read.unwrap().monotonic;
    assert_eq!(age.as_secs(), 21);
}

#[tokio::test(start_paused = true)]
async fn a_read_of_several_requests_stretches_the_cycle() {
    let ids = ids(2);
    let mut script = all_waiting(&ids);
    script.more_requests = 15;
    let bench = Bench::start(&ids, script, 10);
    after(Duration::from_secs(1)).await;
    // 16 requests a round, of 8 a minute that the budget leaves for reads.
    assert_eq!(bench.latest().poll_interval_ms, 120_000);
}

#[tokio::test(start_paused = true)]
async fn long_queue_list_is_read_a_page_at_a_time_between_the_reads() {
    let ids = ids(500);
    let mut script = all_waiting(&ids);
    script.page = 10;
    // All but a few are for other boards.
    script.hidden = ids[20..].iter().cloned().collect();
    let named = board("named", &ids[..1]);
    let bench = Bench::start_boards(vec![board("main", &[]), named], script, 10);
    after(Duration::from_secs(60)).await;
    assert_eq!(
        bench.latest().queues.len(),
        20,
        "what is known of the list is shown"
    );
    for second in 0..900 {
        after(Duration::from_secs(1)).await;
        for slug in ["main", "named"] {
            let board = bench.board(slug);
            assert_eq!(board.upstream.state, UpstreamState::Ok, "{slug}: {second}");
            assert_eq!(board.totals.counted, board.queues.len(), "{slug}: {second}");
        }
    }
    let (asked, lists) = bench.script(|script| (script.asked.clone(), script.lists));
    assert!(
        (50..150).contains(&lists),
        "{lists} pages: read once, and begun again"
    );
    for window in asked.windows(11) {
        assert!(window[10] - window[0] >= Duration::from_secs(60));
    }
    let reads = bench.script(|script| script.reads.clone());
    let gaps = reads.windows(2).map(|it| it[1].0 - it[0].0);
    assert!(gaps.max().unwrap() <= POLL * 3 / 2, "live reads come first");
}

#[tokio::test(start_paused = true)]
async fn long_queue_list_is_logged_when_begun_and_when_read() {
    let (said, _guard) = Said::gather("queuewall=info");
    let mut script = all_waiting(&ids(30));
    script.page = 10;
    let _bench = Bench::start_boards(vec![board("main", &[])], script, 10);
    after(Duration::from_secs(3_600)).await;
    let lines = said.lines();
    let lines = lines.iter().filter_map(|line| line["message"].as_str());
    let lines: Vec<_> = lines.filter(|it| it.contains("queue list")).collect();
    let begun = "the queue list is being read, one page at a time between the reads of numbers: page 1, 10 queues \
                 so far";
    let read = "the queue list has been read: 30 queues";
    assert_eq!(lines, [begun, read], "once");
}

#[tokio::test(start_paused = true)]
async fn incomplete_queue_list_is_said_on_boards_of_every_queue() {
    let mut script = all_waiting(&ids(2));
    script.shortfall = Some(Shortfall {
        listed: 2,
        total: Some(9),
    });
    let boards = vec![board("main", &[]), board("named", &ids(1))];
    let bench = Bench::start_boards(boards, script, 10);
    after(Duration::from_secs(1)).await;
    let cause = bench.latest().upstream.cause_code;
    assert_eq!(cause, Some(Cause::ListIncomplete));
    assert_eq!(bench.board("named").upstream.cause_code, None);
}
