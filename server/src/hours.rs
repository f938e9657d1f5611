//! Hours of the week, by the clock on the wall.

use std::{fmt, ops::Range, time::SystemTime};

use jiff::{Timestamp, tz::TimeZone};
use thiserror::Error;

const DAY: u16 = 24 * 60;
const WEEK: u16 = 7 * DAY;
/// Monday first; two letters as in OpenStreetMap's `opening_hours`.
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Ranges of every week, such as `Mo-Fr 08:00-18:00, Sa 09:00-13:00`. `Display` is the text it
/// was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    text: String,
    /// In minutes since Monday 0:00; the end of one that lasts into Monday is past the week.
    ranges: Vec<Range<u16>>,
}

/// Why a text is not hours; what it quotes is a part of the text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HoursError {
    /// Neither days nor a range of times.
    #[error("has {0:?}, which is not a range of times such as 08:00-18:00")]
    NoTimes(String),
    /// A name of no day.
    #[error("has {0:?}, which is not a day")]
    NoDay(String),
    /// A time that no clock shows.
    #[error("has {0:?}, which is not a time from 00:00 to 24:00")]
    NoTime(String),
    /// A range that ends when it begins.
    #[error("has {0:?}, which is no time at all")]
    Empty(String),
}

impl Hours {
    /// Reads ranges, separated by commas: days, then times. Days alone get the times of the
    /// range that follows (`Mo, We 08:00-12:00`), times alone the days before, or every day.
    /// A range that ends before it begins lasts into the next day.
    ///
    /// # Errors
    /// When a part of it is neither.
    pub fn parse(text: &str) -> Result<Self, HoursError> {
        let mut ranges = Vec::new();
        let mut days: Vec<u16> = Vec::new();
        let mut days_wait = false;
        for part in text.split(',').map(str::trim) {
            let times_at = part.find(|c: char| c.is_ascii_digit());
            let (names, times) = part.split_at(times_at.unwrap_or(part.len()));
            if !names.trim().is_empty() {
                if !days_wait {
                    days.clear();
                }
                days.extend(days_of(names.trim())?);
                days_wait = true;
            }
            if times.is_empty() {
                if names.trim().is_empty() {
                    return Err(HoursError::NoTimes(part.to_owned()));
                }
                continue;
            }
            let (start, length) = times_of(times)?;
            if days.is_empty() {
                days.extend(0..7);
            }
            days_wait = false;
            ranges.extend(days.iter().map(|day| {
                let start = day * DAY + start;
                start..start + length
            }));
        }
        if days_wait {
            return Err(HoursError::NoTimes(text.to_owned()));
        }
        let text = text.to_owned();
        Ok(Self { text, ranges })
    }

    /// Whether that minute is within them.
    #[must_use]
    pub fn contain(&self, MinuteOfWeek(minute): MinuteOfWeek) -> bool {
        let mut ranges = self.ranges.iter();
        ranges.any(|range| range.contains(&minute) || range.contains(&(minute + WEEK)))
    }
}

/// What the clocks of a time zone show: minutes since Monday 0:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinuteOfWeek(u16);

impl MinuteOfWeek {
    /// `None` where the time is thousands of years off.
    #[must_use]
    pub fn at(now: SystemTime, zone: &TimeZone) -> Option<Self> {
        let now = zone.to_datetime(Timestamp::try_from(now).ok()?);
        let day = u16::from(now.weekday().to_monday_zero_offset().unsigned_abs());
        let minute = i16::from(now.hour()) * 60 + i16::from(now.minute());
        Some(Self(day * DAY + minute.unsigned_abs()))
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The days of `Mo` or `Mo-Fr`, Monday 0; `Fr-Mo` goes over the weekend.
fn days_of(names: &str) -> Result<impl Iterator<Item = u16>, HoursError> {
    let (first, last) = names.split_once('-').unwrap_or((names, names));
    let (first, last) = (day(first)?, day(last)?);
    let count = (last + 7 - first) % 7 + 1;
    Ok((first..first + count).map(|day| day % 7))
}

/// A day by its name, or its first two or three letters.
fn day(name: &str) -> Result<u16, HoursError> {
    let name = name.trim();
    let lower = name.to_lowercase();
    let is_it = |day: &str| day == lower || matches!(lower.len(), 2 | 3) && day.starts_with(&lower);
    let day = (0..7).zip(DAYS).find(|(_, day)| is_it(day));
    day.map(|(day, _)| day)
        .ok_or_else(|| HoursError::NoDay(name.to_owned()))
}

/// The start of `08:00-18:00`, and how long it lasts, in minutes.
fn times_of(times: &str) -> Result<(u16, u16), HoursError> {
    let (start, end) = times
        .split_once('-')
        .ok_or_else(|| HoursError::NoTimes(times.to_owned()))?;
    let (start, end) = (minutes(start)?, minutes(end)?);
    match (start, end) {
        _ if start == end || start == DAY => Err(HoursError::Empty(times.to_owned())),
        _ if start < end => Ok((start, end - start)),
        _ => Ok((start, end + DAY - start)),
    }
}

/// `8:00`, `08:00`, or `24:00`, in minutes since midnight.
fn minutes(time: &str) -> Result<u16, HoursError> {
    let time = time.trim();
    let number = |digits: &str, allowed: Range<usize>| {
        let is_number =
            allowed.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|_| is_number)
    };
    let parts = time.split_once(':');
    let parts = parts.and_then(|(hour, minute)| Some((number(hour, 1..3)?, number(minute, 2..3)?)));
    let minutes = parts.filter(|(_, minute)| *minute < 60);
    let minutes = minutes.map(|(hour, minute)| hour * 60 + minute);
    minutes
        .filter(|minutes| *minutes <= DAY)
        .ok_or_else(|| HoursError::NoTime(time.to_owned()))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZoneDatabase;

    use super::*;

    fn in_berlin(at: Timestamp) -> MinuteOfWeek {
        let zone = TimeZoneDatabase::bundled().get("Europe/Berlin").unwrap();
        MinuteOfWeek::at(at.try_into().unwrap(), &zone).unwrap()
    }

    /// Whether `text` holds at a moment of RFC 3339, by clocks in Berlin.
    fn holds(text: &str, at: &str) -> bool {
        let now = in_berlin(at.parse().unwrap());
        Hours::parse(text).unwrap().contain(now)
    }

    #[test]
    fn hours_begin_at_start_and_end_before_end() {
        // 30 November 2026 is a Monday.
        for (at, expected) in [
            ("2026-11-30T07:59:59+01:00", false),
            ("2026-11-30T08:00:00+01:00", true),
            ("2026-12-04T17:59:59+01:00", true),
            ("2026-12-04T18:00:00+01:00", false),
            ("2026-12-05T12:59:00+01:00", true),
            ("2026-12-06T12:00:00+01:00", false),
        ] {
            for text in [
                "Mo-Fr 08:00-18:00, Sa 09:00-13:00",
                "mon - friday 8:00 - 18:00,Sat 09:00-13:00",
                "Mo,Tu,We-Fr 08:00-12:00,12:00-18:00, Sa 09:00-13:00",
            ] {
                assert_eq!(holds(text, at), expected, "{text}: {at}");
            }
        }
    }

    #[test]
    fn range_over_midnight_belongs_to_day_it_begins() {
        for (at, expected) in [
            ("2026-11-30T01:59:00+01:00", true),
            ("2026-11-30T02:00:00+01:00", false),
            ("2026-12-06T17:59:00+01:00", false),
            ("2026-12-06T18:00:00+01:00", true),
        ] {
            assert_eq!(holds("Su 18:00-02:00", at), expected, "{at}");
        }
        assert!(holds("Fr-Mo 20:00-24:00", "2026-12-06T23:59:00+01:00"));
        assert!(!holds("Fr-Mo 20:00-24:00", "2026-12-01T20:00:00+01:00"));
        assert!(holds("00:00-24:00", "2026-12-02T00:00:00+01:00"));
    }

    #[test]
    fn hours_follow_clock_over_change_of_dst() {
        let office = "Mo-Su 08:00-18:00";
        // Clocks went forward on 29 March 2026, and back on 25 October.
        for (at, expected) in [
            ("2026-03-28T07:00:00Z", true),
            ("2026-03-28T06:59:00Z", false),
            ("2026-03-29T06:00:00Z", true),
            ("2026-03-29T05:59:00Z", false),
            ("2026-10-24T06:00:00Z", true),
            ("2026-10-25T06:59:00Z", false),
            ("2026-10-25T07:00:00Z", true),
        ] {
            assert_eq!(holds(office, at), expected, "{at}");
        }
        // The hour from 2:00 to 3:00 comes twice, or not at all.
        let night = "02:30-02:45";
        assert!(holds(night, "2026-10-25T00:30:00Z") && holds(night, "2026-10-25T01:30:00Z"));
        let minutes = (0..24 * 60).map(|it| Timestamp::from_second(1_774_738_800 + it * 60));
        let night = Hours::parse(night).unwrap();
        for minute in minutes {
            assert!(!night.contain(in_berlin(minute.unwrap())));
        }
    }

    #[test]
    fn what_is_not_hours_is_named() {
        for (text, expected) in [
            ("", "\"\", which is not a range of times"),
            ("Mo-Fr", "\"Mo-Fr\", which is not a range of times"),
            ("Mo-Fr 8:00", "\"8:00\", which is not a range of times"),
            ("Mo-Fr 08:00-18:00,", "\"\", which is not a range of times"),
            ("Mi 08:00-18:00", "\"Mi\", which is not a day"),
            ("Mo..Fr 08:00-18:00", "\"Mo..Fr\", which is not a day"),
            ("T 08:00-18:00", "\"T\", which is not a day"),
            ("Mo 8-18", "\"8\", which is not a time"),
            ("Mo 08:00-24:01", "\"24:01\", which is not a time"),
            ("Mo 08:60-18:00", "\"08:60\", which is not a time"),
            ("Mo 08:00-6:00 pm", "\"6:00 pm\", which is not a time"),
            ("Mo 08:00-08:00", "\"08:00-08:00\", which is no time at all"),
            ("Mo 24:00-02:00", "\"24:00-02:00\", which is no time at all"),
        ] {
            let error = Hours::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
