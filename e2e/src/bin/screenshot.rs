//! Takes pictures of the wall: `screenshot FOLDER [WIDTHxHEIGHT]…`.

use std::{env, fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use queuewall_e2e::{
    browser::{Browser, Engine},
    wall::Wall,
};
use queuewall_simulator::Options;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(
        arguments
            .next()
            .context("usage: screenshot FOLDER [WIDTHxHEIGHT]…")?,
    );
    fs::create_dir_all(&folder)?;
    let mut sizes: Vec<String> = arguments.collect();
    if sizes.is_empty() {
        sizes.push("1920x1080".into());
    }
    let options = Options {
        rate_limit_per_minute: None,
        ..Options::default()
    };
    let wall = Wall::start(options, Duration::from_secs(5), &[]).await?;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    for size in sizes {
        let (width, height) = size.split_once('x').context("a size is WIDTHxHEIGHT")?;
        tab.resize(width.parse()?, height.parse()?).await?;
        tab.open(&wall.url("/board/main")).await?;
        let shown = "document.querySelectorAll('[data-state=\"fresh\"]').length > 3";
        tab.wait_for(shown, Duration::from_secs(60)).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let file = folder.join(format!("wall-{size}.png"));
        fs::write(&file, tab.screenshot().await?)?;
        println!("{}", file.display());
    }
    Ok(())
}
