//! Header, foot and banner in a real layout: whatever the screen and the language, each of
//! their parts is there as a whole or not at all.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    devtools::Tab,
    scene::{self, Mood},
    stage::Stage,
};
use queuewall_shared::{
    agents::AgentsShown,
    snapshot::{BoardSnapshot, UpstreamState},
};

use crate::languages::keep_picture;

const SOON: Duration = Duration::from_secs(180);
/// A page makes room within a second.
const ROOM_IS_MADE: Duration = Duration::from_secs(10);

const SIZES: [(u32, u32); 5] = [
    (1920, 1080),
    (1280, 720),
    (1080, 1920),
    (800, 480),
    (3840, 2160),
];
const LANGUAGES: [&str; 5] = ["en", "de", "es", "fr", "pt"];

/// What of header and foot is cut, covered, or gone before something less telling.
const FAULTS: &str = r#"(() => {
    const faults = [];
    const parts = (...names) => names.map(name => document.querySelector(name));
    const isThere = part => part.getBoundingClientRect().width > 0;
    const overlap = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5;
    const look = (line, elements) => {
        const edge = document.querySelector(line).getBoundingClientRect();
        const there = elements.filter(isThere);
        const boxes = there.map(part => part.getBoundingClientRect());
        boxes.forEach((box, place) => {
            const part = there[place];
            if (box.left < edge.left - 0.5 || box.right > edge.right + 0.5
                || line === '.header' && (box.top < edge.top - 0.5 || box.bottom > edge.bottom + 0.5))
                faults.push('cut: ' + part.className);
            if (boxes.some((other, at) => at < place && overlap(box, other)))
                faults.push('over another: ' + part.className);
        });
    };
    const goes = parts('.header-freshness', '.header-wait', '.header-title', '.header-clock',
        '.header-unread', '.header-total', '.header-warning', '.header-critical');
    look('.header', goes);
    const first = goes.findIndex(isThere);
    goes.slice(first).filter(part => !isThere(part))
        .forEach(part => faults.push('gone too soon: ' + part.className));
    const foot = parts('.pager-dots', '.foot-limits', '.foot-agents', '.foot-notice',
        '.foot-next', '.foot-over', '.pager-number', '.pager-place', '.pager-elsewhere');
    look('.foot', foot);
    const said = foot.filter(part => part.textContent || part.children.length);
    said.slice(said.findIndex(isThere)).filter(part => !isThere(part))
        .forEach(part => faults.push('gone too soon: ' + part.className));
    if (!isThere(document.querySelector('.pager-elsewhere'))) faults.push('trouble elsewhere is not said');
    return faults.join(', ');
})()"#;

/// Every part has something to say, and some pages are not on the screen.
fn eventful() -> BoardSnapshot {
    let mut board = scene::board(Mood::Mixed, 120, None);
    board.board.title = "Kundenservice Norddeutschland".into();
    board.board.notice = Some("Team meeting at 14:00 in room 3".into());
    scene::agents(&mut board, AgentsShown::Counts, 600);
    board
}

async fn check(tab: &mut Tab, stage: &Stage, metres: u32, language: &str) -> Result<()> {
    let path = format!("/board/main?metres={metres}&inches=55&rotate=off&lang={language}");
    tab.open(&stage.url(&path)).await?;
    let shown = format!(
        "!!document.querySelector('.tile') && document.fonts.status === 'loaded' \
         && document.documentElement.lang === '{language}'"
    );
    tab.wait_for(&shown, SOON).await?;
    for (width, height) in SIZES {
        tab.resize(width, height).await?;
        if tab
            .wait_for(&format!("{FAULTS} === ''"), ROOM_IS_MADE)
            .await
            .is_err()
        {
            let faults = tab.evaluate(FAULTS).await?;
            ensure!(faults == "", "{width}x{height} {path}: {faults}");
        }
        keep_picture(tab, &format!("header-{width}-{metres}m-{language}")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn header_and_foot_lose_whole_parts_on_every_screen() -> Result<()> {
    let _core = crate::busy().await;
    let stage = Stage::start(&eventful(), scene::AGE, scene::UPTIME).await?;
    in_each(Engine::all()?, async |engine| {
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        for language in LANGUAGES {
            for metres in [3, 5, 10] {
                check(&mut tab, &stage, metres, language)
                    .await
                    .context(engine.name.clone())?;
            }
        }
        Ok(())
    })
    .await
}

/// Where the first tile begins.
const TOP: &str = "document.querySelector('.tile').getBoundingClientRect().top";

#[tokio::test]
async fn banner_keeps_title_and_clock_and_moves_no_tile() -> Result<()> {
    let _core = crate::busy().await;
    let mut board = eventful();
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    tab.open(&stage.url("/board/main?rotate=off&lang=en"))
        .await?;
    let shown = "!!document.querySelector('.tile') && document.fonts.status === 'loaded'";
    tab.wait_for(shown, SOON).await?;
    let before = tab.evaluate(TOP).await?.as_f64().unwrap_or_default();
    board.upstream = scene::board(Mood::Down, 1, None).upstream;
    ensure!(board.upstream.state == UpstreamState::Down);
    stage.set(&board)?;
    tab.wait_for("!document.querySelector('.banner').hidden", SOON)
        .await?;
    keep_picture(&mut tab, "banner").await?;
    let after = tab.evaluate(TOP).await?.as_f64().unwrap_or_default();
    ensure!(
        (after - before).abs() < 0.5,
        "tiles moved from {before} to {after}"
    );
    for part in [
        ".banner-title",
        ".banner-what",
        ".banner-next",
        ".banner-clock",
    ] {
        let width = format!("document.querySelector('{part}').getBoundingClientRect().width > 0");
        ensure!(tab.evaluate(&width).await? == true, "{part} is not there");
    }
    Ok(())
}
