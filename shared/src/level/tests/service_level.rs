//! The service level: its sample and its goal.

use super::*;

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
