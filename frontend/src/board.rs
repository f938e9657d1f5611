//! One board's signals: answers go in, tiles read out, nothing reads back.
//!
//! A field is set only when its value differs, so that an unchanged answer wakes nothing
//! that could touch the screen.

mod agents;
mod alarm_inputs;
mod frame;
pub(crate) mod groups;
mod judge;
mod paging;
mod selection;
mod summary;
mod tab_label;
mod today;
mod trends;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use queuewall_shared::agents::AgentCounts;
use queuewall_shared::basis::Basis;
use queuewall_shared::choice::{self, Choice};
use queuewall_shared::fit::{self, Figures, Lines};
use queuewall_shared::language::Language;
use queuewall_shared::link::{Failure, Link, LinkState, PageTime};
use queuewall_shared::report::Report;
use queuewall_shared::server_clock::ServerClock;
use queuewall_shared::snapshot::{
    Board, BoardSnapshot, Cause, Display, Level, Metric, Queue, Upstream, UpstreamState,
};
use queuewall_shared::tile_state::TileState;
use wasm_bindgen::JsValue;

use crate::api::{Answer, Refusal, Times};
use crate::components::board::{is_wall, may_be_desk};
use crate::field::Field;
use crate::language;
use crate::polling::{PollHandler, Taken};
use crate::settings;
use crate::startup;
use crate::tile_view::{Gist, TileView, Told, TrendOf};
use crate::time::{self, TimeOfDay};
use crate::wire;

pub use frame::Trouble;
pub(crate) use judge::Judge;
pub use paging::Paging;
pub use selection::Selection;
pub use summary::{Summary, Total};
pub use tab_label::{Icon, TabLabel};
pub(crate) use today::TodayJudge;
pub use trends::LineEnd;
use trends::Trends;

/// What there is to show at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No answer yet.
    Loading,
    /// A board.
    Shown,
    /// The server has no such board.
    NoSuchBoard,
    /// This screen may not see it.
    Refused(Refusal),
}

/// Everything of a snapshot but its queues and totals.
#[derive(Clone, Debug, PartialEq)]
struct Head {
    board: Board,
    build: String,
    poll_interval: Duration,
    /// Within how many milliseconds today's numbers are read again, and why they are old.
    today: (Option<u64>, Option<Cause>),
    agents: Option<AgentCounts>,
    upstream: Upstream,
    /// Which numbers tiles and header show.
    choice: Choice,
    /// What tiles have to say where there is room.
    lines: Lines,
    /// Whether all readings are of one age, give or take half an interval.
    is_of_one_age: bool,
}

/// How times are written: in which zone (`None`: the screen's own) and language.
type Writing = (Option<String>, Language);

/// One board's signals. A copy is the same board.
#[derive(Clone, Copy)]
pub struct BoardState {
    phase: Field<Phase>,
    head: Field<Option<Head>>,
    order: Field<Vec<String>>,
    /// By id, and the groups as they read, by theirs: see `groups`.
    queues: Field<BTreeMap<String, Arc<Queue>>>,
    /// By the id of each queue that is in a group, that group as it reads; and by the id of each
    /// group, the queue whose level it has.
    grouped: Field<BTreeMap<String, Arc<Queue>>>,
    trends: Field<Trends>,
    basis: Field<Basis>,
    clock: Field<ServerClock>,
    /// The writer of a zone and a language, since making one is dear.
    writer: StoredValue<(Writing, Option<TimeOfDay>), LocalStorage>,
    /// The page's monotonic clock as of the latest tick.
    now: Field<Duration>,
    link: Field<Link>,
    selection: Selection,
    /// A desk is for supervisors, whatever the wall of its board hides.
    is_wall: bool,
    reader: StoredValue<wire::Reader, LocalStorage>,
    /// What each poll says of this screen; what changes all the time is filled in then.
    report: StoredValue<Report<'static>>,
}

impl Default for BoardState {
    fn default() -> Self {
        Self::new(time::now())
    }
}

impl BoardState {
    /// A board of which nothing is known yet, as the page's link asks for it.
    #[must_use]
    pub fn new(now: PageTime) -> Self {
        let asked = settings::asked();
        let report = Report {
            name: asked.settings.screen.clone().map(Cow::Owned),
            ..Report::default()
        };
        let board = Self {
            phase: Field::new(Phase::Loading),
            head: Field::new(None),
            order: Field::new(Vec::new()),
            queues: Field::new(BTreeMap::new()),
            grouped: Field::new(BTreeMap::new()),
            trends: Field::new(Trends::default()),
            basis: Field::new(Basis::default()),
            clock: Field::new(ServerClock::default()),
            writer: StoredValue::new_local(((None, language::current()), TimeOfDay::new(None))),
            now: Field::new(now.monotonic),
            link: Field::new(Link::new(now)),
            selection: Selection::new(&asked.settings),
            is_wall: is_wall(asked.settings.view),
            reader: StoredValue::new_local(wire::Reader::default()),
            report: StoredValue::new(report),
        };
        Self {
            selection: Selection::of(board),
            ..board
        }
    }

    /// Takes in a snapshot: what is equal stays untouched.
    pub fn take(&self, snapshot: BoardSnapshot) {
        self.note(|report| {
            let first = || Cow::Owned(snapshot.build.clone());
            report.build.get_or_insert_with(first);
        });
        let choice = Choice::of(&snapshot.board.display);
        self.head.replace(Some(Head {
            board: snapshot.board,
            build: snapshot.build,
            poll_interval: Duration::from_millis(snapshot.poll_interval_ms),
            today: (snapshot.today_interval_ms, snapshot.today_cause_code),
            agents: snapshot.agents,
            upstream: snapshot.upstream,
            choice,
            lines: lines(&snapshot.queues, choice),
            is_of_one_age: is_of_one_age(&snapshot.queues, snapshot.poll_interval_ms),
        }));
        let mut order = Vec::with_capacity(snapshot.queues.len());
        let mut queues = BTreeMap::new();
        self.queues.with_untracked(|before| {
            for mut queue in snapshot.queues {
                if choice.hides_waiting && self.is_wall {
                    choice::hide_waiting(&mut queue);
                }
                // Tiles are told apart by id: of two the first counts.
                if queues.contains_key(&queue.id) {
                    continue;
                }
                order.push(queue.id.clone());
                take_queue(before, &mut queues, queue);
            }
            if let Some(groups) = self.groups() {
                (groups.take)(self, before, &mut queues, &order, snapshot.groups);
            }
        });
        self.queues.replace(queues);
        self.order.set(order);
        self.phase.set(Phase::Shown);
    }

    /// Clears everything: without access to the board, old numbers are not shown.
    pub fn refuse(&self, refusal: Refusal) {
        // First, so that no tile is drawn without its queue.
        self.phase.set(Phase::Refused(refusal));
        self.order.set(Vec::new());
        self.queues.replace(BTreeMap::new());
        self.grouped.replace(BTreeMap::new());
        self.trends.replace(Trends::default());
        self.head.replace(None);
        self.basis.set(Basis::default());
        self.reader
            .update_value(|reader| *reader = wire::Reader::default());
    }

    /// Takes in what an answer says about time; its request left at `sent_at`.
    pub fn take_times(&self, times: Times, sent_at: Duration, now: Duration) {
        self.basis.set(basis(times, sent_at, now));
        if let Some(date_ms) = times.date_ms {
            let mut clock = self.clock.get_untracked();
            clock.observe(date_ms, time::milliseconds(now));
            self.clock.set(clock);
        }
    }

    /// Whether what is on the screen is younger than an answer by another server.
    fn outlives(&self, times: Times, sent_at: Duration, now: Duration) -> bool {
        // A clock that stood still while the machine slept tells nothing.
        let is_awake = self.link.with_untracked(Link::state) != LinkState::Resuming;
        let new = basis(times, sent_at, now);
        let interval = |head: &Option<Head>| head.as_ref().map(|head| head.poll_interval);
        self.phase.get_untracked() == Phase::Shown
            && is_awake
            && (self.head.with_untracked(interval))
                .is_some_and(|interval| self.basis.get_untracked().outlives(&new, interval))
    }

    /// Changes what the next polls say of this screen.
    pub fn note(&self, change: impl FnOnce(&mut Report<'static>)) {
        self.report.try_update_value(change);
    }

    /// Lets time pass.
    pub fn advance(&self, now: Duration, link: &Link) {
        self.now.set(now);
        self.link.set(*link);
    }

    /// What there is to show at all.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// The queues' ids in the board's order.
    #[must_use]
    pub fn order(&self) -> Vec<String> {
        self.order.get()
    }

    /// The board's heading, behind that of the group that is open; empty until it is known.
    #[must_use]
    pub fn title(&self) -> String {
        let title = |head: &Option<Head>| match head {
            Some(head) => head.board.title.clone(),
            None => String::new(),
        };
        let title = self.head.with(title);
        match &*self.open_group() {
            "" => title,
            // The sign is the way back.
            group => ["« ", group, " · ", &title].concat(),
        }
    }

    /// The server's build; empty until it is known.
    #[must_use]
    pub fn build(&self) -> String {
        let of = |head: &Option<Head>| head.as_ref().map(|head| head.build.clone());
        self.head.with(of).unwrap_or_default()
    }

    /// How the board is shown where the link does not say; all open until it is known.
    #[must_use]
    pub fn display(&self) -> Display {
        let of = |head: &Option<Head>| head.as_ref().map(|head| head.board.display.clone());
        self.head.with(of).unwrap_or_default()
    }

    /// Which numbers tiles and header show.
    #[must_use]
    pub fn choice(&self) -> Choice {
        let of = |head: &Option<Head>| head.as_ref().map(|head| head.choice);
        self.head.with(of).unwrap_or_default()
    }

    /// What tiles have to say where there is room.
    #[must_use]
    pub fn lines(&self) -> Lines {
        let of = |head: &Option<Head>| head.as_ref().map(|head| head.lines);
        Lines {
            heading: self
                .groups()
                .is_some_and(|groups| (groups.has_headings)(self)),
            ..self.head.with(of).unwrap_or_default()
        }
    }

    /// The link's state in test hooks and style sheets.
    #[must_use]
    pub fn link_name(&self) -> &'static str {
        match self.link.with(Link::state) {
            LinkState::Connecting => "connecting",
            LinkState::Ok => "ok",
            LinkState::Resuming => "resuming",
            LinkState::Lost => "lost",
        }
    }

    /// What a supervisor's tile of the queue `id` says; `None` once the queue is gone.
    #[must_use]
    pub fn tile(&self, id: &str) -> Option<TileView> {
        let queue = self.queue(id)?;
        Some(self.gist(&queue, &self.judge().of_supervisor()).view())
    }

    /// What a tile's words are made of, by what all queues are judged by now.
    pub(crate) fn gist(&self, queue: &Arc<Queue>, judge: &Judge) -> Gist {
        let (tile_state, age) = judge.of(queue);
        let is_stale = tile_state == TileState::Stale;
        let choice = judge.choice;
        let since_ms = queue.reasons.first().and_then(|reason| reason.since_ms);
        let since_ms = since_ms.or(queue.level_since_ms);
        let told = Told {
            age: age.filter(|age| is_stale || judge.has_to_say(*age)),
            lasting: since_ms
                .and_then(|since| self.time_since(since))
                .map(|lasting| self.by_clock(lasting)),
            read_at: age
                .filter(|_| is_stale)
                .and_then(|age| self.write_time_ago(age))
                .unwrap_or_default(),
            is_told: self.is_told(queue),
            trend: TrendOf(self.trend(&queue.id)),
            line_end: judge.line_end,
            choice,
            today_age: judge.old_today(queue),
            group: match self.groups() {
                Some(groups) => (groups.told)(self, queue),
                None => groups::Told::default(),
            },
        };
        Gist::of(Arc::clone(queue), tile_state, told)
    }

    /// Whether the banner or the header says why this queue's numbers are old.
    fn is_told(&self, queue: &Queue) -> bool {
        match self.link.with(Link::state) {
            LinkState::Lost | LinkState::Resuming => true,
            LinkState::Connecting | LinkState::Ok => self.head.with(|head| match head {
                Some(Head { upstream, .. }) => {
                    let is_same = match (upstream.cause_code, queue.cause_code) {
                        (Some(Cause::AllLeftOut), Some(Cause::LeftOut)) => true,
                        (of_board, own) => of_board == own,
                    };
                    upstream.state == UpstreamState::Down && is_same
                }
                None => false,
            }),
        }
    }

    /// The queue of an id, as of the latest answer.
    pub(crate) fn queue(&self, id: &str) -> Option<Arc<Queue>> {
        self.queues.with(|queues| queues.get(id).cloned())
    }

    /// How much room the widest large number of a chosen queue takes.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let hero = self.choice().hero;
        let wide = match hero {
            // In its place where no mean is given.
            Metric::AverageWait => Metric::LongestWait,
            hero => hero,
        };
        let mut most = 0.0_f64;
        for queue in self.ordered_queues() {
            let values = [queue.value(hero), queue.value(wide)];
            most = values.into_iter().flatten().fold(most, f64::max);
        }
        Figures::of(hero, most)
    }

    /// How bad the queue of an id is, where its reading still counts.
    pub fn levels(&self) -> impl Fn(&str) -> Level {
        let (judge, queues) = (self.judge(), self.queues);
        // Followed once: for each of thousands it would cost more than all else.
        queues.with(|_| {});
        move |id| {
            let level = |queue: &Arc<Queue>| judge.level(queue);
            queues.with_untracked(|queues| queues.get(id).map_or(Level::None, level))
        }
    }

    /// The page's monotonic clock as of the latest tick.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.now.get()
    }

    /// The same, for those who do not want to be told when it moves.
    #[must_use]
    pub fn now_untracked(&self) -> Duration {
        self.now.get_untracked()
    }

    /// Whether the server answers, as far as is known.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.link.with_untracked(Link::state) == LinkState::Ok
    }

    pub(crate) fn is_trusted(&self) -> bool {
        matches!(
            self.link.with(Link::state),
            LinkState::Ok | LinkState::Connecting
        )
    }

    fn poll_interval(&self) -> Duration {
        let of = |head: &Option<Head>| head.as_ref().map(|head| head.poll_interval);
        self.head.with(of).unwrap_or_default()
    }

    /// Age of the board's latest reading.
    fn age(&self) -> Option<Duration> {
        let since_sent = self.since_sent();
        self.basis
            .get()
            .age
            .map(|age| age.saturating_add(since_sent))
    }

    fn since_sent(&self) -> Duration {
        self.now.get().saturating_sub(self.basis.get().sent_at)
    }

    /// How long ago a point on the server's uptime scale was.
    pub(crate) fn time_since(&self, point_ms: u64) -> Option<Duration> {
        let uptime = self.basis.get().uptime?.saturating_add(self.since_sent());
        Some(uptime.saturating_sub(Duration::from_millis(point_ms)))
    }

    /// How long until a point on the server's uptime scale; zero once it is past.
    fn time_until(&self, point_ms: u64) -> Option<Duration> {
        let uptime = self.basis.get().uptime?.saturating_add(self.since_sent());
        Some(Duration::from_millis(point_ms).saturating_sub(uptime))
    }
}

impl PollHandler for BoardState {
    fn answer(&self, answer: Answer, sent: PageTime) -> Result<Taken, Failure> {
        let now = time::now().monotonic;
        match answer {
            Answer::Changed { times, .. } | Answer::Unchanged(times)
                if self.outlives(times, sent.monotonic, now) =>
            {
                return Ok(Taken::No);
            }
            Answer::Changed { body, times, .. } => {
                let snapshot = self
                    .reader
                    .try_update_value(|reader| reader.snapshot(body))
                    .flatten()
                    .ok_or(Failure::Unreadable)?;
                self.take(snapshot);
                self.take_times(times, sent.monotonic, now);
            }
            Answer::Unchanged(times) => self.take_times(times, sent.monotonic, now),
            Answer::NotFound => self.phase.set(Phase::NoSuchBoard),
            Answer::Refused(refusal) => self.refuse(refusal),
        }
        Ok(Taken::Yes)
    }

    fn report(&self) -> Option<String> {
        let vitals = startup::vitals()?;
        self.report.try_update_value(|report| {
            report.page = Cow::Owned(vitals.id);
            report.paint_age_ms = Some(vitals.paint_age_ms);
            report.errors = vitals.errors;
            report.to_header()
        })
    }

    fn has_trends(&self) -> bool {
        self.phase.get_untracked() == Phase::Shown
    }

    fn take_trends(&self, body: JsValue) {
        if let Some(trends) = wire::trends(body) {
            self.show_trends(trends);
        }
    }

    fn tick(&self, now: PageTime, link: &Link) {
        self.advance(now.monotonic, link);
    }
}

/// Adds a queue to `queues`; one that is as it was `before` is the same still.
fn take_queue(
    before: &BTreeMap<String, Arc<Queue>>,
    queues: &mut BTreeMap<String, Arc<Queue>>,
    queue: Queue,
) {
    let is_same = |known: &&Arc<Queue>| match queue.revision {
        Some(_) if !may_be_desk() => known.revision == queue.revision,
        // A group has none.
        _ => may_be_desk() && ***known == queue,
    };
    let known = before.get(&queue.id).filter(is_same);
    let id = queue.id.clone();
    queues.insert(id, known.map_or_else(|| Arc::new(queue), Arc::clone));
}

fn basis(times: Times, sent_at: Duration, received_at: Duration) -> Basis {
    Basis {
        age: times.snapshot_age,
        uptime: times.uptime,
        sent_at,
        received_at,
    }
}

fn is_of_one_age(queues: &[Queue], interval_ms: u64) -> bool {
    let lags = || queues.iter().filter_map(|queue| queue.lag_ms);
    lags().max().unwrap_or(0) <= lags().min().unwrap_or(0) + interval_ms / 2
}

fn lines(queues: &[Queue], choice: Choice) -> Lines {
    let has_off_call = |queue: &Queue| {
        let agents = &queue.agents;
        agents.after_call_work.is_some() || agents.unavailable.is_some()
    };
    Lines {
        name: queues.iter().any(|queue| fit::is_long_name(&queue.name)),
        off_call: !choice.has_foot() && queues.iter().any(has_off_call),
        trend: !choice.is_labelled(),
        heading: false,
    }
}
