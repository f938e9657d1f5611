//! Ticks once a second, in a hidden tab too: from a worker, where there can be one.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::callback::Interval;
use leptos::prelude::document;
use web_sys::Worker;

use crate::listener::Listener;

/// As `frontend/tick.js` has it.
const TICK_MS: u32 = 1_000;

/// So many ticks of the page's own timer without one of the worker's, and the page takes
/// over: the worker's script may be gone or refused, and in some browsers it never runs.
const SILENCE: u8 = 3;

/// Ticks until it is dropped.
pub struct Ticking {
    worker: Option<Worker>,
    _message: Option<Listener>,
    _interval: Interval,
}

impl Ticking {
    /// Calls `tick` once a second.
    pub fn start(tick: impl Fn() + 'static) -> Self {
        let tick: Rc<dyn Fn()> = Rc::new(tick);
        let worker = script().and_then(|script| Worker::new(&script).ok());
        let silence = Rc::new(Cell::new(if worker.is_some() { 0 } else { SILENCE }));
        let message = worker.as_ref().and_then(|worker| {
            let (tick, silence) = (Rc::clone(&tick), Rc::clone(&silence));
            Listener::new(worker.clone().into(), "message", move || {
                silence.set(0);
                tick();
            })
        });
        let interval = Interval::new(TICK_MS, move || {
            silence.set(silence.get().saturating_add(1));
            if silence.get() > SILENCE {
                tick();
            }
        });
        Self {
            worker,
            _message: message,
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
