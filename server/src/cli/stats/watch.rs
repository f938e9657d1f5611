//! `queuewall stats --watch`: the same again and again.

use std::{io::Write, time::Duration};

use jiff::Timestamp;
use tokio::time::{MissedTickBehavior, interval};

use super::{
    super::{
        exit::{Exit, Failure},
        table::Format,
        upstream::Upstream,
    },
    StatsRequest,
};

/// Reads every `every` and prints a table more, below its time, or a line of JSON, for as long as
/// somebody reads it. A failure that may pass is a note.
///
/// # Errors
/// Wrong credentials, or a permission that lacks: these last until somebody acts.
pub(in super::super) async fn run(
    upstream: &mut Upstream<'_>,
    request: &StatsRequest,
    every: Duration,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let mut readings = interval(every);
    readings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        readings.tick().await;
        // As a whole: half a line is no JSON.
        let mut page = Vec::new();
        match super::run(upstream, request, &mut page).await {
            Ok(_) => {
                if request.format == Format::Table {
                    let now = request.day_zone.to_datetime(Timestamp::now());
                    let (hour, minute, second) = (now.hour(), now.minute(), now.second());
                    writeln!(out, "{hour:02}:{minute:02}:{second:02}")?;
                }
                out.write_all(&page)?;
                out.flush()?;
            }
            Err(failure) => match (failure.exit, failure.message) {
                (exit @ (Exit::Credentials | Exit::Permission | Exit::Usage), message) => {
                    return Err(Failure { exit, message });
                }
                (exit, None) => {
                    return Err(Failure {
                        exit,
                        message: None,
                    });
                }
                (_, Some(message)) => upstream.note(&message)?,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use cxone::budget::RequestBudget;
    use jiff::tz::TimeZone;

    use super::{
        super::super::upstream::tests::{Tenant, ids},
        *,
    };

    /// Takes so many readings, and is then closed, as `head` is.
    struct Reader {
        left: usize,
        text: Vec<u8>,
    }

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.text.extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.left -= 1;
            match self.left {
                0 => Err(io::ErrorKind::BrokenPipe.into()),
                _ => Ok(()),
            }
        }
    }

    async fn watched(tenant: &Tenant, format: Format) -> (Failure, String, String) {
        let (budget, mut notes) = (RequestBudget::new(100), Vec::new());
        let mut upstream = Upstream::new(tenant, &budget, &mut notes);
        let request = StatsRequest {
            queue_ids: ids(&["4711"]),
            skill_ids: Vec::new(),
            day_zone: TimeZone::UTC,
            format,
            is_one: true,
            is_line: true,
        };
        let mut out = Reader {
            left: 3,
            text: Vec::new(),
        };
        let ended = run(&mut upstream, &request, Duration::from_secs(30), &mut out).await;
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (ended.unwrap_err(), text(out.text), text(notes))
    }

    #[tokio::test(start_paused = true)]
    async fn watch_prints_a_line_of_json_a_reading_until_nobody_reads() {
        let (ended, text, notes) = watched(&Tenant::of(&["4711"]), Format::Json).await;
        assert_eq!(ended.message, None, "{notes}");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        for line in lines {
            let stats: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(stats["queue_id"], "4711");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn watch_prints_each_table_below_its_time() {
        let (_, text, _) = watched(&Tenant::of(&["4711"]), Format::Table).await;
        let is_time = |line: &&str| line.len() == 8 && line.matches(':').count() == 2;
        let times = text.lines().filter(is_time);
        assert_eq!(times.count(), 3, "{text}");
    }
}
