//! The Chrome DevTools Protocol, as much of it as the tests need. What stands in this
//! file Chromium 66 knows as well as today's.

pub mod emulation;
pub mod trace;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

/// How long one command may take.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// One tab under remote control.
pub struct Tab {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: u64,
    complaints: Vec<String>,
    trace: Vec<Value>,
    trace_is_complete: bool,
}

impl Tab {
    /// Takes control of the tab whose debugger listens at `address`.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn attach(address: &str) -> Result<Self> {
        let (socket, _) = connect_async(address)
            .await
            .context("the browser refused the debugger's connection")?;
        let mut tab = Self {
            socket,
            last_id: 0,
            complaints: Vec::new(),
            trace: Vec::new(),
            trace_is_complete: false,
        };
        for domain in [
            "Page.enable",
            "Runtime.enable",
            "Log.enable",
            "Network.enable",
        ] {
            tab.command(domain, json!({})).await?;
        }
        Ok(tab)
    }

    /// Sends one command and waits for its answer.
    ///
    /// # Errors
    /// When the browser is gone, answers with an error, or not within a minute.
    pub async fn command(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.last_id += 1;
        let id = self.last_id;
        let message = json!({ "id": id, "method": method, "params": parameters });
        self.socket
            .send(Message::text(message.to_string()))
            .await
            .with_context(|| format!("{method}: not sent"))?;
        timeout(COMMAND_LIMIT, self.answer(id))
            .await
            .with_context(|| format!("{method}: no answer"))?
            .with_context(|| method.to_owned())
    }

    async fn answer(&mut self, id: u64) -> Result<Value> {
        while let Some(message) = self.socket.next().await {
            let Message::Text(text) = message? else {
                continue;
            };
            let mut message: Value = serde_json::from_str(&text)?;
            if message["id"] == id {
                if let Some(error) = message.get("error") {
                    bail!("the browser answered {error}");
                }
                return Ok(message["result"].take());
            }
            self.note(&mut message);
        }
        bail!("the browser is gone")
    }

    /// Keeps what the page complained about, and what it was traced doing.
    fn note(&mut self, event: &mut Value) {
        if event["method"] == "Tracing.dataCollected" {
            if let Value::Array(events) = event["params"]["value"].take() {
                self.trace.extend(events);
            }
            return;
        }
        let parameters = &event["params"];
        match event["method"].as_str() {
            Some("Tracing.tracingComplete") => self.trace_is_complete = true,
            Some("Runtime.exceptionThrown") => self
                .complaints
                .push(parameters["exceptionDetails"].to_string()),
            Some("Log.entryAdded") if parameters["entry"]["level"] == "error" => {
                self.complaints.push(parameters["entry"].to_string());
            }
            Some("Runtime.consoleAPICalled") if parameters["type"] == "error" => {
                self.complaints.push(parameters["args"].to_string());
            }
            _ => {}
        }
    }

    /// Uncaught exceptions and errors on the console so far; they are forgotten.
    pub fn take_complaints(&mut self) -> Vec<String> {
        std::mem::take(&mut self.complaints)
    }

    /// Opens an address and waits for the document.
    ///
    /// # Errors
    /// When the browser cannot.
    pub async fn open(&mut self, url: &str) -> Result<()> {
        self.command("Page.navigate", json!({ "url": url })).await?;
        let same = format!(
            "location.href === {} && document.readyState !== 'loading'",
            json!(url)
        );
        self.wait_for(&same, Duration::from_secs(30)).await
    }

    /// The value of a JavaScript expression, promises awaited.
    ///
    /// # Errors
    /// When it throws.
    pub async fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let parameters =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.command("Runtime.evaluate", parameters).await?;
        if let Some(exception) = answer.get("exceptionDetails") {
            bail!("{expression} threw {exception}");
        }
        Ok(answer["result"]["value"].take())
    }

    /// Waits until an expression is true.
    ///
    /// # Errors
    /// When it is not within `limit`: with what the page shows and complained about.
    pub async fn wait_for(&mut self, condition: &str, limit: Duration) -> Result<()> {
        let start = Instant::now();
        loop {
            // While a document is being replaced an evaluation may fail; the next tells.
            if self
                .evaluate(condition)
                .await
                .is_ok_and(|value| value == true)
            {
                return Ok(());
            }
            if start.elapsed() > limit {
                let shown = self
                    .evaluate("document.documentElement.outerHTML")
                    .await
                    .unwrap_or_default();
                bail!(
                    "not true within {} s: {condition}\nThe page:\n{}\nIts complaints: {:#?}",
                    limit.as_secs(),
                    shown.as_str().unwrap_or_default(),
                    self.complaints
                );
            }
            sleep(LOOK).await;
        }
    }

    /// Sets the size of the screen in CSS pixels.
    ///
    /// # Errors
    /// When the browser cannot.
    pub async fn resize(&mut self, width: u32, height: u32) -> Result<()> {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", metrics)
            .await
            .map(|_| ())
    }

    /// A PNG of what the screen shows.
    ///
    /// # Errors
    /// When the browser cannot.
    pub async fn screenshot(&mut self) -> Result<Vec<u8>> {
        use base64::Engine as _;
        let answer = self
            .command("Page.captureScreenshot", json!({ "format": "png" }))
            .await?;
        let data = answer["data"]
            .as_str()
            .context("a screenshot without data")?;
        base64::engine::general_purpose::STANDARD
            .decode(data)
            .context("a screenshot that is not base64")
    }
}
