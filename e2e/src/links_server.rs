//! A server whose boards are opened by links, and the command line that shares its folder.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::Result;
use queuewall::{
    access::{Link, Store, StoreError, Token, seconds_since_1970},
    cli::{self, Cli, Exit},
    config::{AccessConfig, AccessMode, Env, Environment},
};
use queuewall_simulator::Options;
use tempfile::TempDir;

use crate::wall::{Dialect, Wall};

const POLL: Duration = Duration::from_secs(5);

/// A server in links mode, and the folder that its command line shares.
pub struct LinksServer {
    /// The server.
    pub wall: Wall,
    folder: TempDir,
}

/// What the command line reads: the server's configuration, and nothing of this machine.
struct Shared(PathBuf);

impl Env for Shared {
    fn variables(&self) -> Vec<(OsString, OsString)> {
        vec![
            ("QUEUEWALL_ACCESS".into(), "links".into()),
            ("QUEUEWALL_STATE_DIR".into(), self.0.clone().into()),
        ]
    }

    fn read(&self, _path: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

impl LinksServer {
    /// Starts one.
    pub async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let access = AccessConfig {
            mode: AccessMode::Links,
            state_dir: state(&folder),
            ..AccessConfig::default()
        };
        let still = Options {
            speed: 0.0,
            rate_limit_per_minute: None,
            ..Options::default()
        };
        let wall = Wall::start_with_access(access, Dialect::ReportingV2, still, POLL, &[]).await?;
        Ok(Self { wall, folder })
    }

    /// A new link of the board, as `queuewall links add` makes it: that one prints the
    /// token, which nobody could read here.
    pub async fn add_link(&self) -> Result<Token> {
        let token = Token::generate()?;
        let store = Store::new(state(&self.folder));
        let added = store.change::<_, StoreError>(|links| {
            links.push(Link {
                id: "hall".into(),
                board: "main".into(),
                label: None,
                created: seconds_since_1970(SystemTime::now()),
                expires: None,
                revoked: None,
                agents: false,
                sha256: token.hash(),
            });
            Ok(())
        });
        added.await?;
        Ok(token)
    }

    /// Runs a command of the program.
    pub async fn command(&self, words: &[&str]) -> Result<Exit> {
        let shared = Arc::new(Shared(state(&self.folder)));
        let cli = <Cli as clap::Parser>::try_parse_from([&["queuewall"], words].concat())?;
        let environment = Environment::read(&*shared, None);
        Ok(cli::run(cli, shared, environment).await)
    }

    /// Lets the screen with this code in.
    pub async fn approve(&self, code: &str) -> Result<Exit> {
        // A person at a terminal is asked otherwise.
        self.command(&["screens", "approve", code, "--board", "main", "--yes"])
            .await
    }
}

fn state(folder: &TempDir) -> PathBuf {
    folder.path().join("state")
}
