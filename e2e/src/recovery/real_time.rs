//! Each loss once as it comes to a wall: the deployed program, a real network that is cut,
//! a browser whose processes stand still; and every second of it is waited for.

use std::{
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail, ensure};
use queuewall_simulator::{Options, QueueOverride};
use tokio::time::{Instant, sleep, timeout};

use super::{AN_ANSWER, GIVEN_UP_SECONDS, IS_LIVE, LOOKS_LIVE, Loss, RENEWED_WITHIN_SECONDS};
use crate::{
    browser::{Browser, Engine},
    devtools::Tab,
    network::{Network, Way},
    program::Program,
};

/// Old numbers may look live for so long, at most: three polls that are missed, and a slow
/// machine's seconds.
const BELIEVED_FOR: Duration = Duration::from_secs(20);

/// The same on a page whose program ended or whose machine slept: it can know at once.
const NOTICED_WITHIN: Duration = Duration::from_secs(3);

/// Long enough for a slow machine.
const SOON: Duration = Duration::from_secs(60);

/// How often the page is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// A wall is open for so long before it loses something: a poll.
const LIVE_BEFORE: Duration = Duration::from_secs(5);

/// Calls waiting at the queue that is watched, before and after the loss.
const BEFORE: u64 = 41;
const AFTER: u64 = 42;

/// Reaches into the page's WebAssembly to make it trap: asks its allocator for half of
/// the largest possible memory.
const HANDS: &str = "['instantiate', 'instantiateStreaming'].forEach(function (name) {
    var real = WebAssembly[name];
    WebAssembly[name] = function () {
        return real.apply(WebAssembly, arguments).then(function (result) {
            var exports = (result.instance || result).exports;
            window.trap = function () {
                setTimeout(function () { exports.__wbindgen_malloc(-2147483648, 4); }, 0);
            };
            return result;
        });
    };
});";

/// When the page that stands in the old one's place was asked for, in milliseconds since
/// 1970; `null` while there is none.
const SUCCESSOR_OPENED_MS: &str = "window.isOld ? null : performance.timeOrigin";

/// How a wall took a loss.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// For how long it was without.
    pub away: Duration,
    /// From the loss, or from the machine's waking, to the last moment at which its old
    /// numbers looked live.
    pub believed: Duration,
    /// From the return of what it lost until it showed what is so now.
    pub live_after: Duration,
}

/// Starts a separate wall, takes something away from it for `away`, where that can be
/// chosen, and waits until the wall is live again.
pub async fn lose(loss: Loss, away: Duration) -> Result<Outcome> {
    let mut wall = Wall::open(loss).await?;
    sleep(LIVE_BEFORE).await;
    // A reading is at times older than the page likes, before the next one comes.
    wall.tab.wait_for(IS_LIVE, SOON).await?;
    let tenant = wall.deployed.tenant();
    tenant.set(&wall.queue, QueueOverride::waiting(AFTER));
    let start = Instant::now();
    wall.begin(start, BELIEVED_FOR);
    let (away, live_after) = match loss {
        Loss::Server => {
            wall.deployed.kill().await?;
            wall.watch(away).await?;
            wall.deployed.start_server().await?;
            (start.elapsed(), wall.until_live().await?)
        }
        Loss::Network => {
            wall.network.turn(Way::Hangs)?;
            wall.watch(away / 2).await?;
            wall.network.turn(Way::Refuses)?;
            wall.watch(away / 2).await?;
            wall.network.turn(Way::Open)?;
            (start.elapsed(), wall.until_live().await?)
        }
        Loss::Build => {
            wall.deployed.kill().await?;
            wall.deployed.rebuild()?;
            wall.deployed.start_server().await?;
            let away = start.elapsed();
            let old_page = wall.until_live().await?;
            (away, old_page.max(wall.renewed().await?))
        }
        Loss::Program => {
            wall.begin(start, NOTICED_WITHIN);
            let trap = "window.isOld = true, window.trap()";
            wall.tab.evaluate(trap).await?;
            (Duration::ZERO, wall.until_live().await?)
        }
        Loss::Machine => {
            let asleep = wall.browser.sleep()?;
            sleep(away).await;
            let away = start.elapsed();
            drop(asleep);
            wall.begin(Instant::now(), NOTICED_WITHIN);
            (away, wall.until_live().await?)
        }
    };
    Ok(Outcome {
        away,
        believed: wall.believed,
        live_after,
    })
}

/// A tenant, the program, the network, and a browser that shows the board.
struct Wall {
    deployed: Program,
    network: Network,
    browser: Browser,
    tab: Tab,
    queue: String,
    /// The expression by which the page shows what is so now, and no longer what was.
    is_new: String,
    /// When what was began to be wrong.
    wrong_since: Instant,
    /// How long it may look live.
    may_be_believed: Duration,
    /// How long it did.
    believed: Duration,
}

/// The page at one moment; nothing of it while the browser has none.
#[derive(Debug, Default)]
struct PageState {
    /// Everything on it may be believed.
    is_live: bool,
    /// Something on it claims that.
    looks_live: bool,
    /// It shows what is so now.
    is_new: bool,
}

impl Wall {
    async fn open(loss: Loss) -> Result<Self> {
        let still = Options {
            speed: 0.0,
            rate_limit_per_minute: None,
            ..Options::default()
        };
        let mut deployed = Program::deploy(still).await?;
        let queues = deployed.tenant().queue_ids();
        let queue = queues.into_iter().next().context("a queue")?;
        deployed
            .tenant()
            .set(&queue, QueueOverride::waiting(BEFORE));
        deployed.start_server().await?;
        let network = Network::to(deployed.address()).await?;
        let (address, token) = deployed.link().await?;
        let address = through(&address, deployed.address(), network.address())?;
        let browser = Browser::start_apart(&Engine::today()?).await?;
        let mut tab = browser.tab().await?;
        if loss == Loss::Program {
            tab.inject(HANDS).await?;
        }
        tab.resize(1920, 1080).await?;
        let opened = format!("{address}?metres=1&rotate=off&lang=en#t={token}");
        tab.navigate(&opened).await?;
        tab.wait_for(IS_LIVE, SOON).await?;
        // The number is the server's, and was not wrong because of the page's program.
        let is_new = match loss {
            Loss::Program => "!window.isOld".to_owned(),
            _ => shows(&queue, AFTER),
        };
        Ok(Self {
            deployed,
            network,
            browser,
            tab,
            queue,
            is_new,
            wrong_since: Instant::now(),
            may_be_believed: Duration::ZERO,
            believed: Duration::ZERO,
        })
    }

    /// Since `wrong` the old number is, and the page can know for itself `within`.
    fn begin(&mut self, wrong: Instant, within: Duration) {
        self.wrong_since = wrong;
        self.may_be_believed = within;
        self.believed = Duration::ZERO;
    }

    /// Looks at the page for `time`, in which nobody can tell it anything new.
    async fn watch(&mut self, time: Duration) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < time {
            let page = self.look().await;
            ensure!(!page.is_new, "nothing was lost: {page:?}");
            self.judge(&page)?;
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// Time from now until all that is shown is so.
    async fn until_live(&mut self) -> Result<Duration> {
        let start = Instant::now();
        loop {
            let page = self.look().await;
            if page.is_live && page.is_new {
                return Ok(start.elapsed());
            }
            self.judge(&page)?;
            if start.elapsed().as_secs() > u64::from(GIVEN_UP_SECONDS) {
                let shown = self.tab.evaluate("document.body.innerText").await;
                bail!("not live again: {page:?}, {shown:?}");
            }
            sleep(LOOK).await;
        }
    }

    /// Waits until the page makes room. Time from then until its successor is live.
    async fn renewed(&mut self) -> Result<Duration> {
        self.tab.evaluate("window.isOld = true").await?;
        let start = Instant::now();
        let limit = Duration::from_secs(u64::from(RENEWED_WITHIN_SECONDS)) + SOON;
        loop {
            let page = self.look().await;
            self.judge(&page)?;
            let opened = timeout(AN_ANSWER, self.tab.evaluate(SUCCESSOR_OPENED_MS)).await;
            if let Ok(Ok(opened)) = opened
                && let Some(opened_ms) = opened.as_f64()
            {
                self.until_live().await?;
                let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
                return Ok(now.saturating_sub(Duration::from_secs_f64(opened_ms / 1_000.0)));
            }
            ensure!(start.elapsed() < limit, "not reloaded for the new build");
            sleep(LOOK).await;
        }
    }

    async fn look(&mut self) -> PageState {
        let is_new = &self.is_new;
        let script = format!("({{ live: {IS_LIVE}, looksLive: {LOOKS_LIVE}, isNew: {is_new} }})");
        // While a document is being replaced there is nothing to be seen.
        let Ok(Ok(seen)) = timeout(AN_ANSWER, self.tab.evaluate(&script)).await else {
            return PageState::default();
        };
        PageState {
            is_live: seen["live"] == true,
            looks_live: seen["looksLive"] == true,
            is_new: seen["isNew"] == true,
        }
    }

    /// Keeps how long old numbers looked live, which must not be too long.
    fn judge(&mut self, page: &PageState) -> Result<()> {
        if page.looks_live && !page.is_new {
            self.believed = self.wrong_since.elapsed();
            ensure!(
                self.believed <= self.may_be_believed,
                "it looks live {:?} after the loss: {page:?}",
                self.believed
            );
        }
        Ok(())
    }
}

/// Whether the queue's tile shows this many waiting calls.
fn shows(queue: &str, calls: u64) -> String {
    format!(
        "(document.querySelector('[data-queue=\"{queue}\"] [data-metric=\"waiting\"]') || {{}})\
         .textContent === '{calls}'"
    )
}

/// The same address by way of the network.
fn through(address: &str, server: SocketAddr, network: SocketAddr) -> Result<String> {
    let server = format!("http://{server}/");
    let path = address
        .strip_prefix(&server)
        .with_context(|| format!("{address} does not begin with {server}"))?;
    Ok(format!("http://{network}/{path}"))
}
