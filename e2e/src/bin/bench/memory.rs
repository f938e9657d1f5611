//! The server's memory: at rest, and with many screens connected.

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{subject::Subject, table::Table};

/// Screens that keep their connection open.
const SCREENS: usize = 2_000;

/// Measures before and with [`SCREENS`] connections, each of which was answered.
pub(crate) async fn measure(subject: &Subject, table: &mut Table) -> Result<()> {
    let mib = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
    let at_rest = subject.resident_bytes()?;
    let mut screens = Vec::with_capacity(SCREENS);
    for _ in 0..SCREENS {
        screens.push(
            screen(subject.authority())
                .await
                .context("is `ulimit -n` above 2,100?")?,
        );
    }
    let connected = subject.resident_bytes()?;
    let each = connected.saturating_sub(at_rest) as f64 / SCREENS as f64 / 1024.0;
    table.add(
        "server's memory at rest",
        format!("{:.1} MiB", mib(at_rest)),
        "≤ 20 MB",
    );
    table.add(
        format!("the same with {SCREENS} keep-alive screens"),
        format!("{:.1} MiB, {each:.1} KiB a screen", mib(connected)),
        "≤ 16 KiB a screen",
    );
    drop(screens);
    Ok(())
}

/// A connection that has asked once, as a page does, and stays open.
pub(crate) async fn screen(authority: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(authority).await?;
    ask(&mut stream, authority).await?;
    Ok(stream)
}

/// Asks for the board, and reads the whole answer.
pub(crate) async fn ask(stream: &mut TcpStream, authority: &str) -> Result<()> {
    let request = format!(
        "GET /api/boards/main HTTP/1.1\r\nhost: {authority}\r\naccept-encoding: gzip\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    let (headers, length) = loop {
        let count = stream.read(&mut buffer).await?;
        ensure!(count > 0, "the server closed the connection");
        head.extend_from_slice(&buffer[..count]);
        let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let text = String::from_utf8_lossy(&head[..end]).to_ascii_lowercase();
        ensure!(text.starts_with("http/1.1 200"), "{text}");
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        break (
            end + 4,
            length
                .context("no content-length")?
                .trim()
                .parse::<usize>()?,
        );
    };
    let mut rest = (headers + length).saturating_sub(head.len());
    while rest > 0 {
        let count = stream.read(&mut buffer).await?;
        ensure!(count > 0, "the answer broke off");
        rest = rest.saturating_sub(count);
    }
    Ok(())
}
