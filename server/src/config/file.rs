//! `queuewall.toml` as text with line numbers: which keys stand where. It checks
//! names and shapes; the meaning of the values is the settings' own business.

mod boards;
mod levels;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    ops::Range,
};

use toml::de::{DeTable, DeValue};

use super::{
    keys::{self, Kind},
    problem::{Problem, Spanned},
};
pub(super) use boards::{FileBoard, FileQueue};
pub(super) use levels::{FileLevels, FileLimit, FileLimits};

/// What the file says.
#[derive(Default)]
pub(super) struct File {
    /// Single values, by dotted key, as text.
    pub(super) scalars: BTreeMap<&'static str, Spanned<String>>,
    /// Arrays, by dotted key.
    pub(super) lists: BTreeMap<&'static str, Spanned<Vec<Spanned<String>>>>,
    /// `[levels]`, the base of every board's.
    pub(super) levels: FileLevels,
    /// The boards in the file's order.
    pub(super) boards: Vec<FileBoard>,
    /// The dotted keys that are given in a form that cannot be used, and the variables of
    /// secrets that stand there.
    pub(super) refused: BTreeSet<&'static str>,
}

type Value<'a> = toml::Spanned<DeValue<'a>>;

impl File {
    /// Whether nothing is set.
    pub(super) fn is_empty(&self) -> bool {
        self.scalars.is_empty()
            && self.lists.is_empty()
            && self.levels.is_empty()
            && self.boards.is_empty()
    }
}

/// Reads `text`; `name` is the file's name in the problems.
///
/// # Errors
/// Where it is not TOML, or a table is none of ours: its settings are not known to be missing.
pub(super) fn parse(text: &str, name: &str) -> Result<(File, Vec<Problem>), Vec<Problem>> {
    let mut reader = FileReader {
        line_ends: text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at)
            .collect(),
        name,
        problems: Vec::new(),
        is_partial: false,
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        // Only the message: the error's Display quotes the line, secrets and all.
        reader.report(
            &error.span().unwrap_or_default(),
            "the line",
            format_args!("is not TOML ({})", error.message()),
            "see queuewall.sample.toml for the form",
        );
    }
    if !errors.is_empty() {
        return Err(reader.into_problems());
    }
    let file = reader.file(table.get_ref());
    if reader.is_partial {
        return Err(reader.into_problems());
    }
    Ok((file, reader.into_problems()))
}

/// Reads the parsed TOML into a [`File`], and collects the problems.
struct FileReader<'a> {
    /// Where each line ends, in bytes.
    line_ends: Vec<usize>,
    name: &'a str,
    /// Each with where it begins.
    problems: Vec<(usize, Problem)>,
    /// Whether a whole section was not read.
    is_partial: bool,
}

impl FileReader<'_> {
    fn place(&self, span: &Range<usize>) -> String {
        let line = 1 + self.line_ends.partition_point(|end| *end < span.start);
        format!("{}:{line}", self.name)
    }

    /// From the top of the file on, as people read it: the tables come sorted by key.
    fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|(start, _)| *start);
        let problems = self.problems.into_iter();
        problems.map(|(_, problem)| problem).collect()
    }

    fn file(&mut self, table: &DeTable<'_>) -> File {
        let mut file = File::default();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match (name, value.get_ref()) {
                (keys::BOARDS, DeValue::Array(boards)) => {
                    for board in boards.iter() {
                        file.boards.extend(self.board(board));
                    }
                }
                (keys::BOARDS, _) => {
                    self.wrong_shape(
                        &key.span(),
                        name,
                        "must be an array of tables",
                        "[[boards]]",
                    );
                }
                (keys::LEVELS, _) => file.levels = self.levels(name, value),
                (_, DeValue::Table(section)) if keys::SECTIONS.contains(&name) => {
                    self.section(name, section, &mut file);
                }
                (_, _) if keys::SECTIONS.contains(&name) => {
                    self.is_partial = true;
                    self.wrong_shape(&key.span(), name, "must be a table", &format!("[{name}]"));
                }
                (_, value) => {
                    self.is_partial |= matches!(value, DeValue::Table(_));
                    let known = keys::SECTIONS
                        .into_iter()
                        .chain([keys::BOARDS, keys::LEVELS]);
                    self.unknown(&key.span(), name, name, known);
                }
            }
        }
        file
    }

    fn section(&mut self, section: &str, table: &DeTable<'_>, file: &mut File) {
        for (key, value) in table {
            let dotted = format!("{section}.{}", key.get_ref());
            let setting = keys::SETTINGS
                .iter()
                .find(|setting| setting.file_key == Some(dotted.as_str()));
            let Some((setting, known)) = setting.and_then(|s| Some((s, s.file_key?))) else {
                if let Some(variable) = keys::secret(&dotted) {
                    file.refused.insert(variable);
                    self.report(
                        &key.span(),
                        &dotted,
                        "is a secret, which this file must not hold",
                        format_args!(
                            "put it into a separate file and name that in {dotted}_file, or set {variable}"
                        ),
                    );
                } else {
                    file.refused
                        .extend(keys::did_you_mean(&dotted, keys::file_keys()));
                    self.unknown(&key.span(), &dotted, &dotted, keys::file_keys());
                }
                continue;
            };
            let is_taken = match setting.kind {
                Kind::Ids => (self.ids(known, value))
                    .map(|found| file.lists.insert(known, found))
                    .is_some(),
                Kind::Texts => (self.texts(known, value))
                    .map(|found| file.lists.insert(known, found))
                    .is_some(),
                kind => (self.scalar(known, value, kind))
                    .map(|found| file.scalars.insert(known, found))
                    .is_some(),
            };
            if !is_taken {
                file.refused.insert(known);
            }
        }
    }

    fn ids(&mut self, key: &str, value: &Value<'_>) -> Option<Spanned<Vec<Spanned<String>>>> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_shape(&value.span(), key, "must be an array", r#"["101", "102"]"#);
            return None;
        };
        let value_of_items = items.iter().filter_map(|item| self.id(key, item)).collect();
        Some(Spanned {
            value: value_of_items,
            place: self.place(&value.span()),
            key: key.to_owned(),
        })
    }

    fn texts(&mut self, key: &str, value: &Value<'_>) -> Option<Spanned<Vec<Spanned<String>>>> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_shape(&value.span(), key, "must be an array", r#"["one", "two"]"#);
            return None;
        };
        let texts = (items.iter()).filter_map(|item| self.scalar(key, item, Kind::Text));
        Some(Spanned {
            value: texts.collect(),
            place: self.place(&value.span()),
            key: key.to_owned(),
        })
    }

    fn id(&mut self, key: &str, value: &Value<'_>) -> Option<Spanned<String>> {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_owned(),
            _ => {
                self.wrong_shape(
                    &value.span(),
                    key,
                    "must hold ids, as strings or integers",
                    r#""4711" or 4711"#,
                );
                return None;
            }
        };
        Some(Spanned {
            value: text,
            place: self.place(&value.span()),
            key: key.to_owned(),
        })
    }

    fn scalar(&mut self, key: &str, value: &Value<'_>, kind: Kind) -> Option<Spanned<String>> {
        let text = match (kind, value.get_ref()) {
            (Kind::Text, DeValue::String(text)) => text.to_string(),
            (Kind::Integer | Kind::Number, DeValue::Integer(number)) => number.to_string(),
            (Kind::Number, DeValue::Float(number)) => number.to_string(),
            (Kind::Flag, DeValue::Boolean(flag)) => flag.to_string(),
            (Kind::Flag, _) => {
                self.wrong_shape(&value.span(), key, "must be true or false", "true");
                return None;
            }
            (Kind::Integer, _) => {
                self.wrong_shape(&value.span(), key, "must be an integer", "30");
                return None;
            }
            (Kind::Number, _) => {
                self.wrong_shape(&value.span(), key, "must be a number", "5");
                return None;
            }
            _ => {
                self.wrong_shape(&value.span(), key, "must be a string", r#""text""#);
                return None;
            }
        };
        Some(Spanned {
            value: text,
            place: self.place(&value.span()),
            key: key.to_owned(),
        })
    }

    fn wrong_shape(&mut self, span: &Range<usize>, key: &str, what: &str, example: &str) {
        self.report(span, key, what, format_args!("write for example {example}"));
    }

    fn report(&mut self, span: &Range<usize>, key: &str, what: impl Display, remedy: impl Display) {
        let problem = Problem::new(&self.place(span), key, what, remedy);
        self.problems.push((span.start, problem));
    }

    fn unknown<'k>(
        &mut self,
        span: &Range<usize>,
        key: &str,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let remedy = match keys::did_you_mean(word, known) {
            Some(known) => format!("did you mean {known}?"),
            None => "remove it; queuewall.sample.toml lists every key".to_owned(),
        };
        self.report(span, key, "is not a known key", remedy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let (Ok((_, problems)) | Err(problems)) = parse(text, "queuewall.toml");
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn values_carry_their_line() {
        let text = "[poll]\nseconds = 20\n\n[[boards]]\nslug = \"a\"\nqueues = [\n  1,\n  { id = \"2\", name = \"B\" },\n]\n";
        let (file, problems) = parse(text, "queuewall.toml").unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        let seconds = &file.scalars["poll.seconds"];
        assert_eq!(
            (seconds.value.as_str(), seconds.place.as_str()),
            ("20", "queuewall.toml:2")
        );
        let board = &file.boards[0];
        assert_eq!(board.place, "queuewall.toml:4");
        assert_eq!(board.queues[0].id.value, "1");
        assert_eq!(board.queues[1].id.place, "queuewall.toml:8");
        assert_eq!(board.queues[1].name.as_ref().unwrap().value, "B");
    }

    #[test]
    fn every_unknown_key_and_wrong_shape_is_reported_with_its_line() {
        let text = "port = 1\n[cxone]\nbase_ulr = \"x\"\nclient_id = 5\n[poll]\nseconds = \"3\"\n\
                    [[boards]]\nslgu = \"a\"\nqueues = [{ name = \"x\" }, 1.5, { id = 1, nmae = \"y\" }]\n";
        assert_eq!(
            problems(text),
            [
                "queuewall.toml:1: port is not a known key: remove it; queuewall.sample.toml lists every key",
                "queuewall.toml:3: cxone.base_ulr is not a known key: did you mean cxone.base_url?",
                "queuewall.toml:4: cxone.client_id must be a string: write for example \"text\"",
                "queuewall.toml:6: poll.seconds must be an integer: write for example 30",
                "queuewall.toml:8: boards.slgu is not a known key: did you mean slug?",
                "queuewall.toml:9: boards.queues has a queue without an id: write for example { id = \"4711\", name = \"Sales\" }",
                "queuewall.toml:9: boards.queues must hold ids, as strings or integers: write for example \"4711\" or 4711",
                "queuewall.toml:9: boards.queues.nmae is not a known key: did you mean name?",
            ]
        );
    }

    #[test]
    fn secret_in_toml_is_refused_and_not_quoted_in_errors() {
        let refused = problems("[cxone]\nclient_secret = \"hunter2\"\n");
        assert!(
            refused[0].starts_with("queuewall.toml:2: cxone.client_secret is a secret"),
            "{refused:?}"
        );
        let broken = problems("[cxone]\nclient_secret = hunter2\nclient_id = \"a\n");
        assert!(broken[0].starts_with("queuewall.toml:2: the line is not TOML"));
        assert!(broken.len() > 1, "all of them: {broken:?}");
        assert!(!format!("{refused:?}{broken:?}").contains("hunter2"));
    }
}
