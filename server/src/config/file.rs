//! `queuewall.toml` as text with line numbers: which keys stand where. It checks
//! names and shapes; the meaning of the values is the settings' own business.

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

/// The text of a threshold that is `false`: that level is not judged.
pub(super) const OFF: &str = "false";

/// A table whose names and shapes are in order. What was not is among the problems.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Where it begins.
    pub(super) place: String,
    /// Single values by key, as TOML has them: as text.
    pub(super) texts: BTreeMap<String, Spanned<String>>,
    /// Arrays of single values.
    pub(super) lists: BTreeMap<String, Spanned<Vec<Spanned<String>>>>,
    /// Tables, one for a key, and arrays of them.
    pub(super) tables: BTreeMap<String, Vec<Table>>,
}

impl Table {
    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
            && self.lists.is_empty()
            && self.tables.values().flatten().all(Self::is_empty)
    }

    /// The table of a key.
    pub(super) fn table(&self, key: &str) -> Option<&Self> {
        self.tables.get(key)?.first()
    }

    /// The tables of an array.
    pub(super) fn array(&self, key: &str) -> &[Self] {
        self.tables.get(key).map_or(&[], Vec::as_slice)
    }
}

/// What the file says.
#[derive(Default)]
pub(super) struct File {
    /// `[levels]` and `[[boards]]`, and the settings by dotted key.
    pub(super) table: Table,
    /// The dotted keys that are given in a form that cannot be used, and the variables of
    /// secrets that stand there.
    pub(super) refused: BTreeSet<&'static str>,
}

type Value<'a> = toml::Spanned<DeValue<'a>>;

/// Reads `text`; `name` is the file's name in the problems.
/// `None` where it is not TOML, or a table is none of ours: its settings are not known to be
/// missing.
pub(super) fn parse(text: &str, name: &str) -> (Option<File>, Vec<Problem>) {
    let mut reader = FileReader {
        line_ends: text.match_indices('\n').map(|(at, _)| at).collect(),
        name,
        problems: Vec::new(),
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
    let file = match errors.is_empty() {
        true => reader.file(table.get_ref()),
        false => None,
    };
    // From the top of the file on, as people read it: the tables come sorted by key.
    reader.problems.sort_by_key(|(start, _)| *start);
    let problems = reader.problems.into_iter();
    (file, problems.map(|(_, problem)| problem).collect())
}

/// Reads the parsed TOML into a [`File`], and collects the problems.
struct FileReader<'a> {
    /// Where each line ends, in bytes.
    line_ends: Vec<usize>,
    name: &'a str,
    /// Each with where it begins.
    problems: Vec<(usize, Problem)>,
}

impl FileReader<'_> {
    /// `None` where a whole section cannot be read.
    fn file(&mut self, root: &DeTable<'_>) -> Option<File> {
        let mut file = File::default();
        let mut is_whole = true;
        for (key, value) in root {
            let name = key.get_ref().as_ref();
            match (name, value.get_ref()) {
                (keys::BOARDS, _) => {
                    self.take(&mut file.table, name, name, Kind::Boards, value);
                }
                (keys::LEVELS, _) => {
                    self.take(&mut file.table, name, name, Kind::Levels, value);
                }
                (keys::AGENT_LIMITS, _) => {
                    self.take(&mut file.table, name, name, Kind::AgentLimits, value);
                }
                (keys::RECEIVERS, _) => {
                    self.take(&mut file.table, name, name, Kind::Receivers, value);
                }
                (keys::ALERTS, _) => {
                    self.take(&mut file.table, name, name, Kind::Alerts, value);
                }
                (_, DeValue::Table(section)) if keys::SECTIONS.contains(&name) => {
                    self.section(name, section, &mut file);
                }
                (_, _) if keys::SECTIONS.contains(&name) => {
                    is_whole = false;
                    let remedy = format_args!("write for example [{name}]");
                    self.report(&key.span(), name, "must be a table", remedy);
                }
                (_, value) => {
                    is_whole &= !matches!(value, DeValue::Table(_));
                    let tables = [
                        keys::BOARDS,
                        keys::LEVELS,
                        keys::AGENT_LIMITS,
                        keys::RECEIVERS,
                        keys::ALERTS,
                    ];
                    let known = (keys::SECTIONS.into_iter()).chain(tables);
                    self.unknown(&key.span(), name, name, known);
                }
            }
        }
        is_whole.then_some(file)
    }

    fn section(&mut self, section: &str, table: &DeTable<'_>, file: &mut File) {
        for (key, value) in table {
            let dotted = format!("{section}.{}", key.get_ref());
            let known = keys::SETTINGS.iter().find_map(|setting| {
                let key = setting.file_key.filter(|key| *key == dotted)?;
                Some((key, setting.kind))
            });
            if let Some((known, kind)) = known {
                if !self.take(&mut file.table, known, known, kind, value) {
                    file.refused.insert(known);
                }
            } else if let Some(variable) = keys::secret(&dotted) {
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
                let meant = keys::did_you_mean(&dotted, keys::file_keys());
                file.refused.extend(meant);
                self.unknown(&key.span(), &dotted, &dotted, keys::file_keys());
            }
        }
    }

    /// Takes the value of `name`, which is `key` from the top of the file, and returns
    /// whether it has the shape of its kind.
    fn take(
        &mut self,
        table: &mut Table,
        name: &str,
        key: &str,
        kind: Kind,
        value: &Value<'_>,
    ) -> bool {
        let name = name.to_owned();
        match (kind.of_items(), value.get_ref()) {
            (
                Some(
                    kind @ (Kind::Board | Kind::Queue | Kind::Group | Kind::Receiver | Kind::Alert),
                ),
                DeValue::Array(items),
            ) => {
                let items = items.iter();
                let items = items.filter_map(|item| self.table(key, kind, item));
                table.tables.insert(name, items.collect());
            }
            (Some(kind), DeValue::Array(items)) => {
                let items = items.iter();
                let items = items.filter_map(|item| self.text(key, kind, item));
                let items = items.collect();
                table.lists.insert(name, self.spanned(key, value, items));
            }
            (Some(_), _) => {
                self.wrong_shape(value, key, kind);
                return false;
            }
            (None, _) if kind.is_table() => {
                let found = self.table(key, kind, value);
                table.tables.insert(name, found.into_iter().collect());
            }
            (None, _) => match self.text(key, kind, value) {
                Some(text) => drop(table.texts.insert(name, text)),
                None => return false,
            },
        }
        true
    }

    fn table(&mut self, key: &str, kind: Kind, value: &Value<'_>) -> Option<Table> {
        let mut table = Table {
            place: self.place(&value.span()),
            ..Table::default()
        };
        let known = kind.keys();
        match (kind, value.get_ref()) {
            (_, DeValue::Table(fields)) => {
                let before = self.problems.len();
                for (part, value) in fields {
                    let name = part.get_ref().as_ref();
                    let dotted = format!("{key}.{name}");
                    let known_kind = match kind {
                        // Its keys are the tenant's words.
                        Kind::AgentReasons => Some(Kind::AgentLimit),
                        _ => (known.iter().find(|(known, _)| known == name)).map(|it| it.1),
                    };
                    match known_kind {
                        Some(kind) => {
                            self.take(&mut table, name, &dotted, kind, value);
                        }
                        None if kind == Kind::Receiver && keys::is_secret(name) => self.report(
                            &part.span(),
                            &dotted,
                            "is a secret, which this file must not hold",
                            format_args!(
                                "put it into a separate file and name that in {name}_file"
                            ),
                        ),
                        None => {
                            let known = known.iter().map(|(known, _)| known.as_str());
                            self.unknown(&part.span(), &dotted, name, known);
                        }
                    }
                }
                if kind == Kind::Queue && !table.texts.contains_key("id") {
                    if self.problems.len() == before {
                        self.wrong_shape(value, key, kind);
                    }
                    return None;
                }
            }
            (Kind::Queue, _) => {
                let id = self.text(key, Kind::Id, value)?;
                table.texts.insert("id".to_owned(), id);
            }
            (Kind::Limits, DeValue::Boolean(false)) => {
                let limits = known.into_iter().filter(|(_, kind)| *kind == Kind::Limit);
                for (name, kind) in limits {
                    self.take(&mut table, &name, key, kind, value);
                }
            }
            _ => {
                self.wrong_shape(value, key, kind);
                return None;
            }
        }
        Some(table)
    }

    fn text(&mut self, key: &str, kind: Kind, value: &Value<'_>) -> Option<Spanned<String>> {
        let text = match (kind, value.get_ref()) {
            (Kind::Text | Kind::Id, DeValue::String(text)) => text.to_string(),
            (Kind::Id, DeValue::Integer(number)) if number.radix() == 10 => {
                number.as_str().to_owned()
            }
            (Kind::Integer | Kind::Number | Kind::Limit, DeValue::Integer(number)) => {
                number.to_string()
            }
            (Kind::Number | Kind::Limit, DeValue::Float(number)) => number.to_string(),
            (Kind::Flag, DeValue::Boolean(flag)) => flag.to_string(),
            (Kind::Limit, DeValue::Boolean(false)) => OFF.to_owned(),
            _ => {
                self.wrong_shape(value, key, kind);
                return None;
            }
        };
        Some(self.spanned(key, value, text))
    }

    fn spanned<T>(&self, key: &str, at: &Value<'_>, value: T) -> Spanned<T> {
        Spanned {
            value,
            place: self.place(&at.span()),
            key: key.to_owned(),
        }
    }

    fn place(&self, span: &Range<usize>) -> String {
        let line = 1 + self.line_ends.partition_point(|end| *end < span.start);
        format!("{}:{line}", self.name)
    }

    fn wrong_shape(&mut self, value: &Value<'_>, key: &str, kind: Kind) {
        let (what, example) = kind.words().split_once(": ").unwrap_or_default();
        let remedy = format_args!("write for example {example}");
        self.report(&value.span(), key, what, remedy);
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
        let (_, problems) = parse(text, "queuewall.toml");
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn values_carry_their_line() {
        let text = "[poll]\nseconds = 20\n\n[[boards]]\nslug = \"a\"\nqueues = [\n  1,\n  { id = \"2\", name = \"B\" },\n]\n";
        let (file, problems) = parse(text, "queuewall.toml");
        assert!(problems.is_empty(), "{problems:?}");
        let file = file.unwrap();
        let seconds = &file.table.texts["poll.seconds"];
        assert_eq!(
            (seconds.value.as_str(), seconds.place.as_str()),
            ("20", "queuewall.toml:2")
        );
        let board = &file.table.array("boards")[0];
        assert_eq!(board.place, "queuewall.toml:4");
        let [one, two] = board.array("queues") else {
            panic!("{board:?}")
        };
        assert_eq!(one.texts["id"].value, "1");
        assert_eq!(two.texts["id"].place, "queuewall.toml:8");
        assert_eq!(two.texts["name"].value, "B");
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

    #[test]
    fn wrong_shapes_and_unknown_keys_of_levels_are_named() {
        let text = "levels = 5\n[[boards]]\nlevels = { waitng = {}, waiting = 5, \
                    average_wait_seconds = { warning = \"1\", crtical = 5 }, rise_after = true }\n\
                    queues = [{ id = 1, levels = { available_agents = true } }]\n";
        let (_, problems) = parse(text, "f");
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            [
                "f:1: levels must be a table: write for example { waiting = { warning = 5, critical = 10 } }",
                "f:3: boards.levels.waitng is not a known key: did you mean waiting?",
                "f:3: boards.levels.waiting must be two thresholds, or false for none: write for \
                 example { warning = 5, critical = 10 }",
                "f:3: boards.levels.average_wait_seconds.warning must be a number, or false for none: \
                 write for example 5",
                "f:3: boards.levels.average_wait_seconds.crtical is not a known key: did you mean critical?",
                "f:3: boards.levels.rise_after must be a number: write for example 5",
                "f:4: boards.queues.levels.available_agents must be two thresholds, or false for none: \
                 write for example { warning = 5, critical = 10 }",
            ]
        );
    }
}
