//! Instead of a board: why this screen may not show it, and how it is let in.

use queuewall_shared::address;
use web_sys::Element;

use crate::api::Refusal;
use crate::components::message;
use crate::slots::{Part, Slots, follow};
use crate::{markup, text, waiting};

pub(crate) const MARKUP: &str =
    "<main class=no-entry><h1 class=no-entry-why role=alert></h1></main>";

/// Says why, and shows a code where that lets the screen in. `slug`: the board that the
/// screen asks for, where it asks for one.
pub(crate) fn keep(root: &Element, refusal: Refusal, slug: Option<&str>) {
    // What a proxy refuses no code opens, and neither does a browser without cookies.
    let is_code_of_use = !matches!(refusal, Refusal::UntrustedPeer | Refusal::NoCookies);
    let waiting = is_code_of_use.then(waiting::wait);
    // To those boards that this screen may see.
    let link = slug.map_or_else(String::new, |_| message::boards_link());
    // Whether there is such a board is the command's to say: it tells strangers nothing.
    let slug = slug.filter(|slug| !address::may_hold_token(slug));
    let board = slug.map_or_else(String::new, |slug| [" --board ", slug].concat());
    let Some(main) = markup::find::<Element>(root, ".no-entry") else {
        return;
    };
    let mut slots = Slots::find(&main, &[(".no-entry-why", Part::Text)]);
    let mut written = String::new();
    follow(move || {
        let waiting = waiting.map(|waiting| waiting.get());
        let waiting = waiting.unwrap_or_default();
        let why = match waiting.is_without_cookies {
            true => Refusal::NoCookies,
            false => refusal,
        };
        slots.show(&[text::refused(why)]);
        let letting_in = letting_in(&waiting.code, &board) + &link;
        if letting_in != written {
            // All that stands below the reason.
            for old in markup::all(&main, ".no-entry-why ~ *") {
                old.remove();
            }
            // Refused for a place that is none only.
            let _ = main.insert_adjacent_html("beforeend", &letting_in);
            written = letting_in;
        }
    });
}

fn letting_in(code: &str, board: &str) -> String {
    if code.is_empty() {
        return String::new();
    }
    // Six characters, read in two groups and typed as one.
    let (first, rest) = code.split_at_checked(code.len() / 2).unwrap_or((code, ""));
    let command = ["queuewall screens approve ", code, board].concat();
    markup::fill(&[
        "<p class=no-entry-how>",
        text::let_in(),
        "</p><p class=no-entry-code><span>",
        first,
        "</span><span>",
        rest,
        "</span></p><p class=no-entry-command><code>",
        &command,
        "</code></p><p class=no-entry-life>",
        &text::code_life(),
        "</p>",
    ])
}
