//! The wall as people meet it: a real server, a simulated tenant, a real browser.
//!
//! # Layout
//! - [`browser`]: a headless Chromium, today's or one from inside an old TV
//! - [`devtools`]: its remote control
//! - [`wall`]: the simulated tenant and the server that reads it
//! - `tests/`: what must hold; `src/bin/bench.rs`: what it costs;
//!   `src/bin/screenshot.rs`: how it looks

pub mod browser;
pub mod devtools;
pub mod wall;
