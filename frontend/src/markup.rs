//! Parts of the page that are written as markup and changed by hand.
//!
//! In a view every closure adds about a KB of code: right for tiles, which
//! change all day. What is opened once in a screen's life is text here, and an
//! event on any of it is heard by one listener.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Text as it may stand between tags and within quotes.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Markup from pieces: every second one is text and is escaped.
#[must_use]
pub fn fill(pieces: &[&str]) -> String {
    let mut markup = String::new();
    for (place, piece) in pieces.iter().enumerate() {
        match place % 2 {
            0 => markup.push_str(piece),
            _ => markup.push_str(&escape(piece)),
        }
    }
    markup
}

/// All elements within `root` that match, in their order.
#[must_use]
pub fn all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(selector) else {
        return Vec::new();
    };
    let element = |place| found.get(place)?.dyn_into::<HtmlElement>().ok();
    (0..found.length()).filter_map(element).collect()
}

/// The first element within `root` that matches.
#[must_use]
pub fn find<T: JsCast>(root: &Element, selector: &str) -> Option<T> {
    root.query_selector(selector).ok()??.dyn_into().ok()
}

/// Sets an attribute, unless it is just so.
pub fn set(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        // Only a name that is none is refused.
        let _ = element.set_attribute(name, value);
    }
}

/// Sets a text, unless it is just so.
pub fn say(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// The setting or act that an event's target stands for: the nearest element around it
/// that has the attribute, with its value.
#[must_use]
pub fn around(event: &web_sys::Event, attribute: &str) -> Option<(Element, String)> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let meant = target.closest(&format!("[{attribute}]")).ok()??;
    let value = meant.get_attribute(attribute)?;
    Some((meant, value))
}

/// A yes or no as attributes have it.
#[must_use]
pub fn flag(is_so: bool) -> &'static str {
    if is_so { "true" } else { "false" }
}
