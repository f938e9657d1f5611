//! Against servers on real sockets.

use std::path::Path;

use axum::{Router, body::Body, http::Request, routing::get};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tower::Service as _;

use super::*;
use crate::{
    access::Proxies,
    config::TlsFiles,
    connections::{self, ConnectionMetrics, Limits, Tls},
};

struct Served {
    config: ServerConfig,
    task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A server that is healthy and not ready, with these files for TLS.
async fn serve(tls: Option<TlsFiles>) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let app = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route(
            "/readyz",
            get(|| async { axum::http::StatusCode::SERVICE_UNAVAILABLE }),
        );
    let answer = move |request: Request<Body>| {
        let mut app = app.clone();
        async move { app.call(request).await.unwrap() }
    };
    let loaded = tls
        .clone()
        .map(|files| Tls::load(files.certificate, files.key).unwrap());
    let serving = connections::serve(
        listener,
        loaded,
        answer,
        Limits::default(),
        Proxies::default(),
        ConnectionMetrics::default(),
        std::future::pending(),
    );
    Served {
        config: ServerConfig {
            tls,
            // As a container's server listens.
            ..ServerConfig::on(SocketAddr::from(([0, 0, 0, 0], port)))
        },
        task: tokio::spawn(serving),
    }
}

async fn ask(server: &ServerConfig, ready: bool) -> Result<String, String> {
    let mut out = Vec::new();
    match run(server, HealthArgs { ready }, &mut out).await {
        Ok(exit) => {
            assert_eq!(exit, Exit::Done);
            Ok(String::from_utf8(out).unwrap())
        }
        Err(failure) => {
            assert_eq!(failure.exit, Exit::Other);
            assert!(out.is_empty(), "one line in all");
            Err(failure.message.unwrap())
        }
    }
}

/// A certificate that nobody issued, and that does not name the address.
fn certificate(folder: &Path, name: &str) -> TlsFiles {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["wall.example.com".to_owned()]).unwrap();
    let [certificate, key] = ["pem", "key"].map(|ending| folder.join(name).with_extension(ending));
    std::fs::write(&certificate, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    TlsFiles { certificate, key }
}

#[tokio::test]
async fn a_server_is_asked_on_the_address_that_it_listens_on() {
    let served = serve(None).await;
    let port = served.config.listen.port();
    assert_eq!(
        ask(&served.config, false).await.unwrap(),
        format!("http://127.0.0.1:{port}/healthz answers 200 OK\n")
    );
    assert_eq!(
        ask(&served.config, true).await.unwrap_err(),
        format!("http://127.0.0.1:{port}/readyz answers 503 Service Unavailable")
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_not_healthy() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = ServerConfig::on(gone.local_addr().unwrap());
    drop(gone);
    let message = ask(&server, false).await.unwrap_err();
    assert!(
        message.contains("gives no answer") && message.contains("refused"),
        "{message}"
    );
    let any = ServerConfig::on(SocketAddr::from(([127, 0, 0, 1], 0)));
    let message = ask(&any, false).await.unwrap_err();
    assert!(message.contains("QUEUEWALL_LISTEN"), "{message}");
}

#[tokio::test]
async fn health_takes_any_certificate_of_the_server() {
    let folder: TempDir = tempfile::tempdir().unwrap();
    let [own, renewed] = ["own", "renewed"].map(|name| certificate(folder.path(), name));
    let served = serve(Some(own)).await;
    for files in [Some(renewed), served.config.tls.clone()] {
        let server = ServerConfig {
            tls: files,
            ..served.config.clone()
        };
        let said = ask(&server, false).await.unwrap();
        assert!(said.starts_with("https://127.0.0.1:"), "{said}");
    }
}

#[test]
fn health_line_says_how_it_goes_with_cxone() {
    let down = r#"{"status":"ready","upstream":{"state":"down","cause_code":"sign_in_rejected","latest_read_age_ms":null}}"#;
    assert_eq!(
        upstream(down).unwrap(),
        "CXone rejects our sign-in (sign in rejected), nothing was read yet"
    );
    for (code, words) in [
        ("rate_limited", "CXone's rate limit is reached"),
        ("timed_out", "CXone does not answer in time"),
        ("of_a_later_version", "nothing is read from CXone"),
    ] {
        let said = upstream(&down.replace("sign_in_rejected", code)).unwrap();
        assert!(said.starts_with(words), "{said}");
    }
    let ok = r#"{"upstream":{"state":"ok","cause_code":null,"latest_read_age_ms":12999}}"#;
    assert_eq!(upstream(ok).unwrap(), "CXone answers, last read 12 s ago");
    for other in ["", "ok", "{}", r#"{"status":"ok"}"#] {
        assert_eq!(upstream(other), None, "{other}");
    }
}

#[test]
fn an_address_that_means_all_of_them_is_asked_on_this_machine() {
    let reach = |listen: &str| within_reach(listen.parse().unwrap()).map(|it| it.to_string());
    assert_eq!(reach("0.0.0.0:80").as_deref(), Some("127.0.0.1:80"));
    assert_eq!(reach("[::]:80").as_deref(), Some("[::1]:80"));
    assert_eq!(reach("10.0.0.5:80").as_deref(), Some("10.0.0.5:80"));
    assert_eq!(reach("0.0.0.0:0"), None);
}
