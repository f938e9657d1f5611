//! `queuewall-simulator`: the simulated tenant as a separate HTTP server.

mod arguments;

use std::{io::IsTerminal, process::ExitCode};

use anyhow::Context;
use clap::Parser;
use queuewall_simulator::Simulator;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use arguments::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        // Not returned, since that would print a stack trace at a reader.
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let quiet_or_not = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,queuewall_simulator=debug"));
    tracing_subscriber::fmt()
        .with_env_filter(quiet_or_not)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();

    let address = arguments.listen;
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!(
            "cannot listen on {address}: choose another address and port, as in --listen 127.0.0.1:9091"
        )
    })?;
    let stop = stop_signal()?;
    let simulator = Simulator::start(listener, arguments.options());
    let ids = simulator.control().queue_ids();
    let first_queue = ids.first().map_or("", String::as_str);
    print!("{}", arguments.greeting(&simulator.base_url(), first_queue));
    stop.await;
    simulator.shutdown().await;
    Ok(())
}

/// Ends on Ctrl-C, and on SIGTERM where there is one.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?
    };
    Ok(async move {
        #[cfg(unix)]
        let terminated = terminate.recv();
        #[cfg(not(unix))]
        let terminated = std::future::pending::<Option<()>>();
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated => {}
        }
    })
}
