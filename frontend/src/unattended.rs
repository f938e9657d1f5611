//! What lets a wall hang unattended for weeks, put together.

use leptos::prelude::*;
use queuewall_shared::drift;
use queuewall_shared::settings::View;

use crate::board::BoardState;
use crate::sound::Sound;
use crate::{pointer, renewal, settings, wake_lock};

/// Looks after a board's page for as long as the reactive owner lives: it is renewed,
/// heard, and on a wall kept awake and free of the pointer. Provides [`Sound`] and
/// [`wake_lock::state`] to everything below.
///
/// Returns the CSS transform of the board's root, which wanders against burn-in.
pub fn look_after(board: BoardState) -> Memo<String> {
    let asked = settings::asked();
    let is_wall = asked.settings.view == View::Wall;
    let minute = Memo::new(move |_| board.now().as_secs() / 60);
    renewal::watch(move || board.now(), move || board.build());
    Sound::provide(asked.settings.sound).listen(move || board.now(), move || board.sights());
    if is_wall {
        pointer::hide_at_rest();
        wake_lock::keep(minute);
    }
    Memo::new(move |_| match is_wall {
        true => {
            let (left, up) = drift::offset_px(minute.get());
            format!("translate(-{left}px, -{up}px)")
        }
        false => String::new(),
    })
}
