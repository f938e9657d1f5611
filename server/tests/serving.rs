//! The server as a whole over TLS, as a browser meets it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use queuewall::{
    budget::RequestBudget,
    clock::SystemClock,
    config::{BoardConfig, Config, PollConfig, ServerConfig, TlsFiles},
    cxone::{BaseUrl, Dialect, ReportingV2Settings, Settings},
    serve,
    source::{QueueInfo, QueueReadings, QueueSource, SourceError},
};
use reqwest::{Certificate, Client, StatusCode};
use tokio::{net::TcpListener, sync::oneshot};

/// A contact centre with nothing to see.
struct Nothing;

#[async_trait]
impl QueueSource for Nothing {
    fn batch_limit(&self) -> usize {
        1
    }

    async fn read_queues(&self, _: &[String], _: &[String]) -> Result<QueueReadings, SourceError> {
        Ok(QueueReadings::default())
    }

    async fn list_queues(&self) -> Result<Vec<QueueInfo>, SourceError> {
        Err(SourceError::NothingVisible { remedy: "" })
    }

    async fn sign_in(&self) -> Result<(), SourceError> {
        Ok(())
    }
}

fn config(server: ServerConfig) -> Config {
    let poll = PollConfig {
        interval: Duration::from_secs(30),
        budget_per_minute: 10,
    };
    Config {
        cxone: Settings {
            dialect: Dialect::ReportingV2(ReportingV2Settings {
                base_url: BaseUrl::parse("http://127.0.0.1:9").unwrap(),
                client_id: String::new(),
                client_secret: String::new().into(),
                tenant_id: String::new(),
            }),
            ca_file: None,
            connect_timeout: poll.connect_timeout(),
            total_timeout: poll.total_timeout(),
        },
        poll,
        server,
        boards: vec![BoardConfig {
            slug: "main".into(),
            title: "Main".into(),
            ..BoardConfig::default()
        }],
        warnings: Vec::new(),
    }
}

#[tokio::test]
async fn a_board_is_served_by_tls_under_our_names_alone() {
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
    let config = config(ServerConfig {
        listen: address,
        hosts: vec!["wall.example.com".into()],
        tls: Some(TlsFiles { certificate, key }),
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve::run(
        listener,
        config,
        Arc::new(Nothing),
        Arc::new(RequestBudget::new(10)),
        Arc::new(SystemClock),
        async move {
            let _ = stopped.await;
        },
    ));

    let client = Client::builder()
        .tls_certs_only([Certificate::from_pem(own.cert.pem().as_bytes()).unwrap()])
        .resolve("wall.example.com", address)
        .resolve("evil.example", address)
        .no_proxy()
        .build()
        .unwrap();
    let ask = async |host: &str, path: &str| {
        let port = address.port();
        client
            .get(format!("https://{host}:{port}{path}"))
            .send()
            .await
            .unwrap()
    };
    let board = ask("wall.example.com", "/api/boards/main").await;
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

    let foreign = ask("evil.example", "/api/boards/main").await;
    assert_eq!(foreign.status(), StatusCode::MISDIRECTED_REQUEST);
    let words = foreign.text().await.unwrap();
    assert!(
        words.contains("evil.example") && words.contains("QUEUEWALL_HOSTS"),
        "{words}"
    );
    let missing = ask("wall.example.com", "/nowhere").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);

    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}
