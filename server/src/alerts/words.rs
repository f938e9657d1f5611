//! What a message says: plain English, and what a supervisor would ask first comes first.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use queuewall_shared::{
    format,
    metric::{Metric, Unit},
    snapshot::{BoardSnapshot, Direction, Level, Queue},
};

/// The most names in a title, and in a list within a line.
const MOST_NAMED: usize = 3;

/// A metric's value as people write it.
fn value(metric: Metric, value: f64) -> String {
    match metric.unit() {
        Unit::Milliseconds => format::wait(Duration::from_millis(value.max(0.0) as u64)),
        Unit::Percent => format!("{} %", format::tenths(value)),
        Unit::Calls | Unit::Agents => format::tenths(value),
    }
}

/// A metric beside its limit.
pub(super) fn metric(metric: Metric, is: Option<f64>, limit: f64) -> String {
    let is = is.filter(|is| is.is_finite());
    let label = metric.label();
    let limit = value(metric, limit);
    match is {
        Some(is) => format!("{label} {} (limit {limit})", value(metric, is)),
        None => format!("{label} (limit {limit})"),
    }
}

/// Why a queue is at its level, and how many wait.
pub(super) fn reasons(queue: &Queue) -> String {
    let reasons = queue.reasons.iter();
    let mut texts: Vec<_> = reasons
        .map(|reason| metric(reason.metric, reason.value, reason.limit))
        .collect();
    let says_waiting = (queue.reasons.iter()).any(|reason| reason.metric == Metric::Waiting);
    if !says_waiting && let Some(waiting) = queue.waiting {
        texts.push(format!("{waiting} waiting"));
    }
    texts.join(", ")
}

/// Which of a board's numbers are missing, and why.
pub(super) fn missing(board: &BoardSnapshot, missing: &[&Queue]) -> String {
    let all = board.queues.len();
    let what = match missing.len() {
        count if count == all => "no queue is read".to_owned(),
        count => {
            let names: Vec<_> = missing.iter().map(|queue| queue.name.as_str()).collect();
            format!("{count} of {all} queues are not read ({})", listed(&names))
        }
    };
    let of_queue = missing.first().and_then(|queue| queue.cause.as_deref());
    match board.upstream.cause.as_deref().or(of_queue) {
        Some(cause) => format!("{what}. {cause}"),
        None => what,
    }
}

/// Which screens are dark.
pub(super) fn dark(screens: &[String]) -> String {
    let names: Vec<_> = screens.iter().map(String::as_str).collect();
    match names.len() {
        1 => format!("1 screen is dark: {}", listed(&names)),
        count => format!("{count} screens are dark: {}", listed(&names)),
    }
}

/// Names, of which those that are too many are counted.
pub(super) fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(MOST_NAMED).copied().collect::<Vec<_>>();
    let shown = shown.join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The level as a title says it.
pub(super) const fn level(level: Level) -> &'static str {
    match level {
        Level::Critical => "critical",
        _ => "warning",
    }
}

/// The time that the board's clock shows.
pub(super) fn clock(at_ms: u64, zone: &TimeZone) -> String {
    let ms = i64::try_from(at_ms).unwrap_or(i64::MAX);
    let time = Timestamp::from_millisecond(ms).unwrap_or_default();
    let time = zone.to_datetime(time);
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// How long something lasted.
pub(super) fn lasted(ms: u64) -> String {
    match ms / 60_000 {
        0 => "less than a minute".to_owned(),
        1 => "1 minute".to_owned(),
        minutes @ 2..=119 => format!("{minutes} minutes"),
        minutes => format!("{} hours", minutes / 60),
    }
}

/// A metric past its limit, for a title.
pub(super) const fn past(metric: Metric) -> &'static str {
    match metric.direction() {
        Direction::Above => "too high",
        Direction::Below => "too low",
    }
}
