//! The line over a supervisor's tiles: search, order, and the ways to settings and keys.

use leptos::prelude::*;
use queuewall_shared::language::Language;
use web_sys::{Element, Event, HtmlInputElement};

use crate::board::BoardState;
use crate::desk::Place;
use crate::keys::{self, Command};
use crate::listener::Listener;
use crate::markup::{self, find};
use crate::{language, steering, text};

/// Where the toolbar is.
const BAR: &str = "toolbar";

/// The toolbar of a desk, for the board whose queues are searched and put in order.
pub(crate) fn keep(board: BoardState, place: Place) {
    let commands = keys::commands();
    let (wanted, is_worst_first) = (board.wanted(), board.is_worst_first());
    let search = || find::<HtmlInputElement>(&bar()?, "input");
    commands.on(Command::Search, move || {
        if let Some(search) = search() {
            steering::focus(&search);
            search.select();
        }
    });
    commands.on(Command::Close, move || {
        // A queue is closed first, and what is looked for among the agents is theirs.
        if place.is_open() || untrack(|| place.is_agents()) {
            return;
        }
        if wanted.with_untracked(String::is_empty) && !board.open_group().is_empty() {
            return board.show_group(String::new());
        }
        wanted.set(String::new());
        if let Some(search) = search() {
            search.set_value("");
            // What has no focus loses none.
            let _ = search.blur();
        }
    });
    let typed = move |_| {
        if let Some(search) = search() {
            match untrack(|| place.is_agents()) {
                true => place.set_find(&search.value()),
                false => wanted.set(search.value()),
            }
        }
    };
    let clicked = move |event: Event| {
        match markup::around(&event, "data-act").as_ref().map(|it| &*it.1) {
            Some("worst") => is_worst_first.set(true),
            Some("board") => is_worst_first.set(false),
            Some("tiles") => place.show_queues(false),
            Some("table") => place.show_queues(true),
            Some("agents") => drop(commands.give(Command::Agents)),
            Some("settings") => drop(commands.give(Command::Settings)),
            Some("help") => drop(commands.give(Command::Help)),
            _ => {}
        };
    };
    Effect::new(move |last: Option<Option<Made>>| {
        let is_worst_first = is_worst_first.get();
        let (shown, of) = board.shown_of();
        let language = language::current();
        let bar = bar()?;
        let made = last.flatten().unwrap_or_else(|| Made {
            language: None,
            _listeners: [
                Listener::with_event(bar.clone().into(), "input", typed),
                Listener::with_event(bar.clone().into(), "click", clicked),
            ],
        });
        // The board's language may come later than the board.
        if made.language != Some(language) {
            bar.set_inner_html(&content());
        }
        let is_agents = place.is_agents();
        let looked_for = match is_agents {
            true => place.find(),
            false => wanted.get(),
        };
        if let Some(search) = search().filter(|it| it.value() != looked_for) {
            search.set_value(&looked_for);
        }
        for (button, is_so) in [
            ("[data-act=worst]", is_worst_first),
            ("[data-act=board]", !is_worst_first),
            ("[data-act=tiles]", !is_agents && !place.is_table()),
            ("[data-act=table]", !is_agents && place.is_table()),
            ("[data-act=agents]", is_agents),
        ] {
            if let Some(button) = find::<Element>(&bar, button) {
                markup::set(&button, "aria-pressed", markup::flag(is_so));
            }
        }
        if let Some(count) = find::<Element>(&bar, ".toolbar-count") {
            markup::say(&count, &text::shown_of(shown, of));
        }
        Some(Made {
            language: Some(language),
            ..made
        })
    });
}

/// What has been made of the toolbar.
struct Made {
    /// Its words are in this language.
    language: Option<Language>,
    _listeners: [Option<Listener>; 2],
}

fn bar() -> Option<Element> {
    document().get_element_by_id(BAR)
}

fn content() -> String {
    let button = |class: &str, act: &str, label: &str| {
        markup::fill(&[
            "<button type=button class=\"",
            class,
            "\" data-act=\"",
            act,
            "\">",
            label,
            "</button>",
        ])
    };
    let mut content = markup::fill(&[
        "<label class=toolbar-search><span>",
        text::search(),
        "</span><input type=search autocomplete=off spellcheck=false placeholder=\" \">\
         <kbd>/</kbd></label><div class=\"choices toolbar-order\" role=group aria-label=\"",
        text::order(),
        "\">",
    ]);
    content += &button("choice", "worst", text::sort_worst());
    content += &button("choice", "board", text::sort_board());
    content += &markup::fill(&[
        "</div><div class=choices role=group aria-label=\"",
        text::table().form.text(),
        "\">",
    ]);
    content += &button("choice", "tiles", text::table().tiles.text());
    content += &button("choice", "table", text::table().table.text());
    content += &button("choice", "agents", text::agent_list().title.text());
    content += "</div><p class=toolbar-count role=status></p><div class=toolbar-end>";
    content += &button("button", "settings", text::settings());
    content += &button("button", "help", text::help());
    content + "</div>"
}
