//! The line below the tiles: hints, the notice, what agents do, what the tiles leave out, and
//! the pages.

use std::time::Duration;

use leptos::prelude::window;
use queuewall_shared::agents::AgentCounts;
use queuewall_shared::freshness::Freshness;
use queuewall_shared::snapshot::Level;
use web_sys::Element;

use crate::board::{BoardState, Paging};
use crate::components::line::Line;
use crate::field::Field;
use crate::markup;
use crate::numbers;
use crate::slots::{self, Part, Slots, follow};
use crate::sound::SoundState;
use crate::text;
use crate::unattended::UnattendedBoard;
use crate::wake_lock::WakeLock;

/// So many pages have a dot each, where there is room beside their number.
const MOST_DOTS: usize = 12;

pub(crate) const MARKUP: &str = "<footer class=foot><div class=hints role=status>\
    <p data-hint=desk></p><p data-hint=zone></p><p data-hint=sound></p><p data-hint=sleep></p></div>\
    <p class=foot-notice role=status></p><p class=foot-agents></p><p class=foot-over></p>\
    <p class=foot-next></p><p class=foot-limits></p>\
    <div class=pager role=img><span class=pager-paused></span><span class=pager-dots></span>\
    <span class=pager-number></span><span class=pager-place></span>\
    <span class=pager-elsewhere></span></div></footer>";

const TABLE: [(&str, Part); 11] = [
    ("[data-hint=desk]", Part::Text),
    ("[data-hint=zone]", Part::Text),
    ("[data-hint=sound]", Part::Text),
    ("[data-hint=sleep]", Part::Text),
    (".foot-notice", Part::Text),
    (".foot-agents", Part::Text),
    (".foot-over", Part::Attribute("data-is")),
    (".foot-over", Part::Text),
    (".foot-next", Part::Attribute("data-is")),
    (".foot-next", Part::Text),
    (".foot-limits", Part::Text),
];

const PAGER: [(&str, Part); 8] = [
    ("", Part::Attribute("hidden")),
    ("", Part::Attribute("aria-label")),
    ("", Part::Attribute("data-paused")),
    (".pager-paused", Part::Text),
    (".pager-number", Part::Text),
    ("", Part::Attribute("data-critical")),
    (".pager-elsewhere", Part::Text),
    (".pager-place", Part::Text),
];

/// What goes where the line is too short for all of it, the first to go first.
const PARTS: [&str; 10] = [
    ".pager-dots",
    ".foot-limits",
    ".foot-agents",
    ".foot-notice",
    ".hints",
    ".pager-paused",
    ".foot-next",
    ".foot-over",
    ".pager-number",
    ".pager-place",
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
    let mut pager = markup::find(root, ".pager").map(|pager| Pager::find(&pager));
    let mut line = Line::find(root, ".foot", &PARTS);
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
            true => text::left_out(fit.form, board.choice()),
            false => text::too_small(),
        };
        let notice = board.notice();
        let agents = Agents::of(board);
        let [over, next] = &agents.over;
        let values = [
            leaving,
            &no_clock,
            blocked,
            may_sleep,
            &notice,
            &agents.counts,
            over.0,
            &over.1,
            next.0,
            &next.1,
            limits,
        ];
        slots.show(&values);
        let pages = pager.as_mut().map(|pager| pager.show(paging));
        if let Some(line) = &mut line {
            line.make_room(&[&*values.concat(), &pages.unwrap_or_default()]);
        }
    });
}

/// What the foot says of the board's agents; nothing where the board shows none.
#[derive(Default)]
struct Agents {
    /// How many do what, and how old that is where it is not new.
    counts: String,
    /// How many are past which limit, the two worst of them: a level and words each. What the
    /// others are past is counted behind.
    over: [(&'static str, String); 2],
}

impl Agents {
    fn of(board: BoardState) -> Self {
        board.with_agents(Self::told).unwrap_or_default()
    }

    fn told(counts: &AgentCounts, freshness: Option<Freshness>, age: Option<Duration>) -> Self {
        let is_current = matches!(freshness, Some(Freshness::Fresh | Freshness::Ageing));
        let mut said = Self {
            counts: text::agents(counts.now.filter(|_| is_current)),
            ..Self::default()
        };
        let age = match (freshness, age) {
            (Some(Freshness::Ageing), Some(age)) => text::ago(age),
            (Some(Freshness::Stale), Some(age)) => text::old(age),
            _ => String::new(),
        };
        if !age.is_empty() {
            said.counts += &[" · ", &age].concat();
        }
        let mut all = counts.over.iter().filter(|_| is_current);
        for (place, over) in said.over.iter_mut().zip(&mut all) {
            *place = (over.level.as_str(), text::agents_over_as(over));
        }
        let rest: u64 = all.map(|over| over.agents).sum();
        if rest > 0 {
            said.over[1].1 += &[" · +", &numbers::count(rest)].concat();
        }
        said
    }
}

/// Which page of how many is on the screen, and what the others hide; nothing where there is
/// only one.
struct Pager {
    slots: Slots,
    row: Option<Element>,
    dots: Vec<(Element, Slots)>,
}

impl Pager {
    fn find(pager: &Element) -> Self {
        Self {
            slots: Slots::find(pager, &PAGER),
            row: markup::find(pager, ".pager-dots"),
            dots: Vec::new(),
        }
    }

    /// Answers all that it says.
    fn show(&mut self, paging: Paging) -> String {
        let (page, pages) = (paging.page(), paging.pages());
        let troubled = paging.troubled();
        self.show_dots(page, pages, &troubled.critical);
        let mut number = text::page_of(page + 1, pages);
        if page == 0 && paging.has_worst() {
            number = [text::worst_now(), " · ", &number].concat();
        }
        let (elsewhere, place) = troubled.elsewhere();
        if !elsewhere.is_empty() {
            number += " · ";
        }
        let said = [&*number, &elsewhere, &place].concat();
        self.slots.show(&[
            if pages == 1 { "hidden" } else { "" },
            &said,
            markup::flag(paging.is_paused()),
            text::paused(),
            &number,
            markup::flag(troubled.level == Level::Critical),
            &elsewhere,
            &place,
        ]);
        said + markup::flag(paging.is_paused())
    }

    fn show_dots(&mut self, page: usize, pages: usize, critical: &[bool]) {
        let dots = &mut self.dots;
        let wanted = if (2..=MOST_DOTS).contains(&pages) {
            pages
        } else {
            0
        };
        while let Some((dot, _)) = dots.get(wanted..).and_then(<[_]>::last) {
            dot.remove();
            dots.pop();
        }
        for dot in slots::elements(&"<i class=pager-dot></i>".repeat(wanted - dots.len())) {
            let _ = self.row.as_ref().map(|row| row.append_child(&dot));
            let slots = Slots::find(&dot, &DOT);
            dots.push((dot, slots));
        }
        for (place, ((_, dot), is_critical)) in dots.iter_mut().zip(critical).enumerate() {
            dot.show(&[markup::flag(place == page), markup::flag(*is_critical)]);
        }
    }
}
