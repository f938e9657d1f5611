//! How long the page takes to show a poll that changes 10 of 100 queues, on a machine six
//! times slower than this one. The ten are on the screen; further pages of tiles stand still.
//!
//! Counted is the work of the page's main thread, as Chromium traces it: every task
//! from the answer's arrival to the frame that shows it (its commit included), so
//! scripts, styles, layout and paint, but not the time in which the thread waits for the
//! screen's next frame, nor that in which other programs have its core.

use std::time::Duration;

use anyhow::{Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine},
    devtools::{Tab, trace::Event},
    pages::{self, WALL},
    scene::{self, Mood},
    stage::Stage,
};
use queuewall_shared::snapshot::BoardSnapshot;

use crate::table::{Table, quantile};

const QUEUES: usize = 100;
const CHANGED: usize = 10;
const SLOW_DOWN: f64 = 6.0;

/// Traces, and polls in each.
const ROUNDS: usize = 4;
const POLLS: usize = 30;
/// Polls before it counts, at full speed: a wall runs for weeks, and by then Chromium has
/// compiled what runs often.
const WARM_UP: usize = 40;

/// Long enough for a poll to be drawn, by a slow page too.
const SETTLE: Duration = Duration::from_millis(300);

/// Chromium's word for what a thread does at one go.
const TASK: &str = "RunTask";
/// Its words for what drawing consists of.
const DRAWING: [&str; 6] = [
    "UpdateLayoutTree",
    "Layout",
    "PrePaint",
    "Paint",
    "Layerize",
    "Commit",
];

/// Traces the page's polls.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let mut board = scene::board(Mood::Troubled, QUEUES, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    pages::show(&mut tab, &stage, WALL, CHANGED).await?;
    let mut step = 0;
    for _ in 0..WARM_UP {
        change(&mut board, &stage, &mut step)?;
        pages::poll(&mut tab, &stage, Duration::from_millis(40)).await?;
    }
    let mut figures = Vec::new();
    for _ in 0..ROUNDS {
        figures.extend(traced(&mut tab, &stage, &mut board, &mut step).await?);
    }
    let (all, drawn): (Vec<f64>, Vec<f64>) = figures.into_iter().unzip();
    let row = |list: &[f64]| {
        format!(
            "p50 {:.1} ms, p95 {:.1} ms",
            quantile(list, 0.5),
            quantile(list, 0.95)
        )
    };
    table.add(
        format!("a poll that changes {CHANGED} of {QUEUES} queues, applied at {SLOW_DOWN}× CPU slow-down ({} polls)", ROUNDS * POLLS),
        row(&all),
        "",
    );
    table.add("of that, styles, layout and paint", row(&drawn), "");
    Ok(())
}

async fn traced(
    tab: &mut Tab,
    stage: &Stage,
    board: &mut BoardSnapshot,
    step: &mut usize,
) -> Result<Vec<(f64, f64)>> {
    tab.throttle_cpu(SLOW_DOWN).await?;
    tab.start_trace().await?;
    for _ in 0..POLLS {
        change(board, stage, step)?;
        pages::poll(tab, stage, SETTLE).await?;
    }
    // The last one's frame may be late.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let events = tab.stop_trace().await?;
    tab.throttle_cpu(1.0).await?;
    let figures = polls(&events);
    // The page may have polled by itself besides; that poll changed nothing.
    ensure!(
        figures.len() >= POLLS,
        "{} of {POLLS} polls were traced",
        figures.len()
    );
    Ok(figures)
}

/// Other numbers for ten queues, all of their tiles' parts among them: the first ten,
/// which are on the screen while others are on other pages.
fn change(board: &mut BoardSnapshot, stage: &Stage, step: &mut usize) -> Result<()> {
    for queue in board.queues.iter_mut().take(CHANGED) {
        let was = queue.waiting.unwrap_or(0);
        scene::load(queue, (was * 5 + 3 + (*step as u64 / 7)) % 13);
        queue.agents.available = queue.agents.available.map(|count| (count + 1) % 4);
        queue.trend.rotate_left(1);
        *step += 1;
    }
    stage.set(board)
}

/// The work of each poll in the trace, and how much of it was drawing, in milliseconds.
fn polls(events: &[Event]) -> Vec<(f64, f64)> {
    let request = |event: &Event| {
        let data = &event.details["data"];
        data["requestId"].as_str().map(str::to_owned)
    };
    let is_poll = |event: &&Event| {
        event.name == "ResourceSendRequest"
            && event.details["data"]["url"]
                .as_str()
                .is_some_and(|url| url.ends_with("/api/boards/main"))
    };
    let mut figures = Vec::new();
    for sent in events.iter().filter(is_poll) {
        let id = request(sent);
        let of_poll = |name: &str| {
            let mut later = events
                .iter()
                .filter(|event| event.start_ms >= sent.start_ms);
            later.find(|event| event.name == name && request(event) == id)
        };
        let (Some(arrived), Some(finished)) = (
            of_poll("ResourceReceiveResponse"),
            of_poll("ResourceFinish"),
        ) else {
            continue;
        };
        // A poll that changed nothing is not drawn.
        let Some(shown) = events
            .iter()
            .find(|event| event.name == "Commit" && event.start_ms >= finished.start_ms)
        else {
            continue;
        };
        let (from_ms, to_ms) = (arrived.start_ms, shown.end_ms());
        let work = |kinds: &[&str]| work(events, kinds, from_ms, to_ms);
        figures.push((work(&[TASK]), work(&DRAWING)));
    }
    figures
}

/// What the events of some kinds took between two moments, each from the first moment
/// on. What lies within another is part of it and counts once.
fn work(events: &[Event], kinds: &[&str], from_ms: f64, to_ms: f64) -> f64 {
    let within = |event: &&Event| {
        event.end_ms() > from_ms && event.start_ms < to_ms && event.lasted_ms > 0.0
    };
    let tasks = events
        .iter()
        .filter(|event| kinds.contains(&event.name.as_str()));
    let mut counted_until_ms = from_ms;
    let mut sum = 0.0;
    for task in tasks.filter(within) {
        let uncounted_ms = task.end_ms() - task.start_ms.max(counted_until_ms);
        if uncounted_ms > 0.0 {
            sum += task.worked_ms * uncounted_ms / task.lasted_ms;
            counted_until_ms = task.end_ms();
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event(name: &str, start_ms: f64, lasted_ms: f64, details: Value) -> Event {
        Event {
            name: name.into(),
            start_ms,
            lasted_ms,
            worked_ms: lasted_ms / 2.0,
            details,
        }
    }

    #[test]
    fn apply_time_is_work_from_answer_to_frame_without_waiting() {
        let poll = json!({ "data": { "requestId": "1", "url": "http://h/api/boards/main" } });
        let other = json!({ "data": { "requestId": "2", "url": "http://h/else" } });
        let events = [
            event("RunTask", 0.0, 2.0, Value::Null),
            event("ResourceSendRequest", 1.0, 0.0, poll.clone()),
            event("ResourceSendRequest", 1.5, 0.0, other.clone()),
            event("RunTask", 5.0, 3.0, Value::Null),
            event("ResourceReceiveResponse", 5.5, 0.0, other.clone()),
            event("ResourceReceiveResponse", 6.0, 0.0, poll.clone()),
            event("Commit", 6.5, 0.5, Value::Null),
            event("RunTask", 10.0, 4.0, Value::Null),
            event("ResourceFinish", 11.0, 0.0, poll),
            event("RunTask", 20.0, 5.0, Value::Null),
            event("Paint", 20.5, 2.0, Value::Null),
            event("Paint", 21.0, 1.0, Value::Null),
            event("Commit", 24.0, 0.5, Value::Null),
            event("RunTask", 30.0, 9.0, Value::Null),
        ];
        assert_eq!(
            polls(&events),
            [((2.0 + 4.0 + 5.0) / 2.0, (0.5 + 2.0 + 0.5) / 2.0)]
        );
    }
}
