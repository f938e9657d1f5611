//! A week on the wall in a few minutes: the page's clocks and its server are replaced by
//! `scripts/soak.js`, so that polls follow each other as fast as the page takes them,
//! and what it keeps is read before and after.
//!
//! Read is the page at rest: with the same board and the same page of tiles each time and
//! after a collection of garbage, so that nothing but what was kept makes a difference.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::{devtools::Tab, stage::Stage};

/// The polls of a week, at one in 5 s.
pub const A_WEEK: u32 = 7 * 24 * 3_600 / 5;

/// The board has more tiles than a page holds, which take turns.
const BOARD: &str = "/board/main";

/// A page of tiles stays for three polls; in an outage it may stay for longer.
const POLLS_A_TURN: u32 = 4;

/// Polls in one command: each must end within a minute.
const AT_A_TIME: u32 = 500;

/// What the planted leaks of bytes keep at each poll.
const PLANTED_BYTES: f64 = 20.0;

/// Polls for the page to come to rest.
const REST: u32 = 12;

/// What a leak that is planted to be found keeps at each poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak {
    /// 20 bytes of JavaScript.
    Script,
    /// 20 bytes of WebAssembly's memory.
    Wasm,
    /// An element that is in no document.
    Node,
    /// An event listener.
    Listener,
}

impl Leak {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Script, Self::Wasm, Self::Node, Self::Listener];

    fn as_str(self) -> &'static str {
        match self {
            Self::Script => "js",
            Self::Wasm => "wasm",
            Self::Node => "node",
            Self::Listener => "listener",
        }
    }
}

/// What a page holds at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holding {
    /// Pages of WebAssembly's memory, 64 KiB each.
    pub wasm_pages: f64,
    /// Bytes of it that are in use, to about a hundred.
    pub wasm_bytes: f64,
    /// Bytes of the JavaScript heap in use.
    pub script_bytes: f64,
    /// Nodes, in the document or held by a script.
    pub nodes: f64,
    /// Event listeners.
    pub listeners: f64,
}

/// What a page held before and after a number of polls.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    /// After the warm-up.
    pub before: Holding,
    /// At the end.
    pub after: Holding,
    /// The polls in between.
    pub polls: u32,
    /// How often another page of tiles came up meanwhile.
    pub turns: u32,
}

impl Growth {
    /// Bytes of the JavaScript heap that each poll kept.
    #[must_use]
    pub fn script_bytes_a_poll(&self) -> f64 {
        (self.after.script_bytes - self.before.script_bytes) / f64::from(self.polls)
    }

    /// Bytes of WebAssembly's memory that each poll kept.
    #[must_use]
    pub fn wasm_bytes_a_poll(&self) -> f64 {
        (self.after.wasm_bytes - self.before.wasm_bytes) / f64::from(self.polls)
    }

    /// The JavaScript heap's growth, in percent.
    #[must_use]
    pub fn script_percent(&self) -> f64 {
        (self.after.script_bytes / self.before.script_bytes - 1.0) * 100.0
    }

    /// The kinds of leak that this growth shows; none for a page that can run for ever.
    /// Of bytes, half the leak that is planted counts as one: a heap is never quite
    /// still, and over a week that would be hundreds of times what is allowed.
    #[must_use]
    pub fn leaks(&self) -> Vec<Leak> {
        let (before, after) = (self.before, self.after);
        let grew = |leak: &Leak| match leak {
            Leak::Script => self.script_bytes_a_poll() >= PLANTED_BYTES / 2.0,
            Leak::Wasm => {
                self.wasm_bytes_a_poll() >= PLANTED_BYTES / 2.0
                    || after.wasm_pages > before.wasm_pages
            }
            Leak::Node => after.nodes > before.nodes,
            Leak::Listener => after.listeners > before.listeners,
        };
        Leak::ALL.into_iter().filter(grew).collect()
    }
}

/// The wall in a tab whose time is under control.
pub struct Soak<'t> {
    tab: &'t mut Tab,
}

impl<'t> Soak<'t> {
    /// Opens the wall and lets `warm_up` polls pass. `progress` is told how many are over.
    ///
    /// # Errors
    /// When the page does not poll, or shows nothing.
    pub async fn open(
        tab: &'t mut Tab,
        stage: &Stage,
        warm_up: u32,
        progress: impl FnMut(u32),
    ) -> Result<Self> {
        tab.inject(include_str!("../scripts/soak.js")).await?;
        tab.open(&stage.url(BOARD)).await?;
        pass(tab, warm_up, progress).await?;
        let tiles = tab
            .evaluate("document.querySelectorAll('[data-queue]').length")
            .await?;
        ensure!(tiles.as_u64() > Some(0), "the soaked page shows no tile");
        // What the first reading itself leaves behind is no growth.
        hold(tab).await?;
        Ok(Self { tab })
    }

    /// Lets `polls` pass, each with a leak where one is named: what the page kept.
    ///
    /// # Errors
    /// When the page does not poll, turns no pages of tiles, complains, or the browser cannot tell what it holds.
    pub async fn grow(
        &mut self,
        polls: u32,
        leak: Option<Leak>,
        progress: impl FnMut(u32),
    ) -> Result<Growth> {
        let plant = |what: &str| format!("soak.plant({})", json!(what));
        let mut before = hold(self.tab).await?;
        // Counting the bytes in use took a page or two, which stay.
        before.wasm_pages = number(&self.tab.evaluate("soak.pages()").await?)?;
        self.tab
            .evaluate(&plant(leak.map_or("", Leak::as_str)))
            .await?;
        let turns_before = number(&self.tab.evaluate("soak.turns()").await?)?;
        pass(self.tab, polls, progress).await?;
        let turns = number(&self.tab.evaluate("soak.turns()").await?)? - turns_before;
        self.tab.evaluate(&plant("")).await?;
        ensure!(
            turns >= f64::from(polls / POLLS_A_TURN),
            "the tiles took {turns} turns in {polls} polls"
        );
        let after = hold(self.tab).await?;
        let complaints = self.tab.take_complaints();
        ensure!(complaints.is_empty(), "{complaints:#?}");
        Ok(Growth {
            before,
            after,
            polls,
            turns: turns as u32,
        })
    }
}

async fn pass(tab: &mut Tab, polls: u32, mut progress: impl FnMut(u32)) -> Result<()> {
    let mut left = polls;
    while left > 0 {
        let now = left.min(AT_A_TIME);
        tab.evaluate(&format!("soak.run({now})")).await?;
        left -= now;
        progress(now);
    }
    Ok(())
}

async fn hold(tab: &mut Tab) -> Result<Holding> {
    tab.evaluate("soak.rest(true)").await?;
    pass(tab, REST, |_| {}).await?;
    tab.evaluate("soak.untilFirstPage()").await?;
    let wasm_pages = number(&tab.evaluate("soak.pages()").await?)?;
    let wasm_bytes = number(&tab.evaluate("soak.bytesInUse()").await?)?;
    // What the first collection finalises, the next ones free.
    for _ in 0..3 {
        tab.command("HeapProfiler.collectGarbage", json!({}))
            .await?;
    }
    let counters = tab.command("Memory.getDOMCounters", json!({})).await?;
    let holding = Holding {
        wasm_pages,
        wasm_bytes,
        script_bytes: tab.figure("JSHeapUsedSize").await?,
        nodes: number(&counters["nodes"])?,
        listeners: number(&counters["jsEventListeners"])?,
    };
    tab.evaluate("soak.rest(false)").await?;
    Ok(holding)
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().context("the browser answered no number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grew_is_named_and_what_shrank_is_not() {
        let before = Holding {
            wasm_pages: 20.0,
            wasm_bytes: 1_000.0,
            script_bytes: 2_000_000.0,
            nodes: 500.0,
            listeners: 9.0,
        };
        let of = |after| Growth {
            before,
            after,
            polls: 1_000,
            turns: 333,
        };
        assert!(of(before).leaks().is_empty());
        let less = Holding {
            nodes: 400.0,
            script_bytes: 1_000_000.0,
            ..before
        };
        assert!(of(less).leaks().is_empty());
        let more = Holding {
            wasm_pages: 20.0,
            wasm_bytes: 21_000.0,
            script_bytes: 2_020_000.0,
            nodes: 501.0,
            listeners: 10.0,
        };
        assert_eq!(of(more).leaks(), Leak::ALL);
        let little = Holding {
            wasm_bytes: 10_000.0,
            script_bytes: 2_009_000.0,
            ..before
        };
        assert!(of(little).leaks().is_empty());
        let page = Holding {
            wasm_pages: 21.0,
            ..before
        };
        assert_eq!(of(page).leaks(), [Leak::Wasm]);
        assert!((of(more).script_percent() - 1.0).abs() < 1e-9);
    }
}
