//! Commands and options, and the help that lists what scripts need to know.

use std::{convert::Infallible, net::SocketAddr, path::PathBuf, time::SystemTime};

use clap::{Args, Parser, Subcommand, ValueEnum};
use queuewall_simulator::DayArgs;
use secrecy::SecretString;

use crate::access::seconds_since_1970;

const AFTER_HELP: &str = "\
Configuration: environment variables, .env and queuewall.toml; .env.sample and
queuewall.sample.toml list every setting. Required: CXONE_CLIENT_ID,
CXONE_CLIENT_SECRET and CXONE_TENANT_ID; with CXONE_DIALECT=realtime see
docs/cxone.md.

Exit codes:
  0  done
  1  something else failed: CXone in trouble, an unreadable answer, a port in use
  2  usage, configuration or state folder: a restart does not help
  3  credentials rejected
  4  permission missing: the API client, or the access key's user, may not read queues
  5  a queue was not found or not answered, or none is visible
  6  CXone's rate limit is reached
  7  network: no connection, no name, no TLS, no answer in time
health exits with 0 or 1 only (exit codes for health checks).

Examples:
  queuewall demo                              a wallboard of a simulated tenant
  queuewall demo --dialect realtime           the same, through the other API
  queuewall check                             test credentials, permission and queue ids
  queuewall check --offline                   test the configuration only
  queuewall config show                       every setting and its source
  queuewall queues                            list queue ids
  queuewall stats --queue 4711                one queue, as a table or JSON
  queuewall stats --queue 4711 --json | jq .calls_waiting
  queuewall stats --json | jq '.[].calls_waiting'
  queuewall links add --board main            make a link that opens the board
  queuewall screens approve K7D34M --board main
  queuewall history export --board main > day.csv
  queuewall store backup /backup/queuewall.db
  queuewall --config /etc/queuewall.toml serve";

/// A wallboard for NICE CXone queues.
#[derive(Debug, Parser)]
#[command(name = "queuewall", version, about, after_help = AFTER_HELP)]
pub struct Cli {
    /// Configuration file [default: QUEUEWALL_CONFIG, else ./queuewall.toml if it exists]
    #[arg(long, global = true, value_name = "PATH")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read CXone and serve the wallboard until SIGTERM or Ctrl-C
    Serve,
    /// Print the live metrics of queues and today's numbers, once
    ///
    /// Today's numbers (dialect realtime) are contacts and service level since midnight of the first board's time
    /// zone, and take two more requests.
    Stats(StatsArgs),
    /// List visible queues, and why boards of every queue leave some out
    Queues(FormatArgs),
    /// Test credentials, permission, queue ids and the request budget
    Check(CheckArgs),
    /// Show the configuration as the server reads it
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Ask the running server for its health, for container engines
    Health(HealthArgs),
    /// Add, list and revoke links; each opens one board
    #[command(subcommand)]
    Links(LinksCommand),
    /// Approve screens that show an access code
    #[command(subcommand)]
    Screens(ScreensCommand),
    /// Try the receivers of alerts
    #[command(subcommand)]
    Alerts(AlertsCommand),
    /// Print the history of queues
    #[command(subcommand)]
    History(HistoryCommand),
    /// Show, back up or export the database of links and history
    #[command(subcommand)]
    Store(StoreCommand),
    /// Serve a wallboard of a simulated tenant, without configuration
    ///
    /// Within three minutes: a critical queue, one that rises to a warning, one that recovers, and
    /// one that is not read; later again in other queues. The clock is simulated,
    /// and levels last by it; ages of readings count real time, whatever --speed is.
    Demo(DemoArgs),
}

/// Options of `check`.
#[derive(Clone, Copy, Debug, Args)]
pub struct CheckArgs {
    /// Test the configuration and its files only, without CXone
    #[arg(long)]
    pub offline: bool,
}

/// What to do with the configuration.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting, its value and source (secrets as "set")
    Show,
}

/// Options of `health`.
#[derive(Clone, Copy, Debug, Args)]
pub struct HealthArgs {
    /// Test whether boards can be served; also print the state of CXone, which does not count
    #[arg(long)]
    pub ready: bool,
}

/// What to do with links.
#[derive(Debug, Subcommand)]
pub enum LinksCommand {
    /// Print the address of a new link, and its QR code on a terminal
    Add(AddArgs),
    /// List links (tokens are never shown)
    List(FormatArgs),
    /// Revoke links; their screens say so within one poll
    Revoke(RevokeArgs),
}

/// What to do with alerts.
#[derive(Debug, Subcommand)]
pub enum AlertsCommand {
    /// Send a test message to a receiver, or to all receivers of an alert
    Test(AlertsTestArgs),
}

/// Options of `alerts test`.
#[derive(Debug, Args)]
pub struct AlertsTestArgs {
    /// The name of a receiver or an alert
    pub name: String,
}

/// Options of `links add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The board that it opens
    #[arg(long, value_name = "SLUG")]
    pub board: String,
    /// Its name, for example where the screen hangs
    #[arg(long, value_name = "TEXT", value_parser = label)]
    pub label: Option<String>,
    /// Days until it expires, or never
    #[arg(long, value_name = "DAYS|never", default_value = "365", value_parser = expires)]
    pub expires: Expires,
    /// Let it list the board's agents by name or initials, where the board shows these
    #[arg(long)]
    pub agents: bool,
}

/// Options of `links revoke`.
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// The link's id
    #[arg(required_unless_present = "all", conflicts_with_all = ["board", "all"])]
    pub id: Option<String>,
    /// The board whose links to revoke
    #[arg(long, value_name = "SLUG", requires = "all")]
    pub board: Option<String>,
    /// All links of the board
    #[arg(long, requires = "board")]
    pub all: bool,
}

/// What to do with screens.
#[derive(Debug, Subcommand)]
pub enum ScreensCommand {
    /// Approve the screen that shows this code
    Approve(ApproveArgs),
}

/// Options of `screens approve`.
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// The 6 characters that the screen shows
    pub code: String,
    /// The board that it shows [default: the only one; with several, a terminal is asked]
    #[arg(long, value_name = "SLUG")]
    pub board: Option<String>,
    /// Do not ask for confirmation of the screen's IP address; scripts are never asked
    #[arg(long, short)]
    pub yes: bool,
    /// Its name, for example where the screen hangs
    #[arg(long, value_name = "TEXT", value_parser = label)]
    pub name: Option<String>,
    /// Days until it expires, or never
    #[arg(long, value_name = "DAYS|never", default_value = "365", value_parser = expires)]
    pub expires: Expires,
}

/// When a link expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expires {
    /// It does not.
    Never,
    /// After so many days.
    Days(u32),
}

impl Expires {
    /// When a link of `now` ends, in seconds since 1970.
    #[must_use]
    pub fn at(self, now: SystemTime) -> Option<u64> {
        match self {
            Self::Never => None,
            Self::Days(days) => Some(seconds_since_1970(now) + u64::from(days) * 24 * 60 * 60),
        }
    }
}

fn expires(text: &str) -> Result<Expires, String> {
    match text.parse() {
        _ if text == "never" => Ok(Expires::Never),
        Ok(days @ 1..=3_650) => Ok(Expires::Days(days)),
        _ => Err("give a number of days from 1 to 3650, or never".to_owned()),
    }
}

fn label(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 60 || text.chars().any(char::is_control) {
        return Err("give 1 to 60 characters on one line".to_owned());
    }
    Ok(text.to_owned())
}

fn queue_id(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("name a queue id; `queuewall queues` lists them".to_owned()),
        id => Ok(id.to_owned()),
    }
}

/// Options of `stats`.
#[derive(Debug, Args)]
pub struct StatsArgs {
    /// Queue id; may be repeated [default: TARGET_QUEUE_ID, else all queues]. With exactly one, JSON is an object,
    /// else an array
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = queue_id)]
    pub queue: Vec<String>,
    /// Read again every poll.seconds until it is ended; JSON is a line a reading
    #[arg(long)]
    pub watch: bool,
    /// How to print.
    #[command(flatten)]
    pub format: FormatArgs,
}

/// How to print an answer.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct FormatArgs {
    /// Print JSON [default if stdout is not a terminal]
    #[arg(long, conflicts_with = "table")]
    pub json: bool,
    /// Print a table [default on a terminal]
    #[arg(long)]
    pub table: bool,
}

/// What to do with the history.
#[derive(Debug, Subcommand)]
pub enum HistoryCommand {
    /// Print the history of a board's queues as CSV; also beside a running server
    Export(ExportArgs),
}

/// Options of `history export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The board whose queues, skills and time zone to use
    #[arg(long, value_name = "SLUG")]
    pub board: String,
    /// Queue id; may be repeated [default: all of the board]
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = queue_id)]
    pub queue: Vec<String>,
    /// Where to begin, as 2026-11-30T08:00:00Z or milliseconds since 1970; what is older than the history is left out
    /// [default: 3 hours before the end]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// Where to end [default: now, which is the latest]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub to: Option<String>,
    /// Metrics by name, such as waiting,service_level [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub metrics: Vec<String>,
    /// Seconds of a line, a multiple of 60 [default: 60, beyond a day 900]
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    pub step: Option<String>,
}

/// What to do with the database.
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Print which database it is, its size now and expected, and its first and last minute
    Info(FormatArgs),
    /// Copy the SQLite database to a new file, while the server runs
    Backup(BackupArgs),
    /// Write links and the request count for an older version, to go back to it
    Export(StoreExportArgs),
    /// Copy everything from the SQLite file to an empty PostgreSQL database; stop the server first
    Migrate(MigrateArgs),
}

/// Options of `store backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The new file
    pub file: PathBuf,
}

/// Options of `store export`.
#[derive(Debug, Args)]
pub struct StoreExportArgs {
    /// The version that is to read them
    #[arg(long = "for", value_enum)]
    pub version: ExportVersion,
    /// A new or empty folder
    pub folder: PathBuf,
}

/// Options of `store migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// The PostgreSQL database, as postgres://user:password@host:5432/queuewall [default:
    /// QUEUEWALL_DATABASE_URL, which hides the password from other users of the machine]
    #[arg(long, value_name = "URL", value_parser = secret)]
    pub to: Option<SecretString>,
}

fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(text.into())
}

/// Versions that links can be exported for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportVersion {
    /// Reads access.json and budget.json
    #[value(name = "0.1")]
    V0_1,
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Address and port of the wallboard
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Address and port of metrics and the screen list, for operators
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<SocketAddr>,
    /// The simulated day.
    #[command(flatten)]
    pub day: DayArgs,
    /// The CXone API to read the tenant through
    #[arg(long, value_enum, default_value_t = DemoDialect::ReportingV2)]
    pub dialect: DemoDialect,
}

/// The dialects, as `CXONE_DIALECT` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DemoDialect {
    /// The v2 Reporting API
    ReportingV2,
    /// The Real-Time Data API, with discovery and an access key
    Realtime,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Exit;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_lists_every_exit_code() {
        let help = Cli::command().render_long_help().to_string();
        for exit in Exit::ALL {
            assert!(help.contains(&format!("\n  {}  ", exit.code())), "{exit:?}");
        }
    }

    #[test]
    fn queues_may_be_repeated_or_listed_and_the_file_named_anywhere() {
        let cli = Cli::try_parse_from([
            "queuewall",
            "stats",
            "--queue",
            "1",
            "--queue",
            "2, 3",
            "--json",
            "--config",
            "a.toml",
        ])
        .unwrap();
        assert_eq!(cli.config, Some("a.toml".into()));
        let Command::Stats(stats) = cli.command else {
            panic!("{cli:?}")
        };
        assert_eq!(stats.queue, ["1", "2", "3"]);
        assert!(stats.format.json && !stats.format.table);
    }

    #[test]
    fn wrong_usage_has_its_exit_code() {
        for wrong in [
            vec!["queuewall"],
            vec!["queuewall", "stats", "--json", "--table"],
            vec!["queuewall", "demo", "--speed", "-1"],
            vec!["queuewall", "demo", "--speed", "3601"],
            vec!["queuewall", "demo", "--quirk", "unheard-of"],
            vec!["queuewall", "demo", "--start", "25:00"],
            vec!["queuewall", "links", "add"],
            vec![
                "queuewall",
                "links",
                "add",
                "--board",
                "a",
                "--expires",
                "0",
            ],
            vec![
                "queuewall",
                "links",
                "add",
                "--board",
                "a",
                "--label",
                "a\nb",
            ],
            vec!["queuewall", "links", "revoke"],
            vec!["queuewall", "links", "revoke", "--board", "a"],
            vec!["queuewall", "links", "revoke", "--all"],
            vec![
                "queuewall",
                "links",
                "revoke",
                "id",
                "--board",
                "a",
                "--all",
            ],
            vec!["queuewall", "screens", "approve"],
            vec!["queuewall", "demo", "--dialect", "klingon"],
            vec!["queuewall", "history", "export"],
            vec!["queuewall", "store", "backup"],
        ] {
            let error = Cli::try_parse_from(&wrong).unwrap_err();
            assert_eq!(
                error.exit_code(),
                i32::from(Exit::Usage.code()),
                "{wrong:?}"
            );
        }
    }
}
