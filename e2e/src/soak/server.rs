//! The program's process, over polls and connections of many kinds.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use queuewall_simulator::Options;
use tokio::time::sleep;

pub use super::traffic::{Round, Seen};
use super::{Gauge, Subject, traffic};
use crate::program::Program;

/// What can be planted, by the name of its gauge: memory of each poll; a descriptor or a
/// task of each connection; a thread of each tenth connection.
pub const LEAKS: [&str; 4] = [MEMORY, DESCRIPTORS, TASKS, THREADS];
pub(super) const MEMORY: &str = "bytes of memory";
pub(super) const DESCRIPTORS: &str = "descriptors";
pub(super) const TASKS: &str = "tasks";
pub(super) const THREADS: &str = "threads";

/// A connection to the tenant comes and goes, and so do the threads that read files.
const MANY: f64 = 4.0;

/// Memory a round: an allocator takes some in steps until it has found its size, which takes
/// more than a short round (700 KiB a round were seen over 8 rounds of 1,000 polls, and nothing
/// after 50).
const MUCH: f64 = 192.0 * 1024.0;
const MUCH_OF_SHORT: f64 = 1536.0 * 1024.0;
const SHORT: u32 = 5_000;
const MUCH_A_POLL: f64 = 1.0;
const SHARE: f64 = 0.25;

/// How long it may take to notice connections that were closed.
const REST_LIMIT: Duration = Duration::from_secs(20);

/// The program while it is soaked.
pub struct Soaked {
    program: Program,
    round: Round,
    /// What its rounds brought.
    pub seen: Seen,
}

impl Soaked {
    /// Starts the program that `QUEUEWALL_PROGRAM` names, for rounds of this size.
    pub async fn start(round: Round) -> Result<Self> {
        Self::of(
            Program::start(options(), traffic::FIRST_BOARDS).await?,
            round,
        )
        .await
    }

    /// Starts the server with a leak (`none`: without one): `bench` is the benchmark's program.
    pub async fn start_leaking(bench: &Path, leak: &str, round: Round) -> Result<Self> {
        let mut program = Program::prepare(bench.into(), options(), traffic::FIRST_BOARDS).await?;
        let address = program.address().to_string();
        program.serve_by(&["leaking", leak, &address]);
        program
            .start_and_read()
            .await
            .with_context(|| leak.to_owned())?;
        Self::of(program, round).await
    }

    async fn of(program: Program, round: Round) -> Result<Self> {
        traffic::fill(&program).await?;
        Ok(Self {
            program,
            round,
            seen: Seen::default(),
        })
    }
}

fn options() -> Options {
    Options {
        rate_limit_per_minute: None,
        ..Options::default()
    }
}

impl Subject for Soaked {
    fn gauges(&self) -> Vec<Gauge> {
        let polls = self.round.polls;
        let much = if polls < SHORT { MUCH_OF_SHORT } else { MUCH };
        vec![
            Gauge::bytes(MEMORY, much + MUCH_A_POLL * f64::from(polls), SHARE),
            Gauge::count(DESCRIPTORS, MANY),
            Gauge::count(TASKS, MANY),
            Gauge::count(THREADS, MANY),
        ]
    }

    async fn round(&mut self, number: u32) -> Result<()> {
        self.seen += self.round.pass(&mut self.program, number).await?;
        let said = self.program.said();
        ensure!(!said.contains("panicked"), "{said}");
        Ok(())
    }

    async fn read(&mut self) -> Result<Vec<f64>> {
        let started = Instant::now();
        while self.program.metric("queuewall_connections_open").await? > 0.0 {
            ensure!(started.elapsed() < REST_LIMIT, "connections stay open");
            sleep(Duration::from_millis(20)).await;
        }
        sleep(Duration::from_millis(100)).await;
        let tasks = self.program.metric("queuewall_tasks").await?;
        let descriptors = fs::read_dir(format!("/proc/{}/fd", self.program.id()?))?.count();
        Ok(vec![
            self.program.status("VmRSS:")? * 1024.0,
            descriptors as f64,
            tasks,
            self.program.status("Threads:")?,
        ])
    }
}
