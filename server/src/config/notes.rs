//! What levels do that their keys do not say, in words: for `check`, and for the log when they
//! change.

use queuewall_shared::level::{Limits, Metric, Thresholds};

use super::{
    BoardConfig, display,
    file::{OFF, Table},
    groups, keys,
    reader::Reader,
    zone,
};

/// What follows where agents who are all busy have a level.
const BUSY: &str =
    "calls wait because no agent is available, so in busy hours most queues will have that level";

/// A level that begins only after so long does not come from calls that wait as they should.
const LONG_MS: u64 = 60_000;

/// Describes the levels of `[levels]` and of every board and queue, where they need words.
pub(super) fn describe(
    reader: &mut Reader<'_>,
    file: &Table,
    base: &Thresholds,
    boards: &[BoardConfig],
    zone: &zone::Default,
    has_today: bool,
) {
    if let Some(levels) = file.table(keys::LEVELS) {
        let by = "each board's time zone";
        of_table(reader, levels, "levels", "every board", base, by);
    }
    if !has_today {
        let of = |board: &BoardConfig| display::without_today(&board.slug, &board.display);
        reader.warnings.extend(boards.iter().filter_map(of));
    }
    let in_file = file.array(keys::BOARDS);
    let has_zone = |index: usize, reader: &Reader<'_>| match in_file.get(index) {
        Some(table) => table.texts.contains_key("timezone"),
        None => reader.variable(&keys::TIMEZONE).is_some(),
    };
    for (index, board) in boards.iter().enumerate() {
        let what = match (board.timezone.is_some(), has_today) {
            _ if has_zone(index, reader) => continue,
            (true, true) => "levels.hours and today's numbers follow",
            (true, false) => "levels.hours follow",
            (false, true) => "today's numbers follow",
            (false, false) => continue,
        };
        of_default(reader, &board.slug, what, zone);
    }
    for (table, board) in in_file.iter().zip(boards) {
        if let Some(words) = groups::describe(&board.groups, board.queues.len()) {
            let slug = &board.slug;
            reader.notes.push(format!("board {slug:?}: {words}"));
        }
        let zone = board.timezone.as_deref().unwrap_or_default();
        let who = format!("board {:?}", board.slug);
        if let Some(levels) = table.table(keys::LEVELS) {
            of_table(reader, levels, "boards.levels", &who, &board.levels, zone);
        }
        for (table, queue) in table.array("queues").iter().zip(&board.queues) {
            if let Some(levels) = table.table(keys::LEVELS) {
                let (key, who) = ("boards.queues.levels", format!("{who}, queue {}", queue.id));
                let thresholds = queue.levels.as_ref().unwrap_or(&board.levels);
                of_table(reader, levels, key, &who, thresholds, zone);
            }
        }
    }
}

/// Describes the zone that a board without one has for its hours and its days.
fn of_default(reader: &mut Reader<'_>, slug: &str, what: &str, default: &zone::Default) {
    let zone = default.name().unwrap_or("UTC");
    if default.is_utc_by_default(reader.env) {
        reader.warnings.push(format!(
            "board {slug:?}: {what} {zone}, since neither the board nor the machine has another time zone: set \
             boards.timezone, server.timezone, QUEUEWALL_TIMEZONE or TZ"
        ));
    } else {
        let whose = match default {
            zone::Default::Configured(_) => "server.timezone",
            _ => "the machine's time zone",
        };
        reader.notes.push(format!(
            "board {slug:?}: {what} {whose} {zone}, since the board has none"
        ));
    }
}

/// Describes one table, which is `key` from the top of the file and holds for `who`.
fn of_table(
    reader: &mut Reader<'_>,
    levels: &Table,
    key: &str,
    who: &str,
    thresholds: &Thresholds,
    zone: &str,
) {
    if let Some(hours) = levels.texts.get(keys::HOURS) {
        let text = hours.value.trim();
        reader.notes.push(hours.note(format_args!(
            "{who}: levels apply {text} ({zone}); outside these hours queues have no level"
        )));
    }
    let agents = keys::level_key(Metric::AvailableAgents);
    let limits = thresholds.limits(Metric::AvailableAgents);
    if let Some(table) = levels.table(&agents).filter(|_| limits.is_judged()) {
        let (place, does) = (&table.place, words(limits));
        // For minutes nobody has been free: that is what the warning advises.
        let so = if limits.for_ms < LONG_MS { BUSY } else { "" };
        let colon = if so.is_empty() { "" } else { ": " };
        reader
            .notes
            .push(format!("{place}: {key}.{agents}: {who}: {does}{colon}{so}"));
        if is_of_old_sample(table) {
            reader.warnings.push(format!(
                "{place}: {key}.{agents} is a line of older samples: {BUSY}: remove the line, or add for_seconds = 120 to it"
            ));
        }
    }
}

/// `critical while calls wait and 0 agents are available, for 120 s`.
fn words(limits: Limits) -> String {
    let level = |name, limit: Option<f64>| {
        let or_fewer = if limit? > 0.0 { " or fewer" } else { "" };
        Some(format!(
            "{name} while calls wait and {}{or_fewer} agents are available",
            limit?
        ))
    };
    let levels = [
        level("critical", limits.critical),
        level("warning", limits.warning),
    ];
    let levels: Vec<_> = levels.into_iter().flatten().collect();
    let duration = match limits.for_ms {
        0 => String::new(),
        ms => format!(", for {} s", ms / 1_000),
    };
    format!("{}{duration}", levels.join(", "))
}

/// `{ warning = false, critical = 0 }`, which the sample had as the default.
fn is_of_old_sample(limits: &Table) -> bool {
    let is = |key, value| {
        limits
            .texts
            .get(key)
            .is_some_and(|found| found.value == value)
    };
    limits.texts.len() == 2 && is("warning", OFF) && is("critical", "0")
}
