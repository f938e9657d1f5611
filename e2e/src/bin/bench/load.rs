//! What many idle connections and many slow ones do to the healthy ones: the 99th
//! percentile of their answers' times, with the crowd beside without.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    sync::Semaphore,
    task::JoinSet,
    time::{interval, sleep},
};

use crate::{
    memory::{ask, screen},
    subject::Subject,
    table::Table,
};

/// Connections that ask all the time, and how often each does.
const HEALTHY: usize = 50;
const EVERY: Duration = Duration::from_millis(100);
/// How long one measurement takes: less than a server lets a connection be idle.
const LENGTH: Duration = Duration::from_secs(8);
const IDLE: usize = 10_000;
const SLOW: usize = 1_000;
/// Connections that are opened at once.
const AT_ONCE: usize = 64;
const ROUNDS: usize = 3;

/// Measures in turn without and with the crowd.
pub(crate) async fn measure(subject: &Subject, table: &mut Table) -> Result<()> {
    let mut figures = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let alone = healthy(subject.authority()).await?;
        let crowd = crowd(subject.authority()).await?;
        let crowded = healthy(subject.authority()).await?;
        drop(crowd);
        // The server notices that they are gone.
        sleep(Duration::from_secs(2)).await;
        figures.push((alone, crowded));
    }
    figures.sort_by(|a, b| ratio(*a).total_cmp(&ratio(*b)));
    let (alone, crowded) = figures[ROUNDS / 2];
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    table.add(
        format!(
            "p99 of {HEALTHY} connections that ask every {} ms, beside {IDLE} idle ones and {SLOW} that never \
             end their request's head (median of {ROUNDS})",
            EVERY.as_millis()
        ),
        format!(
            "{:.2} ms; without them {:.2} ms; {:.2}×",
            ms(crowded),
            ms(alone),
            ratio((alone, crowded))
        ),
        "≤ 2×",
    );
    Ok(())
}

fn ratio((alone, crowded): (Duration, Duration)) -> f64 {
    crowded.as_secs_f64() / alone.as_secs_f64()
}

/// Connections that only have to be there.
async fn crowd(authority: &str) -> Result<Vec<TcpStream>> {
    let doors = Arc::new(Semaphore::new(AT_ONCE));
    let mut opening = JoinSet::new();
    for number in 0..IDLE + SLOW {
        let (doors, authority) = (Arc::clone(&doors), authority.to_owned());
        opening.spawn(async move {
            let _door = doors.acquire_owned().await?;
            if number < IDLE {
                return screen(&authority).await;
            }
            let mut stream = TcpStream::connect(&authority).await?;
            stream
                .write_all(b"GET /api/boards/main HTTP/1.1\r\nx-slow: ")
                .await?;
            anyhow::Ok(stream)
        });
    }
    let mut crowd = Vec::with_capacity(IDLE + SLOW);
    while let Some(opened) = opening.join_next().await {
        crowd.push(
            opened?.with_context(|| {
                format!("is `ulimit -n` above {}?", IDLE + SLOW + HEALTHY + 100)
            })?,
        );
    }
    Ok(crowd)
}

/// The 99th percentile of the answers' times.
async fn healthy(authority: &str) -> Result<Duration> {
    let mut asking = JoinSet::new();
    for number in 0..HEALTHY {
        let authority = authority.to_owned();
        asking.spawn(async move {
            // Not all in the same moment.
            sleep(EVERY * number as u32 / HEALTHY as u32).await;
            let mut stream = screen(&authority).await?;
            let (mut times, ends) = (Vec::new(), Instant::now() + LENGTH);
            let mut ticks = interval(EVERY);
            while Instant::now() < ends {
                ticks.tick().await;
                let asked = Instant::now();
                ask(&mut stream, &authority).await?;
                times.push(asked.elapsed());
            }
            anyhow::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(asked) = asking.join_next().await {
        times.extend(asked??);
    }
    times.sort();
    times
        .get(times.len() * 99 / 100)
        .copied()
        .context("nobody asked")
}
