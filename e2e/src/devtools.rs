//! A tab under remote control: by the Chrome DevTools Protocol, as much of it as
//! Chromium 66 knows as well as today's, and by WebDriver BiDi, which is Firefox's.
//!
//! # Layout
//! - `bidi`: the words in which Firefox is told the same
//! - [`emulation`], [`trace`]: what only today's Chromium can

mod bidi;
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
    protocol: Protocol,
    last_id: u64,
    complaints: Vec<String>,
    /// Of Firefox: whether requests wait to be decided on, and which are to fail.
    intercepts: bool,
    blocked: Vec<String>,
    trace: Vec<Value>,
    trace_is_complete: bool,
}

/// What a browser understands. Both put commands, answers and events into the same
/// envelope.
#[derive(Clone, Debug)]
enum Protocol {
    /// The Chrome DevTools Protocol; the connection is the tab's own.
    DevTools,
    /// WebDriver BiDi, one connection for the browser; each command names the tab.
    Bidi { context: String },
}

impl Tab {
    /// Takes control of the tab whose debugger listens at `address`.
    pub async fn attach(address: &str) -> Result<Self> {
        let mut tab = Self::connect(address, Protocol::DevTools).await?;
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

    async fn connect(address: &str, protocol: Protocol) -> Result<Self> {
        let (socket, _) = connect_async(address)
            .await
            .context("the browser refused the debugger's connection")?;
        Ok(Self {
            socket,
            protocol,
            last_id: 0,
            complaints: Vec::new(),
            intercepts: false,
            blocked: Vec::new(),
            trace: Vec::new(),
            trace_is_complete: false,
        })
    }

    /// Sends one command and waits for its answer.
    pub async fn command(&mut self, method: &str, parameters: Value) -> Result<Value> {
        let id = self.send(method, parameters).await?;
        timeout(COMMAND_LIMIT, self.answer(id))
            .await
            .with_context(|| format!("{method}: no answer"))?
            .with_context(|| method.to_owned())
    }

    async fn send(&mut self, method: &str, parameters: Value) -> Result<u64> {
        self.last_id += 1;
        let message = json!({ "id": self.last_id, "method": method, "params": parameters });
        self.socket
            .send(Message::text(message.to_string()))
            .await
            .with_context(|| format!("{method}: not sent"))?;
        Ok(self.last_id)
    }

    async fn answer(&mut self, id: u64) -> Result<Value> {
        while let Some(message) = self.socket.next().await {
            let Message::Text(text) = message? else {
                continue;
            };
            let mut message: Value = serde_json::from_str(&text)?;
            if message["id"] == id {
                if let Some(error) = message.get("error") {
                    bail!("the browser answered {error} {}", message["message"]);
                }
                return Ok(message["result"].take());
            }
            if message["params"]["isBlocked"] == true {
                self.decide(&message["params"]).await?;
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
            Some("log.entryAdded") if parameters["level"] == "error" => {
                self.complaints.push(parameters["text"].to_string());
            }
            _ => {}
        }
    }

    /// Uncaught exceptions and errors on the console so far; they are forgotten.
    pub fn take_complaints(&mut self) -> Vec<String> {
        std::mem::take(&mut self.complaints)
    }

    /// Opens an address and waits for the document.
    pub async fn open(&mut self, url: &str) -> Result<()> {
        self.navigate(url).await?;
        let same = format!(
            "location.href === {} && document.readyState !== 'loading'",
            json!(url)
        );
        self.wait_for(&same, Duration::from_secs(30)).await
    }

    /// Opens an address, and does not wait: the page may change it at once.
    pub async fn navigate(&mut self, url: &str) -> Result<()> {
        match self.protocol.clone() {
            Protocol::DevTools => self.command("Page.navigate", json!({ "url": url })).await?,
            Protocol::Bidi { context } => self.navigate_in(&context, url).await?,
        };
        Ok(())
    }

    /// Loads the document again, and does not wait.
    pub async fn reload(&mut self) -> Result<()> {
        match self.protocol.clone() {
            Protocol::DevTools => self.command("Page.reload", json!({})).await?,
            Protocol::Bidi { context } => self.reload_in(&context).await?,
        };
        Ok(())
    }

    /// Lets requests for these addresses fail from now on, `*` for anything; none: all
    /// pass again.
    pub async fn block(&mut self, urls: &[&str]) -> Result<()> {
        match self.protocol.clone() {
            Protocol::DevTools => {
                self.command("Network.setBlockedURLs", json!({ "urls": urls }))
                    .await?;
                Ok(())
            }
            Protocol::Bidi { .. } => self.intercept(urls).await,
        }
    }

    /// The value of a JavaScript expression, promises awaited.
    pub async fn evaluate(&mut self, expression: &str) -> Result<Value> {
        if let Protocol::Bidi { context } = self.protocol.clone() {
            return self.evaluate_in(&context, expression).await;
        }
        let parameters =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.command("Runtime.evaluate", parameters).await?;
        if let Some(exception) = answer.get("exceptionDetails") {
            bail!("{expression} threw {exception}");
        }
        Ok(answer["result"]["value"].take())
    }

    /// The value of an expression that waits for nothing, on a page whose scripts are
    /// forbidden as well.
    pub async fn evaluate_at_once(&mut self, expression: &str) -> Result<Value> {
        match self.protocol.clone() {
            Protocol::DevTools => self.evaluate(expression).await,
            Protocol::Bidi { context } => self.evaluate_at_once_in(&context, expression).await,
        }
    }

    /// Waits until an expression is true.
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
    pub async fn resize(&mut self, width: u32, height: u32) -> Result<()> {
        if let Protocol::Bidi { context } = self.protocol.clone() {
            return self.set_viewport(&context, width, height).await;
        }
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", metrics)
            .await
            .map(|_| ())
    }

    /// A PNG of what the screen shows.
    pub async fn screenshot(&mut self) -> Result<Vec<u8>> {
        use base64::Engine as _;
        let answer = match self.protocol.clone() {
            Protocol::DevTools => {
                self.command("Page.captureScreenshot", json!({ "format": "png" }))
                    .await?
            }
            Protocol::Bidi { context } => self.capture(&context).await?,
        };
        let data = answer["data"]
            .as_str()
            .context("a screenshot without data")?;
        base64::engine::general_purpose::STANDARD
            .decode(data)
            .context("a screenshot that is not base64")
    }

    /// Runs `script` at the start of every document to come, before its own scripts.
    pub async fn inject(&mut self, script: &str) -> Result<()> {
        match self.protocol {
            Protocol::DevTools => {
                let source = json!({ "source": script });
                self.command("Page.addScriptToEvaluateOnNewDocument", source)
                    .await?
            }
            Protocol::Bidi { .. } => self.preload(script).await?,
        };
        Ok(())
    }

    /// Presses the Enter key, which is a remote control's OK.
    pub async fn press_enter(&mut self) -> Result<()> {
        if let Protocol::Bidi { context } = self.protocol.clone() {
            return self.press(&context, "\u{e007}").await;
        }
        for kind in ["rawKeyDown", "char", "keyUp"] {
            let key = json!({ "type": kind, "windowsVirtualKeyCode": 13, "key": "Enter",
                "code": "Enter", "text": "\r" });
            self.command("Input.dispatchKeyEvent", key).await?;
        }
        Ok(())
    }
}
