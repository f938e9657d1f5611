//! Every state that a tile can be in, from a tenant that brings it about, in today's
//! Chromium and in those of old TVs; and that none of it hangs on the screen's own clock.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    devtools::Tab,
    scene::{self, Mood},
    stage::Stage,
    wall::Wall,
};
use queuewall_simulator::{Fault, Field, Options, QueueOverride};
use serde_json::json;

const POLL: Duration = Duration::from_secs(5);
const SOON: Duration = Duration::from_secs(180);
const BOARD: &str = "/board/main?metres=1&rotate=off";

/// The board's queues, in its order, by what happens to them.
const CALM: &str = "352669";
const CRITICAL: &str = "352677";
const WARNING: &str = "352683";
const CLOSED: &str = "352690";
const DASH: &str = "352702";
const LEFT_OUT: &str = "352705";
const GONE: &str = "352716";
const QUEUES: [&str; 7] = [CALM, CRITICAL, WARNING, CLOSED, DASH, LEFT_OUT, GONE];

fn options() -> Options {
    Options {
        speed: 0.0,
        rate_limit_per_minute: None,
        ..Options::default()
    }
}

fn at_work(waiting: u64, wait_ms: u64) -> QueueOverride {
    QueueOverride {
        waiting: Field::Value(waiting),
        average_wait_ms: Field::Value(wait_ms),
        logged_on: Field::Value(9),
        available: Field::Value(2),
        busy: Field::Value(7),
        service_level: Field::Value(95.0),
        ..QueueOverride::default()
    }
}

/// A wall whose tenant has a queue for each state that needs no time.
async fn start() -> Result<Wall> {
    let wall = Wall::start(options(), POLL, &QUEUES).await?;
    let tenant = wall.tenant();
    for queue in QUEUES {
        tenant.set(queue, at_work(0, 0));
    }
    tenant.set(CRITICAL, at_work(12, 30_000));
    tenant.set(WARNING, at_work(2, 90_000));
    let nobody = QueueOverride {
        logged_on: Field::Value(0),
        available: Field::Value(0),
        busy: Field::Value(0),
        ..at_work(0, 0)
    };
    tenant.set(CLOSED, nobody);
    let dash = QueueOverride {
        waiting: Field::Null,
        ..at_work(0, 0)
    };
    tenant.set(DASH, dash);
    Ok(wall)
}

fn tile(queue: &str) -> String {
    format!("document.querySelector('[data-queue=\"{queue}\"]')")
}

async fn wait_for(tab: &mut Tab, queue: &str, attributes: &[(&str, &str)]) -> Result<()> {
    let tile = tile(queue);
    let all: Vec<String> = attributes
        .iter()
        .map(|(name, value)| format!("{tile}.getAttribute('{name}') === '{value}'"))
        .collect();
    let condition = format!("!!{tile} && {}", all.join(" && "));
    tab.wait_for(&condition, SOON)
        .await
        .with_context(|| format!("queue {queue}: {attributes:?}"))
}

/// What of a tile's part is on the screen; empty where nothing is.
async fn seen(tab: &mut Tab, queue: &str, part: &str) -> Result<String> {
    let element = format!("{}.querySelector('{part}')", tile(queue));
    let text = tab
        .evaluate(&format!(
            "{element}.getBoundingClientRect().height ? {element}.textContent : ''"
        ))
        .await?;
    Ok(text.as_str().unwrap_or_default().trim().to_owned())
}

async fn every_state(engine: &Engine) -> Result<()> {
    let mut wall = start().await?;
    let browser = Browser::start(engine).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    tab.open(&wall.url(BOARD)).await?;

    wait_for(&mut tab, CRITICAL, &[("data-level", "critical")]).await?;
    wait_for(&mut tab, WARNING, &[("data-level", "warning")]).await?;
    ensure!(seen(&mut tab, CRITICAL, ".tile-reason p").await? == "Critical: 10+ waiting");
    ensure!(seen(&mut tab, WARNING, ".tile-reason p").await? == "Warning: wait over 1:00");
    // Unknown, zero and closed are three things to see.
    ensure!(seen(&mut tab, DASH, ".tile-hero").await? == "–");
    ensure!(seen(&mut tab, CALM, ".tile-hero").await? == "0");
    wait_for(&mut tab, CLOSED, &[("data-state", "closed")]).await?;
    ensure!(seen(&mut tab, CLOSED, ".tile-hero").await?.is_empty());
    ensure!(seen(&mut tab, CLOSED, ".tile-closed").await? == "Closed");

    let unread = "document.querySelector('.header-unread').textContent";
    let all = tab.evaluate(unread).await?;
    wall.tenant().omit(LEFT_OUT);
    wall.tenant().remove(GONE);
    wait_for(&mut tab, LEFT_OUT, &[("data-state", "ageing")]).await?;
    // As soon as an answer tells that the others are younger.
    let ago = format!("{}.querySelector('.tile-ago').textContent", tile(LEFT_OUT));
    tab.wait_for(&format!("{ago}.endsWith('ago')"), SOON)
        .await?;
    wait_for(&mut tab, LEFT_OUT, &[("data-state", "stale")]).await?;
    ensure!(!seen(&mut tab, LEFT_OUT, ".tile-age").await?.is_empty());
    wait_for(&mut tab, GONE, &[("data-state", "not_found")]).await?;
    ensure!(seen(&mut tab, GONE, ".tile-hero").await? == "–");
    ensure!(seen(&mut tab, GONE, ".tile-cause").await? == "No such queue in CXone");
    // Neither is in the totals any more.
    ensure!(all == "", "{all}");
    tab.wait_for(&format!("{unread} === '2 not read'"), SOON)
        .await?;

    wall.tenant().fail_with(Fault::status(503));
    wait_for(
        &mut tab,
        CRITICAL,
        &[("data-state", "stale"), ("data-level", "none")],
    )
    .await?;
    tab.wait_for("!document.querySelector('.banner').hidden", SOON)
        .await?;
    wall.tenant().heal();
    wait_for(&mut tab, CALM, &[("data-state", "fresh")]).await?;

    wall.stop_server().await?;
    tab.wait_for("!!document.querySelector('[data-link=\"lost\"]')", SOON)
        .await?;
    wait_for(&mut tab, CALM, &[("data-state", "stale")]).await?;
    let banner = tab
        .evaluate("document.querySelector('.banner').textContent")
        .await?;
    let banner = banner.as_str().unwrap_or_default();
    ensure!(
        banner.contains("No connection to the Queuewall server since")
            && (banner.contains("Next try in") || banner.contains("Trying now")),
        "{banner}"
    );
    ensure!(tab.evaluate(unread).await? == "7 not read");
    Ok(())
}

#[tokio::test]
async fn every_state_is_shown_for_what_it_is() -> Result<()> {
    every_state(&Engine::today()?).await
}

#[tokio::test]
async fn every_state_is_shown_in_every_other_engine() -> Result<()> {
    in_each(Engine::others(), async |engine| every_state(&engine).await).await
}

#[tokio::test]
async fn forbidden_tenant_is_explained_on_the_wall() -> Result<()> {
    let closed_door = Options {
        scope_granted: false,
        ..options()
    };
    let wall = Wall::start(closed_door, POLL, &QUEUES).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.open(&wall.url(BOARD)).await?;
    wait_for(&mut tab, CALM, &[("data-state", "forbidden")]).await?;
    ensure!(seen(&mut tab, CALM, ".tile-hero").await? == "–");
    ensure!(!seen(&mut tab, CALM, ".tile-cause").await?.is_empty());
    Ok(())
}

/// What a tenant tells that gives no mean waits, and counts agents off calls.
#[tokio::test]
async fn longest_wait_and_off_call_agents_are_shown_if_they_fit() -> Result<()> {
    let board = scene::board(Mood::Detailed, 24, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    // Calm, with one agent in after-call work and two away.
    let calm = board.queues[1].id.as_str();
    // Over no call: a dash, and no bar.
    let morning = board.queues[5].id.as_str();
    for (path, has_room) in [
        ("/board/main?rotate=off", false),
        ("/board/main?metres=1&rotate=off", true),
        ("/desk/main", true),
    ] {
        tab.open(&stage.url(path)).await?;
        wait_for(&mut tab, calm, &[("data-state", "fresh")]).await?;
        let labels = "[].every.call(document.querySelectorAll('[data-state=\"fresh\"]'), \
            tile => tile.querySelector('dt').textContent === 'Longest' \
            && /^(–|[0-9]:[0-9]{2})$/.test(tile.querySelector('[data-metric=\"longest_wait\"]').textContent))";
        ensure!(tab.evaluate(labels).await? == true, "{path}: {labels}");
        let off_call = seen(&mut tab, calm, ".tile-off-call").await?;
        ensure!(off_call.is_empty() != has_room, "{path}: {off_call:?}");
        for part in [".bar-after-call", ".bar-away"] {
            let width = format!("{}.querySelector('{part}').offsetWidth > 2", tile(calm));
            ensure!(tab.evaluate(&width).await? == true, "{path}: no {part}");
        }
        ensure!(seen(&mut tab, morning, "[data-metric=\"service_level\"] span").await? == "–");
        let reasons = "[].map.call(document.querySelectorAll('[data-level=\"warning\"] .tile-reason'), \
            it => it.textContent).some(it => it.startsWith('Warning: longest >\u{a0}2:00'))";
        ensure!(tab.evaluate(reasons).await? == true, "{path}: no reason");
    }
    Ok(())
}

/// Two screens of one wall, one with a clock that is a day behind: they show the same.
#[tokio::test]
async fn a_screen_whose_clock_is_a_day_off_shows_the_same() -> Result<()> {
    let wall = start().await?;
    wall.tenant().omit(LEFT_OUT);
    let browser = Browser::start(&Engine::today()?).await?;
    let mut right = browser.tab().await?;
    let mut wrong = browser.tab().await?;
    let a_day_behind = "(() => {
        const Real = Date, day = 86400000;
        class Late extends Real {
            constructor(...parts) { parts.length ? super(...parts) : super(Real.now() - day); }
            static now() { return Real.now() - day; }
        }
        window.Date = Late;
    })()";
    wrong
        .command(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": a_day_behind }),
        )
        .await?;
    let everything = "JSON.stringify([
        [].map.call(document.querySelectorAll('[data-queue]:not([hidden])'), tile =>
            [tile.dataset.queue, tile.dataset.state, tile.dataset.level, tile.querySelector('.tile-reason').textContent]),
        document.querySelector('.header-clock').textContent,
        document.querySelector('.banner').textContent,
        document.querySelector('.header-total').textContent,
        document.querySelector('.header-critical').textContent])";
    for tab in [&mut right, &mut wrong] {
        tab.resize(1920, 1080).await?;
        tab.open(&wall.url(BOARD)).await?;
        wait_for(tab, CRITICAL, &[("data-level", "critical")]).await?;
    }
    let late = wrong
        .evaluate("Math.round((performance.timing.navigationStart - Date.now()) / 3600000)")
        .await?;
    ensure!(late == 24, "the second screen's clock is {late} h behind");
    // The two ask at different moments: what they say must agree at some moment soon.
    for _ in 0..60 {
        if right.evaluate(everything).await? == wrong.evaluate(everything).await? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let (right, wrong) = (
        right.evaluate(everything).await?,
        wrong.evaluate(everything).await?,
    );
    anyhow::bail!("the right clock shows {right}\nthe wrong one {wrong}")
}
