//! The upstream client over real sockets: every row of the contract
//! `reporting-v2`, and every way in which it can fail.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

#[path = "../support/scripted.rs"]
mod scripted;

mod failures;
mod list;
mod proxy;
mod reads;
mod secrets;
mod tenant;
mod tls;
mod tokens;
