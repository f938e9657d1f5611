//! The tiles' grid: fills its room with the largest type that fits.

use leptos::html::Div;
use leptos::prelude::*;
use queuewall_shared::grid::Grid;

use crate::board::BoardState;
use crate::components::tile::Tile;
use crate::listener::SizeWatch;
use crate::text;

/// Between two tiles, as a share of the room's shorter side.
const GAP_SHARE: f64 = 0.016;

/// A tile for each queue of the board.
#[component]
pub fn TileGrid(
    /// The board whose queues are shown.
    board: BoardState,
) -> impl IntoView {
    let room = NodeRef::<Div>::new();
    let size_px = RwSignal::new((0.0, 0.0));
    let measure = move || {
        if let Some(room) = room.get_untracked() {
            size_px.set((
                f64::from(room.client_width()),
                f64::from(room.client_height()),
            ));
        }
    };
    // Kept here only to be dropped with the component.
    let watch = StoredValue::new_local(None);
    room.on_load(move |room| watch.set_value(SizeWatch::new(&room, measure)));

    let order = Memo::new(move |_| board.order());
    let fit = Memo::new(move |_| {
        let (width, height) = size_px.get();
        let gap = gap_px(width, height);
        (Grid::fit(order.with(Vec::len), width, height, gap), gap)
    });
    let columns = move || fit.with(|(grid, _)| format!("repeat({}, minmax(0, 1fr))", grid.columns));
    // Rows share the room while they fit in it, and keep their height when they do not.
    let rows = move || {
        fit.with(|(grid, _)| match grid.fits {
            true => "minmax(0, 1fr)".into(),
            false => px(grid.row_height_px()),
        })
    };
    let empty = move || order.with(Vec::is_empty).then_some(text::NO_QUEUES);
    view! {
        <div class="grid-room" node_ref=room>
            <ul
                class="grid"
                style:grid-template-columns=columns
                style:grid-auto-rows=rows
                style:grid-gap=move || px(fit.with(|(_, gap)| *gap))
                style:font-size=move || px(fit.with(|(grid, _)| grid.type_px))
            >
                <For each=move || order.get() key=Clone::clone let:id>
                    <Tile board id />
                </For>
            </ul>
            <p class="grid-empty">{empty}</p>
        </div>
    }
}

fn gap_px(width: f64, height: f64) -> f64 {
    (width.min(height) * GAP_SHARE).round().max(4.0)
}

/// A CSS length to a tenth of a pixel, rounded down so that what fits keeps fitting.
fn px(pixels: f64) -> String {
    // By whole numbers: writing floats takes code that nothing else here needs.
    let tenths = (pixels * 10.0) as u32;
    format!("{}.{}px", tenths / 10, tenths % 10)
}
