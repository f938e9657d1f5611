//! What a page's main thread did, and for how long.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::Tab;

/// How long the browser may take to hand over a trace.
const HAND_OVER: Duration = Duration::from_secs(120);

/// Tasks of the threads, and what the renderer did in them.
const CATEGORIES: [&str; 2] = ["devtools.timeline", "disabled-by-default-devtools.timeline"];

/// Chromium's name for the thread that runs a page.
const MAIN_THREAD: &str = "CrRendererMain";

/// Something that a thread did.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What it is, in Chromium's words: `RunTask`, `Commit`, `ResourceFinish` …
    pub name: String,
    /// When it began, in milliseconds of the machine's clock.
    pub start_ms: f64,
    /// How long it lasted; 0 for a mere moment.
    pub lasted_ms: f64,
    /// For how much of that the thread was at work, and not kept waiting for a core by
    /// other programs. A slow-down by [`Tab::throttle_cpu`] is work too.
    pub worked_ms: f64,
    /// What else the browser says of it.
    pub details: Value,
}

impl Event {
    /// When it was over.
    pub fn end_ms(&self) -> f64 {
        self.start_ms + self.lasted_ms
    }
}

impl Tab {
    /// Starts to note what the page does.
    pub async fn start_trace(&mut self) -> Result<()> {
        self.trace.clear();
        self.trace_is_complete = false;
        let parameters = json!({
            "transferMode": "ReportEvents",
            "traceConfig": { "recordMode": "recordUntilFull", "includedCategories": CATEGORIES },
        });
        self.command("Tracing.start", parameters).await.map(|_| ())
    }

    /// Ends it: what the page's main thread did, in order of time.
    pub async fn stop_trace(&mut self) -> Result<Vec<Event>> {
        self.command("Tracing.end", json!({})).await?;
        timeout(HAND_OVER, self.drain())
            .await
            .context("the browser did not hand over its trace")??;
        main_thread(std::mem::take(&mut self.trace))
    }

    async fn drain(&mut self) -> Result<()> {
        while !self.trace_is_complete {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => self.note(&mut serde_json::from_str(&text)?),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => bail!("the browser is gone"),
            }
        }
        Ok(())
    }
}

/// The events of the page's own thread.
fn main_thread(events: Vec<Value>) -> Result<Vec<Event>> {
    let thread = |event: &Value| (event["pid"].as_u64(), event["tid"].as_u64());
    let own = events
        .iter()
        .find(|event| event["name"] == "thread_name" && event["args"]["name"] == MAIN_THREAD)
        .map(thread)
        .context("the trace names no main thread of a page")?;
    let mut events: Vec<Event> = events
        .into_iter()
        .filter(|event| thread(event) == own)
        .filter_map(|mut event| {
            let milliseconds = |name| Some(event[name].as_f64()? / 1_000.0);
            let lasted_ms = milliseconds("dur").unwrap_or(0.0);
            Some(Event {
                name: event["name"].as_str()?.to_owned(),
                start_ms: milliseconds("ts")?,
                lasted_ms,
                worked_ms: milliseconds("tdur").unwrap_or(lasted_ms),
                details: event["args"].take(),
            })
        })
        .collect();
    events.sort_by(|a, b| a.start_ms.total_cmp(&b.start_ms));
    Ok(events)
}
