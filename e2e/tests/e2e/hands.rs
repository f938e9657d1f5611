//! Hands on a wall, in a real layout: the bar and a wrong address that covers
//! no tile.

use std::time::Duration;

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    pages,
    scene::{self, Mood},
    stage::Stage,
};

const SOON: Duration = Duration::from_secs(60);

/// What of the line of problems is not as it should be, in words; empty where all is well.
const FAULTS: &str = "(() => {
    const box = selector => document.querySelector(selector).getBoundingClientRect();
    const tiles = [].filter.call(document.querySelectorAll('.tile'), tile => !tile.hidden)
        .map(tile => tile.getBoundingClientRect().bottom);
    const line = box('.problems'), foot = box('.foot'), faults = [];
    const size = element => parseFloat(getComputedStyle(element).fontSize);
    if (Math.max(...tiles) > line.top + 0.5) faults.push('it covers a tile');
    const apart = (line.top + line.bottom - foot.top - foot.bottom) / 2;
    if (Math.abs(apart) > foot.height / 4) faults.push('it is not in the place of the foot');
    if (line.bottom > innerHeight + 0.5) faults.push('it is off the screen');
    const what = document.querySelector('.problems-what').getBoundingClientRect();
    if (what.bottom > line.bottom) faults.push('its words are cut');
    if (size(document.querySelector('.problems')) < size(document.querySelector('.foot')) - 0.1)
        faults.push('it is smaller than the foot');
    if (document.querySelector('.problems-more').textContent !== '+2') faults.push('it does not say +2');
    return faults.join(', ');
})()";

async fn wrong_address(engine: Engine) -> Result<()> {
    let browser = Browser::start(&engine).await?;
    let mut tab = browser.tab().await?;
    for queues in [1, 6, 12, 60] {
        let board = scene::board(Mood::Troubled, queues, None);
        let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
        for (width, height) in [(1280, 720), (1920, 1080), (1080, 1920), (3840, 2160)] {
            tab.resize(width, height).await?;
            let path = "/board/main?rotate=off&metre=5&sort=size&inches=900";
            pages::show(&mut tab, &stage, path, 1).await?;
            let faults = tab.evaluate(FAULTS).await?;
            ensure!(faults == "", "{queues} queues, {width}×{height}: {faults}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn wrong_address_covers_no_tile() -> Result<()> {
    in_each(Engine::all()?, wrong_address).await
}

async fn bar(engine: Engine) -> Result<()> {
    let board = scene::board(Mood::Troubled, 60, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&engine).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    pages::show(&mut tab, &stage, pages::WALL, 1).await?;
    let is_seen = "document.querySelector('.hands-bar').offsetHeight > 0";
    ensure!(tab.evaluate(is_seen).await? == false, "at rest");
    tab.evaluate(
        "dispatchEvent(new MouseEvent('mousemove', { screenX: 4, screenY: 4, bubbles: true }))",
    )
    .await?;
    // As large as the rest of the wall's type, and a finger's width.
    let sizes = "[].every.call(document.querySelectorAll('.hands-bar a, .hands-bar button'), \
        it => it.offsetHeight >= 48 && it.offsetWidth >= 48 && \
        (it.textContent.trim() || it.getAttribute('aria-label')))";
    tab.wait_for(&format!("{is_seen} && {sizes}"), SOON).await?;
    tab.evaluate("document.querySelector('[data-act=next]').click()")
        .await?;
    tab.wait_for(
        "document.querySelectorAll('.pager-dot')[1].getAttribute('data-current') === 'true'",
        SOON,
    )
    .await?;
    tab.wait_for(&format!("!({is_seen})"), SOON).await?;
    let complaints = tab.take_complaints();
    ensure!(complaints.is_empty(), "{complaints:#?}");
    Ok(())
}

#[tokio::test]
async fn bar_comes_with_the_pointer_and_goes_with_it() -> Result<()> {
    in_each(Engine::all()?, bar).await
}
