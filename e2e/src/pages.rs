//! Steps that many tests and measurements take with the page.

use std::time::Duration;

use anyhow::Result;

use crate::{devtools::Tab, stage::Stage};

/// The wall with its first page of tiles, which stays.
pub const WALL: &str = "/board/main?rotate=off";

/// Long enough for a slow machine.
const SOON: Duration = Duration::from_secs(60);

/// What the page must be able to do without a word: a poll, now.
const WAKE: &str = "dispatchEvent(new Event('online'))";

/// Opens `path` and waits for `tiles` tiles.
pub async fn show(tab: &mut Tab, stage: &Stage, path: &str, tiles: usize) -> Result<()> {
    tab.open(&stage.url(path)).await?;
    let shown = format!("document.querySelectorAll('[data-queue]').length >= {tiles}");
    tab.wait_for(&shown, SOON).await
}

/// Lets the page poll at once, as it does when the network comes back, and waits until
/// its answer was drawn: for `settle` after it was sent.
pub async fn poll(tab: &mut Tab, stage: &Stage, settle: Duration) -> Result<()> {
    let before = stage.polls().0;
    tab.evaluate(WAKE).await?;
    stage.polled(before).await?;
    tokio::time::sleep(settle).await;
    Ok(())
}

/// Cuts the page off and lets its polls fail until it says that its server is lost.
pub async fn lose(tab: &mut Tab) -> Result<()> {
    tab.cut_off(true).await?;
    let lost = "!!document.querySelector('[data-link=\"lost\"]')";
    for _ in 0..40 {
        if tab.evaluate(lost).await? == true {
            return Ok(());
        }
        tab.evaluate(WAKE).await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tab.wait_for(lost, Duration::from_secs(20)).await
}
