//! Queuewall's backend: signs in to CXone, reads live queue metrics, keeps the
//! latest snapshot, and serves it to any number of walls.
//!
//! # Layout
//! Data flows one way: `cxone` → `source` → `poller` → `snapshot` → `http`.
//! - [`clock`]: time, handed in
//! - [`budget`]: the one gate to the upstream
//! - [`source`]: the trait that a dialect implements, and its errors
//! - [`cxone`]: the client that signs in to CXone and reads its queues

pub mod budget;
pub mod clock;
pub mod cxone;
pub mod source;
