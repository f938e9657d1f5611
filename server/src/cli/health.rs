//! `queuewall health`: asks the server that this configuration makes how it is, for
//! containers whose image has no other program.

use std::{
    fmt::Display,
    io::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use reqwest::{Client, StatusCode, redirect};

use super::{
    args::HealthArgs,
    exit::{Exit, Failure},
};
use crate::{config::ServerConfig, cxone::innermost};

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
    let no_answer = |error: reqwest::Error| {
        let cause = innermost(&error);
        unhealthy(&format_args!("{url} gives no answer ({cause})"))
    };
    let client = client().map_err(no_answer)?;
    let answer = client.get(&url).send().await.map_err(no_answer)?;
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

/// A client that takes any certificate: it asks this machine, tells it nothing, and the server
/// may rightly still have the certificate that was there before the file's.
fn client() -> reqwest::Result<Client> {
    // A provider that is already there is as good: this fails only then.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .timeout(PATIENCE)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .http1_only()
        .tls_certs_only([])
        .tls_danger_accept_invalid_certs(true)
        .build()
}

#[cfg(test)]
mod tests;
