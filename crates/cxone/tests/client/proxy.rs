//! Company proxies, as the environment names them.
//!
//! A process has one environment, so each case runs a test of this file in a
//! separate process.

use std::{
    net::SocketAddr,
    process::Stdio,
    sync::{Arc, Mutex},
};

use cxone::{CaCertificates, Proxy, ProxyExceptions, budget::RequestBudget};
use tokio::{io::AsyncWriteExt, net::TcpListener};

use crate::{
    scripted::{Reply, Scripted, closed_port, read_request, splice},
    tenant::{SteppedClock, client, http, ids, queues, settings, tenant, token_reply},
    tls::Authority,
};

/// A proxy that takes every CONNECT to `target`, and remembers what was asked.
async fn proxy(target: SocketAddr, refusal: Option<u16>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                let seen = read_request(&mut stream, &mut Vec::new()).await.unwrap();
                let asked = format!("{} {}", seen.method, seen.target);
                log.lock().unwrap().push(asked);
                let reply = match refusal {
                    Some(status) => {
                        format!("HTTP/1.1 {status} Refused\r\ncontent-length: 0\r\n\r\n")
                    }
                    None => "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
                };
                stream.write_all(reply.as_bytes()).await.unwrap();
                if refusal.is_none() {
                    splice(stream, target).await;
                }
            });
        }
    });
    (address, asked)
}

/// Runs the test `name` of this file with `variables` and no other proxy settings.
async fn in_environment(name: &str, variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = this_test(name);
    for name in [
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
        "REQUEST_METHOD",
    ] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let words = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(words.contains("running 1 test"), "{words}");
    (output.status.success(), words)
}

fn this_test(name: &str) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            &format!("proxy::{name}"),
            "--ignored",
            "--nocapture",
        ])
        .stdin(Stdio::null());
    command
}

fn variable(name: &str) -> String {
    std::env::var(name).expect("set by the test that runs this one")
}

#[tokio::test]
#[ignore = "run in a separate environment by the tests below"]
async fn reads_a_tenant_of_the_internet() {
    let mut settings = settings("https://tenant.invalid");
    let pem = variable("TEST_CA");
    settings.ca_certificates = CaCertificates::from_pem(pem.as_bytes()).unwrap();
    let exceptions = std::env::var("NO_PROXY").unwrap_or_default();
    let exceptions = ProxyExceptions::parse(&exceptions).unwrap();
    let proxy = Proxy::new(&variable("HTTPS_PROXY"), &exceptions, "HTTPS_PROXY");
    settings.proxy = Some(proxy.unwrap());
    let error = match client(settings).read_queues(&ids(&["q"]), &[]).await {
        Ok(readings) => return assert_eq!(readings.queues.len(), 1),
        Err(error) => error,
    };
    match variable("TEST_EXPECTS").as_str() {
        "dns" => assert!(
            matches!(&error, cxone::Error::Dns { name, .. } if name == "tenant.invalid"),
            "{error:?}"
        ),
        "proxy-dns" => assert!(
            matches!(&error, cxone::Error::Dns { name, .. } if name == "proxy.invalid"),
            "{error:?}"
        ),
        "connect" => assert!(
            matches!(&error, cxone::Error::Connect { host, detail }
                if host.name == "tenant.invalid" && detail.contains("by the proxy 127.0.0.1:")),
            "{error:?}"
        ),
        "status" => {
            let words = error.to_string();
            let status = variable("TEST_STATUS");
            assert!(
                matches!(&error, cxone::Error::ProxyRefused { host, .. } if host.name == "tenant.invalid"),
                "{error:?}"
            );
            assert!(words.contains(&format!("(HTTP {status})")), "{words}");
            assert!(words.contains("the proxy 127.0.0.1:"), "{words}");
        }
        _ => panic!("{error:?}"),
    }
    let words = format!("{error} {error:?} {error:#?}");
    assert!(!words.contains("proxy-password"), "{words}");
}

#[tokio::test]
#[ignore = "run in a separate environment by the tests below"]
async fn reads_a_tenant_of_this_machine() {
    let client = client(settings(&variable("TEST_BASE_URL")));
    assert_eq!(
        client
            .read_queues(&ids(&["q"]), &[])
            .await
            .unwrap()
            .queues
            .len(),
        1
    );
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_used_and_its_exceptions_kept() {
    let authority = Authority::new("Company proxy");
    let pem = authority.pem();
    let ca = ("TEST_CA", pem.as_str());
    let server = Scripted::start_tls(authority.server("tenant.invalid"), |seen| {
        match seen.target.as_str() {
            "/oauth2/token" => token_reply(),
            _ => Reply::json(&queues(&["q"])),
        }
    })
    .await;
    let (address, asked) = proxy(server.address(), None).await;
    let https_proxy = format!("http://user:proxy-password@{address}");
    let https_proxy = ("HTTPS_PROXY", https_proxy.as_str());
    let child = "reads_a_tenant_of_the_internet";

    let (passed, words) =
        in_environment(child, &[https_proxy, ca, ("TEST_EXPECTS", "readings")]).await;
    assert!(passed, "{words}");
    assert_eq!(*asked.lock().unwrap(), ["CONNECT tenant.invalid:443"; 2]);
    assert_eq!(server.seen().len(), 2, "token and read");

    let (passed, words) = in_environment(
        child,
        &[
            https_proxy,
            ca,
            ("NO_PROXY", "tenant.invalid"),
            ("TEST_EXPECTS", "dns"),
        ],
    )
    .await;
    assert!(passed, "{words}");
    assert_eq!(asked.lock().unwrap().len(), 2, "not asked again");
    assert_eq!(server.seen().len(), 2);

    for status in ["407", "403", "502"] {
        let (refusing, _) = proxy(server.address(), status.parse().ok()).await;
        let proxy = format!("http://user:proxy-password@{refusing}");
        let variables = [
            ("HTTPS_PROXY", proxy.as_str()),
            ca,
            ("TEST_EXPECTS", "status"),
            ("TEST_STATUS", status),
        ];
        let (passed, words) = in_environment(child, &variables).await;
        assert!(passed, "{status}: {words}");
    }
    let closed = closed_port().await;
    for (proxy, expects) in [
        (format!("http://user:proxy-password@{closed}"), "connect"),
        (
            "http://user:proxy-password@proxy.invalid:3128".to_owned(),
            "proxy-dns",
        ),
    ] {
        let (passed, words) = in_environment(
            child,
            &[("HTTPS_PROXY", &proxy), ca, ("TEST_EXPECTS", expects)],
        )
        .await;
        assert!(passed, "{proxy}: {words}");
    }
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn this_machine_is_never_reached_through_a_proxy() {
    let server = tenant(|_| Reply::json(&queues(&["q"]))).await;
    let (address, asked) = proxy(server.address(), None).await;
    let proxy = format!("http://{address}");
    let (passed, words) = in_environment(
        "reads_a_tenant_of_this_machine",
        &[
            ("HTTP_PROXY", &proxy),
            ("HTTPS_PROXY", &proxy),
            ("ALL_PROXY", &proxy),
            ("TEST_BASE_URL", &http(&server)),
        ],
    )
    .await;
    assert!(passed, "{words}");
    assert!(asked.lock().unwrap().is_empty());
}

#[test]
#[ignore = "run in a separate environment by the test below"]
fn lacks_a_trust_store_for_the_internet() {
    let budget = Arc::new(RequestBudget::new(1));
    let settings = settings("https://tenant.invalid");
    match cxone::connect(settings, budget, Arc::new(SteppedClock::new())) {
        Err(error) => assert!(error.to_string().contains("TLS client"), "{error}"),
        Ok(_) => panic!("a client"),
    }
}

/// So that a bare machine can run the demo; and it says what it lacks for the rest.
#[tokio::test]
async fn a_machine_without_a_trust_store_still_reaches_itself() {
    let file = ("SSL_CERT_FILE", "/nowhere/certificates.pem");
    let folder = ("SSL_CERT_DIR", "/nowhere/certificates");
    let server = tenant(|_| Reply::json(&queues(&["q"]))).await;
    let (passed, words) = in_environment(
        "reads_a_tenant_of_this_machine",
        &[file, folder, ("TEST_BASE_URL", &http(&server))],
    )
    .await;
    assert!(passed, "{words}");
    assert_eq!(server.seen().len(), 2);
    // Elsewhere than on Linux the trust store is no file, and always there.
    if cfg!(target_os = "linux") {
        let child = "lacks_a_trust_store_for_the_internet";
        let (passed, words) = in_environment(child, &[file, folder]).await;
        assert!(passed, "{words}");
    }
}
