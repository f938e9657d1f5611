//! One picture: which board, on which screen, in which mood, and how it is asked for.

use std::{path::Path, time::Duration};

use anyhow::Result;
use queuewall_e2e::{
    devtools::Tab,
    pages,
    scene::{self, Mood},
    stage::Stage,
};

use crate::pairs::pairwise;

/// Long enough for fonts and a frame or two.
const SETTLE: Duration = Duration::from_millis(600);

const QUEUES: [usize; 7] = [1, 3, 6, 12, 24, 60, 200];
/// Screens on a wall first, then one that stands upright, and a phone: a sheet has them in
/// this order.
const SIZES: [(u32, u32); 5] = [
    (1920, 1080),
    (1280, 720),
    (3840, 2160),
    (1080, 1920),
    (390, 844),
];
const THEMES: [&str; 3] = ["dark", "light", "contrast"];
const LANGUAGES: [&str; 5] = ["en", "de", "es", "fr", "pt"];
const VIEWS: [&str; 2] = ["wall", "tab"];

/// What a wall goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The board is in a mood, and everything works.
    Board(Mood),
    /// The page has lost its server.
    ServerLost,
}

impl State {
    const ALL: [Self; 10] = [
        Self::Board(Mood::Healthy),
        Self::Board(Mood::Troubled),
        Self::Board(Mood::Mixed),
        Self::Board(Mood::Detailed),
        Self::Board(Mood::Easing),
        Self::Board(Mood::PartlyRead),
        Self::ServerLost,
        Self::Board(Mood::Down),
        Self::Board(Mood::Refused),
        Self::Board(Mood::NoSignIn),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Board(Mood::Calm) => "calm",
            Self::Board(Mood::Healthy) => "healthy",
            Self::Board(Mood::Easing) => "easing",
            Self::Board(Mood::Troubled) => "troubled",
            Self::Board(Mood::Mixed) => "mixed",
            Self::Board(Mood::Detailed) => "detailed",
            Self::Board(Mood::PartlyRead) => "partly-read",
            Self::Board(Mood::Down) => "cxone-down",
            Self::Board(Mood::Refused) => "refused",
            Self::Board(Mood::NoSignIn) => "no-sign-in",
            Self::ServerLost => "server-lost",
        }
    }

    fn mood(self) -> Mood {
        match self {
            Self::Board(mood) => mood,
            // The worst that can be lost.
            Self::ServerLost => Mood::Troubled,
        }
    }
}

/// A picture to be taken.
#[derive(Clone, Debug)]
pub(crate) struct Shot {
    pub(crate) queues: usize,
    pub(crate) size: (u32, u32),
    pub(crate) state: State,
    /// What the address asks: `theme=dark&…`.
    pub(crate) query: String,
    /// What the picture's file is called, and its caption.
    pub(crate) name: String,
}

impl Shot {
    /// The whole matrix, every two properties' values together in some picture.
    pub(crate) fn matrix() -> Vec<Self> {
        let sizes = [
            QUEUES.len(),
            SIZES.len(),
            THEMES.len(),
            State::ALL.len(),
            VIEWS.len(),
            LANGUAGES.len(),
        ];
        let shot = |row: Vec<usize>| {
            let (queues, size, state) = (QUEUES[row[0]], SIZES[row[1]], State::ALL[row[3]]);
            let (theme, view, language) = (THEMES[row[2]], VIEWS[row[4]], LANGUAGES[row[5]]);
            Self {
                queues,
                size,
                state,
                query: format!("theme={theme}&view={view}&lang={language}&rotate=off"),
                name: format!(
                    "{queues}-{}x{}-{theme}-{}-{view}-{language}",
                    size.0,
                    size.1,
                    state.name()
                ),
            }
        };
        let mut rows = pairwise(&sizes);
        rows.sort_by_key(|row| (row[1], row[0]));
        rows.into_iter().map(shot).collect()
    }

    /// Brings the wall to what is to be seen.
    pub(crate) async fn pose(&self, tab: &mut Tab) -> Result<Stage> {
        let mood = self.state.mood();
        let board = scene::board(mood, self.queues, None);
        let stage = Stage::start(&board, scene::age(mood), scene::UPTIME).await?;
        tab.resize(self.size.0, self.size.1).await?;
        let is_desk = self.name == "tab" || self.query.contains("view=tab");
        let folder = if is_desk { "desk" } else { "board" };
        let path = format!("/{folder}/main?{}", self.query);
        pages::show(tab, &stage, &path, board.queues.len().min(1)).await?;
        if self.state == State::ServerLost {
            pages::lose(tab).await?;
        }
        tokio::time::sleep(SETTLE).await;
        Ok(stage)
    }

    pub(crate) async fn take(&self, tab: &mut Tab, folder: &Path) -> Result<()> {
        let stage = self.pose(tab).await?;
        let picture = tab.screenshot().await?;
        tab.cut_off(false).await?;
        drop(stage);
        std::fs::write(folder.join(format!("{}.png", self.name)), picture)?;
        eprintln!("    {}", self.name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_picture_is_taken_twice_and_every_value_has_one() {
        let shots = Shot::matrix();
        let names: BTreeSet<_> = shots.iter().map(|shot| &shot.name).collect();
        assert_eq!(names.len(), shots.len());
        assert!(shots.len() < 90, "{}", shots.len());
        for word in [
            "200-",
            "-3840x2160-",
            "-390x844-",
            "-contrast-",
            "-server-lost-",
            "-no-sign-in-",
            "-tab-",
            "-pt",
        ] {
            assert!(shots.iter().any(|shot| shot.name.contains(word)), "{word}");
        }
    }
}
