//! The line above the tiles: which board, what is going on in all its queues, how old that is,
//! and what time it is.

use queuewall_shared::snapshot::{Level, Metric};
use web_sys::Element;

use crate::board::BoardState;
use crate::components::line::Line;
use crate::slots::{Part, Slots, follow};
use crate::text;

/// The age counts seconds: a screen reader would say it every second but for its role.
pub(crate) const MARKUP: &str = "<header class=header><i class=header-whole></i><h1 class=header-title></h1>\
    <p class=header-total><b data-total=waiting></b><b data-total=change></b></p>\
    <p class=header-wait><b data-total=wait></b></p>\
    <p class=header-critical></p><p class=header-warning></p>\
    <p class=header-unread></p><p class=header-every></p><i class=header-gap></i>\
    <p class=header-freshness role=timer></p><p class=header-clock role=timer></p><p class=header-kind></p></header>";

const TABLE: [(&str, Part); 15] = [
    (".header-title", Part::Text),
    ("[data-total=waiting]", Part::Before),
    ("[data-total=waiting]", Part::Text),
    ("[data-total=waiting]", Part::After),
    ("[data-total=change]", Part::Text),
    ("[data-total=wait]", Part::Before),
    ("[data-total=wait]", Part::Text),
    (".header-critical", Part::Text),
    (".header-warning", Part::Text),
    (".header-unread", Part::Text),
    (".header-every", Part::Text),
    (".header-freshness", Part::Attribute("data-freshness")),
    (".header-freshness", Part::Text),
    (".header-clock", Part::Text),
    (".header-kind", Part::Text),
];

/// What goes where the line is too short for all of it, the first to go first. Without
/// `header-whole`, which is never seen, a title may be cut.
const PARTS: [&str; 11] = [
    ".header-freshness",
    ".header-wait",
    ".header-whole",
    ".header-title",
    ".header-clock",
    ".header-unread",
    ".header-every",
    ".header-total",
    ".header-warning",
    ".header-kind",
    ".header-critical",
];

pub(crate) fn keep(root: &Element, board: BoardState) {
    let mut slots = Slots::find(root, &TABLE);
    let mut line = Line::find(root, ".header", &PARTS);
    follow(move || {
        let summary = board.summary();
        let [first, second] = summary.totals;
        let [before, number, after] = text::total(first);
        let [label, wait, behind] = text::total(second);
        let (state, freshness) = board.freshness(summary.oldest);
        let is_of_waiting = first.is_some_and(|it| it.metric == Metric::Waiting);
        let change = match summary.compared.filter(|_| is_of_waiting) {
            Some((now, before)) => text::change(now, before),
            None => String::new(),
        };
        let values: [&str; TABLE.len()] = [
            &board.title(),
            &before,
            &number,
            &after,
            &[if change.is_empty() { "" } else { " " }, &change].concat(),
            &label,
            &(wait + &behind),
            &text::at_level(Level::Critical, summary.critical),
            &text::at_level(Level::Warning, summary.warning),
            &text::not_read(summary.unread()),
            &board.read_every(),
            state,
            &freshness,
            &board.time_of_day(),
            board.clock_kind(),
        ];
        slots.show(&values);
        if let Some(line) = &mut line {
            line.make_room(&values);
        }
    });
}
