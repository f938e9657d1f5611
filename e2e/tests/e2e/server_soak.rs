//! Some rounds of a server's life: nothing is kept, and what is planted is found. Two
//! million polls are `cargo xtask bench server-soak`.

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    program::Program,
    server_soak::{FIRST_BOARDS, Growth, Leak, Round, grow},
};
use queuewall_simulator::Options;
use tokio::process::Command;

const WARM_UP: u32 = 4;
const ROUNDS: u32 = 8;
const ROUND: Round = Round {
    polls: 1_000,
    connects: 120,
};

fn options() -> Options {
    Options {
        rate_limit_per_minute: None,
        ..Options::default()
    }
}

async fn grown(mut program: Program) -> Result<Growth> {
    let (growth, seen) = grow(&mut program, WARM_UP, ROUNDS, ROUND, |_, _| {}).await?;
    ensure!(
        seen.polls() == u64::from(ROUNDS * ROUND.polls)
            && [
                seen.boards,
                seen.unchanged,
                seen.missing,
                seen.outages,
                seen.reloads
            ]
            .iter()
            .all(|count| *count > 0),
        "not everything happened: {seen:?}"
    );
    Ok(growth)
}

/// The server with a leak, in the program of the benchmark.
async fn leaking(leak: Option<Leak>) -> Result<Growth> {
    let word = leak.map_or("none", Leak::as_str);
    let mut command = Command::new(env!("CARGO_BIN_EXE_bench"));
    command.args(["leaking", word]);
    let program = Program::start_as(command, options(), FIRST_BOARDS).await;
    grown(program.context(word)?).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute: `cargo xtask test --long`"]
async fn rounds_of_polls_and_connections_keep_nothing_and_planted_leaks_are_found() -> Result<()> {
    let _core = crate::busy().await;
    let clean = async { grown(Program::start(options(), FIRST_BOARDS).await?).await };
    let (clean, entrance, memory, descriptor, task, thread) = tokio::try_join!(
        clean,
        leaking(None),
        leaking(Some(Leak::Memory)),
        leaking(Some(Leak::Descriptor)),
        leaking(Some(Leak::Task)),
        leaking(Some(Leak::Thread)),
    )?;
    ensure!(clean.leaks().is_empty(), "the server keeps {clean:#?}");
    ensure!(
        2.0 * entrance.memory_a_round() < memory.memory_a_round(),
        "what is found is the entrance's, and not what is planted: {entrance:#?}"
    );
    for (leak, growth) in Leak::ALL
        .into_iter()
        .zip([memory, descriptor, task, thread])
    {
        ensure!(
            growth.leaks().contains(&leak),
            "the planted {leak:?} was not found in {growth:#?}"
        );
    }
    Ok(())
}
