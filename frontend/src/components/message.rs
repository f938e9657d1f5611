//! A page that has only one thing to say.

use crate::base_path::below;
use crate::{markup, text};

/// One sentence in the middle of the screen, with a way to the list of boards where
/// `has_link` is true.
#[must_use]
pub fn markup(said: &str, has_link: bool) -> String {
    let mut markup = markup::fill(&["<main class=message><p>", said, "</p>"]);
    if has_link {
        let home = below("/");
        markup += &markup::fill(&["<a href=\"", &home, "\">", text::all_boards(), "</a>"]);
    }
    markup + "</main>"
}
