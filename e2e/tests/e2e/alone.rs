//! A wall that nobody attends: it makes room for a newer page and comes back from
//! crashes, by itself and never in a tight loop.

use std::time::Duration;

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    devtools::Tab,
    wall::Wall,
};
use queuewall_simulator::Options;
use serde_json::{Value, json};
use tokio::time::sleep;

const POLL: Duration = Duration::from_secs(5);

/// Long enough for a slow machine.
const SOON: Duration = Duration::from_secs(180);

/// Every load of the page notes itself, and every longer pause that the page asks for,
/// in the tab's name, which outlives a reload. Pauses of the page's last resort take
/// 1/200 of their time; luck is what the test says.
fn witness(luck: f64) -> String {
    format!(
        "(function () {{
            var notes = window.name ? JSON.parse(window.name) : {{ loads: 0, pauses: [] }};
            var keep = function () {{ window.name = JSON.stringify(notes); }};
            if (location.protocol !== 'http:') return;
            notes.loads += 1;
            keep();
            window.witness = notes;
            Math.random = function () {{ return {luck}; }};
            var real = window.setTimeout;
            window.setTimeout = function (act, pause) {{
                // The first 5 s of a load: the pointer. 12 s: a page that has not started by then
                // says why. 30 s: the limit of a fetch. An hour: all is well.
                var isPointer = pause === 5000 && !window.hasPointer;
                window.hasPointer = window.hasPointer || isPointer;
                if (isPointer || pause < 4000 || pause === 12000 || pause === 30000 || pause === 3600000) return real(act, pause);
                notes.pauses.push(pause);
                keep();
                return real(act, pause / 200);
            }};
        }})();"
    )
}

/// From now on the page cannot make an element of this kind; on the first load alone, or
/// on every one. It panics then.
fn breaking(tag: &str, on: &str) -> String {
    format!(
        "(function () {{
            var real = Document.prototype.createElement;
            Document.prototype.createElement = function (name) {{
                if (name === '{tag}' && {on}) throw new Error('no ' + name);
                return real.apply(this, arguments);
            }};
        }})();"
    )
}

/// A browser in which every page first runs `scripts`.
async fn prepared(engine: &Engine, scripts: &[String]) -> Result<(Browser, Tab)> {
    let browser = Browser::start(engine).await?;
    let mut tab = browser.tab().await?;
    for script in scripts {
        tab.inject(script).await?;
    }
    Ok((browser, tab))
}

async fn wall() -> Result<Wall> {
    let still = Options {
        speed: 0.0,
        rate_limit_per_minute: None,
        ..Options::default()
    };
    Wall::start_with_boards(still, POLL, &["sales"]).await
}

async fn loads(tab: &mut Tab) -> Result<Value> {
    tab.evaluate("window.witness.loads").await
}

const SHOWN: &str = "!!document.querySelector('[data-link=\"ok\"] [data-queue]')";

async fn wait_for_load(tab: &mut Tab, number: u32) -> Result<()> {
    tab.wait_for(
        &format!("window.witness.loads === {number} && {SHOWN}"),
        SOON,
    )
    .await
}

async fn reloads_once_for_a_build(engine: Engine) -> Result<()> {
    let mut wall = wall().await?;
    let (_browser, mut tab) = prepared(&engine, &[witness(0.0)]).await?;
    tab.open(&wall.url("/board/main")).await?;
    wait_for_load(&mut tab, 1).await?;

    // The server is another build, and its assets cannot be had yet.
    wall.stop_server().await?;
    tab.block(&["*/assets/*"]).await?;
    wall.restart_server_as("another").await?;
    tab.wait_for(
        "performance.getEntriesByType('resource')
            .filter(function (it) { return it.name.indexOf('/assets/') > 0; }).length > 4 ||
         performance.now() > 25000",
        SOON,
    )
    .await?;
    ensure!(
        loads(&mut tab).await? == 1,
        "it reloaded without its assets"
    );
    tab.wait_for(SHOWN, SOON).await?;

    tab.block(&[]).await?;
    wait_for_load(&mut tab, 2).await?;
    // Longer than from one poll to the next.
    sleep(Duration::from_secs(12)).await;
    ensure!(loads(&mut tab).await? == 2, "it reloaded again");
    tab.wait_for(SHOWN, SOON).await
}

#[tokio::test]
async fn new_build_reloads_page_once_and_only_when_available() -> Result<()> {
    in_each(Engine::all()?, reloads_once_for_a_build).await
}

#[tokio::test]
async fn the_list_of_boards_makes_room_too() -> Result<()> {
    let mut wall = wall().await?;
    let (_browser, mut tab) = prepared(&Engine::today()?, &[witness(0.0)]).await?;
    tab.open(&wall.url("/")).await?;
    tab.wait_for("!!document.querySelector('a[href^=\"/board/main\"]')", SOON)
        .await?;
    ensure!(loads(&mut tab).await? == 1);
    wall.stop_server().await?;
    wall.restart_server_as("another").await?;
    tab.wait_for("window.witness.loads === 2", SOON).await
}

#[tokio::test]
async fn a_server_that_is_down_strands_no_screen() -> Result<()> {
    let mut wall = wall().await?;
    // Twelve seconds after it knows of the other build.
    let (_browser, mut tab) = prepared(&Engine::today()?, &[witness(0.2)]).await?;
    tab.open(&wall.url("/board/main")).await?;
    wait_for_load(&mut tab, 1).await?;
    wall.stop_server().await?;
    wall.restart_server_as("another").await?;
    tab.evaluate(
        "new Promise(function (done) {
            setInterval(function () {
                fetch('/api/boards').then(function (it) { return it.text(); })
                    .then(function (it) { if (it.indexOf('another') > 0) done(true); })
                    .catch(function () {});
            }, 100);
        })",
    )
    .await?;
    // One poll, and the page knows as well.
    sleep(Duration::from_secs(8)).await;
    ensure!(loads(&mut tab).await? == 1, "no spread");
    wall.stop_server().await?;
    sleep(Duration::from_secs(15)).await;
    ensure!(loads(&mut tab).await? == 1, "it reloaded into nothing");
    wall.restart_server().await?;
    wait_for_load(&mut tab, 2).await
}

async fn restarts_after_a_panic(engine: Engine) -> Result<()> {
    let wall = wall().await?;
    let scripts = [
        witness(0.5),
        breaking("template", "window.witness.loads === 1"),
    ];
    let (_browser, mut tab) = prepared(&engine, &scripts).await?;
    tab.open(&wall.url("/board/main")).await?;
    wait_for_load(&mut tab, 2).await?;
    ensure!(
        tab.evaluate("window.witness.pauses").await? == json!([5_000]),
        "the pause"
    );
    let cause = tab.evaluate("window.queuewall.lastCause()").await?;
    let cause = cause.as_str().unwrap_or_default().to_owned();
    ensure!(cause.contains("no template"), "the cause: {cause}");
    ensure!(
        cause.starts_with("slots.rs:") && !cause.contains('/') && !cause.contains('\n'),
        "without the builder's folders and the stack: {cause}"
    );
    ensure!(tab.evaluate("window.queuewall.restarts()").await? == 1);
    Ok(())
}

#[tokio::test]
async fn a_panic_restarts_the_page_and_is_counted_with_its_cause() -> Result<()> {
    in_each(Engine::all()?, restarts_after_a_panic).await
}

/// The page's pauses until there are `count` of them, each with a load before it.
async fn pauses(tab: &mut Tab, count: usize) -> Result<Value> {
    tab.wait_for(&format!("window.witness.pauses.length >= {count}"), SOON)
        .await?;
    let message = tab
        .evaluate("document.getElementById('startup').className")
        .await?;
    ensure!(message == "stopped", "{message}");
    let text = tab.evaluate("document.body.innerText").await?;
    let text = text.as_str().unwrap_or_default();
    ensure!(
        text.contains("Queuewall stopped") && text.contains("no template"),
        "{text}"
    );
    let title = tab.evaluate("document.title").await?;
    ensure!(
        title.as_str().unwrap_or_default().contains("stopped"),
        "the tab still says {title}"
    );
    tab.evaluate(&format!("window.witness.pauses.slice(0, {count})"))
        .await
}

async fn grows_its_pauses(engine: Engine, blocked: &str) -> Result<()> {
    let wall = wall().await?;
    let scripts = [
        blocked.to_owned(),
        witness(0.5),
        breaking("template", "true"),
    ];
    let (_browser, mut tab) = prepared(&engine, &scripts).await?;
    tab.open(&wall.url("/board/main")).await?;
    let pauses = pauses(&mut tab, 9).await?;
    let expected = [
        5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000,
    ];
    ensure!(pauses == json!(expected), "{pauses}");
    let text = tab.evaluate("document.body.innerText").await?;
    ensure!(
        text.as_str().unwrap_or_default().contains("(× 9)"),
        "the count: {text}"
    );
    ensure!(loads(&mut tab).await? == 9, "one load a pause");
    Ok(())
}

#[tokio::test]
async fn a_panic_at_every_start_makes_no_tight_loop() -> Result<()> {
    in_each(Engine::all()?, async |engine| {
        grows_its_pauses(engine, "").await
    })
    .await
}

const NO_STORAGE: &str = "Object.defineProperty(window, 'sessionStorage', { get: function () {
    throw new Error('blocked');
} });";

#[tokio::test]
async fn pauses_grow_when_storage_is_blocked() -> Result<()> {
    in_each(Engine::all()?, async |engine| {
        grows_its_pauses(engine, NO_STORAGE).await
    })
    .await
}

#[tokio::test]
async fn without_any_memory_every_pause_is_a_minute() -> Result<()> {
    let wall = wall().await?;
    let no_history = "history.replaceState = function () { throw new Error('blocked'); };";
    let scripts = [
        NO_STORAGE.to_owned(),
        no_history.to_owned(),
        witness(0.5),
        breaking("template", "true"),
    ];
    let (_browser, mut tab) = prepared(&Engine::today()?, &scripts).await?;
    tab.open(&wall.url("/board/main")).await?;
    let pauses = pauses(&mut tab, 3).await?;
    ensure!(pauses == json!([60_000, 60_000, 60_000]), "{pauses}");
    Ok(())
}

#[tokio::test]
async fn a_trap_that_is_no_panic_restarts_the_page_too() -> Result<()> {
    let wall = wall().await?;
    let (_browser, mut tab) = prepared(&Engine::today()?, &[witness(0.5)]).await?;
    for (number, trap) in [
        (
            1,
            "setTimeout(function () { throw new WebAssembly.RuntimeError('out of bounds'); })",
        ),
        (
            2,
            "Promise.reject(new WebAssembly.RuntimeError('out of bounds'))",
        ),
    ] {
        if number == 1 {
            tab.open(&wall.url("/board/main")).await?;
        }
        wait_for_load(&mut tab, number).await?;
        // An error of another kind is not the page's end.
        tab.evaluate("setTimeout(function () { throw new Error('harmless'); }), 0")
            .await?;
        tab.evaluate(&format!("{trap}, 0")).await?;
        wait_for_load(&mut tab, number + 1).await?;
    }
    let cause = tab.evaluate("window.queuewall.lastCause()").await?;
    ensure!(cause == "RuntimeError: out of bounds", "{cause}");
    ensure!(tab.evaluate("window.queuewall.restarts()").await? == 2);
    Ok(())
}

async fn starts_again_when_the_wasm_comes(engine: Engine) -> Result<()> {
    let wall = wall().await?;
    let (_browser, mut tab) = prepared(&engine, &[witness(0.5)]).await?;
    tab.block(&["*.wasm"]).await?;
    tab.open(&wall.url("/board/main")).await?;
    tab.wait_for(
        "document.getElementById('startup').className === 'failed' &&
            window.witness.pauses.length > 3",
        SOON,
    )
    .await?;
    ensure!(loads(&mut tab).await? == 1, "it reloaded without the wasm");
    let text = tab.evaluate("document.body.innerText").await?;
    ensure!(
        text.as_str()
            .unwrap_or_default()
            .contains("could not start"),
        "{text}"
    );
    tab.block(&[]).await?;
    wait_for_load(&mut tab, 2).await
}

#[tokio::test]
async fn a_start_without_its_wasm_is_tried_again() -> Result<()> {
    in_each(Engine::all()?, starts_again_when_the_wasm_comes).await
}

async fn keeps_awake_and_can_be_heard(engine: Engine) -> Result<()> {
    let wall = wall().await?;
    let (_browser, mut tab) = prepared(&engine, &[]).await?;
    tab.open(&wall.url("/board/main?sound=on")).await?;
    tab.wait_for(SHOWN, SOON).await?;
    let hint = |name: &str| format!("document.querySelector('[data-hint=\"{name}\"]').textContent");
    // 66 and 80 have no wake lock; where there is one, headless browsers may refuse it.
    let sleeps = tab.evaluate(&hint("sleep")).await?;
    let sleeps = sleeps.as_str().unwrap_or_default();
    let lock = tab.evaluate("'wakeLock' in navigator").await?;
    ensure!(
        lock == true || sleeps.ends_with("this browser cannot keep it awake."),
        "{sleeps}"
    );
    if engine.is_today() {
        ensure!(
            tab.evaluate(&hint("sound")).await? == "Sound off – press OK",
            "today's Chromium is mute before a key"
        );
    }
    tab.press_enter().await?;
    // Where there is nothing to sound with, Firefox never begins, and the page says so.
    let silent = format!("{} === 'Sound off – press OK'", hint("sound"));
    let heard = format!("{} === ''", hint("sound"));
    let expected = if engine.is_firefox() { silent } else { heard };
    tab.wait_for(&expected, SOON).await?;
    // The hint goes by itself.
    tab.wait_for(&format!("{} === ''", hint("sleep")), SOON)
        .await?;
    tab.wait_for(
        "document.documentElement.getAttribute('data-pointer') === 'hidden' &&
            getComputedStyle(document.querySelector('.board')).cursor === 'none'",
        SOON,
    )
    .await?;
    let complaints = tab.take_complaints();
    ensure!(complaints.is_empty(), "{complaints:#?}");
    Ok(())
}

#[tokio::test]
async fn a_wall_keeps_awake_where_it_can_and_is_heard_after_a_key() -> Result<()> {
    in_each(Engine::all()?, keeps_awake_and_can_be_heard).await
}

async fn stays_on_the_screen(engine: Engine) -> Result<()> {
    let wall = wall().await?;
    let (_browser, mut tab) = prepared(&engine, &[]).await?;
    for (width, height) in [(800, 480), (1920, 1080)] {
        tab.resize(width, height).await?;
        tab.open(&wall.url(&format!("/board/main?screen={width}")))
            .await?;
        tab.wait_for(SHOWN, SOON).await?;
        // The farthest place, which the page itself takes after ten minutes.
        let outside = tab
            .evaluate(
                "(function () {
                    var board = document.querySelector('.board');
                    board.style.transform = 'translate(-5px, -5px)';
                    var outside = [];
                    document.querySelectorAll('.header, .tile, .foot').forEach(function (it) {
                        var at = it.getBoundingClientRect();
                        if (at.width && (at.left < 0 || at.top < 0)) outside.push(it.className);
                    });
                    var root = document.scrollingElement;
                    if (root.scrollHeight > innerHeight || root.scrollWidth > innerWidth) {
                        outside.push('scrolls');
                    }
                    return outside;
                })()",
            )
            .await?;
        ensure!(outside == json!([]), "{width}×{height}: {outside}");
    }
    Ok(())
}

#[tokio::test]
async fn the_wandering_wall_stays_on_the_screen() -> Result<()> {
    in_each(Engine::all()?, stays_on_the_screen).await
}
