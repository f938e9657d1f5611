//! What this page's address asks of it, read once: a screen whose settings change is a
//! screen that loads another address.

use std::sync::Arc;

use leptos::prelude::{provide_context, use_context};
use queuewall_shared::settings::{Problem, Settings};
use wasm_bindgen::JsCast;
use web_sys::UrlSearchParams;

use crate::access;

/// What an address asks, and what of it cannot be followed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// What can be followed.
    pub settings: Settings,
    /// What cannot.
    pub problems: Vec<Problem>,
}

/// Reads the query of an address: what follows its question mark.
#[must_use]
pub fn read(query: &str) -> Asked {
    let Ok(parameters) = UrlSearchParams::new_with_str(query) else {
        return Asked::default();
    };
    let pairs = js_sys::Array::from(&parameters);
    let (settings, problems) = Settings::read(pairs.iter().filter_map(|pair| {
        let pair: js_sys::Array = pair.dyn_into().ok()?;
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    }));
    Asked { settings, problems }
}

/// Lets every component below ask [`asked`].
pub fn provide(asked: Asked) {
    provide_context(Arc::new(asked));
}

/// Lets every component below ask what the page's own address asks.
pub fn provide_from_address() {
    provide(read(&access::address().query));
}

/// What the page was asked; nothing where nobody provided it.
#[must_use]
pub fn asked() -> Arc<Asked> {
    use_context().unwrap_or_default()
}
