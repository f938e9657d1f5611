//! Answers for people: columns that line up.

use std::io::{self, Write};

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

/// Writes `rows` beneath `headings`, as wide as each column needs.
pub(super) fn write<const COLUMNS: usize>(
    out: &mut dyn Write,
    headings: [(&str, Align); COLUMNS],
    rows: &[[String; COLUMNS]],
) -> io::Result<()> {
    let head = headings.map(|(heading, _)| heading.to_owned());
    let lines: Vec<_> = std::iter::once(&head)
        .chain(rows)
        .map(|row| row.each_ref().map(|cell| printable(cell)))
        .collect();
    for line in &lines {
        let mut text = String::new();
        for (column, cell) in line.iter().enumerate() {
            let width = lines
                .iter()
                .map(|line| line[column].chars().count())
                .max()
                .unwrap_or_default();
            match headings[column].1 {
                Align::Left => text.push_str(&format!("{cell:<width$}  ")),
                Align::Right => text.push_str(&format!("{cell:>width$}  ")),
            }
        }
        writeln!(out, "{}", text.trim_end())?;
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
        let rows = [
            ["Zürich".to_owned(), "5".to_owned()],
            ["a\u{1b}[2J".to_owned(), "1234".to_owned()],
        ];
        write(
            &mut out,
            [("NAME", Align::Left), ("N", Align::Right)],
            &rows,
        )
        .unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "NAME       N\nZürich     5\na\u{fffd}[2J   1234\n"
        );
    }
}
