//! What the log says of an outage: that it begins, at growing intervals that it lasts,
//! and that it is over.

use std::{
    mem::{Discriminant, discriminant},
    time::{Duration, SystemTime},
};

use queuewall_shared::format::{AgeUnit, age};

use crate::{clock::Moment, remedy::explain};

/// After so long an outage is logged again; then after twice as long, and so on.
const FIRST_REMINDER: Duration = Duration::from_secs(60);

/// The longest time between two log lines of one outage.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// Whether reads fail, since when, and what of it was logged.
#[derive(Debug, Default)]
pub(crate) struct Outage(Option<Current>);

#[derive(Debug)]
struct Current {
    since: Moment,
    failures: u32,
    logged: Vec<Discriminant<cxone::Error>>,
    pause: Duration,
    /// When it is logged again, counted from its begin.
    again_after: Duration,
}

impl Outage {
    /// A request failed. The line to log, where there is something to say: the first
    /// failure of an outage, the first of its kind in it, and one at growing intervals.
    pub(crate) fn failed(&mut self, error: &cxone::Error, now: Moment) -> Option<String> {
        let kind = discriminant(error);
        let Some(current) = &mut self.0 else {
            self.0 = Some(Current {
                since: now,
                failures: 1,
                logged: vec![kind],
                pause: FIRST_REMINDER,
                again_after: FIRST_REMINDER,
            });
            return Some(explain(error));
        };
        current.failures = current.failures.saturating_add(1);
        let lasts = current.since.age_at(now);
        let is_due = lasts >= current.again_after;
        if is_due {
            current.pause = (current.pause * 2).min(LONGEST_PAUSE);
            current.again_after = lasts + current.pause;
        }
        let is_new = !current.logged.contains(&kind);
        if is_new {
            current.logged.push(kind);
        }
        (is_due || is_new).then(|| {
            format!(
                "{} (numbers are missing since {}, for {}; {} requests failed)",
                explain(error),
                timestamp(current.since.wall),
                words(lasts),
                current.failures
            )
        })
    }

    /// Everything was read. The line to log, where that ends an outage.
    pub(crate) fn ended(&mut self, now: Moment) -> Option<String> {
        let current = self.0.take()?;
        let requests = match current.failures {
            1 => "1 request".to_owned(),
            failures => format!("{failures} requests"),
        };
        Some(format!(
            "CXone answers again: all queues are read, after {} in which {requests} failed",
            words(current.since.age_at(now)),
        ))
    }
}

/// A moment of the wall clock, to the second.
pub(crate) fn timestamp(wall: SystemTime) -> String {
    jiff::Timestamp::try_from(wall)
        .ok()
        .and_then(|time| jiff::Timestamp::from_second(time.as_second()).ok())
        .map_or_else(|| "an unknown time".to_owned(), |time| time.to_string())
}

/// A duration in its largest fitting unit.
pub(crate) fn words(duration: Duration) -> String {
    let (count, unit) = age(duration);
    let unit = match unit {
        AgeUnit::Seconds => "s",
        AgeUnit::Minutes => "min",
        AgeUnit::Hours => "h",
        AgeUnit::Days => "days",
    };
    format!("{count} {unit}")
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    fn trouble(status: u16) -> cxone::Error {
        cxone::Error::ServerError {
            status,
            retry_after: None,
        }
    }

    fn moments() -> impl Fn(u64) -> Moment {
        let start = Instant::now();
        move |seconds| {
            let by = Duration::from_secs(seconds);
            Moment {
                monotonic: start + by,
                wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_607_200) + by,
                passed: by,
            }
        }
    }

    #[test]
    fn outage_is_logged_first_then_at_growing_intervals() {
        let (mut outage, at) = (Outage::default(), moments());
        let mut lines = Vec::new();
        // Two hours, a failure each 20 s.
        for seconds in (0..=7_200).step_by(20) {
            lines.extend(outage.failed(&trouble(503), at(seconds)));
        }
        assert_eq!(lines[0], explain(&trouble(503)));
        assert_eq!(lines.len(), 7, "{lines:#?}");
        assert!(
            lines[1].ends_with(
                "(numbers are missing since 2026-01-05T10:00:00Z, for 60 s; 4 requests failed)"
            ),
            "{}",
            lines[1]
        );
        assert_eq!(
            outage.ended(at(7_230)).unwrap(),
            "CXone answers again: all queues are read, after 2 h in which 361 requests failed"
        );
        assert_eq!(outage.ended(at(7_260)), None);
    }

    #[test]
    fn outage_logs_a_new_cause_once() {
        let (mut outage, at) = (Outage::default(), moments());
        let limited = cxone::Error::RateLimited { retry_after: None };
        assert!(outage.failed(&trouble(500), at(0)).is_some());
        assert!(outage.failed(&limited, at(5)).is_some());
        for seconds in 6..60 {
            let error = if seconds % 2 == 0 {
                &limited
            } else {
                &trouble(502)
            };
            assert_eq!(outage.failed(error, at(seconds)), None);
        }
        assert!(outage.ended(at(60)).is_some());
        assert!(outage.failed(&limited, at(61)).is_some(), "another outage");
    }
}
