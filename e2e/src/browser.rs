//! A headless Chromium in a folder of its own, ended with its handle.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::devtools::Tab;

const COMMON: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--window-size=1920,1080",
    "--remote-debugging-port=0",
];

/// The old engines are cut down for machines without a display or a sandbox.
/// Chromium 80 ends when a page asks for sound and its audio is to be a second process.
const OLD: [&str; 3] = [
    "--single-process",
    "--no-zygote",
    "--disable-features=AudioServiceOutOfProcess",
];

/// How often a browser is started before its silence counts.
const STARTS: usize = 4;
/// How long a browser may take to answer after its start.
const START_LIMIT: Duration = Duration::from_secs(20);

/// A program that can show the wall.
#[derive(Clone, Debug)]
pub struct Engine {
    /// `today` or the major version.
    pub name: String,
    program: PathBuf,
    libraries: Option<PathBuf>,
}

impl Engine {
    /// Today's Chromium: `QUEUEWALL_CHROMIUM`, as `cargo xtask` sets it.
    ///
    /// # Errors
    /// When the variable is missing.
    pub fn today() -> Result<Self> {
        let Some(program) = env::var_os("QUEUEWALL_CHROMIUM") else {
            bail!(
                "QUEUEWALL_CHROMIUM does not name a Chromium: run this through `cargo xtask`, which finds one"
            );
        };
        Ok(Self {
            name: "today".into(),
            program: program.into(),
            libraries: None,
        })
    }

    /// The engines in `QUEUEWALL_OLD_ENGINES`, oldest first; none where they cannot
    /// be had, which `cargo xtask test` says.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn old() -> Result<Vec<Self>> {
        let Some(folder) = env::var_os("QUEUEWALL_OLD_ENGINES") else {
            return Ok(Vec::new());
        };
        let entries = Path::new(&folder)
            .read_dir()
            .context("QUEUEWALL_OLD_ENGINES cannot be read")?;
        let mut engines: Vec<Self> = entries
            .flatten()
            .map(|entry| Self {
                name: entry.file_name().to_string_lossy().into_owned(),
                program: entry.path().join("chromium"),
                libraries: Some(entry.path().join("lib")),
            })
            .filter(|engine| engine.program.exists())
            .collect();
        engines.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(engines)
    }
}

/// A running browser.
pub struct Browser {
    port: u16,
    /// Ended when it is dropped.
    _process: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts `engine`. One that hangs at its start, as the cut-down old ones at times do
    /// on a busy machine, is ended and started again.
    ///
    /// # Errors
    /// When it does not start, does not say where its debugger listens, or hangs each
    /// time.
    pub async fn start(engine: &Engine) -> Result<Self> {
        for _ in 1..STARTS {
            let browser = Self::launch(engine).await?;
            if let Ok(Ok(_)) = timeout(START_LIMIT, browser.tab()).await {
                return Ok(browser);
            }
        }
        Self::launch(engine).await
    }

    async fn launch(engine: &Engine) -> Result<Self> {
        let profile = TempDir::new()?;
        let mut command = Command::new(&engine.program);
        command
            .args(COMMON)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .env("HOME", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(libraries) = &engine.libraries {
            command.args(OLD).env("LD_LIBRARY_PATH", libraries);
        }
        command.arg("about:blank");
        let mut process = command
            .spawn()
            .with_context(|| format!("{} could not be started", engine.program.display()))?;
        let stderr = process
            .stderr
            .take()
            .context("the browser's standard error is a pipe")?;
        let port = timeout(Duration::from_secs(60), debugger_port(stderr))
            .await
            .with_context(|| {
                format!(
                    "Chromium {} does not say where its debugger is",
                    engine.name
                )
            })??;
        Ok(Self {
            port,
            _process: process,
            _profile: profile,
        })
    }

    /// Its first tab.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn tab(&self) -> Result<Tab> {
        let address = format!("http://127.0.0.1:{}/json/list", self.port);
        for _ in 0..100 {
            let list: Vec<Value> = http_client()?.get(&address).send().await?.json().await?;
            let tab = list.iter().find(|target| target["type"] == "page");
            if let Some(debugger) = tab.and_then(|tab| tab["webSocketDebuggerUrl"].as_str()) {
                return Tab::attach(debugger).await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the browser opened no tab")
    }
}

impl Browser {
    /// Opens an empty tab in front of the others, which are hidden from then on.
    ///
    /// # Errors
    /// When the browser does not.
    pub async fn cover(&self) -> Result<()> {
        let address = format!("http://127.0.0.1:{}/json/new?about:blank", self.port);
        let answer = http_client()?.put(&address).send().await?;
        answer.error_for_status().context("no other tab")?;
        Ok(())
    }
}

/// A plain client for this machine.
///
/// # Errors
/// When it cannot be built.
pub fn http_client() -> Result<reqwest::Client> {
    // Built without a provider of its own; a second install is refused, and as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .context("no HTTP client")
}

async fn debugger_port(stderr: tokio::process::ChildStderr) -> Result<u16> {
    let mut lines = BufReader::new(stderr).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await? {
        let after = line
            .split_once("DevTools listening on ws://127.0.0.1:")
            .map(|(_, after)| after);
        if let Some(port) = after.and_then(|after| after.split('/').next()) {
            let port = port.parse().context("the debugger's port")?;
            // The pipe must not fill up, or the browser would wait for its reader.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(port);
        }
        said.push(line);
    }
    bail!("the browser ended: {}", said.join("\n"))
}
