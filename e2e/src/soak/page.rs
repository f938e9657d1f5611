//! The wall in a tab whose clocks and server are replaced by `scripts/soak.js`: polls follow
//! each other as fast as the page takes them, through days, nights and outages.
//!
//! It is read with the same board and the same page of tiles each time and after a
//! collection of garbage, so that only what was kept makes a difference.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{Gauge, Subject};
use crate::{devtools::Tab, stage::Stage};

/// The polls of a day, at one in 5 s.
pub const A_DAY: u32 = 24 * 3_600 / 5;

/// What can be planted, by the name of its gauge: each poll then keeps 20 bytes, an
/// element that is in no document, or a listener.
pub const LEAKS: [&str; 4] = [JAVASCRIPT, WASM, NODES, LISTENERS];
const JAVASCRIPT: &str = "bytes of JavaScript";
const WASM: &str = "bytes of wasm";
const NODES: &str = "nodes";
const LISTENERS: &str = "listeners";

/// Half of a planted leak: a heap is never quite still.
const BYTES_A_POLL: f64 = 10.0;

/// The board has more tiles than a page holds, so its pages rotate.
const BOARD: &str = "/board/main";

/// A page of tiles stays for three polls; in an outage it may stay for longer.
const POLLS_A_TURN: u32 = 4;

/// Polls in one command: each must end within a minute.
const AT_A_TIME: u32 = 500;

/// Polls for the page to come to rest.
const REST: u32 = 12;

/// The wall while it is soaked.
pub struct Soaked<'t> {
    tab: &'t mut Tab,
    /// Polls in a round.
    polls: u32,
    /// Pages of WebAssembly's memory after the latest reading, and how many the rounds
    /// added: counting the bytes in use takes a page or two itself.
    pages: f64,
    grown_pages: f64,
}

impl<'t> Soaked<'t> {
    /// Opens the wall, for rounds of so many polls.
    pub async fn open(tab: &'t mut Tab, stage: &Stage, polls: u32) -> Result<Self> {
        tab.inject(include_str!("../../scripts/soak.js")).await?;
        tab.open(&stage.url(BOARD)).await?;
        let mut soaked = Self {
            tab,
            polls,
            pages: 0.0,
            grown_pages: 0.0,
        };
        soaked.pass(REST).await?;
        let tiles = soaked
            .number("document.querySelectorAll('[data-queue]').length")
            .await?;
        ensure!(tiles > 0.0, "the soaked page shows no tile");
        Ok(soaked)
    }

    /// Keeps something at each poll from now on: one of [`LEAKS`], or nothing.
    pub async fn plant(&mut self, leak: Option<&str>) -> Result<()> {
        let plant = format!("soak.plant({})", json!(leak.unwrap_or_default()));
        self.tab.evaluate(&plant).await.map(drop)
    }

    async fn pass(&mut self, polls: u32) -> Result<()> {
        for done in (0..polls).step_by(AT_A_TIME as usize) {
            let now = AT_A_TIME.min(polls - done);
            self.tab.evaluate(&format!("soak.run({now})")).await?;
        }
        Ok(())
    }

    async fn number(&mut self, script: &str) -> Result<f64> {
        number(&self.tab.evaluate(script).await?)
    }
}

impl Subject for Soaked<'_> {
    fn gauges(&self) -> Vec<Gauge> {
        let bytes = |name| Gauge::bytes(name, BYTES_A_POLL * f64::from(self.polls), f64::INFINITY);
        vec![
            bytes(JAVASCRIPT),
            bytes(WASM),
            Gauge::count("new pages of wasm", 0.0),
            Gauge::count(NODES, 0.0),
            Gauge::count(LISTENERS, 0.0),
        ]
    }

    async fn round(&mut self, _number: u32) -> Result<()> {
        let before = self.number("soak.turns()").await?;
        self.pass(self.polls).await?;
        let turns = self.number("soak.turns()").await? - before;
        ensure!(
            turns >= f64::from(self.polls / POLLS_A_TURN),
            "the tiles took {turns} turns in {} polls",
            self.polls
        );
        let complaints = self.tab.take_complaints();
        ensure!(complaints.is_empty(), "{complaints:#?}");
        Ok(())
    }

    async fn read(&mut self) -> Result<Vec<f64>> {
        self.tab.evaluate("soak.rest(true)").await?;
        self.pass(REST).await?;
        self.tab.evaluate("soak.untilFirstPage()").await?;
        let pages = self.number("soak.pages()").await?;
        if self.pages > 0.0 {
            self.grown_pages += pages - self.pages;
        }
        let wasm = self.number("soak.bytesInUse()").await?;
        self.pages = self.number("soak.pages()").await?;
        // What the first collection finalises, the next ones free.
        for _ in 0..3 {
            self.tab
                .command("HeapProfiler.collectGarbage", json!({}))
                .await?;
        }
        let counters = self.tab.command("Memory.getDOMCounters", json!({})).await?;
        let values = vec![
            self.tab.figure("JSHeapUsedSize").await?,
            wasm,
            self.grown_pages,
            number(&counters["nodes"])?,
            number(&counters["jsEventListeners"])?,
        ];
        self.tab.evaluate("soak.rest(false)").await?;
        Ok(values)
    }
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().context("the browser answered no number")
}
