//! What only a desk shows, between the header and the foot: the toolbar, one queue, the table
//! of all, and the agents.
//!
//! # Layout
//! - here: what holds them together
//! - [`place`]: which queue is open and how the board is shown, as the address has it
//! - `agents`: the list of agents
//! - `clock`: the board's zone, its days and its words for times
//! - `headings`: those of groups of queues
//! - `history`: what the server keeps of the queue that is open
//! - `detail`: the page of one queue; `facts`: what it says; `chart`: its charts
//! - `today`: its contacts since midnight
//! - `table`: the board as a table; `rows`: what it shares with the list of agents

mod agents;
mod chart;
mod clock;
mod detail;
mod facts;
pub(crate) mod headings;
mod history;
pub mod place;
mod rows;
mod table;
mod today;

use leptos::prelude::*;
use queuewall_shared::snapshot::{Level, Metric, Queue};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

use crate::board::BoardState;
use crate::components::toolbar;
use crate::listener::{self, Listener};
use crate::slots::follow;
use crate::{markup, numbers, settings, slots, steering, text};

pub use place::Place;

pub(crate) const MARKUP: &str = "<div class=toolbar id=toolbar role=search></div>\
    <section class=detail id=detail></section><section class=queues id=queues></section>\
    <section class=people id=people></section>";

const UNFOLDED: &str = "<button type=button class=fold aria-expanded=true></button>";
const FOLDED: &str = "<button type=button class=\"tile-fold fold\" aria-expanded=false></button>";

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
    board.read_group();
    follow(move || {
        let title = document().query_selector(".header-title").ok().flatten();
        if let Some(title) = title {
            markup::set(&title, "data-back", &board.open_group());
        }
    });
    toolbar::keep(board, place);
    let feed = agents::keep(board, place);
    detail::keep(board, place, feed);
    table::keep(board, place);
    let back = Listener::new(window().into(), "popstate", move || {
        place.read();
        board.read_group();
    });
    let clicked = Listener::with_event(window().into(), "click", move |event| {
        if let Some((_, group)) = markup::around(&event, FOLD) {
            event.prevent_default();
            return place.toggle_fold(&group);
        }
        let back = markup::around(&event, "data-back");
        if back.is_some_and(|(_, group)| !group.is_empty()) {
            return board.show_group(String::new());
        }
        let queue = markup::around(&event, OPEN);
        let group = markup::around(&event, "data-group");
        if queue.is_none() && group.is_none() {
            return;
        }
        // With one of these the browser opens a tab or a window.
        let is_plain = event.dyn_ref::<MouseEvent>().is_none_or(|it| {
            !(it.ctrl_key() || it.meta_key() || it.shift_key() || it.alt_key()) && it.button() == 0
        });
        if is_plain {
            event.prevent_default();
            match (queue, group) {
                (Some((_, id)), _) => place.open(&id),
                (_, Some((_, name))) => board.show_group(name),
                _ => {}
            }
        }
    });
    listener::keep(vec![back, clicked]);
}

/// Shows a group's queues under its heading, or the group as one tile.
const FOLD: &str = "data-fold";

/// Makes a tile lead to its queue. A group's leads to its queues already, and can be unfolded.
pub(crate) fn tile(tile: &Element, id: &str, label: &str) {
    let fold = markup::find::<Element>(tile, ".tile-fold");
    let link = markup::find::<Element>(tile, ".tile-open").or_else(|| {
        let link = slots::elements("<a class=tile-open></a>").pop()?;
        tile.append_child(&link).ok()?;
        Some(link)
    });
    let group = id.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    if let Some(group) = group {
        markup::set(tile, "data-group", group);
        if let Some(link) = link {
            let _ = link.remove_attribute(OPEN);
            markup::set(&link, "href", &settings::address_of_group(group));
            markup::set(&link, "aria-label", label);
        }
        if let Some(fold) = fold.or_else(|| slots::elements(FOLDED).pop()) {
            let head = markup::find::<Element>(tile, ".tile-head");
            let _ = head.map(|head| head.insert_before(&fold, head.first_child().as_ref()));
            markup::set(&fold, FOLD, group);
            markup::set(&fold, "aria-label", group);
        }
        return;
    }
    let _ = tile.remove_attribute("data-group");
    if let Some(fold) = fold {
        fold.remove();
    }
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

/// Makes a group's heading a link, says more of the group, and folds it.
fn heading(heading: &Element, board: BoardState, group: &Queue) {
    let name = &*group.name;
    let find = |selector| markup::find::<Element>(heading, selector);
    let fold = find(".fold").or_else(|| {
        let fold = slots::elements(UNFOLDED).pop()?;
        heading.append_child(&fold).ok()?;
        Some(fold)
    });
    if let Some(fold) = fold {
        markup::set(&fold, FOLD, name);
        markup::set(&fold, "aria-label", name);
    }
    if let Some(link) = find("a") {
        markup::set(&link, "href", &settings::address_of_group(name));
    }
    if let Some(said) = find("small") {
        markup::say(&said, &state_of_group(board, group));
    }
}

/// Calls waiting in a group, where the board shows those, and how many of its queues are at its
/// worst level.
fn state_of_group(board: BoardState, group: &Queue) -> String {
    let level = board.levels();
    let levels: Vec<Level> = board
        .members(&group.id)
        .iter()
        .map(|id| level(id))
        .collect();
    let worst = levels.iter().copied().max().unwrap_or_default();
    let count = levels.iter().filter(|level| **level == worst).count();
    let at_level = text::at_level(worst, count);
    let waiting = group
        .waiting
        .filter(|_| board.choice().has(Metric::is_of_waiting));
    match waiting {
        Some(waiting) => {
            let dot = if at_level.is_empty() { "" } else { " · " };
            let waiting = numbers::compact(waiting);
            [&*waiting, " ", text::waiting(), dot, &at_level].concat()
        }
        None => at_level,
    }
}

/// A link to a group, which its name is in, and what unfolds or folds it.
fn link_to_group(name: &str, is_folded: bool) -> String {
    markup::fill(&[
        "<button type=button class=fold data-fold=\"",
        name,
        "\" aria-label=\"",
        name,
        "\" aria-expanded=",
        markup::flag(!is_folded),
        "></button><a href=\"",
        &settings::address_of_group(name),
        "\" data-group=\"",
        name,
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
            let of_group = || key(FOLD).or_else(|| key("data-group"));
            own()
                .or_else(|| key(OPEN))
                .or_else(of_group)
                .or_else(|| key("data-act"))
        });
        self.element.set_inner_html(&content);
        let again = key.and_then(|key| markup::find::<HtmlElement>(&self.element, &key));
        if let Some(again) = again {
            steering::focus(&again);
        }
        self.shown = content;
    }
}
