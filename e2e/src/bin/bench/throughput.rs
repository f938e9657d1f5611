//! Requests a second for the snapshot and its 304, beside nginx serving the same
//! bytes with the same headers: each alone on one core, the load from another, the
//! two in turn. Beside it the processor's time for a request, the kernel's part in it:
//! other work on the machine takes requests a second away, and of this only a little.

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

/// What Queuewall sends with a snapshot beyond what nginx sends by itself.
const HEADERS: [&str; 8] = [
    "content-encoding",
    "vary",
    "cache-control",
    "x-snapshot-age-ms",
    "x-uptime-ms",
    "x-content-type-options",
    "cross-origin-resource-policy",
    "content-security-policy",
];

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
    for name in HEADERS.into_iter().chain(["content-type"]) {
        ensure!(
            headers.get(name).is_some() && headers.get(name) == peer_headers.get(name),
            "{name} is missing, or not the same"
        );
    }
    let known = |headers: &HeaderMap| -> Result<String> {
        Ok(format!(
            "If-None-Match: {}",
            headers.get("etag").context("no etag")?.to_str()?
        ))
    };
    let size = body.len();
    let (own, peer) = (subject.process_id(), nginx.process.id());
    compare(
        table,
        &format!("snapshot ({size} bytes of brotli)"),
        (&subject.url(PATH), &[], own),
        (&nginx.url(), &[], peer),
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
        (&subject.url(PATH), &[&ours], own),
        (&nginx.url(), &[&theirs], peer),
    )
}

/// A server's address, the request's own headers, and its process.
type Side<'a> = (&'a str, &'a [&'a str], u32);

fn compare(table: &mut Table, what: &str, ours: Side<'_>, theirs: Side<'_>) -> Result<()> {
    let mut figures = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        figures.push((load(ours)?, load(theirs)?));
    }
    let median = |of: &dyn Fn(&(Figure, Figure)) -> f64| {
        let mut list: Vec<f64> = figures.iter().map(of).collect();
        list.sort_by(f64::total_cmp);
        list[list.len() / 2]
    };
    table.add(
        format!("{what}, requests/s on one core (wrk, 64 connections, median of {ROUNDS})"),
        format!(
            "{:.0}; nginx {:.0}; {:.2}×",
            median(&|(own, _)| own.per_second),
            median(&|(_, peer)| peer.per_second),
            median(&|(own, peer)| own.per_second / peer.per_second)
        ),
        "≥ 1.2× nginx",
    );
    table.add(
        "of that, the processor's time for a request, the kernel's included",
        format!(
            "{:.2} µs; nginx {:.2} µs; {:.2}× as many requests in the same time",
            median(&|(own, _)| own.busy_us),
            median(&|(_, peer)| peer.busy_us),
            median(&|(own, peer)| peer.busy_us / own.busy_us)
        ),
        "",
    );
    Ok(())
}

/// What one run of wrk found.
struct Figure {
    per_second: f64,
    /// The server's own time for each request.
    busy_us: f64,
}

/// Asks for four seconds.
fn load((url, headers, process): Side<'_>) -> Result<Figure> {
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
    let before = busy_us(process)?;
    let output = wrk.arg(url).output().context("wrk could not be started")?;
    let busy = busy_us(process)? - before;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(!text.contains("Non-2xx"), "{text}");
    let word_before = |mark: &str| text.split_once(mark)?.0.split_whitespace().next_back();
    let requests = word_before(" requests in ").and_then(|word| word.parse::<f64>().ok());
    let rate = text.split_once("Requests/sec:");
    let rate = rate.and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok());
    let (requests, per_second) = requests
        .zip(rate)
        .with_context(|| format!("wrk said: {text}"))?;
    Ok(Figure {
        per_second,
        busy_us: busy / requests,
    })
}

/// How long the processor has worked for a process and all its threads, in microseconds.
fn busy_us(process: u32) -> Result<f64> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let spent = fs::read_to_string(thread?.path().join("schedstat"))?;
        let spent = spent
            .split_whitespace()
            .next()
            .context("an empty schedstat")?;
        nanoseconds += spent.parse::<u64>()?;
    }
    Ok(nanoseconds as f64 / 1_000.0)
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
    for name in HEADERS {
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
