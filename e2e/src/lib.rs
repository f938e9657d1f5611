//! The wall as people meet it: a real server, a simulated tenant, a real browser.
//!
//! # Layout
//! - [`browser`]: a headless browser: today's Chromium, one from inside an old TV, Firefox
//! - [`devtools`]: its remote control
//! - [`wall`]: the simulated tenant and the server that reads it; [`links_server`]: one that is opened
//!   by links
//! - `port`: ports for servers that stop and start again
//! - [`network`]: what lies between, to be cut; [`proxy`]: one that adds a header
//! - [`program`]: the program as it is deployed, as a process; [`screen`]: a screen without a browser,
//!   [`crowd`]: many of them
//! - [`stage`]: a server that says exactly what it is told; [`scene`]: made-up boards for it
//! - [`pages`]: common steps with the page
//! - [`soak`]: a week on the wall and millions of polls; [`recovery`]: what a wall loses, and how
//!   soon it is live again
//! - `tests/`: what must hold; `src/bin/bench/`: what it costs;
//!   `src/bin/pictures/`: how it looks; `scripts/`: what runs inside the page

pub mod browser;
pub mod crowd;
pub mod devtools;
pub mod first_load;
pub mod links_server;
pub mod network;
pub mod pages;
mod port;
pub mod program;
pub mod proxy;
pub mod recovery;
pub mod scene;
pub mod screen;
pub mod soak;
pub mod stage;
pub mod wall;
