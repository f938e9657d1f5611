//! Some hours on the wall and some rounds of a server's life: nothing is kept, and planted
//! leaks are found. A week and two million polls are `cargo xtask bench soak server-soak`.

use std::path::Path;

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine},
    scene::{self, Mood},
    soak::{Growth, grow, page, server},
    stage::Stage,
};

/// Until Chromium has compiled what runs often, and until each thing of the day has come
/// once (the server is lost after some 4,000 polls), its heap grows: six rounds.
const POLLS: u32 = 1_000;
const WARM_UP: u32 = 6;
const ROUNDS: u32 = 3;

#[tokio::test]
#[ignore = "takes two minutes: `cargo xtask test --long`"]
async fn page_keeps_nothing_over_hours_and_planted_leaks_are_found() -> Result<()> {
    let _core = crate::busy().await;
    let board = scene::board(Mood::Calm, 12, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    let mut wall = page::Soaked::open(&mut tab, &stage, POLLS).await?;
    grow(&mut wall, WARM_UP, ROUNDS).await?.check()?;
    for leak in page::LEAKS {
        wall.plant(Some(leak)).await?;
        grow(&mut wall, 0, 1).await?.check_found(leak)?;
    }
    Ok(())
}

const SERVER_WARM_UP: u32 = 4;
const SERVER_ROUNDS: u32 = 8;
const ROUND: server::Round = server::Round {
    polls: 1_000,
    connects: 120,
};

/// The server in the benchmark's program, with a leak.
async fn leaking(leak: &str) -> Result<Growth> {
    let bench = Path::new(env!("CARGO_BIN_EXE_bench"));
    let mut soaked = server::Soaked::start_leaking(bench, leak, ROUND).await?;
    grow(&mut soaked, SERVER_WARM_UP, SERVER_ROUNDS).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute: `cargo xtask test --long`"]
async fn server_keeps_nothing_over_rounds_and_planted_leaks_are_found() -> Result<()> {
    let _core = crate::busy().await;
    let clean = async {
        let mut soaked = server::Soaked::start(ROUND).await?;
        let growth = grow(&mut soaked, SERVER_WARM_UP, SERVER_ROUNDS).await?;
        let seen = soaked.seen;
        let polls = u64::from((SERVER_WARM_UP + SERVER_ROUNDS) * ROUND.polls);
        let counts = [
            seen.boards,
            seen.unchanged,
            seen.missing,
            seen.outages,
            seen.reloads,
        ];
        ensure!(
            seen.polls() == polls && !counts.contains(&0),
            "not everything happened: {seen:?}"
        );
        Ok(growth)
    };
    let [memory, descriptors, tasks, threads] = server::LEAKS;
    let (clean, proxy, memory, descriptors, tasks, threads) = tokio::try_join!(
        clean,
        leaking("none"),
        leaking(memory),
        leaking(descriptors),
        leaking(tasks),
        leaking(threads),
    )?;
    clean.check()?;
    let [of_proxy, planted] = [&proxy, &memory].map(|it| it.a_round(server::LEAKS[0]));
    ensure!(2.0 * of_proxy < planted, "the proxy keeps it: {proxy:#?}");
    for (leak, growth) in server::LEAKS
        .into_iter()
        .zip([memory, descriptors, tasks, threads])
    {
        growth.check_found(leak)?;
    }
    Ok(())
}
