//! Which boards there are, and which queues stand on each.

use std::collections::{BTreeMap, BTreeSet};

use queuewall_shared::{label::clean, level::Thresholds, snapshot::Display};

use super::{
    BoardConfig, QueueConfig, display,
    file::{FileBoard, FileQueue},
    keys, levels,
    problem::{Problem, Spanned},
    reader::Reader,
    value, zone,
};

/// The slug of the environment's one board.
const MAIN_SLUG: &str = "main";
/// The title of the environment's one board, unless `QUEUEWALL_TITLE` says another.
const MAIN_TITLE: &str = "Live queues";
/// More than any id of CXone, and little enough for a message.
const LONGEST_ID: usize = 128;

/// What `queuewall stats` reads unless told otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// Queue ids of `TARGET_QUEUE_ID`; empty means all of CXone's queue list.
    pub queue_ids: Vec<String>,
    /// Skills of `CXONE_SKILL_IDS` or `cxone.skill_ids`, sorted, each once; empty
    /// means no limit.
    pub skill_ids: Vec<String>,
}

impl Targets {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let skill_ids = reader.list(&keys::SKILL_IDS);
        let queue_ids = reader.list(&keys::TARGET_QUEUE_ID);
        Self {
            queue_ids: distinct(queue_ids, &mut reader.problems),
            skill_ids: sorted(skill_ids, &mut reader.problems),
        }
    }
}

impl BoardConfig {
    /// The file's boards, else the environment's one.
    pub(super) fn read_all(reader: &mut Reader<'_>, targets: &Targets) -> Vec<Self> {
        let in_file = reader.take_boards();
        let base = reader.take_levels();
        let base = levels::over(&Thresholds::default(), &base, &mut reader.problems);
        if in_file.is_empty() {
            return vec![Self::main(reader, targets, base)];
        }
        for setting in [&keys::TARGET_QUEUE_ID, &keys::TITLE, &keys::TIMEZONE] {
            if let Some(found) = reader.variable(setting) {
                reader.warnings.push(format!(
                    "{}: {} does not change the boards: the configuration file has its own",
                    found.place, found.key
                ));
            }
        }
        let mut taken = BTreeMap::new();
        in_file
            .into_iter()
            .map(|board| Self::of_file(board, targets, &base, &mut taken, &mut reader.problems))
            .collect()
    }

    fn main(reader: &mut Reader<'_>, targets: &Targets, levels: Thresholds) -> Self {
        let title = reader.variable(&keys::TITLE);
        let timezone = reader.variable(&keys::TIMEZONE);
        let problems = &mut reader.problems;
        Self {
            slug: MAIN_SLUG.to_owned(),
            title: label(title, problems).unwrap_or_else(|| MAIN_TITLE.to_owned()),
            timezone: zone::read(timezone, problems),
            skill_ids: targets.skill_ids.clone(),
            queues: targets.queue_ids.iter().map(QueueConfig::new).collect(),
            levels,
            notice: None,
            display: Display::default(),
        }
    }

    fn of_file(
        board: FileBoard,
        targets: &Targets,
        base: &Thresholds,
        taken: &mut BTreeMap<String, String>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let slug = slug_of(&board, taken, problems);
        let display = display::read(&board, problems);
        let skill_ids = match board.skill_ids {
            Some(found) => sorted(found.value, problems),
            None => targets.skill_ids.clone(),
        };
        let levels = levels::over(base, &board.levels, problems);
        Self {
            notice: label(board.notice, problems),
            display,
            queues: queues_of(board.queues, &levels, problems),
            levels,
            title: label(board.title, problems).unwrap_or_else(|| slug.clone()),
            timezone: zone::read(board.timezone, problems),
            slug,
            skill_ids,
        }
    }
}

/// A valid slug that no earlier board has; else a problem and an empty text.
fn slug_of(
    board: &FileBoard,
    taken: &mut BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) -> String {
    let Some(found) = &board.slug else {
        problems.push(Problem::new(
            &board.place,
            "boards.slug",
            "is missing",
            "name the board for its address, for example slug = \"sales\"",
        ));
        return String::new();
    };
    let slug = &found.value;
    let allowed = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-');
    if !(1..=64).contains(&slug.len()) || !slug.chars().all(allowed) {
        problems.push(found.wrong(
            "is not a slug",
            "use 1 to 64 of the letters a to z, digits and -",
        ));
        return String::new();
    }
    if let Some(first) = taken.get(slug) {
        problems.push(found.wrong(
            format_args!("is the slug of the board at {first} too"),
            "give each board its own",
        ));
    } else {
        taken.insert(slug.clone(), found.place.clone());
    }
    slug.clone()
}

/// Valid queues in their order; one that comes twice is a problem.
fn queues_of(
    queues: Vec<FileQueue>,
    base: &Thresholds,
    problems: &mut Vec<Problem>,
) -> Vec<QueueConfig> {
    let ids = queues.iter().map(|queue| queue.id.clone()).collect();
    let mut of_id: BTreeMap<String, QueueConfig> = queues
        .into_iter()
        .map(|queue| {
            let id = queue.id.value.trim().to_owned();
            let changes = (!queue.levels.is_empty()).then_some(queue.levels);
            let config = QueueConfig {
                id: id.clone(),
                name: label(queue.name, problems),
                levels: changes.map(|changes| levels::over(base, &changes, problems)),
            };
            (id, config)
        })
        .collect();
    let ids = distinct(ids, problems).into_iter();
    ids.filter_map(|id| of_id.remove(&id)).collect()
}

/// Text that people read: not blank, and on one line.
fn label(found: Option<Spanned<String>>, problems: &mut Vec<Problem>) -> Option<String> {
    let found = found?;
    let text = found.value.trim();
    if text.chars().any(char::is_control) || clean(text).is_none() {
        problems.push(found.wrong(
            "is blank, or has line breaks or other control characters",
            "write some words on one line, or leave the key out",
        ));
        return None;
    }
    Some(text.to_owned())
}

/// Valid ids in their order; one that comes twice is a problem.
fn distinct(found: Vec<Spanned<String>>, problems: &mut Vec<Problem>) -> Vec<String> {
    let mut ids = Vec::new();
    let mut seen = BTreeSet::new();
    for found in found {
        let Some(id) = valid_id(&found, problems) else {
            continue;
        };
        if seen.insert(id.clone()) {
            ids.push(id);
        } else {
            problems.push(found.wrong("is there twice", "keep one of the two"));
        }
    }
    ids
}

/// Valid ids, sorted, each once: skills are a set.
fn sorted(found: Vec<Spanned<String>>, problems: &mut Vec<Problem>) -> Vec<String> {
    let mut ids: Vec<_> = found
        .iter()
        .filter_map(|found| valid_id(found, problems))
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

fn valid_id(found: &Spanned<String>, problems: &mut Vec<Problem>) -> Option<String> {
    let id = found.value.trim();
    if let Some((what, remedy)) = fault_of(id) {
        problems.push(found.wrong(what, remedy));
        return None;
    }
    Some(id.to_owned())
}

/// Why this is not an id, and the remedy.
fn fault_of(id: &str) -> Option<value::Fault> {
    let fault = |what: &str, remedy| Some((what.to_owned(), remedy));
    let code = |c: char| format!("U+{:04X}", u32::from(c));
    if let Some(c) = id.chars().find(|c| value::is_invisible(*c)) {
        let what = format!("holds an invisible character ({})", code(c));
        return Some((what, "write the id again by hand"));
    }
    let bad = |c: char| c.is_whitespace() || "'\"`“”‘’„;[]{}|<>$，、،；".contains(c);
    if id.is_empty() || id.len() > LONGEST_ID || id.contains(bad) {
        return fault(
            "is not an id",
            "copy it from `queuewall queues`, without spaces and quotes; several are separated by commas",
        );
    }
    let is_other = |c: &char| matches!(c, '！'..='～') || c.is_numeric() && !c.is_ascii();
    if let Some(c) = id.chars().find(is_other) {
        let what = format!("has a character of another width or script ({})", code(c));
        return Some((what, "write it with the digits 0 to 9"));
    }
    let word = id.to_ascii_lowercase();
    if ["null", "undefined", "none", "nil", "nan", "true", "false"].contains(&word.as_str()) {
        return fault(
            "is what a program writes for no value, not an id",
            "write the id, or leave the setting out",
        );
    }
    if ["*", "all", "any"].contains(&word.as_str()) {
        return fault(
            "is not an id",
            "leave the setting out: a board without ids shows every queue",
        );
    }
    if !id.contains(['.', '+']) || id.parse::<f64>().is_err() {
        return None;
    }
    let what = match word.contains('e') {
        true => "is a number with an exponent, not an id",
        false => "is a number with a decimal point or a sign, not an id",
    };
    fault(
        what,
        "put the id in quotes where it is set, with its digits alone: YAML, Helm and spreadsheets change numbers",
    )
}
