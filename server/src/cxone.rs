//! The upstream client: signs in to CXone and reads queues in one of its dialects.
//!
//! # Layout
//! - `settings`: what the client is made of, and why it could not be made; with
//!   `base_url`, `allowed_domains`, `api_version` and `skill_filter`, the values in it
//! - `transport`: one HTTP request through the gate, and what may go wrong with it
//! - `resolver`: where names lead; `proxy`: the company proxy; `encoding`: compressed bodies
//! - `failure`: the HTTP library's errors in the product's words
//! - `retry_after`: the wait that an answer asks for
//! - `json`: a body as JSON, and fields that may be of any type
//! - `sign_in`: the ways to a token; `discovery`: where a tenant's hosts are
//! - `token`: one token for everybody; `session`: requests with it
//! - `paging`: lists that come in pages
//! - `reporting_v2`, `realtime`: the dialects; their JSON stays inside

mod allowed_domains;
mod api_version;
mod base_url;
mod discovery;
mod encoding;
mod failure;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod json;
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
mod token;
mod transport;

use std::sync::Arc;

use crate::{budget::RequestBudget, clock::Clock, source::QueueSource};

pub use allowed_domains::{AllowedDomains, DomainError};
pub use api_version::{ApiVersion, ApiVersionError};
pub use base_url::{BaseUrl, BaseUrlError};
pub(crate) use failure::innermost;
pub use proxy::{Proxy, ProxyError};
pub use resolver::{Resolver, SystemResolver};
pub use settings::{
    AccessKey, Dialect, RealtimeSettings, ReportingV2Settings, Settings, SetupError, SignInMethod,
};
pub use skill_filter::{MediaType, MediaTypeError, SkillFilter};

/// A client in the dialect that the settings name. It is not signed in yet, and sends
/// nothing before it must.
///
/// Every request that it sends takes a permit of `budget`; `clock` says how old the
/// token is.
///
/// # Errors
/// See [`SetupError`].
pub fn connect(
    settings: Settings,
    budget: Arc<RequestBudget>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn QueueSource>, SetupError> {
    connect_by(settings, budget, clock, Arc::new(SystemResolver))
}

/// The same, with names that `resolver` looks up.
///
/// # Errors
/// See [`SetupError`].
pub fn connect_by(
    settings: Settings,
    budget: Arc<RequestBudget>,
    clock: Arc<dyn Clock>,
    resolver: Arc<dyn Resolver>,
) -> Result<Arc<dyn QueueSource>, SetupError> {
    let transport = transport::Transport::new(&settings, budget, Arc::clone(&clock), resolver)?;
    let transport = Arc::new(transport);
    Ok(match settings.dialect {
        Dialect::ReportingV2(settings) => {
            Arc::new(reporting_v2::ReportingV2::new(settings, transport, clock))
        }
        Dialect::Realtime(settings) => {
            Arc::new(realtime::Realtime::new(*settings, transport, clock))
        }
    })
}
