//! One board's signals: answers go in, tiles read out, nothing reads back.
//!
//! Each queue has a signal of its own and every signal is set only when its value
//! differs, so that an unchanged answer wakes nothing that could touch the screen.

use std::collections::BTreeMap;
use std::time::Duration;

use leptos::prelude::*;
use queuewall_shared::freshness::Freshness;
use queuewall_shared::link::{Failure, Link, LinkState, PageTime};
use queuewall_shared::server_clock::ServerClock;
use queuewall_shared::snapshot::{
    Board, BoardSnapshot, Queue, Theme, Totals, Upstream, UpstreamState,
};
use queuewall_shared::standing::Standing;

use crate::api::{Answer, Times};
use crate::polling::Audience;
use crate::text;
use crate::tile_view::TileView;
use crate::time::{self, TimeOfDay};
use crate::wire;

/// What there is to show at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No answer yet.
    Loading,
    /// A board.
    Shown,
    /// The server has no such board.
    NoSuchBoard,
}

/// Everything of a snapshot but its queues and totals.
#[derive(Clone, Debug, PartialEq)]
struct Head {
    board: Board,
    poll_interval: Duration,
    upstream: Upstream,
}

/// From what a reading's age is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Basis {
    /// Age of the board's latest reading when the server answered.
    age: Option<Duration>,
    /// How long the server ran when it answered.
    uptime: Option<Duration>,
    /// When the request for it was sent: earlier than the answer, so that data never
    /// look younger than they are.
    sent_at: Duration,
}

/// One board's signals. A copy is the same board.
#[derive(Clone, Copy)]
pub struct BoardState {
    phase: RwSignal<Phase>,
    head: RwSignal<Option<Head>>,
    order: RwSignal<Vec<String>>,
    queues: StoredValue<BTreeMap<String, ArcRwSignal<Queue>>>,
    basis: RwSignal<Basis>,
    clock: RwSignal<ServerClock>,
    /// The zone's writer, since making one is dear; of `None`'s zone to begin with.
    writer: StoredValue<(Option<String>, Option<TimeOfDay>), LocalStorage>,
    /// The page's monotonic clock as of the latest tick.
    now: RwSignal<Duration>,
    link: RwSignal<Link>,
}

/// What the banner says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trouble {
    /// Which link broke, why, since when. Empty when all is well.
    pub what: String,
    /// When it is tried again, where the page knows.
    pub next_try: String,
}

impl Default for BoardState {
    fn default() -> Self {
        Self::new(time::now())
    }
}

impl BoardState {
    /// A board of which nothing is known yet.
    #[must_use]
    pub fn new(now: PageTime) -> Self {
        Self {
            phase: RwSignal::new(Phase::Loading),
            head: RwSignal::new(None),
            order: RwSignal::new(Vec::new()),
            queues: StoredValue::new(BTreeMap::new()),
            basis: RwSignal::new(Basis::default()),
            clock: RwSignal::new(ServerClock::default()),
            writer: StoredValue::new_local((None, TimeOfDay::new(None))),
            now: RwSignal::new(now.monotonic),
            link: RwSignal::new(Link::new(now)),
        }
    }

    /// Takes in a snapshot: what is equal stays untouched.
    pub fn take(&self, snapshot: BoardSnapshot) {
        set_if_new(
            self.head,
            Some(Head {
                board: snapshot.board,
                poll_interval: Duration::from_millis(snapshot.poll_interval_ms),
                upstream: snapshot.upstream,
            }),
        );
        let mut order = Vec::with_capacity(snapshot.queues.len());
        self.queues.update_value(|known| {
            let mut before = std::mem::take(known);
            for queue in snapshot.queues {
                if known.contains_key(&queue.id) {
                    // Tiles are keyed by id: a second one would break the list.
                    continue;
                }
                order.push(queue.id.clone());
                let signal = match before.remove(&queue.id) {
                    Some(signal) => {
                        if signal.with_untracked(|old| *old != queue) {
                            signal.set(queue);
                        }
                        signal
                    }
                    None => ArcRwSignal::new(queue),
                };
                known.insert(order[order.len() - 1].clone(), signal);
            }
        });
        set_if_new(self.order, order);
        set_if_new(self.phase, Phase::Shown);
    }

    /// Takes in what an answer says about time; its request left at `sent_at`.
    pub fn take_times(&self, times: Times, sent_at: Duration, now: Duration) {
        let basis = Basis {
            age: times.snapshot_age,
            uptime: times.uptime,
            sent_at,
        };
        set_if_new(self.basis, basis);
        if let Some(date_ms) = times.date_ms {
            let mut clock = self.clock.get_untracked();
            clock.observe(date_ms, time::milliseconds(now));
            set_if_new(self.clock, clock);
        }
    }

    /// Lets time pass.
    pub fn advance(&self, now: Duration, link: &Link) {
        set_if_new(self.now, now);
        set_if_new(self.link, *link);
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

    /// The board's heading; empty until it is known.
    #[must_use]
    pub fn title(&self) -> String {
        self.head.with(|head| match head {
            Some(head) => head.board.title.clone(),
            None => String::new(),
        })
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

    /// What the tile of the queue `id` says; `None` once the queue is gone.
    #[must_use]
    pub fn tile(&self, id: &str) -> Option<TileView> {
        let queue = self.queues.with_value(|queues| queues.get(id).cloned())?;
        let excuse = match self.link.with(Link::state) {
            LinkState::Lost => text::LOST,
            LinkState::Resuming => text::RESUMING,
            LinkState::Connecting | LinkState::Ok => "",
        };
        queue.with(|queue| {
            let (standing, age) = self.judge(queue);
            let held = queue
                .level_since_ms
                .and_then(|since| self.time_since(since));
            Some(TileView::of(queue, standing, age, held, excuse))
        })
    }

    /// The sums over the queues that count, by the page's own judgement.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let order = self.order.get();
        let queues: Vec<Queue> = self.queues.with_value(|queues| {
            let read = |id| queues.get(id).map(ArcRwSignal::get);
            order.iter().filter_map(read).collect()
        });
        Totals::of(
            queues
                .iter()
                .map(|queue| (queue, self.judge(queue).0.counts())),
        )
    }

    fn judge(&self, queue: &Queue) -> (Standing, Option<Duration>) {
        let poll_interval = self.poll_interval();
        let read = queue.lag_ms.map(Duration::from_millis);
        let age = self
            .age()
            .zip(read)
            .map(|(age, lag)| age.saturating_add(lag));
        let standing = Standing::of(queue, age, poll_interval, self.is_trusted());
        // A tile without a reading is as old as what the server said of it.
        (standing, age.or_else(|| Some(self.since_sent())))
    }

    fn is_trusted(&self) -> bool {
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
    fn time_since(&self, point_ms: u64) -> Option<Duration> {
        let uptime = self.basis.get().uptime?.saturating_add(self.since_sent());
        Some(uptime.saturating_sub(Duration::from_millis(point_ms)))
    }

    /// How long until a point on the server's uptime scale; zero once it is past.
    fn time_until(&self, point_ms: u64) -> Option<Duration> {
        let uptime = self.basis.get().uptime?.saturating_add(self.since_sent());
        Some(Duration::from_millis(point_ms).saturating_sub(uptime))
    }

    /// How fresh the board as a whole is: its state for style sheets, and in words.
    #[must_use]
    pub fn freshness(&self) -> (&'static str, String) {
        match self.link.with(Link::state) {
            LinkState::Lost => return ("stale", text::LOST.into()),
            LinkState::Resuming => return ("stale", text::RESUMING.into()),
            LinkState::Connecting | LinkState::Ok => {}
        }
        let Some(age) = self.age() else {
            return ("stale", String::new());
        };
        let freshness = Freshness::of(age, self.poll_interval());
        let words = match freshness {
            Freshness::Fresh => text::LIVE.into(),
            Freshness::Ageing => text::ago(age),
            Freshness::Stale => text::old(age),
        };
        (freshness.as_str(), words)
    }

    /// The time of day in the board's zone, by the server's clock; empty until known.
    #[must_use]
    pub fn time_of_day(&self) -> String {
        self.write_time(self.now.get()).unwrap_or_default()
    }

    /// The time of day at a moment of the page's clock.
    fn write_time(&self, at: Duration) -> Option<String> {
        self.write_epoch(self.clock.get().at(time::milliseconds(at))?)
    }

    /// The time of day so long ago, which may be before this page was opened.
    fn write_time_ago(&self, ago: Duration) -> Option<String> {
        let now_ms = self.clock.get().at(time::milliseconds(self.now.get()))?;
        self.write_epoch(now_ms - time::milliseconds(ago))
    }

    fn write_epoch(&self, epoch_ms: f64) -> Option<String> {
        let zone = self.head.with(|head| head.as_ref()?.board.timezone.clone());
        self.writer.try_update_value(|(known_zone, writer)| {
            if *known_zone != zone {
                *writer = TimeOfDay::new(zone.as_deref());
                *known_zone = zone;
            }
            Some(writer.as_ref()?.at(epoch_ms))
        })?
    }

    /// The broken link, if one is: the page's own to its server before the server's
    /// to CXone, since the latter is then not known.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        let link = self.link.get();
        if link.state() == LinkState::Lost {
            let now = self.now.get();
            let since = link.last_answer_at().map(|at| {
                let ago = now.saturating_sub(at);
                self.write_time(at)
                    .map_or_else(|| text::since_ago(ago), |time| text::since(&time))
            });
            return Trouble {
                what: text::lost(link.failure(), since),
                next_try: text::next_try(link.next_poll_at().map(|at| at.saturating_sub(now))),
            };
        }
        let what = self.upstream_cause(UpstreamState::Down);
        if what.is_empty() {
            return Trouble::default();
        }
        let times = |head: &Option<Head>| {
            let upstream = head.as_ref().map(|head| &head.upstream);
            upstream.map_or((None, None), |it| (it.since_ms, it.next_try_ms))
        };
        let (since_ms, next_try_ms) = self.head.with(times);
        let since = since_ms
            .and_then(|since| self.time_since(since))
            .map(|ago| {
                self.write_time_ago(ago)
                    .map_or_else(|| text::since_ago(ago), |time| text::since(&time))
            });
        let pause = next_try_ms.and_then(|next| self.time_until(next));
        Trouble {
            what: text::down(&what, since),
            next_try: pause.map_or_else(String::new, |pause| text::next_try(Some(pause))),
        }
    }

    /// What the foot says: why some of the queues are not read, else the board's notice.
    #[must_use]
    pub fn notice(&self) -> String {
        let degraded = self.upstream_cause(UpstreamState::Degraded);
        if !degraded.is_empty() {
            return degraded;
        }
        let of = |head: &Option<Head>| head.as_ref().and_then(|head| head.board.notice.clone());
        self.head.with(of).unwrap_or_default()
    }

    /// The board's colours in style sheets.
    #[must_use]
    pub fn theme(&self) -> &'static str {
        let of = |head: &Option<Head>| head.as_ref().and_then(|head| head.board.display.theme);
        match self.head.with(of) {
            Some(Theme::Light) => "light",
            Some(Theme::Contrast) => "contrast",
            Some(Theme::Dark) | None => "dark",
        }
    }

    fn upstream_cause(&self, state: UpstreamState) -> String {
        self.head.with(|head| match head {
            Some(Head { upstream, .. }) if upstream.state == state => upstream
                .cause
                .clone()
                .unwrap_or_else(|| text::upstream(state).into()),
            _ => String::new(),
        })
    }
}

impl Audience for BoardState {
    fn answer(&self, answer: Answer, sent: PageTime) -> Result<(), Failure> {
        let now = time::now().monotonic;
        match answer {
            Answer::Changed { body, times, .. } => {
                let snapshot = wire::snapshot(&body).ok_or(Failure::Unreadable)?;
                self.take(snapshot);
                self.take_times(times, sent.monotonic, now);
            }
            Answer::Unchanged(times) => self.take_times(times, sent.monotonic, now),
            Answer::NotFound => set_if_new(self.phase, Phase::NoSuchBoard),
        }
        Ok(())
    }

    fn tick(&self, now: PageTime, link: &Link) {
        self.advance(now.monotonic, link);
    }
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}
