//! The twin is a fair measure only while it shows what the page shows.

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine},
    devtools::Tab,
    pages::{self, Page},
    scene::{self, Mood},
    stage::Stage,
};
use queuewall_shared::snapshot::Theme;

async fn outlines(tab: &mut Tab, stage: &Stage, tiles: usize) -> Result<[String; 2]> {
    let mut outlines = [String::new(), String::new()];
    for (page, outline) in Page::BOTH.into_iter().zip(&mut outlines) {
        pages::show(tab, stage, page.path(), tiles.min(10)).await?;
        // The page measures its room a frame later.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        *outline = pages::outline(tab).await?;
    }
    Ok(outlines)
}

#[tokio::test]
async fn the_twin_shows_what_the_page_shows() -> Result<()> {
    let _core = crate::busy().await;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    for (mood, tiles, theme) in [
        (Mood::Mixed, 24, None),
        (Mood::Troubled, 100, Some(Theme::Light)),
        (Mood::Down, 6, None),
        (Mood::Detailed, 6, None),
        (Mood::Detailed, 24, None),
    ] {
        let board = scene::board(mood, tiles, theme);
        let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
        let [ours, twin] = outlines(&mut tab, &stage, tiles).await?;
        ensure!(ours.lines().count() > 100, "the page shows little: {ours}");
        let pairs = ours.lines().zip(twin.lines());
        let difference = pairs.into_iter().find(|(ours, twin)| ours != twin);
        ensure!(
            difference.is_none() && ours.lines().count() == twin.lines().count(),
            "{mood:?} differs (page, twin): {difference:#?}, in {} and {} lines",
            ours.lines().count(),
            twin.lines().count()
        );
    }
    Ok(())
}
