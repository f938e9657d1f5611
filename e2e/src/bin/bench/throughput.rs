//! Requests a second for the snapshot and its 304, beside nginx serving the same
//! bytes with the same headers: each alone on one core, the load from another, the
//! two in turn.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use queuewall_e2e::browser::http_client;
use reqwest::{StatusCode, header::HeaderMap};
use tempfile::TempDir;

use crate::{
    subject::{SERVER_CORE, Subject},
    table::Table,
};

const LOAD_CORE: &str = "1";
const ROUNDS: usize = 5;
const PATH: &str = "/api/boards/main";

/// nginx on a port of its own.
struct Nginx {
    process: Child,
    base_url: String,
    _folder: TempDir,
}

/// Runs both in turn, for the whole answer and for the 304.
pub(crate) async fn measure(subject: &Subject, table: &mut Table) -> Result<()> {
    let (headers, body) = fetch(&subject.url(PATH)).await?;
    let nginx = Nginx::start(&headers, &body).await?;
    let (peer_headers, peer_body) = fetch(&nginx.url()).await?;
    ensure!(body == peer_body, "nginx serves other bytes");
    for name in [
        "content-type",
        "content-encoding",
        "vary",
        "cache-control",
        "x-snapshot-age-ms",
        "x-uptime-ms",
    ] {
        ensure!(
            headers.contains_key(name) && peer_headers.contains_key(name),
            "{name} is missing"
        );
    }
    let known = |headers: &HeaderMap| -> Result<String> {
        Ok(format!(
            "If-None-Match: {}",
            headers.get("etag").context("no etag")?.to_str()?
        ))
    };
    let size = body.len();
    compare(
        table,
        &format!("snapshot ({size} bytes of brotli)"),
        (&subject.url(PATH), &[]),
        (&nginx.url(), &[]),
    )?;
    let (ours, theirs) = (known(&headers)?, known(&peer_headers)?);
    ensure!(
        status(&nginx.url(), &theirs).await? == StatusCode::NOT_MODIFIED,
        "nginx does not answer 304"
    );
    ensure!(
        status(&subject.url(PATH), &ours).await? == StatusCode::NOT_MODIFIED,
        "Queuewall does not answer 304"
    );
    compare(
        table,
        "304",
        (&subject.url(PATH), &[&ours]),
        (&nginx.url(), &[&theirs]),
    )
}

fn compare(
    table: &mut Table,
    what: &str,
    ours: (&str, &[&str]),
    theirs: (&str, &[&str]),
) -> Result<()> {
    let mut figures = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        figures.push((load(ours.0, ours.1)?, load(theirs.0, theirs.1)?));
    }
    let median = |mut list: Vec<f64>| {
        list.sort_by(f64::total_cmp);
        list[list.len() / 2]
    };
    let own = median(figures.iter().map(|(own, _)| *own).collect());
    let peer = median(figures.iter().map(|(_, peer)| *peer).collect());
    let ratio = median(figures.iter().map(|(own, peer)| own / peer).collect());
    table.add(
        format!("{what}, requests/s on one core (wrk, 64 connections, median of {ROUNDS})"),
        format!("{own:.0}; nginx {peer:.0}; {ratio:.2}×"),
        "≥ 1.2× nginx",
    );
    Ok(())
}

/// Requests a second over four seconds.
fn load(url: &str, headers: &[&str]) -> Result<f64> {
    let mut wrk = Command::new("taskset");
    wrk.args([
        "--cpu-list",
        LOAD_CORE,
        "wrk",
        "--threads",
        "1",
        "--connections",
        "64",
        "--duration",
        "4s",
    ]);
    wrk.args(["--header", "Accept-Encoding: br"]);
    for header in headers {
        wrk.args(["--header", header]);
    }
    let output = wrk.arg(url).output().context("wrk could not be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(!text.contains("Non-2xx"), "{text}");
    let figure = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    figure
        .with_context(|| format!("wrk said: {text}"))?
        .trim()
        .parse()
        .context("wrk's figure")
}

async fn fetch(url: &str) -> Result<(HeaderMap, Vec<u8>)> {
    let answer = http_client()?
        .get(url)
        .header("accept-encoding", "br")
        .send()
        .await?
        .error_for_status()?;
    let headers = answer.headers().clone();
    Ok((headers, answer.bytes().await?.to_vec()))
}

async fn status(url: &str, condition: &str) -> Result<StatusCode> {
    let (_, tag) = condition.split_once(": ").context("a header")?;
    let request = http_client()?
        .get(url)
        .header("accept-encoding", "br")
        .header("if-none-match", tag);
    Ok(request.send().await?.status())
}

impl Nginx {
    /// Serves `body` with the headers that Queuewall gave it.
    async fn start(headers: &HeaderMap, body: &[u8]) -> Result<Self> {
        let folder = TempDir::new()?;
        // nginx drops to another user even where root starts it.
        make_readable(folder.path())?;
        fs::write(folder.path().join("snapshot"), body)?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let config = folder.path().join("nginx.conf");
        fs::write(&config, configuration(folder.path(), port, headers)?)?;
        let process = Command::new("taskset")
            .args(["--cpu-list", SERVER_CORE, "nginx", "-c"])
            .arg(&config)
            .arg("-p")
            .arg(folder.path())
            .stdin(Stdio::null())
            .spawn()
            .context("nginx could not be started")?;
        let nginx = Self {
            process,
            base_url: format!("http://127.0.0.1:{port}"),
            _folder: folder,
        };
        for _ in 0..50 {
            if fetch(&nginx.url()).await.is_ok() {
                return Ok(nginx);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!("nginx does not answer")
    }

    fn url(&self) -> String {
        format!("{}{PATH}", self.base_url)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// nginx as its manual tunes it for one small static file.
fn configuration(folder: &Path, port: u16, headers: &HeaderMap) -> Result<String> {
    let folder = folder.display();
    let mut extra = String::new();
    for name in [
        "content-encoding",
        "vary",
        "cache-control",
        "x-snapshot-age-ms",
        "x-uptime-ms",
    ] {
        let value = headers
            .get(name)
            .with_context(|| format!("no {name}"))?
            .to_str()?;
        extra.push_str(&format!("add_header {name} \"{value}\"; "));
    }
    Ok(format!(
        "daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000;
  open_file_cache max=16 inactive=1h; open_file_cache_valid 1h; etag on;
  server {{
    listen 127.0.0.1:{port};
    location = {PATH} {{ alias {folder}/snapshot; default_type application/json; add_header Last-Modified \"\"; {extra} }}
  }}
}}
"
    ))
}

#[cfg(unix)]
fn make_readable(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::set_permissions(
        folder,
        fs::Permissions::from_mode(0o755),
    )?)
}

#[cfg(not(unix))]
fn make_readable(_: &Path) -> Result<()> {
    Ok(())
}
