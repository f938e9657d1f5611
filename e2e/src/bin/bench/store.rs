//! The history in SQLite: what a minute's write takes, how large 35 days of 200 queues are, how
//! long a day of one queue is read, and the memory of the server that has it.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::Result;
use queuewall::{
    database::FILE,
    history::{asked::Asked, series::SeriesQuery},
};
use queuewall_e2e::program::{INTERVAL, ONE_BOARD, Program};
use queuewall_shared::metric::Unit;
use queuewall_simulator::Options;
use queuewall_store::{
    Location, Store,
    column::{Column, Values},
    history::Queue,
    info::expected_bytes,
    retention::Retention,
};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::table::{Table, quantile};

const QUEUES: usize = 200;
const DAYS: i64 = 35;
const DAY: i64 = 1_440;

/// A write is measured with so many queues, so many times.
const MANY_QUEUES: usize = 1_000;
const WRITES: i64 = 200;

/// Days that are read, each of another queue.
const READS: usize = 50;

/// Polls of the server before its memory is read.
const POLLS: u32 = 6;

/// Measures a database in a temporary folder, and a server that starts on it.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now = i64::try_from(now.as_secs() / 60)?;
    write(table, now).await?;
    let options = Options {
        queues: QUEUES,
        ..Options::default()
    };
    let program = std::env::var_os("QUEUEWALL_PROGRAM").unwrap_or_default();
    let mut program = Program::prepare(program.into(), options, ONE_BOARD).await?;
    let state = program.folder().join("state");
    fs::create_dir(&state)?;
    let file = state.join(FILE);
    size(table, &file, now).await?;
    read(table, &file, now).await?;
    program.start_and_read().await?;
    sleep(INTERVAL * POLLS).await;
    table.add(
        format!("the server's memory at rest with {DAYS} days of {QUEUES} queues"),
        format!("{:.1} MiB", program.status("VmRSS:")? / 1_024.0),
        "≤ 25 MB",
    );
    Ok(())
}

async fn write(table: &mut Table, now: i64) -> Result<()> {
    let folder = TempDir::new()?;
    let store = Store::open(Location::File(folder.path().join(FILE))).await?;
    let mut ms = Vec::new();
    for at in now - WRITES..now {
        let row = |(queue, id): (usize, Queue)| (id, values(queue, at));
        let rows: Vec<_> = queues(MANY_QUEUES)
            .into_iter()
            .enumerate()
            .map(row)
            .collect();
        let begun = Instant::now();
        store.write_minute(at, &rows, &[]).await?;
        ms.push(milliseconds(begun.elapsed()));
    }
    store.close().await;
    table.add(
        format!("a minute of {MANY_QUEUES} queues written to SQLite ({WRITES} times)"),
        format!(
            "p50 {:.1} ms, p99 {:.1} ms",
            quantile(&ms, 0.5),
            quantile(&ms, 0.99)
        ),
        "",
    );
    Ok(())
}

/// Fills the file as it is filled over the weeks: all queues of a minute, then the next one.
async fn size(table: &mut Table, file: &Path, now: i64) -> Result<()> {
    let store = Store::open(Location::File(file.to_owned())).await?;
    let first = now - DAYS * DAY;
    let all = queues(QUEUES).into_iter().enumerate();
    let rows = all.map(|(queue, id)| (id, values(queue, first)));
    store
        .write_minute(first, &rows.collect::<Vec<_>>(), &[])
        .await?;
    // As `values`, and ten times faster than from here.
    let fill = "WITH RECURSIVE minutes(at) AS (SELECT $1 UNION ALL SELECT at + 1 FROM minutes WHERE at + 1 < $2) \
                INSERT INTO minute SELECT key, minutes.at, abs(random()) % 12, abs(random()) % 12, \
                abs(random()) % 400, abs(random()) % 400, 600 + abs(random()) % 400, abs(random()) % 60, \
                abs(random()) % 60, abs(random()) % 60 FROM minutes CROSS JOIN queue WHERE true \
                ON CONFLICT DO NOTHING";
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await?;
    for day in 0..DAYS {
        let fill = sqlx::query(fill).bind(first + day * DAY);
        let fill = fill.bind(first + (day + 1) * DAY);
        fill.execute(&mut connection).await?;
    }
    connection.close().await?;
    let minutes = store.info().await?.bytes as f64;
    // As it is done in each quarter of an hour.
    for at in first / 15..now / 15 {
        store.roll_up(at, at + 1).await?;
    }
    let quarter_hours = store.info().await?.bytes as f64 - minutes;
    store.close().await;
    let queue_days = QUEUES as f64 * DAYS as f64;
    let megabytes = |bytes: f64| format!("{:.0} MB", bytes / 1e6);
    let retention = Retention::default();
    table.add(
        format!("minutes of {QUEUES} queues and {DAYS} days in SQLite"),
        format!(
            "{}, {:.1} KB a queue and day",
            megabytes(minutes),
            minutes / queue_days / 1e3
        ),
        "≤ 320 MB",
    );
    table.add(
        format!(
            "quarter hours of {QUEUES} queues and {} days",
            retention.quarter_hour_days
        ),
        format!(
            "{}, {:.1} KB a queue and day; `store info` expects {} of both",
            megabytes(quarter_hours / DAYS as f64 * f64::from(retention.quarter_hour_days)),
            quarter_hours / queue_days / 1e3,
            megabytes(expected_bytes(QUEUES as u64, retention) as f64),
        ),
        "≤ 400 MB",
    );
    Ok(())
}

async fn read(table: &mut Table, file: &Path, now: i64) -> Result<()> {
    let store = Store::open(Location::File(file.to_owned())).await?;
    let ids = queues(QUEUES);
    let mut ms = Vec::new();
    for read in 0..READS {
        let to = now - DAY * (read as i64 % (DAYS - 1));
        let time = |minute: i64| Some((minute * 60_000).to_string());
        let asked = Asked {
            from: time(to - DAY),
            to: time(to),
            step: Some("60".into()),
            ..Asked::default()
        };
        let query = SeriesQuery::new(&asked, now * 60_000, Retention::default())?;
        let begun = Instant::now();
        query.read(&store, &ids[read * 37 % QUEUES]).await?;
        ms.push(milliseconds(begun.elapsed()));
    }
    store.close().await;
    table.add(
        format!("a day of one queue by minute, all metrics, read from it ({READS} times)"),
        format!(
            "p50 {:.1} ms, worst {:.1} ms",
            quantile(&ms, 0.5),
            quantile(&ms, 1.0)
        ),
        "≤ 20 ms",
    );
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn queues(count: usize) -> Vec<Queue> {
    let queue = |number: usize| Queue {
        id: (4_000_000 + number).to_string(),
        skills: Vec::new(),
    };
    (0..count).map(queue).collect()
}

/// Numbers as a busy day has them, at every hour.
fn values(queue: usize, at: i64) -> Values {
    let mut state = (queue as u64) << 40 ^ at.unsigned_abs();
    // SplitMix64.
    let mut below = |most: u64| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % most) as f64
    };
    Column::ALL.map(|column| {
        Some(match column.metric.unit() {
            Unit::Calls => below(12),
            Unit::Agents => below(60),
            Unit::Milliseconds => below(400) * 1_000.0,
            Unit::Percent => 60.0 + below(400) / 10.0,
        })
    })
}
