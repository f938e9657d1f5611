//! The line that says what of the page's address cannot be followed. It stays until the
//! address is corrected.

use web_sys::Element;

use crate::board::BoardState;
use crate::slots::{Part, Slots, follow};
use crate::{settings, text};

/// Takes no room while there is nothing to say.
pub(crate) const MARKUP: &str = "<p class=problems role=alert></p>";

pub(crate) fn keep(root: &Element, board: BoardState) {
    let asked = settings::asked();
    let table = [
        (".problems", Part::Attribute("hidden")),
        (".problems", Part::Text),
    ];
    let mut slots = Slots::find(root, &table);
    follow(move || {
        let mut said: Vec<String> = asked.problems.iter().map(text::problem).collect();
        let missing = board.missing();
        if !missing.is_empty() {
            said.push(text::missing_queues(&missing));
        }
        let hidden = if said.is_empty() { "hidden" } else { "" };
        slots.show(&[hidden, &said.join(" ")]);
    });
}
