//! How a board is shown unless the link says otherwise.

use std::ops::RangeInclusive;

use queuewall_shared::{
    language::Language,
    settings::{INCHES, METRES, ROTATE_SECONDS},
    snapshot::{Display, Theme},
};

use super::{
    file::FileBoard,
    problem::{Problem, Spanned},
};

/// Reads a board's settings.
pub(super) fn read(board: &FileBoard, problems: &mut Vec<Problem>) -> Display {
    let mut number = |found: &Option<Spanned<String>>, bounds: RangeInclusive<f64>, unit| {
        let number = found.as_ref()?.number(&bounds, false, unit);
        number.map_err(|problem| problems.push(problem)).ok()
    };
    let metres = number(&board.metres, METRES, "metres to the screen");
    let inches = number(&board.inches, INCHES, "inches across the screen");
    let rotate = number(&board.rotate_seconds, ROTATE_SECONDS, "seconds a page");
    Display {
        theme: theme(board.theme.as_ref(), problems),
        language: language(board.language.as_ref(), problems),
        metres,
        inches,
        // Within bounds, and the file has taken nothing but an integer.
        rotate_seconds: rotate.map(|seconds| seconds as u32),
    }
}

fn theme(found: Option<&Spanned<String>>, problems: &mut Vec<Problem>) -> Option<Theme> {
    let found = found?;
    match found.value.as_str() {
        "dark" => Some(Theme::Dark),
        "light" => Some(Theme::Light),
        "contrast" => Some(Theme::Contrast),
        _ => {
            problems.push(found.wrong("is not a theme", "write dark, light or contrast"));
            None
        }
    }
}

fn language(found: Option<&Spanned<String>>, problems: &mut Vec<Problem>) -> Option<String> {
    let found = found?;
    if Language::of_code(&found.value).is_some() {
        return Some(found.value.clone());
    }
    problems.push(found.wrong(
        "is not a language of the page",
        format_args!(
            "write one of {}",
            Language::ALL.map(Language::code).join(", ")
        ),
    ));
    None
}
