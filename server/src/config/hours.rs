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

/// Refuses hours by no clock: the machine's is seldom the contact centre's, and UTC in most
/// containers. `tables` are the levels that count for a board without a time zone, which `slug`
/// and `remedy` name.
pub(super) fn refuse_without_zone<'t>(
    tables: impl IntoIterator<Item = &'t Table>,
    slug: &str,
    remedy: &str,
    problems: &mut Vec<Problem>,
) {
    let found = (tables.into_iter()).find_map(|table| said(Some(table)));
    problems.extend(found.map(|found| {
        let what = format_args!("needs a time zone, and board {slug:?} has none");
        found.wrong(what, remedy)
    }));
}

fn said(levels: Option<&Table>) -> Option<&Spanned<String>> {
    levels?.texts.get(keys::HOURS)
}
