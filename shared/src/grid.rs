//! How many tiles go side by side, and how large their type may be.
//!
//! A tile is laid out in ems, so one number, the tile's type size, scales it as a
//! whole. The best grid is the one in which that number is largest.

/// Width of a tile in ems of its own type: the room its longest ordinary line takes.
const TILE_WIDTH_EM: f64 = 13.6;
/// Height of a tile in ems of its own type, a name of two lines included.
const TILE_HEIGHT_EM: f64 = 9.2;
/// Smallest type in CSS pixels. Below it the grid grows past the screen instead.
const SMALLEST_TYPE_PX: f64 = 14.0;

/// A grid for a number of equal tiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Tiles side by side, at least 1.
    pub columns: usize,
    /// Rows that the tiles need, at least 1.
    pub rows: usize,
    /// The tiles' type size in CSS pixels.
    pub type_px: f64,
    /// Whether all rows are in sight at once at this type size.
    pub fits: bool,
}

impl Grid {
    /// The grid with the largest type for `count` tiles in a room of `width_px` by
    /// `height_px` with `gap_px` between tiles, all in CSS pixels. Of equally good
    /// ones the one with the fewest empty places. A room without a size (not laid
    /// out yet) gives one column at the smallest type.
    #[must_use]
    pub fn fit(count: usize, width_px: f64, height_px: f64, gap_px: f64) -> Self {
        let count = count.max(1);
        let best = (1..=count)
            .map(|columns| Self::with_columns(columns, count, width_px, height_px, gap_px))
            .reduce(|best, next| if next.beats(&best, count) { next } else { best });
        match best {
            Some(grid) if grid.type_px >= SMALLEST_TYPE_PX => grid,
            _ => Self::scrolling(count, width_px, gap_px),
        }
    }

    fn with_columns(columns: usize, count: usize, width: f64, height: f64, gap: f64) -> Self {
        let rows = count.div_ceil(columns);
        let share = |room: f64, parts: usize| (room + gap) / parts as f64 - gap;
        let type_px =
            (share(width, columns) / TILE_WIDTH_EM).min(share(height, rows) / TILE_HEIGHT_EM);
        Self {
            columns,
            rows,
            type_px,
            fits: true,
        }
    }

    fn beats(&self, other: &Self, count: usize) -> bool {
        let empty = |grid: &Self| grid.columns * grid.rows - count;
        let difference = self.type_px - other.type_px;
        difference > 0.5 || (difference > -0.5 && empty(self) < empty(other))
    }

    fn scrolling(count: usize, width: f64, gap: f64) -> Self {
        let across = (width + gap) / (TILE_WIDTH_EM * SMALLEST_TYPE_PX + gap);
        let columns = (across as usize).clamp(1, count);
        Self {
            columns,
            rows: count.div_ceil(columns),
            type_px: SMALLEST_TYPE_PX,
            fits: false,
        }
    }

    /// The least height of a row in CSS pixels.
    #[must_use]
    pub fn row_height_px(&self) -> f64 {
        TILE_HEIGHT_EM * self.type_px
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(count: usize, width: f64, height: f64) -> (usize, usize) {
        let grid = Grid::fit(count, width, height, 16.0);
        assert!(grid.fits);
        (grid.columns, grid.rows)
    }

    #[test]
    fn a_full_hd_screen_is_filled_without_holes() {
        assert_eq!(shape(1, 1872.0, 940.0), (1, 1));
        assert_eq!(shape(6, 1872.0, 940.0), (3, 2));
        assert_eq!(shape(12, 1872.0, 940.0), (4, 3));
        assert_eq!(shape(24, 1872.0, 940.0), (6, 4));
    }

    #[test]
    fn an_upright_screen_stacks() {
        assert_eq!(shape(6, 1040.0, 1780.0), (2, 3));
    }

    #[test]
    fn what_does_not_fit_legibly_keeps_the_smallest_type() {
        let grid = Grid::fit(200, 1872.0, 940.0, 16.0);
        assert_eq!(grid.type_px, SMALLEST_TYPE_PX);
        assert!(!grid.fits);
        assert_eq!(grid.columns, 9);
    }

    #[test]
    fn a_room_without_a_size_is_one_column() {
        let grid = Grid::fit(24, 0.0, 0.0, 16.0);
        assert_eq!((grid.columns, grid.rows), (1, 24));
    }

    proptest! {
        #[test]
        fn every_tile_has_a_place_and_what_fits_stays_inside(
            count in 0usize..300, width in 0f64..8000.0, height in 0f64..5000.0, gap in 0f64..40.0,
        ) {
            let grid = Grid::fit(count, width, height, gap);
            prop_assert!(grid.columns * grid.rows >= count.max(1));
            prop_assert!(grid.columns * (grid.rows - 1) < count.max(1));
            prop_assert!(grid.type_px >= SMALLEST_TYPE_PX);
            if grid.fits {
                let taken = |parts: usize, em: f64| parts as f64 * (em * grid.type_px + gap) - gap;
                prop_assert!(taken(grid.columns, TILE_WIDTH_EM) <= width + 0.01);
                prop_assert!(taken(grid.rows, TILE_HEIGHT_EM) <= height + 0.01);
            }
        }
    }
}
