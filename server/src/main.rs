//! The `queuewall` binary: arguments, logging, run, exit code. The rest is in the
//! library, where tests reach it.

use std::{io::IsTerminal as _, process::ExitCode, sync::Arc};

use clap::Parser as _;
use queuewall::{
    cli::{self, Cli, Exit},
    config::{Environment, Machine},
};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let environment = Environment::read(&Machine);
    let outcome = start_logging(environment.log_filter()).and_then(|()| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| (Exit::Other, format!("no threads to run on: {error}")))?;
        Ok(runtime.block_on(cli::run(cli, Arc::new(Machine), environment)))
    });
    outcome
        .unwrap_or_else(|(exit, message)| {
            eprintln!("error: {message}");
            exit
        })
        .into()
}

/// Logs to stderr: what `QUEUEWALL_LOG` says, else `RUST_LOG`, else our own news.
fn start_logging(filter: Option<&str>) -> Result<(), (Exit, String)> {
    let rust_log = std::env::var("RUST_LOG").ok();
    let (name, filter) = match (filter, rust_log.as_deref()) {
        (Some(filter), _) => ("QUEUEWALL_LOG", filter),
        (None, Some(filter)) => ("RUST_LOG", filter),
        (None, None) => ("the default", "queuewall=info"),
    };
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        let message = format!(
            "{name} = {filter:?} cannot be used ({error}): write for example queuewall=debug"
        );
        (Exit::Usage, message)
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}
