//! The page of one board.

use std::cell::Cell;

use leptos::prelude::*;
use queuewall_shared::settings::View;
use queuewall_shared::snapshot::Theme;
use web_sys::Element;

use crate::api;
use crate::board::groups::Hooks;
use crate::board::{BoardState, Paging, Phase};
use crate::components::banner::Banner;
use crate::components::grid::px;
use crate::components::hands::Hands;
use crate::components::{banner, foot, grid, hands, header, message, no_entry, overlays, problems};
use crate::desk::{self, Place};
use crate::field::Field;
use crate::keys::{Command, Commands, Panel};
use crate::slots::{self, Content, Part, Slots, follow};
use crate::unattended::UnattendedBoard;
use crate::{
    full_screen, language, markup, polling, settings, tab_label, text, unattended, viewport,
};

/// Polls the board `slug` and shows it.
#[must_use]
pub fn board_page(slug: String) -> Element {
    let board = BoardState::default();
    polling::poll(api::board(&slug), board);
    board_view(board, slug)
}

/// What only a desk has. The wall's program contains none of it.
#[derive(Clone, Copy)]
pub struct Extras {
    /// Which queue is open, and how the board is shown.
    pub place: Place,
    /// What stands between the header and the tiles.
    markup: &'static str,
    /// Fills it.
    keep: fn(BoardState, Place),
    /// Makes a tile lead to its queue, with a label for screen readers.
    pub tile: fn(&Element, &str, &str),
    /// What is done with groups of queues.
    pub groups: Hooks,
    /// Shows their headings in the grid.
    pub headings: fn(&Element, BoardState, Paging),
    /// What of the queues a search leaves.
    pub found: fn(BoardState, Vec<String>) -> Vec<String>,
    overlays: fn(BoardState, UnattendedBoard),
    /// Goes back to the wall whose key opened a panel.
    pub leave: fn(),
}

thread_local! {
    /// Whether there may be [`Extras`].
    static IS_DESK: Cell<bool> = const { Cell::new(false) };
}

/// Whether this may be a desk. Nothing in the wall's program makes [`Extras`], so that its
/// compiler knows the answer, and leaves out what depends on it: KB of the page.
pub(crate) fn may_be_desk() -> bool {
    IS_DESK.get()
}

/// Whether it is the wall's view that this page shows.
pub(crate) fn is_wall(view: View) -> bool {
    view == View::Wall || !may_be_desk()
}

impl Extras {
    /// Those of this page; `None` on a wall.
    pub(crate) fn get() -> Option<Self> {
        match may_be_desk() {
            true => use_context(),
            false => None,
        }
    }

    /// To be provided by a desk, as context.
    #[must_use]
    pub fn of_a_desk() -> Self {
        IS_DESK.set(true);
        Self {
            place: Place::of_address(),
            markup: desk::MARKUP,
            keep: desk::keep,
            tile: desk::tile,
            groups: Hooks::of_a_desk(),
            headings: desk::headings::keep,
            found: |board, ids| board.found(ids),
            overlays: overlays::keep,
            leave: || {
                // An address of this server: it is never refused.
                let _ = window()
                    .location()
                    .replace(&settings::address_as(View::Wall));
            },
        }
    }
}

const TABLE: [(&str, Part); 5] = [
    ("", Part::Attribute("data-view")),
    ("", Part::Attribute("data-link")),
    ("", Part::Attribute("data-theme")),
    ("", Part::Style("font-size")),
    ("", Part::Style("transform")),
];

/// Shows a board, independent of the source of its data.
#[must_use]
pub fn board_view(board: BoardState, slug: String) -> Element {
    let unattended = unattended::look_after(board);
    language::follow(move || board.display().language);
    let asked = settings::asked();
    let (view, theme) = (asked.settings.view, asked.settings.theme);
    let paging = Paging::new(board, viewport::watch(), &asked);
    let extras = Extras::get();
    let is_leaving = Field::new(false);

    tab_label::keep(board);
    let commands = Commands::provide();
    let hands = Hands::new(board);
    commands.on(Command::ToggleSound, move || {
        unattended.toggle_sound();
        hands.sound();
    });
    commands.on(Command::FullScreen, move || {
        full_screen::toggle(move |outcome| hands.full_screen(outcome));
    });
    commands.leave_ok(move || unattended.is_mute());
    if view == View::Wall {
        steer(commands, board, is_leaving);
        hands.turn(commands, paging);
    }

    let page = slots::element(&[
        "<div class=board>",
        banner::MARKUP,
        problems::MARKUP,
        hands::MARKUP,
        overlays::MARKUP,
        "</div>",
    ]);
    let owner = slots::owner();
    let root = page.clone();
    let mut content: Option<(Phase, Content)> = None;
    follow(move || {
        let phase = board.phase();
        // A message is in the language of the moment.
        let _ = language::current();
        let is_message = matches!(phase, Phase::Loading | Phase::NoSuchBoard);
        let of = content.as_ref().map(|(phase, _)| *phase);
        if of == Some(phase) && !is_message {
            return;
        }
        // It goes first: what comes next has the same places.
        content = None;
        let before = markup::find::<Element>(&root, ".problems");
        let shown = match phase {
            Phase::Loading => message::markup(text::reading(), false),
            Phase::NoSuchBoard => message::markup(&text::no_board(&slug), true),
            Phase::Refused(_) => no_entry::MARKUP.to_owned(),
            Phase::Shown => [
                header::MARKUP,
                match extras {
                    Some(extras) if may_be_desk() => extras.markup,
                    _ => "",
                },
                grid::MARKUP,
                foot::MARKUP,
            ]
            .concat(),
        };
        let made = Content::new(&owner, &root, before.as_ref(), &shown, || match phase {
            Phase::Loading | Phase::NoSuchBoard => {}
            Phase::Refused(refusal) => no_entry::keep(&root, refusal, Some(&slug)),
            Phase::Shown => {
                header::keep(&root, board);
                if let Some(extras) = extras.filter(|_| may_be_desk()) {
                    (extras.keep)(board, extras.place);
                }
                grid::keep(&root, board, paging, extras);
                foot::keep(&root, board, paging, unattended, is_leaving);
            }
        });
        content = Some((phase, made));
    });
    let (mut banner, mut slots) = (Banner::find(&page), Slots::find(&page, &TABLE));
    follow(move || {
        let theme = theme_name(theme.or_else(|| board.display().theme));
        let link = board.link_name();
        let (size, transform) = (px(paging.fit().frame_px), unattended.transform());
        let (clock, kind) = (board.time_of_day(), board.clock_kind());
        banner.show(&board.trouble(), &board.title(), &clock, kind);
        slots.show(&[view_name(view), link, theme, &size, &transform]);
    });
    // Once the page is in the document, where they look for their elements.
    let owner = slots::owner();
    let root = page.clone();
    follow(move || {
        owner.with(|| {
            untrack(|| {
                problems::keep(&root, board, paging);
                hands.keep(&root, paging, unattended, commands);
                if let Some(extras) = extras.filter(|_| may_be_desk()) {
                    (extras.overlays)(board, unattended);
                }
            });
        });
    });
    page
}

/// The keys that open a panel, which a wall has none of: the desk is shown instead.
fn steer(commands: Commands, board: BoardState, is_leaving: Field<bool>) {
    for panel in Panel::ALL {
        commands.on(panel.command(), move || {
            if board.is_connected() {
                is_leaving.set(true);
                let desk = settings::address_as(View::Tab) + panel.fragment();
                // An address of this server: it is never refused.
                let _ = window().location().set_href(&desk);
            }
        });
    }
}

fn view_name(view: View) -> &'static str {
    match view {
        View::Wall => "wall",
        View::Tab => "tab",
    }
}

fn theme_name(theme: Option<Theme>) -> &'static str {
    match theme {
        Some(Theme::Light) => "light",
        Some(Theme::Contrast) => "contrast",
        Some(Theme::Dark) | None => "dark",
    }
}
