//! Minute by minute, what is known of each queue: the tiles' trends, and what the history keeps.

use std::collections::HashMap;

use queuewall_shared::trend::{TREND_MINUTES, Trend};
use queuewall_store::history::Queue;

use super::{assemble::Frame, plan::Group, readings::Readings};

const MINUTE_MS: u64 = 60_000;

/// Which minutes of the server's uptime are recorded.
#[derive(Debug, Default)]
pub(crate) struct Minutes {
    ended: u64,
    /// How many ended since the start.
    since_start: usize,
    /// The trends of before the start, of queues that were not read since.
    restored: HashMap<Queue, Trend>,
}

impl Minutes {
    /// Goes on at this uptime, with the trends of before.
    pub(crate) fn restored(uptime_ms: u64, restored: HashMap<Queue, Trend>) -> Self {
        Self {
            ended: uptime_ms / MINUTE_MS,
            since_start: 0,
            restored,
        }
    }

    /// Records the minutes that have ended since the last call, and answers whether there are
    /// any. What is known and not stale is the last one's value; those before it, which the
    /// machine slept through, are gaps.
    pub(crate) fn record(
        &mut self,
        readings: &mut Readings,
        groups: &[Group],
        frame: Frame<'_>,
    ) -> bool {
        self.bring_back(readings, groups);
        let ended = frame.uptime_ms / MINUTE_MS;
        // Behind it, where the machine's clock was set back: nothing has ended.
        let new = ended.saturating_sub(self.ended);
        self.ended = ended;
        if new == 0 {
            return false;
        }
        let new = usize::try_from(new).unwrap_or(usize::MAX);
        self.since_start = self.since_start.saturating_add(new);
        if self.since_start > TREND_MINUTES {
            self.restored.clear();
        }
        let gaps = (new - 1).min(TREND_MINUTES);
        for (_, _, known) in readings.all_mut() {
            for _ in 0..gaps {
                known.trend.push(None);
            }
            let current = known.current(frame.now, frame.cycle);
            let waiting = current.and_then(|(reading, _)| reading.waiting);
            known.trend.push(waiting);
        }
        true
    }

    /// Gives queues that are read for the first time the trend of before the start.
    fn bring_back(&mut self, readings: &mut Readings, groups: &[Group]) {
        if self.restored.is_empty() {
            return;
        }
        for (group, id, known) in readings.all_mut() {
            if !known.trend.is_unknown() {
                continue;
            }
            if let Some(mut trend) = self.restored.remove(&groups[group].queue(id)) {
                for _ in 0..self.since_start {
                    trend.push(None);
                }
                known.trend = trend;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use cxone::{QueueReading, QueueReadings};
    use tokio::time::Instant;

    use super::*;
    use crate::clock::Moment;

    /// The trend's end after a reading at 0:00 and records at these uptimes.
    fn recorded(at_seconds: &[u64], poll: Duration) -> Vec<Option<u64>> {
        let start = Moment {
            monotonic: Instant::now(),
            wall: SystemTime::UNIX_EPOCH,
            passed: Duration::ZERO,
        };
        let reading = QueueReading {
            id: "q".into(),
            waiting: Some(3),
            ..QueueReading::default()
        };
        let mut readings = Readings::new(1);
        let answer = QueueReadings {
            queues: vec![reading],
            ..QueueReadings::default()
        };
        readings.answered(0, &["q".into()], answer, start);
        let mut minutes = Minutes::default();
        for seconds in at_seconds {
            let uptime = Duration::from_secs(*seconds);
            let now = Moment {
                monotonic: start.monotonic + uptime,
                wall: start.wall + uptime,
                passed: uptime,
            };
            let frame = Frame {
                build: "",
                cycle: poll,
                now,
                uptime_ms: seconds * 1_000,
                epoch_ms: 0,
            };
            minutes.record(&mut readings, &[], frame);
        }
        let trend = readings.of(0, "q").unwrap().trend.to_vec();
        let unknown = trend.iter().take_while(|value| value.is_none()).count();
        trend[unknown..].to_vec()
    }

    #[test]
    fn minute_is_recorded_once_and_suspend_leaves_a_gap() {
        let poll = Duration::from_secs(3_600);
        assert!(recorded(&[0, 59], poll).is_empty());
        assert_eq!(recorded(&[60, 61, 119], poll), [Some(3)]);
        assert_eq!(recorded(&[60, 245], poll), [Some(3), None, None, Some(3)]);
        assert_eq!(recorded(&[60, 7_000], poll), [Some(3)], "out of sight");
    }

    #[test]
    fn a_clock_that_is_set_back_ends_no_minute_and_stops_none() {
        let poll = Duration::from_secs(3_600);
        assert_eq!(recorded(&[600, 60, 70, 120], poll), [Some(3), Some(3)]);
    }

    #[test]
    fn what_is_stale_is_a_gap() {
        let poll = Duration::from_secs(30);
        assert_eq!(recorded(&[60, 120], poll), [Some(3), None]);
    }
}
