//! A client of NICE CXone's live queue metrics: how many calls wait in each queue, for how
//! long, and how many agents there are for them.
//!
//! CXone has two APIs for that, which this crate calls dialects and reads into the same
//! [`QueueReading`]s:
//!
//! | dialect | API | signs in by | a queue is |
//! |---|---|---|---|
//! | [`ReportingV2`](Dialect::ReportingV2) | the v2 Reporting API | OAuth 2.0 client credentials | a queue |
//! | [`Realtime`](Dialect::Realtime) | the Real-Time Data API, `skills/activity` | an API user's access key | a skill |
//!
//! # Example
//! The live numbers of one queue. `cargo run -p cxone --example queue_stats` does the same
//! against a simulated tenant.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use cxone::{BaseUrl, Dialect, ReportingV2Settings, Settings};
//! use cxone::{budget::RequestBudget, clock::SystemClock};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let credentials = ReportingV2Settings {
//!     base_url: BaseUrl::parse("https://api-us-02.nice-incontact.com")?,
//!     client_id: "client".to_owned(),
//!     client_secret: "secret".into(),
//!     tenant_id: "tenant".to_owned(),
//! };
//! let settings = Settings::new(Dialect::ReportingV2(credentials), "my-program/1.0");
//! let budget = Arc::new(RequestBudget::new(10));
//! let client = cxone::connect(settings, budget, Arc::new(SystemClock))?;
//!
//! // No skill ids: the numbers of the whole queue.
//! let readings = client.read_queues(&["4711".to_owned()], &[]).await?;
//! for queue in readings.queues {
//!     println!("{:?}: {:?} calls wait", queue.name, queue.waiting);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What the client does
//! - **Sign-in**: it signs in when the first read needs it, keeps one token for all callers,
//!   renews it before it ends, and signs in once more after a 401.
//! - **Request budget**: every request, sign-ins and retries included, takes a permit of a
//!   [`RequestBudget`](budget::RequestBudget), which never lets more through in any sliding
//!   minute, and nothing before a `Retry-After` has passed. Several processes share a budget
//!   by a [`Ledger`](budget::Ledger).
//! - **Tolerant JSON**: a field that is missing, null or of an unexpected type is unknown
//!   (`None`), never 0, and costs no other field. Broken characters are repaired.
//! - **Secrets**: credentials and tokens are sent over TLS, or to this machine. A redirect is
//!   never followed, a discovered host must be under an [allowed domain](AllowedDomains), and
//!   neither an [`Error`] nor a log line holds a secret.
//! - **No retries** of reads: [`Error::is_transient`] tells a caller whether one may help.
//!
//! Log lines are [`tracing`] events with targets below `cxone`. Programs count requests with
//! an [`Observer`].

// Layout:
// - `source`: the trait that a dialect implements, and what it reads; `list`: the queue
//   list, read page by page; `error`: why a read failed, and `host`: where, and what to check
// - `reports`: the trait of what only `realtime` answers: counts over a time, agents' states
// - `budget`: how many requests a minute may see; `clock`: time, handed in
// - `connect`: a client in one of the dialects; `observer`: who is told of requests
// - `settings`: what the client is made of, and why it could not be made; with
//   `base_url`, `allowed_domains`, `api_version`, `ca` and `skill_filter`, the values in it
// - `transport`: one HTTP request through the budget; `answer`: what came of it
// - `resolver`: name look-up; `proxy`: the company proxy; `encoding`: compressed bodies
// - `failure`: the HTTP library's errors as ours
// - `retry_after`: the wait that an answer asks for
// - `json`: a body as JSON, and fields that may be of any type
// - `sign_in`: the ways to a token; `discovery`: where a tenant's hosts are
// - `token`: one token for all callers; `session`: requests with it
// - `paging`: lists that come in pages
// - `reporting_v2`, `realtime`: the dialects; their JSON stays inside

mod allowed_domains;
mod answer;
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
#[path = "../tests/fuzzing/targets.rs"]
pub mod fuzzing;
mod host;
mod json;
mod list;
mod observer;
mod paging;
mod proxy;
mod realtime;
mod reporting_v2;
mod reports;
mod resolver;
mod retry_after;
mod session;
mod settings;
mod sign_in;
mod skill_filter;
mod source;
#[cfg(test)]
mod tests;
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
pub use reports::{
    Activity, AgentName, AgentState, Report, ReportSource, ServiceLevelSummary, SkillSummary,
};
pub use resolver::{Resolver, SystemResolver};
pub use settings::{
    AccessKey, Dialect, RealtimeSettings, ReportingV2Settings, Settings, SetupError, SignInMethod,
};
pub use skill_filter::{MediaType, MediaTypeError, SkillFilter};
pub use source::{LeftOut, QueueInfo, QueueReading, QueueReadings, QueueSource, Step, TokenLife};
