//! Queuewall's backend: signs in to CXone, reads live queue metrics, keeps the
//! latest snapshot, and serves it to any number of walls.
//!
//! # Layout
//! Data flows one way: `cxone` → `source` → `poller` → `snapshot` → `http`.
//! - [`cli`]: the commands, which put the rest together
//! - [`config`]: environment and `queuewall.toml`, checked at start
//! - [`shutdown`]: the signals that end the server
//! - [`clock`]: time, handed in
//! - [`budget`]: the one gate to the upstream
//! - [`source`]: the trait that a dialect implements, and its errors

pub mod budget;
pub mod cli;
pub mod clock;
pub mod config;
pub mod shutdown;
pub mod source;
