//! Answers for people: columns that line up.

use std::io::{self, Write};

use queuewall_shared::format::UNKNOWN;

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

/// One column: a heading, and a cell for each row.
pub(super) struct Column {
    heading: &'static str,
    align: Align,
    cells: Vec<String>,
}

impl Column {
    /// A column of what each row has to say.
    pub(super) fn new<R>(
        heading: &'static str,
        align: Align,
        rows: &[R],
        cell: impl FnMut(&R) -> String,
    ) -> Self {
        Self {
            heading,
            align,
            cells: rows.iter().map(cell).collect(),
        }
    }

    /// The same where some row has something to say, else none.
    pub(super) fn unless_empty<R>(
        heading: &'static str,
        align: Align,
        rows: &[R],
        mut cell: impl FnMut(&R) -> Option<String>,
    ) -> Option<Self> {
        let cells: Vec<_> = rows.iter().map(&mut cell).collect();
        let is_empty = cells.iter().all(Option::is_none);
        let filled = (cells.into_iter()).map(|cell| cell.unwrap_or_else(|| UNKNOWN.to_owned()));
        (!is_empty).then(|| Self {
            heading,
            align,
            cells: filled.collect(),
        })
    }
}

/// Writes columns side by side, each as wide as it needs.
pub(super) fn write(
    out: &mut dyn Write,
    columns: impl IntoIterator<Item = Column>,
) -> io::Result<()> {
    let mut lines: Vec<String> = Vec::new();
    for column in columns {
        let heading = column.heading.to_owned();
        let cells: Vec<String> = std::iter::once(heading)
            .chain(column.cells.iter().map(|cell| printable(cell)))
            .collect();
        let width = cells.iter().map(|cell| cell.chars().count()).max();
        let width = width.unwrap_or_default();
        lines.resize(cells.len(), String::new());
        for (line, cell) in lines.iter_mut().zip(cells) {
            match column.align {
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
    text.replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_control_characters_do_not_reach_the_terminal() {
        let mut out = Vec::new();
        let rows = [("Zürich", 5), ("a\u{1b}[2J", 1234)];
        let columns = [
            Column::new("NAME", Align::Left, &rows, |row| row.0.to_owned()),
            Column::new("N", Align::Right, &rows, |row| row.1.to_string()),
        ];
        write(&mut out, columns).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "NAME       N\nZürich     5\na\u{fffd}[2J   1234\n"
        );
    }

    #[test]
    fn a_column_in_which_nobody_says_anything_is_left_out() {
        let rows = [Some(1), None];
        let column = |rows: &[Option<u64>]| {
            Column::unless_empty("N", Align::Right, rows, |row| row.map(|n| n.to_string()))
        };
        assert_eq!(column(&rows).unwrap().cells, ["1", "–"]);
        assert!(column(&rows[1..]).is_none());
        assert!(column(&[]).is_none());
    }
}
