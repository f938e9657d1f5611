//! The line that says which link broke.

use leptos::prelude::*;

use crate::board::Trouble;

/// Takes no room while `trouble` is empty.
#[component]
pub fn Banner(
    /// What is broken.
    #[prop(into)]
    trouble: Signal<Trouble>,
) -> impl IntoView {
    view! {
        <div class="banner" role="alert" hidden=move || trouble.with(|trouble| trouble.what.is_empty())>
            <p class="banner-what">{move || trouble.with(|trouble| trouble.what.clone())}</p>
            <p class="banner-next">{move || trouble.with(|trouble| trouble.next_try.clone())}</p>
        </div>
    }
}
