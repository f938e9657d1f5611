//! Browsers that cannot run the page say so, in words that help, and never show an
//! empty screen.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, Without, in_each},
    devtools::Tab,
    wall::Wall,
};
use queuewall_simulator::Options;
use serde_json::json;
use tokio::time::{Instant, sleep};

/// Long enough for a slow machine.
const SOON: Duration = Duration::from_secs(60);

/// How often a page is looked at that cannot be waited for.
const LOOK: Duration = Duration::from_millis(100);

/// What is missing in a browser that is too old, and the words that must say so.
const MISSING: [(&str, &str); 2] = [
    ("no WebAssembly", "delete window.WebAssembly;"),
    (
        "a WebAssembly that cannot read the file",
        "['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming'].forEach(function (name) {
            WebAssembly[name] = function () {
                return Promise.reject(new WebAssembly.CompileError('invalid opcode'));
            };
        });",
    ),
];

/// Hidden words are not part of the text.
async fn says_so(tab: &mut Tab) -> Result<()> {
    let said = "document.body.innerText\
        .includes('The browser may be too old: Queuewall needs Chromium 66 or newer')";
    tab.wait_for(said, SOON).await
}

#[tokio::test]
async fn a_browser_that_is_too_old_says_so() -> Result<()> {
    let wall = Wall::start(Options::default(), Duration::from_secs(5), &[]).await?;
    for engine in Engine::all()? {
        for (what, script) in &MISSING {
            let browser = Browser::start(&engine).await?;
            let mut tab = browser.tab().await?;
            tab.inject(script).await?;
            tab.open(&wall.url("/board/main")).await?;
            says_so(&mut tab)
                .await
                .with_context(|| format!("{}: {what}", engine.name))?;
        }
    }
    Ok(())
}

/// The words wait in the style sheet: they need no script that understands anything.
#[tokio::test]
async fn a_browser_that_runs_none_of_the_scripts_says_so() -> Result<()> {
    let wall = Wall::start(Options::default(), Duration::from_secs(5), &[]).await?;
    for engine in Engine::all()? {
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        tab.block(&["*.js"]).await?;
        tab.open(&wall.url("/board/main")).await?;
        says_so(&mut tab).await.context(engine.name)?;
    }
    Ok(())
}

/// Without WebAssembly by a switch of the browser's own.
#[tokio::test]
async fn a_browser_whose_webassembly_is_switched_off_says_so() -> Result<()> {
    let wall = Wall::start(Options::default(), Duration::from_secs(5), &[]).await?;
    in_each(Engine::all()?, async |engine| {
        let browser = Browser::start(&engine.without(Without::WebAssembly)).await?;
        let mut tab = browser.tab().await?;
        tab.open(&wall.url("/board/main")).await?;
        let is_off = tab.evaluate("typeof WebAssembly").await?;
        ensure!(is_off == "undefined", "it is not switched off");
        says_so(&mut tab).await
    })
    .await
}

/// With scripts forbidden there is no script to say so: the document does.
#[tokio::test]
async fn a_browser_without_scripts_says_so() -> Result<()> {
    let wall = Wall::start(Options::default(), Duration::from_secs(5), &[]).await?;
    in_each(Engine::all()?, async |engine| {
        let is_firefox = engine.is_firefox();
        let browser = Browser::start(&engine.without(Without::Scripts)).await?;
        let mut tab = browser.tab().await?;
        if !is_firefox {
            let forbidden = json!({ "value": true });
            tab.command("Emulation.setScriptExecutionDisabled", forbidden)
                .await?;
        }
        tab.navigate(&wall.url("/board/main")).await?;
        let said = "(document.querySelector('.noscript') || {}).offsetHeight > 0 &&
            document.body.innerText.indexOf('Queuewall needs JavaScript') >= 0";
        let start = Instant::now();
        while tab.evaluate_at_once(said).await.ok() != Some(json!(true)) {
            ensure!(start.elapsed() < SOON, "it does not say so");
            sleep(LOOK).await;
        }
        Ok(())
    })
    .await
}
