//! `queuewall serve`: binds the address, hands over to the server, and keeps its
//! configuration up to date.

use std::{
    io::{self, Write as _},
    sync::Arc,
};

use anyhow::anyhow;
use tokio::{net::TcpListener, sync::Notify};

use super::exit::{Exit, Failure};
use crate::{
    reload::{self, Reload},
    serve::Server,
    shutdown,
};

/// Serves until the process is asked to end. Prints the wallboard's address on
/// stdout once it is bound, so that whoever asked for port 0 learns the port.
pub(super) async fn run(mut server: Server, reload: Option<Reload>) -> Result<Exit, Failure> {
    let listen = server.config.server.listen;
    let cannot_listen = |error: io::Error| {
        Failure::new(
            Exit::Other,
            format_args!(
                "cannot listen on {listen} ({error}): end what uses the port, or choose another \
                 with QUEUEWALL_LISTEN (`demo`: --listen)"
            ),
        )
    };
    let listener = TcpListener::bind(listen).await.map_err(cannot_listen)?;
    if let Some(address) = server.config.server.metrics_listen {
        let operators = TcpListener::bind(address).await.map_err(|error| {
            Failure::new(
                Exit::Other,
                format_args!(
                    "cannot listen on {address} for metrics ({error}): end what uses the port, or choose \
                     another with QUEUEWALL_METRICS_LISTEN"
                ),
            )
        })?;
        server.operators = Some(operators);
    }
    let address = listener.local_addr().map_err(cannot_listen)?;
    let scheme = if server.config.server.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let no_signals = |error: io::Error| {
        Failure::new(
            Exit::Other,
            format_args!("cannot wait for signals ({error}): check the system's limits"),
        )
    };
    let ended = shutdown::requested().map_err(no_signals)?;
    let asked = Arc::new(Notify::new());
    let reloading = match reload {
        Some(reload) => {
            // Before anybody learns the address: from then on a signal is expected.
            reload::hangups(Arc::clone(&asked)).map_err(no_signals)?;
            tokio::spawn(reload.run(asked))
        }
        None => tokio::spawn(std::future::pending()),
    };
    // A server whose output nobody reads still serves.
    let _ = writeln!(io::stdout(), "{scheme}://{address}/");
    let outcome = tokio::select! {
        outcome = server.run(listener, ended) => outcome,
        // It never ends by itself. Without it the wall would only seem to follow its
        // configuration.
        ended = reloading => Err(anyhow!("nobody reads the configuration any more: {ended:?}")),
    };
    outcome.map_err(|error| Failure::new(Exit::Other, format_args!("{error:#}")))?;
    Ok(Exit::Done)
}
