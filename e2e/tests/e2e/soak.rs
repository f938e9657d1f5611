//! Some hours on the wall, in a minute: nothing is kept, and what is planted is found.
//! The whole week is `cargo xtask bench soak`.

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine},
    scene::{self, Mood},
    soak::{Leak, Soak},
    stage::Stage,
};

/// Until Chromium has compiled what runs often, and until each thing of the day has come
/// once (the server is lost after some 4,000 polls), its heap grows.
const WARM_UP: u32 = 6_000;
const POLLS: u32 = 3_000;
const PLANTED: u32 = 1_000;

#[tokio::test]
#[ignore = "takes two minutes: `cargo xtask test --long`"]
async fn hours_of_polls_keep_nothing_and_planted_leaks_are_found() -> Result<()> {
    let _core = crate::busy().await;
    let board = scene::board(Mood::Calm, 12, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    let mut soak = Soak::open(&mut tab, &stage, WARM_UP, |_| {}).await?;
    let clean = soak.grow(POLLS, None, |_| {}).await?;
    ensure!(clean.leaks().is_empty(), "the page keeps {clean:#?}");
    for leak in Leak::ALL {
        let grown = soak.grow(PLANTED, Some(leak), |_| {}).await?;
        ensure!(
            grown.leaks().contains(&leak),
            "the planted {leak:?} was not found in {grown:#?}"
        );
    }
    Ok(())
}
