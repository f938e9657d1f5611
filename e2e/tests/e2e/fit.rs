//! The distance contract in a real layout: whatever the screen, the distance and the
//! number of queues, nothing overlaps, scrolls, is cut or is smaller than it may be.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    devtools::Tab,
    scene::{self, Mood},
    stage::Stage,
    wall::Wall,
};
use queuewall_shared::{
    fit,
    snapshot::{Agents, BoardSnapshot},
};
use queuewall_simulator::{Field, Options, QueueOverride};
use serde_json::Value;

const POLL: Duration = Duration::from_secs(5);
const SOON: Duration = Duration::from_secs(180);

/// Screens, in CSS pixels, and from how far people read how large ones.
const SIZES: [(u32, u32); 5] = [
    (800, 480),
    (1280, 720),
    (1920, 1080),
    (1080, 1920),
    (3840, 2160),
];
const DISTANCES: [(f64, f64); 4] = [(0.6, 24.0), (3.0, 55.0), (5.0, 55.0), (8.0, 55.0)];

/// Everything on the screen that breaks the contract, as a list of sentences.
const FAULTS: &str = r#"(smallest => {
    const faults = [];
    const say = (what, element) => faults.push(what + ': ' + (element.className || element.tagName)
        + ' in ' + ((element.closest('[data-queue]') || document.body).getAttribute('data-queue') || 'the frame')
        + ' "' + (element.textContent || '').slice(0, 40) + '"');
    const root = document.scrollingElement;
    if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) faults.push('the page scrolls');
    const tiles = [].filter.call(document.querySelectorAll('.tile'), tile => !tile.hidden);
    const boxes = tiles.map(tile => tile.getBoundingClientRect());
    boxes.forEach((box, place) => {
        if (box.left < 0 || box.top < 0 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5)
            say('out of the screen', tiles[place]);
        boxes.slice(place + 1).forEach(other => {
            if (box.left < other.right - 0.5 && other.left < box.right - 0.5
                && box.top < other.bottom - 0.5 && other.top < box.bottom - 0.5) say('overlaps', tiles[place]);
        });
    });
    const walk = document.createTreeWalker(document.querySelector('.board'), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const element = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim()) continue;
        const range = document.createRange();
        range.selectNode(walk.currentNode);
        const box = range.getBoundingClientRect();
        if (box.width === 0 || getComputedStyle(element).visibility === 'hidden') continue;
        const size = parseFloat(getComputedStyle(element).fontSize);
        if (size < smallest - 0.3) say('type of ' + size.toFixed(1) + ' px', element);
        const tile = element.closest('.tile');
        if (tile) {
            const edge = tile.getBoundingClientRect();
            // What has no room there wraps out of sight.
            const mayGo = element.closest('.tile-since, .tile-change');
            if (!mayGo && (box.right > edge.right + 1 || box.bottom > edge.bottom + 1 || box.top < edge.top - 1))
                say('cut off', element);
            if (element.matches('dt, b, span, .tile-name') && element.scrollWidth > element.clientWidth + 1
                && element.clientWidth > 0) say('does not fit its box, ' + element.scrollWidth + ' in ' + element.clientWidth + ' px of ' + size, element);
        }
    }
    tiles.forEach(tile => {
        const side = tile.querySelector('.tile-side');
        if (side.scrollWidth > side.clientWidth + 1) say('does not fit its box', side);
        const label = tile.querySelector('.tile-label');
        if (label.scrollWidth > label.clientWidth + 1) say('does not fit its box', label);
        const counts = [].filter.call(tile.querySelectorAll('.tile-counts'), line => line.offsetHeight > 0);
        counts.forEach(line => {
            if (line.lastElementChild.offsetTop > line.firstElementChild.offsetTop) say('wraps', line);
        });
        const visible = ['.tile-head', '.tile-figure', '.tile-side', '.tile-line', '.tile-agents', '.tile-facts', '.tile-reason', '.tile-cause']
            .map(part => tile.querySelector(part)).filter(part => part && part.getBoundingClientRect().height > 0);
        visible.forEach((part, place) => visible.slice(0, place).forEach(before => {
            const [one, other] = [part, before].map(it => it.getBoundingClientRect());
            if (one.left < other.right - 1 && other.left < one.right - 1
                && one.top < other.bottom - 1 && other.top < one.bottom - 1) say('lies over another part', part);
        }));
    });
    return faults;
})"#;

/// Type that a screen of `width` by `height` must not go below, by the contract: a
/// capital of 1/200 of the distance, at 0.7 em.
pub(crate) fn smallest_px(width: u32, height: u32, metres: f64, inches: f64) -> f64 {
    let px_per_mm = f64::from(width).hypot(f64::from(height)) / (inches * 25.4);
    metres * 1_000.0 / 200.0 * px_per_mm / 0.7
}

pub(crate) async fn faults(tab: &mut Tab, smallest: f64) -> Result<Vec<String>> {
    let found = tab.evaluate(&format!("{FAULTS}({smallest})")).await?;
    Ok(serde_json::from_value(found)?)
}

/// A tenant in which names are long, numbers wide and some queues in trouble.
async fn start(queues: usize) -> Result<Wall> {
    let options = Options {
        speed: 0.0,
        rate_limit_per_minute: None,
        queues,
        ..Options::default()
    };
    let wall = Wall::start(options, POLL, &[]).await?;
    let tenant = wall.tenant();
    for (place, queue) in tenant.queue_ids().iter().enumerate() {
        let pins = match place % 4 {
            // One queue at its worst: no number may push another one over the edge.
            0 if place == 4 => QueueOverride {
                waiting: Field::Value(12_345),
                average_wait_ms: Field::Value(35_999_000),
                service_level: Field::Value(100.0),
                logged_on: Field::Value(128),
                available: Field::Value(0),
                busy: Field::Value(118),
                ..QueueOverride::default()
            },
            0 => QueueOverride {
                waiting: Field::Value(28),
                average_wait_ms: Field::Value(1_428_000),
                service_level: Field::Value(100.0),
                logged_on: Field::Value(128),
                available: Field::Value(0),
                busy: Field::Value(118),
                ..QueueOverride::default()
            },
            1 => QueueOverride {
                waiting: Field::Value(6),
                average_wait_ms: Field::Value(61_000),
                logged_on: Field::Value(28),
                available: Field::Value(11),
                busy: Field::Value(17),
                service_level: Field::Value(100.0),
                ..QueueOverride::default()
            },
            _ => QueueOverride {
                waiting: Field::Value(3),
                average_wait_ms: Field::Value(11_000),
                logged_on: Field::Value(188),
                available: Field::Value(88),
                busy: Field::Value(88),
                service_level: Field::Value(100.0),
                ..QueueOverride::default()
            },
        };
        tenant.set(queue, pins);
    }
    Ok(wall)
}

/// A tenant that counts agents off calls, in numbers as wide as they come.
fn detailed(queues: usize) -> BoardSnapshot {
    let mut board = scene::board(Mood::Detailed, queues, None);
    for (place, queue) in board.queues.iter_mut().enumerate() {
        let busiest = place % 2 == 0;
        queue.longest_wait_ms = Some(if busiest { 1_428_000 } else { 299_000 });
        queue.service_level.percent = Some(100.0);
        queue.agents = Agents {
            logged_on: Some(188),
            available: Some(88),
            busy: Some(48),
            after_call_work: Some(if busiest { 12 } else { 100 }),
            unavailable: Some(if busiest { 118 } else { 88 }),
        };
    }
    board
}

async fn check(
    tab: &mut Tab,
    url: impl Fn(&str) -> String,
    (width, height): (u32, u32),
    (metres, inches): (f64, f64),
) -> Result<Vec<String>> {
    tab.resize(width, height).await?;
    let path = format!("/board/main?metres={metres}&inches={inches}&rotate=off");
    tab.open(&url(&path)).await?;
    tab.wait_for(
        "!!document.querySelector('[data-level=\"critical\"]') && document.fonts.status === 'loaded'",
        SOON,
    )
    .await
    .with_context(|| format!("{width}x{height} {path}"))?;
    let legible = tab
        .evaluate("document.querySelector('.foot-limits').textContent === ''")
        .await?;
    let smallest = if legible == true {
        smallest_px(width, height, metres, inches)
    } else {
        12.0
    };
    faults(tab, smallest).await
}

/// Every one of `sizes` from every distance; for each what `also` says of it.
async fn check_all(
    tab: &mut Tab,
    url: impl Fn(&str) -> String,
    sizes: &[(u32, u32)],
    also: &str,
) -> Result<Vec<Value>> {
    let (mut broken, mut answers) = (Vec::new(), Vec::new());
    for size in sizes {
        for distance in DISTANCES {
            let found = check(tab, &url, *size, distance).await?;
            if !found.is_empty() {
                broken.push(format!("{size:?}, {distance:?}: {found:#?}"));
            }
            answers.push(tab.evaluate(also).await?);
        }
    }
    ensure!(broken.is_empty(), "{}", broken.join("\n"));
    Ok(answers)
}

#[tokio::test]
async fn every_screen_keeps_the_contract() -> Result<()> {
    let _core = crate::busy().await;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    for queues in [1, 24, 120] {
        let wall = start(queues).await?;
        let checked = check_all(&mut tab, |path| wall.url(path), &SIZES, "0").await;
        checked.with_context(|| format!("{queues} queues"))?;
    }
    Ok(())
}

/// Agents off calls have their own line on a roomy tile, and none on a small one.
#[tokio::test]
async fn every_screen_keeps_it_with_agents_off_calls() -> Result<()> {
    let _core = crate::busy().await;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    let mut lines = Vec::new();
    for queues in [1, 6, 24] {
        let stage = Stage::start(&detailed(queues), scene::AGE, scene::UPTIME).await?;
        let sizes = [SIZES[0], SIZES[2], SIZES[3]];
        let has_line = "!!document.querySelector('[data-off-call=\"true\"]')";
        let checked = check_all(&mut tab, |path| stage.url(path), &sizes, has_line).await;
        lines.extend(checked.with_context(|| format!("{queues} queues"))?);
    }
    let count = |has_line: bool| lines.iter().filter(|it| **it == has_line).count();
    ensure!(count(true) > 5 && count(false) > 5, "no choice: {lines:?}");
    Ok(())
}

/// The banner may take three lines from far away: the tiles make room for it.
#[tokio::test]
async fn a_wall_without_its_server_keeps_it_too() -> Result<()> {
    let _core = crate::busy().await;
    let mut wall = start(24).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    check(&mut tab, |path| wall.url(path), (1280, 720), (5.0, 43.0)).await?;
    wall.stop_server().await?;
    tab.wait_for("!!document.querySelector('[data-link=\"lost\"]')", SOON)
        .await?;
    for (width, height) in [(1280, 720), (1080, 1920), (1920, 1080)] {
        tab.resize(width, height).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let found = faults(&mut tab, smallest_px(width, height, 5.0, 43.0)).await?;
        ensure!(found.is_empty(), "{width}x{height}: {found:#?}");
        let covered = "(() => {
            const banner = document.querySelector('.banner').getBoundingClientRect();
            return [].some.call(document.querySelectorAll('.tile:not([hidden])'),
                tile => tile.getBoundingClientRect().top < banner.bottom - 1);
        })()";
        ensure!(
            tab.evaluate(covered).await? == false,
            "the banner covers tiles"
        );
    }
    Ok(())
}

/// Names that a line of the narrowest tile just holds, or just does not, among others.
const NAMES: [&str; 8] = [
    "Lost & Stolen Cards",
    "Complaints – Deutsch",
    "Technical Support – Español",
    "Kundenservice Nord (24/7)",
    "WWW MMM @ 100 %",
    "Billing, fill it & fly: l'été",
    "ÄÖÜ Störungsannahme Süd",
    "Órdenes de reparación 0123456789",
];

#[tokio::test]
async fn names_are_as_wide_as_the_fit_takes_them_to_be() -> Result<()> {
    let stage = Stage::start(
        &scene::board(Mood::Calm, 1, None),
        scene::AGE,
        scene::UPTIME,
    )
    .await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.open(&stage.url("/board/main")).await?;
    let shown = "!!document.querySelector('.tile') && document.fonts.status === 'loaded'";
    tab.wait_for(shown, SOON).await?;
    for name in NAMES {
        let measure = format!(
            "(pen => (pen.font = '600 100px \"Queuewall Inter\"', pen.measureText({name:?}).width / 100))\
             (document.createElement('canvas').getContext('2d'))"
        );
        let measured = tab.evaluate(&measure).await?.as_f64().unwrap_or_default();
        let taken = fit::name_em(name);
        ensure!(
            (taken / measured - 1.0).abs() < 0.03,
            "{name}: {measured} em, taken to be {taken}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn other_engines_keep_it_too() -> Result<()> {
    let _core = crate::busy().await;
    let wall = start(24).await?;
    let stage = Stage::start(&detailed(6), scene::AGE, scene::UPTIME).await?;
    in_each(Engine::others(), async |engine| {
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        for distance in [(3.0, 55.0), (5.0, 32.0)] {
            let found = check(&mut tab, |path| wall.url(path), (1920, 1080), distance).await?;
            ensure!(found.is_empty(), "{distance:?}: {found:#?}");
        }
        let found = check(&mut tab, |path| stage.url(path), (1920, 1080), (2.0, 55.0)).await?;
        ensure!(found.is_empty(), "{found:#?}");
        let line = "document.querySelector('[data-level=\"ok\"] .tile-off-call').offsetHeight > 0";
        ensure!(tab.evaluate(line).await? == true, "no line off calls");
        Ok(())
    })
    .await
}
