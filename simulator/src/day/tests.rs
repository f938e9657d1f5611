//! What the day promises: consistent numbers at every moment, and a believable
//! morning whatever the seed.

use super::*;
use proptest::prelude::*;

const START: f64 = (10 * 60 + 20) as f64 * 60.0;

fn at(day: &Day, name: &str, clock: (u32, u32)) -> Metrics {
    let position = day.queues().position(|(_, found)| found == name).unwrap();
    day.metrics(position, f64::from(clock.0 * 60 + clock.1) * 60.0)
}

/// The queue at `position`, or past the queues one of the other skills.
fn any_skill(day: &Day, position: usize) -> &Skill {
    let mut all = day.skills().iter().chain(day.other_skills());
    all.nth(position).unwrap()
}

proptest! {
    #[test]
    fn numbers_are_consistent_at_every_moment(
        seed: u64, position in 0usize..500, seconds in 0.0..(3.0 * DAY_SECONDS),
    ) {
        let metrics = Day::new(seed, 500).metrics(position, seconds);
        prop_assert!(metrics.available + metrics.busy <= metrics.logged_on);
        prop_assert!(metrics.after_call_work <= metrics.busy);
        prop_assert_eq!(metrics.average_wait_ms == 0, metrics.waiting == 0);
        prop_assert!(metrics.logged_on > 0 || metrics == Metrics::CLOSED);
        prop_assert!((0.0..=100.0).contains(&metrics.service_level));
        prop_assert!(metrics.waiting < 100 && metrics.average_wait_ms < 3_600_000, "{metrics:?}");
    }

    #[test]
    fn the_longest_wait_is_the_mean_of_one_call_and_at_most_two_and_a_half_times_that_of_many(
        seed: u64, position in 0usize..32, seconds in 0.0..DAY_SECONDS,
    ) {
        let metrics = any_skill(&Day::new(seed, 24), position).metrics(seconds);
        let (average, longest) = (metrics.average_wait_ms, metrics.longest_wait_ms);
        match metrics.waiting {
            0 | 1 => prop_assert_eq!(longest, average),
            _ => prop_assert!(average < longest && longest < average * 5 / 2, "{metrics:?}"),
        }
    }

    #[test]
    fn the_sample_has_the_service_levels_percentage_to_the_nearest_call(
        seed: u64, position in 0usize..32, seconds in 0.0..DAY_SECONDS,
    ) {
        let metrics = any_skill(&Day::new(seed, 24), position).metrics(seconds);
        let calls = (metrics.in_time + metrics.late) as f64;
        let exact = calls * metrics.service_level / 100.0;
        prop_assert!((metrics.in_time as f64 - exact).abs() <= 0.5 + 1e-9, "{metrics:?}");
        prop_assert!(calls < 400.0, "{metrics:?}");
    }

    #[test]
    fn the_agents_of_other_skills_add_up_too(
        seed: u64, position in 24usize..32, seconds in 0.0..DAY_SECONDS,
    ) {
        let day = Day::new(seed, 24);
        let skill = any_skill(&day, position);
        let metrics = skill.metrics(seconds);
        prop_assert!(skill.kind().active || metrics == Metrics::CLOSED);
        prop_assert!(metrics.after_call_work <= metrics.busy);
        prop_assert_eq!(
            metrics.available + metrics.busy + metrics.unavailable(),
            metrics.logged_on
        );
    }

    #[test]
    fn the_same_moment_has_the_same_numbers_whatever_was_asked_before(
        seed: u64, position in 0usize..24, seconds in 0.0..DAY_SECONDS,
        others in prop::collection::vec(0.0..DAY_SECONDS, 0..5),
    ) {
        let asked_often = Day::new(seed, 24);
        for other in others {
            asked_often.metrics(position, other);
        }
        prop_assert_eq!(
            asked_often.metrics(position, seconds),
            Day::new(seed, 24).metrics(position, seconds)
        );
    }

    #[test]
    fn a_share_is_never_more_than_the_whole(
        seed: u64, position in 0usize..24, seconds in 0.0..DAY_SECONDS, share in 0.0..1.0,
    ) {
        let whole = Day::new(seed, 24).metrics(position, seconds);
        let part = whole.of_share(share);
        prop_assert!(part.available + part.busy <= part.logged_on);
        prop_assert!(part.logged_on <= whole.logged_on && part.waiting <= whole.waiting);
        prop_assert!(part.average_wait_ms == 0 || part.waiting > 0);
        prop_assert!(part.longest_wait_ms >= part.average_wait_ms);
        prop_assert!(part.after_call_work <= part.busy);
    }
}

#[test]
fn seeds_make_different_days() {
    let of = |seed| {
        let day = Day::new(seed, 24);
        (0..24)
            .map(|position| day.metrics(position, START))
            .collect::<Vec<_>>()
    };
    assert_ne!(of(1), of(2));
}

/// The levels by which a supervisor would sort what the wall shows.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Look {
    Closed,
    Calm,
    Warning,
    Critical,
}

fn look(metrics: Metrics) -> Look {
    let wait = metrics.average_wait_ms;
    if metrics.logged_on == 0 {
        Look::Closed
    } else if metrics.waiting >= 10
        || wait >= 120_000
        || metrics.service_level < 60.0
        || (metrics.waiting > 0 && metrics.available == 0)
    {
        Look::Critical
    } else if metrics.waiting >= 5 || wait >= 60_000 || metrics.service_level < 80.0 {
        Look::Warning
    } else {
        Look::Calm
    }
}

#[test]
fn the_first_ten_minutes_show_a_good_mix_whatever_the_seed() {
    for seed in 0..60 {
        let day = Day::new(seed, 24);
        for second in (0..600).step_by(30) {
            let looks: Vec<_> = (0..24)
                .map(|position| look(day.metrics(position, START + f64::from(second))))
                .collect();
            let count = |wanted| looks.iter().filter(|look| **look == wanted).count();
            let mix = (
                count(Look::Closed),
                count(Look::Calm),
                count(Look::Warning),
                count(Look::Critical),
            );
            assert_eq!(mix.0, 2, "closed, seed {seed}, second {second}: {mix:?}");
            assert!(mix.1 >= 15, "calm, seed {seed}, second {second}: {mix:?}");
            assert!(
                (1..=3).contains(&mix.2),
                "warning, seed {seed}, second {second}: {mix:?}"
            );
            assert!(
                (2..=3).contains(&mix.3),
                "critical, seed {seed}, second {second}: {mix:?}"
            );
        }
    }
}

#[test]
fn the_outage_takes_technical_support_over_every_threshold_and_passes() {
    for seed in 0..60 {
        let day = Day::new(seed, 24);
        let before = at(&day, "Technical Support", (9, 30));
        let during = at(&day, "Technical Support", (10, 40));
        let after = at(&day, "Technical Support", (12, 0));
        assert!(
            before.waiting < 5 && before.service_level > 80.0,
            "{seed}: {before:?}"
        );
        assert!(
            during.waiting > 10 && during.average_wait_ms > 120_000,
            "{seed}: {during:?}"
        );
        assert!(during.service_level < 60.0, "{seed}: {during:?}");
        assert!(
            after.waiting < 10 && after.service_level > 60.0,
            "{seed}: {after:?}"
        );
    }
}

#[test]
fn one_queue_has_calls_waiting_and_nobody_available() {
    for seed in 0..60 {
        let metrics = at(&Day::new(seed, 24), "Partner Line", (10, 20));
        assert!(
            metrics.waiting > 0 && metrics.available == 0,
            "{seed}: {metrics:?}"
        );
        assert!(metrics.logged_on > 0, "{seed}: {metrics:?}");
    }
}

#[test]
fn a_queue_opens_at_its_hour_and_a_night_desk_works_past_midnight() {
    let day = Day::new(1, 24);
    assert_eq!(at(&day, "West Coast Support", (10, 20)), Metrics::CLOSED);
    assert!(at(&day, "West Coast Support", (11, 30)).logged_on > 5);
    assert!(at(&day, "After-Hours Desk", (23, 0)).logged_on > 3);
    assert!(at(&day, "After-Hours Desk", (2, 0)).logged_on > 3);
    assert_eq!(at(&day, "After-Hours Desk", (12, 0)), Metrics::CLOSED);
    assert_eq!(at(&day, "Sales", (3, 0)), Metrics::CLOSED);
    assert!(at(&day, "Fraud Hotline", (3, 0)).logged_on > 0);
}

#[test]
fn a_busy_morning_has_agents_in_after_call_work_and_a_sample_worth_judging() {
    for seed in 0..60 {
        let sales = at(&Day::new(seed, 24), "Sales", (10, 20));
        assert!(
            (1..=6).contains(&sales.after_call_work),
            "{seed}: {sales:?}"
        );
        assert!(sales.in_time + sales.late >= 30, "{seed}: {sales:?}");
    }
}

#[test]
fn lunch_takes_agents_away() {
    let day = Day::new(1, 24);
    let agents = |clock| at(&day, "Customer Care", clock).logged_on;
    assert!(agents((12, 30)) < agents((10, 30)) && agents((12, 30)) < agents((15, 0)));
}

#[test]
fn from_one_poll_to_the_next_counts_move_by_a_few() {
    let day = Day::new(1, 24);
    for position in 0..24 {
        for poll in 0..240 {
            let seconds = START + f64::from(poll) * 30.0;
            let (now, next) = (
                day.metrics(position, seconds),
                day.metrics(position, seconds + 30.0),
            );
            assert!(now.waiting.abs_diff(next.waiting) <= 6, "{now:?} {next:?}");
            assert!(
                now.logged_on.abs_diff(next.logged_on) <= 3,
                "{now:?} {next:?}"
            );
        }
    }
}
