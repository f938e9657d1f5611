//! One queue on the wall.
//!
//! All parts are always there and the style sheet shows those that the state calls
//! for: so a state that changes touches one attribute, and a number its own text.

use leptos::prelude::*;
use queuewall_shared::snapshot::Level;
use queuewall_shared::standing::Standing;

use crate::board::BoardState;
use crate::text;
use crate::tile_view::TileView;

/// The tile of one queue, or an empty place.
#[component]
pub fn Tile(
    /// The board that the queue is on.
    board: BoardState,
    /// The id of the queue that has this place now.
    id: Signal<Option<String>>,
) -> impl IntoView {
    let tile = Memo::new(move |last: Option<&Option<TileView>>| {
        let id = id.get()?;
        // A queue that is gone keeps its last words for the moment that its tile still has.
        board.tile(&id).or_else(|| last.cloned().flatten())
    });
    // One closure type for every text: each more would cost bytes.
    let say = move |part: fn(&TileView) -> &str| {
        move || {
            tile.with(|tile| {
                tile.as_ref()
                    .map_or_else(String::new, |tile| part(tile).to_owned())
            })
        }
    };
    view! {
        <li
            class="tile"
            hidden=move || tile.with(Option::is_none)
            data-queue=move || id.get()
            data-state=say(|tile| tile.standing.as_str())
            data-level=say(|tile| tile.level.as_str())
            aria-label=say(|tile| &tile.label)
        >
            <div class="tile-head">
                <h2 class="tile-name">{say(|tile| &tile.name)}</h2>
                <p class="tile-ago">{say(|tile| &tile.ago)}</p>
                <svg class="tile-icon" viewBox="0 0 24 24" aria-hidden="true">
                    <path d=say(|tile| icon(tile.standing, tile.level)) />
                </svg>
            </div>
            <div class="tile-body">
                <p class="tile-hero" data-metric="waiting" data-digits=say(|tile| tile.digits)>
                    {say(|tile| &tile.waiting)}
                </p>
                <svg
                    class="tile-trend"
                    viewBox="0 0 24 24"
                    aria-hidden="true"
                    data-trend=say(|tile| tile.trend)
                >
                    <path d=say(|tile| tile.arrow) />
                </svg>
                <p class="tile-closed">{say(|_| text::closed())}</p>
                <div class="tile-side">
                    <dl>
                        <div class="tile-row">
                            <dt>{say(|tile| tile.wait_label)}</dt>
                            <dd data-metric=say(|tile| tile.wait_metric)>{say(|tile| &tile.wait)}</dd>
                        </div>
                        <div class="tile-row">
                            <dt>{say(|_| text::tile_service())}</dt>
                            <dd data-metric="service_level">
                                <span>{say(|tile| &tile.service)}</span>
                                <small>{say(|tile| tile.service_unit)}</small>
                            </dd>
                        </div>
                    </dl>
                    <div class="bar">
                        <i class="bar-service" style:width=say(|tile| &tile.service_bar)></i>
                        <i class="bar-goal" style:left=say(|tile| &tile.goal)></i>
                    </div>
                </div>
                <p class="tile-age">
                    <span data-age="">{say(|tile| &tile.age)}</span>
                    <small class="tile-old">{say(|_| text::too_old())}</small>
                </p>
            </div>
            <svg
                class="tile-line"
                viewBox=LINE_BOX
                preserveAspectRatio="none"
                aria-hidden="true"
            >
                <path d=say(|tile| &tile.line) />
            </svg>
            <div class="tile-agents">
                <div class="bar">
                    <i class="bar-available" style:width=say(|tile| &tile.available_bar)></i>
                    <i class="bar-busy" style:width=say(|tile| &tile.busy_bar)></i>
                    <i class="bar-after-call" style:width=say(|tile| &tile.after_call_bar)></i>
                    <i class="bar-away" style:width=say(|tile| &tile.away_bar)></i>
                </div>
                <p class="tile-counts">
                    <span>
                        <b data-metric="agents_available">{say(|tile| &tile.available)}</b>
                        " "
                        {say(|_| text::free())}
                    </span>
                    <span>
                        <b data-metric="agents_busy">{say(|tile| &tile.busy)}</b>
                        " "
                        {say(|_| text::busy())}
                    </span>
                    <span>
                        <b data-metric="agents_logged_on">{say(|tile| &tile.logged_on)}</b>
                        " "
                        {say(|_| text::logged_on())}
                    </span>
                </p>
                <p class="tile-counts tile-off-call">
                    <span>
                        <b data-metric="agents_after_call_work">{say(|tile| &tile.after_call)}</b>
                        " "
                        {say(|_| text::after_call())}
                    </span>
                    <span>
                        <b data-metric="agents_unavailable">{say(|tile| &tile.away)}</b>
                        " "
                        {say(|_| text::away())}
                    </span>
                </p>
            </div>
            <p class="tile-reason">
                <b>{say(|tile| tile.level_word)}</b>
                {say(|tile| &tile.reason)}
            </p>
            <p class="tile-cause">{say(|tile| &tile.cause)}</p>
        </li>
    }
}

/// The picture that the trend's path is drawn in, with room for the line's own width.
const LINE_BOX: &str = "0 -6 290 112";

/// The icon beside the name, in a square of 24: a level's is filled, a state's a line.
fn icon(standing: Standing, level: Level) -> &'static str {
    match (standing, level) {
        // Filled, with a hole in the shape of an exclamation mark: an octagon …
        (_, Level::Critical) => {
            "M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9zM10.6 5v9h2.8V5zM10.6 16v2.8h2.8V16z"
        }
        // … and a triangle.
        (_, Level::Warning) => "M12 1.5L23.5 22H.5zM10.7 8v7.5h2.6V8zM10.7 17v2.6h2.6V17z",
        (Standing::Fresh, _) => "",
        // A clock.
        (Standing::Ageing | Standing::Stale, _) => {
            "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M12 7v5.5l3.5 2"
        }
        // A moon.
        (Standing::Closed, _) => "M20.5 14.5A9 9 0 1 1 9.5 3.5a7.2 7.2 0 0 0 11 11z",
        // A broken line.
        (Standing::Unknown, _) => "M2 12h4m4 0h4m4 0h4",
        // A question mark.
        (Standing::NotFound, _) => "M7.5 8a4.5 4.5 0 1 1 6.7 4c-1.6.9-2.2 1.7-2.2 3.5M12 20.4v.2",
        // A padlock.
        (Standing::Forbidden, _) => "M5 11h14v10H5zM8 11V7.5a4 4 0 0 1 8 0V11",
    }
}
