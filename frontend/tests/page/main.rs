//! The page in a real browser: what its tiles show, what an answer touches, and that
//! nothing is left behind.

#![cfg(target_arch = "wasm32")]

mod access;
mod agents;
mod alone;
mod choice;
mod desk;
mod desk_words;
mod groups;
mod hands;
mod language;
mod pages;
mod panels;
mod polling;
mod sentences;
mod states;
mod support;
mod today;
mod touches;
mod wire;
mod words;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
