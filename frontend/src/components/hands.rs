//! What hands find on a wall: a bar of buttons while a pointer moves or a finger touches,
//! swipes, dots that show their page, and what a key did, in words, for a moment.
//!
//! The bar is always there and never seen (see `style/hands.css`) until the pointer is: a
//! wall that nobody touches pays nothing for it.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::window;
use queuewall_shared::settings::View;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, MouseEvent};

use crate::base_path::below;
use crate::board::{BoardState, Paging};
use crate::field::Field;
use crate::full_screen::Outcome;
use crate::keys::{Command, Commands, Panel};
use crate::listener::{self, Listener};
use crate::slots::{Part, Slots, follow};
use crate::unattended::UnattendedBoard;
use crate::{markup, pointer, settings, text};

/// How long an answer stays, by ticks of a second: three seconds at least.
const ANSWERED_FOR: Duration = Duration::from_secs(4);

/// A finger that went so far sideways, in CSS pixels, and half as far down at most, turns
/// the page.
const SWIPE_PX: i32 = 80;

/// A page's dot, in the foot.
const DOT: &str = ".pager-dot";

pub(crate) const MARKUP: &str = "<div class=hands><p class=hands-answer role=status></p>\
    <nav class=hands-bar><span class=hands-pages>\
    <button type=button data-act=previous><svg viewBox=\"0 0 24 24\" aria-hidden=true><path d=\"M15 4L7 12l8 8\"/></svg></button>\
    <button type=button data-act=pause><svg viewBox=\"0 0 24 24\" aria-hidden=true><path/></svg></button>\
    <button type=button data-act=next><svg viewBox=\"0 0 24 24\" aria-hidden=true><path d=\"M9 4l8 8l-8 8\"/></svg></button>\
    </span><a data-act=desk></a><a data-act=settings></a><a data-act=boards></a></nav></div>";

const TABLE: [(&str, Part); 9] = [
    (".hands-answer", Part::Text),
    (".hands-pages", Part::Attribute("hidden")),
    ("[data-act=pause] path", Part::Attribute("d")),
    ("[data-act=previous]", Part::Attribute("aria-label")),
    ("[data-act=pause]", Part::Attribute("aria-label")),
    ("[data-act=next]", Part::Attribute("aria-label")),
    ("[data-act=desk]", Part::Text),
    ("[data-act=settings]", Part::Text),
    ("[data-act=boards]", Part::Text),
];

/// What a key did.
#[derive(Clone, Copy, PartialEq)]
enum Answer {
    Sound,
    FullScreen(Outcome),
    /// The pages stop, or go on.
    Pause,
    OnePage,
}

/// Says what keys did. A copy is the same.
#[derive(Clone, Copy)]
pub(crate) struct Hands {
    board: BoardState,
    /// Until a moment of the page's clock.
    answer: Field<Option<(Answer, Duration)>>,
}

impl Hands {
    pub(crate) fn new(board: BoardState) -> Self {
        Self {
            board,
            answer: Field::new(None),
        }
    }

    pub(crate) fn sound(self) {
        self.say(Answer::Sound);
    }

    pub(crate) fn full_screen(self, outcome: Outcome) {
        self.say(Answer::FullScreen(outcome));
    }

    fn say(self, answer: Answer) {
        let until = self.board.now_untracked() + ANSWERED_FOR;
        self.answer.set(Some((answer, until)));
    }

    /// Obeys what turns pages and stops them.
    pub(crate) fn turn(self, commands: Commands, paging: Paging) {
        let on = |command, act: fn(&Paging), answer: Option<Answer>| {
            commands.on(command, move || {
                if paging.has_one_page() {
                    return self.say(Answer::OnePage);
                }
                act(&paging);
                if let Some(answer) = answer {
                    self.say(answer);
                }
            });
        };
        on(Command::NextPage, Paging::next, None);
        on(Command::PreviousPage, Paging::previous, None);
        on(
            Command::TogglePause,
            Paging::toggle_pause,
            Some(Answer::Pause),
        );
    }

    /// Shows the bar's words and the answers. On a wall the bar, swipes and dots are obeyed.
    pub(crate) fn keep(
        self,
        root: &Element,
        paging: Paging,
        unattended: UnattendedBoard,
        commands: Commands,
    ) {
        let mut slots = Slots::find(root, &TABLE);
        follow(move || {
            let (is_paused, page, pages) = (paging.is_paused(), paging.page() + 1, paging.pages());
            let answer = self.answer.get().map(|(answer, until)| {
                let is_over = self.board.now() >= until;
                (!is_over).then_some(answer)
            });
            if answer == Some(None) {
                // Nothing is followed by the second any more.
                self.answer.set(None);
            }
            let said = match answer.flatten() {
                None => String::new(),
                Some(Answer::Sound) => text::sound_now(unattended.sound()).into(),
                Some(Answer::FullScreen(outcome)) => text::full_screen(outcome).into(),
                Some(Answer::Pause) if is_paused => text::paused_at(page, pages),
                Some(Answer::Pause) => text::turning(paging.is_by_hand()).into(),
                Some(Answer::OnePage) => text::one_page().into(),
            };
            let [previous, pause, next, desk, settings, boards] = text::bar(is_paused);
            slots.show(&[
                &said,
                if pages == 1 { "hidden" } else { "" },
                match is_paused {
                    true => "M7 3l13 9L7 21z",
                    false => "M5 4h5v16H5zM14 4h5v16h-5z",
                },
                previous,
                pause,
                next,
                desk,
                settings,
                boards,
            ]);
        });
        if settings::asked().settings.view != View::Wall {
            return;
        }
        let desk = settings::address_as(View::Tab);
        let with_settings = [&desk, Panel::Settings.fragment()].concat();
        for (act, address) in [
            ("[data-act=desk]", &desk),
            ("[data-act=settings]", &with_settings),
            ("[data-act=boards]", &below("/")),
        ] {
            if let Some(link) = markup::find::<Element>(root, act) {
                markup::set(&link, "href", address);
            }
        }
        listener::keep(listen(self.board, paging, commands));
    }
}

/// The bar's buttons, the dots and swipes.
fn listen(board: BoardState, paging: Paging, commands: Commands) -> Vec<Option<Listener>> {
    thread_local! {
        /// Where the finger came down.
        static DOWN: Cell<(i32, i32)> = const { Cell::new((0, 0)) };
        /// Whether that brought the bar out: the same touch must not press what comes.
        static IS_FIRST: Cell<bool> = const { Cell::new(false) };
    }
    let at = |event: &Event| {
        let event = event.dyn_ref::<MouseEvent>();
        event.map_or((0, 0), |event| (event.client_x(), event.client_y()))
    };
    let way = |(x, y)| (x - DOWN.get().0, y - DOWN.get().1);
    let down = move |event: Event| {
        DOWN.set(at(&event));
        IS_FIRST.set(!pointer::is_shown());
    };
    let up = move |event: Event| {
        let (across, along) = way(at(&event));
        if across.abs() >= SWIPE_PX && across.abs() >= along.abs() * 2 {
            commands.give(match across < 0 {
                true => Command::NextPage,
                false => Command::PreviousPage,
            });
        }
    };
    let clicked = move |event: Event| {
        let (across, along) = way(at(&event));
        // A key presses elsewhere.
        let is_first = IS_FIRST.take() && across.abs().max(along.abs()) < SWIPE_PX;
        if let Some(dot) = dot_of(&event) {
            return paging.show(place_of(&dot));
        }
        let Some((_, act)) = markup::around(&event, "data-act") else {
            return;
        };
        // Without its server no other page could be loaded.
        if is_first || !board.is_connected() {
            event.prevent_default();
        }
        let command = match &*act {
            "previous" => Command::PreviousPage,
            "pause" => Command::TogglePause,
            "next" => Command::NextPage,
            _ => return,
        };
        if !is_first {
            commands.give(command);
        }
    };
    let window = || window().into();
    vec![
        Listener::with_event(window(), "pointerdown", down),
        Listener::with_event(window(), "pointerup", up),
        Listener::with_event(window(), "click", clicked),
    ]
}

/// The dot that an event is on.
fn dot_of(event: &Event) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(DOT).ok()?
}

/// How many dots are before a dot.
fn place_of(dot: &Element) -> usize {
    let mut place = 0;
    let mut before = dot.previous_element_sibling();
    while let Some(element) = before.filter(|it| it.matches(DOT).unwrap_or_default()) {
        place += 1;
        before = element.previous_element_sibling();
    }
    place
}
