//! From a change in the tenant to a tile in a browser, and back from every loss.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, http_client, in_each},
    devtools::Tab,
    wall::{Dialect, SECRET, Wall},
};
use queuewall_shared::snapshot::{BoardSnapshot, Queue};
use queuewall_simulator::{Fault, Field, Options, QueueOverride, Quirk};
use tokio::time::{Instant, sleep};

/// The shortest that the configuration allows. The page asks every 5 s too, so a tile
/// is at most 10 s old, and stale (15 s) only when something is wrong.
const POLL: Duration = Duration::from_secs(5);

/// The board on a near screen that holds all of its tiles on one page.
const BOARD: &str = "/board/main?metres=1&rotate=off";

/// Long enough for a slow machine; what is waited for comes in a few seconds.
const SOON: Duration = Duration::from_secs(180);

/// A tenant whose numbers change only when a test says so.
fn still() -> Options {
    Options {
        speed: 0.0,
        rate_limit_per_minute: None,
        ..Options::default()
    }
}

fn metric(queue: &str, name: &str) -> String {
    format!("document.querySelector('[data-queue=\"{queue}\"] [data-metric=\"{name}\"]')")
}

/// A page of the wall in a separate browser, which ends with its handle.
async fn open(engine: &Engine, wall: &Wall, path: &str) -> Result<(Browser, Tab)> {
    let browser = Browser::start(engine).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    tab.open(&wall.url(path)).await?;
    Ok((browser, tab))
}

async fn wait_for_metric(tab: &mut Tab, queue: &str, name: &str, text: &str) -> Result<()> {
    let element = metric(queue, name);
    let condition = format!("!!{element} && {element}.textContent.trim() === {text:?}");
    tab.wait_for(&condition, SOON).await
}

async fn wait_for_state(tab: &mut Tab, queue: &str, state: &str) -> Result<()> {
    let condition =
        format!("!!document.querySelector('[data-queue=\"{queue}\"][data-state=\"{state}\"]')");
    tab.wait_for(&condition, SOON).await
}

async fn wait_for_level(tab: &mut Tab, queue: &str, level: &str) -> Result<()> {
    let condition =
        format!("!!document.querySelector('[data-queue=\"{queue}\"][data-level=\"{level}\"]')");
    tab.wait_for(&condition, SOON).await
}

async fn wait_for_link(tab: &mut Tab, link: &str) -> Result<()> {
    tab.wait_for(
        &format!("!!document.querySelector('[data-link=\"{link}\"]')"),
        SOON,
    )
    .await
}

/// A change in the tenant reaches a tile in `engine`, and the page says nothing
/// amiss.
async fn shows_a_change(engine: &Engine, dialect: Dialect) -> Result<()> {
    let wall = Wall::start_in(dialect, still(), POLL, &[]).await?;
    let queue = wall
        .tenant()
        .queue_ids()
        .first()
        .context("a queue")?
        .clone();
    wall.tenant().set(&queue, QueueOverride::waiting(41));
    let (_browser, mut tab) = open(engine, &wall, BOARD).await?;
    wait_for_metric(&mut tab, &queue, "waiting", "41").await?;
    // 41 calls are far past the limit, whatever else the queue does.
    wait_for_level(&mut tab, &queue, "critical").await?;
    let tiles = tab
        .evaluate("document.querySelectorAll('[data-queue]:not([hidden])').length")
        .await?;
    ensure!(tiles == wall.tenant().queue_ids().len(), "{tiles} tiles");

    wall.tenant().set(&queue, QueueOverride::waiting(42));
    wait_for_metric(&mut tab, &queue, "waiting", "42").await?;
    let complaints = tab.take_complaints();
    ensure!(complaints.is_empty(), "{complaints:#?}");
    Ok(())
}

#[tokio::test]
async fn a_change_in_the_tenant_reaches_a_tile() -> Result<()> {
    for dialect in Dialect::ALL {
        let shown = shows_a_change(&Engine::today()?, dialect).await;
        shown.with_context(|| format!("{dialect:?}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_change_in_the_tenant_reaches_a_tile_in_every_other_engine() -> Result<()> {
    in_each(Engine::others(), async |engine| {
        shows_a_change(&engine, Dialect::ReportingV2).await
    })
    .await
}

#[tokio::test]
async fn a_lost_server_is_shown_and_comes_back_by_itself() -> Result<()> {
    let mut wall = Wall::start(still(), POLL, &[]).await?;
    let queue = wall
        .tenant()
        .queue_ids()
        .first()
        .context("a queue")?
        .clone();
    // A warning, whatever else goes on in the queue.
    let seven = QueueOverride {
        available: Field::Value(2),
        average_wait_ms: Field::Value(20_000),
        service_level: Field::Value(95.0),
        ..QueueOverride::waiting(7)
    };
    wall.tenant().set(&queue, seven);
    let (_browser, mut tab) = open(&Engine::today()?, &wall, BOARD).await?;
    wait_for_metric(&mut tab, &queue, "waiting", "7").await?;
    wait_for_link(&mut tab, "ok").await?;
    wait_for_level(&mut tab, &queue, "warning").await?;

    wall.stop_server().await?;
    wait_for_link(&mut tab, "lost").await?;
    wait_for_state(&mut tab, &queue, "stale").await?;
    let coloured =
        "document.querySelectorAll('[data-level=\"warning\"], [data-level=\"critical\"]').length";
    ensure!(
        tab.evaluate(coloured).await? == 0,
        "old data keep their level"
    );

    wall.tenant().set(&queue, QueueOverride::waiting(8));
    wall.restart_server().await?;
    wait_for_link(&mut tab, "ok").await?;
    wait_for_metric(&mut tab, &queue, "waiting", "8").await
}

#[tokio::test]
async fn a_lost_tenant_makes_the_tiles_stale_and_fresh_again() -> Result<()> {
    for dialect in Dialect::ALL {
        let seen = loses_its_tenant(dialect).await;
        seen.with_context(|| format!("{dialect:?}"))?;
    }
    Ok(())
}

async fn loses_its_tenant(dialect: Dialect) -> Result<()> {
    let wall = Wall::start_in(dialect, still(), POLL, &[]).await?;
    let queue = wall
        .tenant()
        .queue_ids()
        .first()
        .context("a queue")?
        .clone();
    wall.tenant().set(&queue, QueueOverride::waiting(7));
    let (_browser, mut tab) = open(&Engine::today()?, &wall, BOARD).await?;
    wait_for_metric(&mut tab, &queue, "waiting", "7").await?;

    wall.tenant().fail_with(Fault::status(503));
    wait_for_state(&mut tab, &queue, "stale").await?;
    wait_for_link(&mut tab, "ok").await?;
    wall.tenant().heal();
    tab.wait_for(
        &format!("!document.querySelector('[data-queue=\"{queue}\"][data-state=\"stale\"]')"),
        SOON,
    )
    .await
}

#[tokio::test]
async fn unknown_zero_closed_and_not_found_are_different() -> Result<()> {
    for dialect in Dialect::ALL {
        let shown = tells_states_apart(dialect).await;
        shown.with_context(|| format!("{dialect:?}"))?;
    }
    Ok(())
}

async fn tells_states_apart(dialect: Dialect) -> Result<()> {
    // The last is none of the tenant's.
    let queues = ["352669", "352677", "352683", "999999"];
    let wall = Wall::start_in(dialect, still(), POLL, &queues).await?;
    let ids = wall.tenant().queue_ids();
    let [unknown, zero, closed] = [0, 1, 2].map(|index| ids[index].clone());
    wall.tenant().set(
        &unknown,
        QueueOverride {
            waiting: Field::Null,
            ..QueueOverride::default()
        },
    );
    wall.tenant().set(&zero, QueueOverride::waiting(0));
    let nobody = QueueOverride {
        waiting: Field::Value(0),
        logged_on: Field::Value(0),
        available: Field::Value(0),
        busy: Field::Value(0),
        ..QueueOverride::default()
    };
    wall.tenant().set(&closed, nobody);
    let (_browser, mut tab) = open(&Engine::today()?, &wall, BOARD).await?;
    wait_for_metric(&mut tab, &unknown, "waiting", "–").await?;
    if dialect == Dialect::Realtime {
        // Nobody waits, and there is no mean wait: the longest leads.
        wait_for_metric(&mut tab, &zero, "longest_wait", "–").await?;
    }
    wait_for_metric(&mut tab, &zero, "waiting", "0").await?;
    wait_for_state(&mut tab, &closed, "closed").await?;
    wait_for_state(&mut tab, queues[3], "not_found").await?;
    wait_for_state(&mut tab, &zero, "fresh").await
}

#[tokio::test]
async fn an_unchanged_poll_touches_no_node() -> Result<()> {
    // Long enough that no tile grows old meanwhile, which would rightly show.
    let wall = Wall::start(still(), Duration::from_secs(60), &[]).await?;
    // And calm: a troubled tile counts its minutes.
    for queue in wall.tenant().queue_ids() {
        let calm = QueueOverride {
            waiting: Field::Value(0),
            average_wait_ms: Field::Value(0),
            logged_on: Field::Value(9),
            available: Field::Value(5),
            busy: Field::Value(4),
            service_level: Field::Value(95.0),
            ..QueueOverride::default()
        };
        wall.tenant().set(&queue, calm);
    }
    let (_browser, mut tab) = open(&Engine::today()?, &wall, BOARD).await?;
    tab.wait_for(
        "document.querySelectorAll('[data-queue][data-state=\"fresh\"]').length > 3",
        SOON,
    )
    .await?;
    // The clock in the header is the one thing that moves; the tiles are the claim.
    let counted = "new Promise(done => {
        let records = 0;
        const watch = new MutationObserver(list => { records += list.length; });
        document.querySelectorAll('[data-queue]').forEach(tile => watch.observe(tile,
            { subtree: true, childList: true, characterData: true, attributes: true }));
        const polls = () => performance.getEntriesByType('resource')
            .filter(entry => entry.name.endsWith('/api/boards/main')).length;
        const before = polls();
        const look = () => polls() >= before + 3 ? done(records) : setTimeout(look, 200);
        look();
    })";
    let records = tab.evaluate(counted).await?;
    ensure!(
        records == 0,
        "{records} mutations over three unchanged polls"
    );
    Ok(())
}

#[tokio::test]
async fn the_boards_are_listed_and_an_unknown_one_is_explained() -> Result<()> {
    let wall = Wall::start(still(), POLL, &[]).await?;
    let (_browser, mut tab) = open(&Engine::today()?, &wall, "/healthz").await?;
    tab.navigate(&wall.url("/?metres=5")).await?;
    // With a single board there is no choice to make.
    let is_at_board = "location.pathname + location.search === '/board/main?metres=5'";
    tab.wait_for(is_at_board, SOON).await?;
    let wall = Wall::start_with_boards(still(), POLL, &["sales"]).await?;
    tab.open(&wall.url("/")).await?;
    tab.wait_for("!!document.querySelector('a[href^=\"/board/main\"]')", SOON)
        .await?;
    tab.open(&wall.url("/board/nothing")).await?;
    tab.wait_for("document.body.innerText.includes('nothing')", SOON)
        .await
}

#[tokio::test]
async fn no_secret_reaches_an_answer() -> Result<()> {
    for dialect in Dialect::ALL {
        keeps_its_secrets(&Wall::start_in(dialect, still(), POLL, &[]).await?).await?;
    }
    Ok(())
}

async fn keeps_its_secrets(wall: &Wall) -> Result<()> {
    let client = http_client()?;
    for path in [
        "/",
        "/board/main",
        "/api/boards",
        "/api/boards/main",
        "/healthz",
        "/readyz",
        "/nowhere",
    ] {
        let answer = client.get(wall.url(path)).send().await?;
        let headers = format!("{:?}", answer.headers());
        let body = answer.text().await?;
        for secret in [SECRET, "Bearer", "access_token", "refresh_token"] {
            ensure!(
                !headers.contains(secret) && !body.contains(secret),
                "{path} holds {secret}"
            );
        }
    }
    Ok(())
}

/// The board as programs get it, once every queue has been read.
async fn board_once_read(wall: &Wall) -> Result<BoardSnapshot> {
    let (client, started) = (http_client()?, Instant::now());
    loop {
        let answer = client.get(wall.url("/api/boards/main")).send().await?;
        let board: BoardSnapshot = serde_json::from_slice(&answer.bytes().await?)?;
        if !board.queues.is_empty() && board.queues.iter().all(|queue| queue.has_reading()) {
            return Ok(board);
        }
        ensure!(started.elapsed() < SOON, "not read: {board:?}");
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn odd_spellings_of_cxone_change_no_number() -> Result<()> {
    for dialect in Dialect::ALL {
        let odd = Options {
            quirks: vec![
                Quirk::NumbersAsText,
                Quirk::FlagsAsText,
                Quirk::Fractions,
                Quirk::OddNames,
                Quirk::TotalAsText,
                Quirk::NoLinks,
                Quirk::QueueTimeAhead,
            ],
            ..still()
        };
        let odd = Wall::start_in(dialect, odd, POLL, &[]).await?;
        let plain = Wall::start_in(dialect, still(), POLL, &[]).await?;
        let (odd, plain) = (board_once_read(&odd).await?, board_once_read(&plain).await?);
        ensure!(odd.queues.len() == plain.queues.len(), "{dialect:?}");
        for (odd, plain) in odd.queues.iter().zip(&plain.queues) {
            let numbers = |queue: &Queue| {
                let at_work = (queue.waiting, queue.average_wait_ms, queue.agents);
                (queue.id.clone(), at_work, queue.service_level)
            };
            ensure!(
                numbers(odd) == numbers(plain),
                "{dialect:?}: {odd:?}\n{plain:?}"
            );
        }
    }
    Ok(())
}
