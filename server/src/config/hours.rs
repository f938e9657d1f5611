//! The hours outside of which a queue has no level: a queue's over its board's over those of
//! `[levels]`.

use super::{
    file::Table,
    keys,
    problem::{Problem, Spanned},
};
use crate::hours::Hours;

/// The hours that a table of levels sets, if it does.
pub(super) fn read(levels: Option<&Table>, problems: &mut Vec<Problem>) -> Option<Hours> {
    said(levels)?.parse(problems, |text| {
        let remedy = "write for example Mo-Fr 08:00-18:00, Sa 09:00-13:00";
        Hours::parse(text).map_err(|error| (error, remedy))
    })
}

/// The machine's time zone for a board without one, where it has hours; refuses them where
/// the machine has none. `tables` are the levels that count for the board, which `slug` and
/// `remedy` name.
pub(super) fn zone_of_machine<'t>(
    tables: impl IntoIterator<Item = &'t Table>,
    machine: Option<&str>,
    slug: &str,
    remedy: &str,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let found = (tables.into_iter()).find_map(|table| said(Some(table)))?;
    if machine.is_none() {
        let what =
            format_args!("needs a time zone, and neither board {slug:?} nor the machine has one");
        problems.push(found.wrong(what, remedy));
    }
    machine.map(str::to_owned)
}

fn said(levels: Option<&Table>) -> Option<&Spanned<String>> {
    levels?.texts.get(keys::HOURS)
}
