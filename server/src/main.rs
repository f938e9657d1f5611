//! The `queuewall` binary: arguments, logging, run, exit code. The rest is in the
//! library, where tests reach it.

use std::{process::ExitCode, sync::Arc, time::Duration};

use clap::Parser as _;
use queuewall::{
    cli::{self, Cli, Exit, Failure},
    config::{Environment, OsEnv},
    logging,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let environment = Environment::read(&OsEnv, cli.config.as_deref());
    let outcome = logging::start(&environment)
        .map_err(Failure::from)
        .and_then(|()| {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()
                .map_err(|error| {
                    Failure::new(Exit::Other, format_args!("no threads to run on: {error}"))
                })?;
            let exit = runtime.block_on(cli::run(cli, Arc::new(OsEnv), environment));
            // A disk that hangs does not keep the process.
            runtime.shutdown_timeout(Duration::from_secs(2));
            Ok(exit)
        });
    outcome.unwrap_or_else(Failure::tell).into()
}
