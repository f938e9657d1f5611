//! The task that writes the history.

use std::time::Duration;

use queuewall_store::{Result, Store};
use rand::{SeedableRng as _, rngs::StdRng};
use tokio::time::{Instant, sleep};

use super::{
    History, Hour, Minute,
    recorder::{Events, Record},
};
use crate::backoff::Backoff;

const RETRY_MIN: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = Duration::from_secs(60);
const JITTER: f64 = 0.5;

/// A record that is refused for so long is given up: the newer ones behind it count more.
const GIVE_UP_AFTER: Duration = Duration::from_secs(3_600);

impl History {
    /// Opens the store, and writes what is handed over, until every recorder is gone.
    pub async fn run(&self) {
        // The only one who takes it.
        let mut records = self.records.lock().await;
        while let Some(record) = records.recv().await {
            let (begun, mut failures) = (Instant::now(), 0_u32);
            while let Err(error) = self.keep(&record).await {
                self.metrics.failed(&error);
                if begun.elapsed() >= GIVE_UP_AFTER {
                    self.metrics.lose();
                    break;
                }
                failures = failures.saturating_add(1);
                sleep(retry_after(failures)).await;
            }
        }
    }

    async fn keep(&self, record: &Record) -> Result<(), String> {
        let store = self.config.database.open().await;
        let store = store.map_err(|error| error.to_string())?;
        let written = match record {
            Record::Events(Events {
                events,
                state,
                fence,
            }) => {
                let written = store.write_events(events, state, *fence).await;
                written.map(|_| ())
            }
            Record::Hour(Hour { at, rows, state }) => store.write_hour(*at, rows, state).await,
            Record::Minute(minute) => {
                let Minute { at, rows, state } = minute;
                store.write_minute(*at, rows, state).await
            }
        };
        written.map_err(|error| error.to_string())?;
        let Record::Minute(minute) = record else {
            self.metrics.works();
            return Ok(());
        };
        self.metrics.minute_written();
        // It has another chance in the next minute.
        if let Err(error) = self.tidy(&store, minute.at).await {
            self.metrics.failed(&error.to_string());
        }
        Ok(())
    }

    /// Makes the quarter hours that ended, and deletes some of what is old.
    async fn tidy(&self, store: &Store, at: i64) -> Result<()> {
        if (at + 1) % 15 == 0 {
            store.roll_up_to((at + 1) / 15).await?;
        }
        store.delete_some(self.config.retention, at).await
    }
}

fn retry_after(failures: u32) -> Duration {
    #[expect(clippy::expect_used, reason = "the maximum is above the minimum")]
    let backoff = Backoff::try_new(RETRY_MIN, RETRY_MAX, JITTER).expect("valid bounds");
    backoff.delay(failures, &mut StdRng::from_os_rng())
}
