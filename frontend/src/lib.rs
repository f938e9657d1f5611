//! The two pages, wall and desk: each reads one board's snapshot every few seconds and
//! shows what it may honestly show. Each is a program in `src/bin`; what only a desk has,
//! the wall's program does not contain.
//!
//! # Layout
//! - [`app`]: which page an address means
//! - [`base_path`]: the path that the wall is below
//! - [`api`]: the one place that fetches
//! - [`access`]: a link's token, from the address to a cookie; [`waiting`]: a screen that
//!   shows a code until it is let in
//! - [`wire`]: the server's JSON as the types both sides share
//! - [`settings`]: what the page's address asks of it
//! - [`polling`]: asks, gives up, wakes, cleans up
//! - [`ticking`]: the one timer, which a hidden tab does not slow down
//! - [`board`]: a board's signals, fed by answers, read by tiles
//! - [`desk`]: what only a desk shows: one queue, its chart, the table of queues
//! - [`tile_view`]: what a tile says, as plain text, from a queue and its age
//! - [`components`]: one component a file, its style sheet of the same name in
//!   `style/`
//! - [`language`], [`text`], [`numbers`]: the page's language, every word on the screen
//!   in it, and its numbers
//! - [`time`]: the page's two clocks, and a time of day in the board's zone
//! - [`viewport`]: the window's size
//! - [`tab_label`]: the browser's tab, its title and icon
//! - [`keys`]: keys of keyboards and remotes, and who obeys them
//! - [`field`]: a value that effects follow; [`slots`]: places in markup whose words change
//! - [`steering`]: the focus within a panel
//! - [`markup`]: parts that are written as markup, for what changes rarely
//! - [`full_screen`]: full screen, and back
//! - [`qr`]: an address as a code to be scanned
//! - [`listener`]: browser events and observers that end when they are dropped
//! - [`startup`]: the message of `index.html` that stands until the page mounts, and
//!   the way to `restart.js`, which starts the page again
//! - [`unattended`]: what lets a wall hang for weeks, put together from [`renewal`],
//!   [`wake_lock`], [`mod@pointer`] and [`sound`]
//!
//! What needs no browser is in `queuewall-shared`: when to poll, what a tile may
//! claim, how many tiles fit.

pub mod access;
pub mod api;
pub mod app;
pub mod base_path;
pub mod board;
pub mod components;
pub mod desk;
pub mod field;
pub mod full_screen;
pub mod keys;
pub mod language;
pub mod listener;
pub mod markup;
pub mod numbers;
pub mod pointer;
pub mod polling;
pub mod qr;
pub mod renewal;
pub mod settings;
pub mod slots;
pub mod sound;
pub mod startup;
pub mod steering;
pub mod tab_label;
pub mod text;
pub mod ticking;
pub mod tile_view;
pub mod time;
pub mod unattended;
pub mod viewport;
pub mod waiting;
pub mod wake_lock;
pub mod wire;

use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::document;
use leptos::tachys::view::Render;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement};

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// A page in its place. Dropping it ends what the page keeps.
pub type Mounted = UnmountHandle<<() as Render>::State>;

/// Puts a page into `host`.
pub fn mount(host: HtmlElement, page: impl FnOnce() -> Element + 'static) -> Mounted {
    mount_to(host.clone(), move || {
        // Only a page that holds `host` would be refused.
        let _ = host.append_child(&page());
    })
}

/// Puts a page into the body and takes the start-up message away.
pub fn start(page: fn() -> Element) {
    startup::report_panics();
    // Not at once: a panic within the program's start would be taken for a program that does
    // not load, too.
    spawn_local(async move {
        if let Some(body) = document().body() {
            mount(body, page).forget();
        }
        startup::mounted();
    });
}
