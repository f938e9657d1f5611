//! The server: a poller and the routes, from a listener until a shutdown.

use std::{future::Future, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, anyhow};
use futures_util::FutureExt as _;
use tokio::{net::TcpListener, sync::watch};
use tracing::{info, warn};

use crate::{
    access::{Guard, Proxies},
    budget::RequestBudget,
    clock::Clock,
    config::{AccessMode, Config, Live},
    connections::{self, Limits, Tls},
    http::{App, AppState, OperatorsState, Page, Rules},
    metrics::{Doors, Measured, Metrics, Requests},
    poller::{self, Poller},
    screens::{DARK_AFTER, Screens},
    service_manager::ServiceManager,
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
    /// Where those who run the server see metrics and screens; `None` is nowhere.
    pub operators: Option<TcpListener>,
    /// A screen that is silent for so long is dark: [`DARK_AFTER`] unless a test brings
    /// another.
    pub dark_after: Duration,
    /// The page: [`Page::embedded`] unless a test brings another.
    pub page: Page,
    /// What changes of the configuration while it runs, if anything can.
    pub changes: Option<watch::Receiver<Live>>,
    /// Who is told how it goes: nobody unless somebody is named.
    pub manager: ServiceManager,
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
            operators: None,
            dark_after: DARK_AFTER,
            page: Page::embedded(),
            changes: None,
            manager: ServiceManager::default(),
        }
    }

    /// The same server, which takes over what `changes` brings.
    #[must_use]
    pub fn reconfigured_by(mut self, changes: watch::Receiver<Live>) -> Self {
        self.changes = Some(changes);
        self
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
            operators,
            dark_after,
            page,
            changes,
            manager,
        } = self;
        let hosts = config.live().hosts;
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

        let screens = Arc::new(Screens::new(dark_after));
        let (requests, doors) = (Requests::default(), Doors::default());
        let mut poller = Poller::new(
            Arc::clone(&source),
            Arc::clone(&budget),
            Arc::clone(&clock),
            config.poll,
            config.boards,
            Arc::clone(&boards),
        );
        if let Some(changes) = &changes {
            poller = poller.reconfigured_by(changes.clone());
        }
        let metrics = Metrics::new(Measured {
            boards: Arc::clone(&boards),
            budget,
            source,
            polls: poller.polls().clone(),
            requests: requests.clone(),
            doors: doors.clone(),
            screens: Arc::clone(&screens),
            clock: Arc::clone(&clock),
        });
        let operators_state = OperatorsState {
            metrics: Arc::new(metrics),
            screens: Arc::clone(&screens),
            boards: Arc::clone(&boards),
            clock: Arc::clone(&clock),
        };
        let mut polling = tokio::spawn(poller.run());
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        let state = AppState {
            boards: Arc::clone(&boards),
            clock: Arc::clone(&clock),
            access: Arc::clone(&access),
            page: Arc::new(page),
            screens,
            requests,
        };
        let tls = (config.server.tls)
            .map(|files| Tls::load(files.certificate, files.key))
            .transpose()
            .context("TLS")?;
        let rules = Arc::new(Rules::new(address, hosts.iter().cloned(), tls.is_some()));
        let app = App::new(state, Arc::clone(&rules));
        let scheme = if tls.is_some() { "https" } else { "http" };
        info!("listening on {scheme}://{address}");
        let (limits, proxies) = (Limits::default(), access.proxies().clone());
        connections::make_room(limits);
        let renewing = tls.clone().map(|tls| tokio::spawn(tls.keep_fresh()));
        let answer = move |request| app.clone().answer(request);
        let shutdown = async {
            shutdown.await;
            manager.stopping();
        };
        let shutdown = shutdown.shared();
        let for_operators = serve_operators(
            operators,
            operators_state,
            hosts,
            changes.clone(),
            shutdown.clone(),
        );
        let serving = connections::serve(listener, tls, answer, limits, proxies, doors, shutdown);
        let serving = async { tokio::try_join!(serving.map(Ok), for_operators) };
        let served = tokio::select! {
            served = serving => served.map(drop),
            never = rules.follow(changes) => match never {},
            () = access.follow() => Err(anyhow!("nobody looks for revoked links any more")),
            () = manager.follow(&boards, &*clock) => {
                Err(anyhow!("the service manager is told nothing any more"))
            }
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

/// Serves those who run the server, on a listener of their own, if there is one.
async fn serve_operators(
    listener: Option<TcpListener>,
    state: OperatorsState,
    hosts: Vec<String>,
    changes: Option<watch::Receiver<Live>>,
    shutdown: impl Future<Output = ()>,
) -> Result<()> {
    let Some(listener) = listener else {
        return Ok(());
    };
    let address = listener
        .local_addr()
        .context("the metrics' listener has no address")?;
    info!("metrics and screens at http://{address}");
    let rules = Arc::new(Rules::new(address, hosts, false));
    let app = App::for_operators(state, Arc::clone(&rules));
    let answer = move |request| app.clone().answer(request);
    let (limits, proxies, doors) = (Limits::default(), Proxies::default(), Doors::default());
    tokio::select! {
        () = connections::serve(listener, None, answer, limits, proxies, doors, shutdown) => Ok(()),
        never = rules.follow(changes) => match never {},
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
