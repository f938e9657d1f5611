//! How many tiles a screen can show so that they can be read from where people stand,
//! and how large: the distance contract.
//!
//! A capital letter has to be at least 1/200 of the distance from which it is read.
//! That gives a screen its smallest type, and the smallest type gives a tile its
//! smallest size: a tile is laid out in ems of its own type, none of it smaller than
//! one. What does not fit then goes to another page, never below that size.
//!
//! The measures are those of the style sheets: `style/tile.css` for a tile (`tile`), and
//! `style/board.css` for header, foot and margins. A browser test holds the two together.

mod tile;

use std::ops::Range;

use tile::{FIGURE_HEIGHT, HEAD_AND_FOOT_EM, INSET_EM, LABEL_EM, MOST_OF_TILE, SIDE_EM};
pub use tile::{Figures, Form, Layout, Lines, is_long_name, name_em};

/// Distance over the height of a capital letter that can be read from there.
const DISTANCE_PER_CAPITAL: f64 = 200.0;
/// Height of a capital letter in ems of its type; Inter has 0.727, Arial 0.716.
const CAPITAL_EM: f64 = 0.7;
const MILLIMETRES_PER_INCH: f64 = 25.4;
/// Type below this is never used, however near the screen.
const LEAST_TYPE_PX: f64 = 12.0;
/// In a supervisor's tab, which the browser's own zoom makes larger.
const LEAST_TAB_TYPE_PX: f64 = 15.0;

/// Everything around the tiles, in ems of the frame's type.
const HEADER_EM: f64 = 1.45;
const FOOT_EM: f64 = 1.25;
const MARGIN_ACROSS_EM: f64 = 0.6;
const MARGIN_DOWN_EM: f64 = 0.35;
const GAP_EM: f64 = 0.4;
/// Above a row with headings, in place of the gap.
const HEADING_EM: f64 = 1.4;
/// Lines that a tile can do without are there where they cost no type size, or type stays so
/// much larger than it has to be ...
const LINES_FROM: f64 = 1.25;
/// ... and the calls waiting so large, of what they would be without.
const LINES_LEAVE: f64 = 0.7;
/// Another layout than the usual one has to make the calls waiting so much larger.
const WORTH: f64 = 1.2;

/// So many tiles or fewer fill the screen without an empty place.
const FEW: usize = 3;

/// Type that is so much of the largest is as good, if it leaves fewer places empty.
const NEARLY: f64 = 0.96;

/// What people see the screen as: its room in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Viewport {
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
}

impl Viewport {
    /// From corner to corner, in CSS pixels.
    #[must_use]
    pub fn diagonal_px(self) -> f64 {
        // Not `hypot`, which is code where this is an instruction.
        (self.width_px * self.width_px + self.height_px * self.height_px).sqrt()
    }
}

/// Who reads which screen from where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distance {
    /// From the eyes to the screen, in metres.
    pub metres: f64,
    /// The screen's diagonal, in inches.
    pub inches: f64,
}

impl Distance {
    /// A screen on a wall about which nothing is said: 55 inches at 3 metres.
    pub const WALL: Self = Self {
        metres: 3.0,
        inches: 55.0,
    };
    /// A screen on a desk about which nothing is said: 24 inches at 0.6 metres.
    pub const DESK: Self = Self {
        metres: 0.6,
        inches: 24.0,
    };

    /// The smallest type that can be read, in CSS pixels, on a screen that the
    /// viewport fills.
    #[must_use]
    pub fn smallest_type_px(self, viewport: Viewport) -> f64 {
        let diagonal_px = viewport.diagonal_px();
        let px_per_mm = diagonal_px / (self.inches * MILLIMETRES_PER_INCH);
        let capital_mm = self.metres * 1_000.0 / DISTANCE_PER_CAPITAL;
        capital_mm * px_per_mm / CAPITAL_EM
    }
}

/// Where the tiles of one board go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Tiles side by side, at least 1.
    pub columns: usize,
    /// Rows of tiles on one page, at least 1.
    pub rows: usize,
    /// Tiles on a page; the last page may have fewer.
    pub per_page: usize,
    /// Pages, at least 1.
    pub pages: usize,
    /// The tiles' type size, in CSS pixels.
    pub type_px: f64,
    /// A tile's width in ems of its type.
    width_em: f64,
    /// A tile's height in ems of its type.
    height_em: f64,
    /// The type size of header and foot, in CSS pixels.
    pub frame_px: f64,
    /// Between two tiles, in CSS pixels.
    pub gap_px: f64,
    /// Above each row, for the headings of groups, in CSS pixels; 0 without.
    pub heading_px: f64,
    /// How much a tile says.
    pub form: Form,
    /// What the tiles have room for beyond that.
    pub lines: Lines,
    /// Whether the type is as large as the distance asks. It is not where the screen
    /// is too small for any tile of that size.
    pub is_legible: bool,
}

impl Fit {
    /// Pages for a wall: nothing scrolls, and no type is smaller than the distance
    /// allows as long as the screen has room for one tile of such type. `wanted`: what
    /// there is to say where there is room.
    #[must_use]
    pub fn wall(count: usize, viewport: Viewport, distance: Distance, wanted: Lines) -> Self {
        let count = count.max(1);
        let asked_px = distance.smallest_type_px(viewport).max(LEAST_TYPE_PX);
        let heading_em = heading_em(wanted);
        let most_px = largest_type_px(viewport, heading_em);
        let smallest_px = asked_px.min(most_px);
        let room = Room::of_wall(viewport, smallest_px, heading_em);
        // Of two that tell as much, the first, which is the one that says more of a queue.
        let told = |form: &Form| room.capacity(*form, smallest_px).min(count) * form.facts();
        let form = Form::ALL.into_iter().rev().max_by_key(told);
        let form = form.filter(|form| told(form) > 0);
        match form {
            Some(form) => Self {
                is_legible: asked_px <= most_px,
                ..room.pages(count, form, smallest_px, wanted)
            },
            // Nothing has been laid out yet, or in a room without a size.
            None => Self {
                pages: 1,
                per_page: count,
                type_px: LEAST_TYPE_PX,
                frame_px: LEAST_TYPE_PX,
                is_legible: false,
                ..room.with_columns(1, count, Form::NoWait, Lines::default())
            },
        }
    }

    /// One page that scrolls, for a tab at arm's length: every tile whole, with all its
    /// lines, as large as the distance asks and no larger, however few there are.
    #[must_use]
    pub fn tab(count: usize, viewport: Viewport, distance: Distance, wanted: Lines) -> Self {
        let count = count.max(1);
        let type_px = distance
            .smallest_type_px(viewport)
            .clamp(LEAST_TAB_TYPE_PX, LEAST_TAB_TYPE_PX * 4.0);
        let gap_px = GAP_EM * type_px;
        let width_px = viewport.width_px - 2.0 * MARGIN_ACROSS_EM * type_px;
        let columns = parts(width_px, Form::Full.size_em().0 * type_px, gap_px).max(1);
        Self {
            width_em: share(width_px, columns, gap_px) / type_px,
            height_em: Form::Full.size_em().1 + wanted.height_em(),
            columns,
            rows: count.div_ceil(columns),
            per_page: count,
            pages: 1,
            type_px,
            frame_px: type_px,
            gap_px,
            heading_px: heading_em(wanted) * type_px,
            form: Form::Full,
            lines: wanted,
            is_legible: true,
        }
    }

    /// Where the large number is in each tile, and the size of its type in ems of the
    /// tile's: as large as has room beside or above the others, and above its label where
    /// `is_labelled`. Only a whole tile has room for a label.
    #[must_use]
    pub fn hero(&self, figures: Figures, is_labelled: bool) -> (Layout, f64) {
        let size = |layout| self.hero_em(layout, figures, is_labelled);
        let mut best = (Layout::Beside, size(Layout::Beside));
        for layout in Layout::ALL {
            let size_em = size(layout);
            if size_em > best.1 * WORTH {
                best = (layout, size_em);
            }
        }
        best
    }

    fn hero_em(&self, layout: Layout, figures: Figures, is_labelled: bool) -> f64 {
        let lines = Lines {
            trend: self.lines.trend && layout != Layout::Wide,
            ..self.lines
        };
        let down = self.height_em - HEAD_AND_FOOT_EM - lines.height_em();
        let across = self.width_em - INSET_EM - figures.change_em();
        let rows_em = self.form.size_em().1 - HEAD_AND_FOOT_EM;
        let (across, down) = match (layout, self.form) {
            (_, Form::NoWait) => (across, down),
            (Layout::Above, _) => (across, down - rows_em),
            _ => (across - SIDE_EM, down),
        };
        let label_em = match self.form {
            Form::Full if is_labelled => LABEL_EM,
            _ => 0.0,
        };
        let highest = ((down - label_em) / FIGURE_HEIGHT).min(self.height_em * MOST_OF_TILE);
        highest.min(across / figures.width())
    }

    /// The least height of a row, in CSS pixels.
    #[must_use]
    pub fn row_height_px(&self) -> f64 {
        self.size_em().1 * self.type_px
    }

    /// Between two rows, in CSS pixels.
    #[must_use]
    pub fn row_gap_px(&self) -> f64 {
        self.gap_px.max(self.heading_px)
    }

    /// The places on the board that page `page` shows, of `count` in all.
    #[must_use]
    pub fn places(&self, page: usize, count: usize) -> Range<usize> {
        let start = page.saturating_mul(self.per_page).min(count);
        start..start.saturating_add(self.per_page).min(count)
    }

    /// The rows of a page that scrolls which are in sight, or less than a window's height
    /// out of it, when it is scrolled down by `scrolled_px`. Header and toolbar above the
    /// tiles are taken to be less than that height.
    #[must_use]
    pub fn rows_near(&self, scrolled_px: f64, viewport: Viewport) -> Range<usize> {
        let row_px = self.row_height_px() + self.row_gap_px();
        let first = (scrolled_px - 2.0 * viewport.height_px).max(0.0) / row_px;
        let last = (scrolled_px + 3.0 * viewport.height_px) / row_px;
        // A cast rounds down, and takes what is no number as 0.
        let end = (last as usize).saturating_add(1).min(self.rows);
        (first as usize).min(end)..end
    }

    /// Places on a page, some of which may be empty.
    fn grid_places(&self) -> usize {
        self.columns * self.rows
    }

    fn size_em(&self) -> (f64, f64) {
        let (width, height) = self.form.size_em();
        (width, height + self.lines.height_em())
    }
}

/// The type of header and foot: as large as looks right on the screen, at least the
/// smallest that can be read.
fn frame_px(viewport: Viewport, smallest_px: f64, heading_em: f64) -> f64 {
    let comfortable = viewport.width_px * 0.0075 + viewport.height_px * 0.014;
    let largest_px = largest_type_px(viewport, heading_em);
    comfortable.max(smallest_px).min(largest_px)
}

/// The line above each row, where it is wanted.
fn heading_em(wanted: Lines) -> f64 {
    match wanted.heading {
        true => HEADING_EM,
        false => 0.0,
    }
}

/// The largest type with which a screen has room for one tile of the least form,
/// header and foot included.
fn largest_type_px(viewport: Viewport, heading_em: f64) -> f64 {
    let (width_em, height_em) = Form::NoWait.size_em();
    let across = viewport.width_px / (width_em + 2.0 * MARGIN_ACROSS_EM);
    let down = viewport.height_px / (height_em + heading_em + frame_height_em());
    across.min(down).max(0.0)
}

fn frame_height_em() -> f64 {
    HEADER_EM + FOOT_EM + 2.0 * MARGIN_DOWN_EM
}

/// The room that is the tiles' own.
#[derive(Clone, Copy, Debug)]
struct Room {
    width_px: f64,
    height_px: f64,
    gap_px: f64,
    heading_px: f64,
    frame_px: f64,
}

impl Room {
    fn of_wall(viewport: Viewport, smallest_px: f64, heading_em: f64) -> Self {
        let frame_px = frame_px(viewport, smallest_px, heading_em);
        let height_em = frame_height_em() + heading_em;
        Self {
            width_px: viewport.width_px - 2.0 * MARGIN_ACROSS_EM * frame_px,
            height_px: viewport.height_px - height_em * frame_px,
            gap_px: GAP_EM * frame_px,
            heading_px: heading_em * frame_px,
            frame_px,
        }
    }

    fn row_gap_px(&self) -> f64 {
        self.gap_px.max(self.heading_px)
    }

    /// How many tiles of this form there is room for.
    fn capacity(&self, form: Form, type_px: f64) -> usize {
        let (width_em, height_em) = form.size_em();
        parts(self.width_px, width_em * type_px, self.gap_px)
            * parts(self.height_px, height_em * type_px, self.row_gap_px())
    }

    /// As few pages as there can be, with the largest type that they allow. All are about
    /// equally full; the last one has the empty places.
    fn pages(&self, count: usize, form: Form, smallest_px: f64, wanted: Lines) -> Fit {
        let pages = count.div_ceil(self.capacity(form, smallest_px));
        let least = count.div_ceil(pages);
        let plain = self.best(least, form, Lines::default(), smallest_px);
        let hero_px = |fit: &Fit| fit.hero(Figures::Two, false).1 * fit.type_px;
        let costs_little = |fit: &Fit| {
            let enough_px = (smallest_px * LINES_FROM).min(plain.type_px * NEARLY);
            fit.type_px >= enough_px.max(smallest_px)
                && hero_px(fit) >= hero_px(&plain) * LINES_LEAVE
        };
        let mut choices = wanted
            .choices()
            .into_iter()
            .map(|lines| self.best(least, form, lines, smallest_px));
        let with_lines = choices.find(|fit| form == Form::Full && costs_little(fit));
        let fit = with_lines.unwrap_or(plain);
        let per_page = fit.grid_places();
        Fit {
            per_page,
            pages: count.div_ceil(per_page),
            ..fit
        }
    }

    /// The grid with nearly the largest type and as few empty places as that leaves: few
    /// tiles leave none.
    fn best(&self, least: usize, form: Form, lines: Lines, smallest_px: f64) -> Fit {
        let all = (1..=least).map(|columns| self.with_columns(columns, least, form, lines));
        let all: Vec<Fit> = all.collect();
        let fills = |fit: &Fit| fit.grid_places() == least && fit.type_px >= smallest_px;
        let has_to_fill = least <= FEW && all.iter().any(fills);
        let grids = || all.iter().filter(|fit| !has_to_fill || fills(fit));
        let largest_px = grids().map(|fit| fit.type_px).fold(0.0, f64::max);
        let enough_px = (largest_px * NEARLY).max(smallest_px).min(largest_px);
        let by_places_and_type = |a: &Fit, b: &Fit| {
            let places = a.grid_places().cmp(&b.grid_places());
            places.then(b.type_px.total_cmp(&a.type_px))
        };
        let good = grids().filter(|fit| fit.type_px >= enough_px);
        good.min_by(|a, b| by_places_and_type(a, b))
            .copied()
            .unwrap_or_else(|| self.with_columns(1, least, form, lines))
    }

    fn with_columns(&self, columns: usize, least: usize, form: Form, lines: Lines) -> Fit {
        let rows = least.div_ceil(columns);
        let width_px = share(self.width_px, columns, self.gap_px);
        let height_px = share(self.height_px, rows, self.row_gap_px());
        let mut fit = Fit {
            columns,
            rows,
            per_page: least,
            pages: 1,
            type_px: 0.0,
            width_em: 0.0,
            height_em: 0.0,
            frame_px: self.frame_px,
            gap_px: self.gap_px,
            heading_px: self.heading_px,
            form,
            lines,
            is_legible: true,
        };
        let (width_em, height_em) = fit.size_em();
        fit.type_px = (width_px / width_em).min(height_px / height_em);
        fit.width_em = width_px / fit.type_px;
        fit.height_em = height_px / fit.type_px;
        fit
    }
}

/// One of `parts` equal parts of a length with gaps between them.
fn share(length_px: f64, parts: usize, gap_px: f64) -> f64 {
    (length_px + gap_px) / parts as f64 - gap_px
}

/// How many parts of `part_px` with gaps between them a length holds.
fn parts(length_px: f64, part_px: f64, gap_px: f64) -> usize {
    // A hair's breadth for what the division rounds away.
    let parts = (length_px + gap_px) / (part_px + gap_px) + 1e-9;
    if parts >= 1.0 { parts as usize } else { 0 }
}

#[cfg(test)]
mod tests;
