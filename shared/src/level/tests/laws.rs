//! What holds for any readings and thresholds.

use super::*;

/// Readings around the default thresholds, each number known or not.
fn any_reading() -> impl Strategy<Value = Queue> {
    (
        option::of(0u64..14),
        option::of(0u64..150_000),
        option::of(0u64..350_000),
        option::of(40.0..100.0),
        option::of(0u64..10),
        option::of(0u64..3),
        option::of(0u64..3),
    )
        .prop_map(
            |(waiting, average, longest, percent, sample, logged_on, available)| Queue {
                waiting,
                average_wait_ms: average,
                longest_wait_ms: longest,
                agents: Agents {
                    logged_on,
                    available,
                    ..Agents::default()
                },
                ..with_service(percent, sample)
            },
        )
}

/// The same numbers known, and none of them better.
fn worse(queue: &Queue, by: u64) -> Queue {
    let more = |value: Option<u64>, step: u64| value.map(|value| value + by * step);
    let less = |value: Option<u64>| value.map(|value| value.saturating_sub(by));
    let mut worse = queue.clone();
    worse.waiting = more(queue.waiting, 1);
    worse.average_wait_ms = more(queue.average_wait_ms, 5_000);
    worse.longest_wait_ms = more(queue.longest_wait_ms, 9_000);
    let percent = queue.service_level.percent;
    worse.service_level.percent = percent.map(|percent| percent - 2.0 * by as f64);
    worse.agents.logged_on = less(queue.agents.logged_on);
    worse.agents.available = less(queue.agents.available);
    worse
}

fn knows_the_same(a: &Queue, b: &Queue) -> bool {
    let knows = |metric| judged(a, metric).is_some() == judged(b, metric).is_some();
    Metric::JUDGED.into_iter().all(knows)
}

fn any_thresholds() -> impl Strategy<Value = Thresholds> {
    (1u32..4, 1u32..4, 0.0..50.0).prop_map(|(rise_after, fall_after, margin_percent)| {
        let mut thresholds = Thresholds::default();
        thresholds.rise_after = rise_after;
        thresholds.fall_after = fall_after;
        thresholds.margin_percent = margin_percent;
        thresholds
    })
}

proptest! {
    #[test]
    fn nothing_flaps_within_the_margin_of_a_boundary(
        limit in 20.0..10_000.0, swings in vec(-0.099..0.099, 1..60),
    ) {
        for metric in [Metric::AverageWait, Metric::ServiceLevel] {
            // A boundary that a percentage can lie on both sides of, or a wait in seconds.
            let limit = match metric {
                Metric::ServiceLevel => limit % 70.0 + 20.0,
                _ => limit * 1_000.0,
            };
            let mut thresholds = Thresholds::default();
            for other in Metric::JUDGED {
                thresholds.set(other, Limits::default());
            }
            thresholds.set(metric, Limits { critical: Some(limit), ..Limits::default() });
            let mut judge = Judge::default();
            let mut levels = Vec::new();
            for swing in &swings {
                let value = limit * (1.0 + swing);
                let reading = match metric {
                    Metric::ServiceLevel => Queue {
                        service_level: ServiceLevel {
                            percent: Some(value),
                            ..ServiceLevel::default()
                        },
                        ..Queue::default()
                    },
                    _ => Queue {
                        // Rounded up to seconds, so as to stay within the margin.
                        average_wait_ms: Some((value / 1_000.0).ceil() as u64 * 1_000),
                        ..Queue::default()
                    },
                };
                levels.push(judge.step(&reading, &thresholds, 0).level);
            }
            let changes = levels.windows(2).filter(|pair| pair[0] != pair[1]).count();
            prop_assert!(changes <= 1, "{levels:?}");
        }
    }

    #[test]
    fn calls_waiting_do_not_flap_over_a_margin_of_calls(
        limit in 3u64..200, swings in vec(0.0..1.0, 1..60),
    ) {
        let mut thresholds = Thresholds::default();
        let only = Limits { warning: Some(limit as f64), ..Limits::default() };
        thresholds.set(Metric::Waiting, only);
        let margin = (limit / 10).max(1);
        let mut judge = Judge::default();
        let levels: Vec<_> = swings
            .iter()
            .map(|swing| {
                let calls = limit - margin + (swing * (2 * margin) as f64).round() as u64;
                judge.step(&waiting(calls), &thresholds, 0).level
            })
            .collect();
        let changes = levels.windows(2).filter(|pair| pair[0] != pair[1]).count();
        prop_assert!(changes <= 1, "{levels:?}");
    }

    #[test]
    fn a_worse_reading_never_gives_a_better_level(
        thresholds in any_thresholds(), past in vec(any_reading(), 0..12),
        reading in any_reading(), by in 0u64..12,
    ) {
        let mut judge = Judge::default();
        for reading in &past {
            judge.step(reading, &thresholds, 0);
        }
        let worse = worse(&reading, by);
        if !knows_the_same(&reading, &worse) {
            return Ok(());
        }
        let level = judge.clone().step(&reading, &thresholds, 0).level;
        prop_assert!(judge.step(&worse, &thresholds, 0).level >= level);
    }

    #[test]
    fn the_unknown_is_neither_red_nor_green(
        thresholds in any_thresholds(), past in vec(any_reading(), 1..30),
    ) {
        let mut judge = Judge::default();
        for (index, reading) in past.iter().enumerate() {
            let judgement = judge.step(reading, &thresholds, 0);
            let knows_any = Metric::JUDGED.iter().any(|metric| judged(reading, *metric).is_some());
            prop_assert_eq!(judgement.level == Level::None, !knows_any);
            for reason in judgement.reasons {
                let latest = &past[..=index];
                let unknown = latest.iter().rev().take_while(|it| judged(it, reason.metric).is_none());
                prop_assert!(unknown.count() < thresholds.fall_after as usize);
            }
        }
    }

    #[test]
    fn every_level_can_be_explained(
        thresholds in any_thresholds(), past in vec(any_reading(), 1..30),
    ) {
        let mut judge = Judge::default();
        let mut since_none: Vec<Queue> = Vec::new();
        for reading in past {
            let judgement = judge.step(&reading, &thresholds, 0);
            since_none.push(reading);
            if judgement.level == Level::None {
                since_none.clear();
            }
            let is_trouble = judgement.level > Level::Ok;
            prop_assert_eq!(is_trouble, !judgement.reasons.is_empty());
            prop_assert_eq!(is_trouble, judgement.since_ms.is_some());
            for Reason { metric, direction, limit, value, held, .. } in judgement.reasons {
                prop_assert_eq!(direction, metric.direction());
                let latest = since_none.last().and_then(|it| judged(it, metric));
                let is_past = latest.is_some_and(|value| metric.is_past(limit, value));
                prop_assert_eq!(held, !is_past, "{:?} {} {:?}", metric, limit, value);
                let values: Vec<f64> =
                    since_none.iter().rev().filter_map(|it| judged(it, metric)).collect();
                let was_past = values.iter().any(|value| metric.is_past(limit, *value));
                prop_assert!(was_past, "{:?} {} {:?}", metric, limit, values);
                let enough = thresholds.fall_after as usize;
                let ends = values.len() >= enough
                    && values[..enough].iter().all(|it| !thresholds.holds(metric, limit, *it));
                prop_assert!(!ends, "{:?} {} {:?}", metric, limit, values);
            }
        }
    }

    #[test]
    fn critical_ends_into_warning_while_warning_holds(
        thresholds in any_thresholds(), value in 0.0..400_000.0f64,
    ) {
        for metric in Metric::JUDGED {
            let Limits { warning: Some(warning), critical: Some(critical), .. } = thresholds.limits(metric)
            else {
                continue;
            };
            let value = if metric.direction() == Direction::Below || metric == Metric::Waiting {
                (value % 101.0).round()
            } else {
                value
            };
            if thresholds.holds(metric, critical, value) {
                prop_assert!(thresholds.holds(metric, warning, value));
            }
        }
    }
}
