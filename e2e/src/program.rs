//! The server's program as a process in a folder with its configuration, which reads a
//! simulated tenant over real HTTP; `deployed`: as it is deployed, with links and builds.

mod deployed;

use std::{
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use queuewall_simulator::{Control, Options, Simulator};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, Command},
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::{browser::http_client, port};

/// Between two of its reads; the fewest seconds that the configuration allows.
pub const INTERVAL: Duration = Duration::from_secs(5);

/// A board of all queues, by the name that a page asks for first.
pub const ONE_BOARD: &str = "[[boards]]\nslug = \"main\"\ntitle = \"Customer Care\"\n";

/// The client's secret, which lies in a file beside the configuration.
pub const SECRET: &str = "deployed-secret-canary-5b1d";

/// How long it may take until it serves, and until it has read its tenant.
const START_LIMIT: Duration = Duration::from_secs(60);

/// The folder, the tenant, and the server while it runs. Dropping it ends all of it.
pub struct Program {
    folder: TempDir,
    program: PathBuf,
    /// The arguments that make it serve.
    serve: Vec<String>,
    address: SocketAddr,
    operators: SocketAddr,
    simulator: Simulator,
    http: reqwest::Client,
    server: Option<Running>,
    /// Everything that any of its processes ever said.
    said: Arc<Mutex<Vec<u8>>>,
}

struct Running {
    process: Child,
    readers: [JoinHandle<()>; 2],
}

/// How a command of the program ended.
pub struct Ended {
    /// Its exit code.
    pub code: Option<i32>,
    /// What it answered, which may hold a link.
    pub answer: String,
}

impl Program {
    /// Starts what `QUEUEWALL_PROGRAM` names, as `cargo xtask` sets it, with these boards,
    /// and waits until it has read its tenant.
    pub async fn start(options: Options, boards: &str) -> Result<Self> {
        let mut program = Self::prepare(built()?, options, boards).await?;
        program.start_and_read().await?;
        Ok(program)
    }

    /// Prepares a folder for a program that serves as Queuewall does.
    pub async fn prepare(program: PathBuf, options: Options, boards: &str) -> Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let prepared = Self {
            folder: tempfile::tempdir()?,
            program,
            serve: vec!["serve".into()],
            address: free_address()?,
            operators: free_address()?,
            simulator: Simulator::start(listener, options),
            http: http_client()?,
            server: None,
            said: Arc::default(),
        };
        prepared.configure(boards)?;
        write_private(&prepared.folder().join("secret"), SECRET)?;
        Ok(prepared)
    }

    /// The arguments that make this program serve.
    pub fn serve_by(&mut self, words: &[&str]) {
        self.serve = words.iter().map(|word| (*word).to_owned()).collect();
    }

    /// Starts the server and waits until it serves.
    pub async fn start_server(&mut self) -> Result<()> {
        let mut process = self.command(&self.serve).spawn()?;
        let stdout = process.stdout.take().context("its answers are a pipe")?;
        let stderr = process.stderr.take().context("its log is a pipe")?;
        let readers = [self.keep(stdout), self.keep(stderr)];
        self.server = Some(Running { process, readers });
        self.until("/healthz", |_| true).await
    }

    /// The same until it has read its tenant.
    pub async fn start_and_read(&mut self) -> Result<()> {
        self.start_server().await?;
        self.until("/readyz", |ready| {
            let said: Value = serde_json::from_str(ready).unwrap_or_default();
            said["upstream"]["latest_read_age_ms"].is_number()
        })
        .await
    }

    async fn until(&mut self, path: &str, is_so: fn(&str) -> bool) -> Result<()> {
        let url = format!("http://{}{path}", self.address);
        // A separate client, whose connections end with it.
        let (http, started) = (http_client()?, Instant::now());
        loop {
            let answer = http.get(&url).send().await;
            if let Ok(answer) = answer.and_then(reqwest::Response::error_for_status)
                && is_so(&answer.text().await.unwrap_or_default())
            {
                return Ok(());
            }
            let server = self.server.as_mut().context("the server runs")?;
            if let Some(status) = server.process.try_wait()? {
                bail!("the server ended ({status}): {}", self.said());
            }
            ensure!(started.elapsed() < START_LIMIT, "{path}: {}", self.said());
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Kills the server as a power cut would (SIGKILL).
    pub async fn kill(&mut self) -> Result<()> {
        let mut running = self.server.take().context("the server runs")?;
        running.process.kill().await?;
        for reader in running.readers {
            reader.await?;
        }
        Ok(())
    }

    /// Runs a command of the program to its end.
    pub async fn run(&self, words: &[&str]) -> Result<Ended> {
        let output = self.command(words).output().await?;
        remember(&self.said, &output.stderr);
        Ok(Ended {
            code: output.status.code(),
            answer: String::from_utf8(output.stdout)?,
        })
    }

    /// Gives it other boards, as an operator does: by its file and a SIGHUP.
    pub async fn reconfigure(&self, boards: &str) -> Result<()> {
        self.configure(boards)?;
        let id = self.id()?.to_string();
        let status = Command::new("kill").args(["-HUP", &id]).status().await?;
        ensure!(status.success(), "no SIGHUP for {id}: {status}");
        Ok(())
    }

    /// What steers the tenant.
    pub fn tenant(&self) -> Control {
        self.simulator.control()
    }

    /// Where browsers ask.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its configuration and its state are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the server said so far, to stdout and stderr, and the commands to stderr.
    pub fn said(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).into_owned()
    }

    /// A sample of its metrics, by its whole name; labels included.
    pub async fn metric(&self, sample: &str) -> Result<f64> {
        let url = format!("http://{}/metrics", self.operators);
        let page = self.http.get(url).send().await?.error_for_status()?;
        let page = page.text().await?;
        let mut lines = page.lines();
        let value = lines.find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
        Ok(value.with_context(|| format!("no {sample}"))?.parse()?)
    }

    /// A figure of its `/proc/ID/status`, by its label: `VmRSS:` is in KiB.
    pub fn status(&self, label: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()?))
            .context("a process is read from /proc, which Linux has")?;
        let line = status.lines().find_map(|line| line.strip_prefix(label));
        let word = line.and_then(|line| line.split_whitespace().next());
        Ok(word.with_context(|| format!("no {label}"))?.parse()?)
    }

    /// The server's process id.
    pub fn id(&self) -> Result<u32> {
        let server = self.server.as_ref().context("the server runs")?;
        server.process.id().context("the program has ended")
    }

    fn configure(&self, boards: &str) -> Result<()> {
        let file = format!(
            "[cxone]\nbase_url = \"{}\"\nclient_id = \"wall\"\nclient_secret_file = \"secret\"\n\
             tenant_id = \"tenant\"\n\n\
             [poll]\nseconds = {}\nbudget_per_minute = 120\n\n\
             [server]\nlisten = \"{}\"\nmetrics_listen = \"{}\"\nstate_dir = \"state\"\n\n\
             {boards}",
            self.simulator.base_url(),
            INTERVAL.as_secs(),
            self.address,
            self.operators,
        );
        write_private(&self.folder().join("queuewall.toml"), &file)
    }

    /// The program in its folder, with nothing of this process's environment.
    fn command(&self, words: &[impl AsRef<std::ffi::OsStr>]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .current_dir(self.folder())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Reads a pipe to its end, which must not fill up.
    fn keep(&self, mut pipe: impl AsyncRead + Unpin + Send + 'static) -> JoinHandle<()> {
        let said = Arc::clone(&self.said);
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = pipe.read(&mut buffer).await {
                remember(&said, &buffer[..length]);
            }
        })
    }
}

/// The server that `cargo xtask` built.
fn built() -> Result<PathBuf> {
    let program = env::var_os("QUEUEWALL_PROGRAM").context(
        "QUEUEWALL_PROGRAM does not name the built server: use `cargo xtask`, or set it to \
         target/debug/queuewall",
    )?;
    Ok(program.into())
}

fn remember(said: &Mutex<Vec<u8>>, bytes: &[u8]) {
    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
    said.extend_from_slice(bytes);
}

/// A free port; not one that the server chooses, since it starts again on the same one.
fn free_address() -> Result<SocketAddr> {
    Ok(port::listen()?.local_addr()?)
}

/// Writes a file that no other user may read.
fn write_private(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}
