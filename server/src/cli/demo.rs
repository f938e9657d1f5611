//! `queuewall demo`: the simulated tenant and a wallboard of it, in one process.
//! The server reads it over real HTTP, as it would read CXone.

mod past;

use std::{
    collections::BTreeMap,
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use cxone::{
    AccessKey, AllowedDomains, ApiVersion, BaseUrl, Dialect, RealtimeSettings, ReportingV2Settings,
    Settings, SignInMethod, SkillFilter, budget::RequestBudget,
};
use past::{DAY, Days, History};
use queuewall_shared::{
    agents::{AgentActivity, AgentsShown},
    snapshot::SimulatedClock,
};
use queuewall_simulator::{Control, DayArgs, Options, Simulator};
use secrecy::SecretString;
use tokio::{net::TcpListener, task::JoinSet};
use tracing::warn;

use super::{
    args::{DemoArgs, DemoDialect},
    exit::{Exit, Failure},
    serve,
};
use crate::{
    board::GroupConfig,
    client,
    clock::{SystemClock, Watched},
    config::{
        AccessConfig, AccessMode, AgentLimit, AgentLimits, AgentsConfig, AlertsConfig, BoardConfig,
        Config, PollConfig, QueueConfig, ServerConfig, StoreConfig, USER_AGENT,
    },
    metrics::Calls,
    serve::Server,
};

/// A wall that moves, and slow enough that a page which asks every 5 s never sees a
/// reading older than 1.5 intervals.
const INTERVAL: Duration = Duration::from_secs(10);
/// Six reads a minute, and room for sign-in, queue list and retries.
const BUDGET_PER_MINUTE: usize = 30;
/// The queues of the second level, by their place in the tenant's queue list: Technical
/// Support, Billing & Payments, Claims, Complaints, Mortgage Desk and Fraud Hotline.
const SECOND_LEVEL: [usize; 6] = [1, 2, 3, 10, 11, 12];
/// The groups of the third board, by their queues' places in that list; the others are in none.
const GROUPS: [(&str, &[usize]); 4] = [
    ("Sales", &[0, 7, 16, 17, 18]),
    ("Support", &[1, 5, 6, 19, 22]),
    ("Cards and Claims", &[2, 3, 11, 12, 20]),
    ("Languages", &[8, 14, 15]),
];
/// The simulated clock's zone, so that every screen shows the simulated time of day.
const TIMEZONE: &str = "UTC";
/// The midnight before the start, in milliseconds since 1970: of a Wednesday, as in the
/// simulated week.
const MIDNIGHT_MS: i64 = 1_767_744_000_000;

/// How many days before the start have a history: those of a week, and the same weekday a week
/// ago from its midnight on.
const DAYS: i64 = 8;

/// Starts the tenant on a separate port, and serves its wallboard.
pub(super) async fn run(args: &DemoArgs) -> Result<Exit, Failure> {
    let demo = Demo::start(args, DAYS * DAY).await?;
    let exit = demo.run(|server| serve::run(server, None)).await?;
    Ok(exit)
}

/// The tenant, and what serves its wallboard.
struct Demo {
    simulator: Simulator,
    server: Server,
    /// `None` where there is no room for it.
    history: Option<History>,
}

impl Demo {
    async fn start(args: &DemoArgs, history_minutes: i64) -> Result<Self, Failure> {
        let broken = |error: &dyn std::fmt::Display| {
            Failure::new(
                Exit::Other,
                format_args!(
                    "the simulated tenant cannot start ({error}): check that this machine lets \
                     programs listen on 127.0.0.1"
                ),
            )
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|error| broken(&error))?;
        let options = options(&args.day);
        let days = Days {
            options: options.clone(),
            dialect: args.dialect,
            midnight: MIDNIGHT_MS / 60_000,
            length: history_minutes,
        };
        let past = days.recent().await;
        let history = History::new(days)
            .inspect_err(|error| warn!("the demo keeps no history: {error}"))
            .ok();
        let simulator = Simulator::start(listener, options);
        let base_url = BaseUrl::parse(&simulator.base_url()).map_err(|error| broken(&error))?;
        let ids = simulator.control().queue_ids();
        let mut config = config(args.listen, dialect(args.dialect, base_url), &ids);
        config.server.metrics_listen = args.metrics_listen;

        let budget = Arc::new(RequestBudget::new(config.poll.budget_per_minute));
        let clock = Arc::new(Watched::new(SystemClock));
        let calls = Calls::default();
        let source = client::connect(config.cxone.clone(), None, &budget, clock.clone(), &calls)
            .map_err(|error| broken(&error))?;
        let mut server = Server::new(config, source, budget, clock);
        server.calls = calls;
        server.history = history.as_ref().map(History::config);
        server.past = past;
        // As late as can be: uptime counts from when the server runs.
        let clock = simulated_clock(&simulator.control(), args.day.speed);
        for board in &mut server.config.boards {
            board.simulated_clock = Some(clock);
        }
        Ok(Self {
            simulator,
            server,
            history,
        })
    }

    /// Serves by `serve` while the history is written; when that ends, all of it is gone.
    async fn run<S: Future>(self, serve: impl FnOnce(Server) -> S) -> S::Output {
        let mut filling = JoinSet::new();
        if let Some(history) = &self.history {
            filling.spawn(history.fill());
        }
        let ended = serve(self.server).await;
        filling.shutdown().await;
        if let Some(history) = self.history {
            history.remove();
        }
        self.simulator.shutdown().await;
        ended
    }
}

/// The simulated tenant.
fn options(day: &DayArgs) -> Options {
    Options {
        // The server's own budget is what should hold it back.
        rate_limit_per_minute: None,
        script: true,
        ..day.options()
    }
}

/// The simulated day's clock, for a server that starts now.
fn simulated_clock(control: &Control, speed: f64) -> SimulatedClock {
    SimulatedClock {
        uptime_ms: 0,
        epoch_ms: MIDNIGHT_MS + control.simulated_ms(),
        speed,
    }
}

/// How to sign in to the simulated tenant, which lets anybody in.
fn dialect(dialect: DemoDialect, address: BaseUrl) -> Dialect {
    let (id, secret) = ("demo-client".to_owned(), SecretString::from("demo-secret"));
    match dialect {
        DemoDialect::ReportingV2 => Dialect::ReportingV2(ReportingV2Settings {
            base_url: address,
            client_id: id,
            client_secret: secret,
            tenant_id: "demo-tenant".to_owned(),
        }),
        DemoDialect::Realtime => Dialect::Realtime(Box::new(RealtimeSettings {
            access_key: AccessKey {
                id: "demo-key".to_owned(),
                secret: SecretString::from("demo-key-secret"),
            },
            sign_in: SignInMethod::Password {
                client_id: id,
                client_secret: secret,
            },
            issuer: address,
            api_url: None,
            tenant_id: None,
            api_version: ApiVersion::default(),
            allowed_domains: AllowedDomains::default(),
            skills: SkillFilter::default(),
        })),
    }
}

/// The demo's configuration: a board of every queue, one of the second level, and one of groups.
fn config(listen: SocketAddr, dialect: Dialect, ids: &[String]) -> Config {
    let poll = PollConfig {
        interval: INTERVAL,
        budget_per_minute: BUDGET_PER_MINUTE,
    };
    let second_level: Vec<_> = SECOND_LEVEL
        .iter()
        .filter_map(|place| ids.get(*place))
        .collect();
    let agents = matches!(dialect, Dialect::Realtime(_)).then(agents);
    let board = |slug: &str, title: &str, ids: &[&String]| BoardConfig {
        slug: slug.to_owned(),
        title: title.to_owned(),
        queues: ids.iter().copied().map(QueueConfig::new).collect(),
        timezone: Some(TIMEZONE.to_owned()),
        agents: agents.clone(),
        ..BoardConfig::default()
    };
    let group = |(name, places): (&str, &[usize])| GroupConfig {
        name: name.to_owned(),
        queues: places
            .iter()
            .filter_map(|it| ids.get(*it).cloned())
            .collect(),
        levels: None,
    };
    let groups = GROUPS.into_iter().map(group);
    let in_groups = BoardConfig {
        groups: groups.filter(|it| !it.queues.is_empty()).collect(),
        ..board("groups", "Groups", &ids.iter().collect::<Vec<_>>())
    };
    Config {
        cxone: Settings {
            connect_timeout: poll.connect_timeout(),
            total_timeout: poll.total_timeout(),
            ..Settings::new(dialect, USER_AGENT)
        },
        ca_file: None,
        poll,
        server: ServerConfig::on(listen),
        // Simulated: wherever it listens, there is nothing to hide.
        access: AccessConfig {
            mode: AccessMode::Open,
            ..AccessConfig::default()
        },
        store: StoreConfig::default(),
        boards: vec![
            board("main", "All queues", &[]),
            board("second-level", "Second level (6 queues)", &second_level),
            in_groups,
        ],
        alerts: AlertsConfig::default(),
        warnings: Vec::new(),
    }
}

/// All agents by name, which are made up, with limits that some of them pass.
fn agents() -> AgentsConfig {
    let minutes = |warning: u64, critical: u64| AgentLimit {
        warning_ms: Some(warning * 60_000),
        critical_ms: Some(critical * 60_000),
    };
    AgentsConfig {
        shown: AgentsShown::Names,
        teams: Vec::new(),
        limits: AgentLimits {
            activities: BTreeMap::from([
                (AgentActivity::Unavailable, minutes(12, 20)),
                (AgentActivity::AfterCallWork, minutes(2, 4)),
                (AgentActivity::OnContact, minutes(15, 25)),
            ]),
            reasons: BTreeMap::from([
                ("break".to_owned(), minutes(11, 15)),
                ("lunch".to_owned(), minutes(31, 45)),
            ]),
        },
    }
}

#[cfg(test)]
mod tests;
