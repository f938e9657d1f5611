//! The list of keys.

use crate::keys::Command;
use crate::{markup, text};

/// Which key does what on a wall, which has pages, and on a desk, which has a search.
pub(super) fn body() -> String {
    let all = [
        ("→", Command::NextPage),
        ("←", Command::PreviousPage),
        (text::space_bar(), Command::TogglePause),
        ("/", Command::Search),
        ("T", Command::Table),
        ("A", Command::Agents),
        ("F", Command::FullScreen),
        ("M", Command::ToggleSound),
        ("S", Command::Settings),
        ("?", Command::Help),
        (text::back_key(), Command::Close),
    ];
    let mut body = String::from("<dl class=help>");
    for (key, command) in all {
        body += &markup::fill(&[
            "<div class=help-line><dt><kbd>",
            key,
            "</kbd></dt><dd>",
            text::command(command),
            "</dd></div>",
        ]);
    }
    let remote = text::remote_keys();
    body + &markup::fill(&["</dl><p class=help-remote>", remote, "</p>"])
}
