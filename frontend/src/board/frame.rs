//! What stands around the tiles: freshness, clock, banner and foot.

use std::time::Duration;

use leptos::prelude::*;
use queuewall_shared::freshness::Freshness;
use queuewall_shared::link::{Link, LinkState};
use queuewall_shared::snapshot::{Queue, SimulatedClock, UpstreamState};

use super::{BoardState, Head};
use crate::language;
use crate::text;
use crate::time::{self, TimeOfDay};

/// Queues that are read less often are said to be.
const OFTEN: Duration = Duration::from_secs(60);

/// What the banner says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trouble {
    /// Which link broke, why, since when. Empty when all is well.
    pub what: String,
    /// When it is tried again, where the page knows.
    pub next_try: String,
}

impl BoardState {
    /// How old the oldest reading is that counts: its state for style sheets, and in words.
    #[must_use]
    pub fn freshness(&self, oldest: Option<Duration>) -> (&'static str, String) {
        match self.link.with(Link::state) {
            LinkState::Lost => return ("stale", text::no_connection().into()),
            LinkState::Resuming => return ("stale", text::resuming().into()),
            LinkState::Connecting | LinkState::Ok => {}
        }
        let interval = self.poll_interval();
        match oldest {
            // Nothing counts any more.
            None => ("stale", self.age().map_or_else(String::new, text::old)),
            Some(age) => (Freshness::of(age, interval).as_str(), text::ago(age)),
        }
    }

    /// How often each queue is read, where that is seldom: numbers may be that old and count.
    #[must_use]
    pub fn read_every(&self) -> String {
        match self.poll_interval() {
            interval if interval > OFTEN => text::read_every(interval),
            _ => String::new(),
        }
    }

    /// The time of day in the board's zone, by the server's clock; empty until known.
    #[must_use]
    pub fn time_of_day(&self) -> String {
        self.write_time_ago(Duration::ZERO).unwrap_or_default()
    }

    /// The time of day so long ago, which may be before this page was opened.
    pub(crate) fn write_time_ago(&self, ago: Duration) -> Option<String> {
        let at_ms = time::milliseconds(self.now.get()) - time::milliseconds(ago);
        self.write_epoch(self.epoch_at(at_ms)?)
    }

    /// What the server's clock showed at a moment of the page's clock, or the simulated one.
    pub(crate) fn epoch_at(&self, at_ms: f64) -> Option<f64> {
        let Some(clock) = self.simulated_clock() else {
            return self.clock.get().at(at_ms);
        };
        let basis = self.basis.get();
        let since_sent_ms = at_ms - time::milliseconds(basis.sent_at);
        Some(clock.at(time::milliseconds(basis.uptime?) + since_sent_ms))
    }

    /// What the clock on the screen shows now, in milliseconds since 1970.
    pub(crate) fn now_epoch_ms(&self) -> Option<f64> {
        self.epoch_at(time::milliseconds(self.now.get()))
    }

    /// What it showed at a point on the server's uptime scale.
    pub(crate) fn epoch_of(&self, point_ms: u64) -> Option<f64> {
        let ago = self.time_since(point_ms)?;
        self.epoch_at(time::milliseconds(self.now.get()) - time::milliseconds(ago))
    }

    /// What it showed when a queue was read.
    pub(crate) fn read_epoch_ms(&self, queue: &Queue) -> Option<f64> {
        let (_, age) = self.judge().of(queue);
        self.epoch_at(time::milliseconds(self.now.get()) - time::milliseconds(age?))
    }

    /// The board's zone; `None` is the screen's own.
    pub(crate) fn zone(&self) -> Option<String> {
        self.head.with(|head| head.as_ref()?.board.timezone.clone())
    }

    /// What the clock is, where it is not the real time.
    #[must_use]
    pub fn clock_kind(&self) -> &'static str {
        match self.simulated_clock() {
            Some(_) => text::simulated(),
            None => "",
        }
    }

    /// How long it was by the clock on the screen.
    pub(crate) fn by_clock(&self, duration: Duration) -> Duration {
        match self.simulated_clock() {
            Some(clock) => time::duration(time::milliseconds(duration) * clock.speed),
            None => duration,
        }
    }

    fn simulated_clock(&self) -> Option<SimulatedClock> {
        self.head.with(|head| head.as_ref()?.board.simulated_clock)
    }

    fn write_epoch(&self, epoch_ms: f64) -> Option<String> {
        let zone = self.head.with(|head| head.as_ref()?.board.timezone.clone());
        let language = language::current();
        self.writer.try_update_value(|(known, writer)| {
            if *known != (zone.clone(), language) {
                *writer = TimeOfDay::new(zone.as_deref());
                *known = (zone, language);
            }
            Some(writer.as_ref()?.at(epoch_ms))
        })?
    }

    /// The board's zone, where this browser cannot tell the time in it; else empty. Times
    /// are then left out: none is better than a wrong one.
    #[must_use]
    pub fn lost_zone(&self) -> String {
        let zone = |head: &Option<Head>| head.as_ref()?.board.timezone.clone();
        let zone = self
            .head
            .with(zone)
            .filter(|zone| TimeOfDay::new(Some(zone)).is_none());
        zone.unwrap_or_default()
    }

    /// The broken link, if one is: the page's own to its server before the server's
    /// to CXone, since the latter is then not known.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        let link = self.link.get();
        let since = |ago: Duration| {
            self.write_time_ago(ago)
                .map_or_else(|| text::since_ago(ago), |time| text::since(&time))
        };
        if link.state() == LinkState::Lost {
            let now = self.now.get();
            let ago = link.last_answer_at().map(|at| now.saturating_sub(at));
            return Trouble {
                what: text::lost(link.failure(), ago.map(since)),
                next_try: text::next_try(link.next_poll_at().map(|at| at.saturating_sub(now))),
            };
        }
        let what = self.upstream_cause(UpstreamState::Down);
        if what.is_empty() {
            return Trouble::default();
        }
        let times = |head: &Option<Head>| {
            let upstream = head.as_ref().map(|head| &head.upstream);
            upstream.map_or((None, None, None), |it| {
                (it.since_ms, it.cause_since_ms, it.next_try_ms)
            })
        };
        let (since_ms, cause_since_ms, next_try_ms) = self.head.with(times);
        let read = self.age().map(since);
        // Where the trouble began with it, the time is that of the latest reading.
        let cause_since_ms = match read {
            Some(_) => cause_since_ms.filter(|cause| Some(*cause) > since_ms),
            None => cause_since_ms.or(since_ms),
        };
        let cause_since = cause_since_ms.and_then(|since| self.time_since(since));
        let pause = next_try_ms.and_then(|next| self.time_until(next));
        Trouble {
            what: text::down(&what, read, cause_since.map(since)),
            next_try: pause.map_or_else(String::new, |pause| text::next_try(Some(pause))),
        }
    }

    /// How the server gets on with CXone, as far as the page knows.
    pub(super) fn upstream(&self) -> UpstreamState {
        let of = |head: &Option<Head>| head.as_ref().map(|head| head.upstream.state);
        self.head.with(of).unwrap_or(UpstreamState::Ok)
    }

    /// What the foot says: why some of the queues are not read, else the board's notice, or
    /// that it is a demo.
    #[must_use]
    pub fn notice(&self) -> String {
        let degraded = self.upstream_cause(UpstreamState::Degraded);
        if !degraded.is_empty() {
            return degraded;
        }
        let of = |head: &Option<Head>| head.as_ref()?.board.notice.clone();
        let demo = || self.simulated_clock().map(|_| text::demo().into());
        self.head.with(of).or_else(demo).unwrap_or_default()
    }

    pub(super) fn upstream_cause(&self, state: UpstreamState) -> String {
        self.head.with(|head| match head {
            Some(Head { upstream, .. }) if upstream.state == state => {
                text::server_cause(upstream.cause_code, upstream.cause.as_deref())
                    .unwrap_or_else(|| text::upstream(state))
                    .into()
            }
            _ => String::new(),
        })
    }
}
