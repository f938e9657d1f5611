//! The poller against a scripted source, under paused time.

mod agents;
mod backfill;
mod changes;
mod clocks;
mod counts;
mod events;
mod groups;
mod levels;
mod lists;
mod readings;
mod recording;
mod requests;
mod times;
mod today;
mod unknown_ids;

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
    trend::Trends,
};

use super::*;
use crate::{
    board::QueueConfig,
    clock::{Moment, Watched},
    history::{Record, Restored},
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
    /// What is answered of today; `None` where the dialect has none.
    today: Option<today::Script>,
    agents: agents::Script,
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

    fn reports(&self) -> Option<&dyn cxone::ReportSource> {
        let has_reports = self.script.lock().unwrap().today.is_some();
        has_reports.then_some(self)
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
    poller: tokio::task::JoinHandle<()>,
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
        Self::start_recorded(configured, script, budget_per_minute, None)
    }

    /// The same, with a history.
    fn start_recorded(
        configured: Vec<BoardConfig>,
        script: Script,
        budget_per_minute: usize,
        history: Option<(Recorder, Restored)>,
    ) -> Self {
        let budget = Arc::new(RequestBudget::new(budget_per_minute));
        let uptime_ms = history
            .as_ref()
            .map_or(0, |(_, restored)| restored.uptime_ms);
        let told = TestClock {
            start: Instant::now(),
            ahead: Arc::new(Mutex::new(Duration::from_millis(
                1_767_607_200_000 + uptime_ms,
            ))),
            slept: Arc::default(),
        };
        let clock = Arc::new(Watched::new(told.clone()));
        let source = Arc::new(Scripted {
            budget: Arc::clone(&budget),
            clock: clock.clone(),
            script: Mutex::new(script),
        });
        let identities = configured.iter().map(identity).collect();
        let boards = Boards::new(identities, "build".into(), clock.now());
        let boards = Arc::new(boards.after_uptime(uptime_ms));
        let poll = PollConfig {
            interval: POLL,
            budget_per_minute,
        };
        let (changes, followed) = watch::channel(live(configured.clone()));
        let mut poller = Poller::new(
            Arc::clone(&source) as Arc<dyn QueueSource>,
            budget,
            clock,
            poll,
            configured,
            Arc::clone(&boards),
        );
        if let Some((recorder, restored)) = history {
            poller = poller.recorded_by(recorder, restored).backfilling(7);
        }
        let polls = poller.polls().clone();
        let poller = tokio::spawn(poller.reconfigured_by(followed).run());
        Self {
            poller,
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

    /// The board's trends as they are answered, and their tag.
    fn trends(&self) -> (Trends, HeaderValue) {
        let published = self.boards.trends("main");
        let raw = &published.encoded().raw;
        (
            serde_json::from_slice(&raw.bytes).unwrap(),
            raw.etag.clone(),
        )
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
        alerts: crate::alerts::AlertsConfig::default(),
        boards,
        interval: POLL,
        backfill_days: 7,
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

fn rejected() -> cxone::Error {
    cxone::Error::CredentialsRejected {
        status: 401,
        oauth_error: None,
        remedy: cxone::Remedy::ApiClient,
    }
}

fn server_error() -> cxone::Error {
    cxone::Error::ServerError {
        status: 503,
        retry_after: None,
    }
}
