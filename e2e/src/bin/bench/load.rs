//! The memory of many connections, and what idle and slow ones do to the answers of healthy
//! ones.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use queuewall_e2e::{
    crowd::{Crowd, quantile},
    program::{ONE_BOARD, Program},
    screen::{Answer, Screen},
};
use queuewall_shared::report::Report;
use queuewall_simulator::Options;
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};

use crate::table::Table;

/// Connections whose memory is measured.
const SCREENS: usize = 2_000;
/// Connections that ask all the time, how often each does, and for how long.
const HEALTHY: usize = 50;
const EVERY: Duration = Duration::from_millis(100);
const LENGTH: Duration = Duration::from_secs(8);
const IDLE: usize = 10_000;
const SLOW: usize = 1_000;
/// Connections that are opened at once.
const AT_ONCE: usize = 64;
const ROUNDS: usize = 3;

/// Measures a server whose tenant stands still.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let options = Options {
        speed: 0.0,
        ..Options::default()
    };
    let program = Program::start(options, ONE_BOARD).await?;
    let address = program.address();
    memory(&program, table).await?;
    let mut figures = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let alone = healthy(address).await?;
        let idle = idle(address, IDLE).await?;
        let slow = slow(address).await?;
        let crowded = healthy(address).await?;
        drop((idle, slow));
        // The server notices that they are gone.
        sleep(Duration::from_secs(2)).await;
        figures.push((crowded / alone, crowded, alone));
    }
    figures.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, crowded, alone) = figures[ROUNDS / 2];
    table.add(
        format!(
            "p99 of {HEALTHY} connections that ask every {} ms, beside {IDLE} idle ones and {SLOW} that never \
             end their request's head (median of {ROUNDS})",
            EVERY.as_millis()
        ),
        format!("{crowded:.2} ms; without them {alone:.2} ms; {ratio:.2}×"),
        "≤ 2×",
    );
    Ok(())
}

async fn memory(program: &Program, table: &mut Table) -> Result<()> {
    let at_rest = program.status("VmRSS:")?;
    let screens = idle(program.address(), SCREENS).await?;
    let connected = program.status("VmRSS:")?;
    drop(screens);
    table.add(
        "the server's memory at rest",
        format!("{:.1} MiB", at_rest / 1024.0),
        "≤ 25 MB",
    );
    table.add(
        format!("the same with {SCREENS} keep-alive screens"),
        format!(
            "{:.1} MiB, {:.1} KiB a screen",
            connected / 1024.0,
            (connected - at_rest) / SCREENS as f64
        ),
        "≤ 24 KiB a screen",
    );
    Ok(())
}

/// Connections that have asked once, and stay open.
async fn idle(address: SocketAddr, count: usize) -> Result<Vec<Screen>> {
    let screens = (0..count).map(|_| async move {
        let mut screen = Screen::connect(address, &Report::default()).await?;
        let answer = screen.poll("main").await?;
        ensure!(matches!(answer, Answer::Changed(_)), "{answer:?}");
        Ok(screen)
    });
    stream::iter(screens)
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

/// Connections that never end their request's head.
async fn slow(address: SocketAddr) -> Result<Vec<TcpStream>> {
    let mut slow = Vec::with_capacity(SLOW);
    for _ in 0..SLOW {
        let mut stream = TcpStream::connect(address)
            .await
            .context("is `ulimit -n` high enough?")?;
        let head = b"GET /api/boards/main HTTP/1.1\r\nx-slow: ";
        stream.write_all(head).await?;
        slow.push(stream);
    }
    Ok(slow)
}

/// The 99th percentile of the answers' times, in milliseconds.
async fn healthy(address: SocketAddr) -> Result<f64> {
    let crowd = Crowd::gather(address, HEALTHY, EVERY);
    sleep(LENGTH).await;
    let polls = crowd.disperse().await?;
    Ok(quantile(&polls, 0.99)?.as_secs_f64() * 1_000.0)
}
