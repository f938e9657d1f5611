//! The server: a poller and the routes, from a listener until a shutdown.
//!
//! # Layout
//! - `listener`: an address, and the routes that are served there

mod listener;

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, anyhow};
use cxone::{QueueSource, budget::RequestBudget};
use futures_util::FutureExt as _;
use listener::Listener;
use queuewall_store::history::Queue;
use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
    task::JoinSet,
    time::{Instant, timeout},
};
use tracing::{info, warn};

use crate::{
    access,
    alerts::{Alerts, Delivery},
    clock::Clock,
    config::{AccessMode, Config, Live},
    connections::{self, ConnectionMetrics, Limits, Tls},
    database::Database,
    history::{History, HistoryConfig, Recorder, Restored, Waiting},
    http::{App, AppState, Page, Requests},
    metrics::{Calls, Measured, Metrics},
    operators::{self, OperatorsState},
    poller::{self, PollConfig, Poller, Polls},
    reload::ReloadStatus,
    screens::{DARK_AFTER, ScreenRegistry, shared::SharedScreens},
    servers::{self, FollowedAgents, Servers, Status},
    service_manager::ServiceManager,
    snapshot::Boards,
    state::StateDir,
};

/// How long a shutdown waits for what is still to be written to the history.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// A server, complete but for its listener.
pub struct Server {
    /// The configuration.
    pub config: Config,
    /// Where the queues come from.
    pub source: Arc<dyn QueueSource>,
    /// The gate that `source` sends its requests through.
    pub budget: Arc<RequestBudget>,
    /// The requests that `source` sent, as metrics count them.
    pub calls: Calls,
    /// For all ages.
    pub clock: Arc<dyn Clock>,
    /// The operators' listener for metrics and screens; `None` is no listener.
    pub operators: Option<TcpListener>,
    /// A screen that is silent for so long is dark: [`DARK_AFTER`] unless a test brings
    /// another.
    pub dark_after: Duration,
    /// The page: [`Page::embedded`] unless a test brings another.
    pub page: Page,
    /// What changes of the configuration while it runs, if anything can.
    pub changes: Option<watch::Receiver<Live>>,
    /// How the last of these changes was taken.
    pub reload: ReloadStatus,
    /// Where the history is kept; `None` keeps none.
    pub history: Option<HistoryConfig>,
    /// Each queue's last three hours, the oldest minute first, where no history has them: a
    /// demo's.
    pub past: HashMap<Queue, Vec<Waiting>>,
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
            calls: Calls::default(),
            clock,
            operators: None,
            dark_after: DARK_AFTER,
            page: Page::embedded(),
            changes: None,
            reload: ReloadStatus::default(),
            history: None,
            past: HashMap::new(),
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
        let Config {
            warnings,
            access,
            server,
            ..
        } = &self.config;
        for warning in warnings {
            warn!("{warning}");
        }
        announce(&self.config, &self.budget);
        let state_dir = StateDir::new(access.state_dir.clone());
        let database = match &self.history {
            Some(history) => Arc::clone(&history.database),
            None => Arc::new(Database::of(&self.config.store, &state_dir).with_links()),
        };
        let store = access::Store::of(Arc::clone(&database), state_dir);
        let shutdown = shutdown.shared();
        // It waits for the database of the links.
        let access = tokio::select! {
            guard = access.guard(store) => Arc::new(guard?),
            () = shutdown.clone() => {
                info!("stopped before the links were read");
                return Ok(());
            }
        };
        let proxies = access.proxies().clone();
        let tls = (server.tls.clone())
            .map(|files| Tls::load(files.certificate, files.key))
            .transpose()
            .context("TLS")?;
        let hosts = self.config.live().hosts;
        let base_path = server.base_path.clone();
        let frame_ancestors: Arc<[_]> = server.frame_ancestors.clone().into();
        let limits = Limits {
            idle: server.idle,
            ..Limits::default()
        };
        let (history, recorder, restored) = self.start_history().await;
        if let Some(recorder) = &recorder {
            recorder.server("started", self.clock.now().wall);
        }
        let servers = self.servers(&database);
        // Several servers count from one origin.
        let uptime_ms = servers.as_ref().map_or(restored.uptime_ms, |_| 0);
        let boards = self.boards(uptime_ms);
        let polls = Polls::default();
        let access_url = self.config.access.public_url.clone();
        let (live, source) = (self.live(), Arc::clone(&self.source));
        let start = self.start_poller(&polls, recorder.clone());
        let screens = Arc::new(ScreenRegistry::new(self.dark_after));
        let all_screens = Arc::clone(&screens);
        let shared_screens = SharedScreens::new(
            Arc::clone(&screens),
            Arc::clone(&database),
            Arc::clone(&self.clock),
            (servers.as_ref()).map_or_else(String::new, |it| it.name().to_owned()),
        );
        let (stop, is_stopping) = watch::channel(false);
        let (requests, connections) = (Requests::default(), ConnectionMetrics::default());
        let delivery = Delivery::new(self.config.alerts.receivers.clone(), access_url.as_deref());
        let metrics = Metrics::new(Measured {
            delivery: delivery.clone(),
            boards: Arc::clone(&boards),
            most_queues: server.metrics_queues,
            budget: Arc::clone(&self.budget),
            calls: self.calls,
            source: self.source,
            polls: polls.clone(),
            reload: self.reload,
            access: Arc::clone(&access),
            tls: tls.clone(),
            requests: requests.clone(),
            connections: connections.clone(),
            screens: Arc::clone(&screens),
            clock: Arc::clone(&self.clock),
            servers: servers.clone(),
            history: recorder.as_ref().map(|it| it.metrics().clone()),
        });
        let for_operators = OperatorsState {
            metrics: Arc::new(metrics),
            screens: Arc::clone(&screens),
            boards: Arc::clone(&boards),
            clock: Arc::clone(&self.clock),
            servers: servers.clone(),
        };
        let for_viewers = AppState {
            boards: Arc::clone(&boards),
            clock: Arc::clone(&self.clock),
            access: Arc::clone(&access),
            page: Arc::new(self.page.placed(&base_path, !frame_ancestors.is_empty())),
            base_path: base_path.as_str().into(),
            frame_ancestors,
            screens,
            requests,
            servers: servers.clone(),
            history: history.clone(),
            stopping: is_stopping,
        };

        let is_tls = tls.is_some();
        connections::raise_open_files(limits);
        let viewers = Listener::new(listener, tls, &hosts, limits, |hosts| {
            App::new(for_viewers, hosts, is_tls)
        })?
        .with_proxies(proxies, connections);
        info!("listening on {}{base_path}", viewers.url());
        let operators = (self.operators)
            .map(|listener| {
                Listener::new(listener, None, &hosts, limits, |hosts| {
                    App::for_operators(operators::router(for_operators), hosts)
                })
            })
            .transpose()?;
        if let Some(operators) = &operators {
            info!("metrics and screens at {}", operators.url());
        }

        let alerts = Alerts {
            boards: Arc::clone(&boards),
            screens: Arc::clone(&all_screens),
            clock: Arc::clone(&self.clock),
            database: Arc::clone(&database),
            servers: servers.clone(),
            live: live.clone(),
            outgoing: Arc::new(delivery),
        };
        let manager = self.manager;
        let stopping = manager.clone();
        let shutdown = async move {
            shutdown.await;
            stopping.stopping();
            stop.send_replace(true);
        };
        let shutdown = shutdown.shared();
        let operators = async {
            if let Some(operators) = operators {
                operators
                    .serve(self.changes.clone(), shutdown.clone())
                    .await;
            }
        };
        let viewers = viewers.serve(self.changes.clone(), shutdown.clone());
        // A separate task, which ends with this one.
        let mut polling = JoinSet::new();
        match &servers {
            Some(status) => {
                let mut servers = Servers {
                    database: Arc::clone(&database),
                    boards: Arc::clone(&boards),
                    clock: Arc::clone(&self.clock),
                    status: Arc::clone(status),
                    polls: polls.clone(),
                    source: Arc::clone(&source),
                    agents: FollowedAgents::new(source, Arc::clone(&self.budget)),
                    live,
                    version: 0,
                    origin_ms: None,
                    answered: Instant::now(),
                };
                // Nobody is answered before: the listener waits.
                servers.catch_up().await;
                polling.spawn(servers.run(move |it| {
                    start(it.restored, it.drafts).handing_over_to(it.handover, it.fence)
                }));
            }
            None => {
                let poller = start(restored, Arc::clone(&boards));
                // Its recorder would keep the history's writer waiting at the end.
                drop(start);
                polling.spawn(poller.run());
            }
        }
        // Without it, or once it ended, the boards go on.
        let mut keeping = JoinSet::new();
        if let Some(history) = history.clone() {
            keeping.spawn(async move { history.run().await });
        }
        let mut alerting = JoinSet::new();
        alerting.spawn(alerts.run());
        let mut sharing = JoinSet::new();
        let (stop_sharing, stopped) = oneshot::channel::<()>();
        sharing.spawn(shared_screens.run(async { _ = stopped.await }));
        let served = tokio::select! {
            _ = async { tokio::join!(viewers, operators) } => Ok(()),
            () = access.follow() => Err(anyhow!("nobody looks for revoked links any more")),
            () = manager.follow(&boards, &*self.clock) => {
                Err(anyhow!("the service manager is told nothing any more"))
            }
            ended = alerting.join_next() => Err(anyhow!("nobody is alerted any more: {ended:?}")),
            // It never ends by itself. Without it the boards would only grow old: better
            // to end, and be started again by whatever watches the process.
            ended = polling.join_next() => Err(anyhow!("the poller ended: {ended:?}")),
        };
        polling.shutdown().await;
        alerting.shutdown().await;
        if let Some(recorder) = recorder {
            recorder.server("stopped", self.clock.now().wall);
        }
        // It ends once it has written everything. A database that does not answer delays no
        // shutdown.
        drop(stop_sharing);
        let written = async { tokio::join!(keeping.join_next(), sharing.join_next()) };
        let left = async {
            self.budget.close().await;
            if let Some(status) = servers {
                servers::leave(&database, &status).await;
            }
        };
        let (written, ()) = tokio::join!(timeout(STOP_PATIENCE, written), left);
        keeping.shutdown().await;
        sharing.shutdown().await;
        if written.is_ok() {
            database.close().await;
        }
        info!("stopped");
        served
    }

    /// The boards, of which nothing is known yet.
    fn boards(&self, uptime_before_ms: u64) -> Arc<Boards> {
        let identities = self.config.boards.iter().map(poller::identity).collect();
        let build = self.page.build().to_owned();
        let boards = Boards::new(identities, build, self.clock.now());
        boards.set_skills(&self.config.boards);
        Arc::new(boards.after_uptime(uptime_before_ms))
    }

    /// The history, and what it brings back.
    async fn start_history(&self) -> (Option<Arc<History>>, Option<Recorder>, Restored) {
        let Some(config) = self.history.clone() else {
            return (None, None, Restored::default());
        };
        let (history, recorder) = History::new(config);
        let boards = self.config.boards.iter();
        let slugs: Vec<_> = boards.map(|board| board.slug.clone()).collect();
        let mut restored = history.start(&slugs, &*self.clock).await;
        restored.trends.extend(self.past.clone());
        (Some(Arc::new(history)), Some(recorder), restored)
    }

    /// How it stands to other servers, where the database is one that they share.
    fn servers(&self, database: &Database) -> Option<Arc<Status>> {
        let is_shared = database.location().file().is_none();
        is_shared.then(|| Arc::new(Status::new(servers::name())))
    }

    /// The configuration, as it is from now on.
    fn live(&self) -> watch::Receiver<Live> {
        let unchanging = || watch::channel(self.config.live()).1;
        self.changes.clone().unwrap_or_else(unchanging)
    }

    /// Makes what reads the queues and publishes them to boards, and goes on from what was
    /// restored.
    fn start_poller(
        &self,
        polls: &Polls,
        recorder: Option<Recorder>,
    ) -> impl Fn(Restored, Arc<Boards>) -> Poller + Send + 'static {
        let (source, budget) = (Arc::clone(&self.source), Arc::clone(&self.budget));
        let (clock, polls) = (Arc::clone(&self.clock), polls.clone());
        let (budget_per_minute, live) = (self.config.poll.budget_per_minute, self.live());
        move |restored, boards| {
            let Live {
                boards: configured,
                interval,
                backfill_days,
                ..
            } = live.borrow().clone();
            let poll = PollConfig {
                interval,
                budget_per_minute,
            };
            let poller = Poller::new(
                Arc::clone(&source),
                Arc::clone(&budget),
                Arc::clone(&clock),
                poll,
                configured,
                boards,
            );
            let poller = poller
                .counted_by(polls.clone())
                .reconfigured_by(live.clone());
            match &recorder {
                Some(recorder) => poller
                    .recorded_by(recorder.clone(), restored)
                    .backfilling(backfill_days),
                None => poller,
            }
        }
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
        "access: {}",
        match config.access.mode {
            AccessMode::Loopback => "this machine only; proxied requests are refused",
            AccessMode::Open => "everyone who reaches the address",
            AccessMode::Links => "everyone with a link of the board",
            AccessMode::Proxy => "users authenticated by the proxy",
        }
    );
    info!(
        "reading every {} s, with at most {} requests to CXone in any minute",
        config.poll.interval.as_secs(),
        budget.limit()
    );
}
