//! The line that says what of the page's address cannot be followed. It stays until the
//! address is corrected: on a wall in the foot's place, so that no tile goes for it.

use web_sys::Element;

use crate::board::{BoardState, Paging};
use crate::components::board::is_wall;
use crate::slots::{Part, Slots, follow};
use crate::{numbers, settings, text};

/// Takes no room while there is nothing to say.
pub(crate) const MARKUP: &str = "<div class=problems role=alert><p class=problems-what></p><b class=problems-more></b>\
    <b class=problems-elsewhere></b></div>";

pub(crate) fn keep(root: &Element, board: BoardState, paging: Paging) {
    let asked = settings::asked();
    let is_wall = is_wall(asked.settings.view);
    let table = [
        (".problems", Part::Attribute("hidden")),
        (".problems-what", Part::Text),
        (".problems-more", Part::Text),
        (".problems-elsewhere", Part::Text),
    ];
    let mut slots = Slots::find(root, &table);
    follow(move || {
        let mut said: Vec<String> = asked.problems.iter().map(text::problem).collect();
        let missing = board.missing();
        if !missing.is_empty() {
            said.push(text::missing_queues(&missing));
        }
        let hidden = if said.is_empty() { "hidden" } else { "" };
        // A wall has room for one at a time: the next comes when it is corrected.
        let (mut more, mut elsewhere) = (String::new(), String::new());
        if is_wall {
            if said.len() > 1 {
                more = ["+", &numbers::count(said.len() as u64 - 1)].concat();
                said.truncate(1);
            }
            let (trouble, place) = paging.troubled().elsewhere();
            elsewhere = trouble + &place;
        }
        slots.show(&[hidden, &said.join(" "), &more, &elsewhere]);
    });
}
