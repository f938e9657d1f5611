//! The tiles' grid: as many places as the fit has, filled from the page on the screen.

use queuewall_shared::fit::Form;
use queuewall_shared::snapshot::Metric;
use web_sys::Element;

use crate::board::{BoardState, Paging};
use crate::components::board::{Extras, may_be_desk};
use crate::components::tile::Tile;
use crate::markup;
use crate::slots::{Part, Slots, follow};

pub(crate) const MARKUP: &str =
    "<main class=board-tiles><ul class=grid></ul><p class=grid-empty></p></main>";

const TABLE: [(&str, Part); 18] = [
    (".grid", Part::Attribute("data-form")),
    (".grid", Part::Attribute("data-layout")),
    (".grid", Part::Attribute("data-name")),
    (".grid", Part::Attribute("data-line")),
    (".grid", Part::Attribute("data-off-call")),
    (".grid", Part::Attribute("data-label")),
    (".grid", Part::Attribute("data-bar")),
    (".grid", Part::Attribute("data-foot")),
    (".grid", Part::Style("grid-template-columns")),
    (".grid", Part::Style("grid-template-rows")),
    (".grid", Part::Style("grid-column-gap")),
    (".grid", Part::Style("grid-row-gap")),
    (".grid", Part::Style("font-size")),
    (".grid", Part::Style("--hero")),
    (".grid", Part::Style("min-height")),
    (".grid", Part::Style("padding-top")),
    (".grid", Part::Style("padding-bottom")),
    (".grid-empty", Part::Text),
];

pub(crate) fn keep(root: &Element, board: BoardState, paging: Paging, extras: Option<Extras>) {
    let mut slots = Slots::find(root, &TABLE);
    follow(move || {
        let (fit, rows) = (paging.fit(), paging.rows());
        let track = |count: usize| ["repeat(", &count.to_string(), ", minmax(0, 1fr))"].concat();
        let choice = board.choice();
        let (layout, hero_em) = fit.hero(board.figures(), choice.is_labelled());
        let row_gap_px = fit.row_gap_px();
        let height = |rows: usize| (fit.row_height_px() + row_gap_px) * rows as f64;
        slots.show(&[
            fit.form.as_str(),
            layout.as_str(),
            markup::flag(fit.lines.name),
            markup::flag(fit.lines.trend),
            markup::flag(fit.lines.off_call),
            markup::flag(choice.is_labelled() && fit.form == Form::Full),
            markup::flag(choice.beside.at(1) == Some(Metric::ServiceLevel)),
            markup::flag(choice.has_foot()),
            &track(fit.columns),
            &track(rows.len()),
            &px(fit.gap_px),
            &px(row_gap_px),
            &px(fit.type_px),
            &px(hero_em * fit.type_px),
            &px(height(fit.rows) + fit.heading_px - row_gap_px),
            // In the place of the rows that are out of sight.
            &px(height(rows.start) + fit.heading_px),
            &px(height(fit.rows - rows.end)),
            &board.emptiness(),
        ]);
    });
    let Some(grid) = markup::find::<Element>(root, ".grid") else {
        return;
    };
    if let Some(extras) = extras.filter(|_| may_be_desk()) {
        (extras.headings)(&grid, board, paging);
    }
    let mut tiles: Vec<Tile> = Vec::new();
    follow(move || {
        let places = paging.places();
        while tiles.len() > places.len() {
            tiles.pop();
        }
        let judge = board.judge();
        for (nth, place) in places.enumerate() {
            if tiles.len() == nth {
                tiles.extend(Tile::new(&grid));
            }
            if let Some(tile) = tiles.get_mut(nth) {
                tile.show(board, &judge, paging.at(place), extras);
            }
        }
    });
}

/// A CSS length to a tenth of a pixel, rounded down so that what fits keeps fitting.
pub(crate) fn px(pixels: f64) -> String {
    // By whole numbers: writing floats takes code that nothing else here needs.
    let tenths = (pixels * 10.0) as u32;
    [
        &(tenths / 10).to_string(),
        ".",
        &(tenths % 10).to_string(),
        "px",
    ]
    .concat()
}
