//! Starts the desk: everything else is in the library, where tests reach it.
//!
//! Without `main`: what the standard library does around it is 2 KB of the page.

#![no_main]

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(start)]
fn start() {
    queuewall_frontend::start(queuewall_frontend::app::desk);
}
