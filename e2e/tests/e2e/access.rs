//! Who may look, from the command line to the screen: a link is exchanged, kept by the
//! browser, revoked; a screen that nobody can type on is let in by its code.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use queuewall::cli::Exit;
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    devtools::Tab,
    links_server::LinksServer,
};

/// Long enough for a slow machine.
const SOON: Duration = Duration::from_secs(180);

/// The server looks for changes every second and the page asks every five; the rest is a
/// slow machine's.
const ONE_POLL: Duration = Duration::from_secs(1 + 5 + 3);

const SHOWN: &str = "!!document.querySelector('[data-link=\"ok\"] [data-queue]')";
const CODE: &str = "(document.querySelector('.no-entry-code') || {}).textContent || ''";

async fn text(tab: &mut Tab, script: &str) -> Result<String> {
    let value = tab.evaluate(script).await?;
    Ok(value.as_str().context("no text")?.to_owned())
}

/// Opens an address that the page may change at once.
async fn go(tab: &mut Tab, url: &str) -> Result<()> {
    tab.evaluate("void (window.before = true)").await?;
    tab.navigate(url).await?;
    tab.wait_for("!window.before", SOON).await
}

async fn code(tab: &mut Tab) -> Result<String> {
    tab.wait_for(&format!("({CODE}).length === 6"), SOON)
        .await?;
    text(tab, CODE).await
}

async fn link_until_it_is_revoked(engine: Engine) -> Result<()> {
    let links_server = LinksServer::start().await?;
    let token = links_server.add_link().await?;
    let browser = Browser::start(&engine).await?;
    let mut tab = browser.tab().await?;
    let address = format!("/board/main?metres=1&lang=en#t={}", token.expose());
    go(&mut tab, &links_server.wall.url(&address)).await?;
    tab.wait_for(SHOWN, SOON).await?;
    tab.wait_for("location.hash === ''", SOON).await?;
    ensure!(text(&mut tab, "location.search").await? == "?metres=1&lang=en");
    ensure!(text(&mut tab, "document.cookie").await?.is_empty());

    tab.evaluate("void (window.before = true)").await?;
    tab.reload().await?;
    tab.wait_for(&format!("!window.before && {SHOWN}"), SOON)
        .await
        .context("the cookie brings the board back")?;

    let exit = links_server
        .command(&["links", "revoke", "--board", "main", "--all"])
        .await?;
    ensure!(exit == Exit::Done, "{exit:?}");
    let ended = "!document.querySelector('[data-queue]') && \
         document.body.textContent.indexOf('The link of this screen was revoked.') >= 0";
    tab.wait_for(ended, ONE_POLL).await?;
    let title = text(&mut tab, "document.title").await?;
    ensure!(!title.contains(|c: char| c.is_ascii_digit()), "{title}");

    // The same screen, let in again without anybody touching it.
    let shown = code(&mut tab).await?;
    ensure!(links_server.approve(&shown).await? == Exit::Done);
    tab.wait_for(SHOWN, SOON).await?;
    ensure!(text(&mut tab, "location.search").await? == "?metres=1&lang=en");
    Ok(())
}

async fn code_until_it_is_approved(engine: Engine) -> Result<()> {
    let links_server = LinksServer::start().await?;
    let browser = Browser::start(&engine).await?;
    let mut tab = browser.tab().await?;
    tab.open(&links_server.wall.url("/?metres=1")).await?;
    let shown = code(&mut tab).await?;
    ensure!(links_server.approve("AAAAAA").await? == Exit::Other);
    ensure!(text(&mut tab, "location.pathname").await? == "/");

    ensure!(links_server.approve(&shown.to_lowercase()).await? == Exit::Done);
    let at_board = format!("location.pathname === '/board/main' && {SHOWN}");
    tab.wait_for(&at_board, SOON).await?;
    ensure!(text(&mut tab, "location.search").await? == "?metres=1");

    // After a power cut: its start address is still the short one.
    go(&mut tab, &links_server.wall.url("/")).await?;
    tab.wait_for(&at_board, SOON).await?;
    let stranger = Browser::start(&engine).await?;
    let mut other = stranger.tab().await?;
    other.open(&links_server.wall.url("/board/main")).await?;
    ensure!(code(&mut other).await? != shown, "another screen");
    ensure!(!other.evaluate(SHOWN).await?.as_bool().unwrap_or(true));

    // A board whose address is one long word is not wider than the screen.
    other.resize(480, 800).await?;
    go(
        &mut other,
        &links_server.wall.url(&format!("/board/{}", "w".repeat(60))),
    )
    .await?;
    code(&mut other).await?;
    let width = "document.querySelector('.no-entry-command').getBoundingClientRect().width";
    let width = other.evaluate(width).await?.as_f64().context("a width")?;
    ensure!(width <= 480.0, "the command is {width} px wide");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn link_opens_its_board_until_it_is_revoked() -> Result<()> {
    in_each(Engine::all()?, link_until_it_is_revoked).await
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_screen_is_approved_by_code_and_keeps_its_board() -> Result<()> {
    in_each(Engine::all()?, code_until_it_is_approved).await
}
