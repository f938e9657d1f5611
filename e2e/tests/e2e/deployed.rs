//! The deployed form, end to end: one file in a folder, a link, a screen; a power cut and
//! a revoked link.

use std::{collections::BTreeSet, fs, time::Duration};

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    devtools::Tab,
    program::{Program, SECRET},
};
use queuewall_simulator::{Options, QueueOverride};
use serde_json::Value;

/// Long enough for a slow machine.
const SOON: Duration = Duration::from_secs(180);

/// The page asks every 5 s and looks for its lost server every few; the rest is a slow
/// machine's.
const ONE_POLL: Duration = Duration::from_secs(1 + 5 + 3);

/// Whether the queue's tile shows this many waiting calls on a live board.
fn shows(queue: &str, calls: u64) -> String {
    format!(
        "(document.querySelector('[data-link=\"ok\"] [data-queue=\"{queue}\"]:not([data-state=\"stale\"]) \
         [data-metric=\"waiting\"]') || {{}}).textContent === '{calls}'"
    )
}

/// What the browser complained about but for requests that failed, which it must.
fn faults(tab: &mut Tab) -> Vec<String> {
    let mut complaints = tab.take_complaints();
    complaints.retain(|complaint| {
        let entry: Value = serde_json::from_str(complaint).unwrap_or_default();
        entry["source"] != "network"
    });
    complaints
}

async fn live_until_revoked(engine: Engine) -> Result<()> {
    let still = Options {
        speed: 0.0,
        rate_limit_per_minute: None,
        ..Options::default()
    };
    let mut deployed = Program::deploy(still).await?;
    let queues = deployed.tenant().queue_ids();
    let queue = queues.first().context("a queue")?;
    deployed.tenant().set(queue, QueueOverride::waiting(41));
    deployed.start_server().await?;

    ensure!(deployed.run(&["health"]).await?.code == Some(0));
    let (address, token) = deployed.link().await?;
    let browser = Browser::start(&engine).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    let opened = format!("{address}?metres=1&rotate=off&lang=en#t={token}");
    tab.navigate(&opened).await?;
    tab.wait_for(&shows(queue, 41), SOON).await?;
    deployed.tenant().set(queue, QueueOverride::waiting(42));
    tab.wait_for(&shows(queue, 42), SOON).await?;
    let complaints = tab.take_complaints();
    ensure!(complaints.is_empty(), "{complaints:#?}");

    deployed.kill().await?;
    deployed.tenant().set(queue, QueueOverride::waiting(43));
    let lost = format!(
        "!!document.querySelector('[data-link=\"lost\"] [data-queue=\"{queue}\"][data-state=\"stale\"]') \
         && !document.querySelector('[data-level=\"warning\"], [data-level=\"critical\"]')"
    );
    tab.wait_for(&lost, SOON)
        .await
        .context("old, and said so")?;
    deployed.start_server().await?;
    tab.wait_for(&shows(queue, 43), SOON)
        .await
        .context("live again by itself, with the link of before")?;

    let revoked = deployed
        .run(&["links", "revoke", "--board", "main", "--all"])
        .await?;
    ensure!(revoked.code == Some(0), "{}", deployed.said());
    let ended = "!document.querySelector('[data-queue]') && \
         document.body.textContent.indexOf('The link of this screen was revoked.') >= 0";
    tab.wait_for(ended, ONE_POLL).await?;
    let faults = faults(&mut tab);
    ensure!(faults.is_empty(), "{faults:#?}");

    deployed.kill().await?;
    let said = deployed.said();
    ensure!(said.contains("listening on http://127.0.0.1:"), "{said}");
    for secret in [SECRET, &token, "Bearer ", "#t="] {
        ensure!(!said.contains(secret), "{secret} in {said}");
    }
    nothing_else_was_written(&deployed)
}

/// Beside what was put there, the folder holds the links' state alone.
fn nothing_else_was_written(deployed: &Program) -> Result<()> {
    let entries = fs::read_dir(deployed.folder())?;
    let names: BTreeSet<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let expected = [".env", "queuewall", "queuewall.toml", "secret", "state"];
    ensure!(names == expected.map(str::to_owned).into(), "{names:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn deployed_program_survives_a_power_cut_and_revokes_its_link() -> Result<()> {
    in_each(Engine::all()?, live_until_revoked).await
}
