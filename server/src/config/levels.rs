//! The thresholds of the levels: a queue's over its board's over `[levels]` over the
//! wall's own. Of a metric that none of them names, [`Thresholds`] knows so: there the
//! upstream may have a word.

use std::ops::RangeInclusive;

use queuewall_shared::{
    level::Thresholds,
    metric::{Direction, Metric, Unit},
};

use super::{
    file::{OFF, Table},
    keys,
    problem::Problem,
};

/// How a metric's thresholds are written: what one unit in the file is in the snapshot
/// (seconds are milliseconds there), the bounds, whether only whole numbers are meant, and the
/// unit's name.
pub(super) fn scale(metric: Metric) -> (f64, RangeInclusive<f64>, bool, &'static str) {
    match metric.unit() {
        Unit::Calls => (1.0, 1.0..=10_000.0, true, "calls"),
        Unit::Milliseconds => (1_000.0, 1.0..=86_400.0, false, "seconds"),
        Unit::Percent => (1.0, 1.0..=100.0, false, "percent"),
        Unit::Agents => (1.0, 0.0..=10_000.0, true, "agents"),
    }
}

/// `base` with what the table, if there is one, changes of it.
pub(super) fn over(
    base: &Thresholds,
    levels: Option<&Table>,
    problems: &mut Vec<Problem>,
) -> Thresholds {
    let mut thresholds = *base;
    let Some(levels) = levels else {
        return thresholds;
    };
    for metric in Metric::JUDGED {
        if let Some(changes) = levels.table(&keys::level_key(metric)) {
            limits_over(&mut thresholds, metric, changes, problems);
        }
    }
    for key in keys::JUDGING_KEYS {
        let (bounds, is_whole, unit) = match key {
            "margin_percent" => (0.0..=50.0, false, "percent"),
            "minimum_sample" => (0.0..=1_000.0, true, "calls"),
            _ => (1.0..=20.0, true, "readings in a row"),
        };
        let found = levels.texts.get(key);
        let number = found.and_then(|found| found.number(problems, bounds, is_whole, unit));
        match (key, number) {
            (_, None) => {}
            ("margin_percent", Some(number)) => thresholds.margin_percent = number,
            ("minimum_sample", Some(number)) => thresholds.minimum_sample = number as u64,
            ("rise_after", Some(number)) => thresholds.rise_after = number as u32,
            (_, Some(number)) => thresholds.fall_after = number as u32,
        }
    }
    thresholds
}

fn limits_over(
    thresholds: &mut Thresholds,
    metric: Metric,
    changes: &Table,
    problems: &mut Vec<Problem>,
) {
    let (factor, bounds, is_whole, unit) = scale(metric);
    let duration = changes.texts.get("for_seconds");
    let changes = ["warning", "critical"].map(|key| changes.texts.get(key));
    if changes == [None, None] && duration.is_none() {
        // An empty table says nothing of its metric.
        return;
    }
    let mut limits = thresholds.limits(metric);
    let before = problems.len();
    for (limit, found) in [&mut limits.warning, &mut limits.critical]
        .into_iter()
        .zip(changes)
    {
        if let Some(found) = found {
            *limit = match found.value.as_str() {
                OFF => None,
                _ => (found.number(problems, bounds.clone(), is_whole, unit))
                    .map(|number| number * factor),
            };
        }
    }
    if let Some(found) = duration {
        let seconds = found.number(problems, 0.0..=3_600.0, true, "seconds");
        limits.for_ms = seconds.map_or(0, |seconds| seconds as u64 * 1_000);
    }
    if problems.len() > before {
        return;
    }
    let (warning, critical) = (limits.warning, limits.critical);
    let (is_milder, side) = match metric.direction() {
        Direction::Above => (warning < critical, "below"),
        Direction::Below => (warning > critical, "above"),
    };
    if let (Some(warning), Some(critical), false) = (warning, critical, is_milder) {
        // At least one is changed: what it is laid over was in order.
        let found = changes
            .into_iter()
            .flatten()
            .find(|found| found.value != OFF);
        problems.extend(found.map(|found| {
            found.wrong(
                format_args!(
                    "makes warning {} and critical {} {unit}",
                    warning / factor,
                    critical / factor
                ),
                format_args!("give a warning {side} critical, or false for one of the two"),
            )
        }));
        return;
    }
    thresholds.set(metric, limits);
}
