//! Settings in the address that cannot be followed.

use queuewall_shared::settings::{Fault, Problem, Settings};

use super::words;
use crate::numbers;

/// So much of a wrong setting is repeated.
const SHOWN_CHARACTERS: usize = 40;
/// A word of so many characters may be a link's token, which has 22.
pub(super) const SECRET_CHARACTERS: usize = 20;

/// What is wrong with a setting, where it stands, and what could stand there instead.
#[must_use]
pub fn problem(problem: &Problem) -> String {
    let words = words();
    let name = shown(&problem.name);
    match &problem.fault {
        Fault::UnknownName => words.no_setting.fill([&name, &Settings::NAMES.join(", ")]),
        Fault::Repeated => words.repeated.fill([&name]),
        Fault::NotOneOf(choices) => words.not_one_of.fill([&name, &choices.join(", ")]),
        Fault::NotWithin(bounds) => {
            let phrase = match problem.name.as_str() {
                "rotate" => words.not_within_nor_off,
                _ => words.not_within,
            };
            let bound = |bound: &f64| numbers::tenths(*bound);
            phrase.fill([&name, &bound(bounds.start()), &bound(bounds.end())])
        }
        Fault::NotAName(longest) => words
            .not_a_name
            .fill([&name, &numbers::count(*longest as u64)]),
    }
}

/// What an address has, cut where it would fill the screen or may be a secret.
fn shown(text: &str) -> String {
    let (mut shown, mut run) = (String::new(), 0);
    for (place, letter) in text.chars().enumerate() {
        let is_plain = letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        run = if is_plain { run + 1 } else { 0 };
        if place == SHOWN_CHARACTERS || run == SECRET_CHARACTERS {
            // The word's start is as secret as its end.
            shown.truncate(shown.len() - run.saturating_sub(1));
            shown.push('…');
            break;
        }
        shown.push(letter);
    }
    shown
}
