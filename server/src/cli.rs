//! The command line: what a person or a script asks of `queuewall`.
//!
//! Answers go to stdout and stay machine-readable; everything said about them
//! goes to stderr. Each kind of failure has its own exit code.
//!
//! # Layout
//! - `args`: commands and options
//! - `exit`: exit codes, and the failures that lead to them
//! - `upstream`: reads within the budget, in batches, around unknown ids
//! - `stats`, `queues`, `check`: the commands that ask CXone once; `table`: for eyes
//! - `config_show`: every setting, and where it comes from
//! - `links`, `screens`: access; `qr`: an address as a QR code
//! - `store`, `history`: what is kept, read beside a running server
//! - `health`: asks the server that runs
//! - `serve`, `demo`: the commands that run a wallboard

mod alerts;
mod args;
mod check;
mod config_show;
mod demo;
mod exit;
mod health;
mod history;
mod links;
mod qr;
mod queues;
mod screens;
mod serve;
mod stats;
mod store;
mod table;
mod upstream;

use std::{
    collections::BTreeSet,
    io::{self, BufRead, IsTerminal as _},
    path::Path,
    sync::Arc,
    time::SystemTime,
};

pub use args::{
    AddArgs, AlertsCommand, AlertsTestArgs, ApproveArgs, BackupArgs, CheckArgs, Cli, Command,
    ConfigCommand, DemoArgs, Expires, ExportArgs, ExportVersion, FormatArgs, HealthArgs,
    HistoryCommand, LinksCommand, MigrateArgs, RevokeArgs, ScreensCommand, StatsArgs, StoreCommand,
    StoreExportArgs,
};
pub use exit::{Exit, Failure};
use jiff::tz::TimeZone;
use tokio::sync::watch::Receiver;

use cxone::{
    QueueSource,
    budget::{Ledger, RequestBudget},
    clock::{Clock, SystemClock},
};

use crate::{
    access::Store,
    client,
    clock::Watched,
    config::{
        AccessMode, Config, Env, Environment, LinkSettings, Live, Loaded, ServerConfig,
        StoreSettings, Targets,
    },
    database::Database,
    history::HistoryConfig,
    metrics::Calls,
    poller::zone_of_days,
    reload::{LOOK_EVERY, Reload},
    serve::Server,
    service_manager::ServiceManager,
    state::{ServerLock, StateDir, StateLedger},
};
use links::CommandIo;
use stats::StatsRequest;
use table::Format;
use upstream::Upstream;

/// Runs one command to its end, and says on stderr what went wrong.
pub async fn run(cli: Cli, shared_env: Arc<dyn Env>, environment: Environment) -> Exit {
    let env = &*shared_env;
    let file = cli.config.as_deref();
    let outcome = match cli.command {
        Command::Demo(args) => demo::run(&args).await,
        Command::Links(command) => {
            let act = async |io: &mut CommandIo<'_>| links::run(io, command).await;
            with_command_io(env, environment, file, act).await
        }
        Command::Screens(ScreensCommand::Approve(args)) => {
            let act = async |io: &mut CommandIo<'_>| screens::approve(io, args).await;
            with_command_io(env, environment, file, act).await
        }
        Command::Config(ConfigCommand::Show) => {
            config_show::run(env, environment, file, &mut io::stdout())
        }
        Command::History(HistoryCommand::Export(args)) => {
            match StoreSettings::read(env, environment, file) {
                Ok(settings) => {
                    let (mut out, mut notes) = (io::stdout().lock(), io::stderr());
                    history::export(&settings, &args, SystemTime::now(), &mut out, &mut notes).await
                }
                Err(error) => Err(error.into()),
            }
        }
        Command::Store(command) => match StoreSettings::read(env, environment, file) {
            Ok(settings) => {
                store::run(&settings, command, &mut io::stdout(), &mut io::stderr()).await
            }
            Err(error) => Err(error.into()),
        },
        Command::Health(args) => match ServerConfig::read_alone(env, environment, file) {
            Ok(server) => health::run(&server, args, &mut io::stdout()).await,
            Err(error) => Err(Failure::new(Exit::Other, error)),
        },
        command => match Loaded::read(env, environment, file) {
            Ok(loaded) => {
                // The one command that runs long enough for a change.
                let reload = matches!(command, Command::Serve).then(|| {
                    let file = cli.config.clone();
                    Reload::new(Arc::clone(&shared_env), file, &loaded, LOOK_EVERY)
                });
                let manager = ServiceManager::of(env);
                configured(command, loaded, reload, manager).await
            }
            Err(error) => Err(error.into()),
        },
    };
    outcome.unwrap_or_else(Failure::tell)
}

/// The commands that manage access: they need no credentials.
async fn with_command_io(
    env: &dyn Env,
    environment: Environment,
    file: Option<&Path>,
    act: impl AsyncFnOnce(&mut CommandIo<'_>) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let config = LinkSettings::read(env, environment, file)?;
    let state_dir = StateDir::new(config.access.state_dir.clone());
    let database = Database::of(&config.store, &state_dir).with_links();
    let database = Arc::new(database.of_command());
    let is_terminal = io::stderr().is_terminal();
    let may_ask = is_terminal && io::stdin().is_terminal();
    let mut stdin = may_ask.then(|| io::stdin().lock());
    let mut command_io = CommandIo {
        config: &config,
        store: Store::of(Arc::clone(&database), state_dir),
        now: SystemTime::now(),
        out: &mut io::stdout(),
        notes: &mut io::stderr(),
        is_terminal,
        answers: stdin.as_mut().map(|stdin| stdin as &mut dyn BufRead),
    };
    let done = act(&mut command_io).await;
    database.close().await;
    done
}

/// The commands that need a configuration.
async fn configured(
    command: Command,
    loaded: Loaded,
    reload: Option<(Reload, Receiver<Live>)>,
    manager: ServiceManager,
) -> Result<Exit, Failure> {
    let Loaded {
        mut config,
        targets,
        notes,
        files,
        ..
    } = loaded;
    for warning in std::mem::take(&mut config.warnings) {
        tracing::warn!("{warning}");
    }
    let (limit, clock) = (
        config.poll.budget_per_minute,
        Arc::new(Watched::new(SystemClock)),
    );
    let calls = Calls::default();
    if let Command::Alerts(AlertsCommand::Test(args)) = command {
        return alerts::test(&config.alerts, &args.name, &mut io::stdout()).await;
    }
    if let Command::Check(CheckArgs { offline: true }) = command {
        // Making a client sends nothing, and reads the certificates.
        connect(&config, &Arc::new(RequestBudget::new(limit)), clock, &calls)?;
        return check::offline(&config, &notes, &files, &mut io::stdout()).await;
    }
    let state_dir = StateDir::new(config.access.state_dir.clone());
    let mut database = Database::of(&config.store, &state_dir);
    if config.access.mode == AccessMode::Links {
        database = database.with_links();
    }
    if !matches!(command, Command::Serve) {
        database = database.of_command();
    }
    let database = Arc::new(database);
    let ledger = StateLedger::new(Arc::clone(&database), state_dir.clone());
    let ledger = Ledger::new(ledger, clock.clone());
    let (budget, _lock) = if matches!(command, Command::Serve) {
        let lock =
            ServerLock::take(&state_dir).map_err(|error| Failure::new(Exit::Usage, error))?;
        (RequestBudget::with_ledger(limit, ledger), lock)
    } else {
        (RequestBudget::leaving_one_free(limit, ledger), None)
    };
    let budget = Arc::new(budget);
    let source = connect(&config, &budget, clock.clone(), &calls)?;
    // Before the ledger is read.
    Store::of(Arc::clone(&database), state_dir.clone())
        .take_over()
        .await;
    if let Some((reload, changes)) = reload {
        let history = HistoryConfig {
            database,
            retention: config.store.retention,
        };
        let mut server = Server::new(config, source, budget, clock).reconfigured_by(changes);
        server.reload = reload.status();
        server.calls = calls;
        server.history = Some(history);
        server.manager = manager;
        return serve::run(server, Some(reload)).await;
    }
    let (mut stdout, mut stderr) = (io::stdout(), io::stderr());
    let mut upstream = Upstream::new(&*source, &budget, &mut stderr);
    // It reports what the refusal left undone, wherever it is by then.
    let is_check = !matches!(command, Command::Stats(_) | Command::Queues(_));
    let run = async {
        match command {
            Command::Stats(args) => {
                let first = config.boards.first();
                let day_zone = first.map_or(TimeZone::UTC, zone_of_days);
                let is_watched = args.watch;
                let request = stats_request(args, targets, day_zone);
                match is_watched {
                    true => {
                        let every = config.poll.interval;
                        stats::watch::run(&mut upstream, &request, every, &mut stdout).await
                    }
                    false => stats::run(&mut upstream, &request, &mut stdout).await,
                }
            }
            Command::Queues(args) => queues::run(&mut upstream, format(args), &mut stdout).await,
            _ => check::run(&mut upstream, &config, &notes, &files, &mut stdout).await,
        }
    };
    let outcome = tokio::select! {
        outcome = run => outcome,
        why = budget.refused(), if !is_check => Err(Failure::new(Exit::Other, why)),
    };
    upstream.say_spent()?;
    budget.close().await;
    database.close().await;
    outcome
}

/// The client of CXone, which has sent nothing yet.
fn connect(
    config: &Config,
    budget: &Arc<RequestBudget>,
    clock: Arc<dyn Clock>,
    calls: &Calls,
) -> Result<Arc<dyn QueueSource>, Failure> {
    let ca_file = config.ca_file.as_deref();
    client::connect(config.cxone.clone(), ca_file, budget, clock, calls)
        .map_err(|error| Failure::new(Exit::Usage, error))
}

fn stats_request(args: StatsArgs, targets: Targets, day_zone: TimeZone) -> StatsRequest {
    let named: BTreeSet<_> = args.queue.iter().collect();
    StatsRequest {
        is_one: named.len() == 1,
        is_line: args.watch,
        queue_ids: if args.queue.is_empty() {
            targets.queue_ids
        } else {
            args.queue
        },
        skill_ids: targets.skill_ids,
        day_zone,
        format: format(args.format),
    }
}

fn format(args: FormatArgs) -> Format {
    if args.table || (!args.json && io::stdout().is_terminal()) {
        Format::Table
    } else {
        Format::Json
    }
}
