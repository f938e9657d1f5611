//! What agents do: one request beside the live reads, where some board shows agents.

use std::{sync::Arc, time::Duration};

use cxone::{AgentState, Error, QueueSource, Report};
use queuewall_shared::{
    agents::AgentCounts, cause::Cause, freshness::stale_after, snapshot::Level,
};
use tokio::time::Instant;
use tracing::{info, warn};

use super::{Board, Poller, assemble::Frame, cause::wall_cause, today};
use crate::{
    agents::{Agent, BoardAgents, Keys, Named, missing_teams, reduce},
    board::AgentsConfig,
    clock::Moment,
    mapping::millis,
    remedy::explain,
};

/// How often agents are read where the budget allows it, and where it hardly does.
const SHORTEST_PERIOD: Duration = Duration::from_secs(30);
const LONGEST_PERIOD: Duration = Duration::from_secs(300);

/// A period that is longer is said in the log.
const EXPECTED_PERIOD: Duration = Duration::from_secs(60);

/// How long a request that is due may wait for live reads without its counts ageing.
const SLACK: Duration = Duration::from_secs(15);

/// The longest pause after failures in a row.
const LONGEST_PAUSE: Duration = Duration::from_secs(900);

/// What came of a request.
pub(crate) type Answer = Result<Report<AgentState>, Error>;

/// Sends it; `None` where the dialect has no agents.
pub(crate) async fn ask(source: Arc<dyn QueueSource>, names: bool) -> Option<Answer> {
    Some(source.reports()?.agent_states(names).await)
}

/// The reads of agents, and what is known of them.
#[derive(Debug)]
pub(crate) struct AgentReads {
    /// What some board shows of them; `None`: none shows any, and they are not read.
    named: Option<Named>,
    keys: Keys,
    known: Option<(Vec<Agent>, Moment)>,
    due: Instant,
    period: Duration,
    /// Within which time they are read again, live reads permitting.
    interval: Duration,
    /// How many requests a read takes.
    requests: usize,
    /// In a row.
    failures: u32,
    problem: Option<Error>,
    /// The teams without an agent, as the log said.
    missing: Vec<String>,
}

impl AgentReads {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            named: None,
            keys: Keys::default(),
            known: None,
            due: now,
            period: SHORTEST_PERIOD,
            interval: SHORTEST_PERIOD + SLACK,
            requests: 1,
            failures: 0,
            problem: None,
            missing: Vec::new(),
        }
    }

    /// Takes over what the boards show. More of names is asked for at once; what no board shows
    /// any more is forgotten at once.
    pub(crate) fn serve<'b>(
        &mut self,
        boards: impl Iterator<Item = &'b AgentsConfig>,
        now: Instant,
    ) {
        let named = Named::by(boards);
        if named > self.named {
            self.due = now;
        }
        self.named = named;
        match (named, &mut self.known) {
            (None, known) => *known = None,
            (Some(named), Some((agents, _))) => {
                agents
                    .iter_mut()
                    .for_each(|agent| agent.forget_beyond(named));
            }
            (Some(_), None) => {}
        }
    }

    /// How many requests a minute they take.
    pub(crate) fn rate(&self) -> f64 {
        match self.named {
            Some(_) => self.requests() * 60.0 / self.period.as_secs_f64(),
            None => 0.0,
        }
    }

    /// How many requests a read takes.
    pub(crate) fn requests(&self) -> f64 {
        self.requests as f64
    }

    /// Fits them into `free` requests a minute, where live reads take a `cycle`.
    pub(crate) fn fit(&mut self, free: f64, cycle: Duration) {
        let fitting = self.requests() * 60.0 / free.max(f64::MIN_POSITIVE);
        let fitting = fitting.ceil().min(LONGEST_PERIOD.as_secs_f64());
        let period = Duration::from_secs_f64(fitting).max(SHORTEST_PERIOD);
        let is_long = |period| period > EXPECTED_PERIOD;
        if self.named.is_some() && is_long(period) != is_long(self.period) {
            match is_long(period) {
                true => warn!(
                    "agents are read every {} s, which the request budget allows: set \
                     QUEUEWALL_BUDGET_PER_MINUTE higher, if CXone allows that many",
                    period.as_secs()
                ),
                false => info!("agents are read every {} s again", period.as_secs()),
            }
        }
        self.period = period;
        self.interval = (period + SLACK).max(cycle * 2);
    }

    /// Whether to ask now, and if so whether for names.
    pub(crate) fn due(&self, now: Instant) -> Option<bool> {
        let named = self.named.filter(|_| self.due <= now)?;
        Some(named.asks_for_names())
    }

    /// An answer came. `uptime_ms` tells a moment's place on the scale of all points in time.
    pub(crate) fn answered(
        &mut self,
        answer: Answer,
        uptime_ms: impl Fn(Moment) -> u64,
        now: Instant,
    ) {
        // Whatever was asked for: no board may show agents any more.
        let Some(named) = self.named else {
            return;
        };
        match answer {
            Ok(report) => {
                if self.failures > 0 {
                    info!("agents are read again");
                }
                self.requests = report.requests.max(1);
                let before = self.known.take().map_or(Vec::new(), |(agents, _)| agents);
                let asked_ms = uptime_ms(report.asked_at);
                let agents = reduce(report.entries, named, asked_ms, &before, &self.keys);
                self.known = Some((agents, report.asked_at));
                self.due = report.asked_at.monotonic + self.period;
                (self.failures, self.problem) = (0, None);
            }
            Err(error) => {
                if self.problem.as_ref().map(wall_cause) != Some(wall_cause(&error)) {
                    let why = explain(&error);
                    warn!("agents cannot be read, live numbers go on: {why}");
                }
                let pause = self.period * 2_u32.saturating_pow(self.failures).min(60);
                self.due = now + pause.min(LONGEST_PAUSE.max(self.period));
                self.failures = self.failures.saturating_add(1);
                self.problem = Some(error);
            }
        }
    }

    /// What a board shows of the agents that are known; `None` where none are.
    pub(crate) fn of_board(
        &self,
        config: &AgentsConfig,
        is_shown: impl Fn(&str) -> bool,
        uptime_ms: impl Fn(Moment) -> u64,
    ) -> Option<BoardAgents> {
        let (agents, asked_at) = self.known.as_ref()?;
        let stale_after_ms = millis(stale_after(self.interval));
        let read_ms = uptime_ms(*asked_at);
        let board = BoardAgents::of(config, agents, is_shown, read_ms, stale_after_ms);
        Some(board)
    }

    /// Says which teams that boards name have nobody logged on, where that is news: a name may
    /// be wrong.
    fn note_missing<'b>(&mut self, boards: impl Iterator<Item = &'b AgentsConfig>) {
        let Some((agents, _)) = &self.known else {
            return;
        };
        let missing = missing_teams(boards, agents);
        let missing: Vec<_> = missing.into_iter().map(str::to_owned).collect();
        if !missing.is_empty() && missing != self.missing {
            info!(
                "no agent of these teams in boards.agent_teams is logged on: {}",
                missing.join(", ")
            );
        }
        self.missing = missing;
    }

    /// The counts of a board, whose queues were last read at `latest`.
    fn counts(
        &self,
        config: &AgentsConfig,
        board: Option<&BoardAgents>,
        latest: Option<Moment>,
        frame: Frame<'_>,
    ) -> AgentCounts {
        let interval_ms = millis(self.interval);
        let known = board.zip(self.known.as_ref());
        let lag_ms = known.map(|(_, (_, asked_at))| {
            // In whole intervals and at least one, so that the next answer changes nothing here.
            let lag_ms = asked_at.age_ms_at(latest.unwrap_or(frame.now)).max(1);
            lag_ms.div_ceil(interval_ms) * interval_ms
        });
        let cause = match &self.problem {
            Some(error) => Some(wall_cause(error)),
            None if known.is_none() => Some(Cause::FirstAnswer),
            None => None,
        };
        let (now, over, level) = match known {
            Some((board, _)) => {
                let (now, over, level) = board.counts(frame.uptime_ms);
                (Some(now), over, level)
            }
            None => (None, Vec::new(), Level::None),
        };
        AgentCounts {
            kind: config.shown,
            now,
            over,
            level,
            lag_ms,
            interval_ms,
            cause: cause.map(sentence),
            cause_code: cause,
        }
    }
}

/// A cause in words: what is missing is not the queues.
fn sentence(cause: Cause) -> String {
    match cause {
        Cause::Forbidden => "No permission to read agents in CXone".to_owned(),
        cause => cause.sentence().to_owned(),
    }
}

impl Board {
    /// The counts of its agents; `None` where it shows none.
    pub(super) fn agent_counts(
        &self,
        reads: Option<&AgentReads>,
        latest: Option<Moment>,
        frame: Frame<'_>,
    ) -> Option<AgentCounts> {
        let (reads, config) = (reads?, self.shows_agents()?);
        Some(reads.counts(config, self.agents.as_deref(), latest, frame))
    }
}

impl Poller {
    /// Takes over what was answered.
    pub(super) fn read_agents(&mut self) {
        while let Some(ended) = self.asking_agents.try_join_next() {
            let (Some(reads), Ok(Some(answer))) = (&mut self.agents, ended) else {
                continue;
            };
            self.polls.read_agents(answer.is_ok());
            let uptime_ms = |at| self.published.uptime_ms(at);
            reads.answered(answer, uptime_ms, Instant::now());
            reads.note_missing(self.boards.iter().filter_map(Board::shows_agents));
            self.fit_beside();
            self.publish_agents();
        }
    }

    /// Takes over what the boards show of agents.
    pub(super) fn serve_agents(&mut self) {
        if let Some(reads) = &mut self.agents {
            let boards = self.boards.iter().filter_map(Board::shows_agents);
            reads.serve(boards, Instant::now());
            self.publish_agents();
        }
    }

    /// Hands each board its agents.
    fn publish_agents(&mut self) {
        let Some(reads) = &self.agents else {
            return;
        };
        let uptime_ms = |at| self.published.uptime_ms(at);
        for board in &mut self.boards {
            let agents = board.shows_agents().and_then(|config| {
                let shown = board.shown(&self.readings);
                let is_shown = |id: &str| shown.iter().any(|queue| queue.id == id);
                reads.of_board(config, is_shown, uptime_ms)
            });
            board.agents = agents.map(Arc::new);
        }
        let boards = self.boards.iter();
        let agents = boards.filter_map(|board| {
            let agents = board.agents.clone()?;
            Some((board.slug().to_owned(), agents))
        });
        self.published.publish_agents(agents.collect());
    }

    /// Fits what is read beside the live numbers into what these leave of the budget: agents take
    /// half of it at most, today's numbers the rest.
    pub(super) fn fit_beside(&mut self) {
        let of_live = self.requests() as f64 * 60.0 / self.cycle.as_secs_f64();
        let free = self.budget.limit().saturating_sub(today::RESERVE) as f64 - of_live;
        let mut of_agents = 0.0;
        if let Some(agents) = &mut self.agents {
            agents.fit(free / 2.0, self.cycle);
            of_agents = agents.rate();
        }
        if let Some(today) = &mut self.today {
            let pages = self.source.requests_per_read();
            today.fit(free - of_agents, self.cycle, pages);
        }
    }

    /// Sends the next request beside the live reads, if it is due and nothing live is: one at a
    /// time, while live reads succeed, and never the last one that the budget has room for.
    pub(super) fn ask_beside(&mut self) {
        let now = Instant::now();
        // A budget of two is a live read and this.
        let enough = 2.min(self.budget.limit() - 1);
        let is_asking = !(self.asking_today.is_empty() && self.asking_agents.is_empty());
        if is_asking || self.free_beside_live().is_none_or(|free| free < enough) {
            return;
        }
        match self.agents.as_ref().and_then(|reads| reads.due(now)) {
            Some(names) => {
                let source = Arc::clone(&self.source);
                self.asking_agents.spawn(ask(source, names));
            }
            None => self.ask_today(now),
        }
    }
}
