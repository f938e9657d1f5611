//! The thresholds of the levels: a queue's over its board's over `[levels]` over the
//! wall's own. Of a metric that none of them names, [`Thresholds`] knows so: there the
//! upstream may have a word.

use std::ops::RangeInclusive;

use queuewall_shared::{
    level::Thresholds,
    metric::{Direction, Metric, Unit},
};

use super::{
    file::{FileLevels, FileLimit, FileLimits},
    problem::Problem,
};

/// How a metric's thresholds are written.
struct Scale {
    /// What one unit in the file is in the snapshot: seconds are milliseconds there.
    factor: f64,
    bounds: RangeInclusive<f64>,
    is_whole: bool,
    unit: &'static str,
}

fn scale(metric: Metric) -> Scale {
    let (factor, bounds, is_whole, unit) = match metric.unit() {
        Unit::Calls => (1.0, 1.0..=10_000.0, true, "calls"),
        Unit::Milliseconds => (1_000.0, 1.0..=86_400.0, false, "seconds"),
        Unit::Percent => (1.0, 1.0..=100.0, false, "percent"),
        Unit::Agents => (1.0, 0.0..=10_000.0, true, "agents"),
    };
    Scale {
        factor,
        bounds,
        is_whole,
        unit,
    }
}

/// `base` with what the table changes of it.
pub(super) fn over(
    base: &Thresholds,
    levels: &FileLevels,
    problems: &mut Vec<Problem>,
) -> Thresholds {
    let mut thresholds = *base;
    for (metric, changes) in &levels.metrics {
        limits_over(&mut thresholds, *metric, changes, problems);
    }
    for (key, found) in &levels.numbers {
        let (bounds, is_whole, unit) = match *key {
            "margin_percent" => (0.0..=50.0, false, "percent"),
            "minimum_sample" => (0.0..=1_000.0, true, "calls"),
            _ => (1.0..=20.0, true, "readings in a row"),
        };
        let number = match found.number(&bounds, is_whole, unit) {
            Ok(number) => number,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        match *key {
            "margin_percent" => thresholds.margin_percent = number,
            "minimum_sample" => thresholds.minimum_sample = number as u64,
            "rise_after" => thresholds.rise_after = number as u32,
            _ => thresholds.fall_after = number as u32,
        }
    }
    thresholds
}

fn limits_over(
    thresholds: &mut Thresholds,
    metric: Metric,
    changes: &FileLimits,
    problems: &mut Vec<Problem>,
) {
    if changes.warning.is_none() && changes.critical.is_none() {
        // An empty table says nothing of its metric.
        return;
    }
    let Scale {
        factor,
        bounds,
        is_whole,
        unit,
    } = scale(metric);
    let mut limits = thresholds.limits(metric);
    let mut set = |limit: &mut Option<f64>, change: &Option<FileLimit>| match change {
        None => true,
        Some(FileLimit::Off) => {
            *limit = None;
            true
        }
        Some(FileLimit::At(found)) => match found.number(&bounds, is_whole, unit) {
            Ok(number) => {
                *limit = Some(number * factor);
                true
            }
            Err(problem) => {
                problems.push(problem);
                false
            }
        },
    };
    let is_sound =
        set(&mut limits.warning, &changes.warning) & set(&mut limits.critical, &changes.critical);
    if !is_sound {
        return;
    }
    let (Some(warning), Some(critical)) = (limits.warning, limits.critical) else {
        thresholds.set(metric, limits);
        return;
    };
    let (is_milder, side) = match metric.direction() {
        Direction::Above => (warning < critical, "below"),
        Direction::Below => (warning > critical, "above"),
    };
    if is_milder {
        thresholds.set(metric, limits);
        return;
    }
    let mut changed = [&changes.warning, &changes.critical].into_iter().flatten();
    let found = changed.find_map(|limit| match limit {
        FileLimit::At(found) => Some(found),
        FileLimit::Off => None,
    });
    // At least one is: what it is laid over was in order.
    if let Some(found) = found {
        problems.push(found.wrong(
            format_args!(
                "makes warning {} and critical {} {unit}",
                warning / factor,
                critical / factor
            ),
            format_args!("give a warning {side} critical, or false for one of the two"),
        ));
    }
}
