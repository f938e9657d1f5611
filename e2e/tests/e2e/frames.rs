//! The wall inside a frame of another site, as in Teams, SharePoint and signage players: a
//! screen is let in there where its cookie is kept, and says at once where it is not.

use std::{fs, net::Ipv4Addr, time::Duration};

use anyhow::{Context as _, Result, ensure};
use axum::{Router, response::Html, routing::get};
use queuewall::{
    cli::Exit,
    config::{FrameAncestor, TlsFiles},
};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    devtools::Tab,
    links_server::LinksServer,
};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpListener;

/// Long enough for a slow machine.
const SOON: Duration = Duration::from_secs(180);

/// Two sites on this machine.
const SITES: [&str; 2] = [
    "--host-resolver-rules=MAP *.test 127.0.0.1",
    "--ignore-certificate-errors",
];

const SHOWN: &str = "!!document.querySelector('[data-link=\"ok\"] [data-queue]')";
const CODE: &str = "(document.querySelector('.no-entry-code') || {}).textContent || ''";

/// A wall that `around.test` may show in a frame, and the address of a page there that does.
async fn framed(tls: Option<TlsFiles>) -> Result<(LinksServer, String)> {
    let mut links_server = LinksServer::start().await?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    links_server
        .wall
        .set_up(|server| {
            server.tls = tls;
            server.hosts = vec!["wall.test".into()];
            server.frame_ancestors = vec![FrameAncestor::Host {
                scheme: "http",
                host: "around.test".into(),
                port: Some("*".into()),
            }];
        })
        .await?;
    let port = links_server.wall.address().port();
    let page = Html(format!(
        "<!DOCTYPE html><title>Intranet</title><iframe src=\"{scheme}://wall.test:{port}/board/main\" \
         width=1600 height=900></iframe>"
    ));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    let router = Router::new().route("/", get(async move || page));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((links_server, format!("http://around.test:{port}/")))
}

/// Lets in the screen that shows its code there.
async fn let_in(links_server: &LinksServer, tab: &mut Tab) -> Result<()> {
    tab.wait_for(&format!("({CODE}).length === 6"), SOON)
        .await?;
    let code = tab.evaluate(CODE).await?;
    let exit = links_server
        .approve(code.as_str().context("a code")?)
        .await?;
    ensure!(exit == Exit::Done, "{exit:?}");
    tab.wait_for(SHOWN, SOON).await.context("let in")
}

#[tokio::test(flavor = "multi_thread")]
async fn framed_screen_over_https_is_approved_and_stays_approved() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["wall.test".into()])?;
    let tls = TlsFiles {
        certificate: folder.path().join("cert.pem"),
        key: folder.path().join("key.pem"),
    };
    fs::write(&tls.certificate, cert.pem())?;
    fs::write(&tls.key, signing_key.serialize_pem())?;
    let (links_server, around) = framed(Some(tls)).await?;
    let browser = Browser::start(&Engine::today()?.with(&SITES)).await?;
    let mut tab = browser.tab().await?;
    tab.open(&around).await?;

    let_in(&links_server, &mut browser.frame().await?).await?;
    tab.open("about:blank").await?;
    tab.open(&around).await?;
    let mut frame = browser.frame().await?;
    frame
        .wait_for(SHOWN, SOON)
        .await
        .context("its cookie is kept")
}

/// Where frames are allowed, who sends something is asked, and old engines say less of it.
#[tokio::test(flavor = "multi_thread")]
async fn screen_in_a_tab_is_approved_when_frames_are_allowed() -> Result<()> {
    in_each(Engine::all()?, async |engine| {
        let (links_server, _) = framed(None).await?;
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        tab.open(&links_server.wall.url("/board/main")).await?;
        let_in(&links_server, &mut tab).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn framed_screen_by_plain_http_shows_no_code() -> Result<()> {
    let (_links_server, around) = framed(None).await?;
    let browser = Browser::start(&Engine::today()?.with(&SITES)).await?;
    let mut tab = browser.tab().await?;
    tab.open(&around).await?;
    let mut frame = browser.frame().await?;
    let words =
        "document.body.innerText.indexOf('keep no cookie by plain HTTP inside a frame') >= 0";
    frame.wait_for(words, SOON).await?;
    let code = frame.evaluate(CODE).await?;
    ensure!(code == "", "a code that lets nobody in: {code}");
    Ok(())
}
