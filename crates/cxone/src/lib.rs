//! A client of NICE CXone's live queue metrics.
//!
//! # Layout
//! - `source`: the trait that a dialect implements, and what it reads; `list`: the queue
//!   list, read page by page; `error`: why a read failed, and `host`: where, and what to check
//! - [`budget`]: how many requests a minute may see; [`clock`]: time, handed in
//! - `connect`: a client in one of the dialects; `observer`: who is told of requests
//! - `settings`: what the client is made of, and why it could not be made; with
//!   `base_url`, `allowed_domains`, `api_version`, `ca` and `skill_filter`, the values in it
//! - `transport`: one HTTP request through the budget, and its answer
//! - `resolver`: name look-up; `proxy`: the company proxy; `encoding`: compressed bodies
//! - `failure`: the HTTP library's errors as ours
//! - `retry_after`: the wait that an answer asks for
//! - `json`: a body as JSON, and fields that may be of any type
//! - `sign_in`: the ways to a token; `discovery`: where a tenant's hosts are
//! - `token`: one token for everybody; `session`: requests with it
//! - `paging`: lists that come in pages
//! - `reporting_v2`, `realtime`: the dialects; their JSON stays inside

mod allowed_domains;
mod api_version;
mod base_url;
pub mod budget;
mod ca;
pub mod clock;
mod connect;
mod discovery;
mod encoding;
mod error;
mod failure;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod host;
mod json;
mod list;
#[cfg(test)]
mod logged;
mod observer;
mod paging;
mod proxy;
mod realtime;
mod reporting_v2;
mod resolver;
mod retry_after;
mod session;
mod settings;
mod sign_in;
mod skill_filter;
mod source;
mod token;
mod transport;

pub use allowed_domains::{AllowedDomains, DomainError};
pub use api_version::{ApiVersion, ApiVersionError};
pub use base_url::{BaseUrl, BaseUrlError};
pub use ca::{CaCertificates, CaError};
pub use connect::{Connector, connect};
pub use error::Error;
pub(crate) use error::NO_TENANT;
pub use host::{Host, Remedy, Setting};
pub(crate) use list::{Cursor, PageOfIds, Total};
pub use list::{QueueList, Shortfall};
pub use observer::{CallKind, CallOutcome, Observer};
pub use proxy::{Proxy, ProxyError, ProxyExceptions};
pub use resolver::{Resolver, SystemResolver};
pub use settings::{
    AccessKey, Dialect, RealtimeSettings, ReportingV2Settings, Settings, SetupError, SignInMethod,
};
pub use skill_filter::{MediaType, MediaTypeError, SkillFilter};
pub use source::{LeftOut, QueueInfo, QueueReading, QueueReadings, QueueSource, Step, TokenLife};
