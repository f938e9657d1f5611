//! The page's first and last words, for when no component can speak: the message
//! that `index.html` shows until the page mounts, and the one after a crash.

use leptos::prelude::document;

use crate::text;

/// The message's id in `index.html`.
const MESSAGE_ID: &str = "startup";

/// Takes the start-up message away: the page runs.
pub fn mounted() {
    if let Some(message) = document().get_element_by_id(MESSAGE_ID) {
        message.remove();
    }
}

/// A panic is written to the console and said on the screen: after it nothing moves
/// any more, and numbers that stand still must not pass for live ones.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        cover_screen();
    }));
}

/// Nothing here may panic, so what fails is left out.
fn cover_screen() {
    let document = document();
    let (Ok(cover), Some(body)) = (document.create_element("div"), document.body()) else {
        return;
    };
    cover.set_id(MESSAGE_ID);
    cover.set_class_name("stopped");
    cover.set_text_content(Some(text::stopped()));
    // The board goes: only the message may be believed now.
    body.set_text_content(None);
    if body.append_child(&cover).is_err() {
        body.set_text_content(Some(text::stopped()));
    }
}
