//! `queuewall demo`: the simulated tenant and a wallboard of it, in one process.
//! The server reads it over real HTTP, as it would read CXone.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use cxone::{
    AccessKey, AllowedDomains, ApiVersion, BaseUrl, Dialect, RealtimeSettings, ReportingV2Settings,
    Settings, SignInMethod, SkillFilter, budget::RequestBudget,
};
use queuewall_shared::level::{Limits, Metric, Thresholds};
use queuewall_simulator::{Options, Simulator};
use secrecy::SecretString;
use tokio::net::TcpListener;

use super::{
    args::{DemoArgs, DemoDialect},
    exit::{Exit, Failure},
    serve,
};
use crate::{
    client,
    clock::{SystemClock, Watched},
    config::{
        AccessConfig, AccessMode, BoardConfig, Config, PollConfig, QueueConfig, ServerConfig,
        USER_AGENT,
    },
    metrics::Calls,
    serve::Server,
};

/// A wall that moves, and slow enough that a page which asks every 5 s never sees a
/// reading older than 1.5 intervals.
const INTERVAL: Duration = Duration::from_secs(10);
/// Six reads a minute, and room for sign-in, queue list and retries.
const BUDGET_PER_MINUTE: usize = 30;
/// Marks the demo's numbers as invented.
const NOTICE: &str = "Simulated data: a demonstration, and no real contact centre";
/// How many queues the supervisors' board has.
const SUPERVISED: usize = 6;

/// Starts the tenant on a separate port, and serves its wallboard.
pub(super) async fn run(args: &DemoArgs) -> Result<Exit, Failure> {
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
    let simulator = Simulator::start(
        listener,
        Options {
            // The server's own budget is what should hold it back.
            rate_limit_per_minute: None,
            ..args.day.options()
        },
    );
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
    let exit = serve::run(server, None).await?;
    simulator.shutdown().await;
    Ok(exit)
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

/// The demo's configuration: a board of every queue, and one of the first few.
fn config(listen: SocketAddr, dialect: Dialect, ids: &[String]) -> Config {
    let poll = PollConfig {
        interval: INTERVAL,
        budget_per_minute: BUDGET_PER_MINUTE,
    };
    let mut levels = Thresholds::default();
    // Calls wait because nobody is free: as a level it would make a healthy centre red.
    levels.set(Metric::AvailableAgents, Limits::default());
    let board = |slug: &str, title: &str, ids: &[String]| BoardConfig {
        slug: slug.to_owned(),
        title: title.to_owned(),
        levels,
        queues: ids.iter().map(QueueConfig::new).collect(),
        notice: Some(NOTICE.to_owned()),
        ..BoardConfig::default()
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
        boards: vec![
            board("main", "All queues", &[]),
            board(
                "supervisors",
                "Supervisors",
                &ids[..ids.len().min(SUPERVISED)],
            ),
        ],
        warnings: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demos_budget_allows_its_poll() {
        let ids: Vec<_> = (1..=24).map(|id| id.to_string()).collect();
        let base_url = BaseUrl::parse("http://127.0.0.1:1").unwrap();
        for name in [DemoDialect::ReportingV2, DemoDialect::Realtime] {
            allows_its_poll(name, &base_url, &ids);
        }
    }

    fn allows_its_poll(name: DemoDialect, base_url: &BaseUrl, ids: &[String]) {
        let dialect = dialect(name, base_url.clone());
        let is_realtime = matches!(dialect, Dialect::Realtime(_));
        assert_eq!(is_realtime, name == DemoDialect::Realtime);
        let config = config(SocketAddr::from(([127, 0, 0, 1], 0)), dialect, ids);
        let reads_a_minute = 60.0 / config.poll.interval.as_secs_f64();
        assert!(reads_a_minute * 2.0 <= config.poll.budget_per_minute as f64);
        assert!(config.cxone.total_timeout < config.poll.interval);
        let [all, supervisors] = config.boards.as_slice() else {
            panic!("{:?}", config.boards)
        };
        assert!(all.queues.is_empty());
        assert_eq!(supervisors.queues.len(), 6);
        for board in [all, supervisors] {
            let free = board.levels.limits(Metric::AvailableAgents);
            assert!(!free.is_judged());
            assert!(board.notice.as_ref().unwrap().contains("Simulated"));
        }
        // One read serves both boards.
        assert_eq!(all.skill_ids, supervisors.skill_ids);
    }
}
