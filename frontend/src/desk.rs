//! What only a desk shows, between the header and the foot: the toolbar, one queue, the table
//! of all, and the agents.
//!
//! # Layout
//! - here: what holds them together
//! - [`place`]: which queue is open and how the board is shown, as the address has it
//! - `agents`: the list of agents
//! - `clock`: the board's zone, its days and its words for times
//! - `history`: what the server keeps of the queue that is open
//! - `detail`: the page of one queue; `facts`: what it says; `chart`: its charts
//! - `today`: its contacts since midnight
//! - `table`: the board as a table; `rows`: what it shares with the list of agents

mod agents;
mod chart;
mod clock;
mod detail;
mod facts;
mod history;
pub mod place;
mod rows;
mod table;
mod today;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

use crate::board::BoardState;
use crate::components::toolbar;
use crate::listener::{self, Listener};
use crate::slots::follow;
use crate::{markup, slots, steering};

pub use place::Place;

pub(crate) const MARKUP: &str = "<div class=toolbar id=toolbar role=search></div>\
    <section class=detail id=detail></section><section class=queues id=queues></section>\
    <section class=people id=people></section>";

/// A link to a queue, by its id.
const OPEN: &str = "data-open";

/// Fills [`MARKUP`].
pub(crate) fn keep(board: BoardState, place: Place) {
    // First, so that what gets the focus back is on the screen by then.
    follow(move || {
        let shows = match (place.queue(), place.is_agents(), place.is_table()) {
            (Some(_), ..) => "queue",
            (None, true, _) => "agents",
            (None, false, true) => "table",
            (None, false, false) => "tiles",
        };
        let root = document().query_selector(".board").ok().flatten();
        if let Some(root) = root {
            markup::set(&root, "data-shows", shows);
        }
    });
    toolbar::keep(board, place);
    let feed = agents::keep(board, place);
    detail::keep(board, place, feed);
    table::keep(board, place);
    let back = Listener::new(window().into(), "popstate", move || place.read());
    let clicked = Listener::with_event(window().into(), "click", move |event| {
        let Some((_, id)) = markup::around(&event, OPEN) else {
            return;
        };
        // With one of these the browser opens a tab or a window.
        let is_plain = event.dyn_ref::<MouseEvent>().is_none_or(|it| {
            !(it.ctrl_key() || it.meta_key() || it.shift_key() || it.alt_key()) && it.button() == 0
        });
        if is_plain {
            event.prevent_default();
            place.open(&id);
        }
    });
    listener::keep(vec![back, clicked]);
}

/// Makes a tile lead to its queue.
pub(crate) fn tile(tile: &Element, id: &str, label: &str) {
    let link = markup::find::<Element>(tile, ".tile-open").or_else(|| {
        let link = slots::elements("<a class=tile-open></a>").pop()?;
        tile.append_child(&link).ok()?;
        Some(link)
    });
    if let Some(link) = link {
        markup::set(&link, "href", &place::address_of(id));
        markup::set(&link, OPEN, id);
        markup::set(&link, "aria-label", label);
    }
}

/// A link to a queue, which its name is in.
fn link(id: &str, name: &str) -> String {
    let address = place::address_of(id);
    markup::fill(&[
        "<a href=\"",
        &address,
        "\" data-open=\"",
        id,
        "\">",
        name,
        "</a>",
    ])
}

/// A part of the page that is written as a whole when anything in it changes.
struct Section {
    element: Element,
    shown: String,
}

impl Section {
    fn find(root: &Element, selector: &str) -> Option<Self> {
        Some(Self {
            element: markup::find(root, selector)?,
            shown: String::new(),
        })
    }

    /// Shows `content`; the link or button that had the focus has it still.
    fn show(&mut self, content: String) {
        if self.shown == content {
            return;
        }
        let focused = document().active_element();
        let focused = focused.filter(|it| self.element.contains(Some(it)));
        let key = focused.and_then(|it| {
            let key =
                |name: &str| Some(["[", name, "=\"", &it.get_attribute(name)?, "\"]"].concat());
            let own = || key("id");
            own().or_else(|| key(OPEN)).or_else(|| key("data-act"))
        });
        self.element.set_inner_html(&content);
        let again = key.and_then(|key| markup::find::<HtmlElement>(&self.element, &key));
        if let Some(again) = again {
            steering::focus(&again);
        }
        self.shown = content;
    }
}
