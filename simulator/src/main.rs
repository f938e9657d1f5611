//! `queuewall-simulator`: the simulated tenant on an address of its own.

use std::{io::IsTerminal, net::SocketAddr, process::ExitCode};

use anyhow::Context;
use clap::Parser;
use queuewall_simulator::{Credentials, Options, Simulator, TimeOfDay};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// A pretend CXone tenant: queues of a contact centre through a working day, over
/// the same HTTP as CXone's v2 Reporting API.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n\
        \x20 queuewall-simulator                                  a busy morning, anybody may sign in\n\
        \x20 queuewall-simulator --start 07:30 --speed 60         a day in 24 minutes\n\
        \x20 queuewall-simulator --queues 250 --rate-limit 10     a large tenant with little patience\n\
        \x20 queuewall-simulator --token-seconds 120 --no-scope   tokens run out, and permit nothing\n\
        \n\
        Every request is logged to stderr; RUST_LOG=warn keeps quiet. Ctrl-C or SIGTERM ends it."
)]
struct Arguments {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9090")]
    listen: SocketAddr,
    /// The same seed gives the same day
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Simulated seconds a second; 0 holds the day still
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// The simulated time of day at the start
    #[arg(long, value_name = "HH:MM", default_value_t = TimeOfDay::BUSY_MORNING)]
    start: TimeOfDay,
    /// How many queues the tenant has, 1 to 500
    #[arg(long, value_name = "COUNT", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=500))]
    queues: u16,
    /// The only client id accepted [default: any]
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The only client secret accepted [default: any]
    #[arg(long, value_name = "SECRET")]
    client_secret: Option<String>,
    /// The only tenant id accepted [default: any]
    #[arg(long, value_name = "ID")]
    tenant_id: Option<String>,
    /// How many seconds a token holds
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    token_seconds: u32,
    /// Requests a client may make in any minute, token requests included; 0 is no limit
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    rate_limit: u32,
    /// Queues on a page of the queue list [default: all]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    list_page_size: Option<u16>,
    /// Answer every read with 403, as for a client without the scope reporting:queue:view
    #[arg(long)]
    no_scope: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text
        .parse()
        .ok()
        .filter(|speed: &f64| speed.is_finite() && *speed >= 0.0);
    speed.ok_or_else(|| "not a number from 0 on".to_owned())
}

impl Arguments {
    fn options(&self) -> Options {
        Options {
            seed: self.seed,
            speed: self.speed,
            start: self.start,
            queues: self.queues.into(),
            credentials: Credentials {
                client_id: self.client_id.clone(),
                client_secret: self.client_secret.clone(),
                tenant_id: self.tenant_id.clone(),
            },
            token_seconds: self.token_seconds,
            rate_limit_per_minute: (self.rate_limit > 0).then_some(self.rate_limit),
            scope_granted: !self.no_scope,
            list_page_size: self.list_page_size.map(Into::into),
        }
    }

    /// What to tell whoever started it; never the secret.
    fn greeting(&self, base_url: &str, first_queue: &str) -> String {
        let client_id = self.client_id.as_deref().unwrap_or("demo");
        let tenant_id = self.tenant_id.as_deref().unwrap_or("demo");
        let secret = match self.client_secret {
            Some(_) => "<the --client-secret given>",
            None => "demo",
        };
        let (queues, start, speed, seed) = (self.queues, self.start, self.speed, self.seed);
        format!(
            "Simulated CXone tenant at {base_url}\n\
             Queues: {queues} (the first is {first_queue}); time: {start}, speed {speed}; seed {seed}\n\
             \n\
             Point a server at it with\n\
             \x20 CXONE_BASE_URL={base_url}\n\
             \x20 CXONE_CLIENT_ID={client_id}\n\
             \x20 CXONE_CLIENT_SECRET={secret}\n\
             \x20 CXONE_TENANT_ID={tenant_id}\n\
             \x20 TARGET_QUEUE_ID={first_queue}   (leave it out for every queue)\n\
             \n\
             Ctrl-C ends it.\n"
        )
    }
}

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
            "cannot listen on {address}: end what uses this port, or choose another, as in \
             --listen 127.0.0.1:9091"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_librarys() {
        let arguments = Arguments::parse_from(["queuewall-simulator"]);
        let (given, library) = (arguments.options(), Options::default());
        assert_eq!(format!("{given:?}"), format!("{library:?}"));
    }

    #[test]
    fn the_greeting_keeps_the_secret() {
        let arguments = ["queuewall-simulator", "--client-secret", "hush-hush"];
        let greeting = Arguments::parse_from(arguments).greeting("http://127.0.0.1:1", "352669");
        assert!(!greeting.contains("hush-hush"), "{greeting}");
        assert!(greeting.contains("CXONE_BASE_URL=http://127.0.0.1:1\n"));
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for wrong in [
            "--queues=0",
            "--queues=501",
            "--speed=-1",
            "--speed=nan",
            "--start=25:00",
        ] {
            let arguments = ["queuewall-simulator", wrong];
            assert!(Arguments::try_parse_from(arguments).is_err(), "{wrong}");
        }
    }
}
