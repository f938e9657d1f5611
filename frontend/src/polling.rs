//! Does what the [`Link`] says at every tick: ask, give up, ask again; and ends
//! everything it began.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use leptos::prelude::{document, window};
use queuewall_shared::link::{Action, Failure, Link, LinkState, PageTime};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal, VisibilityState};

use crate::access::Entry;
use crate::api::{self, Answer};
use crate::listener::Listener;
use crate::slots;
use crate::ticking::Ticking;
use crate::time;

/// Handles the answers of a poll.
pub trait PollHandler: 'static {
    /// An answer to the request that was sent at `sent`.
    ///
    /// # Errors
    /// When the body cannot be read: the poll then counts as missed.
    fn answer(&self, answer: Answer, sent: PageTime) -> Result<Taken, Failure>;

    /// What a poll that is sent now says of this screen; `None` where nobody asks.
    fn report(&self) -> Option<String> {
        None
    }

    /// Whether what changes once a minute is asked for beside the polls.
    fn has_trends(&self) -> bool {
        false
    }

    /// It was answered.
    fn take_trends(&self, _body: JsValue) {}

    /// A second passed, or the link changed.
    fn tick(&self, now: PageTime, link: &Link);
}

/// Whether an answer is now what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is.
    Yes,
    /// What was shown before stays: it is newer.
    No,
}

/// The trends are asked for this often, give or take a poll's delay.
const TRENDS_EVERY: Duration = Duration::from_secs(58);

/// Polls `path` for as long as the reactive owner lives that this is called under.
pub fn poll(path: String, handler: impl PollHandler) {
    slots::keep(Box::new(Poller::start(path, handler)));
}

/// Dropping it aborts the request under way, stops the timer and the listeners.
struct Poller {
    _ticking: Ticking,
    _listeners: Vec<Listener>,
    _core: Rc<Core>,
}

struct Core {
    path: String,
    /// What the page came with, until the server has taken it.
    entry: Rc<Entry>,
    handler: Box<dyn PollHandler>,
    link: Cell<Link>,
    etag: RefCell<Option<String>>,
    in_flight: RefCell<Option<InFlight>>,
    /// How many requests were sent: the number of the latest one.
    sent: Cell<u32>,
    trends: Trends,
}

/// What is asked for beside the polls: only after an answered one, and nothing waits for it.
#[derive(Default)]
struct Trends {
    asked_at: Cell<Option<Duration>>,
    etag: RefCell<Option<String>>,
    in_flight: RefCell<Option<InFlight>>,
}

/// A request under way. Dropping it aborts it.
struct InFlight(Option<AbortController>);

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

impl Poller {
    fn start(path: String, handler: impl PollHandler) -> Self {
        let core = Rc::new(Core {
            path,
            entry: Rc::new(Entry::from_address()),
            handler: Box::new(handler),
            link: Cell::new(Link::new(time::now())),
            etag: RefCell::default(),
            in_flight: RefCell::default(),
            sent: Cell::new(0),
            trends: Trends::default(),
        });
        let weakly = |act: fn(&Rc<Core>)| {
            let core = Rc::downgrade(&core);
            move || {
                if let Some(core) = Weak::upgrade(&core) {
                    act(&core);
                }
            }
        };
        let listeners = [
            Listener::new(
                document().into(),
                "visibilitychange",
                weakly(|core| {
                    if document().visibility_state() == VisibilityState::Visible {
                        core.step(Link::wake);
                    }
                }),
            ),
            Listener::new(
                window().into(),
                "online",
                weakly(|core| core.step(Link::wake)),
            ),
            // A hidden tab that ran on after the browser had frozen it.
            Listener::new(
                document().into(),
                "resume",
                weakly(|core| core.step(Link::wake)),
            ),
            Listener::new(
                window().into(),
                "pageshow",
                weakly(|core| core.step(Link::wake)),
            ),
        ];
        let ticking = Ticking::start(weakly(|core| core.step(Link::tick)));
        core.step(Link::tick);
        Self {
            _ticking: ticking,
            _listeners: listeners.into_iter().flatten().collect(),
            _core: core,
        }
    }
}

impl Core {
    fn step(self: &Rc<Self>, event: fn(&mut Link, PageTime) -> Action) {
        let now = time::now();
        match self.with_link(|link| event(link, now)) {
            Action::Wait => {}
            Action::Poll => self.ask(now),
            Action::GiveUp => {
                self.in_flight.take();
                self.missed(now, Failure::TimedOut);
            }
        }
        self.handler.tick(now, &self.link.get());
    }

    fn with_link<T>(&self, change: impl FnOnce(&mut Link) -> T) -> T {
        let mut link = self.link.get();
        let result = change(&mut link);
        self.link.set(link);
        result
    }

    fn missed(&self, now: PageTime, failure: Failure) {
        self.with_link(|link| link.missed(now, failure));
    }

    fn ask(self: &Rc<Self>, sent: PageTime) {
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map(AbortController::signal);
        // Replacing the request under way, if there is one, aborts it.
        self.in_flight.replace(Some(InFlight(controller)));
        let number = self.sent.get().wrapping_add(1);
        self.sent.set(number);
        let path = self.path.clone();
        let etag = self.etag.borrow().clone();
        self.send(
            path,
            etag,
            self.handler.report(),
            signal,
            Some((number, sent)),
        );
    }

    /// Sends a request: a poll of this number and time, else one for the trends. Both are the same
    /// future, since each type of one is a KB of code.
    fn send(
        self: &Rc<Self>,
        path: String,
        etag: Option<String>,
        report: Option<String>,
        signal: Option<AbortSignal>,
        poll: Option<(u32, PageTime)>,
    ) {
        let core = Rc::downgrade(self);
        let entry = Rc::clone(&self.entry);
        spawn_local(async move {
            let (etag, report) = (etag.as_deref(), report.as_deref());
            let outcome = entry.get(&path, etag, report, signal.as_ref()).await;
            let Some(core) = core.upgrade() else {
                return;
            };
            match (poll, outcome) {
                (Some((number, sent)), outcome) => core.finish(number, sent, outcome),
                (None, Ok(Answer::Changed { body, etag, .. })) => {
                    core.trends.etag.replace(etag);
                    core.handler.take_trends(body);
                }
                _ => {}
            }
        });
    }

    fn finish(self: &Rc<Self>, number: u32, sent: PageTime, outcome: Result<Answer, Failure>) {
        // An aborted request ends too, as a failure of something long given up.
        if number != self.sent.get() || self.in_flight.borrow().is_none() {
            return;
        }
        self.in_flight.take();
        let now = time::now();
        let etag = match &outcome {
            Ok(Answer::Changed { etag, .. }) => Some(etag.clone()),
            Ok(Answer::NotFound | Answer::Refused(_)) => Some(None),
            _ => None,
        };
        match outcome.and_then(|answer| self.handler.answer(answer, sent)) {
            Ok(taken) => {
                if let (Some(etag), Taken::Yes) = (etag, taken) {
                    self.etag.replace(etag);
                }
                let was_lost = self.with_link(|link| {
                    let before = link.state();
                    link.answered(now);
                    before == LinkState::Lost
                });
                self.ask_for_trends(now.monotonic, was_lost);
            }
            Err(failure) => self.missed(now, failure),
        }
        self.handler.tick(now, &self.link.get());
    }

    /// Asks for the trends where they are due. One that hangs ends when the next one is asked
    /// for; one that fails is no news about the link.
    fn ask_for_trends(self: &Rc<Self>, now: Duration, was_lost: bool) {
        let trends = &self.trends;
        let since = trends.asked_at.get().map(|at| now.saturating_sub(at));
        let is_due = was_lost || since.is_none_or(|since| since >= TRENDS_EVERY);
        if !is_due || !self.handler.has_trends() {
            return;
        }
        trends.asked_at.set(Some(now));
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map(AbortController::signal);
        trends.in_flight.replace(Some(InFlight(controller)));
        let etag = trends.etag.borrow().clone();
        self.send(api::trends(&self.path), etag, None, signal, None);
    }
}
