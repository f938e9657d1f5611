//! A headless browser with a separate profile folder, ended with its handle.

mod engine;

use std::{process::Stdio, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Child,
    time::timeout,
};

pub use engine::{Engine, Without};

use crate::devtools::Tab;

/// How many engines run at once: most of a test is waiting, and two tests may run at once.
const AT_ONCE: usize = 3;

/// How often a browser is started before its silence counts.
const STARTS: usize = 4;
/// How long a browser may take to answer after its start.
const START_LIMIT: Duration = Duration::from_secs(20);

/// Runs `test` in each of these, some at a time.
pub async fn in_each(engines: Vec<Engine>, test: impl AsyncFn(Engine) -> Result<()>) -> Result<()> {
    let tests = stream::iter(engines).map(|engine| {
        let name = engine.name.clone();
        let test = &test;
        async move { test(engine).await.context(name) }
    });
    tests.buffer_unordered(AT_ONCE).try_collect().await
}

/// A running browser.
pub struct Browser {
    port: u16,
    is_firefox: bool,
    process_group: ProcessGroup,
    /// Ended when it is dropped.
    process: Child,
    _profile: TempDir,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ProcessGroup {
    /// That of the test: Ctrl-C at a terminal ends the browser too.
    Shared,
    /// A separate one, which can be stopped as a whole.
    Own,
}

/// A browser whose processes are stopped until this is dropped.
pub struct Asleep {
    group: u32,
}

impl Drop for Asleep {
    fn drop(&mut self) {
        // A group that is gone needs no waking.
        let _ = signal("CONT", self.group);
    }
}

impl Browser {
    /// Starts `engine`. One that hangs at its start, as the cut-down old ones at times do
    /// on a busy machine, is ended and started again.
    pub async fn start(engine: &Engine) -> Result<Self> {
        Self::start_as(engine, ProcessGroup::Shared).await
    }

    /// The same so that it can [`sleep`](Self::sleep).
    pub async fn start_apart(engine: &Engine) -> Result<Self> {
        Self::start_as(engine, ProcessGroup::Own).await
    }

    async fn start_as(engine: &Engine, process_group: ProcessGroup) -> Result<Self> {
        // Firefox lets one remote control in, which is to be the test's.
        let tries = if engine.is_firefox() { 1 } else { STARTS };
        for _ in 1..tries {
            let browser = Self::launch(engine, process_group).await?;
            if let Ok(Ok(_)) = timeout(START_LIMIT, browser.tab()).await {
                return Ok(browser);
            }
        }
        Self::launch(engine, process_group).await
    }

    async fn launch(engine: &Engine, process_group: ProcessGroup) -> Result<Self> {
        let profile = TempDir::new()?;
        let mut command = engine.command(profile.path())?;
        command
            .env("HOME", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        if process_group == ProcessGroup::Own {
            command.process_group(0);
        }
        let mut process = command
            .spawn()
            .with_context(|| format!("{} could not be started", engine.program().display()))?;
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
            process_group,
            process,
            _profile: profile,
        })
    }

    /// Its first tab.
    pub async fn tab(&self) -> Result<Tab> {
        if self.is_firefox {
            return Tab::attach_to_firefox(self.port).await;
        }
        self.target("page").await
    }

    /// The first frame of another site in a tab, which has a process for itself and is steered
    /// as a tab is. Of Chromium alone.
    pub async fn frame(&self) -> Result<Tab> {
        self.target("iframe").await
    }

    async fn target(&self, kind: &str) -> Result<Tab> {
        let address = format!("http://127.0.0.1:{}/json/list", self.port);
        for _ in 0..100 {
            let list: Vec<Value> = http_client()?.get(&address).send().await?.json().await?;
            let tab = list.iter().find(|target| target["type"] == kind);
            if let Some(debugger) = tab.and_then(|tab| tab["webSocketDebuggerUrl"].as_str()) {
                return Tab::attach(debugger).await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the browser opened no {kind}")
    }
}

impl Browser {
    /// Stops all its processes where they are, as a machine does that falls asleep.
    pub fn sleep(&self) -> Result<Asleep> {
        ensure!(self.process_group == ProcessGroup::Own, "not started apart");
        let group = self.process.id().context("the browser ended")?;
        signal("STOP", group)?;
        Ok(Asleep { group })
    }

    /// Opens an empty tab in front of the others, which are hidden from then on.
    pub async fn cover(&self) -> Result<()> {
        let address = format!("http://127.0.0.1:{}/json/new?about:blank", self.port);
        let answer = http_client()?.put(&address).send().await?;
        answer.error_for_status().context("no other tab")?;
        Ok(())
    }
}

/// Sends a signal to every process of a group.
fn signal(name: &str, group: u32) -> Result<()> {
    let status = std::process::Command::new("sh")
        .args(["-c", &format!("kill -s {name} -- -{group}")])
        .status()?;
    ensure!(status.success(), "SIG{name} to {group}: {status}");
    Ok(())
}

/// A plain client for this machine.
pub fn http_client() -> Result<reqwest::Client> {
    // Built without its own provider; a second install fails, which does no harm.
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
