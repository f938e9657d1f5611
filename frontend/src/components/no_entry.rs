//! Instead of a board: why this screen may not show it, and how it is let in.

use leptos::prelude::*;
use queuewall_shared::address;

use crate::api::Refusal;
use crate::{text, waiting};

/// Says why, and shows a code where that lets the screen in.
#[component]
pub fn NoEntry(
    /// Why.
    refusal: Refusal,
    /// The board that the screen asks for, where it asks for one.
    #[prop(into)]
    slug: Option<String>,
) -> impl IntoView {
    // What a proxy refuses no code opens, and neither does a browser without cookies.
    let is_code_of_use = !matches!(refusal, Refusal::UntrustedPeer | Refusal::NoCookies);
    let waiting = is_code_of_use.then(waiting::wait);
    let why = move || match waiting.is_some_and(|it| it.with(|it| it.is_without_cookies)) {
        true => text::refused(Refusal::NoCookies),
        false => text::refused(refusal),
    };
    let letting_in = move || {
        let code = waiting
            .map(|waiting| waiting.with(|it| it.code.clone()))
            .filter(|code| !code.is_empty())?;
        let known = slug
            .as_deref()
            .filter(|slug| !address::may_hold_token(slug));
        let slug = known.unwrap_or("…");
        let command = ["queuewall screens approve ", &code, " --board ", slug].concat();
        Some(view! {
            <p class="no-entry-how">{text::let_in()}</p>
            <p class="no-entry-code">{code}</p>
            <p class="no-entry-command"><code>{command}</code></p>
            <p class="no-entry-life">{text::code_life()}</p>
        })
    };
    view! {
        <main class="no-entry">
            <p class="no-entry-why" role="alert">{why}</p>
            {letting_in}
        </main>
    }
}
