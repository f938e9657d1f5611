//! What an unchanged poll touches in the document: nothing; and what a wall costs at rest.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine},
    pages::{self, WALL},
    scene::{self, Mood},
    stage::Stage,
};
use queuewall_shared::snapshot::BoardSnapshot;
use serde_json::Value;

use crate::table::Table;

/// As many as a page of a wall has: one of each state.
const QUEUES: usize = 12;
const POLLS: u64 = 20;
const SETTLE: Duration = Duration::from_millis(60);

/// How long a wall is watched at rest.
const AT_REST: Duration = Duration::from_secs(20);

const MUTATIONS: &str = include_str!("../../../scripts/mutations.js");

/// Counts mutations over polls with 304, and with an equal board under a new tag.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let board = settled(scene::board(Mood::Mixed, QUEUES, None));
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    pages::show(&mut tab, &stage, WALL, QUEUES).await?;
    // The pointer of a new page is hidden after a while, polls or not.
    let is_at_rest = "document.documentElement.hasAttribute('data-pointer')";
    tab.wait_for(is_at_rest, Duration::from_secs(30)).await?;
    // Sizes are measured and fonts come a moment later.
    pages::poll(&mut tab, &stage, Duration::from_secs(1)).await?;
    let mut figures = Vec::new();
    for is_new in [false, true] {
        let before = stage.polls();
        tab.evaluate(MUTATIONS).await?;
        for _ in 0..POLLS {
            if is_new {
                stage.set(&board)?;
            }
            pages::poll(&mut tab, &stage, SETTLE).await?;
        }
        let touched = tab.evaluate("window.endOfMutations()").await?;
        let (polls, unchanged) = stage.polls();
        let answered_304 = unchanged - before.1;
        ensure!(
            polls - before.0 >= POLLS && (answered_304 == 0) == is_new,
            "{answered_304} of {} polls were answered with 304",
            polls - before.0
        );
        figures.push(words(&touched)?);
    }
    // The measure must be able to see something.
    tab.evaluate(MUTATIONS).await?;
    stage.set(&scene::board(Mood::Calm, QUEUES, None))?;
    pages::poll(&mut tab, &stage, SETTLE).await?;
    let touched = tab.evaluate("window.endOfMutations()").await?;
    ensure!(words(&touched)? != "0", "a changed board touched nothing");
    table.add(
        format!("DOM mutations over {POLLS} unchanged polls ({QUEUES} queues in every state)"),
        format!("304: {}; an equal 200: {}", figures[0], figures[1]),
        "0",
    );
    stage.set(&board)?;
    pages::poll(&mut tab, &stage, Duration::from_secs(5)).await?;
    let before = tab.figure("TaskDuration").await?;
    tokio::time::sleep(AT_REST).await;
    let worked = tab.figure("TaskDuration").await? - before;
    table.add(
        format!("the main thread's work in {} s at rest", AT_REST.as_secs()),
        format!("{worked:.2} s"),
        "≤ 0.07 s",
    );
    Ok(())
}

/// Without the tiles that are right to change as time goes by: those that tell their
/// age in seconds.
fn settled(mut board: BoardSnapshot) -> BoardSnapshot {
    for queue in &mut board.queues {
        if queue.lag_ms == Some(50_000) {
            queue.lag_ms = Some(0);
        }
    }
    board
}

/// How many, and where.
fn words(touched: &Value) -> Result<String> {
    let list = touched.as_array().context("a list of mutations")?;
    let mut places: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    places.sort_unstable();
    places.dedup();
    Ok(match places.is_empty() {
        true => "0".into(),
        false => format!("{} ({})", list.len(), places.join(", ")),
    })
}
