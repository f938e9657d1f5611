//! A real page on the list of screens: with its name and build, and dark once it is gone.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    wall::Wall,
};
use queuewall_simulator::Options;
use serde_json::Value;
use tokio::time::{Instant, sleep};

/// Longer than two polls of a page, so that no poll is missed by chance.
const DARK_AFTER: Duration = Duration::from_secs(11);

/// Long enough for a slow machine.
const SOON: Duration = Duration::from_secs(180);

/// The screen of this name, once `is_so` holds of it and of the server's build.
async fn screen_that(
    wall: &Wall,
    name: &str,
    is_so: impl Fn(&Value, &Value) -> bool,
) -> Result<Value> {
    let start = Instant::now();
    loop {
        let list = wall.screens().await?;
        let screens = list["screens"].as_array().context("no list")?;
        let mut own = screens.iter().filter(|screen| screen["name"] == name);
        if let Some(screen) = own.find(|screen| is_so(screen, &list["build"])) {
            return Ok(screen.clone());
        }
        ensure!(start.elapsed() < SOON, "{list}");
        sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_page_is_on_the_list_and_dark_once_it_is_closed() -> Result<()> {
    let options = Options {
        rate_limit_per_minute: None,
        ..Options::default()
    };
    let wall = Wall::start_watched(DARK_AFTER, options, Duration::from_secs(5)).await?;
    in_each(Engine::all()?, async |engine| {
        let name = format!("Hall {}", engine.name);
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        let address = format!("/board/main?screen={}", name.replace(' ', "%20"));
        tab.navigate(&wall.url(&address)).await?;
        // From the second poll on it knows its build.
        let screen = screen_that(&wall, &name, |it, build| it["build"] == *build).await?;
        ensure!(screen["state"] == "live", "{screen}");
        ensure!(screen["board"] == "main", "{screen}");
        ensure!(screen["address"] == "127.0.0.1", "{screen}");
        ensure!(screen["errors"] == 0, "{screen}");
        ensure!(screen["sound"] == "off", "{screen}");
        let painted = screen["paint_age_seconds"].as_f64();
        ensure!(painted.is_some_and(|age| age < 30.0), "{screen}");
        drop((tab, browser));
        screen_that(&wall, &name, |it, _| it["state"] == "dark").await?;
        Ok(())
    })
    .await
}
