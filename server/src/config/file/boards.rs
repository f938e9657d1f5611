//! The boards of the file.

use toml::de::{DeTable, DeValue};

use super::{FileLevels, FileReader, Value, keys};
use crate::config::{keys::Kind, problem::Spanned};

/// One of `[[boards]]`.
#[derive(Default)]
pub(in crate::config) struct FileBoard {
    /// Where it begins.
    pub(in crate::config) place: String,
    pub(in crate::config) slug: Option<Spanned<String>>,
    pub(in crate::config) title: Option<Spanned<String>>,
    pub(in crate::config) timezone: Option<Spanned<String>>,
    /// `None` where the key is absent.
    pub(in crate::config) skill_ids: Option<Spanned<Vec<Spanned<String>>>>,
    pub(in crate::config) queues: Vec<FileQueue>,
    pub(in crate::config) levels: FileLevels,
    pub(in crate::config) notice: Option<Spanned<String>>,
    pub(in crate::config) theme: Option<Spanned<String>>,
    pub(in crate::config) language: Option<Spanned<String>>,
    pub(in crate::config) metres: Option<Spanned<String>>,
    pub(in crate::config) inches: Option<Spanned<String>>,
    pub(in crate::config) rotate_seconds: Option<Spanned<String>>,
}

/// One of a board's queues.
pub(in crate::config) struct FileQueue {
    pub(in crate::config) id: Spanned<String>,
    pub(in crate::config) name: Option<Spanned<String>>,
    pub(in crate::config) levels: FileLevels,
}

impl FileReader<'_> {
    /// Reads one of `[[boards]]`.
    pub(super) fn board(&mut self, value: &Value<'_>) -> Option<FileBoard> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_shape(
                &value.span(),
                keys::BOARDS,
                "must hold tables",
                "[[boards]]",
            );
            return None;
        };
        let mut board = FileBoard {
            place: self.place(&value.span()),
            ..FileBoard::default()
        };
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let dotted = format!("{}.{name}", keys::BOARDS);
            match name {
                "slug" => board.slug = self.scalar(&dotted, value, Kind::Text),
                "title" => board.title = self.scalar(&dotted, value, Kind::Text),
                "timezone" => board.timezone = self.scalar(&dotted, value, Kind::Text),
                "skill_ids" => board.skill_ids = self.ids(&dotted, value),
                "queues" => board.queues = self.queues(&dotted, value),
                "levels" => board.levels = self.levels(&dotted, value),
                "notice" => board.notice = self.scalar(&dotted, value, Kind::Text),
                "theme" => board.theme = self.scalar(&dotted, value, Kind::Text),
                "language" => board.language = self.scalar(&dotted, value, Kind::Text),
                "metres" => board.metres = self.scalar(&dotted, value, Kind::Number),
                "inches" => board.inches = self.scalar(&dotted, value, Kind::Number),
                "rotate_seconds" => {
                    board.rotate_seconds = self.scalar(&dotted, value, Kind::Integer);
                }
                _ => self.unknown(&key.span(), &dotted, name, keys::BOARD_KEYS),
            }
        }
        Some(board)
    }

    fn queues(&mut self, key: &str, value: &Value<'_>) -> Vec<FileQueue> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_shape(
                &value.span(),
                key,
                "must be an array",
                r#"["4711", { id = 4712, name = "Sales" }]"#,
            );
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| match item.get_ref() {
                DeValue::Table(table) => self.queue(key, item, table),
                _ => self.id(key, item).map(|id| FileQueue {
                    id,
                    name: None,
                    levels: FileLevels::default(),
                }),
            })
            .collect()
    }

    fn queue(&mut self, key: &str, item: &Value<'_>, table: &DeTable<'_>) -> Option<FileQueue> {
        let (mut id, mut display_name, mut levels) = (None, None, FileLevels::default());
        let before = self.problems.len();
        for (part, value) in table {
            let name = part.get_ref().as_ref();
            let dotted = format!("{key}.{name}");
            match name {
                "id" => id = self.id(&dotted, value),
                "name" => display_name = self.scalar(&dotted, value, Kind::Text),
                "levels" => levels = self.levels(&dotted, value),
                _ => self.unknown(&part.span(), &dotted, name, keys::QUEUE_KEYS),
            }
        }
        if id.is_none() && self.problems.len() == before {
            self.wrong_shape(
                &item.span(),
                key,
                "has a queue without an id",
                r#"{ id = "4711", name = "Sales" }"#,
            );
        }
        Some(FileQueue {
            id: id?,
            name: display_name,
            levels,
        })
    }
}
