//! What the centre promises: numbers that agree at every moment, and believable days.

use super::*;
use proptest::prelude::*;

/// The queues, and with them the other skills.
const QUEUES: usize = 24;
const HOUR_MS: i64 = 60 * MINUTE_MS;

fn centre(seed: u64, days_before: u16) -> Acd {
    Acd::new(Arc::new(Skills::new(seed, QUEUES)), days_before)
}

fn everything(acd: &mut Acd) -> Vec<Metrics> {
    (0..acd.lines.len())
        .map(|skill| acd.metrics(skill, &[]))
        .collect()
}

fn at(hour: i64, minute: i64) -> i64 {
    hour * HOUR_MS + minute * MINUTE_MS
}

fn check(acd: &mut Acd) {
    for skill in 0..acd.lines.len() {
        let metrics = acd.metrics(skill, &[]);
        let line = &acd.lines[skill];
        let name = acd.skills.all()[skill].name();
        let when = acd.now;
        assert!(
            metrics.waiting == 0 || metrics.available == 0,
            "{name} at {when}: contacts wait while agents are available: {metrics:?}"
        );
        assert_eq!(
            metrics.available + metrics.busy() + metrics.unavailable,
            metrics.logged_on,
            "{name} at {when}"
        );
        let total = line.total;
        assert_eq!(
            total.offered,
            total.handled + total.abandoned + metrics.waiting + metrics.in_progress,
            "{name} at {when}"
        );
        assert!(metrics.longest_wait_ms >= metrics.average_wait_ms);
        assert_eq!(metrics.waiting, line.waiting.len() as u64);
        let in_hand = acd
            .agents
            .iter()
            .filter(|agent| matches!(agent.doing, Doing::Working { skill: of, .. } if of == skill));
        assert_eq!(in_hand.count() as u64, metrics.in_progress, "{name}");
        let mut of_quarters = Counts::default();
        for interval in line.history.intervals() {
            of_quarters += interval.counts;
        }
        assert_eq!(of_quarters, total, "{name} at {when}");
        assert!(total.in_sla + total.out_sla <= total.answered + total.abandoned);
    }
}

#[test]
fn numbers_agree_through_a_simulated_week() {
    let mut acd = centre(3, 7);
    // 47 minutes: at no fixed place in an hour.
    for step in 0..(7 * 24 * 60 / 47) {
        acd.advance(-7 * DAY_MS + step * 47 * MINUTE_MS + 13_331);
        check(&mut acd);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn calls_wait_only_where_no_agent_is_free(
        seed: u64, from_hour in 0i64..24, has_script: bool,
    ) {
        let mut acd = centre(seed, 0);
        if has_script {
            acd.play(from_hour * HOUR_MS);
        }
        acd.advance(from_hour * HOUR_MS);
        for _ in 0..400 {
            let next = acd.events.peek().map(|Reverse((at, ..))| *at);
            acd.advance(next.unwrap());
            check(&mut acd);
        }
    }

    #[test]
    fn polling_pattern_changes_no_answer(
        seed: u64,
        mut asked in prop::collection::vec(0i64..(12 * HOUR_MS), 0..40),
        end in (8 * HOUR_MS)..(12 * HOUR_MS),
    ) {
        let mut once = scripted(seed, 8 * HOUR_MS);
        once.advance(end);
        let mut often = scripted(seed, 8 * HOUR_MS);
        // Asked for in any order: what has passed stays passed.
        asked.retain(|moment| *moment <= end);
        for moment in asked {
            often.advance(moment);
            everything(&mut often);
        }
        often.advance(end);
        prop_assert_eq!(everything(&mut once), everything(&mut often));
        for skill in 0..QUEUES {
            prop_assert_eq!(once.intervals(skill), often.intervals(skill));
            prop_assert_eq!(once.changed(skill), often.changed(skill));
        }
    }

    #[test]
    fn part_of_a_queue_is_never_more_than_the_whole(
        seed: u64, minute in 480i64..1_080, queue in 0usize..QUEUES,
    ) {
        let mut acd = centre(seed, 0);
        acd.advance(minute * MINUTE_MS);
        let whole = acd.metrics(queue, &[]);
        let part = acd.metrics(queue, &["7".into(), "8".into()]);
        prop_assert!(part.logged_on <= whole.logged_on && part.waiting <= whole.waiting);
        prop_assert!(part.longest_wait_ms <= whole.longest_wait_ms);
        prop_assert_eq!(
            part.available + part.busy() + part.unavailable, part.logged_on
        );
    }
}

#[test]
fn an_earlier_moment_changes_nothing() {
    let mut acd = centre(1, 0);
    acd.advance(at(10, 20));
    let before = everything(&mut acd);
    acd.advance(at(9, 0));
    assert_eq!(everything(&mut acd), before);
}

#[test]
fn seeds_make_different_days() {
    let of = |seed| {
        let mut acd = centre(seed, 0);
        acd.advance(at(10, 20));
        everything(&mut acd)
    };
    assert_ne!(of(1), of(2));
    assert_eq!(of(1), of(1));
}

/// A queue of calls as a supervisor would judge it.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum QueueLevel {
    Closed,
    Calm,
    Warning,
    Critical,
}

fn queue_level(metrics: Metrics) -> QueueLevel {
    let (average, longest) = (metrics.average_wait_ms, metrics.longest_wait_ms);
    let sample = metrics.in_time + metrics.late;
    let percent = metrics.service_level();
    let is_judged = sample >= 5;
    if metrics.logged_on == 0 {
        QueueLevel::Closed
    } else if metrics.waiting >= 10
        || average > 120_000
        || longest > 300_000
        || (is_judged && percent < 60.0)
    {
        QueueLevel::Critical
    } else if metrics.waiting >= 5
        || average > 60_000
        || longest > 120_000
        || (is_judged && percent < 80.0)
    {
        QueueLevel::Warning
    } else {
        QueueLevel::Calm
    }
}

/// How many queues of calls have this level.
fn count(acd: &mut Acd, wanted: QueueLevel) -> usize {
    let looks = (0..QUEUES).map(|queue| queue_level(acd.metrics(queue, &[])));
    looks.filter(|look| *look == wanted).count()
}

fn logged_on(acd: &mut Acd, name: &str) -> u64 {
    let skills = Arc::clone(&acd.skills);
    let index = skills.all().iter().position(|skill| skill.name() == name);
    acd.metrics(index.unwrap(), &[]).logged_on
}

/// The centre of the demo, in which the script begins then.
fn scripted(seed: u64, start: i64) -> Acd {
    let mut acd = centre(seed, 1);
    acd.play(start);
    acd
}

#[test]
fn half_of_the_queues_are_calm_in_the_first_ten_minutes() {
    for seed in 0..20 {
        let mut acd = scripted(seed, at(10, 20));
        let mut most_critical = 0;
        for second in (0..=600).step_by(10) {
            acd.advance(at(10, 20) + second * SECOND_MS);
            let calm = count(&mut acd, QueueLevel::Calm);
            let critical = count(&mut acd, QueueLevel::Critical);
            let case = format!("seed {seed}, {second} s: {calm} calm, {critical} critical");
            assert!(calm >= QUEUES / 2, "{case}");
            assert_eq!(count(&mut acd, QueueLevel::Closed), 2, "{case}");
            // One of them is the script's.
            assert!((1..=5).contains(&critical), "{case}");
            most_critical += critical;
        }
        let mean = most_critical as f64 / 61.0;
        assert!(mean <= 3.5, "seed {seed}: {mean} critical");
    }
}

#[test]
fn script_repeats_itself_with_other_queues() {
    let mut acd = scripted(1, at(10, 20));
    let (mut left_out, mut calm) = (Vec::new(), 0);
    for period in 0..9 {
        acd.advance(at(10, 21) + 30_000 + period * 20 * MINUTE_MS);
        left_out.extend((0..QUEUES).filter(|queue| acd.leaves_out(*queue)));
        check(&mut acd);
        acd.advance(at(10, 23) + period * 20 * MINUTE_MS);
        calm += count(&mut acd, QueueLevel::Calm);
        assert!(!(0..QUEUES).any(|queue| acd.leaves_out(queue)));
    }
    assert!(calm >= 9 * QUEUES / 2, "{calm} of {} calm", 9 * QUEUES);
    assert!(left_out.len() >= 7, "{left_out:?}");
    assert!(
        left_out.windows(2).all(|two| two[0] != two[1]),
        "{left_out:?}"
    );
}

#[test]
fn outage_troubles_technical_support_and_passes() {
    for seed in 0..6 {
        let mut acd = centre(seed, 0);
        acd.advance(at(9, 30));
        let before = acd.metrics(1, &[]).service_level();
        acd.advance(at(10, 45));
        let during = acd.metrics(1, &[]);
        acd.advance(at(14, 45));
        let after = acd.metrics(1, &[]).service_level();
        assert!(during.service_level() < 75.0, "seed {seed}: {during:?}");
        assert!(
            during.service_level() < before.min(after),
            "{before} {after}"
        );
    }
}

#[test]
fn a_week_has_believable_service_levels_and_waits() {
    for seed in 1..4 {
        let mut acd = centre(seed, 7);
        acd.advance(0);
        let mut all = Counts::default();
        for index in 0..acd.lines.len() {
            let total = acd.lines[index].total;
            let skill = &acd.skills.all()[index];
            let in_time = total.in_sla as f64 * 100.0 / (total.in_sla + total.out_sla) as f64;
            let wait = total.answered_wait_ms as f64 / 1_000.0 / total.answered as f64;
            let given_up = total.abandoned as f64 * 100.0 / total.offered as f64;
            let case = format!("{} of seed {seed}: {in_time} %, {wait} s", skill.name());
            if index < QUEUES {
                all += total;
                assert!((55.0..99.5).contains(&in_time), "{case}");
                assert!((0.5..60.0).contains(&wait), "{case}");
                assert!((0.2..20.0).contains(&given_up), "{case}: {given_up} %");
            } else if skill.is_deferred() {
                assert!(total.abandoned == 0 && wait > 3_600.0, "{case}");
            } else if !skill.kind().active {
                assert_eq!(total, Counts::default(), "{case}");
            }
        }
        let in_time = all.in_sla as f64 * 100.0 / (all.in_sla + all.out_sla) as f64;
        assert!((75.0..95.0).contains(&in_time), "seed {seed}: {in_time} %");
        // What a week costs, counted and not timed.
        assert!(acd.scheduled < 1_000_000, "{} events", acd.scheduled);
    }
}

#[test]
fn queues_open_and_close_at_their_hours() {
    let mut acd = centre(1, 0);
    acd.advance(at(3, 0));
    assert_eq!(logged_on(&mut acd, "Sales"), 0);
    assert!(logged_on(&mut acd, "After-Hours Desk") > 3);
    assert!(logged_on(&mut acd, "Fraud Hotline") > 0);
    acd.advance(at(10, 20));
    assert_eq!(logged_on(&mut acd, "West Coast Support"), 0);
    assert_eq!(logged_on(&mut acd, "After-Hours Desk"), 0);
    let morning = logged_on(&mut acd, "Customer Care");
    acd.advance(at(11, 30));
    assert!(logged_on(&mut acd, "West Coast Support") > 5);
    acd.advance(at(20, 0));
    assert!(logged_on(&mut acd, "Customer Care") < morning);
    acd.advance(at(23, 0));
    assert_eq!(logged_on(&mut acd, "Customer Care"), 0);
    assert!(logged_on(&mut acd, "After-Hours Desk") > 3);
    // The first day is a Wednesday.
    acd.advance(3 * DAY_MS + at(11, 0));
    assert_eq!(logged_on(&mut acd, "Claims"), 0);
    assert!(logged_on(&mut acd, "Fraud Hotline") > 0);
}

#[test]
fn calls_of_the_last_minute_are_not_left_waiting() {
    let mut acd = centre(2, 0);
    acd.advance(at(18, 20));
    let closed = acd.skills.all().iter().enumerate();
    let closed: Vec<_> = closed
        .filter(|(index, skill)| *index < QUEUES && skill.team(at(18, 20)) == 0)
        .map(|(index, _)| index)
        .collect();
    assert!(closed.len() > 8, "{closed:?}");
    for queue in closed {
        assert_eq!(acd.metrics(queue, &[]).waiting, 0, "{queue}");
    }
}

#[test]
fn agents_are_shared_between_queues() {
    let mut acd = centre(1, 0);
    acd.advance(at(10, 20));
    let elsewhere = acd.agents.iter().filter(
        |agent| matches!(agent.doing, Doing::Working { skill, .. } if skill != agent.skills[0]),
    );
    assert!(elsewhere.count() > 0);
    assert!(acd.agents.iter().any(|agent| agent.skills.len() == 2));
}

#[test]
fn today_counts_from_midnight() {
    let mut acd = centre(1, 1);
    acd.advance(at(0, 30));
    assert_eq!(acd.today(0), Counts::default(), "Sales is closed");
    assert!(acd.lines[0].total.offered > 0, "and was open yesterday");
    acd.advance(at(12, 0));
    let today = acd.today(0);
    assert!(today.offered > 100 && today.handled <= today.offered);
    let intervals = acd.intervals(0);
    assert_eq!(intervals[0].starts_at, -86_400);
}

#[test]
fn day_adds_up_with_what_waited_at_midnight() {
    let mut acd = centre(4, 2);
    let mut has_carried = false;
    acd.advance(0);
    let midnight: Vec<_> = everything(&mut acd)
        .iter()
        .map(|metrics| metrics.waiting + metrics.in_progress)
        .collect();
    for minute in [1, 7, 45, 301, 620, 900, 1_439] {
        acd.advance(at(0, minute) + 1_331);
        for (skill, carried) in midnight.iter().enumerate() {
            let today = acd.today(skill);
            let now = acd.metrics(skill, &[]);
            assert_eq!(
                carried + today.offered,
                today.handled + today.abandoned + now.waiting + now.in_progress,
                "{skill} at {minute}"
            );
            has_carried |= *carried > 0;
        }
    }
    assert!(has_carried);
}

#[test]
fn windows_that_follow_each_other_count_everything_once() {
    let mut acd = centre(1, 1);
    acd.advance(at(12, 7));
    for skill in 0..QUEUES {
        let mut hours = Counts::default();
        for hour in 0..13 {
            hours += acd.between(skill, hour * 4..hour * 4 + 4);
        }
        assert_eq!(hours, acd.today(skill));
        assert_eq!(acd.between(skill, -96..i64::MAX), acd.lines[skill].total);
    }
}

#[test]
fn listed_agents_add_up_to_each_skills_counts() {
    let mut acd = centre(5, 1);
    let (mut reasons, mut moments) = (std::collections::HashSet::new(), 0);
    for step in 0..(24 * 60 / 23) {
        acd.advance(step * 23 * MINUTE_MS + 7_777);
        for skill in 0..acd.lines.len() {
            let metrics = acd.metrics(skill, &[]);
            let mut of_skill: Vec<_> = acd.agents().iter().collect();
            of_skill.retain(|agent| agent.skills.contains(&skill));
            let count = |is: &dyn Fn(Doing) -> bool| {
                of_skill.iter().filter(|agent| is(agent.doing)).count() as u64
            };
            assert_eq!(count(&|it| it != Doing::LoggedOut), metrics.logged_on);
            assert_eq!(count(&|it| it == Doing::Available), metrics.available);
            let is_working = |it| matches!(it, Doing::Working { .. });
            assert_eq!(count(&is_working), metrics.working);
            assert_eq!(
                count(&|it| it == Doing::AfterCallWork),
                metrics.after_call_work
            );
            assert_eq!(count(&|it| it == Doing::Unavailable), metrics.unavailable);
            moments += 1;
        }
        let away = (acd.agents().iter()).filter(|agent| agent.doing == Doing::Unavailable);
        for agent in away {
            reasons.insert(agent.reason.unwrap().as_str());
            assert!(agent.since <= acd.now);
        }
    }
    assert!(moments > 1_000);
    for reason in ["Break", "Lunch", "Coaching"] {
        assert!(reasons.contains(reason), "{reasons:?}");
    }
}
