//! How many tiles a screen can show so that they can be read from where people stand,
//! and how large: the distance contract.
//!
//! A capital letter has to be at least 1/200 of the distance from which it is read.
//! That gives a screen its smallest type, and the smallest type gives a tile its
//! smallest size: a tile is laid out in ems of its own type, none of it smaller than
//! one. What does not fit then goes to another page, never below that size.
//!
//! The measures are those of the style sheets: `style/tile.css` for a tile, and
//! `style/board.css` for header, foot and margins. A browser test holds the two together.

use std::ops::Range;

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
/// Height of the trend's line in ems of a tile's type.
const TREND_EM: f64 = 2.1;
/// Height of the line of agents who are off calls.
const OFF_CALL_EM: f64 = 1.15;
/// Lines that a tile can do without are there where type stays so much larger than it
/// has to be.
const LINES_FROM: f64 = 1.15;

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
        let diagonal_px = viewport.width_px.hypot(viewport.height_px);
        let px_per_mm = diagonal_px / (self.inches * MILLIMETRES_PER_INCH);
        let capital_mm = self.metres * 1_000.0 / DISTANCE_PER_CAPITAL;
        capital_mm * px_per_mm / CAPITAL_EM
    }
}

/// How much a tile says. Where even one whole tile does not fit, it says less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Everything.
    Full,
    /// All but the agents.
    NoAgents,
    /// Neither agents nor service level.
    NoService,
    /// Calls waiting and the level alone.
    NoWait,
}

impl Form {
    /// From the most to the least.
    pub const ALL: [Self; 4] = [Self::Full, Self::NoAgents, Self::NoService, Self::NoWait];

    /// Its name in style sheets and test hooks.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::NoAgents => "no_agents",
            Self::NoService => "no_service",
            Self::NoWait => "no_wait",
        }
    }

    /// Width and height in ems of the tile's type.
    const fn size_em(self) -> (f64, f64) {
        match self {
            Self::Full => (13.4, 8.8),
            Self::NoAgents => (13.4, 6.8),
            Self::NoService => (11.6, 6.6),
            Self::NoWait => (8.0, 5.8),
        }
    }
}

/// What a whole tile says beyond that where there is room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lines {
    /// The last half hour of calls waiting.
    pub trend: bool,
    /// Agents in after-call work and away.
    pub off_call: bool,
}

impl Lines {
    /// What to try for, the most first. Numbers are dearer than a picture.
    fn choices(has_off_call: bool) -> [Self; 2] {
        [true, false].map(|trend| Self {
            trend,
            off_call: has_off_call,
        })
    }

    /// Height in ems of the tile's type.
    fn height_em(self) -> f64 {
        let trend = if self.trend { TREND_EM } else { 0.0 };
        trend + if self.off_call { OFF_CALL_EM } else { 0.0 }
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
    /// The type size of header and foot, in CSS pixels.
    pub frame_px: f64,
    /// Between two tiles, in CSS pixels.
    pub gap_px: f64,
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
    /// allows as long as the screen has room for one tile of such type. `has_off_call`
    /// says whether any of the queues has numbers for [`Lines::off_call`].
    #[must_use]
    pub fn wall(count: usize, viewport: Viewport, distance: Distance, has_off_call: bool) -> Self {
        let count = count.max(1);
        let asked_px = distance.smallest_type_px(viewport).max(LEAST_TYPE_PX);
        let most_px = largest_type_px(viewport);
        let smallest_px = asked_px.min(most_px);
        let room = Room::of_wall(viewport, frame_px(viewport, smallest_px));
        for form in Form::ALL {
            let capacity = room.capacity(form.size_em(), smallest_px);
            if capacity > 0 {
                let fit = room.pages(count, capacity, form, smallest_px, has_off_call);
                return Self {
                    is_legible: asked_px <= most_px,
                    ..fit
                };
            }
        }
        // Nothing has been laid out yet, or in a room without a size.
        Self {
            columns: 1,
            rows: 1,
            per_page: count,
            pages: 1,
            type_px: LEAST_TYPE_PX,
            frame_px: LEAST_TYPE_PX,
            gap_px: room.gap_px,
            form: Form::NoWait,
            lines: Lines::default(),
            is_legible: false,
        }
    }

    /// One page that scrolls, for a tab at arm's length: every tile whole, with all its
    /// lines, as large as the distance asks and no larger, however few there are.
    #[must_use]
    pub fn tab(count: usize, viewport: Viewport, distance: Distance, has_off_call: bool) -> Self {
        let count = count.max(1);
        let type_px = distance
            .smallest_type_px(viewport)
            .clamp(LEAST_TAB_TYPE_PX, LEAST_TAB_TYPE_PX * 4.0);
        let gap_px = GAP_EM * type_px;
        let width_px = viewport.width_px - 2.0 * MARGIN_ACROSS_EM * type_px;
        let columns = parts(width_px, Form::Full.size_em().0 * type_px, gap_px).max(1);
        Self {
            columns,
            rows: count.div_ceil(columns),
            per_page: count,
            pages: 1,
            type_px,
            frame_px: type_px,
            gap_px,
            form: Form::Full,
            lines: Lines {
                trend: true,
                off_call: has_off_call,
            },
            is_legible: true,
        }
    }

    /// The least height of a row, in CSS pixels.
    #[must_use]
    pub fn row_height_px(&self) -> f64 {
        self.size_em().1 * self.type_px
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
        let row_px = self.row_height_px() + self.gap_px;
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
fn frame_px(viewport: Viewport, smallest_px: f64) -> f64 {
    let comfortable = viewport.width_px * 0.0075 + viewport.height_px * 0.014;
    comfortable.max(smallest_px).min(largest_type_px(viewport))
}

/// The largest type with which a screen has room for one tile of the least form,
/// header and foot included.
fn largest_type_px(viewport: Viewport) -> f64 {
    let (width_em, height_em) = Form::NoWait.size_em();
    let across = viewport.width_px / (width_em + 2.0 * MARGIN_ACROSS_EM);
    let down = viewport.height_px / (height_em + frame_height_em());
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
    frame_px: f64,
}

impl Room {
    fn of_wall(viewport: Viewport, frame_px: f64) -> Self {
        Self {
            width_px: viewport.width_px - 2.0 * MARGIN_ACROSS_EM * frame_px,
            height_px: viewport.height_px - frame_height_em() * frame_px,
            gap_px: GAP_EM * frame_px,
            frame_px,
        }
    }

    /// How many tiles of this size there is room for.
    fn capacity(&self, (width_em, height_em): (f64, f64), type_px: f64) -> usize {
        parts(self.width_px, width_em * type_px, self.gap_px)
            * parts(self.height_px, height_em * type_px, self.gap_px)
    }

    /// As few pages as there can be, equally full, with the largest type that they allow.
    fn pages(
        &self,
        count: usize,
        capacity: usize,
        form: Form,
        smallest_px: f64,
        has_off_call: bool,
    ) -> Fit {
        let per_page = count.div_ceil(count.div_ceil(capacity));
        let best = |lines| self.best(per_page, form, lines, smallest_px);
        let mut choices = Lines::choices(has_off_call).into_iter().map(best);
        let with_lines = (form == Form::Full)
            .then(|| choices.find(|fit| fit.type_px >= smallest_px * LINES_FROM))
            .flatten();
        let fit = with_lines.unwrap_or_else(|| best(Lines::default()));
        Fit {
            // Equally full pages may be fewer than full ones would be.
            pages: count.div_ceil(per_page),
            ..fit
        }
    }

    /// The grid with nearly the largest type and as few empty places as that leaves.
    fn best(&self, per_page: usize, form: Form, lines: Lines, smallest_px: f64) -> Fit {
        let grids =
            || (1..=per_page).map(|columns| self.with_columns(columns, per_page, form, lines));
        let largest_px = grids().map(|fit| fit.type_px).fold(0.0, f64::max);
        let enough_px = (largest_px * NEARLY).max(smallest_px).min(largest_px);
        let by_places_and_type = |a: &Fit, b: &Fit| {
            let places = a.grid_places().cmp(&b.grid_places());
            places.then(b.type_px.total_cmp(&a.type_px))
        };
        grids()
            .filter(|fit| fit.type_px >= enough_px)
            .min_by(by_places_and_type)
            .unwrap_or_else(|| self.with_columns(1, per_page, form, lines))
    }

    fn with_columns(&self, columns: usize, per_page: usize, form: Form, lines: Lines) -> Fit {
        let rows = per_page.div_ceil(columns);
        let share = |room: f64, parts: usize| (room + self.gap_px) / parts as f64 - self.gap_px;
        let mut fit = Fit {
            columns,
            rows,
            per_page,
            pages: 1,
            type_px: 0.0,
            frame_px: self.frame_px,
            gap_px: self.gap_px,
            form,
            lines,
            is_legible: true,
        };
        let (width_em, height_em) = fit.size_em();
        fit.type_px =
            (share(self.width_px, columns) / width_em).min(share(self.height_px, rows) / height_em);
        fit
    }
}

/// How many parts of `part_px` with gaps between them a length holds.
fn parts(length_px: f64, part_px: f64, gap_px: f64) -> usize {
    // A hair's breadth for what the division rounds away.
    let parts = (length_px + gap_px) / (part_px + gap_px) + 1e-9;
    if parts >= 1.0 { parts as usize } else { 0 }
}

#[cfg(test)]
mod tests;
