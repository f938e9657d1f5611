//! The tables of levels, which stand at the top, in a board and in a queue.

use std::collections::BTreeMap;

use queuewall_shared::level::Metric;
use toml::de::DeValue;

use super::{FileReader, Value, keys};
use crate::config::{keys::Kind, problem::Spanned};

/// One table of levels.
#[derive(Clone, Debug, Default)]
pub(in crate::config) struct FileLevels {
    /// By metric.
    pub(in crate::config) metrics: BTreeMap<Metric, FileLimits>,
    /// Of `keys::JUDGING_KEYS`, as text.
    pub(in crate::config) numbers: BTreeMap<&'static str, Spanned<String>>,
}

impl FileLevels {
    /// Whether it says nothing.
    pub(in crate::config) fn is_empty(&self) -> bool {
        self.metrics.is_empty() && self.numbers.is_empty()
    }
}

/// One metric's thresholds; `None` where the key is absent.
#[derive(Clone, Debug, Default)]
pub(in crate::config) struct FileLimits {
    /// Its `warning`.
    pub(in crate::config) warning: Option<FileLimit>,
    /// Its `critical`.
    pub(in crate::config) critical: Option<FileLimit>,
}

/// One threshold.
#[derive(Clone, Debug)]
pub(in crate::config) enum FileLimit {
    /// `false`: that level is not judged.
    Off,
    /// A number, as text.
    At(Spanned<String>),
}

impl FileReader<'_> {
    /// Reads a table of levels; `key` is its dotted key.
    pub(super) fn levels(&mut self, key: &str, value: &Value<'_>) -> FileLevels {
        let mut levels = FileLevels::default();
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_shape(
                &value.span(),
                key,
                "must be a table",
                "{ waiting = { warning = 5, critical = 10 } }",
            );
            return levels;
        };
        for (part, value) in table {
            let name = part.get_ref().as_ref();
            let dotted = format!("{key}.{name}");
            let mut metrics = Metric::JUDGED.into_iter();
            if let Some(metric) = metrics.find(|metric| keys::level_key(*metric) == name) {
                levels.metrics.insert(metric, self.limits(&dotted, value));
            } else if let Some(known) = keys::JUDGING_KEYS.iter().find(|key| **key == name) {
                if let Some(found) = self.scalar(&dotted, value, Kind::Number) {
                    levels.numbers.insert(known, found);
                }
            } else {
                let known: Vec<_> = keys::level_keys().collect();
                let known = known.iter().map(String::as_str);
                self.unknown(&part.span(), &dotted, name, known);
            }
        }
        levels
    }

    fn limits(&mut self, key: &str, value: &Value<'_>) -> FileLimits {
        let mut limits = FileLimits::default();
        match value.get_ref() {
            DeValue::Boolean(false) => {
                limits.warning = Some(FileLimit::Off);
                limits.critical = Some(FileLimit::Off);
            }
            DeValue::Table(table) => {
                for (part, value) in table {
                    let name = part.get_ref().as_ref();
                    let dotted = format!("{key}.{name}");
                    match name {
                        "warning" => limits.warning = self.limit(&dotted, value),
                        "critical" => limits.critical = self.limit(&dotted, value),
                        _ => self.unknown(&part.span(), &dotted, name, keys::LIMIT_KEYS),
                    }
                }
            }
            _ => self.wrong_shape(
                &value.span(),
                key,
                "must be two thresholds, or false for none",
                "{ warning = 5, critical = 10 }",
            ),
        }
        limits
    }

    fn limit(&mut self, key: &str, value: &Value<'_>) -> Option<FileLimit> {
        match value.get_ref() {
            DeValue::Boolean(false) => Some(FileLimit::Off),
            DeValue::Integer(_) | DeValue::Float(_) => {
                self.scalar(key, value, Kind::Number).map(FileLimit::At)
            }
            _ => {
                self.wrong_shape(
                    &value.span(),
                    key,
                    "must be a number, or false for none",
                    "5",
                );
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn wrong_shapes_and_unknown_keys_are_named() {
        let text = "levels = 5\n[[boards]]\nlevels = { waitng = {}, waiting = 5, \
                    average_wait_seconds = { warning = \"1\", crtical = 5 }, rise_after = true }\n\
                    queues = [{ id = 1, levels = { available_agents = true } }]\n";
        let (_, problems) = parse(text, "f").unwrap();
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
