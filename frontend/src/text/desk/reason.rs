//! Why a queue is at its level, with all that is known of it.

use std::time::Duration;

use queuewall_shared::format;
use queuewall_shared::metric::Unit;
use queuewall_shared::snapshot::{Metric, Queue, Reason};

use super::super::why::minutes;
use super::super::{wait, why, words};
use crate::numbers;

/// A reason with its value, its limit and for how long it has been: "22 waiting, limit 10
/// (62 min)".
pub(crate) fn reason(queue: &Queue, reason: &Reason, lasting: Option<Duration>) -> String {
    let words = words();
    let write = |number: f64| match reason.metric.unit() {
        Unit::Calls | Unit::Agents => numbers::compact(number as u64),
        Unit::Milliseconds => wait(Duration::from_millis(number as u64)),
        Unit::Percent if reason.metric == Metric::ServiceLevel => format::whole_percent(number),
        Unit::Percent => numbers::tenths(number),
    };
    let phrase = match reason.metric {
        Metric::Waiting => Some(words.waiting_now),
        Metric::AverageWait => Some(words.wait_now),
        Metric::LongestWait => Some(words.longest_now),
        Metric::ServiceLevel => Some(words.service_now),
        Metric::AvailableAgents => Some(words.free_now),
        Metric::AgentsLoggedOn => Some(words.logged_on_now),
        Metric::AbandonRate => Some(words.abandoned_now),
        Metric::ServiceLevelToday => Some(words.service_today_now),
        Metric::AverageSpeedOfAnswer => Some(words.answer_now),
        _ => None,
    };
    let mut said = match (phrase, reason.value) {
        (Some(phrase), Some(value)) => phrase.fill([&write(value)]),
        // As on a tile.
        _ => {
            let alone = Queue {
                reasons: vec![*reason],
                ..queue.clone()
            };
            why(&alone, None).matter
        }
    };
    let unit = match reason.metric.unit() {
        Unit::Percent => words.percent.text(),
        _ => "",
    };
    let limit = match reason.metric.unit() {
        Unit::Percent => numbers::tenths(reason.limit),
        _ => write(reason.limit),
    };
    said += ", ";
    said += &super::detail().limit.fill([&[&limit, unit].concat()]);
    let lasting = lasting.map_or_else(String::new, minutes);
    let lasting = match reason.since_at_least && !lasting.is_empty() {
        true => words.at_least.fill([&lasting]),
        false => lasting,
    };
    if !lasting.is_empty() {
        said += &[" (", &lasting, ")"].concat();
    }
    if reason.held {
        said += &[" – ", &words.easing.text().to_lowercase()].concat();
    }
    said
}
