//! Browser events whose listeners end when they are dropped, so that a page
//! which runs for weeks leaves nothing behind.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

use crate::slots;

/// Listens to one kind of event on one target until it is dropped.
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Calls `callback` at every `event` on `target`. `None` when the browser refuses.
    pub fn new(
        target: EventTarget,
        event: &'static str,
        mut callback: impl FnMut() + 'static,
    ) -> Option<Self> {
        Self::with_event(target, event, move |_| callback())
    }

    /// The same for a callback that wants to see the event.
    pub fn with_event(
        target: EventTarget,
        event: &'static str,
        callback: impl FnMut(Event) + 'static,
    ) -> Option<Self> {
        Self::boxed(target, event, Box::new(callback))
    }

    /// One type for all: each other takes bytes.
    fn boxed(
        target: EventTarget,
        event: &'static str,
        callback: Box<dyn FnMut(Event)>,
    ) -> Option<Self> {
        let callback = Closure::wrap(callback);
        target
            .add_event_listener_with_callback(event, callback.as_ref().unchecked_ref())
            .ok()?;
        Some(Self {
            target,
            event,
            callback,
        })
    }
}

/// Keeps listeners for as long as the reactive owner lives that this is called under.
pub fn keep(listeners: Vec<Option<Listener>>) {
    slots::keep(Box::new(listeners));
}

impl Drop for Listener {
    fn drop(&mut self) {
        // It can only fail for a listener that is not there any more.
        let _ = self.target.remove_event_listener_with_callback(
            self.event,
            self.callback.as_ref().unchecked_ref(),
        );
    }
}
