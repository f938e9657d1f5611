//! The pointer leaves a wall alone: it hides when it has not moved for a while.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

use crate::listener::Listener;

/// Without movement for so long, the pointer hides.
const HIDE_AFTER_MS: u32 = 3_000;

/// Set on the document's root while the pointer hides; see `style/pointer.css`.
const ATTRIBUTE: &str = "data-pointer";

/// Hides the pointer while it rests, until it is dropped.
pub struct RestingPointer {
    /// Until it hides.
    _timer: Rc<RefCell<Timeout>>,
    _listener: Option<Listener>,
}

impl RestingPointer {
    /// The pointer counts as just moved.
    #[must_use]
    pub fn new() -> Self {
        let timer = Rc::new(RefCell::new(hide_later()));
        let moved = Rc::clone(&timer);
        let mut seen_at = None;
        let listener = Listener::new(window().into(), "mousemove", move || {
            let event = window().event();
            let Some(event) = event.dyn_ref::<MouseEvent>() else {
                return;
            };
            // Browsers send a movement, too, when something moves under a resting pointer.
            let at = Some((event.screen_x(), event.screen_y()));
            if seen_at != at {
                seen_at = at;
                show();
                *moved.borrow_mut() = hide_later();
            }
        });
        Self {
            _timer: timer,
            _listener: listener,
        }
    }
}

impl Default for RestingPointer {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for RestingPointer {
    fn drop(&mut self) {
        show();
    }
}

fn hide_later() -> Timeout {
    Timeout::new(HIDE_AFTER_MS, || {
        if let Some(root) = document().document_element() {
            // Refused for names that are no names only.
            let _ = root.set_attribute(ATTRIBUTE, "hidden");
        }
    })
}

fn show() {
    if let Some(root) = document().document_element() {
        let _ = root.remove_attribute(ATTRIBUTE);
    }
}
