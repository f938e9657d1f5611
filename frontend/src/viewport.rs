//! The browser's window as it is now.

use leptos::prelude::*;
use queuewall_shared::fit::Viewport;

use crate::field::Field;
use crate::listener::{self, Listener};

/// The window's size, for as long as the reactive owner lives that this is called under.
#[must_use]
pub fn watch() -> Field<Viewport> {
    let viewport = Field::new(measure());
    let listener = Listener::new(window().into(), "resize", move || {
        viewport.set(measure());
    });
    listener::keep(vec![listener]);
    viewport
}

/// How far the page is scrolled down, in CSS pixels and in steps of half a window, for as
/// long as the reactive owner lives that this is called under.
#[must_use]
pub fn scrolled() -> Field<f64> {
    let scrolled = Field::new(0.0);
    let listener = Listener::new(window().into(), "scroll", move || {
        let step = (measure().height_px / 2.0).max(1.0);
        let top = (window().scroll_y().unwrap_or_default() / step).floor() * step;
        scrolled.set(top);
    });
    listener::keep(vec![listener]);
    scrolled
}

fn measure() -> Viewport {
    let window = window();
    let px = |length: Result<wasm_bindgen::JsValue, _>| {
        length.ok().and_then(|it| it.as_f64()).unwrap_or_default()
    };
    Viewport {
        width_px: px(window.inner_width()),
        height_px: px(window.inner_height()),
    }
}
