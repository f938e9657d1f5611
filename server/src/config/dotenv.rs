//! The `.env` file. bash, Docker Compose, systemd and the dotenv libraries disagree on `$`,
//! `\`, `#`, blanks and quotes: a value is taken only where all of them read the same.
//! In single quotes they do.

/// One assignment.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: usize,
    /// What stands before the `=`.
    pub(super) name: &'a str,
    /// What stands behind it, without quotes.
    pub(super) value: Result<Value<'a>, Ambiguous>,
}

/// A value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value<'a> {
    pub(super) text: &'a str,
    /// The fault of a value that may hold a `#`, if a part was cut off as a comment.
    pub(super) cut: Option<Ambiguous>,
}

/// Why a value would not reach the server as it is written. It does not hold the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ambiguous {
    pub(super) what: &'static str,
    pub(super) remedy: Remedy,
}

/// How to write the value so that it is taken as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    SingleQuotes,
    DoubleQuotes,
    /// No quotes of a `.env` file help.
    Elsewhere,
    OneLine,
    NothingBehind,
    Comment,
}

impl Remedy {
    /// In words, for the variable `name`; `in_file` is the one that names a file instead.
    pub(super) fn words(self, name: &str, in_file: Option<&str>) -> String {
        let elsewhere = match in_file {
            Some(in_file) => format!("write the value into a file, and name that in {in_file}"),
            None => "set the variable in the process, or its key in queuewall.toml".to_owned(),
        };
        match self {
            Self::SingleQuotes => format!("put the whole value in single quotes: {name}='…'"),
            Self::DoubleQuotes => format!("put the whole value in double quotes: {name}=\"…\""),
            Self::Elsewhere => elsewhere,
            Self::OneLine => {
                format!("write it on one line and close the quote; of several lines, {elsewhere}")
            }
            Self::NothingBehind => "remove what stands behind the closing quote".to_owned(),
            Self::Comment => format!(
                "write a comment on its own line; if the # belongs to the value, put the whole value in \
                 single quotes: {name}='…'"
            ),
        }
    }
}

/// The assignments of `text`, and the number of each line that is neither empty, a comment nor
/// one of them. `is_ours` tells whose names they are: only others may have
/// values of several lines.
pub(super) fn read<'a>(
    text: &'a str,
    is_ours: impl Fn(&str) -> bool,
) -> Vec<Result<Line<'a>, usize>> {
    let mut lines = text.split('\n').enumerate().peekable();
    let mut found = Vec::new();
    while let Some((index, line)) = lines.next() {
        let number = index + 1;
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let exported = line.strip_prefix("export").map(str::trim_start);
        let line = match exported {
            // bash exports a variable that has a value already.
            Some(rest) if is_name(rest) => continue,
            Some(rest) if line[6..].starts_with([' ', '\t']) => rest,
            _ => line,
        };
        let assignment = line
            .split_once('=')
            .map(|(name, value)| (name.trim_end(), value.trim()));
        let Some((name, value)) = assignment.filter(|(name, _)| is_name(name)) else {
            found.push(Err(number));
            continue;
        };
        let quote = value
            .chars()
            .next()
            .filter(|quote| ['"', '\''].contains(quote));
        if let Some(quote) = quote.filter(|quote| !is_ours(name) && !value[1..].contains(*quote)) {
            let begins_ours = |line: &str| {
                line.split_once('=')
                    .is_some_and(|(name, _)| is_ours(name.trim()))
            };
            while let Some((_, line)) = lines.next_if(|(_, line)| !begins_ours(line)) {
                if line.contains(quote) {
                    break;
                }
            }
        }
        found.push(Ok(Line {
            number,
            name,
            value: value_of(value),
        }));
    }
    found
}

fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    !text.is_empty() && text.chars().all(is_part)
}

/// Reads the right side of an assignment.
fn value_of(text: &str) -> Result<Value<'_>, Ambiguous> {
    let has_single_quote = text.contains('\'');
    let quotes = match (has_single_quote, text.contains(['$', '\\', '`', '"'])) {
        (false, _) => Remedy::SingleQuotes,
        (true, false) => Remedy::DoubleQuotes,
        (true, true) => Remedy::Elsewhere,
    };
    let ambiguous = |what, remedy| Err(Ambiguous { what, remedy });
    if text.contains(|c: char| c.is_control() && c != '\t') {
        return ambiguous("holds a control character", Remedy::OneLine);
    }
    let Some(quote) = text.chars().next().filter(|c| ['"', '\''].contains(c)) else {
        let comment = text.char_indices().find(|(at, c)| {
            *c == '#'
                && text[..*at]
                    .chars()
                    .next_back()
                    .is_none_or(char::is_whitespace)
        });
        let value = comment.map_or(text, |(at, _)| text[..at].trim_end());
        if value.contains(['$', '\\', '`', '\'', '"']) {
            return ambiguous(
                "holds one of $ \\ ` ' \", which shells and .env readers replace",
                quotes,
            );
        }
        if value.contains(char::is_whitespace) {
            return ambiguous(
                "holds a blank, where shells and .env readers end it",
                quotes,
            );
        }
        let cut = comment.map(|_| Ambiguous {
            what: "has a # in it, and the rest would be cut off as a comment",
            remedy: match has_single_quote {
                true => Remedy::Elsewhere,
                false => Remedy::Comment,
            },
        });
        return Ok(Value { text: value, cut });
    };
    let inner = &text[1..];
    // In double quotes the quote may be escaped; then the value is refused anyway.
    let end = inner
        .char_indices()
        .find(|(at, c)| *c == quote && !(quote == '"' && inner[..*at].ends_with('\\')));
    let Some((end, _)) = end else {
        return ambiguous(
            "has a quote that is not closed on its line",
            Remedy::OneLine,
        );
    };
    let (value, behind) = (&inner[..end], &inner[end + 1..]);
    let is_comment = behind.trim_start().starts_with('#') && behind.starts_with([' ', '\t']);
    if !behind.is_empty() && !is_comment {
        return match behind.contains(quote) {
            true => ambiguous(
                "contains its own quote character",
                match quote {
                    '\'' if !value.contains(['$', '\\', '`', '"'])
                        && !behind.contains(['$', '\\', '`', '"']) =>
                    {
                        Remedy::DoubleQuotes
                    }
                    '"' if !has_single_quote => Remedy::SingleQuotes,
                    _ => Remedy::Elsewhere,
                },
            ),
            false => ambiguous("continues after its closing quote", Remedy::NothingBehind),
        };
    }
    if quote == '\'' && value.ends_with('\\') {
        // Docker Compose takes \' for a quote in the value.
        return ambiguous("ends with a \\", Remedy::Elsewhere);
    }
    if quote == '"' && value.contains(['$', '\\', '`']) {
        let remedy = match value.contains('\'') {
            true => Remedy::Elsewhere,
            false => Remedy::SingleQuotes,
        };
        return ambiguous(
            "holds one of $ \\ `, which is replaced in double quotes",
            remedy,
        );
    }
    Ok(Value {
        text: value,
        cut: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<Value<'_>, Ambiguous> {
        value_of(text.trim())
    }

    #[test]
    fn dotenv_takes_values_that_every_reader_reads_the_same() {
        for (text, expected) in [
            ("abc", "abc"),
            ("abc#def", "abc#def"),
            ("a=b==", "a=b=="),
            ("a&b;c!d*e(f)", "a&b;c!d*e(f)"),
            ("", ""),
            ("''", ""),
            ("'pa$word # don`t \\n \"x\"'", "pa$word # don`t \\n \"x\""),
            ("\"it's # two words\"", "it's # two words"),
            ("'abc' # why", "abc"),
            ("\"abc\"\t# why", "abc"),
        ] {
            let value = value(text).unwrap();
            assert_eq!((value.text, value.cut), (expected, None), "{text}");
        }
        assert_eq!(value("30 # seconds").unwrap().text, "30");
        assert_eq!(value("# seconds").unwrap().text, "");
    }

    #[test]
    fn dotenv_refuses_values_that_some_reader_would_change() {
        for (text, remedy) in [
            ("pa$word", Remedy::SingleQuotes),
            ("pa${word}", Remedy::SingleQuotes),
            ("a\\nb", Remedy::SingleQuotes),
            ("C:\\ca.pem", Remedy::SingleQuotes),
            ("a`b`", Remedy::SingleQuotes),
            ("a\"b", Remedy::SingleQuotes),
            ("two words", Remedy::SingleQuotes),
            ("two\u{a0}words", Remedy::SingleQuotes),
            ("don't", Remedy::DoubleQuotes),
            ("don't$", Remedy::Elsewhere),
            ("pa$word # don't", Remedy::Elsewhere),
            ("\"my$ecret\"", Remedy::SingleQuotes),
            ("\"a\\nb\"", Remedy::SingleQuotes),
            ("\"a\\\"b\"", Remedy::SingleQuotes),
            ("\"a\"b\"", Remedy::SingleQuotes),
            ("\"don't$\"", Remedy::Elsewhere),
            ("'don't'", Remedy::DoubleQuotes),
            ("'a'b", Remedy::NothingBehind),
            ("'a'#b", Remedy::NothingBehind),
            ("'a\\'", Remedy::Elsewhere),
            ("'abc", Remedy::OneLine),
            ("\"abc", Remedy::OneLine),
        ] {
            assert_eq!(value(text).unwrap_err().remedy, remedy, "{text}");
        }
        for (text, remedy) in [
            ("abc #def", Remedy::Comment),
            ("abc # def", Remedy::Comment),
            ("#abc", Remedy::Comment),
            ("abc # don't", Remedy::Elsewhere),
        ] {
            assert_eq!(value(text).unwrap().cut.unwrap().remedy, remedy, "{text}");
        }
    }

    #[test]
    fn dotenv_line_numbers_are_right_after_multiline_values() {
        let text = "# A\r\nexport A=1\r\nB = 2\nexport C\nKEY=\"-----BEGIN\nX=\nabc\"\nOURS='it\n\
                    OTHER='open\nOURS=3\nOURS: 4==\n2 words\n";
        let found = read(text, |name| name == "OURS");
        let seen: Vec<_> = found
            .iter()
            .map(|line| match line {
                Ok(line) => (
                    line.number,
                    line.name,
                    line.value.map(|value| value.text).ok(),
                ),
                Err(broken) => (*broken, "", None),
            })
            .collect();
        assert_eq!(
            seen,
            [
                (2, "A", Some("1")),
                (3, "B", Some("2")),
                (5, "KEY", None),
                (8, "OURS", None),
                (9, "OTHER", None),
                (10, "OURS", Some("3")),
                (11, "", None),
                (12, "", None),
            ]
        );
    }
}
