//! `queuewall serve`: binds the address and hands over to the server.

use std::{
    io::{self, Write as _},
    sync::Arc,
};

use tokio::net::TcpListener;

use super::exit::{Exit, Failure};
use crate::{
    budget::RequestBudget, clock::Clock, config::Config, serve::Server, shutdown,
    source::QueueSource,
};

/// Serves until the process is asked to end. Prints the wallboard's address on
/// stdout once it is bound, so that whoever asked for port 0 learns the port.
pub(super) async fn run(
    config: Config,
    source: Arc<dyn QueueSource>,
    budget: Arc<RequestBudget>,
    clock: Arc<dyn Clock>,
) -> Result<Exit, Failure> {
    let listen = config.server.listen;
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
    let operators = match config.server.metrics_listen {
        None => None,
        Some(address) => Some(TcpListener::bind(address).await.map_err(|error| {
            Failure::new(
                Exit::Other,
                format_args!(
                    "cannot listen on {address} for metrics ({error}): end what uses the port, or choose \
                     another with QUEUEWALL_METRICS_LISTEN"
                ),
            )
        })?),
    };
    let address = listener.local_addr().map_err(cannot_listen)?;
    let scheme = if config.server.tls.is_some() {
        "https"
    } else {
        "http"
    };
    // A server whose output nobody reads still serves.
    let _ = writeln!(io::stdout(), "{scheme}://{address}/");
    let ended = shutdown::requested().map_err(|error| {
        Failure::new(
            Exit::Other,
            format_args!("cannot wait for signals ({error}): check the system's limits"),
        )
    })?;
    let mut server = Server::new(config, source, budget, clock);
    server.operators = operators;
    server
        .run(listener, ended)
        .await
        .map_err(|error| Failure::new(Exit::Other, format_args!("{error:#}")))?;
    Ok(Exit::Done)
}
