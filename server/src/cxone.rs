//! The upstream client: signs in to CXone and reads queues in its dialect.
//!
//! # Layout
//! - `base_url`: where CXone is, and how addresses are built from it
//! - `settings`: what the client is made of, and why it could not be made
//! - `transport`: one HTTP request through the gate, and what may go wrong with it
//! - `failure`: the HTTP library's errors in the product's words
//! - `retry_after`: the wait that an answer asks for
//! - `json`: a body as JSON, and fields that may be of any type
//! - `token`: signing in, once for everybody
//! - `reporting_v2`: the dialect; its JSON stays inside

mod base_url;
mod failure;
mod json;
mod reporting_v2;
mod retry_after;
mod settings;
mod token;
mod transport;

pub use base_url::{BaseUrl, BaseUrlError};
pub use reporting_v2::ReportingV2;
pub use settings::{Settings, SetupError};
