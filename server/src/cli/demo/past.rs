//! The demo's history: the days before its start, as the simulated contact centre went through
//! them, in a database that is gone when the demo ends.

use std::{collections::HashMap, io, ops::Range, sync::Arc, time::Duration};

use queuewall_shared::{metric::Metric, trend::TREND_MINUTES};
use queuewall_simulator::{Numbers, Options, Past};
use queuewall_store::{
    Location,
    column::{COLUMNS, Column, Values},
    history::Queue,
    retention::Retention,
};
use tempfile::TempDir;
use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep},
};
use tracing::{debug, warn};

use super::super::args::DemoDialect;
use crate::{
    database::{Database, FILE},
    history::{HistoryConfig, Waiting},
};

const MINUTE_MS: i64 = 60_000;
pub(super) const DAY: i64 = 24 * 60;
/// A minute's highest number is that of so many moments.
const MOMENTS: i64 = 3;
/// So many minutes are written at once.
const CHUNK: usize = 60;
/// The first answers come first.
const BEFORE_WRITING: Duration = Duration::from_secs(1);
/// A minute since 1970, and each queue's numbers in it.
type Minute = (i64, Vec<Values>);

/// The demo's database, and what is written there.
pub(super) struct History {
    database: Arc<Database>,
    days: Days,
    folder: TempDir,
}

/// The time before the start. Minutes are counted from the simulated midnight before it.
#[derive(Clone)]
pub(super) struct Days {
    pub(super) options: Options,
    pub(super) dialect: DemoDialect,
    /// The minute since 1970 that begins with that midnight.
    pub(super) midnight: i64,
    /// How long it is, in minutes.
    pub(super) length: i64,
}

impl History {
    /// A history of which nothing is written yet.
    pub(super) fn new(days: Days) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = Location::File(folder.path().join(FILE));
        Ok(Self {
            database: Arc::new(Database::new(file)),
            days,
            folder,
        })
    }

    /// Where the server keeps its history.
    pub(super) fn config(&self) -> HistoryConfig {
        HistoryConfig {
            database: Arc::clone(&self.database),
            retention: Retention::default(),
        }
    }

    /// Writes it, the latest first.
    pub(super) fn fill(&self) -> impl Future<Output = ()> + use<> {
        let (days, database) = (self.days.clone(), Arc::clone(&self.database));
        async move {
            sleep(BEFORE_WRITING).await;
            match days.fill(&database).await {
                Ok(()) => debug!("the demo's history is complete"),
                Err(error) => warn!("the demo's history is not complete: {error}"),
            }
        }
    }

    /// Its folder.
    #[cfg(test)]
    pub(super) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Removes it.
    pub(super) fn remove(self) {
        if let Err(error) = self.folder.close() {
            debug!("the demo's history is still there: {error}");
        }
    }
}

impl Days {
    /// What the tiles' lines and changes are of, the oldest minute first.
    pub(super) async fn recent(&self) -> HashMap<Queue, Vec<Waiting>> {
        let days = self.clone();
        let recent = self.start() - TREND_MINUTES as i64..self.start();
        let simulated = spawn_blocking(move || days.simulate(1, recent)).await;
        let (queues, minutes) = simulated.unwrap_or_default();
        let waiting = |values: &Values| {
            let count = |column: Column| values[column.index()].map(|count| count as u64);
            Waiting {
                last: count(Column::WAITING),
                highest: count(Column::WAITING_HIGHEST),
            }
        };
        let trend = |(place, queue)| {
            let minutes = minutes.iter().map(|(_, all)| waiting(&all[place]));
            (queue, minutes.collect())
        };
        queues.into_iter().enumerate().map(trend).collect()
    }

    /// The minute that begins with the start.
    fn start(&self) -> i64 {
        self.options.start.minute().into()
    }

    /// The latest part first: its minutes, and with how many days before the start a centre
    /// begins that goes through it. The last two are the tenant's own, and lead to what it
    /// shows; each of the others has the day before it to get going.
    fn parts(&self) -> Vec<(u16, Range<i64>)> {
        let (start, first) = (self.start(), self.start() - self.length);
        let recent = start - TREND_MINUTES as i64;
        let mut parts = vec![(1, recent..start), (1, -DAY..recent)];
        let days = u16::try_from(self.length / DAY + 1).unwrap_or_default();
        parts.extend((2..=days).map(|day| {
            let begin = -i64::from(day) * DAY;
            (day + 1, begin..begin + DAY)
        }));
        for (_, minutes) in &mut parts {
            minutes.start = minutes.start.max(first);
        }
        parts.retain(|(_, minutes)| !minutes.is_empty());
        parts
    }

    async fn fill(&self, database: &Arc<Database>) -> anyhow::Result<()> {
        let store = database.open().await?;
        for (days_before, minutes) in self.parts() {
            let (days, range) = (self.clone(), minutes.clone());
            let simulated = spawn_blocking(move || days.simulate(days_before, range));
            let (queues, all) = simulated.await?;
            for chunk in all.rchunks(CHUNK) {
                let begun = Instant::now();
                let rows = chunk.iter().flat_map(|(at, values)| {
                    let of_queues = queues.iter().zip(values);
                    of_queues.map(|(queue, values)| (queue, *at, values))
                });
                store.write_minutes(&rows.collect::<Vec<_>>()).await?;
                // Half of one processor at most.
                sleep(begun.elapsed()).await;
            }
            // The quarter hour of the start is the server's.
            let last = (self.midnight + self.start()) / 15;
            let (from, to) = (self.midnight + minutes.start, self.midnight + minutes.end);
            store.roll_up(from / 15, ((to + 14) / 15).min(last)).await?;
        }
        Ok(())
    }

    /// The queues, and their numbers in these minutes.
    fn simulate(&self, days_before: u16, minutes: Range<i64>) -> (Vec<Queue>, Vec<Minute>) {
        let mut past = Past::new(&Options {
            days_before,
            ..self.options.clone()
        });
        // `reporting-v2` knows of the queues only.
        let count = match self.dialect {
            DemoDialect::ReportingV2 => self.options.queues,
            DemoDialect::Realtime => usize::MAX,
        };
        let queue = |id: &str| Queue {
            id: id.to_owned(),
            skills: Vec::new(),
        };
        let queues = past.ids().take(count).map(queue).collect();
        let minutes = minutes.map(|minute| {
            let moments = (1..=MOMENTS).map(|moment| {
                let at = minute * MINUTE_MS + moment * MINUTE_MS / MOMENTS;
                past.at(at)
            });
            let moments: Vec<_> = moments.collect();
            let values = |queue| {
                let numbers = moments.iter().map(|all: &Vec<Numbers>| all[queue]);
                self.values(&numbers.collect::<Vec<_>>())
            };
            let queues = 0..moments[0].len().min(count);
            (self.midnight + minute, queues.map(values).collect())
        });
        (queues, minutes.collect())
    }

    /// What is kept of a queue's minute, as it would be read.
    fn values(&self, moments: &[Numbers]) -> Values {
        let is_realtime = matches!(self.dialect, DemoDialect::Realtime);
        let last = moments.last();
        let highest = |of: fn(&Numbers) -> u64| moments.iter().map(of).max();
        let mut values = [None; COLUMNS];
        for (value, column) in values.iter_mut().zip(Column::ALL) {
            let count = match column.metric {
                Metric::Waiting if column.is_highest => highest(|it| it.waiting),
                Metric::Waiting => last.map(|it| it.waiting),
                Metric::LongestWait if is_realtime => highest(|it| it.longest_wait_ms),
                Metric::AverageWait if !is_realtime => last.map(|it| it.average_wait_ms),
                Metric::AgentsLoggedOn => last.map(|it| it.agents_logged_on),
                Metric::AvailableAgents => last.map(|it| it.agents_available),
                Metric::AgentsBusy => last.map(|it| it.agents_busy),
                _ => None,
            };
            *value = count.map(|count| count as f64);
            if column.metric == Metric::ServiceLevel {
                *value = last.and_then(|it| it.service_level);
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_seven_days_without_hole_the_latest_first() {
        let days = Days {
            options: Options::default(),
            dialect: DemoDialect::ReportingV2,
            midnight: 0,
            length: 7 * DAY,
        };
        let parts = days.parts();
        assert_eq!(parts[0], (1, 440..620));
        assert_eq!(parts[1], (1, -1_440..440));
        let mut end = 620;
        for (days_before, minutes) in &parts {
            assert_eq!(minutes.end, end);
            assert!(minutes.start >= -i64::from(*days_before) * DAY);
            end = minutes.start;
        }
        assert_eq!(end, 620 - 7 * DAY);
        let short = Days { length: 60, ..days };
        assert_eq!(short.parts(), [(1, 560..620)]);
    }
}
