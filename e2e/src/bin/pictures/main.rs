//! Pictures of the wall, all by one command: `cargo xtask pictures`, or some by name:
//! `matrix`, `colour-blind`, `guides`.
//!
//! | name | what | where |
//! |---|---|---|
//! | `matrix` | queues × screens × themes × states × views × languages, pairwise | `QUEUEWALL_PICTURES`, a sheet of every second in `docs/contact-sheet.png` |
//! | `colour-blind` | every state and level, as eyes see it that miss a colour | `docs/colour-blind.png` |
//! | `guides` | the pictures in the documentation | `docs/` |
//!
//! # Layout
//! - [`shot`]: one picture; [`pairs`]: which of all there could be
//! - [`sheet`]: many on one

mod pairs;
mod sheet;
mod shot;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use queuewall_e2e::{
    browser::{Browser, Engine},
    devtools::{Tab, emulation::Vision},
    scene::Mood,
};
use shot::{Shot, State};

const NAMES: [&str; 3] = ["matrix", "colour-blind", "guides"];

#[tokio::main]
async fn main() -> Result<()> {
    let mut names: Vec<String> = env::args().skip(1).collect();
    if let Some(unknown) = names.iter().find(|name| !NAMES.contains(&name.as_str())) {
        bail!("{unknown:?} is none of {}", NAMES.join(", "));
    }
    if names.is_empty() {
        names = NAMES.map(str::to_owned).to_vec();
    }
    let folder = env::var_os("QUEUEWALL_PICTURES")
        .map(PathBuf::from)
        .context("QUEUEWALL_PICTURES names no folder: use `cargo xtask pictures`")?;
    fs::create_dir_all(&folder)?;
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let browser = Browser::start(&Engine::today()?).await?;
    let mut tab = browser.tab().await?;
    for name in names {
        eprintln!("==> {name}");
        match name.as_str() {
            "matrix" => matrix(&mut tab, &folder, &docs).await?,
            "colour-blind" => colour_blind(&mut tab, &folder, &docs).await?,
            _ => guides(&mut tab, &docs).await?,
        }
    }
    Ok(())
}

async fn matrix(tab: &mut Tab, folder: &Path, docs: &Path) -> Result<()> {
    let mut entries = Vec::new();
    for (index, shot) in Shot::matrix().into_iter().enumerate() {
        shot.take(tab, folder).await?;
        // All of them would be too heavy, or too small to be looked at.
        if index.is_multiple_of(2) {
            let caption = shot.name.replace('-', " ");
            entries.push((format!("{}.png", shot.name), caption));
        }
    }
    sheet::draw(
        tab,
        folder,
        &entries,
        (6, 1),
        &docs.join("contact-sheet.png"),
    )
    .await
}

/// The same wall to all kinds of eyes, on dark and on light ground.
async fn colour_blind(tab: &mut Tab, folder: &Path, docs: &Path) -> Result<()> {
    let mut entries = Vec::new();
    for theme in ["dark", "light"] {
        let shot = Shot {
            queues: 12,
            size: (1920, 1080),
            state: State::Board(Mood::Mixed),
            query: format!("theme={theme}&rotate=off"),
            name: format!("eyes-{theme}"),
        };
        for vision in Vision::ALL {
            let _stage = shot.pose(tab).await?;
            tab.see_with(vision).await?;
            let file = format!("{}-{}.png", shot.name, vision.as_str());
            fs::write(folder.join(&file), tab.screenshot().await?)?;
            tab.see_with(Vision::Full).await?;
            let eyes = match vision {
                Vision::Full => "all colours",
                other => other.as_str(),
            };
            entries.push((file, format!("{theme}, {eyes}")));
        }
    }
    // One kind of eyes a row: dark beside light.
    let half = entries.len() / 2;
    let rows: Vec<_> = (0..half)
        .flat_map(|row| [entries[row].clone(), entries[half + row].clone()])
        .collect();
    sheet::draw(tab, folder, &rows, (2, 2), &docs.join("colour-blind.png")).await
}

/// What the README and the guides show.
async fn guides(tab: &mut Tab, docs: &Path) -> Result<()> {
    let board = |mood| State::Board(mood);
    for (name, queues, state, query) in [
        ("wall", 24, board(Mood::Troubled), "metres=2"),
        ("states", 12, board(Mood::Mixed), ""),
        ("light", 24, board(Mood::Troubled), "metres=2&theme=light"),
        ("lost", 12, State::ServerLost, ""),
        ("tab", 24, board(Mood::Troubled), "sort=worst"),
    ] {
        let shot = Shot {
            queues,
            size: match name {
                "tab" => (1280, 720),
                _ => (1920, 1080),
            },
            state,
            query: format!("lang=en&rotate=off&{query}"),
            name: name.into(),
        };
        shot.take(tab, docs).await?;
    }
    Ok(())
}
