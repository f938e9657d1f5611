//! The path that the server has the wall below: a proxy may have it under one.

use std::cell::OnceCell;

use leptos::prelude::document;
use queuewall_shared::order;

/// Where the page's files lie.
const FILES: &str = "/assets/";

/// `path`, which begins with a slash, below the server's path.
#[must_use]
pub fn below(path: &str) -> String {
    thread_local! {
        static BASE_PATH: OnceCell<String> = const { OnceCell::new() };
    }
    BASE_PATH.with(|base| [base.get_or_init(of_document), path].concat())
}

/// As the finished page's script is named; empty in the development loop.
fn of_document() -> String {
    let script = document()
        .query_selector("script[data-wasm]")
        .ok()
        .flatten();
    let address = script.and_then(|script| script.get_attribute("src"));
    address.as_deref().map_or_else(String::new, of_file)
}

/// What stands before the files' folder.
#[must_use]
pub fn of_file(address: &str) -> String {
    let base = order::last_place(address, FILES).and_then(|end| address.get(..end));
    base.unwrap_or_default().to_owned()
}
