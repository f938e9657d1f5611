//! The page of one board.

use leptos::prelude::*;
use queuewall_shared::settings::View;
use queuewall_shared::snapshot::Theme;

use crate::api;
use crate::board::{BoardState, Paging, Phase};
use crate::components::banner::Banner;
use crate::components::foot::Foot;
use crate::components::grid::{TileGrid, px};
use crate::components::header::Header;
use crate::components::message::Message;
use crate::components::no_entry::NoEntry;
use crate::components::overlays::Overlays;
use crate::components::problems::Problems;
use crate::components::toolbar::Toolbar;
use crate::keys::{Command, Commands, Panel};
use crate::{language, polling, settings, tab_mark, text, unattended, viewport};

/// Polls the board `slug` and shows it.
#[component]
pub fn BoardPage(
    /// The board's name in addresses.
    slug: String,
) -> impl IntoView {
    let board = BoardState::default();
    polling::poll(api::board(&slug), board);
    view! { <BoardView board slug /> }
}

/// What only a desk has. The wall's program contains none of it.
#[derive(Clone, Copy)]
pub struct Extras {
    toolbar: fn(BoardState) -> AnyView,
    overlays: fn(BoardState, Signal<Vec<String>>) -> AnyView,
    /// Goes back to the wall whose key opened a panel.
    pub leave: fn(),
}

impl Extras {
    /// To be provided by a desk, as context.
    #[must_use]
    pub fn of_a_desk() -> Self {
        Self {
            toolbar: |board| view! { <Toolbar board /> }.into_any(),
            overlays: |board, status| view! { <Overlays board status /> }.into_any(),
            leave: || {
                // An address of this server: it is never refused.
                let _ = window()
                    .location()
                    .replace(&settings::address_as(View::Wall));
            },
        }
    }
}

/// Shows a board, whoever feeds it.
#[component]
pub fn BoardView(
    /// The board.
    board: BoardState,
    /// The board's name in addresses.
    slug: String,
) -> impl IntoView {
    let vigil = unattended::look_after(board);
    language::follow(move || board.display().language);
    let asked = settings::asked();
    let (view, theme) = (asked.settings.view, asked.settings.theme);
    let paging = Paging::new(board, viewport::watch(), &asked.settings);
    let title = Memo::new(move |_| board.title());
    let totals = Memo::new(move |_| board.totals());
    let freshness = Memo::new(move |_| board.freshness());
    let time_of_day = Memo::new(move |_| board.time_of_day());
    let trouble = Memo::new(move |_| board.trouble());
    let phase = Memo::new(move |_| board.phase());

    tab_mark::keep(board);
    let commands = Commands::provide();
    commands.on(Command::ToggleSound, move || vigil.toggle_sound());
    commands.leave_ok(move || vigil.is_mute());
    let extras = use_context::<Extras>();
    let is_leaving = RwSignal::new(false);
    if view == View::Wall {
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
        commands.on(Command::NextPage, move || paging.next());
        commands.on(Command::PreviousPage, move || paging.previous());
        commands.on(Command::TogglePause, move || paging.toggle_pause());
    }

    let content = move || match phase.get() {
        Phase::Loading => {
            view! { <Message text=text::reading().to_owned() link=false /> }.into_any()
        }
        Phase::NoSuchBoard => view! { <Message text=text::no_board(&slug) link=true /> }.into_any(),
        Phase::Refused(refusal) => view! { <NoEntry refusal slug=slug.clone() /> }.into_any(),
        Phase::Shown => view! {
            <Header title totals freshness time_of_day />
            {extras.map(|it| (it.toolbar)(board))}
            <main class="board-tiles">
                <TileGrid board paging />
            </main>
            <Foot board paging vigil is_leaving />
        }
        .into_any(),
    };
    view! {
        <div
            class="board"
            data-view=view_name(view)
            data-link=move || board.link_name()
            data-theme=move || theme_name(theme.or_else(|| board.display().theme))
            style:font-size=move || px(paging.fit().frame_px)
            style:transform=move || vigil.transform()
        >
            <Banner trouble />
            {content}
            <Problems board />
            {extras.map(|it| (it.overlays)(board, Signal::derive(move || vigil.status())))}
        </div>
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
