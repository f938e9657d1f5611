//! The pointer leaves a wall alone: it hides when it has not moved for a while.

use gloo_timers::callback::Timeout;
use leptos::prelude::{StoredValue, UpdateValue, document, on_cleanup, window};
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

use crate::listener::Listener;

/// Without movement for so long, the pointer hides.
const HIDE_AFTER_MS: u32 = 3_000;

/// Set on the document's root while the pointer hides; see `style/pointer.css`.
const ATTRIBUTE: &str = "data-pointer";

/// Hides the pointer while it rests, for as long as the reactive owner lives.
pub fn hide_at_rest() {
    let resting = StoredValue::new_local(Some(wait()));
    let mut seen_at = None;
    let listener = Listener::new(window().into(), "mousemove", move || {
        let event = window().event();
        let Some(event) = event.dyn_ref::<MouseEvent>() else {
            return;
        };
        // Browsers send a movement, too, when something moves under a resting pointer.
        let at = Some((event.screen_x(), event.screen_y()));
        if seen_at == at {
            return;
        }
        seen_at = at;
        show();
        resting.try_update_value(|timer| *timer = Some(wait()));
    });
    let listener = StoredValue::new_local(listener);
    on_cleanup(move || {
        listener.try_update_value(Option::take);
        resting.try_update_value(Option::take);
        show();
    });
}

fn wait() -> Timeout {
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
