//! A page that has only one thing to say.

use leptos::prelude::*;

use crate::base_path::below;
use crate::text;

/// One sentence in the middle of the screen, with a way to the list of boards where
/// `link` says so.
#[component]
pub fn Message(
    /// The sentence.
    text: String,
    /// Whether to link to the list of boards.
    link: bool,
) -> impl IntoView {
    view! {
        <main class="message">
            <p>{text}</p>
            {link.then(|| view! { <a href=below("/")>{text::all_boards()}</a> })}
        </main>
    }
}
