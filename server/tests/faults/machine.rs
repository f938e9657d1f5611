//! The machine on which the server runs: what of it outlives a process.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU8, Ordering},
    },
    time::UNIX_EPOCH,
};

use async_trait::async_trait;
use cxone::{
    AccessKey, AllowedDomains, ApiVersion, BaseUrl, Connector, Dialect, RealtimeSettings,
    ReportingV2Settings, Resolver, Settings, SignInMethod, SkillFilter,
    budget::{Ledger, LedgerChange, LedgerStore, RequestBudget, StoreError},
};
use queuewall::{
    clock::{Clock as _, Watched},
    config::{
        AccessConfig, BoardConfig, Config, PollConfig, ServerConfig, StoreConfig, USER_AGENT,
    },
    serve::Server,
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::world::{INTERVAL, Spoken, TestClock};

pub(crate) const BUDGET_PER_MINUTE: usize = 60;

/// Where `localhost` leads.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(crate) enum Way {
    Nowhere = 0,
    /// 127.0.0.1, where the line is.
    ToTheLine = 1,
    /// 127.0.0.2, where nobody listens.
    ToNobody = 2,
}

/// The machine's names.
pub(crate) struct Names(AtomicU8);

impl Names {
    pub(crate) fn new() -> Self {
        Self(AtomicU8::new(Way::ToTheLine as u8))
    }

    pub(crate) fn lead(&self, way: Way) {
        self.0.store(way as u8, Ordering::Relaxed);
    }
}

#[async_trait]
impl Resolver for Names {
    async fn resolve(&self, _: &str) -> io::Result<Vec<SocketAddr>> {
        match self.0.load(Ordering::Relaxed) {
            0 => Err(io::Error::other("no such name")),
            host => Ok(vec![(Ipv4Addr::new(127, 0, 0, host), 0).into()]),
        }
    }
}

/// The request ledger, which outlives a process. In memory: no database answers in paused
/// time.
#[derive(Clone)]
pub(crate) struct Kept {
    text: Arc<Mutex<Option<String>>>,
    clock: TestClock,
}

impl Kept {
    pub(crate) fn new(clock: TestClock) -> Self {
        let text = Arc::default();
        Self { text, clock }
    }
}

#[async_trait]
impl LedgerStore for Kept {
    async fn update(&self, change: LedgerChange<'_>) -> Result<(), StoreError> {
        let now = self.clock.now().wall.duration_since(UNIX_EPOCH)?;
        let mut text = self.text.lock().unwrap();
        if let Some(new) = change(text.as_deref(), now.as_millis().try_into()?) {
            *text = Some(new);
        }
        Ok(())
    }
}

/// Its clocks, its names, its ledger, and what the server is told.
pub(crate) struct Machine {
    pub(crate) cxone: Settings,
    pub(crate) boards: Vec<BoardConfig>,
    pub(crate) clock: Arc<Watched<TestClock>>,
    pub(crate) names: Arc<Names>,
    pub(crate) kept: Kept,
}

impl Machine {
    /// Starts a process, which serves there.
    pub(crate) async fn serve(&self) -> (JoinHandle<anyhow::Result<()>>, SocketAddr) {
        let ledger = Ledger::new(self.kept.clone(), self.clock.clone());
        let budget = Arc::new(RequestBudget::with_ledger(BUDGET_PER_MINUTE, ledger));
        let connector = Connector::new(self.cxone.clone(), Arc::clone(&budget), self.clock.clone())
            .resolver(self.names.clone());
        let source = connector.connect().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let config = Config {
            store: StoreConfig::default(),
            cxone: self.cxone.clone(),
            ca_file: None,
            poll: poll(),
            server: ServerConfig::on(address),
            access: AccessConfig::default(),
            boards: self.boards.clone(),
            alerts: queuewall::config::AlertsConfig::default(),
            warnings: Vec::new(),
        };
        let server = Server::new(config, source, budget, self.clock.clone());
        let serving = tokio::spawn(server.run(listener, std::future::pending()));
        (serving, address)
    }
}

fn poll() -> PollConfig {
    PollConfig {
        interval: INTERVAL,
        budget_per_minute: BUDGET_PER_MINUTE,
    }
}

/// How to read a tenant there.
pub(crate) fn settings(spoken: Spoken, base_url: &str, is_encrypted: bool) -> Settings {
    Settings {
        connect_timeout: poll().connect_timeout(),
        total_timeout: poll().total_timeout(),
        ..Settings::new(dialect(spoken, base_url, is_encrypted), USER_AGENT)
    }
}

fn dialect(spoken: Spoken, base_url: &str, is_encrypted: bool) -> Dialect {
    let address = || BaseUrl::parse(base_url).unwrap();
    match spoken {
        Spoken::ReportingV2 => Dialect::ReportingV2(ReportingV2Settings {
            base_url: address(),
            client_id: "client".to_owned(),
            client_secret: "secret".into(),
            tenant_id: "tenant".to_owned(),
        }),
        Spoken::Realtime => Dialect::Realtime(Box::new(RealtimeSettings {
            access_key: AccessKey {
                id: "key".to_owned(),
                secret: "key-secret".into(),
            },
            // Discovery names no encrypted host on this machine: there it is told.
            sign_in: if is_encrypted {
                SignInMethod::KeyOnly {
                    area_url: address(),
                }
            } else {
                SignInMethod::Password {
                    client_id: "client".to_owned(),
                    client_secret: "secret".into(),
                }
            },
            issuer: address(),
            api_url: is_encrypted.then(address),
            tenant_id: None,
            api_version: ApiVersion::default(),
            allowed_domains: AllowedDomains::default(),
            skills: SkillFilter::default(),
        })),
    }
}
