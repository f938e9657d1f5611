//! A page that has only one thing to say.

use crate::base_path::below;
use crate::{markup, text};

/// One sentence in the middle of the screen; where `has_link` is true, what to do next, with
/// a way to the list of boards.
#[must_use]
pub fn markup(said: &str, has_link: bool) -> String {
    let mut markup = markup::fill(&["<main class=message><h1>", said, "</h1>"]);
    if has_link {
        markup += &markup::fill(&["<p>", text::check_address(), "</p>"]);
        markup += &boards_link();
    }
    markup + "</main>"
}

/// The way to the list of boards.
pub(crate) fn boards_link() -> String {
    let home = below("/");
    markup::fill(&[
        "<a class=message-link href=\"",
        &home,
        "\">",
        text::all_boards(),
        "</a>",
    ])
}
