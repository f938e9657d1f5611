//! TLS that cannot be trusted, and the CA file that makes it good.

use std::{sync::Arc, time::Duration};

use cxone::{CaCertificates, CaError, Host, Setting, Settings};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    date_time_ymd, generate_simple_self_signed,
};
use tokio_rustls::rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};

use crate::{
    scripted::{Reply, Scripted},
    tenant::{client, ids, queues, settings, token_reply},
};

/// A certificate authority that no system knows.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A server's TLS with a certificate of this authority for `name`.
    pub(crate) fn server(&self, name: &str) -> ServerConfig {
        self.server_with(name, |_| {})
    }

    fn server_with(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        server_config(certificate.der().clone(), &key)
    }
}

fn server_config(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap()
}

async fn tls_tenant(config: ServerConfig) -> Scripted {
    Scripted::start_tls(config, |seen| match seen.target.as_str() {
        "/oauth2/token" => token_reply(),
        _ => Reply::json(&queues(&["q"])),
    })
    .await
}

fn https(server: &Scripted) -> Settings {
    settings(&format!("https://{}", server.address()))
}

fn trusting(pem: &str, settings: Settings) -> Settings {
    Settings {
        ca_certificates: CaCertificates::from_pem(pem.as_bytes()).unwrap(),
        ..settings
    }
}

async fn tls_detail(settings: Settings) -> String {
    match client(settings).sign_in().await {
        Err(cxone::Error::Tls { detail, .. }) => detail,
        other => panic!("no TLS failure: {other:?}"),
    }
}

#[tokio::test]
async fn unknown_ca_is_refused_until_its_certificate_is_added() {
    let authority = Authority::new("Company proxy");
    let server = tls_tenant(authority.server("127.0.0.1")).await;
    let detail = tls_detail(https(&server)).await;
    assert!(detail.contains("UnknownIssuer"), "{detail}");
    assert!(server.seen().is_empty(), "no secret was sent");

    let bundle = format!(
        "# Our proxies\n{}\n{}",
        Authority::new("Another").pem(),
        authority.pem()
    );
    let settings = trusting(&bundle, https(&server));
    let readings = client(settings).read_queues(&ids(&["q"]), &[]).await;
    assert_eq!(readings.unwrap().queues.len(), 1);
}

#[tokio::test]
async fn bundle_with_an_unreadable_certificate_uses_the_others() {
    let authority = Authority::new("Company proxy");
    let server = tls_tenant(authority.server("127.0.0.1")).await;
    for broken in ["AAAA", "!!!!"] {
        let bundle = format!(
            "-----BEGIN CERTIFICATE-----\n{broken}\n-----END CERTIFICATE-----\n{}",
            authority.pem()
        );
        let settings = trusting(&bundle, https(&server));
        assert_eq!(settings.ca_certificates.unreadable(), 1);
        client(settings).sign_in().await.unwrap();
    }
}

#[tokio::test]
async fn self_signed_certificate_is_refused_until_it_is_added() {
    let made = generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let config = server_config(made.cert.der().clone(), &made.signing_key);
    let server = tls_tenant(config).await;
    let detail = tls_detail(https(&server)).await;
    assert!(detail.contains("certificate"), "{detail}");

    let settings = trusting(&made.cert.pem(), https(&server));
    client(settings).sign_in().await.unwrap();
}

#[tokio::test]
async fn an_expired_certificate_and_another_name_are_refused() {
    let authority = Authority::new("Company proxy");
    let expired = authority.server_with("127.0.0.1", |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    });
    for (config, word) in [
        (expired, "expired"),
        (authority.server("other.example.com"), "not valid for name"),
    ] {
        let server = tls_tenant(config).await;
        let settings = trusting(&authority.pem(), https(&server));
        let detail = tls_detail(settings).await;
        assert!(detail.contains(word), "{detail}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_a_tls_failure() {
    for reply in [
        Reply::then_close("HTTP/1.1 400 Bad Request\r\n\r\n"),
        Reply::then_close(""),
    ] {
        let server = Talker::start(reply).await;
        tls_detail(settings(&format!("https://{}", server.0))).await;
    }
}

#[tokio::test]
async fn a_handshake_that_stalls_ends_with_the_connect_time_out() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut settings = settings(&format!("https://{address}"));
    settings.connect_timeout = Duration::from_millis(300);
    assert_eq!(
        client(settings).sign_in().await,
        Err(cxone::Error::TimedOut {
            host: Host {
                name: address.to_string(),
                setting: Setting::BaseUrl
            },
            after: Duration::from_millis(300),
        })
    );
}

/// Answers the first bytes that come, whatever they are, and closes.
struct Talker(std::net::SocketAddr);

impl Talker {
    async fn start(reply: Reply) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4_096]).await;
            let _ = stream.write_all(reply.bytes()).await;
        });
        Self(address)
    }
}

#[test]
fn pem_without_a_usable_certificate_is_refused() {
    let key = KeyPair::generate().unwrap().serialize_pem();
    for (content, error) in [
        ("", CaError::NoCertificate),
        ("just text", CaError::NoCertificate),
        ("\u{0}\u{1}\u{2}", CaError::NoCertificate),
        (key.as_str(), CaError::NoCertificate),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            CaError::Malformed,
        ),
        (
            "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
            CaError::Malformed,
        ),
        ("-----BEGIN CERTIFICATE-----\nAAAA", CaError::Malformed),
        (
            "-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n",
            CaError::NoCertificate,
        ),
        (
            "-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----\n",
            CaError::NoCertificate,
        ),
    ] {
        let refused = CaCertificates::from_pem(content.as_bytes()).unwrap_err();
        assert_eq!(refused, error, "{content:?}");
    }
}
