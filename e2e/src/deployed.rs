//! The product as it is deployed: the program alone in an empty folder, with its
//! configuration beside it, started as a process of its own.

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use queuewall_simulator::{Control, Options, Simulator};
use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, Command},
    task::JoinHandle,
    time::{Instant, sleep},
};

/// The client's secret, which lies in a file beside the program.
pub const SECRET: &str = "deployed-secret-canary-5b1d";

/// How long the program may take until it serves.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Between two reads; the fewest seconds that the configuration allows.
const POLL_SECONDS: u32 = 5;

/// A word of the page as `index.html` has it, and what another build has in its place.
const OLD_WORD: &[u8] = b"This wallboard could not start.";
const NEW_WORD: &[u8] = b"This wallboard did not start up";

/// The folder, the tenant that its server reads, and the server while it runs.
pub struct Deployed {
    folder: TempDir,
    address: SocketAddr,
    simulator: Simulator,
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

impl Deployed {
    /// Puts the program that `QUEUEWALL_PROGRAM` names, as `cargo xtask` sets it, into an
    /// empty folder with a configuration of one board, which a link opens.
    ///
    /// # Errors
    /// When there is no such program, or no port.
    pub async fn prepare(options: Options) -> Result<Self> {
        let Some(program) = env::var_os("QUEUEWALL_PROGRAM") else {
            bail!(
                "QUEUEWALL_PROGRAM does not name the built server: run this through `cargo xtask test`, or set \
                 it to target/debug/queuewall"
            );
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let simulator = Simulator::start(listener, options);
        let folder = tempfile::tempdir()?;
        let address = free_address()?;
        fs::copy(program, folder.path().join("queuewall"))
            .context("QUEUEWALL_PROGRAM cannot be copied")?;
        let file = format!(
            "[cxone]\nbase_url = \"{}\"\nclient_id = \"wall\"\nclient_secret_file = \"secret\"\n\
             tenant_id = \"tenant\"\n\n\
             [poll]\nseconds = {POLL_SECONDS}\nbudget_per_minute = 120\n\n\
             [server]\nlisten = \"{address}\"\nstate_dir = \"state\"\n\n\
             [access]\nmode = \"links\"\n\n\
             [[boards]]\nslug = \"main\"\ntitle = \"Customer Care\"\n",
            simulator.base_url()
        );
        write_private(&folder.path().join("queuewall.toml"), &file)?;
        write_private(&folder.path().join("secret"), SECRET)?;
        // As much logging as there is: none of it may be a secret.
        write_private(
            &folder.path().join(".env"),
            "QUEUEWALL_LOG=debug\nQUEUEWALL_LOG_FORMAT=json\n",
        )?;
        Ok(Self {
            folder,
            address,
            simulator,
            server: None,
            said: Arc::default(),
        })
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What steers the tenant.
    #[must_use]
    pub fn tenant(&self) -> Control {
        self.simulator.control()
    }

    /// Everything beside the program.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the server and waits until `queuewall health` finds it well.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start(&mut self) -> Result<()> {
        let mut process = self.command(&["serve"]).spawn()?;
        let stdout = process.stdout.take().context("its answers are a pipe")?;
        let stderr = process.stderr.take().context("its log is a pipe")?;
        let readers = [self.keep(stdout), self.keep(stderr)];
        let mut running = Running { process, readers };
        let start = Instant::now();
        while self.run(&["health"]).await?.code != Some(0) {
            if let Some(status) = running.process.try_wait()? {
                bail!("the server ended ({status}): {}", self.said());
            }
            ensure!(start.elapsed() < START_LIMIT, "no health: {}", self.said());
            sleep(Duration::from_millis(200)).await;
        }
        self.server = Some(running);
        Ok(())
    }

    /// Kills the server as a power cut would (SIGKILL): it gets no word.
    ///
    /// # Errors
    /// When it does not run.
    pub async fn kill(&mut self) -> Result<()> {
        let mut running = self.server.take().context("the server runs")?;
        running.process.kill().await?;
        for reader in running.readers {
            reader.await?;
        }
        Ok(())
    }

    /// Puts another build into the program's place: the same but for a word of its page,
    /// which is enough for another name.
    ///
    /// # Errors
    /// When the word is not in the program once, or the program runs and is in use.
    pub fn rebuild(&self) -> Result<()> {
        let program = self.folder.path().join("queuewall");
        let mut bytes = fs::read(&program)?;
        let places: Vec<usize> = bytes
            .windows(OLD_WORD.len())
            .enumerate()
            .filter_map(|(place, window)| (window == OLD_WORD).then_some(place))
            .collect();
        let [place] = places[..] else {
            bail!("the page's words are in the program at {places:?}: has index.html changed?");
        };
        bytes[place..place + OLD_WORD.len()].copy_from_slice(NEW_WORD);
        fs::write(&program, bytes).context("the other build cannot be put in its place")
    }

    /// A link to the board: its address, and the token behind it.
    ///
    /// # Errors
    /// When the program makes none.
    pub async fn link(&self) -> Result<(String, String)> {
        let added = self.run(&["links", "add", "--board", "main"]).await?;
        ensure!(added.code == Some(0), "{}", self.said());
        let link = added.answer.lines().find(|line| line.contains("#t="));
        let (address, token) = link
            .and_then(|line| line.trim().split_once("#t="))
            .context("a link to open")?;
        Ok((address.to_owned(), token.to_owned()))
    }

    /// Runs a command of the program to its end.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn run(&self, words: &[&str]) -> Result<Ended> {
        let output = self.command(words).output().await?;
        self.remember(&output.stderr);
        Ok(Ended {
            code: output.status.code(),
            answer: String::from_utf8(output.stdout)?,
        })
    }

    /// What the server said so far, to stdout and stderr, and the commands to stderr.
    #[must_use]
    pub fn said(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).into_owned()
    }

    /// The program in its folder, with nothing of this process's environment.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.folder.path().join("queuewall"));
        command
            .args(words)
            .current_dir(self.folder.path())
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
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                said.extend_from_slice(&buffer[..length]);
            }
        })
    }

    fn remember(&self, bytes: &[u8]) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(bytes);
    }
}

/// A port that nobody has now. The server is started anew on the same one, so that it
/// cannot choose one itself.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}

/// Writes a file that no other user may read.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}
