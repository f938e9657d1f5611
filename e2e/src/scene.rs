//! Made-up boards: the same every time, with numbers as a contact centre has them.

mod agents;
mod moods;

use std::time::Duration;

use queuewall_shared::level::{Judge, Thresholds};
use queuewall_shared::snapshot::{
    Agents, Board, BoardSnapshot, Cause, Display, Group, Queue, QueueState, ServiceLevel, Theme,
    Totals,
};

pub use agents::agents;

/// How often the boards' server reads: 30 s, so a reading of 54 s is ageing and one of
/// 90 s and more stale.
const POLL_INTERVAL_MS: u64 = 30_000;

/// How long ago the boards were read where nothing is the matter: [`age`] is for all.
pub const AGE: Duration = Duration::from_secs(4);

/// How long their server runs. A level's time is told from it.
pub const UPTIME: Duration = Duration::from_secs(3 * 3_600);

const TEAMS: [&str; 12] = [
    "Billing",
    "Sales",
    "Technical Support",
    "Returns",
    "Retention",
    "Orders",
    "Field Service",
    "Claims",
    "Roadside Assistance",
    "Bookings",
    "Card Services",
    "Complaints",
];
const KINDS: [&str; 17] = [
    "",
    " – English",
    " – Deutsch",
    " – Español",
    " – Français",
    " Priority",
    " Business Customers",
    " Call-back",
    " 2nd Level",
    " After Hours",
    " Switzerland",
    " Austria",
    " Renewals",
    " Cancellations",
    " Overflow",
    " Partners",
    " New Customers",
];

/// What a board goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Nothing is the matter.
    Calm,
    /// Calls wait where no agent is free, and none waits long.
    Healthy,
    /// Levels that are held, and levels whose reason changed.
    Easing,
    /// Every fourth queue is in trouble.
    Troubled,
    /// Every state and every level that a tile can have.
    Mixed,
    /// As [`Self::Troubled`], told by a tenant that gives no mean waits, and counts
    /// agents in after-call work and away.
    Detailed,
    /// As [`Self::Troubled`], and every third queue is not read.
    PartlyRead,
    /// The server reads nothing from CXone any more.
    Down,
    /// As [`Self::Troubled`], until CXone was in trouble, and then refused.
    Refused,
    /// CXone rejects the sign-in of a server that has just started: it knows no queue.
    NoSignIn,
}

/// How long ago a board was read; `None` where it never was.
#[must_use]
pub fn age(mood: Mood) -> Option<Duration> {
    let seconds = match mood {
        Mood::Down => moods::TROUBLE_SECONDS,
        Mood::Refused => moods::OUTAGE_SECONDS,
        Mood::NoSignIn => return None,
        _ => return Some(AGE),
    };
    Some(UPTIME - Duration::from_millis(ago_ms(seconds)))
}

/// A board of `count` queues.
#[must_use]
pub fn board(mood: Mood, count: usize, theme: Option<Theme>) -> BoardSnapshot {
    let count = if mood == Mood::NoSignIn { 0 } else { count };
    let queues: Vec<Queue> = (0..count).map(|index| queue(mood, index)).collect();
    BoardSnapshot {
        board: Board {
            slug: "main".into(),
            title: "Customer Care".into(),
            timezone: Some("Europe/Berlin".into()),
            notice: matches!(mood, Mood::Calm | Mood::Healthy)
                .then(|| "Team meeting at 14:00 in room 3".into()),
            display: Display {
                theme,
                ..Display::default()
            },
            simulated_clock: None,
        },
        build: "made-up".into(),
        poll_interval_ms: POLL_INTERVAL_MS,
        today_interval_ms: None,
        today_cause: None,
        today_cause_code: None,
        agents: None,
        upstream: moods::upstream(mood),
        totals: Totals::of(queues.iter().map(|queue| (queue, is_current(mood, queue)))),
        groups: Vec::new(),
        queues,
    }
}

/// The same, each five queues of which but the last are a group.
#[must_use]
pub fn grouped(mood: Mood, count: usize) -> BoardSnapshot {
    let mut board = board(mood, count, None);
    let groups = board.queues.chunks_exact(5).zip(TEAMS.iter().cycle());
    let groups = groups.enumerate().map(|(nth, (queues, team))| {
        let name = format!("{team} {}", nth + 1);
        Group::of(
            &name,
            queues.iter().map(|queue| (queue, is_current(mood, queue))),
        )
    });
    board.groups = groups.collect();
    board
}

/// The queue at a place of a board. Its name is the place's alone.
#[must_use]
pub fn queue(mood: Mood, index: usize) -> Queue {
    let mut queue = calm(index);
    match mood {
        Mood::Calm | Mood::NoSignIn => {}
        Mood::Healthy => moods::healthy(&mut queue, index),
        Mood::Easing => moods::ease(&mut queue, index),
        Mood::Troubled => trouble(&mut queue, index),
        Mood::Detailed => {
            trouble(&mut queue, index);
            detail(&mut queue, index);
        }
        Mood::Mixed => mix(&mut queue, index),
        Mood::PartlyRead => {
            trouble(&mut queue, index);
            moods::leave_unread(&mut queue, index);
        }
        Mood::Down => moods::set_cause(&mut queue, Cause::UpstreamTrouble),
        Mood::Refused => {
            trouble(&mut queue, index);
            moods::set_cause(&mut queue, Cause::Forbidden);
        }
    }
    let earlier = match mood {
        Mood::Easing => moods::before_easing(&queue, index),
        _ => queue.clone(),
    };
    judge(mood, &mut queue, &earlier);
    queue
}

/// Sets the level as the server would, with a reading of no trouble five minutes ago, and
/// two of `earlier` since.
fn judge(mood: Mood, queue: &mut Queue, earlier: &Queue) {
    if queue.state != QueueState::Open {
        return;
    }
    let before = Queue {
        waiting: Some(0),
        average_wait_ms: Some(0),
        longest_wait_ms: Some(0),
        service_level: ServiceLevel {
            percent: Some(100.0),
            ..queue.service_level
        },
        ..queue.clone()
    };
    let (mut judge, thresholds) = (Judge::default(), Thresholds::default());
    judge.step(&before, &thresholds, ago_ms(5 * 60));
    judge.step(earlier, &thresholds, ago_ms(4 * 60));
    judge.step(earlier, &thresholds, ago_ms(3 * 60));
    judge.step(queue, &thresholds, ago_ms(2 * 60));
    let mut judgement = judge.step(queue, &thresholds, ago_ms(60));
    if !is_current(mood, queue) {
        judgement = judge.interrupt();
    }
    queue.level = judgement.level;
    queue.level_since_ms = judgement.since_ms;
    queue.level_since_at_least = judgement.since_at_least;
    queue.times_past = judgement.times_past;
    queue.last_level = judgement.last_level;
    queue.reasons = judgement.reasons;
}

fn is_current(mood: Mood, queue: &Queue) -> bool {
    let ages = age(mood).zip(queue.lag_ms);
    ages.is_some_and(|(age, lag)| age.as_millis() as u64 + lag <= 3 * POLL_INTERVAL_MS)
}

/// Sets the calls waiting and all that goes with them: the wait, the service level and
/// how bad it is. Some of each level as `waiting` grows from 0.
pub fn load(queue: &mut Queue, waiting: u64) {
    set_waiting(queue, waiting);
    let earlier = queue.clone();
    judge(Mood::Calm, queue, &earlier);
}

fn set_waiting(queue: &mut Queue, waiting: u64) {
    queue.waiting = Some(waiting);
    queue.average_wait_ms = Some(waiting * 11_000);
    queue.longest_wait_ms = Some(waiting * 19_000);
    queue.service_level.percent = Some((98.0 - waiting as f64 * 2.4).max(3.0));
}

fn calm(index: usize) -> Queue {
    let (team, kind) = (TEAMS[index % 12], KINDS[index / 12 % 17]);
    let logged_on = 6 + (index as u64 * 5) % 14;
    let busy = logged_on * 5 / 8;
    let mut queue = Queue {
        id: format!("{}", 352_669 + index * 7),
        name: format!("{team}{kind}"),
        state: QueueState::Open,
        lag_ms: Some(0),
        agents: Agents {
            logged_on: Some(logged_on),
            available: Some(logged_on - busy - 1),
            busy: Some(busy),
            ..Agents::default()
        },
        service_level: ServiceLevel {
            percent: None,
            goal: Some(80.0),
            ..ServiceLevel::default()
        },
        // For the stage, which serves them as trends do: in bins.
        trend: (0..36)
            .map(|bin| Some((index as u64 * 3 + bin * 7 + bin * bin) % 5))
            .collect(),
        ..Queue::default()
    };
    set_waiting(&mut queue, (index as u64 * 7 + 2) % 5);
    queue
}

fn trouble(queue: &mut Queue, index: usize) {
    // The first of a board is in trouble: it may be the only one.
    // Not in columns, however many there are.
    match (index * 5 + index / 6) % 11 {
        0 => alarm(queue, index),
        4 | 7 => warn(queue, index),
        _ => {}
    }
}

/// What another of CXone's dialects tells of the same queue.
fn detail(queue: &mut Queue, index: usize) {
    queue.average_wait_ms = None;
    if queue.waiting >= Some(5) {
        queue.longest_wait_ms = queue.longest_wait_ms.max(Some(151_000));
    }
    let agents = &mut queue.agents;
    let logged_on = agents.logged_on.unwrap_or(0);
    agents.after_call_work = Some(index as u64 % 3);
    agents.unavailable = Some(1 + index as u64 % 4);
    agents.logged_on = Some(logged_on + index as u64 % 3 + 1 + index as u64 % 4);
    queue.service_level.threshold_ms = Some(30_000);
    queue.service_level.sample = Some(40 + index as u64 * 3);
    if index % 9 == 5 {
        // Early in the morning: no call came to count yet.
        queue.service_level.percent = None;
        queue.service_level.sample = Some(0);
    }
}

fn warn(queue: &mut Queue, index: usize) {
    set_waiting(queue, 5 + (index as u64 / 2) % 4);
    if index % 3 == 1 {
        queue.average_wait_ms = Some(83_000);
    }
    queue.trend = (0..36).map(|bin| Some(bin / 6)).collect();
}

fn alarm(queue: &mut Queue, index: usize) {
    set_waiting(queue, 11 + (index as u64 * 5) % 23);
    queue.average_wait_ms = Some(190_000);
    queue.longest_wait_ms = Some(407_000);
    if index.is_multiple_of(2) {
        queue.agents.available = Some(0);
        queue.agents.busy = queue.agents.logged_on;
    } else {
        queue.average_wait_ms = None;
    }
    queue.trend = (0..36).map(|bin| Some(bin / 2)).collect();
}

fn mix(queue: &mut Queue, index: usize) {
    let unread = |queue: &mut Queue, state| {
        *queue = Queue {
            id: queue.id.clone(),
            name: queue.name.clone(),
            state,
            ..Queue::default()
        };
    };
    match index % 12 {
        0 => alarm(queue, index),
        1 => warn(queue, index),
        3 => queue.lag_ms = Some(50_000),
        4 => {
            alarm(queue, index);
            queue.lag_ms = Some(50_000);
        }
        5 => {
            queue.lag_ms = Some(12 * 60_000 + 30_000);
            queue.cause = Some(Cause::LeftOut.sentence().into());
            queue.cause_code = Some(Cause::LeftOut);
        }
        6 => {
            queue.state = QueueState::Closed;
            queue.agents = Agents {
                logged_on: Some(0),
                available: Some(0),
                busy: Some(0),
                ..Agents::default()
            };
            set_waiting(queue, 0);
            queue.service_level.percent = None;
            queue.trend = Vec::new();
        }
        7 => unread(queue, QueueState::Unknown),
        8 => unread(queue, QueueState::NotFound),
        9 => unread(queue, QueueState::Forbidden),
        10 => {
            // Read, and some of it was not given.
            queue.average_wait_ms = None;
            queue.service_level.percent = None;
            queue.agents.busy = None;
            queue.trend[9..14].fill(None);
        }
        11 => {
            set_waiting(queue, 1_204);
            queue.longest_wait_ms = Some(5_025_000);
            queue.average_wait_ms = None;
            queue.agents.logged_on = Some(118);
            queue.agents.available = Some(3);
            queue.agents.busy = Some(109);
        }
        _ => {}
    }
}

/// A point on the server's uptime so many seconds ago. It is half a minute off a full
/// one, so that the minutes on the screen stay while a picture is taken.
fn ago_ms(seconds: u64) -> u64 {
    UPTIME.as_millis() as u64 - (seconds * 1_000 + 25_000) * u64::from(seconds > 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use queuewall_shared::level::{Level, Metric, Reason};

    use super::*;

    #[test]
    fn a_mixed_board_has_every_state_and_level_and_no_name_twice() {
        let board = board(Mood::Mixed, 200, None);
        let states: BTreeSet<_> = board
            .queues
            .iter()
            .map(|queue| format!("{:?}", queue.state))
            .collect();
        assert_eq!(states.len(), 5, "{states:?}");
        let levels: BTreeSet<_> = board.queues.iter().map(|queue| queue.level).collect();
        assert_eq!(levels.len(), 4, "{levels:?}");
        let names: BTreeSet<_> = board.queues.iter().map(|queue| &queue.name).collect();
        assert_eq!(names.len(), 200);
    }

    #[test]
    fn detailed_board_has_no_average_wait_and_sums_agents() {
        for queue in board(Mood::Detailed, 24, None).queues {
            assert_eq!(queue.average_wait_ms, None);
            let of = |reason: &Reason| reason.metric == Metric::AverageWait;
            assert!(!queue.reasons.iter().any(of));
            let Agents {
                logged_on,
                available,
                busy,
                after_call_work,
                unavailable,
            } = queue.agents;
            let all = [available, busy, after_call_work, unavailable].map(Option::unwrap);
            assert!(all.iter().sum::<u64>() <= logged_on.unwrap());
        }
    }

    #[test]
    fn healthy_board_is_ok_though_no_agent_is_free_where_calls_wait() {
        for queue in board(Mood::Healthy, 24, None).queues {
            assert_eq!(queue.level, Level::Ok, "{}", queue.name);
            assert_eq!(queue.waiting > Some(0), queue.agents.available == Some(0));
        }
    }

    #[test]
    fn easing_board_holds_levels_and_has_a_younger_reason() {
        let queues = board(Mood::Easing, 4, None).queues;
        let held = |queue: &Queue| queue.reasons.first().is_some_and(|reason| reason.held);
        let held: Vec<bool> = queues.iter().map(held).collect();
        assert_eq!(held, [true, false, true, false]);
        assert_eq!(queues[0].level, Level::Critical);
        assert_eq!(queues[1].level, Level::Critical);
        assert!(queues[1].reasons[0].since_ms > queues[1].level_since_ms);
        assert_eq!(queues[2].level, Level::Warning);
        assert_eq!(queues[3].level, Level::Ok);
    }

    #[test]
    fn the_load_decides_the_level() {
        let mut queue = queue(Mood::Calm, 0);
        for (waiting, level) in [
            (0, Level::Ok),
            (5, Level::Warning),
            (10, Level::Critical),
            (4, Level::Ok),
        ] {
            load(&mut queue, waiting);
            assert_eq!(queue.level, level);
            assert_eq!(queue.reasons.is_empty(), level == Level::Ok);
            assert_eq!(queue.level_since_ms.is_none(), level == Level::Ok);
        }
    }
}
