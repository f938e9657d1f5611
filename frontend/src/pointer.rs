//! The pointer leaves a wall alone: it hides when it has not moved for a while, and with it
//! the bar of `components/hands.rs`, which the Tab key brings out as well.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, MouseEvent};

use crate::listener::Listener;
use crate::markup;

/// Without movement for so long, the pointer hides.
const HIDE_AFTER_MS: u32 = 5_000;

/// On the document's root: `shown` from a movement on, `hidden` while the pointer rests;
/// see `style/pointer.css` and `style/hands.css`.
const ATTRIBUTE: &str = "data-pointer";
const SHOWN: &str = "shown";

/// Hides the pointer while it rests, until it is dropped.
pub struct RestingPointer {
    /// Until it hides.
    _timer: Rc<RefCell<Timeout>>,
    _listeners: [Option<Listener>; 2],
}

impl RestingPointer {
    /// The pointer counts as just moved.
    #[must_use]
    pub fn new() -> Self {
        let timer = Rc::new(RefCell::new(hide_later()));
        let wake = {
            let timer = Rc::clone(&timer);
            move || {
                mark(SHOWN);
                *timer.borrow_mut() = hide_later();
            }
        };
        let typed = wake.clone();
        let mut seen_at = None;
        let listeners = [
            Listener::with_event(window().into(), "mousemove", move |event| {
                let Some(event) = event.dyn_ref::<MouseEvent>() else {
                    return;
                };
                // Browsers send a movement, too, when something moves under a resting pointer.
                let at = Some((event.screen_x(), event.screen_y()));
                if seen_at != at {
                    seen_at = at;
                    wake();
                }
            }),
            Listener::with_event(window().into(), "keydown", move |event| {
                let event = event.dyn_ref::<KeyboardEvent>();
                if is_shown() || event.is_some_and(|event| event.key() == "Tab") {
                    typed();
                }
            }),
        ];
        Self {
            _timer: timer,
            _listeners: listeners,
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
        if let Some(root) = document().document_element() {
            let _ = root.remove_attribute(ATTRIBUTE);
        }
    }
}

/// Whether the pointer was moved a moment ago.
#[must_use]
pub fn is_shown() -> bool {
    let root = document().document_element();
    root.is_some_and(|root| root.get_attribute(ATTRIBUTE).as_deref() == Some(SHOWN))
}

fn hide_later() -> Timeout {
    Timeout::new(HIDE_AFTER_MS, || {
        mark("hidden");
        // What is not seen must not be pressed.
        let focused = document().active_element();
        if let Some(focused) = focused.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            let _ = focused.blur();
        }
    })
}

fn mark(state: &str) {
    if let Some(root) = document().document_element() {
        markup::set(&root, ATTRIBUTE, state);
    }
}
