//! A week on the wall and two million polls of the server; then planted leaks, which must be
//! found.

use std::env;

use anyhow::Result;
use queuewall_e2e::{
    browser::{Browser, Engine},
    scene::{self, Mood},
    soak::{grow, page, server},
    stage::Stage,
};

use crate::table::Table;

/// Rounds in which a leak of the page is planted, and polls in each.
const PLANTED_ROUNDS: u32 = 3;

/// Twenty rounds are two million polls and a hundred thousand connections.
const ROUNDS: u32 = 20;
const ROUND: server::Round = server::Round {
    polls: 100_000,
    connects: 5_000,
};

/// With a leak, where each connection may keep one of a bounded number.
const SHORT_ROUNDS: u32 = 6;
const SHORT: server::Round = server::Round {
    polls: 5_000,
    connects: 500,
};

/// Days of polls, the first to warm up.
pub(crate) async fn of_the_page(table: &mut Table, days: u32) -> Result<()> {
    let board = scene::board(Mood::Calm, 12, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    let mut wall = page::Soaked::open(&mut tab, &stage, page::A_DAY).await?;
    let clean = grow(&mut wall, 1, days.saturating_sub(1)).await?;
    let polls = days * page::A_DAY;
    let what = format!("the wall over {polls} polls, {days} days in stepped time");
    table.add(what, clean.to_string(), "no leak");
    clean.check()?;
    for leak in page::LEAKS {
        wall.plant(Some(leak)).await?;
        let grown = grow(&mut wall, 0, PLANTED_ROUNDS).await?;
        wall.plant(None).await?;
        grown.check_found(leak)?;
        table.add(format!("planted at each poll: {leak}"), "found", "found");
    }
    Ok(())
}

/// The released server, and then the same rule on each leak.
pub(crate) async fn of_the_server(table: &mut Table) -> Result<()> {
    let mut clean = server::Soaked::start(ROUND).await?;
    let growth = grow(&mut clean, 5, ROUNDS).await?;
    let seen = clean.seen;
    table.add(
        format!(
            "the server over {} polls and {} connections, with {} outages and {} configurations",
            seen.polls(),
            seen.connects,
            seen.outages,
            seen.reloads
        ),
        growth.to_string(),
        "no leak",
    );
    growth.check()?;
    drop(clean);
    for leak in server::LEAKS {
        let bench = env::current_exe()?;
        let mut leaking = server::Soaked::start_leaking(&bench, leak, SHORT).await?;
        let growth = grow(&mut leaking, 10, SHORT_ROUNDS).await?;
        growth.check_found(leak)?;
        table.add(
            format!("planted in each poll or connection: {leak}"),
            format!("found: {growth}"),
            "found",
        );
    }
    Ok(())
}
