//! What a wall says to hands: the bar's labels, and what a key did.

use super::{sound, words};
use crate::full_screen::Outcome;
use crate::numbers;
use crate::sound::SoundState;

/// The labels of the bar, in its order: the page before, stop or go on, the next page,
/// the desk, the settings, all boards.
#[must_use]
pub fn bar(is_paused: bool) -> [&'static str; 6] {
    let words = words();
    let pause = match is_paused {
        true => words.turn_pages,
        false => words.pause_pages,
    };
    [
        words.previous_page.text(),
        pause.text(),
        words.next_page.text(),
        words.desk_word.text(),
        words.settings.text(),
        words.all_boards.text(),
    ]
}

/// What became of the sound; while the browser blocks it the foot says what to do.
#[must_use]
pub fn sound_now(state: SoundState) -> &'static str {
    match state {
        SoundState::On => sound(true),
        SoundState::Off => sound(false),
        SoundState::Blocked => "",
    }
}

/// What became of full screen.
#[must_use]
pub fn full_screen(outcome: Outcome) -> &'static str {
    let words = words();
    match outcome {
        Outcome::Full => words.full_screen.text(),
        Outcome::Window => words.full_screen_off.text(),
        Outcome::Refused => words.full_screen_refused.text(),
        Outcome::Missing => words.no_full_screen.text(),
    }
}

/// The pages are paused at one of them, counted from 1.
#[must_use]
pub fn paused_at(page: usize, pages: usize) -> String {
    let count = |number: usize| numbers::count(number as u64);
    words().paused_at.fill([&count(page), &count(pages)])
}

/// The pages were let go on; where the link stops them for good nothing turns them but hands.
#[must_use]
pub fn turning(is_by_hand: bool) -> &'static str {
    match is_by_hand {
        true => words().turned_by_hand.text(),
        false => words().turning.text(),
    }
}

/// There is one page.
#[must_use]
pub fn one_page() -> &'static str {
    words().one_page.text()
}
