//! A week on the wall, and the same polls with leaks planted that must be found.

use std::time::Instant;

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine},
    scene::{self, Mood},
    soak::{Leak, Soak},
    stage::Stage,
};

use crate::table::Table;

/// The first day is the warm-up; in shorter runs as large a share.
const WARM_UP_SHARE: u32 = 7;

/// A leak is planted over this share of the polls: the measure is by the poll.
const PLANTED_SHARE: u32 = 10;

/// Lets `polls` polls pass, the warm-up among them, without and with each leak.
pub(crate) async fn measure(table: &mut Table, polls: u32) -> Result<()> {
    let stage = Stage::start(
        &scene::board(Mood::Calm, 12, None),
        scene::AGE,
        scene::UPTIME,
    )
    .await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    let warm_up = polls / WARM_UP_SHARE;
    let start = Instant::now();
    let mut over = 0;
    let mut progress = |more: u32| {
        let before = over / 10_000;
        over += more;
        if over / 10_000 > before {
            eprintln!("    {over} polls in {} s", start.elapsed().as_secs());
        }
    };
    let mut soak = Soak::open(&mut tab, &stage, warm_up, &mut progress).await?;
    let clean = soak.grow(polls - warm_up, None, &mut progress).await?;
    let (before, after) = (clean.before, clean.after);
    let mib = |bytes: f64| bytes / 1024.0 / 1024.0;
    table.add(
        format!("a week on the wall ({polls} polls, the first seventh to warm up): pages of wasm"),
        format!("{} → {}", before.wasm_pages, after.wasm_pages),
        "no more",
    );
    table.add(
        "the same: turns of its pages of tiles",
        format!("{} in {} polls", clean.turns, clean.polls),
        "one in 4 polls, at least",
    );
    table.add(
        "the same: bytes of wasm in use",
        format!(
            "{:.0} → {:.0}, {:.2} a poll",
            before.wasm_bytes,
            after.wasm_bytes,
            clean.wasm_bytes_a_poll()
        ),
        "no more",
    );
    table.add(
        "the same: JavaScript heap",
        format!(
            "{:.2} → {:.2} MiB, {:+.1} %",
            mib(before.script_bytes),
            mib(after.script_bytes),
            clean.script_percent()
        ),
        "≤ 2 %",
    );
    table.add(
        "the same: nodes; listeners",
        format!(
            "{} → {}; {} → {}",
            before.nodes, after.nodes, before.listeners, after.listeners
        ),
        "no more",
    );
    for leak in Leak::ALL {
        let grown = soak
            .grow(polls / PLANTED_SHARE, Some(leak), &mut progress)
            .await?;
        ensure!(
            grown.leaks().contains(&leak),
            "the planted {leak:?} leak was not found: {grown:?}"
        );
        let (what, found) = match leak {
            Leak::Script => (
                "20 bytes of JavaScript",
                format!("{:.1} bytes a poll", grown.script_bytes_a_poll()),
            ),
            Leak::Wasm => (
                "20 bytes of wasm",
                format!(
                    "{:.1} bytes a poll, {} pages",
                    grown.wasm_bytes_a_poll(),
                    grown.after.wasm_pages - grown.before.wasm_pages
                ),
            ),
            Leak::Node => (
                "a node",
                format!("{}", grown.after.nodes - grown.before.nodes),
            ),
            Leak::Listener => (
                "a listener",
                format!("{}", grown.after.listeners - grown.before.listeners),
            ),
        };
        table.add(
            format!("planted at each of {} polls more: {what}", grown.polls),
            format!("found: {found}"),
            "found",
        );
    }
    Ok(())
}
