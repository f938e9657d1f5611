//! The configuration: read once at start, checked as a whole, then handed around.
//!
//! Two sources: the environment (the process's variables, and beneath them the
//! `.env` file) and `queuewall.toml`. The environment wins,
//! key by key. Anything unknown, out of bounds or empty stops the start with every
//! problem at once; `.env.sample` and `queuewall.sample.toml` list what there is.
//!
//! # Layout
//! - `access`: access control; `agents`: what is shown of them; `trust`: which proxies and headers may name a user
//! - `boards` (with `levels`, `hours` and `display`), `cxone`, `poll`, `server`, `store`: one
//!   concern each; `credential`: a secret, or the file that holds it; `notes`: what levels do, in words
//! - `alerts`: what is alerted of; `receivers`: whom it is told
//! - `frames`: which pages may show the wall in a frame
//! - `environment` (with `dotenv`), `file`: the two sources; `reader`: both, the
//!   environment first; `value`: what is wrong with a value whatever its source; `placeholder`:
//!   what was never filled in; `zone`: time zones
//! - `effective`: every setting, for people
//! - `live`: what changes while the server runs; `requires_restart`: what does
//!   not, so that a change can be named
//! - `keys`: every key there is; `problem`: what is wrong, and the remedy
//! - `env`: the trait for variables and files, and the operating system's

mod access;
mod agents;
mod alerts;
mod boards;
mod credential;
mod cxone;
mod display;
mod dotenv;
mod effective;
mod env;
mod environment;
mod file;
mod frames;
#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzzing/configuration.rs"]
pub(crate) mod fuzzing;
mod groups;
mod hours;
mod keys;
mod levels;
mod live;
mod notes;
mod placeholder;
mod poll;
mod problem;
mod proxy;
mod reader;
mod receivers;
mod requires_restart;
mod server;
mod store;
#[cfg(test)]
mod tests;
mod trust;
mod value;
mod zone;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

pub use self::cxone::USER_AGENT;
pub use crate::{
    alerts::AlertsConfig,
    board::{AgentLimit, AgentLimits, AgentsConfig, BoardConfig, QueueConfig},
    live::Live,
    poller::PollConfig,
};
pub use access::{AccessConfig, AccessMode, LinkSettings};
pub(crate) use agents::reason_key;
pub use boards::Targets;
pub use effective::{Effective, effective};
pub use env::{Env, OsEnv, Permissions};
pub use environment::Environment;
pub use frames::FrameAncestor;
pub(crate) use keys::did_you_mean;
pub use problem::{ConfigError, Problem};
pub use requires_restart::RequiresRestart;
pub use server::{DEFAULT_IDLE, ServerConfig, TlsFiles};
pub use store::{StoreConfig, StoreSettings};

use ::cxone::Settings;
use reader::Reader;

/// Everything that the server needs to know.
#[derive(Debug)]
pub struct Config {
    /// Address and credentials of the upstream: `CXONE_…`, `[cxone]`.
    pub cxone: Settings,
    /// Certificates (PEM) that the upstream client trusts besides the system's, for company
    /// proxies: `CXONE_CA_FILE`, `cxone.ca_file`.
    pub ca_file: Option<PathBuf>,
    /// How often the upstream is asked: `[poll]`.
    pub poll: PollConfig,
    /// Where the server listens: `[server]`.
    pub server: ServerConfig,
    /// Access control: `[access]`.
    pub access: AccessConfig,
    /// The history: `[store]`.
    pub store: StoreConfig,
    /// At least one board, each slug once: `[[boards]]`.
    pub boards: Vec<BoardConfig>,
    /// What is alerted of, and to whom: `[[alerts]]`, `[[receivers]]`.
    pub alerts: AlertsConfig,
    /// What is odd and does not stop the start, in whole sentences.
    pub warnings: Vec<String>,
}

/// A configuration, and what the command line needs beside it.
#[derive(Debug)]
pub struct Loaded {
    /// The server's part.
    pub config: Config,
    /// What `queuewall stats` reads unless told otherwise.
    pub targets: Targets,
    /// What levels do, where that needs words, in whole sentences.
    pub notes: Vec<String>,
    /// The settings that require a restart.
    pub requires_restart: RequiresRestart,
    /// Where each board begins in the configuration file, by slug; none where the boards are
    /// not the file's.
    pub board_places: BTreeMap<String, String>,
    /// The files that were read: `.env` and the configuration file where there are any, then
    /// those that settings name.
    pub files: Vec<PathBuf>,
}

impl Loaded {
    /// Reads and checks everything. `file` is the path of `--config`.
    ///
    /// # Errors
    /// All problems found, each with place, key, value (never a secret's) and
    /// remedy.
    pub fn read(
        env: &dyn Env,
        environment: Environment,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(env, environment, file)?;
        let poll = PollConfig::read(&mut reader);
        let (cxone, ca_file) = cxone::read(&mut reader, &poll);
        let server = ServerConfig::read(&mut reader);
        let access = AccessConfig::read(&mut reader, &server);
        let store = StoreConfig::read(&mut reader);
        let targets = Targets::read(&mut reader);
        let places = reader.boards().iter();
        let places: Vec<_> = places.map(|board| board.place.clone()).collect();
        let has_today =
            (cxone.as_ref()).is_some_and(|it| matches!(it.dialect, ::cxone::Dialect::Realtime(_)));
        let (receivers, alerts) = (reader.receivers().to_vec(), reader.alerts().to_vec());
        let boards = BoardConfig::read_all(&mut reader, &targets, has_today);
        let (receivers, names) = receivers::read(&mut reader, &receivers);
        let alerts = AlertsConfig {
            rules: alerts::read(&alerts, &boards, &names, &mut reader.problems),
            receivers,
        };
        agents::describe(&mut reader, &boards, access.mode, has_today);
        let slugs = boards.iter().map(|board| board.slug.clone());
        let board_places = slugs.zip(places).collect();
        let requires_restart = RequiresRestart::read(&reader, &poll);
        let Some(cxone) = cxone.filter(|_| reader.problems.is_empty()) else {
            return Err(ConfigError {
                problems: reader.problems,
            });
        };
        Ok(Self {
            config: Config {
                cxone,
                ca_file,
                poll,
                server,
                access,
                store,
                boards,
                alerts,
                warnings: reader.warnings,
            },
            targets,
            notes: reader.notes,
            requires_restart,
            board_places,
            files: reader.files,
        })
    }
}

/// The files that a configuration is read from, whether or not they are there. `file`
/// is the path of `--config`.
#[must_use]
pub fn files(env: &dyn Env, file: Option<&Path>) -> Vec<PathBuf> {
    let environment = Environment::read(env, file);
    let dotenv = environment.dotenv_path().to_owned();
    let (file, _) = reader::file_path(&environment, file);
    vec![file, dotenv]
}
