//! What a tile says besides its numbers and why it is at its level.

use std::time::Duration;

use queuewall_shared::cause::Cause;
use queuewall_shared::format;
use queuewall_shared::metric::Unit;
use queuewall_shared::snapshot::{Agents, Direction, Level, Metric, Queue};
use queuewall_shared::tile_state::TileState;

use super::{level, wait, words};
use crate::numbers;

/// What a metric is called on a tile and in the header.
#[must_use]
pub fn label(metric: Metric) -> &'static str {
    words().labels[metric as usize].text()
}

/// A metric's value, and the unit behind it.
#[must_use]
pub fn value_of(metric: Metric, value: f64) -> (String, &'static str) {
    match metric.unit() {
        Unit::Calls | Unit::Agents => (numbers::compact(value as u64), ""),
        Unit::Milliseconds => (wait(Duration::from_millis(value as u64)), ""),
        // Neither is ever made better than it is.
        Unit::Percent => {
            let number = match metric.direction() {
                Direction::Above if value < 10.0 => numbers::tenths(value),
                Direction::Above => format::whole_percent(value.ceil()),
                Direction::Below => format::whole_percent(value),
            };
            (number, self::percent())
        }
    }
}

/// Behind a percentage.
#[must_use]
pub fn percent() -> &'static str {
    words().percent.text()
}

/// Behind the number of agents who could take a call.
#[must_use]
pub fn free() -> &'static str {
    words().free.text()
}

/// Behind the number of agents on a call or in after-call work.
#[must_use]
pub fn busy() -> &'static str {
    words().busy.text()
}

/// Behind the number of agents logged on.
#[must_use]
pub fn logged_on() -> &'static str {
    words().logged_on.text()
}

/// Behind the number of agents in after-call work.
#[must_use]
pub fn after_call() -> &'static str {
    words().after_call.text()
}

/// Behind the number of agents who are logged on and not to be had for calls.
#[must_use]
pub fn away() -> &'static str {
    words().away.text()
}

/// How many of a group's queues its numbers are over, and how many it has; empty where it is all.
#[must_use]
pub fn read_of(counted: usize, of: usize) -> String {
    if counted >= of {
        return String::new();
    }
    (words().read_of).fill([&numbers::count(counted as u64), &numbers::count(of as u64)])
}

/// In a closed tile.
#[must_use]
pub fn closed() -> &'static str {
    words().closed.text()
}

/// What a stale tile was at `time`; empty where that was no trouble.
#[must_use]
pub fn was(level: Level, time: &str) -> String {
    match level {
        Level::Critical => words().was_critical.fill([time]),
        Level::Warning => words().was_warning.fill([time]),
        Level::None | Level::Ok => String::new(),
    }
}

/// What a stale tile of a closed queue was at `time`.
#[must_use]
pub fn was_closed(time: &str) -> String {
    words().was_closed.fill([time])
}

/// Behind calls waiting that are so many more or fewer than a quarter of an hour ago.
#[must_use]
pub fn change(waiting: u64, before: u64) -> String {
    let (sign, by) = match waiting >= before {
        true => ("+", waiting - before),
        false => ("−", before - waiting),
    };
    match by {
        0 => String::new(),
        by => [sign, &numbers::compact(by)].concat(),
    }
}

/// A number, or what stands where it is unknown.
#[must_use]
pub fn known(text: Option<String>) -> String {
    text.unwrap_or_else(|| format::UNKNOWN.into())
}

/// A tile's state in words.
#[must_use]
pub fn state(tile_state: TileState) -> &'static str {
    let words = words();
    match tile_state {
        TileState::Fresh => words.is_fresh,
        TileState::Ageing => words.is_ageing,
        TileState::Stale => words.is_stale,
        TileState::Closed => words.is_closed,
        TileState::Unknown => words.is_unknown,
        TileState::NotFound => words.is_not_found,
        TileState::Forbidden => words.is_forbidden,
    }
    .text()
}

/// A tile's state and level, by how much the calls waiting changed, and how many of the
/// `agents` are off calls, for screen readers.
#[must_use]
pub fn tile_label(
    name: &str,
    tile_state: TileState,
    of: Level,
    change: &str,
    agents: Agents,
) -> String {
    let words = words();
    let state = match tile_state {
        TileState::Fresh | TileState::Ageing if !level(of).is_empty() => level(of),
        _ => state(tile_state),
    };
    let mut label = [name, words.colon, state].concat();
    if !change.is_empty() {
        label.push_str(", ");
        label.push_str(&words.change.fill([change]));
    }
    for (count, phrase) in [
        (agents.after_call_work, words.in_after_call_work),
        (agents.unavailable, words.unavailable),
    ] {
        if let Some(count) = count {
            label.push_str(", ");
            label.push_str(&phrase.fill([&numbers::count(count)]));
        }
    }
    label
}

/// In a closed tile: nobody is logged on, or how many wait outside opening hours.
#[must_use]
pub fn closed_because(queue: &Queue) -> String {
    let words = words();
    match (queue.is_outside_hours, queue.waiting) {
        (false, _) => words.nobody_logged_on.text().into(),
        (true, Some(waiting @ 1..)) => {
            let waiting = words.waiting_now.fill([&numbers::compact(waiting)]);
            [words.outside_hours.text(), " · ", &waiting].concat()
        }
        (true, _) => words.outside_hours.text().into(),
    }
}

/// Why a tile without numbers has none, where the server gives no cause.
#[must_use]
pub fn cause(tile_state: TileState) -> &'static str {
    let words = words();
    match tile_state {
        TileState::Fresh | TileState::Ageing => "",
        TileState::Stale => words.nothing_newer.text(),
        TileState::Closed => words.nobody_logged_on.text(),
        TileState::Unknown => words.nothing_yet.text(),
        TileState::NotFound => words.causes.not_found.text(),
        TileState::Forbidden => words.queue_forbidden.text(),
    }
}

/// The server's cause: by its code, else in the server's own sentence, which is
/// English; `None` where the server gives neither.
#[must_use]
pub fn server_cause(code: Option<Cause>, sentence: Option<&str>) -> Option<&str> {
    let causes = &words().causes;
    let phrase = match code {
        None => return sentence,
        Some(Cause::SignInRejected) => causes.sign_in_rejected,
        Some(Cause::Forbidden) => causes.forbidden,
        Some(Cause::NotFound) => causes.not_found,
        Some(Cause::NoneFound) => causes.none_found,
        Some(Cause::NothingVisible) => causes.nothing_visible,
        Some(Cause::LeftOut) => causes.left_out,
        Some(Cause::ListIncomplete) => causes.list_incomplete,
        Some(Cause::AllLeftOut) => causes.all_left_out,
        Some(Cause::StoodStill) => causes.stood_still,
        Some(Cause::RateLimited) => causes.rate_limited,
        Some(Cause::UpstreamTrouble) => causes.upstream_trouble,
        Some(Cause::NoConnection) => causes.no_connection,
        Some(Cause::TimedOut) => causes.timed_out,
        Some(Cause::Unreadable) => causes.unreadable,
        Some(Cause::NoDatabase) => causes.no_database,
        Some(Cause::NoAnswer) => causes.no_answer,
        Some(Cause::FirstAnswer) => causes.first_answer,
    };
    Some(phrase.text())
}
