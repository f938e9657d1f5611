//! Names in characters that no font of the screen has: a box stands for each.

use std::time::Duration;

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    scene::{self, Mood},
    stage::Stage,
};

const SOON: Duration = Duration::from_secs(180);

/// How many pixels of a character that no font has are painted, in each weight.
const PAINTED: &str = r#"["400", "600"].map(weight => {
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    pen.font = weight + ' 60px "Queuewall Inter"';
    pen.fillText("\u{10fffd}", 20, 80);
    const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.filter((value, place) => place % 4 === 3 && value > 100).length;
})"#;

#[tokio::test]
async fn character_without_font_is_a_box() -> Result<()> {
    let board = scene::board(Mood::Calm, 4, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    in_each(Engine::all()?, async |engine| {
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        tab.open(&stage.url("/board/main")).await?;
        let shown = "!!document.querySelector('.tile') && document.fonts.status === 'loaded'";
        tab.wait_for(shown, SOON).await?;
        let painted: Vec<u32> = serde_json::from_value(tab.evaluate(PAINTED).await?)?;
        ensure!(painted.len() == 2, "{painted:?}");
        ensure!(painted.iter().all(|pixels| *pixels > 100), "{painted:?}");
        Ok(())
    })
    .await
}
