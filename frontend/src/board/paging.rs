//! Which tiles are on the screen: the fit of the board to the window, and the turns of
//! its pages.

use std::{ops::Range, time::Duration};

use leptos::prelude::*;
use queuewall_shared::fit::{Distance, Fit, Viewport};
use queuewall_shared::rotation::{DEFAULT_PERIOD, LEAST_PAGES_FOR_WORST, Rotation, Turns};
use queuewall_shared::settings::{Rotate, View};
use queuewall_shared::snapshot::Level;

use super::BoardState;
use crate::components::board::is_wall;
use crate::field::Field;
use crate::settings::Asked;
use crate::slots::follow;
use crate::{text, viewport};

/// The pages of one board on one screen. A copy is the same.
#[derive(Clone, Copy)]
pub struct Paging {
    board: BoardState,
    view: View,
    viewport: Field<Viewport>,
    scrolled: Field<f64>,
    fit: Memo<Fit>,
    ids: Memo<Vec<String>>,
    /// All queues, the worst first, where the first page has the worst of them.
    worst: Memo<Vec<String>>,
    rotation: Field<Rotation>,
    is_by_hand: bool,
}

/// The critical pages, and the worst queues whose tiles are not on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Troubled {
    /// Of each page whether a tile on it is critical.
    pub critical: Vec<bool>,
    /// How bad the worst are that are out of sight; none where that is no trouble.
    pub level: Level,
    /// How many are as bad.
    pub queues: usize,
    /// Their page, from 0, where it is one.
    pub page: Option<usize>,
}

impl Troubled {
    /// What is out of sight, and behind that where it is; nothing where that is no trouble.
    #[must_use]
    pub fn elsewhere(&self) -> (String, String) {
        match self.queues {
            0 => Default::default(),
            queues => {
                let place = text::on_page(self.page.map(|page| page + 1));
                (text::at_level(self.level, queues), [" ", &place].concat())
            }
        }
    }
}

impl Paging {
    /// Lays `board` out in `viewport` as the link asks, and turns its pages for as long
    /// as the reactive owner lives that this is called under.
    #[must_use]
    pub fn new(board: BoardState, viewport: Field<Viewport>, asked: &Asked) -> Self {
        let settings = &asked.settings;
        let view = settings.view;
        let (metres, inches, rotate) = (settings.metres, settings.inches, settings.rotate);
        let ids = board.shown();
        let fit = Memo::new(move |_| {
            let count = ids.with(Vec::len);
            let (viewport, wanted) = (viewport.get(), board.lines());
            match is_wall(view) {
                true => {
                    let display = board.display();
                    let distance = Distance {
                        metres: metres.or(display.metres).unwrap_or(Distance::WALL.metres),
                        inches: inches.or(display.inches).unwrap_or(Distance::WALL.inches),
                    };
                    Fit::wall(count, viewport, distance, wanted)
                }
                // Whatever the address says of the wall that it is about.
                false => Fit::tab(count, viewport, Distance::DESK, wanted),
            }
        });
        let scrolled = match is_wall(view) {
            true => Field::new(0.0),
            false => viewport::scrolled(),
        };
        let period = move || {
            let seconds = match rotate {
                Some(Rotate::Off) => return None,
                Some(Rotate::Seconds(seconds)) => Some(seconds),
                None => board.display().rotate_seconds,
            };
            Some(seconds.map_or(DEFAULT_PERIOD, |seconds| {
                Duration::from_secs(seconds.into())
            }))
        };
        let has_worst = move || fit.get().pages >= LEAST_PAGES_FOR_WORST;
        let worst = Memo::new(move |last| match has_worst() {
            true => board.worst_first(ids.get(), last),
            false => Vec::new(),
        });
        let rotation = Field::new(Rotation::new(board.now_untracked()));
        let paging = Self {
            board,
            view,
            viewport,
            scrolled,
            fit,
            ids,
            worst,
            rotation,
            is_by_hand: rotate == Some(Rotate::Off),
        };
        follow(move || {
            let now = board.now();
            let (critical, period) = (paging.troubled().critical, period());
            let turns = match paging.has_worst() {
                true => Turns::Worst,
                false => Turns::Critical,
            };
            paging.change(|rotation| rotation.tick(now, &critical, turns, period));
        });
        paging
    }

    /// How the board fits the window.
    #[must_use]
    pub fn fit(&self) -> Fit {
        self.fit.get()
    }

    /// How many pages there are, at least 1.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.fit.get().pages + self.extra()
    }

    /// The page on the screen, from 0.
    #[must_use]
    pub fn page(&self) -> usize {
        // The fit may have become smaller since the latest tick.
        self.rotation.with(Rotation::page).min(self.pages() - 1)
    }

    /// Whether the first page has the worst queues of all pages.
    #[must_use]
    pub fn has_worst(&self) -> bool {
        !self.worst.with(Vec::is_empty)
    }

    /// Pages beside those of the board: that of the worst queues, which the board's own first
    /// page is where the worst come first.
    fn extra(&self) -> usize {
        usize::from(self.has_worst() && !self.board.is_worst_first().get())
    }

    /// Whether somebody stopped the turns.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.rotation.with(Rotation::is_paused)
    }

    /// The id of the queue at a place of the page on the screen.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<String> {
        let (ids, page) = match (self.page(), self.extra()) {
            (0, 1) => (self.worst, 0),
            (page, extra) => (self.ids, page - extra),
        };
        ids.with(|ids| {
            let mut places = self.fit.get().places(page, ids.len());
            ids.get(places.nth(place)?).cloned()
        })
    }

    /// The rows of a page that have tiles: all of them, or those near what is in sight
    /// where the page scrolls, since a tile costs as much out of sight as in it.
    #[must_use]
    pub fn rows(&self) -> Range<usize> {
        let fit = self.fit.get();
        match is_wall(self.view) {
            true => 0..fit.rows,
            false => fit.rows_near(self.scrolled.get(), self.viewport.get()),
        }
    }

    /// The places of a page that have tiles, which are filled again at each turn, so that
    /// weeks of turns leave nothing behind.
    #[must_use]
    pub fn places(&self) -> Range<usize> {
        let (fit, rows) = (self.fit.get(), self.rows());
        let end = fit.per_page.min(self.ids.with(Vec::len));
        (rows.start * fit.columns).min(end)..(rows.end * fit.columns).min(end)
    }

    /// Whether the board has no queue at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.with(Vec::is_empty)
    }

    /// What the pages have of trouble.
    #[must_use]
    pub fn troubled(&self) -> Troubled {
        let (present, extra) = (self.page(), self.extra());
        let mut troubled = Troubled {
            critical: vec![false; self.pages()],
            ..Troubled::default()
        };
        // A desk may have thousands of queues.
        if troubled.critical.len() == 1 {
            return troubled;
        }
        let level = self.board.levels();
        let per_page = self.fit.get().per_page;
        let is_among_worst =
            |id: &String| (self.worst).with(|ids| ids.iter().take(per_page).any(|it| it == id));
        self.ids.with(|ids| {
            for (place, id) in ids.iter().enumerate() {
                let (level, page) = (level(id), place / per_page + extra);
                if level == Level::Critical {
                    troubled.critical[page] = true;
                    troubled.critical[0] |= extra > 0;
                }
                let is_in_sight = || match (present, extra) {
                    (0, 1) => is_among_worst(id),
                    _ => page == present,
                };
                if level >= Level::Warning && level >= troubled.level && !is_in_sight() {
                    if level > troubled.level {
                        (troubled.level, troubled.queues) = (level, 0);
                        troubled.page = Some(page);
                    }
                    troubled.queues += 1;
                    troubled.page = troubled.page.filter(|known| *known == page);
                }
            }
        });
        troubled
    }

    /// Shows the next page.
    pub fn next(&self) {
        let (now, pages) = self.steered();
        self.change(|rotation| rotation.next(now, pages));
    }

    /// Shows the page before.
    pub fn previous(&self) {
        let (now, pages) = self.steered();
        self.change(|rotation| rotation.previous(now, pages));
    }

    /// Shows a page, from 0.
    pub fn show(&self, page: usize) {
        let (now, _) = self.steered();
        self.change(|rotation| rotation.show(page, now));
    }

    /// Whether nothing can be turned.
    #[must_use]
    pub fn has_one_page(&self) -> bool {
        self.fit.get_untracked().pages == 1
    }

    /// Whether the link says that pages turn by hand only.
    #[must_use]
    pub fn is_by_hand(&self) -> bool {
        self.is_by_hand
    }

    /// Stops the turns, or lets them go on.
    pub fn toggle_pause(&self) {
        let (now, _) = self.steered();
        self.change(|rotation| rotation.toggle_pause(now));
    }

    fn steered(&self) -> (Duration, usize) {
        (self.board.now_untracked(), untrack(|| self.pages()))
    }

    fn change(&self, change: impl FnOnce(&mut Rotation)) {
        let mut rotation = self.rotation.get_untracked();
        change(&mut rotation);
        self.rotation.set(rotation);
    }
}
