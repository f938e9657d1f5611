//! Minute by minute, what is known of each queue: its trend, and what the history keeps.

use std::collections::HashMap;

use queuewall_shared::trend::{BIN_MINUTES, TREND_MINUTES, Trends, scale};
use queuewall_store::history::Queue;

use super::{assemble::Frame, plan::Group, readings::Readings, trend::Trend};
use crate::history::Waiting;

const MINUTE_MS: u64 = 60_000;

/// The minutes of the server's uptime.
#[derive(Debug, Default)]
pub(crate) struct Minutes {
    /// How many have ended.
    ended: i64,
    /// Of each queue of which something is known of the last three hours, also before the start.
    trends: HashMap<Queue, Trend>,
}

impl Minutes {
    /// Goes on at this uptime, from the minutes of before.
    pub(crate) fn restored(uptime_ms: u64, restored: HashMap<Queue, Vec<Waiting>>) -> Self {
        let ended = ended(uptime_ms);
        let trend = |(queue, minutes): (Queue, Vec<Waiting>)| {
            let mut trend = Trend::default();
            for (minute, waiting) in (ended - minutes.len() as i64..).zip(minutes) {
                trend.push(minute, waiting);
            }
            (queue, trend)
        };
        Self {
            ended,
            trends: restored.into_iter().map(trend).collect(),
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
        let ended = ended(frame.uptime_ms);
        // Behind it, where the machine's clock was set back: nothing has ended.
        let new = ended - self.ended;
        self.ended = ended;
        if new <= 0 {
            return false;
        }
        let mut known = HashMap::new();
        for (group, id, queue) in readings.all_mut() {
            if let Some((reading, _)) = queue.current(frame.now, frame.cycle) {
                let waiting = Waiting {
                    last: reading.waiting,
                    highest: queue.highest.waiting,
                };
                known.insert(groups[group].queue(id), waiting);
            }
        }
        for queue in known.keys() {
            self.trends.entry(queue.clone()).or_default();
        }
        let last = ended - 1;
        let gaps = (new - 1).min(TREND_MINUTES as i64);
        for (queue, trend) in &mut self.trends {
            for minute in last - gaps..last {
                trend.push(minute, Waiting::default());
            }
            trend.push(last, known.remove(queue).unwrap_or_default());
        }
        self.trends.retain(|_, trend| trend.is_known());
        true
    }

    /// The trends of the queues of these ids, which are read with `group`. The highest number of
    /// calls waiting at which one of them becomes critical is `critical`, if there is any.
    pub(crate) fn trends<'a>(
        &self,
        ids: impl Iterator<Item = &'a str>,
        group: &Group,
        critical: Option<f64>,
    ) -> Trends {
        let of_queue = |id| Trend::of_queue(self.trends.get(&group.queue(id)), id);
        let queues: Vec<_> = ids.map(of_queue).collect();
        Trends {
            to_ms: u64::try_from(self.ended).unwrap_or_default() * MINUTE_MS,
            step_ms: BIN_MINUTES as u64 * MINUTE_MS,
            scale: scale(&queues, critical),
            queues,
        }
    }
}

/// How many minutes have ended by this uptime.
fn ended(uptime_ms: u64) -> i64 {
    i64::try_from(uptime_ms / MINUTE_MS).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use cxone::{QueueReading, QueueReadings};
    use tokio::time::Instant;

    use super::*;
    use crate::clock::Moment;

    /// The bins from the first known one on, after a reading at 0:00 and records at these
    /// uptimes, in seconds.
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
        let group = Group {
            skills: Vec::new(),
            ids: vec!["q".into()],
            all: false,
        };
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
            minutes.record(&mut readings, std::slice::from_ref(&group), frame);
        }
        let trends = minutes.trends(["q"].into_iter(), &group, None);
        let bins = &trends.queues[0].waiting_highest;
        let unknown = bins.iter().take_while(|value| value.is_none()).count();
        bins[unknown..].to_vec()
    }

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn minute_is_recorded_once_and_suspend_leaves_a_gap() {
        assert!(recorded(&[0, 59], HOUR).is_empty());
        assert_eq!(recorded(&[60, 61, 119], HOUR), [Some(3)]);
        let slept = [60, 20 * 60 + 5];
        assert_eq!(recorded(&slept, HOUR), [Some(3), None, None, Some(3)]);
        assert_eq!(recorded(&[60, 12_000], HOUR * 9), [Some(3)], "out of sight");
    }

    #[test]
    fn a_clock_that_is_set_back_ends_no_minute_and_stops_none() {
        assert_eq!(recorded(&[600, 60, 70, 120, 360], HOUR), [Some(3), Some(3)]);
    }

    #[test]
    fn what_is_stale_is_a_gap() {
        let poll = Duration::from_secs(30);
        assert_eq!(recorded(&[60, 360], poll), [Some(3), None]);
        assert!(recorded(&[60, 12_000], poll).is_empty(), "forgotten");
    }

    #[test]
    fn minutes_of_before_the_start_keep_their_place() {
        let waiting = Waiting {
            last: Some(7),
            highest: Some(8),
        };
        let queue = Queue {
            id: "q".into(),
            skills: Vec::new(),
        };
        let group = Group {
            skills: Vec::new(),
            ids: Vec::new(),
            all: true,
        };
        // Eight minutes up to 3:00, and 7 of these in the bin before.
        let minutes = Minutes::restored(185_000, HashMap::from([(queue, vec![waiting; 8])]));
        let trends = minutes.trends(["q", "other"].into_iter(), &group, Some(10.0));
        assert_eq!(trends.scale, 12);
        assert_eq!((trends.to_ms, trends.step_ms), (180_000, 300_000));
        let bins = &trends.queues[0].waiting_highest;
        assert_eq!(bins[33..], [None, Some(8), Some(8)]);
        assert!(trends.queues[1].waiting_highest.iter().all(Option::is_none));
    }
}
