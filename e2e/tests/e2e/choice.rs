//! Boards that choose their numbers: whatever stands on a tile, nothing is cut, covers another
//! part or is too small, in any language; and the preset for agents never says that calls wait.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use queuewall_e2e::{
    browser::{Browser, Engine, in_each},
    devtools::Tab,
    scene::{self, Mood},
    stage::Stage,
};
use queuewall_shared::{
    choice::Preset,
    snapshot::{BoardSnapshot, Metric, Today, TodayServiceLevel},
};

use crate::{
    fit::{faults, smallest_px},
    languages::keep_picture,
};

const SOON: Duration = Duration::from_secs(180);
const LANGUAGES: [&str; 5] = ["en", "de", "es", "fr", "pt"];
const FULL_HD: (u32, u32) = (1920, 1080);

/// A board of `count` queues with numbers of today, as wide as they come where `are_wide`.
fn board(count: usize, are_wide: bool) -> BoardSnapshot {
    let mut board = scene::board(Mood::Detailed, count, None);
    board.today_interval_ms = Some(60_000);
    for (place, queue) in board.queues.iter_mut().enumerate() {
        let (some, percent) = match (are_wide, place as u64) {
            (true, _) => (1, 100.0),
            (false, place) => (place, 97.0 - 5.5 * (place % 6) as f64),
        };
        let ms = |usual: u64| if are_wide { 35_999_000 } else { usual };
        let count = |usual: u64| if are_wide { 123_456 } else { usual };
        if are_wide {
            queue.longest_wait_ms = Some(35_999_000);
            queue.average_wait_ms = Some(35_999_000);
            queue.waiting = Some(123_456);
            queue.service_level.percent = Some(100.0);
            queue.service_level.sample = Some(12_345);
            let agents = &mut queue.agents;
            for agents in [
                &mut agents.logged_on,
                &mut agents.available,
                &mut agents.busy,
                &mut agents.after_call_work,
                &mut agents.unavailable,
            ] {
                *agents = Some(188);
            }
        }
        queue.today = Some(Today {
            from: "2026-11-29T23:00:00Z".into(),
            // Some too old beside others that are not.
            lag_ms: if place % 5 == 3 { 25 * 60_000 } else { 0 },
            offered: Some(count(180 + 37 * some)),
            queued: Some(count(170 + 37 * some)),
            handled: Some(count(160 + 36 * some)),
            abandoned: Some(count(7 + some)),
            abandon_rate_percent: Some(100.0 - percent),
            average_speed_of_answer_ms: Some(ms(14_000 + 3_000 * some)),
            average_handle_ms: Some(ms(240_000 + 9_000 * some)),
            average_talk_ms: Some(ms(200_000 + 8_000 * some)),
            average_wrap_ms: Some(ms(40_000 + 1_000 * some)),
            service_level: TodayServiceLevel {
                percent: Some(percent),
                sample: Some(count(150 + 30 * some)),
            },
        });
    }
    board
}

/// The same, as a board has it that chooses these.
fn choosing(mut board: BoardSnapshot, hero: Metric, beside: &[Metric]) -> BoardSnapshot {
    board.board.display.hero = Some(hero);
    board.board.display.beside = Some(beside.to_vec().into());
    board
}

fn of_preset(board: BoardSnapshot, preset: Preset) -> BoardSnapshot {
    let (hero, beside) = preset.numbers();
    let mut board = choosing(board, hero, beside);
    board.board.display.preset = Some(preset);
    board
}

async fn open(tab: &mut Tab, stage: &Stage, language: &str, hero: Metric) -> Result<()> {
    let path = format!("/board/main?metres=3&inches=55&rotate=off&lang={language}");
    tab.open(&stage.url(&path)).await?;
    let shown = format!(
        "!!document.querySelector('.tile [data-metric={}]') && document.fonts.status === 'loaded' \
         && document.documentElement.lang === '{language}'",
        hero.as_str()
    );
    tab.wait_for(&shown, SOON).await
}

async fn check(tab: &mut Tab, what: &str) -> Result<()> {
    let (width, height) = FULL_HD;
    let found = faults(tab, smallest_px(width, height, 3.0, 55.0)).await?;
    ensure!(found.is_empty(), "{what}: {found:#?}");
    Ok(())
}

/// Each metric is the large number once, and stands in each place beside one.
#[tokio::test]
async fn every_choice_fits_its_tiles_in_every_language() -> Result<()> {
    let _core = crate::busy().await;
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(FULL_HD.0, FULL_HD.1).await?;
    let wide = board(12, true);
    let stage = Stage::start(&wide, scene::AGE, scene::UPTIME).await?;
    let mut wrong = Vec::new();
    for (place, hero) in Metric::ALL.into_iter().enumerate() {
        let beside = [1, 2, 3, 4].map(|next| Metric::ALL[(place + next) % Metric::ALL.len()]);
        let mut board = choosing(wide.clone(), hero, &beside);
        // Numbers that are not the reason's make room for it.
        for queue in board.queues.iter_mut().step_by(2) {
            (queue.level, queue.reasons) = (queue.level.min(queue.last_level), Vec::new());
        }
        stage.set(&board)?;
        for language in LANGUAGES {
            open(&mut tab, &stage, language, hero).await?;
            let what = format!("{}-{language}", hero.as_str());
            keep_picture(&mut tab, &format!("choice-{what}")).await?;
            wrong.extend(check(&mut tab, &what).await.err());
        }
    }
    ensure!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

/// What the page says anywhere, in the tab's title too.
const SAID: &str = "document.title + ' ' + document.querySelector('.board').innerText";

#[tokio::test]
async fn presets_show_their_numbers_in_each_engine() -> Result<()> {
    let _core = crate::busy().await;
    in_each(Engine::all()?, async |engine| {
        let browser = Browser::start(&engine).await?;
        let mut tab = browser.tab().await?;
        tab.resize(FULL_HD.0, FULL_HD.1).await?;
        let stage = Stage::start(&board(12, false), scene::AGE, scene::UPTIME).await?;
        for preset in Preset::ALL {
            stage.set(&of_preset(board(12, false), preset))?;
            for language in ["en", "de"] {
                let name = preset.as_str();
                let what = format!("{name}-{language}-{}", engine.name);
                open(&mut tab, &stage, language, preset.numbers().0).await?;
                keep_picture(&mut tab, &format!("preset-{what}")).await?;
                check(&mut tab, &what).await?;
                let said = tab.evaluate(SAID).await?;
                let said = said.as_str().context("a text")?.to_lowercase();
                let says_waiting = ["wait", "longest", "wart", "längst"]
                    .iter()
                    .any(|word| said.contains(word));
                ensure!(says_waiting == (preset != Preset::Agents), "{what}: {said}");
            }
        }
        let complaints = tab.take_complaints();
        ensure!(complaints.is_empty(), "{complaints:#?}");
        Ok(())
    })
    .await
}
