//! Whatever a wall loses, it is live again by itself, and soon. Twenty times of each, and
//! once in real time, is `cargo xtask prove`.

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine},
    recovery::{LIVE_WITHIN_SECONDS, Loss, Stepped},
    scene::{self, Mood},
    stage::Stage,
};

/// How often each; `QUEUEWALL_TRIALS` says another number.
const TRIALS: u32 = 3;

#[tokio::test]
async fn a_wall_is_live_again_within_fifteen_seconds_of_whatever_it_lost() -> Result<()> {
    let board = scene::board(Mood::Calm, 12, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let trials = match std::env::var("QUEUEWALL_TRIALS") {
        Ok(trials) => trials.parse()?,
        Err(_) => TRIALS,
    };
    let mut report =
        String::from("| lost | times | live again after, at most | median |\n|---|---|---|---|\n");
    for loss in Loss::ALL {
        let mut all = Vec::new();
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
            all.push(seconds);
        }
        all.sort_unstable();
        let (most, median) = (all.last().context("a trial")?, all[all.len() / 2]);
        let what = loss.as_str();
        report.push_str(&format!("| {what} | {trials} | {most} s | {median} s |\n"));
    }
    if let Some(file) = std::env::var_os("QUEUEWALL_REPORT") {
        std::fs::write(file, report)?;
    }
    Ok(())
}
