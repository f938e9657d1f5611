//! Queuewall's backend: signs in to CXone, reads live queue metrics, keeps the
//! latest snapshot, and serves it to any number of walls.
//!
//! # Layout
//! Data flows one way: `cxone` → `source` → `poller` → `snapshot` → `http`.
//! - [`clock`]: time, handed in
//! - [`config`]: environment and `queuewall.toml`, checked at start
//! - [`budget`]: the one gate to the upstream
//! - [`source`]: the trait that a dialect implements, and its errors

pub mod budget;
pub mod clock;
pub mod config;
pub mod source;
