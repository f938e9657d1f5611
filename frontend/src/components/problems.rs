//! The line that says what of the page's address cannot be followed. It stays until the
//! address is mended.

use leptos::prelude::*;

use crate::board::BoardState;
use crate::{settings, text};

/// Takes no room while there is nothing to say.
#[component]
pub fn Problems(
    /// The board, which may lack a queue that the address names.
    board: BoardState,
) -> impl IntoView {
    let asked = settings::asked();
    let said = Memo::new(move |_| {
        let mut said: Vec<String> = asked.problems.iter().map(text::problem).collect();
        let missing = board.missing();
        if !missing.is_empty() {
            said.push(text::missing_queues(&missing));
        }
        said.join(" ")
    });
    view! {
        <p class="problems" role="alert" hidden=move || said.with(String::is_empty)>
            {move || said.get()}
        </p>
    }
}
