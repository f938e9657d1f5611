//! Whatever a wall loses, it is live again by itself, and soon. `--long` adds each loss at
//! its full length in real time.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use queuewall_e2e::{
    browser::{Browser, Engine},
    recovery::{LIVE_WITHIN_SECONDS, Loss, Stepped, real_time},
    scene::{self, Mood},
    stage::Stage,
};

/// How often each; `QUEUEWALL_TRIALS` says another number.
const TRIALS: u32 = 3;

#[tokio::test]
async fn wall_is_live_within_15_seconds_of_any_loss() -> Result<()> {
    let board = scene::board(Mood::Calm, 12, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let trials = match std::env::var("QUEUEWALL_TRIALS") {
        Ok(trials) => trials.parse()?,
        Err(_) => TRIALS,
    };
    for loss in Loss::ALL {
        let browser = Browser::start(&Engine::today()?).await?;
        let mut tab = browser.tab().await?;
        let mut wall = Stepped::open(&mut tab, &stage).await?;
        for trial in 0..trials {
            let seconds = wall
                .lose(loss, trial)
                .await
                .with_context(|| format!("{loss:?}, trial {trial}"))?;
            ensure!(
                seconds <= LIVE_WITHIN_SECONDS,
                "{loss:?}, trial {trial}: live after {seconds} s"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_look_for_a_new_page_that_never_ends_is_given_up() -> Result<()> {
    let board = scene::board(Mood::Calm, 12, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    let mut wall = Stepped::open(&mut tab, &stage).await?;
    let seconds = wall.lose_program_in_silence().await?;
    ensure!(seconds <= 60, "live after {seconds} s");
    Ok(())
}

/// All of them at once, each on a separate wall.
async fn lose_in_real_time(losses: &[(Loss, u64)]) -> Result<()> {
    let outcomes = losses.iter().map(|&(loss, seconds)| async move {
        let outcome = real_time::lose(loss, Duration::from_secs(seconds)).await;
        let outcome = outcome.with_context(|| format!("{loss:?}"))?;
        ensure!(
            outcome.live_after.as_secs_f64() <= f64::from(LIVE_WITHIN_SECONDS),
            "{loss:?}: {outcome:?}"
        );
        println!("{loss:?}: {outcome:?}");
        Ok(())
    });
    try_join_all(outcomes).await.map(drop)
}

/// Each for long enough to be noticed, but for the build's turn, which takes a minute.
#[tokio::test(flavor = "multi_thread")]
async fn wall_is_live_again_in_real_time() -> Result<()> {
    lose_in_real_time(&[
        (Loss::Server, 4),
        (Loss::Network, 8),
        (Loss::Program, 0),
        (Loss::Machine, 12),
    ])
    .await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes eleven minutes: `cargo xtask test --long`"]
async fn wall_is_live_again_after_minutes_in_real_time() -> Result<()> {
    lose_in_real_time(&[
        (Loss::Server, 60),
        (Loss::Network, 600),
        (Loss::Build, 0),
        (Loss::Program, 0),
        (Loss::Machine, 300),
    ])
    .await
}
