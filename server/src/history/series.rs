//! A queue's history in bins of one length.

use std::collections::HashSet;

use queuewall_shared::metric::{Metric, Unit};
use queuewall_store::{
    Result, Store,
    backfill::Hour,
    column::{Column, Values},
    history::{Queue, Resolution},
    retention::Retention,
};

use super::asked::{AskError, Asked, LONGEST_STEP};

/// The most bins of one answer.
pub const MOST_BINS: i64 = 1_500;

const MINUTE_MS: i64 = 60_000;
const HOUR: i64 = 60;
const DAY: i64 = 1_440;
/// Ranges beyond it are read from quarter hours, in minutes.
const LONGEST_OF_MINUTES: i64 = 2 * DAY;
/// Without `from`, in milliseconds.
const DEFAULT_RANGE_MS: i64 = 3 * 60 * MINUTE_MS;
/// So many rows are read at a time, so that a long range takes little memory.
const ROWS_A_READ: i64 = 2_880;

/// What is read of a queue's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesQuery {
    columns: Vec<Column>,
    /// The first bin's first minute since 1970.
    from: i64,
    /// The minute after the last bin.
    to: i64,
    /// Minutes of a bin.
    step: i64,
    resolution: Resolution,
    /// The minute that passes now.
    now: i64,
}

/// What is known of a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// For each column a value a bin; `None` is unknown.
    pub values: Vec<Vec<Option<f64>>>,
    /// For each bin, whether its service level was read later, by the hour: all of it, or a part.
    pub backfilled: Vec<bool>,
    /// The hours that were read later, each by its number since 1970.
    pub hours: Vec<(i64, Hour)>,
}

impl SeriesQuery {
    /// Reads it at this time in milliseconds since 1970.
    ///
    /// # Errors
    /// When a part of it cannot be read, or is out of bounds.
    pub fn new(asked: &Asked, now_ms: i64, retention: Retention) -> Result<Self, AskError> {
        let now = now_ms.div_euclid(MINUTE_MS);
        let (from, to) = asked.range(now * MINUTE_MS, DEFAULT_RANGE_MS)?;
        let (from, to) = (from / MINUTE_MS, up(to, MINUTE_MS) / MINUTE_MS);
        let step = match asked.step_minutes()? {
            None if to - from <= DAY => Resolution::Minute.minutes(),
            None => Resolution::QuarterHour.minutes(),
            Some(step) => step,
        };
        let is_old = from < retention.first(Resolution::Minute, now);
        let is_long = to - from > LONGEST_OF_MINUTES;
        let has_quarter_hours = step % Resolution::QuarterHour.minutes() == 0;
        Ok(Self {
            columns: asked.columns()?,
            from: from - from % step,
            to: up(to, step),
            step,
            resolution: match has_quarter_hours && (is_old || is_long) {
                true => Resolution::QuarterHour,
                false => Resolution::Minute,
            },
            now,
        })
    }

    /// The same, where one answer holds it.
    ///
    /// # Errors
    /// When it has too many bins.
    pub fn bounded(self) -> Result<Self, AskError> {
        let bins = |step: i64| (self.to - self.from) / step + 1;
        if self.bins() <= MOST_BINS {
            return Ok(self);
        }
        let quarter_hours = (1..=LONGEST_STEP / 15).map(|count| count * 15);
        let enough = (1..15)
            .chain(quarter_hours)
            .find(|step| bins(*step) <= MOST_BINS);
        Err(AskError::TooLong(enough.map(|minutes| minutes * 60)))
    }

    /// The same without what lies before all that may be kept, or in the future.
    #[must_use]
    pub fn within(self, retention: Retention) -> Self {
        let first =
            |resolution: Resolution| retention.first(resolution, self.now) * resolution.minutes();
        let first = first(Resolution::Minute).min(first(Resolution::QuarterHour));
        let to = self.to.min(up(self.now + 1, self.step));
        let from = self.from.max(first - first % self.step);
        Self { from, to, ..self }
    }

    /// The same in parts that one answer holds each.
    pub fn parts(&self) -> impl Iterator<Item = Self> {
        let length = self.step * MOST_BINS;
        let starts = (0..).map(move |part| self.from + part * length);
        starts
            .take_while(|from| *from < self.to)
            .map(move |from| Self {
                columns: self.columns.clone(),
                from,
                to: self.to.min(from + length),
                ..*self
            })
    }

    /// What is asked for of a queue.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The first bin's begin, in milliseconds since 1970.
    #[must_use]
    pub fn from_ms(&self) -> i64 {
        self.from * MINUTE_MS
    }

    /// The last bin's end.
    #[must_use]
    pub fn to_ms(&self) -> i64 {
        self.to * MINUTE_MS
    }

    /// Seconds of a bin.
    #[must_use]
    pub fn step_seconds(&self) -> i64 {
        self.step * 60
    }

    /// When each bin begins, in milliseconds since 1970.
    pub fn times_ms(&self) -> impl Iterator<Item = i64> {
        (0..self.bins()).map(|bin| self.from_ms() + bin * self.step * MINUTE_MS)
    }

    fn bins(&self) -> i64 {
        (self.to - self.from) / self.step
    }

    /// Reads it of one queue. What was recorded comes before what was read later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&self, store: &Store, queue: &Queue) -> Result<Series> {
        let mut bins = Bins::new(self);
        let end = self.add(store, queue, &mut bins, self.resolution).await?;
        if self.resolution == Resolution::QuarterHour {
            // One that has not ended, or has just ended, has no row yet.
            let to = self.to.min(self.now + 1);
            let from = end.max(to - 2 * Resolution::QuarterHour.minutes());
            let tail = Self {
                columns: Vec::new(),
                from: from.max(self.from),
                to,
                ..*self
            };
            tail.add(store, queue, &mut bins, Resolution::Minute)
                .await?;
        }
        let (first, end) = (self.from / HOUR, up(self.to, HOUR) / HOUR);
        let hours = store.hours(queue, first, end).await?;
        for (at, hour) in &hours {
            bins.add_hour(*at, hour);
        }
        let backfilled = bins.backfilled.clone();
        Ok(Series {
            values: bins.values(),
            backfilled,
            hours,
        })
    }

    /// Adds what is kept in this resolution; the minute after the last row.
    async fn add(
        &self,
        store: &Store,
        queue: &Queue,
        bins: &mut Bins<'_>,
        resolution: Resolution,
    ) -> Result<i64> {
        let minutes = resolution.minutes();
        // Whole quarter hours, of which something may be recorded outside of the range.
        let quarter = Resolution::QuarterHour.minutes();
        let (from, to) = (self.from - self.from % quarter, up(self.to, quarter));
        let (mut at, to) = (from / minutes, to / minutes);
        let mut end = self.from;
        while at < to {
            let next = to.min(at + ROWS_A_READ);
            for sample in store.read(queue, resolution, at, next).await? {
                bins.add(sample.at * minutes, &sample.values, minutes);
                end = (sample.at + 1) * minutes;
            }
            at = next;
        }
        Ok(end)
    }
}

/// The bins while they are filled.
struct Bins<'q> {
    query: &'q SeriesQuery,
    /// For each column: each bin's sum, or highest, and of how many minutes.
    sums: Vec<Vec<(f64, i64)>>,
    /// The quarter hours since 1970 of which something was recorded.
    recorded: HashSet<i64>,
    /// Which bins hold something that was read later.
    backfilled: Vec<bool>,
}

impl<'q> Bins<'q> {
    fn new(query: &'q SeriesQuery) -> Self {
        let bins = usize::try_from(query.bins()).unwrap_or_default();
        let sums = vec![vec![(0.0, 0); bins]; query.columns.len()];
        Self {
            query,
            sums,
            recorded: HashSet::new(),
            backfilled: vec![false; bins],
        }
    }

    /// Adds the service level of an hour to its quarters of which nothing was recorded.
    fn add_hour(&mut self, at: i64, hour: &Hour) {
        let mut columns = self.query.columns.iter();
        let column = columns.position(|it| it.metric == Metric::ServiceLevel);
        let (Some(column), Some(level)) = (column, hour.service_level()) else {
            return;
        };
        let (start, end) = (at * HOUR, (at + 1) * HOUR);
        for minute in start.max(self.query.from)..end.min(self.query.to) {
            if self
                .recorded
                .contains(&(minute / Resolution::QuarterHour.minutes()))
            {
                continue;
            }
            let bin = usize::try_from((minute - self.query.from) / self.query.step);
            let Some(bin) = bin.ok().filter(|bin| *bin < self.backfilled.len()) else {
                continue;
            };
            let (sum, weight) = &mut self.sums[column][bin];
            *sum += level;
            *weight += 1;
            self.backfilled[bin] = true;
        }
    }

    fn add(&mut self, at: i64, values: &Values, minutes: i64) {
        let quarter = at / Resolution::QuarterHour.minutes();
        self.recorded.insert(quarter);
        let bin = usize::try_from((at - self.query.from).div_euclid(self.query.step));
        for (column, sums) in self.query.columns.iter().zip(&mut self.sums) {
            let slot = bin.ok().and_then(|bin| sums.get_mut(bin));
            let (Some(value), Some((sum, weight))) = (values[column.index()], slot) else {
                continue;
            };
            if column.is_highest {
                (*sum, *weight) = (sum.max(value), 1);
            } else {
                *sum += value * minutes as f64;
                *weight += minutes;
            }
        }
    }

    fn values(self) -> Vec<Vec<Option<f64>>> {
        let columns = self.query.columns.iter().zip(self.sums);
        columns
            .map(|(column, sums)| {
                // Waits in whole milliseconds, the rest in tenths.
                let parts = match column.metric.unit() {
                    Unit::Milliseconds => 1.0,
                    _ => 10.0,
                };
                let mean =
                    |(sum, weight): (f64, i64)| (sum / weight as f64 * parts).round() / parts;
                sums.into_iter()
                    .map(|it| (it.1 > 0).then(|| mean(it)))
                    .collect()
            })
            .collect()
    }
}

/// The next multiple, where it is none.
fn up(number: i64, of: i64) -> i64 {
    number + (of - number % of) % of
}

#[cfg(test)]
mod tests;
