//! Millions of polls and a hundred thousand connections: what the server's process then
//! holds more than before.
//!
//! A round is a number of polls and of connections, with whatever happens to a server
//! meanwhile ([`traffic`]): screens that come and go, requests that make no sense, an
//! outage of the tenant, another configuration. After each round everybody leaves, and the
//! process is read at rest. [`leaking`] is the same server with a leak that is to be found.

pub mod leaking;
mod traffic;

use std::{fs, time::Duration};

use anyhow::{Context as _, Result, ensure};
use tokio::time::{Instant, sleep};

use crate::program::Program;
pub use traffic::{FIRST_BOARDS, Round, Seen};

/// How many file descriptors, threads or tasks more are no leak: a connection to the tenant
/// comes and goes, and so do the threads that read files.
const MANY: u64 = 4;

/// How much more memory a round is no leak, in bytes: some, since an allocator takes it in
/// steps of that size until it has found its own, and this of each poll.
const MUCH: f64 = 192.0 * 1024.0;
const MUCH_A_POLL: f64 = 1.0;

/// The same of rounds with fewer polls than [`SHORT`], in which the allocator has not found
/// its size: 700 KiB a round were seen over 8 rounds of 1,000 polls, and nothing after 50.
const MUCH_OF_SHORT: f64 = 1536.0 * 1024.0;
const SHORT: u32 = 5_000;

/// What share more memory in all is no leak.
const SHARE: f64 = 0.25;

/// How long connections that were closed may take to be noticed.
const REST_LIMIT: Duration = Duration::from_secs(20);

/// What can be kept that should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak {
    /// Memory, of each poll.
    Memory,
    /// A file descriptor, of each connection.
    Descriptor,
    /// A task, of each connection.
    Task,
    /// A thread, of each tenth connection.
    Thread,
}

impl Leak {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Memory, Self::Descriptor, Self::Task, Self::Thread];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Descriptor => "descriptor",
            Self::Task => "task",
            Self::Thread => "thread",
        }
    }

    /// By its word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|leak| leak.as_str() == word)
    }
}

/// What the process holds at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Open file descriptors.
    pub descriptors: u64,
    /// Threads.
    pub threads: u64,
    /// Tasks of its runtime.
    pub tasks: u64,
    /// Memory that is resident, in bytes.
    pub memory: u64,
}

/// What it held after the warm-up, and after each round since.
#[derive(Clone, Debug)]
pub struct Growth {
    /// In this order.
    pub held: Vec<Holding>,
    /// What passed between two of them.
    pub round: Round,
}

impl Growth {
    /// What it held after the warm-up and at the end.
    ///
    /// # Errors
    /// When it was never read.
    pub fn ends(&self) -> Result<(Holding, Holding)> {
        let ends = self.held.first().copied().zip(self.held.last().copied());
        ends.context("nothing was read")
    }

    /// How much more memory a round takes, in bytes, in all of them or in their later half,
    /// whichever is less: what a leak takes goes on, and what warms up comes to an end.
    #[must_use]
    pub fn memory_a_round(&self) -> f64 {
        let later_half = &self.held[self.held.len() / 2..];
        median_slope(&self.held).min(median_slope(later_half))
    }

    /// How much of that is no leak, in bytes.
    #[must_use]
    pub fn allowed_a_round(&self) -> f64 {
        let much = if self.round.polls < SHORT {
            MUCH_OF_SHORT
        } else {
            MUCH
        };
        much + MUCH_A_POLL * f64::from(self.round.polls)
    }

    /// The kinds of leak that it shows; none for a server that can run for ever.
    #[must_use]
    pub fn leaks(&self) -> Vec<Leak> {
        let Ok((before, after)) = self.ends() else {
            return Vec::new();
        };
        let grew = |leak: &Leak| match leak {
            Leak::Memory => {
                self.memory_a_round() > self.allowed_a_round()
                    || after.memory as f64 > before.memory as f64 * (1.0 + SHARE)
            }
            Leak::Descriptor => after.descriptors > before.descriptors + MANY,
            Leak::Task => after.tasks > before.tasks + MANY,
            Leak::Thread => after.threads > before.threads + MANY,
        };
        Leak::ALL.into_iter().filter(grew).collect()
    }
}

/// The median slope of memory between any two of these, in bytes a round (Theil and Sen's).
/// What a leak takes adds up over any two; a step, which an allocator makes now and then,
/// does not.
fn median_slope(held: &[Holding]) -> f64 {
    let mut slopes: Vec<f64> = (held.iter().enumerate())
        .flat_map(|(from, one)| {
            let later = held.iter().enumerate().skip(from + 1);
            later.map(move |(to, other)| {
                (other.memory as f64 - one.memory as f64) / (to - from) as f64
            })
        })
        .collect();
    slopes.sort_by(f64::total_cmp);
    slopes.get(slopes.len() / 2).copied().unwrap_or_default()
}

/// Lets rounds pass after a warm-up, each of which is told to `progress`.
///
/// # Errors
/// When the server does not answer what it should, or the process cannot be read.
pub async fn grow(
    program: &mut Program,
    warm_up: u32,
    rounds: u32,
    round: Round,
    mut progress: impl FnMut(u32, &Holding),
) -> Result<(Growth, Seen)> {
    traffic::fill(program).await?;
    let (mut held, mut seen) = (Vec::new(), Seen::default());
    for number in 0..warm_up + rounds {
        let of_round = round.pass(program, number).await?;
        let holding = rest(program).await?;
        progress(number, &holding);
        // What comes first is there after the last one that warms up.
        if number + 1 >= warm_up {
            held.push(holding);
        }
        if number >= warm_up {
            seen += of_round;
        }
    }
    program.tenant().heal();
    ensure!(
        program
            .complaints()
            .await
            .iter()
            .all(|line| !line.contains("panicked")),
        "the server panicked: {:#?}",
        program.complaints().await
    );
    Ok((Growth { held, round }, seen))
}

/// What the process holds once it has noticed that everybody left.
async fn rest(program: &Program) -> Result<Holding> {
    let started = Instant::now();
    while program.metric("queuewall_connections_open").await? > 0.0 {
        ensure!(started.elapsed() < REST_LIMIT, "connections stay open");
        sleep(Duration::from_millis(20)).await;
    }
    sleep(Duration::from_millis(100)).await;
    let tasks = program.metric("queuewall_tasks").await? as u64;
    let folder = format!("/proc/{}", program.id()?);
    let status = fs::read_to_string(format!("{folder}/status"))
        .context("a process is read from /proc, which Linux has")?;
    let figure = |name: &str| -> Result<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let word = line.and_then(|line| line.split_whitespace().next());
        Ok(word.with_context(|| format!("no {name}"))?.parse()?)
    };
    Ok(Holding {
        descriptors: fs::read_dir(format!("{folder}/fd"))?.count() as u64,
        threads: figure("Threads:")?,
        tasks,
        memory: figure("VmRSS:")? * 1024,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    fn growth(memory: impl IntoIterator<Item = u64>) -> Growth {
        let holding = |memory| Holding {
            descriptors: 14,
            threads: 6,
            tasks: 3,
            memory,
        };
        Growth {
            held: memory.into_iter().map(holding).collect(),
            round: Round {
                polls: 1_000,
                connects: 100,
            },
        }
    }

    #[test]
    fn memory_that_adds_up_is_a_leak_and_a_step_is_none() {
        assert!(growth([20 * MIB; 12]).leaks().is_empty());
        let step = (0..12).map(|round| (20 + round / 6) * MIB);
        assert!(growth(step).leaks().is_empty());
        let slope = (0..12).map(|round| 20 * MIB + round * 2_000_000);
        assert_eq!(growth(slope).leaks(), [Leak::Memory]);
        let by_twos = (0..12).map(|round| 20 * MIB + round / 2 * 4_000_000);
        assert_eq!(growth(by_twos).leaks(), [Leak::Memory]);
        let saw = (0..12).map(|round| (20 + round % 2) * MIB);
        assert!(growth(saw).leaks().is_empty());
        let warming_up = [34.3, 35.0, 35.1, 36.6, 36.6, 36.6, 36.6, 36.6];
        let warming_up = warming_up.map(|mib| (mib * MIB as f64) as u64);
        assert!(growth(warming_up).leaks().is_empty());
        let at_once = (0..12).map(|round| (20 + round / 11 * 6) * MIB);
        assert_eq!(growth(at_once).leaks(), [Leak::Memory], "far too much");
    }

    #[test]
    fn what_is_counted_may_come_and_go_and_not_add_up() {
        let mut counted = growth([20 * MIB; 3]);
        let mut more = |descriptors, tasks, threads| {
            let last = &mut counted.held[2];
            last.descriptors += descriptors;
            last.tasks += tasks;
            last.threads += threads;
            counted.leaks()
        };
        assert!(more(MANY, MANY, MANY).is_empty());
        assert_eq!(more(1, 0, 0), [Leak::Descriptor]);
        assert_eq!(more(0, 1, 1), Leak::ALL[1..]);
    }

    #[test]
    fn a_leak_has_a_word() {
        for leak in Leak::ALL {
            assert_eq!(Leak::named(leak.as_str()), Some(leak));
        }
        assert_eq!(Leak::named("none"), None);
    }
}
