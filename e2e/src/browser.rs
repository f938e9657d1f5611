//! A headless browser in a folder of its own, ended with its handle.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::devtools::Tab;

const CHROMIUM: [&str; 11] = [
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
];

const FIREFOX: [&str; 2] = ["--headless", "--no-remote"];

/// The old engines are cut down for machines without a display or a sandbox.
/// Chromium 80 ends when a page asks for sound and its audio is to be a second process.
const OLD_CHROMIUM: [&str; 3] = [
    "--single-process",
    "--no-zygote",
    "--disable-features=AudioServiceOutOfProcess",
];

/// Firefox looks at nothing outside, and asks nothing at its start.
const FIREFOX_PREFERENCES: &str = r#"
user_pref("app.update.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.enabled", false);
"#;

/// How many engines run at once: most of a test is waiting, and two tests may run at once.
const AT_ONCE: usize = 3;

/// How often a browser is started before its silence counts.
const STARTS: usize = 4;
/// How long a browser may take to answer after its start.
const START_LIMIT: Duration = Duration::from_secs(20);

/// Runs `test` in each of these, some at a time.
///
/// # Errors
/// The first failure, with the engine's name.
pub async fn in_each(engines: Vec<Engine>, test: impl AsyncFn(Engine) -> Result<()>) -> Result<()> {
    let tests = stream::iter(engines).map(|engine| {
        let name = engine.name.clone();
        let test = &test;
        async move { test(engine).await.context(name) }
    });
    tests.buffer_unordered(AT_ONCE).try_collect().await
}

/// A program that can show the wall.
#[derive(Clone, Debug)]
pub struct Engine {
    /// `Chromium today`, `Chromium 66`, `Firefox ESR`.
    pub name: String,
    kind: Kind,
    program: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Chromium,
    /// With the libraries that it needs.
    OldChromium {
        libraries: PathBuf,
    },
    Firefox,
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
            name: "Chromium today".into(),
            kind: Kind::Chromium,
            program: program.into(),
        })
    }

    /// The engines in `QUEUEWALL_OLD_ENGINES`, oldest first, and the Firefox that
    /// `QUEUEWALL_FIREFOX` names; none where they cannot be had, which `cargo xtask test`
    /// says.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn others() -> Result<Vec<Self>> {
        let mut engines = Vec::new();
        if let Some(folder) = env::var_os("QUEUEWALL_OLD_ENGINES") {
            let entries = Path::new(&folder)
                .read_dir()
                .context("QUEUEWALL_OLD_ENGINES cannot be read")?;
            let old = entries.flatten().map(|entry| Self {
                name: format!("Chromium {}", entry.file_name().to_string_lossy()),
                kind: Kind::OldChromium {
                    libraries: entry.path().join("lib"),
                },
                program: entry.path().join("chromium"),
            });
            engines.extend(old.filter(|engine| engine.program.exists()));
            engines.sort_by(|a, b| a.name.cmp(&b.name));
        }
        if let Some(program) = env::var_os("QUEUEWALL_FIREFOX") {
            engines.push(Self {
                name: "Firefox ESR".into(),
                kind: Kind::Firefox,
                program: program.into(),
            });
        }
        Ok(engines)
    }

    /// Today's Chromium and the [`others`](Self::others).
    ///
    /// # Errors
    /// As these two.
    pub fn all() -> Result<Vec<Self>> {
        let mut engines = vec![Self::today()?];
        engines.extend(Self::others()?);
        Ok(engines)
    }

    /// Whether it is [`today`](Self::today)'s Chromium.
    #[must_use]
    pub fn is_today(&self) -> bool {
        self.kind == Kind::Chromium
    }

    /// Whether it is a Firefox.
    #[must_use]
    pub fn is_firefox(&self) -> bool {
        self.kind == Kind::Firefox
    }

    fn command(&self, profile: &Path) -> Result<Command> {
        let mut command = Command::new(&self.program);
        match &self.kind {
            Kind::Chromium => {
                command.args(CHROMIUM);
            }
            Kind::OldChromium { libraries } => {
                command
                    .args(CHROMIUM)
                    .args(OLD_CHROMIUM)
                    .env("LD_LIBRARY_PATH", libraries);
            }
            Kind::Firefox => {
                fs::write(profile.join("user.js"), FIREFOX_PREFERENCES)?;
                command.args(FIREFOX).arg("--profile").arg(profile);
            }
        }
        if self.kind != Kind::Firefox {
            command.arg(format!("--user-data-dir={}", profile.display()));
        }
        command.arg("--remote-debugging-port=0").arg("about:blank");
        Ok(command)
    }

    /// What it says before the port of its debugger.
    fn announcement(&self) -> &'static str {
        match self.kind {
            Kind::Chromium | Kind::OldChromium { .. } => "DevTools listening on ws://127.0.0.1:",
            Kind::Firefox => "WebDriver BiDi listening on ws://127.0.0.1:",
        }
    }
}

/// A running browser.
pub struct Browser {
    port: u16,
    is_firefox: bool,
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
        // Firefox lets one remote control in, which is to be the test's.
        let tries = if engine.kind == Kind::Firefox {
            1
        } else {
            STARTS
        };
        for _ in 1..tries {
            let browser = Self::launch(engine).await?;
            if let Ok(Ok(_)) = timeout(START_LIMIT, browser.tab()).await {
                return Ok(browser);
            }
        }
        Self::launch(engine).await
    }

    async fn launch(engine: &Engine) -> Result<Self> {
        let profile = TempDir::new()?;
        let mut command = engine.command(profile.path())?;
        command
            .env("HOME", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut process = command
            .spawn()
            .with_context(|| format!("{} could not be started", engine.program.display()))?;
        let stderr = process
            .stderr
            .take()
            .context("the browser's standard error is a pipe")?;
        let port = timeout(
            Duration::from_secs(60),
            debugger_port(stderr, engine.announcement()),
        )
        .await
        .with_context(|| format!("{} does not say where its debugger is", engine.name))??;
        Ok(Self {
            port,
            is_firefox: engine.is_firefox(),
            _process: process,
            _profile: profile,
        })
    }

    /// Its first tab.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn tab(&self) -> Result<Tab> {
        if self.is_firefox {
            return Tab::attach_to_firefox(self.port).await;
        }
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

async fn debugger_port(stderr: tokio::process::ChildStderr, announcement: &str) -> Result<u16> {
    let mut lines = BufReader::new(stderr).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await? {
        let after = line.split_once(announcement).map(|(_, after)| after);
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
