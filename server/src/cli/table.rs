//! Answers for people: columns that line up.

use std::io::{self, Write};

use queuewall_shared::label::is_control;

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// For programs.
    Json,
    /// For people.
    Table,
}

/// On which side a column's words line up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A heading and what stands beneath it, a cell for every row.
pub(super) struct Column {
    heading: String,
    align: Align,
    cells: Vec<String>,
}

impl Column {
    pub(super) fn new(
        heading: impl Into<String>,
        align: Align,
        cells: impl Iterator<Item = String>,
    ) -> Self {
        Self {
            heading: heading.into(),
            align,
            cells: cells.collect(),
        }
    }

    /// Nothing, where not a single row has anything to say.
    pub(super) fn unless_empty(
        heading: impl Into<String>,
        cells: impl Iterator<Item = String>,
    ) -> Option<Self> {
        let column = Self::new(heading, Align::Left, cells);
        let is_used = column.cells.iter().any(|cell| !cell.is_empty());
        is_used.then_some(column)
    }
}

/// Writes `columns` beside each other, each as wide as it needs.
pub(super) fn write(out: &mut dyn Write, columns: &[Column]) -> io::Result<()> {
    let rows = columns.iter().map(|column| column.cells.len()).max();
    let mut lines = vec![String::new(); 1 + rows.unwrap_or_default()];
    for Column {
        heading,
        align,
        cells,
    } in columns
    {
        let cells: Vec<_> = std::iter::once(heading.as_str())
            .chain(cells.iter().map(String::as_str))
            .map(printable)
            .collect();
        let width = cells.iter().map(|cell| cell.chars().count()).max();
        let width = width.unwrap_or_default();
        for (line, cell) in lines.iter_mut().zip(cells) {
            match align {
                Align::Left => line.push_str(&format!("{cell:<width$}  ")),
                Align::Right => line.push_str(&format!("{cell:>width$}  ")),
            }
        }
    }
    for line in lines {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A name from elsewhere must not steer the terminal.
pub(super) fn printable(text: &str) -> String {
    text.replace(is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_aligns_columns_and_replaces_control_characters() {
        let mut out = Vec::new();
        let column = |heading, align, cells: [&str; 2]| {
            Column::new(heading, align, cells.into_iter().map(str::to_owned))
        };
        let columns = [
            column("NAME", Align::Left, ["Zürich", "a\u{1b}[2J"]),
            column("N", Align::Right, ["5", "1234"]),
        ];
        write(&mut out, &columns).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "NAME       N\nZürich     5\na\u{fffd}[2J   1234\n"
        );
    }
    #[test]
    fn a_column_that_no_row_uses_is_none() {
        let cells = |cells: [&str; 2]| cells.map(str::to_owned).into_iter();
        assert!(Column::unless_empty("NOTE", cells(["", ""])).is_none());
        let used = Column::unless_empty("NOTE", cells(["", "new"])).unwrap();
        assert_eq!(used.cells, ["", "new"]);
    }
}
