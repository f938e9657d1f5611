//! The header of a page's polls.

use crate::{
    report::{LONGEST, LONGEST_WORD, Report},
    settings::SCREEN_NAME_LENGTH,
};

/// Any header: a report within its bounds that is written as one line and read as the
/// same, or none.
///
/// # Panics
/// Where that does not hold.
pub fn report(header: &[u8]) {
    let Ok(header) = std::str::from_utf8(header) else {
        return;
    };
    let Some(report) = Report::parse(header) else {
        return;
    };
    assert!(header.len() <= LONGEST);
    assert!((1..=LONGEST_WORD).contains(&report.page.len()));
    assert!(report.page.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if let Some(name) = &report.name {
        assert!((1..=SCREEN_NAME_LENGTH).contains(&name.chars().count()));
    }
    if let Some(build) = &report.build {
        assert!((1..=LONGEST_WORD).contains(&build.len()));
    }
    for text in [&report.name, &report.build].into_iter().flatten() {
        assert!(!text.contains(char::is_control), "{text:?} moves a cursor");
    }
    // A number that the header does not hold comes from nowhere.
    let is_said = |number: u32| {
        let mut words = header.split(|it: char| !it.is_ascii_digit());
        words.any(|word| word.parse() == Ok(number))
    };
    assert!(report.paint_age_ms.is_none_or(is_said));
    assert!(report.errors == 0 || is_said(report.errors));

    let written = report.to_header();
    assert!(written.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    assert_eq!(Report::parse(&written), Some(report), "{written}");
}
