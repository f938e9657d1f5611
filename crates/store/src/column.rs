//! The numbers that are kept of a queue's minute: one column a metric, and one more where the
//! highest of the minute's readings matters.

use queuewall_shared::metric::{Metric, Unit};

/// One kept number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// What is measured.
    pub metric: Metric,
    /// Whether it is the highest of the readings, and not the last one.
    pub is_highest: bool,
}

/// How many columns there are.
pub const COLUMNS: usize = Metric::ALL.len() + 2;

/// The numbers of one queue, in the order of [`Column::ALL`]; `None` is unknown. Their units
/// are the metric's ([`Metric::unit`]).
pub type Values = [Option<f64>; COLUMNS];

impl Column {
    /// Every column.
    pub const ALL: [Self; COLUMNS] = {
        let waiting = Self {
            metric: Metric::Waiting,
            is_highest: true,
        };
        let longest = Self {
            metric: Metric::LongestWait,
            is_highest: true,
        };
        let mut all = [waiting; COLUMNS];
        all[COLUMNS - 1] = longest;
        let mut at = 0;
        while at < Metric::ALL.len() {
            all[at] = Self {
                metric: Metric::ALL[at],
                is_highest: false,
            };
            at += 1;
        }
        all
    };

    /// Its name in the database, in addresses and in the heads of CSV files: the metric's, with
    /// `_highest`.
    #[must_use]
    pub fn name(self) -> String {
        let suffix = if self.is_highest { "_highest" } else { "" };
        format!("{}{suffix}", self.metric.as_str())
    }

    /// The column of this [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
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
            assert_eq!(Column::from_name(&column.name()), Some(column));
            assert_eq!(column.index(), index);
        }
        assert_eq!(
            Column::from_name("waiting_highest").map(|it| it.is_highest),
            Some(true)
        );
        assert_eq!(Column::from_name("Waiting"), None);
    }
}
