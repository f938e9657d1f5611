//! Which page an address means. Two addresses need no router.

use leptos::prelude::*;

use crate::components::board::BoardPage;
use crate::components::board_list::BoardListPage;
use crate::components::message::Message;
use crate::{language, settings, text};

/// A page of this site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// `/`: the boards.
    Boards,
    /// `/board/{slug}`: one board. The slug is kept as it stands in the address.
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
            (None, ..) => Self::Boards,
            (Some("board"), Some(slug), None) => Self::Board(slug.into()),
            _ => Self::Nowhere,
        }
    }
}

/// The whole site, at the browser's present address.
#[component]
pub fn App() -> impl IntoView {
    settings::provide_from_address();
    // A board speaks for itself later; nothing below says a word before this.
    language::follow(|| None);
    match Page::at(&window().location().pathname().unwrap_or_default()) {
        Page::Boards => view! { <BoardListPage /> }.into_any(),
        Page::Board(slug) => view! { <BoardPage slug /> }.into_any(),
        Page::Nowhere => view! { <Message text=text::no_page().to_owned() link=true /> }.into_any(),
    }
}
