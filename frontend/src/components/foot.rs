//! The line below the tiles: hints, the notice, what the tiles leave out, and the pages.

use leptos::prelude::*;

use crate::board::{BoardState, Paging};
use crate::components::hints::Hints;
use crate::unattended::Vigil;
use crate::{numbers, text};

/// So many pages have a dot each; more have only their number.
const MOST_DOTS: usize = 12;

/// The board's foot.
#[component]
pub fn Foot(
    /// The board.
    board: BoardState,
    /// Its pages.
    paging: Paging,
    /// Its vigil, which may have a hint.
    vigil: Vigil,
    /// Whether the desk is about to be shown instead.
    #[prop(into)]
    is_leaving: Signal<bool>,
) -> impl IntoView {
    let notice = Memo::new(move |_| board.notice());
    let limits = move || {
        let fit = paging.fit();
        match fit.is_legible {
            true => text::left_out(fit.form),
            false => text::too_small(),
        }
    };
    view! {
        <footer class="foot">
            <Hints board vigil is_leaving />
            <p class="foot-notice" role="status">{move || notice.get()}</p>
            <p class="foot-limits">{limits}</p>
            <Pager paging />
        </footer>
    }
}

/// Which page of how many is on the screen; nothing where there is only one.
#[component]
fn Pager(paging: Paging) -> impl IntoView {
    let pages = Memo::new(move |_| paging.fit().pages);
    let dots = move || match pages.get() {
        pages @ 2..=MOST_DOTS => 0..pages,
        _ => 0..0,
    };
    let number = move || match pages.get() {
        0..=MOST_DOTS => String::new(),
        pages => [
            &numbers::count(paging.page() as u64 + 1),
            " / ",
            &numbers::count(pages as u64),
        ]
        .concat(),
    };
    let elsewhere = move || {
        let (pages, page) = (pages.get(), paging.page());
        let is_there = |other| other != page && paging.is_critical(other);
        (pages > MOST_DOTS && (0..pages).any(is_there)).to_string()
    };
    view! {
        <div
            class="pager"
            role="img"
            aria-label=move || text::page_of(paging.page() + 1, pages.get())
            hidden=move || pages.get() == 1
            data-paused=move || paging.is_paused().to_string()
        >
            <span class="pager-paused">{text::paused}</span>
            <For each=dots key=|page| *page let:page>
                <i
                    class="pager-dot"
                    data-current=move || (paging.page() == page).to_string()
                    data-critical=move || paging.is_critical(page).to_string()
                ></i>
            </For>
            <span class="pager-number" data-critical=elsewhere>{number}</span>
        </div>
    }
}
