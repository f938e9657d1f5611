//! The line below the tiles: hints, the notice, what the tiles leave out, and the pages.

use leptos::prelude::window;
use web_sys::Element;

use crate::board::{BoardState, Paging};
use crate::field::Field;
use crate::markup;
use crate::slots::{self, Part, Slots, follow};
use crate::sound::SoundState;
use crate::unattended::UnattendedBoard;
use crate::wake_lock::WakeLock;
use crate::{numbers, text};

/// So many pages have a dot each; more have only their number.
const MOST_DOTS: usize = 12;

pub(crate) const MARKUP: &str = "<footer class=foot><div class=hints role=status>\
    <p data-hint=desk></p><p data-hint=zone></p><p data-hint=sound></p><p data-hint=sleep></p></div>\
    <p class=foot-notice role=status></p><p class=foot-limits></p>\
    <div class=pager role=img><span class=pager-paused></span>\
    <span class=pager-number></span></div></footer>";

const TABLE: [(&str, Part); 6] = [
    ("[data-hint=desk]", Part::Text),
    ("[data-hint=zone]", Part::Text),
    ("[data-hint=sound]", Part::Text),
    ("[data-hint=sleep]", Part::Text),
    (".foot-notice", Part::Text),
    (".foot-limits", Part::Text),
];

const PAGER: [(&str, Part); 6] = [
    ("", Part::Attribute("hidden")),
    ("", Part::Attribute("aria-label")),
    ("", Part::Attribute("data-paused")),
    (".pager-paused", Part::Text),
    (".pager-number", Part::Attribute("data-critical")),
    (".pager-number", Part::Text),
];

const DOT: [(&str, Part); 2] = [
    ("", Part::Attribute("data-current")),
    ("", Part::Attribute("data-critical")),
];

/// `is_leaving`: whether the desk is about to be shown instead.
pub(crate) fn keep(
    root: &Element,
    board: BoardState,
    paging: Paging,
    unattended: UnattendedBoard,
    is_leaving: Field<bool>,
) {
    let mut slots = Slots::find(root, &TABLE);
    follow(move || {
        let leaving = match is_leaving.get() {
            true => text::opening_desk(),
            false => "",
        };
        let zone = board.lost_zone();
        let no_clock = match zone.as_str() {
            "" => zone,
            name => text::no_such_zone(name),
        };
        let blocked = match unattended.sound() {
            SoundState::Blocked => text::sound_blocked(),
            _ => "",
        };
        let may_sleep = match unattended.wake_lock() {
            WakeLock::Unsupported if unattended.is_new() => {
                text::may_sleep(window().is_secure_context())
            }
            WakeLock::Refused if unattended.is_new() => text::may_sleep_by_refusal(),
            _ => "",
        };
        let fit = paging.fit();
        let limits = match fit.is_legible {
            true => text::left_out(fit.form),
            false => text::too_small(),
        };
        let notice = board.notice();
        slots.show(&[leaving, &no_clock, blocked, may_sleep, &notice, limits]);
    });
    if let Some(pager) = markup::find(root, ".pager") {
        keep_pager(pager, paging);
    }
}

/// Which page of how many is on the screen; nothing where there is only one.
fn keep_pager(pager: Element, paging: Paging) {
    let mut slots = Slots::find(&pager, &PAGER);
    let number = pager.last_element_child();
    let mut dots: Vec<(Element, Slots)> = Vec::new();
    follow(move || {
        let (page, pages) = (paging.page(), paging.fit().pages);
        let has_dots = (2..=MOST_DOTS).contains(&pages);
        let wanted = if has_dots { pages } else { 0 };
        while let Some((dot, _)) = dots.get(wanted..).and_then(<[_]>::last) {
            dot.remove();
            dots.pop();
        }
        for dot in slots::elements(&"<i class=pager-dot></i>".repeat(wanted - dots.len())) {
            let _ = pager.insert_before(&dot, number.as_ref().map(AsRef::as_ref));
            let slots = Slots::find(&dot, &DOT);
            dots.push((dot, slots));
        }
        for (place, (_, dot)) in dots.iter_mut().enumerate() {
            dot.show(&[
                markup::flag(place == page),
                markup::flag(paging.is_critical(place)),
            ]);
        }
        let (mut written, mut is_elsewhere) = (String::new(), false);
        if pages > MOST_DOTS {
            let (page, pages) = (page as u64 + 1, pages as u64);
            written = [&numbers::count(page), " / ", &numbers::count(pages)].concat();
            let is_there = |other| other != paging.page() && paging.is_critical(other);
            is_elsewhere = (0..paging.fit().pages).any(is_there);
        }
        slots.show(&[
            if pages == 1 { "hidden" } else { "" },
            &text::page_of(page + 1, pages),
            markup::flag(paging.is_paused()),
            text::paused(),
            markup::flag(is_elsewhere),
            &written,
        ]);
    });
}
