//! A supervisor's tab: what it offers in old and new browsers, and that it stays true
//! while nobody looks at it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    devtools::Tab,
    wall::Wall,
};
use queuewall_simulator::{Options, QueueOverride};
use serde_json::json;
use tokio::time::sleep;

const POLL: Duration = Duration::from_secs(5);
/// Long enough for a slow machine.
pub(crate) const SOON: Duration = Duration::from_secs(180);

/// A tenant whose numbers change only when a test says so.
fn still() -> Options {
    Options {
        speed: 0.0,
        rate_limit_per_minute: None,
        ..Options::default()
    }
}

/// A key as a keyboard sends it, to whatever has the focus.
pub(crate) async fn press(tab: &mut Tab, key: &str) -> Result<()> {
    let event = format!(
        "(document.activeElement || document.body).dispatchEvent(new KeyboardEvent('keydown', \
         {{ key: {}, bubbles: true, cancelable: true }}))",
        json!(key)
    );
    tab.evaluate(&event).await.map(|_| ())
}

pub(crate) async fn check(tab: &mut Tab, condition: &str) -> Result<()> {
    tab.wait_for(condition, Duration::from_secs(15)).await
}

/// Order, search, keys, panel and icon in `engine`.
async fn serves_a_desk(engine: &Engine) -> Result<()> {
    let wall = Wall::start(still(), POLL, &[]).await?;
    let ids = wall.tenant().queue_ids();
    let worst = ids.last().context("a queue")?;
    wall.tenant().set(worst, QueueOverride::waiting(1_234));
    let browser = Browser::start(engine).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1366, 768).await?;
    // The address of a desk up to 0.1.0.
    tab.navigate(&wall.url("/board/main?view=tab&metre=1"))
        .await?;
    let first = format!(
        "!!document.querySelector('.tile') && \
         document.querySelector('.tile').dataset.queue === {worst:?}"
    );
    tab.wait_for(&first, SOON).await?;
    check(
        &mut tab,
        "/^● \\d+ critical · [\\d.]+k?\\+? waiting – Customer Care$/.test(document.title)",
    )
    .await?;
    let icon = "document.querySelector('link[rel=icon]').href.indexOf('data:image/png') === 0";
    check(&mut tab, icon).await?;
    check(
        &mut tab,
        "document.querySelector('.problems').innerText.includes('metre')",
    )
    .await?;
    // Nothing lies over the board while no panel is open.
    let free = "(() => { const box = document.querySelector('.tile').getBoundingClientRect(); \
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2); \
        return !!top && !!top.closest('.tile'); })()";
    check(&mut tab, free).await?;
    // A page that is longer than the window scrolls, and never sideways.
    let scrolls = "document.documentElement.scrollWidth <= innerWidth && \
        document.querySelector('.toolbar').offsetHeight < 80";
    check(&mut tab, scrolls).await?;

    press(&mut tab, "/").await?;
    check(&mut tab, "document.activeElement.type === 'search'").await?;
    let search = "const search = document.activeElement; \
        search.value = document.querySelector('.tile-name').textContent.toUpperCase(); \
        search.dispatchEvent(new Event('input', { bubbles: true }))";
    tab.evaluate(&format!("(() => {{ {search} }})()")).await?;
    let alone = "document.querySelectorAll('.tile:not([hidden])').length";
    check(&mut tab, &format!("{alone} === 1 && {first}")).await?;
    press(&mut tab, "Escape").await?;
    check(&mut tab, &format!("{alone} === {}", ids.len())).await?;
    tab.evaluate("document.querySelector('[data-act=board]').click()")
        .await?;
    check(&mut tab, &format!("!({first})")).await?;

    press(&mut tab, "?").await?;
    check(
        &mut tab,
        "document.querySelector('[role=dialog]').contains(document.activeElement)",
    )
    .await?;
    press(&mut tab, "s").await?;
    check(
        &mut tab,
        "!!document.querySelector('.settings-code path').getAttribute('d')",
    )
    .await?;
    press(&mut tab, "ArrowDown").await?;
    tab.evaluate("document.querySelector('[data-word=light]').click()")
        .await?;
    // It ticks, worker or not: not every old engine runs one.
    wall.tenant().set(worst, QueueOverride::waiting(1_935));
    let tile = format!("document.querySelector('[data-queue=\"{worst}\"] [data-metric=waiting]')");
    let changed = format!("{tile}.textContent.trim() === '1.9k'");
    tab.wait_for(&changed, SOON).await?;
    let complaints = tab.take_complaints();
    ensure!(complaints.is_empty(), "{complaints:#?}");
    // The address that it writes is one that the page follows.
    tab.evaluate("document.querySelector('.settings-acts a').click()")
        .await?;
    tab.wait_for(
        "location.pathname + location.search === '/desk/main?theme=light' && \
         !!document.querySelector('[data-theme=light] .tile') && \
         document.querySelector('.problems').hidden",
        SOON,
    )
    .await
}

#[tokio::test]
async fn a_desk_is_served() -> Result<()> {
    serves_a_desk(&Engine::today()?).await
}

#[tokio::test]
async fn a_desk_is_served_in_every_other_engine() -> Result<()> {
    in_each(Engine::others(), async |engine| {
        serves_a_desk(&engine).await
    })
    .await
}

/// A tab hidden for so long still polls every few seconds, tells the truth when that
/// changes, and takes its numbers back when it can no longer know. A timer of the page's
/// own, beside it, is slowed down to `control` calls in the last minute.
async fn stays_true_while_hidden(hidden: Duration, control: u64) -> Result<()> {
    let mut wall = Wall::start(still(), POLL, &["352669"]).await?;
    let queue = wall.tenant().queue_ids()[0].clone();
    wall.tenant().set(&queue, QueueOverride::waiting(41));
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.open(&wall.url("/desk/main")).await?;
    let title = |text: &str| format!("document.title === {:?}", format!("{text} – Customer Care"));
    tab.wait_for(&title("● 1 critical · 41 waiting"), SOON)
        .await?;
    let observe = "window.control = []; \
        setInterval(() => control.push(performance.now()), 100); \
        performance.setResourceTimingBufferSize(10000)";
    tab.evaluate(observe).await?;
    browser.cover().await?;
    tab.wait_for("document.visibilityState === 'hidden'", SOON)
        .await?;

    sleep(hidden).await;
    let counts = "JSON.stringify([control.filter(at => at > performance.now() - 60000).length, \
        performance.getEntriesByType('resource').filter(entry => \
        entry.name.endsWith('/api/boards/main') && \
        entry.startTime > performance.now() - 60000).length, document.visibilityState])";
    let counts = tab.evaluate(counts).await?;
    let counts: (u64, u64, String) = serde_json::from_str(counts.as_str().unwrap_or_default())?;
    println!(
        "hidden for {} s: in the last minute the page's own timer of 100 ms ran {} times, \
         and the page polled {} times",
        hidden.as_secs(),
        counts.0,
        counts.1
    );
    ensure!(counts.2 == "hidden", "the tab was {}", counts.2);
    ensure!(
        counts.0 <= control,
        "nothing slowed the tab down: {counts:?}"
    );
    ensure!(counts.1 >= 10, "the tab polled too rarely: {counts:?}");

    // At most a read, a poll and a tick later, and a slow machine's pardon.
    let soon = Duration::from_secs(45);
    let seven = QueueOverride {
        available: 2.into(),
        average_wait_ms: 20_000.into(),
        service_level: 95.0.into(),
        ..QueueOverride::waiting(7)
    };
    wall.tenant().set(&queue, seven);
    // A level falls after two readings.
    let fallen = "/^▲ 1 warning · 7 waiting/.test(document.title)";
    tab.wait_for(fallen, soon).await?;
    wall.stop_server().await?;
    tab.wait_for(&title("? No connection"), Duration::from_secs(30))
        .await?;
    wall.restart_server().await?;
    tab.wait_for("/ 7 waiting/.test(document.title)", SOON)
        .await?;
    ensure!(tab.evaluate("document.visibilityState").await? == "hidden");
    Ok(())
}

#[tokio::test]
async fn a_hidden_tab_stays_true() -> Result<()> {
    // Hidden pages' timers are aligned to whole seconds at once.
    stays_true_while_hidden(Duration::from_secs(75), 70).await
}

/// A tile costs as much out of sight as in it: only those near the window are there.
#[tokio::test]
async fn tab_of_two_thousand_queues_has_tiles_in_sight_only() -> Result<()> {
    let _core = crate::busy().await;
    let tenant = Options {
        queues: 2_000,
        ..still()
    };
    let wall = Wall::start(tenant, POLL, &[]).await?;
    let ids = wall.tenant().queue_ids();
    let (first, last) = (&ids[0], &ids[ids.len() - 1]);
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1366, 768).await?;
    tab.open(&wall.url("/desk/main?sort=board")).await?;
    let in_sight = |id: &str| {
        format!(
            "(() => {{ const tile = document.querySelector('.tile[data-queue=\"{id}\"]'); \
             const box = tile && tile.getBoundingClientRect(); \
             return !!box && box.top < innerHeight && box.bottom > 0; }})()"
        )
    };
    tab.wait_for(&in_sight(first), SOON).await?;
    let shown = "/2,000/.test(document.querySelector('.toolbar').textContent)";
    tab.wait_for(shown, SOON).await?;
    let few = "document.querySelectorAll('.tile').length < 400";
    check(&mut tab, few).await?;
    tab.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        .await?;
    check(&mut tab, &in_sight(last)).await?;
    check(&mut tab, &format!("{few} && !({})", in_sight(first))).await?;
    // In the middle the window is covered from edge to edge.
    tab.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
        .await?;
    let covered = "(() => { const boxes = Array.from(document.querySelectorAll('.tile')) \
        .map(tile => tile.getBoundingClientRect()); \
        return boxes.some(box => box.top <= 0) && boxes.some(box => box.bottom >= innerHeight); })()";
    check(&mut tab, covered).await
}

/// A remote's arrows and OK, from nothing focused to a board's desk.
async fn steers_the_list(engine: Engine) -> Result<()> {
    let wall = Wall::start_with_boards(still(), POLL, &["sales"]).await?;
    let browser = Browser::start(&engine).await?;
    let mut tab = browser.tab().await?;
    tab.open(&wall.url("/")).await?;
    let count = "document.querySelectorAll('.board-list a').length === 4";
    tab.wait_for(count, SOON).await?;
    let focused = |path: &str| format!("document.activeElement.getAttribute('href') === '{path}'");
    for (key, path) in [
        ("ArrowDown", "/board/main?view=wall"),
        ("ArrowDown", "/board/sales?view=wall"),
        ("ArrowRight", "/desk/sales"),
        ("ArrowRight", "/desk/sales"),
        ("ArrowUp", "/desk/main"),
        ("ArrowLeft", "/board/main?view=wall"),
        ("ArrowRight", "/desk/main"),
    ] {
        press(&mut tab, key).await?;
        check(&mut tab, &focused(path)).await?;
    }
    tab.press_enter().await?;
    tab.wait_for("location.pathname === '/desk/main'", SOON)
        .await?;
    tab.wait_for("!!document.querySelector('.tile')", SOON)
        .await
}

#[tokio::test]
async fn list_of_boards_is_steered_by_arrow_keys() -> Result<()> {
    in_each(Engine::all()?, steers_the_list).await
}

/// Keys whose panels are the desk's: there and back, with the wall's own settings.
#[tokio::test]
async fn wall_key_opens_the_desks_panel_which_closes_to_the_wall() -> Result<()> {
    let wall = Wall::start(still(), POLL, &[]).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.open(&wall.url("/board/main?metres=5")).await?;
    for (key, panel) in [("?", ".help"), ("s", ".settings")] {
        let is_wall = "location.pathname + location.search + location.hash === \
            '/board/main?metres=5' && !!document.querySelector('.tile')";
        tab.wait_for(is_wall, SOON).await?;
        press(&mut tab, key).await?;
        let is_open =
            format!("location.pathname === '/desk/main' && !!document.querySelector('{panel}')");
        tab.wait_for(&is_open, SOON).await?;
        if key == "s" {
            let link =
                "document.querySelector('#set-address').value.endsWith('/board/main?metres=5')";
            check(&mut tab, link).await?;
            let choices = "[].every.call(document.querySelectorAll('.choices'), \
                it => it.clientWidth > 50 && it.scrollWidth <= it.clientWidth)";
            check(&mut tab, choices).await?;
            let queues = "document.querySelectorAll('.setting-queues .check').length > 1";
            check(&mut tab, queues).await?;
        }
        press(&mut tab, "Escape").await?;
    }
    tab.wait_for("location.pathname === '/board/main'", SOON)
        .await
}

#[tokio::test]
async fn phone_is_redirected_to_desk_once_unless_wall_is_requested() -> Result<()> {
    let wall = Wall::start(still(), POLL, &[]).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let phone = async || -> Result<Tab> {
        let mut tab = browser.tab().await?;
        let size = json!({
            "width": 390, "height": 844, "screenWidth": 390, "screenHeight": 844,
            "deviceScaleFactor": 2, "mobile": true,
        });
        tab.command("Emulation.setDeviceMetricsOverride", size)
            .await?;
        let touch = json!({ "enabled": true, "maxTouchPoints": 5 });
        tab.command("Emulation.setTouchEmulationEnabled", touch)
            .await?;
        Ok(tab)
    };
    let shows = |address: &str| {
        format!(
            "location.pathname + location.search === '{address}' && \
             !!document.querySelector('.tile')"
        )
    };
    let mut tab = phone().await?;
    // A TV's address: neither its distance nor its name is the phone's.
    tab.navigate(&wall.url("/board/main?metres=5&screen=Hall%202&inches=55"))
        .await?;
    tab.wait_for(&shows("/desk/main?metres=5&inches=55"), SOON)
        .await?;
    check(
        &mut tab,
        "document.documentElement.scrollWidth <= innerWidth",
    )
    .await?;
    // Who goes back to the wall means it.
    tab.navigate(&wall.url("/board/main?lang=de")).await?;
    tab.wait_for(&shows("/board/main?lang=de"), SOON).await?;

    let mut tab = phone().await?;
    tab.open(&wall.url("/board/main?view=wall")).await?;
    tab.wait_for(&shows("/board/main?view=wall"), SOON).await?;
    // A touch screen on a wall is no phone.
    let mut tab = browser.tab().await?;
    let touch = json!({ "enabled": true, "maxTouchPoints": 5 });
    tab.command("Emulation.setTouchEmulationEnabled", touch)
        .await?;
    tab.open(&wall.url("/board/main")).await?;
    tab.wait_for(&shows("/board/main"), SOON).await
}

#[tokio::test]
#[ignore = "takes seven minutes: `cargo xtask test --long`"]
async fn a_tab_hidden_for_six_minutes_stays_true() -> Result<()> {
    // Hidden pages' timers are woken once a minute after five of them.
    stays_true_while_hidden(Duration::from_secs(6 * 60 + 30), 2).await
}
