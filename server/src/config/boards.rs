//! Which boards there are, and which queues stand on each.

use std::collections::{BTreeMap, BTreeSet};

use queuewall_shared::{label::clean, level::Thresholds, snapshot::Display};

use super::{
    AgentLimits, BoardConfig, QueueConfig, agents, display,
    file::Table,
    groups, hours, keys, levels, notes,
    problem::{Fault, Problem, Spanned},
    reader::Reader,
    value, zone,
};
use crate::hours::Hours;

/// The slug of the environment's one board.
const MAIN_SLUG: &str = "main";
/// The title of the environment's one board, unless `QUEUEWALL_TITLE` says another.
const MAIN_TITLE: &str = "Live queues";
/// More than any id of CXone, and little enough for a message.
const LONGEST_ID: usize = 128;

/// What `[levels]` says, for every board.
struct Base<'f> {
    table: Option<&'f Table>,
    levels: Thresholds,
    hours: Option<Hours>,
    agents: AgentLimits,
    /// The time zone of boards without one, for what needs one.
    zone: Option<String>,
}

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
            queue_ids: distinct(&queue_ids, &mut reader.problems),
            skill_ids: sorted(&skill_ids, &mut reader.problems),
        }
    }
}

impl BoardConfig {
    /// The file's boards, else the environment's one.
    pub(super) fn read_all(
        reader: &mut Reader<'_>,
        targets: &Targets,
        has_today: bool,
    ) -> Vec<Self> {
        let zone = zone::Default::read(reader);
        let file = reader.take_tables();
        let base = file.table(keys::LEVELS);
        let levels = levels::over(&Thresholds::default(), base, &mut reader.problems);
        let base = Base {
            table: base,
            levels,
            zone: zone.name().map(str::to_owned),
            hours: hours::read(base, &mut reader.problems),
            agents: agents::limits(
                &AgentLimits::default(),
                file.table(keys::AGENT_LIMITS),
                &mut reader.problems,
            ),
        };
        let boards = Self::read_over(&base, &file, reader, targets);
        notes::describe(reader, &file, &levels, &boards, &zone, has_today);
        boards
    }

    fn read_over(
        base: &Base<'_>,
        file: &Table,
        reader: &mut Reader<'_>,
        targets: &Targets,
    ) -> Vec<Self> {
        let in_file = file.array(keys::BOARDS);
        if in_file.is_empty() {
            return vec![Self::main(reader, targets, base)];
        }
        for setting in [&keys::TARGET_QUEUE_ID, &keys::TITLE, &keys::TIMEZONE] {
            let found = reader.variable(setting);
            reader.warnings.extend(found.map(|found| {
                found.warning("does not change the boards: the configuration file has its own")
            }));
        }
        let mut taken = BTreeMap::new();
        let boards = in_file.iter();
        boards
            .map(|board| Self::of_file(board, targets, base, &mut taken, &mut reader.problems))
            .collect()
    }

    fn main(reader: &mut Reader<'_>, targets: &Targets, base: &Base<'_>) -> Self {
        let title = reader.variable(&keys::TITLE);
        let timezone = reader.variable(&keys::TIMEZONE);
        let problems = &mut reader.problems;
        let timezone = match &timezone {
            Some(_) => zone::read(timezone.as_ref(), problems),
            None => {
                let (machine, remedy) = (base.zone.as_deref(), "set QUEUEWALL_TIMEZONE");
                hours::zone_of_machine(base.table, machine, MAIN_SLUG, remedy, problems)
            }
        };
        Self {
            slug: MAIN_SLUG.to_owned(),
            title: label(title.as_ref(), problems).unwrap_or_else(|| MAIN_TITLE.to_owned()),
            timezone,
            day_zone: base.zone.clone(),
            skill_ids: targets.skill_ids.clone(),
            queues: targets.queue_ids.iter().map(QueueConfig::new).collect(),
            groups: Vec::new(),
            levels: base.levels,
            hours: base.hours.clone(),
            notice: None,
            display: Display::default(),
            agents: None,
            simulated_clock: None,
        }
    }

    fn of_file(
        board: &Table,
        targets: &Targets,
        base: &Base<'_>,
        taken: &mut BTreeMap<String, String>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let text = |key| board.texts.get(key);
        let slug = slug_of(board, taken, problems).unwrap_or_default();
        let display = display::read(board, problems);
        let skill_ids = match board.lists.get("skill_ids") {
            Some(found) => sorted(&found.value, problems),
            None => targets.skill_ids.clone(),
        };
        let own = board.table(keys::LEVELS);
        let levels = levels::over(&base.levels, own, problems);
        let queues = board.array("queues");
        let timezone = match text("timezone") {
            found @ Some(_) => zone::read(found, problems),
            None => {
                let of_queues = queues.iter().filter_map(|queue| queue.table(keys::LEVELS));
                let tables = of_queues.chain(own).chain(base.table);
                let remedy = "add for example timezone = \"Europe/Berlin\" to the board";
                hours::zone_of_machine(tables, base.zone.as_deref(), &slug, remedy, problems)
            }
        };
        let queues = queues_of(queues, &levels, problems);
        Self {
            notice: label(text("notice"), problems),
            agents: agents::read(board, &base.agents, problems),
            display,
            groups: groups::read(board, &queues, &levels, problems),
            queues,
            hours: hours::read(own, problems).or_else(|| base.hours.clone()),
            levels,
            title: label(text("title"), problems).unwrap_or_else(|| slug.clone()),
            timezone,
            day_zone: base.zone.clone(),
            slug,
            skill_ids,
            simulated_clock: None,
        }
    }
}

/// A valid slug; one that an earlier board has is a problem.
fn slug_of(
    board: &Table,
    taken: &mut BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let Some(found) = board.texts.get("slug") else {
        problems.push(Problem::new(
            &board.place,
            "boards.slug",
            "is missing",
            "name the board for its address, for example slug = \"sales\"",
        ));
        return None;
    };
    let slug = found.parse(problems, |slug| {
        let allowed = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-');
        match (1..=64).contains(&slug.len()) && slug.chars().all(allowed) {
            true => Ok(slug.to_owned()),
            false => Err((
                "is not a slug",
                "use 1 to 64 of the letters a to z, digits and -",
            )),
        }
    })?;
    if let Some(first) = taken.insert(slug.clone(), found.place.clone()) {
        problems.push(found.wrong(
            format_args!("is the slug of the board at {first} too"),
            "give each board its own",
        ));
    }
    Some(slug)
}

/// Valid queues in their order; one that comes twice is a problem.
fn queues_of(queues: &[Table], base: &Thresholds, problems: &mut Vec<Problem>) -> Vec<QueueConfig> {
    let ids: Vec<_> = queues
        .iter()
        .map(|queue| queue.texts["id"].clone())
        .collect();
    let mut configs = Vec::new();
    for queue in queues {
        let levels = queue.table(keys::LEVELS).filter(|it| !it.is_empty());
        configs.push(QueueConfig {
            id: queue.texts["id"].value.trim().to_owned(),
            name: label(queue.texts.get("name"), problems),
            levels: levels.map(|changes| levels::over(base, Some(changes), problems)),
            hours: hours::read(levels, problems),
        });
    }
    distinct(&ids, problems);
    configs
}

/// Text that people read: not blank, and on one line.
pub(super) fn label(
    found: Option<&Spanned<String>>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    found?.parse(problems, |text| {
        match text.chars().any(char::is_control) || clean(text).is_none() {
            false => Ok(text.to_owned()),
            true => Err((
                "is blank, or has line breaks or other control characters",
                "write some words on one line, or leave the key out",
            )),
        }
    })
}

/// Valid ids in their order; one that comes twice is a problem.
fn distinct(found: &[Spanned<String>], problems: &mut Vec<Problem>) -> Vec<String> {
    let mut ids = Vec::new();
    for found in found {
        match valid_id(found, problems) {
            Some(id) if ids.contains(&id) => {
                problems.push(found.wrong("is there twice", "keep one of the two"));
            }
            id => ids.extend(id),
        }
    }
    ids
}

/// Valid ids, sorted, each once: skills are a set.
fn sorted(found: &[Spanned<String>], problems: &mut Vec<Problem>) -> Vec<String> {
    let ids = found.iter().filter_map(|found| valid_id(found, problems));
    ids.collect::<BTreeSet<_>>().into_iter().collect()
}

fn valid_id(found: &Spanned<String>, problems: &mut Vec<Problem>) -> Option<String> {
    found.parse(problems, |id| match fault_of(id) {
        Some(fault) => Err(fault),
        None => Ok(id.to_owned()),
    })
}

/// Why this is not an id, and the remedy.
fn fault_of(id: &str) -> Option<Fault<String>> {
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
