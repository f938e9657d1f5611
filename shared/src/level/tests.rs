//! Levels by example, and by what must hold of every sequence of readings.

use std::borrow::Borrow;

use proptest::{collection::vec, option, prelude::*};

use super::*;
use crate::snapshot::{Agents, Queue, ServiceLevel};

/// Every number at its best: nothing to say against the queue.
fn calm() -> Queue {
    Queue {
        waiting: Some(0),
        average_wait_ms: Some(0),
        longest_wait_ms: Some(0),
        service_level: ServiceLevel {
            percent: Some(100.0),
            ..ServiceLevel::default()
        },
        agents: Agents {
            logged_on: Some(9),
            available: Some(9),
            ..Agents::default()
        },
        ..Queue::default()
    }
}

fn waiting(calls: u64) -> Queue {
    Queue {
        waiting: Some(calls),
        ..calm()
    }
}

/// A calm queue with a service level of `percent` over `sample` calls.
fn with_service(percent: Option<f64>, sample: Option<u64>) -> Queue {
    let service_level = ServiceLevel {
        percent,
        sample,
        ..ServiceLevel::default()
    };
    Queue {
        service_level,
        ..calm()
    }
}

/// The level after each of `readings`, one a second.
fn levels(readings: impl IntoIterator<Item = impl Borrow<Queue>>) -> Vec<Level> {
    let (mut judge, thresholds) = (Judge::default(), Thresholds::default());
    let readings = readings.into_iter();
    readings
        .map(|it| judge.step(it.borrow(), &thresholds, 0).level)
        .collect()
}

fn levels_of_waiting(calls: &[u64]) -> Vec<Level> {
    levels(calls.iter().map(|calls| waiting(*calls)))
}

use Level::{Critical, None as Unjudged, Ok as Fine, Warning};

#[test]
fn a_level_is_called_the_same_in_json_and_in_the_style_sheet() {
    let style = include_str!("../../../style/tile_states.css");
    for level in [Unjudged, Fine, Warning, Critical] {
        assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
    }
    for level in [Warning, Critical] {
        assert!(style.contains(&format!("[data-level=\"{}\"]", level.as_str())));
    }
}

#[test]
fn counts_trigger_at_their_limit_waits_and_percentages_beyond() {
    let first = |reading: &Queue| levels([reading])[0];
    let wait = |ms| Queue {
        average_wait_ms: Some(ms),
        ..waiting(1)
    };
    let longest = |ms| Queue {
        longest_wait_ms: Some(ms),
        ..waiting(1)
    };
    let service = |percent| with_service(Some(percent), None);
    for (reading, level) in [
        (waiting(4), Fine),
        (waiting(5), Warning),
        (waiting(9), Warning),
        (waiting(10), Critical),
        (wait(60_999), Fine),
        (wait(61_000), Warning),
        (wait(190_000), Critical),
        (longest(120_000), Fine),
        (longest(300_000), Warning),
        (longest(300_999), Warning),
        (longest(301_000), Critical),
        (service(80.0), Fine),
        (service(79.9), Warning),
        (service(60.0), Warning),
        (service(59.9), Critical),
    ] {
        assert_eq!(first(&reading), level, "{reading:?}");
    }
}

/// `calls` waiting, and these agents.
fn agents(logged_on: Option<u64>, available: Option<u64>, calls: u64) -> Queue {
    Queue {
        agents: Agents {
            logged_on,
            available,
            ..Agents::default()
        },
        ..waiting(calls)
    }
}

#[test]
fn nobody_logged_on_is_critical_while_calls_wait() {
    for (reading, level) in [
        (agents(Some(0), Some(0), 1), Critical),
        (agents(Some(0), None, 1), Critical),
        (agents(Some(0), Some(0), 0), Fine),
        (agents(None, None, 1), Fine),
        // Calls wait because nobody is free.
        (agents(Some(12), Some(0), 3), Fine),
    ] {
        assert_eq!(levels([&reading])[0], level, "{reading:?}");
    }
}

#[test]
fn nobody_available_has_a_level_where_it_is_set() {
    let mut thresholds = Thresholds::default();
    let limits = Limits {
        critical: Some(0.0),
        for_ms: 120_000,
        ..Limits::default()
    };
    thresholds.set(Metric::AvailableAgents, limits);
    let mut judge = Judge::default();
    let mut level = |available, calls, now_ms| {
        let reading = agents(Some(3), Some(available), calls);
        judge.step(&reading, &thresholds, now_ms).level
    };
    assert_eq!([0, 60, 119].map(|s| level(0, 1, s * 1_000)), [Fine; 3]);
    assert_eq!(level(0, 1, 120_000), Critical);
    assert_eq!([130, 140].map(|s| level(0, 0, s * 1_000)), [Critical, Fine]);
    assert_eq!([150, 160].map(|s| level(0, 1, s * 1_000)), [Fine; 2]);
    assert_eq!(
        level(1, 1, 260_000),
        Fine,
        "one free: counted from here again"
    );
    assert_eq!([270, 380].map(|s| level(0, 1, s * 1_000)), [Fine; 2]);
    assert_eq!(level(0, 1, 390_000), Critical);
}

#[test]
fn waits_of_other_media_have_no_level_by_default() {
    let late = Queue {
        average_wait_ms: Some(9_000_000),
        longest_wait_ms: Some(90_000_000),
        ..agents(Some(0), Some(0), 40)
    };
    let level = |thresholds: Thresholds| Judge::default().step(&late, &thresholds, 0).level;
    let of = |media| Thresholds::default().with_media(media);
    assert_eq!(
        [Media::Voice, Media::Chat, Media::Other].map(|media| level(of(media))),
        [Critical, Critical, Fine]
    );
    let mut set = of(Media::Other);
    set.set(Metric::Waiting, Limits::new(20.0, 50.0));
    assert_eq!(level(set), Warning);
}

#[test]
fn first_reading_is_judged_at_once_then_two_in_a_row_decide() {
    assert_eq!(levels_of_waiting(&[12]), [Critical]);
    assert_eq!(
        levels_of_waiting(&[0, 12, 0, 12, 6, 12, 12]),
        [Fine, Fine, Fine, Fine, Warning, Warning, Critical]
    );
}

#[test]
fn level_ends_after_two_readings_back_by_the_margin() {
    // The margin of 5 and of 10 calls is one call.
    assert_eq!(
        levels_of_waiting(&[10, 9, 9, 8, 9, 8, 8, 4, 4, 3, 3]),
        [
            Critical, Critical, Critical, Critical, Critical, Critical, Warning, Warning, Warning,
            Warning, Fine
        ]
    );
}

#[test]
fn margin_is_a_percentage_of_the_limit_on_the_good_side() {
    let thresholds = Thresholds::default();
    let holds = |metric, limit, value| thresholds.holds(metric, limit, value);
    // 10 % of each.
    assert!(holds(Metric::AverageWait, 60_000.0, 54_001.0));
    assert!(!holds(Metric::AverageWait, 60_000.0, 54_000.0));
    assert!(holds(Metric::ServiceLevel, 80.0, 87.9));
    assert!(!holds(Metric::ServiceLevel, 80.0, 88.0));
    // One call at least, and of nothing but calls.
    assert!(holds(Metric::Waiting, 5.0, 4.0) && !holds(Metric::Waiting, 5.0, 3.0));
    assert!(holds(Metric::ServiceLevel, 5.0, 5.4));
    assert!(!holds(Metric::ServiceLevel, 5.0, 5.6));
}

#[test]
fn without_a_margin_a_level_ends_where_it_began() {
    let mut thresholds = Thresholds::default();
    thresholds.set(Metric::Waiting, Limits::new(5.0, 10.0));
    thresholds.margin_percent = 0.0;
    assert!(thresholds.holds(Metric::Waiting, 5.0, 5.0));
    assert!(!thresholds.holds(Metric::Waiting, 5.0, 4.9));
    assert!(!thresholds.holds(Metric::ServiceLevel, 80.0, 80.0));
}

#[test]
fn even_a_limit_of_one_call_or_of_full_service_can_be_left() {
    let mut thresholds = Thresholds::default();
    thresholds.set(Metric::Waiting, Limits::new(1.0, 2.0));
    thresholds.set(Metric::ServiceLevel, Limits::new(100.0, 99.0));
    let mut judge = Judge::default();
    let bad = Queue {
        waiting: Some(2),
        ..with_service(Some(90.0), None)
    };
    let levels = [bad, calm(), calm()].map(|it| judge.step(&it, &thresholds, 0).level);
    assert_eq!(levels, [Critical, Critical, Fine]);
}

#[test]
fn an_empty_queue_is_not_red_for_a_wait_that_is_no_longer_given() {
    let red = Queue {
        average_wait_ms: Some(190_000),
        ..waiting(1)
    };
    let empty = Queue {
        average_wait_ms: None,
        ..waiting(0)
    };
    let mut only_wait = Thresholds::default();
    for metric in Metric::JUDGED {
        if metric != Metric::AverageWait {
            only_wait.set(metric, Limits::default());
        }
    }
    let mut judge = Judge::default();
    let levels = [&red, &empty, &empty].map(|it| judge.step(it, &only_wait, 0).level);
    assert_eq!(levels, [Critical, Critical, Fine], "nobody waits: no wait");
}

#[test]
fn unknown_value_is_skipped_once_and_resets_level_after_two() {
    let service = |percent| with_service(percent, None);
    let (bad, good, gap) = (service(Some(50.0)), service(Some(100.0)), service(None));
    assert_eq!(levels([&good, &bad, &gap, &good]), [Fine; 4]);
    assert_eq!(levels([&good, &bad, &gap, &bad])[3], Critical);
    assert_eq!(levels([&bad, &good, &gap, &good])[2..], [Critical, Fine]);
    assert_eq!(
        levels([&bad, &gap, &gap, &bad, &bad]),
        [Critical, Critical, Fine, Fine, Critical]
    );
}

#[test]
fn queue_without_values_is_unjudged_and_resets_its_level() {
    let nothing = Queue::default();
    assert_eq!(
        levels([waiting(12), nothing, waiting(12)]),
        [Critical, Unjudged, Critical]
    );
}

#[test]
fn service_level_over_few_calls_is_never_critical() {
    let service = |sample| with_service(Some(0.0), Some(sample));
    assert_eq!(levels([service(4)]), [Warning]);
    assert_eq!(levels([service(5)]), [Critical]);
    assert_eq!(levels([service(0)]), [Fine]);
    assert_eq!(
        levels([service(5), service(4), service(5), service(5)]),
        [Critical, Warning, Warning, Critical]
    );
}

/// A service level of `percent`, without a sample, while `calls` wait.
fn service(percent: Option<f64>, calls: Option<u64>) -> Queue {
    Queue {
        waiting: calls,
        ..with_service(percent, None)
    }
}

#[test]
fn service_level_0_is_not_judged_before_a_call_has_waited() {
    let zero = |calls| service(Some(0.0), calls);
    // The shift starts: whatever else is known, nothing is red for it.
    assert_eq!(levels(vec![zero(Some(0)); 3]), [Fine; 3]);
    assert_eq!(levels(vec![zero(None); 3]), [Fine; 3], "unknown is not 0");
    assert_eq!(levels(vec![service(Some(-0.0), Some(0)); 2]), [Fine; 2]);
    // A call has waited, and was not answered in time.
    let (empty, call) = (zero(Some(0)), zero(Some(1)));
    assert_eq!(
        levels([&empty, &call, &empty, &empty]),
        [Fine, Fine, Critical, Critical]
    );
    // A server that starts in the middle of it knows by the call that waits.
    assert_eq!(levels([&call, &empty]), [Critical, Critical]);
}

#[test]
fn service_level_0_is_not_judged_after_the_daily_reset() {
    let (zero, call) = (service(Some(0.0), Some(0)), service(Some(0.0), Some(2)));
    let before = service(Some(87.0), Some(2));
    assert_eq!(levels([&before, &zero, &zero, &zero]), [Fine; 4]);
    let night = service(None, Some(0));
    assert_eq!(
        levels([&call, &night, &night, &zero, &zero])[2..],
        [Fine; 3]
    );
}

#[test]
fn service_level_0_with_sample_is_judged_without_waiting_calls() {
    let reading = with_service(Some(0.0), Some(9));
    assert_eq!(reading.waiting, Some(0));
    assert_eq!(levels([reading]), [Critical]);
}

#[test]
fn upstream_goal_applies_without_service_level_thresholds() {
    let service = |thresholds: Thresholds| thresholds.limits(Metric::ServiceLevel);
    let mut silent = Thresholds::default();
    silent.set(Metric::Waiting, Limits::new(1.0, 2.0));
    let with = silent.with_goal(Some(90.0));
    assert_eq!(service(with), Limits::new(90.0, 67.5));
    assert_eq!(with.limits(Metric::Waiting), Limits::new(1.0, 2.0));
    // The goal of one reading is none of the next.
    assert_eq!(service(silent.with_goal(None)), Limits::new(80.0, 60.0));
    for no_goal in [0.0, -1.0, 100.1, f64::NAN, f64::INFINITY] {
        assert_eq!(silent.with_goal(Some(no_goal)), silent, "{no_goal}");
    }
    let all = service(silent.with_goal(Some(100.0)));
    assert_eq!(all, Limits::new(100.0, 75.0));
    // What is said wins, even where it says what would have held anyway, or nothing.
    for said in [
        Limits::new(80.0, 60.0),
        Limits::new(70.0, 50.0),
        Limits::default(),
    ] {
        let mut loud = Thresholds::default();
        loud.set(Metric::ServiceLevel, said);
        assert_eq!(service(loud.with_goal(Some(90.0))), said);
    }
}

#[test]
fn the_walls_own_ratio_is_that_of_a_goal() {
    let wall = Thresholds::default().limits(Metric::ServiceLevel);
    let goal = Thresholds::default().with_goal(wall.warning);
    assert_eq!(goal.limits(Metric::ServiceLevel), wall);
}

#[test]
fn disabled_metric_is_unjudged_and_single_level_is_judged() {
    let mut thresholds = Thresholds::default();
    for metric in Metric::JUDGED {
        thresholds.set(metric, Limits::default());
    }
    let level = |thresholds: &Thresholds| Judge::default().step(&waiting(12), thresholds, 0).level;
    assert_eq!(level(&thresholds), Unjudged, "nothing is judged");
    let only_warning = Limits {
        warning: Some(5.0),
        ..Limits::default()
    };
    thresholds.set(Metric::Waiting, only_warning);
    assert_eq!(level(&thresholds), Warning);
}

/// Readings with a mean wait in seconds and calls waiting, one each 10 s.
fn judgements(judge: &mut Judge, from_ms: u64, readings: &[(u64, u64)]) -> Vec<Judgement> {
    let thresholds = Thresholds::default();
    let step = |(place, (wait, calls)): (usize, &(u64, u64))| {
        let reading = Queue {
            average_wait_ms: Some(wait * 1_000),
            ..waiting(*calls)
        };
        judge.step(&reading, &thresholds, from_ms + place as u64 * 10_000)
    };
    readings.iter().enumerate().map(step).collect()
}

fn starts(judgement: &Judgement) -> Vec<(Metric, Option<u64>, bool)> {
    let reasons = judgement.reasons.iter();
    reasons
        .map(|it| (it.metric, it.since_ms, it.since_at_least))
        .collect()
}

#[test]
fn each_reason_has_its_value_limit_and_start() {
    let mut judge = Judge::default();
    let all = judgements(
        &mut judge,
        0,
        &[
            (10, 1),
            (190, 7),
            (190, 11),
            (200, 11),
            (118, 12),
            (118, 12),
        ],
    );
    let reason = |metric, limit, value, since_ms| Reason {
        metric,
        direction: Direction::Above,
        limit,
        value: Some(value),
        since_ms: Some(since_ms),
        since_at_least: false,
        held: false,
    };
    let wait = |value| reason(Metric::AverageWait, 120_000.0, value, 10_000);
    let calls = |value| reason(Metric::Waiting, 10.0, value, 20_000);
    assert_eq!(all[2].reasons, [wait(190_000.0)]);
    assert_eq!((all[2].level, all[2].since_ms), (Critical, Some(20_000)));
    assert_eq!(all[3].reasons, [wait(200_000.0), calls(11.0)]);
    assert_eq!(all[3].since_ms, Some(20_000), "the same level still holds");
    let easing = Reason {
        held: true,
        ..wait(118_000.0)
    };
    assert_eq!(
        all[5].reasons,
        [calls(12.0), easing],
        "past its limit first"
    );
    let calm = judgements(&mut judge, 60_000, &[(0, 0), (0, 0)]).remove(1);
    let fine = Judgement {
        level: Fine,
        ..Judgement::default()
    };
    assert_eq!(calm, fine);
}

#[test]
fn times_past_compares_metrics_and_moves_by_more_than_the_margin() {
    let past = |metric: Metric, limit, value| metric.times_past(limit, value, Some(3));
    assert_eq!(past(Metric::LongestWait, 300_000.0, 600_000.0), 2.0);
    assert_eq!(past(Metric::ServiceLevel, 60.0, 20.0), 2.0);
    assert_eq!(past(Metric::AgentsLoggedOn, 0.0, 0.0), 4.0);
    assert_eq!(past(Metric::Waiting, 10.0, 9.0), 0.9, "easing");
    let mut judge = Judge::default();
    let all = judgements(
        &mut judge,
        0,
        &[(240, 1), (250, 1), (239, 1), (270, 1), (0, 0), (0, 0)],
    );
    let times: Vec<_> = all.iter().map(|it| it.times_past).collect();
    let [two, more] = [Some(2.0), Some(2.25)];
    assert_eq!(times, [two, two, two, more, Some(0.0), None]);
}

#[test]
fn start_that_was_not_seen_is_at_least() {
    let mut judge = Judge::default();
    let first = judgements(&mut judge, 5_000, &[(190, 1)]).remove(0);
    assert_eq!((first.since_ms, first.since_at_least), (Some(5_000), true));
    assert_eq!(starts(&first), [(Metric::AverageWait, Some(5_000), true)]);
    let mut seen = Judge::default();
    let all = judgements(&mut seen, 0, &[(0, 0), (190, 1), (190, 1)]);
    assert!(!all[2].since_at_least);
    assert_eq!(
        starts(&all[2]),
        [(Metric::AverageWait, Some(10_000), false)]
    );
}

#[test]
fn start_is_kept_over_an_outage_shorter_than_the_level() {
    let mut judge = Judge::default();
    // Critical from 20 s on, past the limit from 10 s on, last judged at 60 s.
    judgements(&mut judge, 0, &[&[(0, 0)][..], &[(190, 1); 6]].concat());
    let unread = judge.interrupt();
    assert_eq!((unread.level, unread.last_level), (Unjudged, Critical));
    let at = |now_ms: u64, wait| judgements(&mut judge.clone(), now_ms, &[(wait, 1)]).remove(0);
    let short = at(100_000, 190);
    assert_eq!(
        (short.since_ms, short.since_at_least),
        (Some(20_000), false)
    );
    assert_eq!(starts(&short), [(Metric::AverageWait, Some(10_000), false)]);
    let long = at(111_000, 190);
    assert_eq!((long.since_ms, long.since_at_least), (Some(111_000), true));
    assert_eq!(starts(&long), [(Metric::AverageWait, Some(111_000), true)]);
    let milder = at(70_000, 70);
    assert_eq!((milder.level, milder.since_ms), (Warning, Some(70_000)));
    assert_eq!(at(70_000, 0).reasons, []);
}

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

#[test]
fn new_thresholds_judge_at_once_and_same_level_keeps_since() {
    let with = |warning, critical| {
        let mut thresholds = Thresholds::default();
        thresholds.set(Metric::Waiting, Limits::new(warning, critical));
        thresholds
    };
    let mut judge = Judge::default();
    assert_eq!(
        judge.step(&waiting(5), &with(4.0, 9.0), 10).since_ms,
        Some(10)
    );
    let mut step = |warning, critical, now| {
        let judgement = judge.step_with_new_thresholds(&waiting(5), &with(warning, critical), now);
        (judgement.level, judgement.since_ms)
    };
    assert_eq!(step(3.0, 9.0, 20), (Warning, Some(10)));
    assert_eq!(step(3.0, 5.0, 30), (Critical, Some(30)));
    assert_eq!(step(6.0, 9.0, 40), (Fine, None));
    assert_eq!(step(5.0, 9.0, 50), (Warning, Some(50)));
    assert_eq!(
        judge.step(&waiting(5), &with(5.0, 9.0), 60).since_ms,
        Some(50)
    );
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
