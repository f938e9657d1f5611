//! The line above the tiles: which board, what waits in all, how many queues count,
//! how old it is, what time it is.

use std::time::Duration;

use queuewall_shared::format;
use web_sys::Element;

use crate::board::BoardState;
use crate::slots::{Part, Slots, follow};
use crate::{numbers, text};

pub(crate) const MARKUP: &str = "<header class=header><div class=header-start>\
    <h1 class=header-title></h1>\
    <p class=header-total><b data-total=waiting></b></p>\
    <p class=header-total><b data-total=wait></b></p>\
    <p class=header-counted data-total=counted></p></div>\
    <div class=header-end><p class=header-freshness></p>\
    <p class=header-clock role=timer></p></div></header>";

const TABLE: [(&str, Part); 10] = [
    (".header-title", Part::Text),
    ("[data-total=waiting]", Part::Text),
    ("[data-total=waiting]", Part::After),
    ("[data-total=wait]", Part::Before),
    ("[data-total=wait]", Part::Text),
    (".header-counted", Part::Text),
    (".header-freshness", Part::Attribute("data-freshness")),
    (".header-freshness", Part::Text),
    (".header-clock", Part::Text),
    (".header-clock", Part::Attribute("data-kind")),
];

pub(crate) fn keep(root: &Element, board: BoardState) {
    let mut slots = Slots::find(root, &TABLE);
    follow(move || {
        let totals = board.totals();
        // The longest wait says more than the mean; where no queue gives it, the mean.
        let (label, wait) = match (totals.longest_wait_ms, totals.average_wait_ms) {
            (Some(ms), _) => (text::longest(), wait_text(ms)),
            (None, Some(ms)) => (text::average(), wait_text(ms)),
            (None, None) => ("", String::new()),
        };
        let waiting = totals
            .waiting
            .map_or_else(|| format::UNKNOWN.into(), numbers::compact);
        let (state, freshness) = board.freshness();
        slots.show(&[
            &board.title(),
            &waiting,
            &[" ", text::waiting()].concat(),
            &[label, " "].concat(),
            &wait,
            &text::counted(totals.counted, totals.of),
            state,
            &freshness,
            &board.time_of_day(),
            board.clock_kind(),
        ]);
    });
}

fn wait_text(milliseconds: u64) -> String {
    text::wait(Duration::from_millis(milliseconds))
}
