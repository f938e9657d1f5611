//! The snapshot, as the server writes it and as the page reads it: two readers, one by
//! derived code and one by hand, that must agree.

use std::collections::BTreeSet;

use serde_json::{Value, from_slice, from_value, to_value};

use crate::{
    agents::{ActivityCounts, AgentActivity, AgentCounts, AgentList},
    snapshot::{BoardList, BoardSnapshot, Queue},
    trend::Trends,
    wire::{self, Json},
};

/// From here on a float no longer holds every whole number.
const COUNT_END: u64 = 1 << 53;

/// Any body: the page shows numbers that stand under their names in it and are possible, or
/// none. What the page reads is written and read again the same by both sides, and so is
/// what the server's side reads, but for numbers that are impossible.
///
/// # Panics
/// Where that does not hold.
pub fn snapshot(body: &[u8]) {
    let Ok(body) = from_slice::<Value>(body) else {
        return;
    };
    if let Some(shown) = read(&body) {
        let of_groups = shown.groups.iter().map(|group| &group.reading);
        shown.queues.iter().chain(of_groups).for_each(check_bounds);
        let written = to_value(&shown).expect("a snapshot can be written");
        let (shows, says) = (numbers(&written), numbers(&body));
        let more: Vec<_> = shows.difference(&says).collect();
        assert!(more.is_empty(), "{more:?} come from nowhere");
        assert_eq!(read(&written).as_ref(), Some(&shown));
        let read_by_server: BoardSnapshot = from_value(written).expect("what was written");
        assert_eq!(read_by_server, shown);
    }
    if let Ok(known) = from_value::<BoardSnapshot>(body.clone()) {
        let written = to_value(&known).expect("a snapshot can be written");
        assert_eq!(read(&written), possible(known.clone()));
        let again: BoardSnapshot = from_value(written).expect("what was written");
        assert_eq!(again, known);
    }
    if let Some(list) = wire::board_list(&Parsed(Some(&body))) {
        let written = to_value(&list).expect("a list can be written");
        let again = wire::board_list(&Parsed(Some(&written)));
        assert_eq!(again.as_ref(), Some(&list));
        let again: BoardList = from_value(written).expect("what was written");
        assert_eq!(again, list);
    }
    if let Some(list) = wire::agent_list(&Parsed(Some(&body))) {
        let written = to_value(&list).expect("a list can be written");
        let again = wire::agent_list(&Parsed(Some(&written)));
        assert_eq!(again.as_ref(), Some(&list));
        let again: AgentList = from_value(written).expect("what was written");
        assert_eq!(again, list);
    }
    if let Some(trends) = wire::trends(&Parsed(Some(&body))) {
        let written = to_value(&trends).expect("trends can be written");
        let again = wire::trends(&Parsed(Some(&written)));
        assert_eq!(again.as_ref(), Some(&trends));
        let again: Trends = from_value(written).expect("what was written");
        assert_eq!(again, trends);
    }
}

/// As the page does, but for the parser.
fn read(body: &Value) -> Option<BoardSnapshot> {
    let body = Parsed(Some(body));
    let queues = body.get("queues").each(wire::queue)?;
    wire::snapshot(&body, queues, true)
}

/// A value of the parser that is at hand here.
pub(crate) struct Parsed<'b>(pub(crate) Option<&'b Value>);

impl Json for Parsed<'_> {
    fn get(&self, name: &str) -> Self {
        Self(self.0.and_then(|value| value.get(name)))
    }

    fn text(&self) -> Option<String> {
        Some(self.0?.as_str()?.to_owned())
    }

    fn float(&self) -> Option<f64> {
        self.0?.as_f64()
    }

    fn flag(&self) -> Option<bool> {
        self.0?.as_bool()
    }

    fn each<T>(&self, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        let items = self.0?.as_array()?.iter();
        items.map(|item| read(&Self(Some(item)))).collect()
    }
}

fn check_bounds(queue: &Queue) {
    for count in counts(&mut queue.clone()) {
        assert!(count.is_none_or(|count| count < COUNT_END), "{queue:?}");
    }
    let level = queue.service_level;
    let today = queue.today.clone().unwrap_or_default();
    let of_today = [today.abandon_rate_percent, today.service_level.percent];
    for percent in [level.percent, level.goal]
        .into_iter()
        .chain(of_today)
        .flatten()
    {
        assert!((0.0..=100.0).contains(&percent), "{queue:?}");
    }
    assert!(queue.reasons.iter().all(|reason| reason.limit.is_finite()));
}

/// What the page reads of what the server's side knows: nothing where the frame is
/// impossible, and impossible numbers as unknown.
fn possible(mut known: BoardSnapshot) -> Option<BoardSnapshot> {
    let (totals, upstream) = (&mut known.totals, &mut known.upstream);
    let frame = [
        known.poll_interval_ms,
        totals.counted as u64,
        totals.of as u64,
    ];
    if frame.iter().any(|count| *count >= COUNT_END) {
        return None;
    }
    let is_possible = |count: &u64| *count < COUNT_END;
    for count in [
        &mut totals.waiting,
        &mut totals.longest_wait_ms,
        &mut totals.average_wait_ms,
        &mut upstream.since_ms,
        &mut upstream.next_try_ms,
        &mut known.today_interval_ms,
    ] {
        *count = count.filter(is_possible);
    }
    known.agents = known.agents.and_then(possible_agents);
    if (known.groups.iter()).any(|group| group.counted as u64 >= COUNT_END) {
        known.groups.clear();
    }
    let groups = known.groups.iter_mut();
    let of_groups = groups.map(|group| {
        group.oldest_lag_ms = group.oldest_lag_ms.filter(is_possible);
        &mut group.reading
    });
    for queue in known.queues.iter_mut().chain(of_groups) {
        queue.today = (queue.today.take()).filter(|today| today.lag_ms < COUNT_END);
        for count in counts(queue) {
            *count = count.filter(is_possible);
        }
        if let Some(today) = &mut queue.today {
            for percent in [
                &mut today.abandon_rate_percent,
                &mut today.service_level.percent,
            ] {
                *percent = percent.filter(|it| (0.0..=100.0).contains(it));
            }
        }
        // What an older server has there is not read any more.
        queue.trend.clear();
        let level = &mut queue.service_level;
        for percent in [&mut level.percent, &mut level.goal] {
            *percent = percent.filter(|it| (0.0..=100.0).contains(it));
        }
    }
    Some(known)
}

/// The same of agents.
fn possible_agents(mut agents: AgentCounts) -> Option<AgentCounts> {
    let is_possible = |count: &u64| *count < COUNT_END;
    agents.lag_ms = agents.lag_ms.filter(is_possible);
    let is_counted = |now: &ActivityCounts| {
        let each = AgentActivity::ALL.map(|activity| now.of(activity));
        each.iter().all(is_possible)
    };
    agents.now = agents.now.filter(is_counted);
    let mut over = agents.over.iter();
    if !over.all(|over| is_possible(&over.limit_ms) && is_possible(&over.agents)) {
        agents.over.clear();
    }
    is_possible(&agents.interval_ms).then_some(agents)
}

/// Every count of a queue.
fn counts(queue: &mut Queue) -> impl Iterator<Item = &mut Option<u64>> {
    let (agents, level) = (&mut queue.agents, &mut queue.service_level);
    let of_today = queue.today.iter_mut().flat_map(|today| {
        [
            &mut today.offered,
            &mut today.queued,
            &mut today.handled,
            &mut today.abandoned,
            &mut today.average_speed_of_answer_ms,
            &mut today.average_handle_ms,
            &mut today.average_talk_ms,
            &mut today.average_wrap_ms,
            &mut today.service_level.sample,
        ]
    });
    [
        &mut queue.lag_ms,
        &mut queue.waiting,
        &mut queue.average_wait_ms,
        &mut queue.longest_wait_ms,
        &mut queue.level_since_ms,
        &mut queue.revision,
        &mut agents.logged_on,
        &mut agents.available,
        &mut agents.busy,
        &mut agents.after_call_work,
        &mut agents.unavailable,
        &mut level.threshold_ms,
        &mut level.sample,
    ]
    .into_iter()
    .chain(of_today)
    .chain(queue.reasons.iter_mut().map(|reason| &mut reason.since_ms))
}

/// Every number by the name that it stands under, as its bits.
fn numbers(body: &Value) -> BTreeSet<(&str, u64)> {
    fn add<'b>(name: &'b str, value: &'b Value, numbers: &mut BTreeSet<(&'b str, u64)>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, it)| add(name, it, numbers)),
            Value::Array(items) => items.iter().for_each(|item| add(name, item, numbers)),
            // A negative zero is a zero.
            value => numbers.extend(value.as_f64().map(|it| (name, (it + 0.0).to_bits()))),
        }
    }
    let mut numbers = BTreeSet::new();
    add("", body, &mut numbers);
    numbers
}
