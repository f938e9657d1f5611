//! `queuewall health`: asks the server that this configuration makes how it is, for
//! containers whose image has no other program.

use std::{
    fmt::Display,
    io::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use queuewall_shared::cause::Cause;
use reqwest::{Client, StatusCode, redirect};
use serde_json::Value;

use super::{
    args::HealthArgs,
    exit::{Exit, Failure},
};
use crate::config::ServerConfig;

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
        let cause = root_cause(&error);
        unhealthy(&format_args!(
            "{url} gives no answer ({cause}): see whether the server runs, with the same QUEUEWALL_LISTEN and TLS files \
             as this command"
        ))
    };
    let client = client().map_err(no_answer)?;
    let answer = client.get(&url).send().await.map_err(no_answer)?;
    let status = answer.status();
    if status != StatusCode::OK {
        return Err(unhealthy(&format_args!("{url} answers {status}")));
    }
    let said = answer.text().await.unwrap_or_default();
    let upstream = upstream(&said).map_or_else(String::new, |it| format!("; {it}"));
    writeln!(out, "{url} answers {status}{upstream}")?;
    Ok(Exit::Done)
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let innermost = std::iter::successors(Some(error), |error| error.source()).last();
    innermost.map(ToString::to_string).unwrap_or_default()
}

/// How `/readyz` says that it goes with CXone.
fn upstream(said: &str) -> Option<String> {
    let said: Value = serde_json::from_str(said).ok()?;
    let upstream = &said["upstream"];
    let code = upstream["cause_code"].as_str();
    let known = code.and_then(Cause::of_code);
    let cause = code.map_or_else(String::new, |code| format!(" ({})", code.replace('_', " ")));
    let state = match (upstream["state"].as_str()?, known) {
        ("ok", _) => "CXone answers",
        ("degraded", _) => "CXone answers in part",
        // It may well have answered, and refused.
        ("down", Some(cause)) => cause.sentence(),
        ("down", None) => "nothing is read from CXone",
        _ => return None,
    };
    let read = match upstream["latest_read_age_ms"].as_u64() {
        Some(age) => format!("last read {} s ago", age / 1_000),
        None => "nothing was read yet".to_owned(),
    };
    Some(format!("{state}{cause}, {read}"))
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
