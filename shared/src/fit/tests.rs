use proptest::prelude::*;

use super::*;

const FULL_HD: Viewport = Viewport {
    width_px: 1920.0,
    height_px: 1080.0,
};

fn wall(count: usize, metres: f64, inches: f64) -> Fit {
    Fit::wall(count, FULL_HD, Distance { metres, inches }, false)
}

/// The same where the tenant counts agents off calls.
fn wall_off_call(count: usize, metres: f64, inches: f64) -> Fit {
    Fit::wall(count, FULL_HD, Distance { metres, inches }, true)
}

#[test]
fn the_contract_is_that_of_the_drawing() {
    // 55 inches at 3 metres: 34 px at 1080 lines.
    let smallest = Distance::WALL.smallest_type_px(FULL_HD);
    assert_eq!(smallest.round(), 34.0);
    let ultra_hd = Viewport {
        width_px: 3840.0,
        height_px: 2160.0,
    };
    assert_eq!(Distance::WALL.smallest_type_px(ultra_hd).round(), 68.0);
}

#[test]
fn a_full_hd_wall_holds_twelve_and_pages_the_rest_evenly() {
    let shape = |count| {
        let fit = wall(count, 3.0, 55.0);
        assert_eq!((fit.form, fit.is_legible), (Form::Full, true));
        (fit.columns, fit.rows, fit.pages)
    };
    assert_eq!(shape(1), (1, 1, 1));
    assert_eq!(shape(6), (3, 2, 1));
    assert_eq!(shape(12), (4, 3, 1));
    // 7 and 6, not 12 and 1.
    assert_eq!(shape(13), (4, 2, 2));
    assert_eq!(shape(24), (4, 3, 2));
    assert_eq!(shape(120), (4, 3, 10));
}

#[test]
fn a_near_screen_holds_more() {
    let fit = wall(24, 1.5, 55.0);
    assert_eq!((fit.columns, fit.rows, fit.pages), (6, 4, 1));
    // As docs/mounting.md has it.
    assert_eq!(
        (wall(42, 1.5, 55.0).pages, wall(43, 1.5, 55.0).pages),
        (1, 2)
    );
}

#[test]
fn few_tiles_have_room_for_the_trend() {
    assert!(wall(1, 3.0, 55.0).lines.trend);
    assert!(wall(6, 3.0, 55.0).lines.trend);
    assert!(!wall(12, 3.0, 55.0).lines.trend);
}

#[test]
fn agents_off_calls_have_their_line_before_the_trend_has_its() {
    let lines = |count, metres| {
        let Lines { trend, off_call } = wall_off_call(count, metres, 55.0).lines;
        (trend, off_call)
    };
    assert_eq!(lines(6, 2.0), (true, true));
    let between: Vec<_> = (20..60)
        .map(|decimetres| lines(6, f64::from(decimetres) / 10.0))
        .collect();
    assert!(between.contains(&(false, true)), "{between:?}");
    assert!(!between.contains(&(true, false)), "{between:?}");
    assert_eq!(lines(12, 3.0), (false, false));
}

#[test]
fn from_far_away_tiles_say_less_and_in_the_end_admit_it() {
    let forms: Vec<_> = [3.0, 5.5, 8.0, 9.0, 11.0]
        .map(|metres| {
            let fit = wall(4, metres, 55.0);
            (fit.form, fit.is_legible)
        })
        .into();
    assert_eq!(forms[0], (Form::Full, true));
    assert!(forms.is_sorted(), "{forms:?}");
    let far = wall(4, 30.0, 32.0);
    assert_eq!((far.form, far.is_legible), (Form::NoWait, false));
    assert_eq!((far.per_page, far.pages), (1, 4));
}

#[test]
fn a_room_without_a_size_is_no_reason_to_stumble() {
    let fit = Fit::wall(24, Viewport::default(), Distance::WALL, true);
    assert_eq!((fit.pages, fit.is_legible), (1, false));
}

#[test]
fn a_tab_scrolls_and_keeps_its_tiles_whole() {
    let laptop = Viewport {
        width_px: 1366.0,
        height_px: 768.0,
    };
    let fit = Fit::tab(24, laptop, Distance::DESK, false);
    assert_eq!((fit.pages, fit.per_page, fit.form), (1, 24, Form::Full));
    assert!(fit.columns >= 4 && fit.rows >= 4, "{fit:?}");
    // One tile is as wide as one of many.
    let one = Fit::tab(1, laptop, Distance::DESK, true);
    assert_eq!(one.columns, fit.columns);
    assert!(one.lines.trend && one.lines.off_call && !fit.lines.off_call);
}

#[test]
fn type_in_a_tab_is_never_too_small_and_never_absurd() {
    let type_px = |metres| {
        let distance = Distance {
            metres,
            ..Distance::DESK
        };
        Fit::tab(1, FULL_HD, distance, false).type_px
    };
    assert_eq!(type_px(0.1), LEAST_TAB_TYPE_PX);
    assert_eq!(type_px(30.0), 60.0);
    let asked = Distance::DESK.smallest_type_px(FULL_HD);
    assert_eq!(type_px(0.6), asked.max(LEAST_TAB_TYPE_PX));
}

#[test]
fn a_row_is_as_high_as_a_whole_tile_and_its_lines() {
    let height_em = |has_off_call| {
        let fit = Fit::tab(1, FULL_HD, Distance::DESK, has_off_call);
        fit.row_height_px() / fit.type_px
    };
    assert!((height_em(false) - (8.8 + TREND_EM)).abs() < 1e-9);
    assert!((height_em(true) - (8.8 + TREND_EM + OFF_CALL_EM)).abs() < 1e-9);
}

#[test]
fn shorter_tile_form_is_smaller_and_has_a_css_selector() {
    for pair in Form::ALL.windows(2) {
        let ((wide, high), (less_wide, less_high)) = (pair[0].size_em(), pair[1].size_em());
        assert!(less_wide <= wide && less_high < high, "{pair:?}");
    }
    let style = include_str!("../../../style/tile.css");
    for form in [Form::Full, Form::NoService, Form::NoWait] {
        let selector = format!("[data-form=\"{}\"]", form.as_str());
        assert!(style.contains(&selector), "{selector}");
    }
}

/// A rectangle: left, top, right, bottom.
type Rect = (f64, f64, f64, f64);

/// Where the style sheets put a page's tiles: equal shares of what header, foot and
/// margins leave.
fn tiles(fit: &Fit, viewport: Viewport, on_page: usize) -> Vec<Rect> {
    let frame = fit.frame_px;
    let left = MARGIN_ACROSS_EM * frame;
    let top = (MARGIN_DOWN_EM + HEADER_EM) * frame;
    let width = viewport.width_px - 2.0 * left;
    let height = viewport.height_px - top - (FOOT_EM + MARGIN_DOWN_EM) * frame;
    let share = |room: f64, parts: usize| (room + fit.gap_px) / parts as f64 - fit.gap_px;
    let (wide, high) = (share(width, fit.columns), share(height, fit.rows));
    (0..on_page)
        .map(|place| {
            let (row, column) = (place / fit.columns, place % fit.columns);
            let x = left + column as f64 * (wide + fit.gap_px);
            let y = top + row as f64 * (high + fit.gap_px);
            (x, y, x + wide, y + high)
        })
        .collect()
}

fn viewports() -> impl Strategy<Value = Viewport> {
    let upright = any::<bool>();
    (800.0f64..7680.0, 480.0f64..4320.0, upright).prop_map(|(long, short, upright)| {
        let (width_px, height_px) = if upright {
            (short, long)
        } else {
            (long, short)
        };
        Viewport {
            width_px,
            height_px,
        }
    })
}

fn distances() -> impl Strategy<Value = Distance> {
    (0.3f64..30.0, 5.0f64..150.0).prop_map(|(metres, inches)| Distance { metres, inches })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_queue_is_on_exactly_one_page(
        count in 1usize..=500, viewport in viewports(), distance in distances(),
        off_call in any::<bool>(),
    ) {
        let fit = Fit::wall(count, viewport, distance, off_call);
        let shown: Vec<usize> = (0..fit.pages).flat_map(|page| fit.places(page, count)).collect();
        prop_assert_eq!(shown, (0..count).collect::<Vec<_>>());
        for page in 0..fit.pages {
            prop_assert!(!fit.places(page, count).is_empty(), "page {} is empty", page);
        }
        prop_assert!(fit.places(fit.pages, count).is_empty());
    }

    #[test]
    fn tiles_do_not_overlap_and_stay_on_screen(
        count in 1usize..=500, viewport in viewports(), distance in distances(),
        off_call in any::<bool>(),
    ) {
        let fit = Fit::wall(count, viewport, distance, off_call);
        let tiles = tiles(&fit, viewport, fit.per_page);
        let (width_em, height_em) = fit.size_em();
        for (place, tile) in tiles.iter().enumerate() {
            prop_assert!(tile.0 >= 0.0 && tile.1 >= 0.0, "{:?}", fit);
            prop_assert!(tile.2 <= viewport.width_px + 0.01, "{:?}", fit);
            prop_assert!(tile.3 <= viewport.height_px + 0.01, "{:?}", fit);
            prop_assert!(tile.2 - tile.0 >= width_em * fit.type_px - 0.01, "{:?}", fit);
            prop_assert!(tile.3 - tile.1 >= height_em * fit.type_px - 0.01, "{:?}", fit);
            for other in &tiles[place + 1..] {
                let apart = tile.2 <= other.0 || other.2 <= tile.0
                    || tile.3 <= other.1 || other.3 <= tile.1;
                prop_assert!(apart, "{:?} and {:?} in {:?}", tile, other, fit);
            }
        }
    }

    #[test]
    fn type_is_legible_at_distance_or_fit_says_it_is_not(
        count in 1usize..=500, viewport in viewports(), distance in distances(),
        off_call in any::<bool>(),
    ) {
        let fit = Fit::wall(count, viewport, distance, off_call);
        let asked = distance.smallest_type_px(viewport);
        if fit.is_legible {
            prop_assert!(fit.type_px >= asked - 0.01, "{:?} for {}", fit, asked);
            prop_assert!(fit.frame_px >= asked - 0.01, "{:?} for {}", fit, asked);
        } else {
            // It says so only where one tile of the least form has no room.
            prop_assert!(asked > largest_type_px(viewport), "{:?} for {}", fit, asked);
            // And there all type is of one size, and the one tile leaves no room to be larger.
            prop_assert!((fit.type_px - fit.frame_px).abs() < 0.01, "{:?}", fit);
            let (left, top, right, bottom) = tiles(&fit, viewport, 1)[0];
            let (width_em, height_em) = fit.size_em();
            let spare_across = (right - left) - width_em * fit.type_px;
            let spare_down = (bottom - top) - height_em * fit.type_px;
            prop_assert!(spare_across.min(spare_down).abs() < 0.01, "{:?}", fit);
        }
        prop_assert!(fit.type_px >= LEAST_TYPE_PX - 0.01, "{:?}", fit);
    }

    #[test]
    fn no_other_grid_has_much_larger_type(
        count in 1usize..=500, viewport in viewports(), distance in distances(),
        off_call in any::<bool>(),
    ) {
        let fit = Fit::wall(count, viewport, distance, off_call);
        let room = Room::of_wall(viewport, fit.frame_px);
        for columns in 1..=fit.per_page {
            let other = room.with_columns(columns, fit.per_page, fit.form, fit.lines);
            let is_as_full = other.columns * other.rows <= fit.columns * fit.rows;
            let most_px = if is_as_full { fit.type_px } else { fit.type_px / NEARLY };
            prop_assert!(other.type_px <= most_px + 1e-6, "{:?} and {:?}", fit, other);
        }
    }

    #[test]
    fn shorter_tile_form_is_used_only_when_longer_has_no_room(
        count in 1usize..=500, viewport in viewports(), distance in distances(),
        off_call in any::<bool>(),
    ) {
        let fit = Fit::wall(count, viewport, distance, off_call);
        let smallest = distance.smallest_type_px(viewport).max(LEAST_TYPE_PX)
            .min(largest_type_px(viewport));
        let room = Room::of_wall(viewport, fit.frame_px);
        for fuller in Form::ALL.into_iter().take_while(|form| *form != fit.form) {
            prop_assert_eq!(room.capacity(fuller.size_em(), smallest), 0);
        }
    }

    #[test]
    fn optional_lines_cost_no_page_and_no_legibility(
        count in 1usize..=500, viewport in viewports(), distance in distances(),
    ) {
        let without = Fit::wall(count, viewport, distance, false);
        let with = Fit::wall(count, viewport, distance, true);
        prop_assert_eq!((with.form, with.pages), (without.form, without.pages));
        prop_assert!(!without.lines.off_call);
        prop_assert!(!with.lines.trend || with.lines.off_call, "{:?}", with);
        if with.lines != Lines::default() {
            let asked = distance.smallest_type_px(viewport);
            prop_assert_eq!(with.form, Form::Full);
            prop_assert!(with.type_px >= asked * LINES_FROM - 0.01, "{:?} for {}", with, asked);
        }
    }

    #[test]
    fn nearer_never_shows_less(
        count in 1usize..=500, viewport in viewports(), distance in distances(), nearer in 0.1f64..1.0,
        off_call in any::<bool>(),
    ) {
        let far = Fit::wall(count, viewport, distance, off_call);
        let metres = distance.metres * nearer;
        let near = Fit::wall(count, viewport, Distance { metres, ..distance }, off_call);
        prop_assert!(near.form <= far.form, "{:?} and {:?}", near, far);
        // Tiles that say less are smaller, so that more of those may fit.
        if near.form == far.form {
            prop_assert!(near.pages <= far.pages, "{:?} and {:?}", near, far);
        }
    }

    #[test]
    fn a_tab_keeps_every_tile_within_its_width(
        count in 1usize..=500, viewport in viewports(), distance in distances(),
        off_call in any::<bool>(),
    ) {
        let fit = Fit::tab(count, viewport, distance, off_call);
        prop_assert!(fit.columns * fit.rows >= count);
        prop_assert!(fit.columns >= 1);
        prop_assert!((fit.gap_px / fit.type_px - GAP_EM).abs() < 1e-9, "{:?}", fit);
        let taken = |columns: usize| {
            columns as f64 * (fit.size_em().0 * fit.type_px + fit.gap_px) - fit.gap_px
                + 2.0 * MARGIN_ACROSS_EM * fit.frame_px
        };
        if fit.columns > 1 {
            prop_assert!(taken(fit.columns) <= viewport.width_px + 0.01, "{:?}", fit);
        }
        // Nor does it leave the width of another unused.
        prop_assert!(taken(fit.columns + 1) > viewport.width_px - 0.01, "{:?}", fit);
    }

    #[test]
    fn rows_near_cover_the_window_at_any_scroll(
        count in 1usize..=5_000, viewport in viewports(), distance in distances(), part in 0.0f64..1.0,
        above_px in 0.0f64..200.0,
    ) {
        let fit = Fit::tab(count, viewport, distance, false);
        let row_px = fit.row_height_px() + fit.gap_px;
        let scrolled_px = part * row_px * fit.rows as f64;
        let rows = fit.rows_near(scrolled_px, viewport);
        prop_assert!(rows.start <= rows.end && rows.end <= fit.rows, "{:?}", rows);
        for row in (0..fit.rows).filter(|row| !rows.contains(row)) {
            let top_px = above_px.min(viewport.height_px) + row as f64 * row_px - scrolled_px;
            let is_hidden = top_px + row_px <= 0.0 || top_px >= viewport.height_px;
            prop_assert!(is_hidden, "row {} of {:?} at {}", row, rows, top_px);
        }
        let windows = 5.0 * viewport.height_px / row_px;
        prop_assert!((rows.len() as f64) <= windows + 2.0, "{:?} of {}", rows, windows);
    }
}
