//! What a wall loses, and how soon it is live again: in stepped time (`scripts/soak.js`),
//! in which ten minutes without a network pass in a moment, and any number of times; and
//! in [`real_time`].

pub mod real_time;

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::{devtools::Tab, pages::WALL, stage::Stage};

/// A wall is live again this long after what it had lost is back, at the latest.
pub const LIVE_WITHIN_SECONDS: u32 = 15;

/// When a wall that does not come back is given up.
const GIVEN_UP_SECONDS: u32 = 120;

/// From a build to the reload for it, at the longest: the screens of one server take
/// turns.
const RENEWED_WITHIN_SECONDS: u32 = 70;

/// A look for a new page that hangs is given up after 30 s, and the next one follows within
/// 19 s (`frontend/restart.js`).
const LOOKED_FOR_AGAIN_WITHIN_SECONDS: u32 = 55;

/// How long the browser may take to reload the page.
const A_LOAD: Duration = Duration::from_secs(60);

/// How long a page that may be on its way out has for one step.
const AN_ANSWER: Duration = Duration::from_secs(3);

/// The page may be believed: its server answers, and nothing on it is old.
const IS_LIVE: &str = "!!document.querySelector('[data-link=\"ok\"] [data-queue]') &&
    document.querySelector('.header-freshness').getAttribute('data-freshness') === 'fresh' &&
    !document.querySelector('[data-queue]:not([hidden])[data-state=\"stale\"]')";

/// Numbers that look live on a page that has none: the claim that must never fail.
const LOOKS_LIVE: &str = "!!document.querySelector('[data-link=\"ok\"] [data-state=\"fresh\"]')";

/// What can be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The server's process: a minute or less, refused connections, another uptime.
    Server,
    /// The network: ten minutes, in which requests are refused or hang by turns.
    Network,
    /// The build: the server was replaced by a newer one.
    Build,
    /// The page's own program.
    Program,
    /// The machine's attention: a laptop that sleeps, from a minute to a night.
    Machine,
}

impl Loss {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Server,
        Self::Network,
        Self::Build,
        Self::Program,
        Self::Machine,
    ];
}

/// A page in stepped time.
pub struct Stepped<'t> {
    tab: &'t mut Tab,
}

impl<'t> Stepped<'t> {
    /// Opens the wall.
    pub async fn open(tab: &'t mut Tab, stage: &Stage) -> Result<Self> {
        tab.inject(include_str!("../scripts/soak.js")).await?;
        tab.open(&stage.url(WALL)).await?;
        let mut stepped = Self { tab };
        stepped.started().await?;
        stepped.until_live().await?;
        Ok(stepped)
    }

    /// Loses something for the `trial`th time: at another moment between two polls, and
    /// for another while. Seconds from its return until the page was live.
    pub async fn lose(&mut self, loss: Loss, trial: u32) -> Result<u32> {
        // The page's seconds at which a loss begins and ends, spread over its round.
        self.step(20 + trial * 3 % 7).await?;
        ensure!(self.is_live().await?, "not live before");
        match loss {
            Loss::Server => {
                self.away("refuses", 3 + trial * 13 % 58).await?;
                self.tell("soak.restart()").await?;
            }
            Loss::Network => {
                let how = ["refuses", "hangs"][(trial % 2) as usize];
                self.away(how, 600 + trial * 11 % 17).await?;
            }
            Loss::Build => return self.renewed(trial).await,
            Loss::Program => {
                // Ends in a row make longer pauses; after an hour that went well they are
                // forgotten, and here at once.
                self.tell("sessionStorage.clear()").await?;
                self.tell("window.isOld = true, soak.trap()").await?;
                return Ok(self.replaced(LIVE_WITHIN_SECONDS).await? + self.until_live().await?);
            }
            Loss::Machine => {
                let asleep_ms = 60_000 + u64::from(trial) * 1_620_000;
                self.tell(&format!("soak.sleep({asleep_ms})")).await?;
            }
        }
        self.until_live().await
    }

    /// The page's program ends while nothing that is fetched is answered, refused or
    /// aborted. Seconds from the end of that until the page was live.
    pub async fn lose_program_in_silence(&mut self) -> Result<u32> {
        self.tell("window.isOld = true, soak.deafen(true), soak.trap()")
            .await?;
        // It looks for a new page meanwhile, and again.
        self.step(100).await?;
        self.tell("soak.deafen(false)").await?;
        Ok(self.replaced(LOOKED_FOR_AGAIN_WITHIN_SECONDS).await? + self.until_live().await?)
    }

    /// Without a server for `seconds`: the page says so once it can know.
    async fn away(&mut self, how: &str, seconds: u32) -> Result<()> {
        self.tell(&format!("soak.absent({})", json!(how))).await?;
        self.step(seconds).await?;
        if seconds > 20 {
            ensure!(
                self.tab.evaluate(LOOKS_LIVE).await? == false,
                "after {seconds} s without a server it looks live"
            );
        }
        self.tell("soak.absent('')").await
    }

    /// The page stays live until it makes room; how long its successor takes is counted.
    async fn renewed(&mut self, trial: u32) -> Result<u32> {
        let build = json!(format!("build {trial}"));
        self.tell(&format!("window.isOld = true, soak.rebuild({build})"))
            .await?;
        self.replaced(RENEWED_WITHIN_SECONDS).await?;
        self.until_live().await
    }

    /// Seconds until another page stands in the place of this one.
    async fn replaced(&mut self, within_seconds: u32) -> Result<u32> {
        for second in 0..within_seconds {
            // A page that is being replaced may not answer, or never.
            let is_new = timeout(AN_ANSWER, self.tab.evaluate("!window.isOld")).await;
            if matches!(is_new, Ok(Ok(Value::Bool(true)))) {
                self.started().await?;
                return Ok(second);
            }
            let _ = timeout(AN_ANSWER, self.step(1)).await;
            // The new page's files cross a real network meanwhile.
            sleep(Duration::from_millis(20)).await;
        }
        // Its last try is under way.
        self.tab.wait_for("!window.isOld", A_LOAD).await?;
        self.started().await?;
        Ok(within_seconds)
    }

    async fn until_live(&mut self) -> Result<u32> {
        for second in 0..GIVEN_UP_SECONDS {
            if self.is_live().await.unwrap_or_default() {
                return Ok(second);
            }
            if self.step(1).await.is_err() {
                self.started().await?;
            }
        }
        let shown = self.tab.evaluate("document.body.innerText").await?;
        bail!("not live again after {GIVEN_UP_SECONDS} s: {shown}")
    }

    /// Waits until a page is there whose time can be stepped, in real time. Its server
    /// has the same good board for it from now on: what is old then, the page lost.
    async fn started(&mut self) -> Result<()> {
        let there = "!!window.soak && !!document.querySelector('.board')";
        self.tab.wait_for(there, A_LOAD).await?;
        self.tell("soak.rest(true)").await
    }

    async fn is_live(&mut self) -> Result<bool> {
        Ok(self.tab.evaluate(IS_LIVE).await? == true)
    }

    async fn step(&mut self, seconds: u32) -> Result<()> {
        self.tell(&format!("soak.step({seconds})")).await
    }

    async fn tell(&mut self, script: &str) -> Result<()> {
        let told = self.tab.evaluate(script).await;
        told.map(|_| ()).context("the page in stepped time")
    }
}
