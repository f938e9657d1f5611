//! Values, limits and starts of reasons.

use super::*;

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
