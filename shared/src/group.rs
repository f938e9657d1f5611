//! A group of a board's queues as one queue: its numbers by the table of metrics, its level
//! that of its worst member.
//!
//! The numbers are over the members whose readings count. The others are left out and counted
//! ("7 of 8"), as in the header's sums: what is unknown is never 0. Agents are not summed,
//! since CXone does not say who serves several queues: a group has at least as many as the
//! member with the most of them.

use serde::{Deserialize, Serialize};

use crate::{
    cause::Cause,
    level::Judgement,
    metric::Metric,
    snapshot::{Agents, Level, Queue, QueueState, ServiceLevel},
    today::{Today, TodayServiceLevel},
};

/// A group of a board's queues, and its reading in the shape of a queue's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The group as one queue, of which everything that asks a queue can ask it. Its id is the
    /// group's name in brackets (`[Sales]`), which no queue has. `lag_ms` is that of the
    /// youngest of the readings that its numbers are over; `agents` are each at least so many;
    /// `last_level` is the worst of the members that are not read now.
    #[serde(flatten)]
    pub reading: Queue,
    /// The ids of its members, in the board's order.
    pub queues: Vec<String>,
    /// How many of them the numbers are over; 0 where none is read now, and the numbers are
    /// those known last.
    pub counted: usize,
    /// How many milliseconds older the oldest of those readings is than the board's latest
    /// successful read.
    pub oldest_lag_ms: Option<u64>,
    /// The member whose level and reasons the group has; `None` where they are by levels of its
    /// own, and while nothing is the matter.
    pub reason_queue: Option<String>,
}

/// The id of the group of that name.
#[must_use]
pub fn group_id(name: &str) -> String {
    ["[", name, "]"].concat()
}

impl Group {
    /// A group of these queues; the flag beside each says whether its reading is young enough to
    /// count.
    #[must_use]
    pub fn of<'a>(name: &str, members: impl IntoIterator<Item = (&'a Queue, bool)>) -> Self {
        let members: Vec<_> = members.into_iter().collect();
        let read = members.iter().filter(|(queue, _)| queue.has_reading());
        let counted: Vec<&Queue> = read
            .clone()
            .filter_map(|(queue, counts)| counts.then_some(*queue))
            .collect();
        let known = match counted.is_empty() {
            true => read.map(|(queue, _)| *queue).collect(),
            false => counted.clone(),
        };
        let all: Vec<&Queue> = members.iter().map(|(queue, _)| *queue).collect();
        let lags = || known.iter().filter_map(|queue| queue.lag_ms);
        let is_closed = |queue: &Queue| queue.state == QueueState::Closed;
        let cause = (!known.is_empty()).then_some(None);
        let cause = cause.unwrap_or_else(|| alike(&all, |queue| Some(queue.cause_code)).flatten());
        let mut group = Self {
            reading: Queue {
                id: group_id(name),
                name: name.to_owned(),
                state: match known.iter().all(|queue| is_closed(queue)) {
                    _ if known.is_empty() => alike(&all, |queue| Some(queue.state))
                        .filter(|state| {
                            matches!(state, QueueState::NotFound | QueueState::Forbidden)
                        })
                        .unwrap_or_default(),
                    true => QueueState::Closed,
                    false => QueueState::Open,
                },
                cause_code: cause,
                cause: cause.map(|cause: Cause| cause.sentence().to_owned()),
                lag_ms: lags().min(),
                is_outside_hours: known.iter().any(|queue| queue.is_outside_hours)
                    && known
                        .iter()
                        .all(|queue| queue.is_outside_hours || is_closed(queue)),
                ..numbers(&known)
            },
            queues: all.iter().map(|queue| queue.id.clone()).collect(),
            counted: counted.len(),
            oldest_lag_ms: lags().max(),
            reason_queue: None,
        };
        let unread = members
            .iter()
            .filter(|(queue, counts)| !(*counts && queue.has_reading()));
        let levels = unread.map(|(queue, _)| queue.level.max(queue.last_level));
        group.reading.last_level = levels.max().unwrap_or_default();
        group.take_level_of(&counted);
        group
    }

    /// Takes over what its own levels say of its numbers, where that is worse than its worst
    /// member.
    #[must_use]
    pub fn with_own(mut self, own: Judgement) -> Self {
        if self.counted > 0 && own.level > self.reading.level {
            let reading = &mut self.reading;
            reading.level = own.level;
            reading.level_since_ms = own.since_ms;
            reading.level_since_at_least = own.since_at_least;
            reading.times_past = own.times_past;
            reading.reasons = own.reasons;
            self.reason_queue = None;
        }
        self
    }

    /// The level of the worst of `counted`, and its reasons.
    fn take_level_of(&mut self, counted: &[&Queue]) {
        let order = |queue: &Queue| {
            let times_past = queue.times_past.unwrap_or_default();
            (queue.level, times_past, queue.waiting)
        };
        let counted = counted.iter().copied();
        let worst = counted.reduce(|a, b| if order(b) > order(a) { b } else { a });
        let Some(worst) = worst else {
            return;
        };
        let reading = &mut self.reading;
        reading.level = worst.level;
        if worst.level > Level::Ok {
            reading.level_since_ms = worst.level_since_ms;
            reading.level_since_at_least = worst.level_since_at_least;
            reading.times_past = worst.times_past;
            reading.reasons.clone_from(&worst.reasons);
            self.reason_queue = Some(worst.id.clone());
        }
    }
}

/// Several queues' numbers as one queue's, each as the table of metrics says; everything else
/// is the default.
fn numbers(queues: &[&Queue]) -> Queue {
    let value = |metric: Metric| metric.aggregate(queues.iter().copied());
    let whole = |metric: Metric| value(metric).map(|value| value as u64);
    let most = |of: fn(&Agents) -> Option<u64>| {
        let counts = queues.iter().filter_map(|queue| of(&queue.agents));
        counts.max()
    };
    Queue {
        waiting: whole(Metric::Waiting),
        average_wait_ms: whole(Metric::AverageWait),
        longest_wait_ms: whole(Metric::LongestWait),
        agents: Agents {
            logged_on: most(|agents| agents.logged_on),
            available: most(|agents| agents.available),
            busy: most(|agents| agents.busy),
            after_call_work: most(|agents| agents.after_call_work),
            unavailable: most(|agents| agents.unavailable),
        },
        service_level: ServiceLevel {
            percent: value(Metric::ServiceLevel),
            goal: alike(queues, |queue| queue.service_level.goal),
            threshold_ms: alike(queues, |queue| queue.service_level.threshold_ms),
            sample: whole(Metric::ServiceLevelSample),
        },
        today: today(queues),
        ..Queue::default()
    }
}

/// Several queues' numbers of one day as one queue's.
fn today(queues: &[&Queue]) -> Option<Today> {
    let of_days = || queues.iter().filter_map(|queue| queue.today.as_ref());
    let value = |metric: Metric| metric.aggregate(queues.iter().copied());
    let whole = |metric: Metric| value(metric).map(|value| value as u64);
    Some(Today {
        from: of_days().next()?.from.clone(),
        lag_ms: of_days().map(|today| today.lag_ms).max()?,
        offered: whole(Metric::Offered),
        queued: whole(Metric::Queued),
        handled: whole(Metric::Handled),
        abandoned: whole(Metric::Abandoned),
        abandon_rate_percent: value(Metric::AbandonRate),
        average_speed_of_answer_ms: whole(Metric::AverageSpeedOfAnswer),
        average_handle_ms: whole(Metric::AverageHandle),
        average_talk_ms: whole(Metric::AverageTalk),
        average_wrap_ms: whole(Metric::AverageWrap),
        service_level: TodayServiceLevel {
            percent: value(Metric::ServiceLevelToday),
            sample: whole(Metric::ServiceLevelTodaySample),
        },
    })
}

/// What all of these queues have alike; `None` where they differ, or there are none.
fn alike<T: PartialEq>(queues: &[&Queue], of: impl Fn(&Queue) -> Option<T>) -> Option<T> {
    let first = of(queues.first()?)?;
    let is_same = |queue: &&Queue| of(queue).as_ref() == Some(&first);
    queues.iter().all(is_same).then_some(first)
}

#[cfg(test)]
mod tests;
