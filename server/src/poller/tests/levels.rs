//! What the poller makes of readings: levels, and the state that they need.

use queuewall_shared::{
    level::{Limits, Thresholds},
    snapshot::{Direction, Level, Metric, Queue, Reason},
};

use super::*;

/// A poller over the queue 000, at which so many calls wait.
fn start(calls: u64) -> Bench {
    let ids = ids(1);
    let bench = Bench::start(&ids, all_waiting(&ids), 10);
    bench.wait("000", calls);
    bench
}

/// The same with three calls, by `levels`.
fn start_with(levels: Thresholds) -> Bench {
    let configured = BoardConfig {
        levels,
        ..board("main", &ids(1))
    };
    let bench = Bench::start_boards(vec![configured], all_waiting(&ids(1)), 10);
    bench.wait("000", 3);
    bench
}

impl Bench {
    fn queue(&self) -> Queue {
        self.latest().queues[0].clone()
    }

    fn level(&self) -> Level {
        self.queue().level
    }
}

#[tokio::test(start_paused = true)]
async fn critical_level_needs_two_readings_and_has_reason_and_time() {
    let bench = start(3);
    after(Duration::ZERO).await;
    let calm = bench.queue();
    assert_eq!(calm.level, Level::Ok);
    assert_eq!((calm.level_since_ms, calm.reasons), (None, Vec::new()));

    bench.wait("000", 12);
    after(POLL).await;
    let once = bench.queue();
    assert_eq!((once.waiting, once.level), (Some(12), Level::Ok));
    after(POLL).await;
    let twice = bench.queue();
    assert_eq!(twice.level, Level::Critical);
    let since = twice.level_since_ms.unwrap();
    assert!((60_000..61_000).contains(&since), "{since}");
    assert_eq!(
        twice.reasons,
        [Reason {
            metric: Metric::Waiting,
            direction: Direction::Above,
            limit: 10.0,
            value: Some(12.0),
            since_ms: Some(30_000),
            since_at_least: false,
            held: false,
        }]
    );
}

#[tokio::test(start_paused = true)]
async fn the_first_reading_is_judged_at_once() {
    let bench = start(12);
    after(Duration::ZERO).await;
    assert_eq!(bench.level(), Level::Critical);
}

#[tokio::test(start_paused = true)]
async fn level_and_since_stay_over_quiet_polls_with_the_same_tag() {
    let bench = start(12);
    after(Duration::from_secs(30 * 60)).await;
    let (tag, queue, reads) = (bench.tag(), bench.queue(), bench.reads());
    assert_eq!(queue.level, Level::Critical);
    assert!(queue.level_since_ms.unwrap() < 1_000);
    after(Duration::from_secs(300)).await;
    assert_eq!(bench.reads(), reads + 10);
    assert_eq!((bench.tag(), bench.queue()), (tag, queue));
}

#[tokio::test(start_paused = true)]
async fn a_failed_or_missing_read_is_no_reading_in_a_row() {
    let bench = start(3);
    after(Duration::ZERO).await;
    bench.wait("000", 12);
    after(POLL).await;
    bench.script(|script| script.left_out.insert("000".into()));
    after(POLL).await;
    assert_eq!(bench.level(), Level::Ok, "one reading and a gap");
    bench.script(|script| script.left_out.clear());
    after(POLL).await;
    assert_eq!(bench.level(), Level::Critical);

    bench.script(|script| script.failure = Some(server_error()));
    after(POLL + Duration::from_secs(20)).await;
    assert_eq!(
        bench.level(),
        Level::Critical,
        "kept while it is not stale, whatever the tries"
    );
}

#[tokio::test(start_paused = true)]
async fn stale_queue_has_no_level_until_its_next_reading() {
    let bench = start(12);
    after(Duration::ZERO).await;
    bench.script(|script| script.failure = Some(server_error()));
    after(3 * POLL - Duration::from_secs(1)).await;
    assert_eq!(bench.level(), Level::Critical);
    after(Duration::from_secs(2)).await;
    let stale = bench.queue();
    assert_eq!(stale.level, Level::None);
    assert_eq!((stale.level_since_ms, stale.reasons), (None, Vec::new()));
    assert_eq!(stale.waiting, Some(12), "the last reading is kept");

    bench.script(|script| script.failure = None);
    after(2 * POLL).await;
    let back = bench.queue();
    assert_eq!(back.level, Level::Critical);
    assert!(back.level_since_ms.unwrap() > 90_000, "from then on");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_judged_has_no_level() {
    let bench = start(12);
    after(Duration::ZERO).await;
    bench.script(|script| {
        script.failure = Some(cxone::Error::Forbidden {
            remedy: cxone::Remedy::QueueScope,
        })
    });
    after(POLL).await;
    assert_eq!(bench.level(), Level::None, "forbidden");

    let bench = start(12);
    after(Duration::ZERO).await;
    bench.script(|script| script.dead.insert("000".into()));
    after(POLL).await;
    assert_eq!(bench.states(), [QueueState::NotFound]);
    assert_eq!(bench.level(), Level::None, "not found");

    let bench = start(0);
    bench.script(|script| script.beside.agents_logged_on = Some(0));
    after(Duration::ZERO).await;
    assert_eq!(bench.states(), [QueueState::Closed]);
    assert_eq!(bench.level(), Level::None, "closed");

    let bench = start(3);
    bench.script(|script| script.waiting.clear());
    after(Duration::ZERO).await;
    assert_eq!(bench.states(), [QueueState::Open]);
    assert_eq!(bench.level(), Level::None, "every number unknown");
}

#[tokio::test(start_paused = true)]
async fn every_metric_of_a_reading_is_judged() {
    let mut levels = Thresholds::default();
    let nobody = Limits {
        critical: Some(0.0),
        ..Limits::default()
    };
    levels.set(Metric::AvailableAgents, nobody);
    for (beside, metric) in [
        (
            QueueReading {
                average_wait: Some(Duration::from_secs(190)),
                ..QueueReading::default()
            },
            Metric::AverageWait,
        ),
        (
            QueueReading {
                longest_wait: Some(Duration::from_secs(301)),
                ..QueueReading::default()
            },
            Metric::LongestWait,
        ),
        (
            QueueReading {
                service_level_percent: Some(50.0),
                ..QueueReading::default()
            },
            Metric::ServiceLevel,
        ),
        (
            QueueReading {
                agents_available: Some(0),
                agents_logged_on: Some(2),
                ..QueueReading::default()
            },
            Metric::AvailableAgents,
        ),
        (
            QueueReading {
                agents_logged_on: Some(0),
                ..QueueReading::default()
            },
            Metric::AgentsLoggedOn,
        ),
    ] {
        let bench = start_with(levels);
        bench.script(|script| script.beside = beside);
        after(Duration::ZERO).await;
        let queue = bench.queue();
        assert_eq!(queue.level, Level::Critical, "{metric:?}");
        assert_eq!(queue.reasons[0].metric, metric);
        let others = usize::from(metric == Metric::AgentsLoggedOn);
        assert_eq!(queue.reasons.len(), 1 + others, "{metric:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_free_has_no_level_by_default() {
    let bench = start(3);
    bench.script(|script| script.beside.agents_available = Some(0));
    bench.script(|script| script.beside.agents_logged_on = Some(19));
    after(20 * POLL).await;
    assert_eq!(bench.level(), Level::Ok);
}

#[tokio::test(start_paused = true)]
async fn waits_are_judged_by_media_type() {
    let waiting = |media_type| QueueReading {
        media_type,
        longest_wait: Some(Duration::from_secs(90 * 60)),
        agents_logged_on: Some(0),
        agents_available: Some(0),
        ..QueueReading::default()
    };
    // `reporting-v2` tells none.
    for (media_type, level) in [
        ("email", Level::None),
        ("chat", Level::Critical),
        ("call", Level::Critical),
        ("voicemail", Level::None),
        ("work-item", Level::None),
        ("digital", Level::None),
        ("", Level::Critical),
    ] {
        let bench = start(40);
        let media_type = cxone::MediaType::parse(media_type).ok();
        bench.script(|script| script.beside = waiting(media_type));
        after(2 * POLL).await;
        let queue = bench.queue();
        assert_eq!(queue.level, level, "{media_type:?}");
        assert_eq!(queue.waiting, Some(40), "shown all the same");
    }
}

#[tokio::test(start_paused = true)]
async fn limits_that_are_set_hold_for_every_media_type() {
    let mut levels = Thresholds::default();
    levels.set(Metric::Waiting, Limits::new(3.0, 100.0));
    let bench = start_with(levels);
    bench.script(|script| script.beside.media_type = cxone::MediaType::parse("email").ok());
    after(Duration::ZERO).await;
    assert_eq!(bench.level(), Level::Warning);
}

#[tokio::test(start_paused = true)]
async fn every_board_and_queue_has_its_own_thresholds_and_goal() {
    let of_waiting = |warning, critical, goal| {
        let mut levels = Thresholds::default();
        levels.set(Metric::Waiting, Limits::new(warning, critical));
        levels.set(Metric::ServiceLevel, Limits::new(goal, 10.0));
        levels
    };
    let strict = BoardConfig {
        levels: of_waiting(1.0, 2.0, 90.0),
        ..board("strict", &ids(2))
    };
    let mut mixed = BoardConfig {
        levels: of_waiting(2.0, 9.0, 70.0),
        ..board("mixed", &ids(2))
    };
    mixed.queues[1].levels = Some(of_waiting(8.0, 9.0, 50.0));
    let script = all_waiting(&ids(2));
    let bench = Bench::start_boards(vec![board("main", &ids(2)), strict, mixed], script, 10);
    after(Duration::ZERO).await;
    assert_eq!(bench.reads(), 1, "one read serves all three");
    let of = |slug: &str| -> Vec<_> {
        let queues = bench.board(slug).queues.into_iter();
        queues
            .map(|queue| (queue.level, queue.service_level.goal.unwrap()))
            .collect()
    };
    assert_eq!(of("main"), [(Level::Ok, 80.0), (Level::Ok, 80.0)]);
    let critical = (Level::Critical, 90.0);
    assert_eq!(of("strict"), [critical, critical]);
    assert_eq!(of("mixed"), [(Level::Warning, 70.0), (Level::Ok, 50.0)]);
}

/// A reading whose service level is over so many calls, with the upstream's goal.
fn service(percent: f64, sample: u64, goal: Option<f64>) -> QueueReading {
    QueueReading {
        service_level_percent: Some(percent),
        service_level_sample: Some(sample),
        service_level_goal: goal,
        service_level_threshold: Some(Duration::from_secs(30)),
        ..QueueReading::default()
    }
}

#[tokio::test(start_paused = true)]
async fn goal_of_cxone_is_used_unless_configuration_has_another() {
    let loud = |goal, critical| {
        let mut levels = Thresholds::default();
        levels.set(Metric::ServiceLevel, Limits::new(goal, critical));
        levels
    };
    let own = BoardConfig {
        levels: loud(80.0, 60.0),
        ..board("own", &ids(1))
    };
    let mut of_queue = board("of-queue", &ids(1));
    of_queue.queues[0].levels = Some(loud(70.0, 50.0));
    let boards = vec![board("main", &ids(1)), own, of_queue];
    let bench = Bench::start_boards(boards, all_waiting(&ids(1)), 10);
    bench.script(|script| script.beside = service(66.0, 50, Some(90.0)));
    after(Duration::ZERO).await;
    let of = |slug: &str| {
        let queue = bench.board(slug).queues.remove(0);
        let limits: Vec<_> = queue.reasons.iter().map(|reason| reason.limit).collect();
        (queue.service_level.goal, queue.level, limits)
    };
    assert_eq!(of("main"), (Some(90.0), Level::Critical, vec![67.5]));
    assert_eq!(of("own"), (Some(80.0), Level::Warning, vec![80.0]));
    assert_eq!(of("of-queue"), (Some(70.0), Level::Warning, vec![70.0]));

    // A goal that is none, or is gone: what the wall has anyway.
    for goal in [Some(0.0), Some(150.0), None] {
        bench.script(|script| script.beside = service(66.0, 50, goal));
        after(2 * POLL).await;
        let main = of("main");
        assert_eq!(main, (Some(80.0), Level::Warning, vec![80.0]), "{goal:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn service_level_with_few_calls_is_never_critical() {
    let bench = start(1);
    bench.script(|script| script.beside = service(0.0, 4, None));
    after(Duration::ZERO).await;
    let few = bench.queue();
    assert_eq!(few.level, Level::Warning);
    let shown = few.service_level;
    assert_eq!((shown.percent, shown.sample), (Some(0.0), Some(4)));
    assert_eq!(shown.threshold_ms, Some(30_000));

    bench.script(|script| script.beside = service(100.0, 0, None));
    after(2 * POLL).await;
    let none = bench.queue();
    assert_eq!(none.level, Level::Ok);
    let shown = none.service_level;
    assert_eq!((shown.percent, shown.sample), (None, Some(0)));

    bench.script(|script| script.beside = service(10.0, 5, None));
    after(2 * POLL).await;
    assert_eq!(bench.level(), Level::Critical);
}

#[tokio::test(start_paused = true)]
async fn agents_off_calls_reach_the_board_where_they_are_counted() {
    let bench = start(1);
    after(Duration::ZERO).await;
    let agents = bench.queue().agents;
    assert_eq!((agents.after_call_work, agents.unavailable), (None, None));

    let counted = QueueReading {
        agents_after_call_work: Some(1),
        agents_unavailable: Some(0),
        ..QueueReading::default()
    };
    bench.script(|script| script.beside = counted);
    after(POLL).await;
    let agents = bench.queue().agents;
    assert_eq!(
        (agents.after_call_work, agents.unavailable),
        (Some(1), Some(0))
    );
}

#[tokio::test(start_paused = true)]
async fn the_configured_notice_and_display_reach_the_board() {
    let mut configured = board("main", &ids(1));
    configured.notice = Some("Lunch at 12".into());
    configured.display.metres = Some(5.5);
    let expected = configured.display.clone();
    let bench = Bench::start_boards(vec![configured], all_waiting(&ids(1)), 10);
    after(Duration::ZERO).await;
    let shown = bench.latest().board;
    assert_eq!(shown.notice.as_deref(), Some("Lunch at 12"));
    assert_eq!(shown.display, expected);
}
