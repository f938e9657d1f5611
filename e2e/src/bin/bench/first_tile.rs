//! From the address to the first tile, on a slow machine behind a slow network, with
//! nothing in the cache, beside the twin.

use std::time::Duration;

use anyhow::{Context as _, Result};
use queuewall_e2e::{
    browser::{Browser, Engine},
    devtools::emulation::Network,
    pages::Page,
    scene::{self, Mood},
    stage::Stage,
};

use crate::{table::Table, turns::Turns};

const QUEUES: usize = 24;
const SLOW_DOWN: f64 = 6.0;
const RUNS: usize = 7;
const NETWORK: Network = Network {
    down_bits: 1_600_000.0,
    up_bits: 750_000.0,
    round_trip_ms: 150.0,
};

/// Opens each page in new browsers, in turn.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let board = scene::board(Mood::Troubled, QUEUES, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let engine = Engine::today()?;
    let mut turns = Turns::default();
    for _ in 0..RUNS {
        for page in Page::BOTH {
            let seconds = run(&engine, &stage, page).await? / 1_000.0;
            match page {
                Page::Ours => turns.ours.push(seconds),
                Page::Twin => turns.twin.push(seconds),
            }
        }
    }
    table.add(
        format!(
            "first tile with numbers, {SLOW_DOWN}× CPU slow-down, 1.6 Mbit/s, 150 ms, nothing cached ({RUNS} runs)"
        ),
        turns.row(&[("median", 0.5), ("worst", 1.0)], "s"),
        "≤ 2.5 s, ≤ 1.5× the twin",
    );
    Ok(())
}

/// Milliseconds from the start of the navigation to the frame with the first number.
async fn run(engine: &Engine, stage: &Stage, page: Page) -> Result<f64> {
    let browser = Browser::start(engine).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    tab.inject(include_str!("../../../scripts/first_tile.js"))
        .await?;
    tab.throttle_network(NETWORK).await?;
    tab.throttle_cpu(SLOW_DOWN).await?;
    tab.open(&stage.url(page.path())).await?;
    tab.wait_for("window.firstTileMs > 0", Duration::from_secs(60))
        .await?;
    tab.evaluate("window.firstTileMs")
        .await?
        .as_f64()
        .context("a time")
}
