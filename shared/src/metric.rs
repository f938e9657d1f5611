//! The table of metrics: what is measured of a queue, and how each number behaves.
//!
//! Levels, totals, configuration, `stats`, Prometheus and tiles ask this table. To add a
//! metric, add a variant and its row, and say in
//! [`Queue::value`](crate::snapshot::Queue::value) where it stands.

use serde::{Deserialize, Serialize};

/// What is measured of a queue, now and since midnight. The first nine are judged ([`Metric::JUDGED`]), the most
/// telling first: that is the order of reasons.
///
/// The order is fixed, and not by how far each is past its limit, so that the sentence on a
/// red tile does not jump about from reading to reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Agents logged on in any state.
    AgentsLoggedOn,
    /// Wait of the call that waits longest.
    LongestWait,
    /// Mean wait of the calls waiting.
    AverageWait,
    /// Calls waiting.
    Waiting,
    /// Agents ready to take a call.
    AvailableAgents,
    /// Percent of calls answered in time; unknown while it is over no call.
    ServiceLevel,
    /// Percent of today's queued contacts that gave up waiting; unknown while none was queued.
    AbandonRate,
    /// Percent of today's contacts answered in time; unknown while it is over none.
    ServiceLevelToday,
    /// Mean wait of today's contacts that were answered.
    AverageSpeedOfAnswer,
    /// Agents on a call or in after-call work.
    AgentsBusy,
    /// Agents in after-call work.
    AgentsAfterCallWork,
    /// Agents logged on and not available for calls: breaks, meetings.
    AgentsUnavailable,
    /// How many calls the service level is over.
    ServiceLevelSample,
    /// Contacts that came today.
    Offered,
    /// Contacts placed in the queue today.
    Queued,
    /// Contacts that an agent handled today.
    Handled,
    /// Contacts that gave up waiting today.
    Abandoned,
    /// Mean time that agents spent on one of today's contacts, after-call work included.
    AverageHandle,
    /// Mean talk time of today's contacts.
    AverageTalk,
    /// Mean after-call work of today's contacts.
    AverageWrap,
    /// How many of today's contacts the service level is over.
    ServiceLevelTodaySample,
}

/// A metric's unit in the snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A number of calls.
    Calls,
    /// A number of agents.
    Agents,
    /// A duration in milliseconds.
    Milliseconds,
    /// 0 to 100.
    Percent,
}

/// On which side of a limit trouble lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Too much is trouble.
    Above,
    /// Too little is trouble.
    Below,
}

/// How several queues' values make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aggregation {
    /// They add up.
    Sum,
    /// The largest counts.
    Maximum,
    /// Their mean, each weighted by another metric of its queue.
    MeanWeightedBy(Metric),
    /// Not at all: one agent serves several queues.
    None,
}

const BY_HANDLED: Aggregation = Aggregation::MeanWeightedBy(Metric::Handled);

struct Row {
    name: &'static str,
    label: &'static str,
    unit: Unit,
    direction: Direction,
    aggregation: Aggregation,
}

impl Metric {
    /// Every metric, the most telling first.
    pub const ALL: [Self; 21] = [
        Self::AgentsLoggedOn,
        Self::LongestWait,
        Self::AverageWait,
        Self::Waiting,
        Self::AvailableAgents,
        Self::ServiceLevel,
        Self::AbandonRate,
        Self::ServiceLevelToday,
        Self::AverageSpeedOfAnswer,
        Self::AgentsBusy,
        Self::AgentsAfterCallWork,
        Self::AgentsUnavailable,
        Self::ServiceLevelSample,
        Self::Offered,
        Self::Queued,
        Self::Handled,
        Self::Abandoned,
        Self::AverageHandle,
        Self::AverageTalk,
        Self::AverageWrap,
        Self::ServiceLevelTodaySample,
    ];

    /// Those that levels are about, the most telling first.
    pub const JUDGED: [Self; 9] = [
        Self::AgentsLoggedOn,
        Self::LongestWait,
        Self::AverageWait,
        Self::Waiting,
        Self::AvailableAgents,
        Self::ServiceLevel,
        Self::AbandonRate,
        Self::ServiceLevelToday,
        Self::AverageSpeedOfAnswer,
    ];

    const fn row(self) -> Row {
        use {Aggregation as A, Direction as D, Unit as U};
        let (name, label, unit, direction, aggregation) = match self {
            Self::AvailableAgents => {
                let label = "available";
                ("available_agents", label, U::Agents, D::Below, A::None)
            }
            Self::LongestWait => {
                let unit = U::Milliseconds;
                ("longest_wait", "longest wait", unit, D::Above, A::Maximum)
            }
            Self::AverageWait => {
                let (unit, mean) = (U::Milliseconds, A::MeanWeightedBy(Self::Waiting));
                ("average_wait", "avg wait", unit, D::Above, mean)
            }
            Self::Waiting => ("waiting", "waiting", U::Calls, D::Above, A::Sum),
            Self::ServiceLevel => {
                let mean = A::MeanWeightedBy(Self::ServiceLevelSample);
                ("service_level", "service level", U::Percent, D::Below, mean)
            }
            Self::AgentsLoggedOn => {
                let label = "logged on";
                ("agents_logged_on", label, U::Agents, D::Below, A::None)
            }
            Self::AgentsBusy => ("agents_busy", "busy", U::Agents, D::Above, A::None),
            Self::AgentsAfterCallWork => {
                let name = "agents_after_call_work";
                (name, "after-call work", U::Agents, D::Above, A::None)
            }
            Self::AgentsUnavailable => {
                let label = "unavailable";
                ("agents_unavailable", label, U::Agents, D::Above, A::None)
            }
            Self::ServiceLevelSample => {
                let label = "service level over";
                ("service_level_sample", label, U::Calls, D::Below, A::Sum)
            }
            Self::AbandonRate => {
                let (unit, mean) = (U::Percent, A::MeanWeightedBy(Self::Queued));
                ("abandon_rate", "abandon rate", unit, D::Above, mean)
            }
            Self::ServiceLevelToday => {
                let mean = A::MeanWeightedBy(Self::ServiceLevelTodaySample);
                let label = "service level today";
                ("service_level_today", label, U::Percent, D::Below, mean)
            }
            Self::AverageSpeedOfAnswer => {
                let (name, label) = ("average_speed_of_answer", "avg speed of answer");
                (name, label, U::Milliseconds, D::Above, BY_HANDLED)
            }
            Self::Offered => ("offered", "offered", U::Calls, D::Above, A::Sum),
            Self::Queued => ("queued", "queued", U::Calls, D::Above, A::Sum),
            Self::Handled => ("handled", "handled", U::Calls, D::Below, A::Sum),
            Self::Abandoned => ("abandoned", "abandoned", U::Calls, D::Above, A::Sum),
            Self::AverageHandle => {
                let (label, unit) = ("avg handle", U::Milliseconds);
                ("average_handle", label, unit, D::Above, BY_HANDLED)
            }
            Self::AverageTalk => {
                let (label, unit) = ("avg talk", U::Milliseconds);
                ("average_talk", label, unit, D::Above, BY_HANDLED)
            }
            Self::AverageWrap => {
                let (label, unit) = ("avg wrap-up", U::Milliseconds);
                ("average_wrap", label, unit, D::Above, BY_HANDLED)
            }
            Self::ServiceLevelTodaySample => {
                let (name, label) = ("service_level_today_sample", "service level today over");
                (name, label, U::Calls, D::Below, A::Sum)
            }
        };
        Row {
            name,
            label,
            unit,
            direction,
            aggregation,
        }
    }

    /// The stable name: in JSON, the configuration and metrics' names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// The metric of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == name)
    }

    /// Whether it is counted since midnight, and not measured now.
    #[must_use]
    pub const fn is_of_today(self) -> bool {
        use Metric as M;
        match self {
            M::AbandonRate | M::ServiceLevelToday | M::AverageSpeedOfAnswer => true,
            _ => self as usize > M::ServiceLevelSample as usize,
        }
    }

    /// Whether it says that calls wait, or for how long they do.
    #[must_use]
    pub const fn is_of_waiting(self) -> bool {
        matches!(self, Self::Waiting | Self::AverageWait | Self::LongestWait)
    }

    /// A short English label, in small letters.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.row().label
    }

    /// The unit of its values.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.row().unit
    }

    /// On which side of a limit trouble lies.
    #[must_use]
    pub const fn direction(self) -> Direction {
        self.row().direction
    }

    /// How several queues' values make one.
    #[must_use]
    pub const fn aggregation(self) -> Aggregation {
        self.row().aggregation
    }

    /// How many times its limit a value is, for comparing different metrics: 1 at the limit,
    /// less where it is back behind it, 100 at most. A percentage counts by what it lacks to 100, agents by the calls `waiting`
    /// for each of them.
    #[must_use]
    pub fn times_past(self, limit: f64, value: f64, waiting: Option<u64>) -> f64 {
        let times = match (self.direction(), self.unit()) {
            (Direction::Above, _) => value / limit.max(1.0),
            (Direction::Below, Unit::Percent) => (100.0 - value) / (100.0 - limit).max(1.0),
            (Direction::Below, _) => {
                let waiting = waiting.unwrap_or(0) as f64;
                (limit + 1.0 + waiting) / (value + 1.0)
            }
        };
        times.clamp(0.0, 100.0)
    }

    /// Whether `value` is past `limit`, both in the metric's unit.
    ///
    /// A count is when it reaches its limit (5 waiting, 0 available); a duration and a
    /// percentage must be beyond theirs (a service level of 80 % meets a goal of 80 %).
    #[must_use]
    pub fn is_past(self, limit: f64, value: f64) -> bool {
        let reaches = matches!(self.unit(), Unit::Calls | Unit::Agents) && value == limit;
        reaches
            || match self.direction() {
                Direction::Above => value > limit,
                Direction::Below => value < limit,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{Queue, Today};

    #[test]
    fn metric_has_one_name_in_json_and_table() {
        for metric in Metric::ALL {
            assert_eq!(serde_json::to_value(metric).unwrap(), metric.as_str());
            assert_eq!(Metric::of_name(metric.as_str()), Some(metric));
        }
        assert!(Metric::ALL.starts_with(&Metric::JUDGED));
        assert!(Metric::ALL.is_sorted(), "the order of reasons");
    }

    #[test]
    fn value_of_service_level_is_unknown_over_no_call() {
        let mut queue = Queue::default();
        queue.service_level.percent = Some(0.0);
        assert_eq!(queue.value(Metric::ServiceLevel), Some(0.0));
        queue.service_level.sample = Some(0);
        assert_eq!(queue.value(Metric::ServiceLevel), None);
        assert_eq!(queue.value(Metric::ServiceLevelSample), Some(0.0));
    }

    #[test]
    fn rates_of_several_queues_are_sums_over_sums() {
        let queue = |queued: u64, abandoned: u64, handled: u64, talk_ms: u64| Queue {
            today: Some(Today {
                queued: Some(queued),
                abandoned: Some(abandoned),
                abandon_rate_percent: (queued > 0)
                    .then(|| abandoned as f64 * 100.0 / queued as f64),
                handled: Some(handled),
                average_talk_ms: Some(talk_ms),
                ..Today::default()
            }),
            ..Queue::default()
        };
        // The last one has averages over nothing, as CXone may say.
        let queues = [
            queue(90, 9, 81, 60_000),
            queue(10, 5, 9, 160_000),
            queue(0, 0, 0, 999),
            Queue::default(),
        ];
        let of = |metric: Metric| metric.aggregate(&queues);
        assert_eq!(of(Metric::AbandonRate), Some(14.0));
        assert_eq!(of(Metric::AverageTalk), Some(70_000.0));
        assert_eq!(of(Metric::Handled), Some(90.0));
        assert_eq!(of(Metric::Offered), None, "unknown");
        for metric in Metric::ALL {
            let is_of_today = metric.is_of_today();
            let has_live = Queue::default().value(metric).is_some();
            assert!(!has_live && (is_of_today || metric <= Metric::ServiceLevelSample));
        }
        assert!(Metric::AbandonRate.is_of_today() && !Metric::AgentsBusy.is_of_today());
    }

    #[test]
    fn service_levels_are_weighted_by_their_samples() {
        let queue = |percent, sample| {
            let mut queue = Queue::default();
            queue.service_level.percent = Some(percent);
            queue.service_level.sample = sample;
            queue
        };
        let queues = [
            queue(100.0, Some(1)),
            queue(50.0, Some(9)),
            queue(0.0, Some(0)),
        ];
        assert_eq!(Metric::ServiceLevel.aggregate(&queues), Some(55.0));
        // Without its sample a percentage has no weight.
        assert_eq!(Metric::ServiceLevel.aggregate(&[queue(50.0, None)]), None);
        assert_eq!(Metric::AvailableAgents.aggregate(&queues), None);
    }
}
