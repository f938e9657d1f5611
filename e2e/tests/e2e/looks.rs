//! How readable the wall is for everyone: contrast, colours for colour-blind eyes,
//! motion, what moves by itself, and what axe-core finds.

use std::{env, fs, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use queuewall_e2e::{
    browser::{Browser, Engine},
    devtools::{Tab, emulation::Vision},
    pages::{self, WALL},
    scene::{self, Mood},
    stage::Stage,
};
use queuewall_shared::snapshot::{Agents, BoardSnapshot, Level, Queue, QueueState, Theme};
use serde_json::{Value, json};

const THEMES: [Theme; 3] = [Theme::Dark, Theme::Light, Theme::Contrast];
const MOODS: [Mood; 5] = [
    Mood::Calm,
    Mood::Troubled,
    Mood::Mixed,
    Mood::Detailed,
    Mood::Down,
];
const QUEUES: usize = 24;

/// Long enough for a frame or two.
const SETTLE: Duration = Duration::from_millis(300);

/// WCAG's least contrast for numbers (AAA), for all other text (AA, as if none of it
/// were large), and for icons.
const NUMBERS: f64 = 7.0;
const TEXT: f64 = 4.5;
const ICONS: f64 = 3.0;

/// How much more than the next lower one a level's tile has to stand out: by a fifth.
const STANDS_OUT: f64 = 1.2;

/// How much brighter one part of an agents' bar has to be than its neighbour, (L1 + 0.05) /
/// (L2 + 0.05) with L their luminance: after-call work and away each against what is left
/// and right of it.
const PARTS_APART: f64 = 1.4;

/// How much of the screen may move by itself while data come and change: the numbers of all
/// tiles become smaller where the first one has three figures. Tiles never move.
const SHIFT: f64 = 0.035;

async fn start() -> Result<(Browser, Tab)> {
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    tab.resize(1920, 1080).await?;
    Ok((browser, tab))
}

async fn stage(mood: Mood, theme: Theme) -> Result<Stage> {
    let board = scene::board(mood, QUEUES, Some(theme));
    Stage::start(&board, scene::age(mood), scene::UPTIME).await
}

async fn show(tab: &mut Tab, stage: &Stage) -> Result<()> {
    // A dozen tiles are every state and level; the others are on a second page.
    pages::show(tab, stage, WALL, 12).await?;
    tokio::time::sleep(SETTLE).await;
    Ok(())
}

/// What of the page falls short, as the contrast script has it.
pub(crate) async fn too_faint(tab: &mut Tab) -> Result<Vec<String>> {
    let found = tab
        .evaluate(include_str!("../../scripts/contrast.js"))
        .await?;
    let found = found.as_array().context("a list of texts")?;
    ensure!(found.len() > 5, "only {} texts were seen", found.len());
    let faint = found.iter().filter(|it| {
        let least = match it["kind"].as_str() {
            Some("number") => NUMBERS,
            Some("icon") => ICONS,
            _ => TEXT,
        };
        it["contrast"].as_f64().is_none_or(|value| value < least)
    });
    Ok(faint.map(Value::to_string).collect())
}

const AXE: &str = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
    .then(result => ({ passes: result.passes.length, violations: result.violations.map(it =>
        it.id + ': ' + it.help + ' (' + it.nodes.map(node => node.target.join(' ')).join(', ') + ')') }))";

/// axe-core's script.
pub(crate) fn axe() -> Result<String> {
    let script = match env::var_os("QUEUEWALL_AXE") {
        Some(file) => PathBuf::from(file),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../.tools/node_modules/axe-core/axe.min.js"),
    };
    fs::read_to_string(&script)
        .with_context(|| format!("{}: run this through `cargo xtask test`", script.display()))
}

/// What axe-core finds, once its script runs in the page.
pub(crate) async fn violations(tab: &mut Tab) -> Result<Vec<String>> {
    let found = tab.evaluate(AXE).await?;
    ensure!(
        found["passes"].as_u64() > Some(5),
        "axe looked at nothing: {found}"
    );
    Ok(serde_json::from_value(found["violations"].clone())?)
}

#[tokio::test]
async fn contrast_and_axe_pass_in_every_theme_state_and_level() -> Result<()> {
    let _core = crate::busy().await;
    let axe = axe()?;
    let (_browser, mut tab) = start().await?;
    let mut wrong = Vec::new();
    for theme in THEMES {
        for mood in MOODS {
            let stage = stage(mood, theme).await?;
            show(&mut tab, &stage).await?;
            let mut found = too_faint(&mut tab).await?;
            tab.evaluate(&axe).await?;
            found.extend(violations(&mut tab).await?);
            if mood == Mood::Mixed {
                pages::lose(&mut tab).await?;
                found.extend(too_faint(&mut tab).await?);
                tab.cut_off(false).await?;
            }
            wrong.extend(found.iter().map(|it| format!("{theme:?} {mood:?} {it}")));
        }
    }
    ensure!(wrong.is_empty(), "found:\n{}", wrong.join("\n"));
    // Both must be able to find something.
    tab.evaluate("document.querySelector('[data-metric]').style.color = '#888'")
        .await?;
    ensure!(!too_faint(&mut tab).await?.is_empty(), "grey is not seen");
    tab.evaluate("document.querySelector('[data-metric]').style.color = ''")
        .await?;
    tab.evaluate("document.body.appendChild(document.createElement('img')).src = '/assets/x'")
        .await?;
    let found = violations(&mut tab).await?;
    ensure!(found.len() == 1, "an image without words: {found:?}");
    Ok(())
}

/// A dozen tiles of the same content, each kind three times: critical, warning, calm, closed.
fn ranked(theme: Theme) -> BoardSnapshot {
    let mut board = scene::board(Mood::Calm, 12, Some(theme));
    let mut of = scene::queue(Mood::Calm, 0);
    scene::load(&mut of, 9);
    let reason = of.reasons[0];
    for (place, queue) in board.queues.iter_mut().enumerate() {
        let (level, state) = match place % 4 {
            0 => (Level::Critical, QueueState::Open),
            1 => (Level::Warning, QueueState::Open),
            2 => (Level::Ok, QueueState::Open),
            _ => (Level::None, QueueState::Closed),
        };
        *queue = Queue {
            id: queue.id.clone(),
            level,
            state,
            reasons: Vec::from_iter((level > Level::Ok).then_some(reason)),
            ..of.clone()
        };
    }
    board
}

#[tokio::test]
async fn worse_levels_stand_out_more_on_a_grey_thumbnail() -> Result<()> {
    let _core = crate::busy().await;
    let (_browser, mut tab) = start().await?;
    let mut alike = Vec::new();
    for theme in THEMES {
        let stage = Stage::start(&ranked(theme), scene::AGE, scene::UPTIME).await?;
        show(&mut tab, &stage).await?;
        let picture = base64::engine::general_purpose::STANDARD.encode(tab.screenshot().await?);
        let script = include_str!("../../scripts/luminance.js");
        let levels = tab
            .evaluate(&script.replace("PICTURE", &json!(picture).to_string()))
            .await?;
        println!("{theme:?}: {levels}");
        for (more, less) in [("critical", "warning"), ("warning", "ok"), ("ok", "closed")] {
            let of = |kind: &str| {
                levels[kind]
                    .as_f64()
                    .with_context(|| format!("no {kind} tile"))
            };
            let times = of(more)? / of(less)?;
            if times < STANDS_OUT {
                alike.push(format!("{theme:?}: {more} {times:.2} times {less}"));
            }
        }
    }
    ensure!(alike.is_empty(), "too much alike: {}", alike.join("; "));
    Ok(())
}

/// How bright the parts of an agents' bar are to these eyes, from the left: free, busy,
/// after-call work, nobody, away.
async fn parts(tab: &mut Tab, vision: Vision) -> Result<Vec<f64>> {
    tab.see_with(vision).await?;
    tokio::time::sleep(SETTLE).await;
    let picture = base64::engine::general_purpose::STANDARD.encode(tab.screenshot().await?);
    let script = include_str!("../../scripts/parts.js");
    let parts = tab
        .evaluate(&script.replace("PICTURE", &json!(picture).to_string()))
        .await?;
    Ok(serde_json::from_value(parts)?)
}

#[tokio::test]
async fn agents_off_calls_differ_in_brightness_from_neighbours() -> Result<()> {
    let _core = crate::busy().await;
    let (_browser, mut tab) = start().await?;
    let mut alike = Vec::new();
    for theme in THEMES {
        let mut board = scene::board(Mood::Calm, 1, Some(theme));
        // A fifth each, and a fifth of whom nothing is counted.
        let fifth = Some(4);
        board.queues[0].agents = Agents {
            logged_on: Some(20),
            available: fifth,
            busy: fifth,
            after_call_work: fifth,
            unavailable: fifth,
        };
        let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
        pages::show(&mut tab, &stage, WALL, 1).await?;
        for vision in Vision::ALL {
            let parts = parts(&mut tab, vision).await?;
            ensure!(parts.len() == 5, "{parts:?}");
            let ratio = |a: f64, b: f64| (a.max(b) + 0.05) / (a.min(b) + 0.05);
            let beside = parts.windows(2).map(|pair| ratio(pair[0], pair[1]));
            let beside: Vec<f64> = beside.collect();
            // Free and busy differ in colour first; busy is what is new's neighbour.
            let new = [
                &beside[1..],
                // Where nobody is left over, these two lie side by side.
                &[ratio(parts[2], parts[4])],
            ]
            .concat();
            println!("{theme:?} {vision:?}: {parts:.3?} {new:.2?}");
            if new.iter().any(|ratio| *ratio < PARTS_APART) {
                alike.push(format!("{theme:?} {vision:?}: {new:.2?}"));
            }
        }
    }
    ensure!(alike.is_empty(), "too much alike: {}", alike.join("; "));
    Ok(())
}

#[tokio::test]
async fn nothing_moves_for_those_who_want_no_motion() -> Result<()> {
    let _core = crate::busy().await;
    let (_browser, mut tab) = start().await?;
    tab.prefer("prefers-reduced-motion", "reduce").await?;
    let mut board = scene::board(Mood::Calm, QUEUES, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    show(&mut tab, &stage).await?;
    let watch = "(function () {
        window.moving = [];
        (function look() {
            document.getAnimations().forEach(it => {
                if (it.playState === 'running') window.moving.push(it.animationName || it.transitionProperty);
            });
            requestAnimationFrame(look);
        })();
    })()";
    tab.evaluate(watch).await?;
    for step in 0..6 {
        for queue in board.queues.iter_mut().step_by(3) {
            scene::load(queue, step * 5 % 14);
        }
        stage.set(&board)?;
        pages::poll(&mut tab, &stage, SETTLE).await?;
    }
    let moving = tab.evaluate("window.moving").await?;
    ensure!(moving == json!([]), "{moving} ran");
    // The measure must be able to see something.
    tab.evaluate(
        "document.body.animate([{ opacity: 1 }, { opacity: 0.5 }], 500).finished.then(() => 0)",
    )
    .await?;
    let moving = tab.evaluate("window.moving.length").await?;
    ensure!(moving.as_u64() > Some(0), "an animation is not seen");
    Ok(())
}

/// Lets the page poll and draw: how much of it moved by itself, and what moved.
async fn shift(tab: &mut Tab, stage: &Stage) -> Result<(f64, String)> {
    pages::poll(tab, stage, SETTLE).await?;
    let shifts = tab.evaluate("window.layoutShifts.splice(0)").await?;
    let shifts = shifts.as_array().context("a list of shifts")?;
    let moved = shifts.iter().map(|shift| shift["moved"].to_string());
    Ok((
        shifts
            .iter()
            .filter_map(|shift| shift["value"].as_f64())
            .sum(),
        moved.collect::<Vec<_>>().join(" "),
    ))
}

#[tokio::test]
async fn nothing_is_pushed_about_while_data_come_and_change() -> Result<()> {
    let _core = crate::busy().await;
    let (_browser, mut tab) = start().await?;
    tab.inject(include_str!("../../scripts/shifts.js")).await?;
    let mut board = scene::board(Mood::Calm, QUEUES, None);
    let stage = Stage::start(&board, scene::AGE, scene::UPTIME).await?;
    show(&mut tab, &stage).await?;
    let mut moved = vec![("first data".to_owned(), shift(&mut tab, &stage).await?)];
    // Levels rise and fall, numbers grow long and short, states come and go; polls are
    // seconds apart, so that each counts by itself, as the metric of the web has it.
    for mood in [
        Mood::Troubled,
        Mood::Mixed,
        Mood::Calm,
        Mood::Mixed,
        Mood::Troubled,
    ] {
        board.queues = (0..QUEUES).map(|index| scene::queue(mood, index)).collect();
        stage.set(&board)?;
        moved.push((format!("{mood:?}"), shift(&mut tab, &stage).await?));
        for waiting in [0, 7, 11, 1_204, 3] {
            // Every other queue from one extreme to the next is more than ever happens.
            for queue in board.queues.iter_mut().step_by(2) {
                if queue.state == QueueState::Open && queue.level != Level::None {
                    scene::load(queue, waiting);
                }
            }
            stage.set(&board)?;
            moved.push((
                format!("half of them have {waiting}"),
                shift(&mut tab, &stage).await?,
            ));
        }
    }
    for (what, (value, sources)) in &moved {
        println!("{what}: {value:.4} {sources}");
    }
    let too_much: Vec<_> = moved
        .iter()
        .filter(|(_, (value, what))| *value >= SHIFT || what.contains("\"tile\""))
        .collect();
    ensure!(too_much.is_empty(), "moved by itself: {too_much:#?}");

    // A queue more is another grid, once.
    board.queues.push(scene::queue(Mood::Calm, QUEUES));
    stage.set(&board)?;
    let (more, _) = shift(&mut tab, &stage).await?;
    board.queues.pop();
    stage.set(&board)?;
    let (less, _) = shift(&mut tab, &stage).await?;
    println!("layout shift by a queue more: {more:.4}, by a queue less: {less:.4}");
    stage.set(&board)?;
    let (later, sources) = shift(&mut tab, &stage).await?;
    ensure!(later < 0.001, "{later} moved after that: {sources}");

    // The measure must be able to see something.
    tab.evaluate("document.querySelector('.board').style.paddingTop = '300px'")
        .await?;
    let (pushed, _) = shift(&mut tab, &stage).await?;
    ensure!(pushed > SHIFT, "a pushed page is not seen: {pushed}");
    Ok(())
}
