//! The page and its plain-JavaScript twin, to be driven alike.

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::{devtools::Tab, stage::Stage};

/// A page that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The product.
    Ours,
    /// The same look in plain JavaScript.
    Twin,
}

impl Page {
    /// Both, in the order in which they take turns.
    pub const BOTH: [Self; 2] = [Self::Ours, Self::Twin];

    /// Its address on the stage.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            // The twin turns no pages.
            Self::Ours => "/board/main?rotate=off",
            Self::Twin => "/twin",
        }
    }
}

/// Long enough for a slow machine.
const SOON: Duration = Duration::from_secs(60);

/// What the page must be able to do without a word: a poll, now.
const WAKE: &str = "dispatchEvent(new Event('online'))";

/// Opens `path` and waits for `tiles` tiles.
///
/// # Errors
/// When they do not come.
pub async fn show(tab: &mut Tab, stage: &Stage, path: &str, tiles: usize) -> Result<()> {
    tab.open(&stage.url(path)).await?;
    let shown = format!("document.querySelectorAll('[data-queue]').length >= {tiles}");
    tab.wait_for(&shown, SOON).await
}

/// Lets the page poll at once, as it does when the network comes back, and waits until
/// its answer was drawn: for `settle` after it was sent.
///
/// # Errors
/// When the page does not poll.
pub async fn poll(tab: &mut Tab, stage: &Stage, settle: Duration) -> Result<()> {
    let before = stage.polls().0;
    tab.evaluate(WAKE).await?;
    stage.polled(before).await?;
    tokio::time::sleep(settle).await;
    Ok(())
}

/// Everything that the page shows, as text: elements, attributes and words.
///
/// # Errors
/// When there is no board.
pub async fn outline(tab: &mut Tab) -> Result<String> {
    let outline = tab.evaluate(include_str!("../scripts/outline.js")).await?;
    Ok(outline.as_str().context("an outline is text")?.to_owned())
}

/// Cuts the page off and lets it poll in vain until it says that its server is lost.
///
/// # Errors
/// When it does not say so.
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
