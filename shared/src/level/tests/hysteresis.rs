//! When a level begins and ends.

use super::*;

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
