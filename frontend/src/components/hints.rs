//! What whoever stands before the wall may have to do, at the head of its foot.

use leptos::prelude::*;

use crate::board::BoardState;
use crate::sound::SoundState;
use crate::text;
use crate::unattended::Vigil;
use crate::wake_lock::WakeLock;

/// Takes no room while there is nothing to say.
#[component]
pub fn Hints(
    /// The board, whose time zone the browser may not know.
    board: BoardState,
    /// The board's vigil.
    vigil: Vigil,
    /// Whether the desk is about to be shown instead.
    is_leaving: Signal<bool>,
) -> impl IntoView {
    let blocked = move || match vigil.sound() {
        SoundState::Blocked => text::sound_blocked(),
        _ => "",
    };
    let may_sleep = move || match vigil.wake_lock() {
        WakeLock::Unsupported if vigil.is_new() => text::may_sleep(window().is_secure_context()),
        WakeLock::Refused if vigil.is_new() => text::may_sleep_by_refusal(),
        _ => "",
    };
    let zone = Memo::new(move |_| board.lost_zone());
    let no_clock = move || match zone.get() {
        zone if zone.is_empty() => zone,
        zone => text::no_such_zone(&zone),
    };
    let leaving = move || match is_leaving.get() {
        true => text::opening_desk(),
        false => "",
    };
    view! {
        <div class="hints" role="status">
            <p data-hint="desk">{leaving}</p>
            <p data-hint="zone">{no_clock}</p>
            <p data-hint="sound">{blocked}</p>
            <p data-hint="sleep">{may_sleep}</p>
        </div>
    }
}
