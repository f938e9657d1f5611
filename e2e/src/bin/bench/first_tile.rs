//! From the address to the first tile, on a slow machine behind a slow network, with
//! nothing in the cache.

use std::time::Duration;

use anyhow::{Context as _, Result};
use queuewall_e2e::{
    browser::{Browser, Engine},
    devtools::emulation::Network,
    pages::WALL,
    scene::{self, Mood},
    stage::Stage,
};

use crate::table::{Table, quantile};

const QUEUES: usize = 24;
const SLOW_DOWN: f64 = 6.0;
const RUNS: usize = 7;
const NETWORK: Network = Network {
    down_bits: 1_600_000.0,
    up_bits: 750_000.0,
    round_trip_ms: 150.0,
};

/// Opens the page in a new browser each time.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let board = scene::board(Mood::Troubled, QUEUES, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let engine = Engine::today()?;
    let mut seconds = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        seconds.push(run(&engine, &stage).await? / 1_000.0);
    }
    table.add(
        format!(
            "first tile with numbers, {SLOW_DOWN}× CPU slow-down, 1.6 Mbit/s, 150 ms, nothing cached ({RUNS} runs)"
        ),
        format!(
            "median {:.1} s, worst {:.1} s",
            quantile(&seconds, 0.5),
            quantile(&seconds, 1.0)
        ),
        "≤ 2.5 s",
    );
    Ok(())
}

/// Milliseconds from the start of the navigation to the frame with the first number.
async fn run(engine: &Engine, stage: &Stage) -> Result<f64> {
    let browser = Browser::start(engine).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    tab.inject(include_str!("../../../scripts/first_tile.js"))
        .await?;
    tab.throttle_network(NETWORK).await?;
    tab.throttle_cpu(SLOW_DOWN).await?;
    tab.open(&stage.url(WALL)).await?;
    tab.wait_for("window.firstTileMs > 0", Duration::from_secs(60))
        .await?;
    tab.evaluate("window.firstTileMs")
        .await?
        .as_f64()
        .context("a time")
}
