//! A desk from the list of boards to a queue's chart and the agents, by keyboard and by mouse, and
//! its table.

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine},
    devtools::Tab,
    scene::{self, Mood},
    stage::Stage,
};
use queuewall_shared::agents::AgentsShown;
use serde_json::json;

use crate::desk::{SOON, check, press};

pub(crate) async fn is_at(tab: &mut Tab, address: &str) -> Result<()> {
    check(
        tab,
        &format!("location.pathname + location.search === '{address}'"),
    )
    .await
}

/// How many agents are listed.
pub(crate) const AGENTS: &str = "document.querySelectorAll('.people-table .of-name').length - 1";

const CHART: &str = "(() => { const line = document.querySelector('.chart-line'); \
    return !!line && line.getAttribute('d').length > 20; })()";

const LATER: &str = "document.querySelector('.chart-later').getAttribute('d').length > 10 && \
    /: back-filled by the hour/.test(document.querySelector('.chart-sentence').textContent)";

#[tokio::test]
async fn desk_is_walked_from_list_to_agents_by_keyboard() -> Result<()> {
    let mut board = scene::board(Mood::Mixed, 12, None);
    board.queues[0].id = "a b/ü%.".into();
    let list = scene::agents(&mut board, AgentsShown::Names, 80);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    stage.list_agents(&list)?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1440, 900).await?;
    tab.navigate(&stage.url("/")).await?;
    tab.wait_for(
        "!!document.querySelector('.board-list a[href=\"/desk/main\"]')",
        SOON,
    )
    .await?;
    press(&mut tab, "ArrowDown").await?;
    press(&mut tab, "ArrowRight").await?;
    check(
        &mut tab,
        "document.activeElement.getAttribute('href') === '/desk/main'",
    )
    .await?;
    tab.press_enter().await?;
    tab.wait_for("!!document.querySelector('.tile .tile-open')", SOON)
        .await?;
    // The tile's own link, whose name says what the tile is.
    let focus = "(() => { const link = [...document.querySelectorAll('.tile-open')]\
        .find(it => it.dataset.open.startsWith('a b')); link.focus(); \
        return !!link.getAttribute('aria-label'); })()";
    ensure!(tab.evaluate(focus).await? == true);
    tab.press_enter().await?;
    is_at(&mut tab, "/desk/main/queues/a%20b%2F%C3%BC%25.").await?;
    check(&mut tab, CHART).await?;
    let name = format!(
        "document.querySelector('.now h1').textContent === {}",
        json!(board.queues[0].name)
    );
    check(&mut tab, &name).await?;
    check(
        &mut tab,
        "document.querySelector('.board-tiles').offsetHeight === 0",
    )
    .await?;

    // The crosshair tells what is at a time, by arrow keys.
    tab.evaluate("document.querySelector('.chart').focus()")
        .await?;
    press(&mut tab, "ArrowLeft").await?;
    check(
        &mut tab,
        "/ · /.test(document.querySelector('.chart-readout').textContent)",
    )
    .await?;
    let said = "document.querySelector('.chart').getAttribute('aria-valuetext')";
    let before = tab.evaluate(said).await?;
    press(&mut tab, "PageDown").await?;
    check(&mut tab, &format!("{said} !== {before}")).await?;
    press(&mut tab, "Escape").await?;
    check(
        &mut tab,
        "document.querySelector('.chart-readout').textContent === ''",
    )
    .await?;
    // A gap is neither bridged nor carried on. Soon after midnight it is none of today's.
    for (range, seen) in [
        ("3h", "!!document.querySelector('.chart-gap')"),
        // Service levels that were read later have their own line, and are said to be.
        ("3h", LATER),
        ("today", CHART),
    ] {
        let choose = format!("document.querySelector('[data-act=\"{range}\"]').click()");
        tab.evaluate(&choose).await?;
        check(&mut tab, seen).await?;
    }
    press(&mut tab, "t").await?;
    check(
        &mut tab,
        "document.querySelectorAll('.chart-table tbody tr').length > 10",
    )
    .await?;
    press(&mut tab, "t").await?;
    check(&mut tab, CHART).await?;

    // To the next queue and back, then to the board, where the focus is on the tile.
    let path = "location.pathname";
    press(&mut tab, "ArrowRight").await?;
    check(
        &mut tab,
        &format!("/queues/.test({path}) && !{path}.includes('a%20b')"),
    )
    .await?;
    press(&mut tab, "ArrowLeft").await?;
    is_at(&mut tab, "/desk/main/queues/a%20b%2F%C3%BC%25.").await?;
    press(&mut tab, "Escape").await?;
    is_at(&mut tab, "/desk/main").await?;
    check(
        &mut tab,
        "document.activeElement.dataset.open.startsWith('a b')",
    )
    .await?;

    // To the agents by a key, to one's queue, and back to that agent.
    press(&mut tab, "a").await?;
    is_at(&mut tab, "/desk/main/agents").await?;
    check(&mut tab, &format!("{AGENTS} === 80")).await?;
    let focus = "(() => { const all = document.querySelectorAll('.people-table a'); \
        all[5].focus(); return all[5].id; })()";
    let id = tab.evaluate(focus).await?;
    tab.press_enter().await?;
    check(&mut tab, "location.pathname.includes('/queues/')").await?;
    check(&mut tab, "!!document.querySelector('.handling li')").await?;
    press(&mut tab, "Escape").await?;
    is_at(&mut tab, "/desk/main/agents").await?;
    check(&mut tab, &format!("{AGENTS} === 80")).await?;
    ensure!(id.is_string(), "{id}");
    press(&mut tab, "/").await?;
    check(&mut tab, "document.activeElement.type === 'search'").await?;
    press(&mut tab, "Escape").await?;
    is_at(&mut tab, "/desk/main").await?;
    check(&mut tab, "document.querySelector('.tile').offsetHeight > 0").await?;
    let complaints = tab.take_complaints();
    ensure!(complaints.is_empty(), "{complaints:#?}");
    Ok(())
}

#[tokio::test]
async fn queue_and_agents_are_opened_by_mouse_and_own_address() -> Result<()> {
    let mut board = scene::board(Mood::Mixed, 12, None);
    let list = scene::agents(&mut board, AgentsShown::Initials, 80);
    let id = &board.queues[3].id;
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    stage.list_agents(&list)?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(390, 844).await?;
    tab.navigate(&stage.url(&format!("/desk/main/queues/{id}?range=3h&theme=light")))
        .await?;
    tab.wait_for(CHART, SOON).await?;
    // The span is no setting that could be wrong, and nothing is wider than a phone.
    check(&mut tab, "document.querySelector('.problems').hidden").await?;
    check(
        &mut tab,
        "document.querySelector('[data-act=\"3h\"]').ariaPressed === 'true'",
    )
    .await?;
    check(
        &mut tab,
        "document.documentElement.scrollWidth <= innerWidth",
    )
    .await?;
    tab.evaluate("document.querySelector('[data-act=\"7d\"]').click()")
        .await?;
    is_at(
        &mut tab,
        &format!("/desk/main/queues/{id}?theme=light&range=7d"),
    )
    .await?;
    tab.evaluate("document.querySelector('[data-act=back]').click()")
        .await?;
    is_at(&mut tab, "/desk/main?theme=light&range=7d").await?;
    check(&mut tab, "document.querySelector('.tile').offsetHeight > 0").await?;
    // The browser's way back, and forward by a click on a tile.
    tab.evaluate("history.back()").await?;
    check(&mut tab, "location.pathname.includes('/queues/')").await?;
    check(&mut tab, CHART).await?;
    tab.evaluate("history.forward()").await?;
    check(&mut tab, "document.querySelector('.tile').offsetHeight > 0").await?;
    tab.evaluate("document.querySelector('.tile-open').click()")
        .await?;
    check(&mut tab, "location.pathname.includes('/queues/')").await?;
    check(&mut tab, "!!document.querySelector('.now h1')").await?;

    tab.evaluate("document.querySelector('.detail [data-act=back]').click()")
        .await?;
    is_at(&mut tab, "/desk/main?theme=light&range=7d").await?;
    tab.evaluate("document.querySelector('.toolbar [data-act=agents]').click()")
        .await?;
    is_at(&mut tab, "/desk/main/agents?theme=light&range=7d").await?;
    check(&mut tab, &format!("{AGENTS} === 80")).await?;
    check(
        &mut tab,
        "document.documentElement.scrollWidth <= innerWidth",
    )
    .await?;
    tab.evaluate("document.querySelector('[data-act=band-unavailable]').click()")
        .await?;
    is_at(
        &mut tab,
        "/desk/main/agents?theme=light&range=7d&band=unavailable",
    )
    .await?;
    check(&mut tab, &format!("{AGENTS} === 16")).await?;
    tab.evaluate("document.querySelector('.people-table [data-act=time]').click()")
        .await?;
    let address = "/desk/main/agents?theme=light&range=7d&by=time&band=unavailable";
    is_at(&mut tab, address).await?;
    tab.open(&stage.url(address)).await?;
    tab.wait_for(&format!("{AGENTS} === 16"), SOON).await?;
    tab.evaluate("document.querySelector('.toolbar [data-act=tiles]').click()")
        .await?;
    is_at(&mut tab, "/desk/main?theme=light&range=7d").await?;
    check(&mut tab, "document.querySelector('.tile').offsetHeight > 0").await
}

#[tokio::test]
async fn table_is_ordered_by_every_column() -> Result<()> {
    let board = scene::board(Mood::Mixed, 200, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1440, 900).await?;
    tab.open(&stage.url("/desk/main")).await?;
    tab.wait_for(
        "!!document.querySelector('.toolbar [data-act=table]')",
        SOON,
    )
    .await?;
    tab.evaluate("document.querySelector('.toolbar [data-act=table]').click()")
        .await?;
    is_at(&mut tab, "/desk/main?form=table").await?;
    check(
        &mut tab,
        "document.querySelectorAll('.queue-table tbody tr').length > 100",
    )
    .await?;
    let height = "[].every.call(document.querySelectorAll('.queue-table tbody tr'), \
        it => Math.abs(it.offsetHeight - 32) <= 1)";
    check(&mut tab, height).await?;
    for column in [
        "queue",
        "waiting",
        "change",
        "wait",
        "service",
        "abandoned",
        "free",
        "on",
        "line",
        "since",
        "level",
    ] {
        let button = format!("document.querySelector('.queue-table [data-act={column}]')");
        tab.evaluate(&format!("{button}.click()")).await?;
        let sort = format!("{button}.parentElement.getAttribute('aria-sort')");
        check(&mut tab, &format!("{sort} !== 'none'")).await?;
        let first = tab.evaluate(&sort).await?;
        tab.evaluate(&format!("{button}.click()")).await?;
        check(
            &mut tab,
            &format!("{sort} !== 'none' && {sort} !== {first}"),
        )
        .await?;
        check(
            &mut tab,
            "document.querySelectorAll('[aria-sort$=ending]').length === 1",
        )
        .await?;
    }
    tab.evaluate("document.querySelector('.queue-table [data-act=waiting]').click()")
        .await?;
    let falls = "(() => { const all = [...document.querySelectorAll('tbody .of-waiting')]\
        .map(it => parseInt(it.textContent.replace(/\\D/g, ''))).filter(it => !isNaN(it)); \
        return all.length > 100 && all.every((it, nth) => !nth || all[nth - 1] >= it); })()";
    check(&mut tab, falls).await?;
    is_at(&mut tab, "/desk/main?form=table&by=waiting").await?;
    // How long it takes to write all of it in another order.
    let took = "(() => { const start = performance.now(); \
        document.querySelector('.queue-table [data-act=queue]').click(); \
        return new Promise(done => requestAnimationFrame(() => setTimeout(() => \
        done(performance.now() - start)))); })()";
    let took = tab.evaluate(took).await?;
    println!("200 rows in another order: {took} ms");
    ensure!(took.as_f64().is_some_and(|ms| ms < 5_000.0), "{took}");
    tab.evaluate("document.querySelector('.queue-table tbody a').click()")
        .await?;
    check(&mut tab, "location.pathname.includes('/queues/')").await?;
    press(&mut tab, "Escape").await?;
    check(
        &mut tab,
        "document.querySelector('.queue-table').offsetHeight > 0",
    )
    .await
}
