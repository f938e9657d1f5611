//! The page's first and last words, for when no component can speak: the message
//! that `index.html` shows until the page mounts, and the one after a crash.
//!
//! What outlives a crash is JavaScript's: `restart.js` covers the screen, counts, and
//! starts the page again. Under `trunk serve`, whose loader is another, it is not
//! there, and nothing but the last words is done.

use std::panic::PanicHookInfo;

use leptos::prelude::document;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::text;

/// The message's id in `index.html`.
const MESSAGE_ID: &str = "startup";

#[wasm_bindgen(js_namespace = queuewall)]
extern "C" {
    #[wasm_bindgen(catch)]
    fn stop(words: &str, cause: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch)]
    fn say(words: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_name = renew)]
    fn renew_for(build: &str, failed: JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_name = hasRenewed)]
    fn has_renewed_for(build: &str) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_name = restarts)]
    fn restart_count() -> Result<u32, JsValue>;
    #[wasm_bindgen(catch, js_name = lastCause)]
    fn last_cause() -> Result<String, JsValue>;
    #[wasm_bindgen(catch)]
    fn id() -> Result<String, JsValue>;
    #[wasm_bindgen(catch, js_name = paintAge)]
    fn paint_age() -> Result<f64, JsValue>;
    #[wasm_bindgen(catch)]
    fn errors() -> Result<u32, JsValue>;
}

/// Takes the start-up message away: the page runs.
pub fn mounted() {
    if let Some(message) = document().get_element_by_id(MESSAGE_ID) {
        message.remove();
    }
}

/// A panic is written to the console and said on the screen: after it nothing moves
/// any more, and numbers that stand still must not pass for live ones.
pub fn report_panics() {
    // For a trap that is no panic, when nothing here can speak any more. Under
    // `trunk serve` nobody listens.
    let _ = say(text::stopped());
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        if stop(text::stopped(), &cause(info)).is_err()
            && let Some(body) = document().body()
        {
            body.set_text_content(Some(text::stopped()));
        }
    }));
}

/// What is worth a line on the screen: where, without the builder's folders, and the
/// message, of which `restart.js` keeps the first line.
fn cause(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let message = (payload.downcast_ref::<&str>().copied())
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or_default();
    let (path, line) = info
        .location()
        .map_or(("", 0), |place| (place.file(), place.line()));
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
    format!("{file}:{line}: {message}")
}

/// How often this screen started again after a crash since it was switched on, and what
/// the latest one's cause was; empty where there was none.
#[must_use]
pub fn restarts() -> (u32, String) {
    (
        restart_count().unwrap_or_default(),
        last_cause().unwrap_or_default(),
    )
}

/// How this screen is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vitals {
    /// By chance; kept over a restart.
    pub id: String,
    /// Milliseconds since the browser last drew a frame for the page.
    pub paint_age_ms: u32,
    /// Errors that nobody caught, crashes before this page among them.
    pub errors: u32,
}

/// How this screen is, and asks the browser for a frame; `None` under `trunk serve`.
#[must_use]
pub fn vitals() -> Option<Vitals> {
    Some(Vitals {
        id: id().ok()?,
        // Longer than 49 days is as good as 49 days.
        paint_age_ms: paint_age().ok()? as u32,
        errors: restart_count().ok()?.saturating_add(errors().ok()?),
    })
}

/// Whether this screen was reloaded for `build` before, or could not be.
#[must_use]
pub fn was_renewed_for(build: &str) -> bool {
    has_renewed_for(build).unwrap_or(true)
}

/// Reloads the page for `build` once all of it could be fetched; calls `failed` when
/// something could not.
pub fn renew(build: &str, failed: impl FnOnce() + 'static) {
    // Freed by its call, or with the page.
    let _ = renew_for(build, Closure::once_into_js(failed));
}
