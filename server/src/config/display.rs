//! How a board is shown unless the link says otherwise.

mod choice;

use queuewall_shared::{
    language::Language,
    settings::{INCHES, METRES, ROTATE_SECONDS},
    snapshot::{Display, Theme},
};

use super::{file::Table, problem::Problem};
use choice::Numbers;
pub(super) use choice::without_today;

/// Reads a board's settings.
pub(super) fn read(board: &Table, problems: &mut Vec<Problem>) -> Display {
    let mut number =
        |key, bounds, unit| (board.texts.get(key)?).number(problems, bounds, false, unit);
    let metres = number("metres", METRES, "metres to the screen");
    let inches = number("inches", INCHES, "inches across the screen");
    let rotate = number("rotate_seconds", ROTATE_SECONDS, "seconds a page");
    let found = board.texts.get("theme");
    let theme = found.and_then(|found| found.parse(problems, theme));
    let found = board.texts.get("language");
    let language = found.and_then(|found| found.parse(problems, language));
    let Numbers {
        preset,
        hero,
        beside,
    } = Numbers::read(board, problems);
    Display {
        theme,
        language,
        metres,
        inches,
        // Within bounds, and the file has taken nothing but an integer.
        rotate_seconds: rotate.map(|seconds| seconds as u32),
        preset,
        hero,
        beside,
    }
}

fn theme(text: &str) -> Result<Theme, (&'static str, &'static str)> {
    match text {
        "dark" => Ok(Theme::Dark),
        "light" => Ok(Theme::Light),
        "contrast" => Ok(Theme::Contrast),
        _ => Err(("is not a theme", "write dark, light or contrast")),
    }
}

fn language(text: &str) -> Result<String, (&'static str, String)> {
    match Language::of_code(text) {
        Some(_) => Ok(text.to_owned()),
        None => {
            let codes = Language::ALL.map(Language::code).join(", ");
            Err((
                "is not a language of the page",
                format!("write one of {codes}"),
            ))
        }
    }
}
