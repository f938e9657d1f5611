//! The server as a whole over TLS, as a browser meets it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use cxone::{
    BaseUrl, Dialect, QueueInfo, QueueReadings, QueueSource, ReportingV2Settings, Settings,
    budget::RequestBudget,
};
use queuewall::{
    access::{Link, Store, StoreError, Token},
    clock::SystemClock,
    config::{
        AccessConfig, AccessMode, BoardConfig, Config, PollConfig, ServerConfig, StoreConfig,
        TlsFiles, USER_AGENT,
    },
    serve::Server,
};
use queuewall_store::Location;
use reqwest::{Certificate, Client, Response, StatusCode};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::Instant};

/// A contact centre with nothing to see.
struct Nothing;

#[async_trait]
impl QueueSource for Nothing {
    fn batch_limit(&self) -> usize {
        1
    }

    async fn read_queues(&self, _: &[String], _: &[String]) -> Result<QueueReadings, cxone::Error> {
        Ok(QueueReadings::default())
    }

    async fn list_queues(&self) -> Result<Vec<QueueInfo>, cxone::Error> {
        Err(cxone::Error::NothingVisible {
            remedy: cxone::Remedy::VisibleQueues,
        })
    }

    async fn sign_in(&self) -> Result<(), cxone::Error> {
        Ok(())
    }
}

fn config(server: ServerConfig, access: AccessConfig) -> Config {
    let poll = PollConfig {
        interval: Duration::from_secs(30),
        budget_per_minute: 10,
    };
    Config {
        store: StoreConfig::default(),
        cxone: Settings::new(
            Dialect::ReportingV2(ReportingV2Settings {
                base_url: BaseUrl::parse("http://127.0.0.1:9").unwrap(),
                client_id: String::new(),
                client_secret: String::new().into(),
                tenant_id: String::new(),
            }),
            USER_AGENT,
        ),
        ca_file: None,
        poll,
        server,
        access,
        boards: vec![BoardConfig {
            slug: "main".into(),
            title: "Main".into(),
            ..BoardConfig::default()
        }],
        alerts: queuewall::config::AlertsConfig::default(),
        warnings: Vec::new(),
    }
}

/// A server that speaks TLS, and a browser that trusts it under two names.
struct Served {
    client: Client,
    port: u16,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<anyhow::Result<()>>,
    _folder: TempDir,
}

impl Served {
    async fn start(hosts: Vec<String>, access: AccessConfig) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let names = vec!["wall.example.com".to_owned(), "evil.example".to_owned()];
        let own = rcgen::generate_simple_self_signed(names).unwrap();
        let (certificate, key) = (
            folder.path().join("cert.pem"),
            folder.path().join("key.pem"),
        );
        std::fs::write(&certificate, own.cert.pem()).unwrap();
        std::fs::write(&key, own.signing_key.serialize_pem()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = ServerConfig {
            hosts,
            tls: Some(TlsFiles { certificate, key }),
            ..ServerConfig::on(address)
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let server = Server::new(
            config(server, access),
            Arc::new(Nothing),
            Arc::new(RequestBudget::new(10)),
            Arc::new(SystemClock),
        );
        let serving = tokio::spawn(server.run(listener, async move {
            let _ = stopped.await;
        }));
        let client = Client::builder()
            .tls_certs_only([Certificate::from_pem(own.cert.pem().as_bytes()).unwrap()])
            .resolve("wall.example.com", address)
            .resolve("evil.example", address)
            .no_proxy()
            .build()
            .unwrap();
        Self {
            client,
            port: address.port(),
            stop,
            serving,
            _folder: folder,
        }
    }

    fn url(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.port)
    }

    async fn ask(&self, host: &str, path: &str) -> Response {
        self.client.get(self.url(host, path)).send().await.unwrap()
    }

    async fn end(self) {
        self.stop.send(()).unwrap();
        self.serving.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn tls_board_is_served_only_for_known_host_names() {
    let hosts = vec!["wall.example.com".into()];
    let served = Served::start(hosts, AccessConfig::default()).await;
    let board = served.ask("wall.example.com", "/api/boards/main").await;
    assert_eq!(board.status(), StatusCode::OK);
    let headers = board.headers();
    assert!(
        headers["strict-transport-security"]
            .to_str()
            .unwrap()
            .starts_with("max-age=")
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["content-type"], "application/json");

    let foreign = served.ask("evil.example", "/api/boards/main").await;
    assert_eq!(foreign.status(), StatusCode::MISDIRECTED_REQUEST);
    let words = foreign.text().await.unwrap();
    assert!(
        words.contains("QUEUEWALL_HOSTS") && !words.contains("evil"),
        "{words}"
    );
    let missing = served.ask("wall.example.com", "/nowhere").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);

    served.end().await;
}

#[tokio::test]
async fn link_over_own_tls_gets_secure_cookie_for_public_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().to_owned());
    let token = Token::generate().unwrap();
    let added = store.change::<_, StoreError>(|links| {
        links.push(Link {
            id: "hall".into(),
            board: "main".into(),
            label: None,
            created: 0,
            expires: None,
            revoked: None,
            agents: false,
            sha256: token.hash(),
        });
        Ok(())
    });
    added.await.unwrap();
    let access = AccessConfig {
        mode: AccessMode::Links,
        state_dir: folder.path().to_owned(),
        public_url: Some("https://wall.example.com".into()),
        ..AccessConfig::default()
    };
    let served = Served::start(Vec::new(), access).await;
    let refused = served.ask("wall.example.com", "/api/boards/main").await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let entered = served
        .client
        .post(served.url("wall.example.com", "/api/access"))
        .header("content-type", "application/json")
        .body(format!("{{\"token\":\"{}\"}}", token.expose()))
        .send()
        .await
        .unwrap();
    assert_eq!(entered.status(), StatusCode::NO_CONTENT);
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.ends_with("; Secure"), "not over plain HTTP");
    let board = served
        .client
        .get(served.url("wall.example.com", "/api/boards/main"))
        .header("cookie", cookie.split(';').next().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(board.status(), StatusCode::OK);
    served.end().await;
}

/// Containers are killed ten seconds after they were asked to end.
#[tokio::test(start_paused = true)]
async fn server_ends_while_it_waits_for_the_database_of_links() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let access = AccessConfig {
        mode: AccessMode::Links,
        state_dir: folder.path().to_owned(),
        ..AccessConfig::default()
    };
    let mut config = config(ServerConfig::on(listener.local_addr().unwrap()), access);
    // Nobody listens there.
    config.store.database = Some(Location::postgres("postgres://wall@127.0.0.1:1/wall").unwrap());
    let budget = Arc::new(RequestBudget::new(10));
    let server = Server::new(config, Arc::new(Nothing), budget, Arc::new(SystemClock));
    let started = Instant::now();
    let asked = tokio::time::sleep(Duration::from_secs(5));
    server.run(listener, asked).await.unwrap();
    assert_eq!(started.elapsed().as_secs(), 5);
}
