//! The page of one board.

use leptos::prelude::*;

use crate::api;
use crate::board::{BoardState, Phase};
use crate::components::banner::Banner;
use crate::components::grid::TileGrid;
use crate::components::header::Header;
use crate::components::hints::Hints;
use crate::components::message::Message;
use crate::polling;
use crate::text;
use crate::unattended;

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

/// Shows a board, whoever feeds it.
#[component]
pub fn BoardView(
    /// The board.
    board: BoardState,
    /// The board's name in addresses.
    slug: String,
) -> impl IntoView {
    let vigil = unattended::look_after(board);
    let title = Memo::new(move |_| board.title());
    let totals = Memo::new(move |_| board.totals());
    let freshness = Memo::new(move |_| board.freshness());
    let time_of_day = Memo::new(move |_| board.time_of_day());
    let trouble = Memo::new(move |_| board.trouble());
    let phase = Memo::new(move |_| board.phase());

    Effect::new(move || {
        let title = title.get();
        document().set_title(&match title.as_str() {
            "" => text::PRODUCT.to_owned(),
            title => format!("{title} – {}", text::PRODUCT),
        });
    });

    let content = move || match phase.get() {
        Phase::Loading => view! { <Message text=text::READING.to_owned() link=false /> }.into_any(),
        Phase::NoSuchBoard => view! { <Message text=text::no_board(&slug) link=true /> }.into_any(),
        Phase::Shown => view! {
            <Header title totals freshness time_of_day />
            <main class="board-tiles">
                <TileGrid board />
            </main>
            <footer class="board-foot" role="status">{move || board.notice()}</footer>
        }
        .into_any(),
    };
    view! {
        <div
            class="board"
            data-link=move || board.link_name()
            data-theme=move || board.theme()
            style:transform=move || vigil.transform()
        >
            <Banner trouble />
            {content}
            <Hints vigil />
        </div>
    }
}
