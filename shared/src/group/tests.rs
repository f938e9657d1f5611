use proptest::prelude::*;

use super::*;
use crate::{
    metric::{Aggregation, Direction, Unit},
    snapshot::Reason,
};

fn open(id: &str) -> Queue {
    Queue {
        id: id.into(),
        name: format!("Queue {id}"),
        state: QueueState::Open,
        lag_ms: Some(0),
        ..Queue::default()
    }
}

fn at_level(id: &str, level: Level, times_past: f64) -> Queue {
    let reason = Reason {
        metric: Metric::Waiting,
        direction: Direction::Above,
        limit: 5.0,
        value: Some(5.0 * times_past),
        since_ms: Some(1),
        since_at_least: false,
        held: false,
    };
    Queue {
        level,
        times_past: Some(times_past),
        level_since_ms: Some(1),
        reasons: vec![reason],
        ..open(id)
    }
}

#[test]
fn unread_members_are_left_out_and_counted() {
    let waiting = |id: &str, waiting| Queue {
        waiting: Some(waiting),
        ..open(id)
    };
    let (a, b, stale) = (waiting("a", 3), waiting("b", 4), waiting("c", 90));
    let group = Group::of("Sales", [(&a, true), (&b, true), (&stale, false)]);
    assert_eq!(group.reading.waiting, Some(7));
    assert_eq!((group.counted, group.queues.len()), (2, 3));
    assert_eq!(group.reading.last_level, Level::None);
    let was_red = Queue {
        last_level: Level::Critical,
        ..stale
    };
    let with_it = Group::of("Sales", [(&a, true), (&was_red, false)]);
    assert_eq!(with_it.reading.last_level, Level::Critical);
    assert_eq!(group.reading.id, "[Sales]");
    assert_eq!(group.reading.state, QueueState::Open);
}

#[test]
fn group_of_stale_members_has_what_was_known_last() {
    let mut one = at_level("a", Level::None, 1.0);
    (one.waiting, one.last_level) = (Some(3), Level::Critical);
    (one.lag_ms, one.cause_code) = (Some(60_000), Some(Cause::TimedOut));
    let never = Queue {
        cause_code: Some(Cause::FirstAnswer),
        lag_ms: None,
        state: QueueState::Unknown,
        ..open("b")
    };
    let group = Group::of("Sales", [(&one, false), (&never, false)]);
    assert_eq!(group.counted, 0);
    assert_eq!(group.reading.waiting, Some(3));
    assert_eq!(group.reading.lag_ms, Some(60_000));
    assert_eq!(group.reading.level, Level::None);
    assert_eq!(group.reading.last_level, Level::Critical);
    let group = Group::of("Sales", [(&never, false)]);
    assert_eq!(group.reading.state, QueueState::Unknown);
    assert_eq!(group.reading.cause_code, Some(Cause::FirstAnswer));
    assert_eq!((group.reading.waiting, group.reading.lag_ms), (None, None));
}

#[test]
fn group_has_the_state_that_its_members_share() {
    let of_state = |state| Queue { state, ..open("a") };
    let state = |states: [QueueState; 2]| {
        let members = states.map(of_state);
        let group = Group::of("Sales", members.iter().map(|queue| (queue, true)));
        group.reading.state
    };
    use QueueState::{Closed, Forbidden, NotFound, Open, Unknown};
    assert_eq!(state([Closed, Closed]), Closed);
    assert_eq!(state([Closed, Open]), Open);
    assert_eq!(state([Closed, Forbidden]), Closed);
    assert_eq!(state([Forbidden, Forbidden]), Forbidden);
    assert_eq!(state([NotFound, NotFound]), NotFound);
    assert_eq!(state([NotFound, Forbidden]), Unknown);
}

#[test]
fn group_is_outside_hours_when_no_member_is_within() {
    let outside = Queue {
        is_outside_hours: true,
        ..open("a")
    };
    let closed = Queue {
        state: QueueState::Closed,
        ..open("b")
    };
    let is_outside = |members: &[&Queue]| {
        let members = members.iter().map(|queue| (*queue, true));
        Group::of("Sales", members).reading.is_outside_hours
    };
    assert!(is_outside(&[&outside, &closed]));
    assert!(!is_outside(&[&outside, &open("c")]));
    assert!(!is_outside(&[&closed, &closed]));
}

#[test]
fn level_is_that_of_the_worst_member_and_names_it() {
    let members = [
        at_level("a", Level::Warning, 3.0),
        at_level("b", Level::Critical, 1.2),
        at_level("c", Level::Critical, 1.5),
        open("d"),
    ];
    let group = Group::of("Sales", members.iter().map(|queue| (queue, true)));
    assert_eq!(group.reading.level, Level::Critical);
    assert_eq!(group.reason_queue.as_deref(), Some("c"));
    assert_eq!(group.reading.reasons, members[2].reasons);
    // A member that is not read now says nothing of now.
    let all = members.iter().map(|queue| (queue, queue.id == "a"));
    let group = Group::of("Sales", all);
    assert_eq!(group.reading.level, Level::Warning);
}

#[test]
fn own_level_counts_where_it_is_worse_than_the_worst_member() {
    let member = at_level("a", Level::Warning, 1.0);
    let group = || Group::of("Sales", [(&member, true)]);
    let own = |level| Judgement {
        level,
        since_ms: Some(9),
        ..Judgement::default()
    };
    let worse = group().with_own(own(Level::Critical));
    assert_eq!(worse.reading.level, Level::Critical);
    assert_eq!(worse.reading.level_since_ms, Some(9));
    assert_eq!((worse.reason_queue, worse.reading.reasons.len()), (None, 0));
    assert_eq!(group().with_own(own(Level::Warning)), group());
    assert_eq!(group().with_own(own(Level::None)), group());
}

#[test]
fn agents_are_those_of_the_member_with_most() {
    let agents = |id: &str, logged_on, available| Queue {
        agents: Agents {
            logged_on,
            available,
            ..Agents::default()
        },
        ..open(id)
    };
    let (a, b) = (
        agents("a", Some(12), Some(0)),
        agents("b", Some(7), Some(3)),
    );
    let group = Group::of("Sales", [(&a, true), (&b, true)]);
    let agents = group.reading.agents;
    assert_eq!((agents.logged_on, agents.available), (Some(12), Some(3)));
    assert_eq!(agents.busy, None, "unknown");
}

fn any_member() -> impl Strategy<Value = (Queue, bool)> {
    let count = || proptest::option::of(0u64..50);
    let time = || proptest::option::of(0u64..900_000);
    let percent = || proptest::option::of(0.0..100.0f64);
    let today = (
        (count(), count(), count(), count(), percent()),
        (time(), time(), time(), time()),
        (percent(), count()),
    );
    let today = today.prop_map(|(counts, times, (percent, sample))| Today {
        from: "2026-11-29T05:00:00Z".into(),
        lag_ms: 60_000,
        offered: counts.0,
        queued: counts.1,
        handled: counts.2,
        abandoned: counts.3,
        abandon_rate_percent: counts.4,
        average_speed_of_answer_ms: times.0,
        average_handle_ms: times.1,
        average_talk_ms: times.2,
        average_wrap_ms: times.3,
        service_level: TodayServiceLevel { percent, sample },
    });
    let agents = (count(), count(), count()).prop_map(|(logged_on, available, busy)| Agents {
        logged_on,
        available,
        busy,
        ..Agents::default()
    });
    let now = (count(), time(), time(), percent(), count(), agents);
    let state = prop_oneof![
        3 => Just(QueueState::Open),
        1 => Just(QueueState::Closed),
        1 => Just(QueueState::Forbidden)
    ];
    (now, proptest::option::of(today), state, any::<bool>()).prop_map(
        |(now, today, state, counts)| {
            let mut queue = Queue {
                state,
                waiting: now.0,
                average_wait_ms: now.1,
                longest_wait_ms: now.2,
                agents: now.5,
                today,
                ..open("q")
            };
            queue.service_level.percent = now.3;
            queue.service_level.sample = now.4;
            (queue, counts)
        },
    )
}

proptest! {
    #[test]
    fn group_equals_the_same_over_its_members(
        members in proptest::collection::vec(any_member(), 0..9),
    ) {
        let group = Group::of("Sales", members.iter().map(|(queue, counts)| (queue, *counts)));
        let read = members.iter().filter(|(queue, _)| queue.has_reading());
        let counted = read.clone().filter(|(_, counts)| *counts).map(|(queue, _)| queue);
        prop_assert_eq!(group.counted, counted.clone().count());
        let known: Vec<&Queue> = match group.counted {
            0 => read.map(|(queue, _)| queue).collect(),
            _ => counted.collect(),
        };
        for metric in Metric::ALL {
            let values = known.iter().filter_map(|queue| queue.value(metric));
            let value = group.reading.value(metric);
            match metric.aggregation() {
                // By hand, so that this does not repeat the table's own arithmetic.
                Aggregation::Sum => {
                    let sum = values.clone().sum::<f64>();
                    prop_assert_eq!(value, values.clone().next().map(|_| sum));
                }
                Aggregation::Maximum | Aggregation::None => {
                    prop_assert_eq!(value, values.reduce(f64::max), "{:?}", metric);
                }
                Aggregation::MeanWeightedBy(weight) => {
                    let pairs: Vec<_> = known
                        .iter()
                        .filter_map(|queue| Some((queue.value(metric)?, queue.value(weight)?)))
                        .collect();
                    let all: f64 = pairs.iter().map(|(_, weight)| weight).sum();
                    let sum: f64 = pairs.iter().map(|(value, weight)| value * weight).sum();
                    prop_assert_eq!(value.is_some(), all > 0.0, "{:?}", metric);
                    let rounded = f64::from(u8::from(metric.unit() != Unit::Percent));
                    let off = value.map_or(0.0, |value| sum / all - value);
                    prop_assert!((-1e-6..rounded + 1e-6).contains(&off), "{:?}", metric);
                }
            }
        }
    }

    #[test]
    fn group_of_one_member_has_its_numbers(member in any_member()) {
        let (queue, _) = member;
        let group = Group::of("Sales", [(&queue, true)]);
        for metric in Metric::ALL {
            if matches!(metric.aggregation(), Aggregation::MeanWeightedBy(_)) {
                continue;
            }
            let expected = queue.value(metric).filter(|_| queue.has_reading());
            prop_assert_eq!(group.reading.value(metric), expected);
        }
    }
}
