//! What is asked for of a history, as it was written in an address or on a command line.

use jiff::Timestamp;
use queuewall_store::column::Column;
use thiserror::Error;

use super::series::MOST_BINS;
use crate::config::did_you_mean;

/// A longer step is not given, in minutes.
pub(super) const LONGEST_STEP: i64 = 1_440;
/// The last of all points in time that are taken, in milliseconds since 1970: the year 9999.
const LAST_MS: i64 = 253_402_300_799_999;

/// What is asked for, as it was written.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Metrics by their names; none: all.
    pub metrics: Vec<String>,
    /// Where it begins.
    pub from: Option<String>,
    /// Where it ends.
    pub to: Option<String>,
    /// Seconds of a bin.
    pub step: Option<String>,
}

/// Why a history cannot be asked for like this. Nothing of what was written is repeated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AskError {
    /// No metric has this name.
    #[error("unknown metric: {}the metrics are {}", meant(.0), names())]
    UnknownMetric(Option<&'static str>),
    /// No point in time.
    #[error(
        "{0} is not a time: write it as 2026-11-30T08:00:00Z (RFC 3339; in an address + is %2B), or as milliseconds \
         since 1970"
    )]
    NoTime(&'static str),
    /// It ends before it begins.
    #[error("from is not before to")]
    Backwards,
    /// No bin is so long.
    #[error("step is not a length: give seconds, 60 or a multiple of it, at most 86400")]
    NoStep,
    /// It has too many bins; a step that is long enough, in seconds.
    #[error("too many values: at most {MOST_BINS} for each metric; {}", shorter(.0))]
    TooLong(Option<i64>),
}

impl Asked {
    /// Where it begins and ends, in milliseconds since 1970.
    ///
    /// # Errors
    /// When one of them is not a time, or it ends before it begins.
    pub fn range(&self, default_to: i64, default_length: i64) -> Result<(i64, i64), AskError> {
        let time = |text: &Option<String>, name| {
            let text = text.as_deref();
            let time = text.map(|it| parse_ms(it).ok_or(AskError::NoTime(name)));
            time.transpose()
        };
        let to = time(&self.to, "to")?.unwrap_or(default_to);
        let from = time(&self.from, "from")?.unwrap_or((to - default_length).max(0));
        if from >= to {
            return Err(AskError::Backwards);
        }
        Ok((from, to))
    }

    /// Minutes of a bin.
    pub(super) fn step_minutes(&self) -> Result<Option<i64>, AskError> {
        let minutes = |step: &String| {
            let seconds: i64 = step.trim().parse().map_err(|_| AskError::NoStep)?;
            let minutes = seconds / 60;
            match seconds % 60 == 0 && (1..=LONGEST_STEP).contains(&minutes) {
                true => Ok(minutes),
                false => Err(AskError::NoStep),
            }
        };
        self.step.as_ref().map(minutes).transpose()
    }

    /// Each once; all where none is named. A wait may have its unit, as in CSV.
    pub(super) fn columns(&self) -> Result<Vec<Column>, AskError> {
        let mut columns = Vec::new();
        for name in &self.metrics {
            let known = Column::from_name(name.strip_suffix("_ms").unwrap_or(name));
            let column = known.ok_or_else(|| {
                let known = Column::ALL.map(|column| column.name);
                AskError::UnknownMetric(did_you_mean(name, known))
            })?;
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        if columns.is_empty() {
            columns.extend(Column::ALL);
        }
        Ok(columns)
    }
}

/// RFC 3339, or milliseconds since 1970.
fn parse_ms(text: &str) -> Option<i64> {
    let text = text.trim();
    let rfc_3339 = |text: &str| Some(text.parse::<Timestamp>().ok()?.as_millisecond());
    let ms = text.parse().ok().or_else(|| rfc_3339(text)).or_else(|| {
        // The `+` of an offset that was not encoded in an address.
        let (time, offset) = text.rsplit_once(' ')?;
        rfc_3339(&format!("{time}+{offset}"))
    });
    ms.filter(|ms| (0..=LAST_MS).contains(ms))
}

fn names() -> String {
    Column::ALL.map(|column| column.name).join(", ")
}

fn meant(name: &Option<&'static str>) -> String {
    name.map_or_else(String::new, |name| format!("did you mean {name}? "))
}

fn shorter(step: &Option<i64>) -> String {
    match step {
        Some(step) => format!("set step to {step}, or ask for a shorter range"),
        None => "ask for a shorter range".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_or_milliseconds() {
        let ms = 1_772_438_400_000;
        for text in [
            "1772438400000",
            "2026-03-02T08:00:00Z",
            " 2026-03-02T09:00:00+01:00",
            // As `+` arrives that was not encoded.
            "2026-03-02T09:00:00 01:00",
            "2026-03-02 08:00:00Z",
            "2026-03-02T08:00:00.000Z",
        ] {
            assert_eq!(parse_ms(text), Some(ms), "{text}");
        }
        for text in [
            "",
            "now",
            "-1",
            "2026-03-02",
            "2026-03-02T08:00:00",
            "99999999999999999",
            "1e3",
            "\u{fffd}",
        ] {
            assert_eq!(parse_ms(text), None, "{text}");
        }
    }
}
