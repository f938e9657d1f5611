//! Groups of queues on a desk in a real layout, and the way into one and back, by keyboard and
//! by mouse.

use std::time::Duration;

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine},
    devtools::Tab,
    pages,
    scene::{self, Mood},
    stage::Stage,
};

use crate::languages::keep_picture;

const SOON: Duration = Duration::from_secs(60);

const TILES: &str = "[].filter.call(document.querySelectorAll('.tile'), it => !it.hidden)";

/// Which heading lies over something, off the screen, or not above its tiles.
const FAULTS: &str = "(() => {
    const shown = selector => [].filter.call(document.querySelectorAll(selector), it => !it.hidden);
    const box = it => it.getBoundingClientRect();
    const tiles = shown('.tile').map(box), header = box(document.querySelector('.header'));
    const faults = [];
    shown('.heading').forEach(heading => {
        const it = box(heading), name = heading.textContent;
        if (it.top < header.bottom - 0.5) faults.push('under the header: ' + name);
        if (it.right > innerWidth + 0.5) faults.push('off the screen: ' + name);
        if (it.height < 8 || it.width < 8) faults.push('without room: ' + name);
        if (tiles.some(tile => tile.left < it.right - 0.5 && it.left < tile.right - 0.5
            && tile.top < it.bottom - 0.5 && it.top < tile.bottom - 0.5)) faults.push('over a tile: ' + name);
        if (!tiles.some(tile => Math.abs(tile.left - it.left) < 1.5 && Math.abs(tile.top - it.bottom) < 1.5))
            faults.push('above no tile: ' + name);
    });
    if (!document.querySelector('.heading:not([hidden])')) faults.push('no heading');
    const foot = box(document.querySelector('.foot')).top;
    if (document.querySelector('.board').dataset.view === 'wall' && tiles.some(tile => tile.bottom > foot + 0.5))
        faults.push('a tile over the foot');
    return faults.join(', ');
})()";

async fn count_is(tab: &mut Tab, tiles: usize) -> Result<()> {
    tab.wait_for(&format!("{TILES}.length === {tiles}"), SOON)
        .await
}

#[tokio::test]
async fn desk_folds_opens_and_filters_groups() -> Result<()> {
    let board = scene::grouped(Mood::Troubled, 24);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1440, 900).await?;
    pages::show(&mut tab, &stage, "/desk/main?lang=en&sort=board", 24).await?;
    let faults = tab.evaluate(FAULTS).await?;
    ensure!(faults == "", "{faults}");
    keep_picture(&mut tab, "groups-desk").await?;
    // Folded by keyboard, and kept in the address.
    tab.evaluate("document.querySelector('.heading .fold').focus()")
        .await?;
    tab.press_enter().await?;
    count_is(&mut tab, 20).await?;
    ensure!(
        tab.evaluate("location.search.includes('fold=Billing%201')")
            .await?
            == true
    );
    tab.reload().await?;
    count_is(&mut tab, 20).await?;
    // The table has a row a group, and the rows of those that are unfolded.
    tab.evaluate("document.querySelector('[data-act=table]').click()")
        .await?;
    let rows = "document.querySelectorAll('.queue-table tbody tr').length === 23 \
        && document.querySelectorAll('.of-group').length === 4";
    tab.wait_for(rows, SOON).await?;
    keep_picture(&mut tab, "groups-table").await?;
    tab.evaluate("document.querySelector('.of-group .fold').click()")
        .await?;
    let all = "document.querySelectorAll('.queue-table tbody tr').length === 28";
    tab.wait_for(all, SOON).await?;
    // Alone, with its totals.
    tab.evaluate("document.querySelectorAll('.of-group a')[1].click()")
        .await?;
    let alone = "document.querySelectorAll('.queue-table tbody tr').length === 5 \
        && document.querySelector('.total th').textContent.includes('5')";
    tab.wait_for(alone, SOON).await?;
    tab.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))",
    )
    .await?;
    tab.wait_for(all, SOON).await?;
    let complaints = tab.take_complaints();
    ensure!(complaints.is_empty(), "{complaints:#?}");
    Ok(())
}
