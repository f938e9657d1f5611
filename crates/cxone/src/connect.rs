//! A client in one of the dialects.

use std::{fmt, sync::Arc};

use crate::{
    Dialect, Observer, QueueSource, Resolver, Settings, SetupError, SystemResolver,
    budget::RequestBudget, clock::Clock, realtime::Realtime, reporting_v2::ReportingV2,
    transport::Transport,
};

/// Makes a client in the dialect that `settings` name. It is not signed in yet, and sends
/// nothing before the first read.
///
/// Every request that it sends takes a permit of `budget`; `clock` says how old the
/// token is. [`Connector`] sets more than that.
///
/// # Errors
/// When there is no TLS client for these settings: see [`SetupError`].
pub fn connect(
    settings: Settings,
    budget: Arc<RequestBudget>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn QueueSource>, SetupError> {
    Connector::new(settings, budget, clock).connect()
}

/// Makes a client with a name resolver or an observer.
pub struct Connector {
    pub(crate) settings: Settings,
    pub(crate) budget: Arc<RequestBudget>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) resolver: Arc<dyn Resolver>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

impl Connector {
    /// A client as [`connect`] makes it.
    #[must_use]
    pub fn new(settings: Settings, budget: Arc<RequestBudget>, clock: Arc<dyn Clock>) -> Self {
        Self {
            settings,
            budget,
            clock,
            resolver: Arc::new(SystemResolver),
            observer: None,
        }
    }

    /// Looks up host names with `resolver`; the default is [`SystemResolver`].
    #[must_use]
    pub fn resolver(mut self, resolver: Arc<dyn Resolver>) -> Self {
        self.resolver = resolver;
        self
    }

    /// Tells `observer` of every request that ended.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    /// As [`connect`].
    pub fn connect(self) -> Result<Arc<dyn QueueSource>, SetupError> {
        let (dialect, clock) = (self.settings.dialect.clone(), Arc::clone(&self.clock));
        let transport = Arc::new(Transport::new(self)?);
        Ok(match dialect {
            Dialect::ReportingV2(settings) => {
                Arc::new(ReportingV2::new(settings, transport, clock))
            }
            Dialect::Realtime(settings) => Arc::new(Realtime::new(*settings, transport, clock)),
        })
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Connector")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
