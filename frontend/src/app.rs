//! What an address shows. Two addresses a page need no router.

use leptos::prelude::provide_context;
use queuewall_shared::address;
use queuewall_shared::settings::View;
use web_sys::Element;

use crate::base_path::below;
use crate::components::board::{Extras, board_page};
use crate::components::board_list::board_list_page;
use crate::components::message;
use crate::slots::{self, follow};
use crate::{access, language, settings, text};

/// What an address shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// `/` or `/desk`: the boards.
    Boards,
    /// `/board/{slug}`, `/desk/{slug}`, `/desk/{slug}/queues/{id}` or `/desk/{slug}/agents`: one
    /// board.
    Board(String),
    /// Anything else.
    Nowhere,
}

impl Page {
    /// The page at an address's path. A closing slash makes no difference.
    #[must_use]
    pub fn at(path: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next(), parts.next()) {
            (None, ..) | (Some("desk"), None, _) => Self::Boards,
            (Some("board" | "desk"), Some(part), None)
            // Which queue is the desk's own to find.
            | (Some("desk"), Some(part), Some("queues" | "agents")) => {
                address::slug(part).map_or(Self::Nowhere, |slug| Self::Board(slug.into()))
            }
            _ => Self::Nowhere,
        }
    }
}

/// The wall, at the browser's present address.
#[must_use]
pub fn wall() -> Element {
    // The server gives the list of boards to the desk's page: 3 KB less for each wall.
    // `trunk serve` has no server for its own root.
    show(
        View::Wall,
        cfg!(debug_assertions).then_some(board_list_page),
    )
}

/// The desk, at the browser's present address.
#[must_use]
pub fn desk() -> Element {
    provide_context(Extras::of_a_desk());
    show(View::Tab, Some(board_list_page))
}

fn show(view: View, boards: Option<fn() -> Element>) -> Element {
    access::mend_address();
    settings::provide_from_address(view);
    // A board speaks for itself later; nothing below says a word before this.
    language::follow(|| None);
    let path = access::address().path;
    // A proxy may have it at the root as well.
    let path = path.strip_prefix(&below("")).unwrap_or(&path);
    match (Page::at(path), boards) {
        (Page::Boards, Some(boards)) => boards(),
        (Page::Board(slug), _) => board_page(slug),
        _ => nowhere(),
    }
}

/// Where there is no page; in the language of the moment, whose words may come later.
fn nowhere() -> Element {
    let page = slots::element(&["<div class=page></div>"]);
    let root = page.clone();
    follow(move || root.set_inner_html(&message::markup(text::no_page(), true)));
    page
}
