//! The numbers that are kept of a queue's minute: one column a metric, and one more where the
//! highest of the minute's readings matters.

use queuewall_shared::metric::{Metric, Unit};

/// One kept number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its name in the database, in addresses and in the heads of CSV files.
    pub name: &'static str,
    /// What is measured.
    pub metric: Metric,
    /// Whether it is the highest of the minute's readings, and not the last one.
    pub is_highest: bool,
}

/// How many columns there are.
pub const COLUMNS: usize = 8;

/// The numbers of one queue, in the order of [`Column::ALL`]; `None` is unknown. Their units
/// are the metric's ([`Metric::unit`]).
pub type Values = [Option<f64>; COLUMNS];

impl Column {
    /// Every column. The agents in after-call work or unavailable and the service level's sample
    /// are not among them: they would make each row a third longer.
    pub const ALL: [Self; COLUMNS] = [
        Self::WAITING,
        Self::WAITING_HIGHEST,
        // Between two readings a long wait comes and goes: the last one says little.
        Self {
            name: "longest_wait",
            metric: Metric::LongestWait,
            is_highest: true,
        },
        Self::last(Metric::AverageWait),
        Self::last(Metric::ServiceLevel),
        Self::last(Metric::AgentsLoggedOn),
        Self::last(Metric::AvailableAgents),
        Self::last(Metric::AgentsBusy),
    ];

    /// Calls waiting at the minute's end.
    pub const WAITING: Self = Self::last(Metric::Waiting);

    /// The most calls waiting in the minute.
    pub const WAITING_HIGHEST: Self = Self {
        name: "waiting_highest",
        metric: Metric::Waiting,
        is_highest: true,
    };

    const fn last(metric: Metric) -> Self {
        Self {
            name: metric.as_str(),
            metric,
            is_highest: false,
        }
    }

    /// The column of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name == name)
    }

    /// Its place among [`Values`].
    #[must_use]
    pub fn index(self) -> usize {
        Self::ALL
            .iter()
            .position(|column| *column == self)
            .unwrap_or_default()
    }

    /// How much of the metric's unit one stored unit is: whole seconds, tenths of a percent.
    pub(crate) fn stored_unit(self) -> f64 {
        match self.metric.unit() {
            Unit::Calls | Unit::Agents => 1.0,
            Unit::Milliseconds => 1_000.0,
            Unit::Percent => 0.1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_one_name_and_one_place() {
        for (index, column) in Column::ALL.into_iter().enumerate() {
            assert_eq!(Column::from_name(column.name), Some(column));
            assert_eq!(column.index(), index);
        }
        assert_eq!(
            Column::from_name("waiting_highest").map(|it| it.is_highest),
            Some(true)
        );
        assert_eq!(Column::from_name("Waiting"), None);
    }
}
