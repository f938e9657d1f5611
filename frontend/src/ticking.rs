//! Ticks once a second, in a hidden tab too: from a worker, where there can be one.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Interval;
use leptos::prelude::document;
use web_sys::Worker;

use crate::listener::Listener;

/// As `frontend/tick.js` has it.
const TICK_MS: u32 = 1_000;

/// Ticks until it is dropped.
pub struct Ticking {
    worker: Option<Worker>,
    _listeners: Vec<Listener>,
    /// The page's own timer, where there is no worker.
    _interval: Rc<RefCell<Option<Interval>>>,
}

impl Ticking {
    /// Calls `tick` once a second.
    pub fn start(tick: impl Fn() + 'static) -> Self {
        let tick: Rc<dyn Fn()> = Rc::new(tick);
        let interval: Rc<RefCell<Option<Interval>>> = Rc::default();
        let by_page = {
            let (tick, interval) = (Rc::clone(&tick), Rc::clone(&interval));
            move || {
                let tick = Rc::clone(&tick);
                interval.replace(Some(Interval::new(TICK_MS, move || tick())));
            }
        };
        let worker = script().and_then(|script| Worker::new(&script).ok());
        let mut listeners = Vec::new();
        match &worker {
            Some(worker) => {
                // Its script may be gone with an older server, or be refused.
                listeners.extend(Listener::new(worker.clone().into(), "error", by_page));
                listeners.extend(Listener::new(worker.clone().into(), "message", move || {
                    tick();
                }));
            }
            None => by_page(),
        }
        Self {
            worker,
            _listeners: listeners,
            _interval: interval,
        }
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        if let Some(worker) = &self.worker {
            worker.terminate();
        }
    }
}

/// The worker's script, which the finished page names beside its own; in the
/// development loop there is none.
fn script() -> Option<String> {
    let named = document().query_selector("script[data-tick]").ok()??;
    named.get_attribute("data-tick")
}
