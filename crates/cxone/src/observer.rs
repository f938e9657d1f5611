//! Who is told of requests, for metrics.

use std::time::Duration;

/// Is told of every request that ended.
pub trait Observer: Send + Sync + 'static {
    /// A request for `kind` ended with `outcome`, `took` after it was sent: the wait for the
    /// budget is not counted.
    fn request_ended(&self, kind: CallKind, outcome: CallOutcome, took: Duration);
}

/// What a request to CXone is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// A token.
    SignIn,
    /// Where a tenant's hosts are.
    Discovery,
    /// Which queues there are.
    QueueList,
    /// Their numbers.
    Readings,
    /// Their contacts, counted over a time.
    Summaries,
    /// Their service levels over a time.
    ServiceLevels,
    /// What each agent does.
    Agents,
}

impl CallKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::SignIn,
        Self::Discovery,
        Self::QueueList,
        Self::Readings,
        Self::Summaries,
        Self::ServiceLevels,
        Self::Agents,
    ];

    /// Whether it needs a permission besides that of the live numbers.
    pub(crate) const fn is_report(self) -> bool {
        matches!(self, Self::Summaries | Self::ServiceLevels | Self::Agents)
    }

    /// Its name as a label, as in `queue_list`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Discovery => "discovery",
            Self::QueueList => "queue_list",
            Self::Readings => "readings",
            Self::Summaries => "summaries",
            Self::ServiceLevels => "service_levels",
            Self::Agents => "agents",
        }
    }
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// An answer of 2xx, whatever its body.
    Answered,
    /// Another answer of 4xx.
    Refused,
    /// 429.
    RateLimited,
    /// 5xx.
    ServerError,
    /// 3xx, which is never followed.
    Redirected,
    /// No answer in time.
    TimedOut,
    /// No connection, or one that broke.
    NoConnection,
    /// An answer that cannot be read.
    Unreadable,
}

impl CallOutcome {
    /// Every outcome.
    pub const ALL: [Self; 8] = [
        Self::Answered,
        Self::Refused,
        Self::RateLimited,
        Self::ServerError,
        Self::Redirected,
        Self::TimedOut,
        Self::NoConnection,
        Self::Unreadable,
    ];

    /// Its name as a label, as in `rate_limited`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::Redirected => "redirected",
            Self::TimedOut => "timed_out",
            Self::NoConnection => "no_connection",
            Self::Unreadable => "unreadable",
        }
    }
}
