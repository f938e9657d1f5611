//! What the server and the page both say: one vocabulary, so that the two never
//! drift apart. Pure: no I/O, no clock, no allocation beyond what an answer needs.
//!
//! # Layout
//! - [`snapshot`]: the JSON of `/api/boards` and `/api/boards/{slug}`
//! - [`freshness`]: when a reading stops being true
//! - [`totals`]: the header's sums over the queues that still count
//! - [`format`]: durations and ages as people read them
//! - [`http`]: names of the headers both sides use

pub mod format;
pub mod freshness;
pub mod http;
pub mod snapshot;
pub mod totals;
