//! Moments and durations in the forms of all versions of the API.

use std::time::Duration;

use jiff::{SpanRelativeTo, Timestamp, civil::DateTime, fmt::temporal::SpanParser, tz::TimeZone};

use super::{Fields, number};

/// What is longer is none: dates that stand for "never" make such ones.
pub(crate) const LONGEST: Duration = Duration::from_secs(366 * 86_400);

impl Fields<'_> {
    /// A moment in ISO 8601; without an offset it is UTC.
    pub(crate) fn time(&mut self, name: &'static str) -> Option<Timestamp> {
        self.read(name, |value| {
            let text = value.as_str()?.trim();
            text.parse().ok().or_else(|| {
                let time: DateTime = text.parse().ok()?;
                TimeZone::UTC.to_timestamp(time).ok()
            })
        })
    }

    /// A duration: a number of seconds, or ISO 8601 as in `P1DT19H18M29.651S`. How long a month
    /// is depends on which one, so that one with months is none.
    pub(crate) fn duration(&mut self, name: &'static str) -> Option<Duration> {
        self.read(name, |value| {
            let duration = match number(value) {
                Some(seconds) => Duration::try_from_secs_f64(seconds).ok()?,
                None => iso(value.as_str()?.trim())?,
            };
            (duration <= LONGEST).then_some(duration)
        })
    }
}

fn iso(text: &str) -> Option<Duration> {
    let span = SpanParser::new().parse_span(text).ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(duration).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::OddFields;

    fn read(value: Value) -> (Option<Duration>, bool) {
        let mut odd = OddFields::default();
        let object = json!({ "averageHandleTime": value });
        let duration =
            Fields::new(object.as_object().unwrap(), &mut odd).duration("averageHandleTime");
        (duration, odd != OddFields::default())
    }

    #[test]
    fn duration_is_read_in_the_form_of_every_version() {
        for (value, ms) in [
            (json!(179), 179_000),
            (json!("179"), 179_000),
            (json!(" 179 "), 179_000),
            (json!("0.19"), 190),
            (json!(0), 0),
            (json!(-0.0), 0),
            (json!("PT1M5S"), 65_000),
            (json!("PT0S"), 0),
            (json!("PT5.733S"), 5_733),
            (json!("PT5,5S"), 5_500),
            (json!("P1DT19H18M29.651S"), 155_909_651),
            (json!("P0Y0M0DT1H"), 3_600_000),
            (json!("P1W"), 604_800_000),
            (json!("pt90s"), 90_000),
        ] {
            let expected = Some(Duration::from_millis(ms));
            assert_eq!(read(value.clone()), (expected, false), "{value}");
        }
        for absent in [json!(null), json!(""), json!(" ")] {
            assert_eq!(read(absent), (None, false));
        }
    }

    #[test]
    fn duration_that_is_none_is_absent_and_noted() {
        for value in [
            json!("P1M"),
            json!("P1Y"),
            json!("P1MT5S"),
            json!("P"),
            json!("PT"),
            json!("P1.5D"),
            json!("-PT5S"),
            json!("-5"),
            json!(-5),
            json!(1e300),
            json!("P400D"),
            json!("PT99999999999999999999S"),
            json!("1h 5m"),
            json!("00:01:05"),
            json!("soon"),
            json!(true),
            json!([179]),
            json!({"seconds": 179}),
        ] {
            assert_eq!(read(value.clone()), (None, true), "{value}");
        }
    }
}
