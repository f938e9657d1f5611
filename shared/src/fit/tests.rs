use proptest::prelude::*;

use super::tile::{NAME_EM, OFF_CALL_EM, TREND_EM};
use super::*;
use crate::metric::Metric;

const FULL_HD: Viewport = Viewport {
    width_px: 1920.0,
    height_px: 1080.0,
};

/// All there is to say, with or without agents off calls.
fn lines(off_call: bool) -> Lines {
    Lines {
        name: true,
        off_call,
        trend: true,
        heading: false,
    }
}

/// The same, with or without headings of groups.
fn headed(off_call: bool, heading: bool) -> Lines {
    Lines {
        heading,
        ..lines(off_call)
    }
}

fn wall(count: usize, metres: f64, inches: f64) -> Fit {
    Fit::wall(count, FULL_HD, Distance { metres, inches }, lines(false))
}

/// The same where the tenant counts agents off calls.
fn wall_off_call(count: usize, metres: f64, inches: f64) -> Fit {
    Fit::wall(count, FULL_HD, Distance { metres, inches }, lines(true))
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
    // 9 and 4, not 12 and 1, and no page before the last with an empty place.
    assert_eq!((shape(13), wall(13, 3.0, 55.0).per_page), ((3, 3, 2), 9));
    assert_eq!(shape(24), (4, 3, 2));
    assert_eq!(shape(120), (4, 3, 10));
}

#[test]
fn a_near_screen_holds_more() {
    let fit = wall(24, 1.5, 55.0);
    assert_eq!((fit.columns, fit.rows, fit.pages), (6, 4, 1));
    // As docs/mounting.md has it.
    assert_eq!(
        (wall(49, 1.5, 55.0).pages, wall(50, 1.5, 55.0).pages),
        (1, 2)
    );
}

#[test]
fn five_metres_hold_four_whole_tiles_and_six_hold_two() {
    for (metres, whole) in [(5.0, 4), (6.0, 2)] {
        let fit = wall(24, metres, 55.0);
        assert_eq!((fit.form, fit.is_legible), (Form::Full, true), "{metres} m");
        assert!(fit.per_page >= whole, "{metres} m: {}", fit.per_page);
    }
}

#[test]
fn few_tiles_leave_no_empty_place_and_have_large_numbers() {
    for count in 1..=3 {
        let fit = wall(count, 3.0, 55.0);
        assert_eq!((fit.per_page, fit.columns), (count, count));
        let (_, hero_em) = fit.hero(Figures::Two, false);
        let of_tile = hero_em / fit.height_em;
        assert!(
            (0.35..=MOST_OF_TILE).contains(&of_tile),
            "{count}: {of_tile}"
        );
    }
    // Where the type would be too small for three in a row, there is an empty place.
    let fit = wall(3, 5.0, 55.0);
    assert_eq!((fit.columns, fit.rows, fit.is_legible), (2, 2, true));
}

#[test]
fn numbers_of_a_full_wall_have_the_size_of_the_drawing() {
    let hero_em = |figures| wall(12, 3.0, 55.0).hero(figures, false);
    let (layout, two) = hero_em(Figures::Two);
    assert_eq!(layout, Layout::Beside);
    assert!((2.6..3.6).contains(&two), "{two}");
    let (_, three) = hero_em(Figures::Three);
    assert!((2.3..2.7).contains(&three), "{three}");
    assert!(hero_em(Figures::Four).1 < three);
    for (metric, most, figures) in [
        (Metric::Waiting, 99.0, Figures::Two),
        (Metric::Handled, 100.0, Figures::Three),
        (Metric::Waiting, 100_000.0, Figures::Four),
        (Metric::ServiceLevelToday, 99.9, Figures::Two),
        (Metric::ServiceLevel, 100.0, Figures::Hundred),
        (Metric::AbandonRate, 3.4, Figures::Clock),
        (Metric::LongestWait, 599_000.0, Figures::Clock),
        (Metric::LongestWait, 600_000.0, Figures::LongClock),
    ] {
        assert_eq!(Figures::of(metric, most), figures, "{metric:?} {most}");
    }
}

#[test]
fn few_tiles_have_room_for_the_trend() {
    assert!(wall(1, 3.0, 55.0).lines.trend);
    assert!(wall(6, 3.0, 55.0).lines.trend);
    assert!(!wall(12, 3.0, 55.0).lines.trend);
}

#[test]
fn agents_off_calls_have_their_line_before_the_trend_has_its() {
    let lines_of = |count, metres| {
        let Lines {
            trend, off_call, ..
        } = wall_off_call(count, metres, 55.0).lines;
        (trend, off_call)
    };
    assert_eq!(lines_of(6, 1.5), (true, true));
    let between: Vec<_> = (15..60)
        .map(|decimetres| lines_of(6, f64::from(decimetres) / 10.0))
        .collect();
    assert!(between.contains(&(false, true)), "{between:?}");
    assert!(!between.contains(&(true, false)), "{between:?}");
    assert_eq!(lines_of(12, 3.0), (false, false));
}

#[test]
fn from_far_away_tiles_say_less_and_in_the_end_admit_it() {
    let forms: Vec<_> = [3.0, 6.0, 8.0, 10.0, 11.0]
        .map(|metres| wall(4, metres, 55.0))
        .map(|fit| (fit.form, fit.is_legible))
        .into();
    assert_eq!(forms[0], (Form::Full, true));
    assert!(
        forms.iter().any(|(form, _)| *form != Form::Full),
        "{forms:?}"
    );
    let far = wall(4, 30.0, 32.0);
    assert_eq!((far.form, far.is_legible), (Form::NoWait, false));
    assert_eq!((far.per_page, far.pages), (1, 4));
}

#[test]
fn a_room_without_a_size_is_no_reason_to_stumble() {
    let fit = Fit::wall(24, Viewport::default(), Distance::WALL, lines(true));
    assert_eq!((fit.pages, fit.is_legible), (1, false));
}

#[test]
fn a_tab_scrolls_and_keeps_its_tiles_whole() {
    let laptop = Viewport {
        width_px: 1366.0,
        height_px: 768.0,
    };
    let fit = Fit::tab(24, laptop, Distance::DESK, lines(false));
    assert_eq!((fit.pages, fit.per_page, fit.form), (1, 24, Form::Full));
    assert!(fit.columns >= 4 && fit.rows >= 4, "{fit:?}");
    // One tile is as wide as one of many.
    let one = Fit::tab(1, laptop, Distance::DESK, lines(true));
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
        Fit::tab(1, FULL_HD, distance, lines(false)).type_px
    };
    assert_eq!(type_px(0.1), LEAST_TAB_TYPE_PX);
    assert_eq!(type_px(30.0), 60.0);
    let asked = Distance::DESK.smallest_type_px(FULL_HD);
    assert_eq!(type_px(0.6), asked.max(LEAST_TAB_TYPE_PX));
}

#[test]
fn a_row_is_as_high_as_a_whole_tile_and_its_lines() {
    let height_em = |wanted| {
        let fit = Fit::tab(1, FULL_HD, Distance::DESK, wanted);
        fit.row_height_px() / fit.type_px
    };
    assert!((height_em(lines(false)) - (7.6 + NAME_EM + TREND_EM)).abs() < 1e-9);
    assert!((height_em(lines(true)) - (7.6 + NAME_EM + TREND_EM + OFF_CALL_EM)).abs() < 1e-9);
}

#[test]
fn shorter_tile_form_is_smaller_and_has_a_css_selector() {
    for pair in Form::ALL.windows(2) {
        let ((wide, high), (less_wide, less_high)) = (pair[0].size_em(), pair[1].size_em());
        assert!(less_wide <= wide && less_high < high, "{pair:?}");
    }
    let style = include_str!("../../../style/tile_lean.css");
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
    let top = top + fit.heading_px;
    let height = viewport.height_px - top - (FOOT_EM + MARGIN_DOWN_EM) * frame;
    let share = |room: f64, parts: usize, gap: f64| (room + gap) / parts as f64 - gap;
    let wide = share(width, fit.columns, fit.gap_px);
    let high = share(height, fit.rows, fit.row_gap_px());
    (0..on_page)
        .map(|place| {
            let (row, column) = (place / fit.columns, place % fit.columns);
            let x = left + column as f64 * (wide + fit.gap_px);
            let y = top + row as f64 * (high + fit.row_gap_px());
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
        off_call in any::<bool>(), heading in any::<bool>(),
    ) {
        let fit = Fit::wall(count, viewport, distance, headed(off_call, heading));
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
        off_call in any::<bool>(), heading in any::<bool>(),
    ) {
        let fit = Fit::wall(count, viewport, distance, headed(off_call, heading));
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
        off_call in any::<bool>(), heading in any::<bool>(),
    ) {
        let fit = Fit::wall(count, viewport, distance, headed(off_call, heading));
        let asked = distance.smallest_type_px(viewport);
        if fit.is_legible {
            prop_assert!(fit.type_px >= asked - 0.01, "{:?} for {}", fit, asked);
            prop_assert!(fit.frame_px >= asked - 0.01, "{:?} for {}", fit, asked);
        } else {
            // It says so only where one tile of the least form has no room.
            prop_assert!(asked > largest_type_px(viewport, heading_em(headed(false, heading))), "{:?} for {}", fit, asked);
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
        off_call in any::<bool>(), heading in any::<bool>(),
    ) {
        let fit = Fit::wall(count, viewport, distance, headed(off_call, heading));
        let room = Room::of_wall(viewport, fit.frame_px, heading_em(headed(false, heading)));
        for columns in (1..=fit.per_page).filter(|_| fit.per_page > FEW) {
            let other = room.with_columns(columns, fit.per_page, fit.form, fit.lines);
            let is_as_full = other.columns * other.rows <= fit.columns * fit.rows;
            let most_px = if is_as_full { fit.type_px } else { fit.type_px / NEARLY };
            prop_assert!(other.type_px <= most_px + 1e-6, "{:?} and {:?}", fit, other);
        }
    }

    #[test]
    fn no_other_form_tells_more(
        count in 1usize..=500, viewport in viewports(), distance in distances(),
        off_call in any::<bool>(), heading in any::<bool>(),
    ) {
        let fit = Fit::wall(count, viewport, distance, headed(off_call, heading));
        let smallest = distance.smallest_type_px(viewport).max(LEAST_TYPE_PX)
            .min(largest_type_px(viewport, heading_em(headed(false, heading))));
        let room = Room::of_wall(viewport, fit.frame_px, heading_em(headed(false, heading)));
        let told = |form: Form| room.capacity(form, smallest).min(count) * form.facts();
        for form in Form::ALL {
            let is_more = if form < fit.form { told(form) >= told(fit.form) } else { told(form) > told(fit.form) };
            prop_assert!(!is_more, "{:?} instead of {:?}", form, fit);
        }
    }

    #[test]
    fn large_number_of_any_choice_is_readable_and_has_room(
        count in 1usize..=500, viewport in viewports(), distance in distances(),
        off_call in any::<bool>(), heading in any::<bool>(),
        metric in (0..Metric::ALL.len()).prop_map(|at| Metric::ALL[at]),
        most in prop_oneof![0u64..100, 100u64..1_000, any::<u64>()],
    ) {
        let fit = Fit::wall(count, viewport, distance, headed(off_call, heading));
        let figures = Figures::of(metric, most as f64);
        let is_labelled = metric != Metric::Waiting;
        let (layout, hero_em) = fit.hero(figures, is_labelled);
        prop_assert!(hero_em >= 1.3, "{} in {:?}", hero_em, fit);
        prop_assert!(hero_em <= fit.height_em * MOST_OF_TILE + 1e-9, "{} in {:?}", hero_em, fit);
        let beside = if layout == Layout::Above || fit.form == Form::NoWait { 0.0 } else { SIDE_EM };
        let taken = INSET_EM + beside + figures.change_em() + hero_em * figures.width();
        prop_assert!(taken <= fit.width_em + 1e-9, "{} in {:?}", hero_em, fit);
        if is_labelled && fit.form == Form::Full {
            let down_em = HEAD_AND_FOOT_EM + hero_em * FIGURE_HEIGHT + LABEL_EM;
            prop_assert!(down_em <= fit.height_em + 1e-9, "{} in {:?}", hero_em, fit);
        }
    }

    #[test]
    fn optional_lines_cost_no_page_and_no_legibility(
        count in 1usize..=500, viewport in viewports(), distance in distances(),
    ) {
        let without = Fit::wall(count, viewport, distance, lines(false));
        let with = Fit::wall(count, viewport, distance, lines(true));
        prop_assert_eq!((with.form, with.pages), (without.form, without.pages));
        prop_assert!(!without.lines.off_call);
        prop_assert!(!with.lines.trend || with.lines.off_call, "{:?}", with);
        prop_assert!(with.form == Form::Full || with.lines == Lines::default(), "{:?}", with);
    }

    #[test]
    fn nearer_never_tells_less(
        count in 1usize..=500, viewport in viewports(), distance in distances(), nearer in 0.1f64..1.0,
        off_call in any::<bool>(), heading in any::<bool>(),
    ) {
        let far = Fit::wall(count, viewport, distance, headed(off_call, heading));
        let metres = distance.metres * nearer;
        let near = Fit::wall(count, viewport, Distance { metres, ..distance }, headed(off_call, heading));
        // Tiles that say more are larger, so that fewer of those may fit.
        if near.form == far.form {
            prop_assert!(near.pages <= far.pages, "{:?} and {:?}", near, far);
        } else {
            let told = |fit: &Fit| fit.per_page * fit.form.facts();
            prop_assert!(told(&near) >= told(&far).min(count), "{:?} and {:?}", near, far);
        }
    }

    #[test]
    fn a_tab_keeps_every_tile_within_its_width(
        count in 1usize..=500, viewport in viewports(), distance in distances(),
        off_call in any::<bool>(), heading in any::<bool>(),
    ) {
        let fit = Fit::tab(count, viewport, distance, headed(off_call, heading));
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
        above_px in 0.0f64..200.0, heading in any::<bool>(),
    ) {
        let fit = Fit::tab(count, viewport, distance, headed(false, heading));
        let row_px = fit.row_height_px() + fit.row_gap_px();
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

#[test]
fn name_is_long_where_the_narrowest_tile_breaks_it() {
    for (name, is_long) in [
        ("Lost & Stolen Cards", false),
        ("Complaints – Deutsch", false),
        ("Technical Support – Español", true),
        ("電話受付センター東京", false),
        ("電話受付センター東京第二", true),
    ] {
        assert_eq!(is_long_name(name), is_long, "{name}: {}", name_em(name));
    }
}
