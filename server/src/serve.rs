//! The server: a poller and the routes, from a listener until a shutdown.

use std::{future::Future, sync::Arc};

use anyhow::{Context as _, Result, anyhow};
use tokio::net::TcpListener;
use tracing::{info, warn};

use crate::{
    access::Guard,
    budget::RequestBudget,
    clock::Clock,
    config::{AccessMode, Config},
    connections::{self, Limits, Tls},
    http::{App, AppState, Page, Rules},
    poller::{self, Poller},
    snapshot::Boards,
    source::QueueSource,
};

/// A wallboard that lacks nothing but a listener.
pub struct Server {
    /// What it shows to whom.
    pub config: Config,
    /// Where the queues come from.
    pub source: Arc<dyn QueueSource>,
    /// The gate that `source` sends its requests through.
    pub budget: Arc<RequestBudget>,
    /// For all ages.
    pub clock: Arc<dyn Clock>,
    /// The page: [`Page::embedded`] unless a test brings another.
    pub page: Page,
}

impl Server {
    /// A server of the embedded page.
    #[must_use]
    pub fn new(
        config: Config,
        source: Arc<dyn QueueSource>,
        budget: Arc<RequestBudget>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            config,
            source,
            budget,
            clock,
            page: Page::embedded(),
        }
    }

    /// Polls and serves until `shutdown` completes; requests under way are answered.
    ///
    /// # Errors
    /// When the links cannot be read, or the listener fails.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<()> {
        let Self {
            config,
            source,
            budget,
            clock,
            page,
        } = self;
        for warning in &config.warnings {
            warn!("{warning}");
        }
        let identities = config.boards.iter().map(poller::identity).collect();
        let boards = Arc::new(Boards::new(
            identities,
            page.build().to_owned(),
            clock.now(),
        ));
        announce(&config, &budget);
        let access = Arc::new(Guard::new(&config.access)?);

        let poller = Poller::new(
            source,
            budget,
            Arc::clone(&clock),
            config.poll,
            config.boards,
            Arc::clone(&boards),
        );
        let mut polling = tokio::spawn(poller.run());
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        let state = AppState {
            boards,
            clock,
            access: Arc::clone(&access),
            page: Arc::new(page),
        };
        let tls = (config.server.tls)
            .map(|files| Tls::load(files.certificate, files.key))
            .transpose()
            .context("TLS")?;
        let hosts = config.server.hosts.into_iter();
        let hosts = hosts.chain(config.access.public_host());
        let rules = Rules::new(address, hosts, tls.is_some());
        let app = App::new(state, rules);
        let scheme = if tls.is_some() { "https" } else { "http" };
        info!("listening on {scheme}://{address}");
        let (limits, proxies) = (Limits::default(), access.proxies().clone());
        connections::make_room(limits);
        let renewing = tls.clone().map(|tls| tokio::spawn(tls.keep_fresh()));
        let answer = move |request| app.clone().answer(request);
        let serving = connections::serve(listener, tls, answer, limits, proxies, shutdown);
        let served = tokio::select! {
            () = serving => Ok(()),
            () = access.follow() => Err(anyhow!("nobody looks for revoked links any more")),
            // It never ends by itself. Without it the boards would only grow old: better
            // to end, and be started again by whatever watches the process.
            ended = &mut polling => Err(anyhow!("the poller ended: {ended:?}")),
        };
        polling.abort();
        if let Some(renewing) = renewing {
            renewing.abort();
        }
        info!("stopped");
        served
    }
}

fn announce(config: &Config, budget: &RequestBudget) {
    for board in &config.boards {
        match board.queues.len() {
            0 => info!("board {:?}: all queues of the queue list", board.slug),
            count => info!("board {:?}: {count} queues", board.slug),
        }
    }
    info!(
        "who may look: {}",
        match config.access.mode {
            AccessMode::Loopback => "whoever sits at this machine",
            AccessMode::Open => "everyone who reaches the address",
            AccessMode::Links => "whoever has a link of the board",
            AccessMode::Proxy => "whoever the proxy names",
        }
    );
    info!(
        "reading every {} s, with at most {} requests to CXone in any minute",
        config.poll.interval.as_secs(),
        budget.limit()
    );
}
