//! The released server, in a process of its own on one core, reading a simulated
//! tenant that stands still.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use queuewall_e2e::{browser::http_client, program::has_read};
use queuewall_simulator::{Options, Simulator};
use tokio::net::TcpListener;

/// The core of the server and its peer; the load comes from the other.
pub(crate) const SERVER_CORE: &str = "0";

/// A running server.
pub(crate) struct Subject {
    process: Child,
    base_url: String,
    _tenant: Simulator,
}

impl Subject {
    /// Starts it and waits until it has read its tenant.
    pub(crate) async fn start() -> Result<Self> {
        let options = Options {
            speed: 0.0,
            ..Options::default()
        };
        let tenant = Simulator::start(TcpListener::bind("127.0.0.1:0").await?, options);
        let program = env::var_os("QUEUEWALL_PROGRAM")
            .context("QUEUEWALL_PROGRAM names no server: use `cargo xtask bench`")?;
        let mut command = Command::new("taskset");
        command
            .args(["--cpu-list", SERVER_CORE])
            .arg(program)
            .arg("serve");
        for (name, value) in [
            ("CXONE_BASE_URL", tenant.base_url().as_str()),
            ("CXONE_CLIENT_ID", "bench"),
            ("CXONE_CLIENT_SECRET", "bench"),
            ("CXONE_TENANT_ID", "bench"),
            ("QUEUEWALL_LISTEN", "127.0.0.1:0"),
            ("QUEUEWALL_LOG", "warn"),
        ] {
            command.env(name, value);
        }
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("taskset (of util-linux) could not start the server")?;
        let stdout = process
            .stdout
            .take()
            .context("the server's standard output is a pipe")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let subject = Self {
            process,
            base_url: line.trim().trim_end_matches('/').to_owned(),
            _tenant: tenant,
        };
        let client = http_client()?;
        for _ in 0..100 {
            if let Ok(answer) = client.get(subject.url("/readyz")).send().await
                && has_read(&answer.text().await.unwrap_or_default())
            {
                return Ok(subject);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the server did not read its tenant within ten seconds")
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// Its host and port.
    pub(crate) fn authority(&self) -> &str {
        self.base_url.trim_start_matches("http://")
    }

    /// The process that serves: `taskset` becomes it.
    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Memory that is resident now, in bytes.
    pub(crate) fn resident_bytes(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process_id()))
            .context("the memory of a process is read from /proc, which Linux has")?;
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        Ok(kib.context("no VmRSS")?.trim().parse::<u64>()? * 1024)
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
