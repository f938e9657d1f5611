//! Over real sockets. Time limits are short here, and only that they act is asserted.

use std::{io, path::Path};

use axum::{Router, response::IntoResponse as _, routing::get};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioExecutor;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ClientConfig, RootCertStore, pki_types::pem::PemObject as _};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::oneshot,
    task::JoinHandle,
};
use tokio_rustls::TlsConnector;
use tower::Service as _;

use super::*;
use crate::{http::ApiError, logging::tests::Said};

const ASK: &[u8] = b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n";

/// A server that says hello, at once or when it is told to.
struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    say: Arc<tokio::sync::Notify>,
}

impl Server {
    async fn start(limits: Limits, tls: Option<Tls>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let say = Arc::new(tokio::sync::Notify::new());
        let wait = Arc::clone(&say);
        let slowly = move || {
            let wait = Arc::clone(&wait);
            async move {
                wait.notified().await;
                "late"
            }
        };
        let much = || async { vec![b'x'; 64 * 1024 * 1024] };
        let who = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
        let app = Router::new()
            .route("/hello", get(|| async { "hello" }))
            .route("/slowly", get(slowly))
            .route("/much", get(much))
            .route("/who", get(who));
        let shutdown = async move {
            let _ = stopped.await;
        };
        let answer = move |request: Request<Body>| {
            let mut app = app.clone();
            async move {
                if request.extensions().get::<PlainOnTls>().is_some() {
                    return "plain".into_response();
                }
                if request.extensions().get::<RateLimited>().is_some() {
                    return ApiError::TooManyRequests.into_response();
                }
                app.call(request).await.unwrap()
            }
        };
        let task = tokio::spawn(serve(
            listener,
            tls,
            answer,
            limits,
            Proxies::default(),
            ConnectionMetrics::default(),
            shutdown,
        ));
        Self {
            address,
            stop: Some(stop),
            task,
            say,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// Asks, and reads until `end` has come.
async fn ask(stream: &mut TcpStream, request: &[u8], end: &str) -> String {
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    while !String::from_utf8_lossy(&answer).contains(end) {
        if stream.read_buf(&mut answer).await.unwrap_or(0) == 0 {
            break;
        }
    }
    String::from_utf8(answer).unwrap()
}

/// Whether the server ends the connection without another word, or with one.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    let end = timeout(Duration::from_secs(30), stream.read_to_end(&mut rest)).await;
    end.is_ok()
}

fn bounded() -> Limits {
    Limits {
        exempts_loopback: false,
        ..Limits::default()
    }
}

#[tokio::test]
async fn connection_carries_many_requests_and_the_peers_address() {
    let server = Server::start(bounded(), None).await;
    let mut stream = server.connect().await;
    for _ in 0..3 {
        let answer = ask(&mut stream, ASK, "hello").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
    let peer = stream.local_addr().unwrap().to_string();
    let who = ask(&mut stream, b"GET /who HTTP/1.1\r\nhost: x\r\n\r\n", &peer).await;
    assert!(who.contains(&peer), "{who}");
}

#[tokio::test]
async fn silent_idle_and_slow_clients_are_disconnected() {
    let limits = Limits {
        idle: Duration::from_millis(300),
        ..bounded()
    };
    let server = Server::start(limits, None).await;
    let mut silent = server.connect().await;
    let mut idle = server.connect().await;
    ask(&mut idle, ASK, "hello").await;
    let (mut slow, mut sending) = server.connect().await.into_split();
    // Single bytes now and then do not extend the time of a head.
    tokio::spawn(async move {
        let mut bytes: &[u8] = b"GET /hello HTTP/1.1\r\nx-slow: ";
        while sending.write_all(bytes).await.is_ok() {
            bytes = b"x";
            sleep(Duration::from_millis(50)).await;
        }
    });
    for stream in [&mut silent, &mut idle] {
        assert!(is_closed(stream).await);
    }
    let end = timeout(Duration::from_secs(30), slow.read_u8()).await;
    assert!(end.expect("its time ends").is_err());
    let mut next = server.connect().await;
    assert!(ask(&mut next, ASK, "hello").await.contains("200 OK"));
}

#[tokio::test]
async fn client_that_leaves_an_answer_unread_is_disconnected() {
    let limits = Limits {
        stalled_write: Duration::from_millis(300),
        connections: 1,
        ..bounded()
    };
    let server = Server::start(limits, None).await;
    let mut deaf = server.connect().await;
    deaf.write_all(b"GET /much HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    // Its place is free again without its doing anything.
    for attempt in 0.. {
        let mut next = server.connect().await;
        if ask(&mut next, ASK, "hello").await.contains("200 OK") {
            break;
        }
        assert!(attempt < 300, "its place is never given back");
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn connections_over_the_limit_are_closed_at_once() {
    for limits in [
        Limits {
            connections: 2,
            ..bounded()
        },
        Limits {
            connections_per_ip: 2,
            ..bounded()
        },
    ] {
        let server = Server::start(limits, None).await;
        let (mut one, mut two) = (server.connect().await, server.connect().await);
        ask(&mut one, ASK, "hello").await;
        ask(&mut two, ASK, "hello").await;
        let mut three = server.connect().await;
        assert!(is_closed(&mut three).await);
        drop(one);
        let freed = async {
            loop {
                let mut next = server.connect().await;
                let _ = next.write_all(ASK).await;
                let mut answer = vec![0; 12];
                if next.read_exact(&mut answer).await.is_ok() {
                    return;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(30), freed)
            .await
            .expect("a place for another");
        ask(&mut two, ASK, "hello").await;
    }
}

#[tokio::test]
async fn rate_limited_client_gets_429_with_retry_after() {
    let limits = Limits {
        requests_per_second: 5,
        ..bounded()
    };
    let server = Server::start(limits, None).await;
    let mut stream = server.connect().await;
    let mut answers = Vec::new();
    for _ in 0..30 {
        answers.push(ask(&mut stream, ASK, "\r\n\r\n").await);
    }
    let refused = answers
        .iter()
        .find(|answer| answer.contains("429"))
        .unwrap();
    assert!(
        refused.to_lowercase().contains("retry-after: 1"),
        "{refused}"
    );
    assert!(answers[0].contains("200 OK"));
}

#[tokio::test]
async fn request_head_over_16_kib_is_refused() {
    let server = Server::start(bounded(), None).await;
    let mut stream = server.connect().await;
    let long = format!(
        "GET /hello HTTP/1.1\r\nx-long: {}\r\n\r\n",
        "x".repeat(100_000)
    );
    let _ = stream.write_all(long.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
}

#[tokio::test]
async fn shutdown_answers_requests_under_way() {
    let mut server = Server::start(bounded(), None).await;
    let mut idle = server.connect().await;
    ask(&mut idle, ASK, "hello").await;
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slowly HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    // It is in the handler when its head was read.
    sleep(Duration::from_millis(200)).await;
    server.stop.take().unwrap().send(()).unwrap();
    assert!(is_closed(&mut idle).await);
    server.say.notify_one();
    let answer = ask(&mut busy, b"", "late").await;
    assert!(answer.contains("late"), "{answer}");
    server.task.await.unwrap();
}

#[tokio::test]
async fn shutdown_cuts_off_requests_after_the_drain_time() {
    let limits = Limits {
        drain: Duration::from_millis(200),
        ..bounded()
    };
    let mut server = Server::start(limits, None).await;
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slowly HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    sleep(Duration::from_millis(200)).await;
    server.stop.take().unwrap().send(()).unwrap();
    timeout(Duration::from_secs(30), server.task)
        .await
        .unwrap()
        .unwrap();
}

/// Writes a new certificate and its key into `folder`; the certificate as PEM.
fn certify(folder: &Path) -> String {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.join("cert.pem"), cert.pem()).unwrap();
    cert.pem()
}

fn load(folder: &Path) -> Result<Tls, TlsError> {
    Tls::load(folder.join("cert.pem"), folder.join("key.pem"))
}

/// A connection by TLS that trusts `pem` alone.
async fn tls_connect(
    address: SocketAddr,
    pem: &str,
    protocols: &[&[u8]],
) -> io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(rustls::pki_types::CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
        .unwrap();
    let mut config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|it| it.to_vec()).collect();
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config))
        .connect("localhost".try_into().unwrap(), stream)
        .await
}

#[tokio::test]
async fn tls_negotiates_http_2_and_http_1() {
    let folder = tempfile::tempdir().unwrap();
    let pem = certify(folder.path());
    let server = Server::start(bounded(), Some(load(folder.path()).unwrap())).await;

    let stream = tls_connect(server.address, &pem, &[b"h2", b"http/1.1"])
        .await
        .unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    let request = Request::get("https://localhost/hello").body(Empty::<hyper::body::Bytes>::new());
    let answer = sender.send_request(request.unwrap()).await.unwrap();
    assert_eq!(answer.version(), axum::http::Version::HTTP_2);
    assert_eq!(
        answer.into_body().collect().await.unwrap().to_bytes(),
        "hello"
    );

    let mut stream = tls_connect(server.address, &pem, &[]).await.unwrap();
    stream.write_all(ASK).await.unwrap();
    let mut answer = vec![0; 15];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 200 OK");
}

#[tokio::test]
async fn plain_http_on_the_tls_port_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let pem = certify(folder.path());
    let server = Server::start(bounded(), Some(load(folder.path()).unwrap())).await;
    let mut stream = server.connect().await;
    let answer = ask(&mut stream, ASK, "plain").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    tls_connect(server.address, &pem, &[]).await.unwrap();
    // Neither: the connection ends.
    let mut odd = server.connect().await;
    odd.write_all(&[0x80, 1, 2, 3, 4, 5, 6]).await.unwrap();
    assert!(is_closed(&mut odd).await);
}

#[tokio::test]
async fn https_on_the_plain_port_is_logged_once() {
    let (said, _guard) = Said::gather("warn");
    let server = Server::start(bounded(), None).await;
    for _ in 0..3 {
        tls_connect(
            server.address,
            &certify(tempfile::tempdir().unwrap().path()),
            &[],
        )
        .await
        .unwrap_err();
    }
    assert_eq!(said.text().matches("asked by https").count(), 1);
}

#[tokio::test]
async fn proxy_protocol_before_a_request_is_logged_once() {
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path());
    let tls = || load(folder.path()).unwrap();
    for (begin, tls) in [
        (&b"PROXY TCP4 192.0.2.1 192.0.2.2 5 80\r\n"[..], None),
        (b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", None),
        (b"PROXY UNKNOWN\r\n", Some(tls())),
        (b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", Some(tls())),
    ] {
        let (said, _guard) = Said::gather("warn");
        let server = Server::start(bounded(), tls).await;
        for _ in 0..3 {
            let mut stream = server.connect().await;
            stream.write_all(begin).await.unwrap();
            assert!(is_closed(&mut stream).await);
        }
        let text = said.text();
        assert_eq!(text.matches("PROXY protocol").count(), 1, "{begin:?}");
        assert!(text.contains("switch it off"), "{text}");
    }
}

#[tokio::test]
async fn silent_http_2_client_is_disconnected() {
    let folder = tempfile::tempdir().unwrap();
    let pem = certify(folder.path());
    let limits = Limits {
        idle: Duration::from_secs(1),
        ..bounded()
    };
    let server = Server::start(limits, Some(load(folder.path()).unwrap())).await;
    let mut stream = tls_connect(server.address, &pem, &[b"h2"]).await.unwrap();
    let mut rest = Vec::new();
    let end = timeout(Duration::from_secs(30), stream.read_to_end(&mut rest)).await;
    assert!(end.is_ok(), "its place is given back");
}

#[tokio::test]
async fn changed_certificate_is_reloaded_and_a_bad_one_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let old = certify(folder.path());
    let tls = load(folder.path()).unwrap();
    let server = Server::start(bounded(), Some(tls.clone())).await;
    tls_connect(server.address, &old, &[]).await.unwrap();
    tokio::spawn(tls.keep_fresh());

    std::fs::write(folder.path().join("cert.pem"), "no certificate").unwrap();
    settle().await;
    tls_connect(server.address, &old, &[])
        .await
        .expect("the old one stays");

    let new = certify(folder.path());
    settle().await;
    tls_connect(server.address, &new, &[])
        .await
        .expect("the new one is there");
    tls_connect(server.address, &old, &[])
        .await
        .expect_err("and the old one gone");
}

#[tokio::test]
async fn tls_certificate_with_old_modification_time_is_reloaded() {
    let folder = tempfile::tempdir().unwrap();
    let old = certify(folder.path());
    let modified = |name| {
        let metadata = std::fs::metadata(folder.path().join(name)).unwrap();
        metadata.modified().unwrap()
    };
    let times = ["cert.pem", "key.pem"].map(|name| (name, modified(name)));
    let tls = load(folder.path()).unwrap();
    let server = Server::start(bounded(), Some(tls.clone())).await;
    tokio::spawn(tls.keep_fresh());
    settle().await;
    let new = certify(folder.path());
    for (name, time) in times {
        let file = std::fs::File::options()
            .write(true)
            .open(folder.path().join(name));
        file.unwrap().set_modified(time).unwrap();
    }
    settle().await;
    tls_connect(server.address, &new, &[]).await.unwrap();
    tls_connect(server.address, &old, &[]).await.unwrap_err();
}

#[tokio::test]
async fn unusable_tls_certificate_is_warned_of_once() {
    let folder = tempfile::tempdir().unwrap();
    certify(folder.path());
    let (said, _guard) = Said::gather("queuewall=warn");
    tokio::spawn(load(folder.path()).unwrap().keep_fresh());
    settle().await;
    std::fs::write(folder.path().join("cert.pem"), "no certificate").unwrap();
    settle().await;
    settle().await;
    assert_eq!(said.lines().len(), 1);
}

/// Lets the clock run past the next look at the files.
async fn settle() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(11)).await;
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    tokio::time::resume();
}

#[test]
fn files_that_cannot_be_used_are_named_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let error = load(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("cert.pem") && error.contains("check the path"),
        "{error}"
    );
    certify(folder.path());
    for (file, content, word) in [
        ("cert.pem", "", "no PEM certificate"),
        ("key.pem", "", "no PEM private key"),
        (
            "key.pem",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "cannot be used",
        ),
    ] {
        let path = folder.path().join(file);
        let good = std::fs::read(&path).unwrap();
        std::fs::write(&path, content).unwrap();
        let error = load(folder.path()).unwrap_err().to_string();
        assert!(error.contains(file) && error.contains(word), "{error}");
        std::fs::write(&path, good).unwrap();
    }
    let other = tempfile::tempdir().unwrap();
    certify(other.path());
    let mixed = Tls::load(folder.path().join("cert.pem"), other.path().join("key.pem"));
    assert!(matches!(mixed, Err(TlsError::Unusable { .. })));
}
