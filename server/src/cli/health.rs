//! `queuewall health`: asks the server that this configuration makes how it is, for
//! containers whose image has no other program.

use std::{
    fmt::Display,
    io::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use reqwest::{Client, StatusCode, redirect};
use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};

use super::{
    args::HealthArgs,
    exit::{Exit, Failure},
};
use crate::{config::ServerConfig, cxone::innermost, text_file};

/// How long the whole check may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks once, and says in one line what was answered.
///
/// # Errors
/// [`Exit::Other`] for whatever is not healthy: container engines know 0 and 1 alone.
pub(super) async fn run(
    server: &ServerConfig,
    args: HealthArgs,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let unhealthy = |what: &dyn Display| Failure::new(Exit::Other, what);
    let address = within_reach(server.listen).ok_or_else(|| {
        unhealthy(&"the port is chosen at every start: set QUEUEWALL_LISTEN (server.listen) to a fixed one")
    })?;
    let scheme = if server.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let path = if args.ready { "readyz" } else { "healthz" };
    let url = format!("{scheme}://{address}/{path}");
    let client = client(server).map_err(|error| unhealthy(&format_args!("{url}: {error}")))?;
    let answer = client.get(&url).send().await.map_err(|error| {
        let cause = innermost(&error);
        unhealthy(&format_args!("{url} gives no answer ({cause})"))
    })?;
    let status = answer.status();
    if status != StatusCode::OK {
        return Err(unhealthy(&format_args!("{url} answers {status}")));
    }
    writeln!(out, "{url} answers {status}")?;
    Ok(Exit::Done)
}

/// Where this machine reaches a server that listens there.
fn within_reach(listen: SocketAddr) -> Option<SocketAddr> {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    (listen.port() != 0).then_some(SocketAddr::new(ip, listen.port()))
}

fn client(server: &ServerConfig) -> Result<Client, String> {
    // A provider that is already there is as good: this fails only then.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .timeout(PATIENCE)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .http1_only();
    builder = match &server.tls {
        Some(files) => builder.tls_backend_preconfigured(only(&files.certificate)?),
        None => builder.tls_certs_only([]),
    };
    builder.build().map_err(|error| innermost(&error))
}

/// A client that trusts just the server whose certificate this is.
fn only(certificate: &Path) -> Result<ClientConfig, String> {
    let unreadable =
        |error: &dyn Display| format!("{} cannot be read ({error})", certificate.display());
    let pem = text_file::read_pem(certificate).map_err(|error| unreadable(&error))?;
    let own = CertificateDer::from_pem_slice(&pem).map_err(|error| unreadable(&error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Arc::new(Own {
        certificate: own,
        provider: Arc::clone(&provider),
    });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(config)
}

/// Trusts one certificate, byte for byte, whatever name and dates it has: who issued it,
/// and whether browsers take it, is not the question here. That the other side has its
/// key is proved by the handshake's signature as always.
#[derive(Debug)]
struct Own {
    certificate: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Own {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if *end_entity == self.certificate {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::General(
                "it shows another certificate than the configured file holds".to_owned(),
            ))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests;
