//! Takes pictures of the wall, calm and in trouble:
//! `screenshot FOLDER [WIDTHxHEIGHT]…`, with `QUEUEWALL_CHROMIUM` naming a Chromium.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use queuewall_e2e::{
    browser::{Browser, Engine},
    devtools::Tab,
    wall::Wall,
};
use queuewall_simulator::{Control, Field, Options, QueueOverride};

const POLL: Duration = Duration::from_secs(5);

/// Long enough for a slow machine.
const SOON: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let folder = arguments
        .next()
        .context("usage: screenshot FOLDER [WIDTHxHEIGHT]…")?;
    let folder = PathBuf::from(folder);
    fs::create_dir_all(&folder)?;
    let mut sizes: Vec<String> = arguments.collect();
    if sizes.is_empty() {
        sizes.push("1920x1080".into());
    }
    let options = Options {
        rate_limit_per_minute: None,
        ..Options::default()
    };
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;

    let wall = Wall::start(options.clone(), POLL, &[]).await?;
    tab.open(&wall.url("/board/main")).await?;
    let shown = "document.querySelectorAll('[data-state=\"fresh\"]').length > 3";
    tab.wait_for(shown, SOON).await?;
    take(&mut tab, &folder, "wall", &sizes).await?;

    // By name, since a board of the whole queue list drops a removed queue.
    let ids = wall.tenant().queue_ids();
    let twelve: Vec<&str> = ids.iter().take(12).map(String::as_str).collect();
    let wall = Wall::start(options, POLL, &twelve).await?;
    tab.open(&wall.url("/board/main")).await?;
    tab.wait_for(shown, SOON).await?;
    trouble(&wall.tenant(), &twelve);
    let all_states = "['stale', 'closed', 'not_found', 'fresh'].every(state => \
        document.querySelector('[data-state=\"' + state + '\"]'))";
    tab.wait_for(all_states, SOON).await?;
    take(&mut tab, &folder, "states", &sizes).await
}

/// One queue left out of the answers, one removed, one without its number of calls.
fn trouble(tenant: &Control, ids: &[&str]) {
    if let [.., left_out, removed, unknown] = ids {
        tenant.omit(left_out);
        tenant.remove(removed);
        let pins = QueueOverride {
            waiting: Field::Null,
            ..QueueOverride::default()
        };
        tenant.set(unknown, pins);
    }
}

async fn take(tab: &mut Tab, folder: &Path, name: &str, sizes: &[String]) -> Result<()> {
    for size in sizes {
        let (width, height) = size.split_once('x').context("a size is WIDTHxHEIGHT")?;
        tab.resize(width.parse()?, height.parse()?).await?;
        // The grid follows the size a frame later.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let file = folder.join(format!("{name}-{size}.png"));
        fs::write(&file, tab.screenshot().await?)?;
        println!("{}", file.display());
    }
    Ok(())
}
