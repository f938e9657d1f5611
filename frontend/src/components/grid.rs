//! The tiles' grid: as many places as the fit has, filled from the page on the screen.

use leptos::prelude::*;

use crate::board::{BoardState, Paging};
use crate::components::tile::Tile;

/// The tiles of one page.
#[component]
pub fn TileGrid(
    /// The board whose queues are shown.
    board: BoardState,
    /// Which of them, and how large.
    paging: Paging,
) -> impl IntoView {
    let columns = move || format!("repeat({}, minmax(0, 1fr))", paging.fit().columns);
    let rows = move || format!("repeat({}, minmax(0, 1fr))", paging.rows().len());
    let height = move |rows: usize| {
        let fit = paging.fit();
        (fit.row_height_px() + fit.gap_px) * rows as f64
    };
    let least_height = move || px(height(paging.fit().rows) - paging.fit().gap_px);
    // In the place of the rows that are out of sight.
    let above = move || px(height(paging.rows().start));
    let below = move || px(height(paging.fit().rows - paging.rows().end));
    let empty = move || board.emptiness();
    view! {
        <ul
            class="grid"
            data-form=move || paging.fit().form.as_str()
            data-line=move || paging.fit().lines.trend.to_string()
            data-off-call=move || paging.fit().lines.off_call.to_string()
            style:grid-template-columns=columns
            style:grid-template-rows=rows
            style:grid-gap=move || px(paging.fit().gap_px)
            style:font-size=move || px(paging.fit().type_px)
            style:min-height=least_height
            style:padding-top=above
            style:padding-bottom=below
        >
            <For each=move || paging.places() key=|place| *place let:place>
                <Tile board id=Signal::derive(move || paging.at(place)) />
            </For>
        </ul>
        <p class="grid-empty">{empty}</p>
    }
}

/// A CSS length to a tenth of a pixel, rounded down so that what fits keeps fitting.
pub(crate) fn px(pixels: f64) -> String {
    // By whole numbers: writing floats takes code that nothing else here needs.
    let tenths = (pixels * 10.0) as u32;
    format!("{}.{}px", tenths / 10, tenths % 10)
}
