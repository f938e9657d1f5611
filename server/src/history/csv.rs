//! A queue's history as CSV (RFC 4180), for spreadsheets.

use std::borrow::Cow;

use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};
use queuewall_shared::metric::Unit;
use queuewall_store::column::Column;

use super::series::{Series, SeriesQuery};

/// The first line: times, the queue's id, a column a metric, and whether the service level was
/// read later. Waits have their unit.
#[must_use]
pub fn head(columns: &[Column]) -> String {
    let unit = |column: &Column| match column.metric.unit() {
        Unit::Milliseconds => "_ms",
        _ => "",
    };
    let names = columns.iter();
    let names = names.map(|column| format!("{}{}", column.name, unit(column)).into());
    let times = ["time_utc", "time_board", "queue"].map(Cow::Borrowed);
    line(times.into_iter().chain(names).chain(["backfilled".into()]))
}

/// A line a bin, of what [`SeriesQuery::read`] gave; an unknown value is empty.
#[must_use]
pub fn lines(query: &SeriesQuery, queue: &str, series: &Series, zone: &TimeZone) -> String {
    let mut lines = String::new();
    for (bin, ms) in query.times_ms().enumerate() {
        let time = Timestamp::from_millisecond(ms).unwrap_or_default();
        let local = time.display_with_offset(zone.to_offset(time));
        let times = [time.to_string(), local.to_string()];
        let number = |values: &Vec<Option<f64>>| values.get(bin).copied().flatten();
        let numbers = series.values.iter().map(number);
        let numbers = numbers.map(|it| it.map(|it| it.to_string()).unwrap_or_default());
        let queue = std::iter::once(queue.to_owned());
        let backfilled = series.backfilled.get(bin).copied().unwrap_or_default();
        let cells = times.into_iter().chain(queue).chain(numbers);
        let cells = cells.chain([backfilled.to_string()]);
        lines.push_str(&line(cells.map(Cow::Owned)));
    }
    lines
}

/// The board's zone; UTC where it has none.
#[must_use]
pub fn zone(name: Option<&str>) -> TimeZone {
    let zone = name.and_then(|name| TimeZoneDatabase::bundled().get(name).ok());
    zone.unwrap_or(TimeZone::UTC)
}

fn line<'c>(cells: impl Iterator<Item = Cow<'c, str>>) -> String {
    let cells: Vec<_> = cells.map(|cell| self::cell(&cell)).collect();
    cells.join(",") + "\r\n"
}

/// Quoted where it has to be. A spreadsheet would execute what begins like a formula: that is
/// text behind an apostrophe.
fn cell(text: &str) -> String {
    let guard = match text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => "'",
        false => "",
    };
    let text = format!("{guard}{text}");
    match text.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The records of RFC 4180.
    fn parse(text: &str) -> Vec<Vec<String>> {
        let mut records = Vec::new();
        let (mut record, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if is_quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => record.push(std::mem::take(&mut cell)),
                '\r' if !is_quoted => {
                    assert_eq!(chars.next(), Some('\n'));
                    record.push(std::mem::take(&mut cell));
                    records.push(std::mem::take(&mut record));
                }
                '\n' if !is_quoted => panic!("a line ends with CRLF"),
                c => cell.push(c),
            }
        }
        assert!(record.is_empty() && cell.is_empty() && !is_quoted);
        records
    }

    proptest! {
        #[test]
        fn csv_cells_are_read_back_and_none_is_a_formula(
            cells in prop::collection::vec("[=+@\t\r\n\",;'a-]{0,6}|\\PC{0,8}", 1..6),
        ) {
            let written = line(cells.iter().map(|cell| Cow::Borrowed(cell.as_str())));
            let records = parse(&written);
            prop_assert_eq!(records.len(), 1);
            prop_assert_eq!(records[0].len(), cells.len());
            for (read, cell) in records[0].iter().zip(&cells) {
                prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
                let text = read.strip_prefix('\'').unwrap_or(read);
                prop_assert!(read == cell || text == cell);
            }
        }
    }

    #[test]
    fn csv_head_names_the_unit_of_waits() {
        let columns = [Column::WAITING, Column::from_name("longest_wait").unwrap()];
        let expected = "time_utc,time_board,queue,waiting,longest_wait_ms,backfilled\r\n";
        assert_eq!(head(&columns), expected);
    }
}
