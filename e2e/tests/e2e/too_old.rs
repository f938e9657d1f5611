//! Browsers that cannot run the page, or may not, say so, in words that help, and never show an
//! empty screen.

use std::{env, ffi::OsString, process::Stdio, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, Without, in_each},
    devtools::Tab,
    proxy::Proxy,
    wall::Wall,
};
use queuewall_simulator::Options;
use serde_json::json;
use tokio::{
    process::Command,
    time::{Instant, sleep, timeout},
};

/// Long enough for a slow machine.
const SOON: Duration = Duration::from_secs(180);

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

const WORDS: &str = "The browser may be too old: Queuewall needs Chromium 66 or newer";

/// What the document's own script says of files that do not come.
const NO_FILES: &str = "This screen does not get the page’s files from the server";

/// Hidden words are not part of the text.
async fn says_so(tab: &mut Tab) -> Result<()> {
    says(tab, WORDS).await
}

async fn says(tab: &mut Tab, words: &str) -> Result<()> {
    let said = format!("document.body.innerText.indexOf({}) >= 0", json!(words));
    tab.wait_for(&said, SOON).await
}

#[tokio::test]
async fn a_browser_that_is_too_old_says_so() -> Result<()> {
    let wall = Wall::start(Options::default(), Duration::from_secs(5), &[]).await?;
    in_each(Engine::all()?, async |engine| {
        for (what, script) in &MISSING {
            let browser = Browser::start(&engine).await?;
            let mut tab = browser.tab().await?;
            tab.inject(script).await?;
            tab.open(&wall.url("/board/main")).await?;
            says_so(&mut tab).await.context(*what)?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn browser_that_gets_no_scripts_says_that_files_are_missing() -> Result<()> {
    let wall = Wall::start(Options::default(), Duration::from_secs(5), &[]).await?;
    in_each(Engine::all()?, async |engine| {
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        tab.block(&["*.js"]).await?;
        tab.open(&wall.url("/board/main")).await?;
        says(&mut tab, NO_FILES).await
    })
    .await
}

#[tokio::test]
async fn page_does_not_run_without_its_style_sheet() -> Result<()> {
    let wall = Wall::start(Options::default(), Duration::from_secs(5), &[]).await?;
    in_each(Engine::all()?, async |engine| {
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        tab.block(&["*.css"]).await?;
        tab.open(&wall.url("/board/main")).await?;
        says(&mut tab, NO_FILES).await?;
        let tiles = tab
            .evaluate("document.querySelectorAll('[data-queue]').length")
            .await?;
        ensure!(tiles == 0, "{tiles} tiles without a style");
        Ok(())
    })
    .await
}

/// Policies that a proxy adds to the server's own, and what the screen says then.
const POLICIES: [(&str, &str); 6] = [
    // No script can tell one from the other.
    (
        "script-src 'none'",
        "Or a proxy on the way forbids the page’s scripts by a Content-Security-Policy",
    ),
    ("script-src 'self'", REFUSED),
    ("script-src 'self' 'unsafe-inline'", REFUSED),
    (
        "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        REFUSED,
    ),
    ("style-src 'none'", REFUSED),
    ("sandbox allow-scripts", "It is shown in a sandbox"),
];

const REFUSED: &str = "A Content-Security-Policy on the way to this screen forbids";

#[tokio::test]
async fn policy_added_by_a_proxy_is_reported() -> Result<()> {
    let wall = Wall::start(Options::default(), Duration::from_secs(5), &[]).await?;
    in_each(Engine::all()?, async |engine| {
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        for (policy, words) in POLICIES {
            let proxy = Proxy::adding(wall.url(""), "content-security-policy", policy).await?;
            tab.navigate(&proxy.url("/board/main")).await?;
            // Where a script can tell, one of the two causes alone. Before its style sheet is
            // there, nothing is hidden.
            let said = format!(
                "document.readyState === 'complete' && document.body.innerText.indexOf({}) >= 0 &&
                    document.body.innerText.indexOf({}) >= 0 === {}",
                json!(words),
                json!(WORDS),
                policy == "script-src 'none'",
            );
            tab.wait_for(&said, SOON).await.context(policy)?;
        }
        Ok(())
    })
    .await
}

/// A page is given so long, in milliseconds, to say why it does not start, and a look.
const TIME_TO_SPEAK_MS: u32 = 15_000;

/// What an engine of 2016 has on its screen, as its text, at first and then: what is hidden
/// is no part of it. It cannot be steered, but a script in the page writes down what it shows.
async fn texts_in(program: OsString, url: &str) -> Result<Vec<String>> {
    let look = format!(
        "console.log('WebAssembly: ' + typeof WebAssembly);
         function look() {{ console.log('text: ' + document.body.innerText.replace(/\\s+/g, ' ')); }}
         look(); setTimeout(look, {TIME_TO_SPEAK_MS});"
    );
    let folder = tempfile::tempdir()?;
    let mut engine = Command::new(program);
    engine
        .args(["--debug-javascript", "--run-script", &look])
        .args([
            "--javascript-delay",
            &format!("{}", TIME_TO_SPEAK_MS + 1_000),
        ])
        .arg(url)
        .arg(folder.path().join("screen.png"))
        .env("QT_QPA_PLATFORM", "offscreen")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = timeout(2 * SOON, engine.output()).await??;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}");
    ensure!(
        said.contains("WebAssembly: undefined"),
        "not too old: {said}"
    );
    let texts = said
        .lines()
        .filter_map(|line| Some(line.split_once("text: ")?.1.to_owned()));
    Ok(texts.collect())
}

/// In an engine that is, not in one from which something was taken.
#[tokio::test]
async fn an_engine_of_2016_says_that_it_is_too_old() -> Result<()> {
    // None where it cannot be had, which `cargo xtask test` says.
    let Some(program) = env::var_os("QUEUEWALL_TOO_OLD") else {
        return Ok(());
    };
    let wall = Wall::start(Options::default(), Duration::from_secs(5), &[]).await?;
    let texts = texts_in(program, &wall.url("/board/main")).await?;
    let [at_first, then] = &texts[..] else {
        bail!("two looks at the page: {texts:?}");
    };
    // A page that starts in time never shows them.
    ensure!(at_first.trim().is_empty(), "at first: {at_first}");
    ensure!(then.contains(WORDS), "it does not say so: {then}");
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
