use std::time::Duration;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use queuewall_shared::{
    level::Direction,
    metric::Metric,
    snapshot::{
        self, BoardSnapshot, Level, Queue, QueueState, Reason, ServiceLevel, Totals, Upstream,
        UpstreamState,
    },
    today::Today,
};

use super::*;
use crate::hours::Hours;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
/// A Monday, 10:00 UTC.
const START: u64 = 1_767_607_200_000;

/// A contact centre.
struct World {
    boards: Vec<BoardSnapshot>,
    age: Option<Duration>,
    dark: Vec<String>,
    rules: Vec<Rule>,
    engine: Engine,
    now: u64,
    /// How often it is looked at.
    every: u64,
    messages: Vec<Message>,
}

fn rule(name: &str, level: Level) -> Rule {
    Rule {
        name: name.to_owned(),
        boards: Vec::new(),
        queues: Vec::new(),
        groups: Vec::new(),
        what: What::Level(level),
        for_ms: 0,
        to: vec!["team".to_owned()],
        quiet: None,
    }
}

fn queue(id: usize) -> Queue {
    Queue {
        id: id.to_string(),
        name: format!("Queue {id}"),
        state: QueueState::Open,
        lag_ms: Some(0),
        waiting: Some(14),
        level: Level::Ok,
        ..Queue::default()
    }
}

fn board(slug: &str, queues: usize) -> BoardSnapshot {
    BoardSnapshot {
        board: snapshot::Board {
            slug: slug.to_owned(),
            title: slug.to_uppercase(),
            ..snapshot::Board::default()
        },
        build: String::new(),
        poll_interval_ms: 30_000,
        today_interval_ms: Some(60_000),
        today_cause: None,
        today_cause_code: None,
        agents: None,
        upstream: Upstream {
            state: UpstreamState::Ok,
            cause: None,
            cause_code: None,
            since_ms: None,
            cause_since_ms: None,
            next_try_ms: None,
        },
        queues: (1..=queues).map(queue).collect(),
        groups: Vec::new(),
        totals: Totals::default(),
    }
}

fn world(queues: usize, rules: &[Rule]) -> World {
    World {
        boards: vec![board("main", queues)],
        age: Some(Duration::ZERO),
        dark: Vec::new(),
        rules: rules.to_vec(),
        engine: Engine::default(),
        now: START,
        every: 1_000,
        messages: Vec::new(),
    }
}

impl World {
    /// Goes on for so long; the titles of what was sent meanwhile.
    fn pass(&mut self, ms: u64) -> Vec<String> {
        let before = self.messages.len();
        for _ in 0..ms / self.every {
            self.now += self.every;
            self.look();
        }
        self.messages[before..]
            .iter()
            .map(|it| it.title.clone())
            .collect()
    }

    fn look(&mut self) {
        let looks = self.boards.iter().map(|snapshot| Board {
            snapshot,
            latest_age: self.age,
            zone: TimeZone::UTC,
            dark_screens: self.dark.clone(),
        });
        let looks: Vec<_> = looks.collect();
        self.messages
            .extend(self.engine.step(&self.rules, &looks, self.now));
    }

    fn restart(&mut self) {
        self.engine = Engine::restored(&self.engine.kept());
    }

    fn level(&mut self, queue: usize, level: Level) {
        self.boards[0].queues[queue - 1].level = level;
    }

    /// When messages were sent, in milliseconds since the start.
    fn times(&self) -> Vec<u64> {
        self.messages.iter().map(|it| it.at_ms - START).collect()
    }
}

#[test]
fn trouble_and_its_end_are_each_told_once_in_plain_words() {
    let mut world = world(3, &[rule("red", Level::Critical)]);
    assert_eq!(world.pass(MINUTE), [""; 0]);
    let sales = &mut world.boards[0].queues[0];
    sales.level = Level::Critical;
    sales.reasons = vec![Reason {
        metric: Metric::LongestWait,
        direction: Direction::Above,
        limit: 300_000.0,
        value: Some(370_000.0),
        since_ms: None,
        since_at_least: false,
        held: false,
    }];
    assert_eq!(
        world.pass(HOUR),
        ["Queue 1 critical: longest wait 6:10 (limit 5:00), 14 waiting"]
    );
    let message = &world.messages[0];
    assert_eq!(message.kind, Kind::Triggered(Level::Critical));
    assert_eq!(message.board.as_deref(), Some("main"));
    assert_eq!(message.subject, "Queue 1");
    assert_eq!(message.lines, ["since 10:01"]);
    world.level(1, Level::Ok);
    assert_eq!(world.pass(HOUR), ["Over: Queue 1"]);
    let over = &world.messages[1];
    assert_eq!(over.kind, Kind::Resolved);
    assert_eq!(over.incident, world.messages[0].incident);
    assert_ne!(over.id, world.messages[0].id);
    assert_eq!(over.lines, ["Queue 1: over since 11:01, after 60 minutes"]);
}

#[test]
fn trouble_is_sent_within_five_seconds_of_its_reading() {
    let mut world = world(1, &[rule("red", Level::Critical)]);
    world.pass(MINUTE);
    world.level(1, Level::Critical);
    // Two seconds are left for a look, and for what several servers take to publish.
    assert_eq!(world.pass(3_000).len(), 1);
}

#[test]
fn queues_that_turn_red_in_one_moment_are_one_message() {
    let mut world = world(30, &[rule("red", Level::Critical)]);
    for id in 1..=30 {
        world.level(id, Level::Critical);
        if id % 15 == 0 {
            world.pass(1_000);
        }
    }
    world.pass(MINUTE);
    assert_eq!(world.messages.len(), 1);
    assert_eq!(
        world.messages[0].title,
        "30 queues critical on MAIN: Queue 1, Queue 10, Queue 11 and 27 more"
    );
    assert_eq!(world.messages[0].lines.len(), 21);
    assert_eq!(world.messages[0].lines[20], "and 10 more");
    for id in 1..=30 {
        world.level(id, Level::Ok);
    }
    assert_eq!(
        world.pass(HOUR),
        ["Over: Queue 1, Queue 10, Queue 11 and 27 more on MAIN"]
    );
}

#[test]
fn storm_read_in_many_batches_is_three_messages() {
    let mut world = world(60, &[rule("red", Level::Critical)]);
    for batch in 0..6 {
        for id in 1..=10 {
            world.level(batch * 10 + id, Level::Critical);
        }
        world.pass(6_000);
    }
    world.pass(2 * MINUTE);
    assert_eq!(world.messages.len(), 3, "{:?}", world.times());
    let told: usize = (world.messages.iter())
        .map(|it| it.data["is"].as_array().map_or(0, Vec::len))
        .sum();
    assert_eq!(told, 60);
}

#[test]
fn title_counts_each_level() {
    let mut world = world(3, &[rule("any", Level::Warning)]);
    world.level(1, Level::Warning);
    world.level(2, Level::Critical);
    world.level(3, Level::Warning);
    assert_eq!(
        world.pass(MINUTE),
        ["1 queue critical and 2 warning on MAIN: Queue 2, Queue 1, Queue 3"]
    );
    assert_eq!(
        world.messages[0].lines[0],
        "Queue 2 critical: 14 waiting (since 10:00)"
    );
}

#[test]
fn queue_that_gets_worse_is_told_once_more_as_the_same_incident() {
    let mut world = world(1, &[rule("any", Level::Warning)]);
    world.level(1, Level::Warning);
    assert_eq!(world.pass(10 * MINUTE).len(), 1);
    world.level(1, Level::Critical);
    assert_eq!(world.pass(10 * MINUTE).len(), 1);
    world.level(1, Level::Warning);
    world.pass(10 * MINUTE);
    world.level(1, Level::Critical);
    world.pass(10 * MINUTE);
    let kinds: Vec<_> = world.messages.iter().map(|it| it.kind).collect();
    let expected = [Level::Warning, Level::Critical].map(Kind::Triggered);
    assert_eq!(kinds, expected);
    assert_eq!(world.messages[0].incident, world.messages[1].incident);
}

#[test]
fn what_is_over_of_an_incident_does_not_come_one_by_one() {
    let mut world = world(5, &[rule("red", Level::Critical)]);
    (1..=5).for_each(|id| world.level(id, Level::Critical));
    world.pass(MINUTE);
    for id in 1..=4 {
        world.level(id, Level::Ok);
        world.pass(2 * MINUTE);
    }
    assert_eq!(
        world.pass(HOUR),
        ["Over: Queue 1, Queue 2, Queue 3 and 1 more; 1 still in trouble on MAIN"]
    );
    // What comes back after it was said to be over is news.
    world.level(1, Level::Critical);
    assert_eq!(world.pass(MINUTE).len(), 1);
    world.level(1, Level::Ok);
    world.level(5, Level::Ok);
    assert_eq!(world.pass(HOUR), ["Over: Queue 5", "Over: Queue 1"]);
}

#[test]
fn nothing_is_told_of_what_is_not_known_or_not_watched() {
    let ways: [fn(&mut World); 5] = [
        |it| it.age = Some(Duration::from_secs(120)),
        |it| it.age = None,
        |it| it.boards[0].queues[0].state = QueueState::Closed,
        |it| it.boards[0].queues[0].is_outside_hours = true,
        |it| it.boards[0].queues[0].state = QueueState::Forbidden,
    ];
    for (place, make) in ways.into_iter().enumerate() {
        let mut world = world(1, &[rule("red", Level::Critical)]);
        make(&mut world);
        world.level(1, Level::Critical);
        let titles = world.pass(HOUR);
        let is_missing = |title: &String| title.starts_with("Numbers are missing");
        assert!(
            titles.len() <= 1 && titles.iter().all(is_missing),
            "{place}: {titles:?}"
        );
    }
}

#[test]
fn metric_is_not_told_of_old_numbers_or_too_few_contacts() {
    let metric = |metric, limit| Rule {
        what: What::Metric {
            metric,
            limit,
            level: Level::Critical,
        },
        ..rule("goal", Level::Critical)
    };
    let rules = [metric(Metric::ServiceLevel, 80.0)];
    let mut few = world(1, &rules);
    let service_level = |sample| ServiceLevel {
        percent: Some(50.0),
        sample: Some(sample),
        ..ServiceLevel::default()
    };
    few.boards[0].queues[0].service_level = service_level(4);
    assert_eq!(few.pass(HOUR), [""; 0]);
    few.boards[0].queues[0].service_level = service_level(5);
    assert_eq!(few.pass(MINUTE), ["Queue 1: service level too low"]);
    assert_eq!(
        few.messages[0].lines,
        ["Queue 1: service level 50 % (limit 80 %) (since 11:00)"]
    );

    let mut old = world(1, &[metric(Metric::Abandoned, 10.0)]);
    old.boards[0].queues[0].today = Some(Today {
        abandoned: Some(12),
        lag_ms: HOUR,
        ..Today::default()
    });
    assert_eq!(old.pass(HOUR), [""; 0]);
    old.boards[0].queues[0].today.as_mut().unwrap().lag_ms = 0;
    assert_eq!(old.pass(MINUTE), ["Queue 1: abandoned too high"]);
    // Near its limit it is not over.
    old.boards[0].queues[0].today.as_mut().unwrap().abandoned = Some(10);
    old.pass(10 * MINUTE);
    old.boards[0].queues[0].today.as_mut().unwrap().abandoned = Some(8);
    assert_eq!(old.pass(HOUR), ["Over: Queue 1"]);
}

#[test]
fn outage_is_one_message_and_its_end_another() {
    let mut world = world(3, &[rule("red", Level::Critical)]);
    world.boards.push(board("other", 4));
    (1..=3).for_each(|id| world.level(id, Level::Critical));
    world.pass(MINUTE);
    world.messages.clear();
    world.age = Some(Duration::from_secs(100));
    world.boards[0].upstream.cause = Some("CXone does not answer.".to_owned());
    assert_eq!(world.pass(170_000), [""; 0], "a short one is none");
    assert_eq!(world.pass(HOUR), ["Numbers are missing: MAIN, OTHER"]);
    assert_eq!(
        world.messages[0].lines,
        [
            "MAIN: no queue is read. CXone does not answer. (since 10:01)",
            "OTHER: OTHER: no queue is read (since 10:01)"
        ]
        .map(|line| line.replace("OTHER: OTHER", "OTHER"))
    );
    world.age = Some(Duration::ZERO);
    assert_eq!(world.pass(HOUR), ["Numbers are back: MAIN, OTHER"]);
}

#[test]
fn night_and_hours_make_no_missing_numbers() {
    let mut world = world(2, &[rule("red", Level::Critical)]);
    for queue in &mut world.boards[0].queues {
        queue.is_outside_hours = true;
    }
    world.age = Some(Duration::from_secs(1_000));
    assert_eq!(world.pass(HOUR), [""; 0]);
}

#[test]
fn end_of_hours_ends_an_alert() {
    let mut world = world(1, &[rule("red", Level::Critical)]);
    world.level(1, Level::Critical);
    world.pass(MINUTE);
    world.boards[0].queues[0].is_outside_hours = true;
    world.level(1, Level::None);
    world.pass(HOUR);
    assert_eq!(
        world.messages[1].lines,
        ["Queue 1: over since 10:01, after 1 minute (closed)"]
    );
}

#[test]
fn alert_waits_as_long_as_it_says() {
    let mut world = world(
        1,
        &[Rule {
            for_ms: 120_000,
            ..rule("red", Level::Critical)
        }],
    );
    for _ in 0..20 {
        world.level(1, Level::Critical);
        world.pass(MINUTE);
        world.level(1, Level::Ok);
        world.pass(MINUTE);
    }
    assert_eq!(world.messages, []);
    world.level(1, Level::Critical);
    assert_eq!(world.pass(119_000), [""; 0]);
    assert_eq!(world.pass(5_000).len(), 1);
}

#[test]
fn quiet_hours_hold_back_and_repeat_nothing() {
    let quiet = Hours::parse("10:30-11:30").ok();
    let mut world = world(
        2,
        &[Rule {
            quiet,
            ..rule("red", Level::Critical)
        }],
    );
    world.level(1, Level::Critical);
    assert_eq!(world.pass(40 * MINUTE).len(), 1);
    world.level(2, Level::Critical);
    assert_eq!(world.pass(49 * MINUTE), [""; 0]);
    let titles = world.pass(HOUR);
    assert_eq!(titles.len(), 1, "only what is new: {titles:?}");
    assert!(titles[0].starts_with("Queue 2 critical"), "{titles:?}");
}

#[test]
fn alert_that_is_not_watched_any_more_is_over() {
    let mut world = world(2, &[rule("red", Level::Critical)]);
    world.level(1, Level::Critical);
    world.level(2, Level::Critical);
    world.pass(MINUTE);
    // A board that is not read yet lacks nothing.
    let queues = std::mem::take(&mut world.boards[0].queues);
    assert_eq!(world.pass(MINUTE), [""; 0]);
    world.boards[0].queues = queues;
    world.rules.clear();
    assert_eq!(world.pass(MINUTE), ["Over: Queue 1, Queue 2 on MAIN"]);
    assert_eq!(world.messages[1].to, ["team"]);
}

#[test]
fn dark_screens_are_told_by_name() {
    let mut world = world(
        1,
        &[Rule {
            what: What::DarkScreens(2),
            ..rule("tv", Level::Warning)
        }],
    );
    world.dark = vec!["Hall".to_owned()];
    assert_eq!(world.pass(MINUTE), [""; 0]);
    world.dark.push("Desk 4".to_owned());
    assert_eq!(world.pass(HOUR), ["MAIN: 2 screens are dark: Hall, Desk 4"]);
}

#[test]
fn trouble_that_comes_back_and_stays_is_told_within_ten_minutes() {
    let mut world = world(1, &[rule("red", Level::Critical)]);
    world.level(1, Level::Critical);
    world.pass(10 * MINUTE);
    world.level(1, Level::Ok);
    world.pass(10 * MINUTE);
    assert_eq!(world.messages.len(), 2);
    world.level(1, Level::Critical);
    assert_eq!(world.pass(10 * MINUTE + 4_000).len(), 1);
}

#[test]
fn restored_alert_does_not_end_by_what_is_not_read_yet() {
    let mut world = world(1, &[rule("red", Level::Critical)]);
    world.level(1, Level::Critical);
    world.pass(MINUTE);
    world.restart();
    world.level(1, Level::None);
    world.age = Some(Duration::from_secs(80));
    assert_eq!(world.pass(2 * MINUTE), [""; 0]);
    world.age = Some(Duration::ZERO);
    world.level(1, Level::Critical);
    assert_eq!(world.pass(HOUR), [""; 0]);
}

/// The same, of which a look every 10 s is enough.
fn slow(queues: usize) -> World {
    World {
        every: 10_000,
        ..world(queues, &[rule("any", Level::Warning)])
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Twenty changes an hour on average, none of them for ten minutes.
    #[test]
    fn flapping_queue_makes_at_most_two_messages_an_hour(
        gaps in prop::collection::vec((1_u64..36, 0_usize..3), 120),
        first in 0_usize..3,
    ) {
        let mut world = slow(1);
        let mut level = first;
        for (tens, next) in gaps {
            level = if next == level { (level + 1) % 3 } else { next };
            world.level(1, [Level::Ok, Level::Warning, Level::Critical][level]);
            world.pass(tens * 10_000);
        }
        for hour in world.times().windows(3) {
            prop_assert!(hour[2] - hour[0] >= HOUR, "{:?}", world.times());
        }
    }

    /// Whatever happens, three are the most.
    #[test]
    fn one_alert_makes_at_most_three_messages_an_hour(
        gaps in prop::collection::vec(1_u64..150, 40),
    ) {
        let mut world = slow(1);
        for (place, tens) in gaps.into_iter().enumerate() {
            world.level(1, [Level::Critical, Level::Ok][place % 2]);
            world.pass(tens * 10_000);
        }
        for hour in world.times().windows(4) {
            prop_assert!(hour[3] - hour[0] >= HOUR, "{:?}", world.times());
        }
    }

    /// Also with restarts at any time each change is told once, and each end.
    #[test]
    fn restarts_tell_nothing_twice(
        steps in prop::collection::vec((1_u64..90, 1_usize..4, 0_usize..3, any::<bool>()), 30),
    ) {
        let mut world = slow(3);
        for (tens, queue, level, restarts) in steps {
            world.level(queue, [Level::Ok, Level::Warning, Level::Critical][level]);
            world.pass(tens * 10_000);
            if restarts {
                world.restart();
            }
        }
        (1..=3).for_each(|id| world.level(id, Level::Ok));
        world.pass(3 * HOUR);
        let mut told = std::collections::BTreeMap::new();
        for message in &world.messages {
            for queue in message.data["is"].as_array().unwrap() {
                let id = queue["id"].to_string();
                match message.kind {
                    Kind::Triggered(_) if message.event != "alert.partly_resolved" => {
                        let level = queue["is"]["level"].to_string();
                        // Critical is told after warning once, and the other way round never.
                        let is_worse = level.contains("critical");
                        let before: Option<String> = told.insert(id, level);
                        prop_assert!(before.is_none_or(|it| is_worse && it.contains("warning")));
                    }
                    _ => prop_assert!(told.remove(&id).is_some()),
                }
            }
        }
        prop_assert!(told.is_empty(), "{told:?}");
    }

    /// What ends was told before, once for each time.
    #[test]
    fn resolved_is_said_of_what_was_told_alone(
        steps in prop::collection::vec((1_u64..120, 1_usize..4, 0_usize..4), 30),
    ) {
        let mut world = slow(3);
        for (tens, queue, level) in steps {
            world.level(queue, [Level::None, Level::Ok, Level::Warning, Level::Critical][level]);
            world.pass(tens * 10_000);
        }
        let mut open = std::collections::BTreeSet::new();
        for message in &world.messages {
            match message.kind {
                Kind::Triggered(_) => drop(open.insert(&message.incident)),
                Kind::Resolved => prop_assert!(open.remove(&message.incident)),
            }
        }
    }
}
