//! Two million polls and a hundred thousand connections, and some with leaks planted that
//! must be found.

use std::{env, time::Instant};

use anyhow::{Result, ensure};
use queuewall_e2e::{
    program::Program,
    server_soak::{FIRST_BOARDS, Growth, Leak, Round, Seen, grow, leaking::KEPT_BYTES},
};
use queuewall_simulator::Options;
use tokio::process::Command;

use crate::table::Table;

const WARM_UP: u32 = 5;
const ROUNDS: u32 = 20;
/// Twenty of them are two million polls and a hundred thousand connections.
const ROUND: Round = Round {
    polls: 100_000,
    connects: 5_000,
};

/// With a leak, where each connection may keep one of a bounded number.
const SHORT_WARM_UP: u32 = 10;
const SHORT_ROUNDS: u32 = 6;
const SHORT: Round = Round {
    polls: 5_000,
    connects: 500,
};

/// The released server, and then the same rule on each leak.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let mut program = Program::start(options(), FIRST_BOARDS).await?;
    let started = Instant::now();
    let (clean, seen) = grow(&mut program, WARM_UP, ROUNDS, ROUND, |round, holding| {
        eprintln!(
            "    round {round}, {} s: {holding:?}",
            started.elapsed().as_secs()
        );
    })
    .await?;
    drop(program);
    of_the_server(table, &clean, &seen)?;
    ensure!(clean.leaks().is_empty(), "the server keeps {clean:#?}");
    for leak in Leak::ALL {
        let mut command = Command::new(env::current_exe()?);
        command.args(["leaking", leak.as_str()]);
        let mut program = Program::start_as(command, options(), FIRST_BOARDS).await?;
        let (growth, seen) =
            grow(&mut program, SHORT_WARM_UP, SHORT_ROUNDS, SHORT, |_, _| {}).await?;
        ensure!(
            growth.leaks().contains(&leak),
            "the planted {leak:?} was not found: {growth:#?}"
        );
        planted(table, leak, &growth, &seen)?;
    }
    Ok(())
}

fn options() -> Options {
    Options {
        rate_limit_per_minute: None,
        ..Options::default()
    }
}

fn of_the_server(table: &mut Table, growth: &Growth, seen: &Seen) -> Result<()> {
    let (before, after) = growth.ends()?;
    table.add(
        format!(
            "the server over {} polls and {} connections in {ROUNDS} rounds, with {} outages and {} \
             configurations: file descriptors; threads; tasks",
            seen.polls(),
            seen.connects,
            seen.outages,
            seen.reloads
        ),
        format!(
            "{} → {}; {} → {}; {} → {}",
            before.descriptors,
            after.descriptors,
            before.threads,
            after.threads,
            before.tasks,
            after.tasks
        ),
        "no more, but for 4 that come and go",
    );
    let mib = |bytes: u64| bytes as f64 / 1024.0 / 1024.0;
    table.add(
        "the same: resident memory",
        format!(
            "{:.2} → {:.2} MiB; {}",
            mib(before.memory),
            mib(after.memory),
            a_round(growth)
        ),
        format!(
            "≤ {:.0} KiB a round, ≤ 25 % in all",
            growth.allowed_a_round() / 1024.0
        ),
    );
    Ok(())
}

fn a_round(growth: &Growth) -> String {
    let bytes = growth.memory_a_round();
    format!(
        "{:+.1} KiB a round, {:+.2} bytes a poll",
        bytes / 1024.0,
        bytes / f64::from(growth.round.polls)
    )
}

fn planted(table: &mut Table, leak: Leak, growth: &Growth, seen: &Seen) -> Result<()> {
    let (before, after) = growth.ends()?;
    let (what, found) = match leak {
        Leak::Memory => (format!("{KEPT_BYTES} bytes of each poll"), a_round(growth)),
        Leak::Descriptor => (
            "a file descriptor of each connection".to_owned(),
            format!("{} → {}", before.descriptors, after.descriptors),
        ),
        Leak::Task => (
            "a task of each connection".to_owned(),
            format!("{} → {}", before.tasks, after.tasks),
        ),
        Leak::Thread => (
            "a thread of each tenth connection".to_owned(),
            format!("{} → {}", before.threads, after.threads),
        ),
    };
    table.add(
        format!(
            "planted over {} polls and {} connections: {what}",
            seen.polls(),
            seen.connects
        ),
        format!("found: {found}"),
        "found",
    );
    Ok(())
}
