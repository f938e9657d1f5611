//! A simulated tenant and a server that reads it, in this process, over real sockets.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use cxone::{
    AccessKey, AllowedDomains, ApiVersion, BaseUrl, RealtimeSettings, ReportingV2Settings,
    Settings, SignInMethod, SkillFilter, budget::RequestBudget,
};
use queuewall::{
    clock::{SystemClock, Watched},
    config::{
        AccessConfig, BoardConfig, Config, PollConfig, QueueConfig, ServerConfig, StoreConfig,
        USER_AGENT,
    },
    serve::Server,
};
use queuewall_simulator::{Control, Options, Simulator};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{browser::http_client, port};

/// The sign-in secret in every dialect.
pub const SECRET: &str = "wall-secret";

/// How the server speaks with its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The v2 Reporting API.
    ReportingV2,
    /// The Real-Time Data API, by the password grant.
    Realtime,
}

impl Dialect {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ReportingV2, Self::Realtime];
}

/// The server and its tenant.
pub struct Wall {
    simulator: Simulator,
    dialect: Dialect,
    address: SocketAddr,
    config: ServerConfig,
    poll: Duration,
    queues: Vec<String>,
    /// Boards beside `main`.
    more_boards: Vec<String>,
    /// What the server calls its build; `None`: as it was compiled.
    build: Option<String>,
    access: AccessConfig,
    /// The board's IANA time zone.
    timezone: String,
    /// After which silence a screen is dark, where somebody watches.
    dark_after: Option<Duration>,
    /// Where metrics and screens are.
    operators: Option<SocketAddr>,
    server: Option<(oneshot::Sender<()>, JoinHandle<Result<()>>)>,
}

impl Wall {
    /// Starts both; the server polls every `poll` and shows `queues` (none: all) on
    /// the board `main`.
    pub async fn start(options: Options, poll: Duration, queues: &[&str]) -> Result<Self> {
        Self::start_in(Dialect::ReportingV2, options, poll, queues).await
    }

    /// The same in a dialect.
    pub async fn start_in(
        dialect: Dialect,
        options: Options,
        poll: Duration,
        queues: &[&str],
    ) -> Result<Self> {
        Self::start_with_access(AccessConfig::default(), dialect, options, poll, queues).await
    }

    /// The same for those who may look.
    pub async fn start_with_access(
        access: AccessConfig,
        dialect: Dialect,
        options: Options,
        poll: Duration,
        queues: &[&str],
    ) -> Result<Self> {
        Self::start_all(access, dialect, options, poll, queues, &[]).await
    }

    /// Like [`Wall::start`], with more boards beside `main`.
    pub async fn start_with_boards(
        options: Options,
        poll: Duration,
        more_boards: &[&str],
    ) -> Result<Self> {
        let (access, dialect) = (AccessConfig::default(), Dialect::ReportingV2);
        Self::start_all(access, dialect, options, poll, &[], more_boards).await
    }

    async fn start_all(
        access: AccessConfig,
        dialect: Dialect,
        options: Options,
        poll: Duration,
        queues: &[&str],
        more_boards: &[&str],
    ) -> Result<Self> {
        let simulator = Simulator::start(TcpListener::bind("127.0.0.1:0").await?, options);
        let listener = TcpListener::from_std(port::listen()?)?;
        let mut wall = Self {
            simulator,
            dialect,
            address: listener.local_addr()?,
            config: ServerConfig::on(listener.local_addr()?),
            poll,
            queues: queues.iter().map(|id| (*id).to_owned()).collect(),
            more_boards: more_boards.iter().map(|slug| (*slug).to_owned()).collect(),
            build: None,
            access,
            timezone: "Europe/Berlin".into(),
            dark_after: None,
            operators: None,
            server: None,
        };
        wall.serve(listener)?;
        Ok(wall)
    }

    /// The same with a listener for those who run it, to whom a screen that is silent for
    /// `dark_after` is dark.
    pub async fn start_watched(
        dark_after: Duration,
        options: Options,
        poll: Duration,
    ) -> Result<Self> {
        let mut wall = Self::start(options, poll, &[]).await?;
        wall.dark_after = Some(dark_after);
        wall.stop_server().await?;
        wall.restart_server().await?;
        Ok(wall)
    }

    /// What `/screens` says to programs.
    pub async fn screens(&self) -> Result<serde_json::Value> {
        let operators = self.operators.context("nobody watches")?;
        let request = http_client()?
            .get(format!("http://{operators}/screens"))
            .header("accept", "application/json");
        Ok(serde_json::from_slice(
            &request.send().await?.error_for_status()?.bytes().await?,
        )?)
    }

    /// What steers the tenant.
    pub fn tenant(&self) -> Control {
        self.simulator.control()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path on the server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Ends the server; its port is free afterwards.
    pub async fn stop_server(&mut self) -> Result<()> {
        let (shutdown, task) = self.server.take().context("the server runs")?;
        // A server that has ended by itself hears no shutdown: its result tells.
        let _ = shutdown.send(());
        task.await?
    }

    /// Starts the server again, with its board in another IANA time zone.
    pub async fn move_to(&mut self, timezone: &str) -> Result<()> {
        timezone.clone_into(&mut self.timezone);
        self.stop_server().await?;
        self.restart_server().await
    }

    /// Starts the server again on the same port, set up otherwise.
    pub async fn set_up(&mut self, change: impl FnOnce(&mut ServerConfig)) -> Result<()> {
        change(&mut self.config);
        self.stop_server().await?;
        self.restart_server().await
    }

    /// Starts the server again on the same port.
    pub async fn restart_server(&mut self) -> Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        self.serve(listener)
    }

    /// Starts the server again on the same port, as another build of itself.
    pub async fn restart_server_as(&mut self, build: &str) -> Result<()> {
        self.build = Some(build.to_owned());
        self.restart_server().await
    }

    fn settings(&self) -> Result<Settings> {
        let address = BaseUrl::parse(&self.simulator.base_url())?;
        let dialect = match self.dialect {
            Dialect::ReportingV2 => cxone::Dialect::ReportingV2(ReportingV2Settings {
                base_url: address,
                client_id: "wall".into(),
                client_secret: SECRET.into(),
                tenant_id: "tenant".into(),
            }),
            Dialect::Realtime => cxone::Dialect::Realtime(Box::new(RealtimeSettings {
                access_key: AccessKey {
                    id: "wall-key".into(),
                    secret: SECRET.into(),
                },
                sign_in: SignInMethod::Password {
                    client_id: "wall".into(),
                    client_secret: SECRET.into(),
                },
                issuer: address,
                api_url: None,
                tenant_id: None,
                api_version: ApiVersion::default(),
                allowed_domains: AllowedDomains::default(),
                skills: SkillFilter::default(),
            })),
        };
        Ok(Settings {
            connect_timeout: Duration::from_secs(2),
            total_timeout: Duration::from_secs(4),
            ..Settings::new(dialect, USER_AGENT)
        })
    }

    fn serve(&mut self, listener: TcpListener) -> Result<()> {
        let queues = self.queues.iter().map(QueueConfig::new).collect();
        let board = BoardConfig {
            slug: "main".into(),
            title: "Customer Care".into(),
            timezone: Some(self.timezone.clone()),
            queues,
            ..BoardConfig::default()
        };
        let more = self.more_boards.iter().map(|slug| BoardConfig {
            slug: slug.clone(),
            title: format!("Board {slug}"),
            ..board.clone()
        });
        let boards = more.chain([board.clone()]).rev().collect();
        let budget_per_minute = 600;
        let config = Config {
            store: StoreConfig::default(),
            cxone: self.settings()?,
            ca_file: None,
            poll: PollConfig {
                interval: self.poll,
                budget_per_minute,
            },
            server: self.config.clone(),
            access: self.access.clone(),
            boards,
            alerts: queuewall::config::AlertsConfig::default(),
            warnings: Vec::new(),
        };
        let budget = Arc::new(RequestBudget::new(budget_per_minute));
        let clock = Arc::new(Watched::new(SystemClock));
        let source = cxone::connect(
            self.settings()?,
            Arc::clone(&budget),
            Arc::clone(&clock) as _,
        )?;
        let (shutdown, stopped) = oneshot::channel::<()>();
        let until = async move {
            // A dropped wall ends its server as well.
            let _ = stopped.await;
        };
        let mut server = Server::new(config, source, budget, clock);
        if let Some(dark_after) = self.dark_after {
            let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
            listener.set_nonblocking(true)?;
            self.operators = Some(listener.local_addr()?);
            server.operators = Some(TcpListener::from_std(listener)?);
            server.dark_after = dark_after;
        }
        if let Some(build) = &self.build {
            server.page = server.page.of_build(build);
        }
        let task = tokio::spawn(server.run(listener, until));
        self.server = Some((shutdown, task));
        Ok(())
    }
}
