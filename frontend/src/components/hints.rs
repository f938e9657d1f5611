//! What whoever stands before the wall may have to do, in a line over its lower edge.

use std::time::Duration;

use leptos::prelude::*;

use crate::board::BoardState;
use crate::sound::{Sound, SoundState};
use crate::text;
use crate::wake_lock::{self, WakeLock};

/// How long a new page says that its screen may go to sleep.
const HINT: Duration = Duration::from_secs(30);

/// Lies over the page and takes no room of it.
#[component]
pub fn Hints(
    /// The board, for its clock.
    board: BoardState,
) -> impl IntoView {
    let opened_at = board.now();
    let is_new = Memo::new(move |_| board.now().saturating_sub(opened_at) < HINT);
    let lock = wake_lock::state();
    let may_sleep = move || match lock.get() {
        WakeLock::Unsupported if is_new.get() => text::may_sleep(window().is_secure_context()),
        WakeLock::Refused if is_new.get() => text::may_sleep_by_refusal(),
        _ => "",
    };
    let sound = use_context::<Sound>();
    let blocked = move || match sound.map(|sound| sound.state()) {
        Some(SoundState::Blocked) => text::sound_blocked(),
        _ => "",
    };
    view! {
        <div class="hints" role="status">
            <p data-hint="sound">{blocked}</p>
            <p data-hint="sleep">{may_sleep}</p>
        </div>
    }
}
