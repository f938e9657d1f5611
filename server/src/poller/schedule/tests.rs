use super::*;

pub(super) const CYCLE: Duration = Duration::from_secs(30);

/// No wait after a failure.
const AT_ONCE: Delay = Delay {
    own: Duration::ZERO,
    all: Duration::ZERO,
};

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("{index:03}")).collect()
}

pub(super) fn one_group(ids: Vec<String>, batch_limit: usize, now: Instant) -> Schedule {
    let group = Group {
        skills: Vec::new(),
        ids,
        all: false,
    };
    Schedule::new(&[group], false, batch_limit, CYCLE, now)
}

/// One group of so many queues, all in one batch.
fn one_batch(count: usize, now: Instant) -> Schedule {
    one_group(ids(count), 100, now)
}

/// The same, refused and halved, since no list tells more.
fn halved(count: usize, now: Instant) -> Schedule {
    let mut schedule = one_batch(count, now);
    schedule.refused(&next_read(&schedule), now);
    schedule.list_failed(AT_ONCE, now);
    schedule
}

pub(super) fn next_read(schedule: &Schedule) -> Read {
    match schedule.next() {
        Some((_, Task::Read(read))) => read,
        other => panic!("{other:?}"),
    }
}

/// The parts of a batch of `count` queues that was refused, by a list that lacks the first
/// `unlisted` of them.
fn parts_by_list(count: usize, unlisted: usize) -> Vec<(usize, Kind)> {
    let now = Instant::now();
    let mut schedule = one_batch(count, now);
    let turn = next_read(&schedule);
    schedule.refused(&turn, now);
    assert_eq!(schedule.next(), Some((now, Task::List)));
    let listed = ids(count);
    let known = listed[unlisted..].iter().map(String::as_str).collect();
    schedule.listed(&known, now);
    let parts = schedule.parts.iter();
    parts.map(|part| (part.ids.len(), part.kind)).collect()
}

#[test]
fn refused_batch_is_split_by_list_when_few_ids_are_missing() {
    // One queue is too few to doubt the list, and so is a tenth of them.
    for (count, unlisted) in [(2, 1), (9, 1), (22, 2), (33, 3)] {
        assert_eq!(
            parts_by_list(count, unlisted),
            [(count - unlisted, Kind::Part), (unlisted, Kind::Unlisted)]
        );
    }
    // Else it is halved: so much is missing, all is, or nothing.
    for (count, unlisted) in [(17, 2), (32, 3), (2, 2), (2, 0), (20, 0)] {
        let half = count / 2;
        assert_eq!(
            parts_by_list(count, unlisted),
            [(half, Kind::Part), (count - half, Kind::Part)]
        );
    }
}

#[test]
fn refused_part_is_halved_without_reading_the_list_again() {
    let now = Instant::now();
    let mut schedule = halved(4, now);
    schedule.refused(&next_read(&schedule), now);
    let parts: Vec<usize> = schedule.parts.iter().map(|part| part.ids.len()).collect();
    assert_eq!(parts, [2, 1, 1]);
    assert_eq!(schedule.list_due, None);
}

#[test]
fn parts_without_wanted_queues_are_dropped() {
    let now = Instant::now();
    let mut schedule = halved(4, now);
    schedule.set_wanted(0, ids(2), now);
    let parts: Vec<_> = schedule.parts.iter().map(|part| part.ids.clone()).collect();
    assert_eq!(parts, [ids(2)]);
}

#[test]
fn a_refused_batch_is_whole_again_a_cycle_later() {
    let now = Instant::now();
    let mut schedule = halved(2, now);
    for id in ids(2) {
        let part = next_read(&schedule);
        assert_eq!(part.ids, [id]);
        schedule.succeeded(&part, now, now);
    }
    let (due, _) = schedule.next().unwrap();
    assert_eq!((due, next_read(&schedule).ids), (now + CYCLE, ids(2)));
}

#[test]
fn failed_retry_of_unknown_id_waits_for_a_cycle_or_the_delay() {
    let now = Instant::now();
    let mut schedule = one_batch(1, now);
    schedule.refused(&next_read(&schedule), now);
    let retry_unknown = next_read(&schedule);
    assert_eq!(retry_unknown.kind, Kind::RetryUnknown);
    for (own, after) in [(Duration::ZERO, CYCLE), (CYCLE * 3, CYCLE * 3)] {
        let all = Duration::ZERO;
        schedule.failed(&retry_unknown, Delay { own, all }, now);
        assert_eq!(schedule.next().unwrap().0, now + after);
    }
}

#[test]
fn failures_are_counted_for_each_read_and_for_all() {
    let now = Instant::now();
    let mut schedule = one_batch(1, now);
    schedule.set_wanted(0, ids(200), now);
    let [failing, good] = [0, 1].map(|batch| Read {
        group: 0,
        ids: schedule.batches[batch].ids.clone(),
        kind: Kind::Turn(schedule.batches[batch].serial),
    });
    schedule.list_failed(AT_ONCE, now);
    for _ in 0..3 {
        schedule.failed(&failing, AT_ONCE, now);
    }
    assert_eq!(schedule.failures_after(Some(&failing)), (4, 5));
    assert_eq!(schedule.failures_after(Some(&good)), (1, 5));
    assert_eq!(schedule.failures_after(None), (2, 5));
    // No batch counts those of a part: all do.
    let part = Read {
        kind: Kind::Part,
        ..failing.clone()
    };
    assert_eq!(schedule.failures_after(Some(&part)), (5, 5));
    schedule.succeeded(&good, now, now);
    assert_eq!(schedule.failures_after(Some(&failing)), (4, 1));
    schedule.succeeded(&failing, now, now);
    assert_eq!(schedule.failures_after(Some(&failing)), (1, 1));
    assert_eq!(schedule.failures_after(None), (2, 1));
}

#[test]
fn refused_batch_is_retried_without_unwanted_queues() {
    let now = Instant::now();
    let mut schedule = one_batch(2, now);
    let turn = next_read(&schedule);
    schedule.regroup(vec![ids(1)], false, now);
    assert_eq!(schedule.refused(&turn, now), [""; 0]);
    let part = next_read(&schedule);
    assert_eq!((part.ids.as_slice(), part.kind), (&ids(1)[..], Kind::Part));
    assert_eq!(schedule.refused(&part, now), ids(1));
}

#[test]
fn regroup_keeps_wanted_parts_and_turns_of_other_groups() {
    let now = Instant::now();
    let mut schedule = one_batch(4, now);
    schedule.regroup(vec![ids(4), ids(2)], false, now);
    schedule.refused(&next_read(&schedule), now);
    schedule.list_failed(AT_ONCE, now);
    let later = now + CYCLE / 2;
    schedule.regroup(vec![ids(3), ids(2)], false, later);
    let parts: Vec<_> = schedule.parts.iter().map(|part| part.ids.len()).collect();
    assert_eq!(parts, [2, 1]);
    let batches = schedule.batches.iter();
    let mut turns: Vec<_> = batches
        .map(|batch| (batch.group, batch.ids.clone(), batch.due))
        .collect();
    turns.sort();
    assert_eq!(turns, [(0, ids(3), now + CYCLE), (1, ids(2), now)]);
}

#[test]
fn groups_are_made_when_they_are_first_wanted_and_not_again() {
    let now = Instant::now();
    let mut schedule = one_batch(1, now);
    for _ in 0..3 {
        schedule.regroup(vec![ids(1), ids(2)], false, now);
        let wanted: Vec<_> = schedule.groups.iter().map(|it| it.wanted.clone()).collect();
        assert_eq!(wanted, [ids(1), ids(2)]);
    }
}

#[test]
fn shorter_cycle_moves_turns_forward_longer_one_does_not() {
    let now = Instant::now();
    let mut schedule = one_batch(1, now);
    schedule.succeeded(&next_read(&schedule), now, now);
    let due = |schedule: &Schedule| schedule.next().unwrap().0;
    schedule.set_cycle(CYCLE * 2, now);
    assert_eq!(due(&schedule), now + CYCLE);
    schedule.set_cycle(CYCLE / 3, now);
    assert_eq!(due(&schedule), now + CYCLE / 3);
}
