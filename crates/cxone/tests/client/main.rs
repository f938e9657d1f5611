//! The upstream client over real sockets: every row of its contracts, and every way in
//! which they can fail.
//!
//! # Layout
//! - `dialect`: the dialects' own words for the same things; `tenant`: a tenant of one
//! - `failures`, `refusals`, `tokens`, `secrets`: what holds for every dialect
//! - `reads`, `list`: `reporting-v2`; `activity`, `reports`, `sign_ins`, `discovery`: `realtime`
//! - `renewal`: refusals that a new token may end; `oddities`: bodies that are almost right
//! - `pages`: lists that come in pages, of both
//! - `forms`: reports of a simulated tenant, in every form
//! - `observer`: what is told of requests; `proxy`, `tls`: what holds for every request
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

mod activity;
mod dialect;
mod discovery;
mod failures;
mod forms;
mod list;
mod observer;
mod oddities;
mod pages;
mod proxy;
mod reads;
mod refusals;
mod renewal;
mod reports;
mod scripted;
mod secrets;
mod sign_ins;
mod tenant;
mod tls;
mod tokens;
