//! The only caller of the upstream and the only writer of the snapshots.
//!
//! It sends one request at a time through the [`RequestBudget`], as many for one screen as for
//! thousands. `schedule` decides what to read next, `readings` keeps what was read, and
//! `assemble` makes a board's snapshot of it: `judging` adds the levels, `upstream` the state of
//! the reads, with the `cause` of a failure. `minutes` keeps the trends. `reconfigure` applies
//! changed boards while it runs. `today` counts contacts since midnight, and `agents` reads what
//! agents do, beside the live reads; `backfill` counts contacts of hours that nothing recorded.

pub(crate) mod agents;
mod assemble;
pub(crate) mod backfill;
mod board;
mod cause;
mod config;
mod events;
mod groups;
mod judging;
mod metrics;
mod minutes;
pub(crate) mod narrowing;
mod news;
mod outage;
pub(crate) mod plan;
mod pulse;
mod readings;
mod reconfigure;
mod recording;
mod schedule;
pub(crate) mod today;
mod trend;
mod upstream;

use std::{collections::HashSet, pin::pin, sync::Arc, time::Duration};

use cxone::{QueueInfo, QueueList, QueueReadings, QueueSource, budget::RequestBudget};
use queuewall_shared::snapshot::BoardSnapshot;
use queuewall_store::lease::Fence;
use rand::{SeedableRng as _, rngs::StdRng};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use tracing::{debug, info, warn};

use crate::{
    backoff::Backoff,
    board::BoardConfig,
    clock::{Clock, Moment},
    history::Recorder,
    live::Live,
    remedy::explain,
    snapshot::Boards,
};
use agents::AgentReads;
use assemble::Frame;
use backfill::Backfill;
use board::Board;
pub use metrics::{BackOff, Polls};
use minutes::Minutes;
use news::News;
use outage::Outage;
use plan::Group;
use readings::Readings;
use schedule::{Delay, Read, Schedule, Task};
use today::TodaysNumbers;
use upstream::ScheduleStatus;

pub(crate) use assemble::identity;
pub(crate) use board::zone_of_days;
pub use config::PollConfig;

const MIN_BACKOFF: Duration = Duration::from_secs(1);

/// The share of a wait after a failure that is random.
const JITTER: f64 = 0.5;

/// The longest pause after a refused sign-in, in cycles.
const MOST_CYCLES_REFUSED: u32 = 10;

/// The longest wait after a rate limit that names none, in intervals.
const MOST_INTERVALS_LIMITED: u32 = 4;

/// After so many failures in a row the queue list is read from its first page.
const MOST_LIST_FAILURES: u32 = 3;

/// How often the boards are assembled: readings become stale by time alone.
const ASSEMBLY: Duration = Duration::from_secs(1);

/// Reads the queues of all boards, for as long as it runs.
pub struct Poller {
    source: Arc<dyn QueueSource>,
    budget: Arc<RequestBudget>,
    clock: Arc<dyn Clock>,
    started: Moment,
    published: Arc<Boards>,
    boards: Vec<Board>,
    groups: Vec<Group>,
    poll: PollConfig,
    cycle: Duration,
    schedule: Schedule,
    readings: Readings,
    minutes: Minutes,
    /// Today's numbers; `None` where the dialect has none.
    today: Option<TodaysNumbers>,
    /// The request for them that is under way, if any: aborted with the poller.
    asking_today: JoinSet<Option<today::Answer>>,
    /// What agents do; `None` where the dialect does not say.
    agents: Option<AgentReads>,
    /// The request for it that is under way, if any.
    asking_agents: JoinSet<Option<agents::Answer>>,
    /// Hours that are still to be read; `None` where the dialect or the history has none.
    backfill: Option<Backfill>,
    /// The request for one that is under way, if any: aborted with the poller.
    asking_past: JoinSet<Option<today::Answer>>,
    /// Whether the boards' trends are to be published before the minute ends.
    has_new_trends: bool,
    /// When the next request of all is due, or was, where it is under way.
    next_request: Option<Instant>,
    /// The queue list while it is read, a page a request.
    pages: QueueList,
    /// How many pages it took the last time.
    list_pages: usize,
    /// What the configuration says of late.
    changes: Option<watch::Receiver<Live>>,
    backoff: Backoff,
    random: StdRng,
    /// Whether the list that is shown is the begin of one that is still read.
    is_list_partial: bool,
    /// Whether every batch has had its first try, so that turns can be spread.
    is_spread: bool,
    /// Whether the boards changed, so that an answer may be about what none shows.
    is_reconfigured: bool,
    polls: Polls,
    outage: Outage,
    /// What keeps the history, if anything does.
    recorder: Option<Recorder>,
    /// Who is told what another server's poller needs, if anybody.
    handover: Option<watch::Sender<Vec<(String, String)>>>,
    /// Whether there is something new to tell.
    is_handover_due: bool,
}

/// What came of a request, and of a read when it was started.
enum Outcome {
    List(Box<QueueList>, Result<(), cxone::Error>),
    Read(Read, Instant, Result<QueueReadings, cxone::Error>),
}

impl Outcome {
    fn error(&self) -> Option<&cxone::Error> {
        match self {
            Self::List(_, page) => page.as_ref().err(),
            Self::Read(_, _, answer) => answer.as_ref().err(),
        }
    }
}

impl Poller {
    /// A poller over `boards`; it asks nothing before [`run`](Self::run).
    #[must_use]
    pub fn new(
        source: Arc<dyn QueueSource>,
        budget: Arc<RequestBudget>,
        clock: Arc<dyn Clock>,
        poll: PollConfig,
        boards: Vec<BoardConfig>,
        published: Arc<Boards>,
    ) -> Self {
        let (groups, group_of_board) = plan::group(&boards);
        let lists = groups.iter().any(|group| group.all);
        let schedule = Schedule::new(
            &groups,
            lists,
            source.batch_limit(),
            poll.interval,
            Instant::now(),
        );
        Self {
            readings: Readings::new(groups.len()),
            minutes: Minutes::default(),
            today: source.reports().is_some().then(TodaysNumbers::new),
            asking_today: JoinSet::new(),
            agents: (source.reports().is_some()).then(|| AgentReads::new(Instant::now())),
            asking_agents: JoinSet::new(),
            backfill: None,
            asking_past: JoinSet::new(),
            has_new_trends: true,
            next_request: None,
            pages: QueueList::default(),
            list_pages: 1,
            changes: None,
            cycle: poll.interval,
            random: StdRng::from_os_rng(),
            is_list_partial: false,
            is_spread: false,
            is_reconfigured: false,
            polls: Polls::default(),
            outage: Outage::default(),
            recorder: None,
            handover: None,
            is_handover_due: false,
            source,
            budget,
            started: clock.now(),
            clock,
            published,
            boards: boards
                .into_iter()
                .zip(group_of_board)
                .map(|(config, group)| Board::new(config, group))
                .collect(),
            groups,
            backoff: backoff_within(poll.interval),
            poll,
            schedule,
        }
    }

    /// The poller's counters, for metrics.
    #[must_use]
    pub fn polls(&self) -> &Polls {
        &self.polls
    }

    /// The same poller, which counts with one before it.
    #[must_use]
    pub fn counted_by(mut self, polls: Polls) -> Self {
        self.polls = polls;
        self
    }

    /// The same poller, of the server that holds this lease, which tells what another server's
    /// poller needs to go on from it.
    #[must_use]
    pub fn handing_over_to(
        mut self,
        handover: watch::Sender<Vec<(String, String)>>,
        fence: Fence,
    ) -> Self {
        self.handover = Some(handover);
        self.recorder = self.recorder.map(|it| it.of_lease(fence));
        self
    }

    /// Reads and publishes until it is dropped.
    pub async fn run(mut self) {
        self.serve_agents();
        self.fit_cycle();
        let mut assembly = interval(ASSEMBLY);
        assembly.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let next = self.schedule.next();
            let next = next.map(|(due, task)| (due.max(self.budget.next_free()), task));
            self.next_request = next.as_ref().map(|(due, _)| *due);
            self.publish();
            let Some((due, task)) = next else {
                tokio::select! {
                    _ = assembly.tick() => {}
                    live = reconfigure::next(&mut self.changes) => self.reconfigure(live),
                }
                continue;
            };
            // No request is under way yet: the next one is chosen again after every change.
            let is_due = loop {
                tokio::select! {
                    () = sleep_until(due) => break true,
                    _ = assembly.tick() => self.publish(),
                    live = reconfigure::next(&mut self.changes) => {
                        self.reconfigure(live);
                        break false;
                    }
                }
            };
            // A hold may have begun since.
            if !is_due || self.budget.next_free() > Instant::now() {
                continue;
            }
            let (source, polls) = (Arc::clone(&self.source), self.polls.clone());
            let mut pages = self.pages.clone();
            let skills = match &task {
                Task::Read(read) => self.groups[read.group].skills.clone(),
                Task::List => Vec::new(),
            };
            let mut attempt = pin!(async move {
                let started = Instant::now();
                let outcome = match task {
                    Task::List => {
                        let page = source.list_page(&mut pages).await;
                        Outcome::List(Box::new(pages), page)
                    }
                    Task::Read(read) => {
                        let answer = source.read_queues(&read.ids, &skills).await;
                        Outcome::Read(read, started, answer)
                    }
                };
                polls.ended(outcome.error().is_none(), started.elapsed());
                polls.failed(outcome.error());
                outcome
            });
            let outcome = loop {
                tokio::select! {
                    outcome = &mut attempt => break outcome,
                    _ = assembly.tick() => self.publish(),
                    live = reconfigure::next(&mut self.changes) => self.reconfigure(live),
                }
            };
            self.apply(outcome);
            self.is_handover_due = true;
            if std::mem::take(&mut self.is_reconfigured) {
                self.forget_unwanted();
            }
        }
    }

    fn apply(&mut self, outcome: Outcome) {
        let now = Instant::now();
        match outcome {
            Outcome::List(pages, Ok(())) => {
                self.readings.list_problem = None;
                if pages.is_complete() {
                    if self.is_list_partial {
                        info!(
                            "the queue list has been read: {} queues",
                            pages.queues.len()
                        );
                    }
                    self.pages = QueueList::default();
                    self.list_pages = pages.pages().max(1);
                    self.readings.is_list_incomplete = pages.shortfall().is_some();
                    self.apply_list(pages.queues, now);
                } else {
                    self.apply_page(*pages, now);
                }
            }
            Outcome::List(_, Err(error)) => {
                if self.lists() {
                    self.log_failure("the queue list could not be read: ", &error);
                } else {
                    warn!("the queue list could not be read: {}", explain(&error));
                }
                let delay = self.delay(None, &error);
                self.schedule.list_failed(delay, now);
                if self.schedule.list_failures() >= MOST_LIST_FAILURES {
                    // The link to the next page may be what no longer holds.
                    self.pages = QueueList::default();
                }
                self.readings.list_problem = Some(error);
            }
            Outcome::Read(read, started, Ok(answer)) => {
                debug!(
                    asked = read.ids.len(),
                    answered = answer.queues.len(),
                    "queues read"
                );
                // It may have waited for the budget on its way.
                let asked = answer.asked_at.map(|at| at.monotonic);
                let started = asked.map_or(started, |asked| asked.max(started));
                let news = self
                    .readings
                    .answered(read.group, &read.ids, answer, self.clock.now());
                news.log();
                self.schedule.succeeded(&read, started, now);
            }
            Outcome::Read(read, _, Err(cxone::Error::QueueNotFound { .. })) => {
                let unknown = self.schedule.refused(&read, now);
                if !unknown.is_empty() {
                    let news = self
                        .readings
                        .unknown(read.group, &unknown, self.clock.now());
                    news.log();
                    if !news.not_found.is_empty() && self.schedule.all_unknown(read.group) {
                        warn!(
                            "CXone knows none of the queues: check their ids, and whether CXONE_BASE_URL and \
                             CXONE_TENANT_ID are those of their tenant"
                        );
                    }
                }
            }
            Outcome::Read(read, _, Err(error)) => {
                self.log_failure("", &error);
                let delay = self.delay(Some(&read), &error);
                self.schedule.failed(&read, delay, now);
                if is_about_the_sign_in(&error) {
                    self.fail_all(&error);
                } else {
                    self.readings.failed(read.group, &read.ids, &error);
                }
            }
        }
        if !self.readings.has_failures(self.lists())
            && let Some(line) = self.outage.ended(self.clock.now())
        {
            info!("{line}");
        }
        self.fit_cycle();
        if !self.is_spread && self.schedule.first_round_is_over() {
            self.is_spread = true;
            self.schedule.spread(now);
        }
    }

    /// One page of a list that goes on. While there is no list yet, boards of every queue
    /// show what is known of it.
    fn apply_page(&mut self, pages: QueueList, now: Instant) {
        self.list_pages = self.list_pages.max(pages.pages() + 1);
        if !self.lists() {
            // It was to tell which id of a batch is unknown: halving tells sooner.
            self.pages = QueueList::default();
            self.schedule.list_given_up();
            return;
        }
        if self.readings.list.is_none() || self.is_list_partial {
            if !self.is_list_partial {
                info!(
                    "the queue list is being read, one page at a time between the reads of numbers: page {}, {} \
                     queues so far",
                    pages.pages(),
                    pages.queues.len()
                );
            }
            self.is_list_partial = true;
            self.show_list(pages.queues.clone(), now);
        }
        self.pages = pages;
        let gap = plan::page_gap(self.requests(), self.cycle, self.budget.limit());
        self.schedule.list_goes_on(now + gap);
    }

    fn apply_list(&mut self, list: Vec<QueueInfo>, now: Instant) {
        let known: HashSet<&str> = list.iter().map(|queue| queue.id.as_str()).collect();
        self.schedule.listed(&known, now);
        self.readings.list_problem = None;
        if list.iter().all(|queue| queue.left_out.is_some()) {
            // Nothing for a board of every queue: for its screens that is as if there were
            // nothing to see, and sooner a passing fault than the truth.
            let error = cxone::Error::NothingVisible {
                remedy: cxone::Remedy::LeftOut,
            };
            self.log_failure("", &error);
            self.readings.list_problem = Some(error);
            self.schedule.list_again_at(now + self.cycle);
            return;
        }
        self.is_list_partial = false;
        self.show_list(list, now);
    }

    /// Boards of every queue show these.
    fn show_list(&mut self, list: Vec<QueueInfo>, now: Instant) {
        for (index, group) in self
            .groups
            .iter()
            .enumerate()
            .filter(|(_, group)| group.all)
        {
            let wanted = group.wanted(&list);
            self.readings.keep_only(index, &wanted);
            self.schedule.set_wanted(index, wanted, now);
        }
        let shown = list.into_iter().filter(|queue| queue.left_out.is_none());
        self.readings.list = Some(shown.collect());
        self.has_new_trends = true;
    }

    /// How long to wait after `error`: until the next turn where only a person can
    /// help, else by the back-off. What CXone itself asked for, the budget holds.
    fn delay(&mut self, read: Option<&Read>, error: &cxone::Error) -> Delay {
        let (own, all) = self.schedule.failures_after(read);
        if matches!(error, cxone::Error::RateLimited { .. }) {
            // Whatever Retry-After says: sooner than the next turn only feeds the limit.
            let interval = self.poll.interval;
            let limited = backoff(interval, interval * MOST_INTERVALS_LIMITED);
            let pause = limited.delay(all, &mut self.random);
            Delay {
                own: pause,
                all: pause,
            }
        } else if error.is_transient() {
            let own = self.backoff.delay(own, &mut self.random);
            let all = self.backoff.delay(all, &mut self.random);
            Delay {
                own: own.max(all),
                all,
            }
        } else if is_about_the_sign_in(error) {
            // Longer each time: repeated failed sign-ins may lock the account.
            let pause = self.cycle * 2_u32.saturating_pow(all - 1).min(MOST_CYCLES_REFUSED);
            Delay {
                own: pause,
                all: pause,
            }
        } else {
            Delay {
                own: self.cycle,
                all: Duration::ZERO,
            }
        }
    }

    /// Says in the log that a request failed, where that is news.
    fn log_failure(&mut self, what: &str, error: &cxone::Error) {
        if let Some(line) = self.outage.failed(error, self.clock.now()) {
            warn!("{what}{line}");
        }
    }

    /// Whether some board shows every queue.
    fn lists(&self) -> bool {
        self.groups.iter().any(|group| group.all)
    }

    fn fail_all(&mut self, error: &cxone::Error) {
        for group in 0..self.groups.len() {
            let wanted = self.schedule.wanted(group).to_vec();
            self.readings.failed(group, &wanted, error);
        }
    }

    /// How many requests a round takes: the reads, and a page of a list that has several.
    fn requests(&self) -> usize {
        let pages = usize::from(self.lists() && self.list_pages > 1);
        self.schedule.batches() * self.source.requests_per_read() + pages
    }

    fn fit_cycle(&mut self) {
        self.fit_beside();
        let requests = self.requests();
        let cycle = plan::cycle(requests, self.poll.interval, self.budget.limit());
        if cycle != self.cycle {
            self.cycle = cycle;
            self.schedule.set_cycle(cycle, Instant::now());
            if cycle > self.poll.interval {
                let is_one_list = self.source.batch_limit() == usize::MAX;
                warn!(
                    "{requests} requests a round do not fit {} s within {} requests a minute, each queue is read \
                     every {} s: {}",
                    self.poll.interval.as_secs(),
                    self.budget.limit(),
                    cycle.as_secs(),
                    plan::remedies(requests, &self.poll, is_one_list).join(", or "),
                );
            } else {
                info!("each queue is read every {} s again", cycle.as_secs());
            }
        }
    }

    fn publish(&mut self) {
        self.read_today();
        self.read_agents();
        self.read_past();
        let (failures, until) = self.schedule.back_off_now();
        self.polls.hold_back(BackOff { failures, until });
        for (place, (snapshot, latest)) in self.snapshots().into_iter().enumerate() {
            self.record_changes(place, &snapshot);
            self.published.publish(snapshot, latest);
        }
        self.published.mark_assembled();
        self.ask_beside();
        self.ask_past();
    }

    fn publish_trends(&self) {
        let trends = self.boards.iter().map(|board| {
            let group = &self.groups[board.group()];
            let shown = board.shown(&self.readings);
            let critical = board.critical_waiting(&shown);
            let ids = shown.iter().map(|it| it.id);
            let mut trends = self.minutes.trends(ids, group, critical);
            for (trend, shown) in trends.queues.iter_mut().zip(&shown) {
                trend.waiting_limits = board.waiting_limits(shown);
            }
            (board.slug().to_owned(), trends)
        });
        self.published.publish_trends(trends);
    }

    /// What every board shows now, and when any of its queues was last read.
    fn snapshots(&mut self) -> Vec<(BoardSnapshot, Option<Moment>)> {
        let now = self.clock.now();
        let uptime_ms = self.published.uptime_ms(now);
        let epoch_ms = self.epoch_ms(uptime_ms, now);
        self.fit_days(epoch_ms);
        let frame = Frame {
            build: self.published.build(),
            // Numbers that CXone makes less often are no older for being read again.
            cycle: self.cycle.max(self.readings.pulse.step()),
            now,
            uptime_ms,
            epoch_ms,
        };
        if self.minutes.record(&mut self.readings, &self.groups, frame) {
            self.has_new_trends = true;
            recording::minute(
                self.recorder.as_ref(),
                &mut self.readings,
                &self.groups,
                &self.boards,
                self.today.as_ref(),
                self.handover.is_some(),
                frame,
            );
        }
        if std::mem::take(&mut self.has_new_trends) {
            self.publish_trends();
        }
        let pulse = self.readings.pulse.look(frame.cycle, now);
        News {
            pulse,
            ..News::default()
        }
        .log();
        let (schedule, readings, today) = (&self.schedule, &self.readings, self.today.as_ref());
        let agents = self.agents.as_ref();
        let first = self.next_request;
        let snapshot = |board: &mut Board| {
            let next_try = schedule.next_try(board.group(), board.shows_all());
            let status = ScheduleStatus {
                next_try: next_try.map(|at| first.map_or(at, |first| first.max(at))),
                is_list_incomplete: board.shows_all() && readings.is_list_incomplete,
            };
            board.snapshot(readings, today, agents, status, frame)
        };
        let snapshots = self.boards.iter_mut().map(snapshot).collect();
        if let Some(handover) = &self.handover
            && std::mem::take(&mut self.is_handover_due)
        {
            let state = recording::state(&self.readings, &self.groups, &self.boards, today, frame);
            handover.send_replace(state);
        }
        snapshots
    }
}

/// The back-off where queues are read every `interval`.
fn backoff_within(interval: Duration) -> Backoff {
    backoff(MIN_BACKOFF, interval.max(MIN_BACKOFF))
}

fn backoff(min: Duration, max: Duration) -> Backoff {
    #[expect(
        clippy::expect_used,
        reason = "both callers' maximum is at least the minimum"
    )]
    Backoff::try_new(min, max, JITTER).expect("valid bounds")
}

/// Whether every other read would meet the same.
fn is_about_the_sign_in(error: &cxone::Error) -> bool {
    matches!(
        error,
        cxone::Error::CredentialsRejected { .. } | cxone::Error::TokenRefused { .. }
    )
}

#[cfg(test)]
mod tests;
