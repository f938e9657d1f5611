//! The line above the tiles: which board, what waits in all, how many queues count,
//! how old it is, what time it is.

use leptos::prelude::*;
use queuewall_shared::format;
use queuewall_shared::snapshot::Totals;
use std::time::Duration;

use crate::{numbers, text};

/// The board's header.
#[component]
pub fn Header(
    /// The board's heading.
    #[prop(into)]
    title: Signal<String>,
    /// Sums over the queues that count.
    #[prop(into)]
    totals: Signal<Totals>,
    /// The board's freshness: state for the style sheet, and in words.
    #[prop(into)]
    freshness: Signal<(&'static str, String)>,
    /// The time of day.
    #[prop(into)]
    time_of_day: Signal<String>,
) -> impl IntoView {
    // The longest wait says more than the mean; where no queue gives it, the mean.
    let wait = Memo::new(move |_| {
        let totals = totals.get();
        match (totals.longest_wait_ms, totals.average_wait_ms) {
            (Some(ms), _) => (text::longest(), wait_text(ms)),
            (None, Some(ms)) => (text::average(), wait_text(ms)),
            (None, None) => ("", String::new()),
        }
    });
    let waiting = move || match totals.with(|totals| totals.waiting) {
        Some(waiting) => numbers::compact(waiting),
        None => format::UNKNOWN.into(),
    };
    let counted = move || totals.with(|totals| text::counted(totals.counted, totals.of));
    view! {
        <header class="header">
            <div class="header-start">
            <h1 class="header-title">{move || title.get()}</h1>
            <p class="header-total">
                <b data-total="waiting">{waiting}</b>
                " "
                {text::waiting}
            </p>
            <p class="header-total">
                {move || wait.with(|wait| wait.0)}
                " "
                <b data-total="wait">{move || wait.with(|wait| wait.1.clone())}</b>
            </p>
            <p class="header-counted" data-total="counted">{counted}</p>
            </div>
            <div class="header-end">
            <p class="header-freshness" data-freshness=move || freshness.with(|state| state.0)>
                {move || freshness.with(|state| state.1.clone())}
            </p>
            <p class="header-clock" role="timer">{move || time_of_day.get()}</p>
            </div>
        </header>
    }
}

fn wait_text(milliseconds: u64) -> String {
    text::wait(Duration::from_millis(milliseconds))
}
