//! Settings in the address that cannot be followed.

use queuewall_shared::settings::{Fault, Problem, Settings};

use super::words;
use crate::numbers;

/// So much of a wrong setting is repeated.
const SHOWN_CHARACTERS: usize = 40;

/// What is wrong with a setting, where it stands, and what could stand there instead.
#[must_use]
pub fn problem(problem: &Problem) -> String {
    let words = words();
    let name = shown(&problem.name);
    let both = shown(&[&problem.name, "=", &problem.value].concat());
    match &problem.fault {
        Fault::UnknownName => words.no_setting.fill([&name, &Settings::NAMES.join(", ")]),
        Fault::Repeated => words.repeated.fill([&name]),
        Fault::NotOneOf(choices) => words.not_one_of.fill([&both, &choices.join(", ")]),
        Fault::NotWithin(bounds) => {
            let phrase = match problem.name.as_str() {
                "rotate" => words.not_within_nor_off,
                _ => words.not_within,
            };
            let bound = |bound: &f64| numbers::tenths(*bound);
            phrase.fill([&both, &bound(bounds.start()), &bound(bounds.end())])
        }
        Fault::NotAName(longest) => words
            .not_a_name
            .fill([&both, &numbers::count(*longest as u64)]),
    }
}

/// What an address has, cut where it would fill the screen.
fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        None => text.to_owned(),
        // Not by index: the words of its panic are larger than this file.
        Some((end, _)) => [text.get(..end).unwrap_or_default(), "…"].concat(),
    }
}
