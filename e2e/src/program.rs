//! The server's program as a process of its own, which reads a simulated tenant over real
//! HTTP and has a listener for those who run it.

use std::{env, fs, net::SocketAddr, process::Stdio, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use queuewall_simulator::{Control, Options, Simulator};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStderr, Command},
    sync::Mutex,
    time::{Instant, sleep},
};

use crate::{browser::http_client, deployed::write_private};

/// Between two of its reads; the fewest seconds that the configuration allows.
pub const INTERVAL: Duration = Duration::from_secs(5);

/// How long it may take until it has read its tenant.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A board of all queues, by the name that a page asks for first.
pub const ONE_BOARD: &str = "[[boards]]\nslug = \"main\"\ntitle = \"Customer Care\"\n";

/// The program while it runs. Dropping it ends it.
pub struct Program {
    process: Child,
    /// What it said that was a warning or worse.
    complaints: Arc<Mutex<Vec<String>>>,
    address: SocketAddr,
    operators: SocketAddr,
    http: reqwest::Client,
    folder: TempDir,
    simulator: Simulator,
}

impl Program {
    /// Starts what `QUEUEWALL_PROGRAM` names, as `cargo xtask` sets it, with these boards,
    /// and waits until it has read its tenant.
    ///
    /// # Errors
    /// When there is no such program, or it does not come up.
    pub async fn start(options: Options, boards: &str) -> Result<Self> {
        let program = env::var_os("QUEUEWALL_PROGRAM").context(
            "QUEUEWALL_PROGRAM does not name the built server: use `cargo xtask`, or set it to \
             target/release/queuewall",
        )?;
        let mut command = Command::new(program);
        command.arg("serve");
        Self::start_as(command, options, boards).await
    }

    /// The same of any program that serves as the server does.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start_as(mut command: Command, options: Options, boards: &str) -> Result<Self> {
        let simulator = Simulator::start(TcpListener::bind("127.0.0.1:0").await?, options);
        let folder = tempfile::tempdir()?;
        configure(&folder, &simulator, boards)?;
        let mut process = command
            .current_dir(folder.path())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{command:?}"))?;
        let stderr = process.stderr.take().context("its log is a pipe")?;
        let mut log = BufReader::new(stderr).lines();
        let address = announced(&mut log, "listening on http://").await?;
        let operators = announced(&mut log, "metrics and screens at http://").await?;
        let complaints = Arc::default();
        tokio::spawn(listen(log, Arc::clone(&complaints)));
        let program = Self {
            process,
            complaints,
            address,
            operators,
            http: http_client()?,
            folder,
            simulator,
        };
        program.until_ready().await?;
        Ok(program)
    }

    /// What steers the tenant.
    #[must_use]
    pub fn tenant(&self) -> Control {
        self.simulator.control()
    }

    /// Where browsers ask.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A sample of its metrics, by its whole name; labels included.
    ///
    /// # Errors
    /// When it does not answer, or there is no such sample.
    pub async fn metric(&self, sample: &str) -> Result<f64> {
        let url = format!("http://{}/metrics", self.operators);
        let page = self.http.get(url).send().await?.error_for_status()?;
        let page = page.text().await?;
        let mut lines = page.lines();
        let value = lines.find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
        Ok(value.with_context(|| format!("no {sample}"))?.parse()?)
    }

    /// What it said that was a warning or worse.
    pub async fn complaints(&self) -> Vec<String> {
        self.complaints.lock().await.clone()
    }

    /// The process's id.
    ///
    /// # Errors
    /// When it has ended.
    pub fn id(&self) -> Result<u32> {
        self.process.id().context("the program has ended")
    }

    /// A figure of its `/proc/ID/status`, by its label: `VmRSS:` is in KiB.
    ///
    /// # Errors
    /// Where there is no `/proc`, as outside of Linux.
    pub fn status(&self, label: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()?))
            .context("a process is read from /proc, which Linux has")?;
        let line = status.lines().find_map(|line| line.strip_prefix(label));
        let word = line.and_then(|line| line.split_whitespace().next());
        Ok(word.with_context(|| format!("no {label}"))?.parse()?)
    }

    /// Gives it other boards, as an operator does: by its file and a SIGHUP.
    ///
    /// # Errors
    /// When the file cannot be written, or the program has ended.
    pub async fn reconfigure(&self, boards: &str) -> Result<()> {
        configure(&self.folder, &self.simulator, boards)?;
        let id = self.id()?.to_string();
        let status = Command::new("kill").args(["-HUP", &id]).status().await?;
        ensure!(status.success(), "no SIGHUP for {id}: {status}");
        Ok(())
    }

    async fn until_ready(&self) -> Result<()> {
        let url = format!("http://{}/readyz", self.address);
        // One of its own, whose connections end with it.
        let (http, started) = (http_client()?, Instant::now());
        loop {
            let answer = http.get(&url).send().await;
            if let Ok(answer) = answer
                && has_read(&answer.text().await.unwrap_or_default())
            {
                return Ok(());
            }
            ensure!(
                started.elapsed() < START_LIMIT,
                "nothing was read: {:?}",
                self.complaints().await
            );
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Whether an answer of `/readyz` says that CXone was read.
#[must_use]
pub fn has_read(ready: &str) -> bool {
    let said: Value = serde_json::from_str(ready).unwrap_or_default();
    said["upstream"]["latest_read_age_ms"].is_number()
}

/// Writes its configuration beside where it runs.
fn configure(folder: &TempDir, simulator: &Simulator, boards: &str) -> Result<()> {
    let file = format!(
        "[cxone]\nbase_url = \"{}\"\nclient_id = \"wall\"\nclient_secret_file = \"secret\"\n\
         tenant_id = \"tenant\"\n\n\
         [poll]\nseconds = {}\nbudget_per_minute = 120\n\n\
         [server]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"127.0.0.1:0\"\nstate_dir = \"state\"\n\n\
         {boards}",
        simulator.base_url(),
        INTERVAL.as_secs(),
    );
    fs::write(folder.path().join("queuewall.toml"), file)?;
    write_private(&folder.path().join("secret"), "program-secret")
}

/// The address in the next line that announces one so.
async fn announced(log: &mut Lines<BufReader<ChildStderr>>, words: &str) -> Result<SocketAddr> {
    let mut said = Vec::new();
    while let Some(line) = log.next_line().await? {
        if let Some((_, address)) = line.split_once(words) {
            return Ok(address.trim().parse()?);
        }
        said.push(line);
    }
    bail!("the program ended: {}", said.join("\n"))
}

/// Reads the log to its end, so that the pipe does not fill up.
async fn listen(mut log: Lines<BufReader<ChildStderr>>, complaints: Arc<Mutex<Vec<String>>>) {
    while let Ok(Some(line)) = log.next_line().await {
        if !line.contains(" INFO ") {
            complaints.lock().await.push(line);
        }
    }
}
