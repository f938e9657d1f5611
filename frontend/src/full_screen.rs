//! Full screen, by whichever name the browser has for it. A browser that refuses is
//! not argued with.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// What became of a wish for full screen, or to leave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The page fills the screen.
    Full,
    /// It is in its window again.
    Window,
    /// The browser, or the page around a frame, does not allow it.
    Refused,
    /// The browser has no full screen.
    Missing,
}

/// Goes full screen, or back, and calls `tell` with what became of it.
pub fn toggle(tell: impl FnOnce(Outcome) + 'static) {
    let document = document();
    let is_full = ["fullscreenElement", "webkitFullscreenElement"]
        .iter()
        .any(|name| get(&document, name).is_some());
    let (asked, done) = match (is_full, document.document_element()) {
        (false, Some(root)) => (
            call(&root, &["requestFullscreen", "webkitRequestFullscreen"]),
            Outcome::Full,
        ),
        _ => (
            call(&document, &["exitFullscreen", "webkitExitFullscreen"]),
            Outcome::Window,
        ),
    };
    match asked.map(|answer| answer.map(JsCast::dyn_into::<Promise>)) {
        None => tell(Outcome::Missing),
        Some(Ok(Ok(promise))) => spawn_local(async move {
            // A refusal that nobody hears would be an error on the console.
            let outcome = JsFuture::from(promise).await;
            tell(outcome.map_or(Outcome::Refused, |_| done));
        }),
        // Chromium 66 makes no promise.
        Some(Ok(Err(_))) => tell(done),
        Some(Err(_)) => tell(Outcome::Refused),
    }
}

fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(of, &name.into()).ok()?;
    value.is_truthy().then_some(value)
}

/// Calls the first method that there is.
fn call(of: &JsValue, names: &[&str]) -> Option<Result<JsValue, JsValue>> {
    let method = names.iter().find_map(|name| get(of, name))?;
    let method: Function = method.dyn_into().ok()?;
    Some(method.call0(of))
}
