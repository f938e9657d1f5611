//! What may lie over the board, one panel at a time: it has the focus while it is open,
//! and gives it back.
//!
//! # Layout
//! - here: the panel, open and closed
//! - `help`: the list of keys
//! - `form`: the form that writes a link, `draft`: the link in the making

mod draft;
mod form;
mod help;

use std::time::Duration;

use leptos::prelude::*;
use queuewall_shared::rotation::LONGEST_PAUSE;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::board::{BoardState, Phase};
use crate::components::board::Extras;
use crate::keys::{self, Command, Commands, Panel};
use crate::listener::Listener;
use crate::unattended::UnattendedBoard;
use crate::{markup, settings, steering, text};

/// Where panels are put.
const GROUND: &str = "overlay";

pub(crate) const MARKUP: &str = "<div class=dialog-ground id=overlay hidden></div>";

/// Shows the panel that is open, if one is, over the board. The settings panel says how the
/// page itself is.
pub(crate) fn keep(board: BoardState, unattended: UnattendedBoard) {
    let commands = keys::commands();
    // What the page's own address asks can be read only while the component is made.
    let draft = draft::Draft::of_address();
    for panel in Panel::ALL {
        commands.on(panel.command(), move || commands.toggle(panel));
    }
    // Opened by a key on a wall, to which closing it leads back.
    let of_wall = settings::asked().panel;
    let leave = Extras::get().map_or(nothing as fn(), |it| it.leave);
    if let Some(panel) = of_wall {
        commands.toggle(panel);
    }
    Effect::new(move |last: Option<Option<Opened>>| {
        let open = commands.open();
        // The settings list the board's queues: they are opened once these are known.
        let ready = open.filter(|_| board.phase() != Phase::Loading);
        let lines = unattended.status();
        let ground = document().get_element_by_id(GROUND)?.dyn_into().ok()?;
        let mut opened = last.flatten();
        if opened.as_ref().map(|it| it.panel) != ready {
            // It goes first: it gives back the focus that the next one takes.
            drop(opened);
            opened = ready
                .map(|open| untrack(|| Opened::new(ground, commands, open, board, draft.clone())));
        }
        // Without its server the wall could not be loaded.
        if of_wall.is_some() && open.is_none() && board.is_connected() {
            leave();
        }
        // Nobody may come back to a wall on which somebody pressed a key.
        let is_left = |it: &Opened| board.now().saturating_sub(it.since) >= LONGEST_PAUSE;
        if of_wall.is_some() && opened.as_ref().is_some_and(is_left) {
            commands.give(Command::Close);
        }
        let place = opened
            .as_ref()
            .and_then(|it| markup::find::<Element>(&it.ground, ".settings-status"));
        if let Some(place) = place {
            markup::say(&place, &lines.join("\n"));
        }
        opened
    });
}

fn nothing() {}

/// A panel on the screen. Dropping it takes it away.
struct Opened {
    panel: Panel,
    /// When it was opened, on the page's monotonic clock.
    since: Duration,
    ground: HtmlElement,
    before: Option<HtmlElement>,
    _listeners: Vec<Listener>,
}

impl Opened {
    fn new(
        ground: HtmlElement,
        commands: Commands,
        panel: Panel,
        board: BoardState,
        draft: draft::Draft,
    ) -> Self {
        let before = document().active_element();
        let (title, body) = match panel {
            Panel::Help => (text::help(), help::body()),
            Panel::Settings => (text::settings(), form::body(board)),
        };
        let head = markup::fill(&[
            "<div class=dialog role=dialog aria-modal=true tabindex=-1 aria-label=\"",
            title,
            "\"><div class=dialog-head><h2>",
            title,
            "</h2><button class=button type=button data-act=close>",
            text::close(),
            "</button></div>",
        ]);
        ground.set_inner_html(&(head + &body + "</div>"));
        // Neither name can be refused.
        let _ = ground.remove_attribute("hidden");
        let mut listeners = Vec::new();
        let mut listen = |name, act: form::Act| {
            let listener =
                Listener::with_event(ground.clone().into(), name, move |event| act(&event));
            listeners.extend(listener);
        };
        let within: Element = ground.clone().into();
        listen(
            "keydown",
            Box::new(move |event| {
                if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                    steering::steer(&within, event);
                }
            }),
        );
        listen(
            "click",
            Box::new(move |event| {
                if markup::around(event, "data-act").is_some_and(|it| it.1 == "close") {
                    commands.give(Command::Close);
                }
            }),
        );
        if panel == Panel::Settings {
            form::bring_to_life(&ground, board, draft, &mut listen);
        }
        // The close button comes first and would be the wrong one to begin with.
        let stops = steering::stops(&ground);
        if let Some(first) = stops.get(1).or_else(|| stops.first()) {
            steering::focus(first);
        }
        Self {
            panel,
            since: board.now_untracked(),
            ground,
            before: before.and_then(|it| it.dyn_into().ok()),
            _listeners: listeners,
        }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.ground.set_inner_html("");
        markup::set(&self.ground, "hidden", "");
        if let Some(before) = &self.before {
            steering::focus(before);
        }
    }
}
