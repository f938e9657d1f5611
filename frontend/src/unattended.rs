//! What lets a wall hang unattended for weeks, put together: it is renewed, heard, kept
//! awake, freed of the pointer, and wanders against burn-in.
//!
//! All of it hangs on the board's ticks and on one signal, since every signal, memo and
//! effect of a further kind costs bytes.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use queuewall_shared::alarm::Alarm;
use queuewall_shared::drift;

use crate::board::BoardState;
use crate::components::board::is_wall;
use crate::field::Field;
use crate::pointer::RestingPointer;
use crate::renewal::Renewer;
use crate::settings;
use crate::slots::follow;
use crate::sound::{Player, SoundState};
use crate::wake_lock::{Sentinel, WakeLock};
use crate::{startup, text};

/// How long a new page shows hints for its set-up.
const NEW_FOR: Duration = Duration::from_secs(30);

/// How an unattended board is. What it shows of that is in [`UnattendedBoard`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct State {
    wake_lock: WakeLock,
    sound: SoundState,
    /// Whole minutes since the page was opened.
    minute: u32,
    /// Whether the page has been open for less than [`NEW_FOR`].
    is_new: bool,
}

/// Keeps a board usable without an operator: wake lock, sound, reload of a new build.
/// Everything below the board finds it by `use_context`; a copy is the same handle.
#[derive(Clone, Copy)]
pub struct UnattendedBoard {
    state: Field<State>,
    resources: StoredValue<Option<Rc<Resources>>, LocalStorage>,
}

/// Timers, listeners and locks of an unattended board. Dropping it releases them.
struct Resources {
    opened_at: Duration,
    renewer: Renewer,
    alarm: RefCell<Alarm>,
    player: RefCell<Option<Player>>,
    /// On a wall only: a desk's screen may sleep.
    sentinel: Option<Sentinel>,
    _pointer: Option<RestingPointer>,
    is_wall: bool,
    is_sound_wanted: Cell<bool>,
}

/// Looks after a board for as long as the reactive owner lives, as the page's address
/// asks, and lets everything below find the [`UnattendedBoard`].
pub fn look_after(board: BoardState) -> UnattendedBoard {
    let asked = settings::asked();
    let unattended = UnattendedBoard {
        state: Field::new(State::default()),
        resources: StoredValue::new_local(None),
    };
    let is_wall = is_wall(asked.settings.view);
    let resources = Rc::new(Resources {
        opened_at: board.now_untracked(),
        renewer: Renewer::default(),
        alarm: RefCell::default(),
        player: RefCell::default(),
        sentinel: is_wall.then(|| {
            Sentinel::new(move |wake_lock| unattended.change(&|state| state.wake_lock = wake_lock))
        }),
        _pointer: is_wall.then(RestingPointer::new),
        is_wall,
        is_sound_wanted: Cell::new(false),
    });
    unattended.resources.set_value(Some(resources));
    provide_context(unattended);
    on_cleanup(move || {
        unattended.resources.try_update_value(Option::take);
    });
    if asked.settings.sound {
        unattended.toggle_sound();
    }
    follow(move || unattended.tick(board));
    unattended
}

impl UnattendedBoard {
    fn resources(self) -> Option<Rc<Resources>> {
        self.resources.try_get_value().flatten()
    }

    fn tick(self, board: BoardState) {
        let now = board.now();
        let Some(resources) = self.resources() else {
            return;
        };
        let minute = (now.as_secs() / 60) as u32;
        let is_new = now.saturating_sub(resources.opened_at) < NEW_FOR;
        if self.state.get_untracked().minute != minute {
            // Browsers may take the lock back at any time.
            resources.sentinel.iter().for_each(Sentinel::ask);
        }
        self.change(&|state| (state.minute, state.is_new) = (minute, is_new));
        let State {
            sound, wake_lock, ..
        } = self.state.get_untracked();
        board.note(|report| (report.sound, report.awake) = (sound, wake_lock));
        resources.renewer.tick(now, board.build());
        if resources.is_sound_wanted.get() {
            let inputs = board.alarm_inputs();
            let seen = inputs.iter().map(|(id, input)| (id.as_str(), *input));
            if resources.alarm.borrow_mut().look(now, seen) {
                resources
                    .player
                    .borrow_mut()
                    .iter_mut()
                    .for_each(Player::chime);
            }
        }
    }

    /// Only what changed may wake those who read it.
    fn change(self, how: &dyn Fn(&mut State)) {
        let mut state = self.state.get_untracked();
        how(&mut state);
        self.state.set(state);
    }

    /// Turns the sound on or off. Nothing is kept: the link decides at the next start.
    pub fn toggle_sound(self) {
        let Some(resources) = self.resources() else {
            return;
        };
        if self.is_mute() && resources.player.borrow().is_some() {
            // It was the key that the browser waited for, and not meant to end it.
            return;
        }
        let is_wanted = !resources.is_sound_wanted.get();
        resources.is_sound_wanted.set(is_wanted);
        // The person who turns it on sees what is critical at this moment.
        resources.alarm.take();
        // The old one's end must not be taken for the new one's state.
        drop(resources.player.take());
        if is_wanted {
            let tell = move |sound| self.change(&|state| state.sound = sound);
            tell(SoundState::Blocked);
            resources.player.replace(Player::new(tell));
        } else {
            self.change(&|state| state.sound = SoundState::Off);
        }
    }

    /// Whether the wall can be heard.
    #[must_use]
    pub fn sound(self) -> SoundState {
        self.state.get().sound
    }

    /// Whether the sound waits for a key, for those who do not want to be told.
    #[must_use]
    pub fn is_mute(self) -> bool {
        self.state.get_untracked().sound == SoundState::Blocked
    }

    /// Whether the screen stays awake.
    #[must_use]
    pub fn wake_lock(self) -> WakeLock {
        self.state.get().wake_lock
    }

    /// Status lines for the operator of the screen.
    #[must_use]
    pub fn status(self) -> Vec<String> {
        let state = self.state.get();
        let screen = match state.wake_lock {
            // A desk's screen may sleep, and nobody asks for it.
            WakeLock::Idle => "",
            WakeLock::Held => text::kept_awake(),
            WakeLock::Refused => text::may_sleep_by_refusal(),
            WakeLock::Unsupported => text::may_sleep(window().is_secure_context()),
        };
        let sound = match state.sound {
            SoundState::Off => text::sound(false),
            SoundState::On => text::sound(true),
            SoundState::Blocked => text::sound_blocked(),
        };
        let restarts = match startup::restarts() {
            (0, _) => String::new(),
            (times, cause) => text::restarted(times, &cause),
        };
        [screen.to_owned(), sound.to_owned(), restarts]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect()
    }

    /// Whether the page was opened just now.
    #[must_use]
    pub fn is_new(self) -> bool {
        self.state.get().is_new
    }

    /// Where the board's root stands this minute, as a CSS transform: wandering on
    /// a wall, and still at a desk.
    #[must_use]
    pub fn transform(self) -> String {
        let minute = u64::from(self.state.get().minute);
        match self.resources() {
            Some(resources) if resources.is_wall => {
                let (left, up) = drift::offset_px(minute);
                format!("translate(-{left}px, -{up}px)")
            }
            _ => String::new(),
        }
    }
}
