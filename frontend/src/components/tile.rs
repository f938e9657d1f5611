//! One tile. Everything a tile can show is in it, and the style sheet shows those that the
//! state calls for: so a state that changes touches one attribute, and a number its own text.

use queuewall_shared::snapshot::Level;
use queuewall_shared::tile_state::TileState;
use web_sys::Element;

use crate::board::{BoardState, Judge};
use crate::components::board::{Extras, may_be_desk};
use crate::slots::{self, Part, Slots};
use crate::tile_view::{Fact, Gist, TileView};
use crate::{markup, text};

const MARKUP: &str = "<li class=tile>\
    <div class=tile-head><h2 class=tile-name></h2><p class=tile-ago></p>\
    <svg class=tile-icon viewBox=\"0 0 24 24\" aria-hidden=true><path/></svg></div>\
    <div class=tile-figure><p class=tile-hero></p><p class=tile-change></p>\
    <p class=tile-closed></p><p class=tile-label></p></div><div class=tile-side><dl>\
    <div class=tile-row><dt></dt><dd><span></span><small></small></dd></div>\
    <div class=tile-row><dt></dt><dd><span></span><small></small></dd></div></dl>\
    <div class=bar><i class=bar-service></i><i class=bar-goal></i></div></div>\
    <p class=tile-age><span data-age></span><small class=tile-old></small></p>\
    <svg class=tile-line viewBox=\"0 -6 180 112\" preserveAspectRatio=none aria-hidden=true><path/><path/><path d=M120,100v6 /></svg>\
    <small class=tile-peak aria-hidden=true></small>\
    <div class=tile-agents><div class=bar><i class=bar-available></i><i class=bar-busy></i>\
    <i class=bar-after-call></i><i class=bar-away></i></div>\
    <p class=tile-counts><span><b data-metric=agents_available></b></span>\
    <span><b data-metric=agents_busy></b></span><span><b data-metric=agents_logged_on></b></span></p>\
    <p class=\"tile-counts tile-off-call\"><span><b data-metric=agents_after_call_work></b></span>\
    <span><b data-metric=agents_unavailable></b></span></p></div>\
    <dl class=\"tile-agents tile-facts\"><div class=tile-row><dt></dt><dd><span></span><small></small></dd></div>\
    <div class=tile-row><dt></dt><dd><span></span><small></small></dd></div></dl>\
    <div class=tile-reason><p><b></b></p><p class=tile-since><span></span></p></div>\
    <p class=tile-cause><span></span><span></span></p></li>";

/// Bars' parts are pictures: their lengths are CSS lengths, and the line has room in its box
/// for its own width.
const TABLE: [(&str, Part); 42] = [
    ("", Part::Attribute("data-state")),
    ("", Part::Attribute("data-level")),
    ("", Part::Attribute("aria-label")),
    (".tile-name", Part::Text),
    (".tile-ago", Part::Text),
    (".tile-icon path", Part::Attribute("d")),
    (".tile-hero", Part::Attribute("data-metric")),
    (".tile-hero", Part::Attribute("data-old")),
    (".tile-hero", Part::Text),
    (".tile-label", Part::Text),
    (".tile-change", Part::Text),
    (".tile-closed", Part::Text),
    (".bar-service", Part::Style("width")),
    (".bar-goal", Part::Style("left")),
    ("[data-age]", Part::Text),
    (".tile-old", Part::Text),
    (".tile-line", Part::Attribute("data-known")),
    (".tile-line path", Part::Attribute("d")),
    (".tile-line path + path", Part::Attribute("d")),
    (".tile-peak", Part::Text),
    (".tile-peak", Part::Style("margin-right")),
    (".bar-available", Part::Style("width")),
    (".bar-busy", Part::Style("width")),
    (".bar-after-call", Part::Style("width")),
    (".bar-away", Part::Style("width")),
    ("[data-metric=agents_available]", Part::Text),
    ("[data-metric=agents_available]", Part::After),
    ("[data-metric=agents_busy]", Part::Text),
    ("[data-metric=agents_busy]", Part::After),
    ("[data-metric=agents_logged_on]", Part::Text),
    ("[data-metric=agents_logged_on]", Part::After),
    ("[data-metric=agents_after_call_work]", Part::Text),
    ("[data-metric=agents_after_call_work]", Part::After),
    ("[data-metric=agents_unavailable]", Part::Text),
    ("[data-metric=agents_unavailable]", Part::After),
    (".tile-reason b", Part::Text),
    (".tile-reason b", Part::After),
    (".tile-since span", Part::Text),
    (".tile-since span", Part::Attribute("data-short")),
    (".tile-cause span", Part::Text),
    (".tile-cause span + span", Part::Text),
    ("", Part::Attribute("data-queue")),
];

/// The same of each number beside the large one.
const ROW: [(&str, Part); 6] = [
    ("", Part::Attribute("hidden")),
    ("dt", Part::Text),
    ("dd", Part::Attribute("data-metric")),
    ("dd", Part::Attribute("data-old")),
    ("span", Part::Text),
    ("small", Part::Text),
];

/// The tile of one place. Dropping it takes it away.
pub(crate) struct Tile {
    element: Element,
    slots: Slots,
    rows: Vec<Slots>,
    shown: Option<Gist>,
}

impl Tile {
    /// An empty place at the end of `grid`.
    pub(crate) fn new(grid: &Element) -> Option<Self> {
        let element = slots::elements(MARKUP).pop()?;
        grid.append_child(&element).ok()?;
        let rows = element.get_elements_by_class_name("tile-row");
        Some(Self {
            slots: Slots::find(&element, &TABLE),
            rows: (0..rows.length())
                .filter_map(|place| Some(Slots::find(&rows.item(place)?, &ROW)))
                .collect(),
            element,
            shown: None,
        })
    }

    /// Shows the queue that has this place now.
    pub(crate) fn show(
        &mut self,
        board: BoardState,
        judge: &Judge,
        id: Option<String>,
        extras: Option<Extras>,
    ) {
        let Some(id) = id else {
            self.shown = None;
            markup::set(&self.element, "hidden", "");
            return;
        };
        // A queue that is gone keeps its last words for the moment that its tile still has.
        let Some(queue) = board.queue(&id) else {
            return;
        };
        let gist = board.gist(&queue, judge);
        // Most of all seconds change no word.
        if self.shown.as_ref() != Some(&gist) {
            let view = gist.view();
            self.write(&id, &view);
            if let Some(extras) = extras.filter(|_| may_be_desk()) {
                (extras.tile)(&self.element, &id, &view.label);
            }
            self.shown = Some(gist);
        }
    }

    fn write(&mut self, id: &str, tile: &TileView) {
        let label = |text: &str| [" ", text].concat();
        let [since, since_short] = tile.why.second_line();
        let short = match tile.why.lasting_short.is_empty() {
            true => "",
            false => &since_short,
        };
        let hero = tile.number(0);
        self.slots.show(&[
            tile.tile_state.as_str(),
            tile.level.as_str(),
            &tile.label,
            &tile.name,
            &tile.ago,
            icon(tile.sight, tile.level),
            hero.metric,
            old(hero),
            &hero.value,
            hero.label,
            &tile.change,
            text::closed(),
            &tile.service_bar,
            &tile.goal,
            &tile.age,
            text::too_old(),
            markup::flag(!tile.line.is_empty()),
            &tile.line,
            &tile.line_dot,
            &tile.peak,
            &tile.peak_right,
            &tile.available_bar,
            &tile.busy_bar,
            &tile.after_call_bar,
            &tile.away_bar,
            &tile.available,
            &label(text::free()),
            &tile.busy,
            &label(text::busy()),
            &tile.logged_on,
            &label(text::logged_on()),
            &tile.after_call,
            &label(text::after_call()),
            &tile.away,
            &label(text::away()),
            &tile.why.lead,
            &tile.why.matter,
            &since,
            short,
            &tile.was,
            &tile.cause,
            id,
        ]);
        for (place, row) in self.rows.iter_mut().enumerate() {
            let fact = tile.number(place + 1);
            let hidden = if fact.metric.is_empty() { "hidden" } else { "" };
            row.show(&[
                hidden,
                fact.label,
                fact.metric,
                old(fact),
                &fact.value,
                fact.unit,
            ]);
        }
        // Last, when all of it is there.
        let _ = self.element.remove_attribute("hidden");
    }
}

impl Drop for Tile {
    fn drop(&mut self) {
        self.element.remove();
    }
}

/// Whether a number is too old, for the style sheet.
fn old(fact: &Fact) -> &'static str {
    if fact.is_old { "true" } else { "" }
}

/// The icon beside the name, in a square of 24: a level's is filled, a state's a line.
fn icon(tile_state: TileState, level: Level) -> &'static str {
    match (tile_state, level) {
        // Filled, with a hole in the shape of an exclamation mark: an octagon …
        (_, Level::Critical) => {
            "M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9zM10.6 5v9h2.8V5zM10.6 16v2.8h2.8V16z"
        }
        // … and a triangle.
        (_, Level::Warning) => "M12 1.5L23.5 22H.5zM10.7 8v7.5h2.6V8zM10.7 17v2.6h2.6V17z",
        (TileState::Fresh, _) => "",
        // A clock.
        (TileState::Ageing | TileState::Stale, _) => {
            "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19M12 7v5.5l3.5 2"
        }
        // A moon.
        (TileState::Closed, _) => "M20.5 14.5A9 9 0 1 1 9.5 3.5a7.2 7.2 0 0 0 11 11z",
        // A broken line.
        (TileState::Unknown, _) => "M2 12h4m4 0h4m4 0h4",
        // A question mark.
        (TileState::NotFound, _) => "M7.5 8a4.5 4.5 0 1 1 6.7 4c-1.6.9-2.2 1.7-2.2 3.5M12 20.4v.2",
        // A padlock.
        (TileState::Forbidden, _) => "M5 11h14v10H5zM8 11V7.5a4 4 0 0 1 8 0V11",
    }
}
