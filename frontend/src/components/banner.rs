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
        <div class="banner" hidden=move || trouble.with(|trouble| trouble.what.is_empty())>
            // The next try counts down: a screen reader would say it every second.
            <p class="banner-what" role="alert">{move || trouble.with(|trouble| trouble.what.clone())}</p>
            <p class="banner-next">{move || trouble.with(|trouble| trouble.next_try.clone())}</p>
        </div>
    }
}
