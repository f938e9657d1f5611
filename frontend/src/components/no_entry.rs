//! Instead of a board: why this screen may not show it, and how it is let in.

use leptos::prelude::*;

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
    // What a proxy refuses no code opens.
    let code = (refusal != Refusal::UntrustedPeer).then(waiting::wait);
    let letting_in = move || {
        let code = code
            .map(|code| code.get())
            .filter(|code| !code.is_empty())?;
        let slug = slug.as_deref().unwrap_or("…");
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
            <p class="no-entry-why" role="alert">{text::refused(refusal)}</p>
            {letting_in}
        </main>
    }
}
